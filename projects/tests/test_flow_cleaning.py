"""What a project at rest has no more use for is deleted; what a version, a bundle or a page needs stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from pipeline.models import Job
from pipeline.providers.local.styles import STYLES
from projects.actions import edit, scene_history, scenes
from projects.flow import cleaning, ticker
from projects.flow.bundles import bundle_input
from projects.models import Animatic, Clip, Drawing, FinalVideo, Image, Project, Shot
from projects.tests.conftest import drain

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def rest(project: Project, *, days: int = 15) -> None:
    Project.objects.filter(pk=project.pk).update(updated_at=timezone.now() - timedelta(days=days))


def with_files(project: Project) -> None:
    """The quick steps name files that nobody wrote."""
    for kind in (Shot, Animatic, Drawing):
        for row in kind._default_manager.all():
            if not default_storage.exists(row.file):
                default_storage.save(row.file, ContentFile(b"x"))


def spare_shot(project: Project) -> Shot:
    """A shot that was rendered while somebody still changed their mind: no version ever showed it."""
    shot = Shot.objects.filter(scene__project=project).order_by("pk")[0]
    job = Job.objects.get(code=shot.code)
    older = Shot(pk=None, scene=shot.scene, rendition=shot.rendition, recipe="older", file="shot/older", sha256="o")
    older.code, older.job = job.code, None
    Shot.objects.filter(pk=shot.pk).delete()
    older.save()
    newer = Shot(scene=shot.scene, rendition=shot.rendition, recipe=shot.recipe, file=shot.file, sha256=shot.sha256)
    newer.facts, newer.job = shot.facts, shot.job
    newer.save()
    with_files(project)
    return older


def test_a_shot_that_no_version_shows_goes_once_the_project_rests(film: Project) -> None:
    shot = spare_shot(film)
    ticker.sweep()
    rest(film, days=13)
    ticker.sweep()
    assert default_storage.exists(shot.file)
    rest(film)
    ticker.sweep()
    assert not Shot.objects.filter(pk=shot.pk).exists()
    assert not default_storage.exists(shot.file)
    assert Job.objects.get(code=shot.code).output is None  # nobody finds it by its job any more


def test_every_version_keeps_what_it_was_joined_from(film: Project) -> None:
    other = next(name for name in STYLES if name != film.style)
    edit.set_style(film, other, by=film.owner, seen=film.style)
    drain()
    with_files(film)
    versions = list(FinalVideo.objects.filter(rendition__project=film))
    assert len(versions) == 2
    kept = {kind: kind._default_manager.count() for kind in (Image, Clip, Shot)}
    rest(film)
    ticker.sweep()
    assert kept == {kind: kind._default_manager.count() for kind in kept}
    for version in versions:
        clips = [entry.file.key for entry in bundle_input(version).entries if entry.name.startswith("clips/")]
        assert clips and all(default_storage.exists(key) for key in clips)


def test_of_animatics_and_drawings_the_newest_stay(film: Project) -> None:
    content = film.scenes.all()[0].content
    for at in range(2):
        Animatic.objects.create(project=film, aspect="16:9", recipe=str(at), file=f"animatic/{at}", sha256=str(at))
        Drawing.objects.create(
            project=film, content=content, aspect="16:9", recipe=str(at), file=f"drawing/{at}", sha256=str(at)
        )
    with_files(film)
    rest(film)
    ticker.sweep()
    assert list(Animatic.objects.values_list("recipe", flat=True)) == ["1"]
    assert list(Drawing.objects.values_list("recipe", flat=True)) == ["1"]
    assert [default_storage.exists(f"{kind}/{at}") for kind in ("animatic", "drawing") for at in range(2)] == [
        False, True, False, True,
    ]  # fmt: skip


def test_a_drawing_that_a_picture_was_made_with_stays(film: Project) -> None:
    content = film.scenes.all()[0].content
    job = Job.objects.filter(project=film, step="generate_image")[0]
    for at in range(2):
        fields = {"aspect": "16:9", "recipe": str(at), "file": f"drawing/{at}", "sha256": str(at)}
        Drawing.objects.create(project=film, content=content, **fields)
    picture = {"role": "composition", "file": {"key": "drawing/0", "sha256": "0"}}
    Job.objects.filter(pk=job.pk).update(input={**job.input, "pictures": [picture]})
    with_files(film)
    rest(film)
    ticker.sweep()
    assert Drawing.objects.count() == 2  # words that are changed back fit their picture again


def test_it_is_done_once_after_each_change_and_never_while_work_is_alive(film: Project) -> None:
    shot = spare_shot(film)
    Job.objects.filter(code=shot.code).update(state="running")
    assert cleaning.clean_project(film.pk) == 0
    Job.objects.filter(code=shot.code).update(state="done")
    rest(film)
    ticker.sweep()
    assert not default_storage.exists(shot.file)
    late: Any = spare_shot(film)
    ticker.sweep()
    assert default_storage.exists(late.file)  # nothing has changed since, as far as the project knows
    rest(film, days=14)
    Project.objects.filter(pk=film.pk).update(cleaned_at=timezone.now() - timedelta(days=20))
    ticker.sweep()
    assert not default_storage.exists(late.file)


def test_a_scene_that_is_brought_back_is_rendered_anew_where_its_shot_is_gone(film: Project) -> None:
    shot = spare_shot(film)
    rest(film)
    ticker.sweep()
    before = Job.objects.filter(project=film, step="render_shot").count()
    event = scenes.delete_scene(shot.scene, by=film.owner)
    drain()
    scene_history.undo_edit(film, event.data["undo"], by=film.owner)
    drain()
    assert not Shot.objects.filter(file=shot.file).exists()
    assert Job.objects.filter(project=film, step="render_shot").count() > before
    assert not Job.objects.filter(project=film, state="failed").exists()
    assert film.renditions.get().final is not None
