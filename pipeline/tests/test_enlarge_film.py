"""A film enlarged by a vendor's model: the same film frame for frame, refined from there on, with its own sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from pipeline import recipes
from pipeline.media.assembly import assemble_film
from pipeline.media.enlarging import check_enlarged, exact_frames
from pipeline.media.exporting.checking import read_packets
from pipeline.media.profile import Profile
from pipeline.media.refining import RefineSpec, write_refined
from pipeline.media.run import MediaError, guarded_input, run_ffmpeg
from pipeline.providers.catalogue import shipped_model
from pipeline.providers.replicate.media import ReplicateUpscale
from pipeline.recipes import Stored
from pipeline.steps import enlarge_film, refine_video
from pipeline.steps.base import Waiting
from pipeline.tests.films import decoded, decoded_code, small_film, tone, write_wav
from pipeline.tests.providing import Desk, replicate_access
from pipeline.tests.test_assemble_video import Desk as Files
from pipeline.tests.test_generate_clip import Bench
from tests.vendor import Vendor, media

FRAMES = 60
CUT = 30
TOPAZ = "topazlabs/video-upscale"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    spec, shots = small_film(folder, [CUT], FRAMES)
    song = write_wav(folder / "song.wav", tone(2.0))
    assemble_film(spec, shots, song=song, out=folder / "out.mp4", folder=folder)
    return folder / "out.mp4"


@pytest.fixture
def bench(vendor: Vendor, desk: Desk) -> Bench:
    row = shipped_model("replicate", TOPAZ).model_copy(update={"price_microusd": 20_000})
    return Bench(desk, ReplicateUpscale(replicate_access(vendor), row))


def wanted(film: Path, desk: Desk, **changes: Any) -> enlarge_film.Input:
    size: dict[str, Any] = {"width": 320, "height": 180, "frames": FRAMES, "short_side": 720, "cuts": (CUT,)}
    return enlarge_film.Input(film=desk.kept(film), provider="replicate", model=TOPAZ, **size | changes)


def changed(film: Path, folder: Path, filters: str, *more: str) -> Path:
    """What some other vendor might send back."""
    arguments = [
        *guarded_input(film),
        "-an",
        "-vf",
        filters,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        *more,
        "other.mp4",
    ]
    run_ffmpeg(arguments, folder=folder)
    return folder / "other.mp4"


def test_it_is_refined_from_what_came_back_with_its_own_sound_and_every_frame(
    film: Path, bench: Bench, desk: Desk, tmp_path: Path
) -> None:
    given = wanted(film, desk)
    bought = enlarge_film.run(given, bench)
    assert isinstance(bought, enlarge_film.Output) and (bought.width, bought.height) == (1280, 720)
    files = {"film": film, "large": desk.fetch(bought.file)}
    spec = RefineSpec(profile=Profile(width=1280, height=720), film_width=1280, film_height=720, frames=FRAMES)
    refine = refine_video.Input(
        film=Stored(key="film", sha256="f"), enlarged=Stored(key="large", sha256="l"), spec=spec
    )
    output = refine_video.run(refine, Files(tmp_path / "desk", files))
    assert output.certificate.ok, output.certificate.findings
    assert (output.certificate.counted_frames, output.certificate.width) == (FRAMES, 1280)
    assert output.certificate.sound is not None and output.certificate.sound.song_offset_ms == 0
    assert read_packets(files["films"]).sound == read_packets(film).sound, "the sound is the film's, packet for packet"
    frames = [frame for _, frame in decoded(files["films"])]
    before = [cv2.resize(frame[:180], (1280, 720), interpolation=cv2.INTER_LINEAR) for _, frame in decoded(film)]
    apart = [np.abs(new[:720].astype(int) - old).mean() for new, old in zip(frames, before, strict=True)]
    assert max(apart) < 4, "light is what it was"
    tints = zip(
        (frame[720:].mean() for frame in frames), (frame[180:].mean() for _, frame in decoded(film)), strict=True
    )
    assert max(abs(new - old) for new, old in tints) < 1.5, "and so is color, whatever the vendor's encoder left unsaid"
    small = [np.ascontiguousarray(frame[:720:4, ::4]) for frame in frames]
    assert [decoded_code(small[at])[1] for at in (0, CUT - 1, CUT, FRAMES - 1)] == [0, CUT - 1, CUT, FRAMES - 1]


def test_it_is_smoothed_at_its_new_size_without_losing_a_frame(film: Path, tmp_path: Path) -> None:
    picture = changed(film, tmp_path, "scale=1278:-2,fps=60", "-colorspace", "smpte170m")
    spec = RefineSpec(
        profile=Profile(width=1280, height=720),
        film_width=1278,
        film_height=718,
        frames=FRAMES,
        smooth=True,
        loudness_tenths=-140,
        cuts=(CUT,),
    )
    out = tmp_path / "out.mp4"
    done = write_refined(spec, film, table=None, bed=None, out=out, folder=tmp_path, enlarged=picture)
    frames = [frame for _, frame in decoded(out)]
    assert (len(frames), frames[0].shape, done.smoothed_frames) == (FRAMES, (1080, 1280), 0)
    assert done.sound is not None and done.sound.loudness_tenths is not None
    assert decoded_code(np.ascontiguousarray(frames[CUT][:720:4, ::4]))[1] == CUT


def test_it_asks_for_the_whole_film_once_and_hands_waiting_on(film: Path, bench: Bench, desk: Desk) -> None:
    given = wanted(film, desk)
    bench.waits = {enlarge_film.CALL}
    assert isinstance(enlarge_film.run(given, bench), Waiting)
    provider = bench.provider("upscale", "replicate")
    assert list(enlarge_film.calls(given, provider)) == bench.calls
    (_call, request), *_ = bench.calls
    assert (request.duration_ms, provider.estimate(request)) == (2000, 40_000)


def test_another_wish_for_afterwards_is_the_same_enlargement_and_its_file_makes_another_version(
    film: Path, desk: Desk
) -> None:
    given = wanted(film, desk)
    other = given.model_copy(update={"then": {"grade": "noir"}, "model": "x"})
    assert recipes.digest(other) == recipes.digest(given)
    spec = RefineSpec(profile=Profile(width=1280, height=720), film_width=320, film_height=180, frames=FRAMES)
    here = refine_video.Input(film=Stored(key="film", sha256="f"), spec=spec)
    assert "enlarged" not in recipes.recipe_of(here), "what was refined before this existed is found as it was"
    hosted = here.model_copy(update={"enlarged": Stored(key="l", sha256="l"), "enlarged_by": "replicate:x"})
    assert recipes.digest(hosted) != recipes.digest(here)


@pytest.mark.parametrize("filters", ["fps=60", "fps=30,setpts=PTS+0.4/TB", "fps=30,trim=end_frame=59"])
def test_other_timing_is_brought_to_the_films_own_frames(film: Path, tmp_path: Path, filters: str) -> None:
    picture = changed(film, tmp_path, filters)
    check_enlarged(film, picture, frames=FRAMES, fps=30, cuts={CUT})
    seen = [decoded_code(frame.to_ndarray(format="yuv420p"))[1] for frame in exact_frames(picture, FRAMES, 30)]
    assert seen == [*range(FRAMES - 1), FRAMES - 2 if "trim" in filters else FRAMES - 1]


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ("trim=end_frame=45", "another length"),
        ("tpad=stop=40:stop_mode=clone", "another length"),
        ("setpts=PTS*30/24,fps=30,trim=end_frame=60", "does not cut where"),
        ("tpad=start=1:start_mode=clone", "does not cut where"),
        ("negate", "does not show what"),
    ],
)
def test_another_film_is_refused_in_words(film: Path, tmp_path: Path, filters: str, told: str) -> None:
    cuts = set() if filters == "negate" else {CUT}
    with pytest.raises(MediaError, match=told):
        check_enlarged(film, changed(film, tmp_path, filters), frames=FRAMES, fps=30, cuts=cuts)


@pytest.mark.parametrize(("size", "told"), [((320, 180), "no larger"), ((720, 720), "another shape")])
def test_a_film_of_the_wrong_size_is_refused(
    film: Path, bench: Bench, desk: Desk, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], told: str
) -> None:
    made = media.clip(2, *size)
    monkeypatch.setattr(media, "enlarged_film", lambda *_: made)
    with pytest.raises(MediaError, match=told):
        enlarge_film.run(wanted(film, desk), bench)
