"""What lies in the trash for its days, or is thrown out of it, is deleted with its files, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from pipeline.audit import findings
from pipeline.models import Attempt, Job, LedgerEntry
from projects import paths
from projects.actions import control
from projects.flow import ticker, trash
from projects.models import Asset, Image, Project, Reference, Scene
from projects.states import IllegalMove
from projects.tests.boards import board

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def stored(project: Project, count: int = 3) -> list[str]:
    """Files as steps leave them."""
    keys = [f"{paths.project_place(project)}/{('images', 'shots')[at % 2]}/{at}.jpg" for at in range(count)]
    return [default_storage.save(key, ContentFile(b"x")) for key in keys]


def thrown(project: Project, *, days: int = 31) -> Project:
    control.trash_project(project, by=None)
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now() - timedelta(days=days))
    project.refresh_from_db()
    return project


def there(keys: list[str]) -> int:
    return sum(default_storage.exists(key) for key in keys)


def upload(owner: Any, name: str, kind: str = Asset.Kind.PICTURE) -> Asset:
    asset = Asset(owner=owner, kind=kind, extension="jpg", content_type="image/jpeg", sha256=name * 4, size_bytes=1)
    asset.file.save("", ContentFile(b"x"), save=False)
    asset.save()
    return asset


def test_it_goes_after_its_days_with_its_files_and_not_before(film: Project) -> None:
    keys = stored(film)
    thrown(film, days=29)
    ticker.sweep()
    assert there(keys) == 3
    thrown(film)
    ticker.sweep()
    assert not Project.objects.filter(pk=film.pk).exists()
    assert (there(keys), Scene.objects.count(), Job.objects.count()) == (0, 0, 0)
    assert findings() == []


def test_what_is_not_in_the_trash_keeps_everything(film: Project, asset: Asset, alice: Any) -> None:
    other = board(asset, alice, 2, title="Another")
    keys = stored(other)
    thrown(film)
    ticker.sweep()
    assert list(Project.objects.all()) == [other]
    assert there(keys) == 3
    assert default_storage.exists(asset.file.name)  # the song of both


def test_uploads_go_with_the_last_project_that_uses_them(film: Project, asset: Asset, alice: Any) -> None:
    other = board(asset, alice, 2, title="Another")
    mine, shared, pasted = (upload(alice, name) for name in ("mine", "shared", "pasted"))
    for position, (project, given) in enumerate(((film, mine), (film, shared), (other, shared))):
        Reference.objects.create(project=project, asset=given, position=position, width=8, height=8)
    Image.objects.filter(content__project=film).update(file=pasted.file.name)
    thrown(film)
    ticker.sweep()
    assert set(Asset.objects.all()) == {asset, shared}
    assert there([mine.file.name, shared.file.name, pasted.file.name, asset.file.name]) == 2
    thrown(other)
    ticker.sweep()
    assert there([shared.file.name, asset.file.name]) == Asset.objects.count() == 0


def test_many_files_are_deleted_in_portions(film: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "PORTION", 4)
    keys = stored(film, 9)
    thrown(film)
    Image.objects.filter(content__project=film).update(file=keys[-1], sha256="0" * 64)
    rounds = []
    while Project.objects.filter(pk=film.pk).exists():
        ticker.sweep()
        rounds.append(there(keys))
        assert not any(keys[-1] in str(found) for found in findings())  # what is just being deleted is not missed
    assert rounds[:2] == [5, 1]
    assert rounds[-1] == 0


def test_it_waits_for_work_that_ends_and_for_what_a_vendor_has_begun(film: Project, quick: None) -> None:
    keys = stored(film)
    thrown(film)
    job = Job.objects.filter(project=film)[0]
    begun = {"job_code": job.code, "project_code": film.code, "step": job.step, "call": "x", "provider": "replicate"}
    attempt = Attempt.objects.create(job=job, state="sent", request={}, request_digest="", cost_microusd=5, **begun)
    Job.objects.filter(pk=job.pk).update(state="running")
    ticker.sweep()
    Job.objects.filter(pk=job.pk).update(state="canceled")
    ticker.sweep()
    assert there(keys) == 3
    with pytest.raises(IllegalMove):  # its days are over: nothing of it comes back
        control.restore_project(film, by=None)
    LedgerEntry.objects.create(
        attempt=attempt, kind="settle", amount_microusd=5, attempt_code=attempt.code, day=timezone.localdate()
    )
    Attempt.objects.filter(pk=attempt.pk).update(state="done")
    ticker.sweep()
    assert there(keys) == 0
    attempt.refresh_from_db()
    assert (attempt.job, attempt.project_code, attempt.entries.count()) == (None, film.code, 1)


def test_one_that_cannot_go_yet_keeps_no_other_waiting(film: Project, asset: Asset, alice: Any) -> None:
    thrown(film)
    Job.objects.filter(pk=Job.objects.filter(project=film)[0].pk).update(state="running")
    other = thrown(board(asset, alice, 2, title="Another"))
    ticker.sweep()
    assert not Project.objects.filter(pk=other.pk).exists()
    assert Project.objects.filter(pk=film.pk).exists()


def test_by_hand_it_goes_at_once_but_only_out_of_the_trash(film: Project) -> None:
    with pytest.raises(IllegalMove):
        control.purge_project(film, by=None)
    control.trash_project(film, by=None)
    control.purge_project(film, by=None)
    ticker.sweep()
    assert not Project.objects.filter(pk=film.pk).exists()
