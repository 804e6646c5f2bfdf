"""Editing the scenes of a film. Slots tile the film before and after every edit.

A song's time never shifts: scenes exchange what they show. Without a song they move as a whole, with their lengths.

Each verb says which places it changes into which, and returns the Event that remembers both, so that it can be undone.
`seen` is the mark of the places as the form showed them (`places.marks`); where they differ now, LostRace is raised.
An edit that changes nothing returns None.
"""

from __future__ import annotations

import uuid
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, get_args

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.media.motion import Camera
from pipeline.media.timeline import CUT, KINDS, SHORTEST_TRANSITION, frame_at, ms_at
from pipeline.providers.local.moods import MOODS
from pipeline.providers.local.suggestion import suggested_scene
from projects import flow
from projects.actions.ideas import plain_text
from projects.actions.lengths import check_length, lasting, retiled
from projects.actions.places import CONTENT_FIELDS, Place, marks, order_mark, places_of
from projects.actions.scene_history import put
from projects.flow import gates, kinds
from projects.models import FPS, Content, Event, Project, Scene, Song
from projects.states import IllegalMove, LostRace

SHORTEST_SCENE_FRAMES = 15
LONGEST_TRANSITION_FRAMES = 90
MAX_DESCRIPTION = 2000
MAX_CAPTION = 200
CAMERAS: tuple[str, ...] = get_args(Camera)
COPIED = ("description", "mood", "camera", "palette", "imagery", "reasoning")


def edit_scene(
    scene: Scene,
    *,
    by: User | None,
    description: str,
    mood: str,
    camera: str,
    transition: str = "cut",
    transition_frames: int = 0,
    caption: str | None = None,
    seen: str = "",
) -> Event | None:
    """Change what a scene shows, how its camera moves and how it becomes the next one; without a song, its caption."""
    description = plain_line(description)
    if not description:
        raise IllegalMove(_("Say what the scene shows."))
    if len(description) > MAX_DESCRIPTION:
        raise IllegalMove(_("That is too long: a scene is described in at most 2,000 letters."))
    if camera not in CAMERAS or transition not in KINDS or mood not in (*MOODS, scene.content.mood):
        raise IllegalMove(_("There is no such mood, camera move or transition."))
    cut = transition == "cut"
    if not cut and not SHORTEST_TRANSITION <= transition_frames <= LONGEST_TRANSITION_FRAMES:
        raise IllegalMove(_("A transition lasts between a fifteenth of a second and three seconds."))
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        places = places_of(project)
        at = index_of(places, scene)
        check_seen([places[at]], seen)
        new: dict[str, Any] = {"description": description, "mood": mood, "camera": camera}
        if caption is not None and not project.song_led:
            new["caption"] = _checked_caption(caption)
        if at + 1 < len(places):  # the last scene leads nowhere
            new |= {"transition": transition, "transition_frames": 0 if cut else transition_frames}
        if all(getattr(places[at], name) == value for name, value in new.items()):
            return None
        said = (description, mood, camera) != (places[at].description, places[at].mood, places[at].camera)
        after = places[at].model_copy(update={**new, "edited": places[at].edited or said})
        return put(project, "scene_edited", [places[at]], [after], by=by)


def move_boundary(left: Scene, frame: int, *, by: User | None, seen: str = "") -> Event | None:
    """Move the cut at the end of `left` to a frame between its neighbors' other ends."""
    with transaction.atomic():
        project = flow.lock(left.project_id)
        places = places_of(project)
        at = index_of(places, left)
        if at + 1 == len(places):
            raise IllegalMove(_("The end of the film cannot be moved."))
        one, other = places[at : at + 2]
        check_seen([one, other], seen)
        if not one.start_frame + SHORTEST_SCENE_FRAMES <= frame <= other.end_frame - SHORTEST_SCENE_FRAMES:
            raise IllegalMove(_("A scene is at least half a second long."))
        if frame == one.end_frame:
            return None
        after = [one.model_copy(update={"end_frame": frame}), other.model_copy(update={"start_frame": frame})]
        return put(project, "boundary_moved", [one, other], after, by=by)


def split_scene(scene: Scene, frame: int | None = None, *, by: User | None, seen: str = "") -> Event:
    """Cut a scene in two at `frame` (None: on the beat nearest to its middle); the second half begins as a copy, with
    its own picture to come.
    """
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        whole = places_of(project, [scene.pk])
        place = whole[index_of(whole, scene)]
        check_seen([place], seen)
        frame = middle_frame(project, place) if frame is None else frame
        if not place.start_frame + SHORTEST_SCENE_FRAMES <= frame <= place.end_frame - SHORTEST_SCENE_FRAMES:
            raise IllegalMove(_("Both halves must be at least half a second long."))
        old = Content.objects.get(project=project, code=place.content)
        content = Content.objects.create(project=project, **{name: getattr(old, name) for name in COPIED})
        return put(project, "scene_split", [place], _halves(place, frame, content), by=by)


def add_scene(scene: Scene, description: str = "", *, by: User | None, seen: str = "") -> Event:
    """A new scene after this one: it takes the second half of its slot. Without a description one is thought up."""
    description = plain_line(description)[:MAX_DESCRIPTION]
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        whole = places_of(project, [scene.pk])
        place = whole[index_of(whole, scene)]
        check_seen([place], seen)
        if place.frames < 2 * SHORTEST_SCENE_FRAMES:
            raise IllegalMove(_("This scene is too short to make room for another one: each needs half a second."))
        frame = middle_frame(project, place)
        content = _new_content(project, place, frame, description)
        return put(project, "scene_added", [place], _halves(place, frame, content), by=by)


def _halves(place: Place, frame: int, content: Content) -> list[Place]:
    """Both parts of a slot that is cut at `frame`; `content` is seen in the second one."""
    first = place.model_copy(update={"end_frame": frame, "transition": CUT.kind, "transition_frames": 0})
    shown = {name: getattr(content, name) for name in CONTENT_FIELDS}
    second = {"code": str(uuid.uuid4()), "content": str(content.code), "start_frame": frame, "skipped": False}
    return [first, place.model_copy(update={**second, **shown})]


def _new_content(project: Project, place: Place, frame: int, description: str) -> Content:
    request = kinds.plan_request(project)
    if request is None:
        raise IllegalMove(_("The music is still being listened to. Wait a moment."))
    start, end = ms_at(frame, FPS), ms_at(place.end_frame, FPS)
    seed = int(uuid.uuid4().int % 2**31)
    found = suggested_scene(request, start_ms=start, end_ms=end, section=place.section, seed=seed)
    fields = {name: getattr(found, name) for name in COPIED}
    if description:
        fields |= {"description": description, "reasoning": "", "imagery": "", "edited": True}
    return Content.objects.create(project=project, **fields)


def merge_scenes(scene: Scene, *, by: User | None, seen: str = "") -> Event:
    """Let a scene go on through the slot of the next one."""
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        places = places_of(project)
        at = index_of(places, scene)
        if at + 1 == len(places):
            raise IllegalMove(_("There is no scene after the last one."))
        one, other = places[at : at + 2]
        check_seen([one, other], seen)
        return put(project, "scenes_merged", [one, other], [_joined(one, other)], by=by)


def delete_scene(scene: Scene, *, by: User | None, seen: str = "") -> Event:
    """Take a scene out. The one before it takes its time; the first one's time goes to the one after it."""
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        places = places_of(project)
        at = index_of(places, scene)
        if len(places) == 1:
            raise IllegalMove(_("A film needs at least one scene."))
        check_seen([places[at]], seen)
        if at:
            pair = places[at - 1 : at + 1]
            return put(project, "scene_deleted", pair, [_joined(*pair)], by=by)
        after = places[1].model_copy(update={"start_frame": places[0].start_frame})
        return put(project, "scene_deleted", places[:2], [after], by=by)


def _joined(one: Place, other: Place) -> Place:
    """`one` in both slots; it leads to the next scene as `other` did."""
    end = {name: getattr(other, name) for name in ("end_frame", "transition", "transition_frames")}
    return one.model_copy(update=end)


def move_scene(scene: Scene, position: int, *, by: User | None, seen: str = "") -> Event | None:
    """Show a scene at another position (from 1); those between move up by one. On a song slots stay where they are.

    `seen` is the `order_mark` of all scenes.
    """
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        places, at, to = _positions(project, scene, position, seen)
        if at == to:
            return None
        order = list(places)
        order.insert(to, order.pop(at))
        first, last = min(at, to), max(at, to) + 1
        if not project.song_led:
            after = retiled(order[first:last], places[first].start_frame)
            return put(project, "scene_moved", places[first:last], after, by=by, position=position)
        after = [_showing(slot, what) for slot, what in zip(places[first:last], order[first:last], strict=True)]
        return put(project, "scene_moved", places[first:last], after, by=by, position=position)


def swap_scenes(scene: Scene, position: int, *, by: User | None, seen: str = "") -> Event | None:
    """Exchange a scene with the one at `position` (from 1): their contents; without a song the two scenes themselves.

    Nothing between them is touched. `seen` is the `order_mark` of all scenes.
    """
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        places, at, to = _positions(project, scene, position, seen)
        if at == to:
            return None
        first, last = min(at, to), max(at, to)
        if project.song_led:
            before = [places[first], places[last]]
            after = [_showing(before[0], before[1]), _showing(before[1], before[0])]
        else:
            before = places[first : last + 1]
            after = retiled([before[-1], *before[1:-1], before[0]], before[0].start_frame)
        return put(project, "scenes_swapped", before, after, by=by, position=position)


def _positions(project: Project, scene: Scene, position: int, seen: str) -> tuple[list[Place], int, int]:
    """All places, the index of the scene among them, and that of the position where it is wanted."""
    places = places_of(project)
    at, to = index_of(places, scene), position - 1
    if seen and seen != order_mark(places):
        raise LostRace(_("The order of the scenes has changed meanwhile. Look at it again."))
    if not 0 <= to < len(places):
        raise IllegalMove(_("There is no such position."))
    return places, at, to


def set_length(scene: Scene, frames: int, *, keep_total: bool, by: User | None, seen: str = "") -> Event | None:
    """Let a scene last so many frames. The film stays as long as it is, or becomes longer or shorter with the scene.

    Raises IllegalMove in words on a song, and where no film can be so long.
    """
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        if project.song_led:
            raise IllegalMove(_("This film is as long as its song: move the cuts between its scenes instead."))
        places = places_of(project)
        at = index_of(places, scene)
        check_seen([places[at]], seen)
        after = lasting(places, at, frames, keep_total=keep_total, shortest=SHORTEST_SCENE_FRAMES)
        if after == places:
            return None
        check_length(project, after[-1].end_frame)
        changed = [index for index, (was, now) in enumerate(zip(places, after, strict=True)) if was != now]
        first, last = changed[0], changed[-1] + 1
        return put(project, "scene_lasted", places[first:last], after[first:last], by=by)


def _showing(slot: Place, what: Place) -> Place:
    shown = {name: getattr(what, name) for name in ("content", *CONTENT_FIELDS)}
    return slot.model_copy(update=shown)


def replan_scenes(project: Project, *, by: User | None, seen: str = "") -> Event:
    """Plan the whole film anew, from the song and words as they are now. `seen` is the `order_mark` of all scenes."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        places = places_of(project)
        if not places:
            raise IllegalMove(_("The scenes are being planned already."))
        if not gates.lyrics_gate_open(project):
            raise IllegalMove(_("The words wait for you on the Song page; scenes are planned after that."))
        if seen and seen != order_mark(places):
            raise LostRace(_("The scenes have changed meanwhile. Look at them again."))
        project.plan_take += 1
        project.save(update_fields=["plan_take"])
        return put(project, "scenes_replanned", places, [], by=by)


def middle_frame(project: Project, place: Place) -> int:
    """The beat nearest to the middle of a scene that leaves both halves long enough; else the middle itself."""
    middle = (place.start_frame + place.end_frame) // 2
    song = Song.objects.filter(project=project).first()
    beats = song.heard().beats_ms if song is not None and song.analysis is not None else ()
    at = bisect_left(beats, ms_at(middle, FPS))
    near = [frame_at(beat, FPS) for beat in beats[max(0, at - 1) : at + 1]]
    first, last = place.start_frame + SHORTEST_SCENE_FRAMES, place.end_frame - SHORTEST_SCENE_FRAMES
    fitting = [frame for frame in near if first <= frame <= last]
    return min(fitting, key=lambda frame: abs(frame - middle), default=middle)


def _checked_caption(text: str) -> str:
    plain = plain_line(text)
    if len(plain) > MAX_CAPTION:
        raise IllegalMove(_("A caption has at most %(count)s letters: it has to be read.") % {"count": MAX_CAPTION})
    return plain


def plain_line(text: str) -> str:
    """One line without control characters. What joins letters and emoji stays: words are other words without it."""
    return " ".join(plain_text(text).split())


def index_of(places: Sequence[Place], scene: Scene) -> int:
    """Where a scene stands among these. Raises LostRace where it is gone."""
    for at, place in enumerate(places):
        if place.code == str(scene.code):
            return at
    raise LostRace(_("This scene is no longer there."))


def check_seen(places: Sequence[Place], seen: str) -> None:
    """Raises LostRace where these places are not as the form showed them."""
    if seen and seen != marks(places):
        raise LostRace(_("This has changed meanwhile. Look at it again before you save."))
