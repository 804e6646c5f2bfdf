"""What pages say about money: what is asked for, what waits and why, who makes what; nothing where all is made here."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.budget import outstanding
from pipeline.models import Job
from pipeline.states import JobState
from projects.flow import spending
from projects.flow.asking import why_asked_again
from projects.flow.estimates import Estimate, Part
from projects.flow.makers import CAPABILITIES, LOCAL, maker, offered_for
from projects.models import Content, Project
from projects.templatetags.ui import unit_price
from projects.views.vendor_cards import TIERS, model_words, price_words

STEP_WORDS = {
    "transcribe_song": gettext_lazy("Hearing the words"),
    "write_brief": gettext_lazy("Writing the brief"),
    "plan_scenes": gettext_lazy("Planning the scenes"),
    "write_prompts": gettext_lazy("Writing what they show"),
    "soften_prompt": gettext_lazy("Milder words"),
    "generate_image": gettext_lazy("Pictures"),
    "enlarge_image": gettext_lazy("Larger pictures"),
    "generate_clip": gettext_lazy("Clips"),
    "compose_music": gettext_lazy("Music"),
    "enlarge_film": gettext_lazy("Enlarging the film"),
}
FIELDS = {
    "transcribe_song": gettext_lazy("The song's words are heard by"),
    "write_brief": gettext_lazy("The brief is written by"),
    "compose_music": gettext_lazy("Music is made by"),
    "plan_scenes": gettext_lazy("Scenes are planned by"),
    "write_prompts": gettext_lazy("What they show is written by"),
    "generate_image": gettext_lazy("Pictures are made by"),
    "generate_clip": gettext_lazy("Clips are made by"),
}


def money_context(project: Project) -> dict[str, Any]:
    """For the note about money on every page of a project; {} where nobody has to be asked and nothing waits."""
    if project.trashed_at is not None or project.stopped_at is not None or not spending.uses_vendors(project):
        return {}
    waits = outstanding(project.pk)
    estimate = spending.remaining(project)
    paused = _told(project, JobState.PAUSED_BUDGET)
    held_up = _told(project, JobState.QUEUED, held=True)
    asks = waits.jobs > 0 or not spending.is_agreed(project, estimate)
    if not (asks or paused or held_up):
        return {}
    return {
        "asks": asks,
        "again": _again(project, estimate) if asks else "",
        "unheard": project.song_led and not spending.is_heard(project),
        "waits": waits.jobs,
        "estimate": estimate,
        "parts": [part_words(part) for part in estimate.parts],
        "unpriced": [part_words(part) for part in estimate.parts if part.microusd is None],
        "paused": paused,
        "held_up": held_up,
        "costs_url": reverse("costs", args=[project.code]),
        "agree_url": reverse("costs-agree", args=[project.code]),
    }


def _again(project: Project, estimate: Estimate) -> str:
    """Why somebody who has agreed is asked again, in words; "" where nobody has."""
    why, then, now = why_asked_again(project, estimate)
    if why == "price":
        return _("You are asked again because a model or its price is another one than you agreed to.")
    if why == "scenes":
        more = _("You are asked again because the film has more scenes than expected: %(now)s instead of %(then)s.")
        return more % {"now": now, "then": then}
    return _("You are asked again because the sum that you agreed to is not enough for all of it.") if why else ""


def _told(project: Project, state: str, **more: Any) -> list[str]:
    """What jobs in this state wait for, each sentence once."""
    rows = Job.objects.filter(project=project, state=state, **more).exclude(error="").order_by("pk")
    return list(dict.fromkeys(rows.values_list("error", flat=True)[:50]))[:3]


def part_words(part: Part) -> dict[str, Any]:
    return {
        "step": STEP_WORDS.get(part.step, part.step),
        "model": model_words(part.provider, part.model),
        "count": part.count,
        "microusd": part.microusd,
        "seconds": part.seconds,
    }


def maker_fields(project: Project, chosen: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """One select per step: this server, and every model with a price and a key. `chosen`: what was refused."""
    return [maker_field(step, (chosen or {}).get(step) or maker(project, step).key) for step in _steps(project.kind)]


def new_makers(post: Any, kind: str) -> list[dict[str, Any]]:
    """The selects for a film that does not exist yet, with what was chosen; none where nobody can be chosen."""
    steps = _steps(kind)
    if not any(offered_for(step) for step in steps):
        return []
    return [maker_field(step, post.get(f"maker-{step}") or LOCAL) for step in steps]


def _steps(kind: str) -> list[str]:
    """What somebody can be chosen for in a film of this kind. An ad's scenes are its beats: nobody plans them."""
    left_out = {
        Project.Kind.MUSIC_VIDEO: {"write_brief", "compose_music"},
        Project.Kind.PROMPT_VIDEO: {"write_brief", "transcribe_song"},
        Project.Kind.AD: {"transcribe_song", "plan_scenes"},
    }
    return [step for step in FIELDS if step not in left_out[Project.Kind(kind)]]


def maker_field(step: str, now: str = LOCAL) -> dict[str, Any]:
    """`now` is kept as a choice even where it is not offered any more, so that nothing changes unseen."""
    options = [{"value": LOCAL, "label": _("This server, free")}]
    for row in offered_for(step):
        price = price_words(row)
        tier = f", {TIERS[row.tier]}" if row.tier else ""
        words = f"{unit_price(price['microusd'])} {price['unit']}"
        options.append({"value": row.key, "label": f"{row.label or row.name}{tier} · {words}"})
    if now not in {option["value"] for option in options}:
        options.append({"value": now, "label": _("%(model)s (not offered now)") % {"model": now}})
    return {"step": step, "name": f"maker-{step}", "label": FIELDS[step], "now": now, "options": options}


def posted_makers(post: Any) -> dict[str, str]:
    """step -> key, of the selects that a form posted."""
    return {step: post[f"maker-{step}"] for step in CAPABILITIES if f"maker-{step}" in post}


def scenes_differ(project: Project) -> int:
    """How many scenes have a maker of their own."""
    return Content.objects.filter(project=project, scene__isnull=False).exclude(providers={}).count()
