"""Captions as scripts and as pixels: what libass draws is looked at, not only what was written."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.media.captions import CaptionTrack, ass_script, caption_files, captions_within
from pipeline.media.captions.fontfolder import link_fonts
from pipeline.media.captions.looks import LOOKS
from pipeline.media.captions.typefaces import CHINESE, FOLDER, JAPANESE, KOREAN, faces_of
from pipeline.media.captions.values import display_spans
from pipeline.media.lyrics.values import Line, Word
from pipeline.media.profile import Profile
from pipeline.media.run import run_ffmpeg

WIDE, UPRIGHT, SQUARE = Profile(width=320, height=180), Profile(width=180, height=320), Profile(width=240, height=240)
TEXTS = {
    "en": "We run until the morning and we never look back again, darling",
    "fr": "Où es-tu, mon cœur ? L'été s'achève… déjà !",
    "ru": "Ночь, улица, фонарь, аптека — бессмысленный свет",
    "el": "Στη γη της αγάπης χορεύουμε",
    "vi": "Nắng ấm xa dần, nắng ấm xa dần",
    "ja": "君の名前を呼ぶ、夜明けのネオン街で踊り続けよう",
    "zh": "月亮代表我的心，輕輕的一個吻已經打動我的心",
    "ko": "별이 빛나는 밤에 너를 기다려 영원히",
    "ar": "أنا لحبيبي وحبيبي إلي، يا عصفورة بيضا",
    "he": "אני ואתה נשנה את העולם, יחד 2024!",
    "hi": "तुम ही हो, अब तुम ही हो, ज़िंदगी अब तुम ही हो",
    "th": "คิดถึงเธอทุกลมหายใจ ไม่เคยลืมเลือน",
}


def sung(text: str, start_ms: int = 1000, step_ms: int = 500) -> Line:
    """A line whose words follow each other evenly."""
    words = [
        Word(text=word, start_ms=start_ms + i * step_ms, end_ms=start_ms + (i + 1) * step_ms)
        for i, word in enumerate(text.split())
    ]
    return Line(text=text, start_ms=start_ms, end_ms=words[-1].end_ms, words=tuple(words))


def drawn(track: CaptionTrack, profile: Profile, at_ms: int, folder: Path, ground: str = "black") -> np.ndarray:
    """The RGB frame that libass draws at a time of the song."""
    (folder / "c.ass").write_text(ass_script(track, profile, start_ms=0, duration_ms=60_000), encoding="utf-8")
    env = link_fonts(folder, caption_files(track))
    source = f"color=c={ground}:s={profile.width}x{profile.height}:r=1000,format=gbrp,trim=end_frame=1"
    graph = f"{source},setpts=PTS+{at_ms},ass=filename=c.ass:fontsdir=fonts:shaping=complex"
    run_ffmpeg(["-f", "lavfi", "-i", graph, "-frames:v", "1", "-update", "1", "o.png"], folder=folder, env=env)
    return cv2.imread(str(folder / "o.png"), cv2.IMREAD_COLOR_RGB).astype(int)


def box(ink: np.ndarray) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the true cells."""
    rows, columns = np.nonzero(ink.any(axis=1))[0], np.nonzero(ink.any(axis=0))[0]
    return columns[0], rows[0], columns[-1], rows[-1]


@pytest.mark.parametrize("look", ["bold", "elegant", "clean"])
def test_it_has_a_glyph_for_every_letter_of_every_script(look):
    for language, text in TEXTS.items():
        kept, faces = faces_of(LOOKS[look].shown(text), look, language)
        assert kept == LOOKS[look].shown(text), language
        assert len(faces) == len(kept)


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("profile", [WIDE, UPRIGHT], ids=["wide", "upright"])
def test_it_draws_every_script_inside_of_the_safe_area(language, profile, tmp_path):
    track = CaptionTrack(lines=(sung(TEXTS[language]),), language=language)
    ink = drawn(track, profile, 1200, tmp_path).max(axis=2) > 90
    left, top, right, bottom = box(ink)
    assert ink.sum() > 200
    assert left >= 0.05 * profile.width
    assert right <= 0.95 * profile.width
    assert abs((left + right) / 2 - profile.width / 2) < 0.05 * profile.width
    if profile is UPRIGHT:
        assert top > 0.5 * profile.height
        assert bottom < 0.82 * profile.height
    else:
        assert top > 0.55 * profile.height
        assert bottom < 0.97 * profile.height


def test_it_highlights_word_by_word(tmp_path):
    track = CaptionTrack(lines=(sung("one two three four", 1000, 1000),), accent="FF0000")

    def red(at_ms: int) -> np.ndarray:
        frame = drawn(track, WIDE, at_ms, tmp_path)
        return (frame[..., 0] > 180) & (frame[..., 1] < 80)

    before, second, third, after = (red(ms) for ms in (980, 2010, 3010, 5050))
    assert before.sum() == 0
    assert 20 < second.sum() < third.sum() < after.sum()
    assert box(second)[2] < box(third)[2] < box(after)[2]
    half = red(1500)
    assert 0.2 < half.sum() / second.sum() < 0.8  # the sweep runs through the word


def test_it_highlights_right_to_left_words_from_the_right(tmp_path):
    track = CaptionTrack(lines=(sung("אחת שתיים שלוש ארבע", 1000, 1000),), accent="FF0000")
    frame = drawn(track, WIDE, 1500, tmp_path)
    red = (frame[..., 0] > 180) & (frame[..., 1] < 80)
    white = frame.min(axis=2) > 180
    assert box(red)[0] > box(white)[0]
    assert box(red)[2] >= box(white)[2]
    script = ass_script(track, WIDE, start_ms=0, duration_ms=9000)
    assert "\\kf" not in script


def test_it_shows_a_line_without_word_times_plainly(tmp_path):
    line = Line(text="No times here", start_ms=1000, end_ms=3000)
    frame = drawn(CaptionTrack(lines=(line,), accent="FF0000"), WIDE, 2000, tmp_path)
    assert (frame.min(axis=2) > 200).sum() > 60
    assert ((frame[..., 0] > 180) & (frame[..., 1] < 80)).sum() == 0


@pytest.mark.parametrize("look", ["bold", "elegant", "clean"])
def test_it_can_be_read_on_a_white_picture(look, tmp_path):
    track = CaptionTrack(lines=(sung("Hold the light"),), look=look, mode="subtitle")
    profile = Profile(width=640, height=360)
    frame = drawn(track, profile, 1500, tmp_path, ground="white").max(axis=2)
    assert (frame < 110).sum() > 300  # the outline draws the letters' shape


def test_it_draws_the_same_for_both_sides_of_a_cut():
    track = CaptionTrack(lines=(sung("first line here", 1000), sung("second line there", 3000), sung("third", 6000)))
    left, right = captions_within(track, 0, 3500), captions_within(track, 3200, 7000)
    assert left is not None
    assert right is not None

    def events(part: CaptionTrack, start_ms: int, duration_ms: int) -> set[str]:
        script = ass_script(part, WIDE, start_ms=start_ms, duration_ms=duration_ms)
        return {line for line in script.splitlines() if line.startswith("Dialogue") and "SECOND" in line}

    assert len(events(left, 0, 3500)) == 2
    assert events(left, 0, 3500) == events(right, 3200, 3800) == events(track, 0, 9000)


def test_it_keeps_a_shot_fresh_when_a_neighbors_words_change():
    lines = (sung("aaa bbb", 1000), sung("ccc ddd", 4000), sung("eee fff", 8000))
    other = (sung("xxx yyy", 1000), *lines[1:])
    assert captions_within(CaptionTrack(lines=lines), 4000, 5000) == captions_within(
        CaptionTrack(lines=other), 4000, 5000
    )
    assert captions_within(CaptionTrack(lines=lines), 1000, 2000) != captions_within(
        CaptionTrack(lines=other), 1000, 2000
    )
    assert captions_within(CaptionTrack(lines=lines), 6500, 7000) is None


def test_its_words_leave_before_a_transition_moves_the_picture():
    track = CaptionTrack(lines=(sung("one two three four five six", 1000, 500),), mode="subtitle")
    whole = captions_within(track, 0, 5000, until_ms=5000)
    left = captions_within(track, 0, 3000, until_ms=2600)
    right = captions_within(track, 2600, 5000)
    assert whole.until_ms is None  # nothing stands there: the recipe is as it was
    written = ass_script(left, WIDE, start_ms=0, duration_ms=3000)
    assert written.count("0:00:02.60") == 2 and "0:00:04" not in written  # row and shade
    assert "0:00:02.60" not in ass_script(right, WIDE, start_ms=2600, duration_ms=2400)


def test_it_never_shows_two_lines_at_once():
    lines = (sung("one two", 0), sung("three four", 700), sung("five", 705), sung("six", 5000))
    spans = display_spans(lines)
    for (_, hide), (show, _) in pairwise(spans):
        assert hide <= show


@pytest.mark.parametrize("text", ["{\\b1}big{\\r}", "a\\Nb", "a\nb", "{\\pos(0,0)}", "\\{x\\}", "{\\p1}m 0 0{\\p0}"])
def test_it_lets_no_markup_through(text):
    script = ass_script(
        CaptionTrack(lines=(Line(text=text, start_ms=0, end_ms=2000),), mode="subtitle"),
        WIDE,
        start_ms=0,
        duration_ms=3000,
    )
    events = [line for line in script.splitlines() if line.startswith("Dialogue")]
    assert len(events) == 2
    for event in events:
        tags = re.findall(r"\\([a-zA-Z]+)", event)
        assert set(tags) <= {"pos", "fad", "bord", "blur", "fnAnton", "fs"}
        assert event.count("{") == event.count("}") <= 4


def test_it_leaves_emoji_out_and_keeps_signs():
    kept, _ = faces_of("fire 🔥 love ❤️ 👨‍👩‍👧 ♪ go 🇫🇷", "bold")
    assert kept.split() == ["fire", "love", "❤", "♪", "go"] or kept.split() == ["fire", "love", "♪", "go"]
    assert faces_of("🔥🔥", "clean")[0].strip() == ""


def test_it_writes_nothing_for_a_line_of_emoji_only():
    line = Line(text="🔥🔥🔥", start_ms=0, end_ms=2000)
    assert "Dialogue" not in ass_script(CaptionTrack(lines=(line,)), WIDE, start_ms=0, duration_ms=3000)


def test_it_chooses_the_shapes_of_the_songs_language():
    assert faces_of("直", "bold", "ja")[1] == [JAPANESE]
    assert faces_of("直", "bold", "zh")[1] == [CHINESE]
    assert faces_of("별", "bold", "ko")[1] == [KOREAN]


def test_it_keeps_a_word_in_one_face():
    faces = faces_of("naïve Привет", "bold")[1]
    assert len(set(faces[:5])) == 1
    assert len(set(faces[6:])) == 1


def test_it_writes_capitals_as_the_language_does():
    bold = LOOKS["bold"]
    assert bold.shown("της αγάπης") == "ΤΗΣ ΑΓΑΠΗΣ"
    assert bold.shown("Istanbul'da ışık") == "Istanbul'da ışık"
    assert bold.shown("söndü", of="Işık söndü ı") == "söndü"
    assert LOOKS["clean"].shown("Quiet") == "Quiet"


def test_it_breaks_a_long_line_into_few_rows():
    text = (
        "this is a very long line of a song that somebody wrote without ever thinking of small upright screens at all"
    )
    for profile, most in ((WIDE, 2), (UPRIGHT, 3), (SQUARE, 3)):
        script = ass_script(CaptionTrack(lines=(sung(text, 0, 100),)), profile, start_ms=0, duration_ms=9000)
        rows = [line for line in script.splitlines() if line.startswith("Dialogue: 1")]
        assert 1 < len(rows) <= most
        assert sum(row.count("\\kf") for row in rows) == len(text.split())


def test_it_cuts_an_endless_line_short():
    line = Line(text="夜" * 20_000, start_ms=0, end_ms=2000)
    script = ass_script(CaptionTrack(lines=(line,)), WIDE, start_ms=0, duration_ms=9000)
    assert 0 < script.count("夜") <= 2 * 240


def test_it_shows_title_and_artist_in_the_title_mode(tmp_path):
    track = CaptionTrack(mode="title", title="Neon Rivers", artist="The Band", lines=(sung("not shown"),))
    assert (drawn(track, WIDE, 3000, tmp_path).max(axis=2) > 150).sum() > 300
    assert drawn(track, WIDE, 9000, tmp_path).max() < 20
    assert captions_within(track, 0, 4000) == track.model_copy(update={"lines": ()})
    assert captions_within(track, 8000, 12000) is None
    assert captions_within(track.model_copy(update={"mode": "none"}), 0, 4000) is None


def test_it_fades_in_and_out(tmp_path):
    track = CaptionTrack(lines=(sung("hello world", 1000, 1000),), mode="subtitle")
    show, hide = display_spans(track.lines)[0]
    bright = [drawn(track, WIDE, ms, tmp_path).max() for ms in (show + 40, show + 400, hide - 60, hide + 20)]
    assert bright[0] < 0.6 * bright[1]
    assert bright[2] < 0.6 * bright[1]
    assert bright[3] < 10


def test_it_ships_every_font_with_its_license():
    table = (FOLDER / "README.md").read_text()
    fonts = list(FOLDER.glob("*.ttf"))
    assert len(fonts) >= 12
    for font in fonts:
        row = next(line for line in table.splitlines() if font.name in line)
        license_file = re.search(r"LICENSE-[a-z-]+\.txt", row)
        assert license_file is not None
        assert "SIL OPEN FONT LICENSE" in (FOLDER / license_file.group()).read_text().upper()
    assert sum(font.stat().st_size for font in fonts) < 10_500_000
