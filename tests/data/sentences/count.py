"""Counts and format check of the gold sentences; run `python tests/data/sentences/count.py`, exit 1 on a fault."""

from __future__ import annotations

import sys
from pathlib import Path

DOMAINS = ("news", "law", "sport", "finance", "dialogue", "lists", "science", "culture", "letters")
MIN_SENTENCES = 210


def read(path: Path) -> list[tuple[str, list[str]]]:
    """Paragraphs as (domain, sentences)."""
    domain = ""
    paragraphs: list[tuple[str, list[str]]] = []
    current: list[str] = []
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        if line.startswith("## "):
            domain = line[3:]
        elif line:
            current.append(line)
        elif current:
            paragraphs.append((domain, current))
            current = []
    return paragraphs


def faults(path: Path, paragraphs: list[tuple[str, list[str]]]) -> list[str]:
    """What breaks the format, one line each; empty if nothing does."""
    found = []
    running = sum(len(s) for _, s in paragraphs if len(s) > 1)
    if running < MIN_SENTENCES:
        found.append(f"{path.name}: {running} sentences in running paragraphs, at least {MIN_SENTENCES} wanted")
    domains = tuple(dict.fromkeys(domain for domain, _ in paragraphs))
    if domains != DOMAINS:
        found.append(f"{path.name}: domains are {domains}")
    for _, sentences in paragraphs:
        # A paragraph of one line is a heading, a salutation or a signature.
        if len(sentences) not in (1, 3, 4, 5, 6, 7, 8):
            found.append(f"{path.name}: paragraph of {len(sentences)} sentences: {sentences[0]}")
        found += [f"{path.name}: stray space: {s!r}" for s in sentences if s != s.strip() or "  " in s]
    return found


def main() -> int:
    """Prints a table of counts; returns 1 when a file breaks the format or dev and heldout share a sentence."""
    here = Path(__file__).parent
    found: list[str] = []
    seen: dict[str, str] = {}
    for path in sorted(here.glob("??.*.txt")):
        paragraphs = read(path)
        found += faults(path, paragraphs)
        running = [s for _, group in paragraphs if len(group) > 1 for s in group]
        per_domain = {d: sum(len(g) for e, g in paragraphs if e == d and len(g) > 1) for d in DOMAINS}
        singles = sum(1 for _, group in paragraphs if len(group) == 1)
        print(f"{path.name}: {len(running)} sentences in running paragraphs, {singles} single lines; {per_domain}")
        # Salutations and one-word utterances ("Nein.") may recur; sentences of four words and more may not.
        for sentence in {s for _, group in paragraphs for s in group if len(s.split()) > 3}:
            if sentence in seen:
                found.append(f"{path.name} and {seen[sentence]} share: {sentence}")
            seen[sentence] = path.name
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
