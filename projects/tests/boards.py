"""Projects with many scenes, as rows alone, for tests that count queries."""

from __future__ import annotations

from typing import Any

from projects.models import Content, FinalVideo, Image, Pick, Project, Prompt, Rendition, Scene, Shot, Song, Transcript
from projects.tests import quick_steps

SCENE_FRAMES = 120


def board(asset: Any, owner: Any, scenes: int, *, title: str = "Long") -> Project:
    """A project that has `scenes` drawn and rendered scenes, and no jobs."""
    project = Project.objects.create(owner=owner, title=title, style="cinematic", rev=7)
    rendition = Rendition.objects.create(project=project)
    analysis = quick_steps.analysis(scenes).model_dump(mode="json")
    Song.objects.create(project=project, asset=asset, analysis=analysis)
    words = quick_steps.lyrics(scenes).model_dump(mode="json")
    project.transcript = Transcript.objects.create(project=project, recipe="r", lyrics=words)
    project.save(update_fields=["transcript"])
    add_scenes(project, rendition, scenes)
    return project


def finished(asset: Any, owner: Any, *, title: str = "Harbor") -> Project:
    """A project of six scenes whose film is done."""
    project = board(asset, owner, 6, title=title)
    rendition = project.renditions.get()
    rendition.final = FinalVideo.objects.create(
        rendition=rendition, version=1, recipe="r", file="f", sha256="s", size_bytes=9, frames=720, duration_ms=24_000
    )
    rendition.save(update_fields=["final"])
    return project


def add_scenes(project: Project, rendition: Rendition, scenes: int) -> None:
    contents = Content.objects.bulk_create(
        Content(project=project, description=f"a boat, view {number}") for number in range(scenes)
    )
    prompts = Prompt.objects.bulk_create(
        Prompt(content=content, recipe="r", text=f"{content.description}, at dusk") for content in contents
    )
    for content, prompt in zip(contents, prompts, strict=True):
        content.prompt = prompt
    Content.objects.bulk_update(contents, ["prompt"])
    slots = Scene.objects.bulk_create(
        Scene(
            project=project,
            content=content,
            start_frame=number * SCENE_FRAMES,
            end_frame=(number + 1) * SCENE_FRAMES,
            section="verse",
            rev=project.rev,
        )
        for number, content in enumerate(contents)
    )
    images = Image.objects.bulk_create(
        Image(content=content, aspect=rendition.aspect, take=1, recipe="r", file="f", sha256="s", width=1, height=1)
        for content in contents
    )
    Pick.objects.bulk_create(
        Pick(content=content, aspect=rendition.aspect, image=image)
        for content, image in zip(contents, images, strict=True)
    )
    Shot.objects.bulk_create(
        Shot(scene=scene, rendition=rendition, recipe="r", file="f", sha256="s") for scene in slots
    )
