"""The stand-in's Replicate: predictions that take a while, files, an account."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipeline.providers.catalogue import shipped_models
from tests.vendor import media
from tests.vendor.bill import Bill, Charge, prediction_price

_TABLES = {row.name: row.inputs for row in shipped_models() if row.provider == "replicate"}
_ALLOWED = {"version", "input", "webhook", "webhook_events_filter", "stream"}
_ADDRESSES = ("data:", "https://", "http://127.0.0.1")
FATES = {
    "failed": ("failed", "The model could not do this."),
    "nsfw": ("failed", "NSFW content detected. Try running it again, or try a different prompt."),
    "interrupted": ("failed", "Prediction interrupted; please retry (code: PA)"),
    "out_of_memory": ("failed", "E1001 - Model Out of Memory (OOM Killed)"),
    "aborted": ("aborted", None),
    "canceled": ("canceled", None),
    "object_error": ("failed", {"title": "Model error", "detail": "It broke", "code": "E9999"}),
}


@dataclass
class Prediction:
    """One accepted order and what becomes of it."""

    id: str
    model: str
    version: str
    inputs: dict[str, Any]
    webhook: str
    created: datetime
    begun: float
    work_s: float
    fate: str
    deadline_s: float = 0
    canceled_at: float = 0
    concluded: bool = False
    run_ms: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def mark(self) -> str:
        """The attempt that ordered it: from the callback address, else the seed."""
        named = parse_qs(urlsplit(self.webhook).query).get("attempt") if self.webhook else None
        return named[0] if named else str(self.inputs.get("seed", ""))

    def status(self) -> str:
        passed = time.monotonic() - self.begun
        if self.canceled_at:
            return "canceled"
        if self.fate == "stuck" or passed < self.work_s:
            if self.deadline_s and passed >= self.deadline_s:
                return "canceled"
            return "starting" if passed < self.work_s / 3 else "processing"
        if self.fate == "odd_status":
            return "reviewing"
        return FATES[self.fate][0] if self.fate in FATES else "succeeded"

    @property
    def over(self) -> bool:
        return self.status() in {"succeeded", "failed", "canceled", "aborted"}


class Replicate:
    """All predictions and files of one account."""

    def __init__(self, bill: Bill) -> None:
        self.bill = bill
        self.predictions: dict[str, Prediction] = {}
        self.files: dict[str, bytes] = {}
        self.work_s = 0.0
        self._lock = threading.Lock()

    def refusal(self, body: Any) -> dict[str, Any] | None:
        """The 422 for an order that the model would not take."""
        if not isinstance(body, dict):
            return _invalid([("", "required", "body must be an object")])
        wrong = [
            ("", "additional_property_not_allowed", f"Additional property {name} is not allowed")
            for name in set(body) - _ALLOWED
        ]
        name = str(body.get("version", "")).partition(":")[0]
        if name not in _TABLES:
            return {
                "title": "Invalid version or not permitted",
                "detail": "The specified version does not exist (or perhaps you don't have permission to use it?)",
                "status": 422,
            }
        inputs = body.get("input")
        wrong += _wrong_inputs(inputs if isinstance(inputs, dict) else {}, _TABLES[name])
        return _invalid(wrong) if wrong else None

    def accept(self, body: dict[str, Any], *, fate: str, deadline_s: float) -> Prediction:
        version = str(body["version"])
        made = Prediction(
            id=uuid.uuid4().hex[:26],
            model=version.partition(":")[0],
            version=version.partition(":")[2] or "hidden",
            inputs=body["input"],
            webhook=str(body.get("webhook") or ""),
            created=datetime.now(UTC),
            begun=time.monotonic(),
            work_s=self.work_s,
            fate=fate,
            deadline_s=deadline_s,
        )
        with self._lock:
            self.predictions[made.id] = made
        return made

    def conclude(self) -> None:
        """Charge for what is over by now."""
        for prediction in list(self.predictions.values()):
            with prediction.lock:
                if prediction.concluded or not prediction.over:
                    continue
                prediction.concluded = True
                prediction.run_ms = max(200, round(prediction.work_s * 1000))
                charged = self._charged(prediction)
            if charged:
                self.bill.add(
                    Charge(
                        "replicate",
                        "prediction",
                        prediction.model,
                        prediction.id,
                        prediction.mark,
                        charged,
                    )
                )

    def _charged(self, prediction: Prediction) -> int:
        status = prediction.status()
        if status == "succeeded":
            return prediction_price(prediction.model, prediction.inputs, prediction.run_ms)
        return 0

    def told(self, prediction: Prediction, base: str) -> dict[str, Any]:
        """A prediction as the vendor's API tells it."""
        self.conclude()
        status = prediction.status()
        body: dict[str, Any] = {
            "id": prediction.id,
            "model": prediction.model,
            "version": prediction.version,
            "input": prediction.inputs,
            "logs": "",
            "output": None,
            "error": None,
            "status": status,
            "created_at": prediction.created.isoformat().replace("+00:00", "Z"),
            "data_removed": False,
            "source": "api",
            "urls": {
                "get": f"{base}/v1/predictions/{prediction.id}",
                "cancel": f"{base}/v1/predictions/{prediction.id}/cancel",
                "web": f"https://replicate.com/p/{prediction.id}",
            },
        }
        if status == "succeeded":
            body |= {"output": self._output(prediction, base), "metrics": {"predict_time": prediction.run_ms / 1000}}
            if prediction.fate == "removed":
                body |= {"output": None, "data_removed": True}
        elif prediction.fate in FATES and status == FATES[prediction.fate][0]:
            body["error"] = FATES[prediction.fate][1]
        if prediction.over:
            body["completed_at"] = datetime.now(UTC).isoformat()
        return body

    def _output(self, prediction: Prediction, base: str) -> Any:
        if prediction.fate == "empty_output":
            return []
        kind = _kind(prediction.model)
        suffix = {"image": "jpg", "video": "mp4", "music": "wav"}[kind]
        address = f"{base}/delivery/{prediction.id}/out-0.{suffix}"
        if prediction.fate == "foreign_output":
            address = f"http://127.0.0.2:9/{prediction.id}/out-0.{suffix}"
        if prediction.fate == "data_output":
            data, content_type = self.output(prediction.id) or (b"", "")
            address = f"data:{content_type};base64,{base64.b64encode(data).decode()}"
        return [address] if prediction.model in {"black-forest-labs/flux-schnell", "stability-ai/sdxl"} else address

    def output(self, prediction_id: str) -> tuple[bytes, str] | None:
        """The file that a prediction made, and its content type."""
        prediction = self.predictions.get(prediction_id)
        if prediction is None or prediction.status() != "succeeded":
            return None
        kind = _kind(prediction.model)
        if kind == "video" and "target_resolution" in prediction.inputs:
            given = self._given(str(prediction.inputs["video"]))
            side = {"720p": 720, "1080p": 1080, "4k": 2160}[prediction.inputs["target_resolution"]]
            return media.enlarged_film(given, side, prediction.inputs["target_fps"]), "video/mp4"
        if kind == "video":
            return media.clip(_clip_seconds(prediction)), "video/mp4"
        if kind == "music":
            return media.music(_music_seconds(prediction.inputs)), "audio/wav"
        if "scale" in prediction.inputs:
            return media.enlarged(self._given(str(prediction.inputs["image"])), prediction.inputs["scale"]), "image/png"
        width, height = _shape(prediction.inputs)
        return media.picture(width, height, _seed(prediction)), "image/jpeg"

    def _given(self, address: str) -> bytes:
        """The file behind an input: put up before, or in the address itself."""
        head, _, body = address.partition(",")
        return base64.b64decode(body) if head.startswith("data:") else self.files[address.rpartition("/")[2]]


def _music_seconds(inputs: dict[str, Any]) -> int:
    """As long as was asked: in a number, else in words."""
    said = re.search(r"about (\d+) seconds", str(inputs.get("prompt", "")))
    return int(inputs["duration"]) if "duration" in inputs else int(said[1]) if said else 30


def _seed(prediction: Prediction) -> int:
    return int.from_bytes(hashlib.sha256(prediction.id.encode()).digest()[:2], "big")


def _clip_seconds(prediction: Prediction) -> int:
    inputs = prediction.inputs
    if "num_frames" in inputs:
        return math.ceil(inputs["num_frames"] / inputs.get("frames_per_second", 16))
    return int(inputs.get("duration", 5))


def _shape(inputs: dict[str, Any]) -> tuple[int, int]:
    if "width" in inputs:
        return int(inputs["width"]), int(inputs["height"])
    width, _, height = str(inputs.get("aspect_ratio", "1:1")).partition(":")
    return int(width), int(height)


def _kind(model: str) -> str:
    row = next(row for row in shipped_models() if row.name == model)
    if row.capability == "upscale":
        return "video" if "video" in row.inputs else "image"
    return {"image": "image", "video": "video", "music": "music"}[row.capability]


def _wrong_inputs(inputs: dict[str, Any], table: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The vendor's own judgment of inputs, written apart from the adapter's."""
    wrong = []
    for name, value in inputs.items():
        rule = table.get(name)
        field_name = f"input.{name}"
        if rule is None:
            wrong.append((field_name, "additional_property_not_allowed", f"Additional property {name} is not allowed"))
        elif "enum" in rule and value not in rule["enum"]:
            choices = ", ".join(f'"{choice}"' for choice in rule["enum"])
            wrong.append((field_name, "enum", f"{name} must be one of the following: {choices}"))
        elif rule["type"] == "integer" and (not isinstance(value, int) or isinstance(value, bool)):
            wrong.append((field_name, "invalid_type", "Expected: integer"))
        elif rule["type"] in {"string", "file"} and not isinstance(value, str):
            wrong.append((field_name, "invalid_type", "Expected: string"))
        elif rule["type"] in {"list", "file"} and not _are_addresses(value):
            wrong.append((field_name, "format", "Does not match format 'uri'"))
        elif isinstance(value, (int, float)) and "le" in rule and value > rule["le"]:
            wrong.append((field_name, "number_lte", f"Must be less than or equal to {rule['le']}"))
        elif isinstance(value, (int, float)) and "ge" in rule and value < rule["ge"]:
            wrong.append((field_name, "number_gte", f"Must be greater than or equal to {rule['ge']}"))
    for name, rule in table.items():
        if rule.get("required") and name not in inputs:
            wrong.append(("input", "required", f"{name} is required"))
    return wrong


def _are_addresses(value: Any) -> bool:
    return all(str(item).startswith(_ADDRESSES) for item in (value if isinstance(value, list) else [value]))


def _invalid(wrong: list[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "title": "Input validation failed",
        "detail": "".join(f"- {name}: {text}\n" for name, _, text in wrong),
        "status": 422,
        "invalid_fields": [{"type": kind, "field": name, "description": text} for name, kind, text in wrong],
    }
