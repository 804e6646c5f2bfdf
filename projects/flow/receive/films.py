"""What becomes of shots, of the film that is joined from them, and of an animatic."""

from __future__ import annotations

from typing import Any

from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.steps import assemble_video, draw_animatic, refine_video, render_shot
from projects.flow.due import advance_films
from projects.flow.numbers import last_number
from projects.flow.receive.going_on import go_on, project_of
from projects.flow.revision import touch
from projects.flow.subjects import subject_code, subject_form
from projects.models import Animatic, Content, Drawing, Event, FinalVideo, Project, Rendition, Scene, Shot


def shot_rendered(job: Job, output: render_shot.Output) -> None:
    project = project_of(job)
    scene = keep_shot(job, output)
    if scene is not None:
        touch(project, [scene.pk])
        advance_films(project)


def keep_shot(job: Job, output: render_shot.Output) -> Scene | None:
    """Write down the shot that a job made; its scene, or None where that or the rendition is gone."""
    scene = Scene.objects.filter(project=job.project_id, code=subject_code(job.subject)).first()
    rendition = Rendition.objects.filter(project=job.project_id, code=subject_form(job.subject)).first()
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
    """The film is the next version, and stands unless a person has chosen another."""
    project = project_of(job)
    rendition = Rendition.objects.filter(project=project, code=subject_code(job.subject)).first()
    if rendition is None:
        return
    captions_file = output.captions.key if output.captions else ""
    made = keep_film(job, rendition, output, captions_file=captions_file, facts_file=output.facts.key)
    if rendition.final is None or not rendition.final_chosen:
        rendition.final = made
        rendition.save(update_fields=["final"])
    Event.objects.create(project=project, verb="film_finished", data={"version": made.version})
    touch(project)
    advance_films(project)


def keep_film(
    job: Job, rendition: Rendition, output: assemble_video.Output | refine_video.Output, **more: Any
) -> FinalVideo:
    """Write down a film as the next version of its rendition. `more`: what only joined or only refined ones have."""
    return FinalVideo.objects.create(
        code=job.code,
        rendition=rendition,
        version=last_number(rendition.finals, "version") + 1,
        recipe=job.recipe,
        job=job,
        file=output.file.key,
        sha256=output.file.sha256,
        size_bytes=output.file.size_bytes,
        poster_file=output.poster.key,
        frames=output.frames,
        duration_ms=output.duration_ms,
        certificate=output.certificate.model_dump(mode="json"),
        **more,
    )


def animatic_drawn(job: Job, output: draw_animatic.Output) -> None:
    project = project_of(job)
    Animatic.objects.get_or_create(
        code=job.code,
        defaults={
            "project": project,
            "aspect": subject_form(job.subject),
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
        go_on(project)


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
