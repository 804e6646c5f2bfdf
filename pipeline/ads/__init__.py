"""Advertisements: templates of beats, the brief that fills them, and the claims that need proof."""
