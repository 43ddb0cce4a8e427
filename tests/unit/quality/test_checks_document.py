"""The document pass of the checks: order, consistency, what the pipeline passes in, and what it refuses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mt_publish.errors import AlignmentError, ConfigError
from mt_publish.quality.checks import TermProblem, check_document
from mt_publish.types import Entry, Finding, LangPair, Segment, Span, TermMatch, Translation

DE_EN = LangPair("de", "en")


def check(pairs: Sequence[tuple[str, str]], **options: object) -> tuple[Finding, ...]:
    segments = [Segment(f"s{i}", source, line=i + 1) for i, (source, _) in enumerate(pairs)]
    translations = [Translation(f"s{i}", target) for i, (_, target) in enumerate(pairs)]
    return check_document(segments, translations, DE_EN, path="a.md", **options)  # type: ignore[arg-type]


def test_findings_come_in_order_of_segments_and_place() -> None:
    findings = check([("Er kam.", ""), ("Gut.", "Good."), ("Kam er an?", "He came to to us.")])
    assert [(f.segment_id, f.rule, f.line) for f in findings] == [
        ("s0", "MTP401", 1),
        ("s2", "MTP502", 3),
        ("s2", "MTP504", 3),
    ]
    assert {f.path for f in findings} == {"a.md"}


def test_term_problems_reach_their_segment() -> None:
    problem = TermProblem("missing", "Amt", "Office")
    findings = check([("Gut.", "Good."), ("Das Amt.", "The place.")], term_problems={"s1": (problem,)})
    assert [(f.segment_id, f.rule) for f in findings] == [("s1", "MTP101")]


def test_the_same_sentence_in_two_renderings_is_inconsistent() -> None:
    same = ("Weitere Meldungen folgen.", "More news follows.")
    findings = check([same, same, ("Weitere Meldungen folgen.", "Further reports will follow.")])
    assert [(f.segment_id, f.rule, f.suggestion) for f in findings] == [("s2", "MTP104", "More news follows.")]


def _with_term(targets: Sequence[str], entry: Entry) -> tuple[Finding, ...]:
    match = TermMatch(entry, Span(0, len(entry.de)), entry.de, entry.en, (entry.en, *entry.en_aliases))
    segments = [Segment(f"s{i}", f"{entry.de} tagt heute zum {i}. Mal.", terms=(match,)) for i in range(len(targets))]
    translations = [Translation(f"s{i}", target) for i, target in enumerate(targets)]
    return check_document(segments, translations, DE_EN, path="", select=("MTP104",))


def test_one_name_with_two_renderings_is_inconsistent() -> None:
    entry = Entry("Bundesrat", "Bundesrat", en_aliases=("Federal Council",))
    findings = _with_term(["The Bundesrat meets.", "The Federal Council meets.", "The Bundesrat sits."], entry)
    assert [(f.segment_id, f.message) for f in findings] == [
        ("s1", "'Bundesrat' is 'Federal Council' here and 'Bundesrat' elsewhere in the document")
    ]
    assert findings[0].target_span == Span(4, 19)


def test_a_surname_after_the_full_name_is_consistent() -> None:
    entry = Entry("Olaf Scholz", "Olaf Scholz", type="person", en_aliases=("Scholz",))
    assert _with_term(["Olaf Scholz is here.", "Scholz is here."], entry) == ()


def test_a_name_that_the_document_copies_is_watched_letter_by_letter() -> None:
    good = [
        ("Gestern sprach Danfried.", "Yesterday Danfried spoke."),
        ("Morgen spricht Danfried.", "Danfried speaks tomorrow."),
    ]
    findings = check([*good, ("Heute schweigt Danfried.", "Today Danfrid is silent.")])
    assert [(f.segment_id, f.rule, f.suggestion) for f in findings] == [("s2", "MTP105", "Danfried")]


def test_scores_below_the_floor_are_reported() -> None:
    segments = [Segment("s0", "Er kam."), Segment("s1", "Er ging.")]
    translations = [Translation("s0", "He came.", score=-0.2), Translation("s1", "He left.", score=-3.0)]
    findings = check_document(segments, translations, DE_EN, path="", score_floor=-2.0)
    assert [(f.segment_id, f.rule) for f in findings] == [("s1", "MTP601")]


@pytest.mark.parametrize(("size", "reported"), [(19, []), (20, ["s0"])])
def test_a_score_far_from_those_of_the_document_is_reported(size: int, reported: list[str]) -> None:
    segments = [Segment(f"s{i}", f"Das ist Satz {i}.") for i in range(size)]
    scores = [-2.3, *(-0.6 - 0.6 * i / size for i in range(1, size))]
    translations = [Translation(f"s{i}", f"This is sentence {i}.", score=score) for i, score in enumerate(scores)]
    findings = check_document(segments, translations, DE_EN, path="")
    assert [f.segment_id for f in findings if f.rule == "MTP601"] == reported


def test_select_and_ignore_reach_every_rule() -> None:
    pairs = [
        ("Weitere Meldungen folgen.", "More more news follows."),
        ("Weitere Meldungen folgen.", "More news follows."),
    ]
    assert [f.rule for f in check(pairs)] == ["MTP502", "MTP104"]
    assert [f.rule for f in check(pairs, ignore=("MTP1",))] == ["MTP502"]
    assert [f.rule for f in check(pairs, select=("MTP104",))] == ["MTP104"]


@pytest.mark.parametrize("option", ["select", "ignore"])
def test_a_mistyped_rule_is_refused(option: str) -> None:
    with pytest.raises(ConfigError, match="MTP999"):
        check([("Gut.", "Good.")], **{option: ("MTP999",)})


def test_translations_must_belong_to_the_segments() -> None:
    with pytest.raises(AlignmentError, match="1 segments, but 0 translations"):
        check_document([Segment("s0", "Gut.")], [], DE_EN, path="a.md")
    with pytest.raises(AlignmentError, match="'s1'"):
        check_document([Segment("s0", "Gut.")], [Translation("s1", "Good.")], DE_EN, path="a.md")


def test_no_document_has_no_findings() -> None:
    assert check([]) == ()
