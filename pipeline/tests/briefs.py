"""What an advertiser says, for every test of ads."""

from __future__ import annotations

from pipeline.ads.values import Brief

BRIEF = Brief(
    product="Nordo Mug",
    what="a mug that keeps coffee warm",
    audience="early birds",
    points=("Warm for hours", "Fits every cup holder", "Made of steel"),
    call_to_action="Order at nordo.example",
)
