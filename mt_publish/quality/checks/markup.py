"""MTP2xx: markup is carried through, no more and no less.

Formats give marks; plain text and tables may have tags and placeholders in the text itself, so both are compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from mt_publish.quality.checks.reading import Case, quote
from mt_publish.types import Finding, Mark, MarkKind, Severity, Span

_TAG = re.compile(r"</?[A-Za-z][\w:-]*(?:\s[^<>\n]{0,300})?/?>")
_PLACEHOLDER = re.compile(
    r"\$\{\w{1,60}\}|\{\{[^{}\n]{1,60}\}\}|\{[^{}\s][^{}\n]{0,60}\}|"
    r"%(?:\(\w{1,60}\))?(?:\d{1,2}\$)?[sdif]\b|(?<!\w)#[A-Z_]{2,40}#"
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_SMILEY = re.compile(r"(?:[:;=]|(?<!\w)[8xX])['’]?-?[()\[\]]+|[()\[\]]-?[:;=](?!\w)")
_LABEL = re.compile(r"(?<![\w(])(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})\)")


def check_marks(case: Case) -> Iterator[Finding]:
    """MTP201, 202, 203, 204 on the marks of the segment and its translation."""
    source, target = case.segment.marks, case.translation.marks
    yield from _lost_and_added(case, source, target)
    yield from _broken(case, source, target)


def _lost_and_added(case: Case, source: Sequence[Mark], target: Sequence[Mark]) -> Iterator[Finding]:
    ours: dict[int, list[Mark]] = {}
    theirs: dict[int, list[Mark]] = {}
    for side, marks in ((ours, source), (theirs, target)):
        for mark in marks:
            side.setdefault(mark.id, []).append(mark)
    for id_, marks in ours.items():
        mark, found = marks[0], theirs.get(id_, [])
        if len(found) < len(marks) and not (mark.floating and found):
            yield _mark_finding(case, "MTP201", f"{_what(mark)} is lost: {quote(mark.open)}", source=mark.span)
        elif len(found) > len(marks) and not mark.floating:
            yield _mark_finding(
                case,
                "MTP202",
                f"{_what(mark)} stands {len(found)} times in the translation, {len(marks)} times in the source",
                source=mark.span,
                target=found[-1].span,
            )
        literals = {m.bare() for m in marks}
        for other in found:
            if other.bare() not in literals:
                yield _mark_finding(
                    case,
                    "MTP204",
                    f"{_what(mark)} changed: {quote(mark.open)} in the source, {quote(other.open)} in the translation",
                    source=mark.span,
                    target=other.span,
                )
    for id_, marks in theirs.items():
        if id_ not in ours:
            mark = marks[0]
            yield _mark_finding(
                case, "MTP202", f"{_what(mark)} is not in the source: {quote(mark.open)}", target=mark.span
            )


def _broken(case: Case, source: Sequence[Mark], target: Sequence[Mark]) -> Iterator[Finding]:
    size = len(case.translation.target)
    covered = {m.id for m in source if m.kind is MarkKind.PAIR and m.span.length > 0}
    pairs = [m for m in target if m.kind is MarkKind.PAIR]
    parts = Counter(m.id for m in pairs if m.span.length > 0)
    reported: set[int] = set()
    for mark in pairs:
        if mark.id in covered and not parts[mark.id] and mark.id not in reported:
            reported.add(mark.id)
            yield _mark_finding(
                case, "MTP203", f"{_what(mark)} covers text in the source but none in the translation", target=mark.span
            )
    for mark in target:
        if not 0 <= mark.span.start <= mark.span.end <= size:
            yield _mark_finding(case, "MTP203", f"{_what(mark)} stands outside the translation", target=None)
    # Outer before inner: a mark that starts inside the innermost open one must end inside it.
    open_marks: list[Mark] = []
    for mark in sorted(pairs, key=lambda m: (m.span.start, -m.span.end)):
        while open_marks and open_marks[-1].span.end <= mark.span.start:
            open_marks.pop()
        if open_marks and mark.span.end > open_marks[-1].span.end:
            yield _mark_finding(
                case,
                "MTP203",
                f"{_what(open_marks[-1])} and {_what(mark)} cross each other",
                target=Span(open_marks[-1].span.start, mark.span.end),
            )
        else:
            open_marks.append(mark)


def _mark_finding(
    case: Case, rule: str, message: str, *, source: Span | None = None, target: Span | None = None
) -> Finding:
    """A finding whose spans are already those of the plain texts."""
    finding = case.finding(rule, message)
    return Finding(
        rule=finding.rule,
        severity=finding.severity,
        segment_id=finding.segment_id,
        message=finding.message,
        source_span=source,
        target_span=target,
        path=finding.path,
        line=finding.line,
    )


def _what(mark: Mark) -> str:
    return f"{mark.name or 'mark'} {mark.id}"


# --- markup in the text itself ----------------------------------------------------------------------------------------


def check_inline(case: Case) -> Iterator[Finding]:
    """MTP201, 202, 204 on tags and placeholders that stand in the plain texts."""
    source, target = case.segment.source, case.translation.target
    tags, tags_there = Counter(_TAG.findall(source)), Counter(_TAG.findall(target))
    for tag in tags - tags_there:
        yield case.finding("MTP201", f"tag lost: {quote(tag)}")
    places = _last_places(_TAG, case.target.text)
    for tag in tags_there - tags:
        yield case.finding("MTP202", f"tag added: {quote(tag)}", target=places.get(tag))
    ours, theirs = Counter(_PLACEHOLDER.findall(source)), Counter(_PLACEHOLDER.findall(target))
    lost, new = list((ours - theirs).elements()), list((theirs - ours).elements())
    if not lost and not new:
        return
    places, places_there = _last_places(_PLACEHOLDER, case.source.text), _last_places(_PLACEHOLDER, case.target.text)
    for i, literal in enumerate(lost):
        other = new[i] if i < len(new) else None
        there = f"{quote(other)} in the translation" if other else "not in the translation"
        yield case.finding(
            "MTP204",
            f"placeholder changed: {quote(literal)} in the source, {there}",
            source=places.get(literal),
            target=places_there.get(other) if other else None,
            suggestion=literal if other else None,
        )
    for literal in new[len(lost) :]:
        yield case.finding("MTP204", f"placeholder added: {quote(literal)}", target=places_there.get(literal))


def check_brackets(case: Case) -> Iterator[Finding]:
    """MTP205: brackets that the source balances and the translation does not."""
    # Labels such as "a)" are excused only where the source has one as well.
    labels = False
    if _unbalanced(case.source.prose, labels) is not None:
        labels = True
        if _unbalanced(case.source.prose, labels) is not None:
            return
    at = _unbalanced(case.target.prose, labels)
    if at is not None:
        bracket = case.target.text[at]
        partner = "opening" if bracket in _PAIRS else "closing"
        yield case.finding(
            "MTP205",
            f"bracket {quote(bracket)} has no {partner} bracket",
            severity=Severity.WARNING,
            target=(at, at + 1),
        )


def _unbalanced(text: str, labels: bool) -> int | None:
    """Place of a bracket without a partner, None when all have one; `labels` excuses those of list labels."""
    if not any(c in text for c in "()[]{}"):
        return None
    skip = {i for m in _SMILEY.finditer(text) for i in range(m.start(), m.end())}
    if labels:
        skip |= {m.end() - 1 for m in _LABEL.finditer(text)}
    stack: list[int] = []
    for i, c in enumerate(text):
        if c in "([{" and i not in skip:
            stack.append(i)
        elif c in _PAIRS:
            if stack and text[stack[-1]] == _PAIRS[c]:
                stack.pop()
            elif i not in skip:
                return i
    return stack[-1] if stack else None


def _last_places(pattern: re.Pattern[str], text: str) -> dict[str, tuple[int, int]]:
    """The last place of everything that matches."""
    return {match.group(): match.span() for match in pattern.finditer(text)}
