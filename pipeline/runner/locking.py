"""The lock that comes first."""

from __future__ import annotations

from pipeline.models import Job


def lock_project(project_id: int | None) -> bool:
    """Lock the project's row: always first, so that the last two of many items cannot both miss that they are the last.

    False when the project is gone: then nothing may be committed for it.
    """
    if project_id is None:
        return False
    projects = Job._meta.get_field("project").related_model
    assert isinstance(projects, type)  # noqa: S101  for the type checker
    rows = projects._default_manager.select_for_update(no_key=True)
    return bool(rows.filter(pk=project_id).values_list("pk", flat=True))
