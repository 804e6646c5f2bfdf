"""manage.py make_gallery: three films, one per way in, and the page of docs/gallery that shows them."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from projects.management.gallery.page import page
from projects.management.gallery.samples import SAMPLES, Sample, write_sources
from projects.management.gallery.stills import chosen_frames, write_sheet
from projects.models import Resolution

PRIVATE = ("project", "file")
"""Facts that are another on every machine."""


class Command(BaseCommand):
    help = (
        "Make the gallery: a film from a song, one from an idea and an ad, their stills, and the page that shows them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--page", type=Path, default=settings.BASE_DIR / "docs" / "gallery", help="the page's folder"
        )
        parser.add_argument("--films", type=Path, default=settings.DATA_DIR / "gallery", help="where the films go")
        parser.add_argument("--resolution", choices=Resolution.values, default=Resolution.P720)
        names = [sample.name for sample in SAMPLES]
        parser.add_argument("--only", choices=names, action="append", help="make this one anew; the others stay")

    def handle(self, *args: Any, **options: Any) -> None:
        folder, films, resolution = options["page"].resolve(), options["films"].resolve(), options["resolution"]
        folder.mkdir(parents=True, exist_ok=True)
        sources = write_sources(films)
        for sample in SAMPLES:
            if not options["only"] or sample.name in options["only"]:
                self.stderr.write(f"{sample.label}:")
                self._make(sample, sources, films, folder, resolution)
        shown = [(sample, _kept(folder, sample)) for sample in SAMPLES]
        text = page([(sample, facts) for sample, facts in shown if facts], resolution)
        (folder / "README.md").write_text(text, encoding="utf-8")
        self.stdout.write(str(folder / "README.md"))

    def _make(self, sample: Sample, sources: dict[str, Path], films: Path, folder: Path, resolution: str) -> None:
        """One film by the command that its section names, its facts and its stills."""
        film = films / f"{sample.name}.mp4"
        said = io.StringIO()
        words = [str(sources.get(word, word)) for word in sample.args]
        options = ("--resolution", resolution, "--out", str(film), "--json")
        call_command("make_video", *words, *options, stdout=said, stderr=self.stderr)
        facts = json.loads(said.getvalue())
        if not facts["certificate"]["ok"]:
            raise CommandError(f"{sample.label}: the film did not pass its certificate, so it is not shown.")
        scenes = facts["scenes"]
        begins = [scene["start_frame"] for scene in scenes]
        spans = list(zip(begins, [*begins[1:], facts["frames"]], strict=True))
        write_sheet(film, chosen_frames(facts["frames"], spans), folder / f"{sample.name}.webp")
        public = {name: value for name, value in facts.items() if name not in PRIVATE}
        text = json.dumps(public, indent=1, ensure_ascii=False)
        (folder / f"{sample.name}.json").write_text(f"{text}\n", encoding="utf-8")


def _kept(folder: Path, sample: Sample) -> dict[str, Any] | None:
    """The facts of a film that was shown before or just now."""
    try:
        found: dict[str, Any] = json.loads((folder / f"{sample.name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found
