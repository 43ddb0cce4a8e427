"""What looking for the names of a huge glossary costs, as a share of translation time.

    python benchmarks/matching.py --refs ../shared/eval/news [--entries 1000 10000 100000] [--limit 2000]

The entries are made up: names of one to three invented words with the letters of the sentences' own words, so that many begin
like words of the text, and one in a hundred is a word pair that does stand in the text. Timed are the index of the glossary, made once, the
look-up of all mentions in the sentences, and decoding the same sentences at the default beam.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

from _common import machine, read_column, table

from mt_publish.config import load
from mt_publish.glossary import Glossary, find_terms
from mt_publish.pipeline import make_engine
from mt_publish.types import Entry, LangPair, Segment

PAIR = LangPair("de", "en")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refs", type=Path, required=True, help="folder with German TAB English files")
    parser.add_argument("--entries", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--limit", type=int, default=2000, help="sentences")
    args = parser.parse_args()
    paths = sorted(args.refs.glob("*.de-en.refA.tsv"))
    sentences = [text for path in paths for text in read_column(path, 0)][: args.limit]
    segments = [Segment(str(n), text) for n, text in enumerate(sentences)]
    print(machine(), "\n")

    engine = make_engine(load().settings, PAIR)
    pieces = engine.tokenizer.encode(sentences)
    engine.translate(pieces[:32], PAIR.target)  # loads the model
    started = time.monotonic()
    engine.translate(pieces, PAIR.target, beam=2)
    decoding = time.monotonic() - started

    rows = []
    for count in args.entries:
        glossary = Glossary(invented(sentences, count))
        started = time.monotonic()
        glossary.index(PAIR)
        built = time.monotonic() - started
        started = time.monotonic()
        found = list(find_terms(segments, glossary, PAIR))
        matching = time.monotonic() - started
        mentions = sum(len(segment.terms) for segment in found)
        rows.append(
            (
                f"{count:,}",
                mentions,
                f"{built:.2f}",
                f"{matching:.2f}",
                f"{decoding:.1f}",
                f"{100 * matching / decoding:.1f} %",
            )
        )
    table(rows, ("entries", "mentions", "index s", "matching s", "decoding s", "matching of decoding"))


def invented(sentences: list[str], count: int) -> list[Entry]:
    """So many entries, all with different names."""
    rng = random.Random(1)
    words = sorted({word for text in sentences for word in text.split() if word.isalpha() and word[0].isupper()})
    pairs = [pair for text in sentences for pair in zip(text.split(), text.split()[1:], strict=False)]
    standing = sorted({" ".join(p) for p in pairs if all(w.isalpha() and w[0].isupper() for w in p)})
    names: dict[str, None] = dict.fromkeys(rng.sample(standing, min(count // 100, len(standing))))
    while len(names) < count:
        parts = []
        for _ in range(rng.randint(1, 3)):
            one, two = rng.choice(words), rng.choice(words)
            parts.append(one[: rng.randint(2, 5)] + two[-rng.randint(2, 5) :].lower())
        names[" ".join(parts)] = None
    return [Entry(name, name, rng.choice(("person", "place", "org"))) for name in names]


if __name__ == "__main__":
    main()
