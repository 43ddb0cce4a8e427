"""The blocks of a document from what its reader found: in reading order, numbered, each place once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mt_publish.formats.lines import LineCounter
from mt_publish.types import Block, Mark, Span


def number(text: str, groups: Iterable[Sequence[Block]]) -> list[Block]:
    """Blocks in reading order with their final ids and lines; `within` is set where a mark of another block holds one.

    Attributes of inline markup follow the text of their group, whether they stand in it, before or after it: so a
    translation in which an image moved to the edge of its sentence has the same order of blocks.

    Args:
        text: The document text.
        groups: Blocks that belong together: the stretches of text of a paragraph, then the attributes of the markup in
            it. Ids are provisional: unique where a mark names them, else "".
    """
    found = sorted((sorted(group, key=_rank) for group in groups if group), key=lambda g: min(b.span for b in g))
    holders: dict[str, Block] = {}
    for group in found:
        for block in group:
            for mark in block.marks:
                holders.update(dict.fromkeys((name for _, name in mark.texts), block))
    kept: set[int] = set()
    end = 0
    for block in sorted((b for group in found for b in group), key=lambda b: (b.span.start, -b.span.end)):
        holder = holders.get(block.id) if block.id else None
        if holder is not None:
            if id(holder) in kept:
                kept.add(id(block))
        elif block.span.start >= end:  # else it is a second reading of one place; the first one wins
            kept.add(id(block))
            end = block.span.end
    blocks = [block for group in found for block in group if id(block) in kept]
    lines = LineCounter(text)
    line = {start: lines.at(start) for start in sorted({b.span.start for b in blocks})}
    names: dict[str, str] = {}
    numbers: dict[int, str] = {}
    for count, block in enumerate(blocks, 1):
        numbers[id(block)] = f"b{count}"
        if block.id:
            names[block.id] = f"b{count}"
    out = []
    for block in blocks:
        holder = holders.get(block.id) if block.id else None
        marks = block.marks
        if any(mark.texts for mark in marks):
            marks = tuple(_named(mark, names) for mark in marks)
        out.append(
            replace(
                block,
                id=numbers[id(block)],
                marks=marks,
                line=line[block.span.start],
                within="" if holder is None else numbers[id(holder)],
            )
        )
    return out


def _rank(block: Block) -> tuple[bool, Span]:
    return bool(block.id), block.span  # only attributes of inline markup have provisional ids


def _named(mark: Mark, names: dict[str, str]) -> Mark:
    return replace(mark, texts=tuple((span, names[name]) for span, name in mark.texts if name in names))
