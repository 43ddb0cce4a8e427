"""Reading, cleaning and splitting of sentence pairs."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from mt_publish.errors import AlignmentError, FormatError, InputError
from mt_publish.training.corpus import (
    CleanRules,
    Pair,
    clean,
    find_files,
    guess_language,
    read_pairs,
    split,
    write_table,
)


def texts(path: Path) -> list[tuple[str, str]]:
    return [(pair.de, pair.en) for pair in read_pairs(path)]


TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="de"/><body>
 <tu><prop type="x-document">a.html</prop>
  <tuv xml:lang="EN-GB"><seg>The <bpt i="1">&lt;b&gt;</bpt>house<ept i="1">&lt;/b&gt;</ept> is <hi>old</hi>.</seg></tuv>
  <tuv xml:lang="de-DE"><seg>Das Haus ist
     alt.</seg></tuv></tu>
 <tu><tuv xml:lang="de"><seg>Nur deutsch</seg></tuv><tuv xml:lang="fr"><seg>Allemand</seg></tuv></tu>
 <tu><tuv lang="de"><seg>Ja</seg></tuv><tuv lang="en"><seg>Yes</seg></tuv></tu>
</body></tmx>"""


def test_tmx_gives_text_without_inline_codes_and_the_document(tmp_path: Path) -> None:
    path = tmp_path / "memory.tmx"
    path.write_text(TMX, "utf-8")
    assert list(read_pairs(path)) == [
        Pair("Das Haus ist alt.", "The house is old.", str(path), "a.html"),
        Pair("Ja", "Yes", str(path), ""),
    ]


def test_tmx_with_entities_of_its_own_is_refused_and_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    path = tmp_path / "evil.tmx"
    path.write_text(TMX.replace('SYSTEM "tmx14.dtd"', f'[<!ENTITY x SYSTEM "{secret}">]').replace("Ja", "&x;"), "utf-8")
    with pytest.raises(FormatError, match="entities"):
        texts(path)


def test_broken_xml_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "memory.tmx"
    path.write_text(TMX[:-20], "utf-8")
    with pytest.raises(FormatError, match=r"memory\.tmx"):
        texts(path)


def xliff(units: str, source: str = "en", target: str = "de-DE") -> str:
    return (
        '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
        f'<file original="page.html" source-language="{source}" target-language="{target}">'
        f"<body>{units}</body></file></xliff>"
    )


def test_xliff_goes_either_way_and_leaves_untranslated_units_out(tmp_path: Path) -> None:
    path = tmp_path / "job.xlf"
    path.write_text(
        xliff(
            '<trans-unit id="1"><source>See <g id="1">here</g><x id="2"/>.</source>'
            "<target>Siehe hier.</target></trans-unit>"
            '<group><trans-unit id="2"><source>New</source>'
            '<target state="needs-translation">New</target></trans-unit></group>'
            '<trans-unit id="3"><source>Alone</source></trans-unit>'
        ),
        "utf-8",
    )
    assert list(read_pairs(path)) == [Pair("Siehe hier.", "See here.", str(path), "page.html")]


def test_xliff_of_another_pair_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "job.xlf"
    path.write_text(xliff("", source="fr"), "utf-8")
    with pytest.raises(FormatError, match=r"XLIFF 1\.2"):
        texts(path)


def test_a_table_may_be_zipped_and_have_a_heading_that_turns_it_round(tmp_path: Path) -> None:
    plain, zipped = tmp_path / "a.tsv", tmp_path / "b.tsv.gz"
    plain.write_text("Ja\tYes\nNein\tNo\tdoc1\n", "utf-8")
    with gzip.open(zipped, "wt", encoding="utf-8") as file:
        file.write("en\tde\nYes\tJa\n")
    assert list(read_pairs(plain)) == [Pair("Ja", "Yes", str(plain)), Pair("Nein", "No", str(plain), "doc1")]
    assert texts(zipped) == [("Ja", "Yes")]


def test_a_table_line_without_a_tab_is_an_error_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("Ja\tYes\nNein No\n", "utf-8")
    with pytest.raises(FormatError, match=r"a\.tsv:2"):
        texts(path)


def test_paired_text_files_are_found_once_and_must_be_equally_long(tmp_path: Path) -> None:
    (tmp_path / "news.de.txt").write_text("Ja\nNein\n", "utf-8")
    (tmp_path / "news.en.txt").write_text("Yes\nNo\n", "utf-8")
    (tmp_path / "alone.de.txt").write_text("Ja\n", "utf-8")
    assert find_files([tmp_path]) == [tmp_path / "news.de.txt"]
    assert texts(tmp_path / "news.de.txt") == [("Ja", "Yes"), ("Nein", "No")]
    (tmp_path / "news.en.txt").write_text("Yes\n", "utf-8")
    with pytest.raises(AlignmentError, match="number of lines"):
        texts(tmp_path / "news.de.txt")
    with pytest.raises(InputError, match="half is missing"):
        texts(tmp_path / "alone.de.txt")


def test_missing_and_useless_inputs_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        find_files([tmp_path / "nowhere"])
    with pytest.raises(InputError, match="paired"):
        find_files([tmp_path])
    (tmp_path / "a.docx").write_text("x")
    with pytest.raises(FormatError, match="not a corpus format"):
        texts(tmp_path / "a.docx")


@pytest.mark.parametrize(
    ("reason", "de", "en"),
    [
        ("empty", "", "Yes"),
        ("broken", "Sch\ufffdn", "Nice"),
        ("long", "x" * 701, "y" * 700),
        ("copy", "GmbH", "GmbH"),
        ("ratio", "Der Rat tagt heute in Brüssel, sagt er.", "The council"),
        ("language", "This is the end of what they have.", "Das ist das Ende."),
    ],
)
def test_cleaning_drops_a_bad_pair_and_says_why(reason: str, de: str, en: str) -> None:
    good = Pair("Das Haus ist alt.", "The house is old.")
    cleaned = clean([good, Pair(de, en)])
    assert cleaned.pairs == [good]
    assert cleaned.dropped == {reason: 1}


def test_cleaning_keeps_short_names_and_drops_duplicates_and_formulae() -> None:
    pairs = [Pair("Köln", "Cologne"), Pair("Köln", "Cologne"), *(Pair(f"Seite {n}", f"Page {n}") for n in range(6))]
    cleaned = clean(pairs, CleanRules(max_repeats=3))
    assert [pair.de for pair in cleaned.pairs] == ["Köln", "Seite 0", "Seite 1", "Seite 2"]
    assert cleaned.dropped == {"duplicate": 1, "boilerplate": 3}


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Das ist nicht der Fall und auch nicht gut", "de"),
        ("This is what they have", "en"),
        ("Gut.", None),
        ("Er sagte: “This is the end of it”, und das ist es", None),
    ],
)
def test_the_language_is_guessed_only_when_it_is_clear(text: str, lang: str | None) -> None:
    assert guess_language(text) == lang


def corpus(documents: int, per_document: int = 10) -> list[Pair]:
    return [
        Pair(f"Satz {i} aus {d}", f"Sentence {i} from {d}", "", f"doc{d}" if documents > 1 else "")
        for d in range(documents)
        for i in range(per_document)
    ]


def test_dev_and_test_take_whole_documents() -> None:
    parts = split(corpus(20), dev=15, test=10)
    names = [{pair.document for pair in part} for part in (parts.train, parts.dev, parts.test)]
    assert [len(part) for part in (parts.dev, parts.test)] == [20, 10]
    assert not names[0] & names[1]
    assert not names[0] & names[2]
    assert not names[1] & names[2]
    assert len(parts.train) == 170


def test_a_document_too_long_for_dev_stays_in_train() -> None:
    pairs = corpus(20) + [Pair(f"Kapitel {i}", f"Chapter {i}", "", "book") for i in range(900)]
    for seed in range(20):
        parts = split(pairs, dev=50, seed=seed)
        assert 50 <= len(parts.dev) <= 75
        assert "book" not in {pair.document for pair in parts.dev}


def test_a_few_long_documents_are_no_documents_to_split_by() -> None:
    pairs = [Pair(f"Satz {i} aus {d}", f"Sentence {i} from {d}", "", str(d)) for d in range(12) for i in range(200)]
    assert len(split(pairs, dev=50).dev) == 50


def test_dev_is_drawn_from_files_with_and_without_documents() -> None:
    memory = [Pair(f"Zeile {i}", f"Line {i}", "memory.tmx") for i in range(400)]
    dev = split(corpus(40) + memory, dev=80).dev
    assert {bool(pair.document) for pair in dev} == {True, False}


def test_documents_of_two_files_with_one_name_are_two() -> None:
    pairs = [pair._replace(part=part) for part in ("a", "b") for pair in corpus(20)]
    pairs = [pair._replace(de=f"{pair.de} {pair.part}", en=f"{pair.en} {pair.part}") for pair in pairs]
    dev = split(pairs, dev=10).dev
    assert len(dev) == 10


def test_without_documents_sentences_are_split_and_all_outputs_of_a_source_stay_together() -> None:
    pairs = corpus(1, 200)
    pairs += [pair._replace(en=pair.en + "!") for pair in pairs]
    parts = split(pairs, dev=30)
    assert 30 <= len(parts.dev) <= 31
    assert not {pair.de for pair in parts.dev} & {pair.de for pair in parts.train}
    assert len(parts.dev) + len(parts.train) == 400


def test_the_split_is_the_same_again_and_never_takes_more_than_a_tenth() -> None:
    pairs = corpus(1, 100)
    assert split(pairs, dev=10) == split(pairs, dev=10)
    assert split(pairs, dev=10).dev != split(pairs, dev=10, seed=2).dev
    assert len(split(pairs, dev=5000).dev) == 10


def test_a_written_table_reads_back(tmp_path: Path) -> None:
    pairs = [Pair("Ja", "Yes", "", "d"), Pair("Nein", "No")]
    write_table(pairs, tmp_path / "dev.tsv")
    assert [pair._replace(part="") for pair in read_pairs(tmp_path / "dev.tsv")] == pairs


def test_a_document_name_with_line_breaks_reads_back(tmp_path: Path) -> None:
    unit = (
        '<tu><prop type="x-document">\n  a b.md\n</prop><tuv xml:lang="de"><seg>Ja</seg></tuv>'
        '<tuv xml:lang="en"><seg>Yes</seg></tuv></tu>'
    )
    (tmp_path / "m.tmx").write_text(f"<tmx><body>{unit}</body></tmx>", "utf-8")
    write_table(read_pairs(tmp_path / "m.tmx"), tmp_path / "dev.tsv")
    assert [pair.document for pair in read_pairs(tmp_path / "dev.tsv")] == ["a b.md"]


def test_a_broken_gzip_file_is_named(tmp_path: Path) -> None:
    whole = gzip.compress(b"Ja\tYes\n" * 1000)
    for content in (whole[:-20], b"Ja\tYes\n", whole[:12] + b"?" * 30):
        (tmp_path / "a.tsv.gz").write_bytes(content)
        with pytest.raises(FormatError, match=r"a\.tsv\.gz.*gzip|gzip.*a\.tsv\.gz"):
            list(read_pairs(tmp_path / "a.tsv.gz"))


def test_the_half_of_a_pair_of_files_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.en.txt").write_text("Yes\n")
    with pytest.raises(InputError, match=r"a\.de\.txt"):
        find_files([tmp_path / "a.en.txt"])
