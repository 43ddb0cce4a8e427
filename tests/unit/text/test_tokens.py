"""Words and their places."""

from __future__ import annotations

import pytest

from mt_publish.text import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NATO-Erweiterung geht's!", ["NATO", "Erweiterung", "geht's"]),
        ("Danfrieds „Haus“, 1.234,50 Euro um 14:30.", ["Danfrieds", "Haus", "1.234,50", "Euro", "um", "14:30"]),
        ("O’Neil paid 0.85.1 cafe\u0301s", ["O’Neil", "paid", "0.85.1", "cafe\u0301s"]),
        ("COVID-19 und G7", ["COVID", "19", "und", "G7"]),
        ("— … !", []),
    ],
)
def test_words_are_found_with_their_places(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in words(text)] == expected
