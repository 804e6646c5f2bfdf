"""A prediction as Replicate tells it, read tolerantly: bodies of three years differ in nearly every field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.providers.http import scaled

State = Literal["working", "succeeded", "failed", "canceled", "aborted"]
_STATES: dict[str, State] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "canceled",
    "cancelled": "canceled",
    "aborted": "aborted",
}
LONGEST_RUN_MS = 3_600_000


@dataclass(frozen=True)
class Prediction:
    """What matters of it. `outputs` are addresses (https: or data:), in order; `run_ms` is time on hardware."""

    external_id: str
    state: State
    outputs: tuple[str, ...]
    error: str
    run_ms: int
    removed: bool
    inputs: dict[str, Any]
    model: str
    version: str


def prediction_of(body: dict[str, Any]) -> Prediction:
    """Read one body. A status that is not known counts as still working: the deadline decides, not a guess."""
    error = body.get("error")
    inputs = body.get("input")
    return Prediction(
        external_id=str(body.get("id") or ""),
        state=_STATES.get(str(body.get("status")), "working"),
        outputs=tuple(addresses(body.get("output"))),
        error=error if isinstance(error, str) else _said(error),
        run_ms=_run_ms(body.get("metrics")),
        removed=bool(body.get("data_removed")),
        inputs=inputs if isinstance(inputs, dict) else {},
        model=str(body.get("model") or ""),
        version=str(body.get("version") or ""),
    )


def addresses(output: Any) -> Iterator[str]:
    """Every address in an output: a string, a list, or nested objects, depending on the model."""
    if isinstance(output, str):
        if output.startswith(("https://", "http://", "data:")):
            yield output
    elif isinstance(output, list):
        for item in output:
            yield from addresses(item)
    elif isinstance(output, dict):
        for item in output.values():
            yield from addresses(item)


def _said(error: Any) -> str:
    if isinstance(error, dict):
        return " ".join(str(error[name]) for name in ("title", "code", "detail", "message") if error.get(name))
    return "" if error is None else str(error)


def _run_ms(metrics: Any) -> int:
    """Recorded bodies hold negative and absurd times: clamped, so that no cost is ever negative."""
    found = scaled(metrics.get("predict_time"), 1000) if isinstance(metrics, dict) else None
    return max(0, min(LONGEST_RUN_MS, found or 0))
