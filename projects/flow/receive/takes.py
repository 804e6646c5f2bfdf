"""What becomes of a picture or a clip: a take of its scene, which stands unless a person has chosen another."""

from __future__ import annotations

from django.db.models import Q

from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.states import LIVE
from pipeline.steps import enlarge_image, generate_clip, generate_image
from projects.flow import inputs, picture_inputs, standing
from projects.flow.change import changed
from projects.flow.guides import Guides
from projects.flow.receive.going_on import go_on, how_made, project_of
from projects.flow.subjects import subject_code, subject_form
from projects.models import ENLARGED, SEEN_IN_PICTURE, Clip, Content, Image, Pick, Project, Scene

# what a larger picture has from the one that it was made from; depth is stretched over any size
ENLARGED_KEEPS = (*SEEN_IN_PICTURE, "recipe", "provider")


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


def image_enlarged(job: Job, output: enlarge_image.Output) -> None:
    """The larger picture is a further take, to be looked at, and stands where the one stands that it was made from."""
    project, aspect = project_of(job), subject_form(job.subject)
    content = Content.objects.select_related("prompt").filter(project=project, code=subject_code(job.subject)).first()
    source = Image.objects.filter(content=content, aspect=aspect, take=job.take).first() if content else None
    if content is None or source is None or Image.objects.filter(code=job.code).exists():
        return
    image = Image(
        code=job.code,
        content=content,
        aspect=aspect,
        take=_further_take(job, content, aspect),
        how=source.how | {ENLARGED: {name: job.input[name] for name in ("provider", "model")}},
        job=job,
        file=output.image.key,
        sha256=output.image.sha256,
        thumb_file=output.thumb.key,
        width=output.width,
        height=output.height,
        **{name: getattr(source, name) for name in ENLARGED_KEEPS},
    )
    image.kept_for = _words_kept(project, content, source, image)
    image.save()
    scenes = list(Scene.objects.filter(content=content).values_list("pk", flat=True))
    # what was chosen meanwhile stays picked, and what is wanted instead of it comes
    picks = Pick.objects.filter(Q(image_take__lte=source.take) | Q(image_chosen=True), content=content, aspect=aspect)
    # a clip that was chosen among takes shows the picture as it was
    if picks.filter(image=source).update(image=image, image_take=image.take, clip_chosen=False):
        changed(project, scenes)
    else:
        go_on(project, scenes)


def _further_take(job: Job, content: Content, aspect: str) -> int:
    """A number that no picture has and that none which is being drawn will have."""
    there = Image.objects.filter(content=content, aspect=aspect).values_list("take", flat=True)
    wanted = Pick.objects.filter(content=content, aspect=aspect).values_list("image_take", flat=True)
    drawn = Job.objects.filter(project=job.project_id, step="generate_image", subject=job.subject)
    return max([*there, *wanted, *drawn.values_list("take", flat=True)]) + 1


def _words_kept(project: Project, content: Content, source: Image, larger: Image) -> str:
    """What the larger picture is kept for: what its scene says, where the one that it was made from said that too, at
    whatever size; else what that one was kept for.
    """
    guides, asked = Guides(project), source.job.input if source.job else {}
    frame = inputs.picture_size(list(project.renditions.all()), source.aspect)
    sizes = {frame, (source.width, source.height), (asked.get("width", 0), asked.get("height", 0))}
    same = any(
        source.fits(digest(picture_inputs.remade_input(guides, content, source, size))) for size in sizes if size[0]
    )
    return standing.remade_recipe(guides, content, larger, frame) if same else source.kept_for


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
