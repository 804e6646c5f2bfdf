"""The audit finds what is wrong, says it in words, and is quiet where everything adds up."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from pipeline import audit
from pipeline.models import Alert, Attempt, BudgetDay, BudgetProject, Job, LedgerEntry
from pipeline.providers.fake import FakeReply, failure
from pipeline.runner.work import run_next
from pipeline.tests.trials import PRICE, Trial, asks

pytestmark = pytest.mark.postgres


@pytest.fixture
def paid(trial: Trial) -> Trial:
    """Three jobs: one paid at once, one after a failure, one that waits for a slow vendor."""
    trial.step(asks, max_tries=3)
    trial.provider(failure(), FakeReply(text="yes", cost_microusd=PRICE // 2))
    trial.submit("a", "b")
    while run_next():
        trial.make_due()
    trial.slow_provider()
    trial.submit("c")
    run_next()
    assert not audit.findings(), "nothing is wrong yet"
    return trial


def of(state: str) -> Any:
    return Attempt.objects.filter(state=state)


BROKEN: dict[str, tuple[str, Callable[[], Any], str]] = {
    "a shared order": ("I1", lambda: Attempt.objects.update(external_id="ordered-1"), "share the order"),
    "a lost entry": ("I3", lambda: LedgerEntry.objects.filter(kind="settle").delete(), "should be as"),
    "another cost": ("I3", lambda: of("done").update(cost_microusd=F("cost_microusd") + 1), "is entered as"),
    "a lost reserve": ("I3", lambda: BudgetDay.objects.update(reserved_microusd=0), "0 reserved"),
    "money nobody counts": ("I3", lambda: BudgetProject.objects.all().delete(), "Nothing counts the project"),
    "over the limit": ("I4", lambda: LedgerEntry.objects.filter(kind="reserve").update(limit_microusd=9), "over the"),
    "a failure without a word": (
        "I6",
        lambda: Job.objects.filter(subject="a").update(state="failed", error=""),
        "does not say why",
    ),
    "a wait for nothing": ("I6", lambda: Job.objects.filter(subject="a").update(state="waiting"), "nothing is ordered"),
    "a job in nobody's hands": ("I6", lambda: Job.objects.filter(subject="a").update(state="running"), "nobody holds"),
    "a silent worker": (
        "I7",
        lambda: Job.objects.filter(subject="a").update(
            state="running", lease_token="x", lease_until=timezone.now() - timedelta(days=1)
        ),
        "has been silent",
    ),
    "a wait without end": (
        "I7",
        lambda: Job.objects.filter(state="waiting").update(wait_until=timezone.now() - timedelta(hours=1)),
        "beyond its deadline",
    ),
    "an open attempt nobody looks after": (
        "I7",
        lambda: of("sent").update(created_at=timezone.now() - timedelta(days=3)),
        "has been open",
    ),
    "a silent limit": ("I8", lambda: BudgetDay.objects.update(soft_microusd=1), "were not told"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_finds(paid: Trial, name: str) -> None:
    invariant, breaks, words = BROKEN[name]
    breaks()
    found = [finding for finding in audit.findings() if finding.invariant == invariant]
    assert found, audit.findings()
    assert words in found[0].text


def test_it_finds_a_paid_file_that_is_gone_or_another_one(paid: Trial) -> None:
    key = default_storage.save("p/trial/images/a.jpg", ContentFile(b"picture"))
    of("done").update(reply={"image": {"file": {"key": key, "sha256": "0" * 64, "size_bytes": 7}}})
    assert not audit.findings()
    assert "another one" in audit.findings(hashes=True)[0].text
    default_storage.delete(key)
    assert {finding.invariant for finding in audit.findings()} == {"I5"}
    assert "not in storage" in audit.findings()[0].text


def test_it_finds_a_row_whose_file_is_gone(paid: Trial) -> None:
    from projects.models import Asset

    row = Asset.objects.create(
        owner=paid.project.owner, kind="song", name="a", extension="wav", sha256="a" * 64, size_bytes=1, file="u/gone"
    )
    assert f"Asset {row.pk} names the file u/gone" in str(audit.findings()[0])


def test_the_command_prints_what_is_wrong_and_fails(paid: Trial) -> None:
    out, wrong = io.StringIO(), io.StringIO()
    call_command("omvee_audit", stdout=out, stderr=wrong)
    assert "Everything adds up." in out.getvalue()
    BudgetDay.objects.update(spent_microusd=1)
    with pytest.raises(CommandError, match="1 things are wrong"):
        call_command("omvee_audit", stdout=out, stderr=wrong)
    assert "1 spent" in wrong.getvalue()


def test_what_was_written_off_is_listed_and_not_wrong(paid: Trial, settings: Any) -> None:
    from pipeline.runner import charges

    charges.write_off(of("sent").get())
    Job.objects.filter(state="waiting").update(state="failed", error="It is over.")
    out = io.StringIO()
    call_command("omvee_audit", stdout=out)
    assert "Written off: $0.040000 to fake" in out.getvalue()


def test_an_alert_that_was_told_counts(paid: Trial) -> None:
    BudgetDay.objects.update(soft_microusd=1)
    Alert.objects.create(day=timezone.localdate(), kind="soft_limit", text="told")
    assert not audit.findings()
