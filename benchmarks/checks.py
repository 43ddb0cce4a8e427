"""How many injected errors the checks find, and how often they cry wolf on clean references.

    python benchmarks/checks.py --refs newstest2021.de-en.refA.tsv newstest2021.en-de.refA.tsv

Each file has one segment a line: German, a tab, English, maybe gzipped; or JSON lines with "source" and "reference". A file whose name
holds "en-de" has English as its source, all others German; --both runs every file in both directions. Runs of 40 lines
count as a document. An error is injected into the target side of a clean pair, at most one a pair and kind. It is found
when an expected rule reports it, where the goal is an error as an error; pairs that the rule reports without it are left
out. Intervals are Wilson's, at 95 %.

Not injected, as they would be no errors: a number out of "Covid 19", which may be called Covid, and out of "Schalke 04",
which may be called Schalke; letters swapped in a placeholder such as #NUMBER#, which is no name; the 2 of "Version 2
(V2)"; "%" inside a word ("100%ige"). A currency or "per cent" is changed only where the source names it: "das
14-Milliarden-Darlehen" does not say of what. Nor is it changed where that only puts right what the reference had
converted: "S$3,000 ($2,400)" for "3.000 Singapur-Dollar (1.730 Euro)" becomes "(€2,400)", the currency of the source.

References are not always clean: `number_alarms.csv` says what we found on reading each pair whose numbers are reported as
errors, in newstest2021, NTREX, generaltest2022 and from line 12,901 of newstest2008-2017: "differs" where the two sides
really say different numbers, else "false". The direction of a pair makes no difference to that.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

from mt_publish.glossary import Glossary, find_terms
from mt_publish.pipeline import term_problems
from mt_publish.quality.checks import CheckContext, check_segment
from mt_publish.quality.checks.terms import copied_names
from mt_publish.quality.rules import RULES
from mt_publish.types import Entry, Finding, LangPair, Mark, MarkKind, Segment, Span, Translation

DOCUMENT = 40
Case = tuple[Segment, Translation]
Injection = Callable[[Segment, Translation, LangPair, random.Random], Case | None]


@dataclass(frozen=True)
class Kind:
    """A kind of error: how to make it, the rules that should find it, and whether one of them is an error."""

    name: str
    rules: tuple[str, ...]
    severity: str
    make: Injection


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion; (0, 1) when nothing was counted."""
    if not total:
        return 0.0, 1.0
    p = hits / total
    centre = p + z * z / (2 * total)
    half = z * sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


# --- injections -------------------------------------------------------------------------------------------------------

NUMBER = re.compile(r"(?<![\w.,:/-])(?<!covid )\d+(?:[.,:]\d+)*(?![\w/:-])", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _target(make: Callable[[str, str, LangPair, random.Random], str | None]) -> Injection:
    """An injection that only rewrites the text of the target."""

    def inject(segment: Segment, hyp: Translation, pair: LangPair, rng: random.Random) -> Case | None:
        text = make(segment.source, hyp.target, pair, rng)
        return None if text is None or text == hyp.target else (segment, replace(hyp, target=text))

    return inject


def _shared_numbers(source: str, target: str) -> list[re.Match[str]]:
    """Numerals of the target whose digits stand in the source as well."""
    digits = {re.sub(r"\D", "", m.group()) for m in re.finditer(r"\d+(?:[.,:]\d+)*", source)}
    return [m for m in NUMBER.finditer(target) if re.sub(r"\D", "", m.group()) in digits]


def change_digit(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    numbers = _shared_numbers(source, target)
    if not numbers:
        return None
    match = rng.choice(numbers)
    at = rng.choice([i for i in range(match.start(), match.end()) if target[i].isdigit()])
    digit = rng.choice([d for d in "123456789" if d != target[at]])
    return target[:at] + digit + target[at + 1 :]


def drop_number(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    numbers = _shared_numbers(source, target)
    if not numbers:
        return None
    match = rng.choice(numbers)
    rest = target[: match.start()].rstrip() + " " + target[match.end() :].lstrip()
    if re.fullmatch(r"0\d", match.group()) and re.search(r"[A-ZÄÖÜ]\w+ $", target[: match.start()]):
        return None  # "Schalke 04" is Schalke
    # "Version 2 (V2)" still says it
    return None if re.search(rf"[A-Za-z]{re.escape(match.group())}\b", rest) else rest


def break_separator(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    """The decimal mark of the wrong language: 1.5 for 1,5."""
    mark = "," if pair.target == "de" else "."
    numbers = list(re.finditer(rf"(?<![\w.,])\d+{re.escape(mark)}\d{{1,2}}(?![\w.,:])", target))
    numbers = [m for m in numbers if m.group() not in source]
    if not numbers:
        return None
    match = rng.choice(numbers)
    return target[: match.start()] + match.group().replace(mark, "") + target[match.end() :]


def swap_numbers(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    numbers = list(NUMBER.finditer(target))
    pairs = [(a, b) for a, b in itertools.pairwise(numbers) if a.group() != b.group()]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return target[: a.start()] + b.group() + target[a.end() : b.start()] + a.group() + target[b.end() :]


CURRENCY = {"€": "$", "$": "€", "£": "€", "Euro": "Dollar", "euros": "dollars", "euro": "dollar", "Dollar": "Euro",
            "dollars": "euros", "pounds": "euros", "Pfund": "Euro"}  # fmt: skip


CURRENCY_IN_SOURCE = {
    sign: re.compile(names, re.IGNORECASE)
    for signs, names in (("€e", "€|eur"), ("$d", r"\$|dollar|usd"), ("£p", "£|pfund|pound|gbp"))
    for sign in signs
}
PERCENT_IN_SOURCE = re.compile("%|prozent|per ?cent|pct", re.IGNORECASE)
CURRENCY_NAMES = (r"€|\b(?:euros?|eur)\b", r"\$|\b(?:dollars?|usd)\b", r"£|\b(?:pfund|pounds?|gbp)\b")


def change_currency(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    found = list(re.finditer(r"[€£]|(?<!\w)\$(?=\s?\d)|(?<=\d )(?:Mio\. |Millionen |Milliarden |million |billion )?"
                             r"\b(?:Euro|euros?|Dollar|dollars|pounds|Pfund)\b", target))  # fmt: skip
    if not found:
        return None
    match = rng.choice(found)
    word = match.group().split(" ")[-1]
    if not CURRENCY_IN_SOURCE[word[:1].lower()].search(source):
        return None
    changed = target[: match.end() - len(word)] + CURRENCY[word] + target[match.end() :]
    now, said, meant = (_count_currencies(text) for text in (target, changed, source))
    return None if said == meant and now != meant else changed


def _count_currencies(text: str) -> list[int]:
    return [len(re.findall(names, text, re.IGNORECASE)) for names in CURRENCY_NAMES]


def change_percent(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    match = re.search(r"(?<=\d)\s?(?:%|Prozent\b|percent\b|per cent\b)(?!\w)", target)
    if not PERCENT_IN_SOURCE.search(source):
        return None
    return match and target[: match.start()] + (" Euro" if pair.target == "de" else " euros") + target[match.end() :]


def delete_negation(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    pattern = r"\bnicht " if pair.target == "de" else r"\bnot |(?<=\w)n['’]t\b"
    match = re.search(pattern, target)
    return match and target[: match.start()] + target[match.end() :]


def distort_name(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    words = set(WORD.findall(source))
    names = [
        m
        for m in WORD.finditer(target)
        if m.start()
        and target[m.start() - 1] != "#"
        and "-ID#" not in target
        and len(m.group()) >= 6
        and m.group()[0].isupper()
        and m.group() in words
    ]
    if not names:
        return None
    match = rng.choice(names)
    name = match.group()
    i = rng.randrange(1, len(name) - 2)
    if name[i] == name[i + 1] or not name[i : i + 2].isalpha():
        return None
    return target[: match.start() + i] + name[i + 1] + name[i] + target[match.start() + i + 2 :]


def distort_glossary_name(segment: Segment, hyp: Translation, pair: LangPair, rng: random.Random) -> Case | None:
    """A distorted name that a glossary lists; its rendering is verified as `check` and `translate` do it."""
    text = distort_name(segment.source, hyp.target, pair, rng)
    if text is None:
        return None
    start = next(i for i, (a, b) in enumerate(zip(hyp.target, text, strict=True)) if a != b)
    name = next(m.group() for m in WORD.finditer(hyp.target) if m.end() > start)
    (listed,) = find_terms([segment], Glossary([Entry(name, name)]), pair)
    # A name that stands once more is not lost as a name, only as a mention, which needs the count of the source.
    if not listed.terms or hyp.target.count(name) != 1:
        return None
    return listed, replace(hyp, target=text)


def cut_tail(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    words = target.split()
    return " ".join(words[: len(words) * 2 // 3]).rstrip('.,!?"“”') if len(words) >= 9 else None


def cut_half(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    words = target.split()
    return " ".join(words[: len(words) // 2]).rstrip(",;:") + target[-1] if len(words) >= 9 else None


def repeat_clause(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    words = target.split()
    size = rng.randrange(4, 9)
    if len(words) < size + 2:
        return None
    at = rng.randrange(0, len(words) - size)
    return " ".join(words[: at + size] + words[at : at + size] + words[at + size :])


def loop(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    words = target.split()
    size = rng.randrange(1, 5)
    if len(words) < size + 2:
        return None
    at = rng.randrange(0, len(words) - size)
    phrase = words[at : at + size]
    if not any(WORD.search(w) for w in phrase):
        return None
    return " ".join(words[: at + size] + phrase * rng.randrange(2, 6) + words[at + size :])


def leave_span(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    ours, theirs = source.split(), target.split()
    if len(ours) < 10 or len(theirs) < 8:
        return None
    at = rng.randrange(1, len(ours) - 7)
    place = min(at, len(theirs) - 6)
    return " ".join(theirs[:place] + ours[at : at + 6] + theirs[place + 6 :])


def copy_source(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    return source if len(WORD.findall(source)) >= 4 else None


FOREIGN = (
    "Le ministre a déclaré lundi que les négociations allaient reprendre la semaine prochaine.",
    "La ministra dijo el lunes que las negociaciones se reanudarán la próxima semana.",
    "Il ministro ha detto lunedì che i negoziati riprenderanno la prossima settimana.",
    "De minister zei maandag dat de onderhandelingen volgende week worden hervat.",
    "Minister powiedział w poniedziałek, że negocjacje zostaną wznowione w przyszłym tygodniu.",
    "Ministern sade på måndagen att förhandlingarna kommer att återupptas nästa vecka.",
    "O ministro disse na segunda-feira que as negociações serão retomadas na próxima semana.",
    "Министр заявил в понедельник, что переговоры возобновятся на следующей неделе.",
    "Bakan pazartesi günü müzakerelerin gelecek hafta yeniden başlayacağını söyledi.",
    "Ministr v pondělí řekl, že jednání budou pokračovat příští týden.",
)


def foreign(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    return rng.choice(FOREIGN) if 50 <= len(source) <= 140 else None


def other_sentence(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    """A sentence of the source language that is not the source: its words in another order of clauses."""
    words = source.split()
    return " ".join(words[len(words) // 2 :] + words[: len(words) // 2]) if len(words) >= 8 else None


def empty(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    return rng.choice(("", " "))


def double_word(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    words = list(WORD.finditer(target))
    if not words:
        return None
    match = rng.choice(words)
    return f"{target[: match.end()]} {match.group()}{target[match.end() :]}"


def unknown(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    at = rng.randrange(0, len(target))
    return target[:at] + rng.choice((" ⁇ ", "<unk>", "\ufffd")) + target[at + 1 :]


def mojibake(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    places = [i for i, c in enumerate(target) if c in "äöüßÄÖÜé“”„’–"]
    if not places:
        return None
    at = rng.choice(places)
    try:
        return target[:at] + target[at].encode().decode("cp1252") + target[at + 1 :]
    except UnicodeDecodeError:
        return None


def drop_bracket(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    if source.count("(") != source.count(")") or target.count("(") != target.count(")"):
        return None
    places = [i for i, c in enumerate(target) if c in "()"]
    if not places:
        return None
    at = rng.choice(places)
    return target[:at] + target[at + 1 :]


def foreign_quotes(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    table = str.maketrans("“”", "„“") if pair.target == "en" else str.maketrans("„“", "“”")
    return target.translate(table) if target.count("“") == 1 else None


def double_space(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    places = [m.start() for m in re.finditer(r"(?<=\w) (?=\w)", target)]
    if not places:
        return None
    at = rng.choice(places)
    return target[:at] + " " + target[at:]


def space_before(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    places = [m.start() for m in re.finditer(r"(?<=\w)[,;:] ", target)]
    if not places:
        return None
    at = rng.choice(places)
    return target[:at] + " " + target[at:]


def small_start(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    match = re.match(r"[A-ZÄÖÜ][a-zäöü]+\b", target)
    if not match or not source[0].isupper() or match.group() in source:
        return None
    return target[0].lower() + target[1:]


def end_mark(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    return target[:-1] + "." if target.endswith("?") and source.endswith("?") else None


ADDRESS = (("https://example.org/a1?b=2", "https://example.org/a1?b=3"), ("info@example.org", "info@exampel.org"),
           ("#Klima2030", "#climate2030"), ("@danfried", "@danfreid"))  # fmt: skip
PLACEHOLDER = (
    ("{name}", "{Name}"),
    ("%(count)s", "% (count) s"),
    ("${user}", "$ {user}"),
    ("{{ title }}", "{{ Titel }}"),
)


def _with_literal(pairs: Sequence[tuple[str, str]]) -> Injection:
    """Adds a literal to both sides, changed or missing in the target."""

    def inject(segment: Segment, hyp: Translation, pair: LangPair, rng: random.Random) -> Case | None:
        right, wrong = rng.choice(pairs)
        wrong = rng.choice((f" {wrong}", ""))
        return replace(segment, source=f"{segment.source} {right}"), replace(hyp, target=hyp.target + wrong)

    return inject


def _mark(rng: random.Random, text: str, id_: int) -> Mark:
    start = rng.randrange(0, max(1, len(text) // 2))
    return Mark(id_, MarkKind.PAIR, Span(start, min(len(text), start + 5)), "**", "**", "strong", True)


# Lists of its own, simpler than the ones that the check has. May and March stay out: as often as not they are no months.
DAYS = {
    "de": re.findall(
        r"\w+",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag Januar Februar April Juni Juli September Oktober",
    ),
    "en": re.findall(
        r"\w+",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February April June July September October",
    ),
}


def _day_words(source: str, target: str, pair: LangPair) -> list[tuple[re.Match[str], int]]:
    """Weekdays and months without a day in digits of the target that stand in the source, too, and their numbers."""
    here, there = DAYS[pair.source], DAYS[pair.target]
    found = []
    for match in re.finditer(rf"(?<!\w)(?:{'|'.join(there)})(?!\w)", target):
        number = there.index(match.group())
        around = target[max(0, match.start() - 6) : match.end() + 6]
        if re.search(rf"(?<!\w){here[number]}", source) and (number < 7 or not re.search(r"\d", around)):
            found.append((match, number))
    return found


def drop_day(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    found = _day_words(source, target, pair)
    if not found:
        return None
    match, _ = rng.choice(found)
    rest = target[: match.start()].rstrip() + " " + target[match.end() :].lstrip()
    return None if match.group().lower() in rest.lower() else rest


def change_day(source: str, target: str, pair: LangPair, rng: random.Random) -> str | None:
    found = _day_words(source, target, pair)
    if not found:
        return None
    match, number = rng.choice(found)
    same_kind = DAYS[pair.target][:7] if number < 7 else DAYS[pair.target][7:]
    other = rng.choice([word for word in same_kind if word.lower() not in target.lower()] or [match.group()])
    text = target[: match.start()] + other + target[match.end() :]
    return None if match.group().lower() in text.lower() else text


def lose_tag(segment: Segment, hyp: Translation, pair: LangPair, rng: random.Random) -> Case | None:
    return replace(segment, marks=(_mark(rng, segment.source, 1),)), hyp


def add_tag(segment: Segment, hyp: Translation, pair: LangPair, rng: random.Random) -> Case | None:
    return segment, replace(hyp, marks=(_mark(rng, hyp.target, 1),))


def cross_tags(segment: Segment, hyp: Translation, pair: LangPair, rng: random.Random) -> Case | None:
    if len(hyp.target) < 12 or len(segment.source) < 12:
        return None
    a, b = (Mark(i, MarkKind.PAIR, Span(0, 0), f"<{i}>", f"</{i}>", "span") for i in (1, 2))
    source = (replace(a, span=Span(0, 10)), replace(b, span=Span(2, 6)))
    return replace(segment, marks=source), replace(
        hyp, marks=(replace(a, span=Span(0, 6)), replace(b, span=Span(3, 9)))
    )


def change_code(segment: Segment, hyp: Translation, pair: LangPair, rng: random.Random) -> Case | None:
    mark = Mark(1, MarkKind.VOID, Span(0, 0), "`git pull`", "", "code", False, "git pull")
    return replace(segment, marks=(mark,)), replace(hyp, marks=(replace(mark, open="`git Pull`", shown="git Pull"),))


KINDS = (
    Kind("number: digit changed", ("MTP301", "MTP302", "MTP303"), "error", _target(change_digit)),
    Kind("number: lost", ("MTP301", "MTP302", "MTP303"), "error", _target(drop_number)),
    Kind("number: decimal mark lost", ("MTP301", "MTP302", "MTP303"), "error", _target(break_separator)),
    Kind("number: two swapped", ("MTP301", "MTP302", "MTP303"), "warning", _target(swap_numbers)),
    Kind("currency changed", ("MTP303",), "error", _target(change_currency)),
    Kind("per cent to euro", ("MTP303",), "error", _target(change_percent)),
    Kind("weekday or month changed", ("MTP305",), "error", _target(change_day)),
    Kind("weekday or month lost", ("MTP305",), "warning", _target(drop_day)),
    Kind("address changed or lost", ("MTP304",), "error", _with_literal(ADDRESS)),
    Kind("placeholder changed or lost", ("MTP204",), "error", _with_literal(PLACEHOLDER)),
    Kind("tag lost", ("MTP201",), "error", lose_tag),
    Kind("tag added", ("MTP202",), "error", add_tag),
    Kind("tags crossed", ("MTP203",), "error", cross_tags),
    Kind("code changed", ("MTP204",), "error", change_code),
    Kind("empty", ("MTP401",), "error", _target(empty)),
    Kind("copy of the source", ("MTP402", "MTP403"), "error", _target(copy_source)),
    Kind("sentence of the source language", ("MTP402", "MTP403"), "error", _target(other_sentence)),
    Kind("sentence of a third language", ("MTP403",), "error", _target(foreign)),
    Kind("loop", ("MTP405",), "error", _target(loop)),
    Kind("unknown character", ("MTP409",), "error", _target(unknown)),
    Kind("wrong encoding", ("MTP409",), "error", _target(mojibake)),
    Kind("clause twice", ("MTP405",), "warning", _target(repeat_clause)),
    Kind("last third cut off", ("MTP404", "MTP406"), "warning", _target(cut_tail)),
    Kind("second half cut off, full stop kept", ("MTP404",), "warning", _target(cut_half)),
    Kind("six words left untranslated", ("MTP402", "MTP403"), "warning", _target(leave_span)),
    Kind("negation deleted", ("MTP407",), "warning", _target(delete_negation)),
    Kind("glossary name distorted", ("MTP101", "MTP102", "MTP103"), "error", distort_glossary_name),
    Kind("name distorted", ("MTP105",), "warning", _target(distort_name)),
    Kind("bracket dropped", ("MTP205",), "warning", _target(drop_bracket)),
    Kind("quotes of the other language", ("MTP501",), "warning", _target(foreign_quotes)),
    Kind("word doubled", ("MTP502",), "warning", _target(double_word)),
    Kind("question mark lost", ("MTP504",), "warning", _target(end_mark)),
    Kind("small first letter", ("MTP506",), "warning", _target(small_start)),
    Kind("double space", ("MTP503",), "info", _target(double_space)),
    Kind("space before a comma", ("MTP503",), "info", _target(space_before)),
)


# --- measuring --------------------------------------------------------------------------------------------------------


def read_pairs(path: Path, pair: LangPair) -> list[Case]:
    """Segments and clean translations of a file."""
    cases = []
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        sides = [(row["source"].strip(), row["reference"].strip()) for row in rows if row["src_lang"] == pair.source]
        return [
            (Segment(f"s{i}", source, line=i + 1), Translation(f"s{i}", target))
            for i, (source, target) in enumerate(sides)
            if source and target
        ]
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        lines = file.read().splitlines()
    for i, line in enumerate(lines):
        columns = line.split("\t")
        if len(columns) != 2 or not all(column.strip() for column in columns):
            continue
        german, english = (column.strip() for column in columns)
        source, target = (german, english) if pair.source == "de" else (english, german)
        cases.append((Segment(f"s{i}", source, line=i + 1), Translation(f"s{i}", target)))
    return cases


NUMBER_RULES = ("MTP301", "MTP302", "MTP303")


def read_verdicts(path: Path) -> dict[tuple[str, int], str]:
    """Verdicts by file name and line: "differs" where the two sides really say different numbers, else "false"."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["file"], int(row["line"])): row["verdict"] for row in csv.DictReader(file)}


def directions(path: Path, both: bool) -> Iterator[LangPair]:
    own = LangPair("en", "de") if "en-de" in path.name else LangPair("de", "en")
    yield own
    if both:
        yield LangPair(own.target, own.source)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refs", nargs="+", type=Path, required=True, help="TSV files: German, tab, English")
    parser.add_argument("--both", action="store_true", help="every file in both directions")
    parser.add_argument(
        "--lines", nargs=2, type=int, metavar=("FIRST", "LAST"), help="only these lines of every file, from 1"
    )
    parser.add_argument("--ignore", nargs="*", default=[], help="prefixes of rules to leave out")
    parser.add_argument("--select", nargs="*", default=[], help="prefixes of rules to run")
    parser.add_argument("--show", nargs="*", default=[], metavar="CODE|KIND", help="print cases: false alarms, misses")
    parser.add_argument("--limit", type=int, default=15, help="cases to print for each --show")
    parser.add_argument("--ratios", action="store_true", help="print percentiles of the length ratio and stop")
    parser.add_argument(
        "--verdicts",
        type=Path,
        default=Path(__file__).parent / "number_alarms.csv",
        help="what we found on reading the clean pairs whose numbers are reported as errors",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the results to this file")
    args = parser.parse_args(argv)

    found, made = Counter[str](), Counter[str]()
    alarms, rule_severity = Counter[str](), defaultdict[str, Counter[str]](Counter)
    clean = 0
    verdicts = read_verdicts(args.verdicts)
    judged = Counter[str]()
    any_alarm = Counter[str]()
    shown = Counter[str]()
    ratios: defaultdict[LangPair, list[float]] = defaultdict(list)
    spent, characters = 0.0, 0

    def show(key: str, *lines: object) -> None:
        if any(key.startswith(wanted) for wanted in args.show) and shown[key] < args.limit:
            shown[key] += 1
            print(f"[{key}]", *lines, sep="\n    ")

    kinds = [k for k in KINDS if not args.select or any(r.startswith(s) for r in k.rules for s in args.select)]
    kinds = [k for k in kinds if not all(any(r.startswith(s) for s in args.ignore) for r in k.rules)]
    for path in args.refs:
        for pair in directions(path, args.both):
            rng = random.Random(f"{args.seed} {path.name} {pair}")
            cases = read_pairs(path, pair)
            if args.lines:
                cases = [case for case in cases if args.lines[0] <= (case[0].line or 0) <= args.lines[1]]
            for first in range(0, len(cases), DOCUMENT):
                document = cases[first : first + DOCUMENT]
                context = CheckContext(
                    select=args.select,
                    ignore=args.ignore,
                    copied=copied_names([s for s, _ in document], [t for _, t in document]),
                )
                for segment, hyp in document:
                    if args.ratios:
                        if len(segment.source) >= 40:
                            ratios[pair].append(len(hyp.target) / len(segment.source))
                        continue
                    start = time.perf_counter()
                    before = check_segment(segment, hyp, pair, context=context)
                    errors = [f.rule for f in before if f.severity == "error" and f.rule in NUMBER_RULES]
                    if errors:
                        verdict = verdicts.get((path.name, segment.line or 0), "not read")
                        judged[verdict] += 1
                        show("verdict", f"{path.name},{segment.line},{verdict}", segment.source, hyp.target)
                    spent += time.perf_counter() - start
                    characters += len(segment.source) + len(hyp.target)
                    clean += 1
                    _count_alarms(before, alarms, rule_severity, any_alarm)
                    for finding in before:
                        show(finding.rule, finding.severity + ": " + finding.message, segment.source, hyp.target)
                    known = {f.rule for f in before}
                    for kind in kinds:
                        injected = kind.make(segment, hyp, pair, rng)
                        if injected is None or known & set(kind.rules):
                            continue
                        made[kind.name] += 1
                        problems = term_problems([injected[0]], [injected[1]], Glossary(), pair)
                        after = check_segment(
                            *injected, pair, context=replace(context, terms=problems.get(injected[0].id, ()))
                        )
                        hit = any(
                            f.rule in kind.rules and (kind.severity != "error" or f.severity == "error") for f in after
                        )
                        found[kind.name] += hit
                        if not hit:
                            show(kind.name, injected[0].source, injected[1].target)
    if args.ratios:
        for pair, values in ratios.items():
            values.sort()
            marks = {
                p: values[int(p / 100 * (len(values) - 1))] for p in (0.1, 0.25, 0.5, 1, 50, 99, 99.5, 99.75, 99.9)
            }
            print(pair, len(values), " ".join(f"{p}%={v:.3f}" for p, v in marks.items()))
        return 0

    print(f"\n{'injected error':38} {'goal':8} {'found':>12} {'recall':>8}   95 % interval")
    for kind in kinds:
        low, high = wilson(found[kind.name], made[kind.name])
        share = found[kind.name] / made[kind.name] if made[kind.name] else 0.0
        count = f"{found[kind.name]}/{made[kind.name]}"
        print(f"{kind.name:38} {kind.severity:8} {count:>12} {share:8.1%}   {low:.1%} – {high:.1%}")
    print(f"\n{'rule':30} {'clean pairs reported':>22} {'share':>8}   95 % interval    error warning info")
    for code in RULES:
        if not alarms[code]:
            continue
        low, high = wilson(alarms[code], clean)
        by = rule_severity[code]
        print(
            f"{code} {RULES[code].name:23} {f'{alarms[code]}/{clean}':>22} {alarms[code] / clean:8.2%}   "
            f"{low:.2%} – {high:.2%}   {by['error']:5} {by['warning']:7} {by['info']:4}"
        )
    for severity in ("error", "warning", "info"):
        low, high = wilson(any_alarm[severity], clean)
        print(
            f"any {severity:8}: {any_alarm[severity]}/{clean} = {any_alarm[severity] / clean:.2%} "
            f"({low:.2%} – {high:.2%})"
        )
    for verdict, count in sorted(judged.items()):
        low, high = wilson(count, clean)
        print(f"numbers reported as errors, {verdict}: {count}/{clean} = {count / clean:.2%} ({low:.2%} – {high:.2%})")
    print(
        f"{spent / clean * 1000:.2f} ms a segment, "
        f"{characters / max(spent, 1e-9) / 1e6:.2f} million characters a second"
    )
    if args.json:
        result = {
            "clean": clean,
            "recall": {k.name: [found[k.name], made[k.name]] for k in kinds},
            "alarms": {code: dict(rule_severity[code]) for code in sorted(alarms)},
        }
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def _count_alarms(
    findings: Sequence[Finding],
    alarms: Counter[str],
    by_severity: defaultdict[str, Counter[str]],
    any_alarm: Counter[str],
) -> None:
    """One count a rule, a rule and severity, and a severity, however many findings there are."""
    alarms.update({f.rule for f in findings})
    for rule, severity in {(f.rule, str(f.severity)) for f in findings}:
        by_severity[rule][severity] += 1
    any_alarm.update({str(f.severity) for f in findings})


if __name__ == "__main__":
    sys.exit(main())
