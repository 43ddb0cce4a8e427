"""The inline grammar of Markdown, read with places in the source: CommonMark 0.31 sections 6.1 to 6.9, and the usual
extensions (strikethrough, footnotes, math).

markdown-it-py finds the blocks but keeps no places below the line, so the inline part is read here. The algorithms
for emphasis and links are those of the specification's appendix.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Container
from dataclasses import dataclass, field
from functools import cache
from html import unescape

from mt_publish.formats import html
from mt_publish.formats.inline import FLOATING, Kind, Tok, words
from mt_publish.types import Span

_PLAIN = re.compile(r"[\\&\n]")
_SPECIAL = re.compile(r"[\\`<&\n$\]]|\*+|_+|~{2,}|!?\[|\^\[")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_AUTOLINK = re.compile(
    r"<[A-Za-z][A-Za-z0-9.+-]{1,31}:[^\s<>\x00-\x20]*>|<[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*>"
)
_HTML = re.compile(
    r"""<(?:(?P<open>[A-Za-z][A-Za-z0-9-]*)(?:\s+[A-Za-z_:@][\w.:@-]*+(?:\s*=\s*(?:[^\s"'=<>`]++|'[^']*+'|"[^"]*+"))?)*+\s*+/?
        |/(?P<close>[A-Za-z][A-Za-z0-9-]*)\s*
        |!--(?:>|->|.*?--) |\?.*?\? |![A-Za-z][^>]* |!\[CDATA\[.*?\]\])>""",
    re.VERBOSE | re.DOTALL,
)
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_FOOTNOTE = re.compile(r"\[\^[^\]\s\[]{1,200}\]")
_INLINE_NOTE = re.compile(r"\^\[(?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.){0,500}\])*+\]", re.DOTALL)
_KEEP = re.compile(r"""translate\s*=\s*["']?no|\bnotranslate\b""", re.IGNORECASE)
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999})\]", re.DOTALL)
_TITLE = re.compile(r""""(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\)""", re.DOTALL)
_SPACES = re.compile(r"[ \t\n]*")
_MATH = re.compile(r"\$\$(?:[^$\\]|\\.)+\$\$|\$(?=[^\s$])(?:[^$\\]|\\.){0,300}?(?<=[^\s\\])\$(?![\d$])", re.DOTALL)
_HTML_VOID = words("img input wbr embed area col source track param link meta base hr")
_HTML_KEPT = words("code kbd samp var tt math svg script style textarea pre iframe object video audio")


@dataclass(slots=True, eq=False)
class _Delimiter:
    """A run of `*`, `_` or `~`; closers take characters from its left, openers from its right."""

    char: str
    start: int
    end: int
    size: int
    can_open: bool
    can_close: bool
    closes: list[Tok] = field(default_factory=list)
    opens: list[Tok] = field(default_factory=list)
    before: _Delimiter | None = None
    after: _Delimiter | None = None
    order: int = 0


@dataclass(slots=True, eq=False)
class _Bracket:
    place: int
    at: int
    image: bool
    below: _Delimiter | None
    active: bool = True


@dataclass(frozen=True, slots=True)
class HeldText:
    """A text that a link or image holds: where its lines stand in the document, and whether it is a title."""

    rows: list[tuple[int, int]]
    title: bool = False


class Scanner:
    """Reads the content of one leaf block.

    Args:
        text: The document text.
        lines: For each line of the content: where it starts and ends in `text`, container prefixes left out.
        references: Normalised labels of the link reference definitions.
        plain: Whether it is a title, which knows escapes, entities and line breaks only.
    """

    def __init__(
        self, text: str, lines: list[tuple[int, int]], references: Container[str], *, plain: bool = False
    ) -> None:
        self.text = text
        self.lines = lines
        self.references = references
        self.plain = plain
        if len(lines) == 1:
            self.content = text[lines[0][0] : lines[0][1]]
        else:
            self.content = "\n".join(text[a:b] for a, b in lines)
        self.starts = [0]
        for a, b in lines[:-1]:
            self.starts.append(self.starts[-1] + b - a + 1)
        self.shift = lines[0][0]
        self.out: list[Tok | _Delimiter] = []
        self.last: _Delimiter | None = None
        self.brackets: list[_Bracket] = []
        self.ticks: dict[int, list[int]] | None = None
        self.missing: set[str] = set()
        self.delimiters = 0
        self.texts: list[HeldText] = []  # alternative texts of images, titles of links and images
        self.attributes: list[Span] = []  # values of HTML attributes that readers see

    def place(self, at: int) -> int:
        """The place in the document of a place in the content."""
        if len(self.lines) == 1:
            return self.shift + at
        line = bisect_right(self.starts, at) - 1
        return self.lines[line][0] + at - self.starts[line]

    def rows(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where the lines of the part [start, end) of the content stand in the document."""
        if len(self.lines) == 1:
            return [(self.shift + start, self.shift + end)]
        out = []
        for k in range(bisect_right(self.starts, start) - 1, len(self.lines)):
            first, (a, b) = self.starts[k], self.lines[k]
            if first >= end:
                break
            out.append((max(a, a + start - first), min(b, a + end - first)))
        return out

    def tok(self, kind: Kind, start: int, end: int, text: str = "", name: str = "", *, peel: bool = False) -> Tok:
        if len(self.lines) == 1:
            return Tok(kind, self.shift + start, self.shift + end, text, name, peel=peel)
        first = self.place(start)
        return Tok(kind, first, self.place(end - 1) + 1 if end > start else first, text, name, peel=peel)

    def put_text(self, start: int, end: int) -> None:
        if start < end:
            self.out.append(self.tok(Kind.TEXT, start, end, self.content[start:end]))

    def runs(self) -> list[list[Tok]]:
        """The tokens, cut at hard line breaks."""
        self.scan()
        self.emphasis(None)
        flat: list[Tok] = []
        for item in self.out:
            if isinstance(item, Tok):
                flat.append(item)
                continue
            flat += item.closes
            if item.start < item.end:
                flat.append(self.tok(Kind.TEXT, item.start, item.end, item.char * (item.end - item.start)))
            flat += reversed(item.opens)
        _pair_html(flat)
        out: list[list[Tok]] = [[]]
        for tok in flat:
            if tok.name == "break":
                out.append([])
            else:
                out[-1].append(tok)
        if len(out) > 1:
            for run in out:
                here = {id(t) for t in run}
                for tok in run:
                    if tok.partner is not None and id(tok.partner) not in here:
                        tok.partner = None
        return out

    def scan(self) -> None:
        content = self.content
        size = len(content)
        special = _PLAIN if self.plain else _SPECIAL
        at = 0
        while at < size:
            found = special.search(content, at)
            if not found:
                self.put_text(at, size)
                return
            self.put_text(at, found.start())
            at = self.special(found)

    def special(self, found: re.Match[str]) -> int:
        content = self.content
        at, piece = found.start(), found[0]
        char = piece[0]
        if char == "\\":
            after = content[at + 1 : at + 2]
            if after == "\n" and not self.plain:
                self.out.append(self.tok(Kind.VOID, at, at + 2, name="break"))
                return at + 2
            if after in _PUNCTUATION and after:
                self.out.append(self.tok(Kind.TEXT, at, at + 2, after))
                return at + 2
        elif char == "`":
            return self.code(at)
        elif char == "<":
            end = self.angle(at)
            if end:
                return end
        elif char == "&":
            entity = _ENTITY.match(content, at)
            decoded = unescape(entity[0]) if entity else ""
            if entity and decoded != entity[0]:
                decoded = " " if decoded in ("\n", "\t", "\r") else decoded
                self.out.append(self.tok(Kind.TEXT, at, entity.end(), decoded))
                return entity.end()
        elif char == "\n":
            return self.newline(at)
        elif char in "*_~":
            self.delimiter(at, found.end())
            return found.end()
        elif char == "$":
            end = math_end(content, at)
            if end:
                self.out.append(self.tok(Kind.VOID, at, end, content[at:end].strip("$"), "math"))
                return end
        elif char == "^":
            end = self.inline_note(at)
            if end:
                return end
        elif char == "]":
            return self.close_bracket(at)
        else:
            note = _FOOTNOTE.match(content, at) if char == "[" else None
            if note:
                self.out.append(self.tok(Kind.VOID, at, note.end(), name="footnote"))
                return note.end()
            self.brackets.append(_Bracket(len(self.out), at, char == "!", self.last))
            self.put_text(at, found.end())
            return found.end()
        self.put_text(at, found.end())
        return found.end()

    def newline(self, at: int) -> int:
        content = self.content
        first = at
        while first > 0 and content[first - 1] in " \t":
            first -= 1
        if self.out and isinstance(self.out[-1], Tok) and first < at:
            last = self.out[-1]
            if last.kind is Kind.TEXT and last.end - last.start == len(last.text):
                cut = min(len(last.text), at - first)
                last.text = last.text[: len(last.text) - cut]
                last.end -= cut
        hard = not self.plain and at - first >= 2 and content[at - 2 : at] == "  "
        end = at + 1
        while end < len(content) and content[end] in " \t":
            end += 1
        if hard:
            self.out.append(self.tok(Kind.VOID, first, end, name="break"))
        else:
            tok = self.tok(Kind.GAP, first, end)
            tok.end = self.place(end) if end < len(content) else tok.end
            self.out.append(tok)
        return end

    def code(self, at: int) -> int:
        content = self.content
        if self.ticks is None:
            self.ticks = {}
            for run in re.finditer(r"`+", content):
                self.ticks.setdefault(run.end() - run.start(), []).append(run.start())
        stop = at
        while stop < len(content) and content[stop] == "`":
            stop += 1
        places = self.ticks.get(stop - at, [])
        k = bisect_right(places, at)
        while k < len(places) and places[k] < stop:
            k += 1
        if k == len(places):
            self.put_text(at, stop)
            return stop
        end = places[k] + stop - at
        shown = content[stop : places[k]].replace("\n", " ")
        if shown[:1] == " " and shown[-1:] == " " and shown.strip():
            shown = shown[1:-1]
        self.out.append(self.tok(Kind.VOID, at, end, shown, "code"))
        return end

    def angle(self, at: int) -> int:
        content = self.content
        link = _AUTOLINK.match(content, at)
        if link:
            shown = content[at + 1 : link.end() - 1]
            name = "email" if "://" not in shown and "@" in shown else "url"
            self.out.append(self.tok(Kind.VOID, at, link.end(), shown, name))
            return link.end()
        for opening, closing in (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")):
            if content.startswith(opening, at):
                if closing in self.missing:
                    return 0
                if content.find(closing, at) < 0:
                    self.missing.add(closing)
                    return 0
        if ">" in self.missing:
            return 0
        tag = _HTML.match(content, at)
        if not tag:
            if content.find(">", at) < 0:
                self.missing.add(">")
            return 0
        end = tag.end()
        opened, closed = tag["open"], tag["close"]
        held = self.hold_attributes(opened.lower(), at, end) if opened else False
        if opened and opened.lower() == "br":
            self.out.append(self.tok(Kind.VOID, at, end, name="break"))
        elif opened and (opened.lower() in _HTML_KEPT or _KEEP.search(tag[0])):
            name = opened.lower()
            close = None
            if "</" + name not in self.missing:
                close = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(content, end)
            if close is None:
                self.missing.add("</" + name)
                self.out.append(self.tok(Kind.VOID, at, end, name=name))
            else:
                shown = unescape(re.sub(r"<[^>]*>", "", content[end : close.start()]))
                kept = name if name in _HTML_KEPT else "notranslate"
                self.out.append(self.tok(Kind.VOID, at, close.end(), shown, kept))
                end = close.end()
        elif opened and opened.lower() == "wbr":
            self.out.append(self.tok(Kind.TEXT, at, end, ""))
        elif opened and (opened.lower() in _HTML_VOID or tag[0].endswith("/>")):
            self.out.append(self.tok(Kind.VOID, at, end, name=opened.lower(), peel=True))
        elif opened:
            tok = self.tok(Kind.OPEN, at, end, name=opened.lower())
            has_id = re.search(r"\s(?:id|name)\s*=", tag[0], re.IGNORECASE)
            tok.floating = tok.name in FLOATING and not has_id and not held
            tok.text = "<"
            self.out.append(tok)
        elif closed:
            tok = self.tok(Kind.CLOSE, at, end, name=closed.lower())
            tok.text = "<"
            self.out.append(tok)
        else:
            self.out.append(self.tok(Kind.VOID, at, end, name="comment", peel=True))
        return end

    def hold_attributes(self, name: str, start: int, end: int) -> bool:
        """Put aside the attributes of a tag that readers see; whether there are any."""
        _, spans = html.attributes(self.content, name, start, end)
        for span in spans:
            if len(self.lines) == 1 or "\n" not in self.content[span.start : span.end]:
                (row,) = self.rows(*span)
                self.attributes.append(Span(*row))
        return bool(spans)

    def inline_note(self, at: int) -> int:
        found = _INLINE_NOTE.match(self.content, at)
        if not found:
            return 0
        self.out.append(self.tok(Kind.VOID, at, found.end(), name="footnote"))
        return found.end()

    # --- emphasis: https://spec.commonmark.org/0.31.2/#delimiter-stack ---

    def delimiter(self, start: int, end: int) -> None:
        content = self.content
        char = content[start]
        if char == "~" and end - start != 2:
            self.put_text(start, end)
            return
        before = content[start - 1] if start else "\n"
        after = content[end] if end < len(content) else "\n"
        left, right = flanking(before, after)
        if char == "_":
            can_open = left and (not right or _class(before) == "p")
            can_close = right and (not left or _class(after) == "p")
        else:
            can_open, can_close = left, right
        if not (can_open or can_close):
            self.put_text(start, end)
            return
        self.delimiters += 1
        item = _Delimiter(char, start, end, end - start, can_open, can_close, before=self.last, order=self.delimiters)
        if self.last is not None:
            self.last.after = item
        self.last = item
        self.out.append(item)

    def emphasis(self, below: _Delimiter | None) -> None:
        """Pair the delimiters above `below` and forget them."""
        if self.last is below:
            return
        bottoms: dict[tuple[str, bool, int], int] = {}
        floor = below.order if below is not None else 0
        closer = self.last
        while closer is not None and closer.before is not below and closer.before is not None:
            closer = closer.before
        while closer is not None:
            if not closer.can_close:
                closer = closer.after
                continue
            key = (closer.char, closer.can_open, closer.size % 3)
            opener = closer.before
            limit = bottoms.get(key, floor)
            while opener is not None and opener.order > limit:
                if opener.char == closer.char and opener.can_open and opener.start < opener.end:
                    odd = (closer.can_open or opener.can_close) and (closer.size + opener.size) % 3 == 0
                    if not (odd and closer.char != "~" and (closer.size % 3 or opener.size % 3)):
                        break
                opener = opener.before
            if opener is None or opener.order <= limit:
                bottoms[key] = closer.before.order if closer.before is not None else floor
                gone, closer = closer, closer.after
                if not gone.can_open:
                    self.remove(gone)
                continue
            use = 2 if min(opener.end - opener.start, closer.end - closer.start) >= 2 else 1
            name = "del" if closer.char == "~" else "strong" if use == 2 else "em"
            start = self.tok(Kind.OPEN, opener.end - use, opener.end, name=name)
            stop = self.tok(Kind.CLOSE, closer.start, closer.start + use, name=name)
            start.partner, stop.partner = stop, start
            start.floating = stop.floating = True
            opener.opens.append(start)
            closer.closes.append(stop)
            opener.end -= use
            closer.start += use
            between = closer.before
            while between is not None and between is not opener:
                self.remove(between)
                between = between.before
            if opener.start == opener.end:
                self.remove(opener)
            if closer.start == closer.end:
                gone, closer = closer, closer.after
                self.remove(gone)
        item = self.last
        while item is not None and item is not below:
            self.remove(item)
            item = item.before
        self.last = below

    def remove(self, item: _Delimiter) -> None:
        if item.before is not None:
            item.before.after = item.after
        if item.after is not None:
            item.after.before = item.before
        elif self.last is item:
            self.last = item.before

    # --- links: https://spec.commonmark.org/0.31.2/#look-for-link-or-image ---

    def close_bracket(self, at: int) -> int:
        if not self.brackets:
            self.put_text(at, at + 1)
            return at + 1
        bracket = self.brackets.pop()
        end = self.link_end(bracket, at) if bracket.active else 0
        if not end:
            self.put_text(at, at + 1)
            return at + 1
        if bracket.image:
            start = bracket.at
            shown = re.sub(r"[*_`]", "", self.content[bracket.at + 2 : at])
            named = end == at + 1 or self.content[at:end] == "][]"  # finds its target by its text
            if shown and "![" not in shown and not named:
                self.hold_alternative(bracket.at + 2, at)
            self.hold_title(at)
            self.last = bracket.below
            if self.last is not None:
                self.last.after = None
            del self.out[bracket.place :]
            self.out.append(self.tok(Kind.VOID, start, end, shown, "image", peel=True))
            return end
        self.emphasis(bracket.below)
        self.hold_title(at)
        opener = self.tok(Kind.OPEN, bracket.at, bracket.at + 1, name="a")
        closer = self.tok(Kind.CLOSE, at, end, name="a")
        if end == at + 1 or self.content[at:end] == "][]":
            # [Name] and [Name][] find their target by their text, which is going to change.
            closer.literal = f"][{self.content[bracket.at + 1 : at]}]"
        opener.partner, closer.partner = closer, opener
        self.out[bracket.place] = opener
        self.out.append(closer)
        for other in reversed(self.brackets):  # links hold no links
            if not other.image:
                if not other.active:
                    break
                other.active = False
        return end

    def hold_alternative(self, start: int, end: int) -> None:
        """Put aside the alternative text of an image; texts in it are part of it."""
        first = self.place(start)
        while self.texts and self.texts[-1].rows[0][0] >= first:
            self.texts.pop()
        while self.attributes and self.attributes[-1].start >= first:
            self.attributes.pop()
        self.texts.append(HeldText(self.rows(start, end)))

    def hold_title(self, at: int) -> None:
        """Put aside the title of the link or image whose text ends at `at`."""
        if self.content[at + 1 : at + 2] == "(":
            _, title = inline_target(self.content, at + 2)
            if title.length:
                self.texts.append(HeldText(self.rows(*title), title=True))

    def link_end(self, bracket: _Bracket, at: int) -> int:
        content = self.content
        after = content[at + 1 : at + 2]
        if after == "(":
            end, _ = inline_target(content, at + 2)
            if end:
                return end
        if after == "[":
            label = _LABEL.match(content, at + 1)
            if label and label[1].strip():
                return label.end() if _normal(label[1]) in self.references else 0
            if label:
                return label.end() if self.defined(bracket, at) else 0
        return at + 1 if self.defined(bracket, at) else 0

    def defined(self, bracket: _Bracket, at: int) -> bool:
        start = bracket.at + (2 if bracket.image else 1)
        return at - start <= 999 and _normal(self.content[start:at]) in self.references


def inline_target(content: str, at: int) -> tuple[int, Span]:
    """The end of `(destination "title")` whose inside starts at `at`, and where the text of the title stands in it.

    The end is 0 if it is no target, the span empty if there is no title.
    """
    none = Span(0, 0)
    at = _end_of_spaces(content, at)
    if content[at : at + 1] == "<":
        end = at + 1
        while end < len(content) and content[end] not in ">\n<":
            end += 2 if content[end] == "\\" else 1
        if content[end : end + 1] != ">":
            return 0, none
        at = end + 1
    else:
        depth = 0
        while at < len(content):
            char = content[at]
            if char == "\\" and content[at + 1 : at + 2] in _PUNCTUATION:
                at += 2
                continue
            if char <= " " or char == "\x7f":
                break
            if char == "(":
                depth += 1
                if depth > 32:
                    return 0, none
            elif char == ")":
                if not depth:
                    break
                depth -= 1
            at += 1
        if depth:
            return 0, none
    text = none
    spaced = _end_of_spaces(content, at)
    if spaced > at and content[spaced : spaced + 1] in ('"', "'", "("):
        title = _TITLE.match(content, spaced)
        if not title:
            return 0, none
        text = Span(title.start() + 1, title.end() - 1)
        spaced = _end_of_spaces(content, title.end())
    return (spaced + 1, text) if content[spaced : spaced + 1] == ")" else (0, none)


def _end_of_spaces(content: str, at: int) -> int:
    found = _SPACES.match(content, at)
    return found.end() if found else at


def math_end(content: str, at: int, *, strict: bool = True) -> int:
    """The end of the formula that starts with the dollar sign at `at`; 0 where it is an amount of money.

    Args:
        content: Markdown source.
        at: Place of the dollar sign.
        strict: Whether prose between two dollar signs is told from formulas.
    """
    found = _MATH.match(content, at)
    if not found:
        return 0
    inner = found[0].strip("$")
    if strict and not found[0].startswith("$$") and " " in inner and not re.search(r"[\\^_{}=+<>]", inner):
        return 0
    return found.end()


def _normal(label: str) -> str:
    from markdown_it.common.utils import normalizeReference

    return normalizeReference(label)


def flanking(before: str, after: str) -> tuple[bool, bool]:
    """Whether a delimiter run between two characters is left-flanking and right-flanking (CommonMark 6.2)."""
    b, a = _class(before), _class(after)
    left = a != "s" and (a != "p" or b != "w")
    right = b != "s" and (b != "p" or a != "w")
    return left, right


@cache
def _class(char: str) -> str:
    """ "s" for white space, "p" for punctuation and symbols, "w" for the rest."""
    if char.isspace():
        return "s"
    return "p" if char in _PUNCTUATION or unicodedata.category(char)[0] in "PS" else "w"


def _pair_html(toks: list[Tok]) -> None:
    """Pair HTML tags where that nests with the other marks; the rest become VOIDs."""
    stack: list[Tok] = []
    waiting: dict[str, int] = {}
    for tok in toks:
        html = tok.text == "<" and tok.kind in (Kind.OPEN, Kind.CLOSE)
        if tok.kind is Kind.OPEN:
            stack.append(tok)
            if html:
                waiting[tok.name] = waiting.get(tok.name, 0) + 1
        elif tok.kind is Kind.CLOSE and not html:
            while stack:
                top = stack.pop()
                if top is tok.partner:
                    break
                _void(top, waiting)
        elif tok.kind is Kind.CLOSE:
            k = len(stack) - 1
            while waiting.get(tok.name) and k >= 0 and stack[k].text == "<" and stack[k].name != tok.name:
                k -= 1
            if waiting.get(tok.name) and k >= 0 and stack[k].text == "<":
                for top in stack[k + 1 :]:
                    _void(top, waiting)
                opener = stack[k]
                del stack[k:]
                waiting[tok.name] -= 1
                opener.partner, tok.partner, tok.floating = tok, opener, opener.floating
                opener.text = tok.text = ""
            else:
                tok.kind, tok.text, tok.peel = Kind.VOID, "", True
    for tok in stack:
        if tok.text == "<":
            _void(tok, waiting)


def _void(tok: Tok, waiting: dict[str, int]) -> None:
    tok.kind, tok.text, tok.peel = Kind.VOID, "", True
    waiting[tok.name] = waiting.get(tok.name, 1) - 1
