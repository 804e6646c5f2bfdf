"""What a version of the film was made from, and what changed between two: read from the recorded inputs of their jobs.

The records are read as plain JSON, because an older release may have written them in another shape than today's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from pydantic import ValidationError

from pipeline.media.grades import LOOKS, Grade
from pipeline.media.lyrics.values import Lyrics
from pipeline.models import Job
from projects.flow.subjects import subject_code
from projects.models import FinalVideo, Image, Project, Shot

Json = dict[str, Any]


@dataclass(frozen=True)
class ShotRecord:
    """One shot as it was joined. `made` is the recorded input of its render job, empty where that is gone."""

    scene: str
    start_frame: int
    end_frame: int
    section: str
    transition: tuple[str, int]
    sha256: str
    made: Json = field(default_factory=dict)

    @property
    def image(self) -> str:
        """The SHA-256 of its picture; "" where unknown."""
        return str((self.made.get("image") or {}).get("sha256", ""))

    @property
    def motion(self) -> Json:
        return dict((self.made.get("spec") or {}).get("motion") or {})

    @property
    def grade(self) -> Grade | None:
        """The color look that it wears; None for none, and for one that no longer ships."""
        worn = (self.made.get("spec") or {}).get("grade")
        return Grade.model_validate(worn) if worn and worn.get("name") in LOOKS else None

    @property
    def is_still(self) -> bool:
        """Whether a picture is held, as for a skipped scene."""
        return self.motion.get("camera") == "hold" and not self.motion.get("strength", 50)


@dataclass(frozen=True)
class Record:
    """The recorded input of an assembly, and its shots in film order."""

    film: Json
    shots: tuple[ShotRecord, ...]

    @property
    def lyrics(self) -> Lyrics:
        """The words that the film was made with; none where they cannot be read."""
        try:
            return Lyrics.model_validate(self.film.get("lyrics") or {})
        except ValidationError:
            return Lyrics()

    @property
    def fps(self) -> int:
        return int((self.film.get("profile") or {}).get("fps", 30))


@dataclass(frozen=True)
class Change:
    """One kind of difference. `scenes` are numbers in the newer version; `old` and `new` are what was and is."""

    kind: str
    scenes: tuple[int, ...] = ()
    count: int = 0
    old: str = ""
    new: str = ""


def records(finals: Iterable[FinalVideo]) -> dict[int, Record]:
    """By primary key of the version, those whose job is still known; in a constant number of queries."""
    rows = list(finals)
    roots = _roots(rows)
    known = Job.objects.filter(pk__in=[job for job in roots.values() if job]).values_list("pk", "input", "project")
    inputs, projects = {pk: film for pk, film, _ in known}, {project for _, _, project in known}
    keys = {shot["file"]["key"] for film in inputs.values() for shot in film.get("shots", [])}
    jobs = _render_jobs(keys, projects)
    return {
        row.pk: Record(film, tuple(_shot(shot, jobs) for shot in film.get("shots", [])))
        for row in rows
        if (film := inputs.get(roots[row.pk] or 0)) is not None
    }


def _roots(rows: Sequence[FinalVideo]) -> dict[int, int | None]:
    """The job that assembled each version: a refined one shows what the version shows that it came from."""
    sources = [row.refined_from_id for row in rows if row.refined_from_id]
    jobs = dict(FinalVideo.objects.filter(pk__in=sources).values_list("pk", "job")) if sources else {}
    return {row.pk: jobs.get(row.refined_from_id) if row.refined_from_id else row.job_id for row in rows}


def _render_jobs(keys: set[str], projects: set[int]) -> dict[str, tuple[str, Json]]:
    """(code of the scene, recorded input) of what rendered these files; jobs outlive deleted scenes and shots. Another
    project may have the same file, for scenes of its own.
    """
    made = Shot.objects.filter(file__in=keys, job__isnull=False, scene__project__in=projects)
    shots = dict(made.values_list("file", "job"))
    jobs = {pk: (subject, made) for pk, subject, made in _inputs(Job.objects.filter(pk__in=shots.values()))}
    found = {key: jobs[pk] for key, pk in shots.items() if pk in jobs}
    gone = keys - set(found)
    if gone:
        lost = Job.objects.filter(project__in=projects, step="render_shot", output__file__key__in=sorted(gone))
        by_key = dict(lost.values_list("pk", "output__file__key"))
        found |= {by_key[pk]: (subject, made) for pk, subject, made in _inputs(lost)}
    return {key: (str(subject_code(subject)), made) for key, (subject, made) in found.items()}


def _inputs(jobs: Any) -> Iterable[tuple[int, str, Json]]:
    rows: Iterable[tuple[int, str, Json]] = jobs.values_list("pk", "subject", "input")
    return rows


def _shot(shot: Json, jobs: dict[str, tuple[str, Json]]) -> ShotRecord:
    scene, made = jobs.get(shot["file"]["key"], ("", {}))
    transition = shot.get("transition") or {}
    return ShotRecord(
        scene=scene,
        start_frame=shot["start_frame"],
        end_frame=shot["end_frame"],
        section=shot.get("section", ""),
        transition=(str(transition.get("kind", "cut")), int(transition.get("frames", 0))),
        sha256=shot["file"]["sha256"],
        made=made,
    )


def pictures(project: Project, aspect: str, found: Iterable[Record]) -> dict[str, Image]:
    """The pictures in these films of one shape by their SHA-256."""
    hashes = {shot.image for record in found for shot in record.shots} - {""}
    rows = Image.objects.filter(content__project=project, sha256__in=hashes)
    known = rows.only("code", "thumb_file", "sha256", "take", "provider", "content_id", "aspect").order_by("pk")
    # a crop is the same file as the take of another shape that it was made from, under a number of its own
    return {row.sha256: row for row in sorted(known, key=lambda row: row.aspect == aspect)}


def changes(old: Record, new: Record, images: dict[str, Image]) -> list[Change]:
    """What differs in the newer film, the whole before its parts; empty where the two are alike."""
    return [*_film_changes(old.film, new.film), *_lyric_changes(old.film, new.film), *_shot_changes(old, new, images)]


def _film_changes(old: Json, new: Json) -> Iterable[Change]:
    if old["song"]["sha256"] != new["song"]["sha256"]:
        yield Change("song")
    elif old.get("beats_ms") != new.get("beats_ms"):
        yield Change("beats")
    for name in ("title", "artist"):
        if old.get(name, "") != new.get(name, ""):
            yield Change(name, old=old.get(name, ""), new=new.get(name, ""))
    sizes = [f"{film['profile']['width']} × {film['profile']['height']}" for film in (old, new)]
    if sizes[0] != sizes[1]:
        yield Change("size", old=sizes[0], new=sizes[1])


def _lyric_changes(old: Json, new: Json) -> Iterable[Change]:
    before, after = _lines(old), _lines(new)
    counts = {"lyrics": 0, "lyrics_added": 0, "lyrics_removed": 0, "lyrics_timed": 0}
    texts = [[line["text"] for line in lines] for lines in (before, after)]
    for what, a, b, c, d in SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_opcodes():
        if what == "equal":
            pairs = zip(before[a:b], after[c:d], strict=True)
            counts["lyrics_timed"] += sum(_times(one) != _times(other) for one, other in pairs)
        else:
            both = min(b - a, d - c)
            counts["lyrics"] += both
            counts["lyrics_added"] += d - c - both
            counts["lyrics_removed"] += b - a - both
    return [Change(kind, count=count) for kind, count in counts.items() if count]


def _lines(film: Json) -> list[Json]:
    return list((film.get("lyrics") or {}).get("lines") or [])


def _times(line: Json) -> list[Any]:
    words = [(word.get("start_ms"), word.get("end_ms")) for word in line.get("words") or []]
    return [line.get("start_ms"), line.get("end_ms"), words]


def _shot_changes(old: Record, new: Record, images: dict[str, Image]) -> Iterable[Change]:
    pairs, added, removed = _paired(old.shots, new.shots)
    if added:
        yield Change("scenes_added", scenes=tuple(added), count=len(added))
    if removed:
        yield Change("scenes_removed", count=removed)
    found: dict[str, list[int]] = {}
    for number, (one, other) in pairs.items():
        for kind in _kinds(one, other, old, new, images):
            found.setdefault(kind, []).append(number)
    yield from (Change(kind, scenes=tuple(numbers), count=len(numbers)) for kind, numbers in found.items())
    yield from _everywhere(old, new)


def _paired(
    old: Sequence[ShotRecord], new: Sequence[ShotRecord]
) -> tuple[dict[int, tuple[ShotRecord, ShotRecord]], list[int], int]:
    """(number -> the same scene in both, numbers of scenes that are new, how many are gone)."""
    by_scene = {shot.scene: shot for shot in old if shot.scene}
    by_start = {shot.start_frame: shot for shot in old if not shot.scene}
    pairs, added, used = {}, [], set()
    for number, shot in enumerate(new, 1):
        found = by_scene.get(shot.scene) if shot.scene else by_start.get(shot.start_frame)
        if found is None:
            added.append(number)
        else:
            pairs[number] = (found, shot)
            used.add(id(found))
    return pairs, added, sum(id(shot) not in used for shot in old)


def _kinds(one: ShotRecord, other: ShotRecord, old: Record, new: Record, images: dict[str, Image]) -> Iterable[str]:
    """How a scene differs, in words that `Change.kind` knows."""
    if (one.start_frame, one.end_frame) != (other.start_frame, other.end_frame):
        yield "slots"
    if one.transition != other.transition:
        yield "transitions"
    if one.sha256 == other.sha256:
        return
    if not one.made or not other.made:
        yield "rendered"
        return
    if other.is_still != one.is_still:
        yield ("stilled" if other.image == one.image else "skipped") if other.is_still else "unskipped"
        return
    picture = _picture_kind(one, other, old, new, images) if one.image != other.image else ""
    if picture:
        yield picture
    if picture != "moved" and _camera(one) != _camera(other):
        yield "camera"
    if _clip(one) != _clip(other):
        yield "clip"


def _picture_kind(one: ShotRecord, other: ShotRecord, old: Record, new: Record, images: dict[str, Image]) -> str:
    if other.image in {shot.image for shot in old.shots} and one.image in {shot.image for shot in new.shots}:
        return "moved"
    before, after = images.get(one.image), images.get(other.image)
    if after is not None and after.provider == "upload":
        return "uploaded"
    if before is None or after is None or before.content_id != after.content_id:
        return "picture"
    return "drawn" if after.take > before.take else "picked"


def _camera(shot: ShotRecord) -> Json:
    """How the picture moves, but for the beat and what follows from the picture itself."""
    if shot.made.get("clip"):
        return {}
    return {name: shot.motion.get(name) for name in ("camera", "strength")}


def _clip(shot: ShotRecord) -> str:
    return str((shot.made.get("clip") or {}).get("sha256", ""))


def _everywhere(old: Record, new: Record) -> Iterable[Change]:
    """What holds for the whole film but is recorded with its shots: captions, the pulse of the beat, the color look."""
    if any(not shot.made for shot in (*old.shots, *new.shots)):
        return
    modes = [_captions(record) for record in (old, new)]
    if modes[0] != modes[1] and (_lines(new.film) or "title" in modes):
        yield Change("captions", old=modes[0], new=modes[1])
    pulses = [_pulse(record) for record in (old, new)]
    if None not in pulses and pulses[0] != pulses[1]:
        yield Change("pulse", old=str(pulses[0]), new=str(pulses[1]))
    looks = [_grade(record) for record in (old, new)]
    if looks[0] != looks[1]:
        yield Change("grade", old=looks[0], new=looks[1])


def _captions(record: Record) -> str:
    """The kind of captions that are drawn into the film; "none" for none."""
    modes = {(shot.made["spec"].get("captions") or {}).get("mode", "") for shot in record.shots} - {""}
    return min(modes) if modes else "none"


def _grade(record: Record) -> str:
    """The color look of most scenes, by name; "" for none."""
    names = [(shot.made["spec"].get("grade") or {}).get("name", "") for shot in record.shots]
    return max(names, key=names.count, default="")


def _pulse(record: Record) -> int | None:
    """The pulse of what moves, in percent; None where nothing does."""
    found = {shot.motion.get("pulse", 0) for shot in record.shots if not shot.is_still and not shot.made.get("clip")}
    return max(found) if found else None
