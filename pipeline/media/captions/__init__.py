"""Lyric typography: from lines and words with times to an ASS script that libass draws in the shot's encode."""

from pipeline.media.captions.script import ass_script, caption_files
from pipeline.media.captions.values import CaptionTrack, captions_within

__all__ = ["CaptionTrack", "ass_script", "caption_files", "captions_within"]
