"""Glossaries of other tools."""

from pathlib import Path

import pytest

from mt_publish.errors import GlossaryError
from mt_publish.glossary import Format, export_glossary, import_glossary
from mt_publish.types import Entry, LangPair

DE_EN = LangPair("de", "en")
EN_DE = LangPair("en", "de")


def load(
    folder: Path, name: str, text: str | bytes, pair: LangPair = DE_EN, format: Format | None = None
) -> list[tuple[str, str]]:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [(entry.de, entry.en) for entry in import_glossary(path, format=format, pair=pair)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "Kiew\tKyiv\nMünchen\tMunich\n"),
        ("a.csv", 'Kiew,Kyiv\n"München",Munich\n'),
        ("deepl.csv", "Kiew,Kyiv,de,en\nMunich,München,en,de\n"),
        ("amazon.csv", "de,en\nKiew,Kyiv\nMünchen,Munich\n"),
        ("amazon2.csv", "en,de\nKyiv,Kiew\nMunich,München\n"),
        ("list.txt", "# cities\nKiew = Kyiv\nMünchen = Munich\n"),
        ("list2.txt", "Kiew;Kyiv\nMünchen;Munich\n"),
        ("list3.txt", '"Kiew";"Kyiv"\nMünchen;"Munich"\n'),
        ("excel.csv", '"Kiew";"Kyiv"\n"München";"Munich"\n'),
        ("head.csv", "Deutsch,Englisch\nKiew,Kyiv\nMünchen,Munich\n"),
        ("head2.csv", "English;German\nKyiv;Kiew\nMunich;München\n"),
        ("head3.tsv", "Quelle\tZiel\nKiew\tKyiv\nMünchen\tMunich\n"),
        ("wide.csv", "Kiew,Kyiv,\nMünchen,Munich,,\n"),
        ("native.csv", "de,en,type\nKiew,Kyiv,place\nMünchen,Munich,place\n"),
    ],
)
def test_formats_are_recognised(tmp_path: Path, name: str, text: str) -> None:
    assert load(tmp_path, name, text) == [("Kiew", "Kyiv"), ("München", "Munich")]


@pytest.mark.parametrize(("name", "row"), [("a.csv", "Schmidt, Helmut,Helmut Schmidt"), ("a.tsv", "a\tb\tc")])
def test_a_row_with_a_separator_too_many_is_refused(tmp_path: Path, name: str, row: str) -> None:
    with pytest.raises(GlossaryError) as error:
        load(tmp_path, name, ("Kiew,Kyiv\n" if "," in row else "Kiew\tKyiv\n") + row)
    assert error.value.where == f"{tmp_path / name}:2"
    assert "found 3 cell(s)" in str(error.value)


def test_tbx_gives_the_preferred_term_in_the_encoding_that_it_names(tmp_path: Path) -> None:
    xml = """<?xml version="1.0" encoding="ISO-8859-1"?>
    <martif><text><body><termEntry><langSet xml:lang="de">
    <tig><term>Kiewer Stadt</term><termNote type="administrativeStatus">admittedTerm-admn-sts</termNote></tig>
    <tig><term>Müllheim</term><termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></tig></langSet>
    <langSet xml:lang="en"><tig><term>Mullheim</term></tig></langSet></termEntry></body></text></martif>"""
    path = tmp_path / "a.tbx"
    path.write_bytes(xml.encode("latin-1"))
    (entry,) = import_glossary(path, pair=DE_EN)
    assert (entry.de, entry.de_aliases, entry.en) == ("Müllheim", ("Kiewer Stadt",), "Mullheim")


@pytest.mark.parametrize("format", ["deepl-csv", "deepl-tsv", "amazon", "tbx", "plain"])
def test_rows_that_are_switched_off_are_not_exported(format: Format) -> None:
    text = export_glossary([Entry("Kiew", "Kyiv"), Entry("Rom", "Rome", enforce="off")], format, DE_EN)
    text = text.decode() if isinstance(text, bytes) else text
    assert "Kyiv" in text
    assert "Rome" not in text


def test_a_quoted_cell_may_hold_the_separator(tmp_path: Path) -> None:
    assert load(tmp_path, "a.txt", '"Amt; Haus";Office\n') == [("Amt; Haus", "Office")]


def test_a_row_of_two_names_of_one_language_is_an_entry(tmp_path: Path) -> None:
    assert load(tmp_path, "a.csv", "Deutsch,German\n") == [("Deutsch", "German")]


def test_the_pair_says_which_language_comes_first(tmp_path: Path) -> None:
    assert load(tmp_path, "a.tsv", "Kyiv\tKiew\n", EN_DE) == [("Kiew", "Kyiv")]


def test_equal_names_become_do_not_translate(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("mt-publish\tmt-publish\n")
    assert import_glossary(path, pair=DE_EN)[0].type == "dnt"


@pytest.mark.parametrize("format", ["deepl-csv", "deepl-tsv", "amazon", "tbx", "plain", "native"])
@pytest.mark.parametrize("pair", [DE_EN, EN_DE])
def test_export_and_import_keep_names_and_paired_aliases(tmp_path: Path, format: Format, pair: LangPair) -> None:
    entries = [
        Entry("Kiew", "Kyiv", de_aliases=("Kyjiw",), en_aliases=("Kyyiv",)),
        Entry('Amt "A", B', "Office & <Co>"),
    ]
    names = load(tmp_path, "out", export_glossary(entries, format, pair), pair, format)
    assert names[0] == ("Kiew", "Kyiv")
    assert names[-1] == ('Amt "A", B', "Office & <Co>")
    if format not in ("tbx", "native"):
        assert ("Kyjiw", "Kyyiv") in names


def test_tbx_keeps_deprecated_terms_as_forbidden(tmp_path: Path) -> None:
    path = tmp_path / "g.tbx"
    data = export_glossary([Entry("Kiew", "Kyiv", en_forbidden=("Kiev",), note="n")], "tbx", DE_EN)
    assert isinstance(data, bytes)
    path.write_bytes(data)
    (entry,) = import_glossary(path, pair=DE_EN)
    assert entry.en_forbidden == ("Kiev",)
    assert entry.note == "n"


def test_tbx_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    text = f"""<!DOCTYPE martif [<!ENTITY e SYSTEM "file://{secret}">]>
    <martif><text><body><termEntry><langSet xml:lang="de"><tig><term>Kiew &e;</term></tig></langSet>
    <langSet xml:lang="en-GB"><tig><term>Kyiv</term></tig></langSet></termEntry></body></text></martif>"""
    assert load(tmp_path, "g.tbx", text) == [("Kiew", "Kyiv")]


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("a.tsv", "Kiew\tKyiv\nMünchen\n", 2),
        ("a.txt", "Kiew = Kyiv = Kiev\n", 1),
        ("a.csv", "Kiew,Kyiv,de,fr\n", 1),
        ("a.tsv", "Kiew\t–\n", 1),
        ("a.tbx", "<martif>\n<text></martif>", 2),
    ],
)
def test_broken_files_name_the_line(tmp_path: Path, name: str, text: str, where: int) -> None:
    with pytest.raises(GlossaryError) as caught:
        load(tmp_path, name, text)
    assert caught.value.where == f"{tmp_path / name}:{where}"
    assert caught.value.remedy


@pytest.mark.parametrize("pair", [DE_EN, EN_DE])
def test_tbx_keeps_the_kind_of_a_name_that_is_the_same_in_both_languages(tmp_path: Path, pair: LangPair) -> None:
    entries = [
        Entry("Angela Merkel", "Angela Merkel", type="person", gender="f", de_aliases=("Merkel",)),
        Entry("mt-publish", "mt-publish", type="dnt"),
        Entry("Kiew", "Kyiv", type="place", gender="n", note="since 2020"),
        Entry("Zoll", "customs", gender="m"),
    ]
    path = tmp_path / "g.tbx"
    data = export_glossary(entries, "tbx", pair)
    assert isinstance(data, bytes)
    path.write_bytes(data)
    assert [(e.de, e.en, e.type, e.gender, e.note) for e in import_glossary(path, pair=pair)] == [
        (e.de, e.en, e.type, e.gender, e.note) for e in entries
    ]


def test_a_subject_field_of_another_tool_is_no_kind(tmp_path: Path) -> None:
    path = tmp_path / "g.tbx"
    path.write_text(
        """<martif><text><body><termEntry><descrip type="subjectField">Politik</descrip>
        <langSet xml:lang="de"><tig><term>Amt</term></tig></langSet>
        <langSet xml:lang="en"><tig><term>office</term></tig></langSet></termEntry></body></text></martif>"""
    )
    (entry,) = import_glossary(path, pair=DE_EN)
    assert (entry.type, entry.note) == ("term", "Politik")


@pytest.mark.parametrize("pair", [DE_EN, EN_DE])
def test_amazon_keeps_what_is_not_translated(tmp_path: Path, pair: LangPair) -> None:
    path = tmp_path / "g.csv"
    entries = [Entry("mt-publish", "mt-publish", type="dnt"), Entry("Zoll", "customs")]
    text = export_glossary(entries, "amazon", pair)
    assert isinstance(text, str)
    path.write_text(text)
    assert [(e.de, e.en, e.type) for e in import_glossary(path, pair=pair)] == [
        ("mt-publish", "mt-publish", "dnt"),
        ("Zoll", "customs", "term"),
    ]
