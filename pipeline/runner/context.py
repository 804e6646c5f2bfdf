"""What the runner hands a step: a folder, storage, progress, the wish to stop, and the one door to providers."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage

from pipeline import credentials, pricebook
from pipeline.media.run import MediaError
from pipeline.media.values import Value
from pipeline.models import Attempt, Job
from pipeline.providers import PROVIDERS
from pipeline.providers.base import Provider, ProviderError, Reply, Work
from pipeline.recipes import Stored
from pipeline.runner.asking import ask_once
from pipeline.runner.charges import open_or_paid
from pipeline.runner.crash import crash_point
from pipeline.runner.inheriting import kept_reply
from pipeline.runner.lease import Beat
from pipeline.states import OPEN_OR_PAID, AttemptState
from pipeline.steps.base import Waiting

_CHUNK = 1 << 20


class JobContext:
    """The Context of one running job."""

    def __init__(self, job: Job, folder: Path) -> None:
        self.folder = folder
        self.job = job
        self.beat: Beat | None = None
        self.told = (0, 0)
        self.replays = False
        self._fetched: dict[str, Path] = {}

    def stop(self) -> bool:
        return self.beat is not None and (self.beat.lost or self.beat.late)

    def progress(self, done: int, total: int) -> None:
        self.told = (done, total)

    def fetch(self, stored: Stored) -> Path:
        known = self._fetched.get(stored.key)
        if known is None:
            known = self.folder / f"in-{len(self._fetched)}{Path(stored.key).suffix}"
            _read(stored, known)
            self._fetched[stored.key] = known
        return known

    def store(self, path: Path, kind: str) -> Stored:
        sha256 = _sha256(path)
        # The key holds a hash: a worker that was paused and lost the job cannot replace what another has committed.
        key = f"{self.job.place}/{kind}/{self.job.code}-{sha256[:8]}{path.suffix}"
        with path.open("rb") as source:
            saved = default_storage.save(key, File(source))
        if saved != key:  # a storage that renames would leave a file that no row knows
            raise RuntimeError(f"storage renamed {key} to {saved}")
        crash_point("after_store", self.job.step)
        return Stored(key=key, sha256=sha256, size_bytes=path.stat().st_size)

    def work(self) -> Work:
        """What a provider may use while it works."""
        return Work(self.folder, self.fetch, self.store, self.stop, self.progress)

    def provider(self, capability: str, name: str, model: str = "") -> Provider[Any, Any]:
        begun = credentials.is_vendor(name) and (self.replays or _has_begun(self.job))
        return reach(capability, name, model, begun=begun)

    def once(self, call: str, provider: Provider[Any, Any], request: Value) -> Any:
        if self.replays:  # nothing may be asked any more for a job that has ended
            stored = open_or_paid(self.job, call)
            if stored is None and (kept := kept_reply(self.job, call, provider, request)) is not None:
                return kept
            if stored is None or stored.state != AttemptState.DONE:
                return Waiting(call=call, poll_after_s=1, deadline_s=1)
        reply: Reply | Waiting = ask_once(self.job, call, provider, request, self.work())
        return reply


def reach(capability: str, name: str, model: str = "", *, begun: bool = False) -> Provider[Any, Any]:
    """The provider of this name with its key and the model's row. Raises KeyError, ProviderError.

    `begun`: something was ordered already, so a model that is not offered any more is asked what became of it.
    """
    cls = PROVIDERS[capability, name]
    row = pricebook.model_row(capability, name, model)
    if row is None and begun:
        row = pricebook.model_row(capability, name, model, withdrawn=True)
    if row is None and (model or credentials.is_vendor(name)):
        raise pricebook.not_offered(model)
    try:
        return cls(credentials.access_to(name, capability), row)
    except credentials.LostKey as error:
        raise ProviderError(str(error), kind="auth", refused=True, transient=False) from error


def _has_begun(job: Job) -> bool:
    return Attempt.objects.filter(job_code=job.code, state__in=OPEN_OR_PAID).exists()


def _read(stored: Stored, target: Path) -> None:
    """Copy a stored file to `target`, checking its hash on the way."""
    hasher = hashlib.sha256()
    try:
        with default_storage.open(stored.key, "rb") as source, target.open("wb") as out:
            while chunk := source.read(_CHUNK):
                hasher.update(chunk)
                out.write(chunk)
    except FileNotFoundError as error:
        raise MediaError("A file that this step needs is no longer in storage.", detail=stored.key) from error
    if stored.sha256 and hasher.hexdigest() != stored.sha256:
        raise MediaError("A file that this step needs is damaged in storage.", detail=stored.key)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
