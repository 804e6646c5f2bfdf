"""An ad's brief from a JSON file, with its pictures and its music."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import CommandError

from pipeline.ads.values import Template
from pipeline.media.run import MediaError
from projects.actions.ad_pictures import save_logo, save_shot
from projects.actions.ad_templates import templates
from projects.actions.ads import AdWish, check_length, checked_brief
from projects.actions.create import MusicWish
from projects.actions.film import find_or_create_ad_film
from projects.actions.upload import save_song
from projects.models import Captions, Project, Quality, Soundtrack
from projects.models.project import LARGEST_SEED
from projects.states import IllegalMove

KEYS = (
    "product",
    "what",
    "audience",
    "tone",
    "points",
    "call_to_action",
    "colors",
    "logo",
    "shots",
    "music",
    "grade",
    "title",
)
DEFAULT_SECONDS = 30


def ad_project(options: dict[str, Any], owner: Any) -> Project:
    """The project of `--ad NAME --brief FILE.json`. Raises CommandError, IllegalMove or MediaError in words."""
    offered = templates()
    template = offered.get(options["ad"])
    if template is None:
        raise CommandError(f"There is no ad template {options['ad']}. There are: {', '.join(offered)}.")
    if options["brief"] is None:
        raise CommandError("An ad needs its brief: --brief FILE.json.")
    data = _read(options["brief"])
    seconds = options["seconds"] or DEFAULT_SECONDS
    check_length(template, seconds)
    choices = {name: options[name] for name in ("aspect", "resolution")}
    choices |= seed_choice(options)
    choices |= {"seconds": seconds, "title": options["title"] or str(data.get("title", ""))}
    choices |= {"captions": _captions(options["captions"]), "tier": options["tier"], "style": options["style"] or ""}
    wish = _wish(data, template, seconds, options, owner)
    return find_or_create_ad_film(template, wish, by=owner, choices=choices)


def seed_choice(options: dict[str, Any]) -> dict[str, int]:
    """What `--seed` adds to a project's choices. Raises CommandError for a number that no project can have."""
    seed = options.get("seed")
    if seed is None:
        return {}
    if not 0 <= seed <= LARGEST_SEED:
        raise CommandError(f"A seed is a number from 0 to {LARGEST_SEED}.")
    return {"seed": seed}


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"The brief {path} could not be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"The brief {path} is not JSON: {error}.") from error
    if not isinstance(data, dict):
        raise CommandError(f"The brief {path} is no JSON object.")
    unknown = [key for key in data if key not in KEYS]
    if unknown:
        raise CommandError(f"The brief has {', '.join(unknown)}, which nobody reads. It may have: {', '.join(KEYS)}.")
    for key in ("points", "colors", "shots"):
        if not isinstance(data.get(key, []), list):
            raise CommandError(f"In the brief, {key} is a list.")
    return data


def _wish(data: dict[str, Any], template: Template, seconds: int, options: dict[str, Any], owner: Any) -> AdWish:
    folder = options["brief"].parent
    brief = checked_brief({**data, "points": "\n".join(map(str, data.get("points", [])))}, template, seconds)
    logo = data.get("logo")
    return AdWish(
        brief=brief,
        colors=[str(color) for color in data.get("colors", [])],
        logo=_saved(folder / str(logo), save_logo, owner) if logo else None,
        shots=[_saved(folder / str(shot), save_shot, owner) for shot in data.get("shots", [])],
        music=_music(folder, str(data.get("music", options["music"])), options["mood"], owner),
        grade=str(data.get("grade", "")),
    )


def _saved(path: Path, save: Any, owner: Any) -> Any:
    try:
        with path.open("rb") as source:
            return save(File(source), path.name, by=owner)
    except OSError as error:
        raise CommandError(f"{path} could not be read: {error.strerror}.") from error
    except (MediaError, IllegalMove) as error:
        raise CommandError(f"{path.name}: {error}") from error


def _music(folder: Path, wish: str, mood: str, owner: Any) -> MusicWish:
    if wish in (Soundtrack.Source.COMPOSE, Soundtrack.Source.NONE):
        return MusicWish(wish, mood if wish == Soundtrack.Source.COMPOSE else "")
    path = folder / wish
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    with path.open("rb") as source:
        asset, _probe = save_song(File(source), path.name, by=owner)
    return MusicWish(Soundtrack.Source.UPLOAD, "", asset)


def _captions(wished: str | None) -> str:
    return Captions.NONE if wished in (Captions.NONE, Captions.TITLE) else Captions.SUBTITLE


def add_ad_arguments(parser: Any) -> None:
    parser.add_argument("--ad", metavar="TEMPLATE", help="make an ad: product_showcase, lifestyle_ad, announcement …")
    parser.add_argument("--brief", type=Path, metavar="FILE.json", help=f"what the ad says: {', '.join(KEYS)}")
    parser.add_argument("--tier", choices=Quality.values, default=Quality.FINAL, help="of hosted models, for an ad")
