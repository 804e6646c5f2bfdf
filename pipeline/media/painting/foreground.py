"""Puts what the words ask for into a scene: in the sky, on the water, far off, and near the viewer on a dark bank."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting import company, landmarks, people, plants, things, townlife, vehicles
from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix
from pipeline.media.painting.creatures import draw_deer, paint_birds
from pipeline.media.painting.flowers import paint_flower_row
from pipeline.media.painting.ground import bank

_SKY = ("birds", "plane", "balloon", "lanterns")
_FAR = ("lighthouse", "bridge", "house", "windmill")
_PEOPLE = ("person", "couple", "dancer", "musician", "child", "umbrella")
_POSES: dict[str, tuple[str, ...]] = {
    "walk": ("walk", "walking", "wander"),
    "run": ("run", "running"),
    "sit": ("sit", "sitting"),
    "stand": ("stand", "standing", "wait", "waiting", "alone", "lonely", "tired", "sad", "slow", "lost"),
}
_QUIET = ("storm", "noir", "night", "teal", "ember", "autumn")
"""Palettes in which nobody throws up the arms unasked."""
_COUPLES: dict[str, tuple[str, ...]] = {
    "embrace": ("kiss", "kissing", "embrace", "hug"),
    "waltz": ("dance", "dancing", "waltz", "dancer"),
}
_NO_SEAT = ("street", "road", "rails", "stage", "skyline", "synthwave")
"""Where nobody sits on the ground."""
_INSTRUMENTS: dict[str, tuple[str, ...]] = {
    "microphone": ("singer", "singing", "microphone"),
    "guitar": ("guitar", "guitarist"),
}
_FLAT = ("street", "road", "rails", "grid")
_TOWN = ("tram", "stalls")
_BESIDE = ("tree", "palm", "cactus", "bench", "lamp", "fire", "deer", "horse")
_WIDE = ("wires", "fence", "grass", "flowers", "crowd", "rails")


def paint_sky_things(canvas: Canvas, brief: Brief, place: Place) -> None:
    """What flies, and what stands far off on the horizon or the water."""
    rng = canvas.rng("far-things")
    names = brief.foregrounds
    if "birds" in names:
        paint_birds(canvas, place.horizon)
    if "plane" in names:
        vehicles.paint_plane(canvas, place.horizon)
    if "lanterns" in names and brief.kind != "lights":
        things.paint_lanterns(canvas, place.horizon)
    if "balloon" in names:
        for index in range(int(rng.integers(1, 4))):
            size = canvas.unit * (0.20 / (1 + 0.8 * index)) * float(rng.uniform(0.8, 1.2))
            x = canvas.width * float(rng.uniform(0.15, 0.85))
            vehicles.paint_air_balloon(canvas, x, place.horizon * float(rng.uniform(0.25, 0.55)), size, str(index))
    _far(canvas, brief, place, rng)
    if "boat" in names and place.water:
        _boats(canvas, brief, place, rng)


def _far(canvas: Canvas, brief: Brief, place: Place, rng: np.random.Generator) -> None:
    names = brief.foregrounds
    side = 0.8 if canvas.light[0] < canvas.width / 2 else 0.2
    dark = canvas.colors.dark or brief.time in ("dusk", "sunset", "dawn")
    if "bridge" in names and brief.kind not in ("street", "window"):
        color = canvas.colors.land(0.62)
        tall = canvas.unit * float(rng.uniform(0.22, 0.34))
        landmarks.paint_bridge(canvas, place.horizon - canvas.unit * 0.03, tall, color, lamps=dark)
    if "lighthouse" in names:
        x = canvas.width * float(np.clip(side + rng.normal(0, 0.06), 0.1, 0.9))
        foot = place.water[0] + canvas.unit * 0.03 if place.water else place.ground
        landmarks.paint_lighthouse(canvas, x, foot, canvas.unit * float(rng.uniform(0.22, 0.36)), lit=dark)
    if "house" in names:
        x = canvas.width * float(np.clip(1 - side + rng.normal(0, 0.10), 0.15, 0.85))
        foot = (
            (place.ground * 0.65 + place.near * 0.35) if place.surface == "land" and not place.water else place.ground
        )
        landmarks.paint_house(
            canvas, x, foot, canvas.unit * float(rng.uniform(0.12, 0.2)), name="far", snow=brief.snowy, lit=dark
        )
    if "train" in names and brief.kind not in ("rails", "window", "underwater", "space"):
        row = place.ground - canvas.unit * 0.012 if place.water else place.ground * 0.8 + place.near * 0.2
        vehicles.paint_train(canvas, row, canvas.unit * float(rng.uniform(0.028, 0.045)), rng)
    if "windmill" in names:
        pen = Pen(canvas)
        foot = place.ground * 0.75 + place.near * 0.25
        landmarks.draw_windmill(pen, rng, canvas.width * side, foot, canvas.unit * float(rng.uniform(0.22, 0.34)))
        pen.stamp(canvas.colors.land(0.85), depth=140, rim=0.3)


def _boats(canvas: Canvas, brief: Brief, place: Place, rng: np.random.Generator) -> None:
    if place.water is None:
        return
    top, bottom = place.water
    kind = "ship" if brief.has("ship", "pirate", "voyage") else "row" if brief.has("row", "canoe", "rowboat") else ""
    count = 1 if "boat" in brief.asked and not brief.has("boats", "ships") else int(rng.integers(1, 3))
    for index in range(count):
        share = float(rng.uniform(0.08, 0.5)) / (1 + index)
        row = top + (bottom - top) * share
        near = 0.35 + 1.1 * share
        # A boat reads best in front of the light's path or well beside it.
        x = (
            canvas.light[0]
            + canvas.width * float(rng.choice([0.0, 0.2, -0.2, 0.32, -0.32]))
            + float(rng.normal(0, canvas.unit * 0.03))
        )
        x = float(np.clip(x, canvas.width * 0.14, canvas.width * 0.86))
        style = kind or str(rng.choice(["sail", "sail", "row"] if brief.kind != "ocean" else ["sail", "sail", "ship"]))
        pen = Pen(canvas)
        if style == "row":
            vehicles.draw_rowboat(pen, rng, x, row, canvas.unit * 0.24 * near)
        elif style == "ship":
            for lx, ly in vehicles.draw_ship(pen, rng, x, row, canvas.unit * 0.34 * near):
                canvas.glow(lx, ly, canvas.unit * 0.008, things.WARM, 0.9)
        else:
            vehicles.draw_sailboat(pen, rng, x, row, canvas.unit * 0.30 * near)
        _reflection(canvas, pen, row)
        pen.stamp(canvas.colors.land(0.92), depth=int(110 + 90 * share), rim=0.35)


def _reflection(canvas: Canvas, pen: Pen, row: float) -> None:
    """The boat's dark mirror image, broken into streaks and fading downward."""
    left, top, right, _ = pen.box
    line = min(int(row), canvas.height - 2)
    tall = min(line - top, canvas.height - line)
    if tall < 3 or right <= left:
        return
    mirrored = pen.mask[line - tall : line, left:right][::-1].astype(np.float32) / 255
    rows = np.arange(tall, dtype=np.float32)[:, None]
    fade = np.exp(-rows / max(1.0, tall * 0.40)) * (0.62 + 0.38 * np.sin(rows * 40 / max(tall, 40)))
    canvas.lay(canvas.colors.near, mirrored * fade * np.float32(0.62), line, left)


def paint_near_things(canvas: Canvas, brief: Brief, place: Place) -> None:
    """Everything near: on a dark bank at the foot of the frame, or on the scene's own ground."""
    names = [name for name in brief.foregrounds if _stands_near(name, brief, place)]
    if not names:
        return
    rng = canvas.rng("near-things")
    big = bool(rng.random() < 0.5)
    line: Floats | None = None
    if place.ledge:
        row = canvas.height * float(rng.uniform(0.88, 0.95))
        line = _ledge(canvas, brief, row, rng)
    slots = _slots(canvas, rng, place)
    if "stalls" in names:
        townlife.paint_stalls(canvas, place.near, place.horizon, place.tall, place.span, rng)
        names.remove("stalls")
    for name in sorted(names, key=lambda n: n in _WIDE):
        if name in _WIDE:
            _wide(canvas, brief, name, place, line, rng)
            continue
        x = _column(canvas, brief, place, name, slots, rng)
        size = float(rng.uniform(0.9, 1.25)) if big else float(rng.uniform(0.55, 0.8))
        foot = _foot(canvas, place, line, x, rng)
        if place.surface in _FLAT:
            # On flat ground the size follows from the row: those who are smaller stand farther away.
            size = min(size, 1.08)
            if name == "car":
                size = min(size, (0.46 if canvas.tall else 0.34) * canvas.width / place.tall)
            if name == "tram":
                size = min(size, 0.62, 0.30 * canvas.width / place.tall)
            # An upright film has its words in the middle: what drives there would be hidden behind them.
            nearest = 0.82 if canvas.tall and name in ("car", "tram") else size
            foot = place.horizon + (place.near - place.horizon) * max(size, nearest)
        if place.surface in ("stage", "room"):
            size = 1.0
        tall = place.tall * size
        if canvas.tall and place.surface != "room":  # below the captions of an upright film
            tall = min(tall, 0.25 * canvas.height)
        _one(canvas, brief, name, (x, foot), tall, place.horizon, rng)


def _column(
    canvas: Canvas, brief: Brief, place: Place, name: str, slots: list[float], rng: np.random.Generator
) -> float:
    """Where across the frame a near thing stands; takes a slot away."""
    x = slots.pop(0) if slots else canvas.width * float(rng.uniform(0.2, 0.8))
    if name == "tram" and "stalls" in brief.foregrounds:
        x = canvas.light[0]
    if name in ("tree", "palm"):
        x = canvas.width * float(rng.choice([rng.uniform(0.04, 0.2), rng.uniform(0.8, 0.96)]))
    if place.surface in ("road", "rails") and name in _BESIDE:
        return _verge(canvas, place, rng)
    return float(np.clip(x, place.span[0], place.span[1]))


def _verge(canvas: Canvas, place: Place, rng: np.random.Generator) -> float:
    """A column beside the way, on the side where there is more room."""
    left, right = place.span[0], canvas.width - place.span[1]
    away = float(rng.uniform(0.30, 0.75)) * max(left, right)
    return left - away if left > right else place.span[1] + away


def _stands_near(name: str, brief: Brief, place: Place) -> bool:
    """Whether this is painted near the viewer, and not by the scene itself, far off, in the sky or nowhere."""
    if name in (*_SKY, *_FAR, "rails", "train", "boat"):
        return False
    if name in _TOWN:
        return place.surface == "street"
    if name == "wires" and place.surface in ("road", "rails"):
        return False
    if name == "car":
        return brief.kind not in ("road", "synthwave")
    return name != "palm" or brief.kind != "synthwave"


def _slots(canvas: Canvas, rng: np.random.Generator, place: Place) -> list[float]:
    thirds = [0.31, 0.69, 0.5, 0.2, 0.8]
    order = [thirds[int(k)] for k in rng.permutation(2)] + [thirds[int(k)] for k in 2 + rng.permutation(3)]
    spread = place.span[1] - place.span[0]
    spots = [place.span[0] + spread * (u + float(rng.normal(0, 0.035))) for u in order]
    if rng.random() < 0.35:
        spots.insert(0, canvas.light[0])
    return spots


def _foot(canvas: Canvas, place: Place, line: Floats | None, x: float, rng: np.random.Generator) -> float:
    if line is not None:
        return float(line[int(np.clip(x, 0, canvas.width - 1))]) + canvas.unit * 0.006
    return place.near + canvas.unit * float(rng.uniform(-0.01, 0.01))


def _ledge(canvas: Canvas, brief: Brief, row: float, rng: np.random.Generator) -> Floats:
    """A dark bank with a grassy, rocky or bare edge; returns its upper edge."""
    style = str(rng.choice(["grass", "rock", "bare"]))
    if brief.kind in ("ocean", "desert", "harbor"):
        style = "bare" if brief.kind == "desert" else str(rng.choice(["rock", "bare"]))
    rough = canvas.unit * {"grass": 0.03, "rock": 0.065, "bare": 0.022}[style]
    line = bank(canvas, "ledge", row, rough)
    pen = Pen(canvas)
    columns = np.arange(0, canvas.width, 2)
    edge = np.stack([columns, line[columns]], 1).tolist()
    pen.polygon(
        [
            (-2, canvas.height + 4),
            (-2, float(line[0])),
            *edge,
            (canvas.width + 2, float(line[-1])),
            (canvas.width + 2, canvas.height + 4),
        ]
    )
    if style == "grass":
        plants.draw_grass(
            pen, rng, line, canvas.unit * float(rng.uniform(0.03, 0.06)), int(170 * canvas.width / canvas.unit)
        )
    pen.stamp(canvas.colors.near, depth=226, rim=0.28)
    return line


def _wide(canvas: Canvas, brief: Brief, name: str, place: Place, line: Floats | None, rng: np.random.Generator) -> None:
    ground = line if line is not None else np.full(canvas.width, place.near, np.float32)
    pen = Pen(canvas)
    if name == "wires":
        things.draw_wires(
            canvas,
            pen,
            rng,
            float(ground.mean()),
            canvas.unit * float(rng.uniform(0.55, 0.85)),
        )
    elif name == "fence":
        things.draw_fence(pen, rng, ground, canvas.unit * float(rng.uniform(0.07, 0.12)))
    elif name == "grass":
        # Whoever stands in it shall be seen.
        tall = canvas.unit * (0.09 if set(brief.foregrounds) & {*_PEOPLE, "deer", "horse", "bicycle"} else 0.2)
        plants.draw_grass(pen, rng, ground, tall, int(260 * canvas.width / canvas.unit), ears=0.35)
    elif name == "crowd":
        head = canvas.unit * float(rng.uniform(0.032, 0.06))
        company.draw_crowd(pen, rng, canvas.height - head * 0.6, head, (0, canvas.width), cheering=0.5)
    elif name == "flowers":
        paint_flower_row(
            canvas,
            brief,
            ground,
            canvas.unit * float(rng.uniform(0.022, 0.036)),
            int(15 * canvas.width / canvas.unit) + 5,
        )
        return
    pen.stamp(canvas.colors.near, depth=230, rim=0.2)


def _one(
    canvas: Canvas,
    brief: Brief,
    name: str,
    spot: tuple[float, float],
    tall: float,
    horizon: float,
    rng: np.random.Generator,
) -> None:
    """One near thing on its spot; `tall` is the height of a person there."""
    x, foot = spot
    pen = Pen(canvas)
    if name in _PEOPLE:
        canvas.focus = (x, foot - tall * 0.6)
        _someone(canvas, brief, pen, name, x, foot, tall, rng)
        return
    if name == "tree":
        plants.paint_tree(canvas, brief, x, foot, canvas.unit * float(rng.uniform(0.55, 0.95)), "near")
    elif name == "car":
        vehicles.paint_car(canvas, x, foot, tall * 1.15)
    elif name == "tram":
        townlife.paint_tram(canvas, x, foot, tall * 1.35, horizon)
    elif name == "lamp":
        things.paint_lamp(canvas, x, foot, max(tall * 1.7, canvas.unit * 0.36))
    elif name == "fire":
        things.paint_fire(canvas, x, foot, canvas.unit * 0.13)
    else:
        _silhouette(canvas, pen, name, x, foot, tall, rng)
        pen.stamp(canvas.colors.near, depth=232, rim=0.55)


def _silhouette(
    canvas: Canvas, pen: Pen, name: str, x: float, foot: float, tall: float, rng: np.random.Generator
) -> None:
    """Palms, cacti, a deer or a bench, in groups that lean into the picture."""
    inward = 1 if x < canvas.width / 2 else -1
    if name == "palm":
        for k in range(int(rng.integers(1, 4))):
            plants.draw_palm(
                pen, rng, x + k * canvas.unit * 0.09 * inward, foot, canvas.unit * float(rng.uniform(0.45, 0.8))
            )
    elif name == "cactus":
        for k in range(int(rng.integers(1, 4))):
            plants.draw_cactus(pen, rng, x + canvas.unit * 0.16 * k * inward, foot, tall * (1.25 - 0.35 * k))
    elif name in ("deer", "horse"):
        draw_deer(pen, rng, x, foot, tall * (1.05 if name == "horse" else 0.9), horse=name == "horse")
    elif name == "bicycle":
        vehicles.draw_cyclist(pen, rng, x, foot, tall)
    elif name == "bench":
        things.draw_bench(pen, x, foot, tall * 0.8)
        if rng.random() < 0.6:
            people.draw_person(pen, rng, x + tall * 0.1, foot - tall * 0.16, tall, "sit")


def _someone(
    canvas: Canvas, brief: Brief, pen: Pen, name: str, x: float, foot: float, tall: float, rng: np.random.Generator
) -> None:
    """People in the pose that the words name."""
    if name == "couple":
        pose = _named(brief, _COUPLES)
        if not pose and brief.kind in _NO_SEAT:
            pose = str(rng.choice(["hands", "embrace"]))
        company.draw_couple(pen, rng, x, foot, tall, pose)
    elif name == "musician":
        company.draw_musician(pen, rng, x, foot, tall, _named(brief, _INSTRUMENTS))
    elif name == "umbrella":
        company.draw_umbrella(pen, rng, x, foot, tall)
    elif name == "child":
        balloons = company.draw_child(pen, rng, x, foot, tall * 0.72)
        _toy_balloons(canvas, balloons)
    else:
        pose = "dance" if name == "dancer" else _named(brief, _POSES)
        if not pose and (brief.weather in ("rain", "storm", "snow", "fog") or brief.palette in _QUIET):
            pose = str(rng.choice(["stand", "walk"]))
        people.draw_person(pen, rng, x, foot, tall, pose, dress=_dress(brief))
    pen.stamp(canvas.colors.near, depth=232, rim=0.55)


def _named(brief: Brief, table: dict[str, tuple[str, ...]]) -> str:
    """The first name of a table of which the prompt holds a word, or ""."""
    return next((name for name, words in table.items() if brief.has(*words)), "")


def _toy_balloons(canvas: Canvas, balloons: list[tuple[float, float, float]]) -> None:
    for index, (x, y, radius) in enumerate(balloons):
        ball = Pen(canvas)
        ball.oval(x, y, radius * 0.86, radius)
        ball.stamp(mix(canvas.colors.accents[index % 4], canvas.colors.near, 0.12), depth=228, rim=0.8)
        canvas.glow(x - radius * 0.3, y - radius * 0.4, radius * 0.24, np.ones(3, np.float32), 0.6)


def _dress(brief: Brief) -> bool | None:
    if brief.has("woman", "girl", "ballerina", "queen", "she", "her", "bride"):
        return True
    return False if brief.has("man", "boy", "king", "he", "cowboy", "astronaut") else None
