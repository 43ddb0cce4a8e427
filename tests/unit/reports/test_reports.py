"""Reports: what they say, and that nothing from a document can break out of its place in any of the formats."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mt_publish.quality.gate import CORPUS_METRICS, COUNTS, OTHER_METRICS, Delta, GateResult
from mt_publish.quality.rules import RULES
from mt_publish.reports import github, html, junit, markdown, sarif
from mt_publish.reports._parts import meaning, rule_counts, rule_words, score_rows
from mt_publish.reports.html import Piece, histogram, pieces, segment_rows, term_rows, word_difference
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

DATA = Path(__file__).parents[2] / "data"
PAIR = LangPair("de", "en")
COLOGNE = TermMatch(Entry("Köln", "Cologne", type="place"), Span(11, 15), "Köln", "Cologne", ("Cologne", "Cologne's"))


def make_run(size: int = 3) -> Run:
    segments = (
        Segment("b1.s1", "Er lebt in Köln.", terms=(COLOGNE,), line=3),
        Segment("b2.s1", "Es kostet 1.234,50 Euro.", line=5),
        Segment("b3.s1", "Fuhr er nach Köln?", terms=(replace(COLOGNE, span=Span(13, 17)),), line=7),
        *(Segment(f"b{i}.s1", f"Satz {i}", line=2 * i) for i in range(4, size + 1)),
    )
    targets = ["He lives in Cologne.", "It costs 1.234.50 euros.", "Did he go there?"]
    targets += [f"Sentence {i}" for i in range(4, size + 1)]
    document = RunDocument(
        path="artikel/danfried.md",
        output="out/danfried.md",
        format="markdown",
        pair=PAIR,
        sha256="ab" * 32,
        segments=segments,
        translations=tuple(
            Translation(s.id, target, repairs=("Köln: string repair of 'Koeln'",) if i == 0 else ())
            for i, (s, target) in enumerate(zip(segments, targets, strict=True))
        ),
        findings=(
            Finding("MTP501", Severity.WARNING, "b1.s1", "straight quotes"),
            Finding("MTP301", Severity.ERROR, "b2.s1", "number changed", Span(10, 18), Span(9, 17), "1,234.50", line=5),
            Finding("MTP104", Severity.WARNING, None, "two renderings of Köln"),
        ),
        references=tuple((target.replace("lives", "is living"),) for target in targets),
    )
    scores = (
        MetricScore("bleu", 40.0, signature="nrefs:1|tok:13a", segments=size, interval=(30.0, 50.0)),
        MetricScore("ter", 50.0, higher_is_better=False, segments=size),
        MetricScore("terms.accuracy", 0.5, 1.0, segments=2),
    )
    by_path = {"chrf": {"artikel/danfried.md": [90.0, 70.0, 50.0, *(60.0 + i % 40 for i in range(4, size + 1))]}}
    manifest: dict[str, object] = {"mt_publish": "1.2.3", "segment_scores": by_path, "warnings": ["odd"]}
    return Run("20260101T000000Z-ab", "evaluate", manifest, (document,), scores)


RUN = make_run()
FAILED = GateResult(
    (
        Verdict("bleu>=30", 40.0, 30.0, True, "3 segments", interval=(30.0, 50.0)),
        Verdict("checks.error==0", 1.0, 0.0, False, "MTP301"),
        Verdict("qe.p10>=0.5", None, 0.5, False, "not measured", informational=True),
    ),
    deltas=(Delta("bleu", 40.0, 42.0, 3, 0.003, None, 0.77), Delta("ter", 50.0, 51.0, 3, 0.4)),
)

Render = Callable[..., str]
ALL: list[Render] = [html.render, markdown.render, junit.render, sarif.render, github.render]
IDS = ["html", "markdown", "junit", "sarif", "github"]


# --- all formats

EVIL = (
    "</script></style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'`|]]>&amp;<!--\n::error::x\r\n"
    "%0A## head\x00\x1b[31m{{7*7}}{% raw %}]( javascript:alert(1) )"
)


def evil_run() -> Run:
    entry = Entry(EVIL, EVIL, note=EVIL, where=EVIL)
    segment = Segment(EVIL, EVIL, terms=(TermMatch(entry, Span(0, 5), EVIL, EVIL, (EVIL,)),))
    findings = (
        Finding(EVIL, Severity.ERROR, EVIL, EVIL, Span(0, 999), Span(3, 3), EVIL, EVIL, -4),
        Finding(EVIL, Severity.INFO, None, EVIL),
    )
    document = RunDocument(
        EVIL, EVIL, EVIL, PAIR, EVIL, (segment,), (Translation(EVIL, EVIL, repairs=(EVIL,)),), findings, ((EVIL, EVIL),)
    )
    manifest: dict[str, object] = {EVIL: [EVIL], "warnings": [EVIL], "segment_scores": {"chrf": {EVIL: [1.0]}}}
    return Run(
        EVIL,
        EVIL,
        manifest,
        (document,),
        (MetricScore(EVIL, 1.0, signature=EVIL),),
        (Verdict(EVIL, 1.0, 2.0, False, EVIL),),
    )


@pytest.mark.parametrize("render", ALL, ids=IDS)
def test_an_empty_run_is_reported(render: Render) -> None:
    assert "checks.error==0" in render(Run("id", "translate", {}, ()), gate=FAILED)
    render(Run("id", "translate", {}, ()))


@pytest.mark.parametrize("render", ALL, ids=IDS)
def test_text_that_was_no_utf8_can_be_written(render: Render) -> None:
    run = evil_run()
    document = replace(run.documents[0], path="\udcff.md", translations=(Translation(EVIL, "a\udc80b"),))
    render(replace(run, documents=(document,))).encode("utf-8")


@pytest.mark.parametrize("render", ALL, ids=IDS)
def test_reports_are_the_same_every_time(render: Render) -> None:
    assert render(RUN, gate=FAILED, rules=RULES) == render(RUN, gate=FAILED, rules=RULES)


# --- HTML


class Page(HTMLParser):
    """Collects tags, attributes and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.inside: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_data(self, data: str) -> None:
        last = self.inside[-1] if self.inside else ""
        if last == "script":
            self.scripts.append(data)
        elif last == "style":
            self.styles.append(data)
        else:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def policy_of(page: Page) -> str:
    (meta,) = [m for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    return meta["content"] or ""


def test_a_hostile_document_adds_no_element_and_no_handler() -> None:
    page = Page(html.render(evil_run()))
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert not page.all("img")
    assert "alert" not in page.scripts[0]
    for _, attributes in page.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    assert "<script>alert(1)</script>" in page.text
    assert "{{7*7}}" in page.text


def test_the_policy_allows_only_the_pages_own_script_and_style() -> None:
    page = Page(html.render(RUN))
    policy = policy_of(page)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind, (text,) in (("script", page.scripts), ("style", page.styles)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_the_page_needs_no_other_file() -> None:
    text = html.render(RUN, gate=FAILED, baseline=RUN, rules=RULES)
    for _, attributes in Page(text).tags:
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in text
    assert "@import" not in text


def test_ids_are_unique_and_links_lead_somewhere() -> None:
    page = Page(html.render(RUN, gate=FAILED))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {(a.get("href") or "")[1:] for a in page.all("a")} <= set(ids)


def test_a_thousand_segments_stay_under_a_megabyte() -> None:
    run = make_run(1000)
    document = run.documents[0]
    long = "Der Bundestag hat am Donnerstag in Berlin über den Haushalt beraten, " * 2
    translations = tuple(
        replace(t, target=f"On Thursday, the Bundestag debated budget {i} in Berlin for many hours, again and again.")
        for i, t in enumerate(document.translations)
    )
    references = tuple(
        (f"The Bundestag in Berlin has debated the budget number {i} on Thursday for hours, time and again.",)
        for i in range(1000)
    )
    document = replace(
        document,
        segments=tuple(replace(s, source=long) for s in document.segments),
        translations=translations,
        references=references,
    )
    text = html.render(replace(run, documents=(document,)), gate=FAILED, rules=RULES)
    assert text.count("<article ") == 1000
    assert len(text.encode()) < 1_000_000


def test_more_segments_than_asked_for_are_counted_instead() -> None:
    text = html.render(make_run(30), shown=10)
    assert text.count("<article ") == 10
    assert "20 further segments" in text


def test_without_script_everything_is_readable_and_the_filters_are_hidden() -> None:
    page = Page(html.render(RUN))
    (form,) = page.all("form")
    assert "hidden" in form
    assert not any("hidden" in attributes for attributes in page.all("article"))


def test_the_page_shows_verdict_scores_changes_and_signatures() -> None:
    text = Page(html.render(RUN, gate=FAILED, baseline=RUN, rules=RULES)).text
    assert "✗ GATE FAILED (1 of 2, 1 informational)" in text
    assert "95 % interval 30.00 to 50.00" in text
    assert "▼ worse than the baseline: −2.00 (p = 0.003); people agree with such a difference in 77 % of cases" in text
    assert "against the baseline: −1.00 (p = 0.400, not significant)" in text
    assert "nrefs:1|tok:13a" in text
    assert f"sha256 {'ab' * 32}" in text
    assert "⚠ odd" in text
    assert "two renderings of Köln" in text
    assert "number changed (suggestion: 1,234.50)" in text


def test_segments_come_worst_first() -> None:
    rows = segment_rows(RUN)
    assert [row.segment.id for row in rows] == ["b2.s1", "b1.s1", "b3.s1"]
    scored = segment_rows(make_run(20))[3:]
    values = [row.score for row in scored if row.score is not None]
    assert values == sorted(values)


def test_terms_findings_and_differences_are_marked_in_place() -> None:
    worst, quotes, missed = segment_rows(RUN)
    assert Piece("1.234,50", "e", "1") in worst.source
    assert Piece("1.234.50", "e", "1") in worst.target
    assert Piece("Köln", "t") in quotes.source
    assert Piece("Cologne", "t") in quotes.target
    assert Piece("lives", "d") in quotes.target
    assert Piece("is living", "d") in quotes.references[0]
    assert Piece("Köln", "m") in missed.source


def test_without_a_baseline_the_comparison_of_evaluate_is_shown() -> None:
    run = make_run()
    scores = (MetricScore("chrf", 50.0, segments=3),)
    rows = [
        {"baseline": name, "metric": "chrf", "difference": difference, "p_value": 0.001, "human_agreement": 0.66}
        for name, difference in (("old.txt", 0.8), ("older.txt", 7.0))
    ]
    run = replace(run, scores=scores, manifest={"comparisons": rows})
    (row,) = score_rows(run, None, None)
    assert (row.change, row.p_value, row.agreement) == (0.8, 0.001, 0.66)
    page = html.render(run)
    assert "<dt>Baseline</dt><dd>old.txt</dd>" in page
    assert "older.txt" not in page
    assert score_rows(run, None, replace(run, scores=()))[0].change is None


def test_findings_by_rule_add_up_to_the_findings_by_severity() -> None:
    run = make_run()
    finding = Finding("MTP405", Severity.WARNING, "b1.s1", "x")
    more = (finding, finding, replace(finding, severity=Severity.ERROR))
    run = replace(run, documents=(replace(run.documents[0], findings=more), *run.documents[1:]))
    rows = [(code, severity.value, n) for code, severity, n in rule_counts(run) if code == "MTP405"]
    assert rows == [("MTP405", "error", 1), ("MTP405", "warning", 2)]
    page = html.render(run, rules=RULES)
    assert page.count('<option value="MTP405">MTP405 repetition (3)</option>') == 1


def test_pieces_join_to_the_text_and_carry_all_classes() -> None:
    text = "abcdef"
    found = pieces(
        text, [(Span(1, 4), "t", ""), (Span(2, 9), "e", "1"), (Span(3, 3), "w", "2"), (Span(-5, -1), "d", "")]
    )
    assert "".join(piece.text for piece in found) == text
    assert [(p.text, p.classes, p.note) for p in found] == [
        ("a", "d", ""), ("b", "t", ""), ("c", "e t", ""), ("d", "e t w", "2"), ("ef", "e", "1")
    ]  # fmt: skip
    assert pieces("", [(Span(0, 0), "e", "1")]) == ()


def test_inline_code_and_images_stand_where_the_reader_sees_them() -> None:
    code = Mark(0, MarkKind.VOID, Span(3, 3), " `a<b>`", name="code", shown="a<b>")
    image = Mark(1, MarkKind.VOID, Span(8, 8), " ![Bild](x.png)", name="image", shown="Bild")
    line = Mark(2, MarkKind.VOID, Span(0, 0), "<br>", name="break")
    note = Mark(3, MarkKind.VOID, Span(4, 4), "<!-- x -->", name="comment")
    found = pieces("Run now!", [(Span(0, 8), "t", "")], [code, image, line, note])
    assert "".join(piece.text for piece in found) == "↵Run a<b> now! Bild"
    assert [p.text for p in found if p.classes == "v"] == ["↵", "a<b>", "Bild"]
    assert [p.text for p in found if p.classes == "t"] == ["Run", " now!"]
    assert [p.text for p in pieces("", [], [code])] == [" ", "a<b>"]
    document = replace(
        RUN.documents[0],
        segments=(Segment("b1.s1", "Rufe auf!", (replace(code, span=Span(4, 4)),)),),
        translations=(Translation("b1.s1", "Call!", (replace(code, span=Span(4, 4)),)),),
        findings=(),
        references=(),
    )
    page = html.render(replace(RUN, documents=(document,)))
    assert "Rufe <code>a&lt;b&gt;</code> auf!" in page
    assert "Call <code>a&lt;b&gt;</code>!" in page


def test_the_page_speaks_of_translations_and_of_how_sure_the_engine_was() -> None:
    translations = tuple(
        replace(t, score=s) for t, s in zip(RUN.documents[0].translations, (0.0, -0.5, -2.0), strict=True)
    )
    document = replace(RUN.documents[0], translations=translations, references=())
    page = html.render(replace(RUN, documents=(document,), manifest={}))
    assert "engine 61 % sure" in page
    assert "engine 14 % sure" in page
    assert 'content:"Translation"' in page
    assert "differs from the human translation" not in page
    assert "differs from the human translation" in html.render(RUN)
    for jargon in ("Hypothesis", "log-prob"):
        assert jargon not in page


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("checks.error==0", "Errors found by the checks: exactly 0"),
        ("terms.accuracy>=0.98", "Glossary names right: at least 0.98"),
        ("chrf.delta>=-0.5", "chrF, change against the baseline: at least −0.5"),
        ("checks.MTP301<=2", "Findings of MTP301 (number changed): at most 2"),
        ("checks.MTP3<=2", "Findings of MTP3: at most 2"),
        ("something>1", ""),
        ("odd", ""),
    ],
)
def test_rules_of_the_gate_are_put_in_words(rule: str, words: str) -> None:
    assert rule_words(rule, {"MTP301": _Rule()}) == words


def test_every_score_that_a_gate_may_name_has_words() -> None:
    for name in (*CORPUS_METRICS, *OTHER_METRICS, *COUNTS):
        assert rule_words(f"{name}>=0")
    assert all(meaning(name) for name in (*CORPUS_METRICS, *(n for n in OTHER_METRICS if n.startswith("terms."))))


def test_an_undecided_gate_is_neither_green_nor_red() -> None:
    undecided = GateResult((Verdict("chrf>=50", None, 50.0, False, "not measured: no score"),))
    page = html.render(RUN, gate=undecided)
    assert '<p class="verdict open">? GATE UNDECIDED (1 of 1 not measured)</p>' in page
    assert '<tr class="gap"><td>? not measured</td>' in page
    assert "::error title=gate chrf>=50::chrf>=50 cannot be judged." in github.render(RUN, gate=undecided)
    assert "| ? | `chrf>=50` |" in markdown.render(RUN, gate=undecided)


def test_word_differences_are_runs_of_words() -> None:
    ours, theirs = word_difference("He lives in old Cologne.", "He is living in Cologne!")
    assert [(span.start, span.end) for span in ours] == [(3, 8), (12, 15), (23, 24)]
    assert [(span.start, span.end) for span in theirs] == [(3, 12), (23, 24)]
    assert word_difference("a", "") == ([], [])


def test_the_glossary_table_tells_met_repaired_and_missed() -> None:
    (row,) = term_rows(RUN)
    assert (row.source, row.target, row.mentions, row.met) == ("Köln", "Cologne", 2, 1)
    assert row.repairs == ("Köln: string repair of 'Koeln'",)
    assert row.missed == (("artikel/danfried.md", "b3.s1", 7),)
    page = html.render(RUN)
    assert '<a href="#s3">artikel/danfried.md:7</a>' in page


def test_histograms_count_everything_on_a_common_axis() -> None:
    found = histogram([0.0, 100.0, 50.0, 50.0, 99.0])
    assert found is not None
    assert sum(bar.count for bar in found.bars) == 5
    assert [label for _, label in found.ticks] == ["0", "25", "50", "75", "100"]
    assert found.median == 50
    assert histogram([1.0]) is None
    flat = histogram([-0.5] * 6)
    assert flat is not None
    assert sum(bar.count for bar in flat.bars) == 6


def test_changes_come_from_the_gate_else_from_the_baselines_scores() -> None:
    old = replace(RUN, scores=(replace(RUN.scores[0], value=38.5),))
    assert score_rows(RUN, None, old)[0].change == pytest.approx(1.5)
    assert score_rows(RUN, FAILED, old)[0].change == pytest.approx(-2.0)
    assert score_rows(RUN, None, None)[0].change_text == ""
    assert score_rows(RUN, None, old)[0].better is True
    assert score_rows(RUN, replace(FAILED, deltas=()), old)[0].change_text == ""  # the gate could not compare them
    other = replace(RUN, scores=(replace(RUN.scores[0], value=38.5, signature="tok:none"),))
    assert score_rows(RUN, None, other)[0].change_text == ""


# --- Markdown and GitHub


def test_markdown_has_gate_scores_findings_and_signatures() -> None:
    text = markdown.render(RUN, gate=FAILED, rules=RULES)
    assert text.startswith("# Translation report: GATE FAILED \\(1 of 2, 1 informational\\)\n")
    assert "| ✗ | `checks.error==0` | 1 |  | MTP301 |" in text
    assert "| BLEU | 40.00 | 30.00 to 50.00 | worse than the baseline: −2.00" in text
    assert "- **MTP301** error, artikel/danfried.md:5: number changed \\(suggestion: 1,234.50\\)" in text
    assert "`nrefs:1\\|tok:13a`" in text


PARTS = [
    {
        "by": "term-type",
        "name": "place",
        "scores": {"ter": 48.5, "terms.accuracy": 0.25},
        "intervals": {"ter": [40.0, 57.25]},
    },
    {"by": "term-type", "name": "no term", "scores": {"ter": 61.0}},
]


def test_scores_by_part_stand_in_both_reports() -> None:
    run = replace(RUN, manifest=RUN.manifest | {"parts": PARTS})
    text = markdown.render(run)
    assert r"## Scores by term\-type" in text
    assert r"| term\-type | TER | Glossary names right |" in text
    assert "| place | 48.50 (40.00 to 57.25) | 25.0 % |" in text
    assert "| no term | 61.00 |  |" in text
    page = html.render(run)
    assert '<h2 id="h-parts">Scores by term type</h2>' in page
    assert '<th scope="row">place</th><td class="n">48.50 (40.00 to 57.25)</td><td class="n">25.0 %</td>' in page
    assert '<th scope="row">no term</th><td class="n">61.00</td><td class="n"></td>' in page


@pytest.mark.parametrize("parts", [None, [], "length", [3], [{"by": "length", "name": "1-10", "scores": None}]])
def test_a_run_without_scores_by_part_has_no_section_for_them(parts: object) -> None:
    run = replace(RUN, manifest=RUN.manifest | {"parts": parts})
    assert "Scores by" not in markdown.render(run)
    assert "h-parts" not in html.render(run)


def test_scores_by_part_that_are_odd_are_left_out() -> None:
    odd: dict[str, Any] = {"by": EVIL, "name": EVIL, "scores": {"ter": "high", EVIL: 3}, "intervals": {EVIL: [1, "2"]}}
    run = replace(RUN, manifest=RUN.manifest | {"parts": [odd]})
    text = markdown.render(run)
    assert "|  | 3.00 |" in text
    assert not re.search(r"(?<!\\)<img", text)
    assert "<img" not in html.render(run)


def test_markdown_of_hostile_text_is_text() -> None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("gfm-like", {"linkify": False}).enable("table").parse(markdown.render(evil_run()))
    kinds = {child.type for token in tokens for child in token.children or ()} | {token.type for token in tokens}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "fence", "code_block"}
    headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[1:] == ["Gate", "Scores", "Findings", "Signatures"]


def test_long_lists_of_findings_are_cut_and_counted() -> None:
    document = replace(RUN.documents[0], findings=RUN.documents[0].findings * 40)
    text = markdown.render(replace(RUN, documents=(document,)), findings=10)
    assert text.count("\n- **") == 10
    assert "and 110 more" in text


def test_github_annotations_are_one_line_each_worst_first() -> None:
    lines = github.render(RUN, gate=FAILED, rules=RULES).splitlines()
    assert lines[0] == "::error title=gate checks.error==0::checks.error==0 does not hold. MTP301"
    assert lines[1].startswith("::error file=artikel/danfried.md,line=5,title=MTP301 ")
    assert lines[1].endswith("::number changed (suggestion: 1,234.50)")
    assert lines[2].startswith("::warning file=artikel/danfried.md,line=3,title=MTP501 ")
    assert lines[-1] == FAILED.line
    assert len(lines) == 5


def test_github_annotations_cannot_be_forged() -> None:
    text = github.render(evil_run())
    assert "\r" not in text
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) == 3
    assert all(re.match(r"::(error|notice) [^:]*::", line) for line in lines)
    assert "%0A%3A%3Aerror%3A%3Ax%0D%0A%250A" in lines[1]


def test_the_job_summary_fits_githubs_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "MTP301" in github.summary(RUN, gate=FAILED)
    monkeypatch.setattr(github, "SUMMARY_LIMIT", 1000)
    found = github.summary(replace(make_run(), documents=RUN.documents * 400), gate=FAILED)
    assert len(found) < 2000


# --- JUnit


def test_junit_counts_are_those_of_its_cases() -> None:
    root = ET.fromstring(junit.render(RUN, gate=FAILED))
    for suite in root.findall("testsuite"):
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
    assert int(root.attrib["tests"]) == len(root.findall(".//testcase"))
    assert int(root.attrib["failures"]) == len(root.findall(".//failure")) == 2
    failure = root.find(".//testcase[@name='b2.s1']/failure")
    assert failure is not None
    assert failure.attrib["type"] == "MTP301"
    assert "source: Es kostet 1.234,50 Euro." in (failure.text or "")


def test_junit_shows_a_clean_document_as_tested() -> None:
    clean = replace(RUN, documents=(replace(RUN.documents[0], findings=()),))
    (case,) = ET.fromstring(junit.render(clean)).findall(".//testcase")
    assert case.attrib["name"] == "no findings"


def test_junit_of_hostile_text_is_well_formed() -> None:
    root = ET.fromstring(junit.render(evil_run()))
    assert {element.tag for element in root.iter()} <= {"testsuites", "testsuite", "testcase", "failure", "system-out"}


# --- SARIF


@dataclass
class _Rule:
    name: str = "number-changed"
    severity: Severity = Severity.ERROR
    explanation: str = "Numbers must agree."
    text: str = "Numbers must agree. Example: 1 became 2."


SARIF_SCHEMA = json.loads((DATA / "sarif" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))


def check_sarif(value: dict[str, Any]) -> dict[str, Any]:
    """Asserts that the official schema takes `value`, and what it leaves to prose; returns the run."""
    errors = jsonschema.Draft4Validator(SARIF_SCHEMA, format_checker=jsonschema.FormatChecker()).iter_errors(value)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []
    assert value["version"] == "2.1.0"
    assert value["$schema"].endswith("sarif-2.1.0.json")
    (run,) = value["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note", "none")
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        assert re.fullmatch(r"[\w./%:~-]+", location["physicalLocation"]["artifactLocation"]["uri"])
        assert re.fullmatch(r"[0-9a-f]{32}", result["partialFingerprints"]["mtPublish/v1"])
    return dict(run)


def test_sarif_has_the_rules_with_help_and_results_with_places() -> None:
    run = check_sarif(json.loads(sarif.render(RUN, gate=FAILED, rules={"MTP301": _Rule()})))
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["MTP301"]["name"] == "NumberChanged"
    assert rules["MTP301"]["help"]["text"].startswith("Numbers must agree. Example")
    assert rules["MTP501"] == {"id": "MTP501", "defaultConfiguration": {"level": "warning"}}
    (result,) = [r for r in run["results"] if r["ruleId"] == "MTP301"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "artikel/danfried.md"}, "region": {"startLine": 5}}
    assert run["properties"]["gate"] == {
        "outcome": "failed",
        "passed": False,
        "exitCode": 1,
        "line": FAILED.line,
    }
    assert run["tool"]["driver"]["version"] == "1.2.3"


def test_the_schema_of_sarif_refuses_what_is_none() -> None:
    jsonschema.Draft4Validator.check_schema(SARIF_SCHEMA)
    value = json.loads(sarif.render(RUN))
    for broken in (
        {**value, "version": "2.2.0"},
        {**value, "run": []},
        {k: v for k, v in value.items() if k != "runs"},
    ):
        with pytest.raises(AssertionError):
            check_sarif(broken)
    value["runs"][0]["results"][0]["level"] = "info"
    with pytest.raises(AssertionError, match="level"):
        check_sarif(value)


@pytest.mark.parametrize(
    "run",
    [
        Run("id", "check", {}, ()),
        replace(RUN, documents=(replace(RUN.documents[0], findings=()),)),
        replace(RUN, manifest={"mt_publish": "odd"}, scores=()),
    ],
)
@pytest.mark.parametrize("gate", [None, FAILED])
def test_sarif_of_every_kind_of_run_is_valid(run: Run, gate: GateResult | None) -> None:
    check_sarif(json.loads(sarif.render(run, gate=gate, rules=RULES)))


def test_sarif_with_the_real_table_of_rules() -> None:
    run = check_sarif(json.loads(sarif.render(RUN, rules=RULES)))
    assert all(rule["help"]["text"] for rule in run["tool"]["driver"]["rules"])


def test_sarif_of_hostile_text_is_valid() -> None:
    check_sarif(json.loads(sarif.render(evil_run())))


def test_sarif_fingerprints_survive_a_moved_line_but_not_another_message() -> None:
    def fingerprint(**change: Any) -> str:
        findings = tuple(replace(f, **change) for f in RUN.documents[0].findings[1:2])
        run = replace(RUN, documents=(replace(RUN.documents[0], findings=findings),))
        value = json.loads(sarif.render(run))
        return str(value["runs"][0]["results"][0]["partialFingerprints"]["mtPublish/v1"])

    assert fingerprint() == fingerprint(line=99)
    assert fingerprint() != fingerprint(message="other")


def test_sarif_paths_are_uris() -> None:
    document = replace(RUN.documents[0], path="büro\\a b#1.md")
    value = json.loads(sarif.render(replace(RUN, documents=(document,))))
    uri = value["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "b%C3%BCro/a%20b%231.md"
