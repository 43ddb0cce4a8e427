from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt_publish.translation.guards import has_letters, join_parts, loops, split_long, unstutter
from mt_publish.types import Lang


@pytest.mark.parametrize("text", ["-", "***", "12,5 %", "— — —", "", "€ 3.500"])
def test_text_without_letters_is_not_translated(text: str) -> None:
    assert not has_letters(text)


@pytest.mark.parametrize(
    "text",
    [
        "the talks, the talks, the talks, the talks ended",
        "and he said that and he said that and he said that",
        "so so so so it went",
        'he said that """""""" of a lot',
        "he said ' ' ' ' of a lot",
        "it is a good day today and it is a good day now and it is a good day then",
    ],
)
def test_repetition_that_the_source_lacks_is_a_loop(text: str) -> None:
    assert loops(text, "Die Gespräche sind zu Ende gegangen.")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("No, no, no, no!", "Nein, nein, nein, nein!"),
        ("No!!!!", "Nein!!!!"),
        ("The cat sat on the mat.", "Die Katze saß auf der Matte."),
        ("…", "…"),
        ("very very good", "sehr, sehr gut"),
    ],
)
def test_repetition_of_the_source_is_no_loop(text: str, source: str) -> None:
    assert not loops(text, source)


def test_long_sentence_is_cut_at_a_semicolon_before_a_comma() -> None:
    text = "Der erste Teil ist lang, sehr lang sogar; der zweite Teil ist auch lang, aber kürzer."
    spans = split_long(text, parts=2)
    assert [text[s.start : s.end] for s in spans] == [
        "Der erste Teil ist lang, sehr lang sogar;",
        "der zweite Teil ist auch lang, aber kürzer.",
    ]


@given(st.text(max_size=300), st.integers(1, 9))
def test_cutting_loses_nothing_but_white_space(text: str, parts: int) -> None:
    spans = split_long(text, parts=parts)
    assert "".join("".join(text[s.start : s.end] for s in spans).split()) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_a_word_three_times_in_a_row_stands_once() -> None:
    assert unstutter("the Foreign Foreign Foreign Minister", "der Außenminister") == "the Foreign Minister"
    assert unstutter("Nein, nein, nein!", "No, no, no!") == "Nein, nein, nein!"
    assert unstutter("had had", "hatte gehabt") == "had had"
    assert unstutter("anti-war war war", "x") == "anti-war war war"


@pytest.mark.parametrize(
    ("texts", "sources", "target", "wanted"),
    [
        (
            ["He came on Monday.", "But Moscow was silent."],
            ["Er kam am Montag,", "doch Moskau schwieg."],
            "en",
            "He came on Monday, but Moscow was silent.",
        ),
        (["He came", "Moscow was silent."], ["Er kam", "als Moskau schwieg."], "en", "He came Moscow was silent."),
        (["He came and", "I went."], ["Er kam und", "ich ging."], "en", "He came and I went."),
        (
            ["Sie sagte,", "Regierungen kommen."],
            ["She said", "governments come."],
            "de",
            "Sie sagte, Regierungen kommen.",
        ),
        (["Sie ging.", "", "Aber er blieb."], ["She went,", "–", "but he stayed."], "de", "Sie ging, aber er blieb."),
        (["Mr. Smith came.", "He stayed."], ["Herr Smith kam.", "Er blieb."], "en", "Mr. Smith came. He stayed."),
    ],
)
def test_parts_are_joined_as_one_sentence(texts: list[str], sources: list[str], target: Lang, wanted: str) -> None:
    assert join_parts(texts, sources, target) == wanted
