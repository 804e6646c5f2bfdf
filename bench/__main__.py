"""All benchmarks, one after another: `make bench`. Each prints its ratios; nothing is judged here."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem != "screens")


def main() -> None:
    chosen = sys.argv[1:] or NAMES
    for name in chosen:
        print(f"\n== {name}")
        sys.argv = [name]
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
