"""A run as Markdown: for pull requests, job summaries and mail."""

from __future__ import annotations

import re

from mt_publish.reports._parts import (
    Gate,
    Rules,
    counted,
    encodable,
    message_of,
    number,
    part_table,
    points,
    rule_counts,
    score_rows,
    severity_counts,
    sign,
    size_text,
    verdict_line,
    verdicts_of,
    worst_first,
)
from mt_publish.types import Run

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~&@$-])")


def render(
    run: Run, *, gate: Gate | None = None, baseline: Run | None = None, rules: Rules | None = None, findings: int = 50
) -> str:
    """The run as Markdown (GitHub's dialect), at most `findings` findings in full.

    Args:
        run: The run.
        gate: The verdict on it.
        baseline: The run it was compared with.
        rules: The table of rules, for names beside the codes.
        findings: How many findings to list; the rest are counted.
    """
    lines = [f"# Translation report: {escape(verdict_line(run, gate) or run.command)}", ""]
    counts = severity_counts(run)
    said = ", ".join(f"{n} {severity.value}{'' if n == 1 else 's'}" for severity, n in counts.items() if n)
    lines += [f"{size_text(run)}. Findings: {said or 'none'}. Run `{code(run.id)}`.", ""]
    if verdicts := verdicts_of(run, gate):
        lines += ["## Gate", "", "| | rule | observed | 95 % interval | reason |", "|---|---|---:|---|---|"]
        for verdict in verdicts:
            interval = f"{number(verdict.interval[0])} to {number(verdict.interval[1])}" if verdict.interval else ""
            note = "informational. " if verdict.informational else ""
            lines.append(
                f"| {sign(verdict)} | `{code(verdict.rule)}` | {number(verdict.observed)} | {interval} "
                f"| {note}{escape(verdict.reason)} |"
            )
        lines.append("")
    if rows := score_rows(run, gate, baseline):
        lines += ["## Scores", "", "| metric | score | 95 % interval | change | of |", "|---|---:|---|---|---:|"]
        for row in rows:
            score = row.score
            interval = (
                f"{points(score.interval[0], score.scale)} to {points(score.interval[1], score.scale)}"
                if score.interval
                else ""
            )
            lines.append(
                f"| {escape(row.label)} | {points(score.value, score.scale)} | {interval} | {escape(row.change_text)} "
                f"| {counted(score)} |"
            )
        lines.append("")
    if (parts := part_table(run)) is not None:
        header = " | ".join(escape(text) for text in (parts.by, *parts.metrics))
        lines += [f"## Scores by {escape(parts.by)}", "", f"| {header} |", "|---" + "|---:" * len(parts.metrics) + "|"]
        lines += [f"| {escape(name)} | {' | '.join(cells)} |" for name, cells in parts.rows]
        lines.append("")
    if by_rule := rule_counts(run):
        lines += ["## Findings", "", "| rule | severity | findings |", "|---|---|---:|"]
        for rule, severity, n in by_rule:
            name = f" {escape(rules[rule].name)}" if rules is not None and rule in rules else ""
            lines.append(f"| {escape(rule)}{name} | {severity.value} | {n} |")
        lines.append("")
        worst = worst_first(run)
        for place in worst[:findings]:
            finding = place.finding
            lines.append(
                f"- **{escape(finding.rule)}** {finding.severity.value}, {escape(f'{place.path}:{place.line}')}: "
                f"{escape(message_of(finding))}"
            )
        if len(worst) > findings:
            lines.append(f"- and {len(worst) - findings} more")
        lines.append("")
    signatures = [f"- {escape(row.label)}: `{code(row.score.signature)}`" for row in rows if row.score.signature]
    if signatures:
        lines += ["## Signatures", "", *signatures, ""]
    return encodable("\n".join(lines).rstrip("\n") + "\n")


def escape(text: str) -> str:
    """`text` so that Markdown shows it as it is, in one line, in a table as well."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """`text` for inside a code span in a table cell."""
    return " ".join(text.split()).replace("`", "'").replace("|", "\\|")
