"""A project without a song: the engine by itself, on a database that commits."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from pipeline.runner import hooks
from pipeline.tests.providing import desk, vendor
from pipeline.tests.trials import Trial
from tests.committing import committing_db, quick_flush

__all__ = ["committing_db", "desk", "quick_flush", "trial", "vendor"]


@pytest.fixture
def trial(committing_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """An engine without a bell, with a project that has no song: its flow asks for nothing."""
    from projects.models import Project

    settings.OMVEE_DOORBELL = False
    owner = get_user_model().objects.create_user("owner", "owner@example.org")
    found = Trial(Project.objects.create(owner=owner, title="Trial", style="film"), monkeypatch)
    monkeypatch.setitem(hooks.receivers, "trial", lambda job, output: found.received.append((job, output)))
    monkeypatch.setattr(hooks, "failed", found.failures.append)
    found.step()
    found.consent()
    return found
