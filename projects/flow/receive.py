"""What becomes of a finished job: one receiver per step, called inside the runner's second commit.

The project's row is locked by the runner before any of these runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Max, Q

from pipeline.models import Job
from pipeline.providers.capabilities import PlannedScene
from pipeline.providers.local.ideas import known_words
from pipeline.recipes import digest
from pipeline.states import LIVE, JobState
from pipeline.steps import (
    analyze_song,
    assemble_video,
    compose_music,
    draw_animatic,
    draw_references,
    generate_clip,
    generate_image,
    plan_scenes,
    render_shot,
    soften_prompt,
    transcribe_song,
    write_brief,
    write_prompts,
)
from projects.flow import ads, beds, exports, inputs, refinements
from projects.flow.board import subject_code
from projects.flow.due import advance, advance_films
from projects.flow.makers import maker
from projects.flow.references import place_references
from projects.flow.revision import touch
from projects.flow.status import AGAIN
from projects.flow.ticker import sweep
from projects.models import (
    Animatic,
    Asset,
    Clip,
    Content,
    Drawing,
    Event,
    FinalVideo,
    Image,
    Pick,
    Project,
    Prompt,
    Rendition,
    Scene,
    Shot,
    Song,
    Transcript,
)

__all__ = ["RECEIVERS", "came_late", "job_failed", "job_progressed", "sweep"]


def song_analyzed(job: Job, output: analyze_song.Output) -> None:
    project = _project(job)
    Song.objects.filter(project=project).update(analysis=output.analysis.model_dump(mode="json"), recipe=job.recipe)
    _go_on(project)


def song_transcribed(job: Job, output: transcribe_song.Output) -> None:
    project = _project(job)
    made = Transcript.objects.create(
        project=project,
        take=_next(Transcript.objects.filter(project=project), "take"),
        recipe=job.recipe,
        provider=job.input.get("provider", "local"),
        model=job.input.get("model", ""),
        lyrics=output.lyrics.model_dump(mode="json"),
    )
    if job.subject == AGAIN:  # somebody looks at it first
        Event.objects.create(project=project, verb="words_heard", data={"take": made.take})
        touch(project)
        return
    if project.transcript is None or not project.transcript.edited:
        project.transcript = made
        project.save(update_fields=["transcript"])
    for note in output.lyrics.notes:
        Event.objects.create(project=project, verb="lyrics_note", text=note)
    _go_on(project)


def music_composed(job: Job, output: compose_music.Output) -> None:
    """The film's music, as the song that it lies on. What a composer knows of its own beats needs no listening."""
    project = _project(job)
    asset = _music_asset(project, output)
    song, _made = Song.objects.update_or_create(
        project=project, defaults={"asset": asset, "bed_recipe": job.recipe, "analysis": None, "recipe": ""}
    )
    if output.analysis is not None:
        song.analysis = output.analysis.model_dump(mode="json")
        song.recipe = digest(inputs.analysis_input(song))
        song.save(update_fields=["analysis", "recipe"])
    _go_on(project)


def _music_asset(project: Project, output: compose_music.Output) -> Asset:
    return Asset.objects.create(
        owner_id=project.owner_id,
        kind=Asset.Kind.MUSIC,
        extension="flac",
        content_type="audio/flac",
        file=output.file.key,
        name="music.flac",
        sha256=output.file.sha256,
        size_bytes=output.file.size_bytes,
        duration_ms=beds.film_ms(project),
    )


def brief_written(job: Job, output: write_brief.Output) -> None:
    project = _project(job)
    ads.keep_brief(job, output, project)
    _go_on(project)


def references_drawn(job: Job, output: draw_references.Output) -> None:
    project = _project(job)
    ads.keep_references(job, output, project)
    _go_on(_project(job))


def scenes_planned(job: Job, output: plan_scenes.Output) -> None:
    project = _project(job)
    if not project.scenes.exists():  # a plan never replaces scenes that people may have edited
        contents = Content.objects.bulk_create(
            [_content(project, planned, at) for at, planned in enumerate(output.scenes)]
        )
        Scene.objects.bulk_create(
            [_scene(project, content, planned) for content, planned in zip(contents, output.scenes, strict=True)]
        )
        if project.kind == Project.Kind.PROMPT_VIDEO:
            _with_idea(project, contents)
    _go_on(project)


def _with_idea(project: Project, contents: list[Content]) -> None:
    """What an idea brings along beside its words, and what has to be said about them."""
    place_references(project, contents)
    if not maker(project, "plan_scenes").hosted and not known_words(project.idea.text):
        text = (
            "The planner of this server knows none of these words, so the scenes follow mood and look alone. Describe "
            "each scene in simple words on the Scenes page, or choose a text model."
        )
        Event.objects.create(project=project, verb="idea_note", text=text)


def _content(project: Project, planned: PlannedScene, at: int) -> Content:
    names = ("description", "mood", "camera", "palette", "imagery", "reasoning", "caption")
    fields = {name: getattr(planned, name) for name in names}
    if project.song_led or (project.kind == Project.Kind.PROMPT_VIDEO and not project.idea.narration):
        fields["caption"] = ""
    return Content(project=project, dice=f"plan-{at}", **fields)


def _scene(project: Project, content: Content, planned: PlannedScene) -> Scene:
    return Scene(
        project=project,
        content=content,
        start_frame=planned.start_frame,
        end_frame=planned.end_frame,
        section=planned.section,
        transition=planned.transition.kind,
        transition_frames=planned.transition.frames,
    )


def prompts_written(job: Job, output: write_prompts.Output) -> None:
    project = _project(job)
    asks = write_prompts.Input.model_validate(job.input).asks
    contents = {
        str(c.code): c
        for c in Content.objects.filter(project=project, code__in=[ask.content for ask in asks]).select_related(
            "prompt"
        )
    }
    scenes = []
    for ask, written in zip(asks, output.prompts, strict=True):
        content = contents.get(ask.content)
        if content is None or (content.prompt is not None and content.prompt.edited):
            continue
        content.prompt = Prompt.objects.create(
            content=content,
            take=_next(Prompt.objects.filter(content=content), "take"),
            recipe=digest(ask),
            text=written.text,
            negative=written.negative,
            motion=written.motion,
        )
        content.save(update_fields=["prompt"])
        scenes.append(content.pk)
    _go_on(project, Scene.objects.filter(content__in=scenes).values_list("pk", flat=True))


def prompt_softened(job: Job, output: soften_prompt.Output) -> None:
    """Milder words stand as if somebody had typed them, unless somebody has typed others meanwhile."""
    project = _project(job)
    content = Content.objects.select_related("prompt").get(project=project, code=subject_code(job.subject))
    old = content.prompt
    if old is None or old.text != job.input["text"]:
        return
    content.prompt = Prompt.objects.create(
        content=content,
        take=_next(Prompt.objects.filter(content=content), "take"),
        recipe=old.recipe,
        text=output.text,
        negative=old.negative,
        motion=old.motion,
        edited=True,
    )
    content.save(update_fields=["prompt"])
    Event.objects.create(project=project, verb="prompt_softened", text=output.text)
    refused = Job.objects.filter(project=project, subject__startswith=f"content:{content.code}:")
    refused.filter(state=JobState.FAILED, dismissed=False).exclude(pk=job.pk).update(dismissed=True)
    _go_on(project, Scene.objects.filter(content=content).values_list("pk", flat=True))


def image_generated(job: Job, output: generate_image.Output) -> None:
    project, aspect = _project(job), job.subject.rsplit(":", 2)
    content = Content.objects.get(project=project, code=subject_code(job.subject))
    reply = output.image
    image, _ = Image.objects.get_or_create(
        content=content,
        aspect=":".join(aspect[-2:]),
        take=job.take,
        defaults={
            "code": job.code,
            "recipe": _picture_recipe(job, reply.pictures),
            "provider": output.provider,
            "how": _how(job) | ({"pictures": list(reply.pictures)} if reply.pictures else {}),
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
    _go_on(project, Scene.objects.filter(content=content).values_list("pk", flat=True))


def _picture_recipe(job: Job, given: tuple[str, ...]) -> str:
    """The job's, less the pictures that whoever made it in the end was not given."""
    asked = generate_image.Input.model_validate(job.input)
    if all(picture.role in given for picture in asked.pictures):
        return job.recipe
    kept = tuple(picture for picture in asked.pictures if picture.role in given)
    return digest(asked.model_copy(update={"pictures": kept}))


def clip_generated(job: Job, output: generate_clip.Output) -> None:
    project, aspect = _project(job), job.subject.rsplit(":", 2)
    content = Content.objects.get(project=project, code=subject_code(job.subject))
    pick = Pick.objects.select_related("image").get(content=content, aspect=":".join(aspect[-2:]))
    motion, file = output.clip.motion, output.clip.file
    clip, _ = Clip.objects.get_or_create(
        content=content,
        aspect=pick.aspect,
        take=job.take,
        defaults={
            "code": job.code,
            "recipe": job.recipe,
            "provider": output.provider,
            "how": _how(job),
            "job": job,
            "image": pick.image,
            "motion": motion.model_dump(mode="json") if motion else None,
            "file": file.key if file else "",
            "sha256": file.sha256 if file else "",
        },
    )
    Pick.objects.filter(pk=pick.pk, clip_take=job.take, clip_chosen=False).update(clip=clip)
    _go_on(project, Scene.objects.filter(content=content).values_list("pk", flat=True))


def came_late(job: Job, output: Any) -> None:
    """A picture, clip or music that was paid for arrived when nobody waited for it any more: it is never lost.

    If it is still the take that is wanted, it stands, so that resuming buys nothing again; where other work is under
    way for that take, or has made it, it becomes a further take that nobody has picked.
    """
    if job.step == beds.STEP:
        _music_came_late(job, output)
        return
    made: type[Image] | type[Clip] | None = {"generate_image": Image, "generate_clip": Clip}.get(job.step)  # type: ignore[assignment]
    of = (
        Content.objects.filter(project=job.project_id, code=subject_code(job.subject))
        if made
        else Content.objects.none()
    )
    if made is None or not of.exists():  # its scene is gone: the file stays in storage, booked
        return
    project, aspect = _project(job), ":".join(job.subject.rsplit(":", 2)[-2:])
    takes = made.objects.filter(content__project=project, content__code=subject_code(job.subject), aspect=aspect)
    same = Job.objects.filter(project=project, step=job.step, subject=job.subject)
    rivals = same.filter(take=job.take, state__in=LIVE).exclude(pk=job.pk)
    if rivals.exists() or takes.filter(take=job.take).exists():
        planned = [*takes.values_list("take", flat=True), *same.values_list("take", flat=True)]
        job.take = max(planned) + 1
    RECEIVERS[job.step](job, output)


def _music_came_late(job: Job, output: compose_music.Output) -> None:
    """It is the film's music if that is still wanted and nobody else is at it, else one of the owner's files."""
    project = _project(job)
    rivals = Job.objects.filter(project=project, step=job.step, state__in=LIVE).exclude(pk=job.pk)
    stands = Song.objects.filter(project=project, bed_recipe=job.recipe).exists()
    if stands or rivals.exists() or digest(beds.bed_input(project)) != job.recipe:
        _music_asset(project, output)
    else:
        music_composed(job, output)


def shot_rendered(job: Job, output: render_shot.Output) -> None:
    project = _project(job)
    scene = keep_shot(job, output)
    if scene is not None:
        touch(project, [scene.pk])
        advance_films(project)


def keep_shot(job: Job, output: render_shot.Output) -> Scene | None:
    """Write down the shot that a job made; its scene, or None where that or the rendition is gone."""
    scene = Scene.objects.filter(project=job.project_id, code=subject_code(job.subject)).first()
    rendition = Rendition.objects.filter(project=job.project_id, code=UUID(job.subject.split(":")[2])).first()
    if scene is None or rendition is None:
        return None
    Shot.objects.get_or_create(
        scene=scene,
        rendition=rendition,
        recipe=job.recipe,
        defaults={
            "code": job.code,
            "job": job,
            "file": output.file.key,
            "sha256": output.file.sha256,
            "size_bytes": output.file.size_bytes,
            "facts": output.facts.model_dump(mode="json"),
        },
    )
    return scene


def video_assembled(job: Job, output: assemble_video.Output) -> None:
    project = _project(job)
    rendition = Rendition.objects.filter(project=project, code=subject_code(job.subject)).first()
    if rendition is None:
        return
    made = FinalVideo.objects.create(
        code=job.code,
        rendition=rendition,
        version=_next(FinalVideo.objects.filter(rendition=rendition), "version"),
        recipe=job.recipe,
        job=job,
        file=output.file.key,
        sha256=output.file.sha256,
        size_bytes=output.file.size_bytes,
        poster_file=output.poster.key,
        captions_file=output.captions.key if output.captions else "",
        facts_file=output.facts.key,
        frames=output.frames,
        duration_ms=output.duration_ms,
        certificate=output.certificate.model_dump(mode="json"),
    )
    if rendition.final is None or not rendition.final_chosen:
        rendition.final = made
        rendition.save(update_fields=["final"])
    Event.objects.create(project=project, verb="film_finished", data={"version": made.version})
    touch(project)
    advance_films(project)


def animatic_drawn(job: Job, output: draw_animatic.Output) -> None:
    project = _project(job)
    Animatic.objects.get_or_create(
        code=job.code,
        defaults={
            "project": project,
            "aspect": job.subject.split(":", 2)[2],
            "recipe": job.recipe,
            "job": job,
            "how": {"drawn": output.drawn},
            "file": output.file.key,
            "sha256": output.file.sha256,
            "size_bytes": output.file.size_bytes,
            "duration_ms": output.duration_ms,
        },
    )
    _keep_drawings(job, output, project)
    touch(project)
    if project.kind == Project.Kind.AD:
        _go_on(project)


def _keep_drawings(job: Job, output: draw_animatic.Output, project: Project) -> None:
    stills = draw_animatic.Input.model_validate(job.input).stills
    contents = {str(row.code): row for row in Content.objects.filter(project=project)}
    for still, file in zip(stills, output.stills, strict=True):
        if still.content in contents:
            Drawing.objects.get_or_create(
                content=contents[still.content],
                aspect=still.aspect,
                recipe=digest(still),
                defaults={"project": project, "file": file.key, "sha256": file.sha256},
            )


def job_failed(job: Job) -> None:
    project = _project(job)
    Event.objects.create(
        project=project, verb="step_failed", text=job.error, data={"step": job.step, "job": str(job.code)}
    )
    touch(project, _scenes_of(job))


def job_progressed(job: Job) -> None:
    touch(_project(job), _scenes_of(job))


def _scenes_of(job: Job) -> Iterable[int]:
    """Primary keys of the scenes that a job works on, none for a project-wide one."""
    if job.project_id is None or not job.subject.startswith(("content:", "scene:")):
        return []
    code = subject_code(job.subject)
    scenes = Scene.objects.filter(Q(code=code) | Q(content__code=code), project_id=job.project_id)
    return list(scenes.values_list("pk", flat=True))


def _project(job: Job) -> Project:
    return Project.objects.select_related("transcript").get(jobs=job)


def _go_on(project: Project, scenes: Iterable[int] | None = None) -> None:
    touched = None if scenes is None else list(scenes)
    touch(project, touched if touched is not None else project.scenes.values_list("pk", flat=True))
    advance(project, touched)


def _next(rows: Any, field: str) -> int:
    return int(rows.aggregate(last=Max(field))["last"] or 0) + 1


def _how(job: Job) -> dict[str, Any]:
    """How it was made: recorded, never compared."""
    return {name: job.input[name] for name in ("provider", "model", "seed") if job.input.get(name, "") != ""}


RECEIVERS: dict[str, Callable[[Job, Any], None]] = {
    "analyze_song": song_analyzed,
    "transcribe_song": song_transcribed,
    "compose_music": music_composed,
    "write_brief": brief_written,
    "draw_references": references_drawn,
    "plan_scenes": scenes_planned,
    "write_prompts": prompts_written,
    "soften_prompt": prompt_softened,
    "draw_animatic": animatic_drawn,
    "generate_image": image_generated,
    "generate_clip": clip_generated,
    "render_shot": shot_rendered,
    "assemble_video": video_assembled,
    "export_video": exports.exported,
    "bundle_project": exports.bundled,
    "refine_video": refinements.refined,
}
