"""What all of Replicate's capabilities share: order once, look until it is done, fetch, decode, store, count."""

from __future__ import annotations

import base64
from abc import abstractmethod
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, TypeVar

from pipeline.media.run import MediaError
from pipeline.media.values import Value
from pipeline.providers.base import (
    Access,
    Bill,
    JobProvider,
    Mark,
    ModelRow,
    Pending,
    ProviderError,
    Reply,
    UnknownPrice,
    Work,
    preparing,
)
from pipeline.providers.catalogue import default_model, price_for
from pipeline.providers.failures import ambiguous, moderated, run_failure, unusable
from pipeline.providers.http import DownloadFailed
from pipeline.providers.outputs import fetch_output, shrunk_jpeg
from pipeline.providers.replicate.api import VENDOR, ReplicateApi
from pipeline.providers.replicate.inputs import Inputs
from pipeline.providers.replicate.predictions import Prediction, prediction_of
from pipeline.recipes import seed_of

RequestT = TypeVar("RequestT", bound=Value)
ReplyT = TypeVar("ReplyT", bound=Reply)

INLINE_BYTES = 256_000
"""Up to here an input file travels inside the request (the vendor's documented limit); larger ones are put up first."""

INPUT_SIDE = 1920
BUSY_POLL_S = 15
CLOCKS_APART = timedelta(seconds=30)


def mark_seed(code: str) -> int:
    """The seed that an attempt is ordered with: 31 bits of its code, by which the vendor's own list tells it apart."""
    return seed_of(code) or 1


class ReplicateJob(JobProvider[RequestT, ReplyT]):
    """One capability at Replicate; a subclass says what is sent and what is made of the output."""

    name = "replicate"
    poll_s: ClassVar[int] = 3
    max_output_bytes: ClassVar[int]
    made: ClassVar[str]
    """What is ordered, in words: "a picture"."""

    def __init__(self, access: Access | None = None, model: ModelRow | None = None) -> None:
        super().__init__(access, model)
        self.row: ModelRow = model or default_model("replicate", self.capability)

    @abstractmethod
    def inputs(self, request: RequestT, seed: int, work: Work, api: ReplicateApi) -> Inputs:
        """What this model is sent, checked against its table. Raises ProviderError (refused)."""

    @abstractmethod
    def taken(self, path: Path, request: RequestT, work: Work, bill: Bill) -> ReplyT:
        """The output decoded and stored. Raises MediaError for what is none."""

    def units(self, request: RequestT) -> Fraction:
        """How many of the price's unit this request is worth at most: one, or its longest run where time is paid."""
        return Fraction(self.row.limits.run_seconds if self.row.unit == "gpu_second" else 1)

    def submit(self, request: RequestT, work: Work, mark: Mark) -> str:
        with preparing():
            api = ReplicateApi(self.access)
        try:
            with preparing():
                inputs = self.inputs(request, mark_seed(mark.code), work, api)
            answer = api.create(
                self.row.version or self.row.name,
                inputs,
                callback_url=mark.callback_url,
                deadline_s=self.access.deadline_s or self.row.limits.run_seconds,
            )
        finally:
            api.close()
        return str(answer["id"])

    def poll(self, external_id: str, request: RequestT, work: Work) -> ReplyT | Pending:
        try:
            api = ReplicateApi(self.access)
        except ProviderError:  # our key was taken away; the vendor works on, and is paid for it
            return Pending(poll_after_s=BUSY_POLL_S)
        try:
            try:
                found = prediction_of(api.prediction(external_id))
            except ProviderError as error:
                if error.kind == "unavailable" and not error.transient:
                    raise ambiguous(VENDOR, f"{external_id}: {error.detail}") from error  # it forgot what it may charge
                return Pending(poll_after_s=error.retry_after_s or BUSY_POLL_S)  # whatever is wrong, the work goes on
            if found.state == "working":
                return Pending(poll_after_s=self.poll_s)
            if found.state != "succeeded":
                raise self._given_up(found, request)
            return self._fetched(api, found, request, work)
        finally:
            api.close()

    def cancel(self, external_id: str) -> None:
        api = ReplicateApi(self.access)
        try:
            api.cancel(external_id)
        finally:
            api.close()

    def find(self, mark: Mark, request: RequestT | None = None) -> str | None:
        seed, seeded = mark_seed(mark.code), "seed" in self.row.inputs
        api = ReplicateApi(self.access)
        try:
            for body in api.predictions_since(mark.since - CLOCKS_APART):
                found = prediction_of(body)
                if found.external_id in mark.taken:
                    continue  # the same words were ordered for another scene as well
                if seeded and found.inputs.get("seed") == seed:
                    return found.external_id
                if not seeded and request is not None and self._same(found, request):
                    return found.external_id
        finally:
            api.close()
        return None

    def estimate(self, request: RequestT) -> int:
        return price_for(self.units(request), self.row, self._setting())

    def cost(self, request: RequestT, reply: ReplyT) -> int:
        return self._charge(request, reply.bill.run_ms)

    def says(self, request: RequestT) -> str:
        """The words of this request as they are sent: what tells it apart for a model that takes no seed."""
        return ""

    def _charge(self, request: RequestT, run_ms: int) -> int:
        if self.row.unit == "gpu_second":
            return price_for(Fraction(run_ms, 1000), self.row)
        return self.estimate(request)

    def _setting(self) -> str:
        return str(self.row.settings.get("resolution", ""))

    def _same(self, found: Prediction, request: RequestT) -> bool:
        same_model = not found.model or found.model == self.row.name
        words = self.says(request)
        return bool(words) and same_model and found.inputs.get("prompt") == words

    def _given_up(self, found: Prediction, request: RequestT) -> ProviderError:
        """A run without an output: a failed one is free, a canceled one costs its time, an aborted one never began."""
        if found.state == "failed":
            return run_failure(VENDOR, found.error)
        if found.state == "aborted":
            text = f"{VENDOR} did not begin with this in time."
            return ProviderError(text, kind="timeout", refused=True, detail=found.error)
        cost = self._paid_for_nothing(request, found) if self.row.unit == "gpu_second" else 0
        text = f"The work at {VENDOR} was stopped before it was done."
        return ProviderError(text, kind="timeout", detail=found.error, cost_microusd=cost)

    def _fetched(self, api: ReplicateApi, found: Prediction, request: RequestT, work: Work) -> ReplyT | Pending:
        """The output, here and decoded. From now on the work is paid, whatever comes out."""
        if not found.outputs:
            cost = self._paid_for_nothing(request, found)
            if found.removed:
                text = f"{VENDOR} deleted what it made before it could be fetched."
                raise ProviderError(text, kind="failed", detail="data_removed", cost_microusd=cost)
            raise moderated(VENDOR, "succeeded with an empty output", refused=False, cost_microusd=cost)
        try:
            path, downloads = fetch_output(
                found.outputs[0],
                work.folder / "output",
                hosts=api.files,
                max_bytes=self.max_output_bytes,
                stop=work.stop,
            )
        except DownloadFailed as error:
            if not error.gone:
                return Pending(poll_after_s=BUSY_POLL_S)
            cost = self._paid_for_nothing(request, found)
            raise unusable(VENDOR, self.made, str(error), cost_microusd=cost) from error
        bill = Bill(external_id=found.external_id, model=found.model, run_ms=found.run_ms, units=1, downloads=downloads)
        try:
            return self.taken(path, request, work, bill)
        except MediaError as error:
            cost = self._paid_for_nothing(request, found)
            raise unusable(VENDOR, self.made, f"{error} {error.detail}", cost_microusd=cost) from error

    def _paid_for_nothing(self, request: RequestT, found: Prediction) -> int:
        """What an output costs that is of no use. Where its price was taken away since, nobody knows: `ambiguous`."""
        try:
            return self._charge(request, found.run_ms)
        except UnknownPrice as error:
            raise ambiguous(VENDOR, f"{found.external_id}: {error}") from error


def picture_input(path: Path, name: str, work: Work, api: ReplicateApi) -> str:
    """A picture as an input: inside the request where it fits, else put up for a day."""
    jpeg = shrunk_jpeg(path, work.folder / f"{name}.jpg", max_side=INPUT_SIDE, max_bytes=INLINE_BYTES)
    return jpeg_input(jpeg, api)


def jpeg_input(jpeg: Path, api: ReplicateApi) -> str:
    """A JPEG as it is as an input: inside the request where it fits, else put up for a day."""
    if jpeg.stat().st_size <= INLINE_BYTES:
        return "data:image/jpeg;base64," + base64.b64encode(jpeg.read_bytes()).decode()
    return api.upload(jpeg, "image/jpeg")
