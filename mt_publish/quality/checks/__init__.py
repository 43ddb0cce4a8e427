"""Checks: what a translation lost, changed or made up, found without a reference.

    findings = check_segment(segment, translation, LangPair("de", "en"))
    findings = check_document(segments, translations, LangPair("de", "en"), path="article.md")

A check reads one segment and its translation and yields findings; none means clean. What each rule looks at stands in
`mt_publish.quality.rules`. Time grows linearly with the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from mt_publish.errors import AlignmentError
from mt_publish.quality.checks import adequacy, characters, facts, markup, negation, terms, typography
from mt_publish.quality.checks.adequacy import outlier_floor, score_floor
from mt_publish.quality.checks.reading import Case, CheckContext, TermProblem
from mt_publish.quality.checks.typography import Edit, fix_typography, typography_edits
from mt_publish.quality.rules import check_prefixes, is_selected
from mt_publish.types import Finding, LangPair, Segment, Span, Translation

__all__ = [
    "CHECKS",
    "CheckContext",
    "Edit",
    "TermProblem",
    "check_document",
    "check_segment",
    "fix_typography",
    "outlier_floor",
    "score_floor",
    "typography_edits",
]

Check = Callable[[Case], Iterable[Finding]]

CHECKS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (terms.check_terms, ("MTP101", "MTP102", "MTP103", "MTP105", "MTP106")),
    (terms.check_names, ("MTP105",)),
    (markup.check_marks, ("MTP201", "MTP202", "MTP203", "MTP204")),
    (markup.check_inline, ("MTP201", "MTP202", "MTP204")),
    (markup.check_brackets, ("MTP205",)),
    (facts.check_quantities, ("MTP301", "MTP302", "MTP303")),
    (facts.check_addresses, ("MTP304",)),
    (facts.check_calendar, ("MTP305",)),
    (adequacy.check_untranslated, ("MTP402",)),
    (adequacy.check_language, ("MTP403",)),
    (adequacy.check_length, ("MTP404",)),
    (adequacy.check_repetition, ("MTP405",)),
    (adequacy.check_truncated, ("MTP406",)),
    (negation.check_negation, ("MTP407",)),
    (characters.check_from_nothing, ("MTP408",)),
    (characters.check_characters, ("MTP409",)),
    (typography.check_quotes, ("MTP501",)),
    (typography.check_doubled, ("MTP502",)),
    (typography.check_spacing, ("MTP503",)),
    (typography.check_ending, ("MTP504",)),
    (typography.check_apostrophe, ("MTP505",)),
    (typography.check_start, ("MTP506",)),
    (adequacy.check_confidence, ("MTP601",)),
)
"""The checks of one segment and the rules they report, in the order they run; MTP401 before and MTP104 after them."""

_NO_CONTEXT = CheckContext()


def check_segment(
    segment: Segment, translation: Translation, pair: LangPair, *, context: CheckContext = _NO_CONTEXT
) -> tuple[Finding, ...]:
    """All findings on one translated segment, in order of place in the translation.

    Args:
        segment: The source.
        translation: Its translation. A missing one (no target) is one finding, MTP401, and lost markup.
        pair: Languages of both.
        context: What is known beyond the segment, and which rules to report.
    """
    case = Case(segment, translation, pair, context)

    choice = bool(context.select or context.ignore)

    def wanted(codes: Iterable[str]) -> bool:
        return not choice or any(is_selected(code, context.select, context.ignore) for code in codes)

    findings = list(adequacy.check_empty(case)) if wanted(("MTP401",)) else []
    empty = not translation.target.strip()
    for check, codes in CHECKS:
        if wanted(codes) and not (empty and check not in _ON_EMPTY):
            findings += check(case)
    kept = (f for f in findings if not choice or is_selected(f.rule, context.select, context.ignore))
    return tuple(sorted(kept, key=_place))


_ON_EMPTY: frozenset[Check] = frozenset({terms.check_terms, markup.check_marks, adequacy.check_confidence})


def _place(finding: Finding) -> tuple[int, str]:
    span = finding.target_span or finding.source_span or Span(0, 0)
    return span.start, finding.rule


def check_document(
    segments: Sequence[Segment],
    translations: Sequence[Translation],
    pair: LangPair,
    *,
    path: str,
    term_problems: Mapping[str, Sequence[TermProblem]] | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    score_floor: float | None = None,
) -> tuple[Finding, ...]:
    """All findings on a translated document, in order of segments.

    Args:
        segments: Its segments.
        translations: Their translations, in the same order.
        pair: Languages of both.
        path: The source file, for findings.
        term_problems: By segment id, the glossary mentions that are not as they should be.
        select: Prefixes of rules to report ("MTP3", "MTP501"); nothing means all.
        ignore: Prefixes of rules not to report; the longer prefix wins over `select`.
        score_floor: Score below which MTP601 reports a translation; None for what is unusual among the document's own
            scores, see `outlier_floor`.

    Raises:
        AlignmentError: There are not as many translations as segments, or one belongs to another segment.
        ConfigError: `select` or `ignore` names no rule.
    """
    check_prefixes((*select, *ignore))
    if len(segments) != len(translations):
        raise AlignmentError(f"{len(segments)} segments, but {len(translations)} translations", where=path)
    problems = term_problems or {}
    copied = terms.copied_names(segments, translations)
    if score_floor is None:
        score_floor = outlier_floor([t.score for t in translations if t.score is not None])
    consistency: dict[str | None, list[Finding]] = {}
    if is_selected("MTP104", select, ignore):
        for finding in terms.check_consistency(segments, translations, path=path, target_lang=pair.target):
            consistency.setdefault(finding.segment_id, []).append(finding)
    findings: list[Finding] = []
    for segment, translation in zip(segments, translations, strict=True):
        if segment.id != translation.segment_id:
            raise AlignmentError(
                f"the translation of segment {segment.id!r} is labelled {translation.segment_id!r}", where=path
            )
        context = CheckContext(
            path=path,
            terms=problems.get(segment.id, ()),
            select=select,
            ignore=ignore,
            score_floor=score_floor,
            copied=copied,
        )
        findings += check_segment(segment, translation, pair, context=context)
        findings += consistency.get(segment.id, ())
    return tuple(findings)
