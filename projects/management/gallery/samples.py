"""The three films of the gallery: what they are made from, and the command that makes each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from pipeline.media.audio.synth.songs import sample_song, write_encoded
from projects.actions import sample
from projects.management.gallery.props import bottle_photo, maker_mark

IDEA = (
    "A lighthouse keeper finds a paper boat on the rocks. Inside lies a small brass key. He rows out through the "
    "morning fog toward an island that is on no map. At night every window on the island is lit, and he rows home "
    "under the stars."
)
BRIEF: dict[str, Any] = {
    "product": "Tidewell Bottle",
    "what": "a steel bottle that keeps water cold",
    "audience": "people on the move",
    "tone": "fresh",
    "points": ["Cold from the first train to the last", "Closes tight with half a turn", "One bottle for years"],
    "call_to_action": "See it at tidewell.example",
    "colors": ["#0E3B43", "#FFB347"],
    "shots": ["bottle.jpg"],
    "logo": "mark.png",
}


@dataclass(frozen=True)
class Sample:
    """One film: `args` are those of make_video, with files in the folder that `write_sources` fills."""

    name: str
    label: str
    about: str
    args: tuple[str, ...]


SAMPLES = (
    Sample(
        name="song",
        label="From a song",
        about=(
            "“Salt and Neon” is the sample project's song: composed and sung by the synthesizer in this repository. "
            "Scenes are cut on its bars, pictures follow its words, and the words light up as they are sung."
        ),
        args=("song.m4a", "--lyrics", "song.lrc", "--style", sample.STYLE, "--seed", str(sample.SEED)),
    ),
    Sample(
        name="idea",
        label="From an idea",
        about=f"All that was said: “{IDEA}” The music was composed for it, as long as the film to the sample.",
        args=("--idea", IDEA, "--seconds", "30", "--title", "The Paper Boat", "--title-card", "--seed", "7"),
    ),
    Sample(
        name="ad",
        label="From an ad template",
        about=(
            "The template *product_showcase* with a brief of seven lines, one product photo before a plain ground, "
            "from which the bottle was cut out, and a logo. Photo and logo are drawn by this repository too; there is "
            "no such bottle."
        ),
        args=("--ad", "product_showcase", "--brief", "brief.json", "--seconds", "30", "--seed", "3"),
    ),
)


def write_sources(folder: Path) -> dict[str, Path]:
    """Write what the films are made from: song, words, brief, product photo and logo; always the same. By name."""
    folder.mkdir(parents=True, exist_ok=True)
    write_encoded(sample_song(), folder / "song.m4a")
    (folder / "song.lrc").write_text(sample.sample_lrc(), encoding="utf-8")
    (folder / "brief.json").write_text(json.dumps(BRIEF, indent=2) + "\n", encoding="utf-8")
    cv2.imwrite(str(folder / "bottle.jpg"), cv2.cvtColor(bottle_photo(), cv2.COLOR_RGB2BGR))
    cv2.imwrite(str(folder / "mark.png"), cv2.cvtColor(maker_mark(), cv2.COLOR_RGBA2BGRA))
    return {path.name: path for path in folder.iterdir()}
