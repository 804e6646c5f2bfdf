"""Changing what was decided. Every edit rebuilds exactly what hangs on it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pipeline.providers.local.styles import STYLES
from projects import flow
from projects.models import Captions, Content, Event, Project, Prompt, Rendition, Scene
from projects.states import IllegalMove, LostRace

SHORTEST_SCENE_FRAMES = 15


def move_boundary(left: Scene, frame: int, *, by: User | None) -> None:
    """Move the cut at the end of `left` to a frame between its neighbors' other ends."""
    with transaction.atomic():
        project = flow.lock(left.project_id)
        left = Scene.objects.get(pk=left.pk)
        right = Scene.objects.filter(project=project, start_frame=left.end_frame).first()
        if right is None:
            raise IllegalMove(_("The end of the film cannot be moved."))
        if not left.start_frame + SHORTEST_SCENE_FRAMES <= frame <= right.end_frame - SHORTEST_SCENE_FRAMES:
            raise IllegalMove(_("A scene is at least half a second long."))
        Scene.objects.filter(pk=left.pk).update(end_frame=frame)
        Scene.objects.filter(pk=right.pk).update(start_frame=frame)
        Event.objects.create(project=project, verb="boundary_moved", by=by, data={"frame": frame})
        flow.changed(project, [left.pk, right.pk])


def swap_scenes(one: Scene, other: Scene, *, by: User | None) -> None:
    """Exchange the contents of two slots; song time never shifts."""
    with transaction.atomic():
        project = flow.lock(one.project_id)
        one, other = Scene.objects.get(pk=one.pk, project=project), Scene.objects.get(pk=other.pk, project=project)
        first, second = one.content_id, other.content_id
        # one content stands in one slot only, so a third one holds the place for a moment
        place = Content.objects.create(project=project, description="-")
        Scene.objects.filter(pk=one.pk).update(content=place)
        Scene.objects.filter(pk=other.pk).update(content=first)
        Scene.objects.filter(pk=one.pk).update(content=second)
        place.delete()
        Event.objects.create(project=project, verb="scenes_swapped", by=by)
        flow.changed(project, [one.pk, other.pk])


def split_scene(scene: Scene, frame: int, *, by: User | None) -> Scene:
    """Cut a slot in two at `frame`; the second half begins as a copy of the content, with its own picture to come."""
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        scene = Scene.objects.select_related("content").get(pk=scene.pk)
        if not scene.start_frame + SHORTEST_SCENE_FRAMES <= frame <= scene.end_frame - SHORTEST_SCENE_FRAMES:
            raise IllegalMove(_("Both halves must be at least half a second long."))
        old = scene.content
        fields = {
            name: getattr(old, name) for name in ("description", "mood", "camera", "palette", "imagery", "reasoning")
        }
        content = Content.objects.create(project=project, **fields)
        end = scene.end_frame
        tail = {"transition": scene.transition, "transition_frames": scene.transition_frames, "section": scene.section}
        Scene.objects.filter(pk=scene.pk).update(end_frame=frame, transition="cut", transition_frames=0)
        second = Scene.objects.create(project=project, content=content, start_frame=frame, end_frame=end, **tail)
        Event.objects.create(project=project, verb="scene_split", by=by, data={"frame": frame})
        flow.changed(project, [scene.pk, second.pk])
    return second


def edit_prompt(content: Content, text: str, *, by: User | None, seen_take: int) -> Prompt:
    """A new take of the picture's words. An unjudged picture is made again; a judged one is held."""
    text = text.strip()
    if not text:
        raise IllegalMove(_("Write what the picture should show."))
    with transaction.atomic():
        project = flow.lock(content.project_id)
        content = Content.objects.select_related("prompt").get(pk=content.pk)
        old = content.prompt
        if old is None or old.take != seen_take:
            raise LostRace(_("This prompt has changed meanwhile. Look at it again before you save."))
        last = content.prompts.aggregate(last=Max("take"))["last"] or 0
        content.prompt = Prompt.objects.create(
            content=content,
            take=last + 1,
            recipe=old.recipe,
            text=text,
            negative=old.negative,
            motion=old.motion,
            edited=True,
        )
        content.save(update_fields=["prompt"])
        Event.objects.create(project=project, verb="prompt_edited", by=by)
        flow.changed(project, Scene.objects.filter(content=content).values_list("pk", flat=True))
    return content.prompt


def set_style(project: Project, style: str, *, by: User | None) -> None:
    """Another look for the whole film: prompts are written anew, except those that a person has edited."""
    if style not in STYLES:
        raise IllegalMove(_("There is no style called “%(style)s”.") % {"style": style})
    with transaction.atomic():
        project = flow.lock(project.pk)
        project.style = style
        project.save(update_fields=["style"])
        Event.objects.create(project=project, verb="style_changed", by=by, data={"style": style})
        flow.changed(project, None)


def add_rendition(project: Project, aspect: str, resolution: str, captions: str, *, by: User | None) -> Rendition:
    """One more shape of the film; pictures for a new aspect ratio are composed anew."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        rendition, made = Rendition.objects.get_or_create(
            project=project, aspect=aspect, resolution=resolution, captions=captions
        )
        if made:
            Event.objects.create(project=project, verb="rendition_added", by=by, data={"aspect": aspect})
            flow.changed(project, None)
    return rendition


def set_captions(rendition: Rendition, captions: str, *, by: User | None) -> None:
    """Other captions, or none: only shots that show some are rendered again."""
    if captions not in Captions.values:
        raise IllegalMove(_("There are no captions of this kind."))
    with transaction.atomic():
        project = flow.lock(rendition.project_id)
        twin = project.renditions.filter(aspect=rendition.aspect, resolution=rendition.resolution, captions=captions)
        if twin.exclude(pk=rendition.pk).exists():
            raise IllegalMove(_("There is already a version of the film like this."))
        Rendition.objects.filter(pk=rendition.pk).update(captions=captions)
        Event.objects.create(project=project, verb="captions_changed", by=by, data={"captions": captions})
        flow.changed(project, None)
