"""Imports go one way: omvee > projects > pipeline, and downwards inside each (docs/architecture.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From top to bottom. A module may import what is on its own line or below. The longest name that fits a module counts.
LAYERS: list[set[str]] = [
    {"omvee"},
    {"projects.apps"},
    {"projects.urls", "projects.management", "projects.accounts"},
    {"projects.views", "projects.api", "projects.admin"},
    {"projects.ad_forms", "projects.idea_forms"},
    {"projects.forms", "projects.templatetags"},
    {"projects.actions"},
    {"projects.flow"},
    {"projects.models", "projects.migrations"},
    {"projects.states", "projects.paths"},
    {"pipeline.apps", "pipeline.checks", "pipeline.management"},
    {"pipeline.webhooks", "pipeline.audit"},
    {"pipeline.runner"},
    {"pipeline.budget", "pipeline.health"},
    {"pipeline.credentials", "pipeline.pricebook"},
    {"pipeline.models", "pipeline.migrations"},
    {"pipeline.steps"},
    {"pipeline.providers"},
    {"pipeline.recipes"},
    {"pipeline.media", "pipeline.ads"},
    {"pipeline.states", "pipeline.logcontext"},
]
RANK = {name: rank for rank, names in enumerate(reversed(LAYERS)) for name in names}

# These know no page, no row and no settings: the runner hands them all they need.
PURE = ("pipeline.steps", "pipeline.providers", "pipeline.media", "pipeline.ads", "pipeline.recipes")
PURE_OUTSIDE_PIPELINE = ("projects.states",)
OURS = ("omvee", "projects", "pipeline")
ALSO_KNOWS_THE_QUEUE = ("pipeline.runner", "pipeline.migrations")


def layer_of(module: str) -> str | None:
    """The longest name in `RANK` that `module` is or lies in."""
    fitting = [name for name in RANK if module == name or module.startswith(f"{name}.")]
    return max(fitting, key=len, default=None)


def modules() -> Iterator[tuple[str, Path]]:
    for package in OURS:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "tests" in parts or parts == (package, "__init__"):
                continue
            yield ".".join(part for part in parts if part != "__init__"), path


def imports(tree: ast.AST) -> Iterator[str]:
    """Full names of everything imported at run time, inside functions too."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide where a layer ends"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node)


def violations(module: str, source: str) -> list[str]:
    """What this module imports and may not."""
    here = layer_of(module)
    if here is None:
        return [f"{module} has no layer: give it a place in tests/test_layers.py"]
    wrong = []
    for name in imports(ast.parse(source)):
        there = layer_of(name)
        if there and RANK[there] > RANK[here]:
            wrong.append(f"{module} imports {name}, which is above it")
        if here in (*PURE, *PURE_OUTSIDE_PIPELINE) and name.split(".")[0] in ("django", "django_q"):
            wrong.append(f"{module} imports {name}: this layer works without Django")
        if here in PURE and there in ("pipeline.models", "pipeline.budget", "pipeline.runner"):
            wrong.append(f"{module} imports {name}: this layer has no rows")
        if name.split(".")[0] == "django_q" and here not in ALSO_KNOWS_THE_QUEUE:
            wrong.append(f"{module} imports {name}: only the runner knows the queue")
    return wrong


def test_it_imports_downwards_only():
    found = [wrong for module, path in modules() for wrong in violations(module, path.read_text())]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("module", "source", "word"),
    [
        ("pipeline.media.run", "from pipeline.steps import base", "above"),
        ("pipeline.runner.work", "def f():\n    from projects.models import Project", "above"),
        ("projects.flow.due", "import projects.actions.review", "above"),
        ("pipeline.media.captions.script", "from django.utils.translation import gettext", "without Django"),
        ("pipeline.steps.base", "from pipeline.budget import reserve", "above"),
        ("projects.views.images", "from django_q.tasks import async_task", "knows the queue"),
        ("projects.helpers", "", "no layer"),
    ],
)
def test_it_would_notice(module, source, word):
    assert any(word in wrong for wrong in violations(module, source))


def test_it_lets_types_be_named_upwards():
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from projects.models import Project\n"
    assert violations("projects.paths", source) == []
