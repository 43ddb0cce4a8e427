"""Blocks to sentences and back: `cut` before the engine, `join` after it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mt_publish.text.sentences import split_sentences
from mt_publish.types import Block, Document, Lang, Mark, MarkKind, Segment, Span, Translation

_LAYOUT = re.compile(r"(?:[ \u00a0\u2007\u202f]*\t\s*|\u00a0+[ \u00a0]+| +\u00a0[ \u00a0]*| {3,})")


def cut(doc: Document, lang: Lang) -> tuple[Segment, ...]:
    """The sentences of a document's blocks, each with its part of the marks. Ids are "<block>.s<number>"."""
    segments: list[Segment] = []
    for block in doc.blocks:
        spans = sentence_spans(block, lang)
        # Marks and gaps come in order: each is looked at where it stands only, so that a huge paragraph costs linear time.
        coming = deque(sorted(block.marks, key=lambda mark: mark.span.start))
        near: list[Mark] = []
        gaps = deque(sorted(block.gaps))
        lines = 0
        for number, span in enumerate(spans, 1):
            following = spans[number].start if number < len(spans) else len(block.text) + 1
            while coming and coming[0].span.start < following:
                near.append(coming.popleft())
            marks = clip_marks(near, span, following, first=number == 1)
            near = [mark for mark in near if mark.span.end > span.end]
            while gaps and gaps[0][0].start < span.start:
                lines += gaps.popleft()[1].count("\n")
            segments.append(
                Segment(f"{block.id}.s{number}", block.text[span.start : span.end], marks, (), block.line + lines)
            )
    return tuple(segments)


def sentence_spans(block: Block, lang: Lang) -> tuple[Span, ...]:
    """The sentences of a block; none when it holds nothing but white space.

    White space that somebody set as layout (a no-break space beside another space, a tab, three spaces) parts sentences too:
    an engine would drop it, and what stands on its two sides is seldom one sentence.
    """
    spans: list[Span] = []
    for start, end in split_sentences(block.text, lang):
        at = start
        for gap in _LAYOUT.finditer(block.text, start, end):
            spans.append(Span(at, gap.start()))
            at = gap.end()
        spans.append(Span(at, end))
    return tuple(spans)


def clip_marks(marks: Sequence[Mark], span: Span, following: int, *, first: bool) -> tuple[Mark, ...]:
    """Marks of a block that touch the sentence at `span`, with spans relative to it.

    A VOID in the white space between two sentences goes with the first of them.

    Args:
        marks: Marks of the block, or those of them that may touch the sentence.
        span: The sentence in the text of the block.
        following: Where the next sentence starts; beyond the end of the text for the last one.
        first: Whether it is the first sentence of the block.
    """
    out = []
    for mark in marks:
        if mark.kind is MarkKind.VOID:
            at = mark.span.start
            if (span.start <= at < following) or (first and at < span.start):
                place = min(max(at, span.start), span.end) - span.start
                out.append(replace(mark, span=Span(place, place)))
        elif mark.span.start < span.end and mark.span.end > span.start:
            out.append(
                replace(
                    mark,
                    span=Span(max(mark.span.start, span.start) - span.start, min(mark.span.end, span.end) - span.start),
                )
            )
    return tuple(out)


def join(doc: Document, lang: Lang, translations: Mapping[str, Translation]) -> dict[str, Block]:
    """Translated blocks by id: sentences put back between the white space that stood between them.

    A soft line break between two sentences is kept as it was; one inside a sentence becomes a space. The parts of a mark that
    a sentence break had cut are one mark again where no word stands between them. Blocks without sentences are left out.

    Args:
        doc: The source document.
        lang: Its language; the same as for `cut`.
        translations: By segment id; every sentence of the document must be there.
    """
    blocks: dict[str, Block] = {}
    for block in doc.blocks:
        spans = sentence_spans(block, lang)
        if not spans:
            continue
        parts: list[str] = [block.text[: spans[0].start]]
        length = len(parts[0])
        pieces: list[Mark] = []
        gaps: list[tuple[Span, str]] = []
        breaks = deque(sorted(block.gaps))
        for number, span in enumerate(spans, 1):
            found = translations[f"{block.id}.s{number}"]
            pieces += [replace(m, span=m.span.shift(length)) for m in found.marks]
            parts.append(found.target)
            length += len(found.target)
            end = spans[number].start if number < len(spans) else len(block.text)
            white = block.text[span.end : end]
            while breaks and breaks[0][0].end <= end:
                place, raw = breaks.popleft()
                if span.end <= place.start:
                    gaps.append((place.shift(length - span.end), raw))
            parts.append(white)
            length += len(white)
        text = "".join(parts)
        blocks[block.id] = replace(block, text=text, marks=_merge(block.marks, pieces, text), gaps=tuple(gaps))
    return blocks


def _merge(order: Sequence[Mark], pieces: Iterable[Mark], text: str) -> tuple[Mark, ...]:
    """Marks in the order of the source block, the parts of one mark joined over white space and punctuation.

    Where a translation put words between two parts ("… [gut. Gestern kam] der Minister": "… [good.] Yesterday the minister
    [came]"), a mark that may be split stays split, and any other covers its longest stretch: words that the source
    left out of a link are not taken in.
    """
    found: dict[int, list[Mark]] = {}
    for piece in sorted(pieces, key=lambda mark: mark.span):
        runs = found.setdefault(piece.id, [])
        last = runs[-1].span if runs else None
        if last is not None and not any(map(str.isalnum, text[last.end : piece.span.start])):
            runs[-1] = replace(runs[-1], span=Span(last.start, max(last.end, piece.span.end)))
        else:
            runs.append(piece)
    out: list[Mark] = []
    for mark in order:
        runs = found.get(mark.id, [])
        full = [run for run in runs if run.span.length]
        if mark.floating and full:
            out += full
        elif runs:
            out.append(max(runs, key=lambda run: run.span.length))
    return tuple(out)
