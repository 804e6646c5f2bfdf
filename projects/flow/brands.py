"""What an ad's shots wear: the logo while it runs, the end card, and the look of the template."""

from __future__ import annotations

from typing import Any

from pipeline.media.brand import FADE_MS, Brand, EndPanel, brand_within
from pipeline.media.grades import Grade
from pipeline.media.timeline import frame_at
from pipeline.providers.local.styles import style_named
from pipeline.recipes import Stored
from projects.flow.products import Cutouts
from projects.models import FPS, Ad, Content, Project

LOGO_FROM_MS = 300


class Wearing:
    """The brand of a project and its files; nothing for a film that is no ad."""

    def __init__(self, project: Project, film_ms: int) -> None:
        self._brand: Brand | None = None
        self._logo: Stored | None = None
        self._product: Stored | None = None
        self._ad: Ad | None = None
        self._grades: dict[str, Grade | None] = {}
        if project.kind == Project.Kind.AD:
            self._wear(project, film_ms)

    def _wear(self, project: Project, film_ms: int) -> None:
        ad = project.ad
        template, brief = ad.as_template(), ad.as_brief()
        self._ad = ad
        ends = film_ms - template.end_card.milliseconds
        if ad.logo is not None:
            logo = ad.logo
            self._logo = Stored(key=logo.file.name or "", sha256=logo.sha256, size_bytes=logo.size_bytes)
        self._product = next(iter(Cutouts.of(project).files), None)
        self._brand = Brand(
            corner=template.logo.corner,
            percent=template.logo.percent,
            show_ms=LOGO_FROM_MS if self._logo else 0,
            hide_ms=ends if self._logo else 0,
            end=EndPanel(
                title=brief.product,
                call=brief.call_to_action,
                ground=ad.ground,
                accent=ad.accent,
                logo_percent=template.end_card.logo_percent,
                look=style_named(project.style).look,
                show_ms=ends,
                hide_ms=film_ms,
            ),
        )

    def grade(self, content: Content) -> Grade | None:
        """The look of this scene; None for a film that is no ad."""
        if self._ad is None:
            return None
        known = self._grades
        if content.imagery not in known:
            known[content.imagery] = self._ad.grade_of(content.imagery)
        return known[content.imagery]

    def within(self, start_ms: int, end_ms: int) -> tuple[Brand | None, dict[str, Any]]:
        """The brand of a shot over [start_ms, end_ms), and the files that it is drawn with."""
        brand = brand_within(self._brand, start_ms, end_ms)
        if brand is None:
            return None, {}
        shows_logo = brand.hide_ms > brand.show_ms or brand.end is not None
        return brand, {
            "logo": self._logo if shows_logo else None,
            "product": self._product if brand.end is not None else None,
        }


def end_card_frames(project: Project) -> tuple[tuple[int, int], ...]:
    """The frames [first, last) of an ad that its end card covers, once it has come up; none for other films."""
    if project.kind != Project.Kind.AD or project.length_frames is None:
        return ()
    shown_ms = project.ad.as_template().end_card.milliseconds - FADE_MS
    return ((project.length_frames - frame_at(shown_ms, FPS), project.length_frames),)
