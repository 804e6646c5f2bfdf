"""Our own synthesizer: songs made by us, of which everything is known."""

from pipeline.media.audio.synth.songs import Song, compose_song, sample_song, test_song, write_encoded, write_wav

__all__ = ["Song", "compose_song", "sample_song", "test_song", "write_encoded", "write_wav"]
