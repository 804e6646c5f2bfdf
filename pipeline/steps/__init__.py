"""The steps there are. A new one is one file and its line here."""

from __future__ import annotations

from pipeline.steps import (
    analyze_song,
    assemble_video,
    bundle_project,
    compose_music,
    draw_animatic,
    draw_references,
    enlarge_film,
    enlarge_image,
    export_video,
    generate_clip,
    generate_image,
    plan_scenes,
    refine_video,
    render_shot,
    soften_prompt,
    transcribe_song,
    write_brief,
    write_prompts,
)
from pipeline.steps.base import Step

_ALL = (
    analyze_song.STEP,
    transcribe_song.STEP,
    compose_music.STEP,
    write_brief.STEP,
    draw_references.STEP,
    enlarge_film.STEP,
    plan_scenes.STEP,
    write_prompts.STEP,
    soften_prompt.STEP,
    draw_animatic.STEP,
    generate_image.STEP,
    enlarge_image.STEP,
    generate_clip.STEP,
    render_shot.STEP,
    assemble_video.STEP,
    export_video.STEP,
    refine_video.STEP,
    bundle_project.STEP,
)

STEPS: dict[str, Step] = {step.name: step for step in _ALL}
