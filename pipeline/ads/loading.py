"""Templates read from JSON: those of this repository, and what an operator hands in."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.ads.values import Template

FOLDER = Path(__file__).parent / "templates"
MAX_BYTES = 256 * 1024


class TemplateError(ValueError):
    """A template that cannot be used; the message says why, in words."""


def read_template(text: str | bytes) -> Template:
    """The template in a JSON text. Raises TemplateError."""
    if len(text) > MAX_BYTES:
        raise TemplateError(f"A template is at most {MAX_BYTES // 1024} kB large.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TemplateError(f"This is not JSON: {error}.") from error
    return checked_template(data)


def checked_template(data: Any) -> Template:
    """The template in parsed JSON. Raises TemplateError, with everything that is wrong."""
    if not isinstance(data, dict):
        raise TemplateError("A template is a JSON object.")
    try:
        return Template.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise TemplateError(" ".join(_said(one) for one in error.errors()[:8])) from error


def _said(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{place}: {text}." if place else text


@functools.cache
def shipped_templates() -> dict[str, Template]:
    """The templates of this repository by name. Raises TemplateError for one that is broken."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        template = read_template(path.read_bytes())
        if template.name != path.stem:
            raise TemplateError(f"{path.name} holds the template “{template.name}”.")
        found[template.name] = template
    return found
