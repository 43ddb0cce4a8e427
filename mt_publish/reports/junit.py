"""A run as JUnit XML: a suite for the gate, and one a document with a case for each segment that has findings."""

from __future__ import annotations

import re
from html import escape

from mt_publish.reports._parts import Gate, Place, Rules, message_of, number, places, verdicts_of
from mt_publish.types import Run, Severity, Verdict

# XML 1.0 has no way to write these characters, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(run: Run, *, gate: Gate | None = None, baseline: Run | None = None, rules: Rules | None = None) -> str:
    """JUnit XML. An error-level finding is a failure; warnings are the output of a case that passes."""
    suites: list[str] = []
    tests = failures = 0
    if verdicts := verdicts_of(run, gate):
        cases = [_verdict_case(verdict) for verdict in verdicts]
        failed = sum(not v.passed and not v.informational for v in verdicts)
        skipped = sum(not v.passed and v.informational for v in verdicts)
        suites.append(_suite("gate", cases, failed, skipped))
        tests, failures = len(cases), failed
    by_document: dict[str, list[Place]] = {doc.path: [] for doc in run.documents}
    for place in places(run):
        by_document[place.document.path].append(place)
    for path, found in by_document.items():
        cases, failed = _document_cases(path, found)
        suites.append(_suite(path, cases, failed, 0))
        tests, failures = tests + len(cases), failures + failed
    head = f'<testsuites name="mt-publish" tests="{tests}" failures="{failures}" errors="0">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{"".join(suites)}</testsuites>\n'


def _suite(name: str, cases: list[str], failed: int, skipped: int) -> str:
    body = "".join(f"  {case}\n" for case in cases)
    return (
        f' <testsuite name={_attribute(name)} tests="{len(cases)}" failures="{failed}" errors="0" '
        f'skipped="{skipped}">\n{body} </testsuite>\n'
    )


def _verdict_case(verdict: Verdict) -> str:
    head = f'<testcase classname="gate" name={_attribute(verdict.rule)}'
    reason = f"observed {number(verdict.observed)}. {verdict.reason}".rstrip()
    if verdict.passed:
        return f"{head}><system-out>{_text(reason)}</system-out></testcase>"
    if verdict.informational:
        return f"{head}><skipped message={_attribute('informational: ' + reason)}/></testcase>"
    return f'{head}><failure type="gate" message={_attribute(reason)}/></testcase>'


def _document_cases(path: str, found: list[Place]) -> tuple[list[str], int]:
    """The cases of a document; a clean one has a single case, so that it shows up as tested."""
    groups: dict[str, list[Place]] = {}
    for place in found:
        groups.setdefault(place.finding.segment_id or "document", []).append(place)
    if not groups:
        return [f'<testcase classname={_attribute(path)} name="no findings"/>'], 0
    cases, failed = [], 0
    for name, group in groups.items():
        errors = [place for place in group if place.finding.severity is Severity.ERROR]
        rest = [place for place in group if place.finding.severity is not Severity.ERROR]
        # One <failure> a case: readers of JUnit disagree about more.
        body = ""
        if errors:
            failed += 1
            rule = ", ".join(dict.fromkeys(place.finding.rule for place in errors))
            message = message_of(errors[0].finding)
            body += (
                f"<failure type={_attribute(rule)} message={_attribute(message)}>{_text(_details(errors))}</failure>"
            )
        if rest:
            body += f"<system-out>{_text(_details(rest))}</system-out>"
        line = f' line="{group[0].line}"'
        cases.append(
            f"<testcase classname={_attribute(path)} name={_attribute(name)} file={_attribute(group[0].path)}{line}>"
            f"{body}</testcase>"
        )
    return cases, failed


def _details(group: list[Place]) -> str:
    lines = [
        f"{place.path}:{place.line}: {place.finding.rule} {place.finding.severity.value}: {message_of(place.finding)}"
        for place in group
    ]
    if group[0].segment is not None:
        lines.append(f"source: {group[0].segment.source}")
    if group[0].translation is not None:
        lines.append(f"target: {group[0].translation.target}")
    return "\n".join(lines)


def _text(text: str) -> str:
    return escape(_ILLEGAL.sub("\ufffd", text), quote=False)


def _attribute(text: str) -> str:
    # Readers turn raw line breaks and tabs in an attribute into spaces; references keep them.
    escaped = escape(_ILLEGAL.sub("\ufffd", text))
    return '"' + escaped.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;") + '"'
