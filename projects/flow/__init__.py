"""The flow: which work is due now, and what becomes of its output.

`advance` is the only place that decides what next; actions and receivers call it with what they touched.
"""

from __future__ import annotations

from projects.flow.change import changed
from projects.flow.due import advance
from projects.flow.revision import lock, touch

__all__ = ["advance", "changed", "lock", "touch"]
