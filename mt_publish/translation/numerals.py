"""Figures as terms: a number in the source is a mention whose right rendering is known, so the term ladder can mend it.

Only what converts without doubt is taken: integers and decimals in digits. Dates, times, ordinals, versions and digits inside
words are left to the checks, which know more ways to say them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mt_publish.types import Entry, Lang, Span, TermMatch

_NUMERAL = re.compile(r"(?<![\w.,:/@#&'’+–-])\d[\d.,]*(?<![.,])(?![\w/:@]|[-–]\d|[.,]\d)")
_THOUSANDS = {"de": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?"), "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")}
_DECIMAL = {"de": re.compile(r"\d+,\d{1,3}"), "en": re.compile(r"\d+\.\d{1,3}")}
_WORDS: dict[Lang, tuple[str, ...]] = {
    "de": ("null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
}
_ORDINAL = re.compile(r"\.\s+(?=[a-zäöüA-ZÄÖÜ])|(?:st|nd|rd|th)\b")
_CLOCK = re.compile(r"\s*(?:Uhr|[ap]\.?m\b|o['’]clock)")
_MONTH = re.compile(
    r"\.?\s+(?:Jan|Feb|Mär|Mar|Apr|Mai|May|Jun|Jul|Aug|Sep|Okt|Oct|Nov|Dez|Dec)|,?\s+(?:19|20)\d\d\b",
)
_AFTER_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\s$"
)


def numeral_terms(source: str, lang: Lang, taken: Sequence[TermMatch] = ()) -> tuple[TermMatch, ...]:
    """A term match for every plain figure of a sentence that no glossary mention covers.

    Args:
        source: The sentence.
        lang: Its language; the other one is the target.
        taken: Mentions found already.
    """
    target: Lang = "en" if lang == "de" else "de"
    found = []
    for numeral in _NUMERAL.finditer(source):
        span, text = Span(*numeral.span()), numeral.group()
        rest, before = source[span.end :], source[: span.start]
        if _CLOCK.match(rest) or _MONTH.match(rest) or _AFTER_MONTH.search(before) or _ORDINAL.match(rest):
            continue
        if any(span.overlaps(match.span) for match in taken):
            continue
        forms = _forms(text, lang)
        if not forms:
            continue
        names = {lang: text, target: forms[0]}
        found.append(TermMatch(Entry(names["de"], names["en"], "dnt"), span, text, forms[0], forms))
    return tuple(found)


def _forms(text: str, lang: Lang) -> tuple[str, ...]:
    """Ways to write the number in the other language, the usual one first; none when it is not plain."""
    target: Lang = "en" if lang == "de" else "de"
    swap = str.maketrans(".,", ",.")
    if text.isdigit():
        forms = [text]
        value = int(text)
        if value <= 12:
            forms.append(_WORDS[target][value])
        if len(text) >= 5:  # 10000: thousands may be marked in the other language
            forms.append(f"{value:,}" if target == "en" else f"{value:,}".replace(",", "."))
        elif len(text) == 4:
            forms.append(f"{text[0]},{text[1:]}" if target == "en" else f"{text[0]}.{text[1:]}")
        return tuple(forms)
    if _THOUSANDS[lang].fullmatch(text):
        swapped = text.translate(swap)
        mark = "," if target == "en" else "."
        return (swapped, swapped.replace(mark, ""), *(swapped.replace(mark, s) for s in ("\u00a0", "\u202f")))
    if _DECIMAL[lang].fullmatch(text):
        return (text.translate(swap),)
    return ()
