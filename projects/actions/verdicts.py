"""What pictures and clips have in common: verdicts, what remembers them, and taking them back.

Every verb leaves an Event whose data says what it changed, under a token that nobody can guess. Taking back is possible
once, and only while everything still is as the verb left it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pipeline.models import Job
from pipeline.runner.submit import retract
from pipeline.states import LIVE, JobState
from projects import flow, states
from projects.actions import keeping
from projects.actions.ideas import plain_text
from projects.flow.numbers import last_number
from projects.flow.subjects import image_subject
from projects.models import Approval, Clip, Event, Image, Pick, Project, Ruling, Scene, Skip, Verdict
from projects.states import IllegalMove, LostRace

MAX_REASON = 500
PICK_FIELDS = ("image_take", "image_chosen", "image_style", "clip_take", "clip_chosen")
STEPS = {"image": "generate_image", "clip": "generate_clip"}

Judged = Image | Clip


def kind_of(judged: Judged) -> str:
    return "image" if isinstance(judged, Image) else "clip"


def judge(judged: Judged, verdict: str, *, by: User | None, seen: str, reason: str = "") -> Event:
    """Give a verdict to the take that stands. `seen` is the verdict that the form showed.

    Raises LostRace when it was judged meanwhile, or another take stands now. A reason may be added to a rejection.
    """
    kind, reason = kind_of(judged), clear_reason(reason)
    with transaction.atomic():
        project = flow.lock(judged.content.project_id)
        if not Pick.objects.filter(content=judged.content_id, aspect=judged.aspect, **{kind: judged}).exists():
            raise LostRace(_("Another take stands now. Look at it again."))
        explained = bool(reason) and verdict == seen == states.REJECTED
        if seen not in states.MOVES[verdict] and not explained:
            raise LostRace(_("This has been judged meanwhile. Look at it again."))
        if not _rows(kind).filter(pk=judged.pk, verdict=seen).update(verdict=verdict):
            raise LostRace(_("This has been judged meanwhile. Look at it again."))
        event = _remember(project, kind, verdict, [judged], seen, by=by, reason=reason)
        go_on(project, [judged.content_id], verdict)
    return event


def judge_all(project: Project, takes: Sequence[Judged], verdict: str, *, by: User | None) -> Event:
    """One verdict for many pending takes, inside the caller's transaction and under the project's lock."""
    kind = kind_of(takes[0])
    _rows(kind).filter(pk__in=[take.pk for take in takes], verdict=states.PENDING).update(verdict=verdict)
    event = _remember(project, kind, verdict, takes, states.PENDING, by=by, many=True)
    go_on(project, [take.content_id for take in takes], verdict)
    return event


def keep_take(pick: Pick, kind: str, *, by: User | None, seen: str, reason: str = "") -> Event:
    """Keep the standing take for its scene as it is now. Its verdict stays: what nobody has judged is still to review.

    Raises LostRace where it is not out of date in the way that the form showed.
    """
    reason = clear_reason(reason)
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        rows = Pick.objects.filter(pk=pick.pk).select_related("image", "clip", "content__prompt")
        found = [old for old in keeping.outdated(project, rows, kind) if keeping.mark(*old) == seen]
        if not found:
            raise LostRace(_("This has changed meanwhile. Look at it again."))
        return keep_all(project, found, by=by, reason=reason)


def keep_all(project: Project, takes: Sequence[tuple[Judged, str]], *, by: User | None, reason: str = "") -> Event:
    """Keep these takes for these recipes, inside the caller's transaction and under the project's lock."""
    kept = keeping.keep_for(takes)
    judged = [take for take, _recipe in takes]
    note(project, judged, Ruling.KEPT, by=by, reason=reason)
    event = remember(project, "kept", by=by, data={"kept": kept})
    go_on(project, [take.content_id for take in judged], Verdict.APPROVED)
    return event


def waiting_takes(project: Project, kind: str, aspect: str) -> list[Judged]:
    """The standing takes that nobody has judged, in film order: none of skipped scenes, none about to be redone."""
    skipped = Skip.objects.filter(undone_at=None).values("scene")
    picks = Pick.objects.filter(content__scene__project=project, aspect=aspect, **{f"{kind}__verdict": states.PENDING})
    picks = picks.exclude(content__scene__in=skipped).order_by("content__scene__start_frame")
    found = []
    for pick in picks.select_related(kind):
        take = getattr(pick, kind)
        if take.take >= getattr(pick, f"{kind}_take") or getattr(pick, f"{kind}_chosen"):
            found.append(take)
    return found


def mark_of(takes: Iterable[Judged]) -> str:
    """What a button for many takes posts, so that no take is judged that its page did not show."""
    return ".".join(_short(take) for take in takes)


def among(takes: Iterable[Judged], mark: str) -> list[Judged]:
    """The takes that a page with this mark showed."""
    seen = set(mark.split("."))
    return [take for take in takes if _short(take) in seen]


def _short(take: Judged) -> str:
    return take.code.hex[:10]


def take_back(project: Project, token: str, *, by: User | None) -> Event:
    """Undo the verdicts, the pick or the keeping of the event with this token. Raises LostRace when something changed
    since.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        event = Event.objects.filter(project=project, data__token=token).first() if token else None
        if event is None or event.data.get("taken_back"):
            raise LostRace(_("That cannot be taken back any more."))
        if "pick" in event.data or "takes" in event.data:
            contents = _unpick(project, event) if "pick" in event.data else _unjudge(project, event, by)
            keeping.let_go(project, event.data.get("kept", []))
        else:
            contents = _unkeep(project, event, by)
        event.data = {**event.data, "taken_back": True}
        event.save(update_fields=["data"])
        Event.objects.create(project=project, verb="taken_back", by=by, data={"verb": event.verb})
        changed(project, contents)
    return event


def _unjudge(project: Project, event: Event, by: User | None) -> list[int]:
    kind, was, now = event.data["kind"], event.data["was"], event.data["now"]
    rows = _rows(kind).filter(code__in=event.data["takes"], content__project=project, verdict=now)
    takes = list(rows.select_related("content"))
    if not takes:
        raise LostRace(_("That has changed since, so it cannot be taken back."))
    _rows(kind).filter(pk__in=[take.pk for take in takes]).update(verdict=was)
    note(project, takes, was, by=by)
    return [take.content_id for take in takes]


def _unkeep(project: Project, event: Event, by: User | None) -> list[int]:
    takes = keeping.let_go(project, event.data["kept"])
    if not takes:
        raise LostRace(_("That has changed since, so it cannot be taken back."))
    note(project, takes, Ruling.UNKEPT, by=by)
    return [take.content_id for take in takes]


def _unpick(project: Project, event: Event) -> list[int]:
    saved = event.data["pick"]
    kind = saved["kind"]
    picks = Pick.objects.filter(content__code=saved["content"], content__project=project, aspect=saved["aspect"])
    pick = picks.filter(**{f"{kind}__code": saved["now"]}).first()
    if pick is None:
        raise LostRace(_("That has changed since, so it cannot be taken back."))
    for name in PICK_FIELDS:
        setattr(pick, name, saved["was"][name])
    pick.image = Image.objects.filter(content=pick.content_id, code=saved["was"]["image"]).first()
    pick.clip = Clip.objects.filter(content=pick.content_id, code=saved["was"]["clip"]).first()
    pick.save(update_fields=["image", "clip", *PICK_FIELDS])
    if saved["verdict"]:
        _rows(kind).filter(code=saved["now"]).update(verdict=saved["verdict"])
    return [pick.content_id]


def choose(pick: Pick, judged: Judged, *, by: User | None, seen: str) -> Event:
    """Let a take stand, whatever is wanted otherwise. `seen` is the code of the take that stood, "" not to ask.

    A rejected take that is chosen again is to be looked at again.
    """
    kind = kind_of(judged)
    if (judged.content_id, judged.aspect) != (pick.content_id, pick.aspect):
        raise IllegalMove(_("This take belongs to another scene."))
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        pick = Pick.objects.select_related("image", "clip", "content").get(pk=pick.pk)
        stood = getattr(pick, kind)
        if seen and (stood is None or str(stood.code) != seen):
            raise LostRace(_("Another take stands now. Look at it again."))
        was = {name: getattr(pick, name) for name in PICK_FIELDS}
        was |= {name: str(take.code) if take else None for name, take in (("image", pick.image), ("clip", pick.clip))}
        fields: dict[str, Any] = {kind: judged, f"{kind}_chosen": True}
        if kind == "image":
            fields["clip_chosen"] = False  # a clip chosen among takes showed another picture
        Pick.objects.filter(pk=pick.pk).update(**fields)
        again = _rows(kind).filter(pk=judged.pk, verdict=states.REJECTED).update(verdict=states.PENDING)
        _dismiss(project, pick, kind)
        kept = keeping.keep(project, _picks(kind, [judged]), kind)
        saved: dict[str, Any] = {
            "kind": kind,
            "content": str(pick.content.code),
            "aspect": pick.aspect,
            "now": str(judged.code),
        }
        saved |= {"was": was, "verdict": states.REJECTED if again else ""}
        event = remember(project, f"{kind}_picked", by=by, data={"pick": saved, "take": judged.take, "kept": kept})
        changed(project, [pick.content_id])
    return event


def _dismiss(project: Project, pick: Pick, kind: str) -> None:
    """What was drawn or enlarged beside the chosen take is wanted no more, and its failures are answered."""
    steps = (STEPS[kind], "enlarge_image") if kind == "image" else (STEPS[kind],)
    jobs = Job.objects.filter(project=project, step__in=steps, subject=image_subject(pick.content, pick.aspect))
    jobs.filter(state=JobState.FAILED, dismissed=False).update(dismissed=True)
    retract(jobs.filter(state__in=LIVE))


def remember(project: Project, verb: str, *, by: User | None, data: dict[str, Any]) -> Event:
    """An event that can be taken back."""
    return Event.objects.create(project=project, verb=verb, by=by, data={**data, "token": uuid.uuid4().hex})


def _remember(
    project: Project,
    kind: str,
    verdict: str,
    takes: Sequence[Judged],
    was: str,
    *,
    by: User | None,
    reason: str = "",
    many: bool = False,
) -> Event:
    note(project, takes, verdict, by=by, reason=reason)
    kept = keeping.keep(project, _picks(kind, takes), kind) if verdict == Verdict.APPROVED else []
    codes = [str(take.code) for take in takes]
    data = {"kind": kind, "takes": codes, "was": was, "now": verdict, "kept": kept}
    verb = f"{kind}s_{verdict}" if many else f"{kind}_{verdict}"
    return remember(project, verb, by=by, data=data)


def note(project: Project, takes: Iterable[Judged], ruling: str, *, by: User | None, reason: str = "") -> None:
    """What the history of these takes says from now on."""
    now = timezone.now()
    Approval.objects.bulk_create(
        Approval(project=project, verdict=ruling, reason=reason, by=by, at=now, **{kind_of(take): take})
        for take in takes
    )


def clear_reason(reason: str) -> str:
    """A reason as it is kept. Raises IllegalMove where it is too long."""
    reason = plain_text(reason)
    if len(reason) > MAX_REASON:
        raise IllegalMove(_("A reason has at most %(count)s letters.") % {"count": MAX_REASON})
    return reason


def _picks(kind: str, takes: Iterable[Judged]) -> QuerySet[Pick]:
    """Where these takes stand, with all that their recipes are made of."""
    rows = Pick.objects.filter(**{f"{kind}__in": [take.pk for take in takes]})
    return rows.select_related("image", "clip", "content__prompt")


def newest_take(pick: Pick, kind: str) -> int:
    """The number of the newest take that there is; 0 before the first."""
    takes = _rows(kind).filter(content_id=pick.content_id, aspect=pick.aspect)
    return last_number(takes)


def changed(project: Project, contents: Iterable[int]) -> None:
    """After what may change the film: one under way is stale."""
    flow.changed(project, Scene.objects.filter(content__in=list(contents)).values_list("pk", flat=True))


def go_on(project: Project, contents: Iterable[int], verdict: str) -> None:
    """A film under way goes on when something is approved, and is stale when something is not."""
    if verdict != Verdict.APPROVED:
        changed(project, contents)
        return
    scenes = list(Scene.objects.filter(content__in=list(contents)).values_list("pk", flat=True))
    flow.touch(project, scenes)
    flow.advance(project, scenes)


def _rows(kind: str) -> Any:
    return Image.objects.all() if kind == "image" else Clip.objects.all()
