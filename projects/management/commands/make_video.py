"""manage.py make_video: a song or an idea becomes a film, on autopilot, in the terminal."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from pipeline.media.audio.synth.beds import BED_MOODS
from pipeline.media.lyrics.decoding import DecodedText, decoded_text
from pipeline.media.probe import SongProbe
from pipeline.media.run import MediaError
from pipeline.providers.local.styles import DEFAULT_STYLE, STYLES
from projects.actions.create import MusicWish
from projects.actions.film import find_or_create_film, find_or_create_idea_film, local_owner
from projects.actions.ideas import DEFAULT_SECONDS
from projects.actions.references import save_reference
from projects.actions.upload import save_song, title_from
from projects.flow.status import Status
from projects.management.ad_briefs import ad_project, add_ad_arguments, seed_choice
from projects.management.deliveries import checked_target, copy_out, free_target
from projects.management.first_use import ready_database
from projects.management.progress import ProgressLine
from projects.management.rendering import film_facts, film_key, render, why_it_stands
from projects.models import Aspect, Asset, Captions, Project, Quality, Reference, Resolution, Soundtrack
from projects.states import IllegalMove

WAYS = {"song": "a song", "idea": "an idea", "ad": "an ad"}
BELONGS = {
    "lyrics": ("song",),
    "artist": ("song",),
    "seconds": ("idea", "ad"),
    "music": ("idea", "ad"),
    "mood": ("idea", "ad"),
    "title_card": ("idea",),
    "reference": ("idea",),
    "brief": ("ad",),
    "tier": ("ad",),
}
"""Options that mean something for some of the ways in only."""
UNSAID: tuple[Any, ...] = (None, "", False, [], Soundtrack.Source.COMPOSE, Quality.FINAL)


class Command(BaseCommand):
    help = (
        "Make a video from a song, or with --idea from a few sentences. Called again with the same choices, it goes on "
        "where it was ended."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("song", type=Path, nargs="?")
        _add_idea_arguments(parser)
        add_ad_arguments(parser)
        parser.add_argument("--lyrics", type=Path, help="LRC, SRT, VTT or plain text")
        parser.add_argument("--aspect", choices=Aspect.values, default=Aspect.WIDE)
        parser.add_argument(
            "--style",
            choices=sorted(STYLES),
            metavar="NAME",
            help=f"{', '.join(STYLES)}; default: {DEFAULT_STYLE}, in an ad its template's",
        )
        parser.add_argument("--resolution", choices=Resolution.values, default=Resolution.P1080)
        parser.add_argument("--captions", choices=Captions.values, help="default: karaoke; with --idea subtitle")
        parser.add_argument("--title", default="", help="default: from the file's tags, else from its name")
        parser.add_argument("--artist", default="")
        parser.add_argument(
            "--out",
            type=Path,
            help="where the film goes; default: beside the song, else idea.mp4, and never over another file",
        )
        parser.add_argument("--seed", type=int, help="a number, for the same film again; default: another one")
        parser.add_argument(
            "--user", default="", metavar="EMAIL", help="whose project it becomes; default: the administrator"
        )
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object and nothing else on standard output"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sources = [options["song"], options["lyrics"], options["brief"], *options["reference"]]
        out = options["out"] and checked_target(options["out"], filter(None, sources))
        ready_database()
        try:
            project = self._project(options)
            status = self._render(project)
        except (MediaError, IllegalMove) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as interrupt:
            raise CommandError("Ended. Call it again to go on where it was.", returncode=130) from interrupt
        if status.state != "done":
            raise CommandError(_reason(project, status))
        self._tell_notes(project)
        film = copy_out(film_key(project), out or free_target(_usual_name(options), film_key(project)))
        self.stdout.write(json.dumps(film_facts(project, film)) if options["json"] else str(film))

    def _project(self, options: dict[str, Any]) -> Project:
        ways = [name for name in WAYS if options[name] is not None]
        if len(ways) != 1:
            raise CommandError("Name a song, say an idea with --idea, or choose an ad with --ad: one of them.")
        _check_belongs(options, ways[0])
        if options["ad"] is not None:
            return ad_project(options, self._owner(options["user"]))
        options = {
            **options,
            "style": options["style"] or DEFAULT_STYLE,
            "seconds": options["seconds"] or DEFAULT_SECONDS,
        }
        if options["idea"] is not None:
            return self._idea_project(options)
        song: Path = options["song"]
        if not song.is_file():
            raise CommandError(f"There is no file {song}.")
        lyrics = self._lyrics(options["lyrics"])
        owner = self._owner(options["user"])
        asset, probe = _saved_song(song, owner)
        choices = {name: options[name] for name in ("aspect", "style", "resolution")}
        choices |= seed_choice(options)
        choices["captions"] = options["captions"] or Captions.KARAOKE
        choices["title"] = options["title"] or probe.title or title_from(song.name)
        choices["artist"] = options["artist"] or probe.artist
        if options["lyrics"] is not None:
            choices["lyrics_name"] = options["lyrics"].name
        return find_or_create_film(asset, by=owner, lyrics=lyrics, choices=choices)

    def _idea_project(self, options: dict[str, Any]) -> Project:
        owner = self._owner(options["user"])
        choices = {name: options[name] for name in ("seconds", "aspect", "style", "resolution", "title")}
        choices |= seed_choice(options)
        choices["narration"] = options["captions"] in (None, Captions.SUBTITLE, Captions.KARAOKE)
        choices["title_card"] = options["title_card"] or options["captions"] == Captions.TITLE
        music = _music(options["music"], options["mood"], owner)
        references = [_reference(path, options["style"], owner) for path in options["reference"]]
        return find_or_create_idea_film(options["idea"], by=owner, music=music, references=references, choices=choices)

    def _lyrics(self, path: Path | None) -> str:
        if path is None:
            return ""
        read = _read_lyrics(path)
        if not read.text.strip():
            raise CommandError(f"There are no words in {path}. Without --lyrics the film has none.")
        if read.note:
            self.stderr.write(read.note)
        return read.text

    def _tell_notes(self, project: Project) -> None:
        """What was left out of the words or mended in them, which a film does not show."""
        project.refresh_from_db()
        for note in project.lyrics().notes:
            self.stderr.write(note)

    def _owner(self, email: str) -> Any:
        from django.contrib.auth import get_user_model

        try:
            return local_owner(email)
        except get_user_model().DoesNotExist as error:
            raise CommandError(f"There is no user {email}.") from error

    def _render(self, project: Project) -> Status:
        line = ProgressLine(self.stderr)
        try:
            return render(project, line.show)
        finally:
            line.end()


def _check_belongs(options: dict[str, Any], way: str) -> None:
    """Raises CommandError for an option that would change nothing: whoever wrote it expects otherwise."""
    for name, ways in BELONGS.items():
        if way not in ways and options[name] not in UNSAID:
            theirs = " or ".join(WAYS[one] for one in ways)
            raise CommandError(f"--{name.replace('_', '-')} belongs to {theirs}, not to {WAYS[way]}. Leave it out.")


def _add_idea_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--idea", metavar="TEXT", help="what the film shows, in 10 to 2,000 letters")
    parser.add_argument("--seconds", type=int, help="length of the film of an idea, 5 to 120, or of an ad; default: 30")
    parser.add_argument(
        "--music", default="compose", metavar="FILE", help="for an idea: compose (default), none, or a file"
    )
    parser.add_argument("--mood", choices=BED_MOODS, default="", help="of the composed music; default: by the words")
    parser.add_argument("--title-card", action="store_true", help="begin the film of an idea with its title")
    parser.add_argument(
        "--reference",
        type=Path,
        action="append",
        default=[],
        metavar="PICTURE",
        help="for an idea: one to five pictures",
    )


def _music(wish: str, mood: str, owner: Any) -> MusicWish:
    if wish in (Soundtrack.Source.COMPOSE, Soundtrack.Source.NONE):
        return MusicWish(wish, mood if wish == Soundtrack.Source.COMPOSE else "")
    path = Path(wish)
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    asset, _probe = _saved_song(path, owner)
    return MusicWish(Soundtrack.Source.UPLOAD, "", asset)


def _reference(path: Path, style: str, owner: Any) -> Reference:
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    with path.open("rb") as source:
        return save_reference(File(source), path.name, style=style, by=owner)


def _saved_song(path: Path, owner: Any) -> tuple[Asset, SongProbe]:
    try:
        with path.open("rb") as source:
            return save_song(File(source), path.name, by=owner)
    except PermissionError as error:
        raise CommandError(f"{path} could not be read: {error.strerror}.") from error


def _usual_name(options: dict[str, Any]) -> Path:
    song: Path | None = options["song"]
    return song.with_suffix(".mp4") if song else Path("ad.mp4" if options["ad"] else "idea.mp4")


def _read_lyrics(path: Path) -> DecodedText:
    try:
        return decoded_text(path.read_bytes())
    except OSError as error:
        raise CommandError(f"The lyrics {path} could not be read: {error.strerror}.") from error


def _reason(project: Project, status: Status) -> str:
    failed = project.jobs.filter(state="failed", dismissed=False).order_by("finished_at").first()
    if failed is not None:
        return failed.error or f"The step {failed.step} failed."
    if status.busy:
        return why_it_stands()
    return status.message or "The film could not be finished."
