"""MTP3xx: numbers, dates, units, addresses, weekdays and months say the same on both sides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from mt_publish.quality.checks.reading import Case, quote
from mt_publish.types import Finding, Severity

if TYPE_CHECKING:
    from mt_publish.text.calendar import CalendarName
    from mt_publish.text.numbers import Quantity

_ADDRESS = re.compile(
    r"""
      (?:https?|ftp)://[^\s<>"“”„«»()]+
    | \bwww\.[^\s<>"“”„«»()]+
    | [\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}
    | (?<![\w&/])\#[^\W\d]\w++(?!\#)
    | (?<![\w.])@\w{2,}
    """,
    re.VERBOSE,
)


_DIGIT = re.compile(r"[\d½¼¾]")


def check_quantities(case: Case) -> Iterator[Finding]:
    """MTP301, 302, 303: every number, date and amount of the source stands in the translation, and no other."""
    from mt_publish.text.numbers import compare_quantities

    if not case.target.plain.strip():
        return  # MTP401
    if not (_DIGIT.search(case.source.text) or _DIGIT.search(case.target.text)):
        yield from _currencies(case)  # numbers in words alone are never reported, so there is nothing to read
        return
    diff = compare_quantities(case.source.text, case.target.text, case.pair)
    for here, there in diff.changed:
        rule, what = _kind(here, there)
        yield case.finding(
            rule,
            f"{what} changed: {quote(here.surface)} in the source, {quote(there.surface)} in the translation",
            # A numeral that is gone is an error, whatever number word may have taken its place.
            severity=Severity.WARNING if here.from_word and there.from_word else None,
            source=here.span,
            target=there.span,
        )
    for here in diff.missing:
        rule, what = _kind(here, here)
        yield case.finding(
            rule,
            f"{what} missing: {quote(here.surface)} in the source, nothing equal in the translation",
            severity=_softer(case.source.text, here, case.target.text),
            source=here.span,
        )
    for there in diff.extra:
        rule, what = _kind(there, there)
        yield case.finding(
            rule,
            f"{what} added: {quote(there.surface)} in the translation, nothing equal in the source",
            severity=_softer(case.target.text, there, case.source.text),
            target=there.span,
        )
    money = any(_kind(here, there)[0] == "MTP303" for here, there in diff.changed)
    found = list(_swapped(case))
    if diff.changed or diff.missing or diff.extra:
        found = [finding for finding in found if finding.rule == "MTP303" and not money]
    money = money or any(finding.rule == "MTP303" for finding in found)
    yield from found
    if not money:
        yield from _currencies(case)


def _softer(text: str, quantity: Quantity, other: str) -> Severity | None:
    """A warning for a number that one text has and the other may well lack; None for the severity of its rule."""
    light = quantity.from_word or _converts(text, quantity, other) or _names_club(text, quantity)
    return Severity.WARNING if light else None


_FIRST_CLUB = re.compile(r"1\. ?(?:FC|FCs|FSV|FFC|SC|SV)\b")
_NAME_BEFORE = re.compile(r"[A-ZÄÖÜ][^\W\d_]+ $")


def _names_club(text: str, quantity: Quantity) -> bool:
    """Whether a number is the year in a name, "Schalke 04", or the first in "1. FC Köln", which may go without."""
    if quantity.surface.startswith("1") and _FIRST_CLUB.match(text, quantity.span.start):
        return True
    if quantity.kind != "number" or not re.fullmatch(r"0\d", quantity.surface):
        return False
    start = quantity.span.start
    return _NAME_BEFORE.search(text, max(0, start - 20), start) is not None


_SUM_BEFORE = re.compile(
    r"(?:[€$£¥]|\d|\b(?:Euros?|Dollars?|Pfund|Franken|pounds|francs|yen))[^()]{0,25} \([^()]{0,20}$", re.IGNORECASE
)
_CENT = re.compile(r"cents?\b", re.IGNORECASE)
_BRACKET_BEHIND = re.compile(r"[^()]{0,12}\)")


def _converts(text: str, quantity: Quantity, other: str) -> bool:
    """Whether an amount stands in brackets behind a sum, "$200 billion (£150 billion)", and `other` has nothing of it.

    Desks add and leave out what a sum is in the reader's own money.
    """
    if quantity.kind != "currency" or not _BRACKET_BEHIND.match(text, quantity.span.end):
        return False
    if not _SUM_BEFORE.search(text[: quantity.span.start]):
        return False
    if quantity.unit == "CENT" and len(_CENT.findall(other)) >= len(_CENT.findall(text)):
        return False
    return not _named_currencies(quantity.surface).keys() & _named_currencies(other).keys()


_CURRENCY = re.compile(
    r"""
      (?P<euro> € | \b(?:euro(?:s|cents?)?|eur)\b )
    | (?P<dollar> (?:\bUS)?\$ | \b(?:dollars?|usd)\b )
    | (?P<pound> £ | \b(?:pounds?|pfund|gbp|lbs?)\b )
    | (?P<franc> \b(?:Schweizer\ Franken|Franken|Swiss\ francs?|francs?|chf)\b )
    | (?P<yen> ¥ | \b(?:yen|jpy)\b )
    | (?P<percent> % | \b(?:\w*prozent\w*|percent\w*|per\ cent|pct)\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _named_currencies(text: str) -> dict[str, list[re.Match[str]]]:
    """The mentions of each currency, and of per cent, which takes the same place beside a number."""
    found: dict[str, list[re.Match[str]]] = {}
    for match in _CURRENCY.finditer(text):
        found.setdefault(match.lastgroup or "", []).append(match)
    return found


def _currencies(case: Case) -> Iterator[Finding]:
    """MTP303 where a currency of the source comes less often and one that it lacks has come, wherever the numbers are.

    So it is where one is gone altogether and another comes more often.
    """
    ours = _named_currencies(case.source.text)
    theirs = _named_currencies(case.target.text) if ours else {}
    if not theirs:
        return
    lost = [found[0] for name, found in ours.items() if len(found) > len(theirs.get(name, ()))]
    new = [found[0] for name, found in theirs.items() if name not in ours]
    if not new and any(name not in theirs for name in ours):  # "$5 (£4)" became "£5 (£4)"
        # Per cent is no other currency: "zwischen 2 und 3 Prozent" is "between 2% and 3%".
        new = [found[0] for name, found in theirs.items() if len(found) > len(ours[name]) and name != "percent"]
        lost = [found[0] for name, found in ours.items() if name not in theirs]
    if lost and new:
        yield case.finding(
            "MTP303",
            f"unit changed: {quote(lost[0].group())} in the source, {quote(new[0].group())} in the translation",
            source=lost[0].span(),
            target=new[0].span(),
        )


def _swapped(case: Case) -> Iterator[Finding]:
    """Findings on values that are all there but have changed places or units.

    Only values that stand once on either side are looked at, so that it is known which is which.
    """
    from mt_publish.text.numbers import find_quantities, share_units

    source = _single(share_units(find_quantities(case.source.text, case.pair.source), case.source.text))
    target = _single(share_units(find_quantities(case.target.text, case.pair.target), case.target.text))
    both = [(source[value], target[value]) for value in source if value in target]
    for here, there in both:
        money = _is_money(here) and _is_money(there) and not _same_money(here.unit, there.unit)
        if money or _other_measure(here, there):
            yield case.finding(
                "MTP303",
                f"unit changed: {quote(here.surface)} in the source, {quote(there.surface)} in the translation",
                source=here.span,
                target=there.span,
            )
    for (a, a_there), (b, b_there) in pairwise(both):
        moved = a.unit != b.unit and (a.unit, b.unit) == (b_there.unit, a_there.unit)
        # Two numbers of one kind seldom change places in German and English; a year and a number may.
        turned = a.unit == b.unit and a.kind == b.kind and a_there.span > b_there.span and _is_year(a) == _is_year(b)
        if (moved or turned) and not (a.from_word or b.from_word or a_there.from_word or b_there.from_word):
            order = a_there, b_there
            yield case.finding(
                "MTP301",
                f"numbers may have changed places: {quote(a.surface)}, {quote(b.surface)} in the source, "
                + ", ".join(quote(q.surface) for q in sorted(order, key=lambda q: q.span))
                + " in the translation",
                severity=Severity.WARNING,
                source=(a.span.start, b.span.end),
                target=(min(q.span.start for q in order), max(q.span.end for q in order)),
            )


def _single(quantities: Sequence[Quantity]) -> dict[object, Quantity]:
    """The quantities whose value stands only once, by value, in order of place; dates and times are left out."""
    count = Counter(q.value for q in quantities)
    return {q.value: q for q in quantities if count[q.value] == 1 and q.kind not in ("date", "time")}


def _is_money(quantity: Quantity) -> bool:
    """Whether it is an amount of money or per cent, whatever the number becomes."""
    return quantity.kind in ("currency", "percent") or quantity.unit == _POUND


_POUND = "lb"
"""What 'Pfund' is read as, which is money as well."""


def _same_money(one: str, two: str) -> bool:
    return one == two or {one, two} == {_POUND, "GBP"}


_DIMENSIONS = (
    frozenset(("km", "m", "cm", "mm", "mi", "ft", "in", "yd")),
    frozenset(("kg", "g", "t", "oz")),
    frozenset(("h", "min", "s", "d", "a")),
    frozenset(("km2", "m2", "mi2", "ft2", "ha", "ac")),
    frozenset(("l", "gal")),
    frozenset(("m3", "ft3")),
    frozenset(("km/h", "mph")),
    frozenset(("°C", "°F")),
    frozenset(("GB", "MB")),
    frozenset(("MW", "GW")),
)
_NO_UNIT = re.compile(r"\d(?: ?m)?$")
"""A number whose unit stands elsewhere, or 5m, which may be millions."""


def _other_measure(here: Quantity, there: Quantity) -> bool:
    """Whether one number has another unit of the same kind: 50 Kilometer, 50 miles. Who converts changes the number, too."""
    if here.unit == there.unit or _NO_UNIT.search(here.surface) or _NO_UNIT.search(there.surface):
        return False
    return any(here.unit in units and there.unit in units for units in _DIMENSIONS)


def _is_year(quantity: Quantity) -> bool:
    return len(quantity.surface) == 4 and quantity.surface[:2] in ("18", "19", "20")


def _kind(here: Quantity, there: Quantity) -> tuple[str, str]:
    kinds = {str(here.kind), str(there.kind)}
    if kinds & {"date", "time"}:
        return "MTP302", "date" if "date" in kinds else "time"
    if here is not there and here.value == there.value and here.unit != there.unit:
        return "MTP303", "unit"
    return "MTP301", "number"


_DAY_BEFORE = re.compile(r"\d(?:st|nd|rd|th|\.)?(?: of)?\s?$")
_DAY_AFTER = re.compile(r"\.? \d{1,2}\b")


def check_calendar(case: Case) -> Iterator[Finding]:
    """MTP305: every weekday of the source, and every month without a day, stands in the translation.

    Months with a day are dates: MTP302.
    """
    from mt_publish.text.calendar import calendar_names, mentioned

    if not case.target.plain.strip():
        return  # MTP401
    taken = [case.source.within(term.span) for term in case.segment.terms]
    names = calendar_names(case.source.text, case.pair.source, taken)
    if not names:
        return
    there = mentioned(case.target.text, case.pair.target)
    lost = [name for name in names if name.number not in there and not _said_otherwise(name, case)]
    if not lost:
        return
    here = mentioned(case.source.text, case.pair.source)
    new = [name for name in calendar_names(case.target.text, case.pair.target) if name.number not in here]
    for name in lost:
        what = "month" if name.is_month else "weekday"
        instead = next((other for other in new if other.is_month == name.is_month), None)
        if instead is None:
            message = f"{what} missing: {quote(name.surface)} in the source, not in the translation"
            yield case.finding("MTP305", message, source=name.span)
        else:
            new.remove(instead)
            message = (
                f"{what} changed: {quote(name.surface)} in the source, {quote(instead.surface)} in the translation"
            )
            yield case.finding("MTP305", message, severity=Severity.ERROR, source=name.span, target=instead.span)


def _said_otherwise(name: CalendarName, case: Case) -> bool:
    """Whether a weekday or month that is not named may be said by other words, or belongs to a date."""
    from mt_publish.text.calendar import said_otherwise

    if said_otherwise(name.number, case.target.text):
        return True
    if not name.is_month:
        return False
    before = case.source.text[max(0, name.span.start - 8) : name.span.start]
    dated = _DAY_BEFORE.search(before) or _DAY_AFTER.match(case.source.text, name.span.end)
    return dated is not None


_MAY_ADDRESS = re.compile(r"[@#]|://|www\.")
"""A character of every match of `_ADDRESS`."""


def check_addresses(case: Case) -> Iterator[Finding]:
    """MTP304: web and e-mail addresses, hashtags and @names are equal letter for letter.

    A hashtag that is one plain word may become another one: #Wo, #Where.
    """
    ours, theirs = _addresses(case.source.text), _addresses(case.target.text)
    if not ours and not theirs:
        return
    places, places_there = _first_places(ours), _first_places(theirs)
    count, count_there = Counter(text for text, _ in ours), Counter(text for text, _ in theirs)
    lost, new = _untranslated(list((count - count_there).elements()), list((count_there - count).elements()))
    for i, address in enumerate(lost):
        start = places[address]
        if i < len(new):
            at = places_there[new[i]]
            yield case.finding(
                "MTP304",
                f"address changed: {quote(address)} in the source, {quote(new[i])} in the translation",
                source=(start, start + len(address)),
                target=(at, at + len(new[i])),
                suggestion=address,
            )
        else:
            yield case.finding(
                "MTP304",
                f"address missing: {quote(address)} in the source, not in the translation",
                source=(start, start + len(address)),
            )
    for address in new[len(lost) :]:
        at = places_there[address]
        yield case.finding(
            "MTP304",
            f"address added: {quote(address)} in the translation, not in the source",
            target=(at, at + len(address)),
        )


def _addresses(text: str) -> list[tuple[str, int]]:
    """The addresses of a text with their places."""
    if not _MAY_ADDRESS.search(text):
        return []
    return [(match.group().rstrip(".,;:!?'’…*_"), match.start()) for match in _ADDRESS.finditer(text)]


def _first_places(addresses: Sequence[tuple[str, int]]) -> dict[str, int]:
    return dict(reversed(addresses))


# A hashtag with a digit or a capital further on (#Klima2030, #MeToo) is the name of a campaign and stays.
_PLAIN_HASHTAG = re.compile(r"#[^\W\d_][^\W\d_A-ZÄÖÜ]+")


def _untranslated(lost: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """What is lost and new without the hashtags that were translated: as many plain words on either side."""
    pairs = min(sum(_PLAIN_HASHTAG.fullmatch(text) is not None for text in side) for side in (lost, new))
    if not pairs:
        return lost, new
    rest: list[list[str]] = []
    for side in (lost, new):
        left = pairs
        kept = []
        for text in side:
            if left and _PLAIN_HASHTAG.fullmatch(text):
                left -= 1
            else:
                kept.append(text)
        rest.append(kept)
    return rest[0], rest[1]
