"""The animatic: the right picture at the right time, with its song, blended and captioned, and stoppable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.media.animatic import FPS, AnimaticShot, AnimaticSpec, animatic_profile, render_animatic
from pipeline.media.captions import CaptionTrack
from pipeline.media.lyrics.values import Line
from pipeline.media.motion import Motion
from pipeline.media.profile import Profile
from pipeline.media.run import MediaError, Stopped
from pipeline.media.timeline import CUT, Slot, Transition
from pipeline.tests.films import decoded, tone, write_wav

PROFILE = Profile(width=320, height=180, fps=FPS, crf=27, preset="ultrafast")
GRAYS = (40, 120, 200)
HOLD = Motion(camera="hold", strength=0, pulse=0, parallax=False)


def picture(at: int) -> np.ndarray:
    return np.full((90, 160, 3), GRAYS[at % 3], np.uint8)


def spec(cuts: tuple[int, ...] = (0, 60, 120, 180), **more: Any) -> AnimaticSpec:
    transition = more.pop("transition", CUT)
    shots = tuple(
        AnimaticShot(slot=Slot(start_frame=a, end_frame=b), motion=HOLD, transition=transition)
        for a, b in zip(cuts, cuts[1:], strict=False)
    )
    return AnimaticSpec(profile=PROFILE, shots=shots, **more)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "song.wav", tone(6))


def lumas(path: Path, rows: slice = slice(0, 60)) -> list[float]:
    return [float(frame[rows].mean()) for _, frame in decoded(path)]


def render(folder: Path, song: Path, what: AnimaticSpec, **more: Any) -> Path:
    work, out = folder / "work", folder / "animatic.mp4"
    work.mkdir(exist_ok=True)
    render_animatic(what, more.pop("picture", picture), song=song, out=out, folder=work, **more)
    return out


def test_every_scene_is_shown_in_its_time_and_the_song_is_heard(tmp_path: Path, song: Path) -> None:
    told: list[tuple[int, int]] = []
    out = render(tmp_path, song, spec(), progress=lambda *done: told.append(done))
    found = lumas(out)
    assert len(found) == 6 * FPS
    for at in range(3):
        part = found[at * 2 * FPS : (at + 1) * 2 * FPS]
        assert max(part) - min(part) < 6
    assert found[FPS] < found[3 * FPS] - 50 < found[5 * FPS] - 100
    assert told[-1] == (6 * FPS, 6 * FPS)
    with av.open(str(out)) as container:
        assert container.streams.audio[0].codec_context.name == "aac"
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    assert len(samples) / 48_000 == pytest.approx(6, abs=0.1)
    assert np.abs(samples).max() > 0.2


def test_a_crossfade_lies_between(tmp_path: Path, song: Path) -> None:
    found = lumas(render(tmp_path, song, spec(transition=Transition(kind="crossfade", frames=30))))
    assert len(found) == 6 * FPS
    assert found[FPS] + 20 < found[2 * FPS] < found[3 * FPS] - 20


def test_words_are_seen_while_they_are_sung(tmp_path: Path, song: Path) -> None:
    track = CaptionTrack(lines=(Line(text="HARBOR LIGHTS", start_ms=1000, end_ms=1800),), mode="subtitle", look="clean")
    frames = [frame[120:180] for _, frame in decoded(render(tmp_path, song, spec(captions=track)))]
    assert int(frames[int(1.4 * FPS)].max()) > 200
    assert int(frames[int(0.3 * FPS)].max()) < 100


def test_scenes_too_short_to_be_seen_are_left_out(tmp_path: Path, song: Path) -> None:
    asked: list[int] = []

    def watched(at: int) -> np.ndarray:
        asked.append(at)
        return picture(at)

    cuts = (0, 60, 61, 120)
    out = render(tmp_path, song, spec(cuts), picture=watched)
    assert len(lumas(out)) == 4 * FPS
    assert asked == [0, 2]


def test_it_stops_and_leaves_nothing(tmp_path: Path, song: Path) -> None:
    calls = iter([False])
    with pytest.raises(Stopped):
        render(tmp_path, song, spec(), stop=lambda: next(calls, True))
    assert not (tmp_path / "animatic.mp4").exists()


def test_a_picture_that_cannot_be_read_is_told(tmp_path: Path, song: Path) -> None:
    def broken(at: int) -> np.ndarray:
        raise MediaError("The picture of this scene could not be read.")

    with pytest.raises(MediaError, match="picture of this scene"):
        render(tmp_path, song, spec(), picture=broken)


@pytest.mark.parametrize(("aspect", "size"), [("16:9", (854, 480)), ("9:16", (480, 854)), ("1:1", (480, 480))])
def test_it_is_480_lines_in_every_shape(aspect: str, size: tuple[int, int]) -> None:
    profile = animatic_profile(aspect)
    assert (profile.width, profile.height) == size
