"""Finished films of any number of scenes to one song, written as rows: for measuring what a change costs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from pipeline.providers.capabilities import PlannedScene
from pipeline.recipes import digest
from projects.flow import board as boards
from projects.flow import films, inputs, picture_inputs, standing
from projects.flow.guides import Guides
from projects.flow.receive import plans
from projects.models import (
    Asset,
    Clip,
    Content,
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
from projects.tests import quick_steps

HEX = "a" * 64
SONG_S = 3000  # 3,000 scenes of it are a second long
LINES = SONG_S // 4
_PLAN: Any = {"section": "verse", "lyrics": "", "mood": "calm", "camera": "push_in", "reasoning": "", "imagery": "boat"}


@transaction.atomic
def finished_film(scenes: int) -> Project:
    """A film whose every part is as its flow would have it: nothing is due."""
    owner, _ = get_user_model().objects.get_or_create(username="maker")
    project = Project.objects.create(owner=owner, title="Long", style="painted-film")
    asset = Asset.objects.create(
        owner=owner, kind="song", extension="wav", content_type="audio/wav", sha256=HEX, size_bytes=1, file="a"
    )
    rendition = Rendition.objects.create(project=project)
    song = Song(project=project, asset=asset, analysis=quick_steps.analysis(LINES).model_dump(mode="json"))
    song.recipe = digest(inputs.analysis_input(song))
    song.save()
    words = quick_steps.lyrics(LINES).model_dump(mode="json")
    project.transcript = Transcript.objects.create(
        project=project, recipe=digest(inputs.transcript_input(project, song)), lyrics=words
    )
    project.save(update_fields=["transcript"])
    _write_scenes(project, scenes)
    _write_pictures(project)
    _write_shots(project, song, rendition)
    return project


def _write_scenes(project: Project, scenes: int) -> None:
    edges = [SONG_S * 30 * index // scenes for index in range(scenes + 1)]
    planned = [
        PlannedScene(start_frame=start, end_frame=end, description=f"a boat, view {start}", **_PLAN)
        for start, end in pairwise(edges)
    ]
    contents = Content.objects.bulk_create([plans.content_row(project, scene, at) for at, scene in enumerate(planned)])
    Scene.objects.bulk_create(
        [plans.scene_row(project, content, scene) for content, scene in zip(contents, planned, strict=True)]
    )
    prompts = [
        Prompt(content=content, recipe=digest(inputs.prompt_ask(project, content)), text=content.description)
        for content in contents
    ]
    for content, prompt in zip(contents, Prompt.objects.bulk_create(prompts), strict=True):
        content.prompt = prompt
    Content.objects.bulk_update(contents, ["prompt"], batch_size=200)


def _write_pictures(project: Project) -> None:
    size = inputs.picture_size(list(project.renditions.all()), "16:9")
    contents, guides = list(project.contents.select_related("prompt")), Guides(project)
    how: dict[str, Any] = {"aspect": "16:9", "take": 1}
    images = Image.objects.bulk_create(
        [
            Image(
                content=c,
                file=f"i/{c.pk}",
                sha256=HEX,
                width=size[0],
                height=size[1],
                recipe=digest(picture_inputs.image_input(guides, c, "16:9", size, 1)),
                **how,
            )
            for c in contents
        ]
    )
    clips = Clip.objects.bulk_create(
        [
            Clip(
                content=c,
                image=i,
                motion={"camera": c.camera, "seed": 1},
                recipe=digest(inputs.clip_input(project, c, i, 1)),
                **how,
            )
            for c, i in zip(contents, images, strict=True)
        ]
    )
    rows = zip(contents, images, clips, strict=True)
    Pick.objects.bulk_create([Pick(content=c, aspect="16:9", image=i, clip=m) for c, i, m in rows])


def _write_shots(project: Project, song: Song, rendition: Rendition) -> None:
    assert project.transcript is not None
    board = boards.load(project, None)
    maker = inputs.ShotMaker(project, song, project.transcript.words())
    shots = []
    for index, scene in enumerate(board.scenes):
        source = standing.shown(board, scene, "16:9")
        assert source is not None
        wanted = maker.shot(rendition, scene, *board.around(index), *source)
        facts = quick_steps._render(wanted, None).facts.model_dump(mode="json")
        shots.append(
            Shot(scene=scene, rendition=rendition, recipe=digest(wanted), file=f"s/{scene.pk}", sha256=HEX, facts=facts)
        )
    Shot.objects.bulk_create(shots)
    film = films.film_input(boards.load(project, None), song, rendition)
    assert film is not None
    made = {"frames": film.frames, "duration_ms": 1, "size_bytes": 1, "file": "f", "sha256": HEX}
    rendition.final = FinalVideo.objects.create(rendition=rendition, version=1, recipe=digest(film), **made)
    rendition.save(update_fields=["final"])
