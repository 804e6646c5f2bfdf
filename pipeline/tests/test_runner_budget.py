"""Money: reserved before, settled or released after, never over the limit, whoever asks at the same time."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from pipeline import budget
from pipeline.models import Attempt, BudgetDay, LedgerEntry
from pipeline.tests.trials import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committing_db")]


def attempt(estimate: int, cost: int = 0) -> Attempt:
    code = uuid.uuid4()
    fields = {"job_code": code, "step": "trial", "call": "ask", "provider": "fake", "request": {}, "request_digest": ""}
    return Attempt.objects.create(**fields, estimate_microusd=estimate, cost_microusd=cost)


def reserved(estimate: int, cost: int = 0) -> Attempt:
    row = attempt(estimate, cost)
    with transaction.atomic():
        budget.reserve(row)
    return row


def day() -> tuple[int, int]:
    row = BudgetDay.objects.get()
    return row.reserved_microusd, row.spent_microusd


def entries() -> list[tuple[str, int]]:
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", "amount_microusd"))


def test_what_costs_nothing_leaves_no_row() -> None:
    row = reserved(0)
    budget.settle(row)
    budget.release(row)
    budget.write_off(row)
    assert (LedgerEntry.objects.count(), BudgetDay.objects.count()) == (0, 0)


def test_it_settles_at_the_real_price() -> None:
    budget.settle(reserved(100, cost=70))
    assert (day(), entries()) == ((0, 70), [("reserve", 100), ("settle", 70)])


def test_work_that_turned_out_free_is_settled_at_nothing() -> None:
    budget.settle(reserved(100, cost=0))
    assert (day(), entries()) == ((0, 0), [("reserve", 100), ("settle", 0)])


def test_a_cost_that_nobody_expected_is_still_booked() -> None:
    budget.settle(reserved(0, cost=30))
    assert (day(), entries()) == ((0, 30), [("settle", 30)])


def test_it_releases_what_was_not_spent() -> None:
    budget.release(reserved(100))
    assert (day(), entries()) == ((0, 0), [("reserve", 100), ("release", 100)])


def test_it_writes_off_the_whole_estimate() -> None:
    budget.write_off(reserved(100))
    assert (day(), entries()) == ((0, 100), [("reserve", 100), ("write_off", 100)])


def test_nothing_is_booked_twice() -> None:
    row = reserved(100, cost=100)
    budget.settle(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        budget.settle(row)
    assert day() == (0, 100)


def test_a_late_settlement_goes_to_the_day_that_reserved_it() -> None:
    row = attempt(100, cost=60)
    row.created_at = timezone.now() - timedelta(days=1)
    with transaction.atomic():
        budget.reserve(row)
    budget.settle(row)
    assert BudgetDay.objects.get().day == timezone.localdate() - timedelta(days=1)
    assert day() == (0, 60)


def test_the_limit_counts_what_is_reserved_and_what_is_spent() -> None:
    BudgetDay.objects.create(day=timezone.localdate(), hard_microusd=100)
    budget.settle(reserved(60, cost=50))
    reserved(40)
    with pytest.raises(budget.HardLimitReached, match="spending limit"):
        reserved(11)
    reserved(10)
    assert day() == (50, 50)


def test_thirty_at_once_never_go_over_the_limit() -> None:
    BudgetDay.objects.create(day=timezone.localdate(), hard_microusd=1000)

    def spend(number: int) -> str:
        try:
            row = reserved(90, cost=90)
        except budget.HardLimitReached:
            return "refused"
        with transaction.atomic():
            if number % 3 == 0:
                budget.release(row)
                return "released"
            budget.settle(row)
        return "settled"

    outcomes = at_once(*[lambda number=number: spend(number) for number in range(30)])
    spent = 90 * outcomes.count("settled")
    assert set(outcomes) <= {"settled", "released", "refused"}
    assert spent + 90 * outcomes.count("released") >= 900
    assert (day(), spent <= 1000) == ((0, spent), True)
    booked = LedgerEntry.objects.filter(kind="settle").aggregate(sum=Sum("amount_microusd"))["sum"]
    assert booked == spent


def test_thirty_reserves_at_once_fill_the_limit_exactly() -> None:
    BudgetDay.objects.create(day=timezone.localdate(), hard_microusd=1000)
    rows = [attempt(90) for _ in range(30)]

    def reserve(row: Attempt) -> bool:
        try:
            with transaction.atomic():
                budget.reserve(row)
        except budget.HardLimitReached:
            return False
        return True

    won = at_once(*[lambda row=row: reserve(row) for row in rows])
    assert (won.count(True), day(), LedgerEntry.objects.count()) == (11, (990, 0), 11)
