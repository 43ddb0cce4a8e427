"""Rare words that the model is told."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from mt_publish.errors import ModelNotFoundError
from mt_publish.translation.decode import translate_segments
from mt_publish.translation.engines import CTranslate2Engine
from mt_publish.translation.lexicon import Lexicon, source_pieces, source_with_spans, untold
from mt_publish.translation.models import find_model, shipped_folder
from mt_publish.translation.terms import annotate
from mt_publish.types import TERM_END, Entry, Mark, MarkKind, Segment, Span, TermMatch

LINES = [
    "de\tquarantäne\t13\tquarantine",
    "de\tgurken\t8\tcucumbers",
    "de\tbauzaun\t3\twooden fence",
    "en\tcucumbers\t8\tGurken",
]


def lexicon(lines: Sequence[str] = LINES) -> Lexicon:
    return Lexicon([line.encode() for line in lines])


def words(text: str, found: Sequence[tuple[Span, str]]) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], translation) for span, translation in found]


def test_the_rarest_words_are_told_in_the_order_of_the_sentence() -> None:
    text = "Gurken hinter dem Bauzaun: Quarantäne"
    assert words(text, lexicon().find(text, "de")) == [("Gurken", "cucumbers"), ("Bauzaun", "wooden fence")]
    everything = lexicon().find(text, "de", most=9)
    assert [translation for _, translation in everything] == ["cucumbers", "wooden fence", "quarantine"]


def test_only_whole_words_of_that_language_are_told() -> None:
    assert lexicon().find("Gurkensalat im Gurken2", "de") == []
    assert lexicon().find("Gurken", "en") == []
    assert lexicon().find("He likes cucumbers", "en") == [(Span(9, 18), "Gurken")]
    assert lexicon().find("He likes Cucumbers", "en") == []  # a name, perhaps
    assert lexicon([]).find("Gurken", "de") == []


def test_frequent_short_and_unsure_words_are_not_told() -> None:
    lines = ["de\tgurke\t200\tcucumber", "de\tgurken\t201\tcucumbers", "de\tzaun\t3\tfence", "de\tspitze\t0\tpeak"]
    text = "Gurken Gurke Zaun Spitze"
    assert words(text, lexicon(lines).find(text, "de")) == [("Gurke", "cucumber")]
    assert lexicon(lines).translation("Spitze", "de") == "peak"  # not sure enough to be told


def test_any_word_is_looked_up_and_without_its_ending() -> None:
    found = lexicon(["de\tgurken\t201\tcucumbers", "de\tzaun\t3\tfence", "de\tzaune\t3\tfences", "en\trose\t3\tRose"])
    assert found.translation("Gurken", "de") == "cucumbers"
    assert found.translation("Zaunes", "de") == "fence"  # the longest ending that leaves a word
    assert found.translation("Zaune", "de") == "fences"
    assert found.translation("roses", "en") == "Rose"
    assert found.translation("Tor", "de") == found.translation("Gurken", "en") == ""
    assert lexicon(["de\tzau\t3\tsow"]).translation("zaun", "de") == ""  # too short to be a stem


def test_what_is_told_something_else_is_left_alone() -> None:
    assert lexicon().find("Die Gurken", "de", taken=[Span(4, 10)]) == []


def test_a_broken_file_says_where_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.tsv.gz"
    path.write_bytes(b"no gzip")
    with pytest.raises(ModelNotFoundError) as caught:
        Lexicon.read(path)
    assert str(path) in str(caught.value)
    assert "delete this file" in str(caught.value)
    path.write_bytes(gzip.compress(b"de\tgurken\tcucumbers\n"))
    with pytest.raises(ModelNotFoundError) as caught:
        Lexicon.read(path).find("Gurken", "de")
    assert str(path) in str(caught.value)
    assert "'gurken'" in str(caught.value)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> CTranslate2Engine:
    folder = Path(shutil.copytree(shipped_folder(), tmp_path_factory.mktemp("lexicon") / "model"))
    (folder / "lexicon.tsv.gz").write_bytes(gzip.compress("\n".join(LINES).encode()))
    return CTranslate2Engine(find_model(str(folder)), threads=1)


TEXT = "Hinter dem Bauzaun liegen „Gurken“."


def test_rare_words_stand_in_the_source_with_their_translations(engine: CTranslate2Engine) -> None:
    (pieces,) = source_pieces(engine, [TEXT], "en")
    written = "Hinter dem <term_start> Bauzaun <term_end> wooden fence <trans_end> liegen „<term_start> Gurken "
    assert pieces == engine.tokenizer.encode([written + "<term_end> cucumbers <trans_end>“."])[0]
    same, spans = source_with_spans(engine, TEXT, "en")
    assert same == pieces
    assert {TEXT[span.start : span.end].strip() for span in spans} >= {"Bauzaun", "Gurken", "dem"}


def test_what_was_told_comes_out_again(engine: CTranslate2Engine) -> None:
    for text in (TEXT, "Gurken", "Der Bauzaun steht.", "Kein Wort."):
        (pieces,) = source_pieces(engine, [text], "en")
        (plain,) = engine.tokenizer.encode([text])
        assert [p for p in untold(pieces) if p != "▁"] == [p for p in plain if p != "▁"]


def test_nothing_is_told_without_a_lexicon_or_in_a_long_sentence(engine: CTranslate2Engine) -> None:
    deaf = CTranslate2Engine(engine.model, threads=1, lexicon=False)
    assert source_pieces(deaf, [TEXT], "en") == deaf.tokenizer.encode([TEXT])
    assert source_with_spans(deaf, TEXT, "en") == deaf.tokenizer.source_spans(TEXT)
    long = "Gurken " + "und mehr " * 30
    assert source_pieces(engine, [long], "en") == engine.tokenizer.encode([long])
    assert source_with_spans(engine, long, "en") == engine.tokenizer.source_spans(long)
    odd = "Gurken <term_start>"
    assert source_pieces(engine, [odd], "en") == engine.tokenizer.encode([odd])


def test_terms_come_before_the_lexicon(engine: CTranslate2Engine) -> None:
    span = Span(11, 18)
    term = TermMatch(Entry("Bauzaun", "hoarding"), span, "Bauzaun", "hoarding", ("hoarding",))
    found = annotate(engine, TEXT, [term], "en")
    assert found is not None
    told = engine.tokenizer.decode([found[0]])[0]
    assert "hoarding" in told
    assert "cucumbers" in told
    assert "fence" not in told
    assert found[0].count(TERM_END) == 2
    both = annotate(engine, TEXT, [term, TermMatch(Entry("dem", "that"), Span(7, 10), "dem", "that", ("that",))], "en")
    assert both is not None
    assert both[0].count(TERM_END) == 2


def test_the_model_says_what_it_is_told_and_marks_stay_on_their_words(engine: CTranslate2Engine) -> None:
    source = "Die Stadt hat einen Bauzaun aufgestellt."
    mark = Mark(1, MarkKind.PAIR, Span(20, 27), "<b>", "</b>")
    (told,) = translate_segments([Segment("1", source, marks=(mark,))], engine, "en")
    (plain,) = translate_segments(
        [Segment("1", source)], CTranslate2Engine(engine.model, threads=1, lexicon=False), "en"
    )
    assert "wooden fence" in told.target
    assert "wooden fence" not in plain.target
    place = told.marks[0].span
    assert "fence" in told.target[place.start : place.end]
    assert place.length <= len("wooden fence") + 1
