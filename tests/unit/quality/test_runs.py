"""Runs as JSON: nothing is lost on the way, broken files are refused with the place, files are replaced whole."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mt_publish.errors import EvaluationError, InputError
from mt_publish.quality import runs
from mt_publish.quality.runs import read_run, run_from_json, run_text, run_to_json, schema, write_run
from mt_publish.types import (
    Entry,
    Finding,
    LangPair,
    Mark,
    MarkKind,
    MetricScore,
    Run,
    RunDocument,
    Segment,
    Severity,
    Span,
    TermMatch,
    Translation,
    Verdict,
)

text = st.text(max_size=12)
reals = st.floats(allow_nan=False, allow_infinity=False)
spans = st.builds(Span, st.integers(0, 99), st.integers(0, 99))
flags = st.booleans()
texts = st.lists(text, max_size=2).map(tuple)
enforce = st.sampled_from(["repair", "check", "off"])
marks = st.lists(
    st.builds(Mark, st.integers(0, 9), st.sampled_from(MarkKind), spans, text, text, text, flags, text), max_size=2
).map(tuple)
entries = st.builds(
    Entry, de=text, en=text, type=st.sampled_from(["person", "dnt", "term"]), gender=st.sampled_from(["m", "pl", ""]),
    de_aliases=texts, en_aliases=texts, de_forms=texts, en_forms=texts, de_article=text, en_article=text,
    case=st.sampled_from(["keep", "any", "sentence"]), enforce=enforce, de_forbidden=texts, en_forbidden=texts,
    note=text, where=text,
)  # fmt: skip
terms = st.lists(
    st.builds(TermMatch, entries, spans, text, text, texts, st.sampled_from(["", "genitive"]), flags, flags, enforce),
    max_size=2,
).map(tuple)
segments = st.builds(Segment, text, text, marks, terms, st.integers(1, 9))
translations = st.builds(
    Translation, text, text, marks, st.sampled_from(["mt", "memory", "post_edit", "copy"]), text, st.none() | reals,
    texts, flags,
)  # fmt: skip
findings = st.builds(
    Finding, text, st.sampled_from(Severity), st.none() | text, text, st.none() | spans, st.none() | spans,
    st.none() | text, text, st.integers(0, 9),
)  # fmt: skip
intervals = st.none() | st.tuples(reals, reals)
documents = st.builds(
    RunDocument, text, st.none() | text, text, st.sampled_from([LangPair("de", "en"), LangPair("en", "de")]), text,
    st.lists(segments, max_size=2).map(tuple), st.lists(translations, max_size=2).map(tuple),
    st.lists(findings, max_size=2).map(tuple), st.lists(texts, max_size=2).map(tuple),
)  # fmt: skip
scores = st.builds(MetricScore, text, reals, reals, flags, text, st.integers(0, 9), intervals)
verdicts = st.builds(Verdict, text, st.none() | reals, reals, flags, text, flags, intervals)
json_values = st.recursive(
    st.none() | flags | st.integers(-9, 9) | reals | text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(text, inner, max_size=2),
    max_leaves=4,
)
any_run = st.builds(
    Run, text, text, st.dictionaries(text, json_values, max_size=2), st.lists(documents, max_size=2).map(tuple),
    st.lists(scores, max_size=2).map(tuple), st.lists(verdicts, max_size=2).map(tuple),
    st.dictionaries(text, reals, max_size=2),
)  # fmt: skip

_COLOGNE = TermMatch(Entry("Köln", "Cologne"), Span(0, 4), "Köln", "Cologne", ("Cologne",))
_DOCUMENT = RunDocument(
    path="a.md",
    output=None,
    format="markdown",
    pair=LangPair("de", "en"),
    sha256="00",
    segments=(Segment("b1.s1", "Köln", terms=(_COLOGNE,)),),
    translations=(Translation("b1.s1", "Cologne", score=-0.5),),
    findings=(Finding("MTP301", Severity.ERROR, "b1.s1", "number changed"),),
)
SMALL = Run(
    "20260101T000000Z-0", "translate", {"seed": 1}, (_DOCUMENT,), (MetricScore("bleu", 30.0, interval=(29.0, 31.0)),)
)


@given(any_run)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_run_comes_back_from_its_json_text_and_fits_the_schema(run: Run) -> None:
    value = json.loads(run_text(run))
    assert run_from_json(value) == run
    _VALIDATOR.validate(value)


_VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_schema_is_valid_and_refuses_what_the_reader_refuses() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    value = run_to_json(SMALL)
    value["documents"][0]["segments"][0]["colour"] = "red"
    assert not _VALIDATOR.is_valid(value)


def test_a_shared_entry_is_written_once() -> None:
    doc = SMALL.documents[0]
    twice = Run("x", "check", {}, (doc, doc))
    assert len(run_to_json(twice)["entries"]) == 1
    assert run_from_json(run_to_json(twice)) == twice


def test_bytes_that_were_no_utf8_survive(tmp_path: Path) -> None:
    run = Run("x", "check", {"path": b"\xff.md".decode("utf-8", "surrogateescape")}, ())
    write_run(run, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == run
    (tmp_path / "run.json").read_bytes().decode("utf-8")


def change(path: str, value: Any) -> dict[str, Any]:
    """The JSON of SMALL with one member set; None removes it."""
    found = json.loads(run_text(SMALL))
    at: Any = found
    *steps, last = path.split(".")
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return found


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("schema", "other", "not a run of mt-publish"),
        ("schema_version", 2, "schema version 2, this mt-publish reads up to 1"),
        ("schema_version", 0, "no schema version 0"),
        ("schema_version", "1", r"\$\.schema_version should be a whole number, not str"),
        ("colour", "red", r"member 'colour' in \$"),
        ("id", None, r"\$\.id should be text, not nothing"),
        ("documents.0.segments.0.source", 3, r"\$\.documents\[0\]\.segments\[0\]\.source should be text, not int"),
        ("documents.0.segments.0.terms.0.entry", 5, "names entry 5, which is missing"),
        ("documents.0.segments.0.terms.0.span", [1], r"should be \[start, end\]"),
        ("documents.0.findings.0.severity", "fatal", "'fatal', not one of 'error'"),
        ("documents.0.pair", ["de", "fr"], "two of 'de' and 'en'"),
        ("documents.0.colour", "red", r"member 'colour' in \$\.documents\[0\]"),
        ("scores.0.interval", [1], r"interval should be \[low, high\]"),
        ("scores.0.value", True, "should be a number, not bool"),
    ],
)
def test_broken_json_is_refused_with_the_place(path: str, value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run_from_json(change(path, value), where="run.json")


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"{", "not JSON"), (b"\xff\xfe", "not UTF-8"), (b"[" * 100_000, "too deeply|not JSON"), (b"[]", "an object")],
)
def test_files_that_are_no_run_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "x.json").write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_run(tmp_path / "x.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: the run cannot be read"):
        read_run(tmp_path / "none.json")


@pytest.mark.parametrize("bad", [{"x": float("nan")}, {"x": object()}, {1: "x"}])
def test_what_json_cannot_hold_is_refused_before_writing(tmp_path: Path, bad: dict[Any, Any]) -> None:
    path = tmp_path / "run.json"
    write_run(SMALL, path)
    with pytest.raises(EvaluationError):
        write_run(Run("x", "check", bad, ()), path)
    assert read_run(path) == SMALL
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_a_failed_replacement_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deep" / "run.json"
    write_run(SMALL, path)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_run(Run("y", "check", {}, ()), path)
    assert read_run(path) == SMALL
    assert [file.name for file in path.parent.iterdir()] == ["run.json"]


def test_an_older_version_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "SCHEMA_VERSION", 2)
    monkeypatch.setattr(runs, "_UPGRADES", {1: lambda old: {**old, "schema_version": 2, "command": "upgraded"}})
    assert run_from_json(json.loads(run_text(SMALL)) | {"schema_version": 1}).command == "upgraded"


def test_ten_thousand_segments_are_written_and_read_in_seconds(tmp_path: Path) -> None:
    doc = SMALL.documents[0]
    many = RunDocument(
        doc.path, None, "text", doc.pair, "00",
        tuple(Segment(f"l{i}", "Ein Satz in Köln.", terms=doc.segments[0].terms) for i in range(10_000)),
        tuple(Translation(f"l{i}", "A sentence in Cologne.") for i in range(10_000)), (),
    )  # fmt: skip
    run = Run("x", "translate", {}, (many,))
    start = time.process_time()
    write_run(run, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == run
    assert time.process_time() - start < 10  # takes 0.7 s on two busy cores
