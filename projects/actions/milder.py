"""A prompt that was refused for its content is said in a milder way: asked of whoever writes prompts."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.models import Attempt, Job
from pipeline.runner.submit import Order, submit
from pipeline.states import LIVE, JobState
from pipeline.steps import soften_prompt
from projects import flow, paths
from projects.actions.makers import agree_to
from projects.flow.estimates import Estimate, PriceList, Wish
from projects.flow.makers import PER_SCENE, maker
from projects.flow.subjects import subject_code, words_subject
from projects.models import Content, Event, Project
from projects.states import IllegalMove

STEP = "soften_prompt"
MODERATED = "moderation"


def refused_jobs(project: Project) -> dict[str, Job]:
    """Content's code -> its standing failure, of those that a vendor refused for their content."""
    failed = Job.objects.filter(project=project, state=JobState.FAILED, dismissed=False, step__in=PER_SCENE)
    refused = Attempt.objects.filter(job__in=failed, error_kind=MODERATED).values_list("job", flat=True)
    rows = failed.filter(pk__in=list(refused)).defer("input", "output").order_by("pk")
    return {str(subject_code(job.subject)): job for job in rows}


def softening(project: Project, content: Content) -> soften_prompt.Input:
    """What is asked: the words that stand and the vendor's reason. Raises IllegalMove where nothing was refused."""
    job = refused_jobs(project).get(str(content.code))
    if job is None or content.prompt is None:
        raise IllegalMove(_("Nothing was refused here."))
    by = maker(project, STEP)
    return soften_prompt.Input(
        text=content.prompt.text, reason=job.error_detail[:500], provider=by.provider, model=by.model
    )


def softening_estimate(project: Project, content: Content) -> Estimate:
    """What the milder words cost at worst."""
    return PriceList().estimate([Wish(STEP, softening(project, content))])


def soften(content: Content, *, by: User | None, seen: str = "") -> None:
    """Ask for milder words; the picture or clip is made of them by itself. `seen` is the mark of the price shown."""
    with transaction.atomic():
        project = flow.lock(content.project_id)
        if not project.is_active:
            raise IllegalMove(_("The project is canceled. Go on with it first."))
        content = Content.objects.select_related("prompt").get(pk=content.pk)
        wanted = softening(project, content)
        subject = words_subject(content)
        mine = Job.objects.filter(project=project, step=STEP, subject=subject)
        if mine.filter(state__in=LIVE).exists():
            return
        agree_to(project, PriceList().estimate([Wish(STEP, wanted)]), by=by, seen=seen)
        mine.filter(state=JobState.FAILED).update(dismissed=True)
        Event.objects.create(project=project, verb="milder_words_wanted", by=by)
        submit(project.pk, paths.project_place(project), [Order(STEP, subject, wanted)])
        flow.touch(project, [content.scene.pk])
