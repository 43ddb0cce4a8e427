"""Markdown: CommonMark with tables, footnotes, definition lists, math and front matter.

The source is never rendered again. markdown-it-py says which lines form a leaf block; the text in them is read by
`markdown_inline` with its place in the source, and only that place is replaced.

Alternative texts of images, titles of links, images and reference definitions, and the attributes of HTML tags that
readers see are blocks of their own, also inside a sentence.

Not translated: code, math, link targets, the text of an image that names its definition (`![Name]`), notes written
inline (^[…]), front matter fields that readers do not see.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mt_publish.formats import frontmatter, html
from mt_publish.formats.inline import Tok, assemble
from mt_publish.formats.markdown_inline import Scanner
from mt_publish.formats.order import number
from mt_publish.types import Block, Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_NEWLINE = re.compile(r"\r\n|\r|\n")
_TASK = re.compile(r"\[[ xX]\][ \t]+")
_ALERT = re.compile(r"\[![A-Za-z]+\][+-]?$")
_MARKERS = re.compile(r"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])|\[\^[^\]\s]+\]:|:(?=[ \t])))*[ \t]*")
_DEFINED_TITLE = re.compile(
    r"""(?<=[ \t])(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\))(?=[ \t]*$)""", re.M
)
_HEADING = re.compile(r"#{1,6}[ \t]+")


def read(text: str) -> list[Block]:
    """The blocks of a Markdown file in reading order."""
    body, yaml = frontmatter.end_of(text)
    found = [[block] for block in frontmatter.read(text, body)] if yaml else []
    return number(text, found + _Reader(text, body).read())


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
        self.found: list[list[Block]] = []
        self.references: Container[str] = ()

    def read(self) -> list[list[Block]]:
        md = _parser()
        env: dict[str, object] = {}
        tokens: list[Token] = []
        source = "\n".join(self.text[a:b] for a, b in self.lines)
        md.block.parse(source, md, env, tokens)
        found = env.get("references")
        references: Mapping[str, Mapping[str, Any]] = found if isinstance(found, dict) else {}
        self.references = references
        containers: list[str] = []
        row: list[Token] = []
        parent = ""
        first = False  # whether the next paragraph is the first one of a list item
        code = 0  # the line after an element with code that goes on beyond its HTML block, over an empty line
        for token in tokens:
            kind = token.type
            if kind == "inline" and token.map and token.map[0] < code:
                continue
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
                # Lines of a quotation begin with its marks, which would be read as text.
                if "blockquote_open" not in containers and token.map and token.map[1] > code:
                    begin, stop = max(token.map[0], code), token.map[1]
                    self.html([begin, stop])
                    code = max(code, self.after_code(begin, stop))
            elif kind in ("list_item_open", "blockquote_open", "footnote_reference_open", "dd_open"):
                containers.append(kind)
                first = kind == "list_item_open"
            elif kind in ("list_item_close", "blockquote_close", "footnote_reference_close", "dd_close"):
                containers.pop()
            parent = kind
        self.definitions(references)
        return self.found

    def definitions(self, references: Mapping[str, Mapping[str, Any]]) -> None:
        """The titles of link reference definitions, those that stand on one line."""
        from markdown_it.common.utils import unescapeAll

        for count, reference in enumerate(references.values()):
            title, where = reference.get("title"), reference.get("map")
            if not title or not where:
                continue
            a, b = self.lines[where[1] - 1]
            found = _DEFINED_TITLE.search(self.text, a, b)
            if found is None or unescapeAll(found[0][1:-1]) != title:
                continue
            scanner = Scanner(self.text, [(found.start() + 1, found.end() - 1)], self.references, plain=True)
            self.found.append(
                self.blocks(scanner.runs(), "attribute", escape="markdown-title", name=f"@definition{count}")
            )

    def leaf(self, token: Token, parent: str, containers: list[str], first: bool) -> None:
        if token.map is None:
            return
        start, stop = token.map[0], max(token.map[1], token.map[0] + 1)
        rows: list[tuple[int, int]] = []
        contents = token.content.split("\n")
        if len(contents) > stop - start:
            return
        for count, content in enumerate(contents):
            place = self.find(start + count, content, heading=parent == "heading_open" and token.markup != "=")
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
        """The blocks of a leaf, cut at hard line breaks, and of the texts that its markup holds."""
        scanner = Scanner(self.text, rows, self.references)
        runs = scanner.runs()
        held: list[Block] = []
        for span in scanner.attributes:
            block = html.attribute_block(self.text, span, name=f"@{span.start}")
            if block is not None:
                held.append(block)
        for part in scanner.texts:
            inner = Scanner(self.text, part.rows, self.references, plain=part.title)
            escape = "markdown-title" if part.title else "markdown"
            held += self.blocks(inner.runs(), "attribute", escape=escape, name=f"@{part.rows[0][0]}")
        texts = [(block.span, block.id) for block in held]
        group = self.blocks(runs, kind, texts=texts)
        self.found += [[*group, *held]] if group else [[block] for block in held]

    def blocks(
        self,
        runs: list[list[Tok]],
        kind: str,
        *,
        escape: str = "markdown",
        name: str = "",
        texts: Sequence[tuple[Span, str]] = (),
    ) -> list[Block]:
        found = []
        for i, run in enumerate(runs):
            inline = assemble(self.text, run, collapse=True, texts=texts)
            if inline is not None:
                own = f"{name}.{i}" if name else ""
                found.append(Block(own, inline.span, inline.text, inline.marks, kind, gaps=inline.gaps, escape=escape))
        return found

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

    def after_code(self, begin: int, stop: int) -> int:
        """The line after the element with code that the HTML block of these lines leaves open; 0 when it leaves none open."""
        start, end = self.lines[begin][0], self.lines[min(stop, len(self.lines)) - 1][1]
        opened = ""
        for tag in _CODE_TAG.finditer(self.text, start, end):
            if not opened and not tag[1]:
                opened = tag[2].lower()
            elif tag[1] and tag[2].lower() == opened:
                opened = ""
        if not opened:
            return 0
        closing = re.compile(rf"</{opened}\b", re.IGNORECASE).search(self.text, end)
        if closing is None:
            return len(self.lines)
        return bisect_right(self.lines, (closing.start(), len(self.text)))

    def html(self, where: list[int]) -> None:
        start, stop = self.lines[where[0]][0], self.lines[min(where[1], len(self.lines)) - 1][1]
        markers = _MARKERS.match(self.text, start, stop)
        self.found += html.groups(self.text, markers.end() if markers else start, stop)


_CODE_TAG = re.compile(rf"<(/?)({'|'.join(sorted(html.CODE))})\b", re.IGNORECASE)


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
