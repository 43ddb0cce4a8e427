"""Plain text: a line is a block, and line breaks are structure."""

from __future__ import annotations

import re

from mt_publish.formats.inline import Kind, Tok, assemble
from mt_publish.formats.lines import LineCounter
from mt_publish.types import Block

# All that str.splitlines breaks at, save the separators U+001C to U+001E, which are data.
_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")


def read(text: str) -> list[Block]:
    """One block a line that has a letter or digit; white space around it stays outside of the block."""
    blocks: list[Block] = []
    lines = LineCounter(text)
    for found in _LINE.finditer(text):
        start, end = found.span()
        inline = assemble(text, [Tok(Kind.TEXT, start, end, text=found[0])])
        if inline is None:
            continue
        blocks.append(
            Block(
                id=f"b{len(blocks) + 1}",
                span=inline.span,
                text=inline.text,
                marks=inline.marks,
                kind="line",
                line=lines.at(inline.span.start),
            )
        )
    return blocks
