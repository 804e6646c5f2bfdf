"""Listening to a song once more: what is asked, what it costs, and what other versions of its words there are.

What is heard again becomes one more take of the words. It never stands by itself: a person looks at it and uses it.
"""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from pipeline.media.run import MediaError
from pipeline.models import Job
from pipeline.providers.hearing import has_times
from pipeline.states import JobState
from pipeline.steps import transcribe_song
from projects.flow import inputs
from projects.flow.estimates import Estimate, PriceList, Wish
from projects.flow.makers import Maker
from projects.flow.status import LISTENED_AGAIN
from projects.models import Project, Song

STEP: Final = "transcribe_song"


def again_input(project: Project, song: Song, by: Maker, language: str = "") -> transcribe_song.Input:
    """The song, heard by this maker. Words given with times are left out, for with them nobody would listen.

    `language`: the one that is sung (ISO 639-1); "" is found out by the model.
    """
    wanted = inputs.transcript_input(project, song)
    given = {"text": "", "name": ""} if _is_no_help(wanted) else {}
    how = {"instrumental": False, "language": language, "provider": by.provider, "model": by.model}
    return wanted.model_copy(update={**given, **how})


def _is_no_help(wanted: transcribe_song.Input) -> bool:
    """Whether the words given are left out: nobody would listen, or they cannot be read."""
    try:
        return has_times(wanted.text, wanted.name)
    except MediaError:
        return True


def again_estimate(project: Project, song: Song, by: Maker, prices: PriceList) -> Estimate:
    """What that costs at worst."""
    return prices.estimate([Wish(STEP, again_input(project, song, by))])


def jobs_again(project: Project) -> QuerySet[Job]:
    """Every time that somebody had it listened to again."""
    return Job.objects.filter(LISTENED_AGAIN, project=project)


def failed_again(project: Project) -> Job | None:
    """The last time that somebody had it listened to, if that failed."""
    last = jobs_again(project).exclude(state=JobState.CANCELED).defer("input", "output").order_by("pk").last()
    return last if last is not None and last.state == JobState.FAILED else None
