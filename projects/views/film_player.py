"""The film in its player: tracks, filmstrip, chapters and downloads of one version, as it was made."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.media.lyrics.values import Lyrics
from pipeline.media.timeline import ms_at
from projects.flow.inputs import profile
from projects.flow.versions import Record, pictures, records
from projects.models import Captions, FinalVideo, Image, Rendition
from projects.views import cards
from projects.views.shapes import final_url
from projects.views.worn import worn_url

CAPTION_KINDS = ("vtt", "srt", "lrc", "txt")


def film_context(rendition: Rendition, final: FinalVideo, at_ms: int = 0) -> dict[str, Any]:
    """The player, its tracks, filmstrip, chapters and downloads. What is shown is what this version was made from."""
    record = records([final]).get(final.pk)
    scenes = recorded_scenes(rendition, record) if record else _present_scenes(rendition)
    shape = profile(rendition)
    film = cards.media_url("film", final.code)
    return {
        "code": final.code,
        "version": final.version,
        "video_url": f"{film}#t={at_ms / 1000:.3f}" if at_ms else film,
        "poster_url": cards.media_url("poster", final.code) if final.poster_file else "",
        "aspect": rendition.aspect,
        "width": shape.width,
        "height": shape.height,
        "tracks": _tracks(rendition, final, record),
        "downloads": _downloads(final, record),
        "captions": _caption_files(final, record),
        "scenes": scenes,
        "page_url": final_url(rendition, final.version),
    }


def _tracks(rendition: Rendition, final: FinalVideo, record: Record | None) -> list[dict[str, Any]]:
    """Captions are off at first where they are burned in. Chapters are for players that show them."""
    tracks: list[dict[str, Any]] = []
    if final.captions_file:
        burned_in = rendition.captions in (Captions.KARAOKE, Captions.SUBTITLE)
        language = (record.lyrics.language if record else "") or "en"
        url = cards.media_url("captions", final.code)
        tracks.append({"url": url, "lang": language, "label": _("Lyrics"), "default": not burned_in})
    if record:
        chapters = reverse("final-chapters", args=[final.code])
        tracks.append({"url": chapters, "lang": "en", "label": _("Scenes"), "kind": "chapters"})
    return tracks


def _downloads(final: FinalVideo, record: Record | None) -> list[dict[str, Any]]:
    film, poster = cards.media_url("film", final.code), cards.media_url("poster", final.code)
    files = [{"url": f"{film}?download", "label": _("Download the film"), "size_bytes": final.size_bytes}]
    if final.poster_file:
        files.append({"url": f"{poster}?download", "label": _("Poster"), "size_bytes": None})
    return files


def _caption_files(final: FinalVideo, record: Record | None) -> list[dict[str, str]]:
    if record is None or not record.lyrics.lines:
        return []
    return [
        {"url": reverse("final-captions", args=[final.code, kind]), "label": kind.upper()} for kind in CAPTION_KINDS
    ]


def recorded_scenes(rendition: Rendition, record: Record) -> list[dict[str, Any]]:
    """The scenes of a version as it was made, with the pictures that they show."""
    images: dict[str, Image] = pictures(rendition.project, rendition.aspect, [record])
    lyrics, scenes = record.lyrics, []
    for number, shot in enumerate(record.shots, 1):
        image = images.get(shot.image)
        start_ms, end_ms = ms_at(shot.start_frame, record.fps), ms_at(shot.end_frame, record.fps)
        scenes.append(
            {
                "number": number,
                "start_ms": start_ms,
                "end_ms": end_ms,
                "section": cards.SECTION_LABELS.get(shot.section, shot.section),
                "words": first_words(lyrics, start_ms, end_ms),
                "thumb_url": worn_url(image, shot.grade) if image else "",
            }
        )
    return scenes


def _present_scenes(rendition: Rendition) -> list[dict[str, Any]]:
    """The scenes as they are now, for a version whose record is gone."""
    project = rendition.project
    found = cards.SceneCards(project, rendition).cards(cards.scenes_of(project))
    return [card | {"words": card["lyrics"].split("\n")[0]} for card in found]


def first_words(lyrics: Lyrics, start_ms: int, end_ms: int) -> str:
    """The first line that begins in this stretch; "" for none."""
    lines = (line for line in lyrics.lines if line.end_ms > line.start_ms)
    return next((line.text for line in lines if start_ms <= line.start_ms < end_ms), "")
