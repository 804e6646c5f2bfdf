"""The shapes of a film on its page: their tabs, news of another version, and what making or changing one renders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from projects.actions.final import MOST_RENDITIONS
from projects.flow.durations import seconds_for
from projects.flow.outlook import Outlook
from projects.forms import RenditionForm
from projects.models import Aspect, Captions, Project, Rendition
from projects.views.versions import about_time, rendition_about

# state of a rendition -> the state that badges know
TAB_STATES = {"working": "running", "failed": "failed", "stopped": "canceled", "done": "done", "waiting": "review"}


def final_url(rendition: Rendition, version: int = 0) -> str:
    url = f"{reverse('final', args=[rendition.project.code])}?shape={rendition.code}"
    return f"{url}&version={version}" if version else url


def tabs(found: Sequence[Outlook], shown: Rendition) -> list[dict[str, Any]]:
    """One per shape. The state is said only where it is not simply done."""
    return [
        {
            "code": item.rendition.code,
            "aspect": item.rendition.aspect,
            "shape": item.rendition.aspect.replace(":", ""),
            "about": rendition_about(item.rendition).partition(" · ")[2],
            "url": final_url(item.rendition),
            "current": item.rendition.pk == shown.pk,
            "state": TAB_STATES[item.state],
            "percent": item.percent if item.state == "working" else None,
        }
        for item in found
    ]


def news(here: Outlook, film: int) -> dict[str, Any] | None:
    """That another version than the one in the page is there; None where there is nothing to tell."""
    rendition = here.rendition
    newest = rendition.finals.order_by("-version").first()
    standing = rendition.final
    if newest is None or standing is None or not film or here.state == "working":
        return None
    held = rendition.final_chosen and newest.version != standing.version
    target = newest if held else standing
    if target.version == film and not held:
        return None
    return {
        "version": target.version,
        "film": film,
        "standing": standing.version,
        "older": film < target.version,
        "held": held,
        "url": final_url(rendition, target.version if held else 0),
        "watched": target.version == film,
        "newest_url": reverse("rendition-newest", args=[rendition.code]),
    }


def add_context(project: Project, rendition: Rendition, form: RenditionForm | None = None) -> dict[str, Any]:
    """The form for one more shape, and how long that takes: pictures in a new aspect ratio are composed or cropped."""
    renditions = list(project.renditions.all())
    used = {item.aspect for item in renditions}
    free = [aspect for aspect in Aspect.values if aspect not in used]
    scenes = project.scenes.count()
    drawn = Counter({"render_shot": scenes, "assemble_video": 1})
    cropped = drawn + Counter({"generate_clip": scenes})
    composed = cropped + Counter({"generate_image": scenes})
    first = free[0] if free else rendition.aspect
    initial = {"aspect": first, "resolution": rendition.resolution, "captions": rendition.captions}
    return {
        "form": form or RenditionForm(initial=initial),
        "full": len(renditions) >= MOST_RENDITIONS,
        "most": MOST_RENDITIONS,
        "scenes": scenes,
        "cropped": about_time(seconds_for(project, cropped)),
        "composed": about_time(seconds_for(project, composed)),
        "rendered": about_time(seconds_for(project, drawn)),
        "used": ", ".join(sorted(used)),
    }


def shape_context(project: Project, rendition: Rendition, beat_pulse: int) -> dict[str, Any]:
    """What may be changed about the shape in the page, and what that renders again."""
    again = Counter({"render_shot": project.scenes.count(), "assemble_video": 1})
    return {
        "captions": Captions.choices,
        "again": about_time(seconds_for(project, again)),
        "on": rendition.pulse > 0,
        "next_pulse": 0 if rendition.pulse else beat_pulse,
        "removable": project.renditions.count() > 1,
    }
