"""Documents: read a file into blocks to translate, and write it back with nothing else changed."""

from __future__ import annotations

import gc
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mt_publish.errors import FormatError
from mt_publish.formats.codec import decode, encode, errors_for
from mt_publish.formats.inline import render, sign, signature, with_texts
from mt_publish.formats.lines import LineCounter
from mt_publish.types import Block, Document, Span, quoted

__all__ = ["FORMATS", "check_structure", "format_of", "html_lang_spans", "read_document", "render", "write_document"]

FORMATS: tuple[str, ...] = ("text", "markdown", "html")
"""Names of the supported formats."""

_EXTENSIONS = {
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mkd": "markdown", ".qmd": "markdown",
    ".rmd": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html", ".txt": "text", ".text": "text",
}  # fmt: skip
_UNSUPPORTED = {
    ".docx": "Word", ".doc": "Word", ".odt": "OpenDocument", ".rtf": "RTF", ".pdf": "PDF", ".epub": "EPUB",
    ".pptx": "PowerPoint", ".ppt": "PowerPoint", ".xlsx": "Excel", ".xls": "Excel", ".pages": "Pages",
    ".xliff": "XLIFF", ".xlf": "XLIFF", ".tmx": "TMX", ".po": "gettext", ".srt": "SubRip", ".vtt": "WebVTT",
    ".json": "JSON", ".yaml": "YAML", ".yml": "YAML", ".xml": "XML", ".csv": "CSV", ".tsv": "TSV", ".mdx": "MDX",
    ".rst": "reStructuredText", ".adoc": "AsciiDoc", ".tex": "LaTeX", ".zip": "ZIP", ".png": "image", ".jpg": "image",
    ".jpeg": "image", ".gif": "image", ".webp": "image", ".mp3": "audio", ".mp4": "video",
}  # fmt: skip
MAX_LINE = 10_000_000
"""Longest line, in code points, that is read: a longer one is data, not text, and would need memory without a bound."""
_REFERENCE = re.compile(r"^[ \t>]*\[[^\]\n^][^\]\n]*\]:", re.MULTILINE)
_ALIASES = {"txt": "text", "plain": "text", "md": "markdown", "htm": "html"}
_REMEDY = "Convert it to .html, .md or .txt first, or name one of these formats with --format"
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|(?:html|head|body|div|p|h[1-6]|article|section|main|ul|ol|"
    r"table|header|figure|meta|title)(?=[\s>]))",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN_SIGN = re.compile(
    r"^(?:---[ \t]*\r?$|#{1,6} \S|```|~~~|\|.*\|[ \t]*\r?$|> \S|\[[^\]\n]+\]: \S)|"
    r"\]\((?:https?:|/|\.|#)|\*\*\w[^*\n]*\*\*",
    re.MULTILINE,
)


def format_of(path: str, text: str = "") -> str:
    """The format of a file by its name, else by how its text looks.

    Raises:
        FormatError: The name's extension is one of a format that is not supported.
    """
    dot = path.rfind(".")
    suffix = path[dot:].lower() if dot > max(path.rfind("/"), path.rfind("\\")) else ""
    if suffix in _EXTENSIONS:
        return _EXTENSIONS[suffix]
    if suffix in _UNSUPPORTED:
        raise FormatError(f"{_UNSUPPORTED[suffix]} files ({suffix}) are not supported", where=path, remedy=_REMEDY)
    start = text[:4096]
    if _HTML_START.match(start):
        return "html"
    return "markdown" if _MARKDOWN_SIGN.search(start) else "text"


def read_document(data: bytes, *, path: str, format: str | None = None, encoding: str | None = None) -> Document:
    """The blocks of a file that are to be translated, with all that is needed to write it back byte for byte.

    Args:
        data: The whole file.
        path: Its name as the user gave it, "-" for standard input; the extension names the format.
        format: "text", "markdown" or "html"; None to go by the name, then by the look of the text.
        encoding: Python name of the encoding; None to find out (byte order mark, HTML meta, UTF-8, Windows-1252).

    Raises:
        FormatError: The file is binary, in another encoding than stated, in a format that is not supported, or has a line
            of more than `MAX_LINE` characters.
    """
    name = _ALIASES.get(format, format) if format else None
    if name is not None and name not in FORMATS:
        raise FormatError(f"unknown format '{format}'", where=path, remedy=f"Use one of: {', '.join(FORMATS)}")
    if name is None:
        format_of(path)  # refuse .docx by name before its bytes are looked at
    looks_html = b"<meta" in data[:4096].lower() and (name or format_of(path)) != "markdown"
    text, codec, bom = decode(data, path=path, encoding=encoding, html=name == "html" or looks_html)
    _refuse_endless_lines(text, path)
    return _read(text, path=path, format=name or format_of(path, text), encoding=codec, bom=bom)


def _refuse_endless_lines(text: str, path: str) -> None:
    start = 0
    while len(text) - start > MAX_LINE:
        end = max(text.rfind(newline, start, start + MAX_LINE + 1) for newline in "\n\r")
        if end < 0:
            line = LineCounter(text).at(start)
            raise FormatError(
                f"the line is longer than {MAX_LINE:,} characters",
                where=f"{path}:{line}",
                remedy="Is it text? If it is, put each paragraph on a line of its own",
            )
        start = end + 1


def _read(text: str, *, path: str, format: str, encoding: str, bom: bytes) -> Document:
    if format == "html":
        from mt_publish.formats.html import read
    elif format == "markdown":
        from mt_publish.formats.markdown import read
    else:
        from mt_publish.formats.text import read
    # Reading makes many small objects and no cycles to speak of; collecting in between takes a third of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        blocks = tuple(read(text))
    finally:
        if collecting:
            gc.enable()
    return Document(path=path, format=format, text=text, blocks=blocks, encoding=encoding, bom=bom)


def write_document(doc: Document, blocks: Mapping[str, Block]) -> bytes:
    """The file with translated blocks in place; everything else is the original, byte for byte.

    Args:
        doc: What `read_document` gave.
        blocks: Translated blocks by id, with the original's span and new text, marks and gaps. A block that is
            missing or equal to the original is written back as it was.

    Raises:
        FormatError: The document's encoding cannot express a character of the translation. (HTML gets a numeric
            character reference instead.)
    """
    text = doc.text
    references = doc.format == "markdown" and bool(_REFERENCE.search(text))
    held: dict[str, list[Block]] = {}
    for block in doc.blocks:
        if block.within:
            held.setdefault(block.within, []).append(block)

    def written(block: Block) -> str | None:
        """New source for the place of a block; None where nothing in it changes."""
        inside = [(inner, body) for inner in held.get(block.id, ()) if (body := written(inner)) is not None]
        new = blocks.get(block.id)
        if new is None or new == block:
            return _edited(text, block.span, ((inner.span, body) for inner, body in inside)) if inside else None
        if inside:
            texts = {inner.id: body for inner, body in inside}
            new = replace(new, marks=tuple(with_texts(mark, texts) if mark.texts else mark for mark in new.marks))
        start, end = block.span
        body = render(new, source=text[start:end], before=text[max(0, start - 1) : start], references=references)
        return body if doc.encoding.startswith("utf") else _encodable(body, doc, block)

    tops = [(block.span, body) for block in doc.blocks if not block.within and (body := written(block)) is not None]
    return doc.bom + encode(_edited(text, Span(0, len(text)), tops), doc.encoding)


def _edited(text: str, span: Span, edits: Iterable[tuple[Span, str]]) -> str:
    """The part `span` of a text with stretches of it replaced."""
    out: list[str] = []
    done = span.start
    for (start, end), body in sorted(edits):
        out += (text[done:start], body)
        done = end
    out.append(text[done : span.end])
    return "".join(out)


def _encodable(body: str, doc: Document, block: Block) -> str:
    try:
        encode(body, doc.encoding)
    except UnicodeEncodeError as error:
        if block.escape.startswith("html"):
            return "".join(c if _fits(c, doc.encoding) else f"&#{ord(c)};" for c in body)
        char = body[error.start]
        raise FormatError(
            f"the translation has '{char}' (U+{ord(char):04X}), which {doc.encoding} cannot express",
            where=f"{doc.path}:{block.line}",
            remedy="Convert the file to UTF-8 and read it with --encoding utf-8",
        ) from error
    return body


def _fits(char: str, encoding: str) -> bool:
    try:
        encode(char, encoding)
    except UnicodeEncodeError:
        return False
    return True


def check_structure(doc: Document, output: bytes) -> list[str]:
    """What a translation broke: blocks won, lost or of another kind, marks won or lost. Empty when nothing did.

    Args:
        doc: The source document.
        output: What `write_document` gave for it.

    Returns:
        One sentence a problem, with the line in the *source* where there is one.
    """
    if not output.startswith(doc.bom):
        return [f"{doc.path}: the byte order mark is gone"]
    try:
        text = output[len(doc.bom) :].decode(doc.encoding, errors_for(doc.encoding))
    except UnicodeError as error:
        return [f"{doc.path}: the output is not {doc.encoding}: {error}"]
    new = _read(text, path=doc.path, format=doc.format, encoding=doc.encoding, bom=doc.bom)
    problems: list[str] = []
    if [b.kind for b in new.blocks] != [b.kind for b in doc.blocks]:
        # An image whose place lies in another block now: only its text is out of order, not what stands around it.
        doc = replace(doc, blocks=tuple(b for b in doc.blocks if b.kind != "attribute"))
        new = replace(new, blocks=tuple(b for b in new.blocks if b.kind != "attribute"))
    if len(new.blocks) != len(doc.blocks):
        problems.append(f"{doc.path}: {len(doc.blocks)} blocks became {len(new.blocks)}")
        ours, theirs = [b.kind for b in doc.blocks], [b.kind for b in new.blocks]
        for kind in sorted({*ours, *theirs}):
            if ours.count(kind) != theirs.count(kind):
                problems.append(f"{doc.path}: {ours.count(kind)} blocks of kind '{kind}' became {theirs.count(kind)}")
        return problems
    around, around_new = _Around(doc), _Around(new)
    for old, now in zip(doc.blocks, new.blocks, strict=True):
        place = f"{doc.path}:{old.line}"
        if old.kind != now.kind:
            problems.append(f"{place}: a block of kind '{old.kind}' became '{now.kind}'")
        before, after = signature(old.marks), signature(now.marks)
        if before == after:
            continue
        splittable = {item for item, mark in zip(map(sign, old.marks), old.marks, strict=True) if mark.floating}
        lost, gained = list(before), []
        for item in after:
            if item in lost:
                lost.remove(item)
            elif item not in splittable:
                gained.append(item)
        # Markup that moved to the edge of a block stands outside of it, but must still stand between its neighbours.
        was, now_is = around.source(old), around_new.source(now)
        # A pair whose text became mere punctuation beside a VOID is read as one VOID.
        gained = [g for g in gained if not any(n == g[0] and a in g[1] and b in g[1] for n, a, b in lost)]
        for word, items, less, more in (("lost", lost, now_is, was), ("gained", gained, was, now_is)):
            for name, start, end in items:
                if any(less.count(part) < more.count(part) for part in (start, end) if part):
                    problems.append(f"{place}: markup {word}: {name or 'mark'} {start}{'…' if end else ''}{end}")
    return problems


class _Around:
    """The source from the end of the text before a block to the start of the text after it, without the texts of markup."""

    def __init__(self, doc: Document) -> None:
        self._text = doc.text
        spans = sorted(block.span for block in doc.blocks if block.kind != "attribute")
        self._starts = [span.start for span in spans]
        self._ends = [span.end for span in spans]
        self._held = sorted(block.span for block in doc.blocks if block.kind == "attribute")

    def source(self, block: Block) -> str:
        starts, ends = self._starts, self._ends
        if block.kind == "attribute":  # it may stand inside a text, whose markup counts
            before, after = bisect_right(starts, block.span.start) - 1, bisect_left(ends, block.span.end)
            first = starts[before] if before >= 0 else 0
            return self._text[first : ends[after] if after < len(ends) else len(self._text)]
        before, after = bisect_right(ends, block.span.start) - 1, bisect_left(starts, block.span.end)
        first = ends[before] if before >= 0 else 0
        span = Span(first, starts[after] if after < len(starts) else len(self._text))
        low, high = bisect_left(self._held, span), bisect_left(self._held, Span(span.end, 0))
        return _edited(self._text, span, ((quoted(self._text, held), "") for held in self._held[low:high]))


def html_lang_spans(doc: Document) -> list[Span]:
    """Where the values of `<html lang="…" xml:lang="…">` stand in `doc.text`; none in other formats."""
    if doc.format != "html":
        return []
    from mt_publish.formats.html import lang_spans

    return lang_spans(doc.text)
