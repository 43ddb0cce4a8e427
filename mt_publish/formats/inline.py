"""Inline markup: from the tokens of a format's scanner to plain text with marks, and back to source.

A scanner cuts the source of one block into tokens; `assemble` turns them into the `text`, `marks` and `gaps` of a
block; `render` writes a (translated) block as source again.

What a mark looks like after `assemble`, for those who carry marks over to a translation:

- A VOID is cut out of the text. When it stood between spaces ("Run `x` now"), one of the two spaces is cut out with it
  and its `open` starts with that space (or ends with it, where the VOID starts a block or a sentence). A readable
  VOID between brackets or quotes has a space at its end, too. `render` puts white space around these as their new
  neighbours need. A VOID without a space at either end is glued to what it stands at.
- A PAIR covers at least one character that is not white space, and white space at its edges is outside of it. Markup
  around nothing is a VOID. A VOID at the inner edge of a PAIR is part of the PAIR's `open` or `close`; so a VOID whose
  place equals the edge of a PAIR stands outside of it.
- A PAIR cut by a block boundary (a line break in bold text) has an empty `open` or `close` in each part.
- Markup around the whole block, and images and comments at its edges, stay outside of the block's span.
- Soft hyphens, zero-width spaces and `<wbr>` inside words say where the *source* word may break: they are dropped.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache

from mt_publish.formats import escaping
from mt_publish.types import Block, Mark, MarkKind, Span


class Kind(IntEnum):
    """What a token of the source is."""

    TEXT = 0
    OPEN = 1
    CLOSE = 2
    VOID = 3
    GAP = 4


@dataclass(slots=True)
class Tok:
    """A piece of source: [start, end) of the document text.

    Args:
        kind: What it is.
        start: Where it starts in the document text.
        end: Where it ends.
        text: TEXT: the decoded text; VOID: what the reader sees.
        name: Name of the mark.
        floating: As in `Mark`.
        partner: OPEN, CLOSE: the other one of the pair; None where it lies in another block.
        peel: VOID: leave it outside of the block where it stands at the edge.
        literal: OPEN, CLOSE: what to write for it when it is not what stands in the source.
    """

    kind: Kind
    start: int
    end: int
    text: str = ""
    name: str = ""
    floating: bool = False
    partner: Tok | None = None
    peel: bool = False
    literal: str | None = None


@dataclass(frozen=True, slots=True)
class Inline:
    """The parts of a block that `assemble` found; `span` is narrower than the tokens where markup was left outside."""

    span: Span
    text: str
    marks: tuple[Mark, ...]
    gaps: tuple[tuple[Span, str], ...]


def words(text: str) -> frozenset[str]:
    """The words of `text`, as a set of names."""
    return frozenset(text.split())


FLOATING = words("b strong i em u s del ins mark small big font strike cite dfn q span")
"""Names of marks that may be split or duplicated without harm (when they carry no id)."""

# --- protected text ------------------------------------------------------------------------------------------------

_EXTENSIONS = (
    "py|js|ts|tsx|jsx|css|scss|html?|md|rst|txt|csv|tsv|json|ya?ml|toml|xml|ini|cfg|conf|sql|log|sh|bat|ps1|exe|dll|"
    "zip|tar|gz|tgz|pdf|docx?|xlsx?|pptx?|odt|png|jpe?g|gif|svg|webp|mp3|mp4|wav|java|cpp|php|ipynb"
)


@cache
def _protected() -> re.Pattern[str]:
    """Things that no translation may touch; the group name is the mark's name. NUL stands for markup in between."""
    return re.compile(
        r"""
          (?P<template> \{\{ [^{}\x00]*? \}\} | \{% [^{}\x00]*? %\} | \{\{\{ [^{}\x00]*? \}\}\} | <%[^\x00]*?%> )
        | (?P<url> (?:(?<![A-Za-z0-9])(?:https?|ftps?)://|(?<![\w.-])www\.(?=[\w-]+\.)|(?<![A-Za-z0-9])mailto:)
                   [^\s<>"`{}|\\^\x00\u201c\u201d\u201e\u00ab\u00bb]+ )
        | (?P<email> (?<![\w.+-])[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)+ )
        | (?P<placeholder>
              [%$]?\{[A-Za-z_][\w.]*+(?:[:!\[][^{}\x00\n]{0,40})?\} | \{\d{0,2}\}
            | (?<![\w%])%(?:\(\w+\))?(?:\d{1,2}\$)?[-+#0]?\d{0,3}(?:\.\d{1,2})?(?:l{0,2}[dux]|[sifeEgGXc@])(?![\w%])
            | \$\([A-Za-z_]\w*\) | (?<![\w$])\$[A-Z_][A-Z0-9_]+\b )
        | (?P<attributes> \{[:.\#][^{}\x00\n]{1,200}\} )
        | (?P<handle> (?<![\w.@/])@[A-Za-z_]\w{0,38}+(?:[-/.]\w{1,38}+){0,4}(?![\w@]) )
        | (?P<emoji> (?<![\w:]):[a-z][a-z0-9_+-]{1,30}:(?![\w:]) )
        | (?P<path> (?<![\w/.~])(?:~|\.{1,2})?/(?:[\w.-]+/)+[\w.-]*[\w-] | (?<![\w/.~])(?:~|\.{1,2})/[\w.-]*[\w-]
            | (?<!\w)[A-Za-z]:\\[^\s<>"'|?*\x00]*[\w\\] | (?<![\w./-])(?:[\w-]+/)*[\w-]+(?:\.[\w-]+){0,3}\.(?:"""
        + _EXTENSIONS
        + r""")(?:\#[\w-]+)?(?![\w-]|\.\w) )
        | (?P<version> (?<![\w.,])(?:v\d+(?:\.\d+)+|(?!\d{1,2}\.\d{1,2}\.(?:\d\d){1,2}(?!\w|\.\d))
                       (?!\d{1,3}(?:\.\d{3})+(?!\w|\.\d))\d+(?:\.\d+){2,5})
                       (?:-?(?:alpha|beta|rc|dev|post)\.?\d*|-\d+)?(?!\w|\.\d) )
        | (?P<bytes> [\ud800-\udfff]+ )
        """,
        re.VERBOSE,
    )


_QUICK = re.compile(r"[@/{%:$\\\ud800-\udfff]|\w\.\w")
_TRAIL = ".,;:!?'\"*_~\u2026\u2019\u2018"
_WORD_BREAKS = "\u00ad\u200b"


def protect(toks: list[Tok]) -> list[Tok]:
    """The tokens with protected text (URLs, placeholders, paths …) cut out as VOIDs."""
    parts: list[str] = []
    for tok in toks:
        parts.append(tok.text if tok.kind is Kind.TEXT else "\n" if tok.kind is Kind.GAP else "\0")
    whole = parts[0] if len(parts) == 1 else "".join(parts)
    if not _QUICK.search(whole):
        return toks
    hits: list[tuple[int, int, str]] = []
    for found in _protected().finditer(whole):
        start, end = found.span()
        name = found.lastgroup or ""
        if name == "url":
            end = _trim_url(whole, start, end)
            if whole[start:end].endswith(("://", "mailto:", "www.")):
                continue
        hits.append((start, end, name))
    if not hits:
        return toks
    out: list[Tok] = []
    at = 0
    todo = iter(hits)
    hit = next(todo, None)
    void: Tok | None = None
    for tok, part in zip(toks, parts, strict=True):
        last = at + len(part)
        if tok.kind is not Kind.TEXT:
            out.append(tok)
            at = last
            continue
        if hit is None or hit[0] >= last:
            out.append(tok)
            at = last
            continue
        linear = tok.end - tok.start == len(part)
        here = at
        while hit is not None and hit[0] < last:
            start, end, name = max(hit[0], at), min(hit[1], last), hit[2]
            if start > here:
                out.append(_cut(tok, at, here, start, linear))
            piece = _cut(tok, at, start, end, linear)
            if void is not None and hit[0] < at:  # goes on from the token before
                void.end, void.text = piece.end, void.text + piece.text
            else:
                peel = name in ("template", "attributes") and not whole.startswith("{{", hit[0])
                void = replace(piece, kind=Kind.VOID, name="placeholder" if name == "template" else name, peel=peel)
                out.append(void)
            here = end
            if hit[1] > last:
                break
            hit = next(todo, None)
        if here < last:
            out.append(_cut(tok, at, here, last, linear))
        at = last
    return out


def _cut(tok: Tok, at: int, start: int, end: int, linear: bool) -> Tok:
    """The part [start, end) of a text token that begins at `at`; an entity is never cut, so it is taken whole."""
    if not linear:
        return replace(tok)
    return replace(tok, start=tok.start + start - at, end=tok.start + end - at, text=tok.text[start - at : end - at])


def _trim_url(text: str, start: int, end: int) -> int:
    """The end of a URL without the punctuation of the sentence around it; a bracket opened inside is kept."""
    url = text[start:end]
    opened = url.count("(") - url.count(")")
    square = url.count("[") - url.count("]")
    while end > start:
        last = text[end - 1]
        if last in _TRAIL:
            end -= 1
        elif last == ")" and opened < 0:
            end, opened = end - 1, opened + 1
        elif last == "]" and square < 0:
            end, square = end - 1, square + 1
        else:
            break
    return end


# --- from tokens to a block ----------------------------------------------------------------------------------------

_BEFORE_CLOSING = " .,;:!?)]}%\u2026\u201c\u201d\u2019\u00bb\n"
_NEVER_GLUED = words("url email path version handle")  # must not touch a letter or digit, or they would be another
_OPENING = "([{\u201e\u201a\u00bf\u00a1"
_APART = " \u00a0" + _OPENING + "\"'\u201c\u2018\u00bb\u00ab"
_BESIDE_BARE = " <[{\u00a0\n.,;:!?)(]}>\"'\u201c\u201d\u201e\u2019\u2018\u00bb\u00ab\u2026"


def assemble(
    src: str, toks: list[Tok], *, collapse: bool = False, texts: Sequence[tuple[Span, str]] = ()
) -> Inline | None:
    """Text, marks and gaps of a block; None when nothing in it is to be translated.

    Args:
        src: The document text that the token offsets point into.
        toks: The block's tokens in source order; TEXT never contains a line break that is a GAP.
        collapse: Whether runs of spaces count as one, as in HTML.
        texts: Places in `src` of the texts that markup holds, with the ids of their blocks; see `Mark.texts`.
    """
    toks = _peel(protect(toks) if toks else toks)
    if not toks or not any(t.kind is Kind.TEXT and _has_word(t.text) for t in toks):
        return None
    span = Span(toks[0].start, toks[-1].end)
    if len(toks) == 1 and not any(c in toks[0].text for c in _WORD_BREAKS):
        return Inline(span, toks[0].text, (), ())
    toks = _halves(toks)
    folded = _fold_empty(toks)
    if len(folded) != len(toks):
        toks = _peel(folded)
        span = Span(toks[0].start, toks[-1].end)
    literals, toks = _absorb(src, toks)
    return _emit(src, span, toks, literals, collapse, _Texts(src, texts))


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def _peel(toks: list[Tok]) -> list[Tok]:
    """The tokens without white space, whole-block markup, stray halves and images at the edges."""
    lo, hi = 0, len(toks)
    toks = list(toks)
    while lo < hi:
        first, last = toks[lo], toks[hi - 1]
        if first.kind is Kind.GAP or (first.kind is Kind.VOID and first.peel):
            lo += 1
        elif last.kind is Kind.GAP or (last.kind is Kind.VOID and last.peel):
            hi -= 1
        elif first.kind is Kind.TEXT and (not first.text or first.text[0].isspace()):
            kept = first.text.lstrip()
            if not kept or len(first.text) != first.end - first.start:
                lo += 1
            else:
                toks[lo] = replace(first, start=first.end - len(kept), text=kept)
        elif last.kind is Kind.TEXT and (not last.text or last.text[-1].isspace()):
            kept = last.text.rstrip()
            if not kept or len(last.text) != last.end - last.start:
                hi -= 1
            else:
                toks[hi - 1] = replace(last, end=last.start + len(kept), text=kept)
        elif first.kind is Kind.CLOSE:
            lo += 1
        elif last.kind is Kind.OPEN:
            hi -= 1
        elif first.kind is Kind.OPEN and (first.partner is None or first.partner is last):
            # A half whose partner lies in another block and that covers all of this one stays outside too.
            if first.partner is None:
                lo += 1
            else:
                lo, hi = lo + 1, hi - 1
        elif last.kind is Kind.CLOSE and last.partner is None:
            hi -= 1
        else:
            break
    return toks[lo:hi]


def _halves(toks: list[Tok]) -> list[Tok]:
    """The tokens with a virtual partner, without source, for each half of a pair; the result is well nested."""
    present = {id(t) for t in toks}
    front: list[Tok] = []
    back: list[Tok] = []
    for tok in toks:
        if tok.kind in (Kind.OPEN, Kind.CLOSE) and (tok.partner is None or id(tok.partner) not in present):
            other = Tok(Kind.CLOSE if tok.kind is Kind.OPEN else Kind.OPEN, 0, 0, partner=tok, name=tok.name)
            if tok.kind is Kind.OPEN:
                other.start = other.end = toks[-1].end
                back.insert(0, other)
            else:
                other.start = other.end = toks[0].start
                front.insert(0, other)
            tok.partner = other
            tok.floating = False
    return front + toks + back if front or back else toks


def _fold_empty(toks: list[Tok]) -> list[Tok]:
    """The tokens with every pair that covers no text made one VOID; so are VOIDs with only punctuation around them."""
    if not any(t.kind is Kind.OPEN for t in toks):
        return toks
    out: list[Tok] = []
    # The OPEN, its place in `out`, and how many texts and texts with a word in them were seen before it.
    opened: list[tuple[Tok, int, int, int]] = []
    seen = worded = 0
    for tok in toks:
        if tok.kind is Kind.TEXT and tok.text.strip():
            seen += 1
            worded += _has_word(tok.text)
        if tok.kind is Kind.OPEN:
            opened.append((tok, len(out), seen, worded))
        elif tok.kind is Kind.CLOSE:
            at = next((k for k in range(len(opened) - 1, -1, -1) if opened[k][0] is tok.partner), None)
            if at is None:
                continue
            start, place, before, words_before = opened[at]
            if words_before == worded and at == len(opened) - 1:
                inner = out[place + 1 :]
                full = before < seen and not any(t.kind is Kind.VOID and t.text for t in inner)
                if full or any(t.kind in (Kind.OPEN, Kind.CLOSE) for t in inner):
                    # Punctuation alone is text like any other. Or another pair is in here, or a crossing one ends.
                    out.append(tok)
                    del opened[at]
                    continue
                shown = "".join(t.text for t in inner if t.kind in (Kind.TEXT, Kind.VOID)).strip()
                del out[place:]
                bare = not any(t.kind is Kind.VOID and not t.peel for t in inner)
                out.append(Tok(Kind.VOID, start.start, tok.end, text=shown, name=start.name or tok.name, peel=bare))
                if before == seen and any(t.kind in (Kind.TEXT, Kind.GAP) for t in inner):
                    out.append(Tok(Kind.TEXT, tok.end, tok.end, text=" "))
                del opened[at]
                continue
            del opened[at]
        out.append(tok)
    return out


def _absorb(src: str, toks: list[Tok]) -> tuple[dict[int, str], list[Tok]]:
    """Literals of OPEN and CLOSE tokens, by id, and the tokens without the VOIDs that became part of one."""
    literals = {
        id(t): src[t.start : t.end] if t.literal is None else t.literal
        for t in toks
        if t.kind in (Kind.OPEN, Kind.CLOSE)
    }
    if not literals or not any(t.kind is Kind.VOID for t in toks):
        return literals, toks
    for backwards in (False, True):
        side = Kind.CLOSE if backwards else Kind.OPEN
        out: list[Tok] = []
        filled = False  # whether a VOID was found there
        held: Tok | None = None  # the bracket whose inner edge is being read
        pending: list[Tok] = []  # white space behind it, of which it is not known yet whether a VOID follows
        for tok in reversed(toks) if backwards else toks:
            if tok.kind is side:
                out += pending
                held, pending, filled = tok, [], False
                out.append(tok)
                continue
            if held is not None and (tok.kind is Kind.GAP or (tok.kind is Kind.TEXT and not tok.text.strip())):
                pending.append(tok)
                continue
            if held is not None and tok.kind is Kind.VOID:
                extra = [*pending, tok]
                literal = "".join(src[t.start : t.end] for t in (reversed(extra) if backwards else extra))
                literals[id(held)] = literal + literals[id(held)] if backwards else literals[id(held)] + literal
                held.floating = False
                pending, filled = [], True
                continue
            if held is not None and filled and pending:
                # White space between the last absorbed VOID and the text goes along.
                literal = "".join(src[t.start : t.end] for t in (reversed(pending) if backwards else pending))
                literals[id(held)] = literal + literals[id(held)] if backwards else literals[id(held)] + literal
                pending = []
            elif held is not None and filled and tok.kind is Kind.TEXT:
                edge = tok.text[-1:] if backwards else tok.text[:1]
                if edge == " " and tok.end - tok.start == len(tok.text):
                    literals[id(held)] = " " + literals[id(held)] if backwards else literals[id(held)] + " "
                    cut = tok.text[:-1] if backwards else tok.text[1:]
                    shift = (0, 1) if backwards else (1, 0)
                    tok = replace(tok, text=cut, start=tok.start + shift[0], end=tok.end - shift[1])
            out += pending
            held, pending = None, []
            out.append(tok)
        out += pending
        toks = out[::-1] if backwards else out
    return literals, toks


class _Texts:
    """The texts that markup holds, found by the literal they stand in."""

    def __init__(self, src: str, texts: Sequence[tuple[Span, str]]) -> None:
        self._src = src
        self._texts = sorted(texts)
        self._starts = [span.start for span, _ in self._texts]

    def inside(self, literal: str, at: int, shift: int = 0) -> tuple[tuple[Span, str], ...]:
        """Those in `literal`, which stands at `at` in the source, with places in `literal` moved on by `shift`.

        A literal that is not what stands there (the label that a `[Name]` link is given) holds none.
        """
        if not self._starts or not self._src.startswith(literal, at):
            return ()
        first, last = bisect_left(self._starts, at), bisect_left(self._starts, at + len(literal))
        return tuple(
            (span.shift(shift - at), name) for span, name in self._texts[first:last] if span.end <= at + len(literal)
        )


def _emit(src: str, span: Span, toks: Sequence[Tok], literals: dict[int, str], collapse: bool, texts: _Texts) -> Inline:
    parts: list[str] = []  # invariant: no empty parts
    size = 0
    last = ""  # last character of the text so far
    gaps: list[tuple[Span, str]] = []
    marks: list[Mark | None] = []
    opened: dict[int, tuple[int, int]] = {}  # id of an OPEN: its place in `marks` and in the text
    pairs: list[tuple[int, Tok, Tok, int, int]] = []
    following = _following(toks)
    skip_space = False  # whether the next space belongs to a VOID already written
    skipped = False  # whether it has been left out just now
    for i, tok in enumerate(toks):
        if tok.kind is Kind.TEXT:
            text = tok.text
            if _WORD_BREAKS[0] in text or _WORD_BREAKS[1] in text:
                text = text.replace(_WORD_BREAKS[0], "").replace(_WORD_BREAKS[1], "")
            if text[:1] == " " and (skip_space or not last or (last == " " and (collapse or tok.start == tok.end))):
                text = text[1:]
                skipped, skip_space = skipped or skip_space, False
            if not text:
                continue
            skip_space = skipped = False
            parts.append(text)
            size += len(text)
            last = text[-1]
        elif tok.kind is Kind.GAP:
            if last in (" ", "") or skip_space:
                skipped, skip_space = skipped or skip_space, False
                continue
            parts.append(" ")
            gaps.append((Span(size, size + 1), src[tok.start : tok.end]))
            size, last = size + 1, " "
        elif tok.kind is Kind.OPEN:
            opened[id(tok)] = (len(marks), size)
            marks.append(None)
        elif tok.kind is Kind.CLOSE:
            if tok.partner is not None and id(tok.partner) in opened:
                place, start = opened.pop(id(tok.partner))
                pairs.append((place, tok.partner, tok, start, size))
        else:
            literal = src[tok.start : tok.end]
            after = following[i]
            if skipped or skip_space or not size:
                if skipped:
                    literal, skipped = " " + literal, False
                if after == " ":
                    literal, skip_space = literal + " ", True
            elif last == " " and after in _BEFORE_CLOSING:
                previous = "".join(parts[-2:])[-2:-1]
                if previous in ".!?" and after == " ":
                    literal, skip_space = literal + " ", True
                else:
                    literal = " " + literal
                    size -= 1
                    if gaps and gaps[-1][0].start == size:
                        gaps.pop()
                    parts[-1] = parts[-1][:-1]
                    if not parts[-1]:
                        parts.pop()
                    last = parts[-1][-1] if parts else ""
            elif last and last in _OPENING and after == " ":
                literal, skip_space = literal + " ", True
            elif (not last or last in _APART) and not after.isalnum() and _has_word(tok.text):
                literal += " "
            core = literal.lstrip(" ")
            held = texts.inside(core.rstrip(" "), tok.start, len(literal) - len(core))
            here = Span(size, size)
            marks.append(Mark(len(marks), MarkKind.VOID, here, literal, name=tok.name, shown=tok.text, texts=held))
    text = "".join(parts).rstrip(" ")
    if len(text) < size:
        size = len(text)
        gaps = [g for g in gaps if g[0].end <= size]
        marks = [m if m is None or m.span.end <= size else replace(m, span=Span(size, size)) for m in marks]
    for place, opener, closer, start, end in pairs:
        first, last = literals[id(opener)], literals[id(closer)]
        start, end = min(start, size), min(end, size)
        while start < end and text[start] == " ":
            start += 1
        while start < end and text[end - 1] == " ":
            end -= 1
        marks[place] = Mark(
            place,
            MarkKind.PAIR if start < end else MarkKind.VOID,
            Span(start, end),
            first if start < end else first + last,
            last if start < end else "",
            name=opener.name or closer.name,
            floating=opener.floating and closer.floating and start < end,
            texts=texts.inside(first, opener.start) + texts.inside(last, closer.end - len(last), len(first)),
        )
    kept = tuple(m for m in marks if m is not None)
    return Inline(span, text, tuple(m if m.id == i else replace(m, id=i) for i, m in enumerate(kept)), tuple(gaps))


def _following(toks: Sequence[Tok]) -> list[str]:
    """For each token the first character of text after it; a space at the end and for line breaks."""
    out = [" "] * len(toks)
    char = " "
    for i in range(len(toks) - 1, -1, -1):
        out[i] = char
        tok = toks[i]
        if tok.kind is Kind.TEXT and tok.text:
            char = tok.text[0]
        elif tok.kind is Kind.GAP:
            char = " "
    if toks:
        out[-1] = "\n"
    return out


# --- from a block to source ----------------------------------------------------------------------------------------


def render(block: Block, *, source: str = "", before: str = "", references: bool = False) -> str:
    """The block as source of its format: text escaped, marks and gaps written, crossing marks split.

    Args:
        block: The block, usually with text, marks and gaps of a translation.
        source: The source slice that it replaces; decides on details such as `&nbsp;` against U+00A0 and YAML quotes.
        before: The character in front of the slice, which decides on the quoting of attribute values.
        references: Whether a Markdown document defines link references, so that "[x]" may be a link.
    """
    escapes = escaping.escapes(block, source, before, references=references)
    body = _walk(block, escapes) if block.marks or block.gaps else escapes.apply(block.text)
    return escaping.finish(body, block, source, before)


def _walk(block: Block, escapes: escaping.Escapes) -> str:
    text = block.text
    size = len(text)
    gaps = {s.start: (s.end, literal) for s, literal in block.gaps if text[max(0, s.start) : s.end].isspace()}
    starts: dict[int, list[tuple[Mark, Span]]] = {}
    stops: set[int] = set()
    voids: dict[int, list[tuple[Mark, Span]]] = {}
    for mark in block.marks:
        start = max(0, min(mark.span.start, size))
        end = max(start, min(mark.span.end, size))
        if mark.kind is MarkKind.PAIR:
            while start < end and text[start].isspace():
                start += 1
            while start < end and text[end - 1].isspace():
                end -= 1
        if mark.kind is MarkKind.VOID or start >= end:
            voids.setdefault(start, []).append((mark, Span(start, start)))
        else:
            fitted = escaping.fit(mark, Span(start, end), block)
            starts.setdefault(fitted.start, []).append((mark, fitted))
            stops.add(fitted.end)
    points = sorted({0, size, *starts, *stops, *voids, *gaps, *(end for end, _ in gaps.values())})
    out: list[str] = []
    stack: list[tuple[Mark, int]] = []
    spaced = True  # whether a free-standing VOID may be written without a space in front
    for i, at in enumerate(points):
        _close(out, stack, at)
        for mark, _ in voids.get(at, ()):
            literal = mark.open + mark.close
            free = literal[:1] == " " or literal[-1:] == " "
            bare = mark.name in _NEVER_GLUED
            if bare and not free and not spaced:
                free = bool(out) and out[-1][-1:] not in _BESIDE_BARE
            if free or bare:
                if free and not spaced:
                    out.append(" ")
                out.append(literal.strip(" "))
                nxt = text[at : at + 1]
                if nxt and (
                    nxt.isalnum()
                    or nxt in _OPENING
                    or nxt in "\u201c\u2018\u00ab"
                    or (bare and nxt not in _BESIDE_BARE)
                ):
                    out.append(" ")
                    spaced = True
                else:
                    spaced = False
            else:
                out.append(literal)
                spaced = False if literal else spaced
        for mark, fitted in sorted(starts.get(at, ()), key=lambda item: -item[1].end):
            if out and mark.open.startswith("[") and out[-1].endswith("!") and block.escape == "markdown":
                out[-1] = out[-1][:-1] + "\\!"  # or the link would become an image
            _open(out, stack, mark, fitted.end)
        if at >= size:
            break
        stop = points[i + 1]
        if at in gaps:
            out.append(gaps[at][1])
            spaced = True
        else:
            out.append(escapes.apply(text, at, stop))
            tail = text[stop - 1]
            quote = tail in "\"'\u201c\u2018" and (stop < 2 or text[stop - 2].isspace())
            spaced = tail.isspace() or tail in _OPENING or quote
    return "".join(out)


def _open(out: list[str], stack: list[tuple[Mark, int]], mark: Mark, end: int) -> None:
    """Open `mark`. Where it reaches beyond a mark that is open, the one of both that may be split is split."""
    shorter = [item for item in stack if item[1] < end]
    reopened: list[tuple[Mark, int]] = []
    if shorter and not mark.floating:
        fixed = [stop for other, stop in shorter if not other.floating]
        if fixed:
            end = min(fixed)
        first = next((k for k, (other, stop) in enumerate(stack) if stop < end), len(stack))
        if all(other.floating for other, _ in stack[first:]):
            while len(stack) > first:
                other, stop = stack.pop()
                out.append(other.close)
                reopened.append((other, stop))
    out.append(mark.open)
    stack.append((mark, end))
    for other, stop in reversed(reopened):
        out.append(other.open)
        stack.append((other, stop))


def _close(out: list[str], stack: list[tuple[Mark, int]], at: int) -> None:
    """Close what ends at `at`. Marks above it that go on are split if they may be, else they end here too."""
    depth = next((i for i, (_, end) in enumerate(stack) if end <= at), None)
    if depth is None:
        return
    reopened = []
    while len(stack) > depth:
        mark, end = stack.pop()
        out.append(mark.close)
        if end > at and mark.floating:
            reopened.append((mark, end))
    for mark, end in reversed(reopened):
        out.append(mark.open)
        stack.append((mark, end))


def with_texts(mark: Mark, texts: Mapping[str, str]) -> Mark:
    """The mark with new source for the texts it holds.

    Args:
        mark: A mark.
        texts: Source by block id; what is missing stays as it is.
    """
    edges = (0, len(mark.open)), (len(mark.open), len(mark.open) + len(mark.close))
    parts = []
    for literal, (first, last) in zip((mark.open, mark.close), edges, strict=True):
        for span, name in reversed(mark.texts):
            if name in texts and first <= span.start and span.end <= last:
                literal = literal[: span.start - first] + texts[name] + literal[span.end - first :]
        parts.append(literal)
    return replace(mark, open=parts[0], close=parts[1], texts=())


def sign(mark: Mark) -> tuple[str, str, str]:
    """What makes a mark the same before and after a translation: name and literals, spaces and texts in it aside."""
    first, last = mark.bare()
    return mark.name, first.strip(" "), last.strip(" ")


def signature(marks: Iterable[Mark]) -> list[tuple[str, str, str]]:
    """The signs of all marks, sorted."""
    return sorted(map(sign, marks))
