"""The step: pictures there are are used, the others drawn quickly; the recipe names what people see."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from pipeline.media.motion import Motion
from pipeline.media.painting import paint
from pipeline.media.timeline import CUT
from pipeline.recipes import Stored, digest
from pipeline.steps import draw_animatic
from pipeline.tests.films import tone, write_wav


@dataclass
class Desk:
    """A context of local files."""

    folder: Path
    files: dict[str, Path]
    kept: dict[str, Path] = field(default_factory=dict)

    def stop(self) -> bool:
        return False

    def progress(self, done: int, total: int) -> None:
        """Nobody listens."""

    def fetch(self, stored: Stored) -> Path:
        return self.files[stored.key]

    def store(self, path: Path, kind: str) -> Stored:
        self.kept[kind] = path
        return Stored(key=f"{kind}/{path.name}", sha256="s", size_bytes=path.stat().st_size)


def scene(start: int, end: int, **more: object) -> draw_animatic.Sketch:
    motion = Motion(camera="push_in", pulse=0, parallax=False)
    return draw_animatic.Sketch(start_frame=start, end_frame=end, motion=motion, transition=CUT, **more)


def test_it_uses_what_is_there_and_draws_what_is_not(tmp_path: Path) -> None:
    image = tmp_path / "image.png"
    cv2.imwrite(str(image), np.full((270, 480, 3), 250, np.uint8))
    song = write_wav(tmp_path / "song.wav", tone(2))
    work = tmp_path / "work"
    work.mkdir()
    desk = Desk(work, {"image": image, "song": song})
    made = draw_animatic.run(
        draw_animatic.Input(
            aspect="16:9",
            fps=30,
            scenes=(
                scene(0, 30, image=Stored(key="image", sha256="a")),
                scene(30, 60, words="a dark forest at night", seed=3),
            ),
            song=Stored(key="song", sha256="b"),
        ),
        desk,
    )
    assert (made.drawn, made.duration_ms) == (1, 2000)
    with av.open(str(desk.kept["animatics"])) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert frames[3].shape == (480, 854, 3)
    assert frames[3].mean() > 240
    assert 3 < frames[-3].mean() < 200
    assert frames[-3].std() > 5


def test_another_picture_or_cut_is_another_recipe() -> None:
    def recipe(*scenes: draw_animatic.Sketch) -> str:
        return digest(draw_animatic.Input(aspect="1:1", fps=30, scenes=scenes, song=Stored(key="s", sha256="s")))

    first = recipe(scene(0, 30, words="a"), scene(30, 60, words="b"))
    assert first == recipe(scene(0, 30, words="a"), scene(30, 60, words="b"))
    assert len({first, recipe(scene(0, 31, words="a"), scene(31, 60, words="b")), recipe(scene(0, 60, words="a"))}) == 3


def test_a_still_is_what_the_animatic_shows_and_another_shape_is_drawn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[int, int]] = []

    def counted(words: str, **how: Any) -> Any:
        drawn.append((how["width"], how["height"]))
        return paint(words, **how)

    monkeypatch.setattr(draw_animatic, "paint", counted)
    song = write_wav(tmp_path / "song.wav", tone(2))
    work = tmp_path / "work"
    work.mkdir()
    desk = Desk(work, {"song": song})
    words = {"words": "a dark forest at night", "seed": 3}
    stills = tuple(draw_animatic.Still(content="c", aspect=aspect, **words) for aspect in ("16:9", "9:16"))
    still_camera = Motion(camera="hold", strength=0, pulse=0, parallax=False)
    scenes, tune = (scene(0, 30, **words).model_copy(update={"motion": still_camera}),), Stored(key="song", sha256="b")
    asked = draw_animatic.Input(aspect="16:9", fps=30, scenes=scenes, song=tune, stills=stills)
    made = draw_animatic.run(asked, desk)
    assert drawn == [(854, 480), (480, 854)], "what is there is not drawn again"
    assert [file.key for file in made.stills] == ["stills-1/still-1.jpg", "stills-2/still-2.jpg"]
    wide, tall = (cv2.imread(str(desk.kept[f"stills-{number}"])) for number in (1, 2))
    assert (wide.shape, tall.shape) == ((480, 854, 3), (854, 480, 3))
    with av.open(str(desk.kept["animatics"])) as container:
        first = next(container.decode(video=0)).to_ndarray(format="bgr24")
    shown, kept = (cv2.resize(pixels, (32, 18), interpolation=cv2.INTER_AREA).ravel() for pixels in (first, wide))
    assert np.corrcoef(shown, kept)[0, 1] > 0.95  # but for the camera's margin
    assert digest(asked) == digest(asked.model_copy(update={"stills": ()})), "nobody sees them in it"
