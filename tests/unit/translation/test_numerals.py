from __future__ import annotations

import pytest

from mt_publish.glossary import Glossary
from mt_publish.pipeline import Rules
from mt_publish.translation.decode import translate_segments
from mt_publish.translation.numerals import calendar_terms, numeral_terms
from mt_publish.types import LangPair, Segment
from tests.fakes import FakeEngine


@pytest.mark.parametrize(
    ("source", "lang", "wanted"),
    [
        ("Es kostet 1.234,50 Euro.", "de", ["1,234.50"]),
        ("Das sind 3,5 Prozent von 10.000.", "de", ["3.5", "10,000"]),
        ("It costs 1,234.50 dollars, 7 more.", "en", ["1.234,50", "7"]),
        ("Im Jahr 2023 kamen 450 Menschen.", "de", ["2023", "450"]),
        ("Am 3. Oktober um 14.30 Uhr, Version 2.0.1, Seite A4, 3:1 und 3–5.", "de", ["3", "2:30 pm"]),
        ("On October 3, 2023, at 2.30 pm, the 5th of 12th.", "en", ["3.", "2023", "14.30 Uhr"]),
        ("It rose to $1.3125 or €1.9bn at 12.05 a.m.", "en", ["1,3125", "1,9", "0.05 Uhr"]),
        ("Er ist der 19. Präsident.", "de", []),
    ],
)
def test_plain_figures_are_found_with_their_rendering(source: str, lang: str, wanted: list[str]) -> None:
    assert [m.target for m in numeral_terms(source, lang)] == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("Industry 4.0 is here.", True),
        ("It needs iOS 17.4 now.", True),
        ("See section 4.2 of it.", True),
        ("It rose by 4.2 per cent.", False),
        ("They have 4.2 children.", False),
    ],
)
def test_what_numbers_a_thing_may_keep_its_dot(source: str, kept: bool) -> None:
    (match,) = (m for m in numeral_terms(source, "en") if "." in m.surface)
    assert (match.surface in match.accepted) == kept


def test_small_numbers_may_be_words() -> None:
    (match,) = numeral_terms("Es sind 7 Häuser.", "de")
    assert match.accepted == ("7", "seven")


def test_a_wrong_figure_is_mended() -> None:
    engine = FakeEngine({"1.234,50": "1,243.50", "kostet": "costs", "Es": "It"})
    (result,) = translate_segments(
        [Segment("s", "Es kostet 1.234,50 Euro.")], engine, "en", rules=Rules(Glossary(), LangPair("de", "en"))
    )
    assert result.target == "It costs 1,234.50 Euro."


@pytest.mark.parametrize(
    ("source", "wanted"),
    [("Er kommt im Januar.", "He comes in January."), ("Er kam Samstagabend.", "He came Saturday evening.")],
)
def test_a_wrong_weekday_or_month_is_mended(source: str, wanted: str) -> None:
    words = {"Er": "He", "kommt": "comes", "kam": "came", "im": "in", "Januar": "Juni", "Samstagabend": "evening"}
    (result,) = translate_segments(
        [Segment("s", source)], FakeEngine(words), "en", rules=Rules(Glossary(), LangPair("de", "en"))
    )
    assert result.target == wanted
    assert result.repairs


@pytest.mark.parametrize(
    "target",
    [
        "Das Sonntagsspiel war gut.",
        "Am Ostersonntag war es gut.",
        "Sonntags war es gut.",
        "Das sonntägliche Spiel war gut.",
        "In der Nacht zum Montag war es gut.",
        "Am Sonntag berichtete die Sunday Times.",
    ],
)
def test_a_weekday_in_a_compound_is_left_alone(target: str) -> None:
    source = "On Sunday it was good."
    (term,) = calendar_terms(source, "en")
    (status,) = Rules(Glossary(), LangPair("en", "de")).verify(target, [term])
    assert not status.problem


def test_a_weekday_in_a_glossary_name_is_not_taken() -> None:
    (sunday,) = calendar_terms("On Sunday it was good.", "en")
    assert calendar_terms("On Sunday it was good.", "en", [sunday]) == ()
