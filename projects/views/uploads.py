"""Pictures that arrive with a form."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from pipeline.media.probe import MAX_IMAGE_BYTES, ImageProbe
from projects.actions.upload import save_picture
from projects.models import Asset
from projects.states import IllegalMove


def saved_picture(upload: Any, by: Any) -> tuple[Asset, ImageProbe, str]:
    """As `save_picture`, of an upload that may be missing or too large. Raises MediaError or IllegalMove."""
    if not upload:
        raise IllegalMove(_("Choose the picture first."))
    if (upload.size or 0) > min(MAX_IMAGE_BYTES, settings.OMVEE_MAX_UPLOAD_BYTES):
        raise IllegalMove(_("This picture is larger than %(size)s MB.") % {"size": MAX_IMAGE_BYTES // 2**20})
    return save_picture(upload, upload.name or "", by=by)
