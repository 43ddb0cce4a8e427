"""Weekdays and months by name in German and English text, and the forms they take in the other language.

Two readings for two purposes. `calendar_names` gives what a sentence surely names: "May" and "March" only where they are
months; "Bild am Sonntag", "Black Friday" and "Nacht zum Sonntag" (Saturday night) not at all. `mentioned` gives every weekday
and month that a text may be read to name, also in a compound (Sonntagsspiel), so that what it lacks is surely missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from mt_publish.types import Lang, Span

WEEKDAYS: Final[dict[Lang, tuple[tuple[str, ...], ...]]] = {
    "de": (
        ("Montag",),
        ("Dienstag",),
        ("Mittwoch",),
        ("Donnerstag",),
        ("Freitag",),
        ("Samstag", "Sonnabend"),
        ("Sonntag",),
    ),
    "en": (
        ("Monday", "Mon"),
        ("Tuesday", "Tues", "Tue"),
        ("Wednesday", "Wed"),
        ("Thursday", "Thurs", "Thur", "Thu"),
        ("Friday", "Fri"),
        ("Saturday", "Sat"),
        ("Sunday", "Sun"),
    ),
}
"""The names of each day from Monday on, the usual one first, in English also the short ones."""

MONTHS: Final[dict[Lang, tuple[tuple[str, ...], ...]]] = {
    "de": (
        ("Januar", "Jänner", "Jan"),
        ("Februar", "Feber", "Febr", "Feb"),
        ("März", "Mär", "Mrz"),
        ("April", "Apr"),
        ("Mai",),
        ("Juni", "Jun"),
        ("Juli", "Jul"),
        ("August", "Aug"),
        ("September", "Sept", "Sep"),
        ("Oktober", "Okt"),
        ("November", "Nov"),
        ("Dezember", "Dez"),
    ),
    "en": (
        ("January", "Jan"),
        ("February", "Feb"),
        ("March", "Mar"),
        ("April", "Apr"),
        ("May",),
        ("June", "Jun"),
        ("July", "Jul"),
        ("August", "Aug"),
        ("September", "Sept", "Sep"),
        ("October", "Oct"),
        ("November", "Nov"),
        ("December", "Dec"),
    ),
}
"""The names of each month from January on, the usual one first, then the short ones."""

_PARTS_OF_DAY: Final = {
    "abend": "evening",
    "morgen": "morning",
    "nachmittag": "afternoon",
    "nacht": "night",
    "vormittag": "morning",
    "mittag": "noon",
    "früh": "morning",
}
"""German words that a weekday is joined to; the first one of each English word is its translation."""


@dataclass(frozen=True, slots=True)
class CalendarName:
    """A weekday or month that a text names.

    Args:
        number: 0 to 6 for Monday to Sunday, 7 to 18 for January to December.
        span: Where the name stands, with its ending and the part of the day.
        surface: The text there.
        part: "morning", "afternoon", "evening", "night" or "noon" of that day; "" for none.
    """

    number: int
    span: Span
    surface: str
    part: str = ""

    @property
    def is_month(self) -> bool:
        return self.number >= _FIRST_MONTH


_FIRST_MONTH: Final = 7


def _all_names(number: int, lang: Lang) -> tuple[str, ...]:
    return MONTHS[lang][number - _FIRST_MONTH] if number >= _FIRST_MONTH else WEEKDAYS[lang][number]


def calendar_translations(name: CalendarName, lang: Lang) -> tuple[str, ...]:
    """Ways to say a weekday or month of the other language in `lang`, the usual one first: Saturday evening for Samstagabend."""
    names = _all_names(name.number, lang)
    if name.is_month or lang == "en":
        forms = [*names, *(f"{each}{'s' if lang == 'de' else chr(39) + 's'}" for each in names)]
        if not name.is_month:
            forms.insert(0 if name.surface[0].islower() else 1, f"{names[0]}s")  # montags: Mondays
        return (f"{names[0]} {name.part}", *forms) if name.part else tuple(forms)
    forms = [ending for each in names for ending in (each, f"{each}s", f"{each}e", f"{each}en", f"{each.lower()}s")]
    joined = [each + part for each in names for part in _PARTS_OF_DAY]
    forms += [form for each in joined for form in (each, f"{each}s", f"{each.lower()}s")]
    if name.part == "night":
        morrow = WEEKDAYS["de"][(name.number + 1) % 7][0]
        forms += [f"Nacht {to} {morrow}" for to in ("zum", "zu", "auf")]
    if name.part:
        forms.insert(0, names[0] + next(german for german, english in _PARTS_OF_DAY.items() if english == name.part))
    return tuple(dict.fromkeys(forms))


# --- what a sentence surely names -------------------------------------------------------------------------------------

_BEFORE_MONTH: Final[dict[Lang, re.Pattern[str]]] = {
    "de": re.compile(
        r"(?:\b(?:im|Anfang|Mitte|Ende|seit|bis|zum|des|diesem|diesen|letzten|vergangenen|kommenden|nächsten)|\d\.)\s$",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?:\b(?:in|since|until|till|last|next|this|early|late|mid|during|each|every)|\d(?:st|nd|rd|th)?)\s$|\bmid-$",
        re.IGNORECASE,
    ),
}
"""What stands before a month that is one, and no name or verb: in May, Anfang August, 5 March."""

_DOUBTFUL: Final[dict[Lang, frozenset[str]]] = {
    "de": frozenset(("Mai", "März", "Juli", "August")),
    "en": frozenset(("May", "March", "August", "April", "June")),
}
"""Months that are names or other words, too."""

_NIGHT: Final = 60
"""Characters looked at before a weekday."""

_QUOTES: Final = tuple("\"'“”„‘’»«")

_WEAK_LEADS: Final = ("the", "and", "but", "or", "to", "only")
"""After these a name may begin with the weekday: the Daily Mirror and Sunday Mirror."""

_LEADS_TO_DAY: Final = re.compile(
    r"(?:on|last|next|this|every|each|by|since|until|from|before|after|of|during|between|early|late|in|the|and|but|or|to|only|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)",
    re.IGNORECASE,
)
"""Words that, even with a capital, make no name of an English weekday after them, as "Easter" does."""

_NIGHT_TO: Final = re.compile(
    r"Nacht(?:stunden)? (?:(?:von|vom) (?:\w+tag|Mittwoch|Sonnabend) )?(?:zum|zu|auf|auf den)"
    r"(?: (?:vergangenen|letzten|heutigen|gestrigen|diesem|diesen))? $"
)
"""Before a German weekday: a night that English names after the day before."""

_NO_DAY: Final[dict[Lang, re.Pattern[str]]] = {
    "de": re.compile(
        r"(?:(?:Bild|BILD|Welt|WELT|Blick|NZZ|Zeitung|Kurier|Presse|Express)[\"“]? am|Nacht (?:von|vom)|[Dd]er|heutigen|gestrigen|"
        r"morgigen|sagte|sagt|erklärte|teilte|meinte|(?<![\w-])(?!(?:Am|Bis|Seit|Ab|Vom|Zum|Jeden|Diesen|Nächsten|Letzten|Kommenden|"
        r"Vergangenen|Und|Von|Erst|Noch|Auch|Schon|Uhr|\w+tag|Mittwoch)\b)[A-ZÄÖÜ]\w+) $"
    ),
    "en": re.compile(r"(?:(?:Mail|Sun|Scotland|Mirror|Express|Independent|Wales|Times|Post) on|[“\"‘'’]s) $"),
}
"""Before a weekday that is not meant as the day: newspapers, "der Freitag", "am heutigen Montag" (today), Richard Freitag."""

_PAPER: Final = re.compile(
    r" (?:Night|Times|Mirror|Telegraph|Express|Mail|Post|World|Herald|Review|People|Star|Sun|Show)\b"
)
"""After an English weekday that is part of a name."""

_HOLIDAY: Final[dict[Lang, re.Pattern[str]]] = {
    "de": re.compile(r"11\. September\b(?! \d)|(?:Straße|Platz|Bewegung) (?:des )?\d+\. \w+"),
    "en": re.compile(r"\b(?:the )?Fourth of July|\bJuly Fourth|\bMay Day|\bMarch Madness"),
}
"""Days known by other names in the other language (9/11, Independence Day), streets and the like."""


@cache
def _names(lang: Lang) -> re.Pattern[str]:
    days = [name for names in WEEKDAYS[lang] for name in names if len(name) > 5]
    months = [name for names in MONTHS[lang] for name in names if name in (names[0], "Jänner", "Feber")]
    if lang == "de":
        parts = "|".join(_PARTS_OF_DAY)
        small = "|".join(days).lower()
        return re.compile(
            rf"(?<![\w-])(?:(?P<day>{'|'.join(days)})(?:(?P<part>{parts})?s?|en?)|(?P<adverb>{small})(?P<some>{parts})?s|"
            rf"(?P<month>{'|'.join(months)}))(?![\w-])"
        )
    short = "|".join(name for names in MONTHS["en"] for name in names[1:])
    parts = "|".join(dict.fromkeys(_PARTS_OF_DAY.values()))
    return re.compile(
        rf"(?<![\w-])(?P<day>{'|'.join(days)})s?(?:['’]s)?(?: (?P<part>{parts}))?(?![\w-])"
        rf"|(?:(?<![\w-])|(?<=\b[Mm]id-))(?:(?P<month>{'|'.join(months)})|(?P<short>{short})(?=\. \d))(?![\w-])"
    )


@cache
def _numbers(lang: Lang) -> dict[str, int]:
    names = {name.lower(): n for n, each in enumerate(WEEKDAYS[lang]) for name in each}
    return names | {name.lower(): n for n, each in enumerate(MONTHS[lang], _FIRST_MONTH) for name in each}


def calendar_names(text: str, lang: Lang, taken: Sequence[Span] = ()) -> tuple[CalendarName, ...]:
    """The weekdays and months that a sentence surely names, in order; each once, the first time.

    Args:
        text: The sentence.
        lang: Its language.
        taken: Where names of other things stand, which are left out: Fridays for Future.
    """
    found: dict[int, CalendarName] = {}
    taken = [*taken, *(Span(*match.span()) for match in _HOLIDAY[lang].finditer(text))]
    for match in _names(lang).finditer(text):
        if any(Span(*match.span()).overlaps(span) for span in taken):
            continue
        groups = match.groupdict()
        part = groups.get("part") or groups.get("some") or ""
        if groups["day"] and not _is_day(text, match.start(), match.end(), lang):
            continue
        if groups["month"] in _DOUBTFUL[lang] and not _is_month(text, match.start(), match.end(), lang):
            continue
        word = next(groups[key] for key in ("day", "adverb", "month", "short") if groups.get(key))
        number = _numbers(lang)[word.lower()]
        name = CalendarName(number, Span(*match.span()), match.group(), _PARTS_OF_DAY.get(part, part))
        found.setdefault(number, name)
    return tuple(sorted(found.values(), key=lambda name: name.span))


def _is_month(text: str, start: int, end: int, lang: Lang) -> bool:
    """Whether a word that may be a name or verb is a month where it stands: in May, on March 5, May, 2023."""
    if lang == "en" and re.match(r" [A-Z]", text[end : end + 2]):
        return False
    dated = re.match(r" \d|, (?:19|20)\d\d\b", text[end : end + 7])
    return dated is not None or _BEFORE_MONTH[lang].search(text[max(0, start - 20) : start]) is not None


def _is_day(text: str, start: int, end: int, lang: Lang) -> bool:
    """Whether a weekday is no part of a name: Bild am Sonntag, Easter Monday, the Sunday Mirror."""
    before = text[max(0, start - _NIGHT) : start]
    quoted = before[-1:] in _QUOTES and text[end : end + 1] in _QUOTES
    if quoted or _NO_DAY[lang].search(before):
        return False
    if lang == "de":
        if text[start:end] in ("Montage", "Montagen") or _NIGHT_TO.search(before):
            return False
        # "Freitag gewann": a name as well as a day
        return (
            bool(before.strip())
            or re.match(r",|\s(?:und|bis|früh|nach|vor|ist|war|wird|soll|beginnt|[A-ZÄÖÜ])", text[end : end + 9])
            is not None
        )
    found = re.search(r"(?:^|[\s\"“„(])(\w+) $", before)
    word = found[1] if found else ""
    leads = _LEADS_TO_DAY.fullmatch(word) is not None
    if (word[:1].isupper() and not leads) or _PAPER.match(text, end):
        return False
    return (leads and word.lower() not in _WEAK_LEADS) or not re.match(r" [A-Z]", text[end : end + 2])


# --- what a text may be read to name ----------------------------------------------------------------------------------


_JOINED: Final = "(?=feier|kundgebung|demo|baum|wetter|tag|heft|ausgabe|hälfte|woche|anfang|ende)"
"""What a German month is joined to where it is one: Maifeiertag, not Mainz; Julihälfte, not Julian."""


@cache
def _loose(lang: Lang) -> re.Pattern[str]:
    parts = []
    for number in range(_FIRST_MONTH + 12):
        either = "|".join(sorted(_all_names(number, lang), key=len, reverse=True))
        if lang == "en":
            parts.append(rf"(?P<n{number}>(?<!\w)(?:{either})s?(?!\w))")
        elif number < _FIRST_MONTH:
            parts.append(f"(?P<n{number}>{either.replace('ag', '[aä]g')})")  # sonntäglich
        else:
            usual = MONTHS["de"][number - _FIRST_MONTH][0]
            parts.append(rf"(?P<n{number}>(?<!\w)(?:(?:{either})s?(?!\w)|{usual}{_JOINED}))")
    return re.compile("|".join(parts), re.IGNORECASE)


def mentioned(text: str, lang: Lang) -> frozenset[int]:
    """The numbers of all weekdays and months that a text may be read to name, also in compounds and short forms.

    "Saturday night" and "Nacht zum Sonntag" name either day.

    Args:
        text: Any text.
        lang: Its language.
    """
    found = set()
    for match in _loose(lang).finditer(text):
        number = int((match.lastgroup or "n0")[1:])
        found.add(number)
        if number >= _FIRST_MONTH:
            continue
        if lang == "de" and _NIGHT_TO.search(text[max(0, match.start() - _NIGHT) : match.start()]):
            found.add((number - 1) % 7)
        elif lang == "en" and (
            text.startswith(" night", match.end()) or text[: match.start()].endswith(("late ", "late on "))
        ):
            found.add((number + 1) % 7)
    return frozenset(found)


_RELATIVE: Final = re.compile(
    r"\b(?:(?:vor)?gestern|heute|übermorgen|(?-i:morgen)|yesterday|today|tonight|tomorrow|overnight|the (?:next|same) day|early hours|"
    r"Folgetag|Vortag|Wochen(?:tag|ende)s?|week(?:day|end)s?)\b",
    re.IGNORECASE,
)
_MONTH_IN_DIGITS: Final = re.compile(
    r"\b\d{1,2}[./](?:0?[1-9]|1[0-2])[./]|\b(?:0?[1-9]|1[0-2])[./](?:19|20)\d\d\b|\b\d{1,2}/\d{1,2}\b"
)


def said_otherwise(number: int, text: str) -> bool:
    """Whether a translation that does not name a day or month may say it by other words: yesterday, am Wochenende, 04/2024.

    Args:
        number: As in `CalendarName`.
        text: The translation.
    """
    return bool((_MONTH_IN_DIGITS if number >= _FIRST_MONTH else _RELATIVE).search(text))
