"""MTP5xx: quotes, spaces, apostrophes, capitals and the end of the sentence, as the target language writes them.

`typography_edits` knows the repairs that need no thought; `fix_typography` applies them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mt_publish.quality.checks.reading import OBJECT, PROTECTED, Case, inside, quote, wordset
from mt_publish.types import Finding, Lang, Severity, Span

_QUOTES: dict[Lang, tuple[str, str, str, str]] = {"de": ("„", "“", "‚", "‘"), "en": ("“", "”", "‘", "’")}
"""Opening and closing, double and single."""
_DOUBLE = '„“”«»"‟'
# A single mark is a quote only where it cannot be an apostrophe.
_LOW_SINGLE = re.compile(r"(?<!\w)‚(?=\w)([^‚„\n]{1,200}?)[‘'’](?!\w)")
_INNER_ACCENT = re.compile(r"(?<=[^\W\d_])[`´‘‛](?=[^\W\d_]{1,3}\b)")
_SPACE_BEFORE = re.compile(r"(?<=[^\s.(\[])(?!(?<=\d)[ \u00a0]+:)[ \u00a0]+(?=[,;:!?.](?![\w.:;()-])|[)\]])")
_SPACE_AFTER = re.compile(r"(?<=[(\[])[ ]+(?=[^\s)\]])")
_DOUBLE_SPACE = re.compile(r"(?<=\S) {2,}(?=\S)")
_GERMAN_GENITIVE = re.compile(r"\b([A-ZÄÖÜ][\wäöüß]*[^\W\d_sxzßSXZ])['’]s\b")

WRITTEN_SMALL = frozenset(("dpa", "epd", "taz", "adidas", "dm"))
"""Names that begin small even at the beginning of a sentence."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A repair: what to write in place of a range of the text."""

    span: Span
    text: str


def typography_edits(text: str, lang: Lang, *, straight_quotes: bool = False) -> tuple[Edit, ...]:
    """The typographic repairs that are sure, in order and disjoint.

    Double spaces, spaces before punctuation and inside brackets, accents for apostrophes, and quotation marks of the
    other language where all of them in the text pair up. Spaces that align columns, addresses, code, tags and
    placeholders are not touched.

    Args:
        text: Plain text of one sentence or block.
        lang: The language it is in.
        straight_quotes: Also turn straight double quotes into those of the language.
    """
    edits: list[Edit] = []
    if not _has_columns(text):
        spaces = ((_DOUBLE_SPACE, " "), (_SPACE_BEFORE, ""), (_SPACE_AFTER, ""))
        edits += [Edit(Span(m.start(), m.end()), new) for pattern, new in spaces for m in pattern.finditer(text)]
    edits += [Edit(Span(m.start(), m.end()), "’") for m in _INNER_ACCENT.finditer(text)]
    edits += _quote_edits(text, lang, straight_quotes)
    protected = tuple(Span(m.start(), m.end()) for m in PROTECTED.finditer(text))
    edits.sort(key=lambda e: e.span)
    disjoint: list[Edit] = []
    for edit in edits:
        if not inside(edit.span, protected) and (not disjoint or disjoint[-1].span.end <= edit.span.start):
            disjoint.append(edit)
    return tuple(disjoint)


def _has_columns(text: str) -> bool:
    """Whether spaces align columns: four or more in one place, or fewer in text that is no sentence."""
    runs = [match for match in _DOUBLE_SPACE.finditer(text) if text[match.start() - 1] not in ".!?:"]
    widest = max((match.end() - match.start() for match in runs), default=0)
    sentence = text.rstrip("\"'“”„‘’»«)*_ ").endswith((".", "!", "?", "…"))
    return widest > 3 or (not sentence and (widest > 2 or len(runs) > 1))


def fix_typography(text: str, lang: Lang, *, straight_quotes: bool = False) -> str:
    """`text` with the sure repairs of `typography_edits`; doing it twice changes nothing more."""
    # A repair may make room for one more (a space that hid a double space), so go on until nothing changes.
    for _ in range(4):
        parts: list[str] = []
        at = 0
        for edit in typography_edits(text, lang, straight_quotes=straight_quotes):
            parts += (text[at : edit.span.start], edit.text)
            at = edit.span.end
        if not parts:
            break
        text = "".join((*parts, text[at:]))
    return text


def _quote_edits(text: str, lang: Lang, straight: bool) -> list[Edit]:
    edits: list[Edit] = []
    pairs = quote_pairs(text)
    if pairs is not None:
        opening, closing, *_ = _QUOTES[lang]
        for start, end in pairs:
            if text[start] == '"' and not straight:
                continue
            if text[start] in "«»" and lang == "de":
                continue
            edits += [Edit(Span(at, at + 1), q) for at, q in ((start, opening), (end, closing)) if text[at] != q]
    if lang == "en":
        for match in _LOW_SINGLE.finditer(text):
            edits.append(Edit(Span(match.start(), match.start() + 1), "‘"))
            if text[match.end() - 1] != "’":
                edits.append(Edit(Span(match.end() - 1, match.end()), "’"))
    return edits


def quote_pairs(text: str) -> tuple[tuple[int, int], ...] | None:
    """Places of the double quotation marks of a text as (opening, closing), None when they do not pair up.

    A mark opens at the start of a word and closes at the end of one; pairs are not nested in each other.
    """
    alone = text.count('"') == 1
    places = [i for i, c in enumerate(text) if c in _DOUBLE and not (alone and _is_inch(text, i))]
    if len(places) % 2:
        return None
    pairs = tuple(zip(places[::2], places[1::2], strict=True))
    for start, end in pairs:
        if text[start] == "„" or text[end] == "„":
            if text[end] == "„":
                return None
            continue
        before = text[start - 1] if start else " "
        after = text[end + 1] if end + 1 < len(text) else " "
        if before.isalnum() or after.isalnum():
            return None
    return pairs


def _is_inch(text: str, at: int) -> bool:
    return text[at] == '"' and at > 0 and text[at - 1].isdigit()


# --- checks -----------------------------------------------------------------------------------------------------------


def check_quotes(case: Case) -> Iterator[Finding]:
    """MTP501: quotation marks of another language, or without a partner."""
    text, lang = case.target.prose, case.pair.target
    if not any(c in text for c in _DOUBLE) and "‚" not in text:
        return
    opening, closing, *_ = _QUOTES[lang]
    edits = {e.span.start: e for e in _quote_edits(text, lang, straight=_is_typographic(case.source.prose))}
    pairs = quote_pairs(text)
    reported = False
    for start, end in pairs or ():
        wrong = [at for at in (start, end) if at in edits]
        if wrong:
            reported = True
            straight = text[start] == text[end] == '"'
            inner = case.target.text[start + 1 : end]
            yield case.finding(
                "MTP501",
                f"quotation marks {text[start]}…{text[end]} should be {opening}…{closing}",
                severity=Severity.INFO if straight else None,
                target=(start, end + 1),
                suggestion=opening + inner + closing,
            )
    for match in _LOW_SINGLE.finditer(text) if lang == "en" else ():
        reported = True
        yield case.finding(
            "MTP501",
            "quotation marks ‚…‘ should be ‘…’",
            target=match.span(),
            suggestion=f"‘{case.target.text[match.start() + 1 : match.end() - 1]}’",
        )
    if reported or pairs is not None:
        return
    for match in _ALIEN[lang].finditer(text):
        right = opening if match.group() in _OPENS[lang] else closing
        reported = True
        yield case.finding(
            "MTP501",
            f"quotation mark {match.group()} should be {right}",
            target=match.span(),
            suggestion=right,
        )
    if reported:
        return
    ours = case.source.prose
    if sum(c in _DOUBLE for c in ours) % 2 == 0 and sum(c in _DOUBLE for c in text) % 2:
        at = next(i for i, c in enumerate(text) if c in _DOUBLE)
        yield case.finding("MTP501", "a quotation mark has no partner, in the source all have one", target=(at, at + 1))


# A mark that is wrong wherever its partner is: a low one in English; in German a high one that opens or ends in nines.
_ALIEN: dict[Lang, re.Pattern[str]] = {
    "de": re.compile(r"”|(?:(?<=\s)|^)“(?=\w)"),
    "en": re.compile(r"„|(?<=[\w.,!?])“(?=[\s.,;:!?)]|$)"),
}
_OPENS: dict[Lang, str] = {"de": "“", "en": "„"}


def _is_typographic(text: str) -> bool:
    return '"' not in text and any(c in text for c in "„“”")


_MAY_DOUBLE: dict[Lang, frozenset[str]] = {
    "de": wordset("die der das sie"),
    "en": wordset("that had"),
}


def check_doubled(case: Case) -> Iterator[Finding]:
    """MTP502: a word twice in a row, with only spaces between."""
    pairs = {a.lower for a, b in pairwise(case.source.words) if a.lower == b.lower}
    words = case.target.words
    text = case.target.text
    for i, (a, b) in enumerate(pairwise(words)):
        if a.lower != b.lower or pairs or not a.text[0].isalpha() or not text[a.span.end : b.span.start].isspace():
            continue
        if a.text in _MAY_DOUBLE[case.pair.target]:
            continue
        if i + 2 < len(words) and words[i + 2].lower == a.lower:
            return  # a loop, which MTP405 reports
        yield case.finding(
            "MTP502",
            f"the word {quote(a.text)} stands twice",
            target=(a.span.start, b.span.end),
            suggestion=a.text,
        )


def check_spacing(case: Case) -> Iterator[Finding]:
    """MTP503: double spaces and spaces on the wrong side of punctuation that the source does not have."""
    source, target = case.source.prose, case.target.prose
    for pattern, what, new in (
        (_DOUBLE_SPACE, "double space", " "),
        (_SPACE_BEFORE, "space before {0}", ""),
        (_SPACE_AFTER, "space after {0}", ""),
    ):
        match = pattern.search(target)
        if match is None or pattern.search(source):
            continue
        beside = target[match.start() - 1] if pattern is _SPACE_AFTER else target[match.end() : match.end() + 1]
        yield case.finding("MTP503", what.format(quote(beside)), target=match.span(), suggestion=new)


_TAIL = 200
"""Characters at the end that are looked at; closing marks that go on for longer mean nothing."""
_ENDING = re.compile(r"([.!?…:;,]+)?[\s\"'“”„‘’‚»«›‹)\]*_]*$")
_CLASS = {
    "?": "question",
    "!": "exclamation",
    ".": "stop",
    "…": "ellipsis",
    ":": "colon",
    ";": "semicolon",
    ",": "comma",
}


def check_ending(case: Case) -> Iterator[Finding]:
    """MTP504: the sentence ends in another class of punctuation."""
    source, target = _ending(case.source.prose), _ending(case.target.prose)
    if source[0] == target[0] or not case.target.words or not case.source.words:
        return
    kinds = {source[0], target[0]}
    if kinds <= {"stop", "exclamation", "ellipsis", "", "semicolon", "comma"}:
        severity = Severity.INFO
        if "" in kinds:
            return  # MTP406 looks at lost ends; headlines take a full stop or none
    else:
        severity = Severity.WARNING
    mark, other = source[1] or "no punctuation", target[1] or "no punctuation"
    yield case.finding(
        "MTP504",
        f"the source ends in {mark}, the translation in {other}",
        severity=severity,
        target=(max(0, len(case.target.text) - 3), len(case.target.text)),
    )


_CLOSED = re.compile(r"[.!?…][\"'“”„‘’‚»«›‹)\]*_]*\s*$")


def _ending(text: str) -> tuple[str, str]:
    """Class and marks of the end; ("", "") where code or an address is the last word of the sentence.

    What follows a full stop (a footnote, a picture) belongs to no sentence and is looked through.
    """
    tail = text.rstrip()[-_TAIL:]
    bare = tail.rstrip(OBJECT + " \u00a0")
    if OBJECT in tail[len(bare) :] and not _CLOSED.search(bare):
        return "", ""
    match = _ENDING.search(bare.replace(OBJECT, " "))
    marks = match.group(1) if match else None
    if not marks:
        return "", ""
    if "?" in marks:
        return "question", marks
    if "..." in marks:
        return "ellipsis", marks
    return _CLASS[marks[-1]], marks


def check_apostrophe(case: Case) -> Iterator[Finding]:
    """MTP505: accents for apostrophes, English genitives in German."""
    text = case.target.prose
    known = set(case.source.prose)
    for match in _INNER_ACCENT.finditer(text):
        if match.group() not in known:
            yield case.finding(
                "MTP505", f"{quote(match.group())} is no apostrophe", target=match.span(), suggestion="’"
            )
            break
    if case.pair.target == "de" and ("'s" in text or "’s" in text):
        source_words = {w.lower for w in case.source.words}
        for match in _GERMAN_GENITIVE.finditer(text):
            # Brands keep their apostrophe and stand with one all over the source; a genitive is one among others.
            if match.group().lower().replace("’", "'") in source_words and match.group(1).lower() in _BRANDS:
                continue
            if inside(Span(*match.span()), case.target.quoted):
                continue
            yield case.finding(
                "MTP505",
                f"German writes {quote(match.group(1) + 's')}, not {quote(match.group())}",
                target=match.span(),
                suggestion=match.group(1) + "s",
            )


_BRANDS = wordset("mcdonald levi wendy macy kellogg lay moody christie sotheby domino denny sainsbury lloyd")


def check_start(case: Case) -> Iterator[Finding]:
    """MTP506: a small letter at the start where the source has a capital one."""
    first, other = _first_letter(case.source.prose), _first_letter(case.target.prose)
    if first is None or other is None:
        return
    source, target = case.source.text, case.target.text
    if not source[first].isupper() or not target[other].islower():
        return
    word = re.match(r"[\w-]+", target[other:])
    # iPhone, eBay, mRNA: a capital letter further on says that the small one is meant; a name may be copied.
    if word is None or any(c.isupper() or c.isdigit() for c in word.group().split("-")[0]):
        return
    if word.group() in WRITTEN_SMALL:
        return
    copied = word.group() in {w.text for w in case.source.words}
    if copied and (len(word.group()) > 3 or word.group() in _PARTICLES):
        return
    yield case.finding(
        "MTP506",
        f"the sentence starts with a small letter: {quote(word.group())}",
        target=(other, other + 1),
        suggestion=target[other].upper(),
    )


_PARTICLES = wordset("von van de der den di da du la le al el bin ibn zu")


def _first_letter(text: str) -> int | None:
    """Place of the first letter when nothing but opening marks stand before it."""
    match = re.match(r"[\s\"'“”„‘’‚»«›‹(\[*_\ufffc–-]*", text)
    at = match.end() if match else 0
    return at if at < len(text) and text[at].isalpha() and OBJECT not in text[:at] else None
