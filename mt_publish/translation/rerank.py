"""Choose among the hypotheses of a beam by how likely the source is as *their* translation.

What leaves out or makes up half a sentence can be likely enough by itself, but the source does not follow from it. Yee, Dauphin &
Auli 2019, "Simple and effective neural noisy channel modeling for neural machine translation", equation 3, without the language model
and with both log probabilities as means. It takes a model of both directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mt_publish.translation.lexicon import untold
from mt_publish.types import Lang, other

if TYPE_CHECKING:
    from mt_publish.translation.engines import Engine, Hypothesis, Pieces

WEIGHT = 0.6
"""Of the way back. From 0.2 to 1 the scores differ by no more than chance (docs/measurements.md)."""


def can_rerank(engine: Engine, target: Lang) -> bool:
    """Whether the model translates back, too."""
    return engine.model.prefix(other(target)) is not None and engine.model.prefix(target) is not None


def rerank(
    batch: Sequence[Pieces], hypotheses: Sequence[Sequence[Hypothesis]], engine: Engine, target: Lang
) -> list[Hypothesis]:
    """The best hypothesis of each sentence, going by both directions.

    Args:
        batch: Source pieces.
        hypotheses: Of each, one or more, from `Engine.translate`.
        engine: Scores; see `can_rerank`.
        target: Language of the hypotheses.

    Returns:
        One hypothesis for each source, its score still that of the one direction. Of equals the first; one that was cut off
        only where all were.
    """
    texts: list[list[str]] = [engine.tokenizer.decode([h.pieces for h in some]) for some in hypotheses]
    wanted = [(i, text) for i, some in enumerate(texts) if len(set(some)) > 1 for text in dict.fromkeys(some)]
    back: dict[tuple[int, str], float] = {}
    if wanted:
        sources = engine.tokenizer.encode([text for _, text in wanted])
        scores = engine.score(sources, [untold(batch[i]) for i, _ in wanted], other(target))
        back = dict(zip(wanted, scores, strict=True))
    chosen = []
    for i, (some, own) in enumerate(zip(hypotheses, texts, strict=True)):
        worth = [(not h.truncated, h.score + WEIGHT * back.get((i, t), 0.0)) for h, t in zip(some, own, strict=True)]
        chosen.append(some[max(range(len(some)), key=worth.__getitem__)])
    return chosen
