"""What fragments are given: rows turned into plain words and addresses, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.media.timeline import ms_at
from pipeline.models import Job
from pipeline.providers import PROVIDERS
from pipeline.states import LIVE, JobState
from projects.flow.inputs import scene_lyrics
from projects.flow.status import STAGE_LABELS, STAGES, Status, project_statuses
from projects.flow.subjects import subject_code
from projects.models import FPS, Pick, Project, Rendition, Scene, Shot, Skip, Verdict
from projects.views.worn import Worn

SECTION_LABELS = {
    "intro": gettext_lazy("Intro"),
    "verse": gettext_lazy("Verse"),
    "chorus": gettext_lazy("Chorus"),
    "bridge": gettext_lazy("Bridge"),
    "instrumental": gettext_lazy("Instrumental"),
    "outro": gettext_lazy("Outro"),
}
DOING = {
    "generate_image": gettext_lazy("Drawing"),
    "generate_clip": gettext_lazy("Setting in motion"),
    "render_shot": gettext_lazy("Rendering"),
}
# what says most about a card first: a failure, else what runs, else what waits
WORST_FIRST = (
    JobState.FAILED,
    JobState.RUNNING,
    JobState.NEEDS_CONSENT,
    JobState.PAUSED_BUDGET,
    JobState.WAITING,
    JobState.QUEUED,
)
# job state -> the state that badges and cards know, where it is not plain work
JOB_STATES = {state: str(state) for state in WORST_FIRST} | {JobState.WAITING: "running"}
# project state -> the state that badges and cards know
CARD_STATES = {"working": "running", "stopped": "canceled", "waiting": "review", "failed": "failed", "done": "done"}


KIND_ICONS = {Project.Kind.MUSIC_VIDEO: "music", Project.Kind.PROMPT_VIDEO: "sparkles", Project.Kind.AD: "megaphone"}
# the stages that have a page of their own, which has the stage's name
STAGE_PAGES = ("song", "scenes", "images", "clips", "final")


def media_url(kind: str, code: object) -> str:
    return reverse("media", args=[kind, code])


# kind -> (label, page) of its first stage, where that is no song's
FIRST: dict[str, tuple[Any, str]] = {
    Project.Kind.PROMPT_VIDEO: (gettext_lazy("Idea"), "idea"),
    Project.Kind.AD: (gettext_lazy("Brief"), "brief"),
}
WAITS_AT = {
    "brief": gettext_lazy("Check the brief"),
    "references": gettext_lazy("Look at the animatic and the references"),
    "song": gettext_lazy("Check the lyrics"),
    "images": gettext_lazy("Look at the pictures"),
    "clips": gettext_lazy("Look at the clips"),
    "costs": gettext_lazy("Look at the price"),
}


def where_it_waits(project: Project, status: Status) -> dict[str, Any] | None:
    """The page on which a person is waited for, as a link; None while nobody is."""
    if status.page not in WAITS_AT:
        return None
    return {"page": status.page, "url": reverse(status.page, args=[project.code]), "label": WAITS_AT[status.page]}


def stepper(project: Project, status: Status) -> list[dict[str, Any]]:
    """The five stages of the film and where it is."""
    names = list(STAGES)
    at = len(names) if status.state == "done" else names.index(status.stage)
    here = "failed" if status.state == "failed" else "current"
    says = {"waiting": "review", "stopped": "canceled"}.get(status.state, here)  # whose turn it is
    steps = []
    for index, name in enumerate(names):
        state = "done" if index < at else here if index == at else "todo"
        label, page = FIRST[project.kind] if name == "song" and project.kind in FIRST else (STAGE_LABELS[name], name)
        url = reverse(page, args=[project.code]) if name in STAGE_PAGES else ""
        spoken = says if index == at else state
        steps.append({"name": name, "label": label, "state": state, "says": spoken, "url": url})
    return steps


def project_cards(projects: Sequence[Project]) -> list[dict[str, Any]]:
    """Cards of the projects page; `projects` come with song and renditions."""
    statuses = project_statuses(projects)
    thumbs = _thumbs(projects)
    return [_project_card(project, statuses[project.pk], thumbs.get(project.pk, [])) for project in projects]


def _project_card(project: Project, status: Status, thumbs: list[str]) -> dict[str, Any]:
    rendition = next(iter(project.renditions.all()), None)
    return {
        "code": project.code,
        "title": project.title,
        "url": reverse("project", args=[project.code]),
        "thumbs": thumbs,
        "icon": KIND_ICONS[Project.Kind(project.kind)],
        "duration_ms": project.duration_ms,
        "aspect": rendition.aspect if rendition else "",
        "state": CARD_STATES[status.state],
        "state_label": "",
        "note": status.message,
        "percent": status.percent if status.state in ("working", "stopped", "failed") else None,
    }


def _thumbs(projects: Sequence[Project]) -> dict[int, list[str]]:
    """Up to three pictures per project: the first, one of the middle, one of the end."""
    picks = Pick.objects.filter(content__scene__project__in=projects, image__isnull=False).order_by(
        "content__scene__start_frame"
    )
    codes: dict[int, list[str]] = {}
    for pk, code in picks.values_list("content__scene__project", "image__code"):
        codes.setdefault(pk, []).append(media_url("thumb", code))
    return {
        pk: [found[0], found[len(found) // 2], found[-1]] if len(found) > 2 else found for pk, found in codes.items()
    }


class SceneCards:
    """The cards of a project's scenes. Loads what all of them share once."""

    def __init__(self, project: Project, rendition: Rendition) -> None:
        self._project, self._rendition = project, rendition
        self._worn = Worn(project)
        self._lyrics = project.lyrics()
        self._numbers = {
            pk: number
            for number, pk in enumerate(project.scenes.order_by("start_frame").values_list("pk", flat=True), 1)
        }
        self._skipped = set(Skip.objects.filter(scene__project=project, undone_at=None).values_list("scene", flat=True))
        self._jobs = _open_jobs(project)

    def cards(self, scenes: Iterable[Scene]) -> list[dict[str, Any]]:
        return [self._card(scene) for scene in scenes]

    def _card(self, scene: Scene) -> dict[str, Any]:
        pick = next((pick for pick in scene.content.picks.all() if pick.aspect == self._rendition.aspect), None)
        image = pick.image if pick else None
        job = self._job(scene)
        state = self._state(scene, job, pick)
        provider = PROVIDERS.get(("image", image.provider)) if image else None
        return {
            "code": scene.code,
            "number": self._numbers.get(scene.pk, 0),
            "start_ms": ms_at(scene.start_frame, FPS),
            "end_ms": ms_at(scene.end_frame, FPS),
            "section": SECTION_LABELS.get(scene.section, scene.section),
            "lyrics": scene_lyrics(self._lyrics, scene),
            "prompt": scene.content.prompt.text if scene.content.prompt else scene.content.description,
            "thumb_url": self._worn.url(image, scene.content) if image else "",
            "state": state,
            "stage_label": _stage_label(state, job),
            "percent": job.progress_done * 100 // job.progress_total if job and job.progress_total else None,
            "error": job.error if job and (state == "failed" or job.held) else "",
            "can_retry": state == "failed",
            "can_skip": state not in ("skipped", "canceled"),
            "can_unskip": state == "skipped",
            "provider_label": _(provider.label) if provider else "",
        }

    def _job(self, scene: Scene) -> Job | None:
        """The job that says most about a scene."""
        return worst([*self._jobs.get(str(scene.code), []), *self._jobs.get(str(scene.content.code), [])])

    def _state(self, scene: Scene, job: Job | None, pick: Pick | None) -> str:
        if scene.pk in self._skipped:
            return "skipped"
        if job is not None:
            return JOB_STATES[JobState(job.state)]
        if undecided := self._undecided(pick):
            return undecided
        if any(shot.rendition_id == self._rendition.pk for shot in scene.shots.all()):
            return "done"
        return "canceled" if self._project.stopped_at else "waiting"

    def _undecided(self, pick: Pick | None) -> str:
        """What the picture or the clip waits for a person with; "" where it passes its gates as it stands."""
        for take in (pick.image, pick.clip) if pick is not None else ():
            if take is not None and take.verdict == Verdict.REJECTED:
                return "rejected"
            if take is not None and take.verdict == Verdict.PENDING and not self._project.autopilot:
                return "review"
        return ""


def worst(jobs: Iterable[Job]) -> Job | None:
    """The live or failed job that says most about what it works on; None without any."""
    return min(jobs, key=lambda job: WORST_FIRST.index(JobState(job.state)), default=None)


def _stage_label(state: str, job: Job | None) -> str:
    if state == "running" and job is not None:
        return str(DOING.get(job.step, ""))
    return {
        "queued": _("In line"),
        "waiting": _("Not started"),
        "skipped": _("Skipped"),
        "canceled": _("Canceled"),
    }.get(state, "")


def _open_jobs(project: Project) -> dict[str, list[Job]]:
    """Live and failed jobs by the code of what they work on."""
    rows = Job.objects.filter(project=project, state__in=(*LIVE, JobState.FAILED), dismissed=False).defer(
        "input", "output"
    )
    found: dict[str, list[Job]] = {}
    for job in rows:
        if ":" in job.subject:
            found.setdefault(str(subject_code(job.subject)), []).append(job)
    return found


def scenes_of(project: Project) -> Any:
    """A project's scenes in film order with all that a card shows."""
    picks = Prefetch("content__picks", Pick.objects.select_related("image", "clip"))
    shots = Prefetch("shots", Shot.objects.only("pk", "scene", "rendition"))
    return (
        Scene.objects.filter(project=project)
        .select_related("content__prompt")
        .prefetch_related(picks, shots)
        .order_by("start_frame")
    )
