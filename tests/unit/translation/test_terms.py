from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mt_publish.glossary import Glossary, find_terms, verify_terms
from mt_publish.pipeline import Rules
from mt_publish.translation.decode import translate_segments
from mt_publish.types import Entry, LangPair, Segment, Translation
from tests.fakes import FakeEngine

PAIR = LangPair("de", "en")
ENTRIES = (
    Entry("Karen Danfried", "Karen Danfried", "person", "f"),
    Entry("Lawrow", "Lavrov", "person", "m"),
    Entry("Moskau", "Moscow", "place"),
    Entry("Vertrag", "contract", "term", "m"),
)


def translate(source: str, engine: FakeEngine, entries: tuple[Entry, ...] = ENTRIES) -> Translation:
    glossary = Glossary(entries)
    (segment,) = find_terms([Segment("s", source)], glossary, PAIR)
    (result,) = translate_segments([segment], engine, "en", rules=Rules(glossary, PAIR))
    return result


def test_a_right_translation_is_left_alone() -> None:
    engine = FakeEngine({"Lawrow": "Lavrov", "traf": "met"})
    result = translate("Lawrow traf Putin.", engine)
    assert (result.target, result.repairs, engine.calls) == ("Lavrov met Putin.", (), 1)


def test_a_source_form_left_standing_is_replaced() -> None:
    result = translate("Lawrow traf Putin.", FakeEngine({"traf": "met"}))
    assert result.target == "Lavrov met Putin."
    assert "Lavrov" in result.repairs[0]


def test_a_distorted_name_is_mended() -> None:
    result = translate("Karen Danfried traf Putin.", FakeEngine({"Danfried": "Danfreid", "traf": "met"}))
    assert result.target == "Karen Danfried met Putin."


def test_a_wrong_word_is_overwritten_where_the_name_is_aligned() -> None:
    engine = FakeEngine({"Lawrow": "Foreign", "traf": "met"}, {"Lawrow": ["Lavrov"]})
    result = translate("Lawrow traf Putin.", engine)
    assert result.target == "Lavrov met Putin."
    assert result.repairs == ("aligned Lavrov: aligned repair of 'Foreign'",)


def test_an_unlike_rendering_is_found_by_alignment() -> None:
    result = translate("Der Vertrag gilt.", FakeEngine({"Der": "The", "Vertrag": "treaty", "gilt": "holds"}))
    assert result.target == "The contract holds."


def test_the_possessive_is_kept() -> None:
    result = translate(
        "Lawrows Rede war lang.", FakeEngine({"Lawrows": "Lawrow's", "Rede": "speech", "war": "was", "lang": "long"})
    )
    assert result.target == "Lavrov's speech was long."


def test_a_heading_that_is_one_name_needs_no_engine() -> None:
    engine = FakeEngine()
    assert translate("Moskau", engine).target == "Moscow"
    assert engine.calls == 0


def test_text_without_letters_is_copied() -> None:
    engine = FakeEngine()
    result = translate("***", engine)
    assert (result.target, result.origin, engine.calls) == ("***", "copy", 0)


NAMES = ["Lawrow", "Moskau", "Danfried", "Vertrag"]
RENDERINGS = {"Lawrow": ["Lavrov", "Lawrow", "Lavrof", "he"], "Moskau": ["Moscow", "Moskau", "Mosco", "there"]}


@given(
    st.lists(st.sampled_from(["Lawrow", "Moskau", "und", "sagt", "heute"]), min_size=1, max_size=8),
    st.data(),
)
def test_the_ladder_never_makes_a_right_mention_wrong(source_words: list[str], data: st.DataObject) -> None:
    source = " ".join(source_words) + "."
    words = {name: data.draw(st.sampled_from(options)) for name, options in RENDERINGS.items()}
    glossary = Glossary(ENTRIES)
    (segment,) = find_terms([Segment("s", source)], glossary, PAIR)
    (plain,) = translate_segments([Segment("s", source)], FakeEngine(words), "en")
    (mended,) = translate_segments([segment], FakeEngine(words), "en", rules=Rules(glossary, PAIR))
    before = [s.problem for s in verify_terms(plain.target, segment.terms, PAIR)]
    after = [s.problem for s in verify_terms(mended.target, segment.terms, PAIR)]
    assert sum(p == "" for p in after) >= sum(p == "" for p in before)


def test_a_name_that_the_source_lacks_is_banished() -> None:
    engine = FakeEngine({"Er": "Moscow", "traf": "met"})
    result = translate("Er traf Lawrow.", engine)
    assert "Moscow" not in result.target
    assert "Lavrov" in result.target
