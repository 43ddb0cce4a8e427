"""The evaluation data in eval/ is as its README says: aligned, large enough, its terms where they should stand."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from mt_publish.types import TermType

EVAL = Path(__file__).resolve().parents[2] / "eval"
REGRESSION = EVAL / "regression"
ARTICLES = sorted({path.name.split(".")[0] for path in REGRESSION.glob("*.txt")})


def lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file as `splitlines` counts them, carriage returns and all left visible."""
    return path.read_bytes().decode("utf-8").splitlines()


@cache
def term_rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(REGRESSION / "terms.jsonl")]


def stands_in(form: str, text: str) -> bool:
    """Whether `form` is found in `text` with exact case and no letter or digit touching it."""
    return re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text) is not None


def missing(row: dict[str, Any]) -> list[str]:
    """The terms of a row that its source or reference does not have."""
    found = []
    for term in row["terms"]:
        if not stands_in(term["src"], row["source"]):
            found.append(f"{row['file']}:{row['line']}: {term['src']!r} not in source")
        if not any(stands_in(form, row["reference"]) for form in term["tgt"]):
            found.append(f"{row['file']}:{row['line']}: none of {term['tgt']} in reference")
    return found


def quote_faults(text: str, lang: str) -> list[str]:
    """Quotation marks and apostrophes of `text` that are not typographic in `lang`, or do not pair up."""
    opening, closing, inner, wrong = ("„", "“", "‚", "”«»") if lang == "de" else ("“", "”", "‘", "„‚«»")
    faults = [char for char in text if char in "\"'`´" + wrong]
    depth = 0
    for char in text:
        depth += (char == opening) - (char == closing)
        if depth not in (0, 1):
            return [*faults, char]
    if depth:
        faults.append(opening)
    closing_inner = "‘" if lang == "de" else "’"
    if text.count(inner) > text.count(closing_inner):
        faults.append(inner)
    return faults


def test_regression_set_has_twenty_articles_numbered_in_order() -> None:
    assert [name.split("-")[0] for name in ARTICLES] == [f"{number:02}" for number in range(1, 21)]


@pytest.mark.parametrize("name", ARTICLES)
def test_article_files_align_line_by_line_with_blank_lines_at_the_same_places(name: str) -> None:
    german, english = lines(REGRESSION / f"{name}.de.txt"), lines(REGRESSION / f"{name}.en.txt")
    assert len(german) == len(english)
    assert [line == "" for line in german] == [line == "" for line in english]
    assert german[0], "starts with a headline"
    assert german[1] == "", "a blank line follows the headline"


@pytest.mark.parametrize("name", ARTICLES)
def test_article_files_are_clean_text(name: str) -> None:
    for lang in ("de", "en"):
        raw = (REGRESSION / f"{name}.{lang}.txt").read_bytes()
        text = raw.decode("utf-8")
        assert text.endswith("\n")
        assert not re.search(r"\n\n\n|\n\n\Z|  |[ \t]\n|\n[ \t]|[\r\t\ufeff\ufffd]", text)
        assert text.count("\n") == len(text.splitlines()), "a hidden line separator"


@pytest.mark.parametrize("name", ARTICLES)
def test_article_uses_the_quotation_marks_of_its_language(name: str) -> None:
    for lang in ("de", "en"):
        for number, line in enumerate(lines(REGRESSION / f"{name}.{lang}.txt"), 1):
            assert quote_faults(line, lang) == [], f"{name}.{lang}.txt:{number}: {line}"


def test_regression_set_has_at_least_200_sentences_besides_headlines() -> None:
    sentences = Counter(row["file"] for row in term_rows() if row["line"] > 1)
    assert sum(sentences.values()) >= 200
    assert sorted(sentences) == ARTICLES
    assert min(sentences.values()) >= 10


def test_each_direction_has_ten_originals() -> None:
    origins = {(row["file"], row["src_lang"]) for row in term_rows()}
    assert len(origins) == len(ARTICLES), "an article has one source language"
    assert Counter(lang for _, lang in origins) == {"de": 10, "en": 10}


def test_no_sentence_occurs_twice_and_none_equals_its_reference() -> None:
    assert max(Counter(row["source"] for row in term_rows()).values()) == 1
    assert [row["source"] for row in term_rows() if row["source"] == row["reference"]] == []


def test_term_rows_cover_every_line_with_text_and_quote_it_exactly() -> None:
    source_lang = {row["file"]: row["src_lang"] for row in term_rows()}
    expected = []
    for name in ARTICLES:
        source = source_lang[name]
        target = "en" if source == "de" else "de"
        pair = zip(lines(REGRESSION / f"{name}.{source}.txt"), lines(REGRESSION / f"{name}.{target}.txt"), strict=True)
        expected += [(name, number, source, src, ref) for number, (src, ref) in enumerate(pair, 1) if src]
    assert [
        (row["file"], row["line"], row["src_lang"], row["source"], row["reference"]) for row in term_rows()
    ] == expected


def test_term_rows_have_the_documented_keys_and_types() -> None:
    for row in term_rows():
        assert list(row) == ["file", "line", "src_lang", "source", "reference", "terms"]
        for term in row["terms"]:
            assert list(term) == ["src", "tgt", "type"]
            assert term["type"] in get_args(TermType)
            assert term["src"]
            assert term["tgt"]
            assert all(form == form.strip() and form for form in term["tgt"])
            assert len(set(term["tgt"])) == len(term["tgt"])
        marked = [(term["src"], term["type"]) for term in row["terms"]]
        assert len(set(marked)) == len(marked)


def test_terms_stand_in_source_and_reference() -> None:
    assert [fault for row in term_rows() for fault in missing(row)] == []
    assert sum(len(row["terms"]) for row in term_rows()) >= 400


def test_a_distorted_name_would_be_noticed() -> None:
    row = next(row for row in term_rows() if "Karen Danfried" in row["reference"])
    assert missing(row) == []
    assert missing({**row, "reference": row["reference"].replace("Danfried", "Danfreid")})
    assert missing({**row, "source": row["source"].replace("Danfried", "Danfriedmann")})


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("„Nein”, sagte er.", "de"),
        ('"Nein", sagte er.', "de"),
        ("„Ja", "de"),
        ("„No“, he said.", "en"),
        ("don't", "en"),
    ],
)
def test_wrong_quotation_marks_would_be_noticed(text: str, lang: str) -> None:
    assert quote_faults(text, lang)


def test_names_that_change_between_the_languages_are_marked() -> None:
    marked = {(term["src"], form) for row in term_rows() for term in row["terms"] for form in term["tgt"]}
    for change in [
        ("Lavrov", "Lawrow"),
        ("Danfrieds", "Danfried"),
        ("NATO", "NATO"),
        ("Bundestag", "Bundestag"),
        ("Europäische Kommission", "European Commission"),
        ("European Commission", "Europäische Kommission"),
        ("Genf", "Geneva"),
        ("Den Haag", "The Hague"),
        ("Milan", "Mailand"),
        ("Ivory Coast", "Elfenbeinküste"),
    ]:
        assert change in marked


def test_securnews_pair_has_28_lines_each_with_blank_lines_at_the_same_places() -> None:
    german, english = lines(EVAL / "articles/securnews.de.txt"), lines(EVAL / "articles/securnews.en.txt")
    assert (len(german), len(english)) == (28, 28)
    assert [line == "" for line in german] == [line == "" for line in english]


@pytest.mark.parametrize(
    ("name", "sha256"),
    [
        # The files the project started from; the German one ends without a newline.
        ("securnews.de.txt", "6552c4bba4b8eabf8ea41c4e0d04b126f865e5d2df4b529e0a3de2f877ee370a"),
        ("securnews.en.txt", "c8fda5e9b83567ff689233223f2506dc16891ac221181b315fca41357c8b5a61"),
    ],
)
def test_securnews_files_are_kept_byte_for_byte(name: str, sha256: str) -> None:
    assert hashlib.sha256((EVAL / "articles" / name).read_bytes()).hexdigest() == sha256


def test_readme_states_the_true_counts() -> None:
    readme = (EVAL / "README.md").read_text(encoding="utf-8")
    rows = term_rows()
    headlines = sum(row["line"] == 1 for row in rows)
    terms = sum(len(row["terms"]) for row in rows)
    assert f"{len(rows)} lines with text ({headlines} headlines, {len(rows) - headlines} sentences)" in readme
    assert f"{terms} marked terms" in readme
