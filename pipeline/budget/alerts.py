"""What operators should hear of: once a day for each kind, in the admin's list and by mail."""

from __future__ import annotations

import logging
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db.models import Sum
from django.utils import timezone

from pipeline.models import Alert, Attempt, LedgerEntry

log = logging.getLogger(__name__)
VARIANCE_PERCENT = 20
VARIANCE_MICROUSD = 500_000
TRY_AGAIN = timedelta(minutes=10)
AT_IT = timedelta(minutes=2)


def alert(kind: str, text: str, *, day: date | None = None) -> None:
    """Write it down, unless this kind was told of today. In any transaction: the unique row decides who is first."""
    Alert.objects.bulk_create([Alert(day=day or timezone.localdate(), kind=kind, text=text)], ignore_conflicts=True)


def soft_limit(day: date, taken_microusd: int, soft_microusd: int) -> None:
    text = f"{dollars(taken_microusd)} of {day} are spent or reserved: the soft limit of {dollars(soft_microusd)}."
    alert("soft_limit", text, day=day)


def limit_reached(kind: str, who: str) -> None:
    """Somebody's work pauses at a limit; `kind` is day, month or project."""
    if kind == "day":
        alert(
            "hard_limit", "The day's hard limit is reached: new spending pauses until tomorrow or until it is raised."
        )
    else:
        alert(f"{kind}_limit:{who}"[:120], f"Work pauses: the limit of the {kind} is reached ({who}).")


def watch_variance(attempt: Attempt) -> None:
    """Tell of a request that cost something else than was estimated."""
    off = attempt.cost_microusd - attempt.estimate_microusd
    if not _is_off(off, attempt.estimate_microusd):
        return
    model = ":".join(filter(None, (attempt.provider, attempt.model)))
    text = f"{model} cost {dollars(attempt.cost_microusd)} where {dollars(attempt.estimate_microusd)} were estimated."
    alert(f"variance:{model}"[:120], f"{text} Look at its price under Models. Attempt {attempt.code}.")


def watch_day() -> None:
    """As `watch_variance`, for all that was settled today with a vendor: many small differences add up."""
    day = timezone.localdate()
    settled = LedgerEntry.objects.filter(day=day, kind=LedgerEntry.Kind.SETTLE, attempt__isnull=False)
    sums = settled.values("attempt__provider").annotate(
        cost=Sum("amount_microusd"), estimate=Sum("attempt__estimate_microusd")
    )
    for row in sums.order_by():
        if _is_off(row["cost"] - row["estimate"], row["estimate"]):
            text = f"Today {row['attempt__provider']} cost {dollars(row['cost'])} in all where"
            alert(f"variance_day:{row['attempt__provider']}", f"{text} {dollars(row['estimate'])} were estimated.")


def _is_off(off_microusd: int, estimate_microusd: int) -> bool:
    return abs(off_microusd) > max(VARIANCE_MICROUSD, estimate_microusd * VARIANCE_PERCENT // 100)


def untold() -> bool:
    """Whether there is an alert that no mail has told of."""
    return Alert.objects.filter(tell_at__lte=timezone.now()).exists()


def tell_next() -> bool:
    """Mail the next alert to the operators; False when there is none. At least once: again if the mail fails."""
    row = Alert.objects.filter(tell_at__lte=timezone.now()).order_by("tell_at").first()
    if row is None:
        return False
    if not Alert.objects.filter(pk=row.pk, tell_at=row.tell_at).update(tell_at=timezone.now() + AT_IT):
        return True  # another worker tells it
    log.warning("Alert %s: %s", row.kind, row.text)
    again = None
    people = operators()
    if people and settings.SENDS_MAIL:
        try:
            send_mail(f"Omvee: {row.text[:60]}", f"{row.text}\n\n{settings.OMVEE_BASE_URL}/admin/", None, people)
        except OSError as error:  # every failure of a mail server is one; the alert stays in the list meanwhile
            log.warning("The operators could not be told by mail: %s", error)
            again = timezone.now() + TRY_AGAIN
    Alert.objects.filter(pk=row.pk).update(tell_at=again)
    return True


def operators() -> list[str]:
    """Addresses of those who run the studio."""
    staff = get_user_model().objects.filter(is_active=True, is_superuser=True).exclude(email="")
    named = [settings.OMVEE_ADMIN_EMAIL] if settings.OMVEE_ADMIN_EMAIL else []
    return sorted({*staff.values_list("email", flat=True), *named})


def dollars(microusd: int) -> str:
    return f"${microusd / 1_000_000:,.2f}"
