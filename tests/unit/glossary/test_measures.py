"""Term measures."""

import json
from pathlib import Path

import pytest

from mt_publish.glossary import TermRow, entries_from_terms, read_rows, term_measures
from mt_publish.types import LangPair

DE_EN = LangPair("de", "en")
EN_DE = LangPair("en", "de")


def row(source: str, hyp: str, *terms: tuple[str, str], doc: str | None = None, kind: str = "name") -> TermRow:
    return TermRow(source, hyp, tuple((s, (t,), kind) for s, t in terms), doc)


@pytest.mark.parametrize(
    ("hyp", "target", "tier"),
    [
        ("Das Amt prüft.", "Amt", "exact"),
        ("das amt prüft", "Amt", "case"),
        ("des Amtes", "Amt", "inflected"),
        ("die Verträge", "Vertrag", "inflected"),
        ("der Friedensvertrag", "Vertrag", "compound"),
        ("der NATO-Gipfel", "NATO", "compound"),
        ("im Auswärtigen Amt", "Auswärtiges Amt", "inflected"),
        ("Nach Lees Worten", "Lee", "inflected"),
        ("Danfreid kam", "Danfried", "missing"),
    ],
)
def test_tiers(hyp: str, target: str, tier: str) -> None:
    found = term_measures([row("x", hyp, ("x1", target))], EN_DE, hallucinations=False)
    assert [name for name, count in found.tiers.items() if count] == [tier]


def test_one_rendering_serves_one_term() -> None:
    found = term_measures([row("A1 und A1", "Kyiv", ("A1", "Kyiv"), ("A1", "Kyiv"))], DE_EN)
    assert (found.terms, found.exact, found.lemma) == (2, 0.5, 0.5)


def test_consistency_counts_the_commonest_rendering_of_a_document() -> None:
    rows = [
        row("B1", "Kyiv", ("B1", "Kyiv"), doc="d"),
        row("B1", "Kiev", ("B1", "Kyiv"), doc="d"),
        row("B1", "Kyiv", ("B1", "Kyiv"), doc="d"),
    ]
    found = term_measures(rows, DE_EN)
    assert (found.consistency, found.repeated) == (pytest.approx(2 / 3), 3)


def test_source_leak_is_the_source_form_in_place_of_the_target() -> None:
    rows = [row("Kiew", "Kiew fell", ("Kiew", "Kyiv")), row("Kiew", "Kyiv fell", ("Kiew", "Kyiv"))]
    assert term_measures(rows, DE_EN).source_leak == 0.5


def test_hallucinated_names_are_counted_per_segment() -> None:
    rows = [row("Kiew fiel", "Kyiv fell", ("Kiew", "Kyiv")), row("Er ging", "He went to Kyiv")]
    assert term_measures(rows, DE_EN).hallucinated == 0.5


def test_nothing_to_count_is_none() -> None:
    found = term_measures([], DE_EN)
    assert (found.exact, found.lemma, found.consistency, found.source_leak, found.hallucinated) == (None,) * 5


def test_rows_are_read_with_references_or_translations() -> None:
    lines = [{"source": "a", "reference": "b", "doc": None, "terms": [{"src": "a", "tgt": ["b"], "kind": "name"}]}]
    assert read_rows(lines)[0] == TermRow("a", "b", (("a", ("b",), "name"),))
    assert read_rows(lines, ["c"])[0].hyp == "c"


def test_entries_keep_the_commonest_target_and_alternatives_as_aliases() -> None:
    rows = [row("Kiew", "x", ("Kiew", "Kyiv")), row("Kiew", "x", ("Kiew", "Kiev")), row("Kiew", "x", ("Kiew", "Kyiv"))]
    (entry,) = entries_from_terms(rows, DE_EN)
    assert (entry.de, entry.en) == ("Kiew", "Kyiv")
    many = TermRow("x", "x", (("police", ("Polizei", "Polizisten"), "exact"),))
    (entry,) = entries_from_terms([many], EN_DE)
    assert (entry.de, entry.de_aliases, entry.type) == ("Polizei", ("Polizisten",), "term")


SHARED = next(
    (p / "shared/eval/terms" for p in Path(__file__).resolve().parents if (p / "shared/eval/terms").is_dir()), None
)


@pytest.mark.shared
@pytest.mark.skipif(SHARED is None, reason="the term test sets are not beside the checkout")
@pytest.mark.parametrize("name", ["ntrex_docs.de-en", "ntrex_docs.en-de", "wikt727.en-de"])
def test_references_have_a_lemma_accuracy_of_at_least_97_percent(name: str) -> None:
    assert SHARED is not None
    source, target = name.rpartition(".")[2].split("-")
    lines = [json.loads(line) for line in (SHARED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    found = term_measures(read_rows(lines), LangPair(source, target), hallucinations=False)  # type: ignore[arg-type]
    assert found.lemma is not None
    assert found.lemma >= 0.97
