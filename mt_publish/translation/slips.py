"""Slips of the model that are put right without decoding again: words that are none, and "a" for "an".

A small model makes words up ("swampirade"), or copies those that it does not know ("Niederschlag" in an English sentence). Such a
word stands in no text of the training corpus, and attention tells which source word it was made from: where the lexicon of the
corpus translates that one, its translation is put there. This is the unknown word replacement of Luong et al. 2015, "Addressing
the rare word problem in neural machine translation", for words that are unknown in the output. Names that are copied are
no slips: the lexicon has no translation for them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mt_publish.translation.alignment import Alignment, align_words, fit_spans
from mt_publish.translation.models import Model, read_lines
from mt_publish.types import WORD_LISTS, Lang, Span, other

if TYPE_CHECKING:
    from mt_publish.translation.engines import Engine
    from mt_publish.translation.lexicon import Lexicon
    from mt_publish.translation.terms import Links

SHORTEST = 3
"""Letters of a word that is looked at."""

_LINKING = ("s", "es", "n", "en", "er", "e")
"""What joins the parts of a German compound."""

_PART = 4
"""Letters of the last part of a compound."""

_WORD = re.compile(r"[^\W\d_]+")
_BEGINS = re.compile(r"(?:^|[.!?:]\s)[\W_]*$")
_ARTICLE = re.compile(
    r"""(?:(?:(?<=[.!?]\s)|^)A|(?<![\w.'’-])a)(n?)(?!\ (?:and|or|als|der|den|dem|die|das|de)\b)  # the letter A, Frankfurt an der Oder
    (?=\ [\"“‘(]*  # at the beginning "A", too: elsewhere it may be a letter
    (?:((?!(?i:eu|ew|one|once))[aeioAEIO](?=[a-zäöü]{2}))|[b-df-gj-np-tv-zB-DF-GJ-NP-TV-Z](?=[a-zäöü]{2})))""",
    re.VERBOSE,
)
"""An article before a word that is sure to begin with a vowel (group 2) or a consonant by its spelling."""


class WordList:
    """The words of a language, and what can be made of them.

    Args:
        words: In lower case, UTF-8.
        lang: Their language.
    """

    def __init__(self, words: Iterable[bytes], lang: Lang) -> None:
        self._words = sorted(words)  # a set of them takes four times as long to make, for a few hundred questions
        self.lang = lang
        self._is_known = lru_cache(maxsize=50_000)(self._look_up)

    def __contains__(self, word: str) -> bool:
        return self._is_known(word.lower())

    def _look_up(self, word: str) -> bool:
        """Whether a word is in the list or, in German, made of words that are."""
        if self._has(word):
            return True
        if self.lang != "de":
            return False
        return any(
            self._has(word[cut:]) and self._begins_compound(word[:cut])
            for cut in range(len(word) - _PART, SHORTEST - 1, -1)
        )

    def _begins_compound(self, part: str) -> bool:
        """Whether the words before the last one of a compound are words, with or without what joins them to it."""
        stems = (part.removesuffix(linking) for linking in _LINKING if part.endswith(linking))
        return self._is_known(part) or any(len(stem) >= SHORTEST and self._has(stem) for stem in stems)

    def _has(self, word: str) -> bool:
        key = word.encode()
        at = bisect_left(self._words, key)
        return at < len(self._words) and self._words[at] == key


class Mended(NamedTuple):
    """A word that was replaced.

    Args:
        old: What the model wrote.
        new: What stands there now.
        original: The source word that it translates.
    """

    old: str
    new: str
    original: str

    def __str__(self) -> str:
        return f"{self.old}: no word; “{self.new}” for “{self.original}” from the lexicon"


def read_word_list(model: Model, lang: Lang) -> WordList | None:
    """The word list of a model; None when it has none.

    Raises:
        ModelNotFoundError: It cannot be read.
    """
    path: Path = model.folder / WORD_LISTS[lang]
    if not path.exists():
        return None
    return WordList(read_lines(path).split(b"\n"), lang)


def unknown_words(text: str, known: WordList) -> list[Span]:
    """The words of a text that are not known, in order."""
    return [
        Span(*match.span())
        for match in _WORD.finditer(text)
        if match.end() - match.start() >= SHORTEST and match.group() not in known
    ]


def count_slips(source: str, text: str, engine: Engine, target: Lang) -> int:
    """The words of a translation that are none: unknown ones that are no copies of what has no translation, such as names."""
    known, lexicon = engine.word_list(target), engine.lexicon
    if known is None or lexicon is None:
        return 0
    copied = {word.lower() for word in _WORD.findall(source)}
    words = [text[span.start : span.end].lower() for span in unknown_words(text, known)]
    return sum(word not in copied or lexicon.translation(word, other(target), exact=True) != "" for word in words)


def mend(
    source: str,
    text: str,
    links: Callable[[], Links | None],
    engine: Engine,
    target: Lang,
    *,
    keep: Callable[[], Collection[str]] = tuple,
) -> tuple[str, tuple[Mended, ...]]:
    """A translation with its slips put right: words that are none replaced by what the lexicon has for the source word that they are
    aligned to, and in English the articles (`mend_articles`).

    Args:
        source: The source text.
        text: The translation.
        links: Gives what the engine looked at when it wrote `text`; asked for only when there is something to mend. Without
            it no word is.
        engine: With lexicon and word list; without them no word is replaced.
        target: Language of the translation.
        keep: Gives the words that are right whatever the list says, in lower case, such as those of terms; asked as `links`.

    Returns:
        The translation, and what was replaced, in order.
    """
    known, lexicon = engine.word_list(target), engine.lexicon
    mended: list[Mended] = []
    if known is not None and lexicon is not None and (suspects := unknown_words(text, known)):
        right = keep()
        suspects = [span for span in suspects if text[span.start : span.end].lower() not in right]
        looked = links() if suspects else None
        if looked is not None:
            shown, target_spans = engine.tokenizer.target_spans(looked.pieces)
            alignment = align_words(source, text, looked.spans, fit_spans(target_spans, shown, text), looked.attention)
            text, mended = _replace_words(source, text, suspects, alignment, known, lexicon)
    return mend_articles(text) if target == "en" else text, tuple(mended)


def _replace_words(
    source: str, text: str, suspects: Sequence[Span], alignment: Alignment, known: WordList, lexicon: Lexicon
) -> tuple[str, list[Mended]]:
    """The translation with those of the suspects replaced for which the lexicon has something, and what was replaced, in order."""
    lang = other(known.lang)
    mended: list[Mended] = []
    done = set[int]()
    for span in reversed(suspects):
        place = next((n for n, word in enumerate(alignment.target) if word.overlaps(span)), -1)
        link = alignment.links[place] if place >= 0 else -1
        if link < 0 or link in done:
            continue
        old = text[span.start : span.end]
        word = alignment.source[link]
        original = source[word.start : word.end]
        if not original.isalpha() or _may_be_name(source, word, old, lang):
            continue
        copied = old.lower() == original.lower()  # Termes is no Term
        new = lexicon.translation(original, lang, exact=copied)
        # The lexicon leaves out what is the same in both languages.
        if not new and known.lang == "en" and original in known:
            new = original
        if not new or new.lower() == old.lower() or _stands_beside(new, text, span):
            continue
        done.add(link)
        if old[0].isupper() and _BEGINS.search(text[: span.start]):
            new = new[0].upper() + new[1:]
        mended.append(Mended(old, new, original))
        text = text[: span.start] + new + text[span.end :]
    return text, mended[::-1]


def mend_articles(text: str) -> str:
    """English with "an" before words that begin with a vowel by their spelling, and "a" before others; unsure ones are left alone."""
    return _ARTICLE.sub(lambda m: m[0][0] + ("n" if m[2] else ""), text)


def _may_be_name(source: str, word: Span, old: str, lang: Lang) -> bool:
    """Whether a source word is likely to be a name that was copied: a capitalised English word within a sentence, or
    one that follows another in German.
    """
    original = source[word.start : word.end]
    if not original[0].isupper():
        return False
    if lang == "en":
        return any(c.isalnum() for c in source[: word.start])
    before = re.search(r"(\w+) $", source[: word.start])
    return old.lower() == original.lower() and before is not None and before[1][0].isupper() and before.start() > 0


def _stands_beside(new: str, text: str, span: Span) -> bool:
    """Whether the word before or after a place is what would be put there."""
    before, after = re.search(r"(\w+)\W*$", text[: span.start]), re.match(r"\W*(\w+)", text[span.end :])
    beside = {match[1].lower() for match in (before, after) if match is not None}
    return not beside.isdisjoint(new.lower().split(" "))
