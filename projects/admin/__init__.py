"""The operators' desk: follow a project, see what is stuck, set it going again."""

from __future__ import annotations

from projects.admin import ads, deliverables, engine, ideas, making, project, review, vendors

__all__ = ["ads", "deliverables", "engine", "ideas", "making", "project", "review", "vendors"]
