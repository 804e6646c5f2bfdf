"""A whole ad of half a minute by hosted models, phase by phase as its owner decides, and the bill."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow
from PIL import ImageDraw

from pipeline.models import Job
from pipeline.states import LIVE, JobState
from projects.models import Ad, Clip, Drawing, Export, FinalVideo, Image, Project, Song
from tests.faults.studio import Worker, wait_for
from tests.faults.test_hosted_film import check_bill, mark, page, studio, vendor
from tests.vendor import Vendor

__all__ = ["studio", "vendor"]
pytestmark = [pytest.mark.long, pytest.mark.faults]
WITHIN_S = 600
BEATS = 8
MAKERS = {
    "maker-write_brief": "openrouter:deepseek/deepseek-v4-flash",
    "maker-compose_music": "replicate:google/lyria-3:draft",
    "maker-write_prompts": "openrouter:deepseek/deepseek-v4-flash",
    "maker-generate_image": "replicate:black-forest-labs/flux-2-klein-4b:draft",
    "maker-generate_clip": "replicate:prunaai/p-video:draft",
}
GIVEN = {
    "product": "Nordo Mug",
    "what": "a mug that keeps coffee warm",
    "audience": "early birds",
    "tone": "warm",
    "points": "Warm for hours\nFits every cup holder\nMade of steel",
    "call_to_action": "Order at nordo.example",
    "length": "30",
    "ground": "#1b3a4b",
    "accent": "#ff8a3d",
    "music": "compose",
    "mood": "",
    "aspect": "16:9",
    "resolution": "480p",
    "tier": "draft",
    "way": "deciding",
}


def photo() -> SimpleUploadedFile:
    """A mug on a clear ground."""
    picture = Pillow.new("RGBA", (400, 500), (0, 0, 0, 0))
    ImageDraw.Draw(picture).rounded_rectangle((80, 60, 320, 460), 40, fill=(200, 40, 30, 255))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return SimpleUploadedFile("mug.png", out.getvalue(), "image/png")


class Owner:
    """Whoever decides: at the pages, as they stand."""

    def __init__(self, client: Client, project: Project) -> None:
        self.client, self.project = client, project

    def wait(self, done: Callable[[], bool], what: str) -> None:
        """Until it is done; the work must not fail, nor wait for money that was agreed to."""

        def looked() -> bool:
            jobs = Job.objects.filter(project=self.project)
            assert not jobs.filter(state=JobState.FAILED).exists(), list(
                jobs.filter(state=JobState.FAILED).values_list("step", "error", "error_detail")
            )
            return done()

        wait_for(looked, within_s=WITHIN_S, what=what)

    def agree(self) -> None:
        """To the price of all that is still to come."""
        text = page(self.client, self.project)
        answer = self.client.post(reverse("costs-agree", args=[self.project.code]), {"seen": mark(text)})
        assert answer.status_code == 302

    def pass_gate(self, gate: str, at: str) -> None:
        """Approve what stands behind a gate, from its page."""
        url = reverse("gate-pass", args=[self.project.code, gate])
        text = self.client.get(reverse(at, args=[self.project.code])).content.decode()
        assert f'action="{url}"' in text
        form = text if f'formaction="{url}"' in text else text.partition(f'action="{url}"')[2]
        found = re.search(r'name="mark" value="([^"]+)"', form)
        assert found is not None, f"the gate {gate} is not on its page"
        assert self.client.post(url, {"mark": found[1]}).status_code == 302

    def approve_all(self, board: str) -> None:
        """All that waits on a board."""
        text = self.client.get(reverse(board, args=[self.project.code])).content.decode()
        found = re.search(r'id="bulk-yes" form="bulk" name="seen" value="([^"]+)"', text)
        assert found is not None
        given = {"seen": found[1], "aspect": "16:9"}
        assert self.client.post(reverse(f"{board}-approve-all", args=[self.project.code]), given).status_code == 302


def seen_alike(address: str, file: str) -> bool:
    """Whether a picture that was sent shows what a stored file shows."""
    head, _, body = address.partition(",")
    assert head == "data:image/jpeg;base64"
    with default_storage.open(file, "rb") as stored:
        pictures = [Pillow.open(io.BytesIO(base64.b64decode(body))), Pillow.open(io.BytesIO(stored.read()))]
    small = [np.asarray(picture.convert("RGB").resize((32, 18)), float).ravel() for picture in pictures]
    return bool(np.corrcoef(*small)[0, 1] > 0.97)


def check_pictures_were_sent(vendor: Vendor, project: Project) -> None:
    """Each picture began with its scene's own drawing and the look, and with the product where its beat shows it."""
    asked = {order.id: order.inputs for order in vendor.replicate.predictions.values() if "klein" in order.model}
    images = Image.objects.filter(content__project=project).select_related("content", "job")
    assert len(images) == len(asked) == BEATS
    shows_product = {beat.name for beat in project.ad.filled() if beat.product}
    guide = Ad.objects.get(project=project).guide_file
    for image in images:
        assert image.job is not None
        inputs = asked[image.job.attempts.get().external_id]
        roles = ["composition", "style", *(["product"] if image.content.imagery in shows_product else [])]
        assert image.how["pictures"] == roles
        assert len(inputs["images"]) == len(roles)
        drawing = Drawing.objects.get(content=image.content, aspect="16:9")
        others = Drawing.objects.exclude(pk=drawing.pk)
        assert seen_alike(inputs["images"][0], drawing.file)
        assert not all(seen_alike(inputs["images"][0], other.file) for other in others)
        assert seen_alike(inputs["images"][1], guide)
        assert f"Picture {len(roles)} is the" in inputs["prompt"]


def test_an_ad_goes_through_its_six_phases_and_the_bill_is_the_vendors(
    start_real: Callable[..., Worker], vendor: Vendor, studio: Client, tmp_path: Path
) -> None:
    start_real(**vendor.environment, OMVEE_IO_WORKERS=2, OMVEE_CPU_WORKERS=1)
    given: dict[str, Any] = {**GIVEN, **MAKERS, "shots": [photo()]}
    answer = studio.post(reverse("ad-new", args=["lifestyle_ad"]), given)
    assert answer.status_code == 302, answer.content.decode()
    owner = Owner(studio, Project.objects.get())
    project = owner.project
    asks = Job.objects.filter(project=project, state=JobState.NEEDS_CONSENT)
    wait_for(lambda: asks.count() == 2, what="the price of brief and music")
    assert vendor.bill.total_microusd == 0
    text = page(studio, project)
    assert "Writing the brief" in text
    assert "Music" in text
    owner.agree()

    owner.wait(lambda: bool(Ad.objects.get(project=project).beats), "the brief")
    assert "seen from close by" in Ad.objects.get(project=project).beats[0]["prompt"]
    owner.pass_gate("brief", "brief")

    owner.wait(project.animatics.exists, "the animatic")
    song = Song.objects.select_related("asset").get(project=project)
    assert (song.heard().duration_ms, Drawing.objects.filter(project=project).count()) == (30_000, BEATS)
    assert not Image.objects.exists()
    owner.pass_gate("animatic", "references")
    owner.pass_gate("references", "references")

    owner.wait(lambda: Image.objects.count() == BEATS, "the pictures")
    check_pictures_were_sent(vendor, Project.objects.get())
    board = studio.get(reverse("images", args=[project.code])).content.decode()
    assert board.count("FLUX.2 klein was given the composition") == BEATS
    owner.approve_all("images")

    live = Job.objects.filter(project=project, state__in=LIVE)
    owner.wait(lambda: Clip.objects.count() == BEATS and not live.exists(), "the clips")
    owner.approve_all("clips")
    films = FinalVideo.objects.filter(rendition__project=project)
    owner.wait(films.exists, "the film")
    assert films.get().certificate["ok"], films.get().certificate["findings"]
    assert films.get().frames == 900

    spent = vendor.bill.total_microusd
    refine = {"grade": "noir", "intensity": "80", "loudness": "-140", "fade_in": "0", "fade_out": "1"}
    assert studio.post(reverse("refine", args=[project.code]), refine).status_code == 302
    owner.wait(lambda: films.count() == 2, "the refined film")
    assert films.get(version=2).certificate["ok"], films.get(version=2).certificate["findings"]

    wish = {"format": "mp4", "quality": "480p", "captions": "film", "teaser_s": "0"}
    assert studio.post(reverse("export-add", args=[project.code]), wish).status_code == 302
    owner.wait(Export.objects.filter(project=project).exclude(file="").exists, "the file")
    assert vendor.bill.total_microusd == spent, "refining and exporting are free"
    check_bill(vendor, Project.objects.get())
    charged = {charge.model for charge in vendor.bill.charges}
    assert charged == {key.split(":")[1] for key in MAKERS.values()}
