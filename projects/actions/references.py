"""Pictures that a film goes by: uploaded, decoded, and read for their colors."""

from __future__ import annotations

import cv2
import numpy as np
from django.contrib.auth.models import User
from django.core.files.base import File as AnyFile

from pipeline.media.painting.palettes import nearest_palette
from pipeline.providers.local.styles import style_named
from projects.actions.upload import save_picture
from projects.models import Reference

SAMPLE = 48
"""Colors are read from a picture of so many pixels a side."""


def save_reference(upload: AnyFile[bytes], name: str, *, style: str, by: User) -> Reference:
    """An unsaved row for an uploaded picture. Raises MediaError in the user's words."""
    asset, probe, thumb = save_picture(upload, name, by=by)
    with asset.file.open("rb") as source:
        pixels = cv2.imdecode(np.frombuffer(source.read(), np.uint8), cv2.IMREAD_COLOR)
    palette = ""
    if pixels is not None:
        small = cv2.resize(pixels, (SAMPLE, SAMPLE), interpolation=cv2.INTER_AREA)
        palette = nearest_palette(np.asarray(small[..., ::-1]), style_named(style).palettes)
    return Reference(
        asset=asset,
        width=probe.width,
        height=probe.height,
        thumb_file=thumb,
        palette=palette,
        focus_x=probe.focus_x,
        focus_y=probe.focus_y,
    )
