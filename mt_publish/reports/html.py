"""A run as one HTML file for reviewers: no network, works without script, on a phone, on paper, in light and dark.

Everything from the run is escaped by Jinja's autoescaping, and a content security policy allows nothing but the page's
own style and script, by their hashes; text of an article cannot run, whatever it contains.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mt_publish.reports._parts import (
    Gate,
    Rules,
    ScoreRow,
    compared_before,
    counted,
    encodable,
    meaning,
    message_of,
    metric_label,
    number,
    part_table,
    places,
    points,
    rule_counts,
    rule_words,
    score_rows,
    segment_scores,
    severity_counts,
    share,
    sign,
    size_text,
    verdict_line,
    verdicts_of,
)
from mt_publish.text.renderings import TargetText, find_renderings
from mt_publish.types import (
    Finding,
    Mark,
    MarkKind,
    MetricScore,
    Run,
    RunDocument,
    Segment,
    Severity,
    Span,
    Translation,
)

if TYPE_CHECKING:
    from markupsafe import Markup

SHOWN = 2000
"""Segments shown when the caller does not say; a reviewer starts with the worst, and the file stays readable."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_BINS = 20
_LANGUAGES = {"de": "German", "en": "English"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is shown in one way.

    Args:
        text: The text.
        classes: CSS classes: d different from the reference, t term met, m term missed, e/w/i finding, v markup that
            stands between the words, such as inline code: it is no part of the text that was compared.
        note: Numbers of the findings that end here, "1" or "1 2".
    """

    text: str
    classes: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A segment as the report shows it."""

    path: str
    document: int
    line: int
    segment: Segment
    source_lang: str
    target_lang: str
    source: tuple[Piece, ...]
    target: tuple[Piece, ...]
    references: tuple[tuple[Piece, ...], ...]
    findings: tuple[Finding, ...]
    repairs: tuple[str, ...]
    score: float | None
    log_probability: float | None
    severity: str
    estimate: float | None = None
    number: int = 0

    @property
    def rules(self) -> str:
        """Rule codes of the findings, separated by spaces."""
        return " ".join(dict.fromkeys(finding.rule for finding in self.findings))


@dataclass(frozen=True, slots=True)
class TermRow:
    """What became of an entry of the glossary over the whole run."""

    source: str
    target: str
    type: str
    mentions: int
    met: int
    repairs: tuple[str, ...]
    missed: tuple[tuple[str, str], ...]
    """(key of the segment, where it stands) of each mention without an accepted rendering."""


def render(
    run: Run,
    *,
    gate: Gate | None = None,
    baseline: Run | None = None,
    rules: Rules | None = None,
    shown: int = SHOWN,
) -> str:
    """The report as one self-contained HTML page.

    Args:
        run: The run.
        gate: The verdict on it.
        baseline: The run it was compared with.
        rules: The table of rules, for their names and explanations.
        shown: How many segments to show, the worst first; the scores are over all of them in any case.
    """
    rows = segment_rows(run)
    numbers = {(row.path, row.segment.id): i for i, row in enumerate(rows[:shown], start=1)}
    metric, values = _distribution(run)
    style, script = _asset("report.css"), _asset("report.js")
    page: str = _template().render(
        run=run,
        title=", ".join(doc.path for doc in run.documents[:3]) + (" …" if len(run.documents) > 3 else ""),
        lang_pairs=" · ".join(
            dict.fromkeys(f"{_LANGUAGES[doc.pair.source]} to {_LANGUAGES[doc.pair.target]}" for doc in run.documents)
        ),
        verdict=verdict_line(run, gate),
        outcome="" if gate is None else gate.outcome,
        verdicts=verdicts_of(run, gate),
        size=size_text(run),
        severities=severity_counts(run),
        scores=score_rows(run, gate, baseline),
        parts=part_table(run),
        baseline=baseline,
        compared_with=compared_before(run)[0] if gate is None or not gate.deltas else "",
        histogram=histogram(values),
        histogram_metric=metric_label(metric),
        histogram_count=len(values),
        rule_counts=[
            (code, severity, n, rules[code] if rules and code in rules else None)
            for code, severity, n in rule_counts(run)
        ],
        rule_names=_rule_names(run, rules),
        rows=rows[:shown],
        compared=any(row.references for row in rows),
        numbers=numbers,
        hidden=max(0, len(rows) - shown),
        terms=term_rows(run),
        document_findings=[place for place in places(run) if place.segment is None],
        warnings=_warnings(run),
        manifest=[(key, _brief(value)) for key, value in run.manifest.items() if key not in _NOT_IN_FOOTER],
        style=style,
        script=script,
        policy=(
            f"default-src 'none'; style-src 'sha256-{_hash(style)}'; script-src 'sha256-{_hash(script)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
        number=number,
        counted=counted,
        points=points,
        sign=sign,
        confidence=confidence,
        share=share,
        meaning=meaning,
        rule_words=rule_words,
        rules=rules,
        meter=meter,
        message_of=message_of,
    )
    return encodable(page)


def _rule_names(run: Run, rules: Rules | None) -> dict[str, str]:
    """By rule that has findings, what the filter calls it: its code, its name and how many findings it has."""
    totals: Counter[str] = Counter()
    for code, _, n in rule_counts(run):
        totals[code] += n
    names = {code: f" {rules[code].name.replace('-', ' ')}" if rules and code in rules else "" for code in totals}
    return {code: f"{code}{names[code]} ({n})" for code, n in totals.items()}


def segment_rows(run: Run) -> list[Row]:
    """All segments, worst first: errors, then warnings, then low scores or estimates, then what the model found improbable."""
    found = segment_scores(run)
    by_path = found[1] if found is not None else {}
    # TER counts errors, so that its high scores are the bad ones.
    direction = -1.0 if found is not None and found[0] == "ter" else 1.0
    rows = []
    for at, doc in enumerate(run.documents):
        translations = {translation.segment_id: translation for translation in doc.translations}
        findings: dict[str, list[Finding]] = {}
        for finding in doc.findings:
            findings.setdefault(finding.segment_id or "", []).append(finding)
        scores = by_path.get(doc.path, ())
        for i, segment in enumerate(doc.segments):
            score = scores[i] if i < len(scores) else None
            refs = doc.references[i] if i < len(doc.references) else ()
            translation = translations.get(segment.id)
            rows.append(_row(doc, at, segment, translation, refs, findings.get(segment.id, []), score))
    infinite = math.inf

    def badness(row: Row) -> tuple[float, ...]:
        worst = max((finding.severity.rank for finding in row.findings), default=0)
        errors = sum(finding.severity is Severity.ERROR for finding in row.findings)
        return (
            -worst,
            -errors,
            infinite if row.score is None else direction * row.score,
            infinite if row.estimate is None else row.estimate,
            infinite if row.log_probability is None else row.log_probability,
        )

    return sorted(rows, key=badness)


def _row(
    doc: RunDocument,
    at: int,
    segment: Segment,
    translation: Translation | None,
    refs: Sequence[str],
    findings: list[Finding],
    score: float | None,
) -> Row:
    findings = sorted(findings, key=lambda finding: -finding.severity.rank)
    target = translation.target if translation is not None else ""
    source_marks: list[tuple[Span, str, str]] = []
    target_marks: list[tuple[Span, str, str]] = []
    for term, place in zip(
        segment.terms, find_renderings(segment.terms, TargetText(target, doc.pair.target)), strict=True
    ):
        source_marks.append((term.span, "m" if place is None else "t", ""))
        if place is not None:
            target_marks.append((place, "t", ""))
    for i, finding in enumerate(findings, start=1):
        kind = finding.severity.value[0]
        if finding.source_span is not None:
            source_marks.append((finding.source_span, kind, str(i)))
        if finding.target_span is not None:
            target_marks.append((finding.target_span, kind, str(i)))
    references = []
    for k, ref in enumerate(refs):
        ours, theirs = word_difference(target, ref)
        if k == 0:
            target_marks += [(span, "d", "") for span in ours]
        references.append(pieces(ref, [(span, "d", "") for span in theirs]))
    return Row(
        path=doc.path,
        document=at,
        line=segment.line,
        segment=segment,
        source_lang=doc.pair.source,
        target_lang=doc.pair.target,
        source=pieces(segment.source, source_marks, segment.marks),
        target=pieces(target, target_marks, translation.marks if translation is not None else ()),
        references=tuple(references),
        findings=tuple(findings),
        repairs=translation.repairs if translation is not None else (),
        score=score,
        log_probability=translation.score if translation is not None else None,
        severity=findings[0].severity.value if findings else "",
        estimate=translation.estimate if translation is not None else None,
    )


def pieces(text: str, marks: Iterable[tuple[Span, str, str]], markup: Iterable[Mark] = ()) -> tuple[Piece, ...]:
    """Cuts `text` at the edges of all marks; a stretch under several marks gets all their classes.

    Args:
        text: The text.
        marks: (span, class, note) each; spans are clipped to the text, empty ones mark the character after them.
        markup: Inline markup; what a reader sees of VOID marks (code, images) comes back in its place.
    """
    inserted: dict[int, list[Piece]] = {}
    for mark in markup:
        if mark.kind is MarkKind.VOID and (shown := _shown(mark)):
            inserted.setdefault(max(0, min(mark.span.start, len(text))), []).extend(shown)
    clipped = []
    for span, kind, note in marks:
        start = max(0, min(span.start, len(text)))
        end = max(start, min(span.end, len(text)))
        if start == end:
            start, end = (start, start + 1) if start < len(text) else (max(0, start - 1), start)
        if start < end:
            clipped.append((start, end, kind, note))
    edges = sorted({0, len(text), *inserted, *(edge for start, end, _, _ in clipped for edge in (start, end))})
    found: list[Piece] = []
    for start, end in pairwise(edges):
        found += inserted.pop(start, [])
        here = [mark for mark in clipped if mark[0] <= start and end <= mark[1]]
        classes = " ".join(sorted({mark[2] for mark in here}))
        note = " ".join(dict.fromkeys(mark[3] for mark in here if mark[3] and mark[1] == end))
        found.append(Piece(text[start:end], classes, note))
    for rest in inserted.values():
        found += rest
    return tuple(found)


def _shown(mark: Mark) -> list[Piece]:
    """A VOID mark as a reader of the report sees it, with the white space that it carries along; nothing for a comment."""
    literal = mark.open.strip()
    if not literal or mark.name == "comment":
        return []
    text = "↵" if mark.name in ("break", "br") else mark.shown or literal
    found = [Piece(text if len(text) <= 80 else text[:79] + "…", "v")]
    if mark.open[0].isspace():
        found.insert(0, Piece(" "))
    if mark.open[-1].isspace():
        found.append(Piece(" "))
    return found


def word_difference(hyp: str, ref: str) -> tuple[list[Span], list[Span]]:
    """Stretches of words that differ: (in `hyp`, in `ref`), by the longest common blocks of words and punctuation."""
    ours = [Span(*match.span()) for match in _TOKEN.finditer(hyp)]
    theirs = [Span(*match.span()) for match in _TOKEN.finditer(ref)]
    if not ours or not theirs:
        # Against nothing, everything differs; marking it all would say nothing.
        return [], []
    matcher = SequenceMatcher(
        None, [hyp[span.start : span.end] for span in ours], [ref[span.start : span.end] for span in theirs], False
    )
    mine: list[Span] = []
    other: list[Span] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            if b > a:
                mine.append(Span(ours[a].start, ours[b - 1].end))
            if d > c:
                other.append(Span(theirs[c].start, theirs[d - 1].end))
    return mine, other


def term_rows(run: Run) -> list[TermRow]:
    """Every glossary entry that the sources mention: missed ones first, then the most frequent."""
    gathered: dict[tuple[str, str, str], dict[str, Any]] = {}
    for doc in run.documents:
        translations = {translation.segment_id: translation for translation in doc.translations}
        for segment in doc.segments:
            if not segment.terms:
                continue
            translation = translations.get(segment.id)
            spans = find_renderings(
                segment.terms, TargetText(translation.target if translation else "", doc.pair.target)
            )
            seen: set[tuple[str, str, str]] = set()
            for term, span in zip(segment.terms, spans, strict=True):
                entry = term.entry
                source, target = entry.name(doc.pair.source), entry.name(doc.pair.target)
                key = (source, target, entry.type)
                item = gathered.setdefault(key, {"mentions": 0, "met": 0, "repairs": [], "missed": []})
                item["mentions"] += 1
                item["met"] += span is not None
                if span is None:
                    item["missed"].append((doc.path, segment.id, segment.line))
                if translation is not None and key not in seen:
                    seen.add(key)
                    names = (source, target, *entry.aliases(doc.pair.source), *entry.aliases(doc.pair.target))
                    item["repairs"] += [line for line in translation.repairs if line.startswith(names)]
    rows = [
        TermRow(source, target, kind, item["mentions"], item["met"], tuple(item["repairs"]), tuple(item["missed"]))
        for (source, target, kind), item in gathered.items()
    ]
    return sorted(rows, key=lambda row: (-len(row.missed), -row.mentions, row.source))


# --- pictures -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the histogram, in units of its picture."""

    x: float
    y: float
    width: float
    height: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars, the value at each tick of the axis, and the median, in a picture 400 wide and 120 high (axis at 100)."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    median: float
    median_x: float


def histogram(values: Sequence[float]) -> Histogram | None:
    """The distribution of `values` in 20 bins; None for fewer than 5 values, where a picture says nothing."""
    if len(values) < 5:
        return None
    low, high = min(values), max(values)
    # Scores of 0 to 100 share one axis in all reports, so that pictures can be compared.
    low, high = (0.0, 100.0) if low >= 0 and high <= 100 and high > 1 else (low, high if high > low else low + 1.0)
    counts = [0] * _BINS
    for value in values:
        counts[min(_BINS - 1, int((value - low) / (high - low) * _BINS))] += 1
    top = max(counts)
    step, width = (high - low) / _BINS, 400 / _BINS
    bars = tuple(
        Bar(i * width + 1, 100 - 96 * n / top, width - 2, 96 * n / top, low + i * step, low + (i + 1) * step, n)
        for i, n in enumerate(counts)
        if n
    )
    ticks = tuple((400 * k / 4, number(low + (high - low) * k / 4, 100.0 if high > 1 else 1.0)) for k in range(5))
    ordered = sorted(values)
    median = ordered[len(ordered) // 2]
    return Histogram(bars, ticks, median, 400 * (median - low) / (high - low))


@dataclass(frozen=True, slots=True)
class Meter:
    """A score on its scale, in a picture 200 wide: the point and its interval."""

    x: float
    low: float
    high: float


def meter(row: ScoreRow) -> Meter:
    """Where a score and its interval lie between 0 and the end of the scale."""

    def at(value: float) -> float:
        return 200 * max(0.0, min(1.0, value / row.score.scale))

    score: MetricScore = row.score
    low, high = score.interval if score.interval is not None else (score.value, score.value)
    return Meter(at(score.value), at(low), at(high))


def _distribution(run: Run) -> tuple[str, list[float]]:
    """(name of the metric, its value for each segment): sentence scores, else how sure the engine was, 0 to 100."""
    found = segment_scores(run)
    if found is not None:
        values = [float(v) for scores in found[1].values() for v in scores if isinstance(v, int | float)]
        if values:
            return found[0], values
    return "", [confidence(t.score) for doc in run.documents for t in doc.translations if t.score is not None]


def confidence(score: float) -> float:
    """The engine's mean log-probability a piece as the mean (geometric) probability of a piece, in percent."""
    return 100 * math.exp(min(0.0, score))


# --- page -----------------------------------------------------------------------------------------------------------

_NOT_IN_FOOTER = frozenset(("segment_scores", "warnings", "parts", "comparisons"))


def _warnings(run: Run) -> list[str]:
    warnings = run.manifest.get("warnings")
    return [str(warning) for warning in warnings] if isinstance(warnings, list | tuple) else []


def _brief(value: object) -> str:
    """A manifest value in one line."""
    if isinstance(value, Mapping):
        text = ", ".join(f"{key} {_brief(item)}" for key, item in value.items())
    elif isinstance(value, list | tuple):
        text = ", ".join(_brief(item) for item in value)
    else:
        text = str(value)
    return text if len(text) <= 400 else text[:399] + "…"


@functools.cache
def _asset(name: str) -> str:
    from importlib.resources import files

    return (files("mt_publish.reports") / name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _content(text: str) -> Markup:
    """Text between tags: quotes need no escape there, and news is full of them."""
    from markupsafe import Markup, escape

    return Markup(str(escape(text)).replace("&#39;", "'").replace("&#34;", '"'))


@functools.cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters["content"] = _content
    return environment.from_string(_asset("report.html.jinja"))
