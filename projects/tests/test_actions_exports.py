"""Asking for files: nothing is made twice, what waits follows its film, days are counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from pipeline.models import Job
from pipeline.runner import sweep
from pipeline.steps import STEPS, export_video
from projects.actions import control, review
from projects.actions import exports as actions
from projects.actions.exports import Wish, ask_export
from projects.flow import exports
from projects.models import Export, FinalVideo, Pick, Project
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain

MP4 = Wish("mp4", "1080p")


def state(export: Export) -> exports.Standing:
    rows = Export.objects.select_related("job", "final", "rendition__final", "project")
    return exports.standing(rows.get(pk=export.pk))


def asked(project: Project, wish: Wish = MP4) -> Export:
    return ask_export(project, wish, by=None)[0]


def redraw_first(project: Project) -> None:
    pick = Pick.objects.filter(content__scene__project=project).order_by("content__scene__start_frame")[0]
    review.redraw_image(pick, by=None, seen_take=1)


@pytest.mark.postgres
def test_it_makes_a_file_once(film: Project) -> None:
    export, new = ask_export(film, MP4, by=film.owner)
    assert new and state(export).state == "queued"
    assert ask_export(film, MP4, by=None) == (export, False)
    drain()
    assert state(export) == exports.Standing("ready", 100)
    again, new = ask_export(film, MP4, by=None)
    assert again.pk == export.pk and not new
    assert Job.objects.filter(step="export_video").count() == 1
    again.refresh_from_db()
    assert again.final.version == 1 and again.certificate["ok"]
    assert again.expires_at - again.made_at == timedelta(days=30)


def test_a_changed_film_makes_it_stale_and_asking_again_makes_it_anew(film: Project) -> None:
    export = asked(film)
    drain()
    redraw_first(film)
    drain()
    assert state(export).stale
    newer, new = ask_export(film, MP4, by=None)
    assert new and newer.pk != export.pk
    drain()
    assert not state(newer).stale


def test_it_waits_while_the_film_is_rebuilt_and_takes_the_new_one(film: Project) -> None:
    redraw_first(film)
    export = asked(film, Wish("webm", "720p"))
    assert state(export).state == "waiting"
    drain()
    assert state(export) == exports.Standing("ready", 100)
    export.refresh_from_db()
    assert export.final.version == 2


def test_there_is_nothing_to_export_without_a_film(project: Project) -> None:
    with pytest.raises(IllegalMove, match="no film yet"):
        asked(project)


@pytest.mark.parametrize(
    "wish",
    [Wish("avi", "1080p"), Wish("mp4", "4k"), Wish("mp4", "720p", captions="x"), Wish("mp4", "720p", teaser_s=3)],
)
def test_it_refuses_what_there_is_not(film: Project, wish: Wish) -> None:
    with pytest.raises(IllegalMove):
        asked(film, wish)


def test_a_clean_file_makes_the_film_without_words_once(film: Project) -> None:
    before = Job.objects.filter(step="generate_image").count()
    export = asked(film, Wish("mp4", "720p", captions="clean"))
    assert state(export).state == "waiting"
    drain()
    assert state(export).state == "ready"
    assert film.renditions.count() == 2 and export.rendition.captions == "none"
    assert Job.objects.filter(step="generate_image").count() == before  # the pictures are shared
    rendered = Job.objects.filter(step="render_shot").count()
    other = asked(film, Wish("webm", "480p", captions="clean"))
    drain()
    assert state(other).state == "ready" and film.renditions.count() == 2
    assert Job.objects.filter(step="render_shot").count() == rendered


def test_words_are_burned_in_only_where_there_are_words(film: Project) -> None:
    assert asked(film, Wish("mp4", "720p", captions="burned")).rendition.captions == "karaoke"
    film.transcript = None
    film.save()
    with pytest.raises(IllegalMove, match="no words"):
        asked(film, Wish("mov", "720p", captions="burned"))


def test_it_copies_only_the_whole_film_at_its_own_size(film: Project) -> None:
    final = FinalVideo.objects.get()
    for quality, teaser_s, copy in (("1080p", 0, True), ("720p", 0, False), ("1080p", 15, False)):
        export = asked(film, Wish("mp4", quality, teaser_s=teaser_s))
        assert exports.spec(film, export, final).is_copy is copy
    assert exports.spec(film, export, final).frames == 450


def test_the_tags_say_whether_models_made_it(film: Project) -> None:
    assert exports.tags(film).comment.startswith("Made with AI: no")
    Pick.objects.first().image.__class__.objects.update(provider="replicate", how={"model": "black-forest-labs/flux"})
    tags = exports.tags(film)
    assert tags.made_with_ai and "replicate: black-forest-labs/flux" in tags.comment


def test_canceling_ends_the_work(film: Project) -> None:
    export = asked(film)
    actions.cancel_export(export, by=film.owner)
    assert state(export).state == "canceled"
    assert Job.objects.get(step="export_video").state == "canceled"
    assert drain() == 0
    assert asked(film).pk != export.pk


def test_a_failure_is_told_and_tried_again(film: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    good = STEPS["export_video"]

    def full(*_: Any) -> export_video.Output:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(STEPS, "export_video", type(good)(**{**vars(good), "run": full, "max_tries": 1}))
    export = asked(film)
    Job.objects.filter(step="export_video").update(max_tries=1)
    drain()
    assert state(export).state == "failed" and "disk is full" in state(export).error
    assert film.renditions.get().final is not None
    monkeypatch.setitem(STEPS, "export_video", good)
    control.retry_failed(film, by=None)  # that is for the film; files are tried again one by one
    assert state(export).state == "failed"
    actions.retry_export(export, by=None)
    with pytest.raises(LostRace):
        actions.retry_export(export, by=None)
    drain()
    assert state(export).state == "ready"


def test_a_stopped_project_resumes_its_exports(film: Project) -> None:
    export = asked(film)
    control.stop_project(film, by=None)
    with pytest.raises(IllegalMove):
        asked(film, Wish("mov", "1080p"))
    assert state(export).state == "waiting"
    control.resume_project(film, by=None)
    drain()
    assert state(export).state == "ready"


def test_the_film_does_not_wait_for_its_files(film: Project) -> None:
    asked(film)
    redraw_first(film)
    Job.objects.filter(step="export_video").update(priority=500)
    drain()
    assert FinalVideo.objects.count() == 2


def test_the_ticker_deletes_files_whose_days_are_over(film: Project) -> None:
    export = asked(film)
    drain()
    key = default_storage.save("p/x/exports/a.mp4", ContentFile(b"film"))
    Export.objects.filter(pk=export.pk).update(file=key, expires_at=timezone.now() + timedelta(hours=1))
    sweep.tick()
    assert default_storage.exists(key)
    actions.keep_export(export, by=None)
    export.refresh_from_db()
    assert export.expires_at > timezone.now() + timedelta(days=29)
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    rev = Project.objects.get(pk=film.pk).rev
    sweep.tick()
    assert not default_storage.exists(key) and state(export).state == "gone"
    assert Project.objects.get(pk=film.pk).rev == rev + 1
    with pytest.raises(LostRace):
        actions.keep_export(export, by=None)
    assert asked(film).pk != export.pk


def test_a_chosen_version_is_exported_at_once(film: Project) -> None:
    rendition = film.renditions.get()
    rendition.final_chosen = True
    rendition.save()
    redraw_first(film)
    assert state(asked(film)).state == "queued"
