"""manage.py refine_video: a finished film graded, smoothed, mastered; a new version beside the old one."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from pipeline.media.grades import LOOKS
from pipeline.media.run import MediaError
from pipeline.models import Job
from pipeline.states import LIVE, JobState
from projects.actions.refine import add_look, refine_again, refine_film
from projects.actions.upload import save_song
from projects.flow.refinements import Choices
from projects.management.deliveries import checked_target, copy_out, found_project, run_until
from projects.models import Aspect, FinalVideo, Project
from projects.states import IllegalMove


class Command(BaseCommand):
    help = "Refine the film of a project. All that touches the picture is one encode; the old version is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="its code, the beginning of it, or its title")
        parser.add_argument("--aspect", choices=Aspect.values, default="", help="default: the film's first")
        parser.add_argument("--grade", default="", metavar="NAME", help=f"{', '.join(LOOKS)}, or a .cube file")
        parser.add_argument("--intensity", type=int, default=100, metavar="PERCENT")
        parser.add_argument("--smooth", action="store_true", help="even out motion that stumbles")
        parser.add_argument("--upscale", action="store_true", help="enlarge to 1080p")
        parser.add_argument("--loudness", type=float, metavar="LUFS", help="for example -14")
        parser.add_argument("--bed", type=Path, metavar="FILE", help="music under the film's own sound, which ducks it")
        parser.add_argument("--fade-in", type=float, default=0.0, metavar="SECONDS")
        parser.add_argument("--fade-out", type=float, default=0.0, metavar="SECONDS")
        parser.add_argument("--again", action="store_true", help="as the last version was that is refined")
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        sources = [path for path in (options["bed"], options["grade"] and Path(options["grade"])) if path]
        target = checked_target(options["out"], sources)
        project = found_project(options["project"])
        rows = project.renditions.select_related("final").order_by("pk")
        rendition = rows.filter(aspect=options["aspect"]).first() if options["aspect"] else rows.first()
        if rendition is None or rendition.final is None:
            raise CommandError("There is no film yet. It can be refined as soon as it is finished.")
        try:
            if options["again"]:
                made = refine_again(rendition, by=None, seen=rendition.final.version)
            else:
                made = refine_film(rendition.final, self._choices(project, options), by=None)
        except (IllegalMove, MediaError) as error:
            raise CommandError(str(error)) from error
        version = made if isinstance(made, FinalVideo) else self._made(project, made)
        self.stdout.write(str(copy_out(version.file, target)))

    def _choices(self, project: Project, options: dict[str, Any]) -> Choices:
        grade, look, bed = options["grade"], "", ""
        if not 0 <= options["intensity"] <= 100:
            raise CommandError("--intensity is 0 to 100.")
        if options["loudness"] is not None and not -30 <= options["loudness"] <= -8:
            raise CommandError("--loudness is -30 to -8 LUFS; most platforms want -14.")
        if not all(0 <= options[name] <= 10 for name in ("fade_in", "fade_out")):
            raise CommandError("A fade is 0 to 10 seconds long.")
        if grade.lower().endswith(".cube"):
            with _opened(Path(grade)) as file:
                look, grade = str(add_look(file, Path(grade).name, by=project.owner).code), ""
        if options["bed"] is not None:
            with _opened(options["bed"]) as file:
                bed = str(save_song(file, options["bed"].name, by=project.owner)[0].code)
        return Choices(
            grade=grade,
            look=look,
            intensity_permille=options["intensity"] * 10,
            smooth=options["smooth"],
            upscale=options["upscale"],
            loudness_tenths=None if options["loudness"] is None else round(options["loudness"] * 10),
            bed=bed,
            fade_in_ms=round(options["fade_in"] * 1000),
            fade_out_ms=round(options["fade_out"] * 1000),
        )

    def _made(self, project: Project, job: Job) -> FinalVideo:
        said = -1

        def tell() -> None:
            nonlocal said
            job.refresh_from_db()
            done = job.progress_done * 100 // job.progress_total if job.progress_total else 0
            if done // 10 != said:
                said = done // 10
                self.stderr.write(f"{done}%")

        def ended() -> bool:
            job.refresh_from_db()
            return job.state not in LIVE

        run_until(project, ended, tell)
        if not ended() or job.state != JobState.DONE:
            raise CommandError(job.error or "The film could not be refined.")
        return FinalVideo.objects.get(code=job.code)


def _opened(path: Path) -> File[bytes]:
    try:
        return File(path.open("rb"))
    except OSError as error:
        raise CommandError(f"{path} could not be read: {error.strerror}.") from error
