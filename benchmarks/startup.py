"""Cold start: from process start to the finished seed article, and to the end of --help. Best and median of N runs.

    python benchmarks/startup.py [--runs 10]

"warm" has the converted model in the cache, as on every run but the first; "first" converts it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _common import machine, table

SEED = Path(__file__).resolve().parent.parent / "eval" / "articles" / "securnews.de.txt"
COMMAND = [sys.executable, "-c", "from mt_publish.cli import main; main()"]


def clock(arguments: list[str], cache: str) -> float:
    # Whoever installs the package has its bytecode compiled: the same is measured in a checkout.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"MT_PUBLISH_CACHE": cache}
    started = time.monotonic()
    subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, check=False)
    return time.monotonic() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    args = parser.parse_args()
    print(machine(), "\n")
    rows = []
    article = ["translate", str(SEED), "--to", "en", "-o", "-", "-q"]
    with tempfile.TemporaryDirectory() as cache:
        first = []
        for _ in range(min(3, args.runs)):
            shutil.rmtree(cache, ignore_errors=True)
            first.append(clock(article, cache))
        rows.append(
            (
                "seed article, first run (converts the model)",
                f"{min(first):.2f}",
                f"{statistics.median(first):.2f}",
                "–",
            )
        )
        for name, arguments, wanted in (
            ("seed article, warm cache", article, "≤ 1.5"),
            ("--help", ["--help"], "≤ 0.3"),
            ("translate --help", ["translate", "--help"], "≤ 0.3"),
        ):
            times = [clock(arguments, cache) for _ in range(args.runs)]
            rows.append((name, f"{min(times):.2f}", f"{statistics.median(times):.2f}", wanted))
    table(rows, ("what", "best s", "median s", "wanted"))


if __name__ == "__main__":
    main()
