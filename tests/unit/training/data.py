"""Ten sentence pairs, and a model so small that it learns them in seconds."""

from __future__ import annotations

from pathlib import Path

from mt_publish.training.batches import Batches, EncodedCorpus, EncodedPair
from mt_publish.training.corpus import Pair
from mt_publish.training.network import Architecture, Network, Precision
from mt_publish.training.trainer import TrainConfig
from mt_publish.training.vocabulary import Vocabulary, learn_vocabulary

PAIRS = [
    Pair("Danfried lebt in Köln.", "Danfried lives in Cologne."),
    Pair("Der Rat tagt heute in Brüssel.", "The council meets in Brussels today."),
    Pair("Das Haus ist alt und klein.", "The house is old and small."),
    Pair("Die Ministerin reist nach Kiew.", "The minister travels to Kyiv."),
    Pair("Wir sehen die Stadt am Rhein.", "We see the city on the Rhine."),
    Pair("Er kauft drei rote Äpfel.", "He buys three red apples."),
    Pair("Die Wahl findet im Mai statt.", "The election takes place in May."),
    Pair("Morgen wird es wieder regnen.", "It will rain again tomorrow."),
    Pair("Sie liest ein gutes Buch.", "She reads a good book."),
    Pair("Der Zug kommt zu spät an.", "The train arrives too late."),
]


def tiny_vocabulary(folder: Path) -> Vocabulary:
    """About 300 pieces, 256 of them bytes."""
    return learn_vocabulary((side for pair in PAIRS for side in (pair.de, pair.en)), folder, size=345)


def tiny_corpus(vocabulary: Vocabulary) -> EncodedCorpus:
    """The ten pairs, each linked at its first piece."""
    german = vocabulary.encode([pair.de for pair in PAIRS], "de")
    english = vocabulary.encode([pair.en for pair in PAIRS], "en")
    return EncodedCorpus.of([EncodedPair(de, en, links=[(0, 0)]) for de, en in zip(german, english, strict=True)])


def tiny_network(vocabulary: Vocabulary, *, seed: int = 1, precision: Precision = "float32") -> Network:
    """Width 32, two encoder layers, one decoder layer."""
    architecture = Architecture(vocabulary.size, width=32, feed_forward=64, encoder_layers=2, decoder_layers=1, heads=4)
    return Network.fresh(architecture, seed=seed, precision=precision)


def tiny_batches(vocabulary: Vocabulary) -> Batches:
    """Batches of about four pairs."""
    return Batches(tiny_corpus(vocabulary), vocabulary, size=160, max_pieces=80)


def tiny_config(**changes: float | None) -> TrainConfig:
    """A high rate, for a model that has no time."""
    return TrainConfig(**{"steps": 4, "rate": 5e-3, "warmup": 10, "cooldown": 0.3, "dropout": 0.1, **changes})  # type: ignore[arg-type]
