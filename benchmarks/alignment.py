"""How well the alignment head links words, against sentences aligned by hand.

    python benchmarks/alignment.py [--model M] [--head LAYER HEAD] [--no-probe]

The gold pairs are ours (tests/data/alignment). The head's attention of the given pair is summed to words by `align_words`,
once as it is and once as `translate` uses it, with equal words as anchors. Both directions: the attention of de-en gives each
English word a German one, that of en-de the other way round.

Measures of Och and Ney (2003, "A Systematic Comparison of Various Statistical Alignment Models", Computational Linguistics
29(1)), with links A, sure gold links S and possible ones P (S is part of P):

    precision = |A & P| / |A|     recall = |A & S| / |S|     AER = 1 - (|A & S| + |A & P|) / (|A| + |S|)

Every target word gets exactly one link, so a compound against several German words, or a word without a counterpart, costs
recall or precision however good the attention is. Intervals: 95 % percentiles of the bootstrap over sentences. The hit rate
of the probe is that of `mt-publish model probe` on its built-in pairs, with Wilson's interval; it needs torch and transformers.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from _common import machine, table
from checks import wilson
from numpy.typing import NDArray

from mt_publish.translation.alignment import align_words, is_word, words
from mt_publish.translation.engines import Engine, load_engine
from mt_publish.translation.models import find_model
from mt_publish.types import LangPair

GOLD = Path(__file__).parents[1] / "tests" / "data" / "alignment" / "gold.tsv"
Links = frozenset[tuple[int, int]]  # (German token, English token)
Counts = NDArray[np.int64]  # (sentences, 4): links, sure gold links, links that are sure, links that are possible


@dataclass(frozen=True)
class Gold:
    """A pair aligned by hand; `possible` holds `sure`."""

    german: str
    english: str
    sure: Links
    possible: Links


def read_gold(path: Path) -> list[Gold]:
    """The pairs of a file in the format of tests/data/alignment/README.md."""
    pairs = []
    for line in path.read_text("utf-8").splitlines():
        german, english, _, cell = line.split("\t")
        sure, possible = set(), set()
        for link in cell.split(" "):
            s, t = link.rstrip("?").split("-")
            possible.add((int(s), int(t)))
            if not link.endswith("?"):
                sure.add((int(s), int(t)))
        pairs.append(Gold(german, english, frozenset(sure), frozenset(possible)))
    return pairs


def predict(engine: Engine, gold: Sequence[Gold], pair: LangPair, *, equal_words: bool) -> list[Links]:
    """Links of every gold pair by the attention of one direction."""
    flip = pair.source == "en"
    texts = [(g.english, g.german) if flip else (g.german, g.english) for g in gold]
    cut = [engine.tokenizer.source_spans(source) for source, _ in texts]
    targets = [engine.tokenizer.encode_target(target) for _, target in texts]
    attention = engine.align([pieces for pieces, _ in cut], targets, pair.target)
    out = []
    for (source, target), (_, spans), pieces, weights in zip(texts, cut, targets, attention, strict=True):
        shown, target_spans = engine.tokenizer.target_spans(pieces)
        if len(words(shown)) != len(words(target)):
            sys.exit(f"{target!r}: the model writes it as {shown!r}, with other tokens than the gold links")
        found = align_words(source, shown, spans, target_spans, weights, equal_words=equal_words)
        links = [(s, t) for t, s in enumerate(found.links) if s >= 0]
        out.append(frozenset((t, s) if flip else (s, t) for s, t in links))
    return out


def count(found: Sequence[Links], gold: Sequence[Gold], *, only_words: bool) -> Counts:
    """What the measures need, sentence by sentence; with `only_words` without links of punctuation."""
    rows = []
    for links, g in zip(found, gold, strict=True):
        german = [is_word(g.german[a:b]) or not only_words for a, b in words(g.german)]
        english = [is_word(g.english[a:b]) or not only_words for a, b in words(g.english)]
        a, sure, possible = ({(s, t) for s, t in x if german[s] and english[t]} for x in (links, g.sure, g.possible))
        rows.append((len(a), len(sure), len(a & sure), len(a & possible)))
    return np.array(rows, np.int64)


def measures(counts: Counts) -> NDArray[np.float64]:
    """AER, precision and recall in per cent over the last but one axis of `counts`."""
    a, s, a_s, a_p = np.moveaxis(counts.sum(-2), -1, 0)
    return 100 * np.stack([1 - (a_s + a_p) / (a + s), a_p / a, a_s / s], -1)


def with_intervals(counts: Counts, *, resamples: int, seed: int = 1) -> list[str]:
    """The three measures, each with its bootstrap interval."""
    drawn = np.random.default_rng(seed).integers(0, len(counts), (resamples, len(counts)))
    low, high = np.percentile(measures(counts[drawn]), (2.5, 97.5), axis=0)
    return [f"{m:.1f} [{a:.1f}, {b:.1f}]" for m, a, b in zip(measures(counts), low, high, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="shipped")
    parser.add_argument("--head", type=int, nargs=2, metavar=("LAYER", "HEAD"), help="not the head the model is set to")
    parser.add_argument("--no-probe", action="store_true", help="leave out the probe, which takes a minute")
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--misses", type=int, default=0, help="print the words of this many wrong links, anchors on")
    args = parser.parse_args()
    print(machine(), "\n")
    gold = read_gold(args.gold)
    pairs = (LangPair("de", "en"), LangPair("en", "de"))
    model = find_model(args.model, *pairs)
    if args.head:
        model = replace(model, alignment=tuple(args.head))
    engine = load_engine(model)
    print(f"{engine.name}, sha256 {model.sha256()[:12]}…, alignment head (layer, head) {model.alignment}")
    sure, possible = (sum(len(x) for x in side) for side in zip(*((g.sure, g.possible) for g in gold), strict=True))
    print(f"{len(gold)} pairs, {sure:,} sure links, {possible - sure:,} more possible ones\n")
    rows = []
    misses: list[str] = []
    for pair in pairs:
        for equal_words in (False, True):
            found = predict(engine, gold, pair, equal_words=equal_words)
            for only_words in (False, True):
                counts = count(found, gold, only_words=only_words)
                how = "with anchors" if equal_words else "attention alone"
                what = "words" if only_words else "all tokens"
                rows.append(
                    (f"{pair.source}-{pair.target}", how, what, *with_intervals(counts, resamples=args.resamples))
                )
            if equal_words:
                misses += [
                    f"{pair.source}-{pair.target}: {_token(g.german, s)} – {_token(g.english, t)}   in: {g.german}"
                    for links, g in zip(found, gold, strict=True)
                    for s, t in sorted(links - g.possible)
                ]
    table(rows, ("direction", "links", "counted", "AER %", "precision %", "recall %"))
    for line in misses[: args.misses]:
        print(line)
    if args.no_probe:
        return
    if find_spec("torch") is None or find_spec("transformers") is None:
        print("\nanchor hit rate of the probe: not measured, torch and transformers are not installed")
        return
    from mt_publish.translation.probe import builtin_pairs, probe_heads

    heads = probe_heads(model, builtin_pairs())
    layers = 1 + max(layer for layer, *_ in heads)
    used = (model.alignment[0] % layers, model.alignment[1])
    print("\nanchor hit rate of the probe:")
    for name, (layer, head, hit, total) in (
        ("the head in use", next(row for row in heads if row[:2] == used)),
        ("the best head", max(heads, key=lambda row: row[2])),
    ):
        low, high = wilson(round(hit * total), total)
        print(
            f"{name}: layer {layer}, head {head}: {100 * hit:.1f} % [{100 * low:.1f}, {100 * high:.1f}] of {total:,} anchors"
        )


def _token(text: str, index: int) -> str:
    start, end = words(text)[index]
    return text[start:end]


if __name__ == "__main__":
    main()
