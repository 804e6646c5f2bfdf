"""The pictures that a scene's picture goes by: its drawing in the animatic, the look, the product, the idea's pictures.

All that there are are on offer; a model is given those that it takes. They are part of a picture's recipe as far as it
was made with them, so that another model, or a drawing that comes later, makes nothing stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pipeline import pricebook
from pipeline.media.values import Value
from pipeline.models import Job
from pipeline.providers.base import ModelRow
from pipeline.providers.capabilities import PictureInput, Role
from pipeline.providers.pictures import roles_of, taken_pictures
from pipeline.recipes import Stored, digest
from pipeline.states import JobState
from projects.flow.makers import Maker
from projects.models import Ad, Content, Drawing, Project, Reference

ANIMATIC: Final = "draw_animatic"
_KNOWN: Final = "_guides_known"


@dataclass(frozen=True)
class Guide:
    """One picture on offer; `kind` and `code` are its address under media."""

    role: Role
    file: Stored
    kind: str
    code: UUID

    @property
    def input(self) -> PictureInput:
        return PictureInput(role=self.role, file=self.file)


def guides(project: Project, content: Content, aspect: str, still: Value, product: Stored | None) -> list[Guide]:
    """What is on offer for a scene of an ad or a guided idea in one shape, what matters most first. `still` is what its
    drawing should show.
    """
    if project.kind == Project.Kind.AD:
        found = [_composition(project, content, aspect, still), _style(project), _product(project, product)]
        return [guide for guide in found if guide is not None]
    return _references(project, content)


def taken(by: Maker, project: Project, offered: list[Guide]) -> tuple[PictureInput, ...]:
    """Those that this maker is given."""
    row = image_row(by, project)
    return taken_pictures(row, [guide.input for guide in offered]) if row is not None and offered else ()


def coming(by: Maker, project: Project, offered: list[Guide]) -> tuple[Role, ...]:
    """What this maker will be given for its next picture, the drawing that is made before it included."""
    row = image_row(by, project)
    pictures = [guide.input for guide in offered]
    if takes_composition(by, project) and drawing_comes(project) and "composition" not in roles_of(pictures):
        pictures.insert(0, PictureInput(role="composition", file=Stored(sha256="")))
    return roles_of(taken_pictures(row, pictures)) if row is not None else ()


def most(by: Maker, project: Project) -> tuple[PictureInput, ...]:
    """Stand-ins for all that this maker may be given for one picture: prices hang on how many there are."""
    roles: tuple[Role, ...] = ()
    if project.kind == Project.Kind.AD:
        roles = ("composition", "style", "product")
    elif project.kind == Project.Kind.PROMPT_VIDEO and project.idea.guided:
        roles = ("reference",)
    row = image_row(by, project)
    offered = [PictureInput(role=role, file=Stored(sha256="")) for role in roles]
    return taken_pictures(row, offered) if row is not None else ()


def image_row(by: Maker, project: Project) -> ModelRow | None:
    """The model that makes pictures; None for this server, whose painter is given words alone."""
    if not by.hosted:
        return None
    rows: dict[str, ModelRow | None] = _known(project).setdefault("rows", {})
    if by.key not in rows:
        rows[by.key] = pricebook.model_row("image", by.provider, by.model)
    return rows[by.key]


def takes_composition(by: Maker, project: Project) -> bool:
    """Whether this maker's pictures begin with the animatic's drawings, where there are any."""
    row = image_row(by, project)
    return project.kind == Project.Kind.AD and row is not None and bool(row.pictures.composition)


def drawing_comes(project: Project) -> bool:
    """Whether scenes of this film are drawn before models make their pictures: not where that has failed."""
    if project.kind != Project.Kind.AD:
        return False
    known = _known(project)
    if "comes" not in known:
        failed = Job.objects.filter(project=project, step=ANIMATIC, state=JobState.FAILED, dismissed=False)
        known["comes"] = not failed.exists()
    return bool(known["comes"])


def has_drawing(project: Project, content: Content, aspect: str, still: Value) -> bool:
    """Whether the scene has been drawn in this shape as its words and its product stand now."""
    return _composition(project, content, aspect, still) is not None


def _known(project: Project) -> dict[str, Any]:
    """What is read once for all scenes of a board."""
    known: dict[str, Any] = project.__dict__.setdefault(_KNOWN, {})
    return known


def forget(project: Project) -> None:
    """Read all of it anew the next time."""
    project.__dict__.pop(_KNOWN, None)


def _composition(project: Project, content: Content, aspect: str, still: Value) -> Guide | None:
    known = _known(project)
    if "drawings" not in known:
        rows = Drawing.objects.filter(project=project).values_list(
            "content_id", "aspect", "recipe", "file", "sha256", "code"
        )
        known["drawings"] = {row[:3]: row[3:] for row in rows}
    found = known["drawings"].get((content.pk, aspect, digest(still)))
    if found is None:
        return None
    file, sha256, code = found
    return Guide("composition", Stored(key=file, sha256=sha256), "drawing", code)


def _style(project: Project) -> Guide | None:
    ad: Ad = project.ad
    if not ad.guide_sha256:
        return None
    return Guide("style", Stored(key=ad.guide_file, sha256=ad.guide_sha256), "guide", ad.code)


def _product(project: Project, product: Stored | None) -> Guide | None:
    if product is None:
        return None
    codes = _known(project).get("cut_codes")
    if codes is None:
        rows = Reference.objects.filter(project=project).exclude(cut_file="")
        codes = _known(project)["cut_codes"] = dict(rows.values_list("cut_sha256", "asset__code"))
    return Guide("product", product, "cutout", codes[product.sha256]) if product.sha256 in codes else None


def _references(project: Project, content: Content) -> list[Guide]:
    """The picture that lent the scene its colors."""
    known = _known(project)
    if "references" not in known:
        known["references"] = list(Reference.objects.filter(project=project).select_related("asset"))
    pictures: list[Reference] = known["references"]
    if not pictures:
        return []
    near = [row for row in pictures if row.palette and row.palette == content.palette] or pictures
    asset = near[content.code.int % len(near)].asset
    file = Stored(key=asset.file.name or "", sha256=asset.sha256, size_bytes=asset.size_bytes)
    return [Guide("reference", file, "reference", asset.code)]
