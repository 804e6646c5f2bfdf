"""The pictures that a scene's picture goes by: its drawing in the animatic, the look, the product, the idea's pictures.

All that there are are on offer; a model is given those that it takes. They are part of a picture's recipe as far as it
was made with them, so that another model, or a drawing that comes later, makes nothing stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

from pipeline import pricebook
from pipeline.media.values import Value
from pipeline.models import Job
from pipeline.providers.base import ModelRow
from pipeline.providers.capabilities import PictureInput, Role
from pipeline.providers.pictures import roles_of, taken_pictures
from pipeline.recipes import Stored, digest
from pipeline.states import JobState
from projects.flow.makers import Maker
from projects.flow.products import Cutouts
from projects.models import Ad, Content, Drawing, Project, Reference

ANIMATIC: Final = "draw_animatic"


@dataclass(frozen=True)
class Guide:
    """One picture on offer; `kind` and `code` are its address under media."""

    role: Role
    file: Stored
    kind: str
    code: UUID

    @property
    def input(self) -> PictureInput:
        return PictureInput(role=self.role, file=self.file)


class Guides:
    """The pictures that the scenes of one project may go by. What its scenes share is read once, when it is asked for:
    made anew for every look at a project, and handed along.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._rows: dict[str, ModelRow | None] = {}

    def offered(self, content: Content, aspect: str, still: Value, product: Stored | None) -> list[Guide]:
        """What is on offer for a scene of an ad or a guided idea in one shape, what matters most first. `still` is what
        its drawing should show.
        """
        if self.project.kind == Project.Kind.AD:
            found = [self._composition(content, aspect, still), self._style(), self._product(product)]
            return [guide for guide in found if guide is not None]
        return self._lent(content)

    def taken(self, by: Maker, offered: list[Guide]) -> tuple[PictureInput, ...]:
        """Those that this maker is given."""
        row = self.image_row(by)
        return taken_pictures(row, [guide.input for guide in offered]) if row is not None and offered else ()

    def coming(self, by: Maker, offered: list[Guide]) -> tuple[Role, ...]:
        """What this maker will be given for its next picture, the drawing that is made before it included."""
        row = self.image_row(by)
        pictures = [guide.input for guide in offered]
        if self.takes_composition(by) and self.drawing_comes and "composition" not in roles_of(pictures):
            pictures.insert(0, PictureInput(role="composition", file=Stored(sha256="")))
        return roles_of(taken_pictures(row, pictures)) if row is not None else ()

    def most(self, by: Maker) -> tuple[PictureInput, ...]:
        """Stand-ins for all that this maker may be given for one picture: prices hang on how many there are."""
        roles: tuple[Role, ...] = ()
        if self.project.kind == Project.Kind.AD:
            roles = ("composition", "style", "product")
        elif self.project.kind == Project.Kind.PROMPT_VIDEO and self.project.idea.guided:
            roles = ("reference",)
        row = self.image_row(by)
        offered = [PictureInput(role=role, file=Stored(sha256="")) for role in roles]
        return taken_pictures(row, offered) if row is not None else ()

    def image_row(self, by: Maker) -> ModelRow | None:
        """The model that makes pictures; None for this server, whose painter is given words alone."""
        if not by.hosted:
            return None
        if by.key not in self._rows:
            self._rows[by.key] = pricebook.model_row("image", by.provider, by.model)
        return self._rows[by.key]

    def takes_composition(self, by: Maker) -> bool:
        """Whether this maker's pictures begin with the animatic's drawings, where there are any."""
        row = self.image_row(by)
        return self.project.kind == Project.Kind.AD and row is not None and bool(row.pictures.composition)

    @cached_property
    def drawing_comes(self) -> bool:
        """Whether scenes of this film are drawn before models make their pictures: not where that has failed."""
        if self.project.kind != Project.Kind.AD:
            return False
        failed = Job.objects.filter(project=self.project, step=ANIMATIC, state=JobState.FAILED, dismissed=False)
        return not failed.exists()

    def has_drawing(self, content: Content, aspect: str, still: Value) -> bool:
        """Whether the scene has been drawn in this shape as its words and its product stand now."""
        return self._composition(content, aspect, still) is not None

    @cached_property
    def cutouts(self) -> Cutouts:
        """The product of an ad as it was cut out of its photos."""
        return Cutouts.of(self.project)

    @cached_property
    def _drawings(self) -> dict[tuple[int, str, str], tuple[str, str, UUID]]:
        rows = Drawing.objects.filter(project=self.project).values_list(
            "content_id", "aspect", "recipe", "file", "sha256", "code"
        )
        return {row[:3]: row[3:] for row in rows}

    @cached_property
    def _references(self) -> list[Reference]:
        return list(Reference.objects.filter(project=self.project).select_related("asset"))

    def _composition(self, content: Content, aspect: str, still: Value) -> Guide | None:
        found = self._drawings.get((content.pk, aspect, digest(still)))
        if found is None:
            return None
        file, sha256, code = found
        return Guide("composition", Stored(key=file, sha256=sha256), "drawing", code)

    def _style(self) -> Guide | None:
        ad: Ad = self.project.ad
        if not ad.guide_sha256:
            return None
        return Guide("style", Stored(key=ad.guide_file, sha256=ad.guide_sha256), "guide", ad.code)

    def _product(self, product: Stored | None) -> Guide | None:
        code = self.cutouts.codes.get(product.sha256) if product is not None else None
        return Guide("product", product, "cutout", code) if product is not None and code is not None else None

    def _lent(self, content: Content) -> list[Guide]:
        """The picture that lent the scene its colors."""
        pictures = self._references
        if not pictures:
            return []
        near = [row for row in pictures if row.palette and row.palette == content.palette] or pictures
        asset = near[content.code.int % len(near)].asset
        file = Stored(key=asset.file.name or "", sha256=asset.sha256, size_bytes=asset.size_bytes)
        return [Guide("reference", file, "reference", asset.code)]
