"""What every format must do with every document: give it back unchanged, and keep its structure when text changes."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path

import pytest

from mt_publish.formats import check_structure, read_document, render, write_document
from mt_publish.formats.inline import with_texts
from mt_publish.types import Block, Document, MarkKind, Span

FOLDER = Path(__file__).parent.parent / "data" / "documents"
PATHS = sorted(FOLDER.iterdir())
IDS = [p.name for p in PATHS]
# Their markup is not well-formed: written back, crossing tags become nested ones and half a tag is two.
CROSSING = {"stray-and-crossing.html"}


def upper(block: Block) -> Block:
    """The block in capitals, with marks and gaps on the same characters (ß becomes two)."""
    at = [0]
    for char in block.text:
        at.append(at[-1] + len(char.upper()))

    def move(span: Span) -> Span:
        return Span(at[span.start], at[span.end])

    return replace(
        block,
        text=block.text.upper(),
        marks=tuple(replace(m, span=move(m.span)) for m in block.marks),
        gaps=tuple((move(span), literal) for span, literal in block.gaps),
    )


def again(doc: Document, data: bytes) -> Document:
    """`data` read as `doc` was."""
    invalid = any("\ud800" <= c <= "\udfff" for c in doc.text)
    return read_document(data, path=doc.path, format=doc.format, encoding=None if doc.bom or invalid else doc.encoding)


def tops(doc: Document) -> list[Block]:
    """The blocks that do not stand in another, as they stand in the file."""
    return sorted((b for b in doc.blocks if not b.within), key=lambda b: b.span)


def spliced(doc: Document) -> bytes:
    """The document with every block rendered, changed or not."""

    def rendered(b: Block) -> str:
        texts = {inner.id: rendered(inner) for inner in doc.blocks if inner.within == b.id}
        b = replace(b, marks=tuple(with_texts(m, texts) for m in b.marks))
        before = doc.text[max(0, b.span.start - 1) : b.span.start]
        return render(b, source=doc.text[b.span.start : b.span.end], before=before)

    out, done = [], 0
    for b in tops(doc):
        out += [doc.text[done : b.span.start], rendered(b)]
        done = b.span.end
    text = "".join([*out, doc.text[done:]])
    return doc.bom + text.encode(
        doc.encoding, "surrogatepass" if "16" in doc.encoding or "32" in doc.encoding else "surrogateescape"
    )


def shape(blocks: tuple[Block, ...]) -> list[tuple[object, ...]]:
    return [
        (b.kind, b.text, [(m.kind, m.span, *m.bare(), m.name) for m in b.marks], b.gaps, b.line, b.within)
        for b in blocks
    ]


@pytest.fixture(params=PATHS, ids=IDS)
def doc(request: pytest.FixtureRequest) -> Document:
    path: Path = request.param
    return read_document(path.read_bytes(), path=path.name)


def test_the_corpus_is_large() -> None:
    assert len(PATHS) >= 100
    assert {p.suffix for p in PATHS} == {".md", ".html", ".txt"}


def test_an_untouched_document_is_written_byte_for_byte(doc: Document) -> None:
    data = (FOLDER / doc.path).read_bytes()
    assert write_document(doc, {}) == data
    assert write_document(doc, {b.id: b for b in doc.blocks}) == data


def test_blocks_are_ordered_disjoint_and_trimmed(doc: Document) -> None:
    end = 0
    for block in tops(doc):
        assert end <= block.span.start < block.span.end <= len(doc.text)
        end = block.span.end
    by_id = {b.id: b for b in doc.blocks}
    for block in doc.blocks:
        if block.within:
            holder = by_id[block.within]
            assert block.kind == "attribute"
            assert holder.span.start <= block.span.start < block.span.end <= holder.span.end
            assert [name for m in holder.marks for _, name in m.texts].count(block.id) == 1
        for mark in block.marks:
            for span, name in mark.texts:
                inner = by_id[name]
                assert (mark.open + mark.close)[span.start : span.end] == doc.text[inner.span.start : inner.span.end]
        assert block.text == block.text.strip(" \n\r\t")
        assert any(c.isalnum() for c in block.text)
        assert not set(block.text) & {"\n", "\r"}
    assert len({b.id for b in doc.blocks}) == len(doc.blocks)


def test_lines_are_those_of_an_editor(doc: Document) -> None:
    for block in doc.blocks:
        head = doc.text[: block.span.start]
        assert block.line == head.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def test_marks_cover_text_or_none_by_kind(doc: Document) -> None:
    for block in doc.blocks:
        assert [m.id for m in block.marks] == list(range(len(block.marks)))
        for mark in block.marks:
            assert 0 <= mark.span.start <= mark.span.end <= len(block.text)
            covered = block.text[mark.span.start : mark.span.end]
            if mark.kind is MarkKind.PAIR:
                assert covered.strip(" ") == covered != ""
                assert mark.open or mark.close
            else:
                assert covered == mark.close == ""
                assert mark.open
        for span, literal in block.gaps:
            assert block.text[span.start : span.end] == " "
            assert "\n" in literal or "\r" in literal


def test_rendering_the_original_reads_back_the_same(doc: Document) -> None:
    if doc.path in CROSSING:
        pytest.skip("not well-formed")
    assert shape(again(doc, spliced(doc)).blocks) == shape(doc.blocks)


def test_capitals_keep_structure_and_marks(doc: Document) -> None:
    new = {b.id: upper(b) for b in doc.blocks}
    output = write_document(doc, new)
    assert check_structure(doc, output) == []
    if doc.path in CROSSING:
        return
    assert shape(again(doc, output).blocks) == shape(tuple(new[b.id] for b in doc.blocks))


def test_what_is_outside_of_blocks_never_changes(doc: Document) -> None:
    output = write_document(doc, {b.id: replace(b, text="xyz", marks=(), gaps=()) for b in doc.blocks})
    text = output[len(doc.bom) :].decode(
        doc.encoding, "surrogatepass" if "16" in doc.encoding or "32" in doc.encoding else "surrogateescape"
    )
    at = done = 0
    for block in tops(doc):
        skeleton = doc.text[done : block.span.start]
        assert text.startswith(skeleton, at)
        at = text.index("xyz", at + len(skeleton)) + 3
        at += text[at : at + 1] in ("'", '"') and doc.text[block.span.end - 1] in ("'", '"')
        done = block.span.end
    assert text[at:] == doc.text[done:]


@pytest.mark.parametrize("newline", ["\r\n", "\r"], ids=["crlf", "cr"])
def test_newline_style_changes_no_text(doc: Document, newline: str) -> None:
    if "\r" in doc.text or doc.encoding != "utf-8" or "\ud800" <= max(doc.text, default="") <= "\udfff":
        pytest.skip("only for UTF-8 with LF")
    data = doc.bom + doc.text.replace("\n", newline).encode()
    other = read_document(data, path=doc.path)
    assert write_document(other, {}) == data
    assert [(b.kind, b.text, b.line) for b in other.blocks] == [(b.kind, b.text, b.line) for b in doc.blocks]
    assert check_structure(other, write_document(other, {b.id: upper(b) for b in other.blocks})) == []


@pytest.mark.parametrize(
    ("codec", "bom"),
    [
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
    ],
)
def test_a_byte_order_mark_decides_and_stays(doc: Document, codec: str, bom: bytes) -> None:
    if doc.encoding != "utf-8" or any("\ud800" <= c <= "\udfff" for c in doc.text):
        pytest.skip("only for valid UTF-8")
    data = bom + doc.text.encode(codec)
    other = read_document(data, path=doc.path)
    assert (other.encoding, other.bom) == (codec, bom)
    assert write_document(other, {}) == data
    assert shape(other.blocks) == shape(doc.blocks)


def test_no_final_newline_is_added(doc: Document) -> None:
    text = doc.text.rstrip("\r\n")
    if doc.encoding != "utf-8" or any("\ud800" <= c <= "\udfff" for c in text):
        pytest.skip("only for valid UTF-8")
    cut = read_document(text.encode(), path=doc.path)
    output = write_document(cut, {b.id: upper(b) for b in cut.blocks})
    assert not output.endswith((b"\n", b"\r"))
