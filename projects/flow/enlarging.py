"""Pictures that are smaller than their film shows: which a model may make larger, what is asked, what it costs."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from pipeline.media.motion import ZOOM_AT_FULL
from pipeline.models import Attempt, Job
from pipeline.states import LIVE, OPEN_OR_PAID, JobState
from pipeline.steps import enlarge_image
from projects.flow import inputs
from projects.flow.estimates import Estimate, PriceList, Wish
from projects.flow.makers import Maker
from projects.flow.subjects import image_subject
from projects.flow.upgrades import clip_wishes
from projects.models import Image, Pick, Project, Rendition, Verdict

STEP: Final = "enlarge_image"
ROOM_PERCENT: Final = round(100 * (1 + ZOOM_AT_FULL))
"""How large a picture is wanted, in percent of the frame: the camera goes so far into it."""
LEAST, MOST = 144, 2160


def too_small(pick: Pick, renditions: list[Rendition]) -> bool:
    """Whether the standing picture has fewer pixels than its film shows, and stands to stay."""
    image = pick.image
    if image is None or image.verdict == Verdict.REJECTED or awaits_another(pick):
        return False
    width, height = inputs.picture_size(renditions, pick.aspect)
    return image.width < width or image.height < height


def awaits_another(pick: Pick) -> bool:
    """Whether another take is wanted that is not there yet."""
    return pick.image is not None and pick.image.take < pick.image_take and not pick.image_chosen


def enlarging(image: Image, renditions: list[Rendition], by: Maker) -> enlarge_image.Input:
    """The picture, so large that it fills the frame when the camera is as close as it goes."""
    width, height = inputs.picture_size(renditions, image.aspect)
    short = min(image.width, image.height)
    across = -(-short * width * ROOM_PERCENT // (image.width * 100))
    down = -(-short * height * ROOM_PERCENT // (image.height * 100))
    return enlarge_image.Input(
        picture=inputs.stored_image(image),
        width=image.width,
        height=image.height,
        short_side=max(LEAST, min(MOST, max(across, down))),
        provider=by.provider,
        model=by.model,
    )


def enlarging_estimate(
    project: Project, pick: Pick, renditions: list[Rendition], by: Maker, prices: PriceList
) -> Estimate:
    """What that costs at worst; with another clip, of the larger picture, where one is there or being bought."""
    if pick.image is None:
        return Estimate()
    wishes = [Wish(STEP, enlarging(pick.image, renditions, by))]
    if moves_again(pick):
        wishes += clip_wishes(project, pick.content, pick)
    return prices.estimate(wishes)


def moves_again(pick: Pick) -> bool:
    """Whether a clip of this picture is there, or has begun at a vendor; one that waits is made of the larger one."""
    if pick.clip_id is not None:
        return True
    jobs = Job.objects.filter(project=pick.content.project_id, step="generate_clip", state__in=LIVE)
    subject = image_subject(pick.content, pick.aspect)
    return Attempt.objects.filter(job__in=jobs.filter(subject=subject), state__in=OPEN_OR_PAID).exists()


def enlargings(pick: Pick) -> QuerySet[Job]:
    """Every time that somebody had a picture of this scene, in this shape, made larger."""
    subject = image_subject(pick.content, pick.aspect)
    return Job.objects.filter(project=pick.content.project_id, step=STEP, subject=subject)


def failed_enlarging(pick: Pick) -> Job | None:
    """The last time that the picture which stands was to be made larger, if that failed and nobody has answered it."""
    if pick.image is None:
        return None
    rows = enlargings(pick).filter(take=pick.image.take).exclude(state=JobState.CANCELED)
    last = rows.defer("input", "output").order_by("pk").last()
    return last if last is not None and last.state == JobState.FAILED and not last.dismissed else None
