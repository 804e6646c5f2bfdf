"""What a scene's picture is made from: its words, the pictures that it goes by, and for an ad the product in it."""

from __future__ import annotations

from pipeline.providers.capabilities import PictureInput
from pipeline.providers.local.sentences import PALETTE_PHRASES
from pipeline.providers.local.styles import style_named
from pipeline.steps import draw_animatic, generate_image
from projects.flow.guides import Guide, Guides
from projects.flow.inputs import palette, take_seed
from projects.flow.makers import Maker, maker
from projects.flow.products import product_fields
from projects.models import Content, Image, Project


def restyled(text: str, old: str, new: str, colors: str) -> str:
    """A prompt's words with another style's in the place of its own, and with the colors of a palette of that style."""
    for phrase in PALETTE_PHRASES.values():
        text = text.replace(f", in {phrase}", "")
    before, after = style_named(old).words, style_named(new).words
    bare = text.replace(f", {before}", "").rstrip(" .,")
    return ", ".join([bare, *([f"in {PALETTE_PHRASES[colors]}"] if colors in PALETTE_PHRASES else []), after])


def still(guides: Guides, content: Content, aspect: str) -> draw_animatic.Still:
    """The scene's first drawing, as an animatic of now would show it without a picture."""
    project = guides.project
    return draw_animatic.Still(
        content=str(content.code),
        aspect=aspect,
        words=content.prompt.text if content.prompt else content.description,
        palette=palette(project, content),
        seed=take_seed(project, content, 1),
        **product_fields(project, content, guides.cutouts),
    )


def goes_by_pictures(project: Project) -> bool:
    """Whether there is anything but words that pictures of this project may go by."""
    guided = project.kind == Project.Kind.PROMPT_VIDEO and project.idea.guided
    return guided or project.kind == Project.Kind.AD


def scene_guides(guides: Guides, content: Content, aspect: str) -> list[Guide]:
    """The pictures that the scene's picture may go by."""
    if not goes_by_pictures(guides.project):
        return []
    drawing = still(guides, content, aspect)
    return guides.offered(content, aspect, drawing, drawing.product)


def image_input(
    guides: Guides, content: Content, aspect: str, size: tuple[int, int], take: int, style: str = ""
) -> generate_image.Input:
    """`style`: another one than the project's, which this take is tried in; then the project's look is not shown."""
    by = maker(guides.project, "generate_image", content)
    offered = [guide for guide in scene_guides(guides, content, aspect) if not style or guide.role != "style"]
    return _image_input(guides, content, size, take, style, by, guides.taken(by, offered))


def waits_for_drawing(guides: Guides, content: Content, aspect: str) -> bool:
    """Whether the next picture begins with a drawing of the scene that is still to be made."""
    by = maker(guides.project, "generate_image", content)
    if not (guides.takes_composition(by) and guides.drawing_comes):
        return False
    return not guides.has_drawing(content, aspect, still(guides, content, aspect))


def priced_input(
    guides: Guides, content: Content, aspect: str, size: tuple[int, int], take: int, style: str = ""
) -> generate_image.Input:
    """As `image_input`, with stand-ins for pictures that are still to be made: what it costs hangs on their number."""
    wanted = image_input(guides, content, aspect, size, take, style)
    if not waits_for_drawing(guides, content, aspect):
        return wanted
    return wanted.model_copy(update={"pictures": guides.most(maker(guides.project, "generate_image", content))})


def remade_input(guides: Guides, content: Content, image: Image, size: tuple[int, int]) -> generate_image.Input:
    """What would make this take now, as it was made: with pictures of the same roles, whoever is chosen meanwhile."""
    roles = image.how.get("pictures", ())
    offered = scene_guides(guides, content, image.aspect) if roles else []
    pictures = tuple(guide.input for guide in offered if guide.role in roles)
    by = maker(guides.project, "generate_image", content)
    return _image_input(guides, content, size, image.take, image.style, by, pictures)


def _image_input(
    guides: Guides,
    content: Content,
    size: tuple[int, int],
    take: int,
    style: str,
    by: Maker,
    pictures: tuple[PictureInput, ...],
) -> generate_image.Input:
    project, prompt = guides.project, content.prompt
    text = prompt.text if prompt else content.description
    colors = palette(project, content, style)
    return generate_image.Input(
        prompt=restyled(text, project.style, style, colors) if style and style != project.style else text,
        negative=prompt.negative if prompt else "",
        palette=colors,
        width=size[0],
        height=size[1],
        seed=take_seed(project, content, take),
        provider=by.provider,
        model=by.model,
        style=style,
        pictures=pictures,
        **product_fields(project, content, guides.cutouts),
    )
