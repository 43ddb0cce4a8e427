"""Properties of the checks: they take any text, point into it, and pass what is the same on both sides."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt_publish.quality.checks import (
    CheckContext,
    TermProblem,
    check_document,
    check_segment,
    fix_typography,
    typography_edits,
)
from mt_publish.quality.rules import RULES
from mt_publish.text import numbers
from mt_publish.types import Finding, LangPair, Mark, MarkKind, Segment, Span, Translation

PAIRS = st.sampled_from([LangPair("de", "en"), LangPair("en", "de")])
# Text made of what the checks look for, so that they are entered, mixed with anything at all.
PIECES = st.sampled_from(
    [
        *" .,;:?!…'’´\"„“”‚‘«»()[]{}<>#@%€$-–*\u00a0\ufffc\u200b⁇",
        *(
            "  ",
            "1.234,5",
            "3:1",
            "14 Uhr",
            "May 3",
            "<b>",
            "</b>",
            "{name}",
            "%s",
            "https://a.example/b",
            "a@b.example",
        ),
        *("nicht", "not", "the", "der", "Danfried", "Danfreid", "Ã¼", "the the", "word", "Wort", "\n", "Straße"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=25).map(" ".join)
)


@st.composite
def marked(draw: st.DrawFn, text: str) -> tuple[Mark, ...]:
    """Marks over a text, well-formed or not: they may cross, and lie outside."""
    marks = []
    for _ in range(draw(st.integers(0, 3))):
        start, end = sorted((draw(st.integers(0, len(text) + 3)), draw(st.integers(0, len(text) + 3))))
        kind = draw(st.sampled_from(MarkKind))
        span = Span(start, start if kind is MarkKind.VOID else end)
        shown = draw(st.sampled_from(["", "git pull", "7"]))
        marks.append(Mark(draw(st.integers(0, 2)), kind, span, "<x>", "</x>", "x", draw(st.booleans()), shown))
    return tuple(marks)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Segment, Translation, LangPair]:
    source, target = draw(TEXTS), draw(TEXTS)
    segment = Segment("s", source, marks=draw(marked(source)))
    hyp = Translation("s", target, marks=draw(marked(target)), truncated=draw(st.booleans()))
    return segment, hyp, draw(PAIRS)


def within(finding: Finding, segment: Segment, hyp: Translation) -> bool:
    # A mark may lie outside its text; findings on it then say where it is.
    if finding.rule in ("MTP201", "MTP202", "MTP203", "MTP204"):
        return True
    return all(
        span is None or 0 <= span.start <= span.end <= len(text)
        for span, text in ((finding.source_span, segment.source), (finding.target_span, hyp.target))
    )


@given(cases())
def test_no_check_crashes_and_every_finding_points_into_its_text(case: tuple[Segment, Translation, LangPair]) -> None:
    segment, hyp, pair = case
    term = TermProblem("missing", "a", "b", Span(0, 0), None)
    context = CheckContext(terms=(term,), copied=frozenset({"Danfried"}))
    for finding in check_segment(segment, hyp, pair, context=context):
        assert finding.rule in RULES
        assert finding.message
        assert within(finding, segment, hyp), finding


@given(cases())
def test_checking_twice_gives_the_same(case: tuple[Segment, Translation, LangPair]) -> None:
    segment, hyp, pair = case
    assert check_segment(segment, hyp, pair) == check_segment(segment, hyp, pair)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4), PAIRS)
def test_a_document_has_the_findings_of_its_segments_and_mtp104(pairs: list[tuple[str, str]], pair: LangPair) -> None:
    segments = [Segment(f"s{i}", source) for i, (source, _) in enumerate(pairs)]
    hyps = [Translation(f"s{i}", target) for i, (_, target) in enumerate(pairs)]
    # MTP105 knows more names when it sees the whole document.
    alone = [
        f.rule for s, h in zip(segments, hyps, strict=True) for f in check_segment(s, h, pair) if f.rule != "MTP105"
    ]
    whole = [f.rule for f in check_document(segments, hyps, pair, path="") if f.rule not in ("MTP104", "MTP105")]
    assert whole == alone


# A language-neutral segment that is the same on both sides: names, marks, addresses, balanced brackets.
NAMES = st.lists(
    st.sampled_from(["Danfried", "Oslo", "Rhein", "(Bonn)", "Kiel-Mitte", "a@b.example", "{name}"]), max_size=6
)


@given(NAMES.map(" ".join), PAIRS, st.data())
def test_an_identical_pair_of_names_is_clean(text: str, pair: LangPair, data: st.DataObject) -> None:
    length = len(text)
    marks = (
        Mark(1, MarkKind.PAIR, Span(0, length), "<b>", "</b>", "b"),
        Mark(2, MarkKind.VOID, Span(length, length), "`x`"),
    )
    marks = marks if data.draw(st.booleans()) else ()
    found = check_segment(Segment("s", text, marks=marks), Translation("s", text, marks=marks), pair)
    assert found == ()


@given(TEXTS, PAIRS)
def test_a_copy_has_no_findings_on_markup_facts_and_spacing(text: str, pair: LangPair) -> None:
    rules = {f.rule for f in check_segment(Segment("s", text), Translation("s", text), pair)}
    assert not {rule for rule in rules if rule[:4] in ("MTP1", "MTP2")}
    assert not rules & {
        "MTP304",
        "MTP404",
        "MTP405",
        "MTP406",
        "MTP408",
        "MTP409",
        "MTP502",
        "MTP503",
        "MTP504",
        "MTP506",
    }


@given(TEXTS, st.sampled_from(["de", "en"]), st.booleans())
def test_fixing_typography_twice_changes_nothing_more(text: str, lang: str, straight: bool) -> None:
    once = fix_typography(text, lang, straight_quotes=straight)  # type: ignore[arg-type]
    assert fix_typography(once, lang, straight_quotes=straight) == once  # type: ignore[arg-type]


@given(TEXTS, st.sampled_from(["de", "en"]))
def test_typographic_edits_are_in_order_and_touch_no_letter(text: str, lang: str) -> None:
    at = 0
    for edit in typography_edits(text, lang):  # type: ignore[arg-type]
        assert at <= edit.span.start < edit.span.end <= len(text)
        assert not any(c.isalnum() for c in text[edit.span.start : edit.span.end] + edit.text)
        at = edit.span.end


NASTY = [
    *(
        "a ",
        "(",
        "“",
        '"',
        "<",
        "<a ",
        "a@",
        "a.",
        "{",
        "1.",
        "1,",
        "12:",
        "nicht ",
        "' ",
        "the the ",
        "Danfried ",
        "# ",
    ),
    *("http://", "\ufffc", "Ã", "-", "\u00a0", "„a", "ab cd ", "Aa1"),
]


@pytest.mark.parametrize("piece", NASTY)
def test_time_grows_linearly(piece: str) -> None:
    # Numbers are paired by likeness, so a text of nothing but numbers takes quadratic time; they have their own tests.
    pair, context = LangPair("de", "en"), CheckContext(ignore=("MTP301", "MTP302", "MTP303"))

    def seconds(size: int) -> float:
        source = piece * (size // len(piece))
        target = (piece * (size // len(piece)))[1:]
        numbers._read_text.cache_clear()  # short texts are read once only
        start = time.process_time()  # a busy machine does not count
        check_segment(Segment("s", source), Translation("s", target), pair, context=context)
        return time.process_time() - start

    small, large = (min(seconds(size) for _ in range(3)) for size in (2_000, 16_000))
    # Eight times the text: quadratic time would be 64 times as long.
    assert large < max(32 * small, 0.5)
