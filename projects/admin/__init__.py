"""The operators' desk: follow a project, see what is stuck, set it going again."""

from __future__ import annotations

from projects.admin import engine, making, project, review, vendors

__all__ = ["engine", "making", "project", "review", "vendors"]
