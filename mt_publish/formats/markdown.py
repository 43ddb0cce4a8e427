"""Markdown: CommonMark with tables, footnotes, definition lists, math and front matter.

The source is never rendered again. markdown-it-py says which lines form a leaf block; the text in them is read by
`markdown_inline` with its place in the source, and only that place is replaced.

Not translated: code, math, link targets and titles, texts of images inside a sentence (those of images between blocks
are), reference definitions, notes written inline (^[…]), front matter fields that readers do not see.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from mt_publish.formats import frontmatter
from mt_publish.formats.inline import Tok, assemble
from mt_publish.formats.lines import LineCounter
from mt_publish.formats.markdown_inline import Scanner
from mt_publish.types import Block

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_NEWLINE = re.compile(r"\r\n|\r|\n")
_TASK = re.compile(r"\[[ xX]\][ \t]+")
_ALERT = re.compile(r"\[![A-Za-z]+\][+-]?$")
_MARKERS = re.compile(r"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])|\[\^[^\]\s]+\]:|:(?=[ \t])))*[ \t]*")
_HEADING = re.compile(r"#{1,6}[ \t]+")


def read(text: str) -> list[Block]:
    """The blocks of a Markdown file in document order."""
    body, yaml = frontmatter.end_of(text)
    found = frontmatter.read(text, body) if yaml else []
    found += _Reader(text, body).read()
    found.sort(key=lambda b: b.span)
    lines = LineCounter(text)
    out: list[Block] = []
    end = 0
    for block in found:
        if block.span.start < end:
            continue  # two readings of one place; the first one wins
        end = block.span.end
        out.append(replace(block, id=f"b{len(out) + 1}", line=lines.at(block.span.start)))
    return out


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    md = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    return md.use(footnote_plugin).use(deflist_plugin).use(dollarmath_plugin, allow_labels=False)


class _Reader:
    def __init__(self, text: str, body: int) -> None:
        self.text = text
        self.lines: list[tuple[int, int]] = []
        at = body
        for newline in _NEWLINE.finditer(text, body):
            self.lines.append((at, newline.start()))
            at = newline.end()
        self.lines.append((at, len(text)))
        self.found: list[Block] = []
        self.references: Container[str] = ()

    def read(self) -> list[Block]:
        md = _parser()
        env: dict[str, object] = {}
        tokens: list[Token] = []
        source = "\n".join(self.text[a:b] for a, b in self.lines)
        md.block.parse(source, md, env, tokens)
        references = env.get("references", {})
        self.references = references if isinstance(references, dict) else {}
        containers: list[str] = []
        row: list[Token] = []
        parent = ""
        first = False  # whether the next paragraph is the first one of a list item
        for token in tokens:
            kind = token.type
            if kind == "inline":
                if parent in ("th_open", "td_open"):
                    row.append(token)
                else:
                    self.leaf(token, parent, containers, first)
                    first = False
            elif kind == "tr_close":
                self.row(row)
                row = []
            elif kind == "html_block":
                if token.level == 0 and token.map:
                    self.html(token.map)
            elif kind in ("list_item_open", "blockquote_open", "footnote_reference_open", "dd_open"):
                containers.append(kind)
                first = kind == "list_item_open"
            elif kind in ("list_item_close", "blockquote_close", "footnote_reference_close", "dd_close"):
                containers.pop()
            parent = kind
        return self.found

    def leaf(self, token: Token, parent: str, containers: list[str], first: bool) -> None:
        if token.map is None:
            return
        start, stop = token.map[0], max(token.map[1], token.map[0] + 1)
        rows: list[tuple[int, int]] = []
        contents = token.content.split("\n")
        if len(contents) > stop - start:
            return
        for number, content in enumerate(contents):
            place = self.find(start + number, content, heading=parent == "heading_open" and token.markup != "=")
            if place is None:
                return
            rows.append(place)
        if not rows:
            return
        # The line break belongs to the lines in between: keep the blanks that make it a hard one.
        rows = [(a, self.lines[start + i][1] if i < len(rows) - 1 else b) for i, (a, b) in enumerate(rows)]
        inner = containers[-1] if containers else ""
        if inner == "list_item_open" and first:
            task = _TASK.match(self.text, rows[0][0], rows[0][1])
            if task:
                rows[0] = (task.end(), rows[0][1])
        if inner == "blockquote_open" and _ALERT.match(self.text[rows[0][0] : rows[0][1]].strip()):
            rows = rows[1:]
        if rows and self.text.startswith((":::", "!!! "), rows[0][0]):
            rows = rows[1:]
        if rows and self.text.startswith(":::", rows[-1][0]):
            rows = rows[:-1]
        if not rows:
            return
        kind = "paragraph"
        if parent == "heading_open":
            kind = "heading"
        elif "footnote_reference_open" in containers:
            kind = "footnote"
        elif inner in ("list_item_open", "dd_open") or parent == "dt_open":
            kind = "item"
        elif inner == "blockquote_open":
            kind = "quote"
        self.put(rows, kind)

    def find(self, line: int, content: str, *, heading: bool = False) -> tuple[int, int] | None:
        """Where the stripped content of a line stands in the document; None when it does not."""
        a, b = self.lines[line]
        raw, content = self.text[a:b], content.strip()
        hashes = _HEADING.search(raw) if heading else None
        if hashes:
            at = raw.find(content, hashes.end())
            if at >= 0:
                return a + at, a + at + len(content)
        stripped = raw.rstrip()
        if stripped.endswith(content):
            return a + len(stripped) - len(content), a + len(stripped)
        at = raw.rfind(content)
        return (a + at, a + at + len(content)) if at >= 0 else None

    def put(self, rows: list[tuple[int, int]], kind: str) -> None:
        scanner = Scanner(self.text, rows, self.references)
        self.blocks(scanner.runs(), kind)
        for image in scanner.images:  # those inside a sentence are dropped again by `read`
            self.blocks(Scanner(self.text, [image], self.references).runs(), "attribute")

    def blocks(self, runs: list[list[Tok]], kind: str) -> None:
        for run in runs:
            inline = assemble(self.text, run, collapse=True)
            if inline is not None:
                self.found.append(
                    Block("", inline.span, inline.text, inline.marks, kind, gaps=inline.gaps, escape="markdown")
                )

    def row(self, cells: list[Token]) -> None:
        if not cells or cells[0].map is None:
            return
        a, b = self.lines[cells[0].map[0]]
        raw = self.text[a:b]
        markers = _MARKERS.match(raw)
        for start in {len(raw) - len(raw.lstrip()), markers.end() if markers else 0}:
            places = _split_row(raw, start)
            kept = places[: len(cells)]
            found = [raw[x:y].replace("\\|", "|") for x, y in kept]
            want = [t.content for t in cells]
            if found == want[: len(found)] and not any(want[len(found) :]):
                for x, y in kept:
                    if x < y:
                        self.put([(a + x, a + y)], "cell")
                return

    def html(self, where: list[int]) -> None:
        from mt_publish.formats import html

        start, stop = self.lines[where[0]][0], self.lines[min(where[1], len(self.lines)) - 1][1]
        for block in html.read(self.text[start:stop]):
            self.found.append(replace(block, span=block.span.shift(start)))


def _split_row(raw: str, start: int) -> list[tuple[int, int]]:
    """The places of the cells of a table row, white space left out; a pipe after a backslash is no border."""
    end = len(raw.rstrip())
    borders = [i for i in range(start, end) if raw[i] == "|" and (i == 0 or raw[i - 1] != "\\")]
    edges = [start - 1, *borders, end]
    places = []
    for left, right in pairwise(edges):
        x, y = left + 1, right
        while x < y and raw[x] in " \t":
            x += 1
        while y > x and raw[y - 1] in " \t":
            y -= 1
        places.append((x, y))
    if len(places) > 1 and places[0][0] >= places[0][1]:
        places = places[1:]
    if len(places) > 1 and places[-1][0] >= places[-1][1] and end and raw[end - 1] == "|":
        places = places[:-1]
    return places
