"""The music of a film that no song leads: what it should be made from, and whether what there is still fits."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from pipeline.media.audio.synth.beds import BED_MOODS, bed_beats, bed_meets, bed_pulse
from pipeline.media.timeline import frame_at, ms_at
from pipeline.providers.local.composer import music_mood
from pipeline.providers.local.lexicon import reading_of
from pipeline.recipes import Stored, digest, seed_of
from pipeline.steps import compose_music
from projects.flow.makers import maker
from projects.models import FPS, Project, Song, Soundtrack

STEP = "compose_music"


def length_frames(project: Project) -> int:
    """How long a film without a song is to be. Raises ValueError for a project that a song leads."""
    if project.length_frames is None:
        raise ValueError("this film is as long as its song")
    return project.length_frames


def bed_mood(project: Project, track: Soundtrack) -> str:
    """The mood that was chosen, else the one that suits what the film is about."""
    if track.mood in BED_MOODS:
        return track.mood
    idea = getattr(project, "idea", None)
    return music_mood(reading_of(idea.text if idea is not None else project.title), project.seed)


def bed_seed(project: Project, track: Soundtrack) -> int:
    """The same take comes out the same again; another one is other music in the same mood."""
    return seed_of(f"{project.seed}:music:{track.take}")


def cuts_to_meet(project: Project) -> list[int]:
    """The frames that music composed now should meet: the cuts as they are, before there are any those of an ad's
    template, and where its end card comes up. None for an idea without scenes, which are cut to its music.
    """
    ad = project.ad if project.kind == Project.Kind.AD else None
    starts = list(project.scenes.order_by("start_frame").values_list("start_frame", flat=True))
    if not starts and ad is not None:
        starts = [0, *accumulate(seconds * FPS for _beat, seconds in ad.as_template().timed(ad.seconds))][:-1]
    if ad is not None:
        starts.append(frame_at(project.end_card_ms(), FPS))
    return sorted({frame for frame in starts if frame > 0})


def cuts_on_beats(project: Project, song: Song) -> tuple[int, int]:
    """(how many cuts of the film lie within a frame of a beat of its music, how many there are)."""
    beats = {frame_at(beat, FPS) for beat in song.heard().beats_ms}
    cuts = list(project.scenes.filter(start_frame__gt=0).values_list("start_frame", flat=True))
    return sum(bool({cut - 1, cut, cut + 1} & beats) for cut in cuts), len(cuts)


def fitted_cuts(project: Project, track: Soundtrack) -> list[int]:
    """What a composition that is wished for now is to meet: the same as before where its beats meet the cuts anyway, so
    that other music in the same mood keeps them.
    """
    before, cuts = tuple(track.cuts), cuts_to_meet(project)
    return list(before) if bed_meets(bed_mood(project, track), FPS, before, tuple(cuts)) else cuts


def bed_input(project: Project) -> compose_music.Input:
    """What the music should be made from now."""
    track = Soundtrack.objects.select_related("asset").get(project=project)
    wish: dict[str, Any] = {"source": track.source, "frames": length_frames(project), "fps": FPS}
    if track.source == Soundtrack.Source.UPLOAD and track.asset is not None:
        asset = track.asset
        wish["music"] = Stored(key=asset.file.name or "", sha256=asset.sha256, size_bytes=asset.size_bytes)
    elif track.source == Soundtrack.Source.COMPOSE:
        mood = bed_mood(project, track)
        words = f"instrumental background music, {mood}, with an intro and a real ending, no voices"
        cuts = tuple(track.cuts)
        if cuts:
            words += f", a steady {bed_pulse(mood, FPS, cuts).bpm:.0f} bpm"
        wish |= {"mood": mood, "take": track.take, "seed": bed_seed(project, track), "prompt": words, "cuts": cuts}
        by = maker(project, STEP)
        wish |= {"provider": by.provider, "model": by.model}
    return compose_music.Input.model_validate(wish)


def known_beats(wanted: compose_music.Input) -> dict[str, Any] | None:
    """Beats, downbeats and sections of music that nobody has played yet, as fields of a plan; None where one has to
    listen first.
    """
    if wanted.source == "compose" and wanted.provider == "local":
        beats, downbeats, sections = bed_beats(wanted.mood, wanted.seed, wanted.frames, wanted.fps, wanted.cuts)
        return {"beats_ms": beats, "downbeats_ms": downbeats, "sections": sections}
    return {} if wanted.source == "none" else None


def standing_song(project: Project) -> Song | None:
    """What the film lies on, heard and as it should be now; None while that is missing or about to be another one."""
    song = Song.objects.select_related("asset").filter(project=project).first()
    if song is None or song.analysis is None:
        return None
    if project.song_led:
        return song if project.transcript is not None else None
    return song if song.bed_recipe == digest(bed_input(project)) else None


def film_frames(project: Project, song: Song) -> int:
    """The film's exact length in frames: as decided, or the song's length rounded to the nearest frame."""
    if project.length_frames is not None and not project.song_led:
        return project.length_frames
    return max(1, (song.heard().duration_ms * FPS + 500) // 1000)


def film_ms(project: Project) -> int:
    """Length of a film without a song, in milliseconds."""
    return ms_at(length_frames(project), FPS)
