"""The lexicon of a model: rare words that it is told, as its training corpus translates them.

A small model has seen "Quarantäne" fifteen times and says half of it; the word alignment of those pairs knows "quarantine". So the
rarest words of a sentence are written into its source with their translations, in the way in which terms are told
(`mt_publish.translation.tokenizer.Tokenizer.encode_told`), before it is decoded for the first time: nothing is decoded twice. The
model may take them up or not, and inflects them. How such a lexicon is made: `mt_publish.training.lexicon`. What it is good for after
decoding: `mt_publish.translation.slips`.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mt_publish.errors import ModelNotFoundError
from mt_publish.translation.models import Model, read_lines
from mt_publish.translation.tokenizer import SPACE, Tokenizer
from mt_publish.types import LEXICON, TERM_END, TERM_START, TRANS_END, Lang, Span, other

if TYPE_CHECKING:
    from mt_publish.translation.engines import Pieces

MOST = 2
"""Words told in a sentence, terms included, the rarest first: each helps itself and disturbs the rest a little (docs/shipped-model.md)."""

RARE = 200
"""A word that the training corpus has more often is left to the model."""

SHORTEST = 5
"""Letters of a word that is told."""

LONGEST = 55
"""Pieces of a sentence that is told words; beyond that it gained nothing."""

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")

_ENDINGS: dict[Lang, tuple[str, ...]] = {"de": ("es", "en", "em", "er", "s", "n", "e"), "en": ("s", "es", "ed", "ing")}
_STEM = 4
"""Letters of a word without its ending."""


class Lexicon:
    """Words and their translations, looked up without being read as a whole.

    Args:
        lines: Language, word in lower case, frequency in the training corpus (0 for never to be told), translation, with tabs between;
            UTF-8.
        where: The file, for messages.
    """

    def __init__(self, lines: Sequence[bytes], *, where: str = "") -> None:
        self._lines = sorted(lines)
        self.where = where

    @classmethod
    def read(cls, path: Path) -> Lexicon:
        """Reads the file of a model folder.

        Raises:
            ModelNotFoundError: It is no gzip file of UTF-8 text.
        """
        return cls(read_lines(path).split(b"\n"), where=str(path))

    def find(self, text: str, lang: Lang, *, taken: Sequence[Span] = (), most: int = MOST) -> list[tuple[Span, str]]:
        """The rarest words of `text` that the lexicon has, and their translations, in order; frequent and short ones never.

        Capitalised English words are names or begin a sentence, and are left alone.

        Args:
            text: The source.
            lang: Its language.
            taken: Ranges that are told something else.
            most: Words at most.

        Raises:
            ModelNotFoundError: A line of the file is broken.
        """
        found: list[tuple[int, Span, str]] = []
        for match in _WORD.finditer(text):
            word, span = match.group(), Span(*match.span())
            if (lang == "en" and word[0].isupper()) or any(span.overlaps(told) for told in taken):
                continue
            entry = self._entry(lang, word.lower())
            if entry is not None and 0 < entry[0] <= RARE and len(word) >= SHORTEST:
                found.append((entry[0], span, entry[1]))
        return sorted((span, translation) for _, span, translation in sorted(found)[:most])

    def translation(self, word: str, lang: Lang, *, exact: bool = False) -> str:
        """The translation of a word, however frequent; of one that it lacks that of the word with another ending; "" for none.

        Args:
            word: In any case.
            lang: Its language.
            exact: Whether another ending is another word.

        Raises:
            ModelNotFoundError: A line of the file is broken.
        """
        word = word.lower()
        stems = [word, *(word.removesuffix(ending) for ending in _ENDINGS[lang] if word.endswith(ending))]
        others = (stem + ending for stem in stems if len(stem) >= _STEM for ending in ("", *_ENDINGS[lang]))
        entries = (self._entry(lang, form) for form in (word, *(() if exact else others)))
        return next((entry[1] for entry in entries if entry is not None), "")

    def _entry(self, lang: Lang, word: str) -> tuple[int, str] | None:
        """Frequency and translation of a word; None when the lexicon lacks it."""
        key = f"{lang}\t{word}\t".encode()
        at = bisect.bisect_left(self._lines, key)
        if at == len(self._lines) or not self._lines[at].startswith(key):
            return None
        try:
            count, translation = self._lines[at][len(key) :].decode().split("\t")
            return int(count), translation
        except ValueError as error:
            raise ModelNotFoundError(
                f"the line of {word!r} is broken",
                where=self.where,
                remedy="It needs language, word, frequency and translation with tabs between; or delete this file",
            ) from error


class Reader(Protocol):
    """The part of an engine that reads sources."""

    tokenizer: Tokenizer

    @property
    def lexicon(self) -> Lexicon | None: ...


def read_lexicon(model: Model) -> Lexicon | None:
    """The lexicon of a model that can be told words; None when it has none.

    Raises:
        ModelNotFoundError: It cannot be read.
    """
    path = model.folder / LEXICON
    return Lexicon.read(path) if model.reads_annotations and path.exists() else None


def source_pieces(engine: Reader, texts: list[str], target: Lang) -> list[Pieces]:
    """Source pieces of each text, rare words told where it is not long."""
    pieces = engine.tokenizer.encode(texts)
    if (lexicon := engine.lexicon) is not None:
        for n, text in enumerate(texts):
            if told := _told(lexicon, text, pieces[n], target):
                pieces[n], _ = engine.tokenizer.encode_told(text, told)
    return pieces


def source_with_spans(
    engine: Reader, text: str, target: Lang, *, terms: Sequence[tuple[Span, str]] = ()
) -> tuple[Pieces, list[Span]]:
    """Source pieces of a text as `source_pieces` gives them, and the range of the text that each covers.

    Args:
        engine: Whose tokenizer and lexicon.
        text: The source.
        target: Target language.
        terms: Told first, by a model that reads annotations.
    """
    told = list(terms)
    if (lexicon := engine.lexicon) is not None:
        told += _told(lexicon, text, engine.tokenizer.encode([text])[0], target, taken=[span for span, _ in terms])
    return engine.tokenizer.encode_told(text, told) if told else engine.tokenizer.source_spans(text)


def _told(
    lexicon: Lexicon, text: str, pieces: Pieces, target: Lang, taken: Sequence[Span] = ()
) -> list[tuple[Span, str]]:
    """The words to tell in a text of these pieces."""
    if len(pieces) > LONGEST or "<term_" in text:
        return []
    return lexicon.find(text, other(target), taken=taken, most=max(0, MOST - len(taken)))


def untold(pieces: Pieces) -> Pieces:
    """Source pieces without what they tell."""
    kept: list[str] = []
    skipping = False
    for piece in pieces:
        if piece in (TERM_START, TERM_END, TRANS_END):
            if not skipping and kept[-1:] == [SPACE]:  # each of the three stands after a space
                kept.pop()
            skipping = piece == TERM_END
        elif not skipping:
            kept.append(piece)
    return kept
