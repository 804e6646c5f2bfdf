"""Exports: which film they are made from, when they are due, what becomes of the file, and when it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils import timezone
from pydantic import ValidationError

from pipeline.media.certificate import Certificate
from pipeline.media.exporting import ExportSpec, Tags, estimated_bytes
from pipeline.media.profile import frame_size
from pipeline.media.teaser import teaser_start
from pipeline.media.timeline import frame_at, ms_at
from pipeline.models import Job
from pipeline.recipes import Stored
from pipeline.runner.submit import Order, submit
from pipeline.states import LIVE, JobState
from pipeline.steps import export_video
from projects import paths
from projects.flow import bundles
from projects.flow.provenance import makers
from projects.flow.revision import touch
from projects.flow.status import ASIDE
from projects.models import BUNDLE, FPS, Captions, Export, FinalVideo, Project, Rendition, Resolution, Song

STEP = "export_video"
FADE_FRAMES = 24
"""A teaser breaks off in the middle of a song, so it ends in a fade of 0.8 s."""
BURNED = (Captions.KARAOKE, Captions.SUBTITLE)
SIZES = list(Resolution.values)


def subject(export: Export) -> str:
    return f"export:{export.code}"


def wanted_captions(captions: str, shown: Rendition) -> tuple[str, ...]:
    """The kinds of captions that fit a wish (film, clean or burned), the best first."""
    if captions == "clean":
        return (Captions.NONE,)
    if captions == "burned":
        return (shown.captions, *BURNED) if shown.captions in BURNED else BURNED
    return (shown.captions,)


def fitting(renditions: Iterable[Rendition], aspect: str, captions: tuple[str, ...], quality: str) -> Rendition | None:
    """The rendition that an export is best made from: the smallest that is large enough, else the largest."""
    rows = [row for row in renditions if row.aspect == aspect and row.captions in captions]

    def order(row: Rendition) -> tuple[int, int, int]:
        apart = SIZES.index(row.resolution) - SIZES.index(quality)
        return (captions.index(row.captions), int(apart < 0), abs(apart))

    return min(rows, key=order, default=None)


def advance(project: Project) -> list[Job]:
    """Submit what is due: exports whose film is there and not about to be another one.

    Runs inside a transaction that holds the project's lock.
    """
    never_begun = Q(job=None) | Q(job__state=JobState.CANCELED)  # retracted with the whole project's work
    waiting = list(_open(project).filter(never_begun).select_related("rendition__final"))
    if not waiting or not project.is_active:
        return []
    busy = Job.objects.filter(project=project, state__in=LIVE).exclude(step__in=ASIDE).exists()
    orders = {}
    for export in waiting:
        film = export.rendition.final
        if film is None or (busy and not export.rendition.final_chosen):
            continue
        orders[export.pk] = (export, film, _order(project, export, film))
    jobs = {
        job.subject: job for job in submit(project.pk, paths.project_place(project), [o for *_, o in orders.values()])
    }
    for export, film, order in orders.values():
        export.final, export.recipe, export.job = film, order.recipe, jobs.get(order.subject)
        export.save(update_fields=["final", "recipe", "job"])
    return list(jobs.values())


def _order(project: Project, export: Export, film: FinalVideo) -> Order:
    if export.format == BUNDLE:
        return Order("bundle_project", subject(export), bundles.bundle_input(film))
    given = export_video.Input(
        film=Stored(key=film.file, sha256=film.sha256, size_bytes=film.size_bytes),
        spec=spec(project, export, film),
        certificate=certificate_of(film),
    )
    return Order(STEP, subject(export), given)


def certificate_of(film: FinalVideo) -> Certificate | None:
    """The film's certificate; None where nothing was measured, or by an older release in another way."""
    try:
        return Certificate.model_validate(film.certificate)
    except ValidationError:
        return None


def spec(project: Project, export: Export, film: FinalVideo) -> ExportSpec:
    """What the file is to be."""
    width, height = frame_size(export.rendition.aspect, export.quality)
    film_width, film_height = film_size(export.rendition, film)
    start, frames = window(project, export.teaser_s, film)
    return ExportSpec.model_validate(
        {
            "format": export.format,
            "width": width,
            "height": height,
            "fps": FPS,
            "film_width": film_width,
            "film_height": film_height,
            "film_frames": film.frames,
            "start_frame": start,
            "frames": frames,
            "fade_frames": min(FADE_FRAMES, frames // 2) if frames < film.frames else 0,
            "tags": tags(project),
        }
    )


def film_size(rendition: Rendition, film: FinalVideo) -> tuple[int, int]:
    """(width, height) of a version as it was measured: an upscaled one is larger than its rendition."""
    measured = film.certificate.get("width", 0), film.certificate.get("height", 0)
    return measured if all(measured) else frame_size(rendition.aspect, rendition.resolution)


def window(project: Project, teaser_s: int, film: FinalVideo) -> tuple[int, int]:
    """(first frame, frames) of a teaser; the whole film for 0 or a film that is no longer than its teaser."""
    song = Song.objects.filter(project=project).first()
    if not teaser_s or teaser_s * FPS >= film.frames:
        return 0, film.frames
    if song is None or song.analysis is None:
        return 0, teaser_s * FPS
    cuts = [ms_at(frame, FPS) for frame in project.scenes.order_by("start_frame").values_list("start_frame", flat=True)]
    start = frame_at(teaser_start(song.heard(), cuts, teaser_s), FPS)
    return min(start, film.frames - teaser_s * FPS), teaser_s * FPS


def tags(project: Project) -> Tags:
    """What the file says of itself: title, artist, and whether models made it."""
    made = makers(project)
    return Tags(title=project.title, artist=project.artist, comment=made.sentence, made_with_ai=bool(made.models))


def estimate(project: Project, export: Export) -> int:
    """About how many bytes it becomes; 0 while that cannot be told."""
    film = export.final or export.rendition.final
    if film is None or export.format == BUNDLE:
        return 0
    return estimated_bytes(spec(project, export, film), film.size_bytes)


@dataclass(frozen=True)
class Standing:
    """Where an export is: waiting (for its film), queued, working, ready, failed, canceled or gone.

    `stale`: the film has another version now.
    """

    state: str
    percent: int | None = None
    error: str = ""
    stale: bool = False


def standing(export: Export) -> Standing:
    """`export` comes with its job and its rendition's final."""
    if export.purged_at is not None:
        return Standing("gone")
    if export.canceled_at is not None:
        return Standing("canceled")
    if export.file:
        return Standing("ready", 100, stale=export.final_id != export.rendition.final_id)
    job = export.job
    if job is None or job.state == JobState.CANCELED:
        return Standing("waiting")
    if job.state == JobState.FAILED:
        return Standing("failed", error=job.error)
    if job.state == JobState.QUEUED and not job.progress_done:
        return Standing("queued", error=job.error)
    return Standing("working", job.progress_done * 100 // job.progress_total if job.progress_total else None)


def current(project: Project) -> list[Export]:
    """Those to be shown, the newest first; canceled ones are not."""
    rows = Export.objects.filter(project=project, canceled_at=None).select_related("job", "final", "rendition__final")
    return list(rows.order_by("-pk")[:60])


def is_busy(exports: Iterable[Export]) -> bool:
    """Whether something is being made or waits for its film."""
    return any(standing(export).state in ("waiting", "queued", "working") for export in exports)


def purge(limit: int = 20) -> int:
    """Delete files whose days are over; returns how many. The ticker calls it."""
    over = Export.objects.filter(expires_at__lt=timezone.now()).exclude(file="").order_by("expires_at")
    gone = 0
    for pk, key, project in list(over.values_list("pk", "file", "project")[:limit]):
        # The row first: a file that nobody knows is a smaller harm than a link that leads nowhere.
        if Export.objects.filter(pk=pk, file=key).update(file="", purged_at=timezone.now()):
            default_storage.delete(key)
            touch(Project(pk=project))
            gone += 1
    return gone


def _open(project: Project) -> QuerySet[Export]:
    return Export.objects.filter(project=project, file="", canceled_at=None, purged_at=None)
