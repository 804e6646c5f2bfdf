"""Listening to songs (analysis) and making them (synth).

    from pipeline.media.audio.analysis import analyze_song
    from pipeline.media.audio.decoding import decode_song
    from pipeline.media.audio.synth import compose_song, sample_song, test_song, write_encoded, write_wav
    from pipeline.media.audio.values import Section, SongAnalysis, SongTruth

Nothing is imported here: the web process needs the values alone and must not pay for numpy and FFmpeg.
"""
