"""What a difference between two corpus scores means to people.

Kocmi, Zouhar, Federmann and Post, "Navigating the Metrics Maze: Reconciling Score Magnitudes and Accuracies", ACL 2024
(arXiv 2401.06760): over thousands of system pairs judged by people, the share of pairs that people rank as the metric
does grows with the difference of scores along a sigmoid. The constants are the published fit of that curve for each
metric.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

# metric: (highest agreement in per cent, steepness a point). Curve: agreement = a / (1 + exp(-b · difference)).
_CURVES: Mapping[str, tuple[float, float]] = {
    "bleu": (88.33333333333225, 0.9663926931178954),
    "chrf": (92.999999999972, 1.1142732157139852),
    "comet22": (96.22374133884283, 2.8359194570556636),
    "cometkiwi22": (98.88141616584615, 2.719280643871758),
}


def human_agreement(metric: str, delta: float) -> float | None:
    """Share of human system rankings that agree with a difference of `delta` on `metric`.

    Args:
        metric: "bleu", "chrf", "comet22" or "cometkiwi22".
        delta: Difference of two corpus scores on the 0–100 scale; the sign is ignored.

    Returns:
        A fraction from about 0.45 (no difference: a coin toss, the fit goes a little below one half) to below 1; None
        for a metric without a published curve, such as TER and chrF++.
    """
    curve = _CURVES.get(metric.lower())
    if curve is None or math.isnan(delta):
        return None
    top, steepness = curve
    return top / 100.0 / (1.0 + math.exp(-steepness * abs(delta)))


def delta_for_agreement(metric: str, agreement: float) -> float | None:
    """Difference on `metric` that so large a share of human rankings agrees with; the inverse of `human_agreement`.

    Args:
        metric: As for `human_agreement`.
        agreement: Fraction between 0.5 and 1.

    Returns:
        Points on the 0–100 scale; None when no difference reaches that agreement, or the metric has no curve.

    Raises:
        ValueError: `agreement` is not between 0.5 and 1.
    """
    if not 0.5 <= agreement <= 1.0:
        raise ValueError(f"agreement must lie between 0.5 and 1, not {agreement}")
    curve = _CURVES.get(metric.lower())
    if curve is None:
        return None
    top, steepness = curve
    ratio = top / 100.0 / agreement - 1.0
    return -math.log(ratio) / steepness if ratio > 0 else None
