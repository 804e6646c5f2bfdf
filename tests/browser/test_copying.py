"""The copies that other tests work on are as fresh as the film: nothing is due in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.studio import Studio, uuid_hex
from tests.services import wait_until

pytestmark = pytest.mark.browser
LOOKED_WITHIN_S = 30.0


@pytest.mark.long
def test_nothing_is_due_in_a_copy(studio: Studio, film: dict[str, Any], project_at: Callable[..., str]) -> None:
    for code in [project_at(stage) for stage in ("film", "clips", "images", "lyrics")]:
        before = jobs(studio, code)
        sweep(studio, code)
        assert jobs(studio, code) == before


def sweep(studio: Studio, code: str) -> None:
    """Have the worker look once more for what is due, as it does in projects that are quiet since their last change."""
    old, older = "2026-01-01 00:00:01", "2026-01-01 00:00:00"
    studio.rows("update projects_project set updated_at = ?, swept_at = ? where code = ?", old, older, uuid_hex(code))
    looked = "select count(*) from projects_project where code = ? and swept_at > ?"
    wait_until(lambda: studio.rows(looked, uuid_hex(code), old) == [(1,)], what="the sweep", within_s=LOOKED_WITHIN_S)


def jobs(studio: Studio, code: str) -> list[tuple[Any, ...]]:
    query = "select step, state, subject from pipeline_job j join projects_project p on p.id = j.project_id"
    return studio.rows(f"{query} where p.code = ? order by j.id", uuid_hex(code))
