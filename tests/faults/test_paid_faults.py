"""Paid work under kills and a vendor that misbehaves: paid once, nothing lost, every cent accounted for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.models import Attempt, Job
from pipeline.runner.crash import ORDER_POINTS, POINTS
from tests.faults.paid import CALLED, ORDERED, Shop
from tests.faults.studio import Worker

pytestmark = [pytest.mark.postgres(long=True), pytest.mark.faults]
Start = Callable[..., Worker]
ORDERS_DIE_AT = tuple(point for point in (*POINTS, *ORDER_POINTS) if point != "after_send")
CALLS_DIE_AT = POINTS


def test_an_order_survives_kills_around_the_request_and_is_placed_once(
    start_buying: Start, shop: Shop, tmp_path: Path
) -> None:
    start_buying(OMVEE_CRASH="after_s*:*", OMVEE_CRASH_ONCE=tmp_path / "killed", OMVEE_TEST_TRIES=20)
    shop.order("generate_image", 3)
    Job.objects.update(max_tries=20)
    shop.wait()
    assert {path.name.split(".")[1] for path in tmp_path.glob("killed.*")} == {
        "after_submit",
        "after_sent",
        "after_store",
    }
    assert shop.completion() == 1
    assert set(Attempt.objects.values_list("state", flat=True)) == {"done"}
    shop.assert_adds_up()


@pytest.mark.long
@pytest.mark.parametrize("point", dict.fromkeys((*ORDERS_DIE_AT, *CALLS_DIE_AT)))
def test_a_kill_at_any_point_of_any_paid_step_costs_nothing_twice(
    start_buying: Start, shop: Shop, tmp_path: Path, point: str
) -> None:
    start_buying(OMVEE_CRASH=f"{point}:*", OMVEE_CRASH_ONCE=tmp_path / "killed", OMVEE_TEST_TRIES=20)
    kinds = [kind for kind in ORDERED if point in ORDERS_DIE_AT] + [kind for kind in CALLED if point in CALLS_DIE_AT]
    for kind in kinds:
        shop.order(kind)
    Job.objects.update(max_tries=20)
    shop.wait()
    killed = {path.name.removeprefix(f"killed.{point}.") for path in tmp_path.glob("killed.*")}
    stores = {"generate_image", "generate_clip", "compose_music"}
    wanted = {"generate_image" if kind == "call_image" else kind for kind in kinds}
    assert killed == (wanted & stores if point == "after_store" else wanted), "it was tried everywhere"
    assert shop.completion() == 1, shop.states()
    shop.assert_adds_up()
    lost = Attempt.objects.filter(state="written_off").count()
    assert lost <= (len(wanted) if point in ("after_intent", "after_send", "after_store") else 0), shop.states()


ONCE: tuple[tuple[str, str, str], ...] = (
    ("generate_image", "lost_answer", "create"),
    ("generate_image", "rate_limited", "create"),
    ("generate_image", "interrupted", "run"),
    ("generate_image", "expired", "output"),
    ("generate_image", "half_body", "output"),
    ("generate_image", "bad_gateway", "get"),
    ("write_prompts", "rate_limited", "chat"),
    ("write_prompts", "no_credit", "chat"),
)


@pytest.mark.long
def test_what_goes_wrong_once_is_mended_without_a_person(start_buying: Start, shop: Shop) -> None:
    start_buying()
    for kind, name, place in ONCE:
        shop.vendor.misbehave(name, on=place)
        if place == "create" or kind == "write_prompts":
            shop.order(kind)
    shop.order("generate_image", 3)
    shop.wait()
    assert shop.completion() == 1, shop.states()
    assert not Attempt.objects.filter(state="written_off").exists(), "a lost answer was found in the vendor's list"
    shop.assert_adds_up()


@pytest.mark.long
@pytest.mark.parametrize(("percent", "least"), [(1, 0.99), (10, 0.95)])
def test_a_vendor_that_misbehaves_is_lived_with(start_buying: Start, shop: Shop, percent: int, least: float) -> None:
    """Verdicts on content and on our own requests are no fault of a vendor's: those are for a person to answer."""
    judgments = {"nsfw", "empty_output", "odd_error", "zip_bomb", "moderated", "refusal", "content_filter"}
    from tests.vendor import MISCHIEF

    for place in ("create", "run", "get", "output", "chat", "image"):
        names = [name for name in MISCHIEF[place] if name not in judgments]
        shop.vendor.mischief.by_chance(percent, on=[place], names=names)
    impatient = {f"OMVEE_{name}_DEADLINE_S": 20 for name in ("TEXT", "IMAGE", "VIDEO")}  # with an order that is stuck
    for _ in range(2):
        start_buying(OMVEE_MODEL_CONCURRENCY=8, OMVEE_VENDOR_CONCURRENCY=12, **impatient)
    shop.order("generate_image", 120)
    shop.order("generate_clip", 20)
    shop.order("write_prompts", 30)
    shop.order("call_image", 10)
    shop.wait(within_s=900)
    assert len(shop.vendor.mischief.done) > percent, "it did misbehave"
    assert shop.completion() >= least, shop.states()
    shop.assert_adds_up()


@pytest.mark.siege  # a time, and so for a machine that does nothing else
def test_pictures_take_no_longer_than_their_places_allow(start_buying: Start, shop: Shop) -> None:
    """N pictures of L seconds at concurrency C: at most ceil(N / C) * L * 1.1 + 1.5 s."""
    count, at_once, seconds = 6, 3, 10
    shop.vendor.replicate.work_s = seconds
    start_buying(OMVEE_MODEL_CONCURRENCY=at_once, OMVEE_IMAGE_DEADLINE_S=60)
    shop.order("generate_image", count)
    shop.wait(within_s=60)
    made = list(shop.vendor.replicate.predictions.values())
    first = min(prediction.begun for prediction in made)
    ended = Job.objects.order_by("finished_at").values_list("finished_at", flat=True)
    began = min(prediction.created for prediction in made)
    took = (list(ended)[-1] - began).total_seconds()
    assert took <= -(-count // at_once) * seconds * 1.1 + 1.5
    begun = sorted(prediction.begun - first for prediction in made)
    assert begun[at_once] >= seconds, "never more at once than there are places"
    shop.assert_adds_up()
