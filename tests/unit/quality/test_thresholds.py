"""What a difference means to people: the anchor values of Kocmi et al. 2024."""

from __future__ import annotations

import math

import pytest

from mt_publish.quality.thresholds import delta_for_agreement, human_agreement


@pytest.mark.parametrize(
    ("metric", "agreement", "delta"),
    [
        ("bleu", 0.6, 0.78), ("bleu", 0.7, 1.39), ("bleu", 0.8, 2.34), ("bleu", 0.9, None),
        ("chrf", 0.6, 0.54), ("chrf", 0.7, 1.00), ("chrf", 0.8, 1.63), ("chrf", 0.9, 3.05),
        ("comet22", 0.6, 0.18), ("comet22", 0.7, 0.35), ("comet22", 0.8, 0.56), ("comet22", 0.9, 0.94),
        ("cometkiwi22", 0.6, 0.16), ("cometkiwi22", 0.7, 0.33), ("cometkiwi22", 0.8, 0.53), ("cometkiwi22", 0.9, 0.85),
    ],
)  # fmt: skip
def test_published_anchor_values(metric: str, agreement: float, delta: float | None) -> None:
    found = delta_for_agreement(metric, agreement)
    assert found is delta if delta is None else found == pytest.approx(delta, abs=0.01)


@pytest.mark.parametrize(("metric", "share"), [("bleu", 0.64), ("chrf", 0.70), ("comet22", 0.91)])
def test_one_point_means(metric: str, share: float) -> None:
    assert human_agreement(metric, 1.0) == pytest.approx(share, abs=0.005)


def test_a_drop_is_as_visible_as_a_gain_of_the_same_size() -> None:
    assert human_agreement("BLEU", -2.0) == human_agreement("bleu", 2.0)


def test_agreement_and_delta_are_inverse() -> None:
    delta = delta_for_agreement("chrf", 0.85)
    assert delta is not None
    assert human_agreement("chrf", delta) == pytest.approx(0.85)


def test_metrics_without_a_curve_have_no_agreement() -> None:
    assert human_agreement("ter", 1.0) is None
    assert human_agreement("bleu", math.nan) is None
    assert delta_for_agreement("chrf++", 0.7) is None
    with pytest.raises(ValueError, match="between"):
        delta_for_agreement("bleu", 0.4)
