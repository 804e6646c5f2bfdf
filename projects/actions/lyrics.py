"""The words of a song: saving an edit, passing their gate, saying that there are none."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics import aligned_lyrics, read_lyrics
from pipeline.media.lyrics.editing import EditedLine, checked_lyrics, edited_lyrics, reread_lyrics
from pipeline.media.lyrics.values import Lyrics
from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.runner.submit import retract
from pipeline.states import LIVE
from projects import flow
from projects.flow import inputs
from projects.flow.forecast import Forecast, forecast
from projects.flow.gates import lyrics_passed
from projects.flow.numbers import last_number
from projects.models import Approval, Event, Project, Song, Transcript, Verdict
from projects.states import IllegalMove, LostRace


def lyrics_from_rows(project: Project, rows: Sequence[EditedLine]) -> Lyrics:
    """What the rows of the editor would be as lyrics; nothing is saved. Raises MediaError in the user's words."""
    heard = _heard(project)
    new = edited_lyrics(project.lyrics(), rows, duration_ms=heard.duration_ms)
    return new if new.timed else _laid_over(new, project)


def lyrics_from_text(project: Project, text: str | bytes, *, name: str = "") -> Lyrics:
    """What a text or a file would be as lyrics; nothing is saved. Raises MediaError in the user's words."""
    found = read_lyrics(text, name=name)
    if not found.timed:
        return _laid_over(found, project)
    return checked_lyrics(reread_lyrics(project.lyrics(), found), duration_ms=_heard(project).duration_ms)


def _laid_over(lyrics: Lyrics, project: Project) -> Lyrics:
    """Words without times are laid over the singing."""
    return aligned_lyrics(lyrics, _heard(project)).model_copy(update={"source": "edited"})


def forecast_lyrics(project: Project, lyrics: Lyrics) -> Forecast:
    """The scenes that saving these lyrics would render again."""
    return forecast(project, lyrics=lyrics)


def save_lyrics(project: Project, lyrics: Lyrics, *, by: User | None, seen_take: int) -> Transcript:
    """A new take of the words, edited by a person. Only scenes that look different with them are rendered again."""
    with transaction.atomic():
        project, old = standing_words(project, seen_take)
        stale = forecast(project, lyrics=lyrics)
        song = project.song
        if song.instrumental and lyrics.lines:
            song.instrumental = False
            song.save(update_fields=["instrumental"])
        new = keep_words(project, lyrics, recipe=old.recipe, edited=True, provider=old.provider)
        Event.objects.create(project=project, verb="lyrics_edited", by=by, data={"take": new.take})
        flow.changed(project, stale.pks)
    return new


def approve_lyrics(project: Project, *, by: User | None, seen_take: int) -> Approval:
    """Pass the gate with the words as they stand. Raises LostRace when they are not the ones that were seen."""
    with transaction.atomic():
        project, transcript = standing_words(project, seen_take)
        if not transcript.words().lines and not project.song.instrumental:
            raise IllegalMove(_("There are no words to approve. Write them, or say that it is an instrumental."))
        approval = _judge(project, transcript, Verdict.APPROVED, by=by)
        flow.changed(project, ())
    return approval


def mark_instrumental(project: Project, *, by: User | None, seen_take: int) -> Transcript:
    """Say that there are no words, which passes the gate as well. The words that there were are kept as a take."""
    with transaction.atomic():
        project, old = standing_words(project, seen_take)
        song = project.song
        if song.instrumental and not old.words().lines:
            return old
        song.instrumental = True
        song.save(update_fields=["instrumental"])
        retract(Job.objects.filter(project=project, step="transcribe_song", state__in=LIVE))
        stale = forecast(project, lyrics=Lyrics())
        none = keep_words(
            project, Lyrics(), recipe=digest(inputs.transcript_input(project, song)), edited=False, provider="local"
        )
        _judge(project, none, Verdict.APPROVED, by=by, reason=_("Instrumental"))
        flow.changed(project, stale.pks)
    return none


def unmark_instrumental(project: Project, *, by: User | None, seen_take: int) -> None:
    """There are words after all: the last ones that stood, else what can be found in the song. The gate closes."""
    with transaction.atomic():
        project, none = standing_words(project, seen_take)
        song = project.song
        if not song.instrumental:
            raise LostRace(_("It is not marked as an instrumental any more."))
        song.instrumental = False
        song.save(update_fields=["instrumental"])
        if lyrics_passed(project):
            _judge(project, none, Verdict.PENDING, by=by, reason=_("There are words after all"))
        earlier = (take for take in project.transcripts.order_by("-take") if take.words().lines)
        found = next(earlier, None)
        stale = forecast(project, lyrics=found.words() if found else Lyrics())
        project.transcript = found
        project.save(update_fields=["transcript"])
        flow.changed(project, stale.pks)


def standing_words(project: Project, seen_take: int) -> tuple[Project, Transcript]:
    """The locked project and the words that stand, if they are the ones that were seen."""
    locked = flow.lock(project.pk)
    transcript = locked.transcript
    if transcript is None or transcript.take != seen_take:
        raise LostRace(_("The lyrics have changed meanwhile. Look at them again."))
    return locked, transcript


def keep_words(project: Project, lyrics: Lyrics, *, recipe: str, edited: bool, provider: str) -> Transcript:
    """A new take of the words, which stands from now on. Inside a transaction that holds the project's lock."""
    take = last_number(project.transcripts) + 1
    project.transcript = Transcript.objects.create(
        project=project,
        take=take,
        recipe=recipe,
        lyrics=lyrics.model_dump(mode="json"),
        edited=edited,
        provider=provider,
    )
    project.save(update_fields=["transcript"])
    return project.transcript


def _judge(project: Project, transcript: Transcript, verdict: str, *, by: User | None, reason: str = "") -> Approval:
    Event.objects.create(project=project, verb=f"lyrics_{verdict}", text=reason, by=by, data={"take": transcript.take})
    return Approval.objects.create(project=project, transcript=transcript, verdict=verdict, reason=reason, by=by)


def _heard(project: Project) -> SongAnalysis:
    song = Song.objects.get(project=project)
    if song.analysis is None:
        raise IllegalMove(_("The song is still being listened to. Wait a moment."))
    return song.heard()
