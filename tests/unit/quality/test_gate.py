"""The gate: policies that are refused, rules that hold or fail, what counts as measured, when a drop counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mt_publish.errors import ConfigError
from mt_publish.quality.gate import (
    GateResults,
    Policy,
    Significance,
    compare_runs,
    compare_with_baselines,
    evaluate_gate,
    parse_policy,
    parse_threshold,
    read_policy,
    shared_segments,
)
from mt_publish.types import (
    Entry,
    Finding,
    LangPair,
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

CONFIGS = Path(__file__).parents[3] / "configs"
REFS = [f"Sentence number {i} speaks of the weather in town {i * 7 % 11}." for i in range(40)]
GOOD = [ref.replace("speaks", "talks") if i % 3 else ref for i, ref in enumerate(REFS)]
BAD = [ref.replace("weather in town", "wind of place") for ref in REFS]


def make_run(hyps: list[str], *, scores: tuple[MetricScore, ...] = (), findings: tuple[Finding, ...] = ()) -> Run:
    segments = tuple(Segment(f"s{i}", f"Satz {i}") for i in range(len(hyps)))
    document = RunDocument(
        path="a.txt",
        output=None,
        format="text",
        pair=LangPair("de", "en"),
        sha256="",
        segments=segments,
        translations=tuple(Translation(s.id, hyp) for s, hyp in zip(segments, hyps, strict=True)),
        findings=findings,
        references=tuple((ref,) for ref in REFS[: len(hyps)]),
    )
    return Run("id", "translate", {}, (document,), scores)


def policy(*rules: str, **settings: Any) -> Policy:
    return parse_policy({"thresholds": list(rules), **settings})


def verdict(run: Run, rule: str, baseline: Run | None = None, **settings: Any) -> Verdict:
    (found,) = evaluate_gate(run, policy(rule, **settings), baseline=baseline).verdicts
    return found


CHRF = MetricScore("chrf", 60.0, segments=40, interval=(58.0, 62.0))
RUN = make_run(GOOD, scores=(CHRF,))


# --- policies


@pytest.mark.parametrize(
    ("expression", "name", "sign", "value"),
    [
        ("chrf>=58", "chrf", ">=", 58.0),
        (" chrf++ < 58.5 ", "chrf++", "<", 58.5),
        ("BLEU.delta>=-0.5", "bleu.delta", ">=", -0.5),
        ("checks.mtp301==0", "checks.MTP301", "==", 0.0),
        ("checks.MTP3<=2", "checks.MTP3", "<=", 2.0),
        ("terms.accuracy>.99", "terms.accuracy", ">", 0.99),
        ("qe.p10.delta!=+1", "qe.p10.delta", "!=", 1.0),
    ],
)
def test_thresholds_are_taken_apart(expression: str, name: str, sign: str, value: float) -> None:
    threshold = parse_threshold(expression)
    assert (threshold.name, threshold.sign, threshold.value) == (name, sign, value)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("chrff>=58", r"nothing measures 'chrff'\. Did you mean chrf\?"),
        ("term.accuracy>=1", "Did you mean terms.accuracy"),
        ("check.error==0", "Did you mean checks.error"),
        ("bleu.detla>=0", "Did you mean bleu.delta"),
        ("checks.MTP999==0", "Did you mean checks.MTP"),
        ("segments.delta>=0", "cannot be compared"),
        ("chrf>=fifty", "is not a threshold"),
        ("chrf=>58", "is not a threshold"),
        ("chrf", "is not a threshold"),
        ("chrf>=58 and bleu>=30", "is not a threshold"),
        (58, "is not a threshold"),
        ("chrf=>58", r"Did you mean chrf>=58\?"),
        ("chrf=58", r"Did you mean chrf==58\?"),
        ("chrf ≥ 58", r"Did you mean chrf>=58\?"),
        ("terms.accuracy>=0,98", r"Did you mean terms.accuracy>=0\.98\?"),
        ("terms.accuracy>=98%", r"Did you mean terms.accuracy>=0\.98\?"),
        ("terms.accuracy>=98", r"between 0 and 1\. Did you mean terms.accuracy>=0\.98\?"),
        ("chrf>=580", "cannot reach; it lies between 0 and 100"),
        ("checks.mtp30l==0", r"Did you mean checks\.MTP30"),
    ],
)
def test_mistyped_thresholds_are_errors(expression: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_threshold(expression)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "could never fail"),
        ({"thresholds": []}, "could never fail"),
        ({"treshholds": ["chrf>=1"]}, "unknown key treshholds .*Did you mean thresholds"),
        ({"thresholds": "chrf>=1"}, "list of texts"),
        ({"thresholds": ["chrf>=1", "chrf >= 1"]}, "stands twice"),
        ({"thresholds": ["chrf>=1"], "informational": ["bleu"]}, "no threshold uses"),
        ({"thresholds": ["chrf>=1"], "informational": ["blue"]}, "Did you mean"),
        ({"thresholds": ["chrf>=1"], "informational": ["chrf"]}, "every threshold is informational, so none decides"),
        ({"thresholds": ["chrf>=1"], "baseline": 3}, "baseline must be text"),
        ({"thresholds": ["chrf.delta>=0"], "baseline": "none"}, "needs a baseline"),
        ({"thresholds": ["chrf>=1"], "missing_baseline": "pass"}, "'pass'"),
        ({"thresholds": ["chrf>=1"], "min_segments": -1}, "min_segments"),
        ({"thresholds": ["chrf>=1"], "min_segments": True}, "min_segments"),
        ({"thresholds": ["chrf>=1"], "significance": {"tests": "bs"}}, "significance.test"),
        ({"thresholds": ["chrf>=1"], "significance": {"test": "t"}}, "'t'"),
        ({"thresholds": ["chrf>=1"], "significance": {"n": 10}}, "at least 100"),
        ({"thresholds": ["chrf>=1"], "significance": {"alpha": 5}}, "between 0 and 1"),
        ({"thresholds": ["chrf>=1"], "significance": {"n": 1000, "alpha": 0.0005}}, "no drop would ever count.*2000"),
        ({"thresholds": ["chrf>=1"], "significance": {"seed": -1}}, "seed"),
        ({"thresholds": ["chrf>=1"], "significance": 3}, "must be a table"),
    ],
)
def test_broken_policies_are_errors(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_policy(table)


def test_policy_files_say_where_they_are_wrong(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    with pytest.raises(ConfigError, match="cannot be read"):
        read_policy(path)
    path.write_text("thresholds = [", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"p\.toml: the policy is not TOML"):
        read_policy(path)
    path.write_text('[gate]\nthresholds = ["crhf>=1"]', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"p\.toml: nothing measures 'crhf'"):
        read_policy(path)


@pytest.mark.parametrize("name", ["newsroom-gate.toml", "strict-gate.toml"])
def test_shipped_policies_load(name: str) -> None:
    found = read_policy(CONFIGS / name)
    assert found.needs_baseline
    assert found.baseline == "auto"


def test_significance_can_be_switched_off() -> None:
    assert policy("chrf>=1", significance="none").significance == Significance(test="none")
    assert policy("chrf>=1", significance={"test": "ar"}).significance.n == 10000


# --- plain rules


@pytest.mark.parametrize(
    ("rule", "passed"),
    [
        ("chrf>=60", True),
        ("chrf>60", False),
        ("chrf<=60", True),
        ("chrf<60", False),
        ("chrf==60", True),
        ("chrf!=60", False),
    ],
)
def test_operators(rule: str, passed: bool) -> None:
    found = verdict(RUN, rule)
    assert (found.passed, found.observed, found.interval) == (passed, 60.0, (58.0, 62.0))


def findings(*rules: tuple[str, Severity]) -> tuple[Finding, ...]:
    return tuple(Finding(rule, severity, "s0", "x") for rule, severity in rules)


def test_findings_are_counted_by_severity_rule_and_group() -> None:
    run = make_run(
        GOOD,
        findings=findings(("MTP301", Severity.ERROR), ("MTP302", Severity.ERROR), ("MTP501", Severity.WARNING)),
    )
    counts = {"checks.error": 2, "checks.warning": 1, "checks.info": 0, "checks.MTP301": 1, "checks.MTP3": 2}
    for name, count in counts.items():
        assert verdict(run, f"{name}=={count}").passed
        assert not verdict(run, f"{name}=={count + 1}").passed
    assert verdict(run, "checks.error==0").reason == "MTP301, MTP302"


def test_segments_documents_untranslated_and_truncated_are_counted() -> None:
    run = make_run(["", "b", "c"])
    document = run.documents[0]
    last = replace(document.translations[2], truncated=True)
    run = replace(run, documents=(replace(document, translations=(*document.translations[:1], last)),))
    for name, count in {"segments": 3, "documents": 1, "untranslated": 2, "truncated": 1}.items():
        assert verdict(run, f"{name}==0").observed == count


def test_an_empty_translation_counts_where_only_its_reference_is_known() -> None:
    run = make_run(["", "b"])
    document = replace(run.documents[0], segments=tuple(replace(s, source="") for s in run.documents[0].segments))
    assert verdict(replace(run, documents=(document,)), "untranslated==0").observed == 1


# --- not measured


@pytest.mark.parametrize("rule", ["bleu>=0", "terms.accuracy<=1", "terms.exact>=0", "chrf.delta>=-100"])
def test_what_was_not_measured_fails_with_a_reason(rule: str) -> None:
    found = verdict(RUN, rule)
    assert (found.passed, found.observed) == (False, None)
    assert found.reason.startswith("not measured: ")


def test_what_was_not_measured_does_not_fail_when_informational() -> None:
    result = evaluate_gate(RUN, policy("chrf>=1", "bleu>=0", informational=["bleu"]))
    assert result.passed
    assert [v.passed for v in result.verdicts] == [True, False]


def test_too_few_segments_make_a_corpus_score_unmeasured_but_not_a_count() -> None:
    assert "40 segments, the policy wants at least 41" in verdict(RUN, "chrf>=1", min_segments=41).reason
    assert not verdict(RUN, "chrf>=1", min_segments=41).passed
    assert verdict(RUN, "chrf>=1", min_segments=40).passed
    assert verdict(RUN, "untranslated==0", min_segments=41).passed


@pytest.mark.parametrize(
    ("command", "checks", "rule", "passed"),
    [
        ("translate", None, "checks.error==0", True),
        ("check", None, "checks.MTP301==0", True),
        ("evaluate", None, "checks.error==0", False),
        ("evaluate", True, "checks.error==0", True),
        ("evaluate", ["MTP3"], "checks.MTP301==0", True),
        ("evaluate", ["MTP301"], "checks.MTP3==0", True),
        ("evaluate", ["MTP3"], "checks.MTP101==0", False),
        ("evaluate", ["MTP3"], "checks.MTP1==0", False),
        ("translate", [], "checks.error==0", False),
        ("translate", False, "checks.error==0", False),
    ],
)
def test_no_findings_of_checks_that_did_not_run_prove_nothing(
    command: str, checks: object, rule: str, passed: bool
) -> None:
    run = replace(RUN, command=command, manifest={} if checks is None else {"checks": checks})
    assert verdict(run, rule).passed == passed


@pytest.mark.parametrize(
    ("select", "ignore", "rule", "passed"),
    [
        ([], [], "checks.MTP503==0", True),
        ([], ["MTP503"], "checks.MTP503==0", False),
        ([], ["MTP503"], "checks.MTP5==0", True),
        ([], ["MTP5"], "checks.MTP5==0", False),
        (["MTP5"], [], "checks.MTP301==0", False),
        (["MTP5"], [], "checks.MTP501==0", True),
        (["MTP301"], [], "checks.error==0", True),
        (["MTP503"], [], "checks.error==0", False),
    ],
)
@pytest.mark.parametrize(("command", "checks"), [("translate", {}), ("check", {"checks": True})])
def test_rules_that_the_settings_left_out_prove_nothing(
    select: list[str], ignore: list[str], rule: str, passed: bool, command: str, checks: dict[str, object]
) -> None:
    settings = {"checks.select": select, "checks.ignore": ignore}
    found = verdict(replace(RUN, command=command, manifest={**checks, "settings": settings}), rule)
    assert found.passed == passed
    assert (found.observed is None) != passed


@pytest.mark.parametrize(
    ("per_file", "rule", "passed"),
    [
        ({"*.txt": ["MTP5"]}, "checks.MTP503==0", False),
        ({"*.txt": ["MTP503"]}, "checks.MTP5==0", True),
        ({"*.md": ["MTP5"]}, "checks.MTP503==0", True),
        ({"*": ["MTP"]}, "checks.error==0", False),
        ({}, "checks.error==0", True),
    ],
)
def test_rules_silenced_in_all_files_prove_nothing(per_file: dict[str, list[str]], rule: str, passed: bool) -> None:
    settings = {"checks.select": [], "checks.ignore": [], "checks.per_file_ignores": per_file}
    found = verdict(replace(RUN, command="translate", manifest={"settings": settings}), rule)
    assert found.passed == passed
    assert (found.observed is None) != passed


def test_a_count_of_one_is_a_whole_number() -> None:
    result = evaluate_gate(RUN, policy("documents>=1", "terms.accuracy>=0"))
    assert result.text().splitlines()[0].split()[:3] == ["✓", "documents", "1"]


def test_a_check_is_silenced_by_the_name_of_the_translation() -> None:
    doc = replace(RUN.documents[0], path="a.de.txt", output="a.en.txt")
    for pattern, passed in (("*.en.txt", False), ("*.de.txt", True)):
        settings = {"checks.per_file_ignores": {pattern: ["MTP5"]}}
        run = replace(RUN, command="check", documents=(doc,), manifest={"checks": True, "settings": settings})
        assert verdict(run, "checks.MTP503==0").passed == passed


@pytest.mark.parametrize("documents", [(), (replace(RUN.documents[0], segments=(), translations=()),)])
def test_an_empty_run_never_passes_the_gate(documents: tuple[RunDocument, ...]) -> None:
    empty = Run("id", "translate", {}, documents)
    assert not verdict(empty, "checks.error==0").passed
    assert not verdict(empty, "untranslated==0").passed
    assert verdict(empty, "segments==0").passed
    for rules in (["segments==0"], ["segments<=500", "checks.error==0"], ["documents>=0"]):
        result = evaluate_gate(empty, policy(*rules))
        assert (result.outcome, result.exit_code) == ("undecided", 1)
        assert result.line == "GATE UNDECIDED (there is no text to judge)"
    assert evaluate_gate(empty, policy("segments>=1")).line == "GATE FAILED (1 of 1)"


def test_a_gate_that_could_not_measure_a_rule_is_undecided_and_shut() -> None:
    result = evaluate_gate(RUN, policy("chrf>=50", "bleu>=1"))
    assert (result.outcome, result.passed, result.exit_code) == ("undecided", False, 1)
    assert result.line == "GATE UNDECIDED (1 of 2 not measured)"
    assert [line[0] for line in result.text().splitlines()] == ["✓", "?", "G"]
    failed = evaluate_gate(RUN, policy("chrf>=90", "bleu>=1"))
    assert (failed.outcome, failed.line) == ("failed", "GATE FAILED (1 of 2, 1 not measured)")


def test_a_first_release_of_differences_only_is_undecided() -> None:
    result = evaluate_gate(RUN, policy("chrf.delta>=0", baseline="auto", missing_baseline="skip"))
    assert (result.outcome, result.exit_code) == ("undecided", 1)
    assert result.line == "GATE UNDECIDED (no rule counts, 1 informational)"


def test_several_verdicts_end_as_the_worst_of_them() -> None:
    good, bad, open_ = (
        ("a.json", evaluate_gate(RUN, policy("chrf>=50"))),
        ("b.json", evaluate_gate(RUN, policy("chrf>=90"))),
        ("c.json", evaluate_gate(RUN, policy("bleu>=1"))),
    )
    for results, outcome, line in (
        ((good, good), "passed", "ALL GATES: PASSED (2 runs)"),
        ((good, open_), "undecided", "ALL GATES: UNDECIDED (1 undecided, 1 passed)"),
        ((good, open_, bad), "failed", "ALL GATES: FAILED (1 failed, 1 undecided, 1 passed)"),
    ):
        all_of = GateResults(results)
        told = all_of.to_json()
        assert (all_of.outcome, all_of.line, all_of.exit_code) == (outcome, line, int(outcome != "passed"))
        assert (told["outcome"], told["passed"], told["exit_code"]) == (outcome, outcome == "passed", all_of.exit_code)
        assert all_of.text().splitlines()[-1] == line
        assert [g["name"] for g in told["gates"]] == [name for name, _ in results]
    assert not GateResults(()).passed


@pytest.mark.parametrize(
    ("glossary", "observed"), [(None, None), ({"entries": 0}, None), ({"entries": 3}, 1.0), ({"sha256": "00"}, 1.0)]
)
def test_term_accuracy_of_a_text_without_terms_depends_on_whether_a_glossary_was_applied(
    glossary: object, observed: float | None
) -> None:
    found = verdict(replace(RUN, manifest={"glossary": glossary}), "terms.accuracy>=0.995")
    assert (found.observed, found.passed) == (observed, observed == 1)
    assert "no glossary term occurs" in found.reason or observed is None


def test_term_accuracy_is_counted_when_the_run_does_not_bring_it() -> None:
    run = make_run(["Cologne is old.", "It is nice."])
    term = TermMatch(Entry("Köln", "Cologne"), Span(0, 4), "Köln", "Cologne", ("Cologne",))
    segments = tuple(replace(segment, terms=(term,)) for segment in run.documents[0].segments)
    run = replace(run, documents=(replace(run.documents[0], segments=segments),))
    assert verdict(run, "terms.accuracy>=0.995").observed == 0.5


def test_an_undefined_score_is_not_measured() -> None:
    run = make_run(GOOD, scores=(MetricScore("chrf", float("nan"), segments=40),))
    assert verdict(run, "chrf>=0").observed is None
    assert not verdict(run, "chrf!=1").passed


# --- differences


def test_a_significant_drop_fails_with_its_p_value() -> None:
    found = verdict(make_run(BAD), "chrf.delta>=-0.5", make_run(GOOD))
    assert not found.passed
    assert found.observed is not None
    assert found.observed < -0.5
    assert "paired bootstrap p=0.001, 1000 samples" in found.reason
    assert "people agree" in found.reason
    assert found.interval is not None
    assert found.interval[1] < 0


def test_a_drop_that_is_not_significant_passes_and_says_so() -> None:
    found = verdict(make_run([BAD[0], *GOOD[1:]]), "chrf.delta>=-0.1", make_run(GOOD))
    assert found.passed
    assert found.observed is not None
    assert found.observed < -0.1
    assert "not significant" in found.reason


def test_without_a_test_any_drop_fails() -> None:
    found = verdict(make_run([BAD[0], *GOOD[1:]]), "chrf.delta>=-0.1", make_run(GOOD), significance="none")
    assert not found.passed


def test_a_rise_of_ter_is_a_drop() -> None:
    assert not verdict(make_run(BAD), "ter.delta<=0.5", make_run(GOOD), significance={"test": "ar", "n": 500}).passed
    assert verdict(make_run(GOOD), "ter.delta<=0.5", make_run(BAD)).passed


def test_a_demanded_gain_is_not_excused_by_noise() -> None:
    better = make_run([REFS[1], *GOOD[2:], GOOD[0]])
    better = make_run([GOOD[0], REFS[1], *GOOD[2:]])
    found = verdict(better, "chrf.delta>=2", make_run(GOOD))
    assert found.observed is not None
    assert 0 < found.observed < 2
    assert not found.passed


def test_differences_without_segment_statistics_count_as_they_are() -> None:
    now, before = (make_run(GOOD, scores=(MetricScore("terms.accuracy", v, 1.0, segments=9),)) for v in (0.9, 1.0))
    found = verdict(now, "terms.accuracy.delta>=-0.01", before)
    assert not found.passed
    assert "no significance test is possible" in found.reason


def test_differences_of_terms_and_estimates_are_those_of_the_shared_segments() -> None:
    """Both runs have the first two segments; the third is another one, and was wrong, before."""
    from mt_publish.quality.estimation import estimate_scores

    term = TermMatch(Entry("Köln", "Cologne"), Span(0, 4), "Köln", "Cologne", ("Cologne",))

    def run_with(third: str, hyps: list[str], estimates: list[float]) -> Run:
        run = make_run(hyps, scores=estimate_scores(estimates, signature="qe"))
        doc = run.documents[0]
        segments = [replace(segment, terms=(term,)) for segment in doc.segments]
        segments[2] = replace(segments[2], source=third)
        translations = [replace(t, estimate=e) for t, e in zip(doc.translations, estimates, strict=True)]
        return replace(run, documents=(replace(doc, segments=tuple(segments), translations=tuple(translations)),))

    before = run_with("Satz alt", ["Cologne.", "Cologne.", "It."], [0.5, 0.5, 0.1])
    now = run_with("Satz neu", ["Cologne.", "It.", "Cologne."], [0.4, 0.4, 0.9])
    found = {delta.metric: delta for delta in compare_runs(now, before, metrics=["terms.accuracy", "qe.mean"])}
    assert (found["terms.accuracy"].baseline_value, found["terms.accuracy"].value) == (1.0, 0.5)
    assert found["qe.mean"].difference == pytest.approx(-0.1)
    assert found["qe.mean"].segments == 2
    few = verdict(now, "terms.accuracy.delta>=-1", before, min_segments=3)
    assert "2 shared segments, the policy wants at least 3" in few.reason


def test_runs_without_a_shared_segment_have_no_difference_of_terms() -> None:
    now, before = (make_run(GOOD, scores=(MetricScore("terms.accuracy", v, 1.0, segments=9),)) for v in (0.9, 1.0))
    other = replace(before.documents[0], segments=tuple(replace(s, source="x") for s in before.documents[0].segments))
    found = verdict(now, "terms.accuracy.delta>=-0.01", replace(before, documents=(other,)))
    assert not found.passed
    assert found.reason.endswith("run and baseline share no segment with the same source")


def test_differences_of_terms_are_counted_on_each_runs_own_mentions() -> None:
    """This run minus the baseline: 3 of 4 mentions right against 1 of 4, neither run with a score of its own."""
    term = TermMatch(Entry("Köln", "Cologne"), Span(0, 4), "Köln", "Cologne", ("Cologne",))

    def run_with(right: int) -> Run:
        run = make_run([*["Cologne is old."] * right, *["It is nice."] * (4 - right)])
        segments = tuple(replace(segment, terms=(term,)) for segment in run.documents[0].segments)
        return replace(run, documents=(replace(run.documents[0], segments=segments),))

    better, worse = run_with(3), run_with(1)
    gain = verdict(better, "terms.accuracy.delta>=0.4", worse)
    assert (gain.observed, gain.passed) == (0.5, True)
    assert gain.reason.startswith("0.250 → 0.750, ")
    loss = verdict(worse, "terms.accuracy.delta>=-0.4", better)
    assert (loss.observed, loss.passed) == (-0.5, False)
    assert loss.reason.startswith("0.750 → 0.250, ")
    (delta,) = compare_runs(worse, better, metrics=["terms.accuracy"])
    assert (delta.value, delta.baseline_value, delta.segments) == (0.25, 0.75, 4)


def test_a_fall_of_a_score_that_should_be_low_is_no_drop() -> None:
    now, before = (make_run(GOOD, scores=(MetricScore("terms.source_left", v, 1.0, segments=9),)) for v in (0.0, 0.2))
    found = verdict(now, "terms.source_left.delta<=0.05", before)
    assert (found.observed, found.passed) == (-0.2, True)
    assert not verdict(before, "terms.source_left.delta<=0.05", now).passed


def test_only_segments_with_the_same_source_and_reference_are_compared() -> None:
    new, old = make_run(BAD), make_run(GOOD)
    document = old.documents[0]
    changed = (replace(document.segments[0], source="anders"), *document.segments[1:])
    refs = (document.references[0], ("another",), *document.references[2:])
    old = replace(old, documents=(replace(document, segments=changed, references=refs),))
    hyps, base, streams = shared_segments(new, old)
    assert (len(hyps), len(base), len(streams[0])) == (38, 38, 38)
    assert hyps[0] == BAD[2]
    assert "38 shared segments" in verdict(new, "bleu.delta>=-100", old).reason
    assert verdict(new, "bleu.delta>=-100", old, min_segments=39).observed is None


def test_runs_of_other_documents_are_not_comparable() -> None:
    (document,) = make_run(GOOD).documents
    moved = replace(document, path="b.txt")
    another = replace(document, references=tuple((f"{ref} Or not.",) for (ref,) in document.references))
    for documents in ((moved, moved), (another,)):
        found = verdict(make_run(BAD), "bleu.delta>=-100", replace(make_run(GOOD), documents=documents))
        assert (found.passed, found.observed) == (False, None)
        assert "share no segment" in found.reason
    # two runs of one document each are of the same one, whatever the file is called
    assert verdict(make_run(BAD), "bleu.delta>=-100", replace(make_run(GOOD), documents=(moved,))).observed is not None


def test_a_baseline_without_references_says_what_to_do() -> None:
    (document,) = make_run(GOOD).documents
    found = verdict(
        make_run(BAD), "bleu.delta>=-1", replace(make_run(GOOD), documents=(replace(document, references=()),))
    )
    assert "the baseline has no references; evaluate it" in found.reason


def test_several_baselines_give_what_each_gives_alone() -> None:
    (document,) = make_run(GOOD).documents
    fewer = replace(make_run(GOOD), documents=(replace(document, references=document.references[:-2]),))
    settings = Significance(n=100)
    others = [make_run(GOOD), fewer, make_run(BAD)]
    together = compare_with_baselines(make_run(BAD), others, metrics=["bleu", "chrf"], significance=settings)
    alone = [compare_runs(make_run(BAD), other, metrics=["bleu", "chrf"], significance=settings) for other in others]
    assert list(together) == alone
    assert [deltas[0].segments for deltas in together] == [40, 38, 40]


@pytest.mark.parametrize(("missing", "passed"), [("fail", False), ("skip", True)])
def test_the_policy_says_what_a_first_release_without_baseline_means(missing: str, passed: bool) -> None:
    result = evaluate_gate(RUN, policy("chrf>=1", "chrf.delta>=0", baseline="auto", missing_baseline=missing))
    assert result.passed == passed
    assert result.verdicts[1].reason == "not measured: there is no baseline yet"


def test_a_baseline_that_was_named_and_not_given_is_never_skipped() -> None:
    result = evaluate_gate(RUN, policy("chrf>=1", "chrf.delta>=0", baseline="old.json", missing_baseline="skip"))
    assert not result.passed


def test_compare_runs_gives_differences_with_their_meaning() -> None:
    new, old = (make_run(h, scores=(replace(CHRF, value=v),)) for h, v in ((BAD, 50.0), (GOOD, 60.0)))
    (delta,) = compare_runs(new, old)
    assert delta.metric == "chrf"
    assert delta.difference < 0
    assert delta.p_value is not None
    assert delta.agreement is not None
    assert delta.agreement > 0.9


# --- one object


def test_text_json_and_exit_code_of_a_failed_gate() -> None:
    result = evaluate_gate(RUN, policy("chrf>=70", "segments>=1", "bleu>=1", informational=["bleu"]))
    assert result.exit_code == 1
    assert result.line == "GATE FAILED (1 of 2, 1 informational)"
    lines = result.text().splitlines()
    assert [line[0] for line in lines] == ["✗", "✓", "○", "G"]
    assert lines[0].split() == ["✗", "chrf", "60", "[58,", "62]", ">=70", "40", "segments"]
    found = result.to_json()
    assert (found["passed"], found["exit_code"], found["line"]) == (False, 1, result.line)
    assert found["verdicts"][0]["rule"] == "chrf>=70"
    assert result.apply_to(RUN).verdicts == result.verdicts


def test_text_of_a_passed_gate() -> None:
    result = evaluate_gate(RUN, policy("chrf>=50"))
    assert (result.exit_code, result.line) == (0, "GATE PASSED (1 rule)")
