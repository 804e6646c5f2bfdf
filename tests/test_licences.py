"""No distribution that Omvee installs is under the GPL or the AGPL, and THIRD_PARTY.md names each one that it needs."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# LGPL is allowed: it is used as a library, unchanged.
FORBIDDEN = re.compile(r"(?<![A-Za-z])A?GPL|Affero|GNU General Public", re.IGNORECASE)
LESSER = re.compile(r"LGPL|Lesser", re.IGNORECASE)
# Only for tests, with a licence that names a choice: the other one is taken.
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE)


def pinned(file: str) -> list[str]:
    return sorted(set(PINNED.findall((ROOT / file).read_text())))


def licences(dist: Distribution) -> list[str]:
    """What the distribution says of its licence: expression, classifiers, and the first line of the old field."""
    about = dist.metadata
    classifiers = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    expression = about.get("License-Expression")
    old = (about.get("License") or "").strip().splitlines()
    return [text for text in (expression, *classifiers, *old[:1]) if text and text != "OSI Approved"]


def is_forbidden(said: list[str]) -> bool:
    """True if every licence on offer is a GPL or AGPL one; "MIT OR GPL-3.0" offers a choice."""
    offers = [offer for text in said for offer in re.split(r"\s+OR\s+", text)]
    return bool(offers) and all(FORBIDDEN.search(offer) and not LESSER.search(offer) for offer in offers)


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_it_needs_nothing_under_the_gpl(file):
    found, unknown = {}, []
    for name in pinned(file):
        try:
            said = licences(distribution(name))
        except PackageNotFoundError:
            continue  # for another platform or Python
        if not said:
            unknown.append(name)
        if is_forbidden(said):
            found[name] = said
    assert not found
    assert set(unknown) <= KNOWN_BY_READING, "no licence in the metadata: read it, then list it here"


# Their metadata is silent; their LICENSE files were read.
KNOWN_BY_READING: set[str] = set()


def test_it_is_not_fooled_by_a_choice_or_by_the_lesser_licence():
    assert is_forbidden(["GPL-3.0-or-later"])
    assert is_forbidden(["GNU Affero General Public License v3"])
    assert not is_forbidden(["MIT OR GPL-3.0"])
    assert not is_forbidden(["GNU Lesser General Public License v3 (LGPLv3)"])
    assert not is_forbidden(["BSD-3-Clause"])


def test_it_names_every_runtime_package_in_third_party():
    text = (ROOT / "THIRD_PARTY.md").read_text().lower()
    missing = [name for name in pinned("requirements.txt") if f"| {name} |" not in text]
    assert not missing, f"add to THIRD_PARTY.md: {missing}"


def test_it_is_under_the_licence_that_it_states():
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert 'license = "MIT"' in (ROOT / "pyproject.toml").read_text()
