"""Where a person decides. A gate is open when somebody opened it, or when the project makes itself."""

from __future__ import annotations

from projects.models import Approval, GatePass, Project, Verdict


def lyrics_approval(project: Project) -> Approval | None:
    """The newest verdict on the project's words, with the take it was about; None before there is one."""
    verdicts = project.approvals.filter(transcript__isnull=False).select_related("transcript", "by")
    return verdicts.order_by("-pk").first()


def lyrics_passed(project: Project) -> bool:
    """Whether a person approved the words and nobody has taken it back."""
    approval = lyrics_approval(project)
    return approval is not None and approval.verdict == Verdict.APPROVED


def standing_pass(project: Project, gate: str) -> GatePass | None:
    """The word that keeps a gate open; None where nobody has given it, or it was taken back."""
    return GatePass.objects.filter(project=project, gate=gate, undone_at=None).first()


def gate_open(project: Project, gate: str) -> bool:
    """Whether an ad goes on behind this gate."""
    return project.autopilot or standing_pass(project, gate) is not None


def lyrics_gate_open(project: Project) -> bool:
    """Whether scenes may be planned. Only a song's words have a gate."""
    return not project.song_led or project.autopilot or lyrics_passed(project)
