"""What a scene's picture goes by, in small pictures and words: what there is, and which of it its maker is given."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.providers.base import ModelRow
from pipeline.providers.capabilities import Role
from projects.flow import picture_inputs
from projects.flow.guides import Guide, Guides
from projects.flow.makers import maker
from projects.flow.upgrades import made_by
from projects.models import BY_HAND, Content, Image, Project
from projects.views.cards import media_url

ROLES: Final[tuple[Role, ...]] = ("composition", "style", "product", "reference")
LABELS = {
    "composition": gettext_lazy("Composition"),
    "style": gettext_lazy("Style guide"),
    "product": gettext_lazy("Product"),
    "reference": gettext_lazy("Reference"),
}
ALTS = {
    "composition": gettext_lazy("Composition: this scene as the animatic drew it"),
    "style": gettext_lazy("Style guide: the look of the ad"),
    "product": gettext_lazy("Product: cut out of its photo"),
    "reference": gettext_lazy("Reference: a picture that came with the idea"),
}
IN_WORDS = {
    "composition": gettext_lazy("the composition"),
    "style": gettext_lazy("the style guide"),
    "product": gettext_lazy("the product"),
    "reference": gettext_lazy("the reference"),
}


class GuideCards:
    """For the scenes of one project in one shape."""

    def __init__(self, guides: Guides, aspect: str) -> None:
        self._guides, self._project, self._aspect = guides, guides.project, aspect

    def of(self, content: Content, image: Image | None) -> dict[str, Any]:
        """`guides`: the small pictures, with whether they are `used`: for the take that stands, else for the one to
        come. `guides_said` tells it in words, `guides_next` what another take would be given if that is something else.
        """
        if not picture_inputs.goes_by_pictures(self._project):
            return {"guides": [], "guides_said": "", "guides_next": ""}
        offered = picture_inputs.scene_guides(self._guides, content, self._aspect)
        roles = [guide.role for guide in offered]
        by = maker(self._project, "generate_image", content)
        coming = list(self._guides.coming(by, offered))
        said = to_come = self._to_come(self._guides.image_row(by), roles, coming)
        used, differs = coming, False
        if image is not None and image.provider in BY_HAND:
            said, used, roles, differs = "", [], [], True
        elif image is not None:
            used = [role for role in ROLES if role in image.how.get("pictures", ())]
            said, differs = self._made(image, roles, used), (made_by(image.provider, image.how), used) != (by, coming)
        shown = [
            self._shown(guide, guide.role in used or (guide.role == "product" and guide.role in roles))
            for guide in offered
        ]
        return {"guides": shown, "guides_said": said, "guides_next": to_come if differs else ""}

    @staticmethod
    def _shown(guide: Guide, used: bool) -> dict[str, Any]:
        """One small picture. A product that the maker was not shown is laid over, so it is used all the same."""
        url = media_url(guide.kind, guide.code)
        return {"role": guide.role, "label": LABELS[guide.role], "alt": ALTS[guide.role], "url": url, "used": used}

    def _made(self, image: Image, roles: Collection[str], given: Collection[str]) -> str:
        """What the take that stands was made with."""
        name = self._name(image)
        if given:
            said = _("%(model)s was given %(pictures)s.") % {"model": name, "pictures": listed(given)}
        else:
            said = _("%(model)s was given the words alone.") % {"model": name}
        return said + _laid_over(roles, given)

    def _to_come(self, row: ModelRow | None, roles: Collection[str], coming: Collection[str]) -> str:
        """What the next take's maker will be given."""
        if row is None:
            return _("The painter of this server is given the words alone.") + _laid_over(roles, coming)
        name = row.label or row.name
        if not (row.pictures.composition or row.pictures.reference):
            text = _("%(model)s takes no pictures: it is given the words alone.") % {"model": name}
            return text + _laid_over(roles, coming)
        if coming:
            text = _("%(model)s is given %(pictures)s.") % {"model": name, "pictures": listed(coming)}
        else:
            text = _("%(model)s is given the words alone.") % {"model": name}
        return text + self._no_drawing(row, roles) + _laid_over(roles, coming)

    def _no_drawing(self, row: ModelRow, roles: Collection[str]) -> str:
        if not row.pictures.composition or "composition" in roles or self._project.kind != Project.Kind.AD:
            return ""
        if self._guides.drawing_comes:
            return " " + _("The scene is drawn first.")
        return " " + _("The scene could not be drawn, so it begins without a drawing.")

    def _name(self, image: Image) -> str:
        by = made_by(image.provider, image.how)
        if not by.hosted:
            return _("The painter of this server")
        row = self._guides.image_row(by)
        return (row.label or row.name) if row is not None else by.model or by.provider


def listed(roles: Collection[str]) -> str:
    """Roles in words: "the composition, the style guide and the product"."""
    return get_text_list([str(IN_WORDS[role]) for role in roles], _("and"))


def _laid_over(roles: Collection[str], given: Collection[str]) -> str:
    """What happens with a product that the maker was not shown."""
    return " " + _("The product is laid over its picture.") if "product" in roles and "product" not in given else ""
