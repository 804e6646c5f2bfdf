"""Run the stand-in by itself: `python -m tests.vendor 8899`, and put what it prints into the studio's environment."""

from __future__ import annotations

import sys

from tests.vendor import Vendor

if __name__ == "__main__":
    with Vendor(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8899, work_s=3) as vendor:
        sys.stdout.write("".join(f"export {name}={value}\n" for name, value in vendor.environment.items()))
        sys.stdout.flush()
        try:
            vendor.closing.wait()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
