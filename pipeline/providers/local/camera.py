"""How the camera moves in a scene and how one scene becomes the next."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.media.timeline import CUT, Slot, Transition, TransitionKind, fitted_transition
from pipeline.providers.local.moods import MOODS
from pipeline.providers.local.styles import Style

CALM_TRANSITION_MS, LIVELY_TRANSITION_MS = 900, 450

_BY_LABEL = {
    "intro": ("pull_out", "drift", "tilt_up"),
    "chorus": ("push_in", "orbit", "pan_right", "pan_left"),
    "bridge": ("orbit", "tilt_up", "drift"),
    "instrumental": ("pan_left", "pan_right", "tilt_up"),
    "outro": ("pull_out", "drift", "tilt_down"),
}
_ALL = ("push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "orbit", "drift")


def camera_move(
    *, mood: str, label: str, energy: int, recent: Sequence[str], before_here: Sequence[str], turn: int
) -> str:
    """A move for a scene: what part and mood like, not the last one, and at a place seen before not the ones it had
    there.
    """
    liked = dict.fromkeys((*MOODS[mood].cameras, *_BY_LABEL.get(label, ()), *_ALL))
    if energy > 550:
        liked.pop("hold", None)
    tired = set(recent[-1:]) | set(before_here)
    fresh = [move for move in liked if move not in tired] or [move for move in liked if move not in recent[-1:]]
    twice = [move for move in fresh if recent[-6:].count(move) < 2] or fresh
    return twice[turn % min(3, len(twice))]


def move_into(
    *, style: Style, left: Slot, right: Slot, fps: int, label: str, energy: int, rising: int, border: bool, turn: int
) -> Transition:
    """The transition between two scenes.

    A hard cut inside a part; at a part's border a kind of the style by what comes next.
    """
    if not border:
        return CUT
    calm, lively = style.transitions[0], style.transitions[-1]
    kind: str
    if label == "outro" or rising < -200:
        kind = "fade_black" if "fade_black" in style.transitions else calm
    elif rising > 120 or (label == "chorus" and energy > 550):
        kind = lively if turn % 3 else style.transitions[len(style.transitions) // 2]
    else:
        kind = calm
    quick = kind not in {"crossfade", "fade_black", "dissolve"} or rising > 200
    length_ms = LIVELY_TRANSITION_MS if quick else CALM_TRANSITION_MS
    wanted = Transition(kind=_known(kind), frames=max(2, length_ms * fps // 1000))
    return fitted_transition(wanted, left, right)


def _known(kind: str) -> TransitionKind:
    return Transition.model_validate({"kind": kind, "frames": 2}).kind
