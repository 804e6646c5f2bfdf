"""An ad before it has scenes: its brief, its references, and the beats that become scenes."""

from __future__ import annotations

from pipeline.ads.claims import Topic
from pipeline.ads.timing import frames_on_beats
from pipeline.ads.values import FilledBeat
from pipeline.ads.writing import filled_beats
from pipeline.providers.capabilities import PlanRequest
from pipeline.providers.local.plan_values import PlannedBeat
from pipeline.providers.local.styles import style_named
from pipeline.recipes import Stored, digest
from pipeline.steps import draw_references, plan_scenes, write_brief
from projects.flow import beds, gates, inputs
from projects.flow.makers import maker
from projects.models import FPS, Ad, Asset, ClaimTopic, GatePass, Project, Reference

BRIEF, REFERENCES = "write_brief", "draw_references"
ROLES = {
    "hook": "Hook",
    "problem": "Problem",
    "moment": "Moment",
    "reveal": "Reveal",
    "benefit": "Benefit",
    "proof": "Proof",
    "offer": "Offer",
    "call_to_action": "Call to action",
}
SAME_SHOTS = "All product shots are the same picture. One is enough; other sides of the product make a better ad."


def topics() -> tuple[Topic, ...]:
    """The claims that operators want to be found."""
    return tuple(row.as_topic() for row in ClaimTopic.objects.filter(enabled=True))


def brief_input(project: Project) -> write_brief.Input:
    """What the brief should be written from now."""
    ad, by = project.ad, maker(project, BRIEF)
    return write_brief.Input(
        template=ad.as_template(),
        seconds=ad.seconds,
        brief=ad.as_brief(),
        take=ad.take,
        topics=topics(),
        provider=by.provider,
        model=by.model,
    )


def references_input(project: Project) -> draw_references.Input:
    """What the references should be made from now."""
    ad = project.ad
    template = ad.as_template()
    first = next((beat for beat, _seconds in template.timed(ad.seconds) if beat.shows_product), template.beats[0])
    scene = first.prompt.replace("{product}", "").replace("{what}", "")
    return draw_references.Input(
        shots=tuple(_stored(reference.asset) for reference in shots(project)),
        words=f"{' '.join(scene.split())}, {style_named(project.style).words}",
        palette=template.palette,
        style=_stored(ad.style_asset) if ad.style_asset is not None else None,
        seed=project.seed,
    )


def shots(project: Project) -> list[Reference]:
    return list(Reference.objects.filter(project=project).select_related("asset"))


def _stored(asset: Asset) -> Stored:
    return Stored(key=asset.file.name or "", sha256=asset.sha256, size_bytes=asset.size_bytes)


def has_references(project: Project) -> bool:
    """Whether the references are there and fit what they are made from."""
    return project.ad.references_recipe == digest(references_input(project))


def needs_brief(project: Project) -> bool:
    """Whether the brief is to be written: none stands yet, or it says something else now and nobody has edited it."""
    ad = project.ad
    return not ad.edited and ad.brief_recipe != digest(brief_input(project))


def beats_request(project: Project) -> PlanRequest | None:
    """The beats as a plan, their cuts on the music's; None while there are none, or a piece is yet to be heard."""
    beats, music_ms = project.ad.filled(), _music_beats(project)
    return _request(project, beats, music_ms) if beats and music_ms is not None else None


def _music_beats(project: Project) -> tuple[int, ...] | None:
    """The beats that cuts can lie on: known of our own music, heard in a piece of one's own (None until then). A
    hosted model is told the tempo, and nobody waits for its music.
    """
    wanted = beds.bed_input(project)
    if wanted.source == "upload":
        song = beds.standing_song(project)
        return None if song is None else song.heard().beats_ms
    return tuple((beds.known_beats(wanted) or {}).get("beats_ms", ()))


def _request(project: Project, beats: tuple[FilledBeat, ...], music_ms: tuple[int, ...] = ()) -> PlanRequest:
    template = project.ad.as_template()
    lengths = frames_on_beats(
        beats,
        music_ms,
        within_ms=template.snap_milliseconds,
        last_s=template.end_card.milliseconds / 1000,
        fps=FPS,
    )
    return inputs.unled_plan(
        project,
        beats=tuple(
            PlannedBeat(
                name=beat.name,
                section=ROLES[beat.role],
                frames=frames,
                description=beat.prompt,
                caption=beat.caption,
                camera=beat.camera,
                transition=beat.transition,
                palette=beat.palette,
            )
            for beat, frames in zip(beats, lengths, strict=True)
        ),
    )


def likely_request(project: Project) -> PlanRequest:
    """As `beats_request`; before the brief is written, the beats as rules fill them: prices hang on their times."""
    request = beats_request(project)
    return request if request is not None else _request(project, project.ad.filled() or _by_rules(project.ad))


def _by_rules(ad: Ad) -> tuple[FilledBeat, ...]:
    return filled_beats(ad.as_template(), ad.seconds, ad.as_brief())


def plan_input(project: Project) -> plan_scenes.Input | None:
    """The beats decide; there is nothing left that a text model would be asked for."""
    request = beats_request(project)
    return plan_scenes.Input(plan=request) if request is not None else None


def mark_of(project: Project, gate: str) -> str:
    """What stands behind a gate now, in short; "" while it is not there yet."""
    ad = project.ad
    if gate == GatePass.Gate.BRIEF:
        return digest([beat.model_dump(mode="json") for beat in ad.filled()])[:16] if ad.beats else ""
    if gate == GatePass.Gate.REFERENCES:
        return ad.references_recipe[:16] if has_references(project) else ""
    newest = project.animatics.order_by("-pk").first()
    return str(newest.code)[:8] if newest is not None else ""


def pictures_may_begin(project: Project) -> bool:
    """Whether an ad's pictures may be made: its product is cut out, and its animatic and references passed."""
    if project.kind != Project.Kind.AD:
        return True
    both = (GatePass.Gate.ANIMATIC, GatePass.Gate.REFERENCES)
    return has_references(project) and all(gates.gate_open(project, gate) for gate in both)
