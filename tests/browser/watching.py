"""What a test watches a page for: errors of the console (the content policy's among them), and accessibility."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, Page

from tests.services import wait_until

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


def asked(page: Page, question: Callable[[], Any]) -> Any:
    """What a page says of itself. Where the page is just being left, what the one says that comes."""
    for _ in range(5):
        try:
            return question()
        except Error as error:
            if not any(sign in error.message for sign in LEAVING):
                raise
            page.wait_for_load_state()
    return question()


def until(page: Page, question: Callable[[], Any], *, what: str) -> None:
    """Ask until the answer is yes: for what `expect` has no words for."""
    wait_until(lambda: bool(asked(page, question)) or bool(page.wait_for_timeout(50)), what=what)


def settled(page: Page) -> None:
    """Once its fonts are there; a page that is just being left is waited out."""
    asked(page, lambda: page.evaluate("document.fonts.ready.then(() => true)"))


# What the browser's driver says when the page went away between a question and its answer.
LEAVING = ("Execution context was destroyed", "Cannot find context", "Element is not attached")


def findings(page: Page, **options: Any) -> list[str]:
    """What axe-core finds, as "rule: element". Evaluated, not loaded by a tag, so the content policy stays as it is."""

    def run() -> Any:
        page.evaluate(AXE)
        return page.evaluate(
            "options => axe.run(document, {resultTypes: ['violations'], ...options})",
            {"rules": {}, **options},
        )

    result = asked(page, run)
    return [f"{rule['id']}: {node['html'][:160]}" for rule in result["violations"] for node in rule["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(asked(page, lambda: page.evaluate(width)))


def tab_to(page: Page, target: Locator, *, within: int = 250) -> None:
    """Go on with the Tab key alone until the target has the focus."""
    for _ in range(within):
        if asked(page, lambda: target.evaluate("node => node === document.activeElement")):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{within} presses of Tab do not lead to {target}")


def unreachable(page: Page) -> list[str]:
    """The controls in sight that nobody could press: beside the window, or under something else."""
    return list(asked(page, lambda: page.evaluate(UNREACHABLE)))


UNREACHABLE = """() => {
  const found = [], wide = document.documentElement.clientWidth;
  const root = document.querySelector('dialog[open]') ?? document;
  for (const node of root.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])')) {
    const seen = node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!seen || node.disabled || node.closest('.skip, .sr, [inert]')) continue;
    const size = node.getBoundingClientRect();
    if (size.width < 8 || size.height < 8) continue; // a hidden field, whose label is what one presses
    node.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const box = node.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 200);
    const hit = document.elementFromPoint(x, y), labels = [...node.labels ?? []];
    const says = node.getAttribute('aria-label') ?? node.textContent.trim().slice(0, 40);
    const name = `${node.tagName.toLowerCase()}#${node.id} ${says}`;
    const struck = hit && (node.contains(hit) || hit.contains(node) || labels.some((label) => label.contains(hit)));
    if (box.left < -1 || box.right > wide + 1) found.push(`beside the window: ${name}`);
    else if (!struck) found.push(`under ${hit?.tagName.toLowerCase()}.${hit?.getAttribute('class')}: ${name}`);
  }
  scrollTo(0, 0);
  return found;
}"""
