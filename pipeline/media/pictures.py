"""Pictures that people uploaded, made fit for a film: without transparency, and with a preview."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from pipeline.media.probe import ImageProbe

PREVIEW_SIDE = 640
BEHIND = (0, 0, 0)


def write_flat(path: Path, probe: ImageProbe) -> ImageProbe:
    """Lay a picture that something shows through on black, in place; any other is left as it is."""
    with Image.open(path, formats=("PNG", "JPEG")) as opened:
        if opened.mode != "RGBA":
            return probe
        flat = Image.new("RGB", opened.size, BEHIND)
        flat.paste(opened, mask=opened.getchannel("A"))
    flat.save(path, "PNG")
    return probe


def write_preview(path: Path, out: Path) -> None:
    """A JPEG at most PREVIEW_SIDE across."""
    with Image.open(path, formats=("PNG", "JPEG")) as opened:
        small = opened.convert("RGB")
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    small.save(out, "JPEG", quality=84)
