"""Quantities in German and English text, and what became of them in a translation.

Numbers, dates, times, amounts of money, percentages and measures are read into canonical values, so that "2,1
Billionen" equals "2.1 trillion" and "14.30 Uhr" equals "2:30 pm". The comparison knows no word order and prefers
silence to a false alarm: a number spelled out, a converted unit or a date that is split up raise nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from typing import Final, Literal

from mt_publish.text.numerals import (
    ALWAYS,
    ARTICLES,
    CURRENCIES,
    ENGLISH_HIGH_ORDINALS,
    ENGLISH_ONES,
    ENGLISH_ORDINALS,
    ENGLISH_TENS,
    GERMAN_ONES,
    GERMAN_ORDINALS,
    GERMAN_TENS,
    LOOSE,
    MONTHS,
    PREFIXES,
    RANK_ONE,
    SCALES,
    SHARES,
    TO_METRIC,
    numerals,
    roman,
    scale_and_unit,
    spelled,
    unit_names,
)
from mt_publish.types import Lang, LangPair, Span

QuantityKind = Literal["number", "date", "time", "currency", "percent", "ordinal", "unit"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity in a text.

    Args:
        kind: What it is.
        value: Canonical value: a Decimal; for a date "2023-10-03" or "--10-03" without a year; for a time "14:30"; for
            several numbers joined in a way that is kept as written (versions "0.85.1") the text itself.
        unit: Canonical unit: ISO 4217 code, SI symbol, "%", "decade", "century"; "" for none.
        span: Where it stands in the text.
        surface: The text of the span.
        from_word: True when it is written in letters ("zwölf"), which makes it weak evidence.
    """

    kind: QuantityKind
    value: Decimal | str
    unit: str
    span: Span
    surface: str
    from_word: bool = False


@dataclass(frozen=True, slots=True)
class QuantityDiff:
    """How the quantities of a translation differ from those of its source; empty in all fields when they agree.

    Args:
        missing: Source quantities without counterpart in the target.
        extra: Target quantities without counterpart in the source.
        changed: Pairs (source, target) that look like one quantity with another value or currency.
    """

    missing: tuple[Quantity, ...] = ()
    extra: tuple[Quantity, ...] = ()
    changed: tuple[tuple[Quantity, Quantity], ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether there is nothing to report."""
        return not (self.missing or self.extra or self.changed)


# --- finding ---


@cache
def _spaces() -> dict[int, str]:
    """Every space that may stand inside a number becomes " ", every dash a hyphen, º a degree sign; lengths stay."""
    table = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u2002\u2003\u200a"), " ")
    return (
        table
        | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
        | {
            0x2019: "'",
            0x02BC: "'",
            0x00BA: "°",
            0x02DA: "°",
        }
    )


def find_quantities(text: str, lang: Lang) -> tuple[Quantity, ...]:
    """The quantities of `text` in order; their spans do not overlap.

    "ein", "eine", "one" and "a" alone are never quantities. Numbers in URLs and e-mail addresses are left out.

    Args:
        text: A sentence or paragraph.
        lang: Its language; decides whether "1.234" is more than a thousand.
    """
    # A run reads a sentence up to four times: for the comparison, for swapped values, before and after a repair.
    return _read_text(text, lang) if len(text) <= _MAX_KEPT else _read_long_text(text, lang)


def share_units(quantities: tuple[Quantity, ...], text: str) -> tuple[Quantity, ...]:
    """The quantities of `text`, those without a unit given that of the range they begin: "8 bis 27 %"."""
    shared = (_shared_unit(quantities, index, text) if not q.unit else "" for index, q in enumerate(quantities))
    return tuple(
        replace(q, unit=unit, kind="percent" if unit in ("%", "pp") else "currency" if unit in CURRENCIES else "unit")
        if unit
        else q
        for q, unit in zip(quantities, shared, strict=True)
    )


_MAX_KEPT: Final = 2_000
"""Characters of a text whose quantities are kept for long; bounds the memory of the cache."""


@lru_cache(maxsize=4_096)
def _read_text(text: str, lang: Lang) -> tuple[Quantity, ...]:
    return _find(text, lang)


@lru_cache(maxsize=4)
def _read_long_text(text: str, lang: Lang) -> tuple[Quantity, ...]:
    return _find(text, lang)


def _find(text: str, lang: Lang) -> tuple[Quantity, ...]:
    plain = text.translate(_spaces())
    found = list(_numerals(plain, lang))
    taken = [quantity.span for quantity in found]
    at = 0
    for quantity in _number_words(plain, lang):
        while at < len(taken) and taken[at].end <= quantity.span.start:
            at += 1
        if at == len(taken) or not taken[at].overlaps(quantity.span):
            found.append(quantity)
    found.sort(key=lambda quantity: quantity.span)
    return tuple(Quantity(q.kind, q.value, q.unit, q.span, text[q.span.start : q.span.end], q.from_word) for q in found)


def _numerals(text: str, lang: Lang) -> Iterator[Quantity]:
    pattern = numerals(lang)
    at = 0
    while match := pattern.search(text, at):
        at = match.end()
        if match["skip"]:
            continue
        quantity = _read(match, text, lang)
        if quantity is not None:
            yield quantity
            at = max(at, quantity.span.end)


def _read(match: re.Match[str], text: str, lang: Lang) -> Quantity | None:
    """The quantity behind a match of `numerals`."""
    groups = match.groupdict()
    span = Span(*match.span())
    surface = match.group()

    def make(kind: QuantityKind, value: Decimal | str, unit: str = "", end: int | None = None) -> Quantity:
        where = span if end is None else Span(span.start, end)
        return Quantity(kind, value, unit, where, text[where.start : where.end])

    if groups["iso"]:
        return make("date", f"{match['iy']}-{match['im']}-{match['id']}")
    if groups["slash"]:
        return make("date", f"{_year(match['sy'])}-{int(match['s2']):02}-{int(match['s1']):02}")
    if groups["date"]:
        name = groups.get("mname") or groups.get("mname2")
        month = MONTHS[lang][name.lower()] if name else int(match["mnum"])
        day = int(groups.get("d1") or groups.get("d2") or groups.get("d3") or 0)
        year = groups.get("y1") or groups.get("y2") or groups.get("y3")
        return make("date", f"{_year(year) if year else '-'}-{month:02}-{day:02}")
    if groups["time"]:
        hour = int(groups["h"] or groups["h2"])
        minute = int(groups["mi"] or groups["mi2"] or groups.get("mi3") or 0)
        half = (groups.get("half") or "").lower()
        if half.startswith("p") and hour < 12:
            hour += 12
        elif half.startswith("a") and hour == 12:
            hour = 0
        return make("time", f"{hour:02}:{minute:02}")
    if groups["decade"]:
        return make("number", Decimal(match["dec"]), "decade")
    if groups["version"]:
        return make("number", surface)
    if groups["onlyfrac"]:
        return make("number", _fraction(surface))
    value = _decimal(match["n"], lang)
    if groups["frac"]:
        value += _fraction(match["frac"])
    unit = PREFIXES.get((groups["cur"] or "").lower().strip(), "")
    tail = scale_and_unit(lang).match(text, match.end())
    end = match.end()
    if tail and tail.end() > match.end():
        scale = (tail["scale"] or "").lower().replace("-", " ")
        named = unit_names().get((tail["unit"] or "").lower().replace("-", " "), "")
        if scale == "m" and not unit and not named:  # "1.8m": metres as often as millions; not so "2m tonnes"
            scale, named = "", "m"
        if not unit and (scale == "b" or tail["scale"] == "K"):
            scale = ""  # "4K", "block 5 B"
        if scale:
            value = value.scaleb(SCALES[lang][scale])
        if not unit or (unit in CURRENCIES and named in CURRENCIES):  # "EUR 5 Dollar" says the latter as well
            unit = named
        if tail["century"] and not named and not scale:
            unit = "century"
        if scale or named or unit == "century":
            end = tail.end() if not tail["century"] or unit == "century" else tail.start("century")
    value = _tidy(value)
    if unit in CURRENCIES or unit in ("CAD", "AUD", "CENT"):
        return make("currency", value, unit, end)
    if unit in ("%", "pp"):
        return make("percent", value, unit, end)
    if groups["ord"] or unit == "century":
        return make("ordinal", value, unit, end)
    if lang == "de" and not unit and re.compile(r"\. ?[^\W\d]").match(text, end) and value < 1000:
        return make("ordinal", value)
    return make("unit" if unit else "number", value, unit, end)


def _year(text: str) -> str:
    if len(text) == 4:
        return text
    return ("20" if int(text) < 50 else "19") + text


def _fraction(sign: str) -> Decimal:
    return {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}[
        {"1/2": "½", "1/4": "¼", "3/4": "¾"}.get(sign.strip(), sign.strip())
    ]


def _tidy(value: Decimal) -> Decimal:
    """The same value without trailing zeros and exponent, so that equal values also look equal."""
    if value == value.to_integral_value() and value.adjusted() < 40:
        return value.quantize(Decimal(1)) if value.adjusted() < 27 else value.to_integral_value()
    return value.normalize()


def _decimal(numeral: str, lang: Lang) -> Decimal:
    numeral = numeral.replace(" ", "").replace("'", "")
    if lang == "de":
        if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", numeral):
            numeral = numeral.replace(".", "")
        return Decimal(numeral.replace(",", "."))
    return Decimal(numeral.replace(",", ""))


def _number_words(text: str, lang: Lang) -> Iterator[Quantity]:
    for match in spelled(lang).finditer(text):
        if match.start() == match.end():
            continue
        read = _read_words(match, lang)
        if read is not None:
            kind, value = read
            yield Quantity(kind, value, "", Span(*match.span()), match.group(), from_word=True)


def _read_words(match: re.Match[str], lang: Lang) -> tuple[QuantityKind, Decimal | str] | None:
    groups = {name: (value or "").lower() for name, value in match.groupdict().items()}
    ones = GERMAN_ONES if lang == "de" else ENGLISH_ONES
    if groups["clock"]:
        hour = ones[groups["hour"]]
        minute = {"halb": -30, "viertel nach": 15, "viertel vor": -15, "half past": 30, "quarter past": 15}.get(
            groups["clock"], -15
        )
        total = hour * 60 + minute
        return "time", f"{total // 60:02}:{total % 60:02}"
    if groups.get("noon"):
        return "time", "00:00" if groups["noon"] == "midnight" else "12:00"
    if groups["aone"]:
        value = Decimal(10) ** sum(SCALES[lang][scale] for scale in groups["ascale"].split())
        return "number", value / 2 if "hal" in groups["aone"] else value
    if groups["dozen"]:
        word = groups["dozen"]
        return "number", Decimal(
            6 if "hal" in word else 24 if "tw" in word or "zw" in word else 36 if "r" in word else 12
        )
    if groups["onehalf"] or groups["halved"]:
        value = Decimal("1.5") if groups["onehalf"] else ones[groups["halved"]] + Decimal("0.5")
        return "number", _tidy(value.scaleb(SCALES[lang][groups["hscale"]])) if groups["hscale"] else value
    if groups.get("nth"):
        return "ordinal", Decimal(ENGLISH_TENS[groups["tens"]] + _english_ordinal(groups["nth"]))
    if groups["small"]:
        if lang == "en":
            return "ordinal", Decimal(_english_ordinal(groups["small"]))
        return "ordinal", Decimal(GERMAN_ORDINALS[groups["small"].removesuffix("e")])
    number = _german_value(groups["word"]) if lang == "de" else _english_value(groups["word"])
    if number is None or number == 1:
        return None
    if lang == "de" and groups["scale"]:
        number *= 10 ** SCALES["de"][groups["scale"]]
    return ("ordinal" if groups["ord"] else "number"), Decimal(number)


def _german_value(word: str) -> int | None:
    if not word:
        return None
    if "tausend" in word:
        head, _, tail = word.partition("tausend")
        return 1000 * (_german_value(head) or 1) + (_german_value(tail.removeprefix("und")) or 0)
    if "hundert" in word:
        head, _, tail = word.partition("hundert")
        return 100 * (_german_value(head) or 1) + (_german_value(tail.removeprefix("und")) or 0)
    if word in GERMAN_ONES:
        return GERMAN_ONES[word]
    if word in GERMAN_TENS:
        return GERMAN_TENS[word]
    head, _, tail = word.partition("und")
    if head in GERMAN_ONES and tail in GERMAN_TENS:
        return GERMAN_TENS[tail] + GERMAN_ONES[head]
    return None


def _english_ordinal(word: str) -> int:
    return ENGLISH_ORDINALS.get(word) or ENGLISH_HIGH_ORDINALS[word]


def _english_value(words: str) -> int | None:
    total = group = 0
    for word in re.split(r"[- ]+", words):
        word = word if word in ENGLISH_ONES else word.removesuffix("s")
        if word in ENGLISH_ONES:
            group += ENGLISH_ONES[word]
        elif word in ENGLISH_TENS:
            group += ENGLISH_TENS[word]
        elif word == "hundred":
            group = (group or 1) * 100
        elif word in SCALES["en"]:
            total += (group or 1) * 10 ** SCALES["en"][word]
            group = 0
        elif word != "and":
            return None
    return total + group


# --- comparing ---


@dataclass(slots=True)
class _Atom:
    """One number inside a quantity, with everything it may stand for.

    Args:
        owner: The quantity.
        value: The number.
        others: Values that it may also mean.
        weak: Not worth a report of its own.
        joined: Part of a score or fraction.
        always: Part of "24/7".
        counts: Counts what follows ("1 Monat") and is no part of a name ("Formel 1", "Formel-1-Titel").
        role: "month", "hour" or "minute"; "" for the rest.
        unit: The owner's unit, or that of the range it begins.
        done: A counterpart was found.
    """

    owner: Quantity
    value: Decimal | str
    others: frozenset[Decimal | str]
    weak: bool
    joined: bool = False
    always: bool = False
    counts: bool = False
    role: str = ""
    unit: str = ""
    done: bool = False

    @property
    def digits(self) -> str:
        """The digits of the value."""
        return "".join(filter(str.isdigit, str(self.value)))


def compare_quantities(source: str, target: str, pair: LangPair) -> QuantityDiff:
    """What a translation did to the quantities of its source, whatever their order.

    Equal are: a number word and its numeral, 24-hour and 12-hour clock, scales (Mio., million, trailing zeros), a unit
    as symbol or word, a date and its parts, two-digit and four-digit years and decades, metric and imperial measures of
    about the same size. Number words and small numbers that have a word of their own in the other text raise nothing.

    Args:
        source: The source sentence.
        target: Its translation.
        pair: The languages of both.
    """
    found_source = find_quantities(source, pair.source)
    found_target = find_quantities(target, pair.target)
    left = _atoms(_split_points(found_source, found_target), source, pair.source)
    right = _atoms(_split_points(found_target, found_source), target, pair.target)
    _match_equal(left, right, lambda atom: (atom.value, atom.owner.unit, atom.role, atom.weak))
    _match_equal(left, right, lambda atom: (atom.value, atom.owner.unit, atom.role))
    _match_equal(left, right, lambda atom: atom.value)
    _match_alike(left, right, _may_be_same)

    def converted(one: _Atom, two: _Atom) -> bool:
        # "800 kph (497 mph)" says it in both units, and then the same unit counts
        return _converted(one, two) and not (_said_in(two.unit, one, left) or _said_in(one.unit, two, right))

    _match_alike(left, right, converted)
    left_free, right_free = _free(left), _free(right)
    changed = _money(left, right, source)
    if left_free or right_free:
        here, there = _LookUp(source, pair.source, found_source), _LookUp(target, pair.target, found_target)
        _absorb(left_free, left, here, right, there)
        _absorb(right_free, right, there, left, here)
    changed += _changed(_free(left), _free(right))
    pairs = tuple(sorted(dict.fromkeys(changed), key=lambda two: two[0].span))
    in_pairs = {quantity for two in pairs for quantity in two}
    return QuantityDiff(
        missing=_reported(left, in_pairs),
        extra=_reported(right, in_pairs),
        changed=pairs,
    )


_POINT: Final = re.compile(r"(\d{1,2})\.(\d{1,2})(?!\d)")


def _split_points(quantities: tuple[Quantity, ...], others: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    """The quantities, "18.12" cut into two numbers where the other text has that day, that time or the two numbers."""
    if not any("." in quantity.surface for quantity in quantities):
        return quantities
    values = {quantity.value for quantity in others}
    ends = {value[-5:] for value in values if isinstance(value, str)}
    split: list[Quantity] = []
    for quantity in quantities:
        match = _POINT.match(quantity.surface)
        if match is None or not isinstance(quantity.value, Decimal) or quantity.value in values:
            split.append(quantity)
            continue
        first, second = int(match.group(1)), int(match.group(2))
        if not quantity.unit and (evening := f"{first + 12}:{second:02}") in ends:
            split.append(replace(quantity, kind="time", value=evening))  # "at 5.30", "um 17.30 Uhr"
            continue
        named = {f"{second:02}-{first:02}", *(f"{hour:02}:{second:02}" for hour in (first, first + 12, first - 12))}
        if not named & ends and not {Decimal(first), Decimal(second)} <= values:
            split.append(quantity)
            continue
        start, middle, end = quantity.span.start, quantity.span.start + len(match.group(1)), quantity.span.end
        split.append(Quantity("number", Decimal(first), "", Span(start, middle), match.group(1)))
        if second == 0 and f"{first % 24:02}:00" in ends:
            continue  # "12.00 mid-day"; a full hour has no minutes
        rest = quantity.surface[match.start(2) :]
        split.append(Quantity(quantity.kind, Decimal(second), quantity.unit, Span(middle + 1, end), rest))
    return tuple(split)


def _free(atoms: list[_Atom]) -> list[_Atom]:
    return [atom for atom in atoms if not atom.done]


def _reported(atoms: list[_Atom], in_pairs: set[Quantity]) -> tuple[Quantity, ...]:
    """The owners of strong atoms that found nothing."""
    owners = dict.fromkeys(atom.owner for atom in atoms if not atom.done and not atom.weak)
    return tuple(owner for owner in owners if owner not in in_pairs)


def _feet_and_inches(quantities: tuple[Quantity, ...], text: str) -> tuple[Quantity, ...]:
    """The quantities, "6-foot-6" and "5 ft 10 in" read as one height in feet."""
    if not any(quantity.unit == "ft" for quantity in quantities) and "'" not in text and "’" not in text:
        return quantities
    joined: list[Quantity] = []
    for quantity in quantities:
        feet = joined[-1] if joined else None
        between = text[feet.span.end : quantity.span.start] if feet else ""
        if (
            feet is not None
            and isinstance(feet.value, Decimal)
            and isinstance(quantity.value, Decimal)
            and quantity.value < 12
            and quantity.unit in ("", "in")
            and (
                (feet.unit == "ft" and between in ("-", " ", ", ", " and "))
                or (not feet.unit and between in ("'", "’") and text.startswith(('"', "”", "''"), quantity.span.end))
            )
        ):
            span = Span(feet.span.start, quantity.span.end)
            height = feet.value + quantity.value / 12
            joined[-1] = Quantity("unit", height, "ft", span, text[span.start : span.end], feet.from_word)
        else:
            joined.append(quantity)
    return tuple(joined)


_METRES: Final = re.compile(r"\s?m(?![^\W_])")


def _unit_behind(quantity: Quantity, text: str, lang: Lang) -> str:
    """The unit that `Quantity` does not give: behind a number in letters, "sechs Meter", and the German "1,98 m"; "" for
    none."""
    if not quantity.from_word:
        return "m" if lang == "de" and _METRES.match(text, quantity.span.end) else ""
    tail = scale_and_unit(lang).match(text, quantity.span.end)
    return unit_names().get((tail["unit"] or "").lower().replace("-", " "), "") if tail else ""


def _atoms(quantities: tuple[Quantity, ...], text: str, lang: Lang) -> list[_Atom]:
    quantities = _feet_and_inches(quantities, text)
    atoms: list[_Atom] = []
    for index, quantity in enumerate(quantities):
        weak = quantity.from_word
        value = quantity.value
        others: set[Decimal | str] = set()
        if quantity.kind == "date" and isinstance(value, str):
            year, month, day = value.rsplit("-", 2)
            atoms.append(
                _Atom(quantity, Decimal(day), frozenset({Decimal(month)} if "/" in quantity.surface else ()), weak)
            )
            swapped = frozenset({Decimal(day)} if "/" in quantity.surface else ())
            atoms.append(_Atom(quantity, Decimal(month), swapped, weak, role="month"))
            if year.isdigit():
                atoms.append(_Atom(quantity, Decimal(year), frozenset({Decimal(year[2:])}), weak))
            continue
        if quantity.kind == "time" and isinstance(value, str):
            hour, minute = (Decimal(part) for part in value.split(":"))
            clock: set[Decimal | str] = {Decimal(0), Decimal(24)} if hour in (0, 24) else set()
            if hour <= 12 and not re.search(r"[ap]\.?m", quantity.surface, re.IGNORECASE):
                clock |= {hour + 12, hour - 12}  # "8 Uhr" and "2:30" do not say which half of the day
            atoms.append(_Atom(quantity, hour, frozenset(clock), weak, role="hour"))
            if minute:
                atoms.append(_Atom(quantity, minute, frozenset(), weak, role="minute"))
            continue
        if isinstance(value, Decimal):
            if quantity.unit == "decade":
                others |= {value % 100, value + 1900, value + 2000} if value < 100 else {value % 100}
                if value >= 1000 and value % 100 == 0:
                    others.add(value // 100 + 1)  # "the 1800s" are the 19th century
            if value < 100 and _DECADES.match(text, quantity.span.end):
                others.add(value * 10)
            if quantity.unit == "m" and re.search(r"\d ?m$", quantity.surface):
                others.add(_tidy(value.scaleb(6)))
            others |= _shared_scale(quantities, index, text) | _other_half(quantities, index, text)
            before = quantities[index - 1] if index else None
            if before and isinstance(before.value, Decimal) and before.span.end + 1 == quantity.span.start:
                joint = text[before.span.end]
                if joint in "/-–" and 1000 <= before.value < 2100 and value < 100:
                    short = 10 ** len(quantity.surface)  # "1998/99", "1943-6"
                    others.add(before.value // short * short + value)
            if re.fullmatch(r"0\d[0-5]\d", quantity.surface):
                others |= {value // 100}  # 0200 GMT
            if value < 100 and _year_before(text, quantity):
                others |= {value + 1900, value + 2000}
            if quantity.unit == "CENT":
                others.add(value / 100)  # 30 Cent, 0.30 euros
        elif re.search(r"[.,]\d{3}$", value):
            others.add(Decimal(re.sub(r"\D", "", value)))  # Indian grouping: 2.06.737
        unit = quantity.unit or _unit_behind(quantity, text, lang) or _shared_unit(quantities, index, text)
        around = (
            text[max(0, quantity.span.start - 1) : quantity.span.start]
            + text[quantity.span.end : quantity.span.end + 1]
        )
        joined = any(char in ":/&" for char in around)  # a score: each number of it is its own
        always = joined and bool(_always(text, quantity.span))
        counts = (
            bool(quantity.unit or _NOUN.match(text, quantity.span.end))
            and around[:1] != "-"
            and not _LABEL.search(text, max(0, quantity.span.start - 20), quantity.span.start)
        )
        atoms.append(
            _Atom(quantity, value, frozenset(others), weak, unit=unit, joined=joined, always=always, counts=counts)
        )
    return atoms


_YEAR_BEFORE: Final = re.compile(r"(?:[^\W\d_]|['/(]|\b(?:[Tt]he|[A-ZÄÖÜ][^\W\d_]+) )$")
"""What stands before a year of two digits: "SS19", the summer collection of 2019, "Q1/15", "the 90 team", "WM 82"."""


def _year_before(text: str, quantity: Quantity) -> bool:
    """Whether two digits may be the end of a year."""
    start = quantity.span.start
    return len(quantity.surface) == 2 and _YEAR_BEFORE.search(text, max(0, start - 20), start) is not None


_DECADES: Final = re.compile(r"\s(?:decades|Jahrzehnten?)\b")


_LABEL: Final = re.compile(
    r"\b(?:Kategorie|Klasse|Stufe|Gruppe|Phase|Teil|Nummer|Nr\.|category|class|stage|level|group|part|number|No\.)\s$",
    re.IGNORECASE,
)
"""What a number names rather than counts."""
_NOUN: Final = re.compile(r"[\s-]\(?[^\W\d]")


def _always(text: str, span: Span) -> bool:
    """Whether a number is part of "24/7"."""
    return text[span.start : span.start + 4] == "24/7" or text[max(0, span.end - 4) : span.end] == "24/7"


def _next(quantities: tuple[Quantity, ...], index: int, text: str) -> tuple[str, Quantity | None]:
    """What stands between a number and the next one, in lower case, and that one; None for the last."""
    if index + 1 == len(quantities):
        return "", None
    after = quantities[index + 1]
    return text[quantities[index].span.end : after.span.start].strip().lower(), after


def _shared_scale(quantities: tuple[Quantity, ...], index: int, text: str) -> set[Decimal | str]:
    """Other values of a number whose scale stands only behind the next one: "3 bis 5 Millionen"."""
    quantity, (between, after) = quantities[index], _next(quantities, index, text)
    if after is None or between not in _RANGE or not isinstance(quantity.value, Decimal) or quantity.value >= 1000:
        return set()
    if not isinstance(after.value, Decimal) or after.value < 1000 or after.surface[-1:].isdigit():
        return set()
    return {_tidy(quantity.value.scaleb(power)) for power in (3, 6, 9, 12) if after.value >= Decimal(10) ** power}


_OCLOCK: Final = re.compile(r"\s?o['’]clock\b")
_PM: Final = re.compile(r"p\.?m", re.IGNORECASE)


def _other_half(quantities: tuple[Quantity, ...], index: int, text: str) -> set[Decimal | str]:
    """The hour of the afternoon that a small number may be: "from 2 to 4 p.m.", "2 o'clock"."""
    quantity = quantities[index]
    if not isinstance(quantity.value, Decimal) or not 1 <= quantity.value < 12 or quantity.unit:
        return set()
    if _OCLOCK.match(text, quantity.span.end):
        return {quantity.value + 12}
    between, after = _next(quantities, index, text)
    if after is None or between not in _RANGE or after.kind != "time" or not _PM.search(after.surface):
        return set()
    return {quantity.value + 12}


_MAX_PAIRS: Final = 20_000
"""Pairs of leftover numbers that are tried with each other; more only stand in tables. Keeps time linear."""
_MAX_LOOKED_UP: Final = 1_000
"""Different leftover values that are looked for in the other text as they are written; keeps time linear."""

_RANGE: Final = frozenset(("-", "–", "—", "bis", "to", "und", "and", "oder", "or", "/", "bis zu", "auf", "von", ""))

_TIMES: Final = frozenset(("mal", "by", "x", "×"))


def _shared_unit(quantities: tuple[Quantity, ...], index: int, text: str) -> str:
    """The unit of the next number when this one has none and shares it: "5-10 acres"."""
    between, after = _next(quantities, index, text)
    if after is None:
        return ""
    unit = after.unit
    if between in _TIMES:  # "120 mal 90 Zentimeter"
        return "" if unit in CURRENCIES or unit in ("%", "pp") else unit
    return unit if between in _RANGE and between else ""


def _match_equal(left: list[_Atom], right: list[_Atom], key: Callable[[_Atom], object]) -> None:
    """Settle atoms of both sides that have the same key, one by one, in order."""
    waiting: dict[object, list[_Atom]] = {}
    for two in reversed(_free(right)):
        waiting.setdefault(key(two), []).append(two)
    for one in _free(left):
        same = waiting.get(key(one))
        if same:
            one.done = same.pop().done = True


def _match_alike(left: list[_Atom], right: list[_Atom], same: Callable[[_Atom, _Atom], bool]) -> None:
    """Settle atoms of both sides that `same` takes for equal; nothing when there are too many to try."""
    free_left, free_right = _free(left), _free(right)
    if len(free_left) * len(free_right) > _MAX_PAIRS:
        return
    for one in free_left:
        for two in free_right:
            if not two.done and same(one, two):
                one.done = two.done = True
                break


def _may_be_same(one: _Atom, two: _Atom) -> bool:
    return one.value in two.others or two.value in one.others


def _converted(one: _Atom, two: _Atom) -> bool:
    """Whether two measures are about equal in another unit."""
    if not isinstance(one.value, Decimal) or not isinstance(two.value, Decimal):
        return False
    if not one.unit or not two.unit:
        return False
    for first, second in ((one, two), (two, one)):
        factor = TO_METRIC.get((first.unit, second.unit))
        if factor is not None:
            exact = Decimal(first.value) * Decimal(factor)
            return abs(exact - Decimal(second.value)) <= exact * Decimal("0.12")
    if one.unit[:1] == two.unit[:1] == "°":
        named = {one.unit, two.unit} - {"°"}
        if one.unit == two.unit and named:
            return False
        # A temperature, or a difference of temperatures: "6 degrees above average" has no zero point. A bare "°" may be
        # an angle.
        differ = bool(named) or not (one.owner.surface.endswith("°") or two.owner.surface.endswith("°"))
        return any(
            abs(celsius * 9 / 5 + 32 - fahrenheit) <= 4 or (differ and abs(celsius * 9 / 5 - fahrenheit) <= 2)
            for celsius, fahrenheit in ((one.value, two.value), (two.value, one.value))
        )
    return False


def _said_in(unit: str, atom: _Atom, own: list[_Atom]) -> bool:
    """Whether the same text gives the measure in this unit as well, and that found no counterpart yet."""
    return any(two.unit == unit and not two.done and two is not atom and _converted(atom, two) for two in own)


def _money(left: list[_Atom], right: list[_Atom], source: str) -> list[tuple[Quantity, Quantity]]:
    """Amounts of the target with the right value in another currency, and what they stand for in the source.

    Another is a currency that the source does not name at all, or the only one of the target where the source has only
    one, too. The source may leave the currency of an amount open, "6 von 8 Milliarden Dollar", if it gives others or
    the target has others that it names; not so "der Euro stieg auf 1,35", which may well become "to $1.35".

    Args:
        left: Atoms of the source.
        right: Atoms of the target.
        source: The text of the source, which may name currencies without an amount.
    """
    theirs = {_currency(atom) for atom in right} - {""}
    mine = {_currency(atom) for atom in left} - {""} if theirs else set()
    new = theirs - mine
    if len(mine) != 1 or len(theirs) != 1:
        new = {unit for unit in new if not _named(unit, source)}
    if not new:
        return []
    bare = bool(mine) or theirs != new
    amounts: dict[Decimal | str, _Atom] = {}
    for one in left:
        if _currency(one) or one.unit in ("%", "pp") or (bare and not one.unit and _bare(one.owner, source)):
            for value in (one.value, *one.others):
                if value not in amounts or not amounts[value].unit:
                    amounts[value] = one
    pairs: list[tuple[Quantity, Quantity]] = []
    for two in right:
        if _currency(two) in new and isinstance(two.value, Decimal):
            found = next((amounts[value] for value in (two.value, *two.others) if value in amounts), None)
            if found is not None:
                pairs.append((replace(found.owner, value=two.value), two.owner))
    return pairs


def _currency(atom: _Atom) -> str:
    """The currency of an amount, "" for none; pounds may be money as well as weights."""
    return atom.unit if atom.unit in CURRENCIES else "GBP" if atom.unit == "lb" else ""


def _named(currency: str, text: str) -> bool:
    """Whether a text names a currency, with an amount or without."""
    if currency == "USD" and _US_MONEY.search(text):
        return True
    return any(_unit(unit).search(text) for unit in ((currency, "lb") if currency == "GBP" else (currency,)))


def _bare(quantity: Quantity, text: str) -> bool:
    """Whether no currency without a unit here stands before a number, as in "HUF 350"."""
    start = quantity.span.start
    return _CODE_BEFORE.search(text, max(0, start - 5), start) is None


_CODE_BEFORE: Final = re.compile(r"(?<![^\W_])[A-Z]{2,3} ?$")
_US_MONEY: Final = re.compile(r"(?:\d|illion) U\.?S\b")
"""Money of the United States without a currency: "(2.9 billion U.S.)"."""


def _is_one(atom: _Atom, own: _LookUp, other: _LookUp) -> bool:
    """Whether a measure is one of another unit, which the other text names without a number: "1,6 km", "a mile"."""
    if not isinstance(atom.value, Decimal):
        return False
    for (unit, metric), factor in TO_METRIC.items():
        one = Decimal(factor)
        if metric == atom.unit and abs(atom.value - one) <= one * Decimal("0.12"):
            there = unit
        elif unit == atom.unit and abs(atom.value * one - 1) <= Decimal("0.12"):
            there = metric
        else:
            continue
        theirs, ours = other.orphans(there), own.orphans(there)
        if theirs > ours or (theirs == ours > 0 and own.bracketed(atom.owner.span)):  # "ein Zoll (2,54 cm)", "an inch"
            return True
    return False


@cache
def _words(pattern: str) -> re.Pattern[str]:
    """What matches as whole words."""
    return re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", re.IGNORECASE)


@cache
def _unit(unit: str) -> re.Pattern[str]:
    """The names of a unit, which may end in an inflection: "Kilometern"."""
    names = "|".join(re.escape(name) for name, known in unit_names().items() if known == unit) or r"(?!)"
    return _words(names)


@cache
def _one_of(unit: str) -> re.Pattern[str]:
    """A word for one before a name of the unit."""
    names = "|".join(re.escape(name) for name, known in unit_names().items() if known == unit) or r"(?!)"
    return _words(rf"(?:ein(?:e[mnrs]?)?|an?|one)[ -](?:{names})")


@cache
def _month(number: int) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for lang in MONTHS for name, value in MONTHS[lang].items() if value == number)
    return _words(names)


def _month_named(number: int, text: str) -> bool:
    return 1 <= number <= 12 and bool(_month(number).search(text))


def _absorb(free: list[_Atom], own: list[_Atom], own_text: _LookUp, others: list[_Atom], other_text: _LookUp) -> None:
    """Let go of atoms that the other text has in a form that is no quantity."""
    known = {atom.value for atom in others} | {value for atom in others for value in atom.others}
    months = {atom.value for atom in others if atom.role == "month"}
    centuries = {
        atom.value // 100 + 1
        for atom in others
        if atom.owner.unit == "decade" and isinstance(atom.value, Decimal) and atom.value >= 1000
    }
    alone = not _free(others) and len(free) * len(own) <= _MAX_PAIRS
    places = {id(atom): place for place, atom in enumerate(own)}
    for atom in free:
        if atom.weak:
            continue
        if atom.role == "month":
            # "25. bis 31. Juli" has one month for two dates, and a month may stand without a day.
            atom.weak = atom.value in months or other_text.month(int(atom.value))
            continue
        if alone and any(_converted(atom, two) for two in own if two is not atom):
            # "161 feet (49 metres)"; a unit that stands there without its number tells of a lost one
            atom.done = not other_text.orphans(atom.owner.unit) > own_text.orphans(atom.owner.unit)
            continue
        if atom.owner.unit == "century" and isinstance(atom.value, Decimal) and atom.value in centuries:
            atom.done = True  # "in den 80er Jahren des 19. Jahrhunderts", "in the 1880s"
            continue
        if atom.owner.unit == "decade" and isinstance(atom.value, Decimal):
            number = int(atom.value % 100)
            atom.done = number in LOOSE and other_text.loose(number) > 0
            continue
        small = int(atom.value) if isinstance(atom.value, Decimal) and atom.value in LOOSE else None
        share = int(atom.value) if isinstance(atom.value, Decimal) and atom.value in SHARES else None
        if (
            (atom.always and other_text.always())
            or (share is not None and atom.unit == "%" and other_text.share(share) > own_text.share(share))
            or _is_one(atom, own_text, other_text)
            or (small is not None and not atom.joined and other_text.loose(small) > own_text.loose(small))
            or (small == 1 and atom.counts and not atom.joined and other_text.articles() > own_text.articles())
            or (small == 1 and atom.unit and other_text.one_of(atom.unit) > own_text.one_of(atom.unit))
            or (small == 1 and own_text.ranks(atom.owner.span) and other_text.best() > own_text.best())
            or ((whole := own_text.denominator(atom.owner.span)) and other_text.loose(whole) > own_text.loose(whole))
            or (alone and (name := own_text.name_before(atom)) and not other_text.begins(name))
            or (isinstance(atom.value, Decimal) and other_text.roman(atom.value))
        ):
            atom.done = True
        elif isinstance(atom.value, str):
            atom.weak = other_text.literal(atom.value)
        elif atom.value in known:
            atom.weak = not atom.joined and any(_says_again(atom, own[k]) for k in _around(places[id(atom)], len(own)))


_ROMAN: Final = re.compile(r"\b([IVXLCDM]{2,}|[VXLCDM]|(?<=War )I)(?:st|nd|rd|th)?\b")
_FRACTION: Final = re.compile(r"(?<![\d/])\d/([23458])(?![\d/])")
_LETTERS: Final = re.compile(r"(?<![^\W_])[^\W\d_]{1,9}$")
_NUMBERED: Final = re.compile(r"(?:\b(?:No|Nr)\.|\b[Nn]umber|\bNummer|#)\s?$")


def _around(place: int, count: int) -> range:
    """Indices of the few atoms about `place`: more cannot stand within three characters."""
    return range(max(0, place - 4), min(count, place + 5))


def _says_again(one: _Atom, two: _Atom) -> bool:
    """Whether two numbers of one text are one, said twice side by side: "zwei (2)"."""
    if one is two or (one.value != two.value and not _may_be_same(one, two)):
        return False
    return 0 <= max(one.owner.span.start - two.owner.span.end, two.owner.span.start - one.owner.span.end) <= 3


class _LookUp:
    """How often one text has a number in some form; each question is answered by the text once only."""

    def __init__(self, text: str, lang: Lang, quantities: tuple[Quantity, ...]) -> None:
        self._text = text
        self._lang = lang
        self._quantities = quantities
        self._found: dict[tuple[str, int | str], int] = {}

    def month(self, number: int) -> bool:
        """Whether the month is named."""
        return bool(self._ask("month", number, lambda: _month_named(number, self._text)))

    def loose(self, number: int) -> int:
        """How many words stand there that may mean the number."""
        return self._ask("loose", number, lambda: len(_words(LOOSE[number]).findall(self._text)))

    def share(self, number: int) -> int:
        """How many words stand there that may mean so many per cent."""
        return self._ask("share", number, lambda: len(_words(SHARES[number]).findall(self._text)))

    def articles(self) -> int:
        """How many indefinite articles stand there, each of which may mean the number 1."""
        return self._ask("articles", "", lambda: len(_words(ARTICLES[self._lang]).findall(self._text)))

    def one_of(self, unit: str) -> int:
        """How often the unit stands there behind a word for one: "ein Prozent", "a mile"."""
        return self._ask("one", unit, lambda: len(_one_of(unit).findall(self._text)))

    def best(self) -> int:
        """How many words stand there that say what "No. 1" says."""
        return self._ask("best", "", lambda: len(_words(RANK_ONE).findall(self._text)))

    def ranks(self, span: Span) -> bool:
        """Whether a number of this text is called one: "No. 1"."""
        return _NUMBERED.search(self._text, max(0, span.start - 10), span.start) is not None

    def bracketed(self, span: Span) -> bool:
        """Whether an opening bracket stands before a number of this text."""
        return self._text[max(0, span.start - 1) : span.start] == "("

    def denominator(self, span: Span) -> int:
        """The lower number of the fraction that a number of this text is part of, "2/3"; 0 for none."""
        match = _FRACTION.search(self._text, max(0, span.start - 3), span.end + 3)
        return int(match.group(1)) if match else 0

    def name_before(self, atom: _Atom) -> str:
        """The letters that one or two digits of this text are joined to, as in CO2 and MP3; "" for none."""
        span = atom.owner.span
        if atom.unit or len(atom.owner.surface) > 2:
            return ""
        match = _LETTERS.search(self._text, max(0, span.start - 10), span.start)
        return match.group() if match else ""

    def begins(self, letters: str) -> bool:
        """Whether these letters begin a word of this text that has no further letters."""
        return bool(
            self._ask("begins", letters, lambda: re.search(rf"\b{letters}(?![^\W\d_])", self._text) is not None)
        )

    def always(self) -> bool:
        """Whether "around the clock" stands there."""
        return bool(self._ask("always", "", lambda: ALWAYS.search(self._text) is not None))

    def roman(self, value: Decimal) -> bool:
        """Whether the number stands there in Roman numerals; a lone "I" is a pronoun."""
        numeral = roman(int(value)) if value == value.to_integral_value() else ""
        if not numeral:
            return False
        return numeral in self._romans

    @cached_property
    def _romans(self) -> frozenset[str]:
        return frozenset(_ROMAN.findall(self._text))

    def literal(self, value: str) -> bool:
        """Whether the value stands there letter for letter; False once too many values were looked up."""
        return bool(self._ask("literal", value, lambda: len(self._found) < _MAX_LOOKED_UP and value in self._text))

    def orphans(self, unit: str) -> int:
        """How many names of the unit stand there without a number; 0 for no unit."""
        return self._ask("unit", unit, lambda: self._count_orphans(unit)) if unit else 0

    def _count_orphans(self, unit: str) -> int:
        taken = [quantity.span for quantity in self._quantities]
        count = at = 0
        for match in _unit(unit).finditer(self._text):
            while at < len(taken) and taken[at].end <= match.start():
                at += 1
            count += at == len(taken) or taken[at].start > match.start()
        return count

    def _ask(self, form: str, value: int | str, answer: Callable[[], int]) -> int:
        key = form, value
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = answer()
        return found


def _changed(left: list[_Atom], right: list[_Atom]) -> list[tuple[Quantity, Quantity]]:
    """Pairs of what is left over on both sides, the most alike first."""
    if len(left) * len(right) > _MAX_PAIRS:  # tables: compare row by row instead of all with all
        return [(one.owner, two.owner) for one, two in zip(left, right, strict=False) if _settle(one, two)]
    scored: list[tuple[int, int, int]] = []
    for i, one in enumerate(left):
        for j, two in enumerate(right):
            if one.weak and two.weak:
                continue
            likeness = _likeness(one, two)
            if likeness > 0:
                scored.append((-likeness, i, j))
    pairs: list[tuple[Quantity, Quantity]] = []
    for _, i, j in sorted(scored):
        one, two = left[i], right[j]
        if one.done or two.done:
            continue
        one.done = two.done = True
        pairs.append((one.owner, two.owner))
    return pairs


def _settle(one: _Atom, two: _Atom) -> bool:
    if one.weak or two.weak or _likeness(one, two) == 0:
        return False
    one.done = two.done = True
    return True


def _likeness(one: _Atom, two: _Atom) -> int:
    """How likely two different numbers are one number gone wrong; 0 for not."""
    if (one.role == "month") != (two.role == "month"):
        return 0
    a, b = one.digits, two.digits
    score = 0
    if one.owner.kind == two.owner.kind:
        score += 2
    if one.owner.unit and one.owner.unit == two.owner.unit:
        score += 3
    if len(a) == len(b):
        score += 1 + 2 * sum(x == y for x, y in zip(a, b, strict=True))
    elif a.rstrip("0") == b.rstrip("0"):
        score += 3
    if one.weak or two.weak:
        return score if len(a) == len(b) == 1 or score >= 6 else 0
    return score + 1
