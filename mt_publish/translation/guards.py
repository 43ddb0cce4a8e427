"""What can go wrong in decoding, and how it is seen: loops, nothing at all, text from nothing, sentences too long."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from mt_publish.text.lexicon import STARTERS
from mt_publish.types import Lang, Span

_WORD = re.compile(r"\w+")


_MARKS = re.compile(r"([\"“”„‟‘’'«»,;:!?()])(?: ?\1){3,}")


def has_letters(text: str) -> bool:
    """Whether there is anything to translate: models invent sentences for "-" or "***" (transformers issue 14337)."""
    return any(c.isalpha() for c in text)


def loops(text: str, source: str) -> bool:
    """Whether `text` repeats itself more than its source does.

    True when an n-gram of 1 to 6 words stands three or more times in a row (a single word: four) and none does in the source,
    or when a 4-gram occurs two or more times oftener than the commonest 4-gram of the source: the "oscillatory
    hallucination" of Guerreiro et al. 2022; also when a quotation or punctuation mark stands four times in a row, and none
    does in the source.
    """
    if _MARKS.search(text) and not _MARKS.search(source):
        return True
    mine, theirs = _WORD.findall(text.lower()), _WORD.findall(source.lower())
    for n in range(1, 7):
        limit = 4 if n == 1 else 3
        if _longest_run(mine, n) >= limit > _longest_run(theirs, n):
            return True
    return _commonest(mine) >= max(1, _commonest(theirs)) + 2


def _longest_run(tokens: Sequence[str], n: int) -> int:
    """How often the same n-gram stands in a row, at most."""
    best = run = 0
    for i in range(n, len(tokens)):
        run = run + 1 if tokens[i] == tokens[i - n] else 0
        best = max(best, run)
    return best // n + 1


def _commonest(tokens: Sequence[str]) -> int:
    grams = Counter(zip(*(tokens[i:] for i in range(4)), strict=False))
    return max(grams.values(), default=0)


_SAFE = (
    re.compile(r"[;:]\s"),
    re.compile(r"\s[–—-]\s"),
    re.compile(r",\s(?=(?:und|aber|doch|sondern|denn|während|and|but|while|which|who)\b)"),
    re.compile(r",\s"),
    re.compile(r"\s(?=(?:und|oder|and|or)\s)"),
    re.compile(r"\s"),
)


def split_long(text: str, *, parts: int) -> tuple[Span, ...]:
    """Cuts an overlong sentence into about `parts` stretches at the safest places near equal lengths.

    Safest first: semicolon or colon, dash, comma before a conjunction, comma, conjunction, space. White space at a cut
    belongs to neither stretch. Gives one span when there is nowhere to cut.
    """
    if parts < 2 or len(text) < 2:
        return (Span(0, len(text)),)
    middle_wanted = len(text) // 2
    window = len(text) // 4
    for pattern in _SAFE:
        places = [m for m in pattern.finditer(text) if abs(m.end() - middle_wanted) <= window]
        if places:
            cut = min(places, key=lambda m: abs(m.end() - middle_wanted))
            end, start = len(text[: cut.end()].rstrip()), cut.end()
            break
    else:
        end = start = middle_wanted  # no space at all: a hard cut beats silent truncation
    left = split_long(text[:end], parts=(parts + 1) // 2)
    right = split_long(text[start:], parts=parts // 2)
    return (*left, *(span.shift(start) for span in right))


def join_parts(texts: Sequence[str], sources: Sequence[str], target: Lang) -> str:
    """One sentence of the translations of its parts: no full stop within, and no capital that only a beginning has.

    Args:
        texts: Translations of the parts, which the model took for sentences.
        sources: The parts of the source sentence.
        target: Language of the translations.
    """
    joined = ""
    before = ""
    for text, source in zip(map(str.strip, texts), map(str.strip, sources), strict=True):
        if not text:
            continue
        if joined:
            end = before[-1:]
            if joined.endswith(".") and end != ".":
                joined = joined[:-1].rstrip()
            if end and end in ",;:" and joined[-1:] not in ",;:":
                joined += end
            first = re.match(r"[\w'’]*", text)
            if source[:1].islower() and first is not None and first[0] in STARTERS[target] - _ALWAYS_CAPITAL:
                text = text[:1].lower() + text[1:]
            joined += " "
        joined += text
        before = source
    return joined


_ALWAYS_CAPITAL = frozenset(
    ["I", "I'm", "I've", "Sie", "Ihr", "Ihre", "Ihrer", "Ihren", "Ihrem", "Ihres", "Ihnen", "Ihn", "Ihm"]
)
"""Capitalised anywhere, or, in German, when they address the reader."""

_STUTTER = re.compile(r"(?<![\w-])(\w{3,})(?:,? \1(?![\w-])){2,}")

_THRICE = re.compile(r"(?<![\w-])(\w+)(?:[,;!.…–-]* \1(?![\w-])){2,}", re.IGNORECASE)
"""What a source says thrice: "no, no, no", "Ja! Ja! Ja!"."""


def unstutter(text: str, source: str) -> str:
    """`text` with a word that stands three times or more in a row standing once, unless the source says something thrice."""
    if _THRICE.search(source):
        return text
    return _STUTTER.sub(r"\1", text)
