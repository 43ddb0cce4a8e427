"""Figures, weekdays and months as terms: mentions whose right rendering is known, so that the term ladder can mend them.

Only what converts without doubt is taken: integers and decimals in digits, days before or after a month, clock times with
minutes. Other ordinals, versions and digits inside words are left to the checks, which know more ways to say them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mt_publish.text.calendar import calendar_names, calendar_translations, mentioned, said_otherwise
from mt_publish.types import Entry, Lang, LangPair, Span, TermMatch, other

_NUMERAL = re.compile(
    r"(?<![\w.,:/@#&'’+–-])\d[\d.,]*(?<![.,])(?!(?!(?:bn|tn|m|k|kg|km|cm|mm)\b)\w|[/:@]|[-–]\d|[.,]\d)"
)
_THOUSANDS = {"de": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?"), "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")}
_DECIMAL = {"de": re.compile(r"\d+,\d+"), "en": re.compile(r"\d+\.\d+")}
_WORDS: dict[Lang, tuple[str, ...]] = {
    "de": ("null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
}
_ORDINAL = re.compile(r"\.\s+(?=[a-zäöüA-ZÄÖÜ])|(?:st|nd|rd|th)\b")
_TIME = {
    "de": re.compile(r"(?<![\w.,:])(\d{1,2})[.:](\d\d)\s?Uhr\b"),
    "en": re.compile(r"(?<![\w.,:])(\d{1,2})[.:](\d\d)\s?([ap])\.?m\b\.?", re.IGNORECASE),
}
_UNIT = re.compile(r"\s?(mm|cm|km|kg|mg|ml|m|g|l|t|MB|GB|TB|kW|MW|GW|kWh|Hz|kHz|MHz|GHz)\b")
_NUMBERED = re.compile(r"(?:\b\w*[A-Z]\w*|\b(?:at|version|release|section|chapter|paragraph|article|figure|table))\s$")
"""What a decimal may be the number of, and no quantity: Industry 4.0, iOS 17.4, Section 4.2, at 9.30."""
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
    target = other(lang)
    found = list(_times(source, lang, taken))
    taken = (*taken, *found)
    for numeral in _NUMERAL.finditer(source):
        span, text = Span(*numeral.span()), numeral.group()
        rest, before = source[span.end :], source[: span.start]
        if any(span.overlaps(match.span) for match in taken):
            continue
        if _MONTH.match(rest) or _AFTER_MONTH.search(before):
            forms = _day(text, target)
        elif _CLOCK.match(rest) or _ORDINAL.match(rest):
            continue
        else:
            forms = _forms(text, lang)
        if not forms:
            continue
        if unit := _UNIT.match(rest):
            forms += tuple(form + unit.group(1) for form in forms)  # 30 mm may stand as 30mm
        elif lang == "en" and _DECIMAL[lang].fullmatch(text) and _NUMBERED.search(before):
            forms += (text,)
        names = {lang: text, target: forms[0]}
        found.append(TermMatch(Entry(names["de"], names["en"], "dnt"), span, text, forms[0], forms))
    return tuple(sorted(found, key=lambda match: match.span))


_CALENDAR = "a weekday or month"


def calendar_said(match: TermMatch, target: str, pair: LangPair) -> bool:
    """Whether a translation may be read to say the weekday or month of a mention; False for other mentions."""
    if match.entry.note != _CALENDAR:
        return False
    numbers = mentioned(match.surface, pair.source)
    if not numbers.isdisjoint(mentioned(target, pair.target)):
        return True
    return any(said_otherwise(number, target) for number in numbers)


def calendar_terms(source: str, lang: Lang, taken: Sequence[TermMatch] = ()) -> tuple[TermMatch, ...]:
    """A term match for every weekday and month that a sentence names and no glossary mention covers.

    Args:
        source: The sentence.
        lang: Its language; the other one is the target.
        taken: Mentions found already.
    """
    target = other(lang)
    found = []
    for name in calendar_names(source, lang, [match.span for match in taken]):
        forms = calendar_translations(name, target)
        names = {lang: name.surface, target: forms[0]}
        # as an event it may be part of a German compound: Sonntagsspiel
        found.append(
            TermMatch(
                Entry(names["de"], names["en"], "event", note=_CALENDAR), name.span, name.surface, forms[0], forms
            )
        )
    return tuple(found)


def _times(source: str, lang: Lang, taken: Sequence[TermMatch]) -> Iterator[TermMatch]:
    """Clock times with minutes: 14.30 Uhr is 2:30 pm."""
    for time in _TIME[lang].finditer(source):
        span, text = Span(*time.span()), time.group()
        hour, minute = int(time.group(1)), time.group(2)
        if lang == "en":
            if not 1 <= hour <= 12:
                continue
            hour = hour % 12 + (12 if time.group(3).lower() == "p" else 0)
        if hour > 23 or int(minute) > 59 or any(span.overlaps(match.span) for match in taken):
            continue
        half, short = ("pm" if hour >= 12 else "am"), hour % 12 or 12
        if lang == "de":
            dotted = f"{half[0]}.m."
            forms = [f"{short}:{minute} {half}", f"{short}.{minute} {half}", f"{short}:{minute} {dotted}"]
            forms += [f"{short}.{minute} {dotted}", f"{short}:{minute}{half}", f"{hour}:{minute}", f"{hour}.{minute}"]
            yield TermMatch(Entry(text, forms[0], "dnt"), span, text, forms[0], tuple(forms))
        else:
            forms = [f"{hour}.{minute} Uhr", f"{hour}:{minute} Uhr", f"{hour}.{minute}", f"{hour}:{minute}"]
            yield TermMatch(Entry(forms[0], text, "dnt"), span, text, forms[0], tuple(forms))


def _day(text: str, target: Lang) -> tuple[str, ...]:
    """Ways to write the day of a month."""
    if not text.isdigit() or not 1 <= int(text) <= 31:
        return ()
    if target == "de":
        return (f"{text}.", text)
    ending = "th" if text in ("11", "12", "13") else {"1": "st", "2": "nd", "3": "rd"}.get(text[-1], "th")
    return (text, text + ending)


def _forms(text: str, lang: Lang) -> tuple[str, ...]:
    """Ways to write the number in the other language, the usual one first; none when it is not plain."""
    target = other(lang)
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
