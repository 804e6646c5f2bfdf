"""The sample project: our own short song, sung by our own synthesizer, on its way to a film from the first minute."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files import File
from django.utils import timezone

from pipeline.media.audio.synth.songs import sample_song, write_encoded
from pipeline.media.lyrics import write_lrc
from pipeline.media.lyrics.values import Line, Lyrics, Word
from projects.actions.create import create_music_video
from projects.actions.film import LOCAL_EMAIL, local_owner
from projects.actions.upload import save_song
from projects.models import Asset, Captions, Project, Resolution

SAMPLE = "sample"
STYLE = "neon-noir"
SEED = 20
FIRST_MINUTES = timedelta(minutes=10)


def create_sample() -> Project | None:
    """Make the sample project, once in a studio's life; None if it has been made before.

    Where it is gone for good and people have long signed in, somebody has deleted it. At the very first start, who is
    quick may sign in before this is asked.
    """
    if Project.objects.filter(fingerprint=SAMPLE).exists():
        return None
    if get_user_model().objects.filter(last_login__lt=timezone.now() - FIRST_MINUTES).exists():
        return None
    song = sample_song()
    owner = local_owner()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.m4a"
        write_encoded(song, path)
        with path.open("rb") as source:
            asset, _ = save_song(File(source), f"{song.truth.title}.m4a", by=owner)
    return create_music_video(
        asset,
        by=owner,
        title=song.truth.title,
        artist=song.truth.artist,
        style=STYLE,
        resolution=Resolution.P720,
        captions=Captions.KARAOKE,
        lyrics=sample_lrc(),
        lyrics_name="sample.lrc",
        fingerprint=SAMPLE,
        seed=SEED,
    )


def sample_lrc() -> str:
    """The sample song's words with their times, as an LRC file."""
    return write_lrc(_lyrics(sample_song().truth))


def _lyrics(truth: Any) -> Lyrics:
    lines = (
        Line(
            text=line.text,
            start_ms=line.start_ms,
            end_ms=line.end_ms,
            words=tuple(Word(text=word.text, start_ms=word.start_ms, end_ms=word.end_ms) for word in line.words),
        )
        for line in truth.lines
    )
    return Lyrics(lines=tuple(lines), source="lrc", timed=True, title=truth.title, artist=truth.artist)


def adopt_local_projects(user: Any) -> int:
    """Give what the studio made before anybody had an account to its first administrator."""
    local = get_user_model().objects.filter(username=LOCAL_EMAIL).first()
    if local is None:
        return 0
    Asset.objects.filter(owner=local).update(owner=user)
    return Project.objects.filter(owner=local).update(owner=user)
