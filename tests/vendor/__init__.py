"""A stand-in for the vendors: Replicate, OpenAI and OpenRouter on loopback, with a bill and bad manners on demand.

Only this server stands in; the real clients talk to it over HTTP, through the base URLs that operators set too. Its
answers are written by us after the vendors' documentation and recorded replies; that our parsers take the recordings
themselves is proved in pipeline/tests/test_provider_recordings.py.

    with Vendor() as vendor:
        vendor.misbehave("lost_answer")
        ...
        assert vendor.bill.total_microusd == 3000
"""

from __future__ import annotations

from tests.vendor.bill import Bill, Charge
from tests.vendor.mischief import MISCHIEF, Mischief
from tests.vendor.server import KEY, Vendor

__all__ = ["KEY", "MISCHIEF", "Bill", "Charge", "Mischief", "Vendor"]
