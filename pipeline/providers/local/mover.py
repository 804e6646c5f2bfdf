"""Motion made on this machine: parameters alone, which the shot's encode follows frame by frame."""

from __future__ import annotations

from pipeline.media.motion import Motion
from pipeline.providers.base import Provider, Work
from pipeline.providers.capabilities import VideoReply, VideoRequest

# How far the camera travels by the mood of the scene, in percent of the widest move.
STRENGTHS = {
    "calm": 45,
    "dreamy": 45,
    "tender": 45,
    "melancholy": 45,
    "nostalgic": 50,
    "mysterious": 55,
    "longing": 55,
    "dark": 65,
    "hopeful": 65,
    "free": 75,
    "joyful": 75,
    "euphoric": 85,
    "furious": 90,
}
USUAL_STRENGTH = 60


class LocalClip(Provider[VideoRequest, VideoReply]):
    """Camera, parallax and particles from the scene's own words; any length."""

    name = "local"
    label = "Moved on this server"
    capability = "video"
    reply = VideoReply
    repeatable = True

    def send(self, request: VideoRequest, work: Work) -> VideoReply:
        usual = STRENGTHS.get(request.mood, USUAL_STRENGTH)
        motion = Motion(
            camera=request.camera,
            strength=usual if request.strength is None else request.strength,
            parallax=request.has_depth,
            particles=request.particles,
            seed=request.seed,
            focus_x=request.focus_x,
            focus_y=request.focus_y,
        )
        return VideoReply(motion=motion)
