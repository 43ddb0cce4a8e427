"""Evaluation of files, folders and runs, and the term metrics."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mt_publish.errors import AlignmentError, ConfigError, EvaluationError
from mt_publish.glossary import verify_terms
from mt_publish.quality.evaluate import (
    breakdown,
    evaluate_files,
    evaluate_run,
    read_lines,
    testset_files,
)
from mt_publish.quality.metrics import corpus_scores
from mt_publish.quality.runs import run_from_json, run_to_json
from mt_publish.quality.term_scores import find_mentions, term_scores
from mt_publish.types import (
    Entry,
    Finding,
    Lang,
    LangPair,
    Run,
    RunDocument,
    Segment,
    Severity,
    Span,
    TermMatch,
    Translation,
)

testset_files.__test__ = False  # type: ignore[attr-defined]

PAIR = LangPair("de", "en")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HYPS = ["Danfried lives in Cologne.", "The cat sits on the mat.", "It is raining."]
REFS = ["Danfried lives in Cologne.", "The cat sat on the mat.", "It rains today."]
SRCS = ["Danfried lebt in Köln.", "Die Katze saß auf der Matte.", "Heute regnet es."]


def write(path: Path, lines: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def cologne(source: str) -> list[TermMatch]:
    at = source.find("Köln")
    term = TermMatch(Entry("Köln", "Cologne", type="place"), Span(at, at + 4), "Köln", "Cologne", ("Cologne",))
    return [term] if at >= 0 else []


def test_a_file_becomes_a_scored_run_that_json_can_hold(tmp_path: Path) -> None:
    hyp, ref, src = (write(tmp_path / n, lines) for n, lines in (("h", HYPS), ("r", REFS), ("s", SRCS)))
    run = evaluate_files(hyp, ref, src, pair=PAIR, find_terms=cologne, now=NOW)
    assert run.id.startswith("20260102T030405Z-")
    assert run.scores[:3] == corpus_scores(HYPS, [REFS])
    assert {score.name: score.value for score in run.scores}["terms.accuracy"] == 1
    (document,) = run.documents
    assert [segment.source for segment in document.segments] == SRCS
    assert document.references == tuple((ref,) for ref in REFS)
    assert run_from_json(run_to_json(run)) == run
    found = run.manifest["segment_scores"]
    assert isinstance(found, dict)
    assert found["chrf"][document.path][0] == 100


def test_same_input_same_run(tmp_path: Path) -> None:
    hyp, ref = write(tmp_path / "h", HYPS), write(tmp_path / "r", REFS)
    one, two = (evaluate_files(hyp, ref, pair=PAIR, confidence=True, n=100, now=NOW) for _ in range(2))
    assert replace(one, timings={}) == replace(two, timings={})


def test_several_references_are_used_together(tmp_path: Path) -> None:
    hyp = write(tmp_path / "h", HYPS)
    refs = [write(tmp_path / "r1", REFS), write(tmp_path / "r2", HYPS)]
    run = evaluate_files(hyp, refs, pair=PAIR, metrics=["bleu"], now=NOW)
    assert run.scores[0].value == pytest.approx(100)
    assert "nrefs:2" in run.scores[0].signature


def test_folders_are_paired_by_path(tmp_path: Path) -> None:
    for name in ("a.txt", "sub/b.txt"):
        write(tmp_path / "hyp" / name, HYPS)
        write(tmp_path / "ref" / name, REFS)
    write(tmp_path / "hyp" / ".hidden", ["x"])
    run = evaluate_files(tmp_path / "hyp", tmp_path / "ref", pair=PAIR, now=NOW)
    assert [document.path for document in run.documents] == ["a.txt", "sub/b.txt"]
    assert run.scores[0].segments == 6
    write(tmp_path / "hyp" / "c.txt", HYPS)
    with pytest.raises(AlignmentError, match=r"has no file c\.txt"):
        evaluate_files(tmp_path / "hyp", tmp_path / "ref", pair=PAIR)
    with pytest.raises(AlignmentError, match="both be files or both be folders"):
        evaluate_files(tmp_path / "hyp", tmp_path / "ref" / "a.txt", pair=PAIR)


def test_bad_files_are_refused_with_the_place(tmp_path: Path) -> None:
    hyp, ref = write(tmp_path / "h", HYPS), write(tmp_path / "r", REFS[:2])
    with pytest.raises(AlignmentError, match=r"/r:3: "):
        evaluate_files(hyp, ref, pair=PAIR)
    with pytest.raises(EvaluationError, match="cannot be read"):
        evaluate_files(tmp_path / "none", ref, pair=PAIR)
    (tmp_path / "latin").write_bytes("gut\nschön\n".encode("latin-1"))
    with pytest.raises(EvaluationError, match=r"latin:2: the file is not UTF-8"):
        read_lines(tmp_path / "latin")
    with pytest.raises(EvaluationError, match=r"h2:2: the hypothesis is empty"):
        evaluate_files(write(tmp_path / "h2", ["a", "", "c"]), write(tmp_path / "r2", REFS), pair=PAIR)


def test_lines_end_only_at_line_breaks(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes("\ufeffa\u2028b\x85c\r\nd".encode())
    assert read_lines(tmp_path / "x") == ["a\u2028b\x85c", "d"]


def test_warnings_stand_in_the_manifest(tmp_path: Path) -> None:
    hyp, ref = write(tmp_path / "h", REFS), write(tmp_path / "r", REFS)
    (warning,) = evaluate_files(hyp, ref, pair=PAIR, now=NOW).manifest["warnings"]  # type: ignore[misc]
    assert "identical" in warning


def test_term_metrics_need_a_glossary(tmp_path: Path) -> None:
    hyp = write(tmp_path / "h", HYPS)
    with pytest.raises(ConfigError, match="need a glossary"):
        evaluate_files(hyp, hyp, pair=PAIR, metrics=["bleu", "terms"])


def test_checks_run_and_are_listed(tmp_path: Path) -> None:
    hyp, ref = write(tmp_path / "h", HYPS), write(tmp_path / "r", REFS)

    def check(document: RunDocument) -> list[Finding]:
        return [Finding("MTP403", Severity.WARNING, document.segments[1].id, "x")]

    run = evaluate_files(hyp, ref, pair=PAIR, check=check, checked=["MTP4"], now=NOW)
    assert run.documents[0].findings[0].segment_id == "l2"
    assert run.manifest["checks"] == ["MTP4"]
    assert "checks" not in evaluate_files(hyp, ref, pair=PAIR, now=NOW).manifest


def run_of(hyps: list[str], refs: list[tuple[str, ...]]) -> Run:
    segments = tuple(Segment(f"s{i}", SRCS[i % 3], terms=tuple(cologne(SRCS[i % 3]))) for i in range(len(hyps)))
    translations = tuple(Translation(f"s{i}", hyp) for i, hyp in enumerate(hyps))
    document = RunDocument("a.md", None, "markdown", PAIR, "", segments, translations, (), tuple(refs))
    return Run("old", "translate", {}, (document,))


def test_a_run_is_scored_on_the_segments_that_have_references() -> None:
    run = evaluate_run(run_of(HYPS, [(REFS[0],), (), (REFS[2],)]), metrics=["chrf"], now=NOW)
    assert run.scores[0] == corpus_scores([HYPS[0], HYPS[2]], [[REFS[0], REFS[2]]], metrics=["chrf"])[0]
    assert run.manifest["segment_scores"]["chrf"]["a.md"][1] is None  # type: ignore[index]
    assert run.manifest["checks"] is True


def test_references_can_be_given_to_a_run() -> None:
    bare = run_of(HYPS, [])
    with pytest.raises(EvaluationError, match="no segment has a reference"):
        evaluate_run(bare)
    run = evaluate_run(bare, references={"a.md": [[ref] for ref in REFS]}, metrics=["chrf"], now=NOW)
    assert run.scores[0].segments == 3
    with pytest.raises(AlignmentError, match="3 segments, its references 1"):
        evaluate_run(bare, references={"a.md": [["x"]]})


def test_scores_split_by_document_length_and_term_type() -> None:
    run = run_of([*HYPS, "word " * 30], [*((ref,) for ref in REFS), ("other " * 30,)])
    (part,) = breakdown(run, "document", metrics=["chrf"])
    assert (part[0], part[1][0].segments) == ("a.md", 4)
    assert {name: scores[0].segments for name, scores in breakdown(run, "term-type")} == {"no term": 2, "place": 2}
    assert [name for name, _ in breakdown(run, "length")] == ["1–10 words"]
    with pytest.raises(ConfigError, match="split by"):
        breakdown(run, "mood")  # type: ignore[arg-type]


def test_parts_tell_the_accuracy_of_the_terms_in_them() -> None:
    place = TermMatch(Entry("Köln", "Cologne", type="place"), Span(0, 4), "Köln", "Cologne", ("Cologne",))
    person = TermMatch(Entry("Li", "Lee", type="person"), Span(8, 10), "Li", "Lee", ("Lee",))
    checked = replace(place, entry=replace(place.entry, type="org"), enforce="check")
    segments = (
        Segment("s1", "Köln und Li", terms=(place, person, checked)),
        Segment("s2", "Köln allein", terms=(place,)),
        Segment("s3", "Nichts"),
    )
    targets = ("Cologne and Li", "Cologne alone", "Nothing")
    translations = tuple(Translation(s.id, x) for s, x in zip(segments, targets, strict=True))
    refs = (("Cologne and Lee",), ("Only Cologne",), ("Nothing",))
    document = RunDocument("a", None, "text", LangPair("de", "en"), "", segments, translations, (), refs)
    run = Run("id", "translate", {}, (document,))
    found = {
        name: {s.name: (s.value, s.segments) for s in scores}
        for name, scores in breakdown(run, "term-type", metrics=["chrf"])
    }
    assert found["place"]["terms.accuracy"] == (1.0, 2)
    assert found["person"]["terms.accuracy"] == (0.0, 1)
    # what is only checked is not counted where the glossary enforces something, as in the score of the whole run
    assert "terms.accuracy" not in found["org"]
    assert "terms.accuracy" not in found["no term"]
    ((_, whole),) = breakdown(run, "document", metrics=["chrf"])
    assert {s.name: s.value for s in whole}["terms.accuracy"] == pytest.approx(2 / 3)


def test_unknown_test_set_suggests_a_near_name() -> None:
    with pytest.raises(ConfigError, match="Did you mean wmt21"):
        testset_files("wmt21x", PAIR)


# --- terms


def term(source: str, *accepted: str, start: int = 0, **entry: str) -> TermMatch:
    made = Entry(source, accepted[0], **entry)  # type: ignore[arg-type]
    return TermMatch(made, Span(start, start + len(source)), source, accepted[0], accepted)


def test_one_place_in_the_target_serves_one_mention() -> None:
    two = Segment("s", "Köln Köln", terms=(term("Köln", "Cologne"), term("Köln", "Cologne", start=5)))
    assert [m.span for m in find_mentions(two, "Cologne and it", "en")] == [Span(0, 7), None]


@pytest.mark.parametrize(
    ("lang", "accepted", "kind", "target", "form"),
    [
        ("de", "Ukraine", "place", "Der Ukrainekrieg dauert an.", "Ukraine"),
        ("de", "Bundestag", "org", "Die Bundestagswahl kommt.", "Bundestag"),
        ("de", "Klein", "person", "Die Kleinstadt.", ""),
        ("en", "European People's Party", "org", "the European People’s Party", "European People’s Party"),
        ("en", "ceasefire", "term", "Ceasefire in sight", "Ceasefire"),
        ("en", "Nord Stream", "product", "NORD STREAM IS SHUT", "NORD STREAM"),
    ],
)
def test_scores_count_a_rendering_as_the_verification_does(
    lang: Lang, accepted: str, kind: str, target: str, form: str
) -> None:
    """Compounds, apostrophes and capitals: what no MTP101 reports must not lower terms.accuracy."""
    match = term("x", accepted, type=kind)
    (mention,) = find_mentions(Segment("s", "x", terms=(match,)), target, lang)
    assert mention.form == form
    pair = LangPair("en", "de") if lang == "de" else LangPair("de", "en")
    (status,) = verify_terms(target, [match], pair)
    assert status.ok == (mention.span is not None)


def test_longer_names_are_found_first() -> None:
    terms = (term("Amt", "Foreign Office"), term("Auswärtiges Amt", "Federal Foreign Office"))
    found = find_mentions(Segment("s", "x", terms=terms), "the Federal Foreign Office and the Foreign Office", "en")
    assert [m.form for m in found] == ["Foreign Office", "Federal Foreign Office"]


def test_a_name_inside_a_longer_word_is_not_a_rendering() -> None:
    assert find_mentions(Segment("s", "x", terms=(term("Ems", "Ems"),)), "The system", "en")[0].span is None


def test_case_matters_unless_the_entry_says_otherwise() -> None:
    target = "the police came"
    assert find_mentions(Segment("s", "x", terms=(term("P", "Police"),)), target, "en")[0].span is None
    assert find_mentions(Segment("s", "x", terms=(term("P", "Police", case="any"),)), target, "en")[0].span is not None


def document(*pairs: tuple[tuple[TermMatch, ...], str], refs: tuple[str, ...] = ()) -> RunDocument:
    return RunDocument(
        "a", None, "text", PAIR, "",
        tuple(Segment(f"s{i}", "x", terms=terms) for i, (terms, _) in enumerate(pairs)),
        tuple(Translation(f"s{i}", target) for i, (_, target) in enumerate(pairs)),
        (), tuple((ref,) for ref in refs),
    )  # fmt: skip


def test_term_scores_of_met_inflected_missed_and_untranslated_mentions() -> None:
    dan, cgn = term("Danfried", "Danfried", "Danfried's"), term("Köln", "Cologne")
    doc = document(((dan,), "Danfried came."), ((dan,), "Danfried's house"), ((cgn,), "He lives in Köln."))
    found = {score.name: score for score in term_scores([doc])}
    assert found["terms.accuracy"].value == pytest.approx(2 / 3)
    assert found["terms.exact"].value == pytest.approx(1 / 3)
    assert found["terms.source_left"].value == pytest.approx(1 / 3)
    assert not found["terms.source_left"].higher_is_better
    assert found["terms.consistency"].value == 1
    assert "terms.window" not in found


def test_renderings_beyond_the_mentions_are_overgenerated() -> None:
    dan, cgn = term("Danfried", "Danfried", "Danfried's"), term("Köln", "Cologne")
    doc = document(
        ((dan,), "Danfried came to Danfried's Danfrieds."),
        ((dan, dan), "Danfried met Danfried."),
        ((cgn,), "He stays."),
    )
    found = {score.name: score for score in term_scores([doc])}["terms.overgenerated"]
    assert found.value == pytest.approx(1 / 4)  # one of four renderings; the missed mention has none
    assert (found.segments, found.higher_is_better) == (4, False)


def test_two_renderings_of_one_entity_are_inconsistent() -> None:
    entry = term("Bundesrat", "Bundesrat", "Federal Council")
    doc = document(((entry,), "The Bundesrat"), ((entry,), "The Federal Council"), ((entry,), "A Bundesrat"))
    found = {score.name: score.value for score in term_scores([doc])}
    assert found["terms.accuracy"] == 1
    assert found["terms.consistency"] == pytest.approx(2 / 3)


def test_window_overlap_compares_the_words_beside_the_term() -> None:
    doc = document(
        ((term("Köln", "Cologne"),), "He lives in Cologne with a dog"), refs=("He lives in Cologne and sings",)
    )
    assert {score.name: score.value for score in term_scores([doc])}["terms.window"] == pytest.approx(0.5)


def test_no_glossary_measures_nothing_and_no_mention_is_said() -> None:
    doc = document(((), "Hello"))
    assert term_scores([doc], searched=False) == ()
    accuracy = term_scores([doc])[0]
    assert (accuracy.value, accuracy.segments) == (1, 0)
