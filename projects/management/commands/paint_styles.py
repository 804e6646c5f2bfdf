"""manage.py paint_styles: paint the picture of every look for the form, with the painter that films use."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from PIL import Image

from pipeline.media.painting import paint
from pipeline.providers.local.styles import STYLES, Style

WIDTH, HEIGHT = 480, 360
QUALITY: Final = 84
# which of a style's own places shows it best, and the seed of a good one; a new style shows its first
SHOWN: Final[dict[str, tuple[str, int]]] = {
    "cinematic": ("mountains", 2),
    "neon-noir": ("street", 3),
    "golden-hour": ("meadow", 1),
    "dream-pop": ("clouds", 1),
    "deep-forest": ("forest", 1),
    "ink-and-paper": ("ink", 1),
    "cosmic": ("space", 3),
    "synthwave": ("synthwave", 2),
    "winter": ("village", 3),
    "monochrome": ("street", 1),
    "summer": ("ocean", 3),
    "bauhaus": ("geometric", 2),
    "fire-and-storm": ("mountains", 2),
}


class Command(BaseCommand):
    """The pictures are part of the repository: run it again when the painter or the styles have changed, and look."""

    help = "Paint static/img/styles/<style>.jpg for every look."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "static" / "img" / "styles")
        parser.add_argument("--seed", type=int, help="use this seed for all of them, to look for better ones")

    def handle(self, *args: Any, folder: Path, seed: int | None, **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for style in STYLES.values():
            _, usual = SHOWN.get(style.name, ("", 1))
            painting = paint(
                style_prompt(style),
                seed=usual if seed is None else seed,
                width=2 * WIDTH,
                height=2 * HEIGHT,
                palette=style.palettes[0],
            )
            picture = Image.fromarray(painting.image).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
            path = folder / f"{style.name}.jpg"
            picture.save(path, "JPEG", quality=QUALITY, optimize=True, progressive=True)
            if options["verbosity"]:
                self.stdout.write(f"{path.name}  {path.stat().st_size // 1024} kB")


def style_prompt(style: Style) -> str:
    """A picture in the style's own words: one of its places, its usual time of day and weather."""
    kind, _ = SHOWN.get(style.name, ("", 1))
    time, weather = (Counter(values).most_common(1)[0][0] for values in (style.times, style.weathers))
    return f"{kind or style.kinds[0]}, {time}, {weather}, {style.words}"
