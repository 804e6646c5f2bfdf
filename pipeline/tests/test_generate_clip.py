"""Clips from pictures: one order where the model can, a chain where the scene is longer, parameters locally."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.media.chains import join_clips, write_last_frame
from pipeline.media.run import MediaError
from pipeline.providers.base import Access, Limits, Pending
from pipeline.providers.capabilities import VideoReply
from pipeline.providers.catalogue import shipped_model
from pipeline.providers.chaining import shot_seconds
from pipeline.providers.local.mover import LocalClip
from pipeline.providers.replicate.inputs import clip_seconds
from pipeline.providers.replicate.media import ReplicateVideo
from pipeline.recipes import Stored, digest
from pipeline.steps import generate_clip
from pipeline.steps.base import Waiting
from pipeline.tests.providing import Desk, mark, replicate_access
from tests.vendor import Vendor
from tests.vendor.media import clip as clip_bytes

WAN = "wan-video/wan-2.2-i2v-fast"


class Bench:
    """A context over a desk: orders go to the stand-in and are looked at until they are done."""

    def __init__(self, desk: Desk, provider: Any) -> None:
        self.folder, self._desk, self._provider = desk.work.folder, desk, provider
        self.calls: list[tuple[str, Any]] = []
        self.waits: set[str] = set()

    def stop(self) -> bool:
        return False

    def progress(self, done: int, total: int) -> None: ...

    def fetch(self, stored: Stored) -> Path:
        return self._desk.fetch(stored)

    def store(self, path: Path, kind: str) -> Stored:
        return self._desk.store(path, kind)

    def provider(self, capability: str, name: str, model: str = "") -> Any:
        return self._provider

    def once(self, call: str, provider: Any, request: Any) -> Any:
        self.calls.append((call, request))
        if call in self.waits:
            return Waiting(call=call, poll_after_s=1, deadline_s=1)
        if isinstance(provider, LocalClip):
            return provider.send(request, self._desk.work)
        order = provider.submit(request, self._desk.work, mark(call))
        while isinstance(reply := provider.poll(order, request, self._desk.work), Pending):
            pass
        return reply


def wan(vendor: Vendor) -> ReplicateVideo:
    access: Access = replicate_access(vendor)
    return ReplicateVideo(access, shipped_model("replicate", WAN, "draft"))


def given(desk: Desk, seconds: int, **more: Any) -> generate_clip.Input:
    picture = desk.picture()
    return generate_clip.Input(image=picture, camera="drift", motion="slowly", seconds=seconds, seed=1, **more)


def frames_of(path: Path) -> list[Any]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


@pytest.mark.parametrize(
    ("limits", "wanted", "lengths"),
    [
        (Limits(min_seconds=1, max_seconds=20), 12, (12,)),
        (Limits(min_seconds=5, max_seconds=7), 8, (8,)),  # played a little slower
        (Limits(min_seconds=5, max_seconds=7), 12, (6, 6)),
        (Limits(seconds=(5, 10), max_seconds=10), 13, (10, 3)),
        (Limits(seconds=(4, 6, 8), max_seconds=8), 21, (8, 8, 5)),
        (Limits(), 30, (30,)),
        (Limits(max_seconds=5), 0, (0,)),
    ],
)
def test_a_scene_is_made_of_as_few_seconds_as_fill_it(limits: Limits, wanted: int, lengths: tuple[int, ...]) -> None:
    assert shot_seconds(limits, wanted) == lengths
    if wanted and (limits.seconds or limits.max_seconds):
        assert sum(clip_seconds(limits, length) for length in lengths) * 125 >= wanted * 100


def test_a_scene_that_the_model_can_fill_is_one_order(desk: Desk, vendor: Vendor) -> None:
    bench = Bench(desk, wan(vendor))
    output = generate_clip.run(given(desk, 6, provider="replicate"), bench)
    assert isinstance(output, generate_clip.Output)
    assert [call for call, _ in bench.calls] == ["move"]
    assert output.clip.file is not None


def test_a_longer_scene_is_a_chain_from_last_picture_to_first(desk: Desk, vendor: Vendor) -> None:
    bench = Bench(desk, wan(vendor))
    output = generate_clip.run(given(desk, 12, provider="replicate"), bench)
    assert isinstance(output, generate_clip.Output)
    assert [call for call, _ in bench.calls] == ["move", "move-2"]
    first, second = (request for _call, request in bench.calls)
    assert second.image.sha256 != first.image.sha256
    assert output.clip.file is not None
    assert output.clip.duration_ms == pytest.approx(12_000, abs=2500)
    assert len(frames_of(desk.fetch(output.clip.file))) > 100
    assert len(vendor.posts("/predictions")) == 2


def test_a_chain_waits_and_goes_on_where_it_was(desk: Desk, vendor: Vendor) -> None:
    bench = Bench(desk, wan(vendor))
    bench.waits = {"move-2"}
    assert isinstance(generate_clip.run(given(desk, 12, provider="replicate"), bench), Waiting)
    first = bench.calls[1][1].image.sha256
    bench.calls.clear()
    generate_clip.run(given(desk, 12, provider="replicate"), bench)
    assert bench.calls[1][1].image.sha256 == first  # the same picture again: nothing is asked for twice


def test_motion_made_here_fills_any_length(desk: Desk) -> None:
    output = generate_clip.run(given(desk, 0), Bench(desk, LocalClip()))
    assert isinstance(output, generate_clip.Output)
    assert (output.clip.file, output.clip.motion is not None) == (None, True)


def test_who_makes_it_is_no_part_of_the_recipe(desk: Desk) -> None:
    bare = given(desk, 0)
    hosted = bare.model_copy(
        update={"provider": "replicate", "model": WAN, "seconds": 7, "prompt": "a boat", "negative": "fog"}
    )
    assert digest(bare) == digest(hosted)


def test_clips_are_joined_without_showing_a_picture_twice(tmp_path: Path) -> None:
    parts = []
    for number in (1, 2):
        part = tmp_path / f"{number}.mp4"
        part.write_bytes(clip_bytes(number))
        parts.append(part)
    joined = frames_of(join_clips(parts, folder=tmp_path))
    whole = [len(frames_of(part)) for part in parts]
    assert len(joined) == sum(whole) - 1
    last = write_last_frame(parts[0], tmp_path / "last.png")
    picture = av.open(str(last)).decode(video=0)
    wanted = next(iter(picture)).to_ndarray(format="gray").astype(int)
    assert np.abs(joined[whole[0] - 1].astype(int) - wanted).mean() < 6


def test_what_holds_no_picture_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    shutil.copyfile(__file__, broken)
    with pytest.raises(MediaError):
        write_last_frame(broken, tmp_path / "last.png")
    assert VideoReply().file is None
