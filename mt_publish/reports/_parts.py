"""What several report formats take from a run: verdicts, score rows, findings in order, mentions of terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from mt_publish.types import Finding, MetricScore, Run, RunDocument, Segment, Severity, Translation, Verdict


class Change(Protocol):
    """How a metric changed against the baseline; `quality.gate.Delta` is one."""

    @property
    def metric(self) -> str: ...
    @property
    def difference(self) -> float: ...
    @property
    def p_value(self) -> float | None: ...
    @property
    def agreement(self) -> float | None: ...


class Gate(Protocol):
    """The verdict on a run; `quality.gate.GateResult` is one."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]: ...
    @property
    def outcome(self) -> Literal["passed", "failed", "undecided"]: ...
    @property
    def passed(self) -> bool: ...
    @property
    def exit_code(self) -> int: ...
    @property
    def line(self) -> str: ...
    @property
    def deltas(self) -> Sequence[Change]: ...


class RuleText(Protocol):
    """What a rule code means; `quality.rules.Rule` is one."""

    @property
    def name(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def explanation(self) -> str: ...
    @property
    def text(self) -> str: ...


Rules = Mapping[str, RuleText]

_SURROGATES = re.compile("[\ud800-\udfff]")

SIGNIFICANT = 0.05
"""A p-value from here on is called not significant in reports; what a gate counts, its policy says."""

_LABELS = {
    "bleu": "BLEU",
    "chrf": "chrF",
    "chrf++": "chrF++",
    "ter": "TER",
    "terms.accuracy": "Glossary names right",
    "terms.exact": "Names in their main form",
    "terms.consistency": "Names the same throughout",
    "terms.source_left": "Names left untranslated",
    "terms.overgenerated": "Names added",
    "terms.window": "Words beside names right",
    "qe.mean": "Estimated quality, mean",
    "qe.p10": "Estimated quality, lowest tenth",
    "qe.low": "Segments with a low estimate",
}


_MEANINGS = {
    "bleu": "word sequences shared with the human translation, 0 to 100",
    "chrf": "letter sequences shared with the human translation, 0 to 100",
    "chrf++": "letter and word sequences shared with the human translation, 0 to 100",
    "ter": "edits that would turn the translation into the human one, per 100 words",
    "terms.accuracy": "mentions of enforced names in a form that the glossary accepts",
    "terms.exact": "mentions rendered by the glossary's first form, uninflected",
    "terms.consistency": "names that come twice or more and are rendered alike",
    "terms.source_left": "mentions where the source word was left standing",
    "terms.overgenerated": "renderings of names beyond what the source mentions",
    "terms.window": "neighbouring words that the human translation has too",
}

_COUNTED = {
    "segments": "Sentences",
    "documents": "Documents",
    "untranslated": "Sentences without a translation",
    "truncated": "Sentences that the engine cut off",
    "error": "Errors found by the checks",
    "warning": "Warnings of the checks",
    "info": "Notes of the checks",
}

_COMPARED = {">=": "at least", "<=": "at most", "==": "exactly", "!=": "not", ">": "more than", "<": "less than"}

_RULE = re.compile(r"([A-Za-z][\w.+]*)(>=|<=|==|!=|>|<)(\S+)")


def meaning(name: str) -> str:
    """What a score counts, in a few words; "" for a name that is not known here."""
    return _MEANINGS.get(name, "")


def rule_words(rule: str, rules: Rules | None = None) -> str:
    """A rule of the gate in words: "Errors found by the checks: exactly 0"; "" for one that is not known here."""
    found = _RULE.fullmatch(rule)
    if found is None:
        return ""
    name, sign, value = found.groups()
    metric = name.removesuffix(".delta")
    code = metric.removeprefix("checks.")
    what = _LABELS.get(metric) or _COUNTED.get(code)
    if what is None and code.startswith("MTP"):
        known = rules.get(code) if rules is not None else None
        what = f"Findings of {code}" + (f" ({known.name.replace('-', ' ')})" if known is not None else "")
    if what is None:
        return ""
    if name != metric:
        what = f"{what}, change against the baseline"
    return f"{what}: {_COMPARED[sign]} {value.replace('-', '−')}"


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A headline score with its change against the baseline.

    Args:
        score: The score.
        label: Its name for people.
        change: Score minus baseline, None without one.
        p_value: Of the paired test, if there was one.
        agreement: Share of human rankings that agree with such a difference, if known.
    """

    score: MetricScore
    label: str
    change: float | None = None
    p_value: float | None = None
    agreement: float | None = None

    @property
    def better(self) -> bool | None:
        """Whether the change is an improvement; None without a change, or when a test finds it not significant."""
        if not self.change or (self.p_value is not None and self.p_value >= SIGNIFICANT):
            return None
        return (self.change > 0) == self.score.higher_is_better

    @property
    def change_text(self) -> str:
        """The change in words: "better: +1.9 (p = 0.003); people agree with such a difference in 82 % of cases"."""
        if self.change is None:
            return ""
        if not self.change:
            return "same as the baseline"
        digits = 2 if self.score.scale > 1 else 3
        words = {True: "better than", False: "worse than", None: "against"}
        text = f"{words[self.better]} the baseline: {self.change:+.{digits}f}".replace("-", "−")
        if self.p_value is not None:
            text += f" (p = {self.p_value:.3f}{'' if self.p_value < SIGNIFICANT else ', not significant'})"
        if self.agreement is not None and self.better is not None:
            text += f"; people agree with such a difference in {self.agreement * 100:.0f} % of cases"
        return text


@dataclass(frozen=True, slots=True)
class Place:
    """A finding with the document, segment and translation it belongs to."""

    finding: Finding
    document: RunDocument
    segment: Segment | None
    translation: Translation | None

    @property
    def path(self) -> str:
        """Path of the source file."""
        return self.finding.path or self.document.path

    @property
    def line(self) -> int:
        """1-based line in the source file, at least 1."""
        return max(1, self.finding.line or (self.segment.line if self.segment else 1))


def verdicts_of(run: Run, gate: Gate | None) -> tuple[Verdict, ...]:
    """The gate's verdicts, else those the run carries."""
    return gate.verdicts if gate is not None else run.verdicts


def verdict_line(run: Run, gate: Gate | None) -> str | None:
    """The gate's verdict line, or None when the run was not judged in this report."""
    return gate.line if gate is not None else None


def encodable(text: str) -> str:
    """`text` that UTF-8 can hold: lone surrogates (bytes that were no UTF-8 in a source file) become U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def sign(verdict: Verdict) -> str:
    """✓ holds, ✗ fails the gate, ? was not measured and keeps it shut, ○ does not hold but is informational."""
    if verdict.passed:
        return "✓"
    return "○" if verdict.informational else "?" if verdict.observed is None else "✗"


def number(value: float | None, scale: float = 100.0) -> str:
    """A value for people: two decimals, three for fractions, whole numbers plain; "not measured" for None."""
    if value is None:
        return "not measured"
    if value != value:
        return "undefined"
    if scale <= 1 or (abs(value) < 1 and value != int(value)):
        return f"{value:.3f}".replace("-", "−")
    text = str(int(value)) if value == int(value) else f"{value:.2f}"
    return text.replace("-", "−")


def points(value: float, scale: float = 100.0) -> str:
    """A score for people: two decimals on a scale of 100, three on a scale of 1."""
    return "undefined" if value != value else f"{value:.{2 if scale > 1 else 3}f}".replace("-", "−")


def share(value: float, scale: float = 100.0) -> str:
    """A score for people who do not think in fractions: as `points`, but a share of 1 as "95.2 %"."""
    return f"{100 * value:.1f} %" if scale == 1 and value == value else points(value, scale)


def score_rows(run: Run, gate: Gate | None, baseline: Run | None) -> tuple[ScoreRow, ...]:
    """The scores of a run with what is known of their change.

    The gate compares the segments that both runs share; without a gate the change is the difference of two scores with one signature.
    With neither it is what `evaluate --baseline` found, against the first of its baselines.
    """
    changes = {change.metric: change for change in gate.deltas} if gate is not None else {}
    noted = {} if changes or baseline is not None else compared_before(run)[1]
    old = {score.name: score for score in baseline.scores} if baseline is not None and gate is None else {}
    rows = []
    for score in run.scores:
        label = _LABELS.get(score.name, score.name)
        change = changes.get(score.name)
        if change is not None:
            rows.append(ScoreRow(score, label, change.difference, change.p_value, change.agreement))
        elif score.name in old and old[score.name].signature == score.signature:
            rows.append(ScoreRow(score, label, score.value - old[score.name].value))
        elif score.name in noted:
            rows.append(ScoreRow(score, label, *noted[score.name]))
        else:
            rows.append(ScoreRow(score, label))
    return tuple(rows)


def compared_before(run: Run) -> tuple[str, dict[str, tuple[float, float | None, float | None]]]:
    """The first baseline that `evaluate` compared the run with, and by metric the difference, its p-value and agreement."""
    found = run.manifest.get("comparisons")
    rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list | tuple) else []
    name = str(rows[0].get("baseline", "")) if rows else ""
    changes = {}
    for row in rows:
        difference = _real(row.get("difference"))
        if difference is not None and row.get("baseline") == rows[0].get("baseline"):
            changes[str(row.get("metric"))] = (difference, _real(row.get("p_value")), _real(row.get("human_agreement")))
    return name, changes


def _real(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


@dataclass(frozen=True, slots=True)
class PartTable:
    """The scores of the parts of a run that `evaluate --by` found.

    Args:
        by: What the run was split by: "document", "length" or "term-type".
        metrics: Names of the metrics for people, one a column.
        rows: Name of each part and its scores for people, with their interval if there is one; "" where a part lacks one.
    """

    by: str
    metrics: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def part_table(run: Run) -> PartTable | None:
    """The scores by part that a run holds; None when it was not split, or holds something else there."""
    found = run.manifest.get("parts")
    parts = [part for part in found if isinstance(part, Mapping)] if isinstance(found, list | tuple) else []
    scores = [part["scores"] if isinstance(part.get("scores"), Mapping) else {} for part in parts]
    names = list(dict.fromkeys(name for row in scores for name in row))
    if not names:
        return None
    scales = {score.name: score.scale for score in run.scores}
    rows = []
    for part, row in zip(parts, scores, strict=True):
        intervals = part.get("intervals")
        known = intervals if isinstance(intervals, Mapping) else {}
        cells = (_part_cell(row.get(name), known.get(name), scales.get(name, 100.0)) for name in names)
        rows.append((str(part.get("name", "")), tuple(cells)))
    return PartTable(str(parts[0].get("by", "part")), tuple(metric_label(str(name)) for name in names), tuple(rows))


def _part_cell(value: object, interval: object, scale: float) -> str:
    """A score for people: "41.20 (38.00 to 44.10)"; "" for none."""
    score = _real(value)
    if score is None:
        return ""
    ends = [_real(end) for end in interval] if isinstance(interval, list | tuple) else []
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return share(score, scale)
    return f"{share(score, scale)} ({share(ends[0], scale)} to {share(ends[1], scale)})"


def places(run: Run) -> Iterator[Place]:
    """All findings in document order."""
    for doc in run.documents:
        segments = {segment.id: segment for segment in doc.segments}
        translations = {translation.segment_id: translation for translation in doc.translations}
        for finding in doc.findings:
            key = finding.segment_id or ""
            yield Place(finding, doc, segments.get(key), translations.get(key))


def worst_first(run: Run) -> list[Place]:
    """All findings, errors before warnings before the rest, else in document order."""
    return sorted(places(run), key=lambda place: -place.finding.severity.rank)


def rule_counts(run: Run) -> list[tuple[str, Severity, int]]:
    """(rule, severity, number of findings), worst and most frequent first; a rule has a row for each of its severities."""
    counts = Counter((place.finding.rule, place.finding.severity) for place in places(run))
    rows = [(rule, severity, n) for (rule, severity), n in counts.items()]
    return sorted(rows, key=lambda row: (-row[1].rank, -row[2], row[0]))


def severity_counts(run: Run) -> dict[Severity, int]:
    """Number of findings of each severity."""
    counts = dict.fromkeys(Severity, 0)
    for place in places(run):
        counts[place.finding.severity] += 1
    return counts


def message_of(finding: Finding) -> str:
    """The message with the suggestion, if there is one."""
    return finding.message if finding.suggestion is None else f"{finding.message} (suggestion: {finding.suggestion})"


def size_text(run: Run) -> str:
    """ "2 documents, 42 segments"."""
    documents = len(run.documents)
    segments = sum(len(doc.segments) for doc in run.documents)
    return f"{documents} document{'' if documents == 1 else 's'}, {segments} segment{'' if segments == 1 else 's'}"


def segment_scores(run: Run) -> tuple[str, dict[str, Sequence[float | None]]] | None:
    """The sentence scores that ranking and distribution show: (metric, scores by document path), chrF before others."""
    found = run.manifest.get("segment_scores")
    if not isinstance(found, Mapping):
        return None
    for metric in ("chrf", "chrf++", "bleu", "qe", *found):
        by_path = found.get(metric)
        if isinstance(by_path, Mapping):
            return metric, {str(path): scores for path, scores in by_path.items() if isinstance(scores, list | tuple)}
    return None


def counted(score: MetricScore) -> str:
    """What a score is over, for people: 48 mentions."""
    what = "segments"
    if score.name.startswith("terms."):
        what = "renderings" if score.name == "terms.overgenerated" else "mentions"
    return f"{score.segments} {what}"


def metric_label(name: str) -> str:
    """Name of a metric for people."""
    return _LABELS.get(name, name)
