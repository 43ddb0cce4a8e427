"""BLEU, chrF, chrF++ and TER against references, equal to sacreBLEU's to the last digit, with its signatures.

Statistics are taken once a segment (`segment_statistics`); corpus scores, sentence scores, confidence intervals and
significance tests are all computed from them. sacreBLEU tokenises and counts; only the edit rate under TER is our own,
faster and edit for edit the same (`edit_rate`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mt_publish.errors import AlignmentError, ConfigError, EvaluationError
from mt_publish.types import Lang, LangPair, MetricScore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

METRICS = ("bleu", "chrf", "chrf++", "ter")
"""What this module computes, under sacreBLEU's names; chrf++ is chrF with word order 2."""

DEFAULT_METRICS = ("bleu", "chrf", "ter")


@dataclass(frozen=True, slots=True, eq=False)
class SegmentStatistics:
    """What a metric needs to know of each segment, so that the score of any sample of segments is one sum away.

    Args:
        metric: Name of the metric, one of METRICS or a ratio such as "terms.accuracy".
        rows: Array of shape (segments, statistics). bleu: system length, reference length, 4 × correct, 4 × total
            n-grams; chrf, chrf++: hypothesis, reference and matching n-grams for each order; ter: edits, reference
            length; ratios: numerator, denominator.
        signature: sacreBLEU's signature without resampling, or our equivalent.
    """

    metric: str
    rows: FloatArray
    signature: str = ""

    @property
    def higher_is_better(self) -> bool:
        """False for TER."""
        return self.metric != "ter"

    @property
    def scale(self) -> float:
        """Upper end of the metric's scale."""
        return 100.0 if self.metric in METRICS else 1.0

    def __len__(self) -> int:
        return int(self.rows.shape[0])

    def score(self) -> float:
        """The corpus score, with the same operations in the same order as sacreBLEU's own."""
        totals = [float(x) for x in self.rows.sum(axis=0)]
        if self.metric in METRICS:
            return _score_like_sacrebleu(self.metric, totals)
        return totals[0] / totals[1] if totals[1] else math.nan

    def scores(self, totals: FloatArray) -> FloatArray:
        """Corpus scores of many samples at once.

        Args:
            totals: Array of shape (samples, statistics): sums of rows.

        Returns:
            Array of shape (samples,).
        """
        return _vector_scores(self.metric, totals)


class Scorer:
    """Scores hypotheses against one set of references whose n-grams and tokens are prepared once.

    Args:
        refs: Streams of references as sacreBLEU takes them: `refs[k][i]` is the k-th reference of segment i; None where
            a segment has fewer references than others.
        metrics: Names from METRICS.

    Raises:
        ConfigError: Unknown metric.
        AlignmentError: Reference streams of unequal length.
        EvaluationError: No references, or a segment without any.
    """

    def __init__(self, refs: Sequence[Sequence[str | None]], *, metrics: Iterable[str] = DEFAULT_METRICS) -> None:
        self.metrics = known_metrics(metrics)
        self.refs = [list(stream) for stream in refs]
        if not self.refs:
            raise EvaluationError("there is no reference to score against", remedy="Give at least one reference")
        for k, stream in enumerate(self.refs[1:], start=2):
            if len(stream) != len(self.refs[0]):
                raise _unequal("reference 1", len(self.refs[0]), f"reference {k}", len(stream))
        for i in range(len(self.refs[0])):
            if all(stream[i] is None for stream in self.refs):
                raise EvaluationError(f"segment {i + 1} has no reference", where=f"line {i + 1}")
        self._engines: dict[str, Any] = {}
        self._ter_refs: list[list[list[str]]] = []

    def __len__(self) -> int:
        return len(self.refs[0])

    def statistics(self, hyps: Sequence[str]) -> dict[str, SegmentStatistics]:
        """Segment statistics of one system, by metric.

        Args:
            hyps: One hypothesis a segment.

        Raises:
            AlignmentError: Not as many hypotheses as references.
            EvaluationError: There are no segments.
        """
        if len(hyps) != len(self):
            raise _unequal("the hypotheses", len(hyps), "the references", len(self))
        if not hyps:
            raise EvaluationError("there are no segments to score")
        import numpy as np

        found: dict[str, SegmentStatistics] = {}
        for name in self.metrics:
            engine = self._engine(name)
            # None: the references that sacreBLEU has cached, counted once for all systems.
            rows = self._ter_rows(engine, hyps) if name == "ter" else engine._extract_corpus_statistics(hyps, None)
            found[name] = SegmentStatistics(name, np.asarray(rows, dtype=np.float64), engine.get_signature().format())
        return found

    def _engine(self, name: str) -> Any:
        if name not in self._engines:
            engine = _sacrebleu_metric(name)
            if name == "ter":
                self._ter_refs = [
                    [engine._preprocess_segment(ref).split() for ref in refs if ref is not None]
                    for refs in zip(*self.refs, strict=True)
                ]
                counts = {len(refs) for refs in self._ter_refs}
                # sacreBLEU writes "nrefs:var" for -1.
                engine.num_refs = counts.pop() if len(counts) == 1 else -1
            else:
                engine._ref_cache = engine._cache_references(self.refs)
            self._engines[name] = engine
        return self._engines[name]

    def _ter_rows(self, engine: Any, hyps: Sequence[str]) -> list[tuple[float, float]]:
        from mt_publish.quality.edit_rate import edit_rate

        rows: list[tuple[float, float]] = []
        for hyp, refs in zip(hyps, self._ter_refs, strict=True):
            words = engine._preprocess_segment(hyp).split()
            rates = [edit_rate(words, ref) for ref in refs]
            rows.append((min(edits for edits, _ in rates), sum(length for _, length in rates) / len(rates)))
        return rows


def segment_statistics(
    hyps: Sequence[str], refs: Sequence[Sequence[str | None]], *, metrics: Iterable[str] = DEFAULT_METRICS
) -> dict[str, SegmentStatistics]:
    """Statistics of each segment for each metric; see `Scorer` for the arguments."""
    return Scorer(refs, metrics=metrics).statistics(hyps)


def corpus_scores(
    hyps: Sequence[str],
    refs: Sequence[Sequence[str | None]],
    *,
    metrics: Iterable[str] = DEFAULT_METRICS,
    confidence: bool = False,
    n: int = 1000,
    seed: int = 12345,
    target_lang: Lang | None = None,
    allow_empty: bool = False,
) -> tuple[MetricScore, ...]:
    """Corpus scores of one system, as sacreBLEU's command prints them.

    Args:
        hyps: One hypothesis a segment.
        refs: Streams of references: `refs[k][i]` is the k-th reference of segment i.
        metrics: Names from METRICS, in the order wanted.
        confidence: Add a 95 % bootstrap interval.
        n: Number of bootstrap resamples.
        seed: Seed of the resampling; 12345 is sacreBLEU's.
        target_lang: Language of the hypotheses. German and English share sacreBLEU's tokeniser 13a, so it changes no
            score; another language is refused rather than scored with the wrong tokeniser.
        allow_empty: Score empty hypotheses as what they are, instead of refusing them.

    Returns:
        One score a metric: 0–100, higher is better except for TER (which may exceed 100).

    Raises:
        AlignmentError: Unequal numbers of lines.
        EvaluationError: No segments, an empty line, or no reference for a segment.
        ConfigError: Unknown metric or language.
    """
    if target_lang not in (None, "de", "en"):
        raise ConfigError(f"no tokeniser is known for the language {target_lang!r}", remedy="Use de or en")
    check_lines(hyps, refs, allow_empty=allow_empty)
    statistics = segment_statistics(hyps, refs, metrics=metrics)
    return scores_from_statistics(statistics.values(), confidence=confidence, n=n, seed=seed)


def scores_from_statistics(
    statistics: Iterable[SegmentStatistics], *, confidence: bool = False, n: int = 1000, seed: int = 12345
) -> tuple[MetricScore, ...]:
    """Corpus scores from segment statistics; the arguments are those of `corpus_scores`."""
    statistics = tuple(statistics)
    intervals: Mapping[str, tuple[float, float]] = {}
    if confidence:
        from mt_publish.quality.significance import confidence_intervals

        intervals = {
            name: (found.low, found.high) for name, found in confidence_intervals(statistics, n=n, seed=seed).items()
        }
    return tuple(
        MetricScore(
            name=stats.metric,
            value=stats.score(),
            scale=stats.scale,
            higher_is_better=stats.higher_is_better,
            signature=_resampled_signature(stats.signature, n, seed) if confidence else stats.signature,
            segments=len(stats),
            interval=intervals.get(stats.metric),
        )
        for stats in statistics
    )


def segment_scores(
    hyps: Sequence[str], refs: Sequence[Sequence[str | None]], *, metrics: Iterable[str] = ("chrf",)
) -> dict[str, tuple[float, ...]]:
    """Sentence-level scores, for ranking segments; their mean is not the corpus score.

    BLEU is smoothed and uses the effective order, as sacreBLEU's `sentence_bleu` does; TER of one sentence may exceed
    100.

    Returns:
        By metric, one score a segment in the order of `hyps`.
    """
    found: dict[str, tuple[float, ...]] = {}
    for name, stats in segment_statistics(hyps, refs, metrics=metrics).items():
        found[name] = sentence_scores(stats)
    return found


def sentence_scores(stats: SegmentStatistics) -> tuple[float, ...]:
    """The sentence-level score of each row of `stats`."""
    if stats.metric != "bleu":
        return tuple(float(x) for x in stats.scores(stats.rows))
    engine = _sacrebleu_metric("bleu")
    engine.effective_order = True
    return tuple(float(engine._compute_score_from_stats([int(x) for x in row]).score) for row in stats.rows)


def known_metrics(names: Iterable[str]) -> tuple[str, ...]:
    """`names` in lower case without repetition.

    Raises:
        ConfigError: A name is not in METRICS.
    """
    wanted: list[str] = []
    for name in names:
        lower = name.lower()
        if lower not in METRICS:
            from difflib import get_close_matches

            close = get_close_matches(lower, METRICS, 1)
            hint = f"Did you mean {close[0]}?" if close else f"Known metrics: {', '.join(METRICS)}"
            raise ConfigError(f"unknown metric {name!r}", remedy=hint)
        if lower not in wanted:
            wanted.append(lower)
    return tuple(wanted)


# --- is this the right input? -----------------------------------------------------------------------------------------


def check_lines(
    hyps: Sequence[str],
    refs: Sequence[Sequence[str | None]],
    *,
    sources: Sequence[str] | None = None,
    pair: LangPair | None = None,
    allow_empty: bool = False,
    names: Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Refuses input that would give a meaningless score, and returns warnings about input that looks wrong.

    Args:
        hyps: Hypotheses.
        refs: Streams of references.
        sources: Source sentences, if known.
        pair: Languages; with it, hypotheses or references in the source language are refused.
        allow_empty: Accept empty hypotheses.
        names: Names of the hypothesis file, each reference file and the source file, for messages.

    Returns:
        Warnings, one sentence each; empty when all looks right.

    Raises:
        AlignmentError: Unequal numbers of lines; the message says from which line on.
        EvaluationError: A line is empty, or a file is in the wrong language, as when files are swapped; the message
            names the first such line. A hypothesis that copies the source is only warned about.
    """
    if not refs:
        raise EvaluationError("there is no reference to score against", remedy="Give at least one reference")
    labels = list(names or ["hypotheses", *(f"reference {k + 1}" for k in range(len(refs))), "source"])
    streams: list[Sequence[str | None]] = [hyps, *refs]
    if sources is not None:
        streams.append(sources)
    for label, stream in zip(labels[1:], streams[1:], strict=False):
        if len(stream) != len(hyps):
            raise _unequal(labels[0], len(hyps), label, len(stream))
    if not hyps:
        raise EvaluationError("there are no segments to score", where=labels[0])
    for i in range(len(hyps)):
        for label, stream in zip(labels[1:], refs, strict=False):
            # Scored as an empty reference, it would make BLEU's brevity penalty vanish and TER double.
            if all(ref[i] is None for ref in refs) or (stream[i] is not None and not (stream[i] or "").strip()):
                raise EvaluationError(
                    "the reference is empty", where=f"{label}:{i + 1}", remedy="Fill or drop the line"
                )
        if not allow_empty and not hyps[i].strip():
            raise EvaluationError(
                "the hypothesis is empty",
                where=f"{labels[0]}:{i + 1}",
                remedy="Translate the line, or use --allow-empty to have it scored as missing",
            )
    if pair is not None:
        _refuse_swapped(hyps, refs, sources, pair, labels)
    return tuple(_suspicions(hyps, refs, sources, labels))


def _refuse_swapped(
    hyps: Sequence[str],
    refs: Sequence[Sequence[str | None]],
    sources: Sequence[str] | None,
    pair: LangPair,
    labels: Sequence[str],
) -> None:
    looked_at: list[tuple[str, Sequence[str | None], Lang]] = [
        (label, stream, pair.target) for label, stream in zip(labels[1:], refs, strict=False)
    ]
    if sources is not None:
        looked_at.append((labels[-1], sources, pair.source))
    # A translation that copies the source is a bad one, not a swapped one: it may be scored.
    if sources is None or not _copies(hyps, sources):
        looked_at.insert(0, (labels[0], hyps, pair.target))
    for label, stream, expected in looked_at:
        seen = looks_like(text for text in stream if text)
        if seen is not None and seen != expected:
            line = next((i for i, text in enumerate(stream, 1) if text and _leans(text, seen)), 1)
            raise EvaluationError(
                f"the file looks {_NAMES[seen]}, but {_NAMES[expected]} is expected",
                where=f"{label}:{line}",
                remedy="Are the files swapped? --hyp and --ref are in the language of --to, --src is in the other one",
            )


def _copies(hyps: Sequence[str], sources: Sequence[str]) -> int:
    """How many hypotheses are their source, where that is more than half of several; else 0."""
    same = sum(hyp == source for hyp, source in zip(hyps, sources, strict=True))
    return same if len(hyps) > 1 and same > 0.5 * len(hyps) else 0


def _suspicions(
    hyps: Sequence[str],
    refs: Sequence[Sequence[str | None]],
    sources: Sequence[str] | None,
    labels: Sequence[str],
) -> Iterable[str]:
    for label, stream in zip(labels[1:], refs, strict=False):
        same = sum(hyp == ref for hyp, ref in zip(hyps, stream, strict=True))
        if same == len(hyps):
            yield f"{labels[0]} and {label} are identical: is the reference given twice?"
        elif len(hyps) >= 10 and same > 0.9 * len(hyps):
            yield f"{labels[0]} equals {label} on {same} of {len(hyps)} lines: was it made from the reference?"
    if sources is not None and (same := _copies(hyps, sources)):
        yield f"{labels[0]} equals the source on {same} of {len(hyps)} lines: is it a translation?"


_NAMES = {"de": "German", "en": "English"}

# Function words that one language has and the other has not ("die", "war", "in", "an" … exist in both).
_GERMAN_WORDS = """
und der das den dem des ein eine einen einem einer nicht mit auf für ist sich auch von zu nach bei über wird sind wie 
aus dass er sie wir ihr ich hat haben oder aber noch zum zur vom im
"""
_ENGLISH_WORDS = """
the and of to is that for with on it as by are be this from at has have his her their they we you not or but been which
will would were who our its she he
"""
_FUNCTION_WORDS: Mapping[Lang, frozenset[str]] = {
    "de": frozenset(_GERMAN_WORDS.split()),
    "en": frozenset(_ENGLISH_WORDS.split()),
}
_WORD = re.compile(r"[a-zäöüß]+")


def looks_like(texts: Iterable[str]) -> Lang | None:
    """The language of a whole file by its function words, or None when they do not decide (short or mixed text)."""
    german = english = 0
    for text in texts:
        counts = _function_words(text)
        german, english = german + counts["de"], english + counts["en"]
    if german >= 5 and german > 4 * english:
        return "de"
    if english >= 5 and english > 4 * german:
        return "en"
    return None


def _unequal(name: str, length: int, other: str, other_length: int) -> AlignmentError:
    shorter = name if length < other_length else other
    return AlignmentError(
        f"{name} has {length} lines, {other} has {other_length}",
        where=f"{shorter}:{min(length, other_length) + 1}",
        remedy="Both must have one line a segment, in the same order",
    )


# --- formulas ---------------------------------------------------------------------------------------------------------


def _sacrebleu_metric(name: str) -> Any:
    """A fresh sacreBLEU metric with the settings of its command line."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.metrics.ter import TER

    if name == "bleu":
        # `force` only silences the warning about tokenised input.
        return BLEU(force=True)
    if name == "chrf":
        return CHRF()
    if name == "chrf++":
        return CHRF(word_order=2)
    return TER()


def _score_like_sacrebleu(name: str, totals: Sequence[float]) -> float:
    """The score from corpus totals by sacreBLEU's own function, equal to the last bit."""
    engine = _sacrebleu_metric(name)
    # Counts are integers to sacreBLEU; only TER's mean reference length may have a fraction.
    return float(engine._compute_score_from_stats([int(x) if x.is_integer() else x for x in totals]).score)


def _vector_scores(metric: str, totals: FloatArray) -> FloatArray:
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        if metric == "bleu":
            return _vector_bleu(totals)
        if metric in ("chrf", "chrf++"):
            return _vector_chrf(totals)
        if metric == "ter":
            edits, length = totals[:, 0], totals[:, 1]
            ter: FloatArray = 100.0 * np.where(length > 0, edits / length, (edits > 0).astype(np.float64))
            return ter
        ratio: FloatArray = totals[:, 0] / totals[:, 1]
        return ratio


def _vector_bleu(totals: FloatArray) -> FloatArray:
    """BLEU with exponential smoothing (Papineni et al. 2002; smoothing 3 of Chen and Cherry 2014), as sacreBLEU's."""
    import numpy as np

    length, ref_length = totals[:, 0], totals[:, 1]
    correct, total = totals[:, 2:6], totals[:, 6:10]
    missing = correct == 0
    smooth = 2.0 ** np.cumsum(missing, axis=1)
    precisions = np.where(missing, 100.0 / (smooth * total), 100.0 * correct / total)
    penalty = np.where(length < ref_length, np.exp(1.0 - ref_length / length), 1.0)
    bleu = penalty * np.exp(np.log(precisions).mean(axis=1))
    impossible = missing.all(axis=1) | (total == 0).any(axis=1) | (length == 0)
    result: FloatArray = np.where(impossible, 0.0, bleu)
    return result


def _vector_chrf(totals: FloatArray) -> FloatArray:
    """chrF with beta 2 over the effective order (Popović 2015, 2017), as sacreBLEU's."""
    import numpy as np

    hyp, ref, match = totals[:, 0::3], totals[:, 1::3], totals[:, 2::3]
    counted = (hyp > 0) & (ref > 0)
    orders = counted.sum(axis=1)
    precision = np.where(counted, match / hyp, 0.0).sum(axis=1) / orders
    recall = np.where(counted, match / ref, 0.0).sum(axis=1) / orders
    score = 100.0 * 5.0 * precision * recall / (4.0 * precision + recall)
    result: FloatArray = np.where((orders > 0) & (precision + recall > 0), score, 0.0)
    return result


def _resampled_signature(signature: str, n: int, seed: int) -> str:
    """`signature` with the bootstrap fields where sacreBLEU writes them: after nrefs."""
    head, _, tail = signature.partition("|")
    return f"{head}|bs:{n}|seed:{seed}|{tail}" if tail else signature


def _function_words(text: str) -> Mapping[Lang, int]:
    found = _WORD.findall(text.lower())
    return {lang: sum(word in words for word in found) for lang, words in _FUNCTION_WORDS.items()}


def _leans(text: str, lang: Lang) -> bool:
    """Whether one line has more function words of `lang` than of the other language."""
    counts = _function_words(text)
    return counts[lang] > sum(counts.values()) - counts[lang]
