"""Plain text: lines are blocks, what must not be translated is cut out, the rest is text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mt_publish.formats import read_document, write_document
from mt_publish.types import Block, MarkKind, Span


def blocks(text: str) -> tuple[Block, ...]:
    return read_document(text.encode(), path="a.txt").blocks


def test_each_line_with_a_letter_or_digit_is_a_block() -> None:
    found = blocks("Eins\n\n---\nZwei\r\n🎉\n3\rVier")
    assert [(b.text, b.line) for b in found] == [("Eins", 1), ("Zwei", 4), ("3", 6), ("Vier", 7)]
    assert [b.id for b in found] == ["b1", "b2", "b3", "b4"]


def test_white_space_around_a_line_stays_outside_of_its_block() -> None:
    text = "\t Eins \u00a0\nZwei"
    assert [(b.text, b.span) for b in blocks(text)] == [("Eins", Span(2, 6)), ("Zwei", Span(9, 13))]


def test_markup_is_text() -> None:
    (block,) = blocks("**kein** <b>Markup</b> &amp; [x](y)")
    assert block.text == "**kein** <b>Markup</b> &amp; [x](y)"
    assert block.marks == ()


@pytest.mark.parametrize(
    ("text", "plain", "name", "shown"),
    [
        ("Siehe https://a.de/x?a=b&c=d, dort.", "Siehe, dort.", "url", "https://a.de/x?a=b&c=d"),
        ("Siehe (http://a.de/x_(y)).", "Siehe ().", "url", "http://a.de/x_(y)"),
        ("Mail an a.b@c.de!", "Mail an!", "email", "a.b@c.de"),
        ("Hallo {name}, guten Tag", "Hallo, guten Tag", "placeholder", "{name}"),
        ("Hallo {{ user.name }} da", "Hallo da", "placeholder", "{{ user.name }}"),
        ("%1$s hat gewonnen", "hat gewonnen", "placeholder", "%1$s"),
        ("Es sind %d Stück", "Es sind Stück", "placeholder", "%d"),
        ("Es sind %(count)s Stück", "Es sind Stück", "placeholder", "%(count)s"),
        ("Von @anna_weber gesagt", "Von gesagt", "handle", "@anna_weber"),
        ("Die Datei /etc/ssh/config fehlt", "Die Datei fehlt", "path", "/etc/ssh/config"),
        ("Die Datei README.md fehlt", "Die Datei fehlt", "path", "README.md"),
        ("In C:\\Temp\\x liegt", "In liegt", "path", "C:\\Temp\\x"),
        ("Ab Version 2.1.0 neu", "Ab Version neu", "version", "2.1.0"),
        ("Ab v1.2 neu", "Ab neu", "version", "v1.2"),
    ],
)
def test_protected_text_is_cut_out_as_a_void(text: str, plain: str, name: str, shown: str) -> None:
    (block,) = blocks(text)
    assert block.text == plain
    assert [(m.kind, m.name, m.shown) for m in block.marks] == [(MarkKind.VOID, name, shown)]


@pytest.mark.parametrize(
    "text",
    [
        "50 % sicher und 100%ig",
        "am 12.05.2024. Danach 1.2.24",
        "1.234.567 Einwohner und 1.000 mehr.",
        "und/oder km/h (m/w/d)",
        "#Bundestag um 12:30 Uhr: ja",
        "z.B. usw. d.h. Dr.med.",
        "Preis {nicht geschlossen",
        "Müller & Söhne",
    ],
)
def test_ordinary_text_is_not_protected(text: str) -> None:
    (block,) = blocks(text)
    assert (block.text, block.marks) == (text, ())


def test_soft_hyphens_are_no_part_of_the_text() -> None:
    assert blocks("Donau\u00addampf\u00adschiff")[0].text == "Donaudampfschiff"


def test_invalid_bytes_are_kept_as_a_mark() -> None:
    data = "Größe \udcff kaputt, größer".encode("utf-8", "surrogateescape")
    doc = read_document(data, path="a.txt")
    (block,) = doc.blocks
    assert block.text == "Größe kaputt, größer"
    assert [m.name for m in block.marks] == ["bytes"]
    assert write_document(doc, {"b1": replace(block, text="Size broken")}).count(b"\xff") == 1


def test_only_changed_blocks_are_rendered() -> None:
    doc = read_document("Eins \nDonau\u00addampf\nDrei".encode(), path="a.txt")
    output = write_document(doc, {"b1": replace(doc.blocks[0], text="One"), "b2": doc.blocks[1]})
    assert output.decode() == "One \nDonau\u00addampf\nDrei"
