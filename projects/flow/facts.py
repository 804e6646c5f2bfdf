"""Everything that is known of a project and its files, as plain JSON: for its page, its bundle and other programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone

from pipeline.media.timeline import ms_at
from pipeline.models import Attempt
from projects.flow.inputs import profile, scene_lyrics
from projects.flow.provenance import makers
from projects.models import ENLARGED, FPS, Ad, Export, FinalVideo, Pick, Project, Rendition, Song

Json = dict[str, Any]
VERSION = 1


def project_facts(project: Project) -> Json:
    """The facts of a project. Times in milliseconds, money in micro-USD."""
    made = makers(project)
    renditions = list(project.renditions.select_related("final").order_by("pk"))
    return {
        "version": VERSION,
        "project": str(project.code),
        "kind": project.kind,
        "title": project.title,
        "artist": project.artist,
        "style": project.style,
        "seed": project.seed,
        "created_at": project.created_at.isoformat(),
        "told_at": timezone.now().isoformat(timespec="seconds"),
        "studio": settings.OMVEE_BASE_URL,
        "made_with_ai": bool(made.models),
        "models": {who: list(parts) for who, parts in made.models.items()},
        "made_by_rules": list(made.ours),
        "brought_along": list(made.brought),
        "idea": idea.text if (idea := getattr(project, "idea", None)) is not None else None,
        "ad": _ad(project.ad) if project.kind == Project.Kind.AD else None,
        "song": _song(project),
        "scenes": _scenes(project, renditions[0].aspect if renditions else ""),
        "renditions": [_rendition(row) for row in renditions],
        "files": [_file(row) for row in Export.objects.filter(project=project).exclude(file="").order_by("pk")],
        "costs": costs(project),
    }


def costs(project: Project) -> Json:
    """What was spent, by step and model."""
    paid = Attempt.objects.filter(project_code=project.code, cost_microusd__gt=0)
    sums = paid.values("step", "provider", "model").annotate(requests=Count("pk"), spent_microusd=Sum("cost_microusd"))
    rows = [dict(row) for row in sums.order_by("step", "provider", "model")]
    return {"spent_microusd": sum(row["spent_microusd"] for row in rows), "rows": rows}


def _ad(ad: Ad) -> Json:
    """The template as it was when the ad was begun, and what it was told."""
    template = ad.as_template()
    return {
        "template": template.name,
        "template_version": template.version,
        "seconds": ad.seconds,
        "grade": grade.name if (grade := ad.grade_of("")) else "",
        "grade_percent": grade.percent if grade else 0,
        "palette": template.palette,
        "colors": ad.colors,
        "brief": ad.brief,
    }


def _song(project: Project) -> Json | None:
    song = Song.objects.select_related("asset").filter(project=project).first()
    if song is None:
        return None
    found: Json = {"name": song.asset.name, "sha256": song.asset.sha256, "duration_ms": song.asset.duration_ms}
    if song.analysis is not None:
        heard = song.heard()
        found |= {
            "tempo_bpm": heard.tempo_mbpm / 1000,
            "key": heard.key,
            "duration_ms": heard.duration_ms,
            "sections": [part.model_dump(mode="json") for part in heard.sections],
        }
    return found


def _scenes(project: Project, aspect: str) -> list[Json]:
    lyrics = project.lyrics()
    picks = Pick.objects.filter(content__scene__project=project, aspect=aspect).select_related("image", "clip")
    by_content = {pick.content_id: pick for pick in picks}
    found = []
    for number, scene in enumerate(project.scenes.select_related("content__prompt").order_by("start_frame"), 1):
        pick = by_content.get(scene.content_id)
        image, clip = (pick.image, pick.clip) if pick else (None, None)
        prompt = scene.content.prompt
        found.append(
            {
                "number": number,
                "start_ms": ms_at(scene.start_frame, FPS),
                "end_ms": ms_at(scene.end_frame, FPS),
                "start_frame": scene.start_frame,
                "end_frame": scene.end_frame,
                "section": scene.section,
                "words": scene_lyrics(lyrics, scene),
                "description": scene.content.description,
                "prompt": prompt.text if prompt else "",
                "negative_prompt": prompt.negative if prompt else "",
                "camera": scene.content.camera,
                "transition": scene.transition,
                "picture": _made(image.provider, image.how, image.take) | _enlarged(image.how) if image else None,
                "motion": _made(clip.provider, clip.how, clip.take) if clip else None,
            }
        )
    return found


def _made(provider: str, how: Json, take: int) -> Json:
    return {"by": provider or "local", "model": str(how.get("model") or ""), "seed": how.get("seed"), "take": take}


def _enlarged(how: Json) -> Json:
    """Who made a picture larger; nothing for one that is as it was drawn."""
    return (
        {"enlarged_by": how[ENLARGED]["provider"], "enlarged_model": how[ENLARGED]["model"]} if ENLARGED in how else {}
    )


def _rendition(rendition: Rendition) -> Json:
    shape = profile(rendition)
    return {
        "aspect": rendition.aspect,
        "resolution": rendition.resolution,
        "captions": rendition.captions,
        "width": shape.width,
        "height": shape.height,
        "fps": shape.fps,
        "stands": rendition.final.version if rendition.final else None,
        "versions": [_version(row) for row in _versions(rendition)],
    }


def _versions(rendition: Rendition) -> Iterable[FinalVideo]:
    return rendition.finals.select_related("refined_from").order_by("version")


def _version(final: FinalVideo) -> Json:
    certificate = final.certificate
    return {
        "version": final.version,
        "made_at": final.created_at.isoformat(),
        "frames": final.frames,
        "duration_ms": final.duration_ms,
        "size_bytes": final.size_bytes,
        "sha256": final.sha256,
        "refined_from": final.refined_from.version if final.refined_from else None,
        "refinement": final.refinement or None,
        "checked": bool(certificate.get("ok")),
        "loudness_tenths_lufs": (certificate.get("sound") or {}).get("loudness_tenths_lufs"),
        "remarks": [finding["text"] for finding in certificate.get("findings", [])],
    }


def _file(export: Export) -> Json:
    return {
        "format": export.format,
        "quality": export.quality,
        "aspect": export.rendition.aspect,
        "teaser_s": export.teaser_s,
        "size_bytes": export.size_bytes,
        "sha256": export.sha256,
        "made_at": export.made_at.isoformat() if export.made_at else None,
        "expires_at": export.expires_at.isoformat() if export.expires_at else None,
        "downloads": export.downloads,
    }
