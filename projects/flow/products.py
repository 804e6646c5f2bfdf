"""The product of an ad in its pictures: where it is to be seen, and the file it is drawn from."""

from __future__ import annotations

from typing import Any

from pipeline.media.products import Placing
from pipeline.recipes import Stored
from projects.models import Content, Project, Reference

ACROSS = (500, 400, 600)
"""Where the product stands from one beat to the next, in permille of a wide frame."""
CLOSE_PERCENT = 112


def product_fields(project: Project, content: Content) -> dict[str, Any]:
    """`product` and `placing` of a picture, where its beat shows the product; nothing for other pictures and kinds."""
    if project.kind != Project.Kind.AD:
        return {}
    beats = [beat for beat in project.ad.filled() if beat.product]
    at = next((number for number, beat in enumerate(beats) if beat.name == content.imagery), None)
    cuts = cutouts(project)
    if at is None or not cuts:
        return {}
    size = CLOSE_PERCENT if beats[at].role == "proof" else 100
    return {"product": cuts[at % len(cuts)], "placing": Placing(x=ACROSS[at % len(ACROSS)], size_percent=size)}


def cutouts(project: Project) -> list[Stored]:
    """The product as it was cut out of its photos, in their order; the same photo twice is one."""
    known = getattr(project, "_cutouts", None)
    if known is None:
        rows = Reference.objects.filter(project=project).exclude(cut_file="").values_list("cut_file", "cut_sha256")
        known = list({sha256: Stored(key=key, sha256=sha256) for key, sha256 in rows}.values())
        project._cutouts = known  # type: ignore[attr-defined]  # asked for once per picture of a board
    return list(known)
