"""Three named people and a song, for every test of what people own."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.test import Client

from pipeline.runner.work import run_next
from projects.actions.create import create_music_video, create_prompt_video
from projects.models import Asset, Project
from projects.tests import quick_steps
from projects.tests.remembered import remembered


@pytest.fixture
def alice(db: None) -> Any:
    """The owner."""
    return get_user_model().objects.create_user("alice", "alice@example.org", "alice-secret-1")


@pytest.fixture
def charlie(db: None) -> Any:
    """A stranger."""
    return get_user_model().objects.create_user("charlie", "charlie@example.org", "charlie-secret-1")


@pytest.fixture
def studio(client: Client, alice: Any) -> Client:
    """The site as alice sees it, signed in."""
    client.force_login(alice)
    return client


@pytest.fixture
def asset(alice: Any) -> Asset:
    row = Asset(
        owner=alice,
        kind="song",
        extension="wav",
        content_type="audio/wav",
        name="song.wav",
        sha256="a" * 64,
        size_bytes=4,
    )
    row.file.save("", ContentFile(b"RIFF"), save=False)
    row.save()
    return row


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Steps that answer at once, and no bell: tests run the jobs themselves."""
    settings.OMVEE_DOORBELL = False
    quick_steps.use_quick_steps(monkeypatch)


def drain(limit: int = 2000) -> int:
    """Run due jobs in this process until none is left; returns how many ran."""
    ran = 0
    while run_next() and ran < limit:
        ran += 1
    return ran


@pytest.fixture
def project(quick: None, asset: Asset, alice: Any) -> Project:
    """A project that has only been created."""
    return create_music_video(asset, by=alice, title="Harbor", artist="Alice", captions="karaoke")


@pytest.fixture
def idea(quick: None, alice: Any) -> Project:
    """A project from an idea that has only been created: 24 seconds."""
    return create_prompt_video("A small boat leaves the harbor at night.", by=alice, seconds=24)


@pytest.fixture
def idea_film(idea: Project) -> Project:
    """A finished film from an idea: six scenes of four seconds, one caption each, a crossfade in the middle."""
    remembered("idea", idea, drain)
    return idea


@pytest.fixture
def film(project: Project) -> Project:
    """A project whose film is finished: six scenes of four seconds, one line each, a crossfade in the middle."""
    remembered("film", project, drain)
    return project
