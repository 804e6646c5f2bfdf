"""The real vendors, with real keys: with OMVEE_LIVE=1, else left out; a vendor without a key is skipped.

All of it costs about two cents. What is asserted is the contract, never a picture's content or a word's exact time.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from pipeline.media.audio.values import SongAnalysis
from pipeline.providers import PROVIDERS
from pipeline.providers.base import Access, JobProvider, Pending
from pipeline.providers.capabilities import (
    ImageRequest,
    PictureInput,
    PlanRequest,
    RewriteRequest,
    TranscriptionRequest,
    VideoRequest,
)
from pipeline.providers.catalogue import shipped_model, shipped_models
from pipeline.providers.keys import VENDORS, check_key
from pipeline.providers.replicate.api import ReplicateApi
from pipeline.tests.providing import Desk, desk, mark
from tests import settings
from tests.vendor import media

__all__ = ["desk"]

WAIT_S = 300


def access(vendor: str) -> Access:
    """The access of a vendor, or a skip that says what is missing."""
    facts = next(facts for facts in VENDORS if facts.name == vendor)
    key = settings.LIVE_KEYS.get(facts.key_env, "")
    if not key:
        pytest.skip(f"{facts.key_env} is not set")
    return Access(api_key=key, base_url=settings.LIVE_KEYS.get(facts.base_url_env, ""), read_s=120, deadline_s=WAIT_S)


def made(provider: JobProvider[Any, Any], request: Any, desk: Desk) -> Any:
    """The reply to a job, ordered once and waited for."""
    external_id = provider.submit(request, desk.work, mark(f"live-{time.time_ns()}"))
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        reply = provider.poll(external_id, request, desk.work)
        if not isinstance(reply, Pending):
            return reply
        time.sleep(reply.poll_after_s)
    provider.cancel(external_id)
    return pytest.fail("not done in time")


@pytest.mark.parametrize("vendor", ["replicate", "openai", "openrouter"])
def test_the_key_works(vendor: str) -> None:
    assert check_key(vendor, access(vendor)).startswith("The key works")


def test_replicate_tells_the_inputs_that_the_catalogue_knows() -> None:
    """Free: the vendor's own tables. A difference means that a model has changed and its row has to follow."""
    api = ReplicateApi(access("replicate"))
    different = {}
    for row in shipped_models():
        if row.provider == "replicate":
            schema = api._got(f"/v1/models/{row.name}")["latest_version"]["openapi_schema"]
            theirs = schema["components"]["schemas"]["Input"]["properties"]
            missing = sorted(set(row.inputs) - set(theirs))
            if missing:
                different[row.name] = missing
    assert not different


def test_replicate_makes_a_picture_and_a_clip_of_it(desk: Desk) -> None:
    reach = access("replicate")
    picture = ImageRequest(prompt="a red boat on a calm lake at dawn", width=1280, height=720, seed=1)
    drawn = made(PROVIDERS["image", "replicate"](reach), picture, desk)  # type: ignore[arg-type]
    assert drawn.width > drawn.height
    row = shipped_model("replicate", "prunaai/p-video", "draft")
    clip = VideoRequest(
        image=drawn.image, camera="push_in", motion="slow push in, water moves gently", seconds=1, seed=1
    )
    moved = made(PROVIDERS["video", "replicate"](reach, row), clip, desk)  # type: ignore[arg-type]
    assert moved.duration_ms >= 900


def test_replicate_goes_by_pictures(desk: Desk) -> None:
    row = shipped_model("replicate", "black-forest-labs/flux-2-klein-4b")
    pictures = tuple(PictureInput(role=role, file=desk.picture(854, 480)) for role in ("composition", "style"))
    asked = ImageRequest(prompt="a red mug on a table at dawn", width=1280, height=720, seed=1, pictures=pictures)
    drawn = made(PROVIDERS["image", "replicate"](access("replicate"), row), asked, desk)  # type: ignore[arg-type]
    assert drawn.pictures == ("composition", "style")
    assert drawn.width > drawn.height


@pytest.mark.parametrize("vendor", ["openai", "openrouter"])
def test_text_models_keep_the_schema(desk: Desk, vendor: str) -> None:
    provider = PROVIDERS["text", vendor](access(vendor))
    plan = PlanRequest(duration_ms=20_000, frames=600, beats_ms=tuple(range(0, 20_000, 500)), title="Silver Road")
    reply = provider.send(plan, desk.work)
    assert not reply.problem, reply.raw
    assert reply.scenes[-1].end_frame == 600
    assert 0 < provider.cost(plan, reply) <= provider.estimate(plan)
    milder = RewriteRequest(text="a bloody sword fight in the rain", reason="flagged as sensitive")
    assert provider.send(milder, desk.work).text


@pytest.mark.parametrize("vendor", ["openai", "openrouter"])
def test_transcription_answers_in_the_form_that_is_read(desk: Desk, vendor: str) -> None:
    provider = PROVIDERS["transcription", vendor](access(vendor))
    path = desk.root / "tone.wav"
    path.write_bytes(media.music(5))
    analysis = SongAnalysis(duration_ms=5000, tempo_mbpm=120_000, beats_ms=(), downbeats_ms=(), sections=())
    reply = provider.send(TranscriptionRequest(song=desk.kept(path), analysis=analysis), desk.work)
    assert all(line.end_ms <= 5000 for line in reply.lyrics.lines)
