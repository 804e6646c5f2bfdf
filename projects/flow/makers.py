"""Who makes what: this server, or a vendor's model that was chosen for the project, for a step or for one scene.

A choice is the key of a catalogue row, "provider:name:tier"; "local" is this server. It is how a thing is made, never
what: another choice makes nothing stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipeline import credentials, pricebook
from pipeline.providers.base import ModelRow
from projects.models import ENLARGED, Clip, Content, Image, Pick, Project, Quality

LOCAL: Final = "local"
# step -> the capability that it asks for
CAPABILITIES: Final[dict[str, str]] = {
    "transcribe_song": "transcription",
    "compose_music": "music",
    "write_brief": "text",
    "plan_scenes": "text",
    "write_prompts": "text",
    "soften_prompt": "text",
    "generate_image": "image",
    "enlarge_image": "upscale",
    "generate_clip": "video",
    "enlarge_film": "upscale",
}
# step -> what a model must take to be asked by it, where its capability is about several things
TAKES: Final = {"enlarge_image": "image", "enlarge_film": "video"}
PER_SCENE: Final = ("generate_image", "generate_clip")


@dataclass(frozen=True)
class Maker:
    """Who makes something, as a job's input names it: a provider, and its model as "name:tier"."""

    provider: str = LOCAL
    model: str = ""

    @property
    def hosted(self) -> bool:
        return credentials.is_vendor(self.provider)

    @property
    def key(self) -> str:
        """The choice that names this maker."""
        return f"{self.provider}:{self.model}" if self.model else self.provider


HERE: Final = Maker()


def maker_named(key: str) -> Maker:
    """The maker that a choice names; this server for nothing."""
    provider, _, model = key.partition(":")
    return Maker(provider, model) if provider else HERE


def chosen(choices: Mapping[str, str], step: str) -> str:
    """What these choices say of a step: of the step itself, else of its capability; "" for nothing."""
    if step == "soften_prompt":  # whoever writes prompts mends them
        step = "write_prompts"
    return choices.get(step) or choices.get(CAPABILITIES.get(step, ""), "")


def maker(project: Project, step: str, content: Content | None = None, pick: Pick | None = None) -> Maker:
    """Who is to make the next output of a step: as the scene says, else the project. A clip that is wanted as a draft
    is made in the model's draft tier, where it has one.
    """
    key = (chosen(content.providers, step) if content is not None else "") or chosen(project.providers, step)
    found = maker_named(key)
    draft = (pick is not None and pick.clip_quality == Quality.DRAFT) or _is_draft(project)
    if step == "generate_clip" and found.hosted and draft:
        return _drafting(found)
    return found


def _is_draft(project: Project) -> bool:
    return project.kind == Project.Kind.AD and project.ad.tier == Quality.DRAFT


def _drafting(found: Maker) -> Maker:
    row = pricebook.model_row("video", found.provider, found.model)
    if row is None:
        return found
    tiers = {other.tier: other for other in pricebook.offered("video", found.provider) if other.name == row.name}
    return Maker(found.provider, pricebook.choice(tiers["draft"])) if "draft" in tiers else found


def bought(made: Image | Clip) -> bool:
    """Whether a vendor was paid for it: then it is never made again unasked."""
    return credentials.is_vendor(made.provider) or ENLARGED in made.how


def offered_for(step: str) -> list[ModelRow]:
    """The models that may be chosen for a step: with a price, and a key to reach them."""
    rows = [row for row in pricebook.offered(CAPABILITIES[step]) if step not in TAKES or TAKES[step] in row.inputs]
    return [row for row in rows if row.price_microusd is not None and credentials.has_access(row.provider)]
