"""Fetch the pinned browser files of `vendor.toml`: run `python static/vendor/vendor.py` from anywhere.

A developer's tool, never run by the site: it needs npm and a registry. What it writes is committed, so nobody else
needs either.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DRAWN = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


def fetch_tarball(name: str, version: str, integrity: str) -> tarfile.TarFile:
    """The package's tarball, opened; SystemExit when its sha512 is not the pinned one."""
    with tempfile.TemporaryDirectory() as folder:
        pack = ["npm", "pack", f"{name}@{version}", "--silent"]
        subprocess.run(pack, cwd=folder, check=True, stdout=subprocess.PIPE)
        (packed,) = Path(folder).glob("*.tgz")
        content = packed.read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != integrity:
        raise SystemExit(f"{name} {version}: expected {integrity}, found {found}")
    return tarfile.open(fileobj=io.BytesIO(content))


def member_bytes(tarball: tarfile.TarFile, path: str) -> bytes:
    """One file of the package; KeyError when the package has none of that name."""
    member = tarball.extractfile(f"package/{path}")
    if member is None:
        raise KeyError(path)
    return member.read()


def sprite_text(tarball: tarfile.TarFile, icons: list[str], terms: str) -> str:
    """One SVG of symbols for `<use href="icons.svg#check">`; strokes take the color of the text around them."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide icons, {terms}: vendor/lucide/LICENSE -->'
    symbols = []
    for icon in sorted(icons):
        drawing = member_bytes(tarball, f"icons/{icon}.svg").decode()
        start = drawing.index(">", drawing.index("<svg")) + 1
        body = re.sub(r"\s+", " ", drawing[start : drawing.rindex("</svg>")]).strip()
        symbols.append(f'<symbol id="{icon}" viewBox="0 0 24 24" {DRAWN}>{body}</symbol>')
    return "\n".join([head, *symbols, "</svg>", ""])


def vendor_package(package: dict[str, Any]) -> None:
    """Write the package's files and its LICENSE into its folder."""
    folder = ROOT / package["folder"]
    folder.mkdir(parents=True, exist_ok=True)
    with fetch_tarball(package["name"], package["version"], package["integrity"]) as tarball:
        for path in [*package["files"], "LICENSE"]:
            (folder / Path(path).name).write_bytes(member_bytes(tarball, path))
        if "sprite" in package:
            text = sprite_text(tarball, package["icons"], package["license"])
            (ROOT / package["sprite"]).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for entry in tomllib.loads((HERE / "vendor.toml").read_text(encoding="utf-8"))["package"]:
        vendor_package(entry)
