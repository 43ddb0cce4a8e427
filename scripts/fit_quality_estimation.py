"""Fit the quality estimation, measure it on other text, and write its weights and its reliability plot.

    python scripts/fit_quality_estimation.py --fit NEWS/generaltest2022.*.tsv --held-out NEWS/newstest2021.*.tsv

Each file has one segment a line: German, a tab, English. A file whose name holds "en-de" has English as its source, all
others German. Files with the same sources are several references of one set. The weights are fitted on translations of
the --fit files by the shipped model; every printed figure is from the --held-out files. No text is stored: what goes into
`mt_publish/quality/estimation.json` is weights, into `docs/` a picture. Intervals are 95 %, from a bootstrap over
segments. With --check nothing is written.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.checks import KINDS, Kind  # noqa: E402
from mt_publish.config import load  # noqa: E402
from mt_publish.glossary import Glossary, find_terms  # noqa: E402
from mt_publish.pipeline import Rules, make_engine, make_glossary, term_problems  # noqa: E402
from mt_publish.quality.estimation import (  # noqa: E402
    CEILING,
    FAULTS,
    LIKELIHOODS,
    NEUTRAL,
    Estimator,
    Features,
    measure,
    parse_estimator,
)
from mt_publish.quality.metrics import segment_scores  # noqa: E402
from mt_publish.translation.decode import translate_segments  # noqa: E402
from mt_publish.translation.engines import Engine  # noqa: E402
from mt_publish.types import LangPair, Segment, Translation  # noqa: E402

WEIGHTS = ROOT / "mt_publish" / "quality" / "estimation.json"
PLOT = ROOT / "docs" / "quality-reliability.svg"
PAIRS = (LangPair("de", "en"), LangPair("en", "de"))

THRESHOLD = 50.0
"""Sentence chrF whose reaching is predicted."""

VARIANTS = {"both directions": (*LIKELIHOODS, *FAULTS, *NEUTRAL), "one direction": ("forward", *FAULTS, *NEUTRAL)}

LEAST = {"figures": 1.0, "terms": 1.0, "words": 1.0}
"""Log-odds that an error finding costs at least: sentence chrF hardly sees a wrong digit or a lost name, a reader does."""

SPOILED_WEIGHT = 0.5
"""What an example with an injected error weighs in fitting, where a translation weighs 1."""

SPOILING = (
    "number: digit changed", "number: lost", "number: two swapped", "copy of the source", "sentence of the source language",
    "sentence of a third language", "loop", "unknown character", "wrong encoding", "clause twice", "last third cut off",
    "second half cut off, full stop kept", "six words left untranslated", "negation deleted", "name distorted",
)  # fmt: skip
"""Injected errors (of benchmarks/checks.py) that change what a reader is told; typography and markup do not."""


@dataclass(frozen=True)
class Example:
    """A translation that was measured.

    Args:
        pair: Its direction.
        kind: "mt" by the pipeline, "fast" greedy and without glossaries, "human" another reference, or "<one of
            these>: <error>" with an injected error.
        at: Number of its segment, to find the clean one of a spoiled one.
        features: The measures.
        chrf: Sentence chrF against each reference; empty for an injected error.
    """

    pair: LangPair
    kind: str
    at: int
    features: Features
    chrf: tuple[float, ...] = ()

    @property
    def good(self) -> float:
        """Share of the references against which it reaches the threshold; 0 with an injected error."""
        return sum(x >= THRESHOLD for x in self.chrf) / len(self.chrf) if self.chrf else 0.0


# --- examples ---------------------------------------------------------------------------------------------------------


def read_sets(paths: Sequence[Path]) -> Iterator[tuple[LangPair, list[str], list[list[str]]]]:
    """(pair, sources, references) of each set; files with the same sources are references of one set."""
    found: dict[tuple[LangPair, tuple[str, ...]], list[list[str]]] = {}
    for path in paths:
        pair = PAIRS[1] if "en-de" in path.name else PAIRS[0]
        rows = [line.split("\t")[:2] for line in path.read_text(encoding="utf-8").splitlines() if line.count("\t") == 1]
        side = 0 if pair.source == "de" else 1
        found.setdefault((pair, tuple(row[side] for row in rows)), []).append([row[1 - side] for row in rows])
    for (pair, sources), refs in found.items():
        yield pair, list(sources), refs


class Bench:
    """Engine and glossary, and how examples are made with them."""

    def __init__(self, seed: int) -> None:
        settings = load(environ={}, folder=Path("/")).settings
        self.engine: Engine = make_engine(settings, *PAIRS)
        self.glossary: Glossary = make_glossary(settings)
        self.seed = seed

    def translated(self, segments: Sequence[Segment], pair: LangPair, quality: str) -> list[Translation]:
        """Translations by the pipeline: "balanced" with glossaries and repairs, "fast" without."""
        rules = Rules(self.glossary, pair) if quality == "balanced" else None
        return list(translate_segments(list(segments), self.engine, pair.target, rules=rules, quality=quality))  # type: ignore[arg-type]

    def measured(
        self, segments: Sequence[Segment], hyps: Sequence[Translation], pair: LangPair, ratios: dict[str, float]
    ) -> list[Features]:
        problems = term_problems(segments, hyps, self.glossary, pair)
        return measure(segments, hyps, pair, self.engine, term_problems=problems, ratios=ratios)

    def examples(
        self, sources: list[str], refs: list[list[str]], pair: LangPair, *, count: int, ratios: dict[str, float],
        spoiled: Sequence[str], human: bool, fast: bool,
    ) -> Iterator[Example]:  # fmt: skip
        """Examples of `count` segments drawn from a set.

        Args:
            sources: All sources of the set.
            refs: Its references.
            pair: Its direction.
            count: How many segments to draw.
            ratios: Usual length ratio by pair.
            spoiled: Kinds of translation to inject errors into, one error a segment for "mt", two for "human".
            human: Whether to measure the last reference against the others, where there are several.
            fast: Whether to measure greedy translations without glossaries too.
        """
        rng = random.Random(f"{self.seed} {pair}")
        chosen = sorted(rng.sample(range(len(sources)), min(count, len(sources))))
        plain = [Segment(f"s{i}", sources[i], line=i + 1) for i in chosen]
        segments = list(find_terms(plain, self.glossary, pair))
        theirs = [[ref[i] for i in chosen] for ref in refs]
        versions = {"mt": self.translated(segments, pair, "balanced")}
        if fast:
            versions["fast"] = self.translated(plain, pair, "fast")
        if human:
            versions["human"] = [
                Translation(s.id, ref, origin="post_edit") for s, ref in zip(segments, theirs[-1], strict=True)
            ]
        for kind, hyps in versions.items():
            against = theirs[:-1] if kind == "human" else theirs
            scores = [segment_scores([h.target for h in hyps], [ref])["chrf"] for ref in against]
            rows = list(zip(*scores, strict=True)) if scores else [()] * len(hyps)
            features = self.measured(segments, hyps, pair, ratios)
            for at, found, row in zip(chosen, features, rows, strict=True):
                yield Example(pair, kind, at, found, tuple(row))
        for kind in spoiled:
            yield from self.spoiled(kind, segments, versions[kind], chosen, pair, ratios, 1 if kind == "mt" else 2, rng)

    def spoiled(
        self, base: str, segments: Sequence[Segment], hyps: Sequence[Translation], numbers: Sequence[int], pair: LangPair,
        ratios: dict[str, float], each: int, rng: random.Random,
    ) -> Iterator[Example]:  # fmt: skip
        """Injected errors, `each` of a segment, kinds in turn so that the rare ones come wherever they can."""
        kinds = [kind for kind in KINDS if kind.name in SPOILING]
        made = dict.fromkeys((kind.name for kind in kinds), 0)
        cases: list[tuple[int, Kind, Segment, Translation]] = []
        for number, segment, hyp in zip(numbers, segments, hyps, strict=True):
            done = 0
            for kind in sorted(kinds, key=lambda k: (made[k.name], rng.random())):
                if done == each:
                    break
                injected = kind.make(segment, hyp, pair, rng)
                if injected is not None and injected[0] is segment:
                    made[kind.name] += 1
                    done += 1
                    cases.append((number, kind, *injected))
        features = self.measured([c[2] for c in cases], [c[3] for c in cases], pair, ratios)
        for (number, kind, *_), found in zip(cases, features, strict=True):
            yield Example(pair, f"{base}: {kind.name}", number, found)


def usual_ratios(paths: Sequence[Path]) -> dict[str, float]:
    """Mean logarithm of target / source characters of the references, by pair."""
    out: dict[str, list[float]] = {}
    for pair, sources, refs in read_sets(paths):
        for ref in refs:
            out.setdefault(str(pair), []).extend(
                log((len(b) + 5) / (len(a) + 5)) for a, b in zip(sources, ref, strict=True)
            )
    return {pair: round(float(np.mean(values)), 4) for pair, values in sorted(out.items())}


# --- fitting ----------------------------------------------------------------------------------------------------------


def fit(examples: Sequence[Example], names: Sequence[str], *, ridge: float = 2.0) -> dict[str, Any]:
    """Weights of a logistic model by coordinate descent, each measure of quality held to its sign.

    First everything is fitted on all examples but the human ones, then slope and shift of the log-odds on the "mt" ones
    alone (Platt 1999), so that injected errors teach what a fault is but do not move the calibration, and once more on the
    human ones.

    Args:
        examples: What to fit on.
        names: The measures.
        ridge: Pull to zero on the weights of the standardised measures.
    """
    raw = np.array([[float(getattr(e.features, name)) for name in names] for e in examples])
    kinds = np.array([e.kind for e in examples])
    y = np.array([e.good for e in examples])
    share = np.array([1.0 if e.chrf else SPOILED_WEIGHT for e in examples])
    by_machine = kinds != "human"
    centre, scale = raw[by_machine].mean(0), np.maximum(raw[by_machine].std(0), 1e-6)
    x = (raw - centre) / scale
    lower = np.array([0.0 if name in LIKELIHOODS else -np.inf for name in names])
    upper = np.array([0.0 if name in FAULTS else np.inf for name in names])
    least = np.array([LEAST.get(name, 0.0) for name in names])
    upper = np.minimum(upper, np.where(least > 0, -least * scale, np.inf))
    w, b = _descend(x[by_machine], y[by_machine], share[by_machine], lower, upper, ridge)
    slope, shift = _platt(x @ w + b, y, kinds == "mt")
    weights = np.minimum(slope * w / scale, np.where(least > 0, -least, np.inf))
    intercept = slope * b + shift - float((slope * w / scale) @ centre)
    human = _platt(raw @ weights + intercept, y, kinds == "human") if (kinds == "human").any() else (1.0, 0.0)
    return {
        "intercept": round(float(intercept), 5),
        "weights": {name: round(float(value), 5) + 0.0 for name, value in zip(names, weights, strict=True)},
        "human": {"slope": round(human[0], 5), "shift": round(human[1], 5)},
    }


def boundary(examples: Sequence[Example]) -> float:
    """Half way between the mean forward scores of what the model and what people translated; -inf without people."""
    kinds = [[e.features.forward for e in examples if e.kind == kind] for kind in ("mt", "human")]
    return round(sum(float(np.mean(scores)) for scores in kinds) / 2, 4) if kinds[1] else -1e9


def _platt(logit: np.ndarray, y: np.ndarray, chosen: np.ndarray) -> tuple[float, float]:
    """(slope, shift) that calibrate log-odds on the chosen examples."""
    line, ones = logit[chosen][:, None], np.ones(chosen.sum())
    slope, shift = _descend(line, y[chosen], ones, np.array([0.0]), np.array([np.inf]), 0.0)
    return float(slope[0]), float(shift)


def _descend(
    x: np.ndarray, y: np.ndarray, share: np.ndarray, lower: np.ndarray, upper: np.ndarray, ridge: float
) -> tuple[np.ndarray, float]:
    """Weights and intercept of the least weighted log-loss within bounds: one Newton step a coordinate, again and again."""
    w, b = np.clip(np.zeros(x.shape[1]), lower, upper), 0.0
    logit = x @ w + b
    for _ in range(500):
        before = np.append(w, b)
        for j in range(-1, x.shape[1]):
            p = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
            column = x[:, j] if j >= 0 else np.ones(len(x))
            slope = float((share * (p - y)) @ column) + (ridge * w[j] if j >= 0 else 0.0)
            bend = float((share * p * (1 - p)) @ column**2) + (ridge if j >= 0 else 0.0) + 1e-9
            step = max(-1.0, min(1.0, -slope / bend))
            if j < 0:
                b += step
            else:
                step = float(np.clip(w[j] + step, lower[j], upper[j])) - w[j]
                w[j] += step
            logit = logit + step * column
        if np.abs(np.append(w, b) - before).max() < 1e-6:
            break
    return w, b


# --- measuring --------------------------------------------------------------------------------------------------------


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, ties sharing their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[inverse])


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation; 0 when one side does not vary."""
    x, y = ranks(a), ranks(b)
    return float(np.corrcoef(x, y)[0, 1]) if x.std() > 0 and y.std() > 0 else 0.0


def area(better: np.ndarray, worse: np.ndarray) -> float:
    """AUC: the chance that one of `better` is above one of `worse`, ties counting half."""
    found = ranks(np.concatenate([better, worse]))[: len(better)].sum()
    return float((found - len(better) * (len(better) + 1) / 2) / (len(better) * len(worse)))


def interval(function: Any, columns: Sequence[np.ndarray], *, seed: int, n: int = 1000) -> tuple[float, float]:
    """95 % bootstrap interval of a function of columns whose rows are drawn together."""
    rng = np.random.default_rng(seed)
    size = len(columns[0])
    values = [function(*(c[drawn] for c in columns)) for drawn in (rng.integers(0, size, size) for _ in range(n))]
    return float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5))


@dataclass(frozen=True)
class Bin:
    """Examples with like estimates: how many, mean estimate, share that is good, and the interval of that share."""

    count: int
    estimate: float
    good: float
    low: float
    high: float


def bins(estimates: np.ndarray, good: np.ndarray, number: int = 8) -> list[Bin]:
    """Bins of equal count, lowest estimates first; intervals are Wilson's, at 95 %."""
    out = []
    for part in np.array_split(np.argsort(estimates, kind="stable"), number):
        n, share, z = len(part), float(good[part].mean()), 1.96
        centre, half = share + z * z / (2 * n), z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
        out.append(Bin(n, float(estimates[part].mean()), share, float(max(0, low)), float(min(1, high))))
    return out


def calibration_error(found: Sequence[Bin]) -> float:
    """Mean distance between estimate and share, weighted by count (expected calibration error)."""
    total = sum(b.count for b in found)
    return sum(b.count * abs(b.estimate - b.good) for b in found) / total


def report(examples: Sequence[Example], estimator: Estimator, *, seed: int) -> dict[str, list[Bin]]:
    """Prints what the estimator is worth on examples, as Markdown; gives the bins for the plot back."""

    def values(some: Sequence[Example]) -> np.ndarray:
        return np.array([estimator.estimate(e.features, human=e.kind.startswith("human")) for e in some])

    panels: dict[str, list[Bin]] = {}
    print("\n| translations | segments | reach chrF 50 | mean estimate | Spearman with chrF | forward score alone | "
          "Brier (constant) | calibration error |\n|---|---|---|---|---|---|---|---|")  # fmt: skip
    for kind, label in (("mt", "shipped model"), ("human", "people")):
        for pair in PAIRS:
            some = [e for e in examples if e.kind == kind and e.pair == pair and e.chrf]
            if len(some) < 40:
                continue
            est, good = values(some), np.array([e.good for e in some])
            chrf = np.array([np.mean(e.chrf) for e in some])
            forward = np.array([e.features.forward for e in some])
            low, high = interval(spearman, (est, chrf), seed=seed)
            alone = interval(spearman, (forward, chrf), seed=seed)
            brier, constant = float(((est - good) ** 2).mean()), float(((good.mean() - good) ** 2).mean())
            found = panels[f"{label}, {pair.source}→{pair.target}"] = bins(est, good)
            print(
                f"| {label}, {pair.source}→{pair.target} | {len(some)} | {good.mean():.3f} | {est.mean():.3f} | "
                f"{spearman(est, chrf):.2f} ({low:.2f} to {high:.2f}) | {spearman(forward, chrf):.2f} ({alone[0]:.2f} to "
                f"{alone[1]:.2f}) | {brier:.3f} ({constant:.3f}) | {calibration_error(found):.3f} |"
            )
    if not any(":" in e.kind for e in examples):
        return panels
    print(
        "\n| injected error | into | cases | AUC against clean | below its own clean original |\n|---|---|---|---|---|"
    )
    for base, label in (("mt", "shipped model"), ("human", "people")):
        clean = {(e.pair, e.at): v for e, v in _with(values, [e for e in examples if e.kind == base])}
        every = [e for e in examples if e.kind.startswith(base + ": ")]
        for name in ("all", *SPOILING):
            some = every if name == "all" else [e for e in every if e.kind == f"{base}: {name}"]
            if len(some) < 10:
                continue
            spoiled, own = values(some), np.array([clean[e.pair, e.at] for e in some])
            others = np.array(list(clean.values()))
            low, high = _area_interval(others, spoiled, seed)
            below = ((spoiled < own) + 0.5 * (spoiled == own)).astype(float)
            first, last = interval(np.mean, (below,), seed=seed)
            print(
                f"| {name} | {label} | {len(some)} | {area(others, spoiled):.2f} ({low:.2f} to {high:.2f}) | "
                f"{below.mean():.0%} ({first:.0%} to {last:.0%}) |"
            )
    copies = [e for e in examples if e.kind.endswith((": copy of the source", ": sentence of the source language"))]
    over = sum(v > CEILING for v in values(copies)) if copies else 0
    print(f"\ncopies and sentences of the source language above {CEILING}: {over} of {len(copies)}")
    return panels


def _with(values: Any, some: Sequence[Example]) -> Iterator[tuple[Example, float]]:
    return zip(some, values(some), strict=True)


def _area_interval(better: np.ndarray, worse: np.ndarray, seed: int, n: int = 500) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    found = [area(rng.choice(better, len(better)), rng.choice(worse, len(worse))) for _ in range(n)]
    return float(np.percentile(found, 2.5)), float(np.percentile(found, 97.5))


# --- the picture ------------------------------------------------------------------------------------------------------

_SIDE, _LEFT, _TOP, _GAP = 300, 60, 50, 80
_COLOURS = ("#1f5fa8", "#b8501f")


def reliability_plot(panels: dict[str, list[Bin]]) -> str:
    """The bins as SVG: a square for what the shipped model and one for what people translated."""
    groups: dict[str, dict[str, list[Bin]]] = {}
    for name, found in panels.items():
        what, direction = name.rsplit(", ", 1)
        groups.setdefault(what, {})[direction] = found
    width = _LEFT + len(groups) * (_SIDE + _GAP) - _GAP + 20
    parts = []
    for number, (what, lines) in enumerate(groups.items()):
        parts.append(_square(what, lines, _LEFT + number * (_SIDE + _GAP)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_TOP + _SIDE + 60}" font-family="sans-serif" '
        f'font-size="12" role="img" aria-label="Reliability of the quality estimation">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _square(title: str, lines: dict[str, list[Bin]], left: int) -> str:
    def x(value: float) -> str:
        return f"{left + _SIDE * value:.1f}"

    def y(value: float) -> str:
        return f"{_TOP + _SIDE * (1 - value):.1f}"

    parts = [
        f'<text x="{left}" y="{_TOP - 28}" font-weight="bold">Translations by {"the " if title == "shipped model" else ""}{title}</text>',
        f'<rect x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#999"/>',
        f'<path d="M{x(0)},{y(0)}L{x(1)},{y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
        f'<text x="{x(0.5)}" y="{_TOP + _SIDE + 36}" text-anchor="middle">estimate</text>',
        f'<text transform="translate({left - 38},{y(0.5)}) rotate(-90)" text-anchor="middle">share that reaches chrF '
        f"{THRESHOLD:g}</text>",
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<text x="{x(tick)}" y="{_TOP + _SIDE + 17}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{left - 6}" y="{float(y(tick)) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for number, (direction, found) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(f'<text x="{left + 70 * number}" y="{_TOP - 10}" fill="{colour}">● {direction}</text>')
        points = " ".join(f"{x(b.estimate)},{y(b.good)}" for b in found)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
        for b in found:
            parts.append(f'<path d="M{x(b.estimate)},{y(b.low)}V{y(b.high)}" stroke="{colour}" stroke-opacity="0.5"/>')
            parts.append(f'<circle cx="{x(b.estimate)}" cy="{y(b.good)}" r="3.5" fill="{colour}"/>')
    return "".join(parts)


# --- all of it --------------------------------------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", nargs="+", type=Path, required=True, metavar="TSV", help="fit on these")
    parser.add_argument("--held-out", nargs="+", type=Path, required=True, metavar="TSV", help="measure on these")
    parser.add_argument("--count", type=int, default=200, help="segments drawn from each set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true", help="measure the weights that are there; write nothing")
    args = parser.parse_args(argv)
    shared = {p.resolve() for p in args.fit} & {p.resolve() for p in args.held_out}
    if shared:
        parser.error(f"{sorted(shared)[0].name} is in --fit and in --held-out")

    started = time.monotonic()
    bench = Bench(args.seed)
    model = bench.engine.model
    if args.check:
        estimator = parse_estimator(json.loads(WEIGHTS.read_text(encoding="utf-8")), where=WEIGHTS.name)
    else:
        ratios = usual_ratios(args.fit)
        examples = [
            e
            for pair, sources, refs in read_sets(args.fit)
            for e in bench.examples(
                sources, refs, pair, count=args.count, ratios=ratios, spoiled=("mt",), human=len(refs) > 1, fast=True
            )
        ]
        value = {
            "predicts": f"probability that sentence chrF against a human translation is at least {THRESHOLD:g}",
            "threshold": THRESHOLD,
            "model": {"name": model.name, "sha256": model.sha256()},
            "fitted": {"sets": sorted({p.name.rsplit(".ref", 1)[0] for p in args.fit}), "examples": len(examples)},
            "ratios": ratios,
            "boundary": boundary(examples),
            "variants": {name: fit(examples, names) for name, names in VARIANTS.items()},
        }
        estimator = parse_estimator(value)
        print(json.dumps(value["variants"], indent=1))
    held = [
        e
        for pair, sources, refs in read_sets(args.held_out)
        for e in bench.examples(
            sources,
            refs,
            pair,
            count=args.count,
            ratios=dict(estimator.ratios),
            spoiled=("mt", "human") if len(refs) > 1 else ("mt",),
            human=len(refs) > 1,
            fast=False,
        )
    ]
    panels = report(held, estimator, seed=args.seed)
    for pair, sources, _ in read_sets(args.held_out):
        copies = [(Segment("s", text), Translation("s", text)) for text in sources if any(map(str.isalpha, text))]
        found = measure(*zip(*copies, strict=True), pair, None, ratios=dict(estimator.ratios))
        free = sum(not f.unusable for f in found)
        print(f"copies of all sources, {pair}: {len(copies)}, taken for names and not held down: {free}")
    one = replace(estimator, variants={"one direction": estimator.variants["one direction"]})
    for kind in ("mt", "human"):
        for pair in PAIRS:
            scores = [e.features.forward or 0.0 for e in held if e.kind == kind and e.pair == pair]
            runs = [float(np.mean(scores[i : i + 10])) for i in range(0, len(scores) - 9, 10)]
            taken = sum(score < estimator.boundary for score in runs)
            print(f"runs of ten segments by {kind}, {pair}, taken for people's: {taken} of {len(runs)}")
    print("\nThe same without the backward score, as a model of one direction has it:")
    report([e for e in held if ":" not in e.kind], one, seed=args.seed)
    if not args.check:
        WEIGHTS.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        PLOT.write_text(reliability_plot(panels), encoding="utf-8")
    print(f"\n{model.name} {model.sha256()[:12]}, {len(held)} examples held out, {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
