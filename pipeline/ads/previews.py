"""A template's picture for its card: four of its beats, drawn and dressed by the code that makes the film."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ads.values import Brief, Template
from pipeline.ads.writing import filled_beats
from pipeline.media.grades import graded_picture
from pipeline.media.painting import paint
from pipeline.media.products import Placing, with_product

WIDTH, HEIGHT = 480, 270
SAMPLE = Brief(
    product="Harbor lamp",
    what="a lamp for long evenings",
    audience="people who read",
    tone="calm",
    points=("Light like candles", "Made to last", "One switch", "Warm wood", "Easy to carry"),
    call_to_action="See it at a shop near you",
)
Bytes = NDArray[np.uint8]


def preview_jpeg(template: Template) -> bytes:
    """Two rows of two beats of the shortest length, 960 x 540."""
    picture = cv2.cvtColor(preview(template), cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 84])
    if not done:
        raise ValueError("the preview could not be encoded")
    return data.tobytes()


def preview(template: Template) -> Bytes:
    """(540, 960, 3) RGB."""
    beats = filled_beats(template, template.seconds[0], SAMPLE)
    shown = [beats[0], *[beat for beat in beats[1:-1] if beat.product][:1], *beats[-2:]]
    product = sample_product()
    tiles = []
    for number, beat in enumerate((shown + list(beats))[:4]):
        picture = paint(beat.prompt, seed=number + 1, width=WIDTH, height=HEIGHT, palette=beat.palette).image
        picture = with_product(picture, None, product, Placing())[0] if beat.product else picture
        grade = template.grade_of(beat.name)
        tiles.append(graded_picture(picture, grade) if grade is not None else picture)
    return np.vstack([np.hstack(tiles[:2]), np.hstack(tiles[2:])])


def sample_product() -> Bytes:
    """A small lamp, RGBA: something to stand where the product will."""
    picture = np.zeros((600, 360, 4), np.uint8)
    cv2.fillPoly(picture, [np.array([[90, 40], [270, 40], [340, 250], [20, 250]], np.int32)], (255, 214, 140, 255))
    cv2.fillPoly(picture, [np.array([[120, 60], [180, 60], [150, 235], [60, 235]], np.int32)], (255, 238, 196, 255))
    cv2.rectangle(picture, (168, 250), (192, 540), (112, 78, 52, 255), -1)
    cv2.rectangle(picture, (176, 250), (182, 540), (150, 110, 78, 255), -1)
    cv2.ellipse(picture, (180, 556), (110, 28), 0, 0, 360, (96, 64, 42, 255), -1, cv2.LINE_AA)
    return picture
