from __future__ import annotations

import pytest

from mt_publish.glossary import Glossary
from mt_publish.pipeline import Rules, document_pass
from mt_publish.translation.names import copied_names
from mt_publish.types import Lang, LangPair, Segment, Translation
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
    assert copied_names(SEGMENTS, made(TARGETS), "de") == ("Okwuosa",)


def test_a_word_that_is_translated_is_no_name() -> None:
    assert copied_names(SEGMENTS[3:], made(TARGETS)[3:], "de") == ()


@pytest.mark.parametrize(
    ("lang", "sources"),
    [
        ("de", ["Sie lud den Akku.", "Der Akku war leer.", "Er kaufte Akku und Lader."]),  # nouns have articles
        ("de", ["Hallo zusammen!", "Er rief: „Hallo ihr!“"]),  # a capital at the start says little
        (
            "en",
            ["They like Vacuum Pro.", "It is Vacuum time.", "Use a vacuum, not Vacuum Pro."],
        ),  # lower case elsewhere
        (
            "de",
            ["Und Somit war es aus.", "Doch Somit ging es.", "Er hat Somit recht."],
        ),  # begins sentences, as titles do
    ],
)
def test_a_common_word_that_a_weak_model_copies_is_no_name(lang: Lang, sources: list[str]) -> None:
    segments = tuple(Segment(f"s{i}", text) for i, text in enumerate(sources))
    assert copied_names(segments, made(sources), lang) == ()


@pytest.mark.parametrize(
    ("lang", "sources"),
    [
        ("de", ["Heute kam Dr. Okwuosa.", "Gestern sprach Dr. Okwuosa lange."]),
        ("en", ["Today Mr. Okwuosa came.", "Then J. Okwuosa spoke."]),
        ("de", ["Sie sah die „Okwuosa“.", "Sie fuhr auf „Okwuosa“."]),
        ("de", ["Kiew – Okwuosa sprach.", "Kiew (Okwuosa) schwieg."]),
        ("en", ["She said that Okwuosa came.", "He knew that Okwuosa left."]),
        ("de", ["Ein Mann, den Okwuosa traf.", "Die Frau, die Okwuosa kannte."]),
        ("en", ["Okwuosa came.", "Okwuosa left.", "Okwuosa spoke."]),
    ],
)
def test_a_name_is_one_after_titles_marks_and_conjunctions(lang: Lang, sources: list[str]) -> None:
    segments = tuple(Segment(f"s{i}", text) for i, text in enumerate(sources))
    assert copied_names(segments, made(sources), lang) == ("Okwuosa",)


@pytest.mark.parametrize("article", ["Der", "Die"])
def test_a_name_that_has_an_article_once_is_a_name(article: str) -> None:
    sources = [f"{article} Okwuosa kam.", "Heute sprach Okwuosa lange.", "Das war Okwuosas Rede."]
    segments = tuple(Segment(f"s{i}", text) for i, text in enumerate(sources))
    assert copied_names(segments, made(sources), "de") == ("Okwuosa",)


def test_a_distorted_unlisted_name_is_mended_by_the_rest_of_the_document() -> None:
    pair = LangPair("de", "en")
    engine = FakeEngine({"Okwuosas": "Okwosa", "Das": "That", "war": "was", "Rede": "speech"})
    fixed = document_pass(SEGMENTS, made(TARGETS), engine, pair, Rules(Glossary(), pair))
    assert "Okwuosa" in fixed[2].target
    assert [t.target for t in fixed[:2]] == TARGETS[:2]
