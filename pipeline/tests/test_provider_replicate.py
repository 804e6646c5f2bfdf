"""Replicate: ordered once, looked at until it is over, fetched, decoded, counted; and all that can go wrong."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.media.values import Value
from pipeline.providers import PROVIDERS, outputs
from pipeline.providers.base import JobProvider, Mark, ModelRow, NotSent, Pending, ProviderError, UnknownPrice
from pipeline.providers.capabilities import (
    ImageReply,
    ImageRequest,
    MusicReply,
    MusicRequest,
    UpscaleReply,
    UpscaleRequest,
    VideoReply,
    VideoRequest,
)
from pipeline.providers.catalogue import shipped_model, shipped_models
from pipeline.providers.outputs import clip_facts, picture_pixels
from pipeline.providers.replicate.inputs import checked_inputs, clip_seconds, nearest_aspect, wrong_input
from pipeline.providers.replicate.jobs import INLINE_BYTES, mark_seed
from pipeline.providers.replicate.media import ReplicateImage, ReplicateVideo
from pipeline.tests.providing import Desk, contract, mark, replicate_access, with_contracts
from tests.services import wait_until
from tests.vendor import MISCHIEF, Mischief, Vendor

ROWS = [row for row in shipped_models() if row.provider == "replicate"]
IMAGE = ImageRequest(prompt="a boat on a lake", negative="text", width=1280, height=720, seed=7)


def request_for(row: ModelRow, desk: Desk) -> Value:
    if row.capability == "image":
        return IMAGE
    if row.capability == "video":
        return VideoRequest(
            image=desk.picture(),
            last_image=desk.picture(90, 160),
            camera="push_in",
            motion="slow push in",
            prompt="a boat",
            seconds=4,
            seed=7,
        )
    if row.capability == "music":
        return MusicRequest(prompt="a slow waltz", seconds=20, seed=7)
    return UpscaleRequest(file=desk.picture(), short_side=720, duration_ms=4000)


def provider_for(row: ModelRow, vendor: Vendor, **more: Any) -> JobProvider[Any, Any]:
    made = PROVIDERS[row.capability, "replicate"](replicate_access(vendor, **more), row)
    assert isinstance(made, JobProvider)
    return made


@pytest.mark.parametrize("row", [row for row in ROWS if row.price_microusd is not None], ids=lambda row: row.key)
def test_it_orders_fetches_and_pays_for_every_model(vendor: Vendor, desk: Desk, row: ModelRow) -> None:
    """The stand-in refuses what the model's table does not know, and has a price list of its own."""
    provider, request = provider_for(row, vendor), request_for(row, desk)
    vendor.replicate.work_s = 0.0
    external_id = provider.submit(request, desk.work, mark())
    reply = provider.poll(external_id, request, desk.work)
    assert not isinstance(reply, Pending)
    assert provider.cost(request, reply) == vendor.bill.total_microusd > 0
    assert provider.cost(request, reply) <= provider.estimate(request)
    assert reply.bill.external_id == external_id
    assert len(vendor.posts("/v1/predictions")) == 1
    if isinstance(reply, ImageReply):
        assert picture_pixels(desk.fetch(reply.image)).shape == (reply.height, reply.width, 3)
        assert 1.5 < reply.width / reply.height < 2
    elif isinstance(reply, VideoReply) and reply.file:
        assert clip_facts(desk.fetch(reply.file)).duration_ms == pytest.approx(reply.duration_ms, abs=200)
        assert reply.duration_ms >= 4000
    elif isinstance(reply, MusicReply):
        assert reply.duration_ms >= 9000
        assert reply.commercial is (row.name != "meta/musicgen")
    else:
        assert isinstance(reply, UpscaleReply)


UNRECORDED = {"black-forest-labs/flux-1.1-pro", "bytedance/seedance-1-lite", "google/veo-3.1-lite"}
"""Their tables come from public documentation, as the catalogue says."""


@with_contracts
@pytest.mark.parametrize("row", [row for row in ROWS if row.name not in UNRECORDED], ids=lambda row: row.key)
def test_what_it_sends_fits_the_vendors_own_table(vendor: Vendor, desk: Desk, row: ModelRow) -> None:
    tables = contract("models/replicate_model_inputs.json")["models"]
    kinds = {"int": int, "float": (int, float), "str": str, "file": str, "bool": bool, "list": list}
    external_id = provider_for(row, vendor).submit(request_for(row, desk), desk.work, mark())
    sent = vendor.posts("/v1/predictions")[-1].json
    assert sent["version"].partition(":")[0] == row.name
    assert external_id
    table = tables[row.name]["input"]
    for name, value in sent["input"].items():
        rule = table[name]
        if rule["type"] == "enum":
            assert value in rule["enum"], name
        else:
            assert isinstance(value, kinds[rule["type"]]), name
        if "ge" in rule:
            assert rule["ge"] <= value, name
        if "le" in rule:
            assert value <= rule["le"], name


@with_contracts
def test_the_catalogue_agrees_with_the_vendors_tables() -> None:
    tables = contract("models/replicate_model_inputs.json")["models"]
    assert {row.name for row in ROWS} - set(tables) == UNRECORDED
    compared = 0
    for row in ROWS:
        theirs = tables.get(row.name, {}).get("input", {})
        for name, rule in row.inputs.items():
            if theirs:
                assert isinstance(rule, dict)
                assert rule.get("enum") == theirs[name].get("enum"), (row.name, name)
                assert rule.get("le") == theirs[name].get("le"), (row.name, name)
                compared += 1
    assert compared > 100


def test_music_that_would_end_before_its_film_is_not_ordered(vendor: Vendor, desk: Desk) -> None:
    provider = provider_for(shipped_model("replicate", "google/lyria-3"), vendor)
    with pytest.raises(ProviderError, match="at most 30 seconds of music, and the film lasts 60") as caught:
        provider.submit(MusicRequest(prompt="a waltz", seconds=60), desk.work, mark())
    assert caught.value.refused
    assert not vendor.asked


def test_it_says_that_work_goes_on(vendor: Vendor, desk: Desk) -> None:
    vendor.replicate.work_s = 60
    provider = ReplicateImage(replicate_access(vendor))
    external_id = provider.submit(IMAGE, desk.work, mark())
    assert isinstance(provider.poll(external_id, IMAGE, desk.work), Pending)
    assert vendor.bill.total_microusd == 0


@pytest.mark.parametrize(
    ("fate", "kind", "transient"),
    [
        ("failed", "failed", True),
        ("nsfw", "moderation", False),
        ("interrupted", "interrupted", True),
        ("out_of_memory", "failed", False),
        ("object_error", "failed", True),
        ("aborted", "timeout", True),
        ("canceled", "timeout", True),
    ],
)
def test_it_tells_why_a_run_gave_nothing_and_charges_nothing(
    vendor: Vendor, desk: Desk, fate: str, kind: str, transient: bool
) -> None:
    vendor.misbehave(fate, on="run")
    provider = ReplicateImage(replicate_access(vendor))
    external_id = provider.submit(IMAGE, desk.work, mark())
    with pytest.raises(ProviderError) as caught:
        provider.poll(external_id, IMAGE, desk.work)
    error = caught.value
    assert (error.kind, error.transient, error.cost_microusd) == (kind, transient, 0)
    assert vendor.bill.total_microusd == 0
    assert str(error).endswith(".")
    assert "E005" not in str(error)


@pytest.mark.parametrize(
    ("trouble", "place", "kind"),
    [
        ("empty_output", "run", "moderation"),
        ("removed", "run", "failed"),
        ("foreign_output", "run", "bad_answer"),
        ("expired", "output", "bad_answer"),
        ("wrong_type", "output", "bad_answer"),
        ("huge", "output", "bad_answer"),
        ("private_redirect", "output", "bad_answer"),
    ],
)
def test_an_output_that_cannot_be_used_is_paid_and_said(
    vendor: Vendor, desk: Desk, trouble: str, place: str, kind: str
) -> None:
    provider = ReplicateImage(replicate_access(vendor))
    provider.max_output_bytes = 1 << 20  # type: ignore[misc]
    vendor.misbehave(trouble, on=place)
    external_id = provider.submit(IMAGE, desk.work, mark())
    with pytest.raises(ProviderError) as caught:
        provider.poll(external_id, IMAGE, desk.work)
    assert caught.value.kind == kind
    assert caught.value.cost_microusd == vendor.bill.total_microusd == 3000
    assert not desk.stored


def test_a_download_that_breaks_is_asked_for_again_and_never_ordered_again(vendor: Vendor, desk: Desk) -> None:
    vendor.misbehave("half_body", on="output")
    provider = ReplicateImage(replicate_access(vendor))
    external_id = provider.submit(IMAGE, desk.work, mark())
    reply = provider.poll(external_id, IMAGE, desk.work)
    assert isinstance(reply, ImageReply)
    assert reply.bill.downloads == 2
    assert vendor.bill.total_microusd == 3000


def test_it_takes_an_output_that_is_inside_the_answer(vendor: Vendor, desk: Desk) -> None:
    vendor.misbehave("data_output")
    provider = ReplicateImage(replicate_access(vendor), shipped_model("replicate", "black-forest-labs/flux-dev"))
    reply = provider.poll(provider.submit(IMAGE, desk.work, mark()), IMAGE, desk.work)
    assert isinstance(reply, ImageReply)
    assert reply.width > reply.height


@pytest.mark.parametrize(
    "trouble", ["rate_limited", "server_error", "bad_gateway", "half_body", "truncated_json", "wrong_key"]
)
def test_looking_never_ends_what_is_under_way(vendor: Vendor, desk: Desk, trouble: str) -> None:
    provider = ReplicateImage(replicate_access(vendor))
    external_id = provider.submit(IMAGE, desk.work, mark())
    vendor.misbehave(trouble, on="get")
    pending = provider.poll(external_id, IMAGE, desk.work)
    assert isinstance(pending, Pending)
    assert pending.poll_after_s >= 5
    assert isinstance(provider.poll(external_id, IMAGE, desk.work), ImageReply)


def test_a_key_that_was_taken_away_does_not_end_what_is_under_way(vendor: Vendor, desk: Desk) -> None:
    provider = ReplicateImage(replicate_access(vendor))
    external_id = provider.submit(IMAGE, desk.work, mark())
    keyless = ReplicateImage(replicate_access(vendor, api_key=""))
    assert isinstance(keyless.poll(external_id, IMAGE, desk.work), Pending)
    assert isinstance(provider.poll(external_id, IMAGE, desk.work), ImageReply)


def test_a_status_that_nobody_knows_counts_as_working(vendor: Vendor, desk: Desk) -> None:
    vendor.misbehave("odd_status")
    provider = ReplicateImage(replicate_access(vendor))
    assert isinstance(provider.poll(provider.submit(IMAGE, desk.work, mark()), IMAGE, desk.work), Pending)


def test_a_prediction_that_the_vendor_forgot_is_ambiguous(vendor: Vendor, desk: Desk) -> None:
    with pytest.raises(ProviderError) as caught:
        ReplicateImage(replicate_access(vendor)).poll("nosuch", IMAGE, desk.work)
    assert caught.value.kind == "ambiguous"


@pytest.mark.parametrize(
    ("trouble", "kind", "refused", "paid"),
    [
        ("rate_limited", "rate_limited", True, False),
        ("low_credit", "rate_limited", True, False),
        ("no_credit", "no_credit", True, False),
        ("odd_error", "invalid_input", True, False),
        ("dropped_before", "ambiguous", False, False),
        ("server_error", "ambiguous", False, False),
        ("bad_gateway", "ambiguous", False, False),
        ("redirect", "ambiguous", False, False),
        ("lost_answer", "ambiguous", False, True),
        ("server_error_after", "ambiguous", False, True),
        ("html_page", "ambiguous", False, True),
        ("half_body", "ambiguous", False, True),
        ("truncated_json", "ambiguous", False, True),
        ("hang", "ambiguous", False, True),
    ],
)
def test_a_create_is_sent_once_and_only_a_4xx_is_a_refusal(
    vendor: Vendor, desk: Desk, trouble: str, kind: str, refused: bool, paid: bool
) -> None:
    vendor.misbehave(trouble, on="create")
    provider, attempt = ReplicateImage(replicate_access(vendor)), mark("attempt-9")
    hasty = ReplicateImage(replicate_access(vendor, read_s=1)) if trouble == "hang" else provider
    with pytest.raises(ProviderError) as caught:
        hasty.submit(IMAGE, desk.work, attempt)
    assert (caught.value.kind, caught.value.refused) == (kind, refused)
    assert len(vendor.posts("/v1/predictions")) == 1
    found = provider.find(attempt, IMAGE)
    assert (found is not None) is paid
    assert (vendor.bill.total_microusd > 0) is paid
    if found:
        assert isinstance(provider.poll(found, IMAGE, desk.work), ImageReply)


def test_it_waits_as_long_as_the_vendor_asks(vendor: Vendor, desk: Desk) -> None:
    vendor.misbehave("rate_limited", on="create")
    vendor.misbehave("low_credit", on="create")
    waits = []
    for _ in range(2):
        with pytest.raises(ProviderError) as caught:
            ReplicateImage(replicate_access(vendor)).submit(IMAGE, desk.work, mark())
        waits.append(caught.value.retry_after_s)
    assert waits == [7, 5]


def test_a_wrong_key_and_no_key_are_told_apart_from_everything_else(vendor: Vendor, desk: Desk) -> None:
    for key in ("wrong", ""):
        with pytest.raises(ProviderError) as caught:
            ReplicateImage(replicate_access(vendor, api_key=key)).submit(IMAGE, desk.work, mark())
        assert (caught.value.kind, caught.value.refused) == ("auth", True)
        assert "Settings" in str(caught.value)
    assert vendor.bill.total_microusd == 0


def test_a_model_that_is_gone_and_a_changed_table_are_said_in_words(vendor: Vendor, desk: Desk) -> None:
    gone = shipped_model("replicate", "black-forest-labs/flux-dev").model_copy(update={"version": "gone/model"})
    with pytest.raises(ProviderError) as caught:
        ReplicateImage(replicate_access(vendor), gone).submit(IMAGE, desk.work, mark())
    assert caught.value.refused
    row = shipped_model("replicate", "black-forest-labs/flux-dev")
    changed = row.model_copy(update={"inputs": row.inputs | {"new": {"type": "integer"}}, "settings": {"new": 5}})
    with pytest.raises(ProviderError) as caught:
        ReplicateImage(replicate_access(vendor), changed).submit(IMAGE, desk.work, mark())
    assert caught.value.kind == "invalid_input"
    assert caught.value.fields[0][0] == "new"
    with pytest.raises(ProviderError, match="does not know"):
        ReplicateImage(replicate_access(vendor), row.model_copy(update={"name": "some/other"})).submit(
            IMAGE, desk.work, mark()
        )


def test_it_finds_an_attempt_by_its_mark_among_many(vendor: Vendor, desk: Desk) -> None:
    provider = ReplicateImage(replicate_access(vendor))
    ids = {f"a-{n}": provider.submit(IMAGE, desk.work, mark(f"a-{n}")) for n in range(4)}
    assert provider.find(mark("a-2")) == ids["a-2"]
    assert provider.find(mark("never-sent")) is None
    late = Mark(code="a-2", callback_url="", since=datetime.now(UTC) + timedelta(minutes=5))
    assert provider.find(late) is None


def test_it_finds_it_beyond_the_first_page(vendor: Vendor, desk: Desk) -> None:
    provider = ReplicateImage(replicate_access(vendor))
    first = provider.submit(IMAGE, desk.work, mark("first"))
    for _ in range(120):
        vendor.replicate.accept(
            {"version": "black-forest-labs/flux-schnell", "input": {"prompt": "x"}}, fate="", deadline_s=0
        )
    assert provider.find(mark("first")) == first


def test_it_finds_work_of_a_model_without_seeds_by_the_request(vendor: Vendor, desk: Desk) -> None:
    row = shipped_model("replicate", "kwaivgi/kling-v2.1", "draft")
    provider = ReplicateVideo(replicate_access(vendor), row)
    request = VideoRequest(image=desk.picture(), camera="drift", motion="leaves fall", seconds=5, seed=1)
    made = provider.submit(request, desk.work, mark("k-1"))
    assert provider.find(mark("k-1"), request) == made
    assert provider.find(mark("k-1"), request.model_copy(update={"motion": "rain falls"})) is None
    assert provider.find(mark("k-1")) is None
    others = replace(mark("k-2"), taken=frozenset({made}))
    assert provider.find(others, request) is None, "it was ordered for another scene of the same words"
    again = provider.submit(request, desk.work, mark("k-2"))
    assert provider.find(others, request) == again


def test_it_cancels_what_is_under_way_and_minds_nothing_else(vendor: Vendor, desk: Desk) -> None:
    vendor.replicate.work_s = 60
    provider = ReplicateImage(replicate_access(vendor))
    external_id = provider.submit(IMAGE, desk.work, mark())
    provider.cancel(external_id)
    provider.cancel(external_id)
    provider.cancel("nosuch")
    with pytest.raises(ProviderError) as caught:
        provider.poll(external_id, IMAGE, desk.work)
    assert caught.value.kind == "timeout"
    assert vendor.bill.total_microusd == 0


def test_the_vendor_gives_up_at_our_deadline(vendor: Vendor, desk: Desk) -> None:
    vendor.misbehave("stuck")
    provider = ReplicateImage(replicate_access(vendor, deadline_s=5))
    external_id = provider.submit(IMAGE, desk.work, mark())
    vendor.replicate.predictions[external_id].begun -= 6
    with pytest.raises(ProviderError) as caught:
        provider.poll(external_id, IMAGE, desk.work)
    assert caught.value.kind == "timeout"


def test_webhooks_come_signed_and_carry_the_attempt(vendor: Vendor, desk: Desk) -> None:
    with Vendor() as studio:  # any server that answers will do as the studio's address
        url = f"{studio.url}/hook?attempt=w-1"
        ReplicateImage(replicate_access(vendor)).submit(IMAGE, desk.work, mark("w-1", url))
        wait_until(lambda: bool(vendor.callbacks), what="the callback")
        told = studio.asked[-1]
    assert told.headers["webhook-signature"].startswith("v1,")
    assert told.json["status"] == "succeeded"
    assert vendor.bill.charges[0].mark == "w-1"


def test_a_small_picture_travels_inside_and_a_large_one_is_put_up(vendor: Vendor, desk: Desk) -> None:
    provider = ReplicateVideo(replicate_access(vendor), shipped_model("replicate", "prunaai/p-video", "draft"))
    small = VideoRequest(image=desk.picture(), camera="drift", seconds=3, seed=1)
    provider.submit(small, desk.work, mark("s"))
    sent = vendor.posts("/v1/predictions")[-1].json["input"]["image"]
    assert base64.b64decode(sent.partition(",")[2])[:2] == b"\xff\xd8"
    large = small.model_copy(update={"image": desk.picture(1400, 800, noisy=True)})
    provider.submit(large, desk.work, mark("l"))
    assert vendor.posts("/v1/predictions")[-1].json["input"]["image"].startswith(f"{vendor.url}/v1/files/")
    assert len(next(iter(vendor.replicate.files.values()))) > INLINE_BYTES


def test_clips_are_ordered_long_enough_and_never_too_long() -> None:
    lengths = {
        row.key: [clip_seconds(row.limits, wanted) for wanted in (1, 4, 7, 30)]
        for row in ROWS
        if row.capability == "video"
    }
    assert lengths["replicate:prunaai/p-video:final"] == [1, 4, 7, 20]
    assert lengths["replicate:kwaivgi/kling-v2.1:draft"] == [5, 5, 10, 10]
    assert lengths["replicate:google/veo-3.1-lite:draft"] == [4, 4, 8, 8]
    assert lengths["replicate:bytedance/seedance-1-lite:draft"] == [4, 4, 7, 12]
    assert lengths["replicate:wan-video/wan-2.2-i2v-fast:draft"] == [5, 5, 7, 7]


def test_draft_and_final_are_ordered_differently(vendor: Vendor, desk: Desk) -> None:
    sent = []
    for tier in ("draft", "final"):
        row = shipped_model("replicate", "prunaai/p-video", tier)
        provider = ReplicateVideo(replicate_access(vendor), row)
        request = VideoRequest(image=desk.picture(), camera="drift", seconds=6, seed=1)
        provider.submit(request, desk.work, mark(tier))
        sent.append((vendor.posts("/v1/predictions")[-1].json["input"]["draft"], provider.estimate(request)))
    assert sent == [(True, 30_000), (False, 120_000)]


def test_an_unknown_price_is_never_zero(vendor: Vendor, desk: Desk) -> None:
    row = shipped_model("replicate", "topazlabs/video-upscale")
    with pytest.raises(UnknownPrice, match="Topaz"):
        provider_for(row, vendor).estimate(UpscaleRequest(file=desk.picture(), duration_ms=1000))


def test_a_price_that_was_taken_away_loses_nothing_that_is_under_way(vendor: Vendor, desk: Desk) -> None:
    provider = ReplicateImage(replicate_access(vendor))
    unpriced = ReplicateImage(replicate_access(vendor), provider.row.model_copy(update={"price_microusd": None}))
    external_id = provider.submit(IMAGE, desk.work, mark())
    assert isinstance(unpriced.poll(external_id, IMAGE, desk.work), ImageReply)
    vendor.misbehave("empty_output", on="run")
    external_id = provider.submit(IMAGE, desk.work, mark("a-2"))
    with pytest.raises(ProviderError) as caught:
        unpriced.poll(external_id, IMAGE, desk.work)
    assert caught.value.kind == "ambiguous", "it is paid, and nobody knows what"


def test_it_chooses_the_nearest_shape() -> None:
    aspects = ["1:1", "16:9", "4:5", "9:16", "custom"]
    sizes = ((1280, 720), (720, 1280), (1080, 1080), (864, 1080))
    assert [nearest_aspect(*size, aspects) for size in sizes] == ["16:9", "9:16", "1:1", "4:5"]


@pytest.mark.parametrize(
    ("table", "value", "wrong"),
    [
        ({"type": "integer", "ge": 1, "le": 4}, 5, "must be at most 4"),
        ({"type": "integer", "ge": 1}, 0, "must be at least 1"),
        ({"type": "integer"}, True, "must be of type integer"),
        ({"type": "enum", "enum": [5, 10]}, 6, "must be one of 5, 10"),
        ({"type": "boolean"}, True, ""),
        ({"type": "number"}, 2, ""),
        (None, 1, "is no input of this model"),
    ],
)
def test_it_sees_what_a_model_would_refuse(table: Any, value: Any, wrong: str) -> None:
    assert wrong_input(table, value) == wrong


def test_it_refuses_to_send_what_is_required_and_missing() -> None:
    row = shipped_model("replicate", "kwaivgi/kling-v2.1")
    with pytest.raises(ProviderError, match="start_image is required"):
        checked_inputs({"prompt": "x", "duration": 5}, row)


def test_marks_make_seeds_that_differ_and_fit() -> None:
    seeds = {mark_seed(f"attempt-{n}") for n in range(2000)}
    assert len(seeds) == 2000
    assert all(0 < seed < 1 << 31 for seed in seeds)


@pytest.mark.parametrize("seed", range(3))
def test_with_a_vendor_at_its_worst_our_count_is_its_bill(
    vendor: Vendor, desk: Desk, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Three of ten occasions go wrong in any way there is; each attempt is ordered once, every cent accounted for."""
    slow = {"hang", "huge", "flood", "zip_bomb", "stuck", "odd_status"}
    monkeypatch.setattr(outputs, "PAUSES_S", (0, 0))
    vendor.mischief = Mischief(seed)
    for place in ("create", "run", "get", "output"):
        vendor.mischief.by_chance(30, on=[place], names=[name for name in MISCHIEF[place] if name not in slow])
    provider = ReplicateImage(replicate_access(vendor))
    provider.max_output_bytes = 1 << 20  # type: ignore[misc]
    spent = 0
    for number in range(40):
        attempt, external_id = mark(f"worst-{seed}-{number}"), None
        try:
            external_id = provider.submit(IMAGE, desk.work, attempt)
        except ProviderError as error:
            if not error.refused:
                external_id = provider.find(attempt, IMAGE)
        spent += ended(provider, external_id, desk) if external_id else 0
    assert len(vendor.posts("/v1/predictions")) == 40
    assert spent == vendor.bill.total_microusd > 0
    assert vendor.bill.paid_twice() == []
    assert httpx.get(f"{vendor.url}/_bill").json()["total_microusd"] == spent
    assert len(vendor.mischief.done) > 30


def ended(provider: ReplicateImage, external_id: str, desk: Desk) -> int:
    """What an order cost in the end."""
    for _ in range(30):
        try:
            reply = provider.poll(external_id, IMAGE, desk.work)
        except ProviderError as error:
            return error.cost_microusd
        if not isinstance(reply, Pending):
            return provider.cost(IMAGE, reply)
    raise AssertionError("never ended")


@pytest.mark.parametrize("tier", ["draft", "final"])
@pytest.mark.parametrize("seconds", [5, 6, 7])
def test_a_clip_that_is_priced_by_its_frames_costs_what_is_billed(
    vendor: Vendor, desk: Desk, tier: str, seconds: int
) -> None:
    row = next(row for row in ROWS if row.key == f"replicate:wan-video/wan-2.2-i2v-fast:{tier}")
    provider = provider_for(row, vendor)
    request = request_for(row, desk).model_copy(update={"seconds": seconds})
    vendor.replicate.work_s = 0.0
    external_id = provider.submit(request, desk.work, mark())
    reply = provider.poll(external_id, request, desk.work)
    assert not isinstance(reply, Pending)
    assert provider.estimate(request) == provider.cost(request, reply) == vendor.bill.total_microusd


def test_a_picture_that_cannot_be_fetched_is_no_lost_order(vendor: Vendor, desk: Desk) -> None:
    def away(stored: Any) -> Path:
        raise ConnectionResetError("storage is away")

    row = next(row for row in ROWS if row.capability == "video")
    with pytest.raises(NotSent):
        provider_for(row, vendor).submit(request_for(row, desk), replace(desk.work, fetch=away), mark())
    assert vendor.posts("/v1/predictions") == []
