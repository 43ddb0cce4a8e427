"""The cross-lingual start: translations lie near each other."""

from __future__ import annotations

import random

import numpy as np
import pytest

from mt_publish.training.batches import EncodedCorpus, EncodedPair
from mt_publish.training.start import crosslingual_embeddings

pytest.importorskip("torch")


def toy_corpus(*, links: bool = True) -> EncodedCorpus:
    """Words 0–39 translate as 50–89; every sentence is about one of four subjects, ten words each."""
    rng = random.Random(1)
    pairs = []
    for _ in range(400):
        subject = rng.randrange(4)
        de = [10 * subject + rng.randrange(10) for _ in range(6)]
        order = rng.sample(range(6), 6)
        en = [de[i] + 50 for i in order]
        pairs.append(EncodedPair(de, en, links=[(i, place) for place, i in enumerate(order)] if links else []))
    return EncodedCorpus.of(pairs)


def test_a_word_lies_nearest_to_words_of_its_subject_in_both_languages() -> None:
    vectors = crosslingual_embeddings(toy_corpus(), 100, 8)
    near = vectors[:40] @ vectors[50:90].T
    assert np.mean(near.argmax(axis=1) // 10 == np.arange(40) // 10) > 0.95
    assert vectors.shape == (100, 8)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_without_links_all_is_random_and_nothing_fails() -> None:
    vectors = crosslingual_embeddings(toy_corpus(links=False), 100, 8)
    near = vectors[:40] @ vectors[50:90].T
    assert np.mean(near.argmax(axis=1) // 10 == np.arange(40) // 10) < 0.6
    assert np.isfinite(vectors).all()


def test_the_same_seed_gives_the_same_start() -> None:
    assert np.array_equal(crosslingual_embeddings(toy_corpus(), 100, 8), crosslingual_embeddings(toy_corpus(), 100, 8))


def test_a_vocabulary_smaller_than_the_width_is_no_obstacle() -> None:
    vectors = crosslingual_embeddings(toy_corpus(), 100, 384)
    assert vectors.shape == (100, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
