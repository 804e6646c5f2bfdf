"""What becomes of a song that was heard, of its words, and of music that was made for a film."""

from __future__ import annotations

from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.states import LIVE
from pipeline.steps import analyze_song, compose_music, transcribe_song
from projects.flow import beds, inputs
from projects.flow.numbers import last_number
from projects.flow.receive.going_on import go_on, project_of
from projects.flow.revision import touch
from projects.flow.status import AGAIN
from projects.models import Asset, Event, Project, Song, Transcript


def song_analyzed(job: Job, output: analyze_song.Output) -> None:
    project = project_of(job)
    Song.objects.filter(project=project).update(analysis=output.analysis.model_dump(mode="json"), recipe=job.recipe)
    go_on(project)


def song_transcribed(job: Job, output: transcribe_song.Output) -> None:
    """The words are a take, and stand unless somebody has edited others, or asked only to compare."""
    project = project_of(job)
    made = Transcript.objects.create(
        project=project,
        take=last_number(Transcript.objects.filter(project=project)) + 1,
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
    go_on(project)


def music_composed(job: Job, output: compose_music.Output) -> None:
    """The film's music, as the song that it lies on. What a composer knows of its own beats needs no listening."""
    project = project_of(job)
    asset = keep_music(project, output)
    song, _made = Song.objects.update_or_create(
        project=project, defaults={"asset": asset, "bed_recipe": job.recipe, "analysis": None, "recipe": ""}
    )
    if output.analysis is not None:
        song.analysis = output.analysis.model_dump(mode="json")
        song.recipe = digest(inputs.analysis_input(song))
        song.save(update_fields=["analysis", "recipe"])
    go_on(project)


def keep_music(project: Project, output: compose_music.Output) -> Asset:
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


def music_came_late(job: Job, output: compose_music.Output) -> None:
    """It is the film's music if that is still wanted and nobody else is at it, else one of the owner's files."""
    project = project_of(job)
    rivals = Job.objects.filter(project=project, step=job.step, state__in=LIVE).exclude(pk=job.pk)
    stands = Song.objects.filter(project=project, bed_recipe=job.recipe).exists()
    if stands or rivals.exists() or digest(beds.bed_input(project)) != job.recipe:
        keep_music(project, output)
    else:
        music_composed(job, output)
