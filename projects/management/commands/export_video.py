"""manage.py export_video: a finished film in another container, codec, size or shape."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pipeline.media.exporting import FORMATS
from projects.actions.exports import TEASERS, Wish, ask_export
from projects.flow import caption_files
from projects.flow import exports as flow
from projects.flow.versions import records
from projects.management.deliveries import checked_target, copy_out, found_project, run_until
from projects.models import Aspect, Export, Resolution
from projects.states import IllegalMove

FILES = ("srt", "vtt", "lrc", "ass")


class Command(BaseCommand):
    help = "Export the film of a project. Asking again for the same file is instant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="its code, the beginning of it, or its title")
        parser.add_argument("--format", choices=FORMATS, default="mp4")
        parser.add_argument("--quality", choices=Resolution.values, default=Resolution.P1080)
        parser.add_argument("--aspect", choices=Aspect.values, default="", help="default: the film's first")
        parser.add_argument(
            "--captions",
            choices=("film", "none", "burned", *FILES),
            default="film",
            help="words in the picture as the film has them, none, burned in, or none and as a file beside it",
        )
        parser.add_argument("--teaser", type=int, choices=TEASERS, default=0, help="only the best seconds")
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        target = checked_target(options["out"])
        project = found_project(options["project"])
        if options["captions"] in FILES and not project.lyrics().lines:
            raise CommandError("This film has no words.")
        captions = {"film": "film", "burned": "burned"}.get(options["captions"], "clean")
        wish = Wish(options["format"], options["quality"], options["aspect"], captions, options["teaser"])
        try:
            export, _new = ask_export(project, wish, by=None)
        except IllegalMove as error:
            raise CommandError(str(error)) from error
        export = self._made(export)
        out = copy_out(export.file, target)
        written = [str(out), *self._words(export, options["captions"], out)]
        if options["json"]:
            self.stdout.write(json.dumps(_facts(export, written)))
        else:
            self.stdout.write("\n".join(written))

    def _made(self, export: Export) -> Export:
        """The export with its file. Raises CommandError with the reason where there is none."""
        said = ""

        def now() -> flow.Standing:
            rows = Export.objects.select_related("project", "job", "final", "rendition__final", "rendition__project")
            self._row = rows.get(pk=export.pk)
            return flow.standing(self._row)

        def tell() -> None:
            nonlocal said
            standing = now()
            text = f"{standing.state}{f' {standing.percent}%' if standing.percent is not None else ''}"
            if text != said:
                self.stderr.write(text)
                said = text

        run_until(export.project, lambda: now().state in ("ready", "failed", "canceled"), tell)
        standing = now()
        if standing.state != "ready":
            raise CommandError(standing.error or "The film that it is made from could not be finished.")
        return self._row

    def _words(self, export: Export, kind: str, out: Path) -> list[str]:
        """Write the words beside the film, where they were asked for as a file."""
        if kind not in FILES or export.final is None:
            return []
        record = records([export.final]).get(export.final.pk)
        lyrics = record.lyrics if record else export.project.lyrics()
        if not lyrics.lines:
            raise CommandError("This film has no words.")
        path = out.with_suffix(f".{kind}")
        path.write_text(caption_files.caption_text(kind, lyrics, export.rendition), encoding="utf-8")
        return [str(path)]


def _facts(export: Export, written: list[str]) -> dict[str, Any]:
    return {
        "project": str(export.project.code),
        "files": written,
        "format": export.format,
        "quality": export.quality,
        "version": export.final.version if export.final else None,
        "size_bytes": export.size_bytes,
        "sha256": export.sha256,
        "certificate": export.certificate,
    }
