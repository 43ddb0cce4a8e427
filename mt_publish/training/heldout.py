"""How likely a model finds translations that it was not trained on: tells models apart long before BLEU does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mt_publish.training.network import Network

_ROWS = 32


def sentence_losses(
    network: Network, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    """Negative log-likelihood of each target given its source, in nats, with the whole vocabulary and without smoothing.

    Args:
        network: The model; in float32 for figures that can be compared.
        sources: Ids as the encoder takes them: with prefix, where the model has one, and ``</s>``.
        targets: Ids of the translations with ``</s>`` and without a start.

    Returns:
        (sentences,) nats, summed over each target. Divide by pieces to compare models of one vocabulary, by characters to
        compare any.
    """
    import numpy as np
    import torch

    pad = network.architecture.pad

    def padded(rows: list[Sequence[int]]) -> torch.Tensor:
        longest = max(map(len, rows))
        return torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows], device=network.device)

    losses = np.zeros(len(sources))
    by_length = sorted(range(len(sources)), key=lambda i: (len(sources[i]), len(targets[i])))
    for start in range(0, len(by_length), _ROWS):
        rows = by_length[start : start + _ROWS]
        source, target = padded([sources[i] for i in rows]), padded([targets[i] for i in rows])
        begun = torch.cat([torch.full_like(target[:, :1], pad), target[:, :-1]], dim=1)
        likelihood = network.logits(source, begun).log_softmax(-1).gather(2, target[:, :, None])[:, :, 0]
        losses[rows] = -(likelihood * (target != pad)).sum(1).double().cpu().numpy()
    return losses
