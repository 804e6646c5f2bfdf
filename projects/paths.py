"""Every storage key, and nothing else: p/<project>/<kind>/<row>.<ext>, u/<user>/assets/<asset>.<ext>."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from projects.models import Asset, Project


def project_place(project: Project) -> str:
    """The folder of everything made for a project; steps add <kind>/<row>.<ext>."""
    return f"p/{project.code}"


def asset_key(owner_id: int, code: UUID, extension: str) -> str:
    return f"u/{owner_id}/assets/{code}.{extension}"


def look_key(owner_id: int, code: UUID) -> str:
    """The key of an uploaded color look."""
    return f"u/{owner_id}/looks/{code}.cube"


def asset_file(asset: Asset, filename: str) -> str:
    """`upload_to` of an uploaded file; the user's file name is never part of the key."""
    return asset_key(asset.owner_id, asset.code, asset.extension)
