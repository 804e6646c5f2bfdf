"""Asking for money a second time: why what was agreed to is not enough."""

from __future__ import annotations

from projects.flow.estimates import Estimate
from projects.models import Project


def expected_scenes(project: Project, estimate: Estimate) -> int:
    """How many scenes the film has; before it has any, for how many `estimate` is (0: it says nothing of them)."""
    there = project.scenes.count()
    if there:
        return there
    counts = [part.count for part in estimate.parts if part.step in ("generate_image", "generate_clip")]
    shapes = len(set(project.renditions.values_list("aspect", flat=True)))
    return max(counts, default=0) // max(1, shapes)


def why_asked_again(project: Project, estimate: Estimate) -> tuple[str, int, int]:
    """Why what was agreed to is not enough for this: "" (nothing was, or something new is wanted), "price", "scenes" or
    "sum"; and how many scenes it was for, and is for now.
    """
    consents = list(project.consents.filter(withdrawn_at=None))
    steps = {step for consent in consents for step in consent.steps}
    if not consents or not steps.issuperset(estimate.steps):
        return "", 0, 0
    if any(not any(row.prices.get(model) == version for row in consents) for model, version in estimate.prices.items()):
        return "price", 0, 0
    events = project.events.filter(verb="consented", data__scenes__gt=0).order_by("-pk")
    then = next((int(event.data["scenes"]) for event in events[:1]), 0)
    now = expected_scenes(project, estimate)
    return ("scenes" if 0 < then < now else "sum"), then, now
