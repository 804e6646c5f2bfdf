"""Refining a finished film: the input from what was chosen, and the version that comes of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pipeline.media.profile import SHORT_SIDES, Profile, frame_size
from pipeline.media.refining import RefineSpec
from pipeline.media.timeline import frame_at
from pipeline.models import Job
from pipeline.recipes import Stored
from pipeline.states import LIVE, JobState
from pipeline.steps import refine_video
from projects.flow.exports import film_size
from projects.flow.provenance import makers
from projects.models import FPS, Asset, FinalVideo, Look, Rendition

STEP = "refine_video"
# Seconds of work for a second of 1080p on one of two cores' worth of encoder, measured against its plain encode.
ENCODE_S, GRADE_S, SMOOTH_S, SOUND_S = 0.65, 0.45, 0.9, 0.05


@dataclass(frozen=True)
class Choices:
    """What is to be done to a film. `grade` is the name of a look that ships, `look` the code of an uploaded one,
    `bed` the code of uploaded music; `loudness_tenths` in tenths of LUFS, None leaves the sound as loud as it is.
    """

    grade: str = ""
    look: str = ""
    intensity_permille: int = 1000
    smooth: bool = False
    upscale: bool = False
    loudness_tenths: int | None = None
    bed: str = ""
    bed_tenths_db: int = -80
    fade_in_ms: int = 0
    fade_out_ms: int = 0

    @property
    def touches_picture(self) -> bool:
        graded = bool(self.grade or self.look) and self.intensity_permille > 0
        return graded or self.smooth or self.upscale or bool(self.fade_in_ms or self.fade_out_ms)

    @property
    def any(self) -> bool:
        return self.touches_picture or self.loudness_tenths is not None or bool(self.bed)


def subject(rendition: Rendition) -> str:
    return f"refine:{rendition.code}"


def root_of(film: FinalVideo) -> FinalVideo:
    """The version to begin with: a refined one is never refined again, so that no picture is encoded a third time."""
    return film.refined_from or film


def refine_input(film: FinalVideo, choices: Choices) -> refine_video.Input:
    """The job's input. Raises Look.DoesNotExist, Asset.DoesNotExist where what was chosen is gone."""
    rendition, project = film.rendition, film.rendition.project
    width, height = film_size(rendition, film)
    larger = frame_size(rendition.aspect, "1080p")
    size = larger if choices.upscale and min(width, height) < SHORT_SIDES["1080p"] else (width, height)
    owner = project.owner_id
    look = Look.objects.get(owner=owner, code=choices.look) if choices.look else None
    bed = Asset.objects.get(owner=owner, code=choices.bed, kind=Asset.Kind.SONG) if choices.bed else None
    graded = choices.intensity_permille > 0
    return refine_video.Input(
        film=Stored(key=film.file, sha256=film.sha256, size_bytes=film.size_bytes),
        grade=choices.grade if graded else "",
        cube=Stored(key=look.file, sha256=look.sha256) if look is not None and graded else None,
        bed=Stored(key=bed.file.name, sha256=bed.sha256, size_bytes=bed.size_bytes) if bed is not None else None,
        still=still_of(film),
        spec=RefineSpec(
            profile=Profile(width=size[0], height=size[1], fps=FPS),
            film_width=width,
            film_height=height,
            frames=film.frames,
            intensity_permille=choices.intensity_permille,
            smooth=choices.smooth,
            loudness_tenths=choices.loudness_tenths,
            fade_in_ms=choices.fade_in_ms,
            fade_out_ms=choices.fade_out_ms,
            bed_tenths_db=choices.bed_tenths_db,
            cuts=cuts_of(film),
            title=project.title,
            artist=project.artist,
            comment=makers(project).sentence,
        ),
    )


def cuts_of(film: FinalVideo) -> tuple[int, ...]:
    """The frames that begin a scene in this version, as they were measured."""
    return tuple(cut["planned_frame"] for cut in film.certificate.get("cuts", []))


def still_of(film: FinalVideo) -> tuple[tuple[int, int], ...]:
    """The frames [first, last) in which this version is meant to stand still."""
    spans = film.certificate.get("meant", [])
    return tuple((frame_at(span["start_ms"], FPS), frame_at(span["end_ms"], FPS)) for span in spans)


def job_of(rendition: Rendition) -> Job | None:
    """The job that is refining this shape, or that failed to; None where there is neither."""
    rows = Job.objects.filter(project=rendition.project_id, step=STEP, subject=subject(rendition))
    return rows.filter(state__in=(*LIVE, JobState.FAILED), dismissed=False).order_by("-pk").first()


def estimates(film: FinalVideo) -> dict[str, int]:
    """About how many seconds each choice takes for this film; what touches the picture shares one encode."""
    width, height = film_size(film.rendition, film)
    large = frame_size(film.rendition.aspect, "1080p")
    share = width * height / (large[0] * large[1])
    seconds = film.duration_ms / 1000
    found = {"sound": SOUND_S * seconds + 2}
    found["encode"] = ENCODE_S * seconds * max(share, 0.15)
    found["grade"] = found["encode"] + GRADE_S * seconds * share
    found["smooth"] = found["encode"] + SMOOTH_S * seconds * share
    found["upscale"] = ENCODE_S * seconds
    return {name: max(1, round(value)) for name, value in found.items()}


def seconds_for(film: FinalVideo, choices: Choices) -> int:
    """About how many seconds these choices take together for this film."""
    each = estimates(film)
    picture = each["encode"] if choices.touches_picture else 0
    for chosen, name in ((choices.grade or choices.look, "grade"), (choices.smooth, "smooth")):
        picture += each[name] - each["encode"] if chosen and choices.touches_picture else 0
    if choices.upscale:
        picture = max(picture, each["upscale"])
    return picture + each["sound"]


def choices_of(film: FinalVideo) -> dict[str, Any]:
    """The choices that a refined version was made with, to begin the next one from; empty for a plain one."""
    known = set(asdict(Choices()))
    found = {name: value for name, value in film.refinement.items() if name in known}
    if not isinstance(found.get("bed", ""), str):
        del found["bed"]  # older versions kept only whether there was one
    return found


@dataclass(frozen=True)
class Again:
    """A refinement that an earlier film has and this one has not. `lost`: what was chosen and is gone since."""

    film: FinalVideo
    earlier: FinalVideo
    choices: Choices
    lost: tuple[str, ...] = ()


def again(rendition: Rendition) -> Again | None:
    """How the standing film can be refined as an earlier one was; None where it is refined, or was already, or where
    none ever was.
    """
    film = rendition.final
    if film is None or film.refined_from_id or job_of(rendition) is not None:
        return None
    refined = FinalVideo.objects.filter(rendition=rendition).exclude(refinement={}).select_related("refined_from")
    earlier = refined.order_by("-version").first()
    if earlier is None or earlier.refined_from_id == film.pk:
        return None
    found, lost = choices_of(earlier), []
    owner = rendition.project.owner_id
    if found.get("look") and not Look.objects.filter(owner=owner, code=found["look"]).exists():
        found["look"] = ""
    if not (found.get("look") or found.get("grade")) and earlier.refinement.get("look_name"):
        lost.append("look")
    if found.get("bed") and not Asset.objects.filter(owner=owner, code=found["bed"]).exists():
        found["bed"] = ""
    if not found.get("bed") and earlier.refinement.get("bed"):
        lost.append("bed")
    choices = Choices(**found)
    return Again(film, earlier, choices, tuple(lost)) if choices.any else None
