"""The words: saved as takes, told beforehand what they change, and the gate behind them."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.media.lyrics.editing import EditedLine
from pipeline.media.lyrics.values import Lyrics
from pipeline.media.run import MediaError
from pipeline.models import Job
from projects.actions import control, lyrics
from projects.actions.create import create_music_video
from projects.actions.song import set_autopilot
from projects.flow.gates import lyrics_passed
from projects.models import Asset, Image, Project
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def deciding(quick: None, asset: Asset, alice: Any) -> Project:
    """A project that waits at the gate behind its lyrics."""
    project = create_music_video(asset, by=alice, title="Harbor", autopilot=False)
    drain()
    project.refresh_from_db()
    return project


def rows(project: Project, **changes: Any) -> list[EditedLine]:
    """The project's lines as the editor would send them, the fourth one changed."""
    return [
        EditedLine(**({"text": line.text, "start_ms": line.start_ms, "end_ms": line.end_ms, "was": at}
                      | (changes if at == 3 else {})))
        for at, line in enumerate(project.lyrics().lines)
    ]  # fmt: skip


def take(project: Project) -> int:
    project.refresh_from_db()
    assert project.transcript is not None
    return project.transcript.take


def steps(project: Project) -> set[str]:
    return set(project.jobs.values_list("step", flat=True))


def test_nothing_behind_the_lyrics_runs_before_they_are_approved(deciding: Project) -> None:
    assert steps(deciding) == {"analyze_song", "transcribe_song"}
    control.retry_failed(deciding, by=deciding.owner)  # looks for work, like the ticker
    drain()
    assert not deciding.scenes.exists()
    approval = lyrics.approve_lyrics(deciding, by=deciding.owner, seen_take=take(deciding))
    assert (approval.by, approval.transcript, approval.verdict) == (deciding.owner, deciding.transcript, "approved")
    drain()
    assert deciding.scenes.count() == 6
    assert deciding.events.filter(verb="lyrics_approved", by=deciding.owner).exists()


def test_it_approves_only_what_was_seen(deciding: Project) -> None:
    new = lyrics.lyrics_from_rows(deciding, rows(deciding, text="clouds above the water"))
    lyrics.save_lyrics(deciding, new, by=None, seen_take=1)
    with pytest.raises(LostRace):
        lyrics.approve_lyrics(deciding, by=deciding.owner, seen_take=1)
    assert not lyrics_passed(deciding)
    assert not deciding.scenes.exists()


def test_two_people_never_overwrite_each_other(deciding: Project) -> None:
    new = lyrics.lyrics_from_rows(deciding, rows(deciding, text="clouds above the water"))
    lyrics.save_lyrics(deciding, new, by=None, seen_take=1)
    with pytest.raises(LostRace):
        lyrics.save_lyrics(deciding, Lyrics(), by=None, seen_take=1)
    deciding.refresh_from_db()
    assert deciding.lyrics().lines[3].text == "clouds above the water"
    assert take(deciding) == 2
    assert [row.take for row in deciding.transcripts.order_by("take")] == [1, 2]


def test_it_tells_exactly_what_a_save_renders_again(film: Project) -> None:
    new = lyrics.lyrics_from_rows(film, rows(film, text="clouds above the water"))
    before = lyrics.forecast_lyrics(film, new)
    assert (before.numbers, before.scenes) == ((4,), 6)
    known = set(Job.objects.values_list("pk", flat=True))
    lyrics.save_lyrics(film, new, by=film.owner, seen_take=1)
    drain()
    rendered = Job.objects.exclude(pk__in=known).filter(step="render_shot")
    assert [job.subject.split(":")[1] for job in rendered] == [str(film.scenes.order_by("start_frame")[3].code)]


def test_saving_what_stands_already_renders_nothing_again(film: Project) -> None:
    new = lyrics.lyrics_from_rows(film, rows(film))
    assert lyrics.forecast_lyrics(film, new).numbers == ()


def test_a_first_line_that_moves_takes_the_title_card_with_it(film: Project) -> None:
    changed = [row.model_copy(update={"start_ms": 2600, "end_ms": 3000}) if not at else row
               for at, row in enumerate(rows(film))]  # fmt: skip
    new = lyrics.lyrics_from_rows(film, changed)
    stale = lyrics.forecast_lyrics(film, new)
    lyrics.save_lyrics(film, new, by=film.owner, seen_take=1)
    drain()
    assert stale.numbers == (1,)
    assert film.renditions.get().finals.count() == 2


def test_an_instrumental_passes_the_gate_and_keeps_the_words_as_a_take(deciding: Project) -> None:
    lyrics.mark_instrumental(deciding, by=deciding.owner, seen_take=1)
    drain()
    deciding.refresh_from_db()
    assert deciding.song.instrumental
    assert deciding.lyrics().lines == ()
    assert deciding.transcripts.get(take=1).words().lines
    assert deciding.scenes.count() == 6
    assert Job.objects.filter(step="transcribe_song").count() == 1


def test_words_after_all_close_the_gate_again(deciding: Project) -> None:
    Job.objects.filter(step="plan_scenes").delete()
    lyrics.mark_instrumental(deciding, by=deciding.owner, seen_take=1)
    lyrics.unmark_instrumental(deciding, by=deciding.owner, seen_take=2)
    drain()
    deciding.refresh_from_db()
    assert not deciding.song.instrumental
    assert deciding.transcript is not None
    assert deciding.transcript.take == 1
    assert not lyrics_passed(deciding)
    assert not deciding.scenes.exists()
    assert list(deciding.approvals.order_by("pk").values_list("verdict", flat=True)) == ["approved", "pending"]


def test_an_instrumental_without_earlier_words_looks_for_them(quick: None, asset: Asset, alice: Any) -> None:
    project = create_music_video(asset, by=alice, title="Harbor", autopilot=False, instrumental=True)
    Job.objects.filter(step="transcribe_song").delete()
    drain()
    project.refresh_from_db()
    project.transcripts.update(lyrics=Lyrics().model_dump(mode="json"))
    lyrics.unmark_instrumental(project, by=alice, seen_take=1)
    drain()
    assert take(project) == 2
    assert project.lyrics().lines


def test_words_written_for_an_instrumental_make_it_a_song_again(deciding: Project) -> None:
    lyrics.mark_instrumental(deciding, by=deciding.owner, seen_take=1)
    new = lyrics.lyrics_from_rows(deciding, [EditedLine(text="la la la", start_ms=1000, end_ms=3000)])
    lyrics.save_lyrics(deciding, new, by=deciding.owner, seen_take=2)
    deciding.song.refresh_from_db()
    assert not deciding.song.instrumental


def test_it_does_not_approve_nothing(deciding: Project) -> None:
    lyrics.save_lyrics(deciding, Lyrics(source="edited", timed=True), by=deciding.owner, seen_take=1)
    with pytest.raises(IllegalMove, match="no words to approve"):
        lyrics.approve_lyrics(deciding, by=deciding.owner, seen_take=2)


def test_autopilot_opens_the_gate_and_switched_off_closes_it(deciding: Project) -> None:
    set_autopilot(deciding, True, by=deciding.owner)
    assert Job.objects.filter(step="plan_scenes", state="queued").count() == 1
    set_autopilot(deciding, False, by=deciding.owner)
    assert not Job.objects.filter(step="plan_scenes", state="queued").exists()
    drain()
    assert not deciding.scenes.exists()


def test_a_film_that_made_itself_is_not_held_at_a_gate_behind_it(film: Project) -> None:
    Image.objects.update(verdict="approved")  # the gate in front of the words' own is another test's
    set_autopilot(film, False, by=film.owner)
    new = lyrics.lyrics_from_rows(film, rows(film, text="clouds above the water"))
    lyrics.save_lyrics(film, new, by=film.owner, seen_take=1)
    drain()
    assert film.scenes.order_by("start_frame")[3].shots.count() == 2


def test_text_without_times_is_laid_over_the_song(deciding: Project) -> None:
    found = lyrics.lyrics_from_text(deciding, "one line\nanother line")
    assert found.timed
    assert [line.text for line in found.lines] == ["one line", "another line"]
    assert all(line.end_ms <= deciding.song.heard().duration_ms for line in found.lines)


def test_a_text_with_times_beyond_the_song_is_refused_in_words(deciding: Project) -> None:
    with pytest.raises(MediaError, match="when the song is over"):
        lyrics.lyrics_from_text(deciding, "[09:00.00]too late")
