"""Choose among the hypotheses of a beam by how likely the source is as *their* translation.

What leaves out or makes up half a sentence can be likely enough by itself, but the source does not follow from it. Yee, Dauphin &
Auli 2019, "Simple and effective neural noisy channel modeling for neural machine translation", equation 3, without the language model
and with both log probabilities as means. It takes a model of both directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mt_publish.translation.lexicon import untold
from mt_publish.translation.slips import count_slips
from mt_publish.types import Lang, other

if TYPE_CHECKING:
    from mt_publish.translation.engines import Engine, Hypothesis, Pieces

WEIGHT = 0.6
"""Of the way back. From 0.2 to 1 the scores differ by no more than chance (docs/measurements.md)."""

SLIP = 0.2
"""What a word that is none costs, in nats a target piece: enough to prefer nearly always what has fewer of them."""


def can_rerank(engine: Engine, target: Lang) -> bool:
    """Whether the model translates back, too."""
    return engine.model.prefix(other(target)) is not None and engine.model.prefix(target) is not None


def rerank(
    batch: Sequence[Pieces], hypotheses: Sequence[Sequence[Hypothesis]], engine: Engine, target: Lang
) -> list[Hypothesis]:
    """The best hypothesis of each sentence, going by both directions and by words that are none.

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
    several = {i for i, _ in wanted}
    read = engine.tokenizer.decode([untold(pieces) for pieces in batch])
    chosen = []
    for i, (some, own) in enumerate(zip(hypotheses, texts, strict=True)):
        slips = [count_slips(read[i], t, engine, target) if i in several else 0 for t in own]
        worth = [
            (not h.truncated, h.score + WEIGHT * back.get((i, t), 0.0) - SLIP * n)
            for h, t, n in zip(some, own, slips, strict=True)
        ]
        chosen.append(some[max(range(len(some)), key=worth.__getitem__)])
    return chosen
