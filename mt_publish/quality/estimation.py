"""Quality estimation: how good a translation probably is, told without a reference.

The estimate of a segment is the probability that its sentence chrF against a human translation is 50 or more. It comes
from a logistic model over a few measures: how probable the engine finds the translation and, read backwards, the
source; how much of the source its attention covers; the length; what the checks say about figures, terms and words.
Where the user asks for it, the cosine of sentence embeddings of both sides (`quality.embedding`) is one more, with weights
of its own for all. Every measure of quality can only push the estimate the way its name says, so that a number can be explained.

It is for ranking: reviewers read the lowest first. It is calibrated on translations by the shipped model and knows
nothing about facts; a fluent error scores high. An empty translation, a copy of the source and a sentence in the wrong
language score at most `CEILING`, whatever the engine thinks of them. `docs/quality.md` has what it is worth.

The weights are in `estimation.json`, written by `scripts/fit_quality_estimation.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from math import exp, isfinite, log
from statistics import fmean
from typing import TYPE_CHECKING, Any, Protocol

from mt_publish.errors import EvaluationError
from mt_publish.quality.checks import CheckContext, TermProblem, check_segment
from mt_publish.quality.checks.reading import Case, Side, Word, wordset
from mt_publish.types import Lang, LangPair, Matrix, MetricScore, Segment, Severity, Span, Translation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mt_publish.quality.embedding import Embedder

CEILING = 0.1
"""The most that an empty translation, a copy of the source or a sentence in the wrong language is given."""

LOW = 0.3
"""Below this an estimate is called low in reports."""

_FLOOR = -8.0
"""Mean log-probability that is taken for anything below it: a few impossible pieces say no more."""


# --- what an engine must be able to do --------------------------------------------------------------------------------


class PieceCutter(Protocol):
    """Text to pieces; `translation.tokenizer.Tokenizer` is one."""

    def encode(self, texts: list[str]) -> list[list[str]]: ...
    def encode_target(self, text: str) -> list[str]: ...


class ScoringModel(Protocol):
    """What a model says about itself; `translation.models.Model` is one."""

    @property
    def max_pieces(self) -> int: ...
    def supports(self, pair: LangPair) -> bool: ...
    def sha256(self) -> str: ...


class ScoringEngine(Protocol):
    """An engine that scores and aligns given pairs; `translation.engines.Engine` is one."""

    @property
    def tokenizer(self) -> PieceCutter: ...
    @property
    def model(self) -> ScoringModel: ...
    def read(self, texts: list[str], target: Lang) -> list[list[str]]: ...
    def score(self, batch: Sequence[list[str]], targets: Sequence[list[str]], target: Lang) -> list[float]: ...
    def align(self, batch: Sequence[list[str]], targets: Sequence[list[str]], target: Lang) -> Sequence[Matrix]: ...


# --- measures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Features:
    """What is measured of a segment and its translation. "Not measured" is None.

    Args:
        forward: Mean log-probability of a target piece given the source, natural logarithm.
        backward: Mean log-probability of a source piece given the target; None when the engine has no such direction.
        uncovered: Share of the source pieces that attention left alone, 0 to 1.
        scattered: 1 minus the mean weight of the strongest link of a target piece, 0 to 1.
        length: How far the logarithm of target / source characters is from the usual one of the pair.
        figures: Findings on numbers, dates and amounts: 1 for an error, 0.5 for a warning, at most 2.
        terms: The same for glossary terms and names.
        words: The same for omissions, repetitions, lost negations, stretches left untranslated.
        copied: Share of the translation's small-letter words that the source has as well.
        size: Logarithm of the number of source words; long sentences are seldom all right or all wrong.
        german: 1.0 when the target is German, 0.0 when English.
        unusable: Why the translation cannot be one ("empty", "copy", "language"), "" when it may be.
        similarity: Cosine of the sentence embeddings of source and translation, -1 to 1; None without an embedder.
    """

    forward: float | None
    backward: float | None
    uncovered: float | None
    scattered: float | None
    length: float
    figures: float
    terms: float
    words: float
    copied: float
    size: float
    german: float
    unusable: str = ""
    similarity: float | None = None


FAULTS = ("uncovered", "scattered", "length", "figures", "terms", "words", "copied")
"""Measures whose growth can only lower an estimate."""
LIKELIHOODS = ("forward", "backward")
"""What the engine says about the wording."""
MERITS = (*LIKELIHOODS, "similarity")
"""Measures whose growth can only raise an estimate."""
NEUTRAL = ("size", "german")
"""Measures that say how to read the others."""

_GROUPS = {
    "figures": ("MTP3",),
    "terms": ("MTP1",),
    "words": ("MTP402", "MTP404", "MTP405", "MTP406", "MTP407", "MTP409"),
}
_WEIGHT = {Severity.ERROR: 1.0, Severity.WARNING: 0.5, Severity.INFO: 0.0}
_BATCH = 512


def measure(
    segments: Sequence[Segment],
    translations: Sequence[Translation],
    pair: LangPair,
    engine: ScoringEngine | None,
    *,
    embedder: Embedder | None = None,
    term_problems: Mapping[str, Sequence[TermProblem]] | None = None,
    ratios: Mapping[str, float] | None = None,
) -> list[Features]:
    """The measures of each segment.

    Args:
        segments: The segments.
        translations: Their translations, in the same order.
        pair: Languages of both.
        engine: Scores the pairs; None leaves out what only an engine can tell.
        embedder: Gives `similarity`; None leaves it out.
        term_problems: By segment id, glossary mentions that are not as they should be; None when not looked at.
        ratios: Usual logarithm of target / source characters, by pair ("de-en"); None for those of the shipped weights.
    """
    usual = (ratios if ratios is not None else shipped_estimator().ratios).get(str(pair), 0.0)
    problems = term_problems or {}
    cases = [
        Case(segment, translation, pair, CheckContext(terms=problems.get(segment.id, ())))
        for segment, translation in zip(segments, translations, strict=True)
    ]
    # An empty side has nothing to score; it is unusable or trivial anyhow.
    scored = [i for i, case in enumerate(cases) if case.source.plain.strip() and case.target.plain.strip()]
    engine_says: dict[int, tuple[float, float | None, float, float]] = {}
    if engine is not None:
        for at in range(0, len(scored), _BATCH):
            chosen = scored[at : at + _BATCH]
            engine_says.update(zip(chosen, _ask(engine, [cases[i] for i in chosen], pair), strict=True))
    near: dict[int, float] = {}
    if embedder is not None:
        from mt_publish.quality.embedding import similarities

        texts = [cases[i].source.plain for i in scored], [cases[i].target.plain for i in scored]
        near.update(zip(scored, similarities(embedder, *texts), strict=True))
    out = []
    for i, case in enumerate(cases):
        forward, backward, uncovered, scattered = engine_says.get(i, (None, None, None, None))
        found = _findings(case)
        out.append(
            Features(
                forward=forward,
                backward=backward,
                uncovered=uncovered,
                scattered=scattered,
                length=abs(log((len(case.target.text) + 5) / (len(case.source.text) + 5)) - usual),
                figures=found["figures"],
                terms=found["terms"],
                words=found["words"],
                copied=_copied_share(case),
                size=log(1 + len(case.source.words)),
                german=float(pair.target == "de"),
                unusable=unusable(case),
                similarity=near.get(i),
            )
        )
    return out


def _ask(
    engine: ScoringEngine, cases: Sequence[Case], pair: LangPair
) -> list[tuple[float, float | None, float, float]]:
    """(forward, backward, uncovered, scattered) of each case."""
    limit = engine.model.max_pieces * 4 - 2  # all positions but prefix and </s>
    cutter = engine.tokenizer
    sources, targets = [case.source.plain for case in cases], [case.target.plain for case in cases]
    pieces = [p[:limit] for p in cutter.encode(sources)]
    hyps = [cutter.encode_target(text)[:limit] for text in targets]
    # A rare word is unlikely to a model that is not told it, however right it is.
    forward = engine.score([p[:limit] for p in engine.read(sources, pair.target)], hyps, pair.target)
    backward: Sequence[float | None] = [None] * len(cases)
    if engine.model.supports(LangPair(pair.target, pair.source)):
        turned = [p[:limit] for p in engine.read(targets, pair.source)]
        backward = engine.score(turned, [cutter.encode_target(text)[:limit] for text in sources], pair.source)
    attention = engine.align(pieces, hyps, pair.target)
    return [
        (_clipped(f), None if b is None else _clipped(b), *_coverage(matrix))
        for f, b, matrix in zip(forward, backward, attention, strict=True)
    ]


def _clipped(score: float) -> float:
    return min(0.0, max(_FLOOR, score)) if isfinite(score) else _FLOOR


def _coverage(attention: Matrix) -> tuple[float, float]:
    """(share of source pieces left alone, 1 - mean strongest link) of an attention (target pieces, source pieces)."""
    if not attention or not attention[0]:
        return 1.0, 1.0
    covered = [min(1.0, sum(column)) for column in zip(*attention, strict=True)]  # (source pieces,)
    return 1.0 - fmean(covered), 1.0 - fmean(max(row) for row in attention)


def _findings(case: Case) -> dict[str, float]:
    """Weight of the findings of each group, at most 2."""
    out = dict.fromkeys(_GROUPS, 0.0)
    if not case.target.plain.strip():
        return out
    select = tuple(code for codes in _GROUPS.values() for code in codes)
    context = CheckContext(terms=case.context.terms, select=select)
    for finding in check_segment(case.segment, case.translation, case.pair, context=context):
        for group, codes in _GROUPS.items():
            if finding.rule.startswith(codes):
                out[group] = min(2.0, out[group] + _WEIGHT[finding.severity])
    return out


def _copied_share(case: Case) -> float:
    """Share of the target's small-letter words of three letters or more that the source has as well."""
    words = [w.lower for w in case.target.words if w.text[0].islower() and len(w.text) >= 3]
    ours = {w.lower for w in case.source.words}
    return sum(w in ours for w in words) / len(words) if words else 0.0


# --- what is no translation -------------------------------------------------------------------------------------------

_MOST = 0.85
"""From this share of words of the source on, a translation of four words or more is the source in another order."""

_PARTICLE = wordset("von van de del della di da dos du la le al el bin ibn af av ten ter zu vom zum zur der den dem")
"""Small words that names are made with."""


def unusable(case: Case) -> str:
    """Why a translation cannot be one: "empty", "copy", "language"; "" when it may be.

    A copy is right where there is nothing to translate: no letters, or names only. Names are words with a capital
    letter and the particles between them, and what the glossary says stays as it is.
    """
    source, target = case.source, case.target
    if not any(c.isalpha() for c in source.plain):
        return ""
    if not target.plain.strip():
        return "empty"
    if not _all_names(case):
        ours, theirs = [w.lower for w in source.words], [w.lower for w in target.words]
        known = set(ours)
        same = sum(w in known for w in theirs)
        if _bare(source.plain) == _bare(target.plain) or (len(theirs) >= 4 and same >= _MOST * len(theirs)):
            return "copy"
    context = CheckContext(select=("MTP403",))
    if check_segment(case.segment, case.translation, case.pair, context=context):
        return "language"
    return ""


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _all_names(case: Case) -> bool:
    """Whether the source holds nothing but names, figures, protected stretches and terms that stay as they are."""
    source = case.source
    kept = [term.span for term in case.segment.terms if term.surface in (term.target, *term.accepted)]
    words = [w for w in source.words if not any(_plain_span(source, w).overlaps(span) for span in kept)]
    lexical = [w for w in words if any(c.isalpha() for c in w.text)]
    if lexical and _STOP.search(source.plain):
        return False  # bylines and headings of names end without a stop: "Twice.", "Guten Tag!"
    for at, word in enumerate(lexical):
        if word.text[0].isupper() or not word.text[0].isalpha():
            continue
        between = 0 < at < len(lexical) - 1
        if not (between and word.text in _PARTICLE):
            return False
    # "Das Wetter", "The Weather": a function word is no name, whatever its first letter
    return not any(w.lower in _ARTICLES[case.pair.source] for w in lexical if w.text[0].isupper())


_STOP = re.compile(r"(?:[^\W\d_]{4}[.:,;…]+|[!?])[\s\"'“”„‘’‚»«›‹)]*$")

_ARTICLES: dict[Lang, frozenset[str]] = {
    "de": wordset(
        "der das den dem des ein eine einer einen einem und oder nicht ist sind war mit für auf im ich er sie es wir "
        "was wer wie wo warum kein keine auch nur noch nach bei aus in von zu vom zum zur am um alle viele vielen wenn "
        "als so hier jetzt heute gestern morgen neue neuer neues neuen erste erster mehr diese dieser dieses welche unser"
    ),
    "en": wordset(
        "the a an and or not is are was were with for on at i he she it we you they what who how where why no also "
        "only after from this that of to in by as if all more most new first today now here our your his her their"
    ),
}
"""Words that make a text with capital letters more than a list of names."""


def _plain_span(side: Side, word: Word) -> Span:
    return side.span(word.span.start, word.span.end)


# --- the model --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over some of the measures: the log-odds are `intercept` plus weight times measure.

    Args:
        intercept: Log-odds where every measure is 0.
        weights: By name of the measure.
        human: (slope, shift) of these log-odds for what a person wrote: an engine finds people's wording improbable.
    """

    intercept: float
    weights: Mapping[str, float]
    human: tuple[float, float] = (1.0, 0.0)

    def probability(self, features: Features, *, human: bool = False) -> float:
        """The probability, 0 to 1; `human` for a translation that no machine made."""
        logit = self.intercept + sum(w * float(getattr(features, name)) for name, w in self.weights.items())
        if human:
            logit = self.human[0] * logit + self.human[1]
        return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))

    def fits(self, features: Features) -> bool:
        """Whether everything that the model needs was measured."""
        return all(getattr(features, name) is not None for name in self.weights)


@dataclass(frozen=True, slots=True)
class Estimator:
    """The fitted models, the richest first, and what they were fitted on.

    Args:
        variants: By name; the first whose measures are all there is used.
        ratios: Usual logarithm of target / source characters, by pair ("de-en").
        threshold: The sentence chrF (0 to 100) whose reaching is predicted.
        boundary: Mean forward log-probability of a document below which its wording is a person's.
        model_sha256: Hash of the translation model whose output it is calibrated on.
        model_name: Name of that model.
        embedding_sha256: Hash of the weights of the embedding that `similarity` is calibrated on.
    """

    variants: Mapping[str, Weights]
    ratios: Mapping[str, float]
    threshold: float
    boundary: float
    model_sha256: str = ""
    model_name: str = ""
    embedding_sha256: str = ""

    def estimate(self, features: Features, *, human: bool = False) -> float:
        """The estimate from measures, 0 to 1, rounded to four digits.

        Args:
            features: What was measured.
            human: True for a translation that no machine made.

        Raises:
            EvaluationError: Too little was measured for any of the models.
        """
        chosen = next((weights for weights in self.variants.values() if weights.fits(features)), None)
        if features.unusable == "empty":
            return 0.0
        if chosen is None:
            raise EvaluationError("too little was measured for an estimate", remedy="Give an engine that scores")
        found = chosen.probability(features, human=human)
        return round(min(CEILING, found) if features.unusable else found, 4)

    def variant(self, pair: LangPair, engine: ScoringEngine, embedder: Embedder | None = None) -> str:
        """Name of the variant for what an engine translates: the first whose measures these can give.

        With an embedder only those count that use it: what the user asked for is not left out in silence.

        Raises:
            EvaluationError: There is none.
        """
        absent = set() if engine.model.supports(LangPair(pair.target, pair.source)) else {"backward"}
        if embedder is None:
            absent.add("similarity")
        for name, weights in self.variants.items():
            if not absent & weights.weights.keys() and (embedder is None or "similarity" in weights.weights):
                return name
        what = "with a sentence embedding" if embedder is not None else "without a sentence embedding"
        raise EvaluationError(f"the weights of the quality estimation hold no model {what}", remedy="Fit them again")

    def signature(self, pair: LangPair, engine: ScoringEngine, embedder: Embedder | None = None) -> str:
        """What an estimate is, in the style of metric signatures: the variant, and what it was computed with.

        "calibrated:no" stands for another model, or other weights of the embedding, than the estimator was fitted on.
        """
        same = engine.model.sha256() == self.model_sha256
        parts = [f"model:{engine.model.sha256()[:12]}"]
        if embedder is not None:
            same = same and embedder.sha256() == self.embedding_sha256
            parts.append(f"embedding:{embedder.name}-{embedder.sha256()[:12]}")
        name = self.variant(pair, engine, embedder)
        return "|".join(
            ["qe", f"chrf:{self.threshold:g}", f"variant:{name}", f"calibrated:{'yes' if same else 'no'}", *parts]
        )


def parse_estimator(value: Mapping[str, Any], *, where: str | None = None) -> Estimator:
    """An estimator from parsed JSON.

    Raises:
        EvaluationError: A member is missing, a measure unknown, a number not finite, or a weight of the wrong sign.
    """
    names = {f.name for f in fields(Features)} - {"unusable"}
    try:
        variants = {
            str(name): Weights(
                float(v["intercept"]),
                {str(k): float(w) for k, w in v["weights"].items()},
                (float(v["human"]["slope"]), float(v["human"]["shift"])),
            )
            for name, v in value["variants"].items()
        }
        found = Estimator(
            variants,
            {str(pair): float(ratio) for pair, ratio in value["ratios"].items()},
            float(value["threshold"]),
            float(value["boundary"]),
            str(value.get("model", {}).get("sha256", "")),
            str(value.get("model", {}).get("name", "")),
            str(value.get("embedding", {}).get("sha256", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvaluationError(f"the weights of the quality estimation are broken: {error!r}", where=where) from error
    if not found.variants:
        raise EvaluationError("the weights of the quality estimation hold no model", where=where)
    for name, weights in found.variants.items():
        if not (all(map(isfinite, (weights.intercept, *weights.human))) and weights.human[0] >= 0):
            raise EvaluationError(f"intercept, slope or shift of {name!r} cannot be right", where=where)
        for feature, weight in weights.weights.items():
            wrong = (feature in FAULTS and weight > 0) or (feature in MERITS and weight < 0)
            if feature not in names or not isfinite(weight) or wrong:
                raise EvaluationError(f"weight {feature!r} of {name!r} cannot be {weight}", where=where)
    return found


@cache
def shipped_estimator() -> Estimator:
    """The estimator that comes with the package."""
    from importlib.resources import files

    path = files("mt_publish.quality") / "estimation.json"
    return parse_estimator(json.loads(path.read_text(encoding="utf-8")), where="estimation.json")


def estimate_segments(
    segments: Sequence[Segment],
    translations: Sequence[Translation],
    pair: LangPair,
    engine: ScoringEngine,
    *,
    embedder: Embedder | None = None,
    term_problems: Mapping[str, Sequence[TermProblem]] | None = None,
    estimator: Estimator | None = None,
) -> tuple[float | None, ...]:
    """The estimate of each segment, 0 to 1; None where there is nothing to translate.

    What an engine did not make is taken for a person's, who has a calibration of their own, only where its wording is
    improbable on the whole: a machine's translation that came in by another way must not pass for a person's.

    Args:
        segments: The segments of one document.
        translations: Their translations, in the same order.
        pair: Languages of both.
        engine: Scores the pairs; it need not have made the translations.
        embedder: From `embedding.load_embedder`, for the variant that uses it; None for the one without.
        term_problems: By segment id, glossary mentions that are not as they should be.
        estimator: Other weights than the shipped ones.

    Raises:
        EvaluationError: The weights have no variant for this engine and embedder.
    """
    chosen = estimator or shipped_estimator()
    name = chosen.variant(pair, engine, embedder)
    chosen = replace(chosen, variants={name: chosen.variants[name]})
    measured = measure(
        segments, translations, pair, engine, embedder=embedder, term_problems=term_problems, ratios=chosen.ratios
    )
    given = [t.origin != "mt" for t in translations]
    wording = [
        f.forward
        for f, other in zip(measured, given, strict=True)
        if other and f.forward is not None and not f.unusable
    ]
    human = bool(wording) and sum(wording) / len(wording) < chosen.boundary
    return tuple(
        chosen.estimate(features, human=human and translation.origin != "mt")
        if any(map(str.isalpha, segment.source)) and (features.forward is not None or features.unusable)
        else None
        for segment, translation, features in zip(segments, translations, measured, strict=True)
    )


def estimate_scores(
    estimates: Sequence[float | None], *, signature: str = "", seed: int = 12345
) -> tuple[MetricScore, ...]:
    """A run's `qe.mean`, `qe.p10` (lowest tenth) and `qe.low` (share below `LOW`), with 95 % bootstrap intervals.

    Args:
        estimates: Of its segments; None where there was nothing to translate.
        signature: From `Estimator.signature`.
        seed: Of the bootstrap.
    """
    import numpy as np

    values = np.array([value for value in estimates if value is not None])
    if not len(values):
        return ()
    rng = np.random.default_rng(seed)
    rounds = 1000 if len(values) <= 20_000 else 1  # beyond that an interval says nothing and takes gigabytes
    drawn = values[rng.integers(0, len(values), (rounds, len(values)))]
    out = []
    measures: tuple[tuple[str, bool, Callable[[NDArray[np.float64]], NDArray[np.float64]]], ...] = (
        ("qe.mean", True, lambda v: v.mean(-1)),
        ("qe.p10", True, lambda v: np.asarray(np.percentile(v, 10, axis=-1))),
        ("qe.low", False, lambda v: (v < LOW).mean(-1)),
    )
    for name, better, of in measures:
        many = of(drawn)
        interval = (float(np.percentile(many, 2.5)), float(np.percentile(many, 97.5))) if len(many) > 1 else None
        out.append(MetricScore(name, float(of(values)), 1.0, better, signature, len(values), interval))
    return tuple(out)
