"""Words of a text with their places, for German and English."""

from __future__ import annotations

import re
from functools import cache

from mt_publish.types import Span


@cache
def _word() -> re.Pattern[str]:
    # A number with its separators is one word (1.234,50 · 14:30 · 0.85.1); else letters and digits with inner
    # apostrophes and combining marks, because "don't" and "geht's" are one word and "e" + U+0301 is one letter.
    letters = r"[^\W_](?:[^\W_]|[\u0300-\u036f\u00ad\u200d])*"
    return re.compile(rf"[0-9]+(?:[.,:'’][0-9]+)+(?![^\W_])|{letters}(?:['’ʼ]{letters})*")


def words(text: str) -> tuple[Span, ...]:
    """Ranges of the words of `text`, in order.

    A word with an inner apostrophe is one word, a hyphenated compound is several ("NATO-Erweiterung" gives two), and a
    number with its separators is one. Punctuation and symbols belong to no word.
    """
    return tuple(Span(*match.span()) for match in _word().finditer(text))
