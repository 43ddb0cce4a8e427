"""What every benchmark says about itself: machine, versions, and how a ratio is printed."""

from __future__ import annotations

import json
import math
import os
import platform
import resource
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from mt_publish.types import LangPair

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PACKAGES = ("mt-publish", "ctranslate2", "sentencepiece", "transformers", "torch", "sacrebleu", "numpy")


def machine() -> str:
    """CPU, cores, system and versions, in two lines."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    flags = ""
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
            if line.startswith("flags"):
                flags = " ".join(f for f in ("avx2", "avx512_vnni", "avx512_bf16", "amx_int8") if f in line.split())
                break
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {cores} cores, {flags}; Python {platform.python_version()}, {platform.system()}\n{versions()}"


def versions() -> str:
    """Versions of the packages that matter, those installed."""
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def peak_mb() -> float:
    """Highest resident memory of this process so far, in MB (10^6 bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def table(rows: Sequence[Sequence[object]], header: Sequence[str]) -> None:
    """Prints a Markdown table."""
    cells = [list(map(str, row)) for row in rows]
    widths = [max(len(h), *(len(r[i]) for r in cells)) for i, h in enumerate(header)]
    for row in ([*header], ["-" * w for w in widths], *cells):
        print("| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |")


def read_column(path: Path, column: int, limit: int | None = None) -> list[str]:
    """One column of a TSV file (0 German, 1 English in our test sets)."""
    lines = path.read_text("utf-8").splitlines()[:limit]
    return [line.split("\t")[column] for line in lines]


def read_held(paths: Sequence[Path], way: LangPair, limit: int) -> list[tuple[str, str]]:
    """Held-out sentences of a direction with their references, spread over its files.

    Args:
        paths: .jsonl files (`source`, `reference`) or tables German TAB English; those whose name holds "en-de" go into German.
        way: The direction.
        limit: Sentences at most.
    """
    pairs = []
    for path in paths:
        if ("en-de" in path.name) != (way.source == "en"):
            continue
        if path.suffix == ".jsonl":
            lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            pairs += [(line["source"], line["reference"]) for line in lines]
        else:
            columns = (0, 1) if way.source == "de" else (1, 0)
            pairs += zip(*(read_column(path, column) for column in columns), strict=True)
    step = max(1.0, len(pairs) / limit)
    return [pairs[int(i * step)] for i in range(min(limit, len(pairs)))]


def paired_change(losses: NDArray[np.float64], first: NDArray[np.float64], units: int) -> str:
    """The change of a loss against the first model's, a unit, with its 95 % interval over the sentences (paired, normal).

    Args:
        losses: (sentences,) nats.
        first: The first model's on the same sentences; "" when there is no change.
        units: Pieces or characters in all of them.
    """
    change = losses - first
    around = 1.96 * change.std() * math.sqrt(len(change)) / units
    return f"{change.sum() / units:+.3f} ± {around:.3f}" if change.any() else ""
