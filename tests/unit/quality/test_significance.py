"""Significance tests: what they say of clear cases, and what they refuse."""

from __future__ import annotations

import pytest

from mt_publish.errors import AlignmentError, ConfigError
from mt_publish.quality.metrics import segment_statistics
from mt_publish.quality.significance import compare, compare_many, confidence_intervals, paired_tests

REFS = [[f"Sentence number {i} speaks of the weather in town {i * 7 % 11}." for i in range(60)]]
GOOD = [ref.replace("speaks", "talks") if i % 3 else ref for i, ref in enumerate(REFS[0])]
BAD = [ref.replace("weather in town", "wind of place") for ref in REFS[0]]


@pytest.mark.parametrize("test", ["bs", "ar"])
def test_clear_difference_is_significant_and_signed(test: str) -> None:
    results = paired_tests({"bad": BAD}, REFS, baselines={"good": GOOD}, test=test, n=300)  # type: ignore[arg-type]
    for result in results:
        assert result.p_value < 0.01
        assert (result.delta < 0) == (result.metric != "ter")
        assert (result.system, result.baseline, result.segments) == ("bad", "good", 60)


@pytest.mark.parametrize("test", ["bs", "ar"])
def test_difference_on_one_segment_is_not_significant(test: str) -> None:
    almost = [BAD[0], *GOOD[1:]]
    for result in paired_tests({"almost": almost}, REFS, baselines={"good": GOOD}, test=test, n=300):  # type: ignore[arg-type]
        assert result.delta != 0
        assert result.p_value > 0.05


def test_every_system_meets_every_baseline() -> None:
    results = paired_tests({"a": GOOD, "b": BAD}, REFS, baselines={"x": BAD, "y": GOOD}, metrics=["chrf"], n=100)
    assert [(r.baseline, r.system) for r in results] == [("x", "a"), ("x", "b"), ("y", "a"), ("y", "b")]


def test_same_seed_same_result_other_seed_other_resamples() -> None:
    stats = segment_statistics(GOOD, REFS, metrics=["bleu"]).values()
    assert confidence_intervals(stats, n=100, seed=1) == confidence_intervals(stats, n=100, seed=1)
    assert confidence_intervals(stats, n=100, seed=1) != confidence_intervals(stats, n=100, seed=2)


def test_delta_interval_excludes_zero_for_a_clear_difference() -> None:
    (result,) = paired_tests({"bad": BAD}, REFS, baselines={"good": GOOD}, metrics=["chrf"], n=300)
    assert result.delta_interval is not None
    assert result.delta_interval[0] < result.delta < result.delta_interval[1] < 0


def test_metrics_of_one_side_only_are_left_out() -> None:
    one, two = segment_statistics(GOOD, REFS, metrics=["bleu", "ter"]), segment_statistics(BAD, REFS, metrics=["ter"])
    assert [result.metric for result in compare(one, two, n=100)] == ["ter"]


def test_wrong_settings_are_refused() -> None:
    stats = segment_statistics(GOOD, REFS, metrics=["bleu"])
    with pytest.raises(ConfigError, match="t-test"):
        compare(stats, stats, test="t-test")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="at least 2"):
        compare(stats, stats, n=1)
    shorter = segment_statistics(GOOD[:5], [REFS[0][:5]], metrics=["bleu"])
    with pytest.raises(AlignmentError, match=r"\[5, 60\]"):
        compare_many({"a": stats}, {"b": shorter})
