"""Answers as tests read them."""

from __future__ import annotations

from typing import Any


def text(response: Any) -> str:
    """The page on one line, so that a sentence is found wherever its template breaks it."""
    return " ".join(response.content.decode().split())
