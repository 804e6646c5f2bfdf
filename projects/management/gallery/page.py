"""The gallery's page, written from the facts that make_video emits and from nothing else."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from pipeline.media.certificate import Certificate
from projects.management.gallery.samples import Sample

HEAD = """\
# Gallery

Three films, one per way in, made by `make gallery`: by the product itself, with no keys, no network and no other
server. Pictures are painted, music is composed and voices are synthesized by the programs in this repository; nobody
touched a film after its command. All facts are those that `make_video --json` printed, and lie here as JSON too. This
page is written by the command: do not edit it.

| film | length | size | scenes | certificate | loudness | true peak | cost |
|---|---|---|---|---|---|---|---|
{rows}
"""

FOOT = """\
## Make them again

```sh
make gallery
```

That writes what the films are made from (song, words, brief, photo, logo) and the films into `data/gallery/`, and this
page with its pictures into `docs/gallery/`. A film has a seed: on the same release the same pictures and music come out
again. To make one of them by hand, say in `data/gallery/`:

```sh
{commands}
```
"""


def page(shown: Sequence[tuple[Sample, dict[str, Any]]], resolution: str) -> str:
    """The whole page. `shown` are the films with what make_video printed of each."""
    rows = "\n".join(_row(sample, facts) for sample, facts in shown)
    commands = "\n".join(_command(sample, resolution) for sample, _ in shown)
    parts = [HEAD.format(rows=rows), *(_section(sample, facts) for sample, facts in shown)]
    return "\n".join([*parts, FOOT.format(commands=commands)])


def _row(sample: Sample, facts: dict[str, Any]) -> str:
    sound = facts["certificate"]["sound"]
    cells = [
        f"[{sample.label}](#{_anchor(sample.label)})",
        f"{facts['duration_ms'] / 1000:.1f} s, {facts['frames']} frames",
        f"{facts['width']} × {facts['height']}, {facts['fps']} fps",
        str(len(facts["scenes"])),
        "passed" if facts["certificate"]["ok"] else "not passed",
        f"{sound['loudness_tenths_lufs'] / 10:.1f} LUFS",
        f"{sound['true_peak_tenths_dbtp'] / 10:.1f} dBTP",
        _dollars(facts["cost_microusd"]),
    ]
    return f"| {' | '.join(cells)} |"


def _section(sample: Sample, facts: dict[str, Any]) -> str:
    certified = Certificate.model_validate(facts["certificate"])
    lines = [
        f"## {sample.label}",
        "",
        sample.about,
        "",
        f"![Six moments of the film: {sample.label.lower()}]({sample.name}.webp)",
        "",
        "What was measured in the finished file:",
        "",
        *(f"- {sentence}" for sentence in certified.sentences()),
        f"- Cost: {_dollars(facts['cost_microusd'])}.",
        "",
        f"<details><summary>Its {len(facts['scenes'])} scenes and their prompts</summary>",
        "",
        "| time | words | prompt | picture, motion |",
        "|---|---|---|---|",
        *(_scene(scene) for scene in facts["scenes"]),
        "",
        "</details>",
        "",
        f"All facts: [{sample.name}.json]({sample.name}.json).",
        "",
    ]
    return "\n".join(lines)


def _scene(scene: dict[str, Any]) -> str:
    made = f"{scene['image_provider'] or 'none'}, {scene['clip_provider'] or 'none'}"
    times = f"{scene['start_ms'] / 1000:.1f} to {scene['end_ms'] / 1000:.1f} s"
    return f"| {times} | {_cell(scene['lyrics'])} | {_cell(scene['prompt'])} | {made} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _command(sample: Sample, resolution: str) -> str:
    words = [*sample.args, "--resolution", resolution, "--out", f"{sample.name}.mp4", "--json"]
    return f"../../.venv/bin/python ../../manage.py make_video {shlex.join(words)}"


def _dollars(microusd: int) -> str:
    return f"${microusd / 1_000_000:.2f}"


def _anchor(label: str) -> str:
    return label.lower().replace(" ", "-")
