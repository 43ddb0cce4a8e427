"""How numbers are written in German and English: vocabulary and patterns behind `mt_publish.text.numbers`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from mt_publish.text import calendar
from mt_publish.types import Lang


def _list(words: str) -> list[str]:
    return words.split()


MONTHS: Final[dict[Lang, dict[str, int]]] = {
    lang: {name.lower(): number for number, names in enumerate(months, start=1) for name in names}
    for lang, months in calendar.MONTHS.items()
}

SCALES: Final[dict[Lang, dict[str, int]]] = {
    "de": {
        "hundert": 2,
        "tausend": 3,
        "tsd": 3,
        "k": 3,
        "million": 6,
        "millionen": 6,
        "mio": 6,
        "mill": 6,
        "milliarde": 9,
        "milliarden": 9,
        "mrd": 9,
        "md": 9,
        "billion": 12,
        "billionen": 12,
        "bio": 12,
        "billiarde": 15,
        "billiarden": 15,
        "lakh": 5,
        "crore": 7,
    },
    "en": {
        "hundred": 2,
        "thousand": 3,
        "thousands": 3,
        "k": 3,
        "hundred thousand": 5,
        "million": 6,
        "millions": 6,
        "mn": 6,
        "mln": 6,
        "m": 6,
        "billion": 9,
        "billions": 9,
        "bn": 9,
        "bln": 9,
        "b": 9,
        "milliard": 9,
        "milliards": 9,
        "thousand million": 9,
        "thousand millions": 9,
        "trillion": 12,
        "trillions": 12,
        "tn": 12,
        "trn": 12,
        "quadrillion": 15,
        "lakh": 5,
        "crore": 7,
    },
}

UNIT_NAMES: Final = {
    "EUR": "€ eur euro euros",
    "USD": "$ usd us$ us-dollar us-dollars dollar dollars dollarn",
    "GBP": "£ gbp pfund-sterling pound-sterling pounds-sterling",
    "CHF": "chf sfr franken franc francs schweizer-franken swiss-francs swiss-franc",
    "JPY": "¥ jpy yen",
    "CENT": "cent cents ct eurocent eurocents euro-cent euro-cents us-cent us-cents dollar-cent dollar-cents",
    "%": "% prozent percent per-cent v.h prozentig prozentige prozentigen prozentiger prozentiges prozentigem pct",
    "pp": "prozentpunkt prozentpunkte prozentpunkten percentage-point percentage-points",
    "km": "km kilometer kilometern kilometers kilometre kilometres kilometer-lange",
    "m": "meter metern meters metre metres",
    "cm": "cm zentimeter zentimetern centimetre centimetres centimeter centimeters",
    "mm": "mm millimeter millimetern millimetre millimetres millimeters",
    "mi": "meile meilen mile miles mi",
    "ft": "fuß foot feet ft",
    "in": "zoll inch inches",
    "yd": "yard yards yd",
    "kg": "kg kilo kilos kilogramm kilogram kilograms kilogrammes",
    "g": "g gramm gram grams grammes",
    "t": "t tonne tonnen tonnes tons ton",
    "lb": "pfund lb lbs pound pounds",
    "oz": "unze unzen oz ounce ounces",
    "l": "l liter litern litre litres liters",
    "gal": "gallone gallonen gallon gallons",
    "km2": "km² km2 quadratkilometer quadratkilometern square-kilometres square-kilometers sq-km",
    "m2": "m² m2 qm quadratmeter quadratmetern square-metres square-meters square-metre square-meter",
    "mi2": "quadratmeilen square-miles",
    "ft2": "quadratfuß square-feet square-foot sq-ft",
    "m3": "m³ m3 kubikmeter kubikmetern cubic-metres cubic-meters cubic-metre cubic-meter",
    "ft3": "kubikfuß cubic-feet cubic-foot",
    "ha": "ha hektar hectare hectares",
    "ac": "acre acres",
    "km/h": "km/h kmh stundenkilometer stundenkilometern kph",
    "mph": "mph",
    "°C": "°c grad-celsius degrees-celsius",
    "°F": "°f grad-fahrenheit degrees-fahrenheit",
    "°": "° grad degrees degree",
    "h": "stunde stunden h hour hours hrs std",
    "min": "minute minuten min minutes mins",
    "s": "sekunde sekunden sek sec seconds second",
    "d": "tag tage tagen day days",
    "a": "jahr jahre jahren year years",
    "GB": "gb gigabyte",
    "MB": "mb megabyte",
    "kWh": "kwh kilowattstunden",
    "MW": "mw megawatt",
    "GW": "gw gigawatt",
}

CURRENCIES: Final = frozenset({"EUR", "USD", "GBP", "CHF", "JPY"})
PREFIXES: Final = {
    "€": "EUR",
    "$": "USD",
    "us$": "USD",
    "£": "GBP",
    "¥": "JPY",
    "eur": "EUR",
    "usd": "USD",
    "gbp": "GBP",
} | {
    "chf": "CHF",
    "c$": "CAD",
    "a$": "AUD",
    "jpy": "JPY",
}

TO_METRIC: Final = {
    ("mi", "km"): "1.609",
    ("ft", "m"): "0.3048",
    ("in", "cm"): "2.54",
    ("yd", "m"): "0.9144",
    ("lb", "kg"): "0.4536",
    ("oz", "g"): "28.35",
    ("gal", "l"): "3.785",
    ("mi2", "km2"): "2.59",
    ("ac", "ha"): "0.4047",
    ("ac", "km2"): "0.004047",
    ("mph", "km/h"): "1.609",
    ("ft", "cm"): "30.48",
    ("lb", "t"): "0.0004536",
    ("ft", "km"): "0.0003048",
    ("ft2", "m2"): "0.0929",
    ("ac", "m2"): "4047",
    ("ft3", "m3"): "0.02832",
}

GERMAN_ONES: Final = {
    "null": 0,
    "ein": 1,
    "eins": 1,
    "zwei": 2,
    "zwo": 2,
    "drei": 3,
    "vier": 4,
    "fünf": 5,
    "sechs": 6,
    "sieben": 7,
    "acht": 8,
    "neun": 9,
    "zehn": 10,
    "elf": 11,
    "zwölf": 12,
    "dreizehn": 13,
    "vierzehn": 14,
    "fünfzehn": 15,
    "sechzehn": 16,
    "siebzehn": 17,
    "achtzehn": 18,
    "neunzehn": 19,
}
GERMAN_TENS: Final = {
    "zwanzig": 20,
    "dreißig": 30,
    "dreissig": 30,
    "vierzig": 40,
    "fünfzig": 50,
    "sechzig": 60,
    "siebzig": 70,
    "achtzig": 80,
    "neunzig": 90,
}
ENGLISH_ONES: Final = {
    word: value
    for value, word in enumerate(
        _list(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
ENGLISH_TENS: Final = {
    word: 10 * value
    for value, word in enumerate(_list("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
GERMAN_ORDINALS: Final = {
    "erst": 1,
    "zweit": 2,
    "dritt": 3,
    "viert": 4,
    "fünft": 5,
    "sechst": 6,
    "siebt": 7,
    "siebent": 7,
    "acht": 8,
    "neunt": 9,
    "zehnt": 10,
    "elft": 11,
    "zwölft": 12,
}
ENGLISH_ORDINALS: Final = {
    word: value
    for value, word in enumerate(
        _list("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"), start=1
    )
}
ENGLISH_HIGH_ORDINALS: Final = {
    word: value
    for value, word in enumerate(
        _list("thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"), start=13
    )
} | {f"{word.removesuffix('y')}ieth": value for word, value in ENGLISH_TENS.items()}

ARTICLES: Final[dict[Lang, str]] = {"de": r"ein|eine[mnrs]?", "en": r"an?"}
"""Words that may mean the number 1 and mostly do not."""

LOOSE: Final = {
    1: r"ein(?=- (?:bis|oder) )|eins|einmal\w*|eini?zig\w*|erst\w*|ones?|war one|first|single|once|per|pro|je|jede\w*|each|every",
    2: r"zwei\w*|zwo|beid\w*|doppel\w*|halb\w*|hälfte|paar|two|both|second\w*|pair|couple|twice|double\w*|half|twin\w*",
    3: r"drei\w*|\w*dritt\w*|three\w*|third\w*|triple\w*|treble|thrice|trio|tripel",
    4: r"vier\w*|\w*vierte\w*|four\w*|quarter\w*|quadr\w*",
    5: r"fünf\w*|\w*fünfte\w*|five\w*|fifth\w*",
    6: r"sechs\w*|\w*sechste\w*|six\w*",
    7: r"sieb\w*|\w*siebte\w*|seven\w*|wöch\w*|woche|week\w*",
    8: r"acht\w*|\w*achte\w*|eight\w*",
    9: r"neun\w*|\w*neunte\w*|nine\w*|ninth",
    10: r"zehn\w*|\w*zehnte\w*|ten|tenth\w*|tens|jahrzehnt\w*|dekade\w*|decade\w*",
    11: r"elf\w*|eleven\w*",
    12: r"zwölf\w*|twel\w*|dutzend\w*|dozen\w*|mittag\w*|noon|mitternacht\w*|midnight|jahr|year|jahres\w*"
    r"|jährlich\w*|annual\w*",
    14: r"zwei wochen|zweiwöchig\w*|two weeks?|two week|fortnight\w*",
    16: r"achtelfinal\w*",
    20: r"zwei jahrzehnt\w*|two decades|zwanzig\w*|twent\w*",
    24: r"ohne unterbrechung|rund um die uhr|ganztägig\w*|around the clock|round the clock",
    15: r"viertelstund\w*|quarter of an hour|quarter[- ]hour|fünfzehn\w*|fifteen\w*",
    18: r"anderthalb jahre\w*|eineinhalb jahre\w*|year and a half|achtzehn\w*|eighteen\w*",
    45: r"dreiviertelstund\w*|three quarters of an hour|fünfundvierzig\w*|forty-five",
    30: r"halben? stunde\w*|halbstünd\w*|half an hour|half[- ]hour|drei jahrzehnt\w*|three decades|dreißig\w*|dreissig\w*|thirt\w*",
    40: r"vierzig\w*|fort\w*",
    50: r"hälfte|halb\w*|half|fünfzig\w*|fift\w*",
    60: r"sechzig\w*|sixt\w*",
    70: r"siebzig\w*|sevent\w*",
    80: r"achtzig\w*|eight\w*",
    90: r"neunzig\w*|ninet\w*",
    100: r"hundert\w*|hundred\w*|century|centen\w*|jahrhundert\w*",
    112: r"notruf\w*|emergency",
    200: r"zweihundert\w*|bicenten\w*|two centuries",
    365: r"jede[nrs]? tage?s?|ganzjährig\w*|das ganze jahr|every day|year-round|all year",
    911: r"notruf\w*",
    1000: r"\w*tausend\w*|thousand\w*|k",
    10**4: r"zehntausende\w*|tens of thousands",
    10**5: r"hunderttausende\w*|hundreds of thousands",
    10**7: r"(?:zig|zehn|dutzende) millionen|(?:tens|dozens) of millions",
    10**8: r"hunderte millionen|hundreds of millions",
}
"""What else can stand for a small number in the other text."""

SHARES: Final = {
    20: r"\w*fünftel\w*|fifths?",
    25: r"\w*viertel\w*|quarters?",
    33: r"\w*drittel\w*|thirds?",
    66: r"zwei ?drittel\w*|two[- ]thirds",
    67: r"zwei ?drittel\w*|two[- ]thirds",
    75: r"drei ?viertel\w*|three[- ]quarters",
    100: r"(?:fast|nahezu|praktisch) alle\w*|ganz\w*|gesamt\w*|rein\w*|voll\w*|komplett\w*|völlig\w*|genau\w*|hundertprozentig\w*"
    r"|(?:almost|nearly|virtually) all|whol\w*|complet\w*|entire\w*|full|fully|pure\w*|total\w*|precise\w*|exact\w*|absolute\w*",
}
"""What else can stand for a percentage, besides the words of `LOOSE`."""

RANK_ONE: Final = r"führend\w*|größte\w*|beste\w*|\w*spitze|spitzen\w*|leading|leader|largest|biggest|best|top"
"""What "No. 1" may become."""


@cache
def unit_names() -> dict[str, str]:
    return {name.replace("-", " "): unit for unit, names in UNIT_NAMES.items() for name in names.split()}


def _either(names: Iterator[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@cache
def numerals(lang: Lang) -> re.Pattern[str]:
    """All numerals of a language; the name of the group that matched says how to read it.

    Repetitions are bounded or possessive where a long run of digits would otherwise be read again and again.
    """
    names = _either(form for name in MONTHS[lang] for form in (name.title(), name.upper()))
    month = f"(?-i:{names})"  # "may 5 people" is no date
    year = r"(?:1\d|20)\d{2}"
    day = r"(?:[012]?\d|3[01])"
    nth = r"(?:st|nd|rd|th)"
    skip = (
        r"(?P<skip>\bcovid[- ]?19\b|(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]+"
        r"|(?<![\w-])[\w-]{1,64}\.(?:com|de|org|net|uk|info|html?|pdf|exe)\b\S*)"
    )
    iso = r"(?<![\w-])(?P<iso>(?P<iy>\d{4})-(?P<im>0\d|1[0-2])-(?P<id>[0-3]\d))(?![\w-])"
    slash = rf"(?<![\w/])(?P<slash>(?P<s1>{day})/(?P<s2>{day})/(?P<sy>\d{{4}}|\d{{2}}))(?![\w/])"
    if lang == "de":
        skip = skip[:-1] + r"|(?<![\w.,/])08/?15(?![\w/]))"  # "run of the mill"
        date = (
            rf"(?<![\w.,])(?P<date>(?P<d1>{day})\. ?"
            rf"(?:(?P<mname>{month})(?:e?s)?\b\.?|(?P<mnum>0?[1-9]|1[0-2])\.(?!\d{{3}}\b(?!\d)|\.|\d(?!\d)))"
            rf"(?: ?(?P<y1>{year})(?![\w.]\d)|(?P<y2>\d{{2}})(?![\d.,]))?)"
        )
        minute = r"(?:(?(mi)(?!)) (?P<mi3>[0-5]\d)(?![^\W_]|[.,:]\d))?"  # "5 Uhr 13"
        time = (
            rf"(?<![\w.,:])(?P<time>(?P<h>[01]?\d|2[0-4])(?:[.:](?P<mi>[0-5]\d))?(?:(?P<uhr> ?(?:Uhr{minute}|h)\b)"
            r"|(?P<half>[ap]m\b| ?[ap]\.m\b\.?| pm\b))"
            r"|(?P<h2>[01]?\d|2[0-4])[:h](?P<mi2>[0-5]\d)(?![\d:]))"
        )
        decade = r"(?P<decade>(?<![\w.,])'?(?P<dec>\d{2}|1\d{3}|20\d{2})(?:er|ern)(?!\w)(?:[- ]Jahren?)?)"
        thousands = r"\d{1,3}(?:\.\d{3}){1,12}+(?:,\d+)?(?![\d.]{0,9}\d)"
        spaced = r"\d{1,3}(?: \d{3}){1,12}+(?:,\d+)?(?!\d)|\d{1,3}(?:'\d{3}){1,12}+"
        number = rf"{thousands}|{spaced}|\d++,\d++|\d++\.\d{{1,2}}(?!\d|\.\d)|\d++"
    else:
        skip = skip[:-1] + r"|\bcatch[- ]22\b)"  # a dilemma
        no_day = r"(?![\d:.,%]\d|\d| ?(?:am|pm|a\.m|p\.m|percent|%)|\w)"
        date = (
            rf"(?<![\w.,])(?P<date>(?P<d1>{day}){nth}? (?:of )?(?P<mname>{month}\b)\.?(?:,? (?P<y1>{year})\b)?"
            rf"|\b(?P<mname2>{month}\b)\.? (?P<d2>{day}){nth}?{no_day}(?:,? (?P<y2>{year})\b)?"
            rf"|(?P<d3>{day})\.(?P<mnum>0?[1-9]|1[0-2])\.(?P<y3>{year})(?![\w.]\d))"
        )
        time = (
            r"(?<![\w.,:])(?P<time>(?P<h>[01]?\d|2[0-4])(?:[.:](?P<mi>[0-5]\d))? ?(?P<half>[ap](?:m\b|\.m\b\.?))"
            r"|(?P<h2>[01]?\d|2[0-4])[:h](?P<mi2>[0-5]\d)(?![\d:]))"
        )
        decade = r"(?P<decade>(?<![\w.,])'?(?P<dec>\d0|1\d{2}0|20\d0)'?s(?!\w))"
        indian = r"\d{1,2}(?:,\d{2}){1,6},\d{3}(?![\d,]{0,9}\d)"
        thousands = rf"{indian}|\d{{1,3}}(?:,\d{{3}}){{1,12}}+(?:\.\d+)?(?![\d,]{{0,9}}\d)"
        number = rf"{thousands}|\d{{1,3}}(?: \d{{3}}){{1,12}}+(?:\.\d+)?(?!\d)|\d++\.\d++|\d++"
    version = rf"(?<![\w.,])(?!(?:{thousands})(?![\d.,]*\d))(?P<version>\d{{1,9}}(?:[.,]\d{{1,9}}){{2,9}}+)(?!\d)"
    plain = (
        r"(?P<num>(?:(?P<cur>(?:US|C|A)?\$|[€£¥]|\b(?:EUR|USD|GBP|CHF|JPY)) ?)?"
        rf"(?P<n>{number}|(?<![\w.])\.\d++)(?P<frac> ?[½¼¾]| (?:1/2|1/4|3/4)(?![/\d]))?(?P<ord>{nth}\b)?)"
        r"|(?P<onlyfrac>[½¼¾])"
    )
    return re.compile("|".join((skip, iso, slash, date, time, decade, version, plain)), re.IGNORECASE)


@cache
def scale_and_unit(lang: Lang) -> re.Pattern[str]:
    """What may stand behind a numeral: a scale, a unit, "century"."""
    scales = _either(iter(SCALES[lang])).replace(r"\ ", "[ -]")
    units = _either(iter(unit_names())).replace(r"\ ", "[ -]")  # US-Dollar, US dollars
    organic = r"(?<=bio)(?:-|\s(?!(?:euro|us|dollar|eur|usd|franken|pfund)\b))"  # 500 Bio-Betriebe
    century = r"\.? ?-?(?:jahrhundert\w*|jh[ds]?\b|century|centuries)"
    return re.compile(
        rf"(?:[ -]?(?P<scale>{scales})(?![^\W_]|/s\b|{organic})(?:(?<=mio|mrd|tsd|bio)\.|(?<=mill)\.)?)?"
        rf"(?:[ -]?(?P<unit>{units})(?![^\W_]))?(?P<century>{century})?",
        re.IGNORECASE,
    )


@cache
def spelled(lang: Lang) -> re.Pattern[str]:
    """All numbers in letters of a language; the name of the group that matched says how to read it.

    Most words fail at the first look: no number begins with their letter.
    """
    end = r"(?![^\W_])"
    if lang == "de":
        tens = "|".join(GERMAN_TENS)
        ones = "|".join(sorted(GERMAN_ONES, key=len, reverse=True))
        below = rf"(?:(?:{ones})und(?:{tens})|(?:{tens})|(?:{ones}))"
        number = rf"(?:(?:{below}?hundert)?(?:{below})?tausend)?(?:(?:{below})?hundert)?(?:und)?(?:{below})?"
        scale = r"(?: (?P<scale>million(?:en)?|milliarden?|billion(?:en)?|tausend|mio|mrd)\b)?"
        half_scale = scale.replace("<scale>", "<hscale>")
        kind = r"(?:(?:jährig|tägig|stündig|köpfig|fach)\w*)?"
        small = "|".join(f"{stem}e" for stem in GERMAN_ORDINALS)
        return re.compile(
            rf"(?<![^\W_])(?=[adefhnstvz])(?:(?P<clock>halb|viertel (?:nach|vor)) (?P<hour>{ones}){end}"
            r"|(?P<aone>eine[rn]?|einer halben|halbe|eine halbe) (?P<ascale>million|milliarde|billion)\b"
            rf"|(?P<dozen>(?:ein|einem|zwei|drei|halbe[sn]?|ein halbes) dutzend){end}"
            rf"|(?:(?P<onehalf>anderthalb|eineinhalb)|(?P<halved>{ones})einhalb){end}{half_scale}"
            rf"|(?P<word>(?=\w{{3}}){number})(?P<ord>(?:s?te[nmrs]?)?){kind}{end}{scale}"
            rf"|(?P<small>{small})[nmrs]?{end})",
            re.IGNORECASE,
        )
    ones = "|".join(sorted(ENGLISH_ONES, key=len, reverse=True))
    tens = "|".join(ENGLISH_TENS)
    below = rf"(?:(?:{tens})(?:[- ](?:{ones}))?|(?:{ones}))"
    scale = "hundred|thousand|million|milliard|billion|trillion"
    large = "(?:million|milliard|billion|trillion)s?"
    more = rf"{large}(?:[- ](?:and )?(?>{below})(?![- ]{large}))?"  # not "three million and five million"
    nth = "|".join((*ENGLISH_ORDINALS, *ENGLISH_HIGH_ORDINALS))
    return re.compile(
        rf"(?<![^\W_])(?=[aefhmnoqstz])(?:(?P<clock>half past|quarter past|quarter to) (?P<hour>{ones})\b"
        rf"|(?P<aone>a|half a|a half) (?P<ascale>(?:hundred|thousand) (?:thousand|{large})|{scale})\b"
        r"|(?P<dozen>(?:a|one|two|three|half a) dozen)\b"
        r"|(?:(?P<onehalf>one and a half|an? (?:year|month|week|day|hour|minute|mile|percent) and a half)"
        rf"|(?P<halved>{ones})[- ]and[- ]a[- ]half)\b(?: (?P<hscale>thousand|million|milliard|billion|trillion)\b)?"
        rf"|(?P<tens>{tens})[- ](?P<nth>{nth}){end}"
        rf"|(?P<word>{below}(?:[- ](?:(?:hundred|thousand)s?(?:[- ](?:and )?{below})?|{more}))*|hundred|thousand)"
        rf"(?P<ord>th)?{end}"
        rf"|(?P<small>{nth}){end}"
        r"|(?P<noon>noon|midday|midnight)\b)",
        re.IGNORECASE,
    )


_ROMAN: Final = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


def roman(number: int) -> str:
    """A number below 40 in Roman numerals; "" for others."""
    return "X" * (number // 10) + _ROMAN[number % 10] if 1 <= number < 40 else ""


ALWAYS: Final = re.compile(
    r"rund um die uhr|ohne unterbrechung|ununterbrochen|jederzeit|durchgehend|ganztägig|24 stunden"
    r"|round[- ]the[- ]clock|all day|at all times|any ?time",
    re.IGNORECASE,
)
"""What "24/7" may become."""
