from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mt_publish.formats import read_document, write_document
from mt_publish.translation.segments import cut, join
from mt_publish.types import Document, Translation


def identity(doc: Document) -> dict[str, Translation]:
    return {s.id: Translation(s.id, s.source, s.marks) for s in cut(doc, "de")}


def test_sentences_have_stable_ids_and_lines() -> None:
    doc = read_document(b"Erster Satz. Zweiter Satz.\n\nDritter.", path="a.txt")
    assert [(s.id, s.source, s.line) for s in cut(doc, "de")] == [
        ("b1.s1", "Erster Satz.", 1),
        ("b1.s2", "Zweiter Satz.", 1),
        ("b2.s1", "Dritter.", 3),
    ]


def test_a_mark_across_sentences_is_one_mark_again() -> None:
    doc = read_document(b"<p>Eins. <b>Zwei. Drei.</b> Vier.</p>", path="a.html")
    segments = cut(doc, "de")
    assert [len(s.marks) for s in segments] == [0, 1, 1, 0]
    blocks = join(doc, "de", identity(doc))
    assert blocks[doc.blocks[0].id] == doc.blocks[0]


def test_a_line_break_between_sentences_is_kept_and_one_inside_a_sentence_becomes_a_space() -> None:
    doc = read_document(b"Erster Satz.\nZweiter Satz\ngeht weiter.\n", path="a.md")
    found = {s.id: Translation(s.id, s.source.upper(), s.marks) for s in cut(doc, "de")}
    assert write_document(doc, join(doc, "de", found)).decode() == "ERSTER SATZ.\nZWEITER SATZ GEHT WEITER.\n"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_cutting_and_joining_gives_back_every_block(text: str) -> None:
    doc = read_document(text.encode(), path="a.txt", encoding=None)
    blocks = join(doc, "de", identity(doc))
    assert all(blocks.get(b.id, b) == b for b in doc.blocks)
