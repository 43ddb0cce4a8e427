"""Telling a model its terms in the source, and words after opening marks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mt_publish.training.vocabulary import load_vocabulary
from mt_publish.translation.engines import CTranslate2Engine
from mt_publish.translation.models import find_model, shipped_folder
from mt_publish.translation.tokenizer import Tokenizer
from mt_publish.types import APART_KEY, Span


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(shipped_folder(), apart=True)


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


def test_words_after_opening_marks_are_cut_as_elsewhere(tokenizer: Tokenizer) -> None:
    text = "Er hat „keine Macht“ (in der Stadt), sagt 'der Chef' dazu."
    pieces, spans = tokenizer.source_spans(text)
    assert pieces == tokenizer.encode([text])[0]
    shown = [(piece, text[span.start : span.end].strip()) for piece, span in zip(pieces, spans, strict=True)]
    for word in ("keine", "in", "der"):
        assert ("▁" + word, word) in shown
    assert max(span.end for span in spans) == len(text)
    for same in ("Rock 'n' Roll", "it's 5 o'clock", "Version (2.1)", "ein(e) Wort(e)", '"42"'):
        assert tokenizer._cut([same]) == [same]


def test_the_engine_cuts_as_its_model_wishes() -> None:
    model = find_model("shipped")
    plain = replace(model, config={k: v for k, v in model.config.items() if k != APART_KEY})
    for own, apart in ((model, True), (plain, False)):
        assert ("▁keine" in CTranslate2Engine(own, threads=1).tokenizer.encode(["„keine Macht“"])[0]) is apart


def test_no_space_is_left_after_opening_marks(tokenizer: Tokenizer) -> None:
    text = "He has “no power” (in the city), says “( the) boss”."
    pieces = tokenizer._target.encode("He has “ no power” ( in the city), says “ ( the) boss”.", return_type=str)
    assert tokenizer.decode([pieces]) == [text.replace("( the", "(the")]
    shown, spans = tokenizer.target_spans(pieces)
    assert shown == tokenizer.decode([pieces])[0]
    places = {piece: shown[span.start : span.end] for piece, span in zip(pieces, spans, strict=True)}
    assert (places["▁no"], places["▁power"], places["▁city"]) == ("no", "power", "city")


def test_a_model_that_does_not_ask_for_it_gets_the_text_as_it_is() -> None:
    plain = Tokenizer(shipped_folder())
    text = "Er hat „keine Macht“."
    assert "▁keine" not in plain.encode([text])[0]
    pieces = plain._target.encode("He has “ no power”.", return_type=str)
    assert plain.decode([pieces]) == ["He has “ no power”."] == [plain.target_spans(pieces)[0]]


def test_targets_are_cut_as_the_trainer_cuts_them(tokenizer: Tokenizer) -> None:
    text = "He has “not enough power” (in town)."
    pieces = tokenizer.encode_target(text)
    vocabulary = replace(load_vocabulary(shipped_folder()), apart=True)
    assert [vocabulary.ids[piece] for piece in pieces] == vocabulary.encode([text], "en")[0]
    assert {"▁not", "▁in"} <= set(pieces)
    shown, spans = tokenizer.target_spans(pieces)
    assert shown == text
    assert text[slice(*spans[pieces.index("▁not")])] == "not"
