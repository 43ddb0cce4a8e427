"""Text as the glossary compares it: one kind of apostrophe, hyphen and space, with the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from mt_publish.types import Span

WORD = re.compile(r"[^\W_]+")
"""A run of letters and digits; apostrophes and hyphens end it."""

_REPLACE = {
    **dict.fromkeys("\u2019\u2018\u02bc\u2032\u00b4\u0060\u201b\uff07", "'"),
    **dict.fromkeys("\u2010\u2011", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
}
# Anything that normalisation may change. Combining marks are left to the NFC test.
_SPECIAL = re.compile("[" + "".join(_REPLACE) + r"]|[^\S ]|  ")
_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})

_MOST_MARKS = 16
"""Combining marks on one letter that are composed with it; more are no writing."""
_CONTEXT = 120
"""Characters before a place that are looked at, so that long texts do not cost time squared."""
_SENTENCE_OPENERS = " \t\"'“”„‚‘’«»‹›([{–—-•*¿¡…"


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text and, where it differs in length, the place of each of its characters in the original.

    Args:
        text: NFC, one kind of apostrophe (') and hyphen (-), single spaces, no soft hyphens or zero-width characters.
        starts: Original offset where each character begins; None when offsets are the same.
        ends: Original offset where each character ends; None when offsets are the same.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> Span:
        """The range of the original text that the range `start`–`end` of the normalised text stands for."""
        if self.starts is None or self.ends is None or start >= end:
            return Span(start, end)
        return Span(self.starts[start], self.ends[end - 1])


def normalise(text: str) -> Normalised:
    """`text` in the form in which names are compared, with offsets mapped back.

    Returns the text itself, without a map, when nothing has to change (nearly always).
    """
    if _is_normal(text):
        return Normalised(text)
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and end - at <= _MOST_MARKS and unicodedata.combining(text[end]):
            end += 1
        cluster = text[at:end]
        if end > at + 1 or not cluster.isascii():
            cluster = unicodedata.normalize("NFC", cluster)
        for char in cluster:
            char = _REPLACE.get(char, char)
            if char.isspace():
                if out and out[-1] == " ":
                    ends[-1] = end
                    continue
                char = " "
            if char:
                out.append(char)
                starts.append(at)
                ends.append(end)
        at = end
    return Normalised("".join(out), tuple(starts), tuple(ends))


def _is_normal(text: str) -> bool:
    return _SPECIAL.search(text) is None and (text.isascii() or _is_composed(text))


def _is_composed(text: str) -> bool:
    """Whether `text` is in NFC; False without looking closely where it has combining marks.

    Long runs of these would be sorted in quadratic time.
    """
    if any(unicodedata.combining(char) for char in set(text)):
        return False
    return unicodedata.is_normalized("NFC", text)


def word_set(text: str, separator: str | None = None) -> frozenset[str]:
    """The words of a list written as text, between white space or another separator."""
    return frozenset(word.strip() for word in text.split(separator) if word.strip())


def plain(text: str) -> str:
    """The normalised text alone."""
    return text if _is_normal(text) else normalise(text).text


def fold(text: str) -> str:
    """`text` without case and without umlaut dots, for look-up keys.

    The Turkish İ becomes a plain i: its own lower case is i and a combining dot, which would end the word.
    """
    if text.isascii():
        return text.lower()
    return text.replace("İ", "i").casefold().translate(_UMLAUTS)


def lower(text: str) -> str:
    """`text` in lower case and of the same length, so that offsets stay: İ becomes i, without its combining dot."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower()[:1] for char in text)


def is_word_char(text: str, index: int) -> bool:
    """Whether there is a letter, digit or underscore at `index`; False outside of the text."""
    return 0 <= index < len(text) and (text[index].isalnum() or text[index] == "_")


def is_shouted(text: str) -> bool:
    """Whether the text is written in capitals only, as some headlines are (at least five letters, two words)."""
    if text.upper() != text:
        return False
    return sum(char.isalpha() for char in text) >= 5 and len(WORD.findall(text)) >= 2


def starts_sentence(text: str, index: int) -> bool:
    """Whether a word at `index` opens a sentence: nothing, or the end of another sentence, stands before it."""
    before = text[max(0, index - _CONTEXT) : index].rstrip(_SENTENCE_OPENERS)
    return not before or before[-1] in ".!?:"


def last_words(text: str, count: int = 1) -> list[str]:
    """Up to `count` words at the end of `text`, the nearest first; punctuation other than quotation marks ends it."""
    found: list[str] = []
    rest = text[-_CONTEXT:]
    while len(found) < count:
        rest = rest.rstrip(' \t\u00a0"“”„‚‘«»‹›(')
        start = len(rest)
        while start and (rest[start - 1].isalnum() or rest[start - 1] in "'’"):
            start -= 1
        word = rest[start:].lstrip("'’")
        if not word:
            break
        found.append(word)
        rest = rest[:start]
    return found
