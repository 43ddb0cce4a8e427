"""Sure typographic repairs: what they change, what they leave alone, and that they are done once."""

from __future__ import annotations

import pytest

from mt_publish.quality.checks import fix_typography, typography_edits
from mt_publish.types import Lang, Span


@pytest.mark.parametrize(
    ("lang", "text", "fixed"),
    [
        ("en", "He said „yes“ and „no“.", "He said “yes” and “no”."),
        ("en", "He said «yes».", "He said “yes”."),
        ("en", "He said ‚yes‘.", "He said ‘yes’."),
        ("de", "Er sagte “ja” und “nein”.", "Er sagte „ja“ und „nein“."),
        ("de", "Er sagte „ja”.", "Er sagte „ja“."),
        ("de", "Er sagte ”ja”.", "Er sagte „ja“."),
        ("en", "In  the   town.", "In the town."),
        ("en", "He said  yes.  She went.  They go", "He said yes. She went. They go"),
        ("en", "Yes , he said ; no .", "Yes, he said; no."),
        ("en", "In ( the ) town.", "In (the) town."),
        ("en", "It´s the town`s.", "It’s the town’s."),
    ],
)
def test_a_sure_fault_is_repaired(lang: Lang, text: str, fixed: str) -> None:
    assert fix_typography(text, lang) == fixed


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", 'He said "yes".'),
        ("de", 'Er sagte "ja".'),
        ("de", "Er sagte »ja«."),
        ("en", "He said „yes."),
        ("en", "The dogs’ house isn’t far."),
        ("de", "Es gibt’s nicht."),
        ("en", "See `a  ,  „b“` and https://a.example/´s."),
        ("en", 'A 27" screen.'),
        ("en", "Party       Votes     Seats SPD         25.7%     206"),
        ("en", "Name  Price House  3 Tree  7"),
        ("de", "Bayern gewann 3 : 1 (1 : 0)."),
        ("de", "Ort    : Berlin"),
        ("de", "[ ] Milch und ( ) Brot"),
        ("en", ""),
    ],
)
def test_what_is_not_sure_stays(lang: Lang, text: str) -> None:
    assert fix_typography(text, lang) == text


def test_straight_quotes_are_turned_on_demand() -> None:
    assert fix_typography('Er sagte "ja" und "nein".', "de", straight_quotes=True) == "Er sagte „ja“ und „nein“."
    assert fix_typography('He said "yes".', "en", straight_quotes=True) == "He said “yes”."


def test_edits_name_their_places() -> None:
    assert [(edit.span, edit.text) for edit in typography_edits("a  „b“ ,", "en")] == [
        (Span(1, 3), " "),
        (Span(3, 4), "“"),
        (Span(5, 6), "”"),
        (Span(6, 7), ""),
    ]
