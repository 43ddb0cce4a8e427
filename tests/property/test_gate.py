"""Over random runs and policies: line, table, JSON, reports and exit code agree, and nothing unmeasured passes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mt_publish.quality.gate import CORPUS_METRICS, COUNTS, OTHER_METRICS, evaluate_gate, parse_policy
from mt_publish.quality.rules import GROUPS, RULES
from mt_publish.reports import github, html, junit, markdown, sarif
from mt_publish.types import Finding, LangPair, MetricScore, Run, RunDocument, Segment, Severity, Translation

WORDS = st.sampled_from(["the", "cat", "sat", "on", "a", "mat", "Cologne", "4", "."])
sentences = st.lists(WORDS, max_size=6).map(" ".join)
findings = st.lists(
    st.builds(
        Finding, rule=st.sampled_from(sorted(RULES)), severity=st.sampled_from(Severity),
        segment_id=st.sampled_from(["s0", "s1", None]), message=st.text(max_size=8),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
values = st.floats(-5, 105) | st.integers(0, 100).map(float) | st.just(float("nan"))
scores = st.lists(
    st.builds(
        MetricScore, name=st.sampled_from(CORPUS_METRICS + OTHER_METRICS), value=values, segments=st.integers(0, 4)
    ),
    max_size=4, unique_by=lambda score: score.name,
).map(tuple)  # fmt: skip


@st.composite
def runs(draw: st.DrawFn, referenced: bool = False) -> Run:
    size = draw(st.integers(1 if referenced else 0, 3))
    segments = tuple(Segment(f"s{i}", f"Satz {i}") for i in range(size))
    refs = tuple((f"the cat sat {i}",) for i in range(size))
    document = RunDocument(
        path="a.md",
        output=None,
        format="text",
        pair=LangPair("de", "en"),
        sha256="",
        segments=segments,
        translations=tuple(Translation(s.id, draw(sentences), truncated=draw(st.booleans())) for s in segments),
        findings=draw(findings),
        references=refs if referenced or draw(st.booleans()) else (),
    )
    command = draw(st.sampled_from(["translate", "evaluate", "check"]))
    manifest = draw(
        st.sampled_from([{}, {"checks": ["MTP3"]}, {"checks": True}, {"checks": [], "glossary": {"entries": 1}}])
    )
    documents = (document,) if referenced or draw(st.booleans()) else ()
    return Run("id", command, dict(manifest), documents, draw(scores))


names = st.sampled_from(
    [*CORPUS_METRICS, *OTHER_METRICS, *COUNTS, *(f"checks.{c}" for c in (*GROUPS, "MTP301"))]
    + [f"{metric}.delta" for metric in (*CORPUS_METRICS, "terms.accuracy")]
)
rules = st.builds(
    lambda name, sign, value: f"{name}{sign}{value}",
    names,
    st.sampled_from([">=", "<=", "==", "!=", ">", "<"]),
    st.integers(-2, 100),
)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, object]:
    thresholds = draw(st.lists(rules, min_size=1, max_size=4, unique=True))
    return {
        "thresholds": thresholds,
        "informational": draw(st.lists(st.sampled_from(thresholds), max_size=2, unique=True)),
        "baseline": "auto",
        "missing_baseline": draw(st.sampled_from(["fail", "skip"])),
        "min_segments": draw(st.integers(0, 3)),
        "significance": draw(st.sampled_from(["none", {"n": 100}, {"test": "ar", "n": 100}])),
    }


@given(runs(), policies(), st.none() | runs())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_line_table_json_reports_and_exit_code_agree(run: Run, table: dict[str, object], baseline: Run | None) -> None:
    result = evaluate_gate(run, parse_policy(table), baseline=baseline)
    # JSON that any reader takes, with the same answer
    found = json.loads(json.dumps(result.to_json(), allow_nan=False))
    failed = [v for v in found["verdicts"] if not v["passed"] and not v["informational"]]
    assert found["passed"] == (not failed)
    assert found["exit_code"] == result.exit_code == (1 if failed else 0)
    assert found["line"] == result.line
    assert result.line.startswith("GATE FAILED" if failed else "GATE PASSED")
    signs = [line[0] for line in result.table().splitlines()]
    assert signs.count("✗") == len(failed)
    assert [v["rule"] for v in found["verdicts"]] == table["thresholds"]
    # nothing that was not measured passes, and nothing measured goes against its own expression without a reason
    for verdict in result.verdicts:
        assert not (verdict.passed and verdict.observed is None)
        if verdict.observed is None:
            assert verdict.reason.startswith("not measured: ")
    # the reports
    gate_suite = ET.fromstring(junit.render(run, gate=result)).find("testsuite[@name='gate']")
    assert gate_suite is not None
    assert int(gate_suite.attrib["failures"]) == len(failed)
    sarif_gate = json.loads(sarif.render(run, gate=result))["runs"][0]["properties"]["gate"]
    assert (sarif_gate["exitCode"], sarif_gate["line"]) == (result.exit_code, result.line)
    assert sum(line.startswith("::error title=gate ") for line in github.render(run, gate=result).splitlines()) == len(
        failed
    )
    assert f'class="verdict {"fail" if failed else "pass"}"' in html.render(run, gate=result)
    assert markdown.render(run, gate=result).count("\n| ✗ |") == len(failed)


@given(runs(referenced=True), policies())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_run_does_not_fall_behind_itself(run: Run, table: dict[str, object]) -> None:
    changed = {"thresholds": ["bleu.delta>=0", "ter.delta<=0"], "informational": [], "min_segments": 1}
    result = evaluate_gate(run, parse_policy(table | changed), baseline=run)
    assert [v.observed for v in result.verdicts] == [0, 0]
    assert result.exit_code == 0
