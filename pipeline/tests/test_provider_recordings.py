"""The vendors' own recorded replies, read by our parsers: the stand-in is written by us, these are not."""

from __future__ import annotations

import math
from typing import Any

import httpx
import openai
import pytest

from pipeline.media.audio.values import SongAnalysis
from pipeline.providers.base import ProviderError
from pipeline.providers.capabilities import TranscriptionRequest
from pipeline.providers.catalogue import shipped_model
from pipeline.providers.hearing import song_lyrics
from pipeline.providers.openai import client as seam
from pipeline.providers.openai.chat import answer_of, chat_cost
from pipeline.providers.openai.client import OPENAI, OPENROUTER, asked
from pipeline.providers.openai.transcription import heard_of, transcription_bill
from pipeline.providers.replicate.inputs import IMAGES
from pipeline.providers.replicate.predictions import LONGEST_RUN_MS, prediction_of
from pipeline.tests.providing import contract, with_contracts

pytestmark = with_contracts
LUNA = shipped_model("openai", "gpt-6-luna")


def interactions(path: str) -> list[dict[str, Any]]:
    return list(contract(f"recorded/{path}")["interactions"])


def replayed(vendor: seam.Vendor, recorded: dict[str, Any]) -> dict[str, Any]:
    """What our seam makes of a recorded answer, played to the real client."""
    body = recorded["response"]
    content: Any = {"json": body} if not isinstance(body, str) else {"text": body}
    answer = httpx.Response(recorded["status"], **content)
    client = openai.OpenAI(
        api_key="k",
        base_url=vendor.home,
        max_retries=0,
        http_client=httpx.Client(transport=httpx.MockTransport(lambda request: answer)),  # type: ignore[arg-type]
    )
    return asked(vendor, lambda: client.chat.completions.with_raw_response.create(model="m", messages=[]))


def test_all_recorded_predictions_are_read() -> None:
    bodies = [entry["prediction"] for entry in interactions("replicate/all_133_predictions.json")]
    read = [prediction_of(body) for body in bodies]
    assert len(read) == 133
    states = [prediction.state for prediction in read]
    assert (states.count("succeeded"), states.count("canceled"), states.count("working")) == (96, 3, 34)
    assert all(prediction.external_id and 0 <= prediction.run_ms <= LONGEST_RUN_MS for prediction in read)
    assert any(prediction.outputs for prediction in read)


def test_a_recorded_run_goes_from_starting_to_an_address() -> None:
    bodies = [entry["response"] for entry in interactions("replicate/sdxl_run_poll_to_success.json")]
    states = [prediction_of(body).state for body in bodies if "status" in body]
    assert states[0] == "working"
    assert states[-1] == "succeeded"
    assert prediction_of(bodies[-1]).outputs[0].startswith("https://")


def test_the_recorded_table_of_sdxl_takes_what_we_send() -> None:
    recorded = interactions("replicate/model_get_sdxl_with_schema.json")[0]["response"]
    table = recorded["latest_version"]["openapi_schema"]["components"]["schemas"]["Input"]["properties"]
    from pipeline.providers.capabilities import ImageRequest

    row = shipped_model("replicate", "stability-ai/sdxl")
    sent = IMAGES[row.name](ImageRequest(prompt="x", width=1280, height=720, seed=1), row, 5)
    assert set(sent) <= set(table)
    for name, value in sent.items():
        if isinstance(value, int):
            assert table[name].get("minimum", -math.inf) <= value <= table[name].get("maximum", math.inf), name


def test_a_recorded_structured_answer_is_taken() -> None:
    answer = answer_of(OPENAI, LUNA, replayed(OPENAI, interactions("openai/chat_structured_ok.json")[0]))
    assert answer.data is not None
    assert "answer" in answer.data
    assert (answer.bill.input_tokens, answer.bill.output_tokens, answer.bill.reported_microusd) == (75, 91, -1)
    assert chat_cost(LUNA, answer.bill) == math.ceil((75 * 100_000 + 91 * 500_000) / 1_000_000)


def test_a_recorded_refusal_is_a_refusal() -> None:
    answer = answer_of(OPENAI, LUNA, replayed(OPENAI, interactions("openai/chat_structured_refusal.json")[0]))
    assert (answer.data, answer.problem_kind) == (None, "moderation")


def test_recorded_answers_without_a_schema_are_no_objects_and_named_prices_are_used() -> None:
    first, second = interactions("openrouter/openrouter_usage.json")[:2]
    plain = answer_of(OPENROUTER, LUNA, replayed(OPENROUTER, first))
    assert (plain.data, plain.problem_kind, plain.bill.reported_microusd) == (None, "bad_answer", -1)
    priced = answer_of(OPENROUTER, LUNA, replayed(OPENROUTER, second))
    assert priced.bill.reported_microusd == math.ceil(round(second["response"]["usage"]["cost"] * 1_000_000, 6))


@pytest.mark.parametrize(
    ("vendor", "path", "kind"),
    [
        (OPENAI, "openai/chat_401.json", "auth"),
        (OPENROUTER, "openrouter/openrouter_errors_raised.json", "rate_limited"),
        (OPENAI, "openai/transcription_400_bad_language.json", "invalid_input"),
    ],
)
def test_recorded_errors_have_their_kind(vendor: seam.Vendor, path: str, kind: str) -> None:
    with pytest.raises(ProviderError) as caught:
        replayed(vendor, interactions(path)[0])
    assert (caught.value.kind, caught.value.refused) == (kind, True)


def test_an_observed_error_inside_a_200_is_found() -> None:
    entry = next(e for e in contract("observed/openrouter_errors.json")["errors"] if e["status"] == 200)
    with pytest.raises(ProviderError) as caught:
        replayed(OPENROUTER, {"status": 200, "response": entry["body"]})
    assert caught.value.kind == "rate_limited"


@pytest.mark.parametrize(
    "path",
    [
        "whisper1_verbose_word_segment",
        "whisper1_verbose_segment",
        "whisper1_verbose_word",
        "whisper1_verbose_default",
        "gpt4o_transcribe_json_logprobs",
    ],
)
def test_recorded_transcripts_become_a_line(path: str) -> None:
    """Whatever was asked for: words and segments, one of them, or the text alone."""
    body = interactions(f"openai/{path}.json")[0]["response"]
    analysis = SongAnalysis(
        duration_ms=1700, tempo_mbpm=120_000, beats_ms=(), downbeats_ms=(), sections=(), vocal_activity=(800,) * 17
    )
    heard = heard_of(body, 0, 1700)
    lyrics = song_lyrics(TranscriptionRequest(song={"sha256": "x"}, analysis=analysis), [heard])  # type: ignore[arg-type]
    said = " ".join(line.text for line in lyrics.lines).lower()
    assert all(word in said for word in ("hello", "world", "test"))
    assert all(0 <= line.start_ms < line.end_ms <= 1700 for line in lyrics.lines)
    if "verbose" in path:
        assert lyrics.language == "en"
        assert transcription_bill(body).units in {2000, -1}
