"""Transcription: parts of long songs, what models invent, words that were given, languages, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics.values import Word
from pipeline.media.run import MediaError
from pipeline.media.values import Value
from pipeline.providers.base import NotSent, ProviderError
from pipeline.providers.capabilities import Heard, HeardSegment, TranscriptionReply, TranscriptionRequest
from pipeline.providers.catalogue import shipped_model
from pipeline.providers.hearing import hear_song, song_lyrics
from pipeline.providers.hearing.languages import language_code
from pipeline.providers.hearing.lines import heard_lines
from pipeline.providers.hearing.parts import OVERLAP_MS, song_parts
from pipeline.providers.openai.transcription import OpenAITranscription, heard_of
from pipeline.providers.openrouter import OpenRouterTranscription
from pipeline.tests.providing import Desk, openai_access, openrouter_access
from tests.vendor import Vendor, media


def analysis(duration_ms: int, *, quiet: tuple[tuple[int, int], ...] = ()) -> SongAnalysis:
    """A song in which somebody sings all the time but in these spans (ms)."""
    steps = duration_ms // 100
    voice = [0 if any(first <= step * 100 < last for first, last in quiet) else 800 for step in range(steps)]
    beats = tuple(range(0, duration_ms, 500))
    return SongAnalysis(
        duration_ms=duration_ms, tempo_mbpm=120_000, beats_ms=beats, downbeats_ms=beats[::4], sections=(),
        energy=(600,) * steps, vocal_activity=tuple(voice),
    )  # fmt: skip


def song(desk: Desk, seconds: int) -> Any:
    path = desk.root / f"song-{seconds}.wav"
    path.write_bytes(media.music(seconds))
    return desk.kept(path)


def request(desk: Desk, seconds: int = 10, **more: Any) -> TranscriptionRequest:
    return TranscriptionRequest(song=song(desk, seconds), analysis=analysis(seconds * 1000), **more)


def words(text: str, start_ms: int, step_ms: int = 400) -> tuple[Word, ...]:
    return tuple(
        Word(text=word, start_ms=start_ms + i * step_ms, end_ms=start_ms + i * step_ms + step_ms * 3 // 4)
        for i, word in enumerate(text.split())
    )


def phrase(text: str, start_ms: int, end_ms: int, **doubts: int) -> HeardSegment:
    return HeardSegment(text=text, start_ms=start_ms, end_ms=end_ms, **doubts)


def test_it_hears_words_with_times_and_pays_by_the_second(vendor: Vendor, desk: Desk) -> None:
    provider = OpenAITranscription(openai_access(vendor))
    asked = request(desk)
    reply = provider.send(asked, desk.work)
    assert [line.text for line in reply.lyrics.lines] == ["Walking down the silver road with you."]
    assert reply.lyrics.timed
    assert (reply.lyrics.language, reply.lyrics.source) == ("en", "transcript")
    assert max(line.end_ms for line in reply.lyrics.lines) <= 10_000, "clamped to the song"
    assert provider.cost(asked, reply) == vendor.bill.total_microusd == 1000
    assert provider.cost(asked, reply) <= provider.estimate(asked)
    sent = vendor.asked[-1].body
    assert sent.count(b'name="timestamp_granularities[]"') == 2
    assert b"verbose_json" in sent
    assert b"fLaC" in sent


def test_openrouter_names_its_price_and_takes_a_language(vendor: Vendor, desk: Desk) -> None:
    provider = OpenRouterTranscription(
        openrouter_access(vendor), shipped_model("openrouter", "openai/whisper-large-v3-turbo")
    )
    asked = request(desk, language="de")
    reply = provider.send(asked, desk.work)
    assert reply.bill.reported_microusd == vendor.bill.total_microusd == provider.cost(asked, reply)
    assert b'name="language"\r\n\r\nde' in vendor.asked[-1].body


def test_a_language_that_the_model_refuses_is_said_by_field(vendor: Vendor, desk: Desk) -> None:
    vendor.misbehave("bad_language")
    with pytest.raises(ProviderError) as caught:
        OpenAITranscription(openai_access(vendor)).send(request(desk), desk.work)
    assert (caught.value.kind, caught.value.refused) == ("invalid_input", True)
    assert caught.value.fields[0][0] == "language"


def test_a_song_without_words_is_told_as_one(vendor: Vendor, desk: Desk) -> None:
    vendor.misbehave("nothing_heard")
    reply = OpenAITranscription(openai_access(vendor)).send(request(desk), desk.work)
    assert reply.lyrics.lines == ()
    assert "instrumental" in reply.lyrics.notes[-1]


@pytest.mark.parametrize("trouble", ["lost_answer", "html_page", "half_body", "truncated_json", "server_error"])
def test_a_lost_answer_is_ambiguous_and_never_asked_for_again(vendor: Vendor, desk: Desk, trouble: str) -> None:
    vendor.misbehave(trouble, on="transcription")
    with pytest.raises(ProviderError) as caught:
        OpenAITranscription(openai_access(vendor)).send(request(desk), desk.work)
    assert caught.value.kind == "ambiguous"
    assert len(vendor.asked) == 1


def test_a_long_song_is_cut_where_nobody_sings() -> None:
    heard = analysis(1_500_000, quiet=((560_000, 566_000), (1_130_000, 1_134_000)))
    parts = song_parts(heard, 600_000)
    assert parts[0][0] == 0
    assert parts[-1][1] == 1_500_000
    assert all(end - start <= 600_000 for start, end in parts)
    assert all(left[1] - right[0] == OVERLAP_MS for left, right in pairwise(parts))
    assert 560_000 <= (parts[0][1] + parts[1][0]) // 2 <= 566_000
    assert song_parts(heard, 0) == ((0, 1_500_000),)
    assert song_parts(analysis(200_000), 600_000) == ((0, 200_000),)


@pytest.mark.parametrize("longest_ms", [30_000, 60_000, 300_000])
def test_parts_cover_every_song_and_stay_short_enough(longest_ms: int) -> None:
    for duration in (29_000, 30_001, 61_000, 299_999, 300_001, 1_199_000):
        parts = song_parts(analysis(duration), longest_ms)
        assert parts[0][0] == 0
        assert parts[-1][1] == duration
        assert all(end - start <= longest_ms for start, end in parts)
        assert all(right[0] < left[1] < right[1] for left, right in pairwise(parts))


class Door:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.calls = desk, []

    def __call__(self, call: str, provider: Any, asked: Value) -> Any:
        self.calls.append((call, provider.name))
        return provider.send(asked, self.desk.work)


def told(text: str, times: list[tuple[float, float]]) -> dict[str, Any]:
    timed = [
        {"word": word, "start": first, "end": last} for word, (first, last) in zip(text.split(), times, strict=True)
    ]
    segment = {
        "start": times[0][0],
        "end": times[-1][1],
        "text": f" {text}.",
        "avg_logprob": -0.2,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }
    return {"language": "english", "text": text, "segments": [segment], "words": timed}


def test_parts_of_a_song_are_calls_of_their_own_and_join_without_a_word_doubled(vendor: Vendor, desk: Desk) -> None:
    """22 s in parts of 18 s at most: the seam lies in the silence at 9 s, and both parts hear the line behind it."""
    row = shipped_model("openai", "whisper-1")
    row = row.model_copy(update={"limits": row.limits.model_copy(update={"max_seconds": 18})})
    provider = OpenAITranscription(openai_access(vendor), row)
    asked = TranscriptionRequest(song=song(desk, 22), analysis=analysis(22_000, quiet=((8000, 9500),)))
    parts = song_parts(asked.analysis, provider.part_ms)
    assert len(parts) == 2
    first = told("hello silver road again tonight", [(1, 1.5), (2, 2.5), (3, 3.5), (10, 10.5), (11, 11.5)])
    offset = parts[1][0] / 1000
    second = told(
        "again tonight we sing",
        [
            (10 - offset, 10.5 - offset),
            (11 - offset, 11.5 - offset),
            (15 - offset, 15.5 - offset),
            (16 - offset, 16.5 - offset),
        ],
    )
    vendor.transcripts = [first, second]
    door = Door(desk)
    reply = hear_song(door, provider, asked)
    assert door.calls == [("transcribe-1", "openai"), ("transcribe-2", "openai")]
    heard = [word.text.strip(".") for line in reply.lyrics.lines for word in line.words]
    assert heard == ["hello", "silver", "road", "again", "tonight", "we", "sing"]
    starts = [word.start_ms for line in reply.lyrics.lines for word in line.words]
    assert starts == sorted(starts)
    assert starts[-1] == pytest.approx(16_000, abs=60)
    assert len(vendor.bill.charges) == 2


def test_lyrics_with_times_need_no_model(vendor: Vendor, desk: Desk) -> None:
    door = Door(desk)
    reply = hear_song(
        door, OpenAITranscription(openai_access(vendor)), request(desk, text="[00:01.00]Hello\n[00:04.00]Again")
    )
    assert door.calls == [("transcribe", "local")]
    assert [line.start_ms for line in reply.lyrics.lines] == [1000, 4000]
    assert not vendor.asked


GIVEN = """Walking down the silver road with you
Every lantern knows our name

Hold the night until it sings
Hold the night until it sings"""


def given_request(text: str = GIVEN, duration_ms: int = 40_000) -> TranscriptionRequest:
    return TranscriptionRequest(song={"sha256": "x"}, analysis=analysis(duration_ms), text=text)  # type: ignore[arg-type]


def test_given_words_win_and_take_the_heard_times() -> None:
    heard = Heard(
        start_ms=0,
        end_ms=40_000,
        words=(
            *words("walking town the silver rode with you", 2000),
            *words("every lantern nose our name", 8000),
            *words("hold the night until it sings", 16_000),
            *words("hold the night and till it sings", 24_000),
        ),
    )
    lyrics = song_lyrics(given_request(), [heard])
    assert [line.text for line in lyrics.lines] == [line for line in GIVEN.splitlines() if line]
    assert [line.start_ms for line in lyrics.lines] == [2000, 8000, 16_000, 24_000]
    assert lyrics.source == "aligned"
    assert all(len(line.words) == len(line.text.split()) for line in lyrics.lines)
    assert lyrics.lines[2].confidence > lyrics.lines[0].confidence > 50
    assert lyrics.lines[1].words[2].start_ms == 8800, "'nose' lends its time to 'knows'"


@pytest.mark.parametrize("seed", range(5))
def test_given_words_are_timed_well_when_a_fifth_is_misheard(seed: int) -> None:
    """A song of 32 lines with a chorus four times: words lost, invented and misheard, times shifted a little."""
    random = Random(seed)
    pool = [
        "river",
        "lantern",
        "silver",
        "morning",
        "window",
        "harbor",
        "shadow",
        "winter",
        "garden",
        "signal",
        "paper",
    ]
    chorus = [" ".join(random.choices(pool, k=6)) for _ in range(4)]
    lines = [line for _ in range(4) for line in (*(" ".join(random.choices(pool, k=6)) for _ in range(4)), *chorus)]
    truth, heard, at = [], [], 5000
    for line in lines:
        truth.append(at)
        for word in line.split():
            shifted = at + random.randrange(-60, 60)
            if random.random() > 0.1:
                text = random.choice(pool) if random.random() < 0.1 else word
                heard.append(Word(text=text, start_ms=shifted, end_ms=shifted + 280))
            if random.random() < 0.05:
                heard.append(Word(text="uh", start_ms=shifted + 290, end_ms=shifted + 300))
            at += 350
        at += random.randrange(400, 3000)
    lyrics = song_lyrics(
        given_request("\n".join(lines), at + 5000), [Heard(start_ms=0, end_ms=at + 5000, words=tuple(heard))]
    )
    assert [line.text for line in lyrics.lines] == lines
    errors = sorted(abs(line.start_ms - start) for line, start in zip(lyrics.lines, truth, strict=True))
    assert errors[len(errors) // 2] <= 60
    assert errors[len(errors) * 9 // 10] <= 300
    assert errors[-1] <= 1500


def test_a_line_that_was_not_heard_lies_between_its_neighbors() -> None:
    heard = Heard(
        start_ms=0,
        end_ms=40_000,
        words=(
            *words("walking down the silver road with you", 2000),
            *words("hold the night until it sings", 20_000),
            *words("hold the night until it sings", 28_000),
        ),
    )
    lyrics = song_lyrics(given_request(), [heard])
    starts = [line.start_ms for line in lyrics.lines]
    assert starts == sorted(starts)
    assert 4500 <= starts[1] < 20_000
    assert starts[2:] == [20_000, 28_000]
    assert lyrics.lines[1].confidence < 30


def test_other_words_than_those_given_are_told() -> None:
    heard = Heard(start_ms=0, end_ms=40_000, words=words("completely different things are sung here by somebody", 2000))
    lyrics = song_lyrics(given_request(), [heard])
    assert [line.text for line in lyrics.lines] == [line for line in GIVEN.splitlines() if line]
    assert any("hardly matches" in note for note in lyrics.notes)
    assert lyrics.timed


def test_it_leaves_out_what_models_invent_and_keeps_choruses() -> None:
    chorus = [phrase("Hold the night until it sings", 12_000 + i * 3000, 14_500 + i * 3000) for i in range(5)]
    loop = [phrase("oh yeah baby", 30_000 + i * 200, 30_200 + i * 200) for i in range(8)]
    invented = [
        phrase("Thanks for watching!", 38_000, 39_000, no_speech_percent=50),
        phrase("Subtitles by the community", 37_000, 38_000),
        phrase("la la la la la la la la", 34_000, 35_000, compression_percent=300),
        phrase("mumble", 35_000, 36_000, log_probability_centi=-140, no_speech_percent=80),
    ]
    heard = Heard(start_ms=0, end_ms=40_000, segments=(*chorus, *loop, *invented))
    quiet = analysis(40_000, quiet=((33_000, 40_000),))
    lyrics = song_lyrics(TranscriptionRequest(song={"sha256": "x"}, analysis=quiet), [heard])  # type: ignore[arg-type]
    texts = [line.text for line in lyrics.lines]
    assert texts.count("Hold the night until it sings") == 5
    assert texts.count("oh yeah baby") == 1
    assert len(texts) == 6
    assert "11 passages" in lyrics.notes[0]


def test_a_line_that_sounds_like_a_subtitle_is_kept_where_it_is_sung() -> None:
    heard = Heard(start_ms=0, end_ms=10_000, segments=(phrase("Thank you for listening", 2000, 5000),))
    lyrics = song_lyrics(TranscriptionRequest(song={"sha256": "x"}, analysis=analysis(10_000)), [heard])  # type: ignore[arg-type]
    assert [line.text for line in lyrics.lines] == ["Thank you for listening"]


def test_lines_break_at_rests_sentence_ends_and_before_they_get_long() -> None:
    text = "Walking down the silver road. Every lantern knows our name and every window has a light for us"
    timed = (
        *words("Walking down the silver road", 0),
        *words("Every lantern knows our name and every window has a light for us", 2100),
    )
    rest = words("Alone", 20_000)
    heard = Heard(
        start_ms=0,
        end_ms=30_000,
        segments=(phrase(text, 0, 8000), phrase("Alone", 20_000, 20_500)),
        words=(*timed, *rest),
    )
    lines = heard_lines(heard)
    assert lines[0].text == "Walking down the silver road."
    assert lines[-1].text == "Alone"
    assert all(len(line.text) <= 44 for line in lines)
    assert " ".join(line.text for line in lines) == f"{text} Alone"


def test_scripts_without_spaces_are_joined_without_spaces() -> None:
    timed = tuple(
        Word(text=text, start_ms=i * 300, end_ms=i * 300 + 250)
        for i, text in enumerate(["君", "の", "名前", "を", "呼ぶ"])
    )
    heard = Heard(start_ms=0, end_ms=3000, language="ja", segments=(phrase("君の名前を呼ぶ", 0, 1500),), words=timed)
    assert [line.text for line in heard_lines(heard)] == ["君の名前を呼ぶ"]


def test_strange_times_are_brought_inside() -> None:
    answer = {
        "language": "English",
        "segments": [
            {"start": -3, "end": 99, "text": "hello world"},
            {"start": 5, "end": 4, "text": "backward"},
            "odd",
            {"start": float("nan"), "end": None, "text": "x"},
            {"start": 1e308, "end": 10**400, "text": "x", "avg_logprob": -1e308},
        ],
        "words": [
            {"word": "hello", "start": 2, "end": 1},
            {"word": "world", "start": 1, "end": 50},
            {"start": 3},
            None,
            {"word": "late", "start": 70, "end": 71},
        ],
    }
    heard = heard_of(answer, 10_000, 20_000)
    assert [(s.start_ms, s.end_ms) for s in heard.segments] == [(10_000, 20_000)]
    assert [(w.text, w.start_ms, w.end_ms) for w in heard.words] == [
        ("hello", 12_000, 12_000),
        ("world", 12_000, 20_000),
    ]
    lyrics = song_lyrics(TranscriptionRequest(song={"sha256": "x"}, analysis=analysis(15_000)), [heard])  # type: ignore[arg-type]
    assert all(line.end_ms <= 15_000 for line in lyrics.lines)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("english", "en"),
        ("German", "de"),
        ("haitian creole", "ht"),
        ("pt-BR", "pt"),
        ("ja", "ja"),
        ("javanese", "jv"),
        ("klingon", ""),
        (None, ""),
        ("", ""),
    ],
)
def test_languages_have_codes(name: Any, code: str) -> None:
    assert language_code(name) == code


def test_a_whole_reply_can_be_stored(vendor: Vendor, desk: Desk) -> None:
    reply = OpenAITranscription(openai_access(vendor)).send(request(desk), desk.work)
    assert TranscriptionReply.model_validate(reply.model_dump(mode="json")) == reply


def test_only_sound_leaves_the_house(vendor: Vendor, desk: Desk, tmp_path: Path) -> None:
    """A playlist named like a song is not opened, and a song's tags are not sent."""
    evil = tmp_path / "evil.mp3"
    evil.write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    asked = TranscriptionRequest(song=desk.kept(evil), analysis=analysis(10_000))
    with pytest.raises(Exception, match=r"."):
        OpenAITranscription(openai_access(vendor)).send(asked, desk.work)
    assert not vendor.asked


def test_words_that_cannot_be_read_are_told_before_anything_is_paid(vendor: Vendor, desk: Desk) -> None:
    asked = request(desk, text="a line\n" * 3000)
    with pytest.raises(MediaError, match="3000 lines"):
        OpenAITranscription(openai_access(vendor)).send(asked, desk.work)
    assert not vendor.asked


def test_a_song_that_cannot_be_fetched_is_no_lost_answer(vendor: Vendor, desk: Desk) -> None:
    def away(stored: Any) -> Path:
        raise ConnectionResetError("storage is away")

    with pytest.raises(NotSent) as caught:
        OpenAITranscription(openai_access(vendor)).send(request(desk), replace(desk.work, fetch=away))
    assert isinstance(caught.value.__cause__, ConnectionResetError)
    assert vendor.bill.total_microusd == 0
