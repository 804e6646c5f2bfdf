"""What each model on Replicate is sent. Names differ on every model, so there is one builder per model, never a
generic dictionary; each is checked against the model's own table of inputs before it leaves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from pipeline.providers.base import Limits, ModelRow, ProviderError
from pipeline.providers.capabilities import ImageRequest, MusicRequest, PictureInput, UpscaleRequest, VideoRequest
from pipeline.providers.pictures import told_pictures

Inputs = dict[str, JsonValue]

USUAL_SECONDS = 5
WAN_FPS = 16
WAN_LEAST, WAN_MOST = 81, 121
"""Frames of its shortest clip, for which it has a price, and of its longest."""
SDXL_PIXELS = 1024 * 1024
PAINTED_OVER = 0.8
"""How much of a composition is painted over, of 1: the vendors' own default, which leaves where things are."""
GONE_BY = 0.9
"""The same for a picture that lends little more than its colors."""
_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "file": (str,),
    "list": (list,),
}


@dataclass(frozen=True)
class Files:
    """Addresses of the files that go with a request."""

    first: str = ""
    last: str = ""
    width: int = 16
    height: int = 9


def clip_seconds(limits: Limits, wanted: int) -> int:
    """How long a clip is ordered for a scene of `wanted` seconds: long enough where the model can, else its longest."""
    wanted = wanted or USUAL_SECONDS
    if limits.seconds:
        return next((length for length in sorted(limits.seconds) if length >= wanted), max(limits.seconds))
    return max(limits.min_seconds, min(wanted, limits.max_seconds or wanted))


def nearest_aspect(width: int, height: int, aspects: Any) -> str:
    """The model's aspect ratio that is nearest to the size wanted."""
    named = [name for name in aspects if ":" in str(name)]
    wanted = math.log(width / height)
    return str(min(named, key=lambda name: abs(math.log(int(name.split(":")[0]) / int(name.split(":")[1])) - wanted)))


def _enum(row: ModelRow, name: str) -> Any:
    table = row.inputs.get(name)
    return table.get("enum", ()) if isinstance(table, dict) else ()


def _flux(request: ImageRequest, row: ModelRow, seed: int) -> Inputs:
    aspect = nearest_aspect(request.width, request.height, _enum(row, "aspect_ratio"))
    return {
        "prompt": request.prompt,
        "aspect_ratio": aspect,
        "megapixels": "1",
        "num_outputs": 1,
        "output_format": "jpg",
        "output_quality": 95,
        "seed": seed,
    }


def _flux_pro(request: ImageRequest, row: ModelRow, seed: int) -> Inputs:
    aspect = nearest_aspect(request.width, request.height, _enum(row, "aspect_ratio"))
    return {
        "prompt": request.prompt,
        "aspect_ratio": aspect,
        "output_format": "jpg",
        "output_quality": 95,
        "safety_tolerance": 2,
        "prompt_upsampling": False,
        "seed": seed,
    }


def _sdxl(request: ImageRequest, row: ModelRow, seed: int) -> Inputs:
    """About a megapixel in the wanted shape; both sides in steps of 64, as the model was trained."""
    scale = math.sqrt(SDXL_PIXELS / (request.width * request.height))
    width, height = (max(512, round(side * scale / 64) * 64) for side in (request.width, request.height))
    return {
        "prompt": request.prompt,
        "negative_prompt": request.negative,
        "width": width,
        "height": height,
        "num_outputs": 1,
        "num_inference_steps": 30,
        "seed": seed,
    }


def _klein(request: ImageRequest, row: ModelRow, seed: int) -> Inputs:
    aspect = nearest_aspect(request.width, request.height, _enum(row, "aspect_ratio"))
    return {
        "prompt": request.prompt,
        "aspect_ratio": aspect,
        "output_megapixels": "1",
        "output_format": "jpg",
        "output_quality": 95,
        "seed": seed,
    }


IMAGES: Mapping[str, Callable[[ImageRequest, ModelRow, int], Inputs]] = {
    "black-forest-labs/flux-schnell": _flux,
    "black-forest-labs/flux-dev": _flux,
    "black-forest-labs/flux-1.1-pro": _flux_pro,
    "stability-ai/sdxl": _sdxl,
    "black-forest-labs/flux-2-klein-4b": _klein,
}


def _painted_over(request: ImageRequest, given: Sequence[PictureInput], addresses: Sequence[str]) -> Inputs:
    """Image to image: the model begins with this picture, and answers in its shape."""
    strength = PAINTED_OVER if given[0].role == "composition" else GONE_BY
    return {"image": addresses[0], "prompt_strength": strength}


def _redux(request: ImageRequest, given: Sequence[PictureInput], addresses: Sequence[str]) -> Inputs:
    """The vendor's words: it guides the generation towards the composition of this picture."""
    return {"image_prompt": addresses[0]}


def _listed(request: ImageRequest, given: Sequence[PictureInput], addresses: Sequence[str]) -> Inputs:
    return {"images": list(addresses), "prompt": f"{request.prompt.rstrip()}\n{told_pictures(given)}"}


# what is added to a request for the pictures that go with it: at least one, and no more than the model's row takes
PICTURES: Mapping[str, Callable[[ImageRequest, Sequence[PictureInput], Sequence[str]], Inputs]] = {
    "black-forest-labs/flux-dev": _painted_over,
    "stability-ai/sdxl": _painted_over,
    "black-forest-labs/flux-1.1-pro": _redux,
    "black-forest-labs/flux-2-klein-4b": _listed,
}


def motion_prompt(request: VideoRequest) -> str:
    """What moves, then what is seen: the picture itself is handed over with it."""
    return ". ".join(part.strip(" .") for part in (request.motion or "gentle natural motion", request.prompt) if part)


def _p_video(request: VideoRequest, row: ModelRow, seed: int, files: Files) -> Inputs:
    inputs: Inputs = {
        "prompt": motion_prompt(request),
        "image": files.first,
        "duration": clip_seconds(row.limits, request.seconds),
        "fps": 24,
        "save_audio": False,
        "prompt_upsampling": False,
        "seed": seed,
    }
    return inputs | ({"last_frame_image": files.last} if files.last else {})


def wan_frames(limits: Limits, seconds: int) -> int:
    """How many frames are ordered for so many seconds: what is sent, and what is priced."""
    return max(WAN_LEAST, min(WAN_MOST, clip_seconds(limits, seconds) * WAN_FPS + 1))


def _wan(request: VideoRequest, row: ModelRow, seed: int, files: Files) -> Inputs:
    """This model counts frames: 81 to 121 of them, at 16 in a second."""
    frames = wan_frames(row.limits, request.seconds)
    inputs: Inputs = {
        "prompt": motion_prompt(request),
        "image": files.first,
        "num_frames": frames,
        "frames_per_second": WAN_FPS,
        "go_fast": True,
        "interpolate_output": False,
        "seed": seed,
    }
    return inputs | ({"last_image": files.last} if files.last else {})


def _seedance(request: VideoRequest, row: ModelRow, seed: int, files: Files) -> Inputs:
    inputs: Inputs = {
        "prompt": motion_prompt(request),
        "image": files.first,
        "duration": clip_seconds(row.limits, request.seconds),
        "fps": 24,
        "camera_fixed": request.camera == "hold",
        "seed": seed,
    }
    return inputs | ({"last_frame_image": files.last} if files.last else {})


def _kling(request: VideoRequest, row: ModelRow, seed: int, files: Files) -> Inputs:
    inputs: Inputs = {
        "prompt": motion_prompt(request),
        "start_image": files.first,
        "duration": clip_seconds(row.limits, request.seconds),
        "negative_prompt": request.negative,
    }
    pro = row.settings.get("mode") == "pro"  # only that one arrives at a picture
    return inputs | ({"end_image": files.last} if files.last and pro else {})


def _veo(request: VideoRequest, row: ModelRow, seed: int, files: Files) -> Inputs:
    inputs: Inputs = {
        "prompt": motion_prompt(request),
        "image": files.first,
        "duration": clip_seconds(row.limits, request.seconds),
        "aspect_ratio": nearest_aspect(files.width, files.height, _enum(row, "aspect_ratio")),
    }
    return inputs | ({"last_frame": files.last} if files.last else {})


VIDEOS: Mapping[str, Callable[[VideoRequest, ModelRow, int, Files], Inputs]] = {
    "prunaai/p-video": _p_video,
    "wan-video/wan-2.2-i2v-fast": _wan,
    "bytedance/seedance-1-lite": _seedance,
    "kwaivgi/kling-v2.1": _kling,
    "google/veo-3.1-lite": _veo,
}


def _lyria(request: MusicRequest, row: ModelRow, seed: int) -> Inputs:
    """It takes words alone; the length is asked for in them."""
    length = min(request.seconds, row.limits.max_seconds or request.seconds)
    return {"prompt": f"{request.prompt.rstrip(' .')}. Instrumental, no vocals, about {length} seconds long."}


def _musicgen(request: MusicRequest, row: ModelRow, seed: int) -> Inputs:
    return {
        "prompt": request.prompt,
        "duration": min(request.seconds, row.limits.max_seconds or request.seconds),
        "model_version": "stereo-large",
        "output_format": "wav",
        "normalization_strategy": "loudness",
        "seed": seed,
    }


MUSIC: Mapping[str, Callable[[MusicRequest, ModelRow, int], Inputs]] = {
    "google/lyria-3": _lyria,
    "google/lyria-3-pro": _lyria,
    "meta/musicgen": _musicgen,
}


def _esrgan(request: UpscaleRequest, row: ModelRow, files: Files) -> Inputs:
    short = min(files.width, files.height)
    return {"image": files.first, "scale": max(1, min(4, math.ceil(request.short_side / short))), "face_enhance": False}


def _topaz(request: UpscaleRequest, row: ModelRow, files: Files) -> Inputs:
    target = next((name for side, name in ((720, "720p"), (1080, "1080p")) if request.short_side <= side), "4k")
    return {"video": files.first, "target_resolution": target, "target_fps": max(15, min(120, request.fps))}


UPSCALES: Mapping[str, Callable[[UpscaleRequest, ModelRow, Files], Inputs]] = {
    "daanelson/real-esrgan-a100": _esrgan,
    "topazlabs/video-upscale": _topaz,
}


def checked_inputs(inputs: Inputs, row: ModelRow) -> Inputs:
    """The inputs with the tier's own settings, if the model's table takes them all.

    Raises ProviderError (refused) for what the vendor would refuse: better here than as its 422.
    """
    whole = inputs | row.settings
    wrong = [(name, why) for name, value in whole.items() if (why := wrong_input(row.inputs.get(name), value))]
    wrong += [
        (name, "is required")
        for name, table in row.inputs.items()
        if isinstance(table, dict) and table.get("required") and whole.get(name) in (None, "")
    ]
    if wrong:
        told = ", ".join(f"{name} {why}" for name, why in wrong)
        raise ProviderError(
            f"{row.label or row.name} does not take this request: {told}.",
            kind="invalid_input",
            refused=True,
            transient=False,
            fields=tuple(wrong),
        )
    return whole


def wrong_input(table: Any, value: Any) -> str:
    """What is wrong with a value for an input, or ""; `table` is its row: type, enum, ge, le."""
    if not isinstance(table, dict):
        return "is no input of this model"
    if "enum" in table:
        return "" if value in table["enum"] else f"must be one of {', '.join(map(str, table['enum']))}"
    kind = str(table.get("type"))
    if not isinstance(value, _TYPES.get(kind, (object,))) or (isinstance(value, bool) and kind != "boolean"):
        return f"must be of type {kind}"
    if isinstance(value, (int, float)):
        if "ge" in table and value < table["ge"]:
            return f"must be at least {table['ge']}"
        if "le" in table and value > table["le"]:
            return f"must be at most {table['le']}"
    return ""
