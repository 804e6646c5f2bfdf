"""What deciding "what next" costs after one change, in a film of 30 scenes and in one of 3,000, to the same song.

Both are measured in turn in one process; CPU time of this process, median of many calls. The ratio is what counts.
"""

from __future__ import annotations

import logging
import os
import statistics
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()
logging.disable(logging.CRITICAL)

from django.conf import settings  # noqa: E402  after the set-up
from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402

from projects import flow  # noqa: E402
from projects.actions import edit  # noqa: E402
from projects.models import Project, Scene  # noqa: E402
from projects.tests.big_films import finished_film  # noqa: E402

SCENES = (30, 3000)
ROUNDS = 60


def changed(project: Project) -> Scene:
    """The scene in the middle, with other words for its picture."""
    scene = project.scenes.select_related("content__prompt")[project.scenes.count() // 2]
    edit.edit_prompt(scene.content, "a lighthouse at night", by=None, seen_take=1)
    return scene


def cost(project: Project, scene: Scene) -> tuple[float, int]:
    """CPU milliseconds and queries of one `advance` after a change of this scene."""
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        locked = flow.lock(project.pk)
        began = time.process_time()
        flow.advance(locked, [scene.pk])
        took = time.process_time() - began
    return 1000 * took, len(captured)


def main() -> None:
    settings.OMVEE_DOORBELL = False
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        films = [finished_film(scenes) for scenes in SCENES]
        touched = [changed(film) for film in films]
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        rounds = [[cost(film, scene) for film, scene in zip(films, touched, strict=True)] for _ in range(ROUNDS)]
        report(rounds)
    finally:
        connection.close()
        teardown_databases(databases, verbosity=0)


def report(rounds: list[list[Any]]) -> None:
    few, many = ([one[index] for one in rounds] for index in (0, 1))
    small, large = (statistics.median(ms for ms, _ in costs) for costs in (few, many))
    print(f"{connection.vendor}, advance after one change:")
    print(f"  {SCENES[0]:5} scenes: {small:.1f} ms CPU, {few[0][1]} queries")
    print(f"  {SCENES[1]:5} scenes: {large:.1f} ms CPU, {many[0][1]} queries")
    print(f"  ratio {large / small:.2f} (wanted: 1)")


if __name__ == "__main__":
    main()
