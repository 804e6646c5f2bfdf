"""Every edit submits exactly the jobs that hang on what it changed, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.media.lyrics.values import Lyrics
from pipeline.models import Job
from projects.actions import clip_settings, control, edit, final, lyrics, music, review
from projects.actions import scenes as acts
from projects.actions.scene_history import last_edit, undo_edit
from projects.models import Asset, Pick, Project, Scene
from projects.tests.conftest import drain

Jobs = list[tuple[str, str]]
FILM = [("assemble_video", "film")]


def scenes(project: Project) -> list[Scene]:
    return list(project.scenes.select_related("content__prompt").order_by("start_frame"))


def pick(project: Project, index: int) -> Pick:
    return Pick.objects.select_related("image", "content").get(content=scenes(project)[index].content, aspect="16:9")


def each(step: str, *indices: int) -> Jobs:
    return [(step, str(index)) for index in indices]


def reword(project: Project, change: Callable[[Any], Any]) -> None:
    words = project.transcript.words()
    lines = tuple(change(line) if index == 3 else line for index, line in enumerate(words.lines))
    new = Lyrics(lines=lines, source="edited", timed=True)
    lyrics.save_lyrics(project, new, by=project.owner, seen_take=project.transcript.take)


def change_word(project: Project) -> None:
    reword(project, lambda line: line.model_copy(update={"text": line.text.replace("stars", "clouds"), "words": ()}))


def change_time(project: Project) -> None:
    moved = {"start_ms": 13600, "end_ms": 14900, "words": ()}
    reword(project, lambda line: line.model_copy(update=moved))


def move_boundary(project: Project) -> None:
    acts.move_boundary(scenes(project)[0], 130, by=project.owner)


def swap(project: Project) -> None:
    acts.swap_scenes(scenes(project)[0], 5, by=project.owner)


def reorder(project: Project) -> None:
    acts.move_scene(scenes(project)[3], 2, by=project.owner)


def split(project: Project) -> None:
    acts.split_scene(scenes(project)[0], 60, by=project.owner)


def split_at_a_blend(project: Project) -> None:
    acts.split_scene(scenes(project)[2], by=project.owner)


def merge(project: Project) -> None:
    acts.merge_scenes(scenes(project)[0], by=project.owner)


def merge_into_a_blend(project: Project) -> None:
    acts.merge_scenes(scenes(project)[1], by=project.owner)


def delete(project: Project) -> None:
    acts.delete_scene(scenes(project)[4], by=project.owner)


def delete_first(project: Project) -> None:
    acts.delete_scene(scenes(project)[0], by=project.owner)


def add(project: Project) -> None:
    acts.add_scene(scenes(project)[0], "a lighthouse in the storm", by=project.owner)


def describe(project: Project, index: int = 1, **changes: Any) -> None:
    scene = scenes(project)[index]
    now = {name: getattr(scene.content, name) for name in ("description", "mood", "camera")}
    now |= {name: getattr(scene, name) for name in ("transition", "transition_frames")}
    acts.edit_scene(scene, by=project.owner, **{**now, **changes})


def change_description(project: Project) -> None:
    describe(project, description="a lighthouse in the storm")


def change_held_description(project: Project) -> None:
    review.approve_image(pick(project, 1).image, by=project.owner, seen="pending")
    change_description(project)


def change_camera(project: Project) -> None:
    describe(project, camera="orbit")


def soften_cut(project: Project) -> None:
    describe(project, transition="crossfade", transition_frames=12)


def change_kind_of_blend(project: Project) -> None:
    describe(project, 2, transition="wipe_left")


def lengthen_blend(project: Project) -> None:
    describe(project, 2, transition_frames=20)


def nothing_new(project: Project) -> None:
    describe(project)


def taken_back(change: Callable[[Project], None]) -> Callable[[Project], None]:
    def undo(project: Project) -> None:
        change(project)
        drain()
        before.mark()
        undo_edit(project, last_edit(project).data["undo"], by=project.owner)

    undo.__name__ = f"take_back_{change.__name__}"
    return undo


def change_prompt(project: Project) -> None:
    edit.edit_prompt(scenes(project)[1].content, "a lighthouse at night", by=project.owner, seen_take=1)


def change_held_prompt(project: Project) -> None:
    review.approve_image(pick(project, 1).image, by=project.owner, seen="pending")
    change_prompt(project)


def redraw(project: Project) -> None:
    review.redraw_image(pick(project, 1), by=project.owner, seen_take=1)


def pick_older(project: Project) -> None:
    older = pick(project, 1).image
    review.redraw_image(pick(project, 1), by=project.owner, seen_take=1)
    drain()
    before.mark()
    review.pick_image(pick(project, 1), older, by=project.owner)


def replace(project: Project) -> None:
    upload = Asset.objects.create(
        owner=project.owner,
        kind="picture",
        extension="png",
        content_type="image/png",
        sha256="b" * 64,
        size_bytes=1,
        file="u/1/assets/x.png",
    )
    review.replace_image(pick(project, 1), upload, by=project.owner, width=1920, height=1080)


def change_style(project: Project) -> None:
    edit.set_style(project, "neon-noir", by=project.owner, seen="cinematic")


def add_aspect(project: Project) -> None:
    final.add_rendition(project, "9:16", "1080p", "karaoke", by=project.owner)


def captions_off(project: Project) -> None:
    final.set_captions(project.renditions.get(), "none", by=project.owner)


def skip(project: Project) -> None:
    control.skip_scene(scenes(project)[1], by=project.owner)


def unskip(project: Project) -> None:
    skip(project)
    drain()
    before.mark()
    control.unskip_scene(scenes(project)[1], by=project.owner)


def fail_and_retry(project: Project) -> None:
    job = Job.objects.get(step="render_shot", subject__contains=str(scenes(project)[2].code))
    scenes(project)[2].shots.all().delete()
    Job.objects.filter(pk=job.pk).update(state="failed")
    control.retry_failed(project, by=project.owner)


def take_back(project: Project) -> None:
    captions_off(project)
    drain()
    before.mark()
    final.set_captions(project.renditions.get(), "karaoke", by=project.owner)


def approve(project: Project) -> None:
    review.approve_image(pick(project, 1).image, by=project.owner, seen="pending")


def reject(project: Project) -> None:
    review.reject_image(pick(project, 1).image, by=project.owner, seen="pending")


def try_style(project: Project) -> None:
    review.try_style(pick(project, 1), "neon-noir", by=project.owner, seen_take=1)


def set_focus(project: Project) -> None:
    review.set_focus(pick(project, 1).image, 200, 300, by=project.owner, seen=(500, 500))


def approve_clip(project: Project) -> None:
    review.approve_clip(pick(project, 1).clip, by=project.owner, seen="pending")


def reject_clip(project: Project) -> None:
    review.reject_clip(pick(project, 1).clip, by=project.owner, seen="pending")


def redo_clip(project: Project) -> None:
    review.redo_clip(pick(project, 1), by=project.owner, seen_take=1)


def redo_approved_clip(project: Project) -> None:
    approve_clip(project)
    redo_clip(project)


def pick_older_clip(project: Project) -> None:
    older = pick(project, 1).clip
    redo_clip(project)
    drain()
    before.mark()
    review.pick_clip(pick(project, 1), older, by=project.owner)


def set_clip(project: Project, **changes: Any) -> None:
    now = clip_settings.ClipSettings.of(pick(project, 1))
    wanted = clip_settings.ClipSettings(**(changes or {"camera": "orbit", "strength": 80}))
    clip_settings.set_clip(pick(project, 1), wanted, by=project.owner, seen=now.mark)


def set_clip_for_hosts(project: Project) -> None:
    set_clip(project, seconds=2, quality="draft")


def redraw_under_an_approved_clip(project: Project) -> None:
    approve_clip(project)
    redraw(project)


ALL = range(6)
EDITS: list[tuple[Callable[[Project], None], Jobs]] = [
    (change_word, [*each("render_shot", 3), *FILM]),
    (change_time, [*each("render_shot", 3), *FILM]),
    (move_boundary, [*each("render_shot", 0, 1), *FILM]),
    (swap, [*each("render_shot", 0, 4), *FILM]),
    (
        split,
        [
            ("write_prompts", "project"),
            *each("generate_image", 1),
            *each("generate_clip", 1),
            *each("render_shot", 0, 1),
            *FILM,
        ],
    ),
    (
        split_at_a_blend,
        [
            ("write_prompts", "project"),
            *each("generate_image", 3),
            *each("generate_clip", 3),
            *each("render_shot", 2, 3),
            *FILM,
        ],
    ),
    (reorder, [*each("render_shot", 1, 2, 3), *FILM]),
    (merge, [*each("render_shot", 0), *FILM]),
    (merge_into_a_blend, [*each("render_shot", 1), *FILM]),
    (delete, [*each("render_shot", 3), *FILM]),
    (delete_first, [*each("render_shot", 0), *FILM]),
    (
        add,
        [
            ("write_prompts", "project"),
            *each("generate_image", 1),
            *each("generate_clip", 1),
            *each("render_shot", 0, 1),
            *FILM,
        ],
    ),
    (
        change_description,
        [
            ("write_prompts", "project"),
            *each("generate_image", 1),
            *each("generate_clip", 1),
            *each("render_shot", 1),
            *FILM,
        ],
    ),
    (change_held_description, [("write_prompts", "project")]),
    (change_camera, [("write_prompts", "project"), *each("generate_clip", 1), *each("render_shot", 1), *FILM]),
    (soften_cut, [*each("render_shot", 1, 2), *FILM]),
    (change_kind_of_blend, FILM),
    (lengthen_blend, [*each("render_shot", 2, 3), *FILM]),
    (nothing_new, []),
    *((taken_back(change), []) for change in (move_boundary, swap, reorder, split, merge, delete, delete_first, add)),
    (taken_back(change_camera), []),
    (change_prompt, [*each("generate_image", 1), *each("generate_clip", 1), *each("render_shot", 1), *FILM]),
    (change_held_prompt, []),
    (redraw, [*each("generate_image", 1), *each("generate_clip", 1), *each("render_shot", 1), *FILM]),
    (pick_older, []),
    (replace, [*each("generate_clip", 1), *each("render_shot", 1), *FILM]),
    (
        change_style,
        [
            ("write_prompts", "project"),
            *each("generate_image", *ALL),
            *each("generate_clip", *ALL),
            *each("render_shot", *ALL),
            *FILM,
        ],
    ),
    (add_aspect, [*each("generate_image", *ALL), *each("generate_clip", *ALL), *each("render_shot", *ALL), *FILM]),
    (captions_off, [*each("render_shot", *ALL), *FILM]),
    (skip, [*each("render_shot", 1), *FILM]),
    (unskip, []),
    (fail_and_retry, [*each("render_shot", 2)]),
    (take_back, []),
    (approve, []),
    (reject, []),
    (try_style, [*each("generate_image", 1), *each("generate_clip", 1), *each("render_shot", 1), *FILM]),
    (set_focus, [*each("generate_clip", 1), *each("render_shot", 1), *FILM]),
    (approve_clip, []),
    (reject_clip, []),
    (redo_clip, [*each("generate_clip", 1), *each("render_shot", 1), *FILM]),
    (redo_approved_clip, [*each("generate_clip", 1), *each("render_shot", 1), *FILM]),
    (pick_older_clip, []),
    (set_clip, [*each("generate_clip", 1), *each("render_shot", 1), *FILM]),
    (set_clip_for_hosts, []),
    (
        redraw_under_an_approved_clip,
        [*each("generate_image", 1), *each("generate_clip", 1), *each("render_shot", 1), *FILM],
    ),
]


class Mark:
    """Jobs that were there before the edit that is looked at."""

    def mark(self) -> None:
        self.pks = set(Job.objects.values_list("pk", flat=True))


before = Mark()


def submitted(project: Project) -> Jobs:
    """(step, index of the scene) of every job submitted since the mark, in no order."""
    at = {}
    for index, scene in enumerate(scenes(project)):
        at[str(scene.code)] = at[str(scene.content.code)] = str(index)
    found = []
    for job in Job.objects.exclude(pk__in=before.pks):
        kind, _, rest = job.subject.partition(":")
        found.append((job.step, {"": "project", "rendition": "film"}.get(kind) or at[rest.split(":")[0]]))
    return found


@pytest.mark.postgres
@pytest.mark.parametrize(("change", "expected"), EDITS, ids=[change.__name__ for change, _ in EDITS])
def test_it_submits_exactly_what_hangs_on_the_edit(
    film: Project, change: Callable[[Project], None], expected: Jobs
) -> None:
    before.mark()
    change(film)
    drain()
    assert sorted(submitted(film)) == sorted(expected)
    assert not Job.objects.exclude(state__in=("done", "canceled", "failed")).exists()


def change_caption(project: Project) -> None:
    describe(project, caption="something else")


def swap_ends(project: Project) -> None:
    acts.swap_scenes(scenes(project)[0], 6, by=project.owner)


def last_longer(project: Project) -> None:
    acts.set_length(scenes(project)[0], 150, keep_total=True, by=project.owner)


def lengthen_the_end(project: Project) -> None:
    acts.set_length(scenes(project)[5], 150, keep_total=False, by=project.owner)


def shorten_the_film(project: Project) -> None:
    acts.set_length(scenes(project)[3], 60, keep_total=False, by=project.owner)


def compose_other_music(project: Project) -> None:
    music.other_music(project, by=project.owner, seen_take=1)


MUSIC = ("compose_music", "project")
# Without a song scenes move as a whole: those whose place in time changes are rendered again, with their blends.
IDEA_EDITS: list[tuple[Callable[[Project], None], Jobs]] = [
    (change_caption, [*each("render_shot", 1), *FILM]),
    (reorder, [*each("render_shot", 1, 2, 3, 4), *FILM]),
    (swap_ends, [*each("render_shot", 0, 5), *FILM]),
    (last_longer, [*each("render_shot", 0, 1), *FILM]),
    (lengthen_the_end, [MUSIC, *each("render_shot", 5), *FILM]),
    (shorten_the_film, [MUSIC, *each("render_shot", 2, 3, 4, 5), *FILM]),
    (compose_other_music, [MUSIC, *each("render_shot", *range(6)), *FILM]),  # its cuts lay between two beats
    (change_camera, [("write_prompts", "project"), *each("generate_clip", 1), *each("render_shot", 1), *FILM]),
    (delete, [*each("render_shot", 2, 3), *FILM]),  # the blend into scene 3 shows its caption, which lasts longer
    (nothing_new, []),
    *((taken_back(change), []) for change in (change_caption, reorder, swap_ends, last_longer, delete)),
    (taken_back(lengthen_the_end), [MUSIC]),
]


@pytest.mark.postgres
@pytest.mark.parametrize(("change", "expected"), IDEA_EDITS, ids=[change.__name__ for change, _ in IDEA_EDITS])
def test_it_submits_exactly_what_hangs_on_the_edit_of_an_idea(
    idea_film: Project, change: Callable[[Project], None], expected: Jobs
) -> None:
    before.mark()
    change(idea_film)
    drain()
    assert sorted(submitted(idea_film)) == sorted(expected)
    assert not Job.objects.exclude(state__in=("done", "canceled", "failed")).exists()
    ends = [scene.end_frame for scene in scenes(idea_film)]
    assert [scene.start_frame for scene in scenes(idea_film)] == [0, *ends[:-1]]
    assert Project.objects.get().length_frames == ends[-1]
