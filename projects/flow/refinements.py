"""Refining a finished film: the input from what was chosen, and the version that comes of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import QuerySet

from pipeline.media.profile import SHORT_SIDES, Profile, frame_size
from pipeline.media.refining import RefineSpec
from pipeline.media.timeline import frame_at
from pipeline.models import Job
from pipeline.providers.base import ModelRow
from pipeline.recipes import Stored, digest
from pipeline.states import LIVE, JobState
from pipeline.steps import enlarge_film, refine_video
from projects.flow.estimates import Estimate, PriceList, Wish
from projects.flow.exports import film_size
from projects.flow.makers import maker_named, offered_for
from projects.flow.paid import Paid
from projects.flow.provenance import makers
from projects.models import FPS, Asset, FinalVideo, Look, Rendition

STEP = "refine_video"
ENLARGING = "enlarge_film"
"""What comes before it where a vendor's model is paid to enlarge the film."""
# Seconds of work for a second of 1080p on one of two cores' worth of encoder, measured against its plain encode.
ENCODE_S, GRADE_S, SMOOTH_S, SOUND_S = 0.65, 0.45, 0.9, 0.05


@dataclass(frozen=True)
class Choices:
    """What is to be done to a film. `grade` is the name of a look that ships, `look` the code of an uploaded one,
    `bed` the code of uploaded music; `loudness_tenths` in tenths of LUFS, None leaves the sound as loud as it is.
    `upscale_by` is the catalogue key of the model that enlarges it for money; "" is this server.
    """

    grade: str = ""
    look: str = ""
    intensity_permille: int = 1000
    smooth: bool = False
    upscale: bool = False
    upscale_by: str = ""
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


@dataclass(frozen=True)
class Enlarged:
    """A film as a vendor's model made it larger; `by` is that model's catalogue key."""

    file: Stored
    width: int
    height: int
    by: str


def subject(rendition: Rendition) -> str:
    return f"refine:{rendition.code}"


def root_of(film: FinalVideo) -> FinalVideo:
    """The version to begin with: a refined one is never refined again, so that no picture is encoded a third time."""
    return film.refined_from or film


def can_grow(film: FinalVideo) -> bool:
    """Whether enlarging does anything for it."""
    return min(film_size(film.rendition, film)) < SHORT_SIDES["1080p"]


def refine_input(film: FinalVideo, choices: Choices, enlarged: Enlarged | None = None) -> refine_video.Input:
    """The job's input; `enlarged` is the picture to begin with where a vendor made it larger. Raises Look.DoesNotExist,
    Asset.DoesNotExist where what was chosen is gone.
    """
    rendition, project = film.rendition, film.rendition.project
    width, height = film_size(rendition, film)
    larger = frame_size(rendition.aspect, "1080p")
    size = larger if choices.upscale and can_grow(film) else (width, height)
    if enlarged is not None:
        width, height = enlarged.width, enlarged.height
    owner = project.owner_id
    look = Look.objects.get(owner=owner, code=choices.look) if choices.look else None
    bed = Asset.objects.get(owner=owner, code=choices.bed, kind=Asset.Kind.SONG) if choices.bed else None
    graded = choices.intensity_permille > 0
    return refine_video.Input(
        film=Stored(key=film.file, sha256=film.sha256, size_bytes=film.size_bytes),
        grade=choices.grade if graded else "",
        cube=Stored(key=look.file, sha256=look.sha256) if look is not None and graded else None,
        bed=Stored(key=bed.file.name, sha256=bed.sha256, size_bytes=bed.size_bytes) if bed is not None else None,
        enlarged=enlarged.file if enlarged is not None else None,
        enlarged_by=enlarged.by if enlarged is not None else "",
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
            comment=makers(project, enlarged_by=enlarged.by if enlarged is not None else "").sentence,
        ),
    )


def enlarging_input(film: FinalVideo, choices: Choices) -> enlarge_film.Input:
    """What a vendor is asked for first, with all that is chosen, to go on from there."""
    who = maker_named(choices.upscale_by)
    width, height = film_size(film.rendition, film)
    return enlarge_film.Input(
        film=Stored(key=film.file, sha256=film.sha256, size_bytes=film.size_bytes),
        width=width,
        height=height,
        frames=film.frames,
        fps=FPS,
        short_side=SHORT_SIDES["1080p"],
        cuts=cuts_of(film),
        then=asdict(choices),
        provider=who.provider,
        model=who.model,
    )


def enlarged_before(film: FinalVideo, key: str) -> Enlarged | None:
    """This very film as this model made it larger once before: it is never paid for again."""
    recipe = digest(enlarging_input(film, Choices(upscale_by=key)))
    who = maker_named(key)
    rows = Job.objects.filter(
        project=film.rendition.project_id, step=ENLARGING, recipe=recipe, provider=who.provider, model=who.model
    )
    job = rows.filter(state=JobState.DONE).order_by("-pk").first()
    return enlarged_by(job, enlarge_film.Output.model_validate(job.output)) if job is not None else None


def enlarged_by(job: Job, output: enlarge_film.Output) -> Enlarged:
    """What a job of that step has made."""
    return Enlarged(output.file, output.width, output.height, f"{job.provider}:{job.model}")


def enlarging_estimate(film: FinalVideo, choices: Choices, prices: PriceList | None = None) -> Estimate:
    """What enlarging this film costs at worst; nothing where this server does it, or where it was paid for before."""
    if not (choices.upscale and choices.upscale_by and can_grow(film)):
        return Estimate()
    if enlarged_before(film, choices.upscale_by) is not None:
        return Estimate()
    project, wanted = film.rendition.project, enlarging_input(film, choices)
    wish = Paid(project).off(Wish(ENLARGING, wanted), subject(film.rendition))
    # what is under way is asked for anew only where it was taken back, so it counts in full
    return (prices or PriceList()).estimate([replace(wish, bought=frozenset())])


def enlargers(film: FinalVideo) -> list[ModelRow]:
    """The models that may enlarge this film: with a price, and a key to reach them.

    None for an upright one: vendors do not say whether their 1080p counts its width or its height, and by the height it
    would come back smaller, to be refused after it was paid.
    """
    width, height = film_size(film.rendition, film)
    return offered_for(ENLARGING) if can_grow(film) and width >= height else []


def is_offered(film: FinalVideo, key: str) -> bool:
    """Whether this model may be asked to enlarge it."""
    return key in {row.key for row in enlargers(film)}


def cuts_of(film: FinalVideo) -> tuple[int, ...]:
    """The frames that begin a scene in this version, as they were measured."""
    return tuple(cut["planned_frame"] for cut in film.certificate.get("cuts", []))


def still_of(film: FinalVideo) -> tuple[tuple[int, int], ...]:
    """The frames [first, last) in which this version is meant to stand still."""
    spans = film.certificate.get("meant", [])
    return tuple((frame_at(span["start_ms"], FPS), frame_at(span["end_ms"], FPS)) for span in spans)


def jobs_of(rendition: Rendition, *steps: str) -> QuerySet[Job]:
    """The jobs that refine this shape, those that have it enlarged first among them; of these steps alone, if named."""
    steps = steps or (ENLARGING, STEP)
    return Job.objects.filter(project=rendition.project_id, step__in=steps, subject=subject(rendition))


def job_of(rendition: Rendition) -> Job | None:
    """The job that is refining this shape, or that failed to; None where there is neither."""
    return jobs_of(rendition).filter(state__in=(*LIVE, JobState.FAILED), dismissed=False).order_by("-pk").first()


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


def still_there(choices: Choices, owner: int) -> Choices:
    """Without a look or music that its owner has deleted since."""
    look = Look.objects.filter(owner=owner, code=choices.look).exists() if choices.look else False
    bed = Asset.objects.filter(owner=owner, code=choices.bed, kind=Asset.Kind.SONG).exists() if choices.bed else False
    return replace(choices, look=choices.look if look else "", bed=choices.bed if bed else "")


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
    choices, lost = still_there(Choices(**choices_of(earlier)), rendition.project.owner_id), []
    if not (choices.look or choices.grade) and earlier.refinement.get("look_name"):
        lost.append("look")
    if not choices.bed and earlier.refinement.get("bed"):
        lost.append("bed")
    if choices.upscale_by and not is_offered(film, choices.upscale_by):
        lost += ["enlarger"] if can_grow(film) else []
        choices = replace(choices, upscale_by="")
    return Again(film, earlier, choices, tuple(lost)) if choices.any else None
