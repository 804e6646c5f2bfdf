"""What a job works on, as its subject names it: "kind:code" and, where one thing has several forms, which of them.

content:<code>:<aspect>    a picture or clip          scene:<code>:<rendition>     a shot
content:<code>:words       milder words for it        rendition:<code>             a film
animatic:<project>:<aspect>                           export:<code>              a file made of a film
again                      the song heard once more   refine:<rendition>         a film enlarged or refined
""                         the project as a whole
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from projects.models import Content, Project, Rendition, Scene


def image_subject(content: Content, aspect: str) -> str:
    """Of a picture, and of the clip that is made from it."""
    return f"content:{content.code}:{aspect}"


def words_subject(content: Content) -> str:
    """Of milder words for a content."""
    return f"content:{content.code}:words"


def shot_subject(scene: Scene, rendition: Rendition) -> str:
    """Of a scene's shot in one rendition."""
    return f"scene:{scene.code}:{rendition.code}"


def film_subject(rendition: Rendition) -> str:
    """Of the film in one rendition."""
    return f"rendition:{rendition.code}"


def animatic_subject(project: Project, aspect: str) -> str:
    """Of the animatic in one shape."""
    return f"animatic:{project.code}:{aspect}"


def subject_code(subject: str) -> UUID:
    """The code inside a subject. Raises IndexError for one that names none."""
    return UUID(subject.split(":")[1])


def subject_form(subject: str) -> str:
    """What stands behind the code: an aspect ratio or the code of a rendition. Raises IndexError for nothing."""
    return subject.split(":", 2)[2]


def works_on_content(code: UUID | str) -> Q:
    """Jobs that make anything of this content, in whatever shape."""
    return Q(subject__startswith=f"content:{code}:")


def works_on_scene(code: UUID | str) -> Q:
    """Jobs that render this scene, in whatever rendition."""
    return Q(subject__startswith=f"scene:{code}:")
