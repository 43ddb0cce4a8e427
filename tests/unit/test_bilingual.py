"""Pairing a source document with a translation that somebody wrote."""

from __future__ import annotations

from mt_publish.bilingual import pair_documents
from mt_publish.formats import read_document
from mt_publish.quality.checks import check_document
from mt_publish.types import LangPair

PAIR = LangPair("de", "en")


def pairs(source: str, target: str, *, name: str = "a.md") -> list[tuple[str, str]]:
    found = pair_documents(
        read_document(source.encode(), path=name), read_document(target.encode(), path=name), ("de", "en")
    )
    return [(segment.source, translation.target) for segment, translation in found]


def test_texts_in_markup_are_paired_by_their_markup() -> None:
    assert pairs(
        'Das [Amt](u "Das Amt") schrieb der ![Bild der Bank](b "Die Bank").\n',
        'The ![picture of the bank](b "The bank") had a letter from the [office](u "The office").\n',
    ) == [
        ("Das Amt schrieb der.", "The had a letter from the office."),
        ("Das Amt", "The office"),
        ("Bild der Bank", "picture of the bank"),
        ("Die Bank", "The bank"),
    ]


def test_an_image_at_the_edge_of_the_translation_is_paired_with_one_in_the_sentence() -> None:
    source, target = "Das ![Bild](b) ist alt.\n\nEnde.\n", "![Picture](b) It is old.\n\nEnd.\n"
    assert pairs(source, target) == [("Das ist alt.", "It is old."), ("Bild", "Picture"), ("Ende.", "End.")]


def test_translated_texts_in_markup_are_no_changed_markup() -> None:
    source = 'Das [Amt](u "Unser Amt") ist <abbr title="Europäische Union">EU</abbr> nah.\n'
    target = 'The [office](u "Our office") is <abbr title="European Union">EU</abbr> near.\n'

    def rules(text: str) -> set[str]:
        found = pair_documents(
            read_document(source.encode(), path="a.md"), read_document(text.encode(), path="a.md"), ("de", "en")
        )
        findings = check_document([s for s, _ in found], [t for _, t in found], PAIR, path="a.md")
        return {f.rule for f in findings if f.rule.startswith("MTP2")}

    assert rules(target) == set()
    assert rules(target.replace("(u ", "(v ")) == {"MTP204"}
