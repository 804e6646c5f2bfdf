"""The filter graph of a shot: pure text, but for the small files that captions and cards need beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.media.brand import Brand, BrandFiles, Sheet
from pipeline.media.brand_stills import draw_brand
from pipeline.media.captions import CaptionTrack, ass_script, caption_files
from pipeline.media.captions.fontfolder import FONTS, link_fonts
from pipeline.media.cards import Card, card_span, draw_card
from pipeline.media.profile import Profile, color_filter
from pipeline.media.run import guarded_input
from pipeline.media.timeline import ms_at

EDGE_WIDTH, EDGE_HEIGHT = 32, 18
SCRIPT, CARD = "captions.ass", "card.png"
SLOWEST = 0.5


@dataclass(frozen=True)
class Overlay:
    """What is drawn over the moving picture: further inputs, filters on the film's clock, environment of ffmpeg."""

    inputs: list[str] = field(default_factory=list)
    filters: str = ""
    env: dict[str, str] = field(default_factory=dict)


def overlays(
    captions: CaptionTrack | None,
    card: Card | None,
    profile: Profile,
    film_frames: range,
    folder: Path,
    *,
    brand: Brand | None = None,
    files: BrandFiles | None = None,
) -> Overlay:
    """Write the files that captions, card and brand need into `folder` and tell how to draw them."""
    chain: list[str] = []
    inputs: list[str] = []
    env: dict[str, str] = {}
    if card is not None and (placed := draw_card(card, profile, folder / CARD)) is not None:
        inputs = guarded_input(CARD)
        chain.append(_card_filter(card, profile, placed))
    for sheet in draw_brand(brand, files or BrandFiles(), profile, film_frames, folder) if brand is not None else ():
        inputs = [*inputs, *guarded_input(sheet.path)]
        chain.append(_sheet_filter(sheet, profile, inputs.count("-i")))
    if captions is not None:
        start_ms, end_ms = ms_at(film_frames.start, profile.fps), ms_at(film_frames.stop, profile.fps)
        script = ass_script(captions, profile, start_ms=start_ms, duration_ms=end_ms - start_ms)
        if "Dialogue:" in script:
            (folder / SCRIPT).write_text(script, encoding="utf-8")
            env = link_fonts(folder, caption_files(captions))
            chain.append(f"ass=filename={SCRIPT}:fontsdir={FONTS}:shaping=complex")
    return Overlay(inputs=inputs, filters=",".join(chain), env=env)


def shot_graph(source: str, added: Overlay, *, start_frame: int, picked: Sequence[int], fps: int) -> str:
    """The graph from input 0 to the pads [film] (to be encoded) and [edges] (fingerprints of the `picked` file frames).

    `source` are filters that bring input 0 to the film's size and rate, empty for raw frames that have both.
    """
    # Inside, the clock counts film frames (one tick each): captions and cards are drawn at the film's time, not the
    # file's.
    enter = [source] if source else []
    # Colors that captions and cards bring are converted by what the link says, so it has to say BT.709 here already.
    enter += ["setparams=range=tv:colorspace=bt709", f"settb=1/{fps}", f"setpts=N+{start_frame}"]
    drawn = [added.filters] if added.filters else []
    leave = [f"setpts=PTS-{start_frame}", "split=2[picture][sample]"]
    wanted = "+".join(f"eq(n,{i})" for i in picked)
    return (
        f"[0:v]{','.join(enter + drawn + leave)};"
        f"[picture]{color_filter()}[film];"
        f"[sample]select='{wanted}',extractplanes=y,scale={EDGE_WIDTH}:{EDGE_HEIGHT}:flags=area[edges]"
    )


def clip_filters(seconds: float, frames: int, profile: Profile) -> str:
    """Filters that make exactly `frames` frames of the profile's size and rate from a clip of `seconds`."""
    speed = min(1.0, max(SLOWEST, seconds * profile.fps / frames))
    size = f"{profile.width}:{profile.height}"
    return ",".join(
        [
            f"setpts=(PTS-STARTPTS)/{speed:.6f}",
            f"fps={profile.fps}:round=near",
            f"scale={size}:force_original_aspect_ratio=increase:flags=bicubic:out_color_matrix=bt709:out_range=tv",
            f"crop={size}",
            "format=yuv420p",
            "tpad=stop=-1:stop_mode=clone",
            f"trim=end_frame={frames}",
        ]
    )


def _card_filter(card: Card, profile: Profile, place: tuple[int, int]) -> str:
    """Overlay input 1 at `place` on the film's clock, fading in and out."""
    first, last, fade = card_span(card, profile.fps)
    frames = last - first
    fades = f"fade=t=in:s=0:n={fade}:alpha=1,fade=t=out:s={frames - fade}:n={fade}:alpha=1"
    # The still is decoded and converted once, then repeated; the overlay waits for its time and ends with it.
    return (
        "null[under];[1:v]scale=out_color_matrix=bt709:out_range=tv,format=yuva420p,"
        f"loop={frames - 1}:1:0,settb=1/{profile.fps},setpts=N,{fades},setpts=N+{first}[card];"
        f"[under][card]overlay={place[0]}:{place[1]}:eof_action=pass"
    )


def _sheet_filter(sheet: Sheet, profile: Profile, number: int) -> str:
    """Overlay input `number` on the film's clock for the sheet's frames."""
    frames = sheet.last - sheet.first
    fades = [f"fade=t=in:s=0:n={sheet.fade_in}:alpha=1"] if sheet.fade_in else []
    fades += [f"fade=t=out:s={frames - sheet.fade_out}:n={sheet.fade_out}:alpha=1"] if sheet.fade_out else []
    clock = [f"loop={frames - 1}:1:0", f"settb=1/{profile.fps}", "setpts=N", *fades, f"setpts=N+{sheet.first}"]
    still = ",".join(["scale=out_color_matrix=bt709:out_range=tv", "format=yuva420p", *clock])
    return (
        f"null[below{number}];[{number}:v]{still}[sheet{number}];"
        f"[below{number}][sheet{number}]overlay={sheet.x}:{sheet.y}:eof_action=pass"
    )
