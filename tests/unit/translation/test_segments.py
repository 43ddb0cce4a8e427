from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt_publish.formats import check_structure, read_document, write_document
from mt_publish.translation.segments import cut, join
from mt_publish.types import Document, Span, Translation


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


def translated(text: str, *sentences: tuple[str, tuple[int, int]]) -> str:
    """An HTML paragraph with each sentence translated and its mark put on a range of it."""
    doc = read_document(text.encode(), path="a.html")
    found = {}
    for segment, (target, place) in zip(cut(doc, "de"), sentences, strict=True):
        marks = tuple(replace(m, span=Span(*place)) for m in segment.marks)
        found[segment.id] = Translation(segment.id, target, marks)
    output = write_document(doc, join(doc, "de", found))
    assert check_structure(doc, output) == []
    return output.decode()


@pytest.mark.parametrize(
    ("tag", "target", "place", "written"),
    [
        ("a", "Yesterday the minister came.", (23, 27), "<a>It is good.</a> Yesterday the minister came."),
        ("a", "Yesterday came the minister.", (0, 14), "<a>It is good. Yesterday came</a> the minister."),
        ("b", "Yesterday the minister came.", (23, 27), "<b>It is good.</b> Yesterday the minister <b>came</b>."),
        ("b", "Yesterday came the minister.", (0, 14), "<b>It is good. Yesterday came</b> the minister."),
        ("b", "“Yesterday” came he.", (1, 16), "<b>It is good. “Yesterday” came</b> he."),
    ],
)
def test_a_mark_across_a_sentence_end_takes_in_no_words_between_its_parts(
    tag: str, target: str, place: tuple[int, int], written: str
) -> None:
    source = f"<p><{tag}>Das ist gut. Gestern kam</{tag}> der Minister.</p>"
    assert translated(source, ("It is good.", (0, 11)), (target, place)) == f"<p>{written}</p>"


def test_the_longest_part_of_a_link_is_kept() -> None:
    source = "<p>Er sah <a>das Haus. Gestern kam der Minister</a> an.</p>"
    assert (
        translated(source, ("The house he saw.", (0, 9)), ("At home the minister arrived.", (8, 28)))
        == "<p>The house he saw. At home <a>the minister arrived</a>.</p>"
    )


def test_a_line_break_between_sentences_is_kept_and_one_inside_a_sentence_becomes_a_space() -> None:
    doc = read_document(b"Erster Satz.\nZweiter Satz\ngeht weiter.\n", path="a.md")
    found = {s.id: Translation(s.id, s.source.upper(), s.marks) for s in cut(doc, "de")}
    assert write_document(doc, join(doc, "de", found)).decode() == "ERSTER SATZ.\nZWEITER SATZ GEHT WEITER.\n"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_cutting_and_joining_gives_back_every_block(text: str) -> None:
    doc = read_document(text.encode(), path="a.txt", encoding=None)
    blocks = join(doc, "de", identity(doc))
    assert all(blocks.get(b.id, b) == b for b in doc.blocks)
