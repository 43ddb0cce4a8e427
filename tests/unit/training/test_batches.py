"""Batches: complete, full, few shapes, the same again, resumable."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from training_data import PAIRS, tiny_batches, tiny_corpus

from mt_publish.errors import InputError
from mt_publish.training.batches import (
    INTO_ENGLISH,
    INTO_GERMAN,
    LADDER,
    Batches,
    EncodedCorpus,
    EncodedPair,
    Position,
    ladder_for,
)
from mt_publish.training.vocabulary import Vocabulary


def many(vocabulary: Vocabulary, size: int = 1000) -> Batches:
    rng = np.random.default_rng(0)
    pairs = [EncodedPair([5] * int(a), [6] * int(b)) for a, b in rng.integers(1, 60, (size, 2))]
    return Batches(EncodedCorpus.of(pairs), vocabulary, size=1000, max_pieces=64)


def test_an_epoch_has_every_pair_once_and_all_batches_but_one_are_full(vocabulary: Vocabulary) -> None:
    batches = many(vocabulary)
    plan = batches.plan(0)
    assert sorted(int(use) // 2 for part in plan for use in part) == list(range(1000))
    loads = []
    for _, batch in itertools.islice(batches.stream(), len(plan)):
        longest = max(batch.source.shape[1], batch.target_out.shape[1])
        assert batch.source.shape[1] in LADDER
        assert batch.target_out.shape[1] in LADDER
        assert len(batch.source) * longest <= 1000
        loads.append(len(batch.source) == 1000 // longest)
    assert loads.count(False) <= 1
    padding = 1 - sum(b.tokens for _, b in itertools.islice(batches.stream(), len(plan))) / sum(
        b.target_out.size for _, b in itertools.islice(batches.stream(), len(plan))
    )
    assert padding < 0.25


def test_in_float32_batches_are_padded_to_their_longest_row_only(vocabulary: Vocabulary) -> None:
    on_ladder = many(vocabulary, 20_000)
    batches = replace(on_ladder, ladder=ladder_for("float32"))
    assert ladder_for("bfloat16") == on_ladder.ladder == LADDER
    plan = batches.plan(0)
    assert sorted(int(use) // 2 for part in plan for use in part) == list(range(20_000))
    for _, batch in itertools.islice(batches.stream(), 50):
        assert batch.target_out.shape[1] == (batch.target_out >= 0).sum(axis=1).max()
        assert (batch.source[:, -1] != vocabulary.pad).any()
        assert len(batch.source) * max(batch.source.shape[1], batch.target_out.shape[1]) <= 1000
    assert len(plan) < 0.95 * len(on_ladder.plan(0))


def test_a_row_holds_prefix_source_end_and_the_shifted_target(vocabulary: Vocabulary) -> None:
    ids = vocabulary.ids
    pair = EncodedPair([10, 11, 12], [20, 21], direction=INTO_ENGLISH, links=[(0, 1), (2, 0)])
    batches = Batches(EncodedCorpus.of([pair]), vocabulary, size=64)
    _, batch = next(batches.stream())
    pad = vocabulary.pad
    assert batch.source.tolist() == [[ids[">>eng<<"], 10, 11, 12, 0, pad, pad, pad]]
    assert batch.target_in.tolist() == [[pad, 20, 21, 0, pad, pad, pad, pad]]
    assert batch.target_out.tolist() == [[20, 21, 0, -1, -1, -1, -1, -1]]
    assert batch.links is not None
    # row, target position, source position (the prefix counts); the last is end mark to end mark
    assert batch.links.T.tolist() == [[0, 1, 1], [0, 0, 3], [0, 2, 4]]
    assert batch.tokens == 3


def test_into_german_the_sides_and_links_are_turned(vocabulary: Vocabulary) -> None:
    pair = EncodedPair([10, 11, 12], [20, 21], direction=INTO_GERMAN, links=[(0, 1)])
    _, batch = next(Batches(EncodedCorpus.of([pair]), vocabulary, size=64).stream())
    assert batch.source[0, :4].tolist() == [vocabulary.ids[">>deu<<"], 20, 21, 0]
    assert batch.target_out[0, :4].tolist() == [10, 11, 12, 0]
    assert batch.links is not None
    assert batch.links.T.tolist() == [[0, 0, 2], [0, 3, 3]]


def test_real_pairs_come_out_as_they_went_in(vocabulary: Vocabulary) -> None:
    batches = tiny_batches(vocabulary)
    seen = Counter()
    for _, batch in itertools.islice(batches.stream(), len(batches.plan(0))):
        for source, target in zip(batch.source, batch.target_out, strict=True):
            into_english = source[0] == vocabulary.ids[">>eng<<"]
            sides = [vocabulary.decode([i for i in row if i >= 0], "de") for row in (source, target)]
            seen[tuple(sides if into_english else reversed(sides))] += 1
    assert seen == Counter((pair.de, pair.en) for pair in PAIRS)


def test_any_position_can_be_resumed(vocabulary: Vocabulary) -> None:
    batches = many(vocabulary, 100)
    count = len(batches.plan(0)) + 3  # into the second epoch
    whole = list(itertools.islice(batches.stream(), count))
    assert whole[-1][0] == Position(1, 3)
    for stop in (1, count - 4, count - 2):
        rest = list(itertools.islice(batches.stream(whole[stop - 1][0]), count - stop))
        for (place, batch), (other_place, other) in zip(whole[stop:], rest, strict=True):
            assert place == other_place
            assert np.array_equal(batch.source, other.source)
            assert np.array_equal(batch.target_out, other.target_out)


def test_epochs_and_seeds_differ(vocabulary: Vocabulary) -> None:
    batches = many(vocabulary, 100)
    other = Batches(batches.corpus, vocabulary, size=1000, seed=2)
    firsts = [
        batch.source.tolist()
        for batch in (next(b.stream(Position(e)))[1] for b, e in ((batches, 0), (batches, 1), (other, 0)))
    ]
    assert firsts[0] != firsts[1]
    assert firsts[0] != firsts[2]


def test_weights_decide_how_often_a_pair_comes(vocabulary: Vocabulary) -> None:
    pairs = [EncodedPair([5], [6], weight=weight) for weight in (0.0, 0.5, 1.0, 2.5)]
    batches = Batches(EncodedCorpus.of(pairs), vocabulary, size=1000)
    uses = Counter(int(use) // 2 for epoch in range(200) for part in batches.plan(epoch) for use in part)
    assert uses[0] == 0
    assert uses[1] == pytest.approx(100, abs=30)
    assert uses[2] == 200
    assert uses[3] == pytest.approx(500, abs=30)


def test_long_pairs_are_left_out_and_nothing_left_is_an_error(vocabulary: Vocabulary) -> None:
    pairs = [EncodedPair([5] * 50, [6] * 3), EncodedPair([5], [6])]
    batches = Batches(EncodedCorpus.of(pairs), vocabulary, size=100, max_pieces=20)
    assert [use.tolist() for use in batches.plan(0)] in ([[2]], [[3]])
    with pytest.raises(InputError, match="fits"):
        next(Batches(EncodedCorpus.of(pairs[:1]), vocabulary, size=100, max_pieces=20).stream())
    with pytest.raises(InputError, match="no sentence pairs"):
        EncodedCorpus.of([])


def test_a_corpus_comes_back_from_disk(vocabulary: Vocabulary, tmp_path: Path) -> None:
    corpus = tiny_corpus(vocabulary)
    corpus.save(tmp_path)
    loaded = EncodedCorpus.load(tmp_path)
    for name in EncodedCorpus.__slots__:
        assert np.array_equal(getattr(loaded, name), getattr(corpus, name))
