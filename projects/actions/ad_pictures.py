"""An advertiser's pictures: product photos and a logo, decided by decoding, with their transparency kept."""

from __future__ import annotations

import hashlib

import numpy as np
from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.base import File as AnyFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image

from pipeline.media.pictures import write_preview
from pipeline.media.probe import check_image_upload
from pipeline.media.run import MediaError
from projects import paths
from projects.actions.upload import new_picture, spooled
from projects.models import Asset, Reference

CLEAR = 128
"""Alpha below this is seen through."""


def save_shot(upload: AnyFile[bytes], name: str, *, by: User) -> Reference:
    """An unsaved row for a photo of the product. Raises MediaError in the user's words."""
    with spooled(upload.chunks()) as (path, _sha256):
        plain, thumb = path.with_name("plain"), path.with_name("thumb.jpg")
        probe = check_image_upload(path, out=plain)
        with plain.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        known = Asset.objects.filter(owner_id=by.pk, kind=Asset.Kind.PICTURE, sha256=sha256).first()
        asset = known or new_picture(plain, probe, sha256, name, by)
        write_preview(plain, thumb)
        key = paths.asset_key(asset.owner_id, asset.code, "thumb.jpg")
        if not default_storage.exists(key):
            with thumb.open("rb") as source:
                default_storage.save(key, File(source))
    return Reference(asset=asset, width=probe.width, height=probe.height, thumb_file=key)


def save_logo(upload: AnyFile[bytes], name: str, *, by: User) -> Asset:
    """Store a logo, cut to what is seen of it. Raises MediaError in the user's words."""
    with spooled(upload.chunks()) as (path, _sha256):
        plain = path.with_name("plain")
        probe = check_image_upload(path, out=plain)
        with Image.open(plain, formats=("PNG", "JPEG")) as opened:
            picture = opened.convert("RGBA")
        alpha = np.asarray(picture.getchannel("A"))
        if not (alpha < CLEAR).any():
            raise MediaError(
                _("This logo has no transparent ground, so it would stand in a box. Use a PNG or WebP with one.")
            )
        if not (alpha >= CLEAR).any():
            raise MediaError(_("There is nothing to be seen in this logo."))
        box = picture.getchannel("A").point(lambda value: 255 if value > 8 else 0).getbbox()
        picture.crop(box).save(plain, "PNG")
        with plain.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        known = Asset.objects.filter(owner_id=by.pk, kind=Asset.Kind.PICTURE, sha256=sha256).first()
        changes = {"extension": "png", "content_type": "image/png"}
        return known or new_picture(plain, probe.model_copy(update=changes), sha256, name, by)
