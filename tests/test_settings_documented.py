"""Every variable that the code reads is explained in .env.example, and nothing there is made up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READERS = {
    "_text",
    "_flag",
    "_number",
    "_seconds",
    "_microusd",
    "_names",
    "str",
    "bool",
    "int",
    "float",
    "db",
    "email_url",
    "get",
}
# Set by platforms or tools, or for tests alone: nobody writes them into .env.
NOT_FOR_PEOPLE = {"DJANGO_SETTINGS_MODULE", "OMVEE_ENV_FILE", "OMVEE_REQUIRE_SERVICES", "Q_CLUSTER_NAME", "PATH"} | {
    "OMVEE_CRASH",  # where a fault test lets a worker die, and the marker that it did
    "OMVEE_CRASH_ONCE",
    "OMVEE_DOORBELL",  # make_video works its own jobs
}
DOCUMENTED = re.compile(r"^# ?([A-Z][A-Z0-9_]+)=", re.MULTILINE)
NAME = re.compile(r"[A-Z][A-Z0-9_]{3,}")


def variables(path: Path) -> Iterator[str]:
    """Names given to our readers, to `os.environ.get` and to `os.environ[...]`."""
    for node in ast.walk(ast.parse(path.read_text())):
        name: ast.expr | None = None
        if isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
            if (called in READERS and (not owner or owner in ("_env", "os.environ"))) or (owner, called) == (
                "os",
                "getenv",
            ):
                name = node.args[0]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            name = node.slice
        if isinstance(name, ast.Constant) and isinstance(name.value, str) and NAME.fullmatch(name.value):
            yield name.value


def read_by_the_code() -> set[str]:
    files = [*(ROOT / "deploy").glob("*.py")]
    for package in ("omvee", "projects", "pipeline"):
        files += [path for path in (ROOT / package).rglob("*.py") if "tests" not in path.parts]
    return {name for path in files for name in variables(path)} - NOT_FOR_PEOPLE


def test_it_explains_every_variable():
    documented = set(DOCUMENTED.findall((ROOT / ".env.example").read_text()))
    assert read_by_the_code() - documented == set()


def test_it_explains_nothing_that_is_not_read():
    documented = set(DOCUMENTED.findall((ROOT / ".env.example").read_text()))
    # read by libraries: boto3 and imageio-ffmpeg
    by_libraries = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "IMAGEIO_FFMPEG_EXE"}
    assert documented - read_by_the_code() - by_libraries == set()


def test_it_changes_nothing_when_copied_as_it_is():
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
