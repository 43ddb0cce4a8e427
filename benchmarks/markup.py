"""Inline tags: how many are kept, whether the output is well-formed, and how often a tag holds the right words.

    python benchmarks/markup.py --refs ../shared/eval/markup [--limit N]

"right words" compares the words inside each tag with those inside the same tag of the reference (F1 over words, tags
with text only): a translation may word it differently, so 100 % is not to be had.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path

from _common import machine, table

from mt_publish.config import load
from mt_publish.formats import read_document
from mt_publish.pipeline import make_engine, make_glossary, translate_documents
from mt_publish.types import LangPair

_TAG = re.compile(r"<(/?)(\w+)([^>]*?)(/?)>")


def well_formed(text: str) -> bool:
    """Whether tags nest."""
    stack = []
    for closing, name, _, empty in _TAG.findall(text):
        if empty:
            continue
        if not closing:
            stack.append(name)
        elif not stack or stack.pop() != name:
            return False
    return not stack


def contents(text: str) -> dict[str, Counter[str]]:
    """Words inside each tag, by its opening literal."""
    found: dict[str, Counter[str]] = {}
    stack: list[tuple[str, int]] = []
    for tag in _TAG.finditer(text):
        closing, _, _, empty = tag.groups()
        if empty:
            continue
        if not closing:
            stack.append((tag.group(), tag.end()))
        elif stack:
            literal, start = stack.pop()
            inside = _TAG.sub(" ", text[start : tag.start()])
            found[literal] = Counter(re.findall(r"\w+", inside.lower()))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refs", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--model", default="shipped")
    args = parser.parse_args()
    print(machine(), "\n")
    settings = load({"engine.model": args.model}).settings
    rows = []
    for path in sorted(args.refs.glob("*.jsonl")):
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()][: args.limit]
        pair = LangPair(lines[0]["src_lang"], lines[0]["tgt_lang"])
        engine, glossary = make_engine(settings, pair), make_glossary(settings)
        docs = [
            (read_document(f"<p>{line['source']}</p>".encode(), path=line["id"], format="html"), pair) for line in lines
        ]
        tags = kept = formed = 0
        overlap = guessed = wanted = 0
        results = translate_documents(docs, engine, glossary=glossary, settings=settings)
        for line, result in zip(lines, results, strict=True):
            output = result.output.decode()
            before = Counter(m.group() for m in _TAG.finditer(f"<p>{line['source']}</p>"))
            after = Counter(m.group() for m in _TAG.finditer(output))
            tags += sum(before.values())
            kept += sum((before & after).values())
            formed += well_formed(output) and before == after
            reference, ours = contents(line["reference"]), contents(output)
            for literal, words in reference.items():
                mine = ours.get(literal, Counter())
                overlap += sum((words & mine).values())
                guessed += sum(mine.values())
                wanted += sum(words.values())
        f1 = 2 * overlap / max(1, guessed + wanted)
        rows.append(
            (
                path.stem,
                len(lines),
                tags,
                f"{100 * kept / tags:.2f} %",
                f"{100 * formed / len(lines):.2f} %",
                f"{100 * f1:.1f} %",
            )
        )
    table(rows, ("set", "sentences", "tags", "kept", "well-formed and equal", "right words (F1)"))


if __name__ == "__main__":
    main()
