"""The places of a film as values: what an edit of scenes changes, compares and takes back.

Every edit of scenes is two lists of places, before and after, put into the database by one function. So each edit can
be undone by exchanging the lists, and is refused when the rows are no longer what the person saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from pipeline.media.values import Value
from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.runner.submit import retract
from pipeline.states import LIVE, JobState
from pipeline.steps import render_shot
from projects.flow.receive import films
from projects.flow.subjects import works_on_content, works_on_scene
from projects.models import Content, Project, Scene, Shot, Skip

SLOT_FIELDS = ("start_frame", "end_frame", "section", "transition", "transition_frames")
CONTENT_FIELDS = ("description", "mood", "camera", "caption", "palette", "edited")
MARK_LETTERS = 16


class Place(Value):
    """One scene: its slot and what it shows."""

    code: str
    content: str
    start_frame: int
    end_frame: int
    section: str = ""
    transition: str = "cut"
    transition_frames: int = 0
    description: str
    mood: str = ""
    camera: str = ""
    caption: str = ""
    palette: str = ""
    edited: bool = False
    skipped: bool = False

    @property
    def mark(self) -> str:
        """Changes whenever anything does that a person sees of this scene on the Scenes page."""
        return digest(self)[:MARK_LETTERS]

    @property
    def frames(self) -> int:
        return self.end_frame - self.start_frame


def places_of(project: Project, scenes: Iterable[int] | None = None) -> list[Place]:
    """The places of these scenes (primary keys; None: all) in film order, in two queries."""
    rows = Scene.objects.filter(project=project).select_related("content").order_by("start_frame")
    if scenes is not None:
        rows = rows.filter(pk__in=list(scenes))
    skipped = set(Skip.objects.filter(scene__project=project, undone_at=None).values_list("scene", flat=True))
    return [place_of(row, skipped=row.pk in skipped) for row in rows]


def place_of(scene: Scene, *, skipped: bool = False) -> Place:
    fields: dict[str, Any] = {name: getattr(scene, name) for name in SLOT_FIELDS}
    fields |= {name: getattr(scene.content, name) for name in CONTENT_FIELDS}
    return Place(code=str(scene.code), content=str(scene.content.code), skipped=skipped, **fields)


def marks(places: Sequence[Place]) -> str:
    """What a form posts to say which state of these scenes it showed."""
    return ".".join(place.mark for place in places)


def order_mark(places: Sequence[Place]) -> str:
    """Changes when scenes come, go or exchange their contents, and only then."""
    return digest([[place.code, place.content] for place in places])[:MARK_LETTERS]


def whole_mark(places: Sequence[Place]) -> str:
    """Changes whenever anything changes in any of these scenes."""
    return digest([place.mark for place in places])[:MARK_LETTERS]


def put_places(project: Project, before: Sequence[Place], after: Sequence[Place]) -> list[int]:
    """Turn the scenes `before` into the scenes `after`; returns the primary keys of those that differ now.

    Runs under the project's lock. Contents are never deleted: who takes an edit back finds them again, with their
    takes. So are shots found again by the jobs that made them.
    """
    was = {place.code: place for place in before}
    wanted = {place.code: place for place in after}
    _remove(project, [place for place in before if place.code not in wanted])
    changed = [place for place in after if was.get(place.code) != place]
    contents = {str(row.code): row for row in Content.objects.filter(project=project, code__in=_contents(changed))}
    _write_contents(changed, contents)
    rows = {str(row.code): row for row in Scene.objects.filter(project=project, code__in=[p.code for p in changed])}
    _exchange(project, {rows[p.code].pk: contents[p.content].pk for p in changed if p.code in rows})
    for place in changed:
        slot = {name: getattr(place, name) for name in SLOT_FIELDS}
        if place.code in rows:
            Scene.objects.filter(pk=rows[place.code].pk).update(**slot)
        else:
            rows[place.code] = Scene.objects.create(
                project=project, code=UUID(place.code), content=contents[place.content], **slot
            )
            _find_shots(rows[place.code])
            if place.skipped:
                Skip.objects.create(scene=rows[place.code], by=None)
    return [rows[place.code].pk for place in changed]


def _contents(places: Sequence[Place]) -> list[str]:
    return [place.content for place in places]


def _remove(project: Project, places: Sequence[Place]) -> None:
    """Take scenes out, with the work that is under way for them."""
    jobs = Job.objects.filter(project=project)
    for at in range(0, len(places), 100):  # SQLite takes no condition of a thousand parts
        theirs = Q()
        for place in places[at : at + 100]:
            theirs |= works_on_scene(place.code)
            theirs |= works_on_content(place.content)
        retract(jobs.filter(theirs, state__in=LIVE))
        jobs.filter(theirs, state=JobState.FAILED).update(dismissed=True)
    Scene.objects.filter(project=project, code__in=[place.code for place in places]).delete()


def _write_contents(places: Sequence[Place], contents: dict[str, Content]) -> None:
    for place in places:
        row = contents[place.content]
        if any(getattr(row, name) != getattr(place, name) for name in CONTENT_FIELDS):
            for name in CONTENT_FIELDS:
                setattr(row, name, getattr(place, name))
            row.save(update_fields=CONTENT_FIELDS)


def _exchange(project: Project, wanted: dict[int, int]) -> None:
    """Give scenes their contents. One content stands in one scene only, so a third one holds the place in a circle."""
    held = dict(Scene.objects.filter(pk__in=wanted).values_list("pk", "content"))
    left = {scene: content for scene, content in wanted.items() if held[scene] != content}
    spare: Content | None = None
    while left:
        free = [scene for scene, content in left.items() if content not in held.values()]
        if free:
            scene = free[0]
            held[scene] = left.pop(scene)
            Scene.objects.filter(pk=scene).update(content=held[scene])
            continue
        spare = spare or Content.objects.create(project=project, description="-")
        scene = next(iter(left))
        held[scene] = spare.pk
        Scene.objects.filter(pk=scene).update(content=spare)
    if spare is not None:
        spare.delete()


def _find_shots(scene: Scene) -> None:
    """The shots that a scene had before it was taken out: their files are still there, and the jobs remember them."""
    jobs = Job.objects.filter(
        works_on_scene(scene.code), project=scene.project_id, step="render_shot", state=JobState.DONE
    ).exclude(output=None)
    known = set(Shot.objects.filter(code__in=jobs.values("code")).values_list("code", flat=True))
    for job in jobs:
        if job.code not in known:
            films.keep_shot(job, render_shot.Output.model_validate(job.output))
