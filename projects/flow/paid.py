"""What was paid already on the way to outputs that are not there yet: it counts off their price."""

from __future__ import annotations

from dataclasses import replace

from pipeline.models import Attempt, Job
from pipeline.recipes import digest
from pipeline.runner.inheriting import ENDED_ON_THE_WAY, left_behind
from pipeline.states import LIVE, OPEN_OR_PAID, AttemptState
from projects.flow.estimates import Wish
from projects.models import Project


class Paid:
    """Read once for a project, in a constant number of queries as long as nothing was left on the way."""

    def __init__(self, project: Project) -> None:
        self._project = project
        attempts = Attempt.objects.filter(job__project=project)
        self._under_way: dict[tuple[str, str], set[str]] = {}
        alive = attempts.filter(job__state__in=LIVE, state__in=OPEN_OR_PAID)
        for step, subject, call in alive.values_list("job__step", "job__subject", "call"):
            self._under_way.setdefault((step, subject), set()).add(call)
        ended = attempts.filter(job__state__in=ENDED_ON_THE_WAY, state=AttemptState.DONE).exclude(cost_microusd=0)
        self._left = set(ended.values_list("job__step", "job__subject", "job__recipe", "job__take"))

    def off(self, wish: Wish, subject: str = "", take: int = 1) -> Wish:
        """The wish with those of its requests that are bought, or under way: by its own job, or by one that ended."""
        bought = frozenset(self._under_way.get((wish.step, subject), ()))
        if wish.step not in {key[0] for key in self._left}:
            return replace(wish, bought=bought)
        recipe = digest(wish.input)
        if (wish.step, subject, recipe, take) not in self._left:
            return replace(wish, bought=bought)
        asked = Job(project_id=self._project.pk, step=wish.step, subject=subject, recipe=recipe, take=take)
        return replace(wish, bought=bought, left=left_behind(asked))
