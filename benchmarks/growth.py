"""How time and memory grow with the size of the text, from 10 kB to 10 MB.

    python benchmarks/growth.py --refs ../shared/eval/news [--largest 10000000] [--engine none|fast|balanced]

Sentences of the test sets are numbered, so that no two are equal and de-duplication does not help. "none" runs everything but
the engine (reading, splitting, matching, checking, writing); the other two decode. Each size runs in a process of its own;
memory is its highest resident size.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from _common import machine, peak_mb, read_column, table


def text_of(refs: Path, size: int) -> str:
    pool = [s for path in sorted(refs.glob("*.de-en.refA.tsv")) for s in read_column(path, 0)]
    lines, total = [], 0

    def endless() -> Iterator[str]:
        number = 0
        while True:
            for sentence in pool:
                number += 1
                yield f"{number}: {sentence}"

    for line in endless():
        lines.append(line)
        total += len(line.encode()) + 1
        if total >= size:
            return "\n".join(lines) + "\n"
    raise AssertionError


def one(refs: Path, size: int, engine: str) -> dict[str, float]:
    """Runs one size in this process."""
    from dataclasses import replace

    from mt_publish.config import load
    from mt_publish.formats import read_document
    from mt_publish.pipeline import _with_terms, finish, make_engine, make_glossary, translate_documents
    from mt_publish.translation.segments import cut
    from mt_publish.types import LangPair, Translation

    text = text_of(refs, size).encode()
    settings = load({"engine.quality": "balanced" if engine == "none" else engine}).settings
    pair = LangPair("de", "en")
    glossary = make_glossary(settings)
    started = time.monotonic()
    doc = read_document(text, path="big.txt", format="text")
    if engine == "none":
        segments = _with_terms(cut(doc, "de"), glossary, pair, settings)
        copies = tuple(Translation(s.id, s.source, s.marks) for s in segments)
        result = finish(
            doc, pair, segments, copies, glossary=glossary, settings=replace(settings, checks_ignore=("MTP4",))
        )
        assert result.output == text
    else:
        (result,) = translate_documents(
            [(doc, pair)], make_engine(settings, pair), glossary=glossary, settings=settings
        )
    return {"seconds": time.monotonic() - started, "mb": peak_mb(), "segments": len(result.segments)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refs", type=Path, required=True)
    parser.add_argument("--largest", type=int, default=10_000_000)
    parser.add_argument("--engine", choices=("none", "fast", "balanced"), default="none")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(one(args.refs, args.one, args.engine)))
        return
    print(machine(), f"\nengine: {args.engine}\n")
    rows, sizes, per_mb = [], [10_000, 100_000, 1_000_000, 10_000_000], []
    for size in [s for s in sizes if s <= args.largest]:
        command = [sys.executable, __file__, "--refs", str(args.refs), "--engine", args.engine, "--one", str(size)]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        per_mb.append(found["seconds"] / size * 1e6)
        rows.append(
            (
                f"{size / 1e6:g} MB",
                int(found["segments"]),
                f"{found['seconds']:.2f}",
                f"{per_mb[-1]:.2f}",
                f"{found['mb']:.0f}",
            )
        )
    table(rows, ("text", "segments", "s", "s/MB", "peak MB"))
    if len(per_mb) > 1:
        print(f"\nlast two sizes: {per_mb[-1] / per_mb[-2]:.2f} × the time a MB (1.00 is linear)")


if __name__ == "__main__":
    main()
