"""Native glossary files: reading, errors with place and remedy, writing, lint."""

from pathlib import Path

import pytest

from mt_publish.errors import GlossaryError
from mt_publish.glossary import lint_glossary, read_glossary, write_glossary
from mt_publish.types import Entry, Severity


def write(folder: Path, text: str, name: str = "g.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_two_columns_are_enough(tmp_path: Path) -> None:
    path = write(tmp_path, "de,en\nKiew,Kyiv\n")
    assert read_glossary(path) == (Entry("Kiew", "Kyiv", where=f"{path}:2"),)


def test_columns_come_in_any_order_and_lists_are_split(tmp_path: Path) -> None:
    path = write(tmp_path, "en,de_aliases,type,de,gender\nNATO, Nato | Atlantische Allianz ,org,NATO,f\n")
    (entry,) = read_glossary(path)
    assert (entry.de, entry.en, entry.type, entry.gender) == ("NATO", "NATO", "org", "f")
    assert entry.de_aliases == ("Nato", "Atlantische Allianz")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheet_delimiters_are_told_apart(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path, f"de{delimiter}en{delimiter}note\nKiew{delimiter}Kyiv{delimiter}x\n")
    assert read_glossary(path)[0].note == "x"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_tolerated(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "de,en\r\nMünchen,Munich\r\n", encoding=encoding)
    assert read_glossary(path)[0].de == "München"


def test_comments_and_empty_rows_are_skipped_and_lines_still_counted(tmp_path: Path) -> None:
    path = write(tmp_path, "# cities\n\nde,en\n# east\nKiew,Kyiv\n,\n")
    (entry,) = read_glossary(path)
    assert entry.where == f"{path}:5"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("german,english\na,b\n", 1, "no column 'de' and 'en'"),
        ("de,en,colour\na,b,c\n", 1, "unknown column 'colour'"),
        ("de,en,de\na,b,c\n", 1, "twice"),
        ("de,en\nKiew,\n", 2, "'en' is empty"),
        ("de,en\nKiew,Kyiv\n–,–\n", 3, "no letter"),
        ("de,en,type\nKiew,Kyiv,city\n", 2, "'city' is no type"),
        ("de,en,gender\nKiew,Kyiv,x\n", 2, "'x' is no gender"),
        ("de,en,enforce\nKiew,Kyiv,always\n", 2, "'always' is no enforce"),
        ("de,en\nSchmidt, Helmut,Schmidt\n", 2, "3 cells under 2 columns"),
        ('de,en\n"Kiew,Kyiv\n', 2, "quotation mark"),
    ],
)
def test_a_broken_file_says_line_and_remedy(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(GlossaryError) as caught:
        read_glossary(path)
    assert caught.value.where == f"{path}:{line}"
    assert words in str(caught.value)
    assert caught.value.remedy


def test_all_broken_rows_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "de,en\na1,\nb,c\nd1,\n")
    with pytest.raises(GlossaryError, match=r"1 more broken rows: lines 4"):
        read_glossary(path)


def test_latin1_is_refused_with_the_line(tmp_path: Path) -> None:
    path = write(tmp_path, "de,en\nMünchen,Munich\n", encoding="latin-1")
    with pytest.raises(GlossaryError, match="UTF-8") as caught:
        read_glossary(path)
    assert caught.value.where == f"{path}:2"


def test_a_missing_file_is_a_glossary_error(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match="cannot read"):
        read_glossary(tmp_path / "none.csv")


def test_writing_and_reading_gives_the_same_entries(tmp_path: Path) -> None:
    entries = (
        Entry("Auswärtiges Amt", "Federal Foreign Office", "org", "n", ("AA",), (), de_article="das", en_article="the"),
        Entry('#Hashtag "x"', "a, b", "term", case="any", en_forbidden=("y", "z"), note="n"),
    )
    path = write(tmp_path, write_glossary(entries))
    read = read_glossary(path)
    assert [(e.de, e.en, e.de_aliases, e.case, e.en_forbidden, e.note, e.de_article) for e in read] == [
        (e.de, e.en, e.de_aliases, e.case, e.en_forbidden, e.note, e.de_article) for e in entries
    ]


HEADER = "de,en,type,gender,de_aliases,en_aliases,de_article,en_article,case,enforce,de_forbidden,en_forbidden\n"


def messages(tmp_path: Path, *rows: str) -> list[tuple[int, Severity, str]]:
    path = write(tmp_path, HEADER + "\n".join(rows) + "\n")
    return [(int(where.rpartition(":")[2]), severity, text) for where, severity, text in lint_glossary([path])]


def test_a_clean_glossary_has_no_messages(tmp_path: Path) -> None:
    assert messages(tmp_path, "Kiew,Kyiv,place,n", "Karl Danfried,Karl Danfried,person,m") == []


@pytest.mark.parametrize(
    ("rows", "line", "severity", "words"),
    [
        (["Kiew,Kyiv,place", "Kiew,Kyiv,place"], 3, Severity.WARNING, "stands already"),
        (["Kiew,Kyiv,place", "Kiew,Kiev,place"], 3, Severity.ERROR, "two en targets"),
        (["Kiew,Kyiv,place", "Lwiw,Lviv,place,,Kiew"], 3, Severity.WARNING, "name of another entry"),
        (["Essen,Essen,place"], 2, Severity.INFO, "common German word"),
        (["Kiew,Kyiv,place,,,,,,,,,Kyiv"], 2, Severity.ERROR, "forbidden and wanted"),
        (["Kiew (Stadt,Kyiv,place"], 2, Severity.WARNING, "unbalanced"),
        (["Kiew\u00a0Ost,Kyiv,place"], 2, Severity.WARNING, "no-break space"),
        (["MÃ¼nchen,Munich,place"], 2, Severity.ERROR, "wrong encoding"),
        (["Spiegel,Mirror,dnt"], 2, Severity.ERROR, "never translated"),
        (["Bahn,Bahn,org,f,,,der"], 2, Severity.ERROR, "does not go with gender"),
        (["Rat,Council,org,,,,,,any"], 2, Severity.WARNING, "use 'keep'"),
        (["Kiew; Kyjiw,Kyiv,place"], 2, Severity.WARNING, "looks like two names"),
        (["Kiew,Kyiv,place,,a1|b1,c1"], 2, Severity.INFO, "cannot pair up"),
    ],
)
def test_lint_finds(tmp_path: Path, rows: list[str], line: int, severity: Severity, words: str) -> None:
    found = messages(tmp_path, *rows)
    assert any(n == line and s == severity and words in text for n, s, text in found), found


def test_one_english_word_for_several_german_nationalities_is_fine(tmp_path: Path) -> None:
    rows = ["afghanisch,Afghan,nationality,,,,,,any", "Afghane,Afghan,nationality,m", "Afghanin,Afghan,nationality,f"]
    assert messages(tmp_path, *rows) == []


def test_lint_reports_broken_rows_of_all_files(tmp_path: Path) -> None:
    first = write(tmp_path, "de,en\na1,\n", "a.csv")
    second = write(tmp_path, "de;en\nb1;\n", "b.csv")
    assert [where for where, _, _ in lint_glossary([first, second])] == [f"{first}:2", f"{second}:2"]


@pytest.mark.parametrize("column", ["en_forbidden", "en_aliases"])
def test_a_list_item_without_a_letter_is_an_error(tmp_path: Path, column: str) -> None:
    (tmp_path / "g.csv").write_text(f"de,en,{column}\nKiew,Kyiv,-\n", "utf-8")
    with pytest.raises(GlossaryError, match=f"'-' in column '{column}'"):
        read_glossary(tmp_path / "g.csv")
