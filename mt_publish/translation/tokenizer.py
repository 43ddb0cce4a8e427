"""SentencePiece as Marian models use it, with the place of every piece in the text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from mt_publish.text.marks import close_marks_up, set_marks_apart
from mt_publish.types import TERM_END, TERM_START, TRANS_END, Span

EOS = "</s>"
UNK = "<unk>"
SPACE = "▁"

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")


class Tokenizer:
    """Text to pieces and back for one model folder (``source.spm``, ``target.spm``).

    With `apart`, opening marks are set apart from the words after them on both sides, and the space that a translation then has
    after its marks is taken out again (`mt_publish.text.marks`).

    Args:
        folder: Of the model.
        apart: Whether the model wants words apart from opening marks (`Model.wants_marks_apart`).
    """

    def __init__(self, folder: Path, *, apart: bool = False) -> None:
        self.folder = folder
        self._apart = apart

    def _cut(self, texts: list[str]) -> list[str]:
        """The texts with a space between opening marks and the word that they stand before."""
        return [set_marks_apart(text) for text in texts] if self._apart else texts

    def _close(self, text: str) -> str:
        """The text without a space after opening marks."""
        return close_marks_up(text) if self._apart else text

    @cached_property
    def _source(self) -> Any:
        return self._load("source.spm")

    @cached_property
    def _target(self) -> Any:
        if (self.folder / "source.spm").read_bytes() == (self.folder / "target.spm").read_bytes():
            return self._source
        return self._load("target.spm")

    def _load(self, name: str) -> Any:
        import sentencepiece

        return sentencepiece.SentencePieceProcessor(model_file=str(self.folder / name))

    def encode(self, texts: list[str]) -> list[list[str]]:
        """Source pieces of each text, without language prefix and end mark."""
        pieces: list[list[str]] = self._source.encode(self._cut(texts), return_type=str)
        return pieces

    def encode_target(self, text: str) -> list[str]:
        """Target pieces of a text, for forced prefixes."""
        pieces: list[str] = self._target.encode(self._cut([text])[0], return_type=str)
        return pieces

    def knows(self, text: str) -> bool:
        """Whether the target side can write `text` without an unknown piece."""
        return self._target.unk_id() not in self._target.encode(text, return_type=int)

    def decode(self, batch: list[list[str]]) -> list[str]:
        """Target text of each list of pieces."""
        return [self._close(str(self._target.decode(pieces))) for pieces in batch]

    def source_spans(self, text: str) -> tuple[list[str], list[Span]]:
        """Source pieces of a text and the range of the text that each covers.

        SentencePiece normalises (NFKC, white space) before it cuts; its own offsets map back to the text as given. A space
        that belongs to a piece is part of its range. Byte pieces of one letter all carry that letter's range.
        """
        (cut,) = self._cut([text])
        found = self._source.encode(cut, return_type="offset_mapping")
        pieces: list[str] = found["pieces"]
        spans = [Span(a, b) for a, b in found["offsets"]]
        if cut != text:
            spans = _without_added(spans, text, cut)
        for first, last in _byte_runs(pieces):
            # The offsets of byte pieces are empty but for the last byte of a letter.
            for i in range(last - 1, first - 1, -1):
                if spans[i].length == 0:
                    spans[i] = spans[i + 1]
        return pieces, spans

    def encode_told(self, text: str, told: Sequence[tuple[Span, str]]) -> tuple[list[str], list[Span]]:
        """Source pieces of a text in which the model is told how to say some of its terms, and the range of each piece.

        Each term stands as ``<term_start> term <term_end> translation <trans_end>``, which only a model trained on such text
        understands. The pieces of a translation have the range of their term, the signs around it an empty one.

        Args:
            text: The source.
            told: Range of each term and its translation, none overlapping another.
        """
        written, places = "", [0]  # places: for each border between characters of `written`, the place in `text`
        done = 0

        def write(part: str, start: int, end: int) -> None:
            nonlocal written
            written += part
            places.extend(start + i if end - start == len(part) else end for i in range(1, len(part) + 1))

        ranges: list[tuple[int, int, Span]] = []  # where translations stand in `written`, and the terms they belong to
        for span, translation in sorted(told):
            write(text[done : span.start], done, span.start)
            write(f"{TERM_START} ", span.start, span.start)
            write(text[span.start : span.end], span.start, span.end)
            write(f" {TERM_END} ", span.end, span.end)
            begin = len(written)
            write(translation, span.end, span.end)
            ranges.append((begin, len(written), span))
            write(f" {TRANS_END}", span.end, span.end)
            done = span.end
        write(text[done:], done, len(text))
        pieces, found = self.source_spans(written)
        spans = []
        for span in found:
            term = next((term for begin, end, term in ranges if begin < span.end and span.start < end), None)
            spans.append(term or Span(places[span.start], places[span.end]))
        return pieces, spans

    def target_spans(self, pieces: list[str]) -> tuple[str, list[Span]]:
        """Text of target pieces and the range of it that each piece makes, the leading space of a piece left out."""
        text = str(self._target.decode(pieces)) if pieces else ""
        spans: list[Span] = []
        place = 0
        runs = dict(_byte_runs(pieces))
        index = 0
        while index < len(pieces):
            if index in runs:
                last = runs[index]
                raw = bytes(int(p[3:5], 16) for p in pieces[index : last + 1])
                end = min(len(text), place + len(raw.decode("utf-8", "replace")))
                spans += [Span(place, end)] * (last - index + 1)
                place, index = end, last + 1
                continue
            shown = pieces[index].replace(SPACE, " ")
            if place == 0:
                shown = shown.lstrip(" ")
            # an unknown piece decodes to a sign of the model's own choice: then the text may be shorter
            end = min(len(text), place + len(shown))
            start = place + (len(shown) - len(shown.lstrip(" ")))
            spans.append(Span(min(start, end), end))
            place, index = end, index + 1
        closed = self._close(text)
        return (text, spans) if closed == text else (closed, _without_added(spans, closed, text))


def _without_added(spans: Sequence[Span], short: str, long: str) -> list[Span]:
    """Ranges of `long` as ranges of `short`, which lacks some of its spaces."""
    places, at = [], 0
    for place, char in enumerate(long):
        if at < len(short) and short[at] == char:
            at += 1
        else:
            places.append(place)
    return [Span(a - bisect_left(places, a), b - bisect_left(places, b)) for a, b in spans]


def _byte_runs(pieces: list[str]) -> list[tuple[int, int]]:
    """First and last index of each run of byte-fallback pieces."""
    runs: list[tuple[int, int]] = []
    for index, piece in enumerate(pieces):
        if _BYTE.fullmatch(piece):
            if runs and runs[-1][1] == index - 1:
                runs[-1] = (runs[-1][0], index)
            else:
                runs.append((index, index))
    return runs
