"""manage.py analyze_song."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from pipeline.media.audio.synth.songs import test_song as short_song
from pipeline.media.audio.synth.songs import write_wav


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    write_wav(short_song(120, 12.0, seed=2), path)
    return path


def test_it_prints_what_it_hears_as_json(song: Path) -> None:
    out = StringIO()
    call_command("analyze_song", str(song), "--json", stdout=out)
    heard = json.loads(out.getvalue())
    assert set(heard) == {
        "duration_ms", "tempo_bpm", "tempo_alternatives", "beats_ms", "downbeats_ms", "sections", "key",
    }  # fmt: skip
    assert heard["tempo_bpm"] == pytest.approx(120, abs=1)
    assert heard["sections"][0]["start_ms"] == 0
    assert heard["sections"][-1]["end_ms"] == heard["duration_ms"]
    assert set(heard["downbeats_ms"]) <= set(heard["beats_ms"])


def test_it_tells_a_person_in_words(song: Path) -> None:
    out = StringIO()
    call_command("analyze_song", str(song), stdout=out)
    assert "120" in out.getvalue()
    assert "bpm" in out.getvalue()


def test_it_says_that_a_file_is_no_song(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_text("words, not music" * 100)
    with pytest.raises(CommandError):
        call_command("analyze_song", str(tmp_path / "song.mp3"))
