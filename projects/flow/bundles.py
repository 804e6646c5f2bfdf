"""The hand-off bundle: what goes into it, and under which names."""

from __future__ import annotations

import csv
import io
import json
from pathlib import PurePosixPath

from pipeline.media.handoff import HandoffMark, HandoffShot, timeline_otio
from pipeline.media.lyrics.values import Lyrics
from pipeline.media.timeline import CUT, Slot, Transition, fitted_transition, frame_at, ms_at, shot_spans
from pipeline.recipes import Stored
from pipeline.steps.bundle_project import Entry, Input, Text
from projects.flow import beds, caption_files, facts
from projects.flow.inputs import lines_between
from projects.flow.provenance import makers
from projects.flow.versions import Record, records
from projects.models import FPS, FinalVideo, Image, Pick, Project

README = """This is the film "{title}", made with Omvee, with all its parts.

film/          the finished film and its poster
clips/         every scene as it was rendered, with the frames that a transition to its neighbors needs
pictures/      the picture of every scene
audio/         the song or music, as it came
captions/      the words with their times: SRT, VTT, LRC, ASS (karaoke) and plain text
timeline.otio  the cut, for every editor that reads OpenTimelineIO; open it from within this folder
project.json   everything that is known of the film, scene by scene
costs.json, costs.csv   what was spent, by step and model
PROVENANCE.md  which parts were made by which model, and which by rules or by people

{sentence}
"""


def bundle_input(film: FinalVideo) -> Input:
    """What a bundle of this version holds."""
    project = film.rendition.project
    root = film.refined_from or film
    record = records([root]).get(root.pk)
    lyrics = record.lyrics if record else project.lyrics()
    shots = _shots(record, lyrics) if record else ()
    sound = _sound(project)
    entries = [
        Entry(name="film/film.mp4", file=Stored(key=film.file, sha256=film.sha256, size_bytes=film.size_bytes)),
        *([Entry(name="film/poster.jpg", file=Stored(key=film.poster_file, sha256=""))] if film.poster_file else []),
        *_clips(record),
        *_pictures(project, film, record),
        *sound,
    ]
    texts = [
        *_captions(film, lyrics),
        Text(name="timeline.otio", text=_timeline(project, shots, sound)),
        *_facts(project),
    ]
    return Input(entries=tuple(entries), texts=tuple(texts))


def _clip_name(number: int, key: str) -> str:
    return f"clips/scene-{number:02d}{PurePosixPath(key).suffix or '.mp4'}"


def _clips(record: Record | None) -> list[Entry]:
    files = [shot["file"] for shot in record.film.get("shots", [])] if record else []
    return [
        Entry(
            name=_clip_name(number, file["key"]),
            file=Stored(key=file["key"], sha256=file["sha256"], size_bytes=file.get("size_bytes", 0)),
        )
        for number, file in enumerate(files, 1)
    ]


def _pictures(project: Project, film: FinalVideo, record: Record | None) -> list[Entry]:
    """The pictures that the film shows: as recorded, else as they stand now."""
    hashes = [shot.image for shot in record.shots] if record else []
    known = {row.sha256: row for row in Image.objects.filter(content__project=project, sha256__in=set(hashes))}
    images = [known.get(sha256) for sha256 in hashes]
    if not any(images):
        picks = Pick.objects.filter(content__scene__project=project, aspect=film.rendition.aspect)
        images = [pick.image for pick in picks.select_related("image").order_by("content__scene__start_frame")]
    return [
        Entry(
            name=f"pictures/scene-{number:02d}{PurePosixPath(image.file).suffix or '.png'}",
            file=Stored(key=image.file, sha256=image.sha256),
        )
        for number, image in enumerate(images, 1)
        if image is not None
    ]


def _sound(project: Project) -> list[Entry]:
    song = beds.standing_song(project)
    if song is None:
        return []
    asset = song.asset
    file = Stored(key=asset.file.name, sha256=asset.sha256, size_bytes=asset.size_bytes)
    return [Entry(name=f"audio/song.{asset.extension}", file=file)]


def _captions(film: FinalVideo, lyrics: Lyrics) -> list[Text]:
    if not lyrics.lines:
        return []
    return [
        Text(name=f"captions/film.{kind}", text=caption_files.caption_text(kind, lyrics, film.rendition))
        for kind in caption_files.KINDS
    ]


def _shots(record: Record, lyrics: Lyrics) -> tuple[HandoffShot, ...]:
    slots = [Slot(start_frame=shot.start_frame, end_frame=shot.end_frame) for shot in record.shots]
    wanted = [
        Transition.model_validate(dict(zip(("kind", "frames"), shot.transition, strict=True))) for shot in record.shots
    ]
    between = [fitted_transition(t, a, b) for t, a, b in zip(wanted, slots, slots[1:], strict=False)]
    found = []
    spans = shot_spans(slots, between)
    for number, (shot, span, file) in enumerate(zip(record.shots, spans, record.film["shots"], strict=True), 1):
        start_ms, end_ms = ms_at(shot.start_frame, FPS), ms_at(shot.end_frame, FPS)
        found.append(
            HandoffShot(
                name=f"Scene {number}",
                path=_clip_name(number, file["file"]["key"]),
                first=shot.start_frame - span.start_frame,
                frames=shot.end_frame - shot.start_frame,
                file_frames=span.frames,
                transition=between[number - 1] if number <= len(between) else CUT,
                words="\n".join(line.text for line in lines_between(lyrics, start_ms, end_ms)),
            )
        )
    return tuple(found)


def _timeline(project: Project, shots: tuple[HandoffShot, ...], sound: list[Entry]) -> str:
    song = beds.standing_song(project)
    heard = song.heard() if song is not None else None
    marks = tuple(
        HandoffMark(
            name=part.label,
            first=frame_at(part.start_ms, FPS),
            frames=max(1, frame_at(part.end_ms, FPS) - frame_at(part.start_ms, FPS)),
        )
        for part in (heard.sections if heard else ())
    )
    return timeline_otio(
        project.title,
        shots,
        fps=FPS,
        audio_path=sound[0].name if sound else "",
        audio_frames=frame_at(heard.duration_ms, FPS) if heard else 0,
        marks=marks,
        metadata={"omvee": {"project": str(project.code), "artist": project.artist}},
    )


def _facts(project: Project) -> list[Text]:
    known = facts.project_facts(project)
    costs = known["costs"]
    return [
        Text(name="project.json", text=json.dumps(known, ensure_ascii=False, indent=1, default=str)),
        Text(name="costs.json", text=json.dumps(costs, indent=1)),
        Text(name="costs.csv", text=_csv(costs["rows"])),
        Text(name="PROVENANCE.md", text=provenance_note(project)),
        Text(name="README.txt", text=README.format(title=project.title, sentence=makers(project).sentence)),
    ]


def _csv(rows: list[dict[str, object]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["step", "provider", "model", "requests", "spent_microusd"])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def provenance_note(project: Project) -> str:
    """Who made what, in words."""
    made = makers(project)
    lines = [f"# Provenance of “{project.title}”", "", made.sentence, ""]
    lines += [f"- By the model {who}: {', '.join(parts)}." for who, parts in sorted(made.models.items())]
    if made.ours:
        lines.append(f"- By the rules of Omvee, without a model: {', '.join(made.ours)}.")
    if made.brought:
        lines.append(f"- Brought along by the person who made the film: {', '.join(made.brought)}.")
    lines.append("- Rendering, captions, cut and checks: Omvee, with ffmpeg.")
    return "\n".join(lines) + "\n"
