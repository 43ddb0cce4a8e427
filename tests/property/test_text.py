"""Laws of the text functions that hold for any text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mt_publish.text import (
    compare_quantities,
    detect_language,
    find_quantities,
    sentence_language,
    split_sentences,
    words,
)
from mt_publish.types import Lang, LangPair

PIECES = st.sampled_from(
    [
        *".,!?…:;()[]„“”\"'‚‘»«-–/%€$°½",
        *["...", "1", "3.", "10.000", "1,234.5", "14.30 Uhr", "2:1", "3. Oktober", "May 5", "2023", "0.85.1", "5 km"],
        *["z. B.", "Dr.", "usw.", "U.S.", "Inc.", "XIV.", "p.m.", "Mio.", "S.", "a)", "zwölf", "two hundred", "ein"],
        *["Der", "Hund", "bellt", "The", "dog", "said", "http://a.b/c.d", "x@y.de", "ß", "é", "中文", "🙂"],
        *[" ", "  ", "\n", "\n\n", "\r\n", "\t", "\u00a0", "\u2029"],
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join), st.lists(PIECES).map(" ".join))
LANGS = st.sampled_from(["de", "en"])


@given(TEXTS, LANGS)
def test_sentences_cover_the_text_and_leave_only_white_space_between(text: str, lang: Lang) -> None:
    at = 0
    rebuilt = ""
    for span in split_sentences(text, lang):
        assert at <= span.start < span.end <= len(text)
        gap, sentence = text[at : span.start], text[span.start : span.end]
        assert gap.strip() == ""
        assert sentence == sentence.strip()
        rebuilt += gap + sentence
        at = span.end
    assert text[at:].strip() == ""
    assert rebuilt + text[at:] == text


@given(TEXTS, LANGS)
def test_a_sentence_has_no_blank_line_inside(text: str, lang: Lang) -> None:
    for span in split_sentences(text, lang):
        assert not re.search(r"\n[^\S\r\n]*\n|\u2029", text[span.start : span.end])


@given(TEXTS, LANGS)
def test_quantities_are_ordered_and_lie_in_the_text(text: str, lang: Lang) -> None:
    at = 0
    for quantity in find_quantities(text, lang):
        assert at <= quantity.span.start < quantity.span.end <= len(text)
        assert text[quantity.span.start : quantity.span.end] == quantity.surface
        at = quantity.span.end


@given(TEXTS)
def test_a_text_agrees_with_itself(text: str) -> None:
    assert compare_quantities(text, text, LangPair("de", "de")).agrees
    assert compare_quantities(text, text, LangPair("en", "en")).agrees


@given(TEXTS, TEXTS)
def test_comparing_never_fails_and_reports_only_what_is_there(source: str, target: str) -> None:
    diff = compare_quantities(source, target, LangPair("de", "en"))
    ours, theirs = find_quantities(source, "de"), find_quantities(target, "en")
    assert set(diff.missing) <= set(ours)
    assert set(diff.extra) <= set(theirs)
    assert {one for one, _ in diff.changed} <= set(ours)
    assert {two for _, two in diff.changed} <= set(theirs)


@given(st.integers(min_value=13, max_value=10**9), st.integers(min_value=13, max_value=10**9))
def test_two_numbers_agree_exactly_when_they_are_equal(source: int, target: int) -> None:
    german = f"{source:,}".replace(",", ".")
    diff = compare_quantities(f"Es kamen {german} Leute.", f"There came {target:,} people.", LangPair("de", "en"))
    assert diff.agrees == (source == target)


@settings(max_examples=50)
@given(TEXTS)
def test_language_functions_answer_for_any_text(text: str) -> None:
    found = detect_language(text)
    assert 0 <= found.confidence <= 1
    assert found.lang is None or (found.other is None and found.confidence >= 0.8)
    assert sentence_language(text) in (None, "de", "en")


@given(TEXTS)
def test_words_are_ordered_and_hold_no_white_space(text: str) -> None:
    at = 0
    for span in words(text):
        assert at <= span.start < span.end
        assert not any(char.isspace() for char in text[span.start : span.end])
        at = span.end


@pytest.mark.parametrize("numeral", ["9" * 5000, "1." * 3000, "111." * 3000, "1,5" * 2000, "1e9", "٣٫٥", "²"])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_monstrous_numerals_do_no_harm(numeral: str, lang: Lang) -> None:
    assert compare_quantities(numeral, numeral, LangPair(lang, lang)).agrees
