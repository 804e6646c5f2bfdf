"""stub until measured"""
from __future__ import annotations
import numpy as np
from numpy.typing import NDArray
from pipeline.media.audio.decoding import Samples
from pipeline.media.run import Stop, never
def vocal_activity(samples: Samples, *, stop: Stop = never) -> NDArray[np.int64]:
    return np.zeros(-(-samples.duration_ms // 100), np.int64)
