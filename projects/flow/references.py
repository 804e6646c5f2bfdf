"""Where reference pictures go when scenes are planned: into scenes of their own, or into the colors of all."""

from __future__ import annotations

from collections.abc import Sequence

from projects.models import Content, Image, Pick, Project, Reference


def place_references(project: Project, contents: Sequence[Content]) -> None:
    """Spread the project's pictures evenly over its scenes (contents in film order, just made).

    A picture that is shown is its scene's picture, chosen by a person, in every shape of the film. One that only guides
    lends its palette to the scenes around it.
    """
    pictures = list(Reference.objects.filter(project=project).select_related("asset"))[: len(contents)]
    if not pictures:
        return
    if project.idea.guided:
        for at, content in enumerate(contents):
            content.palette = pictures[at * len(pictures) // len(contents)].palette or content.palette
        Content.objects.bulk_update(contents, ["palette"])
        return
    aspects = sorted(set(project.renditions.values_list("aspect", flat=True)))
    for number, picture in enumerate(pictures):
        content = contents[(2 * number + 1) * len(contents) // (2 * len(pictures))]
        content.reasoning = "This is one of the pictures that came with the idea."
        content.save(update_fields=["reasoning"])
        for aspect in aspects:
            show_reference(content, aspect, picture)


def unshown(project: Project) -> int:
    """How many of the project's pictures stand in none of its scenes: there are too few, or others were chosen."""
    given = set(project.references.values_list("asset__sha256", flat=True))
    stand = Pick.objects.filter(content__scene__project=project, image__sha256__in=given)
    return len(given - set(stand.values_list("image__sha256", flat=True))) if project.scenes.exists() else 0


def show_reference(content: Content, aspect: str, picture: Reference) -> Image:
    """The picture as the first take of a scene that has none yet."""
    image = Image.objects.create(
        content=content,
        aspect=aspect,
        take=1,
        recipe=picture.asset.sha256,
        provider="upload",
        file=picture.asset.file.name or "",
        sha256=picture.asset.sha256,
        thumb_file=picture.thumb_file,
        width=picture.width,
        height=picture.height,
        focus_x=picture.focus_x,
        focus_y=picture.focus_y,
    )
    Pick.objects.create(content=content, aspect=aspect, image=image, image_chosen=True)
    return image
