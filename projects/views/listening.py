"""Hearing a song again by another model, and the versions of its words to choose from."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from pipeline.media.lyrics import write_txt
from pipeline.media.lyrics.values import Lyrics
from pipeline.providers.hearing.languages import asked_languages
from pipeline.states import LIVE, JobState
from projects.actions import listening as actions
from projects.flow.estimates import PriceList
from projects.flow.listening import STEP, again_estimate, failed_again, jobs_again
from projects.flow.makers import maker_named, offered_for
from projects.flow.numbers import last_number
from projects.models import Project, Song, Transcript
from projects.views.acts import act
from projects.views.answers import number
from projects.views.finding import owned_project
from projects.views.prices import price_text
from projects.views.vendor_cards import model_words

MOST_VERSIONS = 8


def again_context(project: Project, song: Song) -> dict[str, Any]:
    """Who may listen again, each with its price; what is under way; why the last one failed. {} where nobody can."""
    prices, offers = PriceList(), []
    for row in offered_for(STEP):
        who = maker_named(row.key)
        estimate = again_estimate(project, song, who, prices)
        label = model_words(who.provider, who.model)
        offers.append(
            {
                "value": f"{row.key} {estimate.mark}",
                "label": label[:1].upper() + label[1:],
                "price": price_text(estimate),
                "seconds": estimate.seconds,
                "known": estimate.is_priced,
            }
        )
    live = jobs_again(project).filter(state__in=LIVE).values_list("state", flat=True).first()
    failed = failed_again(project)
    found = {"offers": offers, "languages": asked_languages(), "live": live, "asks": live == JobState.NEEDS_CONSENT}
    return found | {"failed": failed.error if failed else ""} if offers or live or failed else {}


def versions_context(project: Project) -> list[dict[str, Any]]:
    """The other versions of the words, newest first."""
    standing = project.transcript
    if standing is None:
        return []
    words = project.lyrics()
    found = []
    for row in project.transcripts.exclude(pk=standing.pk).order_by("-take")[:MOST_VERSIONS]:
        theirs = row.words()
        if theirs.lines:
            found.append(
                {
                    "take": row.take,
                    "at": row.created_at,
                    "by": _by(row, theirs),
                    "lines": len(theirs.lines),
                    "differ": _differing(words, theirs),
                    "text": write_txt(theirs),
                    "newer": row.take > standing.take,
                }
            )
    return found


def newest_version(project: Project) -> int:
    """The take of the newest words if they do not stand; else 0."""
    newest = last_number(project.transcripts)
    return newest if project.transcript is not None and newest > project.transcript.take else 0


def _by(row: Transcript, words: Lyrics) -> str:
    if row.edited:
        return _("edited by hand")
    return model_words(row.provider, row.model) if words.source == "transcript" else _("from the lyrics given")


def _differing(mine: Lyrics, theirs: Lyrics) -> int:
    """How many of their lines are not word by word among mine, at their place."""
    before, after = ([line.text.casefold() for line in lyrics.lines] for lyrics in (mine, theirs))
    same = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return len(after) - sum(block.size for block in same)


@act
def song_again(request: HttpRequest, code: UUID) -> HttpResponse:
    """`maker` is the key and, after a blank, the mark of its price; `language` a code, or "" to find it out."""
    project = owned_project(request.user, code)
    key, _blank, seen = request.POST.get("maker", "").partition(" ")
    by: Any = request.user
    actions.listen_again(project, key, by=by, seen=seen, language=request.POST.get("language", ""))
    messages.success(request, _("The song is listened to again. Your words stay until you use the new ones."))
    return redirect("song", code=code)


@act
def song_words(request: HttpRequest, code: UUID) -> HttpResponse:
    """Let another version of the words stand; `seen` is the take that the page showed as standing."""
    project = owned_project(request.user, code)
    by: Any = request.user
    take, seen = number(request.POST.get("take")), number(request.POST.get("seen"))
    actions.use_words(project, take, by=by, seen_take=seen)
    messages.success(request, _("These words stand now. The ones before are kept."))
    return redirect("song", code=code)
