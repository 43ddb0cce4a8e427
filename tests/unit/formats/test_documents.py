"""Reading and writing files: formats by name, encodings, errors, the structure check, large and hostile input."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from mt_publish.errors import FormatError
from mt_publish.formats import check_structure, read_document, write_document


@pytest.mark.parametrize(
    ("path", "data", "format"),
    [
        ("a.md", b"x", "markdown"),
        ("a.de.MD", b"x", "markdown"),
        ("a.htm", b"x", "html"),
        ("a.txt", b"# x", "text"),
        ("-", b"<!doctype html><p>x", "html"),
        ("-", b"<p>x</p>", "html"),
        ("-", b"# x\n\ny", "markdown"),
        ("-", b"---\ntitle: x\n---\n", "markdown"),
        ("-", b"a [b](http://c) d", "markdown"),
        ("dir.html/README", b"Nur Text.\nZwei", "text"),
        ("a.log", b"Nur Text", "text"),
    ],
)
def test_the_format_comes_from_the_name_else_from_the_look(path: str, data: bytes, format: str) -> None:
    assert read_document(data, path=path).format == format


def test_a_named_format_wins() -> None:
    assert read_document(b"# x", path="a.txt", format="md").format == "markdown"
    assert read_document(b"x", path="a.docx", format="text").format == "text"


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".odt", ".epub", ".xliff", ".PPTX"])
def test_unsupported_formats_are_refused_by_name(suffix: str) -> None:
    with pytest.raises(FormatError, match=suffix.lower()) as caught:
        read_document(b"x", path="a" + suffix)
    assert caught.value.where == "a" + suffix
    assert caught.value.remedy


def test_an_unknown_format_name_is_refused() -> None:
    with pytest.raises(FormatError, match="rst"):
        read_document(b"x", path="a", format="rst")


@pytest.mark.parametrize(
    ("data", "what"),
    [(b"PK\x03\x04\x14\0", "docx"), (b"%PDF-1.7\n", "PDF"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"a\nb\0c", "NUL")],
)
def test_binary_files_are_refused(data: bytes, what: str) -> None:
    with pytest.raises(FormatError, match=what):
        read_document(data, path="a.txt")


def test_the_place_of_a_nul_byte_is_named() -> None:
    with pytest.raises(FormatError) as caught:
        read_document(b"a\nb\0c", path="a.txt")
    assert caught.value.where == "a.txt:2"


def test_bytes_that_are_not_in_the_stated_encoding_are_refused_with_their_place() -> None:
    with pytest.raises(FormatError, match="0xff") as caught:
        read_document(b"a\nb\n\xff", path="a.txt", encoding="utf-8")
    assert caught.value.where == "a.txt:3"
    assert "--encoding" in (caught.value.remedy or "")


@pytest.mark.parametrize("encoding", ["nonsense", "base64", "rot13", "utf-7", "idna", "unicode_escape"])
def test_names_that_are_no_file_encoding_are_refused(encoding: str) -> None:
    with pytest.raises(FormatError, match="encoding"):
        read_document(b"x", path="a.txt", encoding=encoding)


@pytest.mark.parametrize(
    ("data", "path", "encoding"),
    [
        ("ä".encode(), "a.txt", "utf-8"),
        ("Größe – „ja“".encode("cp1252"), "a.txt", "cp1252"),
        ("Größe ".encode() + b"\xff", "a.txt", "utf-8"),
        (b"<meta charset='iso-8859-1'>\xe4", "a.html", "cp1252"),
        (b"<meta charset=iso-8859-15>\xa4", "a.html", "iso8859-15"),
        (b"<meta charset=utf-8>\xe4", "a.html", "cp1252"),
        (b"<meta charset=utf-16>x", "a.html", "utf-8"),
        (b"<meta charset=nonsense>x", "a.html", "utf-8"),
        ("Text hier".encode("utf-16-le"), "a.txt", "utf-16-le"),
        ("Text hier".encode("utf-16-be"), "a.txt", "utf-16-be"),
        ("\ufeffx".encode("utf-32-le"), "a.txt", "utf-32-le"),
    ],
)
def test_encodings_are_found(data: bytes, path: str, encoding: str) -> None:
    doc = read_document(data, path=path)
    assert doc.encoding == encoding
    assert write_document(doc, {}) == data


def test_the_stated_encoding_counts_more_than_the_declared_one() -> None:
    assert read_document(b"<meta charset=utf-8>\xe4", path="a.html", encoding="cp1250").encoding == "cp1250"


def test_html_writes_references_for_what_the_encoding_lacks() -> None:
    doc = read_document("<p>Größe</p>".encode("latin-1"), path="a.html", encoding="latin-1")
    output = write_document(doc, {"b1": replace(doc.blocks[0], text="“sïze” €")})
    assert output == b"<p>&#8220;s\xefze&#8221; &#8364;</p>"


@pytest.mark.parametrize("path", ["a.txt", "a.md"])
def test_other_formats_refuse_what_the_encoding_lacks(path: str) -> None:
    doc = read_document("Erste\n\nGröße".encode("latin-1"), path=path, encoding="latin-1")
    with pytest.raises(FormatError, match="“") as caught:
        write_document(doc, {"b2": replace(doc.blocks[1], text="“size”")})
    assert caught.value.where == f"{path}:3"
    assert "--encoding utf-8" in (caught.value.remedy or "")


def test_a_document_without_text_has_no_blocks() -> None:
    for data in (b"", b"\n\n", b" \t\r\n"):
        for path in ("a.txt", "a.md", "a.html"):
            doc = read_document(data, path=path)
            assert doc.blocks == ()
            assert write_document(doc, {}) == data


def test_the_structure_check_names_lost_and_won_markup() -> None:
    doc = read_document(b"Ein **fettes** Wort mit [Link](u) und `code` hier.\n", path="a.md")
    assert check_structure(doc, b"A **bold** word with [link](u) and `code` here.\n") == []
    assert check_structure(doc, b"A **bold** word with link and `code` here.\n") == [
        "a.md:1: markup lost: a [\u2026](u)"
    ]
    assert check_structure(doc, b"A bold word with [link](u) and here.\n") == [
        "a.md:1: markup lost: code `code`",
        "a.md:1: markup lost: strong **\u2026**",
    ]
    (won,) = check_structure(doc, b"A **bold** word with [link](u), `code` and *new* here.\n")
    assert won.startswith("a.md:1: markup gained: em")


def test_the_structure_check_sees_lost_blocks_and_changed_kinds() -> None:
    doc = read_document(b"Eins\n\nZwei\n", path="a.md")
    assert check_structure(doc, b"One\n") == [
        "a.md: 2 blocks became 1",
        "a.md: 2 blocks of kind 'paragraph' became 1",
    ]
    assert check_structure(doc, b"One\n\n# Two\n") == ["a.md:3: a block of kind 'paragraph' became 'heading'"]


def test_the_structure_check_allows_style_to_be_split() -> None:
    doc = read_document(b"<p>Er <b>gab</b> es auf.</p>", path="a.html")
    assert check_structure(doc, b"<p>He <b>gave</b> it <b>up</b>.</p>") == []
    doc = read_document(b"<p>Er <a href=x>gab</a> es auf.</p>", path="a.html")
    assert check_structure(doc, b"<p>He <a href=x>gave</a> it <a href=x>up</a>.</p>") != []


def test_markup_that_moved_to_the_edge_of_a_sentence_is_not_lost() -> None:
    doc = read_document(b"Text mit ![Bild](b.png) hier und <!-- c --> da.\n", path="a.md")
    assert check_structure(doc, b"![Bild](b.png) text here and there. <!-- c -->\n") == []


HOSTILE = [
    ("a.md", "*" * 30000 + "a"),
    ("a.md", "**a *b " * 6000),
    ("a.md", "[" * 15000 + "a" + "]" * 15000),
    ("a.md", "[a](b" * 6000),
    ("a.md", "".join("`" * (i % 200) + "a" for i in range(600))),
    ("a.md", "a <b " * 6000),
    ("a.md", "a <!-- " * 6000),
    ("a.md", "$a " * 8000),
    ("a.md", "^[" * 8000),
    ("a.md", '[a](b "' * 5000),
    ("a.md", ">" * 3000 + "a"),
    ("a.md", "|" * 8000 + "\n" + "|-" * 8000),
    ("a.md", "".join("  " * i + "- a\n" for i in range(300))),
    ("a.md", "_a " * 8000),
    ("a.html", "<" * 30000),
    ("a.html", "<a " * 15000),
    ("a.html", "<!--" * 15000),
    ("a.html", "<b>" * 15000 + "x"),
    ("a.html", "<code>" * 15000 + "x"),
    ("a.html", '<a title="x>' * 8001),
    ("a.html", "<div>" * 15000 + "x"),
    ("a.html", "<p translate=no>x" * 3000),
    ("a.html", "</b>" * 15000 + "x"),
    ("a.html", "&" * 30000),
    ("a.html", "{%" * 15000),
    ("a.txt", "a@" * 15000),
    ("a.txt", "/a" * 15000),
    ("a.txt", "1." * 15000),
    ("a.txt", "{" * 30000),
    ("a.txt", "a" * 300000),
    ("a.txt", "http://" * 6000),
    ("a.txt", "%" * 30000),
    ("a.txt", "a-" * 15000 + "@"),
    ("a.txt", "{{" * 15000),
]


@pytest.mark.parametrize(("path", "text"), HOSTILE, ids=[f"{p}-{t[:12]!r}" for p, t in HOSTILE])
def test_hostile_input_is_read_in_linear_time(path: str, text: str) -> None:
    start = time.process_time()
    doc = read_document(text.encode(), path=path)
    assert write_document(doc, {b.id: replace(b, text=b.text.swapcase()) for b in doc.blocks})
    assert time.process_time() - start < 3  # about 0.1 s each; quadratic reading takes far longer


def test_a_long_line_of_text_is_read_quickly() -> None:
    data = ("Dies ist ein langer Satz, der nie aufhört und immer weiter geht. " * 80000).encode()  # 5 MB
    start = time.process_time()
    (block,) = read_document(data, path="a.txt").blocks
    assert len(block.text) > 4_000_000
    assert time.process_time() - start < 5


def test_an_endless_line_is_refused_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mt_publish.formats.MAX_LINE", 100)
    for newline in ("\n", "\r\n", "\r"):
        fine = newline.join(["a" * 98, "b" * 99, "c" * 100])
        assert len(read_document(fine.encode(), path="a.txt").blocks) == 3
        with pytest.raises(FormatError, match="longer than 100 characters") as caught:
            read_document(newline.join(["a" * 98, "b" * 99, "c" * 101, "d"]).encode(), path="a.txt")
        assert caught.value.where == "a.txt:3"
        assert caught.value.remedy
