"""YAML front matter: the fields that readers see are blocks, everything else stays as it is.

Only scalars of top-level fields that fit on one line, and block scalars (`>` and `|`), are read. Anything cleverer
(anchors, lists, flow collections, quoted text over several lines) is kept, so comments and order survive.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mt_publish.formats.inline import Kind, Tok, assemble, words
from mt_publish.types import Block, Span

FIELDS = words(
    "title description summary subtitle teaser lead alt caption headline kicker abstract excerpt deck standfirst dek "
    "titel untertitel beschreibung zusammenfassung vorspann dachzeile unterzeile bildunterschrift seo_title "
    "seo_description seotitle seodescription image_alt imagealt image_caption og_title og_description linktitle "
    "short_title"
)
"""Names of fields that are translated, lower case, "-" counts as "_"."""

_START = re.compile(r"---[ \t]*(\r\n|\r|\n)")
_TOML = re.compile(r"\+\+\+[ \t]*(\r\n|\r|\n)")
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")
_FIELD = re.compile(r"([A-Za-z_][\w-]*|\"[^\"]*\"|'[^']*')([ \t]*:)(?:([ \t]+)(.*))?$")
_SINGLE = re.compile(r"'((?:[^']|'')*)'[ \t]*(?:#.*)?$")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"[ \t]*(?:#.*)?$')
_ESCAPES = {"'": re.compile("''"), '"': re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)")}
_SIMPLE = {'"': '"', "\\": "\\", "/": "/", "n": " ", "t": " ", "_": "\u00a0"}


def end_of(text: str) -> tuple[int, bool]:
    """Where the body starts, and whether what precedes it is YAML; 0 when there is no front matter."""
    for start, fences, yaml in ((_START, ("---", "..."), True), (_TOML, ("+++",), False)):
        first = start.match(text)
        if not first:
            continue
        at = first.end()
        while at < len(text):
            line = _LINE.match(text, at)
            assert line is not None
            if line[1].rstrip(" \t") in fences:
                return line.end(), yaml
            if at == first.end() and not line[1].strip():
                break  # a thematic break with an empty line after it
            at = line.end()
    return 0, False


def read(text: str, end: int) -> list[Block]:
    """The blocks of the YAML front matter that fills `text` up to `end`; ids and lines are left to the caller."""
    lines: list[tuple[int, str]] = []
    at = 0
    while at < end:
        row = _LINE.match(text, at)
        assert row is not None
        lines.append((at, row[1]))
        at = row.end()
    out: list[Block] = []
    for i, (start, line) in enumerate(lines):
        field = _FIELD.match(line)
        if not field or field[1].strip("\"'").lower().replace("-", "_") not in FIELDS or not field[4]:
            continue
        value, at = field[4], start + field.start(4)
        following = lines[i + 1][1] if i + 1 < len(lines) else ""
        if value[0] in "|>":
            if re.fullmatch(r"[|>][+-]?[ \t]*(?:#.*)?", value):
                out += _block_scalar(text, lines, i, folded=value[0] == ">")
            continue
        if following[:1] in (" ", "\t") and following.strip() and not following.lstrip().startswith("#"):
            continue  # goes on in the next line
        block = _scalar(text, value, at)
        if block is not None:
            out.append(block)
    return out


def _scalar(text: str, value: str, at: int) -> Block | None:
    if value[0] in "'\"":
        quoted = (_SINGLE if value[0] == "'" else _DOUBLE).match(value)
        if not quoted:
            return None
        inner, whole = Span(*quoted.span(1)).shift(at), Span(at, at + quoted.end(1) + 1)
        toks: list[Tok] = []
        last = inner.start
        for found in _ESCAPES[value[0]].finditer(text, *inner):
            escape = found[0]
            if escape[0] == "\\" and escape[1] in "xu":
                decoded = chr(int(escape[2:], 16))
            else:
                decoded = "'" if escape == "''" else _SIMPLE.get(escape[1], "")
            if not decoded or "\ud800" <= decoded <= "\udfff":
                return None
            if found.start() > last:
                toks.append(Tok(Kind.TEXT, last, found.start(), text=text[last : found.start()]))
            toks.append(Tok(Kind.TEXT, found.start(), found.end(), text=decoded))
            last = found.end()
        if last < inner.end:
            toks.append(Tok(Kind.TEXT, last, inner.end, text=text[last : inner.end]))
    else:
        if value[0] in "[]{}&*!|>%@`#,?-" and not re.match(r"-\S|\?\S", value):
            return None
        plain = re.split(r"[ \t]#", value, maxsplit=1)[0].rstrip(" \t")
        if ": " in plain or plain.endswith(":"):
            return None  # not valid YAML: hands off
        inner = whole = Span(at, at + len(plain))
        toks = [Tok(Kind.TEXT, *inner, text=plain)]
    inline = assemble(text, toks)
    if inline is None or inline.span != inner:
        return None
    # The scalar is quoted as a whole when it is written, so its marks carry text, not YAML.
    marks = tuple(
        replace(m, open=" " * m.open.startswith(" ") + m.shown + " " * m.open.endswith(" ")) for m in inline.marks
    )
    return Block("", whole, inline.text, marks, "field", escape="yaml")


def _block_scalar(text: str, lines: list[tuple[int, str]], i: int, *, folded: bool) -> list[Block]:
    """A folded scalar is one block a paragraph, a literal one a block a line."""
    body: list[tuple[int, str]] = []
    for start, line in lines[i + 1 :]:
        if line.strip() and line[:1] not in (" ", "\t"):
            break
        body.append((start, line))
    indents = {len(line) - len(line.lstrip(" ")) for _, line in body if line.strip()}
    if folded and len(indents) > 1:
        return []  # more-indented lines do not fold
    out: list[Block] = []
    toks: list[Tok] = []
    for start, line in [*body, (0, "")]:
        kept = line.strip()
        if kept:
            first = start + len(line) - len(line.lstrip())
            if toks:
                toks.append(Tok(Kind.GAP, toks[-1].end, first))
            toks.append(Tok(Kind.TEXT, first, first + len(kept), text=kept))
        if toks and (not kept or not folded):
            inline = assemble(text, toks)
            if inline is not None:
                out.append(Block("", inline.span, inline.text, inline.marks, "field", gaps=inline.gaps))
            toks = []
    return out
