"""A whole film by hosted models, from the form to the bill: a real worker, the stand-in for every vendor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from pipeline.media.audio.synth.songs import test_song as clear_song
from pipeline.media.audio.synth.songs import write_wav
from pipeline.models import Attempt, Job
from pipeline.states import LIVE, OPEN, JobState
from projects.flow import spending
from projects.models import FinalVideo, Pick, Project
from tests.faults.studio import Worker, wait_for
from tests.vendor import Vendor

pytestmark = [pytest.mark.long, pytest.mark.faults]
FILM_S = 600
MAKERS = {
    "maker-transcribe_song": "openrouter:openai/whisper-large-v3",
    "maker-plan_scenes": "openrouter:deepseek/deepseek-v4-flash",
    "maker-write_prompts": "openrouter:deepseek/deepseek-v4-flash",
    "maker-generate_image": "replicate:black-forest-labs/flux-schnell:draft",
    "maker-generate_clip": "replicate:prunaai/p-video:draft",
}
KLING = "replicate:kwaivgi/kling-v2.1:draft"


@pytest.fixture
def vendor(settings: Any) -> Iterator[Vendor]:
    with Vendor(work_s=0.5) as standing_in:
        for name, value in standing_in.environment.items():
            setattr(settings, name, value)
        yield standing_in


@pytest.fixture
def studio(client: Client, committing_db: None) -> Client:
    client.force_login(get_user_model().objects.create_user("alice", "alice@example.org", "alice-secret-1"))
    return client


def begin(studio: Client, folder: Path) -> Project:
    """The form, filled in and sent."""
    song = folder / "Silver Road.wav"
    write_wav(clear_song(120, 12.0, form="short"), song)
    upload = SimpleUploadedFile(song.name, song.read_bytes(), content_type="audio/wav")
    given = {"song": upload, "style": "cinematic", "aspect": "16:9", "captions": "karaoke", "resolution": "480p"}
    response = studio.post(reverse("project-new"), given | {"way": "autopilot"} | MAKERS)
    assert response.status_code == 302, response.content.decode()
    return Project.objects.get()


def page(studio: Client, project: Project, query: str = "") -> str:
    return " ".join(studio.get(reverse("costs", args=[project.code]) + query).content.decode().split())


def mark(text: str) -> str:
    return re.findall(r'name="seen" value="([0-9a-f]{16})"', text)[-1]


def finished(project: Project, version: int) -> bool:
    failed = Job.objects.filter(project=project, state=JobState.FAILED, dismissed=False)
    failed = failed.values_list("step", "error", "error_detail")
    assert not failed.exists(), list(failed)
    return FinalVideo.objects.filter(rendition__project=project, version__gte=version).exists()


def check_bill(vendor: Vendor, project: Project) -> None:
    """What the vendor charged is what the report says, and what was agreed to was enough."""
    report = spending.report(project)
    assert report.spent_microusd == vendor.bill.total_microusd > 0
    assert report.reserved_microusd == 0
    assert not Attempt.objects.filter(state__in=OPEN).exists()
    assert report.spent_microusd <= sum(project.consents.values_list("ceiling_microusd", flat=True))
    call_command("omvee_audit", stdout=StringIO())  # exits with another code where an invariant is broken


def test_a_film_is_made_by_hosted_models_and_the_bill_is_the_vendors(
    start_real: Callable[..., Worker], vendor: Vendor, studio: Client, tmp_path: Path
) -> None:
    start_real(**vendor.environment, OMVEE_IO_WORKERS=2, OMVEE_CPU_WORKERS=1)
    project = begin(studio, tmp_path)
    asks = Job.objects.filter(project=project, state=JobState.NEEDS_CONSENT)
    wait_for(asks.exists, what="the first price")
    assert vendor.bill.total_microusd == 0
    text = page(studio, project)
    assert "To finish this film" in text
    assert "Hearing the words" in text
    assert vendor.posts("/predictions") == []
    studio.post(reverse("costs-agree", args=[project.code]), {"seen": mark(text)})

    wait_for(lambda: finished(project, 1), within_s=FILM_S, what="the film")
    certificate = FinalVideo.objects.get().certificate
    assert certificate["ok"], certificate["findings"]
    made = set(Pick.objects.values_list("image__provider", "clip__provider"))
    assert made == {("replicate", "replicate")}
    check_bill(vendor, project)
    orders = [charge.external_id for charge in vendor.bill.charges if charge.external_id]
    assert len(orders) == len(set(orders))
    assert "To finish this film" not in page(studio, project)

    before = vendor.bill.total_microusd
    query = f"?sum=0.60&maker-generate_clip={KLING}&maker-generate_image=keep#spend"
    text = page(studio, project, query)
    assert "the opening" in text
    codes = re.findall(r'name="scene" value="([0-9a-f-]{36})"', text)
    given = {"scene": codes, "maker-generate_clip": KLING, "seen": mark(text)}
    assert studio.post(reverse("costs-upgrade", args=[project.code]), given).status_code == 302
    live = Job.objects.filter(project=project, state__in=LIVE)
    wait_for(lambda: finished(project, 1) and not live.exists(), within_s=FILM_S, what="the upgraded scenes")
    upgraded = Pick.objects.filter(content__scene__code__in=codes).select_related("clip")
    assert {(pick.clip.take, pick.clip.how["model"]) for pick in upgraded if pick.clip} == {
        (2, KLING.partition(":")[2])
    }
    assert vendor.bill.total_microusd > before
    check_bill(vendor, project)
    assert "Kling 2.1" in page(studio, project)


def test_a_refused_picture_is_said_in_a_milder_way_and_the_film_goes_on(
    start_real: Callable[..., Worker], vendor: Vendor, studio: Client, tmp_path: Path
) -> None:
    vendor.misbehave("nsfw")
    start_real(**vendor.environment, OMVEE_IO_WORKERS=2, OMVEE_CPU_WORKERS=1)
    project = begin(studio, tmp_path)
    wait_for(Job.objects.filter(state=JobState.NEEDS_CONSENT).exists, what="the first price")
    studio.post(reverse("costs-agree", args=[project.code]), {"seen": mark(page(studio, project))})
    failed = Job.objects.filter(step="generate_image", state=JobState.FAILED)
    wait_for(failed.exists, within_s=FILM_S, what="the refusal")
    job = failed.get()
    assert "refused this prompt for its content" in job.error
    scene = project.scenes.get(content__code=job.subject.split(":")[1])
    sheet = studio.get(reverse("image", args=[project.code, scene.code])).content.decode()
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', sheet[sheet.index('id="refused"') :])
    assert found is not None
    studio.post(reverse("scene-milder", args=[scene.code]), {"kind": "image", "seen": found[1]})
    wait_for(lambda: Job.objects.get(pk=job.pk).dismissed, what="milder words")
    wait_for(lambda: finished(project, 1), within_s=FILM_S, what="the film")
    scene.content.refresh_from_db()
    assert scene.content.prompt.edited
    check_bill(vendor, project)
