"""What people own and decide."""

from __future__ import annotations

from projects.models.ad import Ad, AdTemplate, ClaimTopic, GatePass
from projects.models.artefact import (
    BY_HAND,
    CROP,
    ENLARGED,
    SEEN_IN_PICTURE,
    Animatic,
    Artefact,
    Clip,
    Drawing,
    FinalVideo,
    Image,
    Shot,
    Verdict,
)
from projects.models.asset import Asset
from projects.models.deliverable import BUNDLE, Export, Look
from projects.models.idea import Idea, Reference, Soundtrack
from projects.models.project import FPS, Aspect, Captions, Project, Rendition, Resolution
from projects.models.review import Approval, Consent, Event, Ruling
from projects.models.scene import Content, Pick, Prompt, Quality, Scene, Skip
from projects.models.song import Song, Transcript

__all__ = [
    "BUNDLE",
    "BY_HAND",
    "CROP",
    "ENLARGED",
    "FPS",
    "SEEN_IN_PICTURE",
    "Ad",
    "AdTemplate",
    "Animatic",
    "Approval",
    "Artefact",
    "Aspect",
    "Asset",
    "Captions",
    "ClaimTopic",
    "Clip",
    "Consent",
    "Content",
    "Drawing",
    "Event",
    "Export",
    "FinalVideo",
    "GatePass",
    "Idea",
    "Image",
    "Look",
    "Pick",
    "Project",
    "Prompt",
    "Quality",
    "Reference",
    "Rendition",
    "Resolution",
    "Ruling",
    "Scene",
    "Shot",
    "Skip",
    "Song",
    "Soundtrack",
    "Transcript",
    "Verdict",
]
