"""Is a difference real? Bootstrap intervals, paired bootstrap and approximate randomisation on segment statistics.

A resample of a corpus is a row of counts (how often each segment was drawn), so all resamples of a metric are one
matrix product: counts (samples × segments) by statistics (segments × k). Formulas, seeds and the order of random draws
are those of `sacrebleu.significance`; the p-values agree with it up to its single-precision sums. One exception:
systems that score alike in every sample get p = 1, where sacreBLEU gives them the smallest p there is.

Sources: Koehn 2004 (paired bootstrap), Riezler and Maxwell 2005 (approximate randomisation), Clark et al. 2011.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mt_publish.errors import AlignmentError, ConfigError
from mt_publish.quality.metrics import DEFAULT_METRICS, Scorer, SegmentStatistics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

Test = Literal["bs", "ar"]

DEFAULT_SAMPLES: Mapping[str, int] = {"bs": 1000, "ar": 10000}
"""Resamples or trials when none are asked for; sacreBLEU's numbers."""

# Numbers held at once; bounds memory to about 64 MB for any number of segments.
_CHUNK = 8_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % bootstrap confidence interval.

    Args:
        mean: Mean score of the resamples.
        low: Lower bound (the resample at 2.5 %).
        high: Upper bound (the resample at 97.5 %).
    """

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """What sacreBLEU prints after "±"."""
        return 0.5 * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class PairedResult:
    """How one system compares with one baseline on one metric.

    Args:
        metric: Name of the metric.
        system: Name of the system.
        baseline: Name of the baseline.
        value: The system's score.
        baseline_value: The baseline's score.
        p_value: Probability of a difference at least this large if the systems were equally good; two-sided.
        test: "bs" paired bootstrap or "ar" approximate randomisation.
        samples: Resamples or trials.
        seed: Seed of the resampling.
        segments: Segments compared.
        interval: Interval of the system's score; None for "ar".
        delta_interval: Bootstrap interval of the difference; None for "ar".
    """

    metric: str
    system: str
    baseline: str
    value: float
    baseline_value: float
    p_value: float
    test: Test
    samples: int
    seed: int
    segments: int
    interval: Interval | None = None
    delta_interval: tuple[float, float] | None = None

    @property
    def delta(self) -> float:
        """System minus baseline, on the metric's scale."""
        return self.value - self.baseline_value


def confidence_intervals(
    statistics: Iterable[SegmentStatistics], *, n: int = 1000, seed: int = 12345
) -> dict[str, Interval]:
    """95 % bootstrap intervals, by metric; all metrics see the same resamples.

    Args:
        statistics: Statistics of one system, one item a metric, all over the same segments.
        n: Resamples.
        seed: Seed; with sacreBLEU's 12345 the resamples are the ones that `sacrebleu --confidence` draws.
    """
    statistics = tuple(statistics)
    if not statistics:
        return {}
    samples = _bootstrap([statistics], n=n, seed=seed)[0]
    return {stats.metric: _interval(scores) for stats, scores in zip(statistics, samples, strict=True)}


def compare(
    system: Mapping[str, SegmentStatistics],
    baseline: Mapping[str, SegmentStatistics],
    *,
    test: Test = "bs",
    n: int | None = None,
    seed: int = 12345,
    names: tuple[str, str] = ("system", "baseline"),
) -> tuple[PairedResult, ...]:
    """Paired test of one system against one baseline on statistics that are already there.

    Args:
        system: The system's statistics by metric.
        baseline: The baseline's, over the same segments in the same order; metrics that only one side has are left out.
        test: "bs" or "ar".
        n: Resamples or trials; None for DEFAULT_SAMPLES.
        seed: Seed.
        names: Names of system and baseline.
    """
    return compare_many({names[0]: system}, {names[1]: baseline}, test=test, n=n, seed=seed)


def compare_many(
    systems: Mapping[str, Mapping[str, SegmentStatistics]],
    baselines: Mapping[str, Mapping[str, SegmentStatistics]],
    *,
    test: Test = "bs",
    n: int | None = None,
    seed: int = 12345,
) -> tuple[PairedResult, ...]:
    """Paired tests of every system against every baseline; resamples are drawn and scored once.

    Returns:
        Results by baseline, then system, then metric.

    Raises:
        ConfigError: Unknown test, or fewer than two samples.
        AlignmentError: Statistics over different numbers of segments.
    """
    if test not in DEFAULT_SAMPLES:
        raise ConfigError(
            f"unknown significance test {test!r}", remedy="Use bs (paired bootstrap) or ar (randomisation)"
        )
    n = DEFAULT_SAMPLES[test] if n is None else n
    if n < 2:
        raise ConfigError(f"a significance test needs at least 2 samples, not {n}")
    everyone = {**baselines, **systems}
    lengths = {len(stats) for by_metric in everyone.values() for stats in by_metric.values()}
    if len(lengths) > 1:
        raise AlignmentError(f"systems have different numbers of segments: {sorted(lengths)}")
    pairs = [
        (base_name, name, [m for m in by_metric if m in base])
        for base_name, base in baselines.items()
        for name, by_metric in systems.items()
    ]
    if test == "ar":
        return tuple(
            result
            for base_name, name, shared in pairs
            for result in _randomise(
                name, [systems[name][m] for m in shared], base_name, [baselines[base_name][m] for m in shared], n, seed
            )
        )
    sampled = dict(
        zip(everyone, _bootstrap([tuple(s.values()) for s in everyone.values()], n=n, seed=seed), strict=True)
    )
    scores = {name: dict(zip(everyone[name], sampled[name], strict=True)) for name in everyone}
    return tuple(
        _bootstrap_result(name, systems[name][m], scores[name][m], base, baselines[base][m], scores[base][m], seed)
        for base, name, shared in pairs
        for m in shared
    )


def paired_tests(
    systems: Mapping[str, Sequence[str]],
    refs: Sequence[Sequence[str | None]],
    *,
    baselines: Mapping[str, Sequence[str]],
    metrics: Iterable[str] = DEFAULT_METRICS,
    test: Test = "bs",
    n: int | None = None,
    seed: int = 12345,
) -> tuple[PairedResult, ...]:
    """Paired tests from texts: what `sacrebleu --paired-bs` and `--paired-ar` do, against one or several baselines.

    Args:
        systems: Hypotheses by system name.
        refs: Streams of references.
        baselines: Hypotheses by baseline name.
        metrics: Names from `metrics.METRICS`.
        test: "bs" or "ar".
        n: Resamples or trials.
        seed: Seed.
    """
    scorer = Scorer(refs, metrics=metrics)
    return compare_many(
        {name: scorer.statistics(hyps) for name, hyps in systems.items()},
        {name: scorer.statistics(hyps) for name, hyps in baselines.items()},
        test=test,
        n=n,
        seed=seed,
    )


def _bootstrap(groups: Sequence[Sequence[SegmentStatistics]], *, n: int, seed: int) -> list[list[FloatArray]]:
    """Scores of the same `n` resamples for each statistics of each group, shaped (n,)."""
    import numpy as np

    length = len(groups[0][0])
    flat = [stats for group in groups for stats in group]
    # One product for all systems and metrics: their statistics stand side by side.
    wide = np.concatenate([stats.rows for stats in flat], axis=1)
    totals = np.concatenate([counts @ wide for counts in _resamples(length, n, seed)])
    scores: list[FloatArray] = []
    column = 0
    for stats in flat:
        width = stats.rows.shape[1]
        scores.append(stats.scores(totals[:, column : column + width]))
        column += width
    result: list[list[FloatArray]] = []
    at = 0
    for group in groups:
        result.append(scores[at : at + len(group)])
        at += len(group)
    return result


def _resamples(length: int, n: int, seed: int) -> Iterator[FloatArray]:
    """Chunks of the count matrix (n, length): how often each resample drew each segment."""
    import numpy as np

    rng = np.random.default_rng(seed)
    step = max(1, _CHUNK // length)
    for start in range(0, n, step):
        rows = min(step, n - start)
        drawn = rng.choice(length, size=(rows, length), replace=True)
        drawn += np.arange(rows)[:, None] * length
        yield np.bincount(drawn.ravel(), minlength=rows * length).reshape(rows, length).astype(np.float64)


def _interval(scores: FloatArray) -> Interval:
    """Bounds as sacreBLEU takes them: a fortieth of the sorted resamples cut off at each end."""
    import numpy as np

    valid = np.sort(scores[~np.isnan(scores)])
    if not len(valid):
        return Interval(float("nan"), float("nan"), float("nan"))
    cut = len(valid) // 40
    return Interval(float(valid.mean()), float(valid[cut]), float(valid[len(valid) - cut - 1]))


def _bootstrap_result(
    name: str,
    stats: SegmentStatistics,
    scores: FloatArray,
    base: str,
    base_stats: SegmentStatistics,
    base_scores: FloatArray,
    seed: int,
) -> PairedResult:
    import numpy as np

    value, base_value = stats.score(), base_stats.score()
    differences = scores - base_scores
    differences = differences[~np.isnan(differences)]
    distances = np.abs(differences)
    centred = distances - distances.mean()
    above = int((centred > abs(value - base_value)).sum())
    spread = _interval(differences)
    return PairedResult(
        metric=stats.metric,
        system=name,
        baseline=base,
        value=value,
        baseline_value=base_value,
        p_value=(above + 1) / (len(distances) + 1) if distances.any() else 1.0,
        test="bs",
        samples=len(scores),
        seed=seed,
        segments=len(stats),
        interval=_interval(scores),
        delta_interval=(spread.low, spread.high),
    )


def _randomise(
    name: str,
    system: Sequence[SegmentStatistics],
    base: str,
    baseline: Sequence[SegmentStatistics],
    n: int,
    seed: int,
) -> Iterator[PairedResult]:
    import numpy as np

    if not system:
        return
    rng = np.random.default_rng(seed)
    length = len(system[0])
    # A trial swaps each segment's two outputs by a coin: a' = b + coin · (a - b), and b' is what remains of a + b.
    gaps = np.concatenate([s.rows - b.rows for s, b in zip(system, baseline, strict=True)], axis=1)
    low = np.concatenate([b.rows.sum(axis=0) for b in baseline])
    both = np.concatenate([s.rows.sum(axis=0) + b.rows.sum(axis=0) for s, b in zip(system, baseline, strict=True)])
    parts = []
    step = max(1, _CHUNK // length)
    for start in range(0, n, step):
        coins = rng.integers(2, size=(min(step, n - start), length), dtype=bool)
        parts.append(coins.astype(np.float64) @ gaps + low)
    first = np.concatenate(parts)
    second = both - first
    column = 0
    for stats, base_stats in zip(system, baseline, strict=True):
        width = stats.rows.shape[1]
        part = slice(column, column + width)
        column += width
        value, base_value = stats.score(), base_stats.score()
        distances = np.abs(stats.scores(first[:, part]) - stats.scores(second[:, part]))
        # Rounding must not turn "as large as observed" into "smaller".
        above = int((distances >= abs(value - base_value) - 1e-12).sum())
        yield PairedResult(
            metric=stats.metric,
            system=name,
            baseline=base,
            value=value,
            baseline_value=base_value,
            p_value=(above + 1) / (n + 1) if distances.any() else 1.0,
            test="ar",
            samples=n,
            seed=seed,
            segments=length,
        )
