"""The palettes: the colors of sky, light, land and accents for each mood, and how time of day changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.media.painting.color import Floats, lit, mix, oklab, rgb, shifted

# name: (sky from top to horizon, glow of sun or moon, far land, near land, four accents, natural times of day)
_TABLE: dict[str, tuple[str, str, str, str, str, str]] = {
    "sunset": (
        "2b1b4d 6a2c70 d1495b f79256 ffd9a0",
        "ffe3b0",
        "a8577e",
        "1c1030",
        "f79256 d1495b ffd166 6a2c70",
        "sunset dusk",
    ),
    "golden": (
        "4f7cac 9fb8ad f2d0a4 f5b971 fff0c9",
        "fff3cf",
        "b39a86",
        "2d2a32",
        "e9b44c 9b2915 50a2a7 e4d6a7",
        "day sunset",
    ),
    "dawn": ("39507a 7d7fb0 d8a0b8 f6c6b6 ffe9d6", "fff1dd", "a795b5", "2c2f4a", "f6c6b6 7d7fb0 ffd6a5 9bd0d8", "dawn"),
    "night": (
        "050a1c 0b1737 152c5b 2c4f86 5f86b3",
        "f2f5ff",
        "27456f",
        "03060f",
        "5f86b3 f4d35e 7ee0ff b892ff",
        "night",
    ),
    "neon": (
        "0b0221 1c0744 4a0f6b a4187f ff5d8f",
        "ffd0ec",
        "5b1d7a",
        "08021a",
        "ff2e88 00e5ff ffe14d 8c52ff",
        "night dusk",
    ),
    "cyber": (
        "020b14 05263a 0a4c5e 128a8a 63e6be",
        "d9fff4",
        "0e5563",
        "010a10",
        "00f5d4 fee440 f15bb5 00bbf9",
        "night",
    ),
    "teal": (
        "0f2a3b 24506b 5b8a9b a7c4bc e8e4d0",
        "fff8e1",
        "6f98a3",
        "0d202b",
        "e8a87c 41b3a3 c38d9e e27d60",
        "dawn day dusk",
    ),
    "storm": (
        "14181f 2a323d 4b5866 7a8791 b9bfc0",
        "eef3f5",
        "66727d",
        "0c0f13",
        "8fa3ad e0a458 5b6c8f f2e9e4",
        "day dusk",
    ),
    "dream": (
        "5b4b8a 8f7fc4 c9a7e0 f5c6e0 fff0f2",
        "fffaf2",
        "b79ad0",
        "3a2f66",
        "ff9ecf 9ee7ff ffe8a3 b8a1ff",
        "dawn dusk",
    ),
    "candy": ("3a86ff 7fb3ff b9d4ff ffd6c5 fff7d6", "ffffff", "8fb0ff", "3c2a72", "ff006e ffbe0b 3a86ff 06d6a0", "day"),
    "fire": (
        "120608 3b0d11 8a1c1c e2571e ffc145",
        "fff0b8",
        "7d221d",
        "0d0404",
        "ff6b35 f7c59f d00000 ffba08",
        "sunset dusk",
    ),
    "verdant": (
        "2c5a5a 5f9a8c a6cdb0 dcebc6 fcf8dd",
        "fffbe0",
        "7fae93",
        "0c241c",
        "a3c585 f0c36b 4f9f66 fefae0",
        "dawn day",
    ),
    "arctic": (
        "04121f 0a2a43 14576b 2f8f8b a9e5cf",
        "f2fffb",
        "3c7f92",
        "06141f",
        "80ffdb 72efdd 5390d9 8f5be8",
        "night",
    ),
    "dune": (
        "3f6a8a 88a9b5 e5c9a5 f0a868 ffe1b0",
        "fff4d8",
        "d99a6c",
        "5a2a1d",
        "e07a5f f2cc8f 3d405b 81b29a",
        "day sunset",
    ),
    "noir": (
        "08080a 17181c 34363d 6b6e76 c8c8c6",
        "ffffff",
        "4a4c53",
        "050506",
        "e63946 f1faee a8a8a8 5c5f66",
        "night dusk",
    ),
    "azure": ("0b4c8d 1f7fc0 6bb6e0 bfe3ec fdf6e0", "fffbe6", "5fa3c5", "06283d", "ffcb77 17c3b2 fe6d73 227c9d", "day"),
    "rose": (
        "4a2545 8e4162 d77a8c f5b5a8 ffe5d9",
        "fff0e5",
        "b46a86",
        "2a1228",
        "ff6b8b ffb3c1 ffd97d c9184a",
        "sunset dawn dusk",
    ),
    "autumn": (
        "43505e 8a7f74 d1a36e efb158 ffe2a8",
        "fff0cc",
        "a8754f",
        "25150f",
        "d9591e f2a93b 8f2d1b e8cf8c",
        "day sunset",
    ),
    "royal": (
        "0d0628 24105a 4b2a9b 8d5fd3 e0b8f0",
        "f8e9ff",
        "4f3596",
        "0a0420",
        "b388ff ffd54f ff6ec7 5ce1e6",
        "night dusk",
    ),
    "ember": (
        "140c12 2e1a22 5f2f2d a65a38 f2b56b",
        "ffe2ae",
        "5d3a35",
        "0b0607",
        "ff9f45 ffcf70 c8553d 6c8ea4",
        "night dusk",
    ),
}

# OKLab lightness of the five sky stops, then of far and near land, at each time of day.
_LEVELS: dict[str, tuple[float, ...]] = {
    "dawn": (0.42, 0.57, 0.73, 0.84, 0.94, 0.62, 0.22),
    "day": (0.55, 0.67, 0.79, 0.88, 0.96, 0.66, 0.25),
    "sunset": (0.30, 0.44, 0.62, 0.76, 0.90, 0.52, 0.17),
    "dusk": (0.22, 0.33, 0.47, 0.62, 0.78, 0.42, 0.13),
    "night": (0.13, 0.20, 0.29, 0.41, 0.55, 0.36, 0.09),
}


@dataclass(frozen=True)
class Colors:
    """The colors of one picture, (3,) arrays of floats 0..1; `sky` runs from top to horizon, `accents` has four."""

    name: str
    time: str
    sky: tuple[Floats, ...]
    glow: Floats
    far: Floats
    near: Floats
    accents: tuple[Floats, ...]
    haze: Floats

    @property
    def dark(self) -> bool:
        """Whether lamps and windows glow: the sky above is dark."""
        return bool(oklab(self.sky[1])[0] < 0.40)

    def land(self, nearness: float) -> Floats:
        """The color of land, far 0 to near 1."""
        return mix(self.far, self.near, min(1.0, max(0.0, nearness)))


def natural_times(name: str) -> tuple[str, ...]:
    """The times of day at which a palette needs no change."""
    return tuple(_TABLE[name][5].split())


def palette_colors(name: str, time: str, rng: np.random.Generator) -> Colors:
    """A palette at a time of day, varied by the generator: hue up to 20 degrees, chroma, lightness and the order of
    accents.
    """
    sky_codes, glow, far, near, accents, _ = _TABLE[name]
    stops = [rgb("#" + code) for code in sky_codes.split()]
    land = [rgb("#" + far), rgb("#" + near)]
    hue = float(rng.normal(0, 0.18))
    hue = max(-0.35, min(0.35, hue)) * (0.3 if name == "noir" else 1.0)
    chroma = float(rng.uniform(0.80, 1.16))
    share = 0.0 if time in natural_times(name) else 0.82
    levels = _LEVELS[time]
    stops = [lit(shifted(s, hue=hue, chroma=chroma), levels[i], share) for i, s in enumerate(stops)]
    # The light gathers nearer to or farther from the horizon: the same palette makes different skies.
    bend = float(rng.uniform(-0.22, 0.3))
    stops = [mix(s, stops[min(4, i + 1)] if bend > 0 else stops[max(0, i - 1)], abs(bend)) for i, s in enumerate(stops)]
    far_color = lit(shifted(land[0], hue=hue, chroma=chroma), levels[5], share)
    near_color = lit(shifted(land[1], hue=hue, chroma=chroma), levels[6], share)
    picked = [shifted(rgb("#" + a), hue=hue * 0.6) for a in accents.split()]
    turn = int(rng.integers(0, 4))
    glow_color = shifted(rgb("#" + glow), hue=hue, chroma=1.1)
    return Colors(
        name,
        time,
        tuple(stops),
        glow_color,
        far_color,
        near_color,
        tuple(picked[turn:] + picked[:turn]),
        mix(stops[4], far_color, 0.35),
    )


def nearest_palette(pixels: NDArray[np.uint8], among: Sequence[str]) -> str:
    """Whose colors a picture (H x W x 3, RGB) is nearest to, in OKLab; `among` are names of palettes, at least one."""
    seen = oklab(pixels.reshape(-1, 3).astype(np.float64) / 255)

    def distance(name: str) -> float:
        sky, glow, far, near, accents, _ = _TABLE[name]
        own = np.stack([oklab(rgb(f"#{code}")) for code in (*sky.split(), glow, far, near, *accents.split())])
        apart = np.linalg.norm((seen[:, None, :] - own[None, :, :]) * (0.6, 1.6, 1.6), axis=2)
        return float(apart.min(axis=1).mean() + 0.25 * apart.min(axis=0).mean())  # and its own colors occur

    return min(among, key=distance)
