"""Weekdays and months: how many of those that a source surely names its translation lacks, with and without the term ladder on them.

    python benchmarks/weekdays.py --refs NEWS/newstest2021.de-en.refA.tsv NEWS/newstest2021.en-de.refA.tsv

Each file has one segment a line: German, a tab, a human translation in English; a file whose name holds "en-de" has English as its
source, all others German. Only sentences that name a weekday or month are translated, each on its own, with the shipped glossaries.
"lost" counts names that the translation cannot be read to have (`mt_publish.text.calendar.mentioned`), "references" the same for
the human translations; "new" names that it surely has and the source has not. chrF is that of these sentences.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from unittest.mock import patch

from _common import machine, table

from mt_publish.config import load
from mt_publish.formats import read_document
from mt_publish.pipeline import make_engine, make_glossary, translate_documents
from mt_publish.quality.metrics import corpus_scores
from mt_publish.text.calendar import calendar_names, mentioned
from mt_publish.types import LangPair


def lost(source: str, target: str, pair: LangPair) -> int:
    """How many weekdays and months of the source the target lacks."""
    there = mentioned(target, pair.target)
    return sum(name.number not in there for name in calendar_names(source, pair.source))


def new(source: str, target: str, pair: LangPair) -> int:
    """How many weekdays and months the target names and the source does not."""
    here = mentioned(source, pair.source)
    return sum(name.number not in here for name in calendar_names(target, pair.target))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refs", type=Path, nargs="+", required=True)
    args = parser.parse_args()
    print(machine())
    cfg = load().settings
    glossary = make_glossary(cfg)
    rows = []
    for path in args.refs:
        source, target = ("en", "de") if "en-de" in path.name else ("de", "en")
        pair = LangPair(source, target)
        lines = [line.split("\t") for line in path.read_text("utf-8").splitlines() if "\t" in line]
        both = [(a, b) if source == "de" else (b, a) for a, b, *_ in lines]
        chosen = [(text, ref) for text, ref in both if calendar_names(text, source)]
        docs = [(read_document(f"{text}\n".encode(), path=f"{i}.txt"), pair) for i, (text, _) in enumerate(chosen)]
        engine = make_engine(cfg, pair)
        refs = [ref for _, ref in chosen]
        names = sum(len(calendar_names(text, source)) for text, _ in chosen)
        in_refs = sum(lost(text, ref, pair) for text, ref in chosen)
        for label, ladder in (("without", False), ("with", True)):
            with (
                patch("mt_publish.translation.decode.calendar_terms", return_value=()) if not ladder else patch.dict({})
            ):
                done = translate_documents(docs, engine, glossary=glossary, settings=cfg)
                hyps = [result.output.decode().strip() for result in done]
            missing = sum(lost(text, hyp, pair) for (text, _), hyp in zip(chosen, hyps, strict=True))
            added = sum(new(text, hyp, pair) for (text, _), hyp in zip(chosen, hyps, strict=True))
            (chrf,) = corpus_scores(hyps, [refs], target_lang=target, metrics=["chrf"])
            share = f"{missing} ({100 * missing / names:.1f} %)"
            rows.append(
                (path.name.removesuffix(".tsv"), label, len(chosen), names, share, in_refs, added, f"{chrf.value:.1f}")
            )
    table(rows, ("set", "ladder", "sentences", "names", "lost", "references", "new", "chrF"))


if __name__ == "__main__":
    main()
