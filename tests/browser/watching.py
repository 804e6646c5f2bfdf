"""What a test watches a page for: errors of the console (the content policy's among them), and accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()


@dataclass
class Watch:
    """Everything that went wrong on the pages of a context. `expected`: parts of messages that a test provokes."""

    found: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def unexpected(self) -> list[str]:
        return [text for text in self.found if not any(part in text for part in self.expected)]


@contextmanager
def watched(context: BrowserContext) -> Iterator[Watch]:
    """Fails at the end if any page of the context logged an error or broke the content policy."""
    watch = Watch()

    def add(page: Page) -> None:
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.found.append(f"exception: {error}"))

    context.on("page", add)
    yield watch
    if problems := watch.unexpected():
        raise AssertionError("\n".join(problems))


def findings(page: Page, **options: Any) -> list[str]:
    """What axe-core finds, as "rule: element". Evaluated, not loaded by a tag, so the content policy stays as it is."""
    page.evaluate(AXE)
    result = page.evaluate(
        "options => axe.run(document, {resultTypes: ['violations'], ...options})",
        {"rules": {}, **options},
    )
    return [f"{rule['id']}: {node['html'][:160]}" for rule in result["violations"] for node in rule["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
