"""`manage.py check_templates`: every template compiles, and none asks the browser for what the policy forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

# What a browser refuses under our content policy, or evaluates where it must not.
FORBIDDEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE), "a style attribute: use a class"),
    (re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE), "an inline handler: listen in a script"),
    (
        re.compile(r"<script(?![^>]*\bsrc\s*=)(?![^>]*type=\"(?:application/json|importmap)\")[^>]*>", re.IGNORECASE),
        "inline script",
    ),
    (re.compile(r"<style\b(?![^>]*nonce)", re.IGNORECASE), "an inline style sheet"),
    (re.compile(r"\shx-on[:-]", re.IGNORECASE), "hx-on: it evaluates text"),
    (
        re.compile(r"hx-[a-z-]+\s*=\s*[\"']\s*(?:js|javascript):", re.IGNORECASE),
        "js: in an htmx attribute: it evaluates text",
    ),
    (re.compile(r"hx-trigger\s*=\s*[\"'][^\"']*\[", re.IGNORECASE), "a trigger filter: it evaluates text"),
    (re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE), "something from another server"),
    (re.compile(r"\|\s*safe\b"), "the safe filter: text of people would become markup"),
)
# A link that a person follows is no request of the page.
LINK = re.compile(r"<a\b[^>]*>", re.IGNORECASE)


def complaints(source: str) -> Iterator[str]:
    """What the policy forbids in this template, as `line 3: a style attribute: use a class`."""
    for number, line in enumerate(source.splitlines(), 1):
        for pattern, what in FORBIDDEN:
            if pattern.search(LINK.sub("", line) if "another server" in what else line):
                yield f"line {number}: {what}"


class Command(BaseCommand):
    """Looks at our own templates only."""

    help = "Compile every template and look for what the content policy forbids."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Fails with every complaint at once."""
        found: list[str] = []
        folder = Path(settings.BASE_DIR) / "templates"
        files = sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".txt", ".svg"))
        for path in files:
            name = str(path.relative_to(folder))
            try:
                get_template(name)
            except (TemplateSyntaxError, TemplateDoesNotExist) as error:
                found.append(f"{name}: {error}")
            found += [f"{name}: {complaint}" for complaint in complaints(path.read_text())]
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(f"{len(files)} templates are fine.")
