"""manage.py draw_ad_previews: draw the picture of every shipped ad template for its card, with the films' painter."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from pipeline.ads.loading import shipped_templates
from pipeline.ads.previews import preview_jpeg


class Command(BaseCommand):
    """The pictures are part of the repository: run it again when painter or templates have changed, and look."""

    help = "Draw static/img/ads/<template>.jpg for every shipped ad template."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "static" / "img" / "ads")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for template in shipped_templates().values():
            path = folder / f"{template.name}.jpg"
            path.write_bytes(preview_jpeg(template))
            if options["verbosity"]:
                self.stdout.write(f"{path.name}  {path.stat().st_size // 1024} kB")
