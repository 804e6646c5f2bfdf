"""Having a song listened to again by another model, and choosing among the versions of its words."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.providers.hearing.languages import asked_languages
from pipeline.recipes import digest
from pipeline.runner.submit import Order, submit
from pipeline.states import LIVE, JobState
from projects import flow, paths
from projects.actions.lyrics import keep_words, standing_words
from projects.actions.makers import agree_to, retract_unbegun
from projects.flow import inputs
from projects.flow.estimates import PriceList
from projects.flow.forecast import forecast
from projects.flow.listening import STEP, again_estimate, again_input, jobs_again
from projects.flow.makers import maker_named, offered_for
from projects.flow.status import AGAIN
from projects.models import Event, Project, Song, Transcript
from projects.states import IllegalMove, LostRace


def listen_again(project: Project, key: str, *, by: User | None, seen: str, language: str = "") -> None:
    """Have the song heard by this maker (a catalogue row's key): one more take of the words, which stands only when
    somebody uses it. `seen` is the mark of the price that was shown, `language` the code of the one that is sung.
    Raises IllegalMove, LostRace.
    """
    if language and language not in dict(asked_languages()):
        raise IllegalMove(_("There is no such language in the list."))
    with transaction.atomic():
        project = flow.lock(project.pk)
        song = Song.objects.select_related("asset").filter(project=project).first()
        if song is None or song.analysis is None or not project.song_led:
            raise IllegalMove(_("The song is still being listened to. Wait a moment."))
        if not project.is_active:
            raise IllegalMove(_("The work on this film was canceled. Go on with it first."))
        if key not in {row.key for row in offered_for(STEP)}:
            raise IllegalMove(_("This model is not offered any more. Choose another one."))
        mine = jobs_again(project)
        retract_unbegun(mine)
        if mine.filter(state__in=LIVE).exists():
            raise IllegalMove(_("It is being listened to already. Wait until that is done."))
        who = maker_named(key)
        agree_to(project, again_estimate(project, song, who, PriceList()), by=by, seen=seen)
        mine.filter(state=JobState.FAILED).update(dismissed=True)
        Event.objects.create(project=project, verb="listened_again", by=by, data={"maker": key, "language": language})
        submit(
            project.pk, paths.project_place(project), [Order(STEP, AGAIN, again_input(project, song, who, language))]
        )
        flow.touch(project)


def use_words(project: Project, take: int, *, by: User | None, seen_take: int) -> Transcript:
    """Let another version of the words stand; the one that stood is kept. Scenes that look different with it are
    rendered again. Raises LostRace when `seen_take` is not what stands.
    """
    with transaction.atomic():
        project, old = standing_words(project, seen_take)
        found = project.transcripts.filter(take=take).first()
        if found is None or not found.words().lines:
            raise LostRace(_("There are no such words any more. Load the page again."))
        if found == old:
            return old
        song = project.song
        stale = forecast(project, lyrics=found.words())
        if song.instrumental:
            song.instrumental = False
            song.save(update_fields=["instrumental"])
        if found.edited or found.recipe == digest(inputs.transcript_input(project, song)):
            project.transcript = found
            project.save(update_fields=["transcript"])
        else:  # heard from something else than what is given now: as they are, not to be heard once more by itself
            found = keep_words(project, found.words(), recipe=found.recipe, edited=True, provider=found.provider)
        Event.objects.create(project=project, verb="words_chosen", by=by, data={"take": found.take})
        flow.changed(project, stale.pks)
    return found
