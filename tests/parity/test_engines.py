"""CTranslate2 against transformers on the shipped model: same tokens, same scores, same attention."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mt_publish.translation.engines import CTranslate2Engine, TransformersEngine
from mt_publish.translation.models import find_model

pytest.importorskip("torch")
pytest.importorskip("transformers")

SENTENCES = [
    "Danfried hat auch den Januar als Deadline für anstehende Gespräche bestätigt.",
    "Der Präsident traf die Kanzlerin am 3. Oktober in Berlin.",
    "Die Regierung will die Steuern senken.",
    "Das Spiel endete 2:1.",
    "Nach Angaben der Polizei wurde niemand verletzt.",
    "Er sagte, die Lage sei ernst.",
]


@pytest.fixture(scope="module")
def engines(cache: Path) -> tuple[CTranslate2Engine, TransformersEngine]:
    model = find_model()
    return CTranslate2Engine(model, compute_type="float32", threads=1, shortlist=False), TransformersEngine(
        model, threads=1
    )


@pytest.mark.parametrize("beam", [1, 4])
def test_fp32_engines_give_the_same_tokens(engines: tuple[CTranslate2Engine, TransformersEngine], beam: int) -> None:
    fast, reference = engines
    pieces = fast.tokenizer.encode(SENTENCES)
    ours = [h[0].pieces for h in fast.translate(pieces, "en", beam=beam)]
    theirs = [h[0].pieces for h in reference.translate(pieces, "en", beam=beam)]
    assert ours == theirs


def test_a_prefix_may_have_a_piece_that_the_vocabulary_lacks(engines: tuple[CTranslate2Engine, TransformersEngine]) -> None:
    """A name in another script, forced by the term ladder: an unknown piece to both."""
    for engine in engines:
        ((hyp, *_),) = engine.translate(engine.tokenizer.encode(SENTENCES[4:5]), "en", prefixes=[["▁The", "▁Жуков"]])
        assert len(hyp.pieces) > 2


def test_scores_of_given_targets_agree(engines: tuple[CTranslate2Engine, TransformersEngine]) -> None:
    fast, reference = engines
    pieces = fast.tokenizer.encode(SENTENCES[:3])
    targets = [h[0].pieces for h in fast.translate(pieces, "en", beam=1)]
    # fp16 weights, fp32 sums in another order: 1e-4 nats a piece
    np.testing.assert_allclose(fast.score(pieces, targets, "en"), reference.score(pieces, targets, "en"), atol=1e-3)


def test_many_targets_are_scored_in_batches(
    engines: tuple[CTranslate2Engine, TransformersEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    fast, reference = engines
    pieces = fast.tokenizer.encode(SENTENCES)
    targets = [h[0].pieces for h in fast.translate(pieces, "en", beam=1)]
    sizes: list[int] = []
    forced = reference._forced

    def watched(batch, targets, target, *, attentions):  # type: ignore[no-untyped-def]
        sizes.append(len(batch))
        return forced(batch, targets, target, attentions=attentions)

    monkeypatch.setattr(reference, "_forced", watched)
    monkeypatch.setattr(reference, "batch_size", 4)
    np.testing.assert_allclose(fast.score(pieces, targets, "en"), reference.score(pieces, targets, "en"), atol=1e-3)
    assert sizes == [4, 2]


def test_alignment_is_the_same_head(engines: tuple[CTranslate2Engine, TransformersEngine]) -> None:
    fast, reference = engines
    pieces = fast.tokenizer.encode(SENTENCES[:3])
    targets = [h[0].pieces for h in fast.translate(pieces, "en", beam=1)]
    for ours, theirs in zip(fast.align(pieces, targets, "en"), reference.align(pieces, targets, "en"), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_another_head_can_be_moved_to_the_aligners_place(cache: Path) -> None:
    from dataclasses import replace

    model = replace(find_model(), alignment=(-1, 3))
    fast, reference = CTranslate2Engine(model, compute_type="float32", threads=1), TransformersEngine(model, threads=1)
    usual = CTranslate2Engine(find_model(), compute_type="float32", threads=1)
    pieces = fast.tokenizer.encode(SENTENCES[:2])
    targets = [h[0].pieces for h in fast.translate(pieces, "en", beam=1)]
    assert targets == [h[0].pieces for h in usual.translate(pieces, "en", beam=1)]
    for ours, theirs in zip(fast.align(pieces, targets, "en"), reference.align(pieces, targets, "en"), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("penalty", [0.5, 2.0])
def test_the_length_penalty_means_the_same_and_scores_stay_means(cache: Path, penalty: float) -> None:
    from dataclasses import replace

    model = replace(find_model(), length_penalty=penalty)
    fast = CTranslate2Engine(model, compute_type="float32", threads=1, shortlist=False)
    pieces = fast.tokenizer.encode(SENTENCES)
    ours = [h[0] for h in fast.translate(pieces, "en", beam=4)]
    theirs = [h[0] for h in TransformersEngine(model, threads=1).translate(pieces, "en", beam=4)]
    assert [h.pieces for h in ours] == [h.pieces for h in theirs]
    means = fast.score(pieces, [h.pieces for h in ours], "en")
    np.testing.assert_allclose([h.score for h in ours], means, atol=1e-3)
    np.testing.assert_allclose([h.score for h in theirs], means, atol=1e-3)


def test_a_length_penalty_changes_what_is_chosen(cache: Path) -> None:
    from dataclasses import replace

    def lengths(penalty: float) -> int:
        engine = CTranslate2Engine(replace(find_model(), length_penalty=penalty), threads=1)
        return sum(len(h[0].pieces) for h in engine.translate(engine.tokenizer.encode(SENTENCES * 3), "en", beam=5))

    assert lengths(-2.0) < lengths(1.0) <= lengths(4.0)
