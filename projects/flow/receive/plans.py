"""What becomes of a brief that was filled, of scenes that were planned and of words that were written for them."""

from __future__ import annotations

from pipeline.models import Job
from pipeline.providers.capabilities import PlannedScene
from pipeline.providers.local.ideas import known_words
from pipeline.recipes import digest
from pipeline.states import JobState
from pipeline.steps import draw_references, plan_scenes, soften_prompt, write_brief, write_prompts
from projects.flow import ads
from projects.flow.makers import maker
from projects.flow.numbers import last_number
from projects.flow.receive.going_on import go_on, project_of
from projects.flow.references import place_references
from projects.flow.subjects import subject_code, works_on_content
from projects.models import Ad, Content, Event, Project, Prompt, Scene


def brief_written(job: Job, output: write_brief.Output) -> None:
    project = project_of(job)
    _keep_brief(job, output, project.ad)
    go_on(project)


def references_drawn(job: Job, output: draw_references.Output) -> None:
    project = project_of(job)
    _keep_references(job, output, project)
    go_on(project_of(job))


def _keep_brief(job: Job, output: write_brief.Output, ad: Ad) -> None:
    """Write down what came of the brief; an edited one stays."""
    if ad.edited:
        return
    ad.beats = [beat.model_dump(mode="json") for beat in output.beats]
    ad.findings = [finding.model_dump(mode="json") for finding in output.findings]
    ad.brief_recipe = job.recipe
    ad.save(update_fields=["beats", "findings", "brief_recipe"])


def _keep_references(job: Job, output: draw_references.Output, project: Project) -> None:
    """Write down the cutouts and the picture of the look."""
    wanted = [stored.sha256 for stored in draw_references.Input.model_validate(job.input).shots]
    rows = {row.asset.sha256: row for row in ads.shots(project)}
    for sha256, made in zip(wanted, output.products, strict=True):
        for row in [rows[sha256]] if sha256 in rows else []:
            row.cut_file, row.cut_sha256 = made.file.key, made.file.sha256
            row.cut_preview, row.cut_method = made.preview.key, made.method
            row.save(update_fields=["cut_file", "cut_sha256", "cut_preview", "cut_method"])
    Ad.objects.filter(project=project).update(
        guide_file=output.guide.key,
        guide_sha256=output.guide.sha256,
        references_recipe=job.recipe,
        same_shots=output.same,
    )
    if output.same and not project.events.filter(text=ads.SAME_SHOTS).exists():
        Event.objects.create(project=project, verb="idea_note", text=ads.SAME_SHOTS)


def scenes_planned(job: Job, output: plan_scenes.Output) -> None:
    """The first plan becomes scenes; a later one counts only where nothing stands any more."""
    project = project_of(job)
    if not project.scenes.exists():  # a plan never replaces scenes that people may have edited
        contents = Content.objects.bulk_create(
            [content_row(project, planned, at) for at, planned in enumerate(output.scenes)]
        )
        Scene.objects.bulk_create(
            [scene_row(project, content, planned) for content, planned in zip(contents, output.scenes, strict=True)]
        )
        if project.kind == Project.Kind.PROMPT_VIDEO:
            _with_idea(project, contents)
    go_on(project)


def _with_idea(project: Project, contents: list[Content]) -> None:
    """What an idea brings along beside its words, and what has to be said about them."""
    place_references(project, contents)
    if not maker(project, "plan_scenes").hosted and not known_words(project.idea.text):
        text = (
            "The planner of this server knows none of these words, so the scenes follow mood and look alone. Describe "
            "each scene in simple words on the Scenes page, or choose a text model."
        )
        Event.objects.create(project=project, verb="idea_note", text=text)


def content_row(project: Project, planned: PlannedScene, at: int) -> Content:
    names = ("description", "mood", "camera", "palette", "imagery", "reasoning", "caption")
    fields = {name: getattr(planned, name) for name in names}
    if project.song_led or (project.kind == Project.Kind.PROMPT_VIDEO and not project.idea.narration):
        fields["caption"] = ""
    return Content(project=project, dice=f"plan-{at}", **fields)


def scene_row(project: Project, content: Content, planned: PlannedScene) -> Scene:
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
    """The words stand, but where somebody has written others meanwhile."""
    project = project_of(job)
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
            take=last_number(Prompt.objects.filter(content=content)) + 1,
            recipe=digest(ask),
            text=written.text,
            negative=written.negative,
            motion=written.motion,
        )
        content.save(update_fields=["prompt"])
        scenes.append(content.pk)
    go_on(project, Scene.objects.filter(content__in=scenes).values_list("pk", flat=True))


def prompt_softened(job: Job, output: soften_prompt.Output) -> None:
    """Milder words stand as if somebody had typed them, unless somebody has typed others meanwhile."""
    project = project_of(job)
    content = Content.objects.select_related("prompt").get(project=project, code=subject_code(job.subject))
    old = content.prompt
    if old is None or old.text != job.input["text"]:
        return
    content.prompt = Prompt.objects.create(
        content=content,
        take=last_number(Prompt.objects.filter(content=content)) + 1,
        recipe=old.recipe,
        text=output.text,
        negative=old.negative,
        motion=old.motion,
        edited=True,
    )
    content.save(update_fields=["prompt"])
    Event.objects.create(project=project, verb="prompt_softened", text=output.text)
    refused = Job.objects.filter(works_on_content(content.code), project=project)
    refused.filter(state=JobState.FAILED, dismissed=False).exclude(pk=job.pk).update(dismissed=True)
    go_on(project, Scene.objects.filter(content=content).values_list("pk", flat=True))
