"""A picture made larger: ordered as the model's table allows, and checked before it counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.providers import PROVIDERS
from pipeline.providers.base import Pending, ProviderError
from pipeline.providers.capabilities import UpscaleReply, UpscaleRequest
from pipeline.providers.catalogue import shipped_model
from pipeline.providers.outputs import picture_pixels
from pipeline.providers.replicate.inputs import wrong_input
from pipeline.recipes import Stored, digest
from pipeline.steps import STEPS, enlarge_image
from pipeline.steps.base import Waiting
from pipeline.tests.providing import Desk, mark, replicate_access
from tests.vendor import Vendor, media

ESRGAN = shipped_model("replicate", "daanelson/real-esrgan-a100")


class Bench:
    """A context whose calls are answered by `answer`, called with provider and request."""

    def __init__(self, desk: Desk, provider: Any, answer: Any) -> None:
        self._desk, self._provider, self._answer, self.folder = desk, provider, answer, desk.root
        self.asked: list[str] = []

    def provider(self, capability: str, name: str, model: str = "") -> Any:
        self.asked.append(capability)
        return self._provider

    def once(self, call: str, provider: Any, request: Any) -> Any:
        self.asked.append(call)
        return self._answer(provider, request)

    def fetch(self, stored: Stored) -> Path:
        return self._desk.fetch(stored)

    def store(self, path: Path, kind: str) -> Stored:
        return self._desk.store(path, kind)


def small(desk: Desk, width: int = 160, height: int = 90) -> enlarge_image.Input:
    picture = desk.picture(width, height)
    return enlarge_image.Input(
        picture=picture, width=width, height=height, short_side=200, provider="replicate", model=ESRGAN.name
    )


def made(desk: Desk, width: int, height: int) -> UpscaleReply:
    return UpscaleReply(file=desk.picture(width, height), width=width, height=height)


def run(input: enlarge_image.Input, bench: Bench) -> enlarge_image.Output | Waiting:
    return enlarge_image.run(input, bench)  # type: ignore[arg-type]


def test_it_is_ordered_as_the_model_takes_it(desk: Desk, vendor: Vendor) -> None:
    """The vendor's double refuses what its table does not know; a scale is whole and at most four."""
    provider: Any = PROVIDERS["upscale", "replicate"](replicate_access(vendor), ESRGAN)
    vendor.replicate.work_s = 0.0
    wanted = small(desk)
    [(call, request)] = enlarge_image.calls(wanted, provider)
    order = provider.submit(request, desk.work, mark())
    sent = vendor.posts("/v1/predictions")[-1].json["input"]
    assert (call, sent["scale"], sent["face_enhance"]) == ("enlarge", 3, False)
    assert [name for name, value in sent.items() if wrong_input(ESRGAN.inputs.get(name), value)] == []
    reply = provider.poll(order, request, desk.work)
    assert not isinstance(reply, Pending)
    assert (reply.width, reply.height) == (480, 270)
    assert provider.cost(request, reply) == vendor.bill.total_microusd <= provider.estimate(request)


def test_a_rich_picture_is_handed_in_whole(desk: Desk, vendor: Vendor) -> None:
    """What is lost before would be made larger: no smaller size, and the best quality."""
    provider: Any = PROVIDERS["upscale", "replicate"](replicate_access(vendor), ESRGAN)
    rich = desk.picture(1344, 768, noisy=True)
    provider.submit(UpscaleRequest(file=rich, short_side=1253), desk.work, mark())
    [given] = vendor.replicate.files.values()
    assert media.picture_size(given) == (1344, 768)
    assert len(given) > 600_000


def test_the_larger_picture_comes_with_a_small_one_for_cards(desk: Desk) -> None:
    bench = Bench(desk, None, lambda *_: made(desk, 480, 270))
    output = run(small(desk), bench)
    assert isinstance(output, enlarge_image.Output)
    assert (output.width, output.height) == (480, 270)
    assert picture_pixels(desk.fetch(output.image)).shape == (270, 480, 3)
    assert picture_pixels(desk.fetch(output.thumb)).shape[0] > 0
    assert output.thumb != output.image
    assert bench.asked == ["upscale", "enlarge"]


def test_it_waits_without_a_worker(desk: Desk) -> None:
    waiting = Waiting(call="enlarge", poll_after_s=5, deadline_s=60)
    assert run(small(desk), Bench(desk, None, lambda *_: waiting)) == waiting


@pytest.mark.parametrize(("width", "height", "told"), [(480, 480, "another shape"), (160, 90, "no larger")])
def test_what_is_not_this_picture_made_larger_is_refused(desk: Desk, width: int, height: int, told: str) -> None:
    with pytest.raises(ProviderError, match=told) as refusal:
        run(small(desk), Bench(desk, None, lambda *_: made(desk, width, height)))
    assert (refusal.value.kind, refusal.value.transient) == ("bad_answer", False)


def test_sizes_that_a_model_rounds_are_the_same_shape(desk: Desk) -> None:
    output = run(small(desk), Bench(desk, None, lambda *_: made(desk, 480, 272)))
    assert isinstance(output, enlarge_image.Output)


def test_who_does_it_is_no_part_of_the_recipe(desk: Desk) -> None:
    wanted = small(desk)
    assert digest(wanted) == digest(wanted.model_copy(update={"provider": "", "model": "other"}))
    assert digest(wanted) != digest(wanted.model_copy(update={"short_side": 300}))
    assert STEPS["enlarge_image"].capability == "upscale"
