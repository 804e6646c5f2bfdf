"""Stopping, resuming, retrying, skipping, trashing."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pipeline.models import Job
from pipeline.runner.submit import retract
from pipeline.states import LIVE, JobState
from projects import flow
from projects.models import Event, Project, Scene, Skip
from projects.states import IllegalMove


def stop_project(project: Project, *, by: User | None) -> None:
    """Cancel all its work: queued jobs at once, running ones as soon as they notice, within a second or two."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        if project.stopped_at is not None:
            return
        project.stopped_at = timezone.now()
        project.save(update_fields=["stopped_at"])
        retract(Job.objects.filter(project=project, state__in=LIVE))
        Event.objects.create(project=project, verb="stopped", by=by)
        _touch_all(project)


def resume_project(project: Project, *, by: User | None) -> None:
    """Go on where it stopped; what was finished is kept."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        if project.stopped_at is None:
            return
        project.stopped_at = None
        project.save(update_fields=["stopped_at"])
        Event.objects.create(project=project, verb="resumed", by=by)
        _touch_all(project)
        flow.advance(project)


def retry_failed(project: Project, *, by: User | None, scene: Scene | None = None) -> int:
    """Dismiss the failures of a project, or of one scene, and do that work again; returns how many there were."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        failed = Job.objects.filter(project=project, state=JobState.FAILED, dismissed=False)
        if scene is not None:
            failed = failed.filter(_works_on(scene))
        count = failed.update(dismissed=True)
        if project.stopped_at is not None:
            project.stopped_at = None
            project.save(update_fields=["stopped_at"])
        Event.objects.create(project=project, verb="retried", by=by, data={"failures": count})
        _touch_all(project)
        flow.advance(project, None if scene is None else [scene.pk])
    return count


def skip_scene(scene: Scene, *, by: User | None, still: bool = False) -> None:
    """Let the scene go without its own clip: its neighbor's picture is held in its slot, or with `still` its own."""
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        if Skip.objects.filter(scene=scene, undone_at=None).exists():
            return
        skipped = Skip.objects.filter(scene__project=project, undone_at=None).values("scene")
        if not Scene.objects.filter(project=project).exclude(pk=scene.pk).exclude(pk__in=skipped).exists():
            raise IllegalMove(_("A film needs at least one scene with a picture."))
        Skip.objects.create(scene=scene, by=by, still=still)
        Job.objects.filter(project=project, state=JobState.FAILED).filter(_works_on(scene)).update(dismissed=True)
        retract(Job.objects.filter(_works_on(scene), project=project, state__in=LIVE))
        data = {"scene": str(scene.code), "still": still}
        Event.objects.create(project=project, verb="scene_skipped", by=by, data=data)
        flow.touch(project, [scene.pk])
        flow.advance(project, [scene.pk])


def unskip_scene(scene: Scene, *, by: User | None) -> None:
    """Give the scene its own picture after all."""
    with transaction.atomic():
        project = flow.lock(scene.project_id)
        Skip.objects.filter(scene=scene, undone_at=None).update(undone_at=timezone.now())
        Event.objects.create(project=project, verb="scene_unskipped", by=by, data={"scene": str(scene.code)})
        flow.touch(project, [scene.pk])
        flow.advance(project, [scene.pk])


def trash_project(project: Project, *, by: User | None) -> None:
    """Mark it as deleted and retract all its work; it goes for good after its days in the trash."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        project.trashed_at = timezone.now()
        project.save(update_fields=["trashed_at"])
        retract(Job.objects.filter(project=project, state__in=LIVE))
        Event.objects.create(project=project, verb="trashed", by=by)
        flow.touch(project)


def restore_project(project: Project, *, by: User | None) -> None:
    """Take it out of the trash and go on."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        if project.purged_at is not None:
            raise IllegalMove(_("This project is being deleted for good; it cannot come back."))
        project.trashed_at = None
        project.save(update_fields=["trashed_at"])
        Event.objects.create(project=project, verb="restored", by=by)
        _touch_all(project)
        flow.advance(project)


def purge_project(project: Project, *, by: User | None) -> None:
    """Throw it out of the trash: its files and rows are deleted as soon as nothing works on it any more."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        if project.trashed_at is None:
            raise IllegalMove(_("Only what is in the trash can be deleted for good."))
        if project.purged_at is not None:
            return
        project.purged_at = timezone.now()
        project.save(update_fields=["purged_at"])
        Event.objects.create(project=project, verb="purged", by=by)


def _works_on(scene: Scene) -> Q:
    return Q(subject__contains=str(scene.code)) | Q(subject__contains=str(scene.content.code))


def _touch_all(project: Project) -> None:
    flow.touch(project, project.scenes.values_list("pk", flat=True))
