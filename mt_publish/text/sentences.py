"""Sentence splitting for German and English news text: where one sentence ends and the next begins.

A full stop ends a sentence only when nothing else explains it: an abbreviation, an ordinal („Am 3. Oktober“), a Roman
numeral after a name („Ludwig XIV. war“), an initial. In German the case of the next word says little, because nouns are
capitalised; there the next word must look like the beginning of a sentence wherever the stop has another explanation.
Rules, not a model: a wrong break can be traced to one line of this file.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from mt_publish.text.lexicon import (
    ABBREVIATIONS,
    AFTER_CLOCK,
    AFTER_NAME,
    AFTER_NOUN,
    AFTER_TIME_UNIT,
    DETERMINERS,
    FIXED_ABBREVIATIONS,
    LETTERED_NOUNS,
    NO_VERBS,
    NUMBERED_HEADS,
    NUMBERED_NOUNS,
    OPENINGS,
    ORDINAL_NOUNS,
    STARTERS,
    Abbreviation,
)
from mt_publish.types import Lang, Span

_OPENERS: Final = frozenset("([{\"'„“‚‘«»‹›”’¿¡")
_CLOSERS: Final = frozenset(")]}\"'“”‘’»«›‹*_")
_OPENING: Final = "".join(sorted(_OPENERS)) + " \t"
_DASHES: Final = frozenset("-–—•·*")
_QUOTES: Final = frozenset("\"'“”‘’»«›‹")
_MAX_PARENTHESIS: Final = 400
"""Longest parenthesis, in code points, that is kept whole; a longer one is likely unbalanced."""
_CLUBS: Final = frozenset(("FC", "FCs", "FSV", "FFC", "SC", "SV", "TSV", "VfL", "VfB", "VfR", "Bundesliga", "Liga"))
"""German names of clubs and leagues begin with an ordinal in English text as well: 1. FC Köln, the 2. Bundesliga."""
_DEGREES: Final = frozenset(("h c", "Dr h c", "Dr med", "Dr phil", "Dr rer nat", "e h"))
"""Titles that may also end a sentence: "Er wurde Dr. h. c. Der Senat stimmte zu."."""
_COUNTRIES: Final = frozenset(("U.S", "U.S.A", "U.K", "U.N", "U.A.E", "U.S.S.R", "E.U"))
"""What has an article when it is no part of a longer name."""
_LOOK: Final = 48
"""Code points looked at on either side of a stop; no word that matters is longer. Keeps the whole linear."""


@cache
def _paragraph_break() -> re.Pattern[str]:
    return re.compile(r"(?:\r\n?+|\n)[^\S\r\n]*+(?:\r|\n)\s*+|\u2029\s*+")


@cache
def _landmarks() -> re.Pattern[str]:
    return re.compile(r"[.!?…‽]++|[()]")


@cache
def _footnote() -> re.Pattern[str]:
    return re.compile(r"\[[0-9a-z]{1,3}\]|[¹²³⁴-⁹⁰]{1,3}")


@cache
def _word() -> re.Pattern[str]:
    return re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


@cache
def _roman() -> re.Pattern[str]:
    return re.compile(r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")


@cache
def _dotted() -> re.Pattern[str]:
    return re.compile(r"[^\W\d_]{1,3}(?:\.-?[^\W\d_]{1,3})+")


@cache
def _zone() -> re.Pattern[str]:
    """A time zone after an English time of day: 10 a.m. Moscow time."""
    return re.compile(r"(?!Next|Last|Full|Some|This|That|Any|Each|Every)[A-Z]\w+(?:[ -][A-Z]\w+)? [Tt]ime\b")


@cache
def _fixed(lang: Lang) -> re.Pattern[str]:
    """Abbreviations of several parts, with or without spaces, at the end of a stretch of text."""
    parts = (
        r"\.\s?".join(re.escape(part) for part in phrase.split())
        for phrase in sorted(FIXED_ABBREVIATIONS[lang], key=len, reverse=True)
    )
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(parts)})\Z")


def _last_part(token: str) -> str:
    return token.rsplit(".", 1)[-1].lstrip("*_-")


@cache
def _last_parts(lang: Lang) -> frozenset[str]:
    """What abbreviations of several parts end in: a cheap test that saves most searches for them."""
    return frozenset(phrase.split()[-1] for phrase in FIXED_ABBREVIATIONS[lang])


@cache
def _reporting() -> re.Pattern[str]:
    """An English reporting clause with a name in front: “Is it true?” Mr. Smith asked."""
    verbs = (
        "said|says|asked|asks|added|adds|wrote|writes|told|shouted|cried|replied|replies|tweeted|wondered|exclaimed|"
        "demanded|called|yelled|screamed|whispered|answered|quipped|joked|recalled|continued|insisted|responded|posted|"
        "snapped|began|repeated|muttered|murmured|thought|sighed|laughed|begged|barked|roared|bellowed|mumbled|gasped|"
        "hissed|interrupted|protested|admitted|inquired|enquired|pleaded|announced|warned|explained|remarked|suggested"
    )
    pronoun = r"(?:He|She|It|They|We|You|The|A|An|This|That|These|Those|His|Her|Their|My|Our|Your|Nobody|Everyone)\b"
    name = r"(?:I\b|(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Sgt|Lt|Col|Capt)\.|[A-Z]\.|[A-Z][\w'’-]+)"
    return re.compile(rf"(?!{pronoun}){name}(?:\s(?:{name}|of|de|van|von|der)){{0,4}}\s(?:{verbs})\b")


def split_sentences(text: str, lang: Lang) -> tuple[Span, ...]:
    """Ranges of `text` that are one sentence each, in order, without the white space around them.

    Everything that is not white space lies in exactly one range. A line break is white space like any other; a blank
    line always ends a sentence. Runs in linear time.

    Args:
        text: Plain text; usually one block of a document.
        lang: Language of the text; decides abbreviations, ordinals and what may begin a sentence.

    Returns:
        The ranges; empty when `text` is empty or white space only.
    """
    spans: list[Span] = []
    start = 0
    for gap in _paragraph_break().finditer(text):
        _split_paragraph(text, start, gap.start(), lang, spans)
        start = gap.end()
    _split_paragraph(text, start, len(text), lang, spans)
    return tuple(spans)


def _split_paragraph(text: str, start: int, end: int, lang: Lang, spans: list[Span]) -> None:
    """Append the sentences of ``text[start:end]``, which has no blank line inside."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return
    marks = list(_landmarks().finditer(text, start, end))
    closing = _parentheses(text, marks)
    sentence = start
    shut = start  # no break before this position: end of a parenthesis that opened inside the sentence
    for mark in marks:
        if text[mark.start()] == "(":
            stop = closing.get(mark.start(), 0)
            if mark.start() > sentence + 1 and stop > shut and stop - mark.start() <= _MAX_PARENTHESIS:
                shut = stop
            continue
        if text[mark.start()] == ")" or mark.end() <= shut:
            continue
        tail = _skip_closers(text, mark.end(), end)
        following = tail
        while following < end and text[following].isspace():
            following += 1
        if following == end:
            break
        if following == tail:
            continue
        if _ends_sentence(text, sentence, mark.start(), mark.end(), tail, following, end, lang):
            spans.append(Span(sentence, tail))
            sentence = following
    spans.append(Span(sentence, end))


def _parentheses(text: str, marks: list[re.Match[str]]) -> dict[int, int]:
    """Positions of opening parentheses, each with the position of the one that closes it."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for mark in marks:
        char = text[mark.start()]
        if char == "(":
            stack.append(mark.start())
        elif char == ")" and stack:
            pairs[stack.pop()] = mark.start()
    return pairs


def _skip_closers(text: str, at: int, end: int) -> int:
    """The position after quotes, brackets and footnote marks that belong to the stop before `at`."""
    while at < end:
        if text[at] in _CLOSERS:
            at += 1
        elif note := _footnote().match(text, at, end):
            at = note.end()
        else:
            break
    return at


def _ends_sentence(
    text: str, sentence: int, stop: int, stop_end: int, tail: int, following: int, end: int, lang: Lang
) -> bool:
    """Whether the stop at ``text[stop:stop_end]`` ends the sentence that began at `sentence`.

    `tail` is the position after closing quotes, `following` the first code point after the white space.
    """
    at = following
    limit = min(end, following + _LOOK)
    while at < limit and (text[at] in _OPENERS or text[at] in _DASHES or text[at].isspace()):
        at += 1
    opened = at > following
    match = _word().match(text, at, limit)
    word = match.group() if match else ""
    first = word[:1]
    if first.islower() and not any(char.isupper() for char in word[1:3]):  # iPhone, eBay
        return len(word) == 1 and text[at + 1 : at + 3] == ") "  # "a) Switch off the power. b) Remove"
    if text[following] in ".!?…":  # ". . ." and " !"
        return False
    if text[following].isdigit() and _next_item(text, sentence, following, end):
        return True
    mark = text[stop:stop_end]
    quoted = any(char in _QUOTES for char in text[stop_end:tail])
    starter = _begins_sentence(text, at, word, end, lang)
    if mark == "…" or mark.startswith(".."):
        return _ends_after_ellipsis(text, sentence, stop, word, starter)
    if mark != ".":
        if quoted and lang == "en" and not opened:
            return not _reporting().match(text, at, min(end, at + 80))
        return not _exclaimed_name(text, stop, stop_end, tail)
    if text[stop_end:tail].strip("*_"):  # ." or .): rather a sentence than an abbreviation in quotes
        token = _token_before(text, sentence, stop)
        if (len(token) == 1 or token.isdigit()) and not _head(text, sentence, stop - len(token)):
            return False  # list marker: "1.) Der"
        rule = ABBREVIATIONS[lang].get(token)
        return rule is not Abbreviation.NEVER or starter
    return _ends_after_full_stop(text, sentence, stop, at, word, starter, opened, lang)


@cache
def _item() -> re.Pattern[str]:
    return re.compile(r"([0-9]{1,2})[.)]\s+(?=[^\W\d_])")


def _next_item(text: str, sentence: int, following: int, end: int) -> bool:
    """Whether the sentence is a numbered item and the next number is the one of the next item."""
    this, following_item = _item().match(text, sentence, end), _item().match(text, following, end)
    return bool(this and following_item and int(this[1]) + 1 == int(following_item[1]))


def _begins_sentence(text: str, at: int, word: str, end: int, lang: Lang) -> bool:
    """Whether `word` at `at` typically begins a sentence, as far as it and the word behind it tell."""
    if word in STARTERS[lang]:
        return True
    if lang == "en" or len(word) < 6 or not word[0].isupper():
        return False
    after = at + len(word) + 1  # an inflected adjective before its noun: "Genauere Zahlen"
    return after < end and text[after].isupper() and bool(_adjective().fullmatch(word))


def _goes_on(text: str, at: int, word: str, end: int) -> bool:
    """Whether the word is a subject with its verb, so that a new sentence begins: "… & Finch Ltd. Prices include".

    Words in capitals do not count: "Kessler & Söhne GmbH & Co. KG hat".
    """
    after = at + len(word) + 1
    match = _word().match(text, after, min(end, after + _LOOK))
    follower = match.group() if match else ""
    return (
        word[:1].isupper()
        and not word.isupper()
        and follower[:1].islower()
        and follower not in NO_VERBS
        and word not in AFTER_NAME
    )


def _ends_after_ellipsis(text: str, sentence: int, stop: int, word: str, starter: bool) -> bool:
    if stop == sentence or not _head(text, sentence, stop):
        return False  # "… Der Rest": an ellipsis opens the sentence
    if text[stop - 1] in "([":
        return False
    if word == "I" and len(text[max(sentence, stop - _LOOK) : stop].split()) < 3:
        return False  # "But ... I thought": "I" is capitalised anywhere
    return starter or not text[stop - 1].isspace()


def _exclaimed_name(text: str, stop: int, stop_end: int, tail: int) -> bool:
    """Whether a name that is written with an exclamation mark explains it."""
    names = ("Yahoo!", "Wham!", "Jeopardy!", "Oklahoma!", "Mamma Mia!", "oOh!")
    return tail == stop_end and text[max(0, stop - 9) : stop_end].endswith(names)


def _head(text: str, sentence: int, end: int) -> str:
    """What the sentence has before `end`, without opening marks; only the last part of it when that is long."""
    return text[max(sentence, end - _LOOK) : end].strip(_OPENING)


def _rstrip(text: str, end: int) -> int:
    """The end of ``text[:end]`` without trailing white space; looks back a bounded way."""
    first = max(0, end - _LOOK)
    while end > first and text[end - 1].isspace():
        end -= 1
    return end


def _token_before(text: str, sentence: int, stop: int) -> str:
    """What stands directly before the stop, back to white space or an opening mark."""
    first = max(sentence, stop - _LOOK)
    at = stop
    while at > first and not text[at - 1].isspace() and text[at - 1] not in "/–—":
        if text[at - 1] in _OPENERS and not (text[at - 1] in "'’" and at - 1 > first and text[at - 2].isalnum()):
            break
        at -= 1
    return text[at:stop]


def _ends_after_full_stop(
    text: str, sentence: int, stop: int, at: int, word: str, starter: bool, opened: bool, lang: Lang
) -> bool:
    token = _token_before(text, sentence, stop)
    if not token:
        return True
    begin = stop - len(token)
    number_next = word[:1].isdigit()
    rule = ABBREVIATIONS[lang].get(token)
    if rule is None and _last_part(token) in _last_parts(lang):
        fixed = _fixed(lang).search(text[max(sentence, stop - 16) : stop])
        if fixed:
            phrase = re.sub(r"\.\s?", " ", fixed.group())
            if phrase in _DEGREES:
                return starter
            rule = FIXED_ABBREVIATIONS[lang][phrase]
    if rule is None and lang == "de" and len(token) > 4 and token.endswith(("str", "nr")):
        rule = Abbreviation.NAME if token.endswith("str") else Abbreviation.NUMBER  # Goethestr. 12, Kundennr. 8
    if rule is None and "-" in token:
        rule = ABBREVIATIONS[lang].get(token.rsplit("-", 1)[1])
        if rule is not None and token.rsplit("-", 1)[1][:1].islower() and lang == "en":
            rule = None
    if rule is None and _dotted().fullmatch(token):
        rule = Abbreviation.WEAK
    if token[0].isdigit() and rule is None:
        return _ends_after_number(text, sentence, begin, token, at, word, starter, lang)
    if rule is None and len(token) == 1 and token.isalpha():
        return _ends_after_letter(text, sentence, begin, token, word, starter, number_next, lang)
    whole = not _head(text, sentence, begin)  # nothing before it in the sentence
    if rule is None and whole and _roman().fullmatch(token):
        return False  # "II. Methods"
    if rule is None and lang == "de" and _roman().fullmatch(token):
        return starter or _token_before(text, sentence, _rstrip(text, begin)) in NUMBERED_NOUNS
    if rule is None and _looks_shortened(token):
        rule = Abbreviation.WEAK
    if whole and rule in (Abbreviation.WEAK, Abbreviation.NAME):
        return False  # "P.S. I forgot"
    if (
        lang == "en"
        and rule is Abbreviation.WEAK
        and token.isupper()
        and _before_name(text, sentence, begin, token, word, starter)
    ):
        return False
    opening = starter or word in OPENINGS[lang]
    if lang == "de" and token in ("Min", "Std", "Sek") and word[:1].isupper() and word not in AFTER_TIME_UNIT:
        opening = True
    match rule:
        case None:
            return True
        case Abbreviation.NEVER:
            return False
        case Abbreviation.NUMBER:
            return starter or not (number_next or len(word) == 1 or bool(word and _roman().fullmatch(word)))
        case Abbreviation.STRONG:
            zone = not starter and bool(_zone().match(text, at))
            return bool(word) and not number_next and word not in AFTER_CLOCK and not zone
        case Abbreviation.NAME:
            return opening or _goes_on(text, at, word, len(text))
        case Abbreviation.UNIT:
            return bool(word) and not number_next
        case Abbreviation.WEAK:
            if text[at - 2 : at].strip() in ("-", "–", "—"):
                return False  # a dateline: "AUGUSTA, Ga. -- The"
            if opening or number_next or not opened or text[at - 1] not in '„“"‚»«':
                return opening
            before = text[max(sentence, begin - 8) : begin].rstrip()
            return lang == "en" or before[-1:].isdigit()  # "8 Mio. „So etwas" but "u. a. „Faust“"


def _before_name(text: str, sentence: int, begin: int, token: str, word: str, starter: bool) -> bool:
    """Whether an English abbreviation at `begin` is the beginning of a name: the U.S. Open, the D.C. Police."""
    if token == "U.S" and word == "Open":
        return True
    article = _token_before(text, sentence, _rstrip(text, begin)) if begin > sentence else ""
    alone = article == _head(text, sentence, begin)  # "The U.S." is no sentence, "He left the U.S." is one
    return article in ("The", "the") and (alone or not (starter or token in _COUNTRIES))


@cache
def _adjective() -> re.Pattern[str]:
    return re.compile(r"\w+(?:lich|ig|isch|end|ell|iv|bar|los|sam|haft|ale?|nt|er|t)e(?:[nrs]|re[nrs]?)?")


def _looks_shortened(token: str) -> bool:
    """Whether a short word without vowels can only be an abbreviation (Hrsg, Stk, Mr); acronyms in capitals cannot."""
    return (
        2 <= len(token) <= 5
        and token.isalpha()
        and token[1:].islower()
        and token not in ("kg", "km", "cm", "mm", "ml", "mg", "hm", "psst", "hm", "Hm", "Pst", "pst")
        and not re.search("(?i)[aeiouyäöüéèáàóâêîôû]", token)
    )


def _ends_after_number(
    text: str, sentence: int, begin: int, token: str, at: int, word: str, starter: bool, lang: Lang
) -> bool:
    head = _head(text, sentence, begin).strip("*-–•")
    if (not head or head in NUMBERED_HEADS) and re.fullmatch(r"[0-9]{1,2}(?:\.[0-9]{1,2})*", token):
        return False  # list marker: "1. Der Vertrag", "Step 2. Close"
    if head[-1:] in (",", ";", ":") and len(token) < 3:
        return False  # "… : 1. No glass, 2. No fires"
    if word in _CLUBS and re.fullmatch(r"[1-9][0-9]?", token):
        return False  # 1. FC Köln
    if lang == "en":
        return True
    if not re.fullmatch(r"[0-3]?[0-9]\.[01]?[0-9]|[0-9]{1,3}", token):
        return True  # 2023, 1,5 or 3:1 is no ordinal
    if word in STARTERS[lang]:
        return True
    if _day_and_month(text, begin):
        return False  # 3. 10. or 31. 12. 2021
    if word in ORDINAL_NOUNS or any(part in ORDINAL_NOUNS for part in word.split("-")):
        return False
    before = _token_before(text, sentence, _rstrip(text, begin)) if begin > sentence else ""
    before = before.strip(_OPENING)
    if word in OPENINGS[lang] and before not in DETERMINERS and word not in ORDINAL_NOUNS:
        return True
    if before in NUMBERED_NOUNS:
        return True
    if before in DETERMINERS:
        return word[:1].isdigit() and len(token) > 2
    if starter:
        return True
    if "." in token:
        return False
    if re.search(r"[0-9]\.?\Z", before) or before in ("und", "oder", "bis", "–", "-", "/"):
        return False
    if before[:1].isupper() and before.endswith("s") and len(before) > 3 and not before.isupper():
        return False  # genitive: Deutschlands 2. Platz
    # Left is "Platz 3. Bayern führt" against "holt 60. Weltcupsieg im": what follows the noun decides.
    after = at + len(word)
    if not text[after : after + 1].isspace() or re.match(r"\s[-–—,]", text[after : after + 2]):
        return False
    follower = _word().match(text, after + 1, after + _LOOK)
    return follower is not None and follower.group() not in AFTER_NOUN


def _day_and_month(text: str, begin: int) -> bool:
    """Whether a date of two or three spaced numbers stands here, or its last two."""
    return bool(
        re.compile(r"[0-3]?[0-9]\.\s?[01]?[0-9]\.|[01]?[0-9]\.\s?(?:19|20)[0-9]{2}\b").match(text, begin, begin + 12)
    )


def _ends_after_letter(
    text: str, sentence: int, begin: int, letter: str, word: str, starter: bool, number_next: bool, lang: Lang
) -> bool:
    """A single letter: an initial (J. Weber), a list marker (a. …), page (S. 12), or the end (Plan B.)."""
    if not _head(text, sentence, begin):
        return False
    if re.compile(r"[0-9½]\s?\Z").search(text, max(0, begin - 2), begin) and letter in "mgltshVWAKCF":
        return not number_next  # a unit: 1,80 m.
    if lang == "de" and letter.islower():
        return starter and letter == "f"
    if starter and (lang == "en" or word in STARTERS[lang]):  # "S. Fischer Verlag" only looks like an adjective
        return word not in ("A", "May", "Will")
    if number_next:
        year = len(word) == 4 and word.startswith(("19", "20"))
        return year and letter not in "Sp"  # "Plan B. 2019 war", but "K. 550" and "S. 12"
    before = _token_before(text, sentence, _rstrip(text, begin)).lower()
    return (lang == "en" and letter == "I") or before in LETTERED_NOUNS
