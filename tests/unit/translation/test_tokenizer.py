"""Telling a model its terms in the source."""

from __future__ import annotations

import pytest

from mt_publish.translation.models import shipped_folder
from mt_publish.translation.tokenizer import Tokenizer
from mt_publish.types import Span


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(shipped_folder())


def test_told_terms_stand_in_the_source_as_in_training(tokenizer: Tokenizer) -> None:
    text = "Gestern sprach Sergej Lawrow in Genf."
    pieces, spans = tokenizer.encode_told(text, [(Span(15, 28), "Sergey Lavrov"), (Span(32, 36), "Geneva")])
    written = (
        "Gestern sprach <term_start> Sergej Lawrow <term_end> Sergey Lavrov <trans_end>"
        " in <term_start> Genf <term_end> Geneva <trans_end>."
    )
    assert pieces == tokenizer.encode([written])[0]
    assert len(spans) == len(pieces)


def test_pieces_of_a_told_source_have_places_in_the_plain_one(tokenizer: Tokenizer) -> None:
    text = "Das sagte Lawrow (Moskau)."
    pieces, spans = tokenizer.encode_told(text, [(Span(10, 16), "Lavrov")])
    assert max(span.end for span in spans) == len(text)
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
    told = pieces.index("<term_end>") + 1
    assert spans[told] == Span(10, 16)


def test_nothing_told_is_the_plain_source(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode_told("Ohne Namen.", []) == tokenizer.source_spans("Ohne Namen.")
