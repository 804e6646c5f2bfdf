"""The product of an ad in its pictures: where it is to be seen, and the file it is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pipeline.media.products import Placing
from pipeline.recipes import Stored
from projects.models import Content, Project, Reference

ACROSS = (500, 400, 600)
"""Where the product stands from one beat to the next, in permille of a wide frame."""
CLOSE_PERCENT = 112


@dataclass(frozen=True)
class Cutouts:
    """The product as it was cut out of its photos, in their order; the same photo twice is one."""

    files: tuple[Stored, ...]
    codes: dict[str, UUID]
    """The photo that each was cut out of, by the hash of what was cut out."""

    @classmethod
    def of(cls, project: Project) -> Cutouts:
        """Read from the rows; none for other films than ads, and where nothing is cut out yet."""
        if project.kind != Project.Kind.AD:
            return cls((), {})
        rows = Reference.objects.filter(project=project).exclude(cut_file="")
        found = list(rows.values_list("cut_file", "cut_sha256", "asset__code"))
        files = {sha256: Stored(key=key, sha256=sha256) for key, sha256, _code in found}
        return cls(tuple(files.values()), {sha256: code for _key, sha256, code in found})


def product_fields(project: Project, content: Content, cuts: Cutouts) -> dict[str, Any]:
    """`product` and `placing` of a picture, where its beat shows the product; nothing for other pictures and kinds."""
    if not cuts.files:
        return {}
    beats = [beat for beat in project.ad.filled() if beat.product]
    at = next((number for number, beat in enumerate(beats) if beat.name == content.imagery), None)
    if at is None:
        return {}
    size = CLOSE_PERCENT if beats[at].role == "proof" else 100
    above = project.ad.logo_id is not None and project.ad.as_template().logo.corner == "top_center"
    placing = Placing(x=ACROSS[at % len(ACROSS)], size_percent=size, under_logo=above)
    return {"product": cuts.files[at % len(cuts.files)], "placing": placing}
