"""Music composed on this machine by our own synthesizer: no model, no samples of others, nothing to license."""

from __future__ import annotations

from pipeline.media.audio.synth.beds import BED_MOODS, bed_analysis, composed_bed
from pipeline.media.audio.synth.songs import write_samples
from pipeline.media.audio.trimming import write_trimmed
from pipeline.providers.base import Provider, Work
from pipeline.providers.capabilities import MusicReply, MusicRequest
from pipeline.providers.local.lexicon import Reading

# mood of a scene or an idea -> mood of its music
_BY_MOOD = {
    "joyful": "sunny",
    "tender": "ballad",
    "longing": "dream",
    "melancholy": "ballad",
    "dark": "night",
    "furious": "rush",
    "hopeful": "sunny",
    "dreamy": "dream",
    "calm": "dream",
    "nostalgic": "ballad",
    "free": "sunny",
    "euphoric": "dance",
    "mysterious": "night",
}


class LocalMusic(Provider[MusicRequest, MusicReply]):
    """The embedded composer: six moods, seeded, exact to the sample, with an intro and an ending."""

    name = "local"
    label = "Composed on this server"
    capability = "music"
    reply = MusicReply
    repeatable = True

    def send(self, request: MusicRequest, work: Work) -> MusicReply:
        frames = request.frames or request.seconds * request.fps
        mood = request.mood if request.mood in BED_MOODS else BED_MOODS[request.seed % len(BED_MOODS)]
        audio = composed_bed(mood, request.seed, frames, request.fps, request.cuts)
        plain, out = work.folder / "composed.wav", work.folder / "composed.flac"
        write_samples(audio, plain)
        write_trimmed(plain, out, frames=frames, fps=request.fps, stop=work.stop)
        analysis = bed_analysis(audio, mood, request.seed, frames, request.fps, request.cuts)
        file = work.store(out, "music")
        return MusicReply(file=file, duration_ms=analysis.duration_ms, analysis=analysis)


def music_mood(reading: Reading, seed: int) -> str:
    """The mood of the music that suits what some words say; by the seed where they say nothing."""
    ranked = sorted(reading.moods.items(), key=lambda item: (-item[1], item[0]))
    return _BY_MOOD[ranked[0][0]] if ranked else ("dream", "sunny", "night")[seed % 3]
