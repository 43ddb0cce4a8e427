from __future__ import annotations

from mt_publish.glossary import Glossary
from mt_publish.pipeline import Rules, document_pass
from mt_publish.translation.names import copied_names
from mt_publish.types import LangPair, Segment, Translation
from tests.fakes import FakeEngine

SOURCES = [
    "Okwuosa kam heute.",
    "Heute sprach Okwuosa lange.",
    "Das war Okwuosas Rede.",
    "Der Minister ging.",
    "Der Minister kam.",
]
TARGETS = [
    "Okwuosa came today.",
    "Today Okwuosa spoke long.",
    "That was Okwosa speech.",
    "The minister went.",
    "The minister came.",
]


def made(texts: list[str]) -> tuple[Translation, ...]:
    return tuple(Translation(f"s{i}", text) for i, text in enumerate(texts))


SEGMENTS = tuple(Segment(f"s{i}", text) for i, text in enumerate(SOURCES))


def test_a_word_that_most_translations_copy_is_a_name() -> None:
    assert copied_names(SEGMENTS, made(TARGETS)) == ("Okwuosa",)


def test_a_word_that_is_translated_is_no_name() -> None:
    assert copied_names(SEGMENTS[3:], made(TARGETS)[3:]) == ()


def test_a_distorted_unlisted_name_is_mended_by_the_rest_of_the_document() -> None:
    pair = LangPair("de", "en")
    engine = FakeEngine({"Okwuosas": "Okwosa", "Das": "That", "war": "was", "Rede": "speech"})
    fixed = document_pass(SEGMENTS, made(TARGETS), engine, pair, Rules(Glossary(), pair))
    assert "Okwuosa" in fixed[2].target
    assert [t.target for t in fixed[:2]] == TARGETS[:2]
