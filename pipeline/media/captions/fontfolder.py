"""The private font folder of one rendering."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FONTS, FONT_CONFIG = "fonts", "fonts.conf"
# No folder of the machine is listed: what happens to be installed must not change a film. The cache stays private too.
FONT_CONFIG_TEXT = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><cachedir>font-cache</cachedir></fontconfig>
"""


def link_fonts(folder: Path, files: Sequence[Path]) -> dict[str, str]:
    """Make `files` (and no other font) visible to libass in `folder`, and return the environment that ffmpeg needs.

    Pass `fontsdir=fonts` to the `ass` filter. Only what a script uses is linked: libass reads the whole folder at
    start.
    """
    (folder / FONTS).mkdir(exist_ok=True)
    for file in files:
        link = folder / FONTS / file.name
        if not link.exists():
            link.symlink_to(file)
    (folder / FONT_CONFIG).write_text(FONT_CONFIG_TEXT, encoding="utf-8")
    return {"FONTCONFIG_FILE": str(folder / FONT_CONFIG)}
