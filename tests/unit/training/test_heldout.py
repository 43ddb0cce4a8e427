"""The loss on held-out sentences."""

from __future__ import annotations

import pytest
from training_data import tiny_network

from mt_publish.training.heldout import sentence_losses
from mt_publish.training.vocabulary import Vocabulary

torch = pytest.importorskip("torch")


def test_each_sentence_has_the_cross_entropy_of_its_target_whatever_it_is_batched_with(vocabulary: Vocabulary) -> None:
    network = tiny_network(vocabulary)
    pad = network.architecture.pad
    sources, targets = [[3, 4, 5, 0], [6, 0], [3, 7, 8, 9, 0]] * 20, [[5, 0], [7, 8, 9, 0], [4, 0]] * 20
    found = sentence_losses(network, sources, targets)
    assert found.shape == (60,)
    for source, target, loss in zip(sources[:3], targets[:3], found[:3], strict=True):
        begun = torch.tensor([[pad, *target[:-1]]])
        logits = network.logits(torch.tensor([source]), begun)[0]
        expected = torch.nn.functional.cross_entropy(logits, torch.tensor(target), reduction="sum")
        assert loss == pytest.approx(float(expected), abs=1e-4)
    assert found[3:] == pytest.approx(list(found[:3]) * 19, abs=1e-4)
