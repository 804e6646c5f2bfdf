"""The cards of the boards of pictures and clips: rows turned into plain words and addresses, in a constant number of
queries.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.media.timeline import ms_at
from pipeline.models import Job
from pipeline.providers import PROVIDERS
from pipeline.providers.local.styles import STYLES
from pipeline.states import LIVE, JobState
from projects.actions.keeping import mark
from projects.flow.guides import Guides
from projects.flow.inputs import scene_lyrics
from projects.flow.outlook import other_clip, other_picture
from projects.flow.playable import Playable, Player
from projects.flow.standing import is_kept
from projects.flow.status import Status
from projects.flow.subjects import image_subject, shot_subject
from projects.models import CROP, ENLARGED, FPS, Approval, Clip, Image, Pick, Project, Rendition, Scene, Skip, Verdict
from projects.views.cards import DOING, JOB_STATES, SECTION_LABELS, media_url, worst
from projects.views.guides import GuideCards
from projects.views.prices import Prices
from projects.views.vendor_cards import model_words
from projects.views.worn import Worn

IMAGE, CLIP = "image", "clip"
ENLARGES = "enlarge_image"
STATE_OF = {Verdict.PENDING: "review", Verdict.APPROVED: "approved", Verdict.REJECTED: "rejected"}
BUSY = ("running", "queued", "needs_consent", "paused_budget")


class ReviewCards:
    """All scenes of a project in one shape, for the board of `kind`. Loads what they share once."""

    def __init__(self, project: Project, rendition: Rendition, kind: str, status: Status) -> None:
        self.project, self.rendition, self.kind, self._status = project, rendition, kind, status
        self.aspect = rendition.aspect
        rows = Scene.objects.filter(project=project).select_related("content__prompt").order_by("start_frame")
        self.scenes = list(rows)
        contents = [scene.content_id for scene in self.scenes]
        picks = Pick.objects.filter(content__in=contents, aspect=self.aspect).select_related("image", "clip")
        self._picks = {pick.content_id: pick for pick in picks}
        self._skipped = set(Skip.objects.filter(scene__project=project, undone_at=None).values_list("scene", flat=True))
        model = Image if kind == IMAGE else Clip
        takes = model.objects.filter(content__in=contents, aspect=self.aspect).values_list("content")
        self._takes = {pk: (count, last) for pk, count, last in takes.annotate(Count("pk"), Max("take"))}
        self._reasons = _reasons(project, kind)
        self._jobs, self._larger = _jobs(project, kind)
        self._lyrics = project.lyrics()
        self.player = Player(project, rendition) if kind == CLIP else None
        self.worn = Worn(project)
        guides = self._shared = Guides(project)
        self._renditions = list(project.renditions.order_by("pk"))
        self._prices = Prices(guides, kind)
        self._guides = GuideCards(guides, self.aspect)

    def cards(self) -> list[dict[str, Any]]:
        """One card per scene, in film order. `rev` is the project's count when the scene last changed."""
        return [self._card(number, scene) for number, scene in enumerate(self.scenes, 1)]

    def card(self, scene: Scene) -> dict[str, Any]:
        """The card of one scene."""
        at = next(index for index, row in enumerate(self.scenes) if row.pk == scene.pk)
        return self._card(at + 1, self.scenes[at])

    def _card(self, number: int, scene: Scene) -> dict[str, Any]:
        pick = self._picks.get(scene.content_id)
        image = pick.image if pick else None
        take = (pick.image if self.kind == IMAGE else pick.clip) if pick else None
        job = self._job(scene)
        playable = self.player.playable(scene) if self.player else None
        state = self._state(scene, job, image, take, playable)
        count, newest = self._takes.get(scene.content_id, (0, 0))
        facts = {
            "code": scene.code,
            "rev": scene.rev,
            "number": number,
            "start_ms": ms_at(scene.start_frame, FPS),
            "end_ms": ms_at(scene.end_frame, FPS),
            "section": SECTION_LABELS.get(scene.section, scene.section),
            "lyrics": scene_lyrics(self._lyrics, scene),
            "prompt": scene.content.prompt.text if scene.content.prompt else scene.content.description,
            "thumb_url": self.worn.url(image, scene.content) if image else "",
            "focus_x": image.focus_x if image else 500,
            "focus_y": image.focus_y if image else 500,
            "state": state,
            "label": self._label(state),
            "doing": self._doing(state, job, image),
            "percent": job.progress_done * 100 // job.progress_total if job and job.progress_total else None,
            "error": job.error if job and state == "failed" else "",
            "take": take,
            "verdict": take.verdict if take else "",
            "reason": self._reasons.get(take.pk, "") if take and take.verdict == Verdict.REJECTED else "",
            "takes": count,
            "newest": newest,
            "made_by": _made_by(self.kind, take),
            "keep": self._keep(scene, pick, take) if state in STATE_OF.values() and pick is not None else "",
            "held": pick is not None and image is not None and is_kept(pick, image),
            "style": str(STYLES[image.style].label) if self.kind == IMAGE and image and image.style in STYLES else "",
        }
        facts |= self._acts(state, take, playable) | self._addresses(scene) | self._clip_facts(pick, playable)
        facts |= self._guides.of(scene.content, image) if self.kind == IMAGE else {}
        facts |= self._enlarging(scene, image, facts)
        return facts | self._prices.of(scene, pick, facts["redo_url"])

    def _keep(self, scene: Scene, pick: Pick, take: Any) -> str:
        """Where what stands is no longer what its scene says, and stays because somebody chose it: what the button
        that keeps it posts; else "".
        """
        pick.content = scene.content  # whose words are loaded
        picture = other_picture(self._shared, self._renditions, pick)
        other = picture if self.kind == IMAGE else "" if picture else other_clip(self.project, pick)
        return mark(take, other) if other else ""

    def _acts(self, state: str, take: Any, playable: Playable | None) -> dict[str, bool]:
        """Which buttons make sense."""
        settled = state in STATE_OF.values()
        seen = self.kind == IMAGE or bool(playable and playable.fresh)
        return {
            "can_approve": settled and take is not None and (seen or state == "approved"),
            "can_reject": settled and take is not None,
            "can_redo": settled and take is not None,
            "can_retry": state == "failed",
            "can_keep": state == "failed" and take is not None,
        }

    def _addresses(self, scene: Scene) -> dict[str, str]:
        query = f"?aspect={self.aspect}"
        found = {"url": reverse(self.kind, args=[self.project.code, scene.code]) + query}
        redo = "image-redraw" if self.kind == IMAGE else "clip-redo"
        for name, url in (("redo", redo), ("retry", f"{self.kind}-retry")):
            found[f"{name}_url"] = reverse(url, args=[scene.code])
        return found

    def _enlarging(self, scene: Scene, image: Image | None, facts: dict[str, Any]) -> dict[str, Any]:
        """What goes on beside the picture that stands: it is made larger, or could not be."""
        job = self._larger.get((image_subject(scene.content, self.aspect), image.take)) if image else None
        if job is None or facts["doing"] or facts["error"] or facts["state"] not in STATE_OF.values():
            return {}
        if job.state != JobState.FAILED:
            return {"doing": enlarging_words(job)}
        return {"error": enlarging_words(job)} if facts["verdict"] == Verdict.PENDING else {}

    def _clip_facts(self, pick: Pick | None, playable: Playable | None) -> dict[str, Any]:
        if self.kind == IMAGE:
            return {}
        shot = playable.shot if playable else None
        return {
            "play_url": media_url("shot", shot.code) if shot else "",
            "fresh": bool(playable and playable.fresh),
            "clip_camera": pick.clip_camera if pick else "",
        }

    def _job(self, scene: Scene) -> Job | None:
        """The job that says most about a card: a failure, else what runs, else what waits."""
        subjects = [image_subject(scene.content, self.aspect)]
        if self.kind == CLIP:
            subjects.append(shot_subject(scene, self.rendition))
        return worst(job for subject in subjects for job in self._jobs.get(subject, []))

    def _state(self, scene: Scene, job: Job | None, image: Image | None, take: Any, playable: Playable | None) -> str:
        if scene.pk in self._skipped:
            return "skipped"
        if job is not None:
            return JOB_STATES[JobState(job.state)]
        shut = self.kind == CLIP and not self._image_passed(image)
        if take is None or shut:
            return "canceled" if self.project.stopped_at else "waiting"
        if self.kind == CLIP and take.verdict == Verdict.PENDING and not (playable and playable.fresh):
            return "waiting"
        return STATE_OF[Verdict(take.verdict)]

    def _image_passed(self, image: Image | None) -> bool:
        if image is None or image.verdict == Verdict.REJECTED:
            return False
        return self.project.autopilot or image.verdict == Verdict.APPROVED

    def _label(self, state: str) -> str:
        """Another word for the badge than the usual one."""
        if state == "review":
            return _("Not judged") if self.project.autopilot else _("To review")
        return _("Waiting") if state == "waiting" and self._status.busy else ""

    def _doing(self, state: str, job: Job | None, image: Image | None) -> str:
        """What goes on with it, or what it waits for, in words."""
        if state == "running" and job is not None:
            return str(DOING.get(job.step, ""))
        if state == "queued":
            return job.error if job is not None and job.held else _("Waiting for a free worker")
        if state == "needs_consent":
            return _("Waits until you confirm its price")
        if state == "paused_budget":
            return _("Waits until the spending limit allows it")
        if state == "skipped":
            return _("Skipped: its neighbor is held")
        if state == "canceled":
            return _("Canceled before it was made")
        if state == "waiting" and self.kind == CLIP and not self._image_passed(image):
            return _("Waits for its picture")
        if state == "waiting" and self._status.busy:
            return _("Its words are written first") if self.kind == IMAGE else _("Comes next")
        return _("Not started") if state == "waiting" else ""


def counts_of(cards: list[dict[str, Any]]) -> dict[str, int]:
    """How many cards each filter shows; "" is all of them."""
    states = [card["state"] for card in cards]
    found = {state: states.count(state) for state in ("review", "approved", "rejected", "failed")}
    return {"": len(cards), **found, "busy": sum(states.count(state) for state in BUSY)}


def _jobs(project: Project, kind: str) -> tuple[dict[str, list[Job]], dict[tuple[str, int], Job]]:
    """Live and failed jobs of a board by their subject; and those that make pictures larger, by subject and take."""
    steps = ("generate_image", ENLARGES) if kind == IMAGE else ("generate_clip", "render_shot")
    rows = Job.objects.filter(project=project, step__in=steps, state__in=(*LIVE, JobState.FAILED), dismissed=False)
    found: dict[str, list[Job]] = {}
    larger = {}
    for job in rows.defer("input", "output").order_by("pk"):
        if job.step == ENLARGES:
            larger[job.subject, job.take] = job
        else:
            found.setdefault(job.subject, []).append(job)
    return found, larger


def _reasons(project: Project, kind: str) -> dict[int, str]:
    """Takes (primary keys) -> why they were rejected, in the last words that were given."""
    rows = Approval.objects.filter(project=project, verdict=Verdict.REJECTED).exclude(reason="").order_by("pk")
    return dict(rows.filter(**{f"{kind}__isnull": False}).values_list(kind, "reason"))


def _made_by(kind: str, take: Any) -> str:
    """Who made it: the provider's own words for it, and whose model made it larger."""
    if take is None:
        return ""
    if ENLARGED in take.how:
        drawn = _drawn_by(kind, take)
        larger = take.how[ENLARGED]
        return _("%(maker)s, enlarged by %(model)s") % {
            "maker": drawn,
            "model": model_words(larger["provider"], larger["model"]),
        }
    return _drawn_by(kind, take)


def _drawn_by(kind: str, take: Any) -> str:
    if take.provider == "upload":
        return _("Your upload")
    if take.provider == CROP:
        return _("Cropped from %(shape)s") % {"shape": take.how.get("aspect", "")}
    provider = PROVIDERS.get((IMAGE if kind == IMAGE else "video", take.provider))
    return _(provider.label) if provider else str(take.provider)


def enlarging_words(job: Job) -> str:
    """What goes on with a picture that somebody wants larger, or why it stays as it is."""
    if job.state == JobState.FAILED:
        return f"{_('It could not be made larger.')} {job.error}"
    if job.state == JobState.NEEDS_CONSENT:
        return _("To be made larger it waits until you confirm the price.")
    if job.state == JobState.PAUSED_BUDGET:
        return _("To be made larger it waits until the spending limit allows it.")
    return job.error if job.held else _("It is being made larger")
