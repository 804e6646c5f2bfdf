"""What becomes of a picture or a clip: a take of its scene, which stands unless a person has chosen another."""

from __future__ import annotations

from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.states import LIVE
from pipeline.steps import generate_clip, generate_image
from projects.flow.receive.going_on import go_on, how_made, project_of
from projects.flow.subjects import subject_code, subject_form
from projects.models import Clip, Content, Image, Pick, Scene


def image_generated(job: Job, output: generate_image.Output) -> None:
    """The picture is a take, and stands unless a person has chosen another meanwhile."""
    project, aspect = project_of(job), subject_form(job.subject)
    content = Content.objects.get(project=project, code=subject_code(job.subject))
    reply = output.image
    image, _ = Image.objects.get_or_create(
        content=content,
        aspect=aspect,
        take=job.take,
        defaults={
            "code": job.code,
            "recipe": _picture_recipe(job, reply.pictures),
            "provider": output.provider,
            "how": how_made(job) | ({"pictures": list(reply.pictures)} if reply.pictures else {}),
            "job": job,
            "file": reply.image.key,
            "sha256": reply.image.sha256,
            "thumb_file": reply.thumb.key,
            "depth_file": reply.depth.key if reply.depth else "",
            "depth_sha256": reply.depth.sha256 if reply.depth else "",
            "particles": reply.particles,
            "style": job.input.get("style", ""),
            "focus_x": reply.focus_x,
            "focus_y": reply.focus_y,
            "width": reply.width,
            "height": reply.height,
        },
    )
    # an older take that a person has chosen meanwhile stays picked
    Pick.objects.filter(content=content, aspect=image.aspect, image_take=job.take, image_chosen=False).update(
        image=image
    )
    go_on(project, Scene.objects.filter(content=content).values_list("pk", flat=True))


def _picture_recipe(job: Job, given: tuple[str, ...]) -> str:
    """The job's, less the pictures that whoever made it in the end was not given."""
    asked = generate_image.Input.model_validate(job.input)
    if all(picture.role in given for picture in asked.pictures):
        return job.recipe
    kept = tuple(picture for picture in asked.pictures if picture.role in given)
    return digest(asked.model_copy(update={"pictures": kept}))


def clip_generated(job: Job, output: generate_clip.Output) -> None:
    """As `image_generated`, for a clip of the picture that stands."""
    project, aspect = project_of(job), subject_form(job.subject)
    content = Content.objects.get(project=project, code=subject_code(job.subject))
    pick = Pick.objects.select_related("image").get(content=content, aspect=aspect)
    motion, file = output.clip.motion, output.clip.file
    clip, _ = Clip.objects.get_or_create(
        content=content,
        aspect=pick.aspect,
        take=job.take,
        defaults={
            "code": job.code,
            "recipe": job.recipe,
            "provider": output.provider,
            "how": how_made(job),
            "job": job,
            "image": _picture_of(job, pick),
            "motion": motion.model_dump(mode="json") if motion else None,
            "file": file.key if file else "",
            "sha256": file.sha256 if file else "",
        },
    )
    Pick.objects.filter(pk=pick.pk, clip_take=job.take, clip_chosen=False).update(clip=clip)
    go_on(project, Scene.objects.filter(content=content).values_list("pk", flat=True))


def _picture_of(job: Job, pick: Pick) -> Image | None:
    """The picture that a clip was made from: of one that came late, not always the one that stands."""
    sha256 = generate_clip.Input.model_validate(job.input).image.sha256
    if pick.image is None or pick.image.sha256 == sha256:
        return pick.image
    made = Image.objects.filter(content=pick.content_id, aspect=pick.aspect, sha256=sha256)
    return made.order_by("-take").first() or pick.image


def taken_late(job: Job) -> bool:
    """Whether a picture or clip that came late still has a scene to be a take of; the job is given a further take's
    number where other work is under way for its own, or has made it.
    """
    made: type[Image] | type[Clip] = Image if job.step == "generate_image" else Clip
    code, aspect = subject_code(job.subject), subject_form(job.subject)
    if not Content.objects.filter(project=job.project_id, code=code).exists():
        return False
    takes = made.objects.filter(content__project=job.project_id, content__code=code, aspect=aspect)
    same = Job.objects.filter(project=job.project_id, step=job.step, subject=job.subject)
    rivals = same.filter(take=job.take, state__in=LIVE).exclude(pk=job.pk)
    if rivals.exists() or takes.filter(take=job.take).exists():
        planned = [*takes.values_list("take", flat=True), *same.values_list("take", flat=True)]
        job.take = max(planned) + 1
    return True
