"""Frames of a film as one picture: six moments, two rows."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from pipeline.media.containers import VIDEO_FORMATS, open_media
from pipeline.media.poster import rgb_pixels

STILLS, COLUMNS = 6, 3
STILL_WIDTH = 560
GAP = 6
GROUND = (16, 18, 24)
QUALITY = 82


def chosen_frames(frames: int, spans: list[tuple[int, int]]) -> list[int]:
    """STILLS frames in order: one from each of as many scenes, spread over the film; the last one near its end.

    `spans` are the scenes as [first frame, frame after the last). Two thirds into a scene its caption stands and no
    transition is under way.
    """
    last = frames - max(1, frames // 40)
    count = STILLS - 1
    if len(spans) >= count:
        picked = [spans[at * len(spans) // count] for at in range(count)]
        found = [begin + (end - begin) * 6 // 10 for begin, end in picked]
    else:
        found = [frames * (2 * at + 1) // (2 * count + 1) for at in range(count)]
    return [*(min(frame, last - 1) for frame in found), last]


def write_sheet(film: Path, wanted: list[int], out: Path) -> None:
    """Write these frames of `film`, in order, as one WebP."""
    tiles = _tiles(film, wanted)
    width, height = tiles[0].size
    rows = -(-len(tiles) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (width + GAP) - GAP, rows * (height + GAP) - GAP), GROUND)
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number % COLUMNS * (width + GAP), number // COLUMNS * (height + GAP)))
    sheet.save(out, "WEBP", quality=QUALITY, method=6)


def _tiles(film: Path, wanted: list[int]) -> list[Image.Image]:
    found: dict[int, Image.Image] = {}
    with open_media(film, formats=VIDEO_FORMATS) as container:
        for number, frame in enumerate(container.decode(container.streams.video[0])):
            if number in wanted:
                picture = Image.fromarray(rgb_pixels(frame))
                height = round(picture.height * STILL_WIDTH / picture.width)
                found[number] = picture.resize((STILL_WIDTH, height), Image.Resampling.LANCZOS)
    return [found[number] for number in wanted]
