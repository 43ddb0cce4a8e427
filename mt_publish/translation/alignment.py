"""Word alignment between a source and a target sentence, from the attention of the model's alignment head."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mt_publish.types import Matrix, Span

_WORD = re.compile(r"[^\W_]+(?:[.,:]\d+)*|[^\w\s]|_")


def words(text: str) -> tuple[Span, ...]:
    """Words, numbers and single punctuation marks of a text, in order. "Danfried's" is three: Danfried, ', s."""
    return tuple(Span(*m.span()) for m in _WORD.finditer(text))


def is_word(text: str) -> bool:
    """Whether a token of `words` is a word or number, not punctuation."""
    return any(c.isalnum() for c in text)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Links between the words of two sentences.

    Args:
        source: Word spans of the source.
        target: Word spans of the target.
        weights: (target words, source words); a row is the share of each source word in making the target word.
        links: For each target word the index of its source word; -1 when the target word has no row at all.
        confidence: For each target word the weight of its link, 0 to 1.
    """

    source: tuple[Span, ...]
    target: tuple[Span, ...]
    weights: Matrix
    links: tuple[int, ...]
    confidence: tuple[float, ...]

    def targets_of(self, span: Span) -> list[int]:
        """Indices of the target words linked to a source word that overlaps `span`."""
        inside = {i for i, word in enumerate(self.source) if word.overlaps(span)}
        return [t for t, s in enumerate(self.links) if s in inside]

    def mass(self, span: Span) -> list[float]:
        """(target words,) share of each target word that comes from the source words overlapping `span`."""
        inside = [i for i, word in enumerate(self.source) if word.overlaps(span)]
        return [sum(row[i] for i in inside) for row in self.weights]


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def align_words(
    source: str,
    target: str,
    source_pieces: Sequence[Span],
    target_pieces: Sequence[Span],
    attention: Matrix,
    *,
    anchors: Sequence[tuple[Span, Span]] = (),
    equal_words: bool = True,
) -> Alignment:
    """Words linked to words: attention summed to words, anchored by what is equal on both sides.

    The weight of a target word is the mean over its pieces of the sum over the source word's pieces (Garg et al. 2019 use
    the same reduction). Equal words and numbers that occur once on each side are anchors, as are the pairs in `anchors`
    (verified terms): their rows become one-hot. A weak link between two neighbours that agree is filled in.

    Args:
        source: Source sentence.
        target: Target sentence.
        source_pieces: Range of `source` that each source piece covers.
        target_pieces: Range of `target` that each target piece makes.
        attention: (target pieces, source pieces).
        anchors: Source and target ranges that are known to belong together.
        equal_words: Whether equal words are anchors; False leaves the attention alone, to measure it.
    """
    src, tgt = words(source), words(target)
    weights = [normalised(row) for row in by_words(attention, src, tgt, source_pieces, target_pieces)]

    equal = _equal_words(source, target, src, tgt) if equal_words else []
    for s, t in equal:
        weights[t] = [float(i == s) for i in range(len(src))]
    for a, b in anchors:
        inside = {i for i, word in enumerate(src) if word.overlaps(a)}
        for t, word in enumerate(tgt):
            if inside and word.overlaps(b):
                weights[t] = [(i in inside) / len(inside) for i in range(len(src))]

    if not src:
        return Alignment(src, tgt, weights, (-1,) * len(tgt), (0.0,) * len(tgt))
    links = [row.index(max(row)) for row in weights]
    confidence = [weights[t][s] for t, s in enumerate(links)]
    for t in range(1, len(links) - 1):
        if confidence[t] < 0.35 and links[t - 1] + 2 == links[t + 1]:
            links[t] = links[t - 1] + 1
    links = [s if confidence[t] > 0 else -1 for t, s in enumerate(links)]
    return Alignment(src, tgt, weights, tuple(links), tuple(confidence))


def fit_spans(spans: Sequence[Span], shown: str, actual: str) -> list[Span]:
    """Spans of a decoded text in what typography and repairs have made of it.

    What stands in place of something else has its range, and what was put in belongs to the words that it touches.

    Args:
        spans: Ranges of `shown`.
        shown: The decoded text.
        actual: The text that they are wanted for.
    """
    if shown == actual:
        return list(spans)
    from rapidfuzz.distance import Levenshtein

    # first and last place in `actual` of each place in `shown`
    first, last = [len(actual)] * (len(shown) + 1), [0] * (len(shown) + 1)
    for edit in Levenshtein.opcodes(shown, actual):
        start, end, into, till = edit.src_start, edit.src_end, edit.dest_start, edit.dest_end
        for at in range(start, end + 1):
            first[at] = min(first[at], into + at - start, till)
            last[at] = max(last[at], till if at == end else min(into + at - start, till))
    found = []
    for span in spans:
        start, end = first[span.start], last[span.end]
        if not is_word(shown[slice(*span)]):  # "(Lavrov" becomes "(Sergei Lavrov": all of the name is the name's
            start, end = last[span.start], first[span.end]
        found.append(Span(start, max(start, end)))
    return found


def normalised(row: Sequence[float]) -> list[float]:
    """`row` with a sum of 1, or all zero."""
    total = max(sum(row), 1e-9)
    return [weight / total for weight in row]


def by_words(
    attention: Matrix,
    source: Sequence[Span],
    target: Sequence[Span],
    source_pieces: Sequence[Span],
    target_pieces: Sequence[Span],
) -> list[list[float]]:
    """(target words, source words) attention summed over the pieces of words.

    Args:
        attention: (target pieces, source pieces).
        source: Word spans of the source.
        target: Word spans of the target.
        source_pieces: Range of the source that each source piece covers.
        target_pieces: Range of the target that each target piece makes.
    """
    summed = [[0.0] * len(source) for _ in target]
    columns = _shares(source, source_pieces)
    for row, made in zip(attention, _shares(target, target_pieces), strict=False):
        looked_at = [0.0] * len(source)
        for weight, covered in zip(row, columns, strict=False):
            for s, share in covered:
                looked_at[s] += weight * share
        for t, share in made:
            summed[t] = [old + share * weight for old, weight in zip(summed[t], looked_at, strict=True)]
    return summed


def _shares(spans: Sequence[Span], pieces: Sequence[Span]) -> list[list[tuple[int, float]]]:
    """For each piece the words that it lies in, with the share of it in each, by code points."""
    out = []
    first = 0
    for piece in pieces:
        lengths: list[tuple[int, int]] = []
        while first and spans[first - 1].end > piece.start:  # told translations have the range of a term before them
            first -= 1
        while first < len(spans) and spans[first].end <= piece.start:
            first += 1
        w = first
        while w < len(spans) and spans[w].start < max(piece.end, piece.start + 1):
            shared = min(spans[w].end, piece.end) - max(spans[w].start, piece.start)
            if shared > 0:
                lengths.append((w, shared))
            w += 1
        # pieces come in order, but byte pieces share a range: do not skip words for the next one
        total = sum(length for _, length in lengths)
        out.append([(w, length / total) for w, length in lengths])
    return out


def _equal_words(source: str, target: str, src: Sequence[Span], tgt: Sequence[Span]) -> list[tuple[int, int]]:
    def once(text: str, spans: Sequence[Span]) -> dict[str, int]:
        seen: dict[str, int] = {}
        for i, (start, end) in enumerate(spans):
            key = _fold(text[start:end])
            seen[key] = -1 if key in seen else i
        return {key: i for key, i in seen.items() if i >= 0 and (len(key) >= 4 or any(c.isdigit() for c in key))}

    left, right = once(source, src), once(target, tgt)
    return [(left[key], right[key]) for key in left.keys() & right.keys()]
