"""What must always be true of jobs, attempts, money and files, looked at in a live database.

I1 no attempt was sent twice; I2 at most one open or paid attempt per call; I3 ledger, counters and attempts agree;
I4 no reserve was admitted over a limit; I5 every result has its file; I6 every job that does not go on says why;
I7 nobody is silent for long; I8 operators were told, once. What moves meanwhile is looked at a second time.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import Count, Q, Sum
from django.utils import timezone

from pipeline.budget.limits import month_of, studio_limits
from pipeline.models import (
    Alert,
    Attempt,
    BudgetDay,
    BudgetMonth,
    BudgetProject,
    Job,
    LedgerEntry,
    WorkerHeartbeat,
)
from pipeline.runner import clock
from pipeline.runner.leftovers import FORGET_AFTER
from pipeline.states import OPEN, OPEN_OR_PAID, AttemptState, JobState
from pipeline.steps import STEPS

Kind = LedgerEntry.Kind
SLACK = timedelta(minutes=2)
_CHUNK = 1 << 20
_CLOSES: dict[str, str] = {Kind.SETTLE: "settled", Kind.RELEASE: "released", Kind.WRITE_OFF: "written off"}


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: the invariant that it breaks, and what it is in words."""

    invariant: str
    text: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.text}"


def findings(*, hashes: bool = False) -> list[Finding]:
    """Everything that is wrong. `hashes`: read every file, instead of only looking whether it is there.

    Work goes on meanwhile, so what is found counts only if it is found again.
    """
    first = set(_look(hashes=hashes))
    return sorted(first & set(_look(hashes=hashes)), key=str) if first else []


def _look(*, hashes: bool) -> Iterator[Finding]:
    for invariant, check in (
        ("I1", sent_once()),
        ("I2", one_per_call()),
        ("I3", books()),
        ("I3", counters()),
        ("I4", admissions()),
        ("I5", files(hashes=hashes)),
        ("I6", reasons()),
        ("I7", silence()),
        ("I8", alerted()),
    ):
        yield from (Finding(invariant, text) for text in check)


def sent_once() -> Iterator[str]:
    """Two attempts with one order at the vendor, or an order that is known under an attempt nobody sent."""
    named = Attempt.objects.exclude(external_id="").values("provider", "external_id").annotate(count=Count("pk"))
    for row in named.filter(count__gt=1).order_by():
        yield f"{row['count']} attempts share the order {row['external_id']} at {row['provider']}."


def one_per_call() -> Iterator[str]:
    live = Attempt.objects.filter(state__in=OPEN_OR_PAID).values("job_code", "call").annotate(count=Count("pk"))
    for row in live.filter(count__gt=1).order_by():
        yield f"The call {row['call']} of job {row['job_code']} has {row['count']} open or paid attempts."


def books() -> Iterator[str]:
    """Every attempt against its own ledger entries."""
    attempts = Attempt.objects.filter(Q(estimate_microusd__gt=0) | Q(cost_microusd__gt=0)).order_by("pk")
    for attempt in attempts.prefetch_related("entries").iterator(chunk_size=500):
        entered = {entry.kind: entry.amount_microusd for entry in attempt.entries.all()}
        wanted = _entries(attempt)
        if {kind: sum_ for kind, sum_ in entered.items() if kind != Kind.ADJUST} != wanted:
            yield f"Attempt {attempt.code} ({attempt.state}) is entered as {entered}, and should be as {wanted}."


def _entries(attempt: Attempt) -> dict[str, int]:
    """What the ledger should hold of an attempt."""
    estimate, cost, state = attempt.estimate_microusd, attempt.cost_microusd, attempt.state
    wanted: dict[str, int] = {str(Kind.RESERVE): estimate} if estimate else {}
    if state == AttemptState.WRITTEN_OFF:
        wanted[str(Kind.WRITE_OFF)] = estimate
    elif state == AttemptState.DONE or (cost and state not in OPEN):
        wanted[str(Kind.SETTLE)] = cost
    elif state not in OPEN and estimate:
        wanted[str(Kind.RELEASE)] = estimate
    return wanted


def counters() -> Iterator[str]:
    """Days, months and projects against the attempts that they count."""
    reserved: Counter[tuple[str, Any]] = Counter()
    spent: Counter[tuple[str, Any]] = Counter()
    for attempt in Attempt.objects.filter(state__in=OPEN, estimate_microusd__gt=0).defer("request", "reply"):
        for account in _accounts(timezone.localdate(attempt.created_at), attempt.owner_id, attempt.project_code):
            reserved[account] += attempt.estimate_microusd
    sums = LedgerEntry.objects.filter(kind__in=(Kind.SETTLE, Kind.WRITE_OFF))
    for row in sums.values("day", "owner_id", "project_code").annotate(sum=Sum("amount_microusd")).order_by():
        for account in _accounts(row["day"], row["owner_id"], row["project_code"]):
            spent[account] += row["sum"]
    for account, held, paid in _counted():
        if (held, paid) != (reserved.pop(account, 0), spent.pop(account, 0)):
            yield f"The counter of {account[0]} {account[1]} says {held} reserved and {paid} spent; attempts say else."
    for name in sorted(f"{kind} {key}" for kind, key in +(reserved + spent)):
        yield f"Nothing counts the {name}, though money was spent or reserved there."


def _accounts(day: date, owner: int | None, project: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("day", day)]
    if owner is not None:
        found.append(("month", (owner, month_of(day))))
    if project is not None:
        found.append(("project", project))
    return found


def _counted() -> Iterator[tuple[tuple[str, Any], int, int]]:
    for day in BudgetDay.objects.all():
        yield ("day", day.day), day.reserved_microusd, day.spent_microusd
    for month in BudgetMonth.objects.all():
        yield ("month", (month.owner_id, month.month)), month.reserved_microusd, month.spent_microusd
    for project in BudgetProject.objects.all():
        yield ("project", project.project_code), project.reserved_microusd, project.spent_microusd


def admissions() -> Iterator[str]:
    """Each day's ledger, read again from its beginning: the day's row is locked until an entry is durable, so the order
    of the entries is the order in which they were admitted.
    """
    totals: defaultdict[date, int] = defaultdict(int)
    entries = LedgerEntry.objects.select_related("attempt").defer("attempt__request", "attempt__reply").order_by("pk")
    for entry in entries.iterator(chunk_size=500):
        estimate = entry.attempt.estimate_microusd if entry.attempt else 0
        if entry.kind == Kind.RESERVE:
            totals[entry.day] += entry.amount_microusd
            if entry.limit_microusd is not None and totals[entry.day] > entry.limit_microusd:
                over = totals[entry.day] - entry.limit_microusd
                yield f"Attempt {entry.attempt_code} was admitted on {entry.day} with {over} micro-USD over the limit."
        elif entry.kind in _CLOSES:
            spent = 0 if entry.kind == Kind.RELEASE else entry.amount_microusd
            totals[entry.day] += spent - estimate


def files(*, hashes: bool) -> Iterator[str]:
    """The files of paid replies, and of every row that names one with its hash, but for what is just being deleted."""
    going = _going()
    paid = Attempt.objects.filter(state=AttemptState.DONE, job__isnull=False, cost_microusd__gt=0).order_by("pk")
    for attempt in paid.iterator(chunk_size=500):
        for key, sha256 in _stored(attempt.reply):
            if not going & set(key.split("/")) and (wrong := _wrong(key, sha256, hashes=hashes)):
                yield f"Attempt {attempt.code} was paid, and its file {key} is {wrong}."
    for model in apps.get_app_config("projects").get_models():
        if {"file", "sha256"} <= {field.name for field in model._meta.get_fields()}:
            rows = model._default_manager.exclude(file="").exclude(sha256="").order_by("pk")
            for pk, key, sha256 in rows.values_list("pk", "file", "sha256").iterator(chunk_size=500):
                if not going & set(key.split("/")) and (wrong := _wrong(key, sha256, hashes=hashes)):
                    yield f"{model.__name__} {pk} names the file {key}, which is {wrong}."


def _going() -> set[str]:
    """The names of the folders of projects that were thrown out of the trash: their files go before their rows."""
    thrown = apps.get_model("projects", "Project").objects.filter(trashed_at__isnull=False, purged_at__isnull=False)
    return {str(code) for code in thrown.values_list("code", flat=True)}


def _stored(value: Any) -> Iterator[tuple[str, str]]:
    """(key, sha256) of every stored file that a reply mentions."""
    if isinstance(value, dict):
        if value.get("key") and "sha256" in value:
            yield value["key"], value["sha256"]
        for item in value.values():
            yield from _stored(item)
    elif isinstance(value, list):
        for item in value:
            yield from _stored(item)


def _wrong(key: str, sha256: str, *, hashes: bool) -> str:
    if not default_storage.exists(key):
        return "not in storage"
    if not hashes or not sha256:
        return ""
    found = hashlib.sha256()
    with default_storage.open(key, "rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return "" if found.hexdigest() == sha256 else "another one than was stored"


def reasons() -> Iterator[str]:
    waiting = (JobState.NEEDS_CONSENT, JobState.PAUSED_BUDGET, JobState.FAILED)
    for job in Job.objects.filter(state__in=waiting, error="").defer("input", "output"):
        yield f"Job {job.code} ({job.step}) is {job.state} and does not say why."
    for job in Job.objects.filter(state=JobState.RUNNING).filter(Q(lease_token="") | Q(lease_until=None)):
        yield f"Job {job.code} ({job.step}) is running and nobody holds it."
    for job in Job.objects.filter(state=JobState.WAITING).defer("input", "output"):
        if not Attempt.objects.filter(job_code=job.code, state__in=OPEN).exists():
            yield f"Job {job.code} ({job.step}) waits for a vendor, and nothing is ordered."


def silence() -> Iterator[str]:
    now = clock.now()
    for job in Job.objects.filter(state__in=(JobState.RUNNING, JobState.WAITING)).defer("input", "output"):
        deadline = timedelta(seconds=2 * (STEPS[job.step].deadline_s if job.step in STEPS else 600))
        if job.state == JobState.RUNNING and _before(job.lease_until, now - deadline):
            yield f"Job {job.code} ({job.step}) has been silent since {job.lease_until}, and nobody took it back."
        if job.state == JobState.WAITING and _before(job.wait_until, now - SLACK):
            yield f"Job {job.code} ({job.step}) waits beyond its deadline of {job.wait_until}."
    for attempt in Attempt.objects.filter(state__in=OPEN, created_at__lt=now - FORGET_AFTER - timedelta(hours=1)):
        yield f"Attempt {attempt.code} has been open since {attempt.created_at}."
    late = Job.objects.filter(state=JobState.QUEUED, held=False, not_before__lt=now - timedelta(hours=1)).count()
    if late and not WorkerHeartbeat.objects.filter(beat_at__gt=now - SLACK).exists():
        yield f"{late} jobs have been due for an hour, and no worker lives."


def _before(moment: datetime | None, limit: datetime) -> bool:
    return moment is None or moment < limit


def alerted() -> Iterator[str]:
    told = Alert.objects.values("day", "kind").annotate(count=Count("pk")).filter(count__gt=1)
    for row in told.order_by():
        yield f"Operators were told {row['count']} times of {row['kind']} on {row['day']}."
    today = timezone.localdate()
    day = BudgetDay.objects.filter(day=today).first()
    if day is None:
        return
    soft = studio_limits().day_soft if day.soft_microusd is None else day.soft_microusd
    over = soft is not None and day.spent_microusd + day.reserved_microusd >= soft
    if over and not Alert.objects.filter(day=today, kind="soft_limit").exists():
        yield "Today's soft limit is reached, and operators were not told (or it was lowered since)."


def written_off() -> Iterator[str]:
    """Requests whose outcome nobody could find out, booked as spent: listed, not wrong."""
    for attempt in Attempt.objects.filter(state=AttemptState.WRITTEN_OFF).order_by("pk").defer("request", "reply"):
        sum_usd = f"${attempt.cost_microusd / 1_000_000:.6f}"
        yield f"{sum_usd} to {attempt.provider} on {timezone.localdate(attempt.created_at)}, attempt {attempt.code}"
