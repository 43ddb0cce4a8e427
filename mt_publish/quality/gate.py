"""The gate: a policy of threshold rules, a run, and one verdict that the text, the JSON and the exit code are read off.

A rule is an expression over what a run measured: `chrf>=58`, `terms.accuracy>=0.995`, `bleu.delta>=-0.5`,
`checks.error==0`. Three principles keep the answer trustworthy:

- What was not measured does not pass. A missing reference, a check that did not run, too few segments or an absent
  baseline leave the gate undecided, and shut, unless the policy calls the rule informational. So does a run without text.
- A drop fails only when it is real: below its threshold *and* significant in a paired test on the shared segments.
- A misspelt rule is an error before anything is judged, never a rule that silently holds.
"""

from __future__ import annotations

import operator
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mt_publish.errors import ConfigError
from mt_publish.quality.ignores import silenced
from mt_publish.quality.rules import GROUPS, RULES, is_selected
from mt_publish.types import MetricScore, Run, RunDocument, Verdict

if TYPE_CHECKING:
    from mt_publish.quality.significance import PairedResult, Test

CORPUS_METRICS = ("bleu", "chrf", "chrf++", "ter")
"""Scores against references; `min_segments` applies to them and to their differences."""

OTHER_METRICS = (
    "terms.accuracy",
    "terms.exact",
    "terms.consistency",
    "terms.source_left",
    "terms.overgenerated",
    "terms.window",
    "qe.mean",
    "qe.p10",
    "qe.low",
)
"""Scores of a run by other means; they may be compared with a baseline too."""

COUNTS = (
    "checks.error",
    "checks.warning",
    "checks.info",
    "segments",
    "documents",
    "untranslated",
    "truncated",
)
"""Counts that every run has; `checks.MTP301` and `checks.MTP3` count the findings of a rule or group."""

_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_EXPRESSION = re.compile(r"\s*([A-Za-z][\w.+]*)\s*(>=|<=|==|!=|>|<)\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*")
_MISTYPED = re.compile(r"\s*([A-Za-z][\w.+]*)\s*([<>=!≥≤≠]{1,3})\s*([+-]?\d*[.,]?\d+)\s*(%?)\s*")
_MEANT = {"=>": ">=", "=<": "<=", "=": "==", "===": "==", "<>": "!=", "=!": "!=", "≥": ">=", "≤": "<=", "≠": "!="}
_HIGHEST = {"bleu": 100, "chrf": 100, "chrf++": 100} | dict.fromkeys(OTHER_METRICS, 1)
_RULE_CODE = re.compile(r"checks\.(MTP\d{1,3})")


@dataclass(frozen=True, slots=True)
class Threshold:
    """One rule of a policy, taken apart.

    Args:
        rule: The expression without spaces, "chrf>=58".
        name: What is measured, "chrf" or "chrf.delta".
        sign: One of >= <= == != > <.
        value: The number to compare with.
        informational: True when the rule is shown but cannot fail the gate.
    """

    rule: str
    name: str
    sign: str
    value: float
    informational: bool = False

    @property
    def metric(self) -> str:
        """The name without ".delta"."""
        return self.name.removesuffix(".delta")

    @property
    def is_delta(self) -> bool:
        """Whether the rule is on a difference from the baseline."""
        return self.name.endswith(".delta")

    def holds(self, observed: float) -> bool:
        """Whether `observed` satisfies the expression."""
        return _OPERATORS[self.sign](observed, self.value)


@dataclass(frozen=True, slots=True)
class Significance:
    """The test that a drop must pass to count.

    Args:
        test: "bs" paired bootstrap, "ar" approximate randomisation, "none" when any drop counts.
        n: Resamples or trials.
        alpha: A drop with a p-value below this is significant.
        seed: Seed of the test.
    """

    test: Literal["bs", "ar", "none"] = "bs"
    n: int = 1000
    alpha: float = 0.05
    seed: int = 12345


@dataclass(frozen=True, slots=True)
class Policy:
    """What a release must fulfil.

    Args:
        thresholds: The rules, in the order of the file.
        baseline: "auto" (the last released run of the same documents), a path of a run, or None for no comparison.
        missing_baseline: What becomes of `.delta` rules when "auto" finds no run, as on a first release: "fail", or
            "skip" to show them without effect.
        significance: The test for drops.
        min_segments: A corpus score on fewer segments counts as not measured.
        where: File the policy came from, for messages.
    """

    thresholds: tuple[Threshold, ...]
    baseline: str | None = None
    missing_baseline: Literal["fail", "skip"] = "fail"
    significance: Significance = Significance()
    min_segments: int = 0
    where: str = ""

    @property
    def needs_baseline(self) -> bool:
        """Whether any rule compares with a baseline."""
        return any(threshold.is_delta for threshold in self.thresholds)


@dataclass(frozen=True, slots=True)
class Delta:
    """How a metric changed against the baseline, for people.

    Args:
        metric: Name of the metric.
        value: This run's score on the shared segments.
        baseline_value: The baseline's score on them.
        segments: Number of segments both runs share.
        p_value: Two-sided p-value of the paired test; None when there was none to do.
        interval: Bootstrap interval of the difference, if any.
        agreement: Share of human rankings that agree with a difference of this size (see `thresholds`), if known.
    """

    metric: str
    value: float
    baseline_value: float
    segments: int
    p_value: float | None = None
    interval: tuple[float, float] | None = None
    agreement: float | None = None

    @property
    def difference(self) -> float:
        """This run minus the baseline."""
        return self.value - self.baseline_value


Outcome = Literal["passed", "failed", "undecided"]


class _Judged:
    """What has an outcome, and what follows from it."""

    __slots__ = ()

    @property
    def outcome(self) -> Outcome:
        raise NotImplementedError

    @property
    def passed(self) -> bool:
        """Whether all that was judged may go out."""
        return self.outcome == "passed"

    @property
    def exit_code(self) -> int:
        """0 when passed, else 1: an undecided gate stays shut."""
        return 0 if self.passed else 1


@dataclass(frozen=True, slots=True)
class GateResult(_Judged):
    """The verdict on a run. Everything said about it (line, table, JSON, exit code) is derived from `outcome`.

    Args:
        verdicts: One a rule, in the order of the policy.
        deltas: Changes against the baseline, empty without one.
        baseline_id: Id of the baseline run, None without one.
        run_id: Id of the run that was judged.
        empty: Whether the run has no segment at all; such a run never passes, whatever the rules say.
    """

    verdicts: tuple[Verdict, ...]
    deltas: tuple[Delta, ...] = ()
    baseline_id: str | None = None
    run_id: str = ""
    empty: bool = False

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The rules that were measured, do not hold and are not informational."""
        return tuple(v for v in self.verdicts if not v.passed and not v.informational and v.observed is not None)

    @property
    def unmeasured(self) -> tuple[Verdict, ...]:
        """The rules that could not be judged and are not informational."""
        return tuple(v for v in self.verdicts if not v.passed and not v.informational and v.observed is None)

    @property
    def outcome(self) -> Outcome:
        """ "failed" when a measured rule does not hold; "passed" when every required rule was measured and holds.

        "undecided" is all between: a required rule was not measured, no rule is required, or there is no text.
        """
        if self.failed:
            return "failed"
        required = any(not v.informational for v in self.verdicts)
        return "passed" if required and not self.unmeasured and not self.empty else "undecided"

    @property
    def line(self) -> str:
        """The verdict in one line: "GATE PASSED (4 rules)", "GATE FAILED (1 of 4)", "GATE UNDECIDED (2 of 4 not measured)"."""
        required = sum(not v.informational for v in self.verdicts)
        noted = len(self.verdicts) - required
        more = f", {noted} informational" if noted else ""
        if self.outcome == "passed":
            return f"GATE PASSED ({required} rule{'' if required == 1 else 's'}{more})"
        if self.outcome == "failed":
            unknown = f", {len(self.unmeasured)} not measured" if self.unmeasured else ""
            return f"GATE FAILED ({len(self.failed)} of {required}{unknown}{more})"
        if self.empty:
            return "GATE UNDECIDED (there is no text to judge)"
        if not required:
            return f"GATE UNDECIDED (no rule counts{more})"
        return f"GATE UNDECIDED ({len(self.unmeasured)} of {required} not measured{more})"

    def table(self) -> str:
        """The verdicts as aligned text, one line a rule: ✓ holds, ✗ fails, ? was not measured, ○ is only shown."""
        rows = [
            (
                verdict_sign(v),
                _rule_name(v.rule),
                "not measured" if v.observed is None else _shown(v.rule, v.observed),
                f"[{number(v.interval[0])}, {number(v.interval[1])}]" if v.interval else "",
                v.rule.removeprefix(_rule_name(v.rule)),
                v.reason,
            )
            for v in self.verdicts
        ]
        widths = [max((len(row[i]) for row in rows), default=0) for i in range(5)]
        return "\n".join(
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[5]]).rstrip()
            for row in rows
        )

    def text(self) -> str:
        """Table and verdict line, as printed."""
        return f"{self.table()}\n{self.line}" if self.verdicts else self.line

    def to_json(self) -> dict[str, Any]:
        """The verdict as JSON; `outcome`, `passed`, `exit_code` and `line` are those of this object."""
        from mt_publish.quality.runs import verdict_to_json

        return {
            "run": self.run_id,
            "baseline": self.baseline_id,
            "outcome": self.outcome,
            "passed": self.passed,
            "exit_code": self.exit_code,
            "line": self.line,
            "verdicts": [verdict_to_json(verdict) for verdict in self.verdicts],
            "deltas": [
                {
                    "metric": delta.metric,
                    "value": delta.value,
                    "baseline": delta.baseline_value,
                    "difference": delta.difference,
                    "segments": delta.segments,
                    "p_value": delta.p_value,
                    "interval": None if delta.interval is None else list(delta.interval),
                    "human_agreement": delta.agreement,
                }
                for delta in self.deltas
            ],
        }

    def apply_to(self, run: Run) -> Run:
        """The run with these verdicts in it, for writing and reporting."""
        return replace(run, verdicts=self.verdicts)


@dataclass(frozen=True, slots=True)
class GateResults(_Judged):
    """The verdicts on several runs, judged one after another: all must pass.

    Args:
        results: Name of each run, as the user gave it, and the verdict on it; at least one.
    """

    results: tuple[tuple[str, GateResult], ...]

    @property
    def outcome(self) -> Outcome:
        """The worst of all: "failed" before "undecided" before "passed"."""
        found = {result.outcome for _, result in self.results}
        return "failed" if "failed" in found else "undecided" if "undecided" in found or not found else "passed"

    @property
    def line(self) -> str:
        """The verdict on all in one line: "ALL GATES: PASSED (3 runs)", "ALL GATES: FAILED (1 failed, 2 passed)"."""
        counts = {kind: sum(r.outcome == kind for _, r in self.results) for kind in ("failed", "undecided", "passed")}
        if self.passed:
            return f"ALL GATES: PASSED ({len(self.results)} run{'' if len(self.results) == 1 else 's'})"
        return f"ALL GATES: {self.outcome.upper()} ({', '.join(f'{n} {kind}' for kind, n in counts.items() if n)})"

    def text(self) -> str:
        """Each run's table and line under its name, then the line on all, as printed."""
        return "\n\n".join([*(f"{name}\n{result.text()}" for name, result in self.results), self.line])

    def to_json(self) -> dict[str, Any]:
        """The verdicts as JSON: those of the runs in `gates`, and what follows from them."""
        return {
            "outcome": self.outcome,
            "passed": self.passed,
            "exit_code": self.exit_code,
            "line": self.line,
            "gates": [{"name": name, **result.to_json()} for name, result in self.results],
        }


def verdict_sign(verdict: Verdict) -> str:
    """✓ holds, ✗ fails the gate, ? was not measured and keeps it shut, ○ does not hold but is informational."""
    if verdict.passed:
        return "✓"
    return "○" if verdict.informational else "?" if verdict.observed is None else "✗"


def number(value: float) -> str:
    """A measured value for people: whole numbers plain, shares with three decimals, points with one or two."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value)) if abs(value) > 1 or value == 0 else f"{value:.3f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"


def _shown(rule: str, value: float) -> str:
    """What was observed, for people: counts are whole numbers, also 1."""
    name = _rule_name(rule)
    return str(int(value)) if name in COUNTS or name.startswith("checks.") else number(value)


def _rule_name(rule: str) -> str:
    found = _EXPRESSION.fullmatch(rule)
    return found[1] if found else rule


# --- policies -------------------------------------------------------------------------------------------------------


def parse_threshold(expression: object, *, where: str | None = None, informational: bool = False) -> Threshold:
    """A rule from its expression.

    Args:
        expression: "name operator number", as in "chrf>=58"; spaces are allowed.
        where: The policy's file, for messages.
        informational: Whether the rule is only shown.

    Raises:
        ConfigError: Not such an expression, a name that nothing measures, or a number out of reach.
    """
    found = _EXPRESSION.fullmatch(expression) if isinstance(expression, str) else None
    if found is None:
        meant = _meant(expression) if isinstance(expression, str) else ""
        raise ConfigError(
            f"{expression!r} is not a threshold",
            where=where,
            remedy=f"Did you mean {meant}?" if meant else 'Write "name operator number", as in "chrf>=58"',
        )
    name, sign, value = found.groups()
    name = check_name(name, where=where)
    highest = _HIGHEST.get(name)
    if highest is not None and not 0 <= float(value) <= highest:
        share = highest == 1 and 1 < float(value) <= 100
        raise ConfigError(
            f"{expression!r} compares with a number that {name} cannot reach; it lies between 0 and {highest}",
            where=where,
            remedy=f"Did you mean {name}{sign}{float(value) / 100:g}?" if share else None,
        )
    return Threshold(f"{name}{sign}{value}", name, sign, float(value), informational)


def _meant(expression: str) -> str:
    """The threshold that somebody who wrote `expression` had in mind; "" when there is no telling."""
    found = _MISTYPED.fullmatch(expression)
    if found is None:
        return ""
    name, sign, value, percent = found.groups()
    sign, number = _MEANT.get(sign, sign), float(value.replace(",", "."))
    if percent and _HIGHEST.get(name.lower()) == 1:
        number /= 100
    return f"{name}{sign}{number:g}" if sign in _OPERATORS else ""


def check_name(name: str, *, where: str | None = None) -> str:
    """`name` as rules spell it.

    Raises:
        ConfigError: Nothing measures it; a near name is suggested.
    """
    metric, dot, delta = name.partition(".delta")
    if name.startswith("checks."):
        code = name.removeprefix("checks.").upper()
        if code in RULES or code in GROUPS:
            return f"checks.{code}"
    lower = name.lower()
    if dot and not delta and metric.lower() in CORPUS_METRICS + OTHER_METRICS:
        return lower
    if lower in CORPUS_METRICS + OTHER_METRICS + COUNTS:
        return lower
    known = [*CORPUS_METRICS, *OTHER_METRICS, *COUNTS]
    known += [f"{metric}.delta" for metric in CORPUS_METRICS + OTHER_METRICS]
    known += [f"checks.{code}" for code in (*RULES, *GROUPS)]
    close = get_close_matches(name, known, 1, 0.5)
    if dot and not delta:
        raise ConfigError(
            f"{name} cannot be compared with a baseline", where=where, remedy="Use a metric before .delta"
        )
    raise ConfigError(
        f"nothing measures {name!r}",
        where=where,
        remedy=f"Did you mean {close[0]}?" if close else f"Known names: {', '.join(known[:16])}, checks.MTP…",
    )


_POLICY_KEYS = (
    "thresholds",
    "baseline",
    "missing_baseline",
    "significance",
    "min_segments",
    "informational",
    "blocking",
)
_SIGNIFICANCE_KEYS = ("test", "n", "alpha", "seed")


def parse_policy(value: Mapping[str, Any], *, where: str = "") -> Policy:
    """A policy from a parsed table: the top level of a policy file, or `[gate]` of a configuration.

    Raises:
        ConfigError: Unknown key, wrong type, misspelt threshold, no threshold that decides, the same threshold twice, or `.delta`
            rules with `baseline = "none"`.
    """
    place = where or None
    if set(value) == {"gate"}:
        value = _table(value["gate"], "gate", place)
    _known_keys(value, _POLICY_KEYS, "", place)
    noted = _texts(value.get("informational", []), "informational", place)
    rules = [parse_threshold(rule, where=place) for rule in _texts(value.get("thresholds", []), "thresholds", place)]
    if not rules:
        raise ConfigError("the policy has no thresholds, so it could never fail", where=place)
    names = {rule.name for rule in rules} | {rule.rule for rule in rules}
    marked: set[str] = set()
    for item in noted:
        name = parse_threshold(item, where=place).rule if _EXPRESSION.fullmatch(item) else check_name(item, where=place)
        if name not in names:
            raise ConfigError(f"informational names {item!r}, which no threshold uses", where=place)
        marked.add(name)
    # An estimate ranks segments for reviewers; it decides only where the policy says so.
    blocking = {check_name(item, where=place) for item in _texts(value.get("blocking", []), "blocking", place)}
    for item in sorted(blocking):
        if not item.startswith("qe.") or item not in {rule.name for rule in rules}:
            raise ConfigError(f"blocking names {item!r}, which is no threshold on an estimate (qe.…)", where=place)
    marked |= {rule.name for rule in rules if rule.name.startswith("qe.") and rule.name not in blocking}
    thresholds = tuple(replace(r, informational=r.name in marked or r.rule in marked) for r in rules)
    if all(r.informational for r in thresholds):
        raise ConfigError(
            "every threshold is informational, so none decides",
            where=place,
            remedy="Take one off the list informational, or name an estimate in the list blocking",
        )
    if len({r.rule for r in thresholds}) < len(thresholds):
        raise ConfigError("a threshold stands twice in the policy", where=place)
    baseline = value.get("baseline")
    if baseline is not None and (not isinstance(baseline, str) or not baseline):
        raise ConfigError("baseline must be text", where=place, remedy='Use "auto", "none" or the path of a run')
    baseline = None if baseline in (None, "none") else baseline
    if baseline is None and value.get("baseline") == "none" and any(r.is_delta for r in thresholds):
        raise ConfigError('a .delta threshold needs a baseline, but baseline is "none"', where=place)
    missing = value.get("missing_baseline", "fail")
    if missing not in ("fail", "skip"):
        raise ConfigError(f"missing_baseline is {missing!r}", where=place, remedy='Use "fail" or "skip"')
    minimum = value.get("min_segments", 0)
    if not isinstance(minimum, int) or isinstance(minimum, bool) or minimum < 0:
        raise ConfigError("min_segments must be a whole number of at least 0", where=place)
    return Policy(
        thresholds=thresholds,
        baseline=baseline,
        missing_baseline=missing,
        significance=_significance(value.get("significance", {}), place),
        min_segments=minimum,
        where=where,
    )


def read_policy(path: str | os.PathLike[str]) -> Policy:
    """The policy in a TOML file: its keys at the top level or under `[gate]`.

    Raises:
        ConfigError: The file is missing, not TOML, or not a policy.
    """
    where = os.fspath(path)
    try:
        value = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"the policy cannot be read: {error.strerror}", where=where) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"the policy is not TOML: {error}", where=where) from error
    return parse_policy(value, where=where)


def _significance(value: object, where: str | None) -> Significance:
    if value in ("none", False):
        return Significance(test="none")
    table = _table(value, "significance", where)
    _known_keys(table, _SIGNIFICANCE_KEYS, "significance.", where)
    test = table.get("test", "bs")
    if test not in ("bs", "ar", "none"):
        raise ConfigError(f"significance.test is {test!r}", where=where, remedy='Use "bs", "ar" or "none"')
    n = table.get("n", 10000 if test == "ar" else 1000)
    if not isinstance(n, int) or isinstance(n, bool) or n < 100:
        raise ConfigError("significance.n must be a whole number of at least 100", where=where)
    alpha = table.get("alpha", 0.05)
    if not isinstance(alpha, int | float) or isinstance(alpha, bool) or not 0 < alpha < 1:
        raise ConfigError("significance.alpha must lie between 0 and 1", where=where)
    if test != "none" and alpha <= 1 / (n + 1):
        raise ConfigError(
            f"no p-value of {n} samples is below significance.alpha = {alpha:g}, so no drop would ever count",
            where=where,
            remedy=f"Raise significance.n to {ceil(1 / alpha)} or more",
        )
    seed = table.get("seed", 12345)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise ConfigError("significance.seed must be a whole number of at least 0", where=where)
    return Significance(test=test, n=n, alpha=float(alpha), seed=seed)


def _table(value: object, name: str, where: str | None) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} must be a table", where=where)
    return value


def _texts(value: object, name: str, where: str | None) -> Sequence[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{name} must be a list of texts", where=where)
    return value


def _known_keys(value: Mapping[str, Any], known: Iterable[str], prefix: str, where: str | None) -> None:
    known = tuple(known)
    for key in value:
        if key not in known:
            close = get_close_matches(key, known, 1)
            hint = f"Did you mean {prefix}{close[0]}?" if close else f"Known keys: {', '.join(known)}"
            raise ConfigError(f"unknown key {prefix}{key!s} in the policy", where=where, remedy=hint)


# --- judging --------------------------------------------------------------------------------------------------------


def evaluate_gate(run: Run, policy: Policy, *, baseline: Run | None = None) -> GateResult:
    """Judges a run by a policy.

    Args:
        run: The run; scores are read from it, counts are taken from its documents and findings.
        policy: The rules.
        baseline: The run to compare with, already found for `baseline = "auto"`; None when there is none.

    Returns:
        The one object behind verdict line, table, JSON and exit code.
    """
    deltas: dict[str, Delta | str] = {}
    if baseline is not None:
        # Everything comparable is compared, so that reports can show it; only rules on it can fail.
        wanted = {t.metric for t in policy.thresholds if t.is_delta} | {score.name for score in run.scores}
        deltas = _compare(run, baseline, sorted(wanted), policy)
    verdicts = tuple(_judge(threshold, run, policy, baseline, deltas) for threshold in policy.thresholds)
    return GateResult(
        verdicts=verdicts,
        deltas=tuple(delta for delta in deltas.values() if isinstance(delta, Delta)),
        baseline_id=None if baseline is None else baseline.id,
        run_id=run.id,
        empty=not any(doc.segments for doc in run.documents),
    )


def _judge(
    threshold: Threshold, run: Run, policy: Policy, baseline: Run | None, deltas: Mapping[str, Delta | str]
) -> Verdict:
    if threshold.is_delta:
        return _judge_delta(threshold, policy, baseline, deltas)
    observed, interval, reason = _observe(threshold.name, run, policy)
    if observed is None:
        return _unmeasured(threshold, reason)
    return Verdict(
        rule=threshold.rule,
        observed=observed,
        threshold=threshold.value,
        passed=threshold.holds(observed),
        reason=reason,
        informational=threshold.informational,
        interval=interval,
    )


def _unmeasured(threshold: Threshold, reason: str, *, informational: bool = False) -> Verdict:
    return Verdict(
        rule=threshold.rule,
        observed=None,
        threshold=threshold.value,
        passed=False,
        reason=f"not measured: {reason}",
        informational=threshold.informational or informational,
    )


def _observe(name: str, run: Run, policy: Policy) -> tuple[float | None, tuple[float, float] | None, str]:
    """(value, interval, reason); without a value the reason says why there is none."""
    total = sum(len(doc.segments) for doc in run.documents)
    if name == "segments":
        return float(total), None, ""
    if name == "documents":
        return float(len(run.documents)), None, ""
    if total == 0:
        return None, None, "the run has no segments"
    if name in CORPUS_METRICS or name in OTHER_METRICS:
        score = _score(run, name)
        if score is None:
            hint = "; evaluate against references first" if name in CORPUS_METRICS else ""
            return None, None, f"the run has no score {name}{hint}"
        if score.value != score.value:
            return None, None, f"{name} is undefined for this run"
        if name in CORPUS_METRICS and score.segments < policy.min_segments:
            return None, None, f"{score.segments} segments, the policy wants at least {policy.min_segments}"
        if name in CORPUS_METRICS:
            return score.value, score.interval, f"{score.segments} segments"
        nothing = name.startswith("terms.") and score.segments == 0
        return score.value, score.interval, "no glossary term occurs" if nothing else ""
    if name == "untranslated":
        return float(_untranslated(run)), None, ""
    if name == "truncated":
        return float(sum(t.truncated for doc in run.documents for t in doc.translations)), None, ""
    wanted = name.removeprefix("checks.")
    missing = _unchecked(run, wanted)
    if missing:
        return None, None, missing
    findings = [finding for doc in run.documents for finding in doc.findings]
    if code := _RULE_CODE.fullmatch(name):
        hits = [finding for finding in findings if finding.rule.startswith(code[1])]
    else:
        hits = [finding for finding in findings if finding.severity == wanted]
    rules = sorted({finding.rule for finding in hits})
    shown = ", ".join(rules[:5]) + (" …" if len(rules) > 5 else "")
    return float(len(hits)), None, "" if wanted in rules else shown


def _unchecked(run: Run, wanted: str) -> str:
    """Why findings of a rule (or severity) say nothing about this run; "" when the checks ran.

    `manifest["checks"]` lists the rules or prefixes that were checked. Runs of `translate` and `check` that do not say
    have checked everything; other runs that do not say have checked nothing.
    """
    checked = run.manifest.get("checks")
    if checked is True or (checked is None and run.command in ("translate", "check")):
        return _left_out(run, wanted)
    if not isinstance(checked, list | tuple) or not checked:
        return "the checks did not run"
    prefixes = tuple(str(prefix) for prefix in checked)
    if wanted in RULES and not wanted.startswith(prefixes):
        return f"{wanted} was not among the checks"
    if wanted in GROUPS and not any(code.startswith(prefixes) for code in RULES if code.startswith(wanted)):
        return f"no rule of {wanted} was among the checks"
    return ""


def _left_out(run: Run, wanted: str) -> str:
    """Why no rule that `wanted` (rule, group or severity) counts was looked at, by the settings of the run; "" if one was."""
    settings = run.manifest.get("settings")
    if not isinstance(settings, Mapping):
        return ""
    select, ignore = (
        [prefix for prefix in settings.get(f"checks.{name}") or () if isinstance(prefix, str)]
        for name in ("select", "ignore")
    )
    counted = [code for code, rule in RULES.items() if code.startswith(wanted) or rule.severity == wanted]
    counted = [code for code in counted if is_selected(code, select, ignore)]
    if not counted:
        return f"the settings of the run leave {wanted} out (checks.select, checks.ignore)"
    per_file = settings.get("checks.per_file_ignores")
    silent = [silenced(path, per_file) for path in _judged(run)] if isinstance(per_file, Mapping) else []
    if silent and all(code.startswith(prefixes) for prefixes in silent for code in counted):
        return f"the settings of the run silence {wanted} in all its files (checks.per_file_ignores)"
    return ""


def _judged(run: Run) -> list[str]:
    """The files whose findings a run has: `check` looks at translations, `translate` at what it is given."""
    return [(doc.output if run.command == "check" else None) or doc.path for doc in run.documents]


def _untranslated(run: Run) -> int:
    """Segments without a translation, or with an empty one. Where the source is not known, a reference says that there was one."""
    missing = 0
    for doc in run.documents:
        targets = {translation.segment_id: translation.target for translation in doc.translations}
        wanted = {
            translation.segment_id
            for translation, refs in zip(doc.translations, doc.references, strict=False)
            if any((ref or "").strip() for ref in refs)
        }
        missing += sum(
            bool(seg.source.strip() or seg.id in wanted) and not targets.get(seg.id, "").strip() for seg in doc.segments
        )
    return missing


def _score(run: Run, name: str) -> MetricScore | None:
    scores: Iterable[MetricScore] = run.scores
    if name.startswith("terms.") and not any(score.name == name for score in run.scores):
        # A count over the run's own mentions, like the counts of findings; `translate` does not write it down.
        from mt_publish.quality.term_scores import run_term_scores

        scores = run_term_scores(run)
    return next((score for score in scores if score.name == name), None)


# --- comparing ------------------------------------------------------------------------------------------------------


def _judge_delta(
    threshold: Threshold, policy: Policy, baseline: Run | None, deltas: Mapping[str, Delta | str]
) -> Verdict:
    if baseline is None:
        skip = policy.baseline == "auto" and policy.missing_baseline == "skip"
        reason = "there is no baseline yet" if policy.baseline == "auto" else "no baseline was given"
        return _unmeasured(threshold, reason, informational=skip)
    found = deltas.get(threshold.metric, "the runs cannot be compared")
    if isinstance(found, str):
        return _unmeasured(threshold, found)
    parts = [f"{number(found.baseline_value)} → {number(found.value)}"]
    passed = threshold.holds(found.difference)
    name = {"bs": "paired bootstrap", "ar": "approximate randomisation"}.get(policy.significance.test, "")
    if found.p_value is not None:
        parts.append(f"{name} p={found.p_value:.3f}, {policy.significance.n} samples")
        if not passed and _tolerates(threshold, found.difference) and found.p_value >= policy.significance.alpha:
            passed = True
            parts.append("not significant, so not counted")
    elif not passed and policy.significance.test != "none":
        parts.append("no significance test is possible, so it counts")
    parts.append(f"{found.segments} shared segments")
    if found.agreement is not None:
        parts.append(f"people agree with such a difference in {found.agreement * 100:.0f} % of cases")
    return Verdict(
        rule=threshold.rule,
        observed=found.difference,
        threshold=threshold.value,
        passed=passed,
        reason=", ".join(parts),
        informational=threshold.informational,
        interval=found.interval,
    )


def _tolerates(threshold: Threshold, difference: float) -> bool:
    """Whether the rule limits a drop (a rise, for TER) and `difference` is one; a demanded gain is never excused."""
    if threshold.sign in (">=", ">"):
        return threshold.value <= 0 and difference < 0
    return threshold.sign in ("<=", "<") and threshold.value >= 0 and difference > 0


def compare_runs(
    run: Run,
    baseline: Run,
    *,
    metrics: Iterable[str] | None = None,
    significance: Significance = Significance(),
) -> tuple[Delta, ...]:
    """How the scores of a run changed against a baseline, with p-values and what people would see of it.

    Args:
        run: The run.
        baseline: The run to compare with.
        metrics: Names of metrics; None for all scores of the run.
        significance: The paired test.

    Returns:
        One change a metric that both runs can give; metrics that cannot be compared are left out.
    """
    return compare_with_baselines(run, [baseline], metrics=metrics, significance=significance)[0]


def compare_with_baselines(
    run: Run,
    baselines: Sequence[Run],
    *,
    metrics: Iterable[str] | None = None,
    significance: Significance = Significance(),
) -> tuple[tuple[Delta, ...], ...]:
    """`compare_runs` against several baselines; what they share is counted and resampled once.

    Args:
        run: The run.
        baselines: The runs to compare with.
        metrics: Names of metrics; None for all scores of the run.
        significance: The paired test.

    Returns:
        The changes against each baseline, in the same order.
    """
    names = sorted({score.name for score in run.scores} if metrics is None else set(metrics))
    policy = Policy((), significance=significance)
    corpus = _compare_corpus(run, baselines, names, policy)
    return tuple(
        tuple(
            delta
            for delta in (found | _compare_others(run, baseline, names, policy)).values()
            if isinstance(delta, Delta)
        )
        for found, baseline in zip(corpus, baselines, strict=True)
    )


def _compare(run: Run, baseline: Run, metrics: Sequence[str], policy: Policy) -> dict[str, Delta | str]:
    """By metric, the change against the baseline, or why there is none."""
    return _compare_corpus(run, [baseline], metrics, policy)[0] | _compare_others(run, baseline, metrics, policy)


def _compare_corpus(
    run: Run, baselines: Sequence[Run], metrics: Sequence[str], policy: Policy
) -> list[dict[str, Delta | str]]:
    """For each baseline, the change of each score against references, or why there is none."""
    from mt_publish.quality.thresholds import human_agreement

    found: list[dict[str, Delta | str]] = [{} for _ in baselines]
    corpus = [metric for metric in metrics if metric in CORPUS_METRICS]
    # Baselines that share the same segments with the run are tested together.
    groups: list[tuple[list[str], list[list[str | None]], dict[str, list[str]]]] = []
    for at, baseline in enumerate(baselines if corpus else ()):
        hyps, base_hyps, refs = shared_segments(run, baseline)
        if not hyps:
            reason = "run and baseline share no segment with the same source and reference"
            if not any(any(doc.references) for doc in baseline.documents):
                reason = "the baseline has no references; evaluate it against the same ones first"
            found[at] = dict.fromkeys(corpus, reason)
        elif len(hyps) < policy.min_segments:
            reason = f"{len(hyps)} shared segments, the policy wants at least {policy.min_segments}"
            found[at] = dict.fromkeys(corpus, reason)
        else:
            group = next((group for group in groups if group[0] == hyps and group[1] == refs), None)
            if group is None:
                group = (hyps, refs, {})
                groups.append(group)
            group[2][str(at)] = base_hyps
    tested = policy.significance.test != "none"
    for hyps, refs, others in groups:
        for result in _paired(hyps, others, refs, corpus, policy.significance):
            found[int(result.baseline)][result.metric] = Delta(
                metric=result.metric,
                value=result.value,
                baseline_value=result.baseline_value,
                segments=result.segments,
                p_value=result.p_value if tested else None,
                interval=result.delta_interval if tested else None,
                agreement=human_agreement(result.metric, result.delta),
            )
    return found


def _compare_others(run: Run, baseline: Run, metrics: Sequence[str], policy: Policy) -> dict[str, Delta | str]:
    """The change of each score by other means on the segments that both runs have, or why there is none."""
    found: dict[str, Delta | str] = {}
    metrics = [metric for metric in metrics if metric not in CORPUS_METRICS]
    if not metrics:
        return found
    ours, theirs = _on_shared(run, baseline)
    if not ours.documents or not theirs.documents:
        return dict.fromkeys(metrics, "run and baseline share no segment with the same source")
    shared = sum(len(doc.segments) for doc in ours.documents)
    if ours is not run and shared < policy.min_segments:
        return dict.fromkeys(metrics, f"{shared} shared segments, the policy wants at least {policy.min_segments}")
    for metric in metrics:
        score, old = _score(ours, metric), _score(theirs, metric)
        if score is None or old is None:
            found[metric] = f"{'the run' if score is None else 'the baseline'} has no score {metric}"
        elif score.value != score.value or old.value != old.value:
            found[metric] = f"{metric} is undefined"
        elif metric.startswith("qe.") and score.signature != old.signature:
            found[metric] = f"{metric} of run and baseline were estimated in different ways, see their signatures"
        else:
            found[metric] = Delta(metric, score.value, old.value, min(score.segments, old.segments))
    return found


def _naming(run: Run, baseline: Run) -> Callable[[RunDocument], str]:
    """What tells documents of two runs apart: their paths, but nothing where each run has only one."""
    single = len(run.documents) == len(baseline.documents) == 1
    return lambda doc: "" if single else doc.path


def _on_shared(run: Run, baseline: Run) -> tuple[Run, Run]:
    """Both runs with the segments that they share, of the same document, id and source, and their scores on these.

    As they are when they have the same segments. Terms and estimates are counted anew; other scores are left out.
    """
    name = _naming(run, baseline)

    def keys(run: Run) -> set[tuple[str, str, str]]:
        return {(name(doc), s.id, s.source) for doc in run.documents for s in doc.segments}

    ours, theirs = keys(run), keys(baseline)
    if ours == theirs:
        return run, baseline
    shared = ours & theirs

    def cut(run: Run) -> Run:
        from mt_publish.quality.estimation import estimate_scores

        documents = []
        for doc in run.documents:
            kept = [i for i, s in enumerate(doc.segments) if (name(doc), s.id, s.source) in shared]
            if not kept:
                continue
            segments = tuple(doc.segments[i] for i in kept)
            ids = {segment.id for segment in segments}
            translations = tuple(t for t in doc.translations if t.segment_id in ids)
            references = tuple(doc.references[i] for i in kept) if doc.references else ()
            documents.append(replace(doc, segments=segments, translations=translations, references=references))
        signature = next((score.signature for score in run.scores if score.name.startswith("qe.")), None)
        scores: tuple[MetricScore, ...] = ()
        if signature is not None:
            scores = estimate_scores([t.estimate for d in documents for t in d.translations], signature=signature)
        return replace(run, documents=tuple(documents), scores=scores)

    return cut(run), cut(baseline)


def _paired(
    hyps: Sequence[str],
    baselines: Mapping[str, Sequence[str]],
    refs: Sequence[Sequence[str | None]],
    metrics: Sequence[str],
    significance: Significance,
) -> tuple[PairedResult, ...]:
    from mt_publish.quality.significance import paired_tests

    test: Test = "bs" if significance.test == "none" else significance.test
    return paired_tests(
        {"run": hyps},
        refs,
        baselines=baselines,
        metrics=metrics,
        test=test,
        n=significance.n,
        seed=significance.seed,
    )


def shared_segments(run: Run, baseline: Run) -> tuple[list[str], list[str], list[list[str | None]]]:
    """Hypotheses of both runs, and the references, for the segments they share.

    A segment is shared when both runs have it under the same path and id, with the same source and references. Two runs
    of one document each are of the same document whatever it is called.

    Returns:
        (hypotheses of `run`, hypotheses of `baseline`, streams of references with None where a segment has fewer).
    """
    name = _naming(run, baseline)
    old: dict[tuple[str, str], tuple[str, tuple[str, ...], str]] = {}
    for doc in baseline.documents:
        targets = {t.segment_id: t.target for t in doc.translations}
        for segment, refs in zip(doc.segments, doc.references, strict=False):
            old[name(doc), segment.id] = (segment.source, refs, targets.get(segment.id, ""))
    hyps: list[str] = []
    base_hyps: list[str] = []
    rows: list[tuple[str, ...]] = []
    for doc in run.documents:
        targets = {t.segment_id: t.target for t in doc.translations}
        for segment, refs in zip(doc.segments, doc.references, strict=False):
            before = old.get((name(doc), segment.id))
            if refs and before is not None and before[:2] == (segment.source, refs):
                hyps.append(targets.get(segment.id, ""))
                base_hyps.append(before[2])
                rows.append(refs)
    width = max((len(refs) for refs in rows), default=0)
    streams: list[list[str | None]] = [[refs[k] if k < len(refs) else None for refs in rows] for k in range(width)]
    return hyps, base_hyps, streams
