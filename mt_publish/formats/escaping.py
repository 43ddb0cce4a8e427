"""What to write for a character that would mean something else in the target format."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

from mt_publish.types import Block, Mark, Span


class Escapes:
    """Replacements for single characters of a text, by place."""

    def __init__(self, found: dict[int, str]) -> None:
        self._found = found
        self._places = sorted(found)

    def apply(self, text: str, start: int = 0, end: int | None = None) -> str:
        """The part [start, end) of `text` with the replacements made."""
        end = len(text) if end is None else end
        places = self._places
        k = bisect_left(places, start)
        if k == len(places) or places[k] >= end:
            return text[start:end]
        out: list[str] = []
        while k < len(places) and places[k] < end:
            out += (text[start : places[k]], self._found[places[k]])
            start = places[k] + 1
            k += 1
        out.append(text[start:end])
        return "".join(out)


def escapes(block: Block, source: str, before: str, *, references: bool = False) -> Escapes:
    """Replacements for `block.text`; the arguments are those of `inline.render`."""
    if block.escape == "markdown":
        return Escapes(_markdown(block, source, references))
    if block.escape == "markdown-title":
        return Escapes(_title(block, source, before))
    if block.escape in ("html", "html-attribute"):
        return Escapes(_html(block, source, before))
    return Escapes({})


def finish(body: str, block: Block, source: str, before: str) -> str:
    """The rendered block with what concerns it as a whole: quotes around YAML scalars and bare attribute values."""
    if block.escape == "yaml":
        return yaml_scalar(body, source)
    if block.escape == "html-attribute" and before == "=" and (not body or re.search(r"[\s\"'=<>`]", body)):
        return f'"{body}"'
    return body


# --- HTML ------------------------------------------------------------------------------------------------------------

_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _html(block: Block, source: str, before: str) -> dict[int, str]:
    text = block.text
    table = dict(_HTML)
    if "&nbsp;" in source:
        table["\u00a0"] = "&nbsp;"
    elif "&#160;" in source:
        table["\u00a0"] = "&#160;"
    if block.escape == "html-attribute":
        if before != "'":
            table['"'] = "&quot;"
        if before != '"':
            table["'"] = "&#39;"
    if not any(c in text for c in table):
        return {}
    return {i: table[c] for i, c in enumerate(text) if c in table}


# --- Markdown --------------------------------------------------------------------------------------------------------

_PUNCT = r"!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~"


@cache
def _inline_specials() -> re.Pattern[str]:
    return re.compile(
        rf"""
          (?P<b> [`] | \\(?=[{_PUNCT}]|$)
            | \*(?!\s|$) | (?<=[^\s])\*(?=\s|$) | (?<![^\W_])_(?!\s|$) | (?<=[^\s])_(?![^\W_])
            | ~(?=~) | (?<=~)~
            | <(?=[A-Za-z/!?]) | &(?=\#?\w+;)
            | \[(?=\^) | \^(?=\[) | \](?=[(\[]) | !(?=\[) )
        """,
        re.VERBOSE,
    )


@cache
def _line_specials() -> re.Pattern[str]:
    return re.compile(
        r"(?P<b>[#](?=\#{0,5}(?:\s|$))|[-+*](?=\s|$)|>|=(?=[=\s]*$)|-(?=[-\s]*$)|[*_](?=(?:[\s]*[*_]){2}[\s*_]*$)|"
        r"\[(?=[^\n]*\]:)|~(?=~~)|:(?=\s|::)|\|)|\d{1,9}(?P<n>[.)](?=\s|$))"
    )


def _markdown(block: Block, source: str, references: bool) -> dict[int, str]:
    text = block.text
    found: dict[int, str] = {}
    for hit in _inline_specials().finditer(text):
        found[hit.start()] = "\\" + hit[0]
    if block.kind == "cell" and "|" in text:
        for i, char in enumerate(text):
            if char == "|":
                found[i] = "\\|"
    if block.kind == "cell" and "\\" in text:  # in front of a border no number of backslashes is only a backslash
        for i, char in enumerate(text):
            if char == "\\" and text[i + 1 : i + 2] in ("", "|", "\\"):
                found[i] = "&#92;"
    if block.kind == "heading" and text.endswith("#"):
        found[len(text) - 1] = "\\#"
    if block.kind == "item" and _TASK.match(text):
        found[0] = "\\["
    if (references and "[" in text) or block.kind == "attribute" or "\\[" in source or "\\]" in source:
        for i, char in enumerate(text):
            if char in "[]":
                found[i] = "\\" + char
    elif any(mark.open.startswith("[") for mark in block.marks):
        for i in _unbalanced(text):
            found[i] = "\\" + text[i]
    if "&nbsp;" in source:
        for i, char in enumerate(text):
            if char == "\u00a0":
                found[i] = "&nbsp;"
    if "$" in text:
        from mt_publish.formats.markdown_inline import math_end

        places = [i for i, char in enumerate(text) if char == "$"]
        if "\\$" in source or any(math_end(text, i, strict=not found) for i in places):
            found.update(dict.fromkeys(places, "\\$"))
    if block.kind == "attribute" and "\\|" in source:  # in a table
        found.update({i: "\\|" for i, char in enumerate(text) if char == "|"})
    if block.kind != "cell":
        found.update(_line_starts(block))
    return found


def _line_starts(block: Block) -> dict[int, str]:
    """Escapes for what would begin a heading, list or the like at the start of a line."""
    text = block.text
    breaks = sorted(span for span, literal in block.gaps if "\n" in literal or "\r" in literal)
    lines = list(zip([0, *(s.end for s in breaks)], [*(s.start for s in breaks), len(text)], strict=True))
    found: dict[int, str] = {}
    for first, stop in lines[1:] if block.kind == "attribute" else lines:
        line = _line_specials().match(text[first:stop])
        if line:
            at = first + (line.start("n") if line["n"] else 0)
            found[at] = "\\" + text[at]
    return found


_TITLE = re.compile(rf"\\(?=[{_PUNCT}]|$)|&(?=\#?\w+;)")


def _title(block: Block, source: str, before: str) -> dict[int, str]:
    """A title ends at the quote, or bracket, that it began with: the character in front of it."""
    text = block.text
    ends = {'"': '"', "'": "'", "(": "()"}.get(before, "\"'()") + "|" * ("\\|" in source)
    found = {i: "\\" + char for i, char in enumerate(text) if char in ends}
    found.update({hit.start(): "\\" + hit[0] for hit in _TITLE.finditer(text)})
    if "&nbsp;" in source:
        found.update({i: "&nbsp;" for i, char in enumerate(text) if char == "\u00a0"})
    return found | _line_starts(block)


def _unbalanced(text: str) -> list[int]:
    """Places of square brackets without a partner, which could end or begin a link too early."""
    opened: list[int] = []
    alone: list[int] = []
    for i, char in enumerate(text):
        if char == "[":
            opened.append(i)
        elif char == "]":
            if opened:
                opened.pop()
            else:
                alone.append(i)
    return alone + opened


_TASK = re.compile(r"\[[ xX]\]\s")
_WORD = re.compile(r"\w")


def fit(mark: Mark, span: Span, block: Block) -> Span:
    """The span with its edges moved so that `*` and `_` marks still count as emphasis there (CommonMark 6.2).

    An opening run before punctuation must not follow a letter, a closing one after punctuation must not precede one.
    """
    if block.escape != "markdown" or not mark.floating or mark.open[:1] not in ("*", "_", "~"):
        return span
    text = block.text
    start, end = span
    while end - start > 1 and _is_punct(text[end - 1]) and end < len(text) and _WORD.match(text[end]):
        end -= 1
    while end - start > 1 and _is_punct(text[start]) and start > 0 and _WORD.match(text[start - 1]):
        start += 1
    if mark.open[:1] == "_":  # may not stand inside a word
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
    return Span(start, end)


def _is_punct(char: str) -> bool:
    return not char.isalnum() and not char.isspace() and char != "_"


# --- YAML ------------------------------------------------------------------------------------------------------------

_PLAIN_UNSAFE = re.compile(
    r"^[\s\-?:,\[\]{}#&*!|>'\"%@`]|: |:$| #|\s$|^$|[\t\n\r]|"
    r"^(?:true|false|yes|no|on|off|null|~|[-+]?[0-9][0-9_.:eE+-]*|\d{4}-\d\d-\d\d.*)$",
    re.IGNORECASE,
)


def yaml_scalar(text: str, source: str) -> str:
    """`text` as a YAML scalar, quoted as `source` was; in double quotes where plain it would mean something else."""
    if source[:1] == "'":
        return "'" + text.replace("'", "''") + "'"
    plain = source[:1] != '"'
    if plain and (not _PLAIN_UNSAFE.search(text) or text == source):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n") + '"'
