"""HTML pages and fragments, read by a tokenizer of our own that knows where everything stands in the source.

It does not build a tree: block-level tags, `<br>` and `<hr>` end a block, all other tags are markup inside of one. So
unclosed, crossing and stray tags, fragments and templates are read as they are written.

Attributes that readers see (`alt`, `title`, `placeholder` …) are blocks of their own, also those of tags inside a sentence.

Not translated: what `<code>`, `<pre>`, `<script>`, `<svg>` and their like hold, what `translate="no"` or the class
`notranslate` protects, comments, and front matter fields that readers do not see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import unescape

from mt_publish.formats import frontmatter
from mt_publish.formats.inline import FLOATING, Kind, Tok, assemble, words
from mt_publish.formats.order import number
from mt_publish.types import Block, Span

_BLOCK = words(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr br html label legend li main menu nav "
    "noframes noscript ol optgroup option p pre listing xmp plaintext search section select summary table tbody td "
    "template tfoot th thead title tr ul colgroup"
)
_VOID = words("img input wbr embed area col source track param link meta base frame bgsound")
_SKIP = words(
    "code kbd samp var tt math svg script style textarea pre listing xmp plaintext object iframe canvas audio video "
    "applet template noembed noframes map"
)
_RAW = words("script style textarea title xmp iframe noembed noframes plaintext")
CODE = words("pre script style textarea")
"""Elements whose end tag is not left out, and whose content is never prose."""
_SILENT = words("script style link meta base template source track param")
_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "hgroup"), "heading"),
    **dict.fromkeys(("td", "th"), "cell"),
    **dict.fromkeys(("li", "dt", "dd"), "item"),
    **dict.fromkeys(("figcaption", "caption", "legend", "summary"), "caption"),
    "blockquote": "quote",
    "title": "attribute",
}
_META_NAMES = words(
    "description abstract subtitle og:title og:description og:image:alt twitter:title twitter:description "
    "twitter:image:alt dc.title dc.description dcterms.title dcterms.description article:section"
)
_ATTRIBUTES = words("title alt placeholder aria-label aria-description aria-roledescription aria-placeholder")
_TAG_NAME = re.compile(r"/?([A-Za-z][^\s/><]*)")
# A value in quotes may hold ">", and so may `{% … %}`. Possessive, so that broken quotes cost no backtracking.
_TAG_REST = re.compile(r"""(?>=\s*+"[^"]*+"|=\s*+'[^']*+'|\{%[^%<]*+%\}|\{\{[^}<]*+\}\}|[^>])*+>""")
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")
_INTERESTING = re.compile(r"title|alt|placeholder|aria-|translat|content|value|label|summary", re.IGNORECASE)
_HAS_ID = re.compile(r"\s(?:id|name)\s*=", re.IGNORECASE)
_SPACE_OR_ENTITY = re.compile(r"[ \t\n\r\f]+|&(?:#[0-9]{1,7};?|#[xX][0-9A-Fa-f]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)")


@dataclass(slots=True)
class _Tag:
    """A tag, comment or instruction; `name` is lower case, "" for what is no element; `match` indexes the other tag."""

    start: int
    end: int
    name: str
    closing: bool = False
    match: int = -1
    kind: str = ""


def read(text: str) -> list[Block]:
    """The blocks of a page or fragment in reading order, attribute values and front matter included."""
    body, yaml = frontmatter.end_of(text)
    fields = [[block] for block in frontmatter.read(text, body)] if yaml else []
    return number(text, fields + groups(text, body, len(text)))


def groups(text: str, start: int, stop: int) -> list[list[Block]]:
    """What `read` gives of ``text[start:stop]`` before it is numbered: texts, each with the attributes of the tags in and beside it."""
    found = _Reader(text[start:stop]).read()
    return [[_moved(block, start) for block in group] for group in found] if start else found


def _moved(block: Block, by: int) -> Block:
    """A block with provisional names, from a part of the document that starts at `by`."""
    marks = tuple(
        replace(mark, texts=tuple((span, f"{by}{name}") for span, name in mark.texts)) if mark.texts else mark
        for mark in block.marks
    )
    return replace(block, id=f"{by}{block.id}" if block.id else "", span=block.span.shift(by), marks=marks)


def lang_spans(text: str) -> list[Span]:
    """Where the values of the attributes `lang` and `xml:lang` of `<html>` stand; those without a value are left out."""
    found = re.search(r"<html(?=[\s>])", text, re.IGNORECASE)
    rest = _TAG_REST.match(text, found.end()) if found else None
    if not found or not rest:
        return []
    spans = {
        attribute[1].lower(): _value_span(attribute)
        for attribute in reversed(list(_ATTRIBUTE.finditer(text, found.end(), rest.end() - 1)))  # the first one counts
    }
    return [span for name in ("lang", "xml:lang") if (span := spans.get(name)) and span.length]


def tokenize(text: str) -> list[_Tag]:
    """All tags, comments, declarations and instructions; raw text of scripts and the like holds none."""
    tags: list[_Tag] = []
    opened: dict[str, list[int]] = {}
    missing: set[str] = set()  # terminators known not to come any more, so that each is searched for once
    find = text.find
    at = find("<")
    broken = 0
    while at >= 0:
        head = text[at + 1 : at + 2]
        end = -1
        if head in ("!", "?", "%"):
            end, kind = _special(text, at, missing)
            if end > 0:
                tags.append(_Tag(at, end, "", kind=kind))
        elif broken < 64:
            name = _TAG_NAME.match(text, at + 1)
            if name:
                rest = _TAG_REST.match(text, name.end())
                if rest is None:
                    broken += 1
                else:
                    end = rest.end()
                    tag = _Tag(at, end, name[1].lower(), closing=head == "/")
                    if tag.closing:
                        stack = opened.get(tag.name)
                        if stack:
                            tag.match = stack.pop()
                            tags[tag.match].match = len(tags)
                    elif tag.name not in _VOID:
                        opened.setdefault(tag.name, []).append(len(tags))
                    tags.append(tag)
                    if tag.name in _RAW and not tag.closing and tag.name not in missing:
                        close = re.compile(rf"</{tag.name}(?=[\s/>])", re.IGNORECASE).search(text, end)
                        if close:
                            end = close.start()
                        else:
                            missing.add(tag.name)
        at = find("<", end if end > 0 else at + 1)
    return tags


def _special(text: str, at: int, missing: set[str]) -> tuple[int, str]:
    for opening, closing, kind in (
        ("<!--", "-->", "comment"),
        ("<![CDATA[", "]]>", "cdata"),
        ("<?", "?>", "instruction"),
        ("<%", "%>", "template"),
        ("<!", ">", "declaration"),
        ("<?", ">", "instruction"),
    ):
        if text.startswith(opening, at) and closing + opening not in missing:
            end = text.find(closing, at + len(opening))
            if end >= 0:
                return end + len(closing), kind
            missing.add(closing + opening)
    return -1, ""


def text_tokens(text: str, start: int, end: int) -> list[Tok]:
    """The tokens of text between tags: white space runs as one space or a line break, entities decoded."""
    out: list[Tok] = []
    at = start
    for found in _SPACE_OR_ENTITY.finditer(text, start, end):
        piece = found[0]
        if piece == " ":
            continue
        first, last = found.span()
        if piece[0] == "&":
            decoded = unescape(piece)
            if decoded == piece:
                continue
            if first > at:
                out.append(Tok(Kind.TEXT, at, first, text=text[at:first]))
            if decoded in ("\n", "\t", "\r"):
                decoded = " "
            if piece.endswith(";") or decoded[1:] == "":
                out.append(Tok(Kind.TEXT, first, last, text=decoded))
            else:  # a legacy entity without its semicolon, followed by letters: "&copy2024"
                kept = 0
                while kept < len(decoded) and decoded[len(decoded) - kept - 1] == piece[len(piece) - kept - 1]:
                    kept += 1
                out.append(Tok(Kind.TEXT, first, last - kept, text=decoded[: len(decoded) - kept]))
                if kept:
                    out.append(Tok(Kind.TEXT, last - kept, last, text=piece[-kept:]))
        else:
            if first > at:
                out.append(Tok(Kind.TEXT, at, first, text=text[at:first]))
            if "\n" in piece or "\r" in piece:
                out.append(Tok(Kind.GAP, first, last))
            else:
                out.append(Tok(Kind.TEXT, first, last, text=" "))
        at = last
    if at < end:
        out.append(Tok(Kind.TEXT, at, end, text=text[at:end]))
    return out


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.run: list[Tok] = []
        self.opened: dict[str, list[Tok]] = {}
        self.context: list[str] = []
        self.counts: dict[str, int] = {}
        self.groups: list[list[Block]] = []
        self.attributes: list[Block] = []  # of the tags in the run

    def read(self) -> list[list[Block]]:
        text, tags = self.text, tokenize(self.text)
        at = 0
        i = 0
        while i < len(tags):
            tag = tags[i]
            if tag.start > at:
                self.run += text_tokens(text, at, tag.start)
            at = tag.end
            i += 1
            if not tag.name:
                if tag.kind == "declaration":
                    self.flush()
                else:
                    name = "comment" if tag.kind in ("comment", "cdata") else "placeholder"
                    # <?= $name ?> and <%= name %> stand for text, the others do not
                    peel = not text.startswith(("<?=", "<%="), tag.start)
                    self.run.append(Tok(Kind.VOID, tag.start, tag.end, name=name, peel=peel))
                continue
            if tag.closing:
                self.close(tag)
                continue
            values = self.values(tag)
            protected = values.get("translate", "").lower() == "no" or "notranslate" in values.get("class", "").split()
            if (tag.name in _SKIP or protected) and tag.name not in ("html", "body"):
                i = self.skip(tags, i - 1, protected)
                at = max(at, tags[i - 1].end if i else 0)
                continue
            self.open(tag, values)
        if at < len(text):
            self.run += text_tokens(text, at, len(text))
        self.flush()
        return self.groups

    def open(self, tag: _Tag, values: dict[str, str]) -> None:
        name, text = tag.name, self.text
        if name in _BLOCK:
            self.flush()
            if name not in ("br", "hr"):
                self.context.append(name)
                self.counts[name] = self.counts.get(name, 0) + 1
        elif name == "wbr":
            self.run.append(Tok(Kind.TEXT, tag.start, tag.end, text=""))
        elif name in _VOID or (tag.match < 0 and text.endswith("/>", 0, tag.end)):
            self.run.append(Tok(Kind.VOID, tag.start, tag.end, name=name, peel=True))
        else:
            literal = text[tag.start : tag.end]
            tok = Tok(Kind.OPEN, tag.start, tag.end, name=name)
            held = bool(self.attributes) and self.attributes[-1].span.start > tag.start
            tok.floating = name in FLOATING and not held and not _HAS_ID.search(literal)
            self.run.append(tok)
            self.opened.setdefault(name, []).append(tok)

    def close(self, tag: _Tag) -> None:
        name = tag.name
        if name in _BLOCK:
            self.flush()
            if self.counts.get(name):
                while self.context:
                    last = self.context.pop()
                    self.counts[last] -= 1
                    if last == name:
                        break
            return
        tok = Tok(Kind.CLOSE, tag.start, tag.end, name=name)
        stack = self.opened.get(name)
        if stack:
            tok.partner = stack.pop()
            tok.partner.partner = tok
            tok.floating = tok.partner.floating
        self.run.append(tok)

    def skip(self, tags: list[_Tag], i: int, protected: bool) -> int:
        """Pass over the element at `i`; the index of the tag after it."""
        tag = tags[i]
        if tag.name in _VOID:
            self.run.append(Tok(Kind.VOID, tag.start, tag.end, name=tag.name, peel=True))
            return i + 1
        stop = tag.match
        if stop < 0 and protected and tag.name in _BLOCK:  # the end tag was left out: up to the next block
            stop = next((k for k in range(i + 1, min(len(tags), i + 500)) if tags[k].name in _BLOCK), -1)
            if stop >= 0:
                self.flush()
                self.run.append(Tok(Kind.VOID, tag.start, tags[stop].start, peel=True))
                self.flush()
                tags[stop - 1].end = tags[stop].start
                return stop
        if stop < 0 and tag.name in CODE:  # what it holds is no prose, wherever it ends
            if tag.name in _BLOCK:
                self.flush()
            else:
                self.run.append(Tok(Kind.VOID, tag.start, len(self.text), name=tag.name, peel=True))
            tags[-1].end = len(self.text)
            return len(tags)
        if stop < 0:
            if tag.name in _BLOCK:
                self.flush()
            else:
                self.run.append(Tok(Kind.VOID, tag.start, tag.end, name=tag.name, peel=True))
            return i + 1
        if tag.name in _BLOCK:
            self.flush()
        else:
            inner = self.text[tag.end : tags[stop].start]
            shown = "" if tag.name in _SILENT else unescape(re.sub(r"<[^>]*>", "", inner))
            name = tag.name if tag.name in _SKIP else "notranslate"
            peel = tag.name in _SILENT
            self.run.append(Tok(Kind.VOID, tag.start, tags[stop].end, text=shown, name=name, peel=peel))
        return stop + 1

    def flush(self) -> None:
        run, self.run = self.run, []
        if not run:
            return
        self.opened.clear()
        attributes, self.attributes = self.attributes, []
        texts = [(block.span, block.id) for block in attributes]
        inline = assemble(self.text, run, collapse=True, texts=texts)
        if inline is None:
            self.groups += ([block] for block in attributes)
            return
        kind = "paragraph"
        for name in reversed(self.context[-6:]):
            if name in _KINDS:
                kind = _KINDS[name]
                break
        block = Block("", inline.span, inline.text, inline.marks, kind=kind, gaps=inline.gaps, escape="html")
        self.groups.append([block, *attributes])

    def values(self, tag: _Tag) -> dict[str, str]:
        """Attributes that decide something, decoded; those to translate are put aside as blocks."""
        found, spans = attributes(self.text, tag.name, tag.start, tag.end)
        for span in spans:
            if tag.name in _BLOCK:
                block = attribute_block(self.text, span)
                if block is not None:
                    self.groups.append([block])
            else:
                block = attribute_block(self.text, span, name=f"@{span.start}")
                if block is not None:
                    self.attributes.append(block)
        return found


def attributes(text: str, tag: str, start: int, end: int) -> tuple[dict[str, str], list[Span]]:
    """Attributes of a tag that decide something, decoded, and where the values stand that are to be translated.

    Args:
        text: Text with the tag.
        tag: Name of the tag, lower case.
        start: Where the tag starts.
        end: Where it ends.
    """
    if text.find("=", start, end) < 0 or not _INTERESTING.search(text, start, end):
        return {}, []
    found: dict[str, str] = {}
    spans: dict[str, Span] = {}
    for attribute in _ATTRIBUTE.finditer(text, start + 1 + len(tag), end - 1):
        name = attribute[1].lower()
        value = _value_span(attribute)
        if value is None or name in found:
            continue
        found[name] = unescape(text[value.start : value.end])
        spans[name] = value
    if found.get("translate", "").lower() == "no" or "notranslate" in found.get("class", "").split():
        return found, []
    return found, [span for name, span in spans.items() if _translatable(tag, name, found)]


def attribute_block(text: str, span: Span, *, name: str = "") -> Block | None:
    """The block of an attribute value, with `name` as its provisional id; None when there is nothing to translate."""
    inline = assemble(text, text_tokens(text, *span))
    if inline is None:
        return None
    return Block(name, inline.span, inline.text, inline.marks, "attribute", gaps=inline.gaps, escape="html-attribute")


def _translatable(tag: str, name: str, values: dict[str, str]) -> bool:
    if name in _ATTRIBUTES:
        return True
    if tag == "meta" and name == "content":
        return (values.get("name") or values.get("property") or values.get("itemprop") or "").lower() in _META_NAMES
    if tag == "input" and name == "value":
        return values.get("type", "").lower() in ("submit", "button", "reset")
    return (tag in ("option", "optgroup", "track") and name == "label") or (tag == "table" and name == "summary")


def _value_span(attribute: re.Match[str]) -> Span | None:
    for group in (2, 3, 4):
        if attribute[group] is not None:
            return Span(*attribute.span(group))
    return None
