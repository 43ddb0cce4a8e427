"""Words that the model made up, and "a" for "an"."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from mt_publish.errors import ModelNotFoundError
from mt_publish.translation.decode import translate_segments
from mt_publish.translation.engines import CTranslate2Engine
from mt_publish.translation.lexicon import Lexicon
from mt_publish.translation.models import find_model, shipped_folder
from mt_publish.translation.slips import WordList, count_slips, mend_articles, read_word_list, unknown_words
from mt_publish.types import WORD_LISTS, Entry, Lang, Segment, Span, TermMatch
from tests.fakes import FakeEngine

LEXICON = [
    "de\tniederschlag\t900\trainfall",
    "de\tschimpftirade\t300\trant",
    "de\thaus\t9000\thouse",
    "de\tkissen\t300\tpillow",
    "de\tbauern\t400\tfarmers",
    "de\tabwahl\t400\tremoval from office",
    "en\tcapital\t900\tHauptstadt",
    "en\tfisher\t900\tFischer",
]
ENGLISH = ["the", "a", "in", "house", "heavy", "rainfall", "rant", "was", "peter", "removal", "from", "office", "and"]
GERMAN = ["das", "die", "haus", "bau", "zaun", "hauptstadt", "ist", "groß", "versammlung", "kommission", "fischer", "kam"]


def word_list(words: Sequence[str], lang: Lang) -> WordList:
    return WordList([word.encode() for word in words], lang)


def engine(words: dict[str, str] | None = None, lang: Lang = "en") -> FakeEngine:
    made = FakeEngine(words)
    made.lexicon = Lexicon([line.encode() for line in LEXICON])
    made.known = word_list(ENGLISH if lang == "en" else GERMAN, lang)
    return made


def translated(source: str, words: dict[str, str], target: Lang = "en") -> tuple[str, tuple[str, ...]]:
    (found,) = translate_segments([Segment("s1", source)], engine(words, target), target)
    return found.target, found.repairs


def test_a_word_that_is_none_becomes_what_the_lexicon_has_for_its_source() -> None:
    text, repairs = translated("Die Schimpftirade war heftig", {"Die": "the", "Schimpftirade": "swampirade"} | FILL)
    assert text == "the rant was heavy"
    assert repairs == ("swampirade: no word; “rant” for “Schimpftirade” from the lexicon",)


FILL = {"war": "was", "heftig": "heavy"}


def test_a_copied_word_is_translated_however_frequent_and_a_name_is_not() -> None:
    assert translated("heftig Niederschlag war", FILL)[0] == "heavy rainfall was"
    assert translated("heftig Danfried war", FILL)[0] == "heavy Danfried was"
    assert translated("war Peter Bauern heftig", FILL)[0] == "was Peter Bauern heavy"  # a surname, perhaps
    assert translated("war die Bauern heftig", {"die": "the"} | FILL)[0] == "was the farmers heavy"


def test_what_has_no_translation_stays_and_so_do_words() -> None:
    assert translated("heftig Wolkenbruch war", {"Wolkenbruch": "wolkburst"} | FILL) == ("heavy wolkburst was", ())
    assert translated("heftig Haus war", {"Haus": "rant"} | FILL) == ("heavy rant was", ())


def test_an_ending_of_the_source_is_no_hindrance() -> None:
    assert translated("heftig Schimpftiraden war", {"Schimpftiraden": "shimps"} | FILL)[0] == "heavy rant was"
    assert translated("heftig Niederschlags war", {"Niederschlags": "nederslag"} | FILL)[0] == "heavy rainfall was"


def test_the_first_word_is_capitalised_and_others_are_as_the_lexicon_has_them() -> None:
    assert translated("Niederschlag war heftig", FILL)[0] == "Rainfall was heavy"
    assert translated("war Niederschlag heftig", FILL)[0] == "was rainfall heavy"


def test_a_translation_is_not_put_beside_itself_nor_twice_for_one_word() -> None:
    words = {"Niederschlag": "nederslag", "heftig": "rainfall"}
    assert translated("heftig Niederschlag war", words | {"war": "was"})[0] == "rainfall nederslag was"


def test_a_capitalised_english_word_is_a_name_but_at_the_beginning() -> None:
    words = {"The": "Die", "Fisher": "Fischerer", "fisher": "Fischerer", "came": "kam"}
    assert translated("The Fisher came", words, "de")[0] == "Die Fischerer kam"
    assert translated("The fisher came", words, "de")[0] == "Die Fischer kam"
    assert translated("Fisher came", words, "de")[0] == "Fischer kam"


def test_words_of_terms_are_right() -> None:
    term = TermMatch(Entry("Niederschlag", "Nedersläg"), Span(0, 12), "Niederschlag", "Nedersläg", ("Nedersläg",))
    segment = Segment("s1", "Niederschlag war heftig", terms=(term,))
    (found,) = translate_segments([segment], engine({"Niederschlag": "Nedersläg"} | FILL), "en")
    assert found.target == "Nedersläg was heavy"


def test_without_lexicon_or_list_nothing_is_mended() -> None:
    for missing in ("lexicon", "known"):
        bare = engine({"Niederschlag": "nederslag"} | FILL)
        setattr(bare, missing, None)
        (found,) = translate_segments([Segment("s1", "Niederschlag war heftig")], bare, "en")
        assert (found.target, found.repairs) == ("nederslag was heavy", ())
        assert count_slips("Niederschlag", "nederslag", bare, "en") == 0


@pytest.mark.parametrize(
    "word", ["haus", "Bauzaun", "Versammlungskommission", "Bauhaushauptstadt", "HAUS", "Hauptstadthaus"]
)
def test_german_compounds_of_words_are_words(word: str) -> None:
    assert word in word_list(GERMAN, "de")
    assert (word in word_list(GERMAN, "en")) == (word.lower() in GERMAN)


@pytest.mark.parametrize("word", ["Hausx", "Bauxzaun", "Zaunung", "Bauist"])
def test_what_is_made_of_no_words_is_none(word: str) -> None:
    assert word not in word_list(GERMAN, "de")


def test_short_words_and_numbers_are_not_looked_at() -> None:
    text = "xy 1234 house7 Qux-house"
    assert [text[s.start : s.end] for s in unknown_words(text, word_list(ENGLISH, "en"))] == ["Qux"]


def test_slips_are_counted_without_names() -> None:
    source = "Der Niederschlag in Kyoto"
    assert count_slips(source, "the rainfall in Kyoto", engine(), "en") == 0
    assert count_slips(source, "the Niederschlag in Kyoto", engine(), "en") == 1
    assert count_slips(source, "the nederslag in Kyotto", engine(), "en") == 2


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("It is a agreement.", "It is an agreement."),
        ("an woman and a man", "a woman and a man"),
        ("A earthquake shook it.", "An earthquake shook it."),
        ("It fell. A island sank.", "It fell. An island sank."),
        ("He saw a “open” door, an “closed” one", "He saw an “open” door, a “closed” one"),
        ("of a Arsenal fan", "of an Arsenal fan"),
    ],
)
def test_an_article_agrees_with_the_word_after_it(text: str, mended: str) -> None:
    assert mend_articles(text) == mended
    assert mend_articles(mended) == mended


@pytest.mark.parametrize(
    "text",
    [
        "an hour, a university, a European, a one-off, an honest man, a house, a union, an umbrella, a ewe, an MP, a UN man",
        "Serie A in Italy, vitamin A and B, a U.S. plan, an FBI agent, an x-ray, a 8 is none",
        "Frankfurt an der Oder, Neustadt an der Weinstrasse",
        "A and B agree. A or B?",
        "class-a amplifier, l'a encore, an SMS, a YouTube film, an herb, the A and the O",
    ],
)
def test_articles_before_words_that_may_be_spoken_otherwise_are_left_alone(text: str) -> None:
    assert mend_articles(text) == text


def test_only_english_has_its_articles_mended() -> None:
    assert translated("lag a an", {}, "de")[0] == "lag a an"
    assert translated("lag a area", {})[0] == "lag an area"


def test_a_broken_list_says_where_and_what_to_do(tmp_path: Path) -> None:
    shutil.copytree(shipped_folder(), tmp_path / "m")
    path = tmp_path / "m" / WORD_LISTS["en"]
    model = find_model(str(tmp_path / "m"))
    for content in (b"no gzip", gzip.compress(b"\xff\xfe")):
        path.write_bytes(content)
        with pytest.raises(ModelNotFoundError) as caught:
            read_word_list(model, "en")
        assert str(path) in str(caught.value)
        assert caught.value.remedy
    path.unlink()
    assert read_word_list(model, "en") is None


def test_another_list_is_another_model(tmp_path: Path) -> None:
    shutil.copytree(shipped_folder(), tmp_path / "m")
    before = find_model(str(tmp_path / "m")).sha256()
    (tmp_path / "m" / WORD_LISTS["de"]).write_bytes(gzip.compress(b"haus\n"))
    assert find_model(str(tmp_path / "m")).sha256() != before


def known_to(model: CTranslate2Engine, lang: Lang, words: Sequence[str]) -> list[bool]:
    found = model.word_list(lang)
    assert found is not None
    return [word in found for word in words]


def test_the_shipped_model_knows_words_and_no_others() -> None:
    shipped = CTranslate2Engine(find_model("shipped"), threads=1)
    assert known_to(shipped, "en", ["security", "rant", "Lavrov", "swampirade", "Niederschlag"]) == [True] * 3 + [False] * 2
    assert known_to(shipped, "de", ["Sicherheit", "Sicherheitsgarantie", "Niederschlagssumme", "Klabel"]) == [True] * 3 + [
        False
    ]
    told_nothing = CTranslate2Engine(find_model("shipped"), threads=1, lexicon=False)
    assert told_nothing.word_list("en") is None
