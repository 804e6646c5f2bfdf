"""How far a project is, in words and numbers. Computed from jobs and artefacts, never stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pipeline.models import Job
from pipeline.states import LIVE, JobState
from projects.flow.durations import seconds_for
from projects.models import Ad, Animatic, Approval, FinalVideo, GatePass, Pick, Project, Skip, Verdict

# stage -> the steps whose work it is, in the order of the film's making
STAGES: Final[dict[str, tuple[str, ...]]] = {
    "song": ("analyze_song", "transcribe_song", "write_brief"),
    "scenes": ("draw_references", "plan_scenes", "write_prompts"),
    "images": ("soften_prompt", "generate_image", "enlarge_image"),
    "clips": ("generate_clip", "compose_music", "render_shot"),
    "final": ("assemble_video",),
}
STAGE_LABELS: Final = {
    "song": gettext_lazy("Song"),
    "scenes": gettext_lazy("Scenes"),
    "images": gettext_lazy("Images"),
    "clips": gettext_lazy("Clips"),
    "final": gettext_lazy("Final"),
}
BUSY_WORDS: Final = {
    "analyze_song": gettext_lazy("Listening to the song"),
    "transcribe_song": gettext_lazy("Reading the lyrics"),
    "compose_music": gettext_lazy("Composing the music"),
    "write_brief": gettext_lazy("Writing the brief"),
    "draw_references": gettext_lazy("Cutting out the product"),
    "plan_scenes": gettext_lazy("Planning the scenes"),
    "write_prompts": gettext_lazy("Writing what each scene shows"),
    "soften_prompt": gettext_lazy("Finding milder words"),
    "generate_image": gettext_lazy("Drawing the pictures"),
    "enlarge_image": gettext_lazy("Enlarging a picture"),
    "generate_clip": gettext_lazy("Setting the pictures in motion"),
    "render_shot": gettext_lazy("Rendering the scenes"),
    "assemble_video": gettext_lazy("Joining and checking the film"),
}
# gate of an ad -> the page where a person decides, and what they are told
AD_GATES: Final = {
    "brief": ("brief", gettext_lazy("Waiting for you: check the brief.")),
    "animatic": ("references", gettext_lazy("Waiting for you: look at the animatic.")),
    "references": ("references", gettext_lazy("Waiting for you: look at the references.")),
}
# Work beside the film: it says how far it is in its own place, and the film waits for none of it.
ASIDE: Final = ("draw_animatic", "export_video", "enlarge_film", "refine_video", "bundle_project")
AGAIN: Final = "again"
"""The subject of a job that hears a song once more; the one that the film waits for has none."""
# The film has its words: that other ones could not be heard is said beside them.
LISTENED_AGAIN: Final = Q(step="transcribe_song", subject=AGAIN)
# What somebody asked for beside the film: that it failed is said in its own place, and the film lacks nothing.
ON_REQUEST: Final = LISTENED_AGAIN | Q(step="enlarge_image")
# What one scene still costs in steps, for counting what has not been submitted yet.
PER_SCENE: Final = ("generate_image", "render_shot")


# Live, but nothing moves before a person says so, or before money may be spent again.
STANDING: Final = (JobState.NEEDS_CONSENT, JobState.PAUSED_BUDGET)


@dataclass(frozen=True)
class Status:
    """`state` is working, waiting (for a person), failed, stopped or done. `eta_s` is None where unknown.

    `page` is the stage whose page a person is waited for on; "" where nobody is, or no page is meant.
    """

    state: str
    stage: str
    message: str
    done: int
    total: int
    eta_s: int | None
    failures: int
    page: str = ""

    @property
    def percent(self) -> int:
        return 100 if self.state == "done" else min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def busy(self) -> bool:
        return self.state == "working"


def project_status(project: Project) -> Status:
    """The status of one project, in a constant number of queries."""
    return project_statuses([project])[project.pk]


def unanswered(project: Project) -> QuerySet[Job]:
    """The failures of the film's own work that nobody has answered yet."""
    failed = Job.objects.filter(project=project, state=JobState.FAILED, dismissed=False)
    return failed.exclude(step__in=ASIDE).exclude(ON_REQUEST)


def project_statuses(projects: Iterable[Project]) -> dict[int, Status]:
    """The status of many projects at once, in a constant number of queries."""
    rows = list(projects)
    pks = [project.pk for project in rows]
    live: dict[int, Counter[str]] = {pk: Counter() for pk in pks}
    standing: dict[int, Counter[str]] = {pk: Counter() for pk in pks}
    failed: Counter[int] = Counter()
    open_jobs = (
        Job.objects.filter(project__in=pks)
        .exclude(state__in=(JobState.DONE, JobState.CANCELED))
        .exclude(dismissed=True)
        .exclude(step__in=ASIDE)
        .exclude(ON_REQUEST, state=JobState.FAILED)
    )
    by_state = open_jobs.values_list("project", "step", "state", "held").annotate(count=Count("pk"))
    for pk, step, state, held, count in by_state:
        if state in LIVE:
            live[pk][step] += count
            standing[pk][state] += count if state in STANDING else 0
            standing[pk]["held"] += count if held and state == JobState.QUEUED else 0
        else:
            failed[pk] += count
    scenes = dict(Project.objects.filter(pk__in=pks).annotate(count=Count("scenes")).values_list("pk", "count"))
    shown = _counts(pks)
    worded, gated = _words_wait(rows), _gates_wait(rows)
    finals = dict(
        FinalVideo.objects.filter(rendition__project__in=pks)
        .values_list("rendition__project")
        .annotate(count=Count("pk"))
    )
    return {
        project.pk: _status(
            project,
            live[project.pk],
            failed[project.pk],
            scenes.get(project.pk, 0),
            shown[project.pk] + worded[project.pk] + standing[project.pk] + gated[project.pk],
            finals.get(project.pk, 0),
        )
        for project in rows
    }


def _counts(pks: list[int]) -> dict[int, Counter[str]]:
    """How many scenes have their picture and their shot."""
    found: dict[int, Counter[str]] = {pk: Counter() for pk in pks}
    images = Project.objects.filter(pk__in=pks, contents__picks__image__isnull=False, contents__scene__isnull=False)
    for pk, count in images.values_list("pk").annotate(count=Count("contents", distinct=True)):
        found[pk]["generate_image"] = count
    shots = Project.objects.filter(pk__in=pks, scenes__shots__isnull=False)
    for pk, count in shots.values_list("pk").annotate(count=Count("scenes", distinct=True)):
        found[pk]["render_shot"] = count
    for kind in ("image", "clip"):
        for pk, verdict, count in _undecided(pks, kind):
            found[pk][f"undecided_{kind}"] += count
            found[pk][f"{verdict}_{kind}"] = count
    return found


def _undecided(pks: list[int], kind: str) -> Iterable[tuple[int, str, int]]:
    """(project, verdict, scenes) whose picture or clip does not pass its gate as it stands; skipped ones need none."""
    rejected = Q(**{f"{kind}__verdict": Verdict.REJECTED})
    waits = Q(**{f"{kind}__verdict": Verdict.PENDING, "content__project__autopilot": False})
    picks = Pick.objects.filter(rejected | waits, content__scene__project__in=pks)
    picks = picks.exclude(content__scene__in=Skip.objects.filter(undone_at=None).values("scene"))
    verdicts = picks.values_list("content__scene__project", f"{kind}__verdict")
    return verdicts.annotate(count=Count("content", distinct=True))


def _words_wait(projects: list[Project]) -> dict[int, Counter[str]]:
    """Projects whose words are there, with nobody's word on them yet that lets the scenes be planned."""
    found: dict[int, Counter[str]] = {project.pk: Counter() for project in projects}
    deciding = [project.pk for project in projects if not project.autopilot and project.transcript_id is not None]
    if not deciding:
        return found
    newest = Approval.objects.filter(project__in=deciding, transcript__isnull=False).order_by("pk")
    verdicts = dict(newest.values_list("project", "verdict"))
    for pk in deciding:
        found[pk]["words"] = int(verdicts.get(pk) != Verdict.APPROVED)
    return found


def _gates_wait(projects: list[Project]) -> dict[int, Counter[str]]:
    """The first gate that each ad waits at whose owner decides."""
    found: dict[int, Counter[str]] = {project.pk: Counter() for project in projects}
    ads = [row.pk for row in projects if row.kind == Project.Kind.AD and not row.autopilot]
    if not ads:
        return found
    passed = set(GatePass.objects.filter(project__in=ads, undone_at=None).values_list("project", "gate"))
    drawn = set(Animatic.objects.filter(project__in=ads).values_list("project", flat=True))
    for pk, beats, references in Ad.objects.filter(project__in=ads).values_list(
        "project", "beats", "references_recipe"
    ):
        there = {
            "brief": bool(beats),
            "animatic": pk in drawn,
            "references": bool(references) and (pk, "animatic") in passed,
        }
        waits = next((gate for gate in AD_GATES if there[gate] and (pk, gate) not in passed), "")
        if waits:
            found[pk][f"gate_{waits}"] = 1
    return found


def _status(
    project: Project, live: Counter[str], failures: int, scenes: int, shown: Counter[str], finals: int
) -> Status:
    stage, step = _current(live, scenes, shown, finals)
    total = 3 + 2 * scenes if scenes else 0
    done = 2 + shown["generate_image"] + max(0, shown["render_shot"] - live["render_shot"]) if scenes else 0
    message = str(BUSY_WORDS.get(step, ""))
    if project.stopped_at is not None:
        return Status("stopped", stage, _("Canceled. What was made is kept."), done, total, None, failures)
    if live and sum(live.values()) == shown[JobState.NEEDS_CONSENT] + shown[JobState.PAUSED_BUDGET] + shown["held"]:
        return _standing(stage, done, total, failures, shown)
    if live:
        return Status("working", stage, message, min(done, total), total, _eta(project, live, scenes, shown), failures)
    if failures:
        return Status(
            "failed", stage, _("Something did not work. See what, and try again."), done, total, None, failures
        )
    if gate := next((gate for gate in AD_GATES if shown[f"gate_{gate}"]), ""):
        return Status(
            "waiting", _gate_before("scenes", shown), str(AD_GATES[gate][1]), done, total, None, 0, AD_GATES[gate][0]
        )
    if shown["undecided_image"] or shown["undecided_clip"]:
        page = "images" if shown["undecided_image"] else "clips"
        return Status("waiting", stage, _decide_words(shown), done, total, None, 0, page)
    if finals:
        return Status("done", "final", _("The film is finished."), total, total, None, 0)
    if not scenes and shown["words"]:
        return Status("waiting", stage, _("Waiting for you: check the lyrics."), done, total, None, 0, "song")
    return Status("waiting", stage, _("Nothing is being made right now."), done, total, None, 0)


def _standing(stage: str, done: int, total: int, failures: int, shown: Counter[str]) -> Status:
    """All that is left waits: for a price to be confirmed, or, by itself, for a limit to open or a vendor to work."""
    if shown[JobState.NEEDS_CONSENT]:
        words = _("Waiting for you: confirm what it costs.")
        return Status("waiting", stage, words, done, total, None, failures, "costs")
    words = _("Paused: the spending limit is reached.")
    if shown["held"]:
        words = _("A vendor is out of order. Its work goes on by itself when it works again.")
    return Status("working", stage, words, done, total, None, failures)


def _gate_before(stage: str, shown: Counter[str]) -> str:
    """The stage, or the earlier one where a person has still to decide."""
    if shown["gate_brief"]:
        return "song"
    if shown["gate_animatic"] or shown["gate_references"]:
        return "scenes"
    if stage in ("clips", "final") and shown["undecided_image"]:
        return "images"
    return "clips" if stage == "final" and shown["undecided_clip"] else stage


def _decide_words(shown: Counter[str]) -> str:
    """What a person is waited for: a verdict, or where all are given, another take of what was rejected."""
    kind = "image" if shown["undecided_image"] else "clip"
    rejected = shown[f"rejected_{kind}"]
    left = shown[f"undecided_{kind}"] - rejected
    if kind == "image":
        waits = ngettext("%(count)s picture waits for you.", "%(count)s pictures wait for you.", left)
        again = ngettext("%(count)s rejected picture waits.", "%(count)s rejected pictures wait.", rejected)
    else:
        waits = ngettext("%(count)s clip waits for you.", "%(count)s clips wait for you.", left)
        again = ngettext("%(count)s rejected clip waits.", "%(count)s rejected clips wait.", rejected)
    if left:
        return waits % {"count": left}
    return f"{again % {'count': rejected}} {_('Let another take be made, or approve it after all.')}"


def _current(live: Counter[str], scenes: int, shown: Counter[str], finals: int) -> tuple[str, str]:
    """The stage that work is at: the earliest with live jobs, else what comes next."""
    for stage, steps in STAGES.items():
        for step in steps:
            if live[step]:
                # music is composed beside everything else, from the very beginning
                begins = step == "compose_music" and not scenes
                return "song" if begins else _gate_before(stage, shown), step
    if shown["undecided_image"]:
        return "images", ""
    if shown["undecided_clip"]:
        return "clips", ""
    if finals:
        return "final", ""
    if not scenes:
        return "song", ""
    if shown["generate_image"] < scenes:
        return "images", ""
    return ("clips" if shown["render_shot"] < scenes else "final"), ""


def _eta(project: Project, live: Counter[str], scenes: int, shown: Counter[str]) -> int | None:
    """Seconds until the film is there: what is left of each step times what it took here so far, over two workers."""
    if not scenes:
        return None
    left = {step: max(live[step], scenes - shown[step]) for step in PER_SCENE}
    return seconds_for(project, {**left, "assemble_video": 1})


def frames_done(project: Project) -> tuple[int, int]:
    """(frames rendered, frames to render) over the live and finished shots of a project, for a progress bar."""
    running = Job.objects.filter(project=project, step="render_shot", state=JobState.RUNNING).aggregate(
        done=Sum("progress_done")
    )["done"]
    shots = project.scenes.filter(shots__isnull=False).distinct()
    rendered = sum(scene.frames for scene in shots)
    total = sum(scene.frames for scene in project.scenes.all())
    return min(total, rendered + (running or 0)), total
