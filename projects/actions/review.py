"""The gates of pictures and clips: approve, reject, ask for another take, choose an older one, replace, try.

Every verb takes what its form showed, so that nobody decides about something that has changed meanwhile (LostRace).
Those that return an Event can be taken back with `take_back` and the event's token.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.media.saliency import MIDDLE
from pipeline.providers.local.styles import STYLES
from projects import flow, states
from projects.actions import keeping, verdicts
from projects.actions.edit import edit_prompt
from projects.actions.verdicts import choose, judge, keep_take, take_back
from projects.flow.playable import Player, shown_rendition
from projects.flow.standing import is_kept
from projects.models import Asset, Clip, Event, Image, Pick, Project, Scene, Verdict
from projects.states import IllegalMove, LostRace

__all__ = ["take_back"]


def approve_image(image: Image, *, by: User | None, seen: str) -> Event:
    """Let the picture through its gate. `seen` is the verdict that the form showed."""
    return judge(image, states.APPROVED, by=by, seen=seen)


def reject_image(image: Image, *, by: User | None, seen: str, reason: str = "") -> Event:
    """Close the gate for this take; what hangs on it waits for another one. A reason may be given afterwards."""
    return judge(image, states.REJECTED, by=by, seen=seen, reason=reason)


def reopen_image(image: Image, *, by: User | None, seen: str) -> Event:
    """Take a verdict back: the picture is to be looked at again."""
    return judge(image, states.PENDING, by=by, seen=seen)


def approve_images(project: Project, aspect: str, *, by: User | None, seen: str = "") -> Event:
    """Let all pictures through that nobody has judged. `seen` is `mark_of` those that the page showed: others
    are left alone. "" is for any.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        return _approve_all(project, verdicts.waiting_takes(project, "image", aspect), by=by, seen=seen)


def keep_image(pick: Pick, *, by: User | None, seen: str, reason: str = "") -> Event:
    """Let the standing picture stay for what its scene says now. `seen` is `keeping.mark` of what the form showed."""
    return keep_take(pick, "image", by=by, seen=seen, reason=reason)


def redraw_image(pick: Pick, *, by: User | None, seen_take: int) -> None:
    """Ask for one more take. The form posts the newest take that it saw, so that two presses make one take."""
    _another_image(pick, "image_redrawn", by=by, seen_take=seen_take)


def try_style(pick: Pick, style: str, *, by: User | None, seen_take: int) -> None:
    """Ask for one more take in another style's words and colors; the project's style stays as it is."""
    if style not in STYLES:
        raise IllegalMove(_("There is no style called “%(style)s”.") % {"style": style})
    _another_image(pick, "style_tried", by=by, seen_take=seen_take, style=style)


def reword_image(pick: Pick, text: str, *, by: User | None, seen_take: int, redraw: bool) -> None:
    """Save other words for the picture; `seen_take` is the prompt's. One that was chosen, judged or bought is drawn
    again where `redraw` asks for it, and kept for these words otherwise.
    """
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        edit_prompt(pick.content, text, by=by, seen_take=seen_take)
        pick = Pick.objects.select_related("image", "clip", "content__prompt").get(pk=pick.pk)
        held = pick.image is not None and is_kept(pick, pick.image)
        if redraw and held:
            redraw_image(pick, by=by, seen_take=verdicts.newest_take(pick, "image"))
        elif held and (old := list(keeping.outdated(project, [pick], "image"))):
            verdicts.keep_all(project, old, by=by)


def pick_image(pick: Pick, image: Image, *, by: User | None, seen: str = "") -> Event:
    """Let an older take stand. It is held from now on, whatever the prompt says. `seen` is the code of what stood."""
    return choose(pick, image, by=by, seen=seen)


def replace_image(
    pick: Pick,
    asset: Asset,
    *,
    by: User | None,
    width: int,
    height: int,
    thumb_key: str = "",
    focus: tuple[int, int] = MIDDLE,
    seen_take: int | None = None,
) -> Image:
    """Let an uploaded picture stand as a take of its own. `focus` is where the eye goes in it, in permille."""
    with transaction.atomic():
        flow.lock(pick.content.project_id)
        pick = Pick.objects.select_related("image", "content").get(pk=pick.pk)
        last = verdicts.newest_take(pick, "image")
        if seen_take is not None and last != seen_take:
            raise LostRace(_("Another take has come meanwhile. Look at it before you replace it."))
        image = Image.objects.create(
            content=pick.content,
            aspect=pick.aspect,
            take=max(last, pick.image_take) + 1,
            recipe=asset.sha256,
            provider="upload",
            file=asset.file.name or "",
            sha256=asset.sha256,
            thumb_file=thumb_key,
            width=width,
            height=height,
            focus_x=focus[0],
            focus_y=focus[1],
        )
        choose(pick, image, by=by, seen="")
        Pick.objects.filter(pk=pick.pk).update(image_take=image.take)
    return image


def set_focus(image: Image, x: int, y: int, *, by: User | None, seen: tuple[int, int]) -> None:
    """Say where the eye goes, in permille of width and height. The standing clip is made anew: it moves there."""
    if not (0 <= x <= 1000 and 0 <= y <= 1000):
        raise IllegalMove(_("This point is not in the picture."))
    with transaction.atomic():
        project = flow.lock(image.content.project_id)
        rows = Image.objects.filter(pk=image.pk, focus_x=seen[0], focus_y=seen[1])
        if not rows.update(focus_x=x, focus_y=y):
            raise LostRace(_("This point was moved meanwhile. Look at it again."))
        Event.objects.create(project=project, verb="focus_set", by=by, data={"x": x, "y": y})
        for pick in Pick.objects.select_related("clip").filter(image=image):
            if pick.clip is not None and pick.clip.verdict != Verdict.PENDING:
                want_clip(pick)  # a judged clip is held, unless somebody asks for another one
        verdicts.changed(project, [image.content_id])


def approve_clip(clip: Clip, *, by: User | None, seen: str) -> Event:
    """Let the clip through its gate: the film is joined once all have passed. It must have been rendered to be seen."""
    with transaction.atomic():
        project = flow.lock(clip.content.project_id)
        scenes = list(Scene.objects.filter(content=clip.content_id).values_list("pk", flat=True))
        if seen != states.APPROVED and clip.pk not in _rendered(project, clip.aspect, scenes):
            raise IllegalMove(_("This clip is not rendered yet. Look at it before you approve it."))
        return judge(clip, states.APPROVED, by=by, seen=seen)


def reject_clip(clip: Clip, *, by: User | None, seen: str, reason: str = "") -> Event:
    """Close the gate for this take; the film waits for another one. A reason may be given afterwards."""
    return judge(clip, states.REJECTED, by=by, seen=seen, reason=reason)


def reopen_clip(clip: Clip, *, by: User | None, seen: str) -> Event:
    """Take a verdict back: the clip is to be looked at again."""
    return judge(clip, states.PENDING, by=by, seen=seen)


def approve_clips(project: Project, aspect: str, *, by: User | None, seen: str = "") -> Event:
    """Let all clips through that are rendered and that nobody has judged. `seen` as for `approve_images`."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        return _approve_all(project, waiting_clips(project, aspect), by=by, seen=seen)


def waiting_clips(project: Project, aspect: str, player: Player | None = None) -> list[verdicts.Judged]:
    """The standing clips that can be seen and that nobody has judged, in film order."""
    takes = verdicts.waiting_takes(project, "clip", aspect)
    if not takes:
        return []
    rendered = _rendered(project, aspect, None, player)
    return [take for take in takes if take.pk in rendered]


def redo_clip(pick: Pick, *, by: User | None, seen_take: int) -> None:
    """Ask for one more take of the motion. `seen_take` is the newest take that the form saw."""
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        pick = Pick.objects.select_related("clip", "content").get(pk=pick.pk)
        under_way = pick.clip_take > max(seen_take, 1) and not pick.clip_chosen
        if under_way or verdicts.newest_take(pick, "clip") != seen_take:
            raise LostRace(_("Another take is already there or on its way."))
        want_clip(pick)
        Event.objects.create(project=project, verb="clip_redone", by=by, data={"take": seen_take + 1})
        verdicts.changed(project, [pick.content_id])


def keep_clip(pick: Pick, *, by: User | None, seen: str, reason: str = "") -> Event:
    """Let the standing clip stay though it would move in another way now. `seen` as for `keep_image`."""
    return keep_take(pick, "clip", by=by, seen=seen, reason=reason)


def pick_clip(pick: Pick, clip: Clip, *, by: User | None, seen: str = "") -> Event:
    """Let an older take of the motion stand, with the picture that it was made from."""
    return choose(pick, clip, by=by, seen=seen)


def _another_image(pick: Pick, verb: str, *, by: User | None, seen_take: int, style: str | None = None) -> None:
    with transaction.atomic():
        project = flow.lock(pick.content.project_id)
        pick = Pick.objects.select_related("image", "content").get(pk=pick.pk)
        under_way = pick.image_take > max(seen_take, 1) and not pick.image_chosen
        if under_way or verdicts.newest_take(pick, "image") != seen_take:
            raise LostRace(_("Another take is already there or on its way."))
        if pick.image is None:
            raise IllegalMove(_("There is no picture yet to make another one of."))
        style = pick.image.style if style is None else "" if style == project.style else style
        fields = {"image_take": seen_take + 1, "image_chosen": False, "image_style": style, "clip_chosen": False}
        Pick.objects.filter(pk=pick.pk).update(**fields)
        Event.objects.create(project=project, verb=verb, by=by, data={"take": seen_take + 1, "style": style})
        verdicts.changed(project, [pick.content_id])


def want_clip(pick: Pick) -> None:
    """One more take of the clip is wanted. Inside a transaction that holds the project's lock."""
    take = max(verdicts.newest_take(pick, "clip"), pick.clip_take - 1) + 1
    Pick.objects.filter(pk=pick.pk).update(clip_take=take, clip_chosen=False)


def _approve_all(project: Project, takes: list[verdicts.Judged], *, by: User | None, seen: str) -> Event:
    takes = verdicts.among(takes, seen) if seen else takes
    if not takes:
        raise LostRace(_("What waits for you has changed meanwhile. Look at it again."))
    return verdicts.judge_all(project, takes, states.APPROVED, by=by)


def _rendered(project: Project, aspect: str, scenes: list[int] | None, player: Player | None = None) -> set[int]:
    """Primary keys of the standing clips whose shot is there as everything is now. `scenes` are primary keys."""
    rendition = shown_rendition(project, aspect)
    if rendition is None:
        return set()
    player = player or Player(project, rendition, scenes)
    found = set()
    for scene in player.board.scenes:
        pick, playable = player.pick(scene), player.playable(scene)
        if pick is not None and pick.clip_id is not None and playable is not None and playable.fresh:
            found.add(pick.clip_id)
    return found
