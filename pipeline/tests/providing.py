"""What tests of providers share: the stand-in vendor, a desk to work at, and the recorded replies where they are."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from pipeline.providers.base import Access, Mark, Work
from pipeline.recipes import Stored
from tests.vendor import KEY, Vendor

PATIENT = {"connect_s": 60, "read_s": 60}
CONTRACTS = os.environ.get("OMVEE_CONTRACTS", "")
with_contracts = pytest.mark.skipif(
    not CONTRACTS, reason="OMVEE_CONTRACTS names no folder with the vendors' recorded replies"
)


def contract(path: str) -> Any:
    """A JSON file of the recorded replies."""
    return json.loads((Path(CONTRACTS) / path).read_text(encoding="utf-8"))


@dataclass
class Desk:
    """A folder and a storage on disk, as the runner hands them to a provider."""

    root: Path
    stored: dict[str, Path] = field(default_factory=dict)
    stopped: bool = False

    @property
    def work(self) -> Work:
        folder = self.root / "work"
        folder.mkdir(exist_ok=True)
        return Work(folder, self.fetch, self.store, lambda: self.stopped, lambda done, total: None)

    def fetch(self, stored: Stored) -> Path:
        return self.stored[stored.key]

    def store(self, path: Path, kind: str) -> Stored:
        kept = self.root / f"{kind}-{len(self.stored)}{path.suffix}"
        shutil.copyfile(path, kept)
        self.stored[kept.name] = kept
        sha256 = hashlib.sha256(kept.read_bytes()).hexdigest()
        return Stored(key=kept.name, sha256=sha256, size_bytes=kept.stat().st_size)

    def kept(self, path: Path) -> Stored:
        """A file of the test as a stored one."""
        return self.store(path, "given")

    def picture(self, width: int = 320, height: int = 180, *, noisy: bool = False) -> Stored:
        path = self.root / f"picture-{width}x{height}.png"
        random = np.random.default_rng(1)
        pixels = (
            random.integers(0, 256, (height, width, 3), np.uint8)
            if noisy
            else np.full((height, width, 3), 90, np.uint8)
        )
        cv2.imwrite(str(path), pixels)
        return self.kept(path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as standing_in:
        yield standing_in


def replicate_access(vendor: Vendor, **more: Any) -> Access:
    return Access(**{"api_key": KEY, "base_url": vendor.url, **PATIENT} | more)


def openai_access(vendor: Vendor, **more: Any) -> Access:
    return Access(**{"api_key": KEY, "base_url": vendor.openai_url, **PATIENT} | more)


def openrouter_access(vendor: Vendor, **more: Any) -> Access:
    return Access(**{"api_key": KEY, "base_url": vendor.openrouter_url, **PATIENT} | more)


def mark(code: str = "attempt-1", callback_url: str = "") -> Mark:
    return Mark(code=code, callback_url=callback_url, since=datetime.now(UTC))
