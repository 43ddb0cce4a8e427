"""Term accuracy and consistency with and without glossary, and what that does to chrF.

    python benchmarks/terms.py --refs ../shared/eval/terms [--limit N]

Each .jsonl file holds sentences with their own terms; these terms are the glossary. "lemma" counts inflected forms and
compounds as right, "exact" only the listed form.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from _common import machine, table

from mt_publish.config import load
from mt_publish.formats import read_document, write_document
from mt_publish.glossary import Glossary, entries_from_terms, find_terms, read_rows, term_measures
from mt_publish.pipeline import Rules, make_engine
from mt_publish.quality.checks.typography import fix_typography
from mt_publish.translation.decode import translate_segments
from mt_publish.translation.engines import Engine, Pieces
from mt_publish.translation.lexicon import source_with_spans
from mt_publish.translation.segments import cut, join
from mt_publish.translation.slips import mend
from mt_publish.translation.terms import Links, annotate, judge
from mt_publish.types import Document, Lang, LangPair, Segment, Span, Translation


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refs", type=Path, required=True, help="folder with .jsonl files")
    parser.add_argument("--limit", type=int, default=None, help="sentences of each file")
    parser.add_argument("--model", default="shipped")
    parser.add_argument("--only", default="", help="part of a file name")
    parser.add_argument("--misses", type=int, default=0, help="print this many misses")
    args = parser.parse_args()
    import sacrebleu

    print(machine(), "\n")
    settings = load({"engine.model": args.model}).settings
    rows = []
    for path in sorted(args.refs.glob("*.jsonl")):
        if args.only not in path.name:
            continue
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()][: args.limit]
        pair = LangPair(lines[0]["src_lang"], lines[0]["tgt_lang"])
        engine = make_engine(settings, pair)
        references = [line["reference"] for line in lines]
        # documents are matched one by one with their own terms; sentences without a document are documents of their own
        groups: dict[object, list[int]] = {}
        for i, line in enumerate(lines):
            groups.setdefault(line["doc"] or i, []).append(i)
        plain: list[tuple[Document, tuple[Segment, ...]]] = []
        matched: list[tuple[Document, tuple[Segment, ...]]] = []
        everything = []
        for number, indices in enumerate(groups.values()):
            text = "\n".join(lines[i]["source"] for i in indices) + "\n"
            doc = read_document(text.encode(), path=f"{number}.txt", format="text")
            segments = cut(doc, pair.source)
            own = read_rows([lines[i] for i in indices], [references[i] for i in indices])
            glossary = Glossary(entries_from_terms(own, pair))
            everything += glossary.entries
            plain.append((doc, segments))
            matched.append((doc, tuple(find_terms(segments, glossary, pair))))
        glossary = Glossary(everything)
        order = [i for indices in groups.values() for i in indices]
        lines, references = [lines[i] for i in order], [references[i] for i in order]
        wanted = sum(len(line["terms"]) for line in lines)
        modes = [("none", plain, None), ("its own", matched, Rules(glossary, pair))]
        if engine.model.reads_annotations:
            modes.insert(1, ("told, not repaired", matched, None))
            modes.insert(2, ("told what it missed, not repaired", matched, Rules(glossary, pair)))
        for name, docs, rules in modes:
            started = time.monotonic()
            flat = [segment for _, segments in docs for segment in segments]
            out: Iterator[Translation]
            if name.startswith("told"):
                out = _told(flat, engine, pair.target, rules)
            else:
                out = translate_segments(
                    flat,
                    engine,
                    pair.target,
                    rules=rules,
                    polish=lambda s, t, lang=pair.target: fix_typography(t, lang),
                )
            hyps, repaired = [], 0
            for doc, segments in docs:
                found = [next(out) for _ in segments]
                repaired += sum(bool(t.repairs) for t in found)
                blocks = join(doc, pair.source, {t.segment_id: t for t in found})
                hyps += write_document(doc, blocks).decode().splitlines()
            seconds = time.monotonic() - started
            m = term_measures(read_rows(lines, hyps), pair)
            chrf = sacrebleu.corpus_chrf(hyps, [references]).score
            rows.append(
                (path.stem, len(lines), wanted, name, _percent(m.exact), _percent(m.lemma), _percent(m.consistency),
                 _percent(m.source_leak), _percent(m.hallucinated), f"{chrf:.2f}", repaired, f"{seconds:.1f}")
            )  # fmt: skip
            if name == "its own":
                for source, hyp, targets in m.misses[: args.misses]:
                    print(f"MISS {targets}\n  {source}\n  {hyp}")
                count = sum(len(s.terms) for _, segments in matched for s in segments)
                print(f"{path.stem}: {count} mentions matched for {wanted} terms")
    header = (
        "set",
        "sentences",
        "terms",
        "glossary",
        "exact",
        "lemma",
        "consistency",
        "source leak",
        "hallucinated",
        "chrF",
        "repaired",
        "s",
    )
    table(rows, header)


def _told(segments: Sequence[Segment], engine: Engine, target: Lang, rules: Rules | None) -> Iterator[Translation]:
    """Translations by a model that is told the terms, as it writes them; with `rules` it is told what it missed, no more."""
    plain = [source_with_spans(engine, segment.source, target) for segment in segments]
    if rules is None:
        told = [annotate(engine, segment.source, segment.terms, target) for segment in segments]
        texts = _decode(segments, [told[n] or plain[n] for n in range(len(segments))], engine, target)
    else:
        texts = _decode(segments, plain, engine, target)
        missed = [judge(rules, text, s.source, s.terms).failing for text, s in zip(texts, segments, strict=True)]
        told = [
            annotate(engine, s.source, [s.terms[i] for i in sorted(missed[n])], target) if missed[n] else None
            for n, s in enumerate(segments)
        ]
        again = {n: pieces for n, pieces in enumerate(told) if pieces is not None}
        second = _decode([segments[n] for n in again], list(again.values()), engine, target, beam=4)
        for n, text in zip(again, second, strict=True):
            if judge(rules, text, segments[n].source, segments[n].terms).failing < missed[n]:
                texts[n] = text
    for segment, text in zip(segments, texts, strict=True):
        yield Translation(segment.id, fix_typography(text, target), origin="mt")


def _decode(
    segments: Sequence[Segment],
    sources: Sequence[tuple[Pieces, Sequence[Span]]],
    engine: Engine,
    target: Lang,
    *,
    beam: int = 2,
) -> list[str]:
    """Translations of sources that are told something, words that are none mended as `translate` does it."""
    found = engine.translate([pieces for pieces, _ in sources], target, beam=beam, attention=True)
    texts = engine.tokenizer.decode([hyps[0].pieces for hyps in found])
    return [
        mend(segment.source, text, partial(Links.of, hyps[0], spans), engine, target)[0]
        for segment, text, hyps, (_, spans) in zip(segments, texts, found, sources, strict=True)
    ]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f} %"


if __name__ == "__main__":
    main()
