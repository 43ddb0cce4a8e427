"""A run for GitHub Actions: annotations on the lines of the source files, and a text for the job's summary page."""

from __future__ import annotations

from mt_publish.reports import markdown
from mt_publish.reports._parts import Gate, Rules, encodable, message_of, verdicts_of, worst_first
from mt_publish.types import Run, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}

_SAID = {False: "does not hold", True: "cannot be judged"}

SUMMARY_LIMIT = 1024 * 1024
"""Bytes that GitHub accepts in $GITHUB_STEP_SUMMARY for one step."""


def render(run: Run, *, gate: Gate | None = None, baseline: Run | None = None, rules: Rules | None = None) -> str:
    """Workflow commands, one a line: failed rules of the gate first, then findings, errors before warnings.

    GitHub shows the first ten errors and ten warnings of a step; that is why the order matters.
    """
    lines = [
        f"::error title={_property('gate ' + v.rule)}::{_data(f'{v.rule} {_SAID[v.observed is None]}. {v.reason}'.rstrip())}"
        for v in verdicts_of(run, gate)
        if not v.passed and not v.informational
    ]
    for place in worst_first(run):
        finding = place.finding
        title = finding.rule
        if rules is not None and finding.rule in rules:
            title = f"{finding.rule} {rules[finding.rule].name}"
        lines.append(
            f"::{_COMMANDS[finding.severity]} file={_property(place.path)},line={place.line},"
            f"title={_property(title)}::{_data(message_of(finding))}"
        )
    if gate is not None:
        lines.append(_data(gate.line))
    return encodable("".join(f"{line}\n" for line in lines))


def summary(run: Run, *, gate: Gate | None = None, baseline: Run | None = None, rules: Rules | None = None) -> str:
    """Markdown to append to the file that $GITHUB_STEP_SUMMARY names, within its limit."""
    for findings in (200, 50, 0):
        text = markdown.render(run, gate=gate, baseline=baseline, rules=rules, findings=findings)
        if len(text.encode("utf-8", "replace")) <= SUMMARY_LIMIT:
            return text
    return markdown.render(Run(run.id, run.command, {}, (), run.scores), gate=gate, baseline=baseline)


def _data(text: str) -> str:
    """The message of a command: a raw line break would end it, and let text start a command of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """The value of a command's property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
