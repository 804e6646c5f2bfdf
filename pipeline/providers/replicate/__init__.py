"""Replicate: pictures, clips, music and enlarging, made there while we wait."""
