"""Over random runs and policies: line, table, JSON, reports and exit code agree, and nothing unmeasured passes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from mt_publish.quality.gate import CORPUS_METRICS, COUNTS, OTHER_METRICS, GateResults, evaluate_gate, parse_policy
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


@st.composite
def scores(draw: st.DrawFn) -> tuple[MetricScore, ...]:
    found = draw(st.lists(st.sampled_from(CORPUS_METRICS + OTHER_METRICS), max_size=6, unique=True))
    return tuple(MetricScore(name, draw(values), segments=draw(st.integers(0, 4))) for name in found)


@st.composite
def runs(draw: st.DrawFn, referenced: bool = False) -> Run:
    size = draw(st.sampled_from([3, 2, 1, 3, 2] if referenced else [3, 2, 1, 3, 2, 0]))
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
    documents = (document,) if referenced or draw(st.integers(0, 7)) else ()
    return Run("id", command, dict(manifest), documents, draw(scores()))


names = st.sampled_from(
    [*CORPUS_METRICS, *OTHER_METRICS, *COUNTS, *(f"checks.{c}" for c in (*GROUPS, "MTP301"))]
    + [f"{metric}.delta" for metric in (*CORPUS_METRICS, "terms.accuracy")]
) | st.sampled_from([*COUNTS, "chrf.delta", "bleu.delta"])  # what most runs measure
signs = st.sampled_from([">=", "<=", "==", "!=", ">", "<"])


@st.composite
def rules(draw: st.DrawFn) -> str:
    name = draw(names)
    share, score = name.startswith(("terms.", "qe.")), name in ("bleu", "chrf", "chrf++")
    low = 0 if (share or score) and not name.endswith(".delta") else -2
    high = 100 if name in CORPUS_METRICS else 1 if share else 4
    return f"{name}{draw(signs)}{draw(st.integers(low, high))}"


def sign_of(rule: str) -> str:
    return next(sign for sign in (">=", "<=", "==", "!=", ">", "<") if sign in rule)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, object]:
    thresholds = draw(st.lists(rules(), min_size=1, max_size=4, unique=True))
    # one at least decides, or the policy is refused
    noted = st.lists(st.sampled_from(thresholds[1:]), max_size=2, unique=True) if thresholds[1:] else st.just([])
    estimates = [name for rule in thresholds if (name := rule.split(sign_of(rule))[0]).startswith("qe.")]
    blocking = set(draw(st.lists(st.sampled_from(estimates), unique=True))) if estimates else set()
    if thresholds[0].startswith("qe."):
        blocking.add(estimates[0])
    return {
        "thresholds": thresholds,
        "informational": draw(noted),
        "blocking": sorted(blocking),
        "baseline": "auto",
        "missing_baseline": draw(st.sampled_from(["fail", "skip"])),
        "min_segments": draw(st.integers(0, 3)),
        "significance": draw(st.sampled_from(["none", {"n": 100}, {"test": "ar", "n": 100}])),
    }


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@given(runs(), policies(), st.none() | runs())
@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
def test_line_table_json_reports_and_exit_code_agree(run: Run, table: dict[str, object], baseline: Run | None) -> None:
    policy = parse_policy(table)
    result = evaluate_gate(run, policy, baseline=baseline)
    # JSON that any reader takes; what follows from its verdicts is worked out here once more, by other means
    found = json.loads(json.dumps(result.to_json(), allow_nan=False))
    decisive = [v for v in found["verdicts"] if not v["informational"]]
    failed = [v for v in decisive if not v["passed"] and v["observed"] is not None]
    unknown = [v for v in decisive if v["observed"] is None]
    empty = not any(doc.segments for doc in run.documents)
    outcome = "failed" if failed else "undecided" if unknown or empty or not decisive else "passed"
    event(outcome)
    assert (found["outcome"], found["passed"]) == (outcome, outcome == "passed")
    assert found["exit_code"] == result.exit_code == (0 if outcome == "passed" else 1)
    assert found["line"] == result.line == result.text().splitlines()[-1]
    assert result.line.startswith(f"GATE {outcome.upper()} (")
    signs = [line[0] for line in result.table().splitlines()]
    assert (signs.count("✗"), signs.count("?")) == (len(failed), len(unknown))
    assert [v["rule"] for v in found["verdicts"]] == table["thresholds"]
    # nothing that was not measured passes, and what is measured goes against its expression only as noise
    for verdict, threshold in zip(result.verdicts, policy.thresholds, strict=True):
        if verdict.observed is None:
            assert not verdict.passed
            assert verdict.reason.startswith("not measured: ")
        elif verdict.passed != threshold.holds(verdict.observed):
            event("excused as not significant")
            assert verdict.passed
            assert threshold.is_delta
            assert policy.significance.test != "none"
            assert "not significant, so not counted" in verdict.reason
        if verdict.informational:
            named = {verdict.rule, threshold.name} & set(table["informational"])  # type: ignore[call-overload]
            estimate = threshold.name.startswith("qe.") and threshold.name not in table["blocking"]  # type: ignore[operator]
            assert (
                named or estimate or (threshold.is_delta and baseline is None and table["missing_baseline"] == "skip")
            )
    # informational rules change nothing: without them the answer is the same
    kept = tuple(v for v in result.verdicts if not v.informational)
    assert replace(result, verdicts=kept).outcome == outcome
    # the reports
    shut = len(failed) + len(unknown)
    gate_suite = ET.fromstring(junit.render(run, gate=result)).find("testsuite[@name='gate']")
    assert gate_suite is not None
    assert int(gate_suite.attrib["failures"]) == shut
    sarif_gate = json.loads(sarif.render(run, gate=result))["runs"][0]["properties"]["gate"]
    assert sarif_gate == {
        "outcome": outcome,
        "passed": found["passed"],
        "exitCode": result.exit_code,
        "line": result.line,
    }
    annotations = github.render(run, gate=result).splitlines()
    assert sum(line.startswith("::error title=gate ") for line in annotations) == shut
    shown = {"passed": "pass", "failed": "fail", "undecided": "open"}[outcome]
    assert f'class="verdict {shown}"' in html.render(run, gate=result)
    text = markdown.render(run, gate=result)
    assert (text.count("\n| ✗ |"), text.count("\n| ? |")) == (len(failed), len(unknown))


@given(st.lists(st.tuples(runs(), policies()), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
def test_several_runs_pass_only_together(judged: list[tuple[Run, dict[str, object]]]) -> None:
    results = [evaluate_gate(run, parse_policy(table)) for run, table in judged]
    all_of = GateResults(tuple((f"{i}.json", result) for i, result in enumerate(results)))
    told = json.loads(json.dumps(all_of.to_json(), allow_nan=False))
    worst = max(results, key=lambda r: ["passed", "undecided", "failed"].index(r.outcome))
    assert told["outcome"] == all_of.outcome == worst.outcome
    assert told["exit_code"] == all_of.exit_code == max(r.exit_code for r in results)
    assert told["line"] == all_of.line == all_of.text().splitlines()[-1]
    assert all_of.line.startswith(f"ALL GATES: {worst.outcome.upper()} (")
    assert [gate["line"] for gate in told["gates"]] == [r.line for r in results]


@given(runs(referenced=True), st.integers(1, 4), st.sampled_from(["bs", "ar", "none"]), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
def test_a_drop_fails_only_when_the_test_finds_it_significant(
    run: Run, drop: int, test: str, data: st.DataObject
) -> None:
    document = run.documents[0]
    others = tuple(replace(t, target=data.draw(sentences)) for t in document.translations)
    baseline = replace(run, documents=(replace(document, translations=others),))
    table = {"thresholds": [f"chrf.delta>=-{drop}"], "significance": {"test": test, "n": 100}}
    result = evaluate_gate(run, parse_policy(table), baseline=baseline)
    (verdict,), (delta,) = result.verdicts, [d for d in result.deltas if d.metric == "chrf"]
    dropped = delta.difference < -drop
    event(f"{test}: {'dropped' if dropped else 'held'}, {result.outcome}")
    significant = delta.p_value is None or delta.p_value < 0.05
    assert verdict.passed == (not dropped or not significant)
    assert (delta.p_value is None) == (test == "none")
    assert result.exit_code == int(dropped and significant)


@given(runs(referenced=True), policies())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_run_does_not_fall_behind_itself(run: Run, table: dict[str, object]) -> None:
    changed = {"thresholds": ["bleu.delta>=0", "ter.delta<=0"], "informational": [], "blocking": [], "min_segments": 1}
    result = evaluate_gate(run, parse_policy(table | changed), baseline=run)
    assert [v.observed for v in result.verdicts] == [0, 0]
    assert result.exit_code == 0
