from __future__ import annotations

import pytest

from mt_publish.text.calendar import calendar_names, calendar_translations, mentioned
from mt_publish.types import Lang, Span


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("de", "Am Samstagabend und montags, im Mai, Mitte August.", ["Samstagabend", "montags", "Mai", "August"]),
        ("de", "Am Montag, und noch am Montag.", ["Montag"]),
        ("de", "Frau Mai und August der Starke.", []),
        ("de", "Am 5. Mai und im Januar.", ["Mai", "Januar"]),
        ("de", "Das sagte er der „Bild am Sonntag“ und der Welt am Sonntag.", []),
        ("de", "In der Nacht zum Sonntag, in der Nacht auf Montag.", []),
        ("de", "Die Montage, das Sonntagsspiel, am Ostermontag.", []),
        ("de", "Am Sonnabend, im Jänner.", ["Sonnabend", "Jänner"]),
        ("de", "In der Nacht von Samstag auf Sonntag, in der Nacht zum vergangenen Montag, am heutigen Dienstag.", []),
        ("de", "Richard Freitag, Der Freitag, Juli Zeh, die Straße des 17. Juni, nach dem 11. September.", []),
        ("de", "Chan Junis, Mais und der 11. September 2024.", ["September"]),
        ("de", "Seit Montag und Am Dienstag, bis zum Mittwoch.", ["Montag", "Dienstag", "Mittwoch"]),
        ("en", "The Sun on Sunday, Daily Mirror and Sunday Mirror, the star of “Wednesday”.", []),
        ("en", "The song was written by May and Mercury. Thousands to March in Berlin.", []),
        ("de", "Freitag gewann das Rennen, sagte Freitag.", []),
        ("de", "In der Nacht von Mittwoch auf Donnerstag.", []),
        ("de", "Am kommenden Freitag, Freitag und Samstag.", ["Freitag", "Samstag"]),
        ("en", "On May Day, the Fourth of July, March Madness, Brian May, 77, in May Theresa.", []),
        ("en", "On Sunday morning and on Saturday's walk.", ["Sunday morning", "Saturday's"]),
        ("en", "Last Friday President Biden spoke, said Ann Tuesday.", ["Friday"]),
        ("en", "He spoke Thursday and on Friday Boris Johnson replied.", ["Thursday", "Friday"]),
        ("en", "Easter Monday, Black Friday, on Saturday Night Live, the Sunday Mirror, The Mail on Sunday.", []),
        ("en", "Brian May may march in May, mid-March and on June 5.", ["May", "March", "June"]),
        ("en", "May this bring peace. March on. August came.", []),
        ("en", "On Aug. 5; he sat in the sun on Mon.", ["Aug"]),
    ],
)
def test_names_that_a_sentence_surely_has(lang: Lang, text: str, expected: list[str]) -> None:
    found = calendar_names(text, lang)
    assert [name.surface for name in found] == expected
    assert all(text[name.span.start : name.span.end] == name.surface for name in found)


@pytest.mark.parametrize(
    ("source", "text", "target", "usual", "also"),
    [
        ("de", "am Samstagabend", "en", "Saturday evening", "Saturday"),
        ("de", "montags", "en", "Mondays", "Monday"),
        ("de", "im März", "en", "March", "Mar"),
        ("de", "am Sonnabend", "en", "Saturday", "Sat"),
        ("en", "on Sunday afternoon", "de", "Sonntagnachmittag", "Sonntags"),
        ("en", "on Saturday night", "de", "Samstagnacht", "Nacht zum Sonntag"),
        ("en", "on Sunday night", "de", "Sonntagnacht", "Nacht auf Montag"),
        ("en", "on Saturday", "de", "Samstag", "Sonnabends"),
        ("en", "in January", "de", "Januar", "Jänners"),
    ],
)
def test_translations_begin_with_the_usual_one(source: Lang, text: str, target: Lang, usual: str, also: str) -> None:
    (name,) = calendar_names(text, source)
    forms = calendar_translations(name, target)
    assert forms[0] == usual
    assert also in forms
    assert len(set(forms)) == len(forms)


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("de", "Ostermontag, Sonntagsspiel, sonnabends, sonntäglich", {0, 5, 6}),
        ("de", "Maifeiertag, Märzwetter, Jan. und Aug.", {7, 9, 11, 14}),
        ("de", "Mainz, Mail, Augen, Julia, Junior, Märchen, Novelle, Montur", set()),
        ("de", "in der Nacht zum Sonntag", {5, 6}),
        ("de", "in der Nacht zum vergangenen Sonntag", {5, 6}),
        ("en", "Saturday night", {5, 6}),
        ("en", "late on Sunday", {0, 6}),
        ("en", "Mon-Fri, Tues., Sept and DECEMBER", {0, 1, 4, 15, 18}),
        ("en", "monster, marred, decent, augment", set()),
    ],
)
def test_what_a_text_may_be_read_to_name(lang: Lang, text: str, expected: set[int]) -> None:
    assert mentioned(text, lang) == expected


def test_names_of_other_things_are_left_out() -> None:
    text = "Fridays for Future called for protests on Friday."
    (name,) = calendar_names(text, "en", [Span(0, 18)])
    assert name.span.start == text.rindex("Friday")
