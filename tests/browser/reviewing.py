"""What every way to a film ends with: two boards to approve, and the film to take along."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

from tests.browser.hands import Pointer


def approve_all(hands: Pointer, scenes: int) -> None:
    """Everything on the board that waits, by its one button."""
    page = hands.page
    hands.press(page.locator("#bulk-yes"))
    hands.agree()
    hands.wait(page.locator(".live[data-state=approved]"), scenes)


def decide_and_download(hands: Pointer, title: str, folder: Path, *, frames: int) -> None:
    """From the board of clips to the film; it is as long as its scenes."""
    page = hands.page
    hands.press(page.locator("nav.steps").get_by_role("link", name="Final"))
    hands.wait(page.locator("video"))
    with page.expect_download() as saved:
        hands.press(page.get_by_role("link", name="Download the film"))
    assert saved.value.suggested_filename == f"{title}.mp4"
    saved.value.save_as(folder / "film.mp4")
    is_the_whole_film(folder / "film.mp4", frames=frames)


def is_the_whole_film(path: Path, *, frames: int) -> None:
    """Decoded from beginning to end: as many evenly timed pictures as its scenes have, and sound as long as they."""
    with av.open(path) as film:
        video, sound = film.streams.video[0], film.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 854, 480)
        times = [frame.pts * video.time_base for frame in film.decode(video)]
    assert times == [Fraction(at, 30) for at in range(frames)]
    with av.open(path) as film:
        heard = sum(frame.samples for frame in film.decode(film.streams.audio[0]))
    assert abs(heard / sound.rate - frames / 30) < 0.1
