"""Versions of the film in words: what changed, when it was made, how it was checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from pydantic import ValidationError

from pipeline.media.certificate import Certificate
from projects.flow import refinements
from projects.flow.makers import maker_named
from projects.flow.versions import Change, Record, changes, pictures, records
from projects.forms import GRADE_LABELS
from projects.models import Captions, FinalVideo, Image, Rendition
from projects.views.cards import media_url
from projects.views.enlargers import again_price
from projects.views.vendor_cards import model_words

MOST_NUMBERS = 8
CAPTION_WORDS = {
    "karaoke": gettext_lazy("karaoke"),
    "subtitle": gettext_lazy("subtitles"),
    "title": gettext_lazy("title only"),
    "none": gettext_lazy("off"),
}


def numbered(scenes: Sequence[int]) -> str:
    """Scene numbers as people say them: "3", "3 and 5", "1 to 4 and 9"; "" where there are too many to say."""
    runs: list[list[int]] = []
    for number in scenes:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts = []
    for first, last in runs:
        if last - first > 1:
            parts.append(_("%(first)s to %(last)s") % {"first": first, "last": last})
        else:
            parts += [str(number) for number in range(first, last + 1)]
    if len(parts) > MOST_NUMBERS:
        return ""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(list)s and %(last)s") % {"list": ", ".join(parts[:-1]), "last": parts[-1]}


def scenes_words(scenes: Sequence[int]) -> str:
    """ "scene 3", "scenes 3 and 5", "12 scenes"."""
    said = numbered(scenes)
    if not said:
        return ngettext("%(count)s scene", "%(count)s scenes", len(scenes)) % {"count": len(scenes)}
    return ngettext("scene %(said)s", "scenes %(said)s", len(scenes)) % {"said": said}


Plural = Any
"""What `ngettext_lazy` gives: a sentence that waits for its count."""


def _plural(sentence: Plural) -> Callable[[Change], str]:
    return lambda change: str(sentence % {"count": change.count})


def _of_scenes(sentence: Plural) -> Callable[[Change], str]:
    """The sentence with the numbers behind it, where they are few enough to say."""

    def words(change: Change) -> str:
        said, numbers = str(sentence % {"count": change.count}), numbered(change.scenes)
        return f"{said} ({numbers})" if numbers else said

    return words


def _captions(change: Change) -> str:
    if change.new == "none":
        return _("captions off")
    words = {"new": CAPTION_WORDS.get(change.new, change.new), "old": CAPTION_WORDS.get(change.old, change.old)}
    return _("captions: %(new)s") % words if change.old == "none" else _("captions: %(new)s, were %(old)s") % words


def _pulse(change: Change) -> str:
    if change.new == "0":
        return _("pictures stand still on the beat")
    return _("pictures pulse with the beat: %(new)s %%, was %(old)s %%") % {"new": change.new, "old": change.old}


def _grade(change: Change) -> str:
    if not change.new:
        return _("no color look any more")
    return _("the color look is %(new)s") % {"new": GRADE_LABELS.get(change.new, change.new)}


WORDS: dict[str, Callable[[Change], str]] = {
    "grade": _grade,
    "song": lambda _change: _("other music"),
    "beats": lambda _change: _("the beat was corrected"),
    "title": lambda change: _("the title is “%(new)s”") % {"new": change.new} if change.new else _("no title any more"),
    "artist": lambda change: _("by “%(new)s”") % {"new": change.new} if change.new else _("no artist any more"),
    "size": lambda change: _("%(new)s instead of %(old)s") % {"new": change.new, "old": change.old},
    "lyrics": _plural(ngettext_lazy("lyrics of %(count)s line changed", "lyrics of %(count)s lines changed", "count")),
    "lyrics_added": _plural(
        ngettext_lazy("%(count)s line of lyrics added", "%(count)s lines of lyrics added", "count")
    ),
    "lyrics_removed": _plural(
        ngettext_lazy("%(count)s line of lyrics taken out", "%(count)s lines of lyrics taken out", "count")
    ),
    "lyrics_timed": _plural(ngettext_lazy("%(count)s line timed anew", "%(count)s lines timed anew", "count")),
    "scenes_added": _of_scenes(ngettext_lazy("%(count)s scene added", "%(count)s scenes added", "count")),
    "scenes_removed": _plural(ngettext_lazy("%(count)s scene taken out", "%(count)s scenes taken out", "count")),
    "slots": _of_scenes(
        ngettext_lazy("%(count)s scene begins or ends elsewhere", "%(count)s scenes begin or end elsewhere", "count")
    ),
    "transitions": _of_scenes(
        ngettext_lazy("another transition after %(count)s scene", "other transitions after %(count)s scenes", "count")
    ),
    "moved": _of_scenes(
        ngettext_lazy("%(count)s scene shows what another one did", "%(count)s scenes changed places", "count")
    ),
    "drawn": _of_scenes(ngettext_lazy("%(count)s scene drawn again", "%(count)s scenes drawn again", "count")),
    "picked": _of_scenes(
        ngettext_lazy("an earlier picture in %(count)s scene", "earlier pictures in %(count)s scenes", "count")
    ),
    "picture": _of_scenes(
        ngettext_lazy("another picture in %(count)s scene", "other pictures in %(count)s scenes", "count")
    ),
    "uploaded": _of_scenes(
        ngettext_lazy("your own picture in %(count)s scene", "your own pictures in %(count)s scenes", "count")
    ),
    "camera": _of_scenes(
        ngettext_lazy("another camera move in %(count)s scene", "other camera moves in %(count)s scenes", "count")
    ),
    "clip": _of_scenes(ngettext_lazy("another clip in %(count)s scene", "other clips in %(count)s scenes", "count")),
    "skipped": _of_scenes(ngettext_lazy("%(count)s scene skipped", "%(count)s scenes skipped", "count")),
    "stilled": _of_scenes(ngettext_lazy("%(count)s scene stands still", "%(count)s scenes stand still", "count")),
    "unskipped": _of_scenes(
        ngettext_lazy("%(count)s skipped scene is back", "%(count)s skipped scenes are back", "count")
    ),
    "rendered": _of_scenes(ngettext_lazy("%(count)s scene rendered again", "%(count)s scenes rendered again", "count")),
    "captions": _captions,
    "pulse": _pulse,
}


def change_words(found: Sequence[Change]) -> str:
    """All of it as one sentence, as in "2 scenes drawn again (3 and 5), captions off."."""
    said = ", ".join(WORDS[change.kind](change) for change in found)
    return f"{said[0].upper()}{said[1:]}." if said else _("Made again from the same things.")


def version_rows(rendition: Rendition, shown: FinalVideo | None, *, most: int | None = None) -> list[dict[str, Any]]:
    """The versions of a rendition, the newest first, each with what changed since the one before it."""
    finals = list(
        rendition.finals.select_related("job", "refined_from").order_by("-version")[: most + 1 if most else None]
    )
    known = records(finals)
    images = pictures(rendition.project, rendition.aspect, known.values())
    rows = finals[:most] if most else finals
    return [_row(rendition, finals, index, known, images, shown) for index in range(len(rows))]


def _row(
    rendition: Rendition,
    finals: list[FinalVideo],
    index: int,
    known: dict[int, Record],
    images: dict[str, Image],
    shown: FinalVideo | None,
) -> dict[str, Any]:
    final = finals[index]
    before = finals[index + 1] if index + 1 < len(finals) else None
    page = reverse("final", args=[rendition.project.code])
    return {
        "code": final.code,
        "version": final.version,
        "made_at": final.created_at,
        "size_bytes": final.size_bytes,
        "duration_ms": final.duration_ms,
        "checked": checked(final),
        "stands": rendition.final_id == final.pk,
        "shown": shown is not None and shown.pk == final.pk,
        "changes": what_changed(before, final, known, images),
        "watch_url": f"{page}?shape={rendition.code}&version={final.version}#film",
        "download_url": f"{media_url('film', final.code)}?download",
    }


def what_changed(
    before: FinalVideo | None, final: FinalVideo, known: dict[int, Record], images: dict[str, Image]
) -> str:
    """What a version has that the one before it had not, in words."""
    if final.refined_from_id:
        return refinement_words(final)
    if before is None:
        return _("The first version.") if final.version == 1 else ""
    old, new = known.get(before.pk), known.get(final.pk)
    if old is None or new is None:
        return _("What changed is not known any more.")
    return change_words(changes(old, new, images))


def refinement_words(final: FinalVideo) -> str:
    """What was done to a refined version, in words: "Version 1 refined: teal and orange, -14.0 LUFS."."""
    facts, said = final.refinement, []
    name = facts.get("look_name") or str(GRADE_LABELS.get(facts.get("grade", ""), ""))
    if name:
        share = facts.get("intensity_permille", 1000) // 10
        said.append(name if share == 100 else _("%(look)s at %(share)s %%") % {"look": name, "share": share})
    if facts.get("smooth"):
        count = facts.get("smoothed_frames", 0)
        said.append(
            ngettext("motion smoothed in %(count)s frame", "motion smoothed in %(count)s frames", count)
            % {"count": count}
            if count
            else _("nothing to smooth was found")
        )
    if facts.get("upscale"):
        said.append(_enlarged_words(facts))
    if facts.get("bed"):
        said.append(_("music under it"))
    loudness = (facts.get("sound") or {}).get("loudness_tenths")
    if facts.get("loudness_tenths") is not None and loudness is not None:
        said.append(_("%(loudness)s LUFS") % {"loudness": f"{loudness / 10:.1f}"})
    if facts.get("fade_in_ms") or facts.get("fade_out_ms"):
        said.append(_("faded"))
    version = final.refined_from.version if final.refined_from else ""
    return _("Version %(version)s refined: %(what)s.") % {"version": version, "what": ", ".join(said)}


def _enlarged_words(facts: dict[str, Any]) -> str:
    who = maker_named(facts.get("upscale_by") or "")
    words = {"size": facts.get("size", ""), "who": model_words(who.provider, who.model)}
    return (_("enlarged to %(size)s by %(who)s") if who.hosted else _("enlarged to %(size)s")) % words


def about_time(seconds: int) -> str:
    """A guess said as one: "about 20 s", "about 4 min"."""
    if seconds < 55:
        return _("about %(seconds)s s") % {"seconds": max(5, round(seconds / 5) * 5)}
    return _("about %(minutes)s min") % {"minutes": max(1, round(seconds / 60))}


def again_context(rendition: Rendition) -> dict[str, Any] | None:
    """That the standing film lacks the refinement of an earlier one, and what doing it once more takes."""
    found = refinements.again(rendition)
    if found is None:
        return None
    gone = {
        "look": _("the look that it had"),
        "bed": _("the music under it"),
        "enlarger": _("the model that enlarged it, so this server does"),
    }
    older = found.earlier.refined_from
    return {
        "version": found.film.version,
        "refined": found.earlier.version,
        "older": older.version if older is not None else "",
        "words": refinement_words(found.earlier),
        "takes": about_time(refinements.seconds_for(found.film, found.choices)),
        "cost": again_price(found),
        "lost": _(" and ").join(gone[name] for name in found.lost),
        "url": reverse("refine-again", args=[rendition.project.code]),
        "shape": rendition.code,
    }


def checked(final: FinalVideo) -> str:
    """ "good", "flawed", or "" where nothing was measured."""
    try:
        return "good" if Certificate.model_validate(final.certificate).ok else "flawed"
    except ValidationError:
        return ""


def rendition_about(rendition: Rendition) -> str:
    """A shape in a few words: "16:9 · 1080p · karaoke"."""
    words = _("no captions") if rendition.captions == Captions.NONE else CAPTION_WORDS[rendition.captions]
    return f"{rendition.aspect} · {rendition.resolution} · {words}"
