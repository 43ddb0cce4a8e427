"""What a check reads: both sides of a segment as their readers see them, and the places to report.

Marks that stand at one place and cover no text (inline code, addresses, placeholders) are put back as what they show,
so that "Run `git pull` now" has no double space and a number in code is a number on both sides. Every check works on
this text; findings are mapped back to the plain text of the segment and the translation.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from mt_publish.quality.rules import RULES
from mt_publish.types import Finding, Lang, LangPair, Mark, MarkKind, Segment, Severity, Span, Translation

OBJECT = "\ufffc"
"""Stands for a mark that shows nothing; keeps its neighbours apart."""

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
PROTECTED = re.compile(
    r"""
      <[/!?]?[A-Za-z][^<>\n]{0,300}>            # a tag in plain text
    | \b(?:https?|ftp)://[^\s<>"“”„«»]+         # a web address
    | \bwww\.[^\s<>"“”„«»]+
    | [\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}  # an e-mail address
    | (?<!\w)[@\#][\w]+\#?                      # a name or hashtag
    | \{\{[^{}\n]{1,60}\}\}                     # {{ name }}
    | \{[^{}\s][^{}\n]{0,60}\}                  # {name}
    | \$\{\w{1,60}\}
    | %(?:\(\w{1,60}\))?[sd]\b                  # %s, %(name)d
    | `[^`\n]{1,300}`                           # code
    | \ufffc
    """,
    re.VERBOSE,
)
_MAY_PROTECT = re.compile(r"[<@#{}%`\ufffc]|://|www\.")
"""A character of every match of `PROTECTED`; most sentences have none and are spared the long pattern."""
# The longest stretch that is a quotation for the checks; a longer one is a sentence of its own right.
_QUOTED = re.compile(r"[„“”«»‚‘\"][^„“”«»‚‘\"]{1,120}[“”«»‘’\"]")


@dataclass(frozen=True, slots=True)
class TermProblem:
    """A glossary mention that is not as it should be; the pipeline fills it from the term verification.

    Args:
        problem: What is wrong. "missing": no accepted form; "too_few": fewer mentions than in the source;
            "source_left": the source form stands in the target; "forbidden": a forbidden form does; "extra": a glossary
            name that the source does not have.
        source: The mention in the source; "" for "extra".
        expected: The rendering to write; "" for "extra".
        source_span: Where the mention stands in the segment's source, None for "extra".
        target_span: Where the wrong text stands in the translation, if anywhere.
        enforce: The entry's policy; "check" makes a warning of an error, "off" drops the problem.
    """

    problem: Literal["missing", "too_few", "source_left", "forbidden", "extra"]
    source: str
    expected: str
    source_span: Span | None = None
    target_span: Span | None = None
    enforce: Literal["repair", "check", "off"] = "repair"


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check of one segment knows beyond the segment.

    Args:
        path: The source file, for findings.
        terms: Problems of the segment's glossary mentions.
        select: Prefixes of rules to report; nothing means all.
        ignore: Prefixes of rules not to report.
        score_floor: The score (mean log-probability a piece) below which a translation is of low confidence; None turns
            MTP601 off. `outlier_floor` takes it from the document, `score_floor` from a calibration set.
        copied: Words of the source that the document's other translations copy unchanged: its names.
    """

    path: str = ""
    terms: Sequence[TermProblem] = ()
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    score_floor: float | None = None
    copied: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a side: its text, where it stands in the side's `text`, and the form to compare."""

    text: str
    span: Span
    lower: str


@dataclass(frozen=True)
class Side:
    """One side of a segment as its readers see it.

    Args:
        plain: The plain text that spans of findings count in.
        lang: Its language.
        text: The plain text with what its VOID marks show put in.
        breaks: Places in `text` where something was put in: (start in text, length, place in plain), in order.
    """

    plain: str
    lang: Lang
    text: str
    breaks: tuple[tuple[int, int, int], ...] = ()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words outside protected stretches, in order."""
        protected = self.protected
        starts = [span.start for span in protected]
        words: list[Word] = []
        for match in _WORD.finditer(self.text):
            at = bisect_right(starts, match.start()) - 1
            if at >= 0 and protected[at].end > match.start():
                continue
            text = match.group()
            words.append(Word(text, Span(match.start(), match.end()), text.lower().replace("’", "'")))
        return tuple(words)

    @cached_property
    def protected(self) -> tuple[Span, ...]:
        """Stretches that are not prose: what VOID marks show, addresses, code, placeholders; in order, disjoint."""
        spans = [Span(start, start + length) for start, length, _ in self.breaks]
        if _MAY_PROTECT.search(self.text):
            spans.extend(Span(m.start(), m.end()) for m in PROTECTED.finditer(self.text))
        return _union(spans)

    @cached_property
    def quoted(self) -> tuple[Span, ...]:
        """Short quotations, marks included; in order, disjoint."""
        return tuple(Span(m.start(), m.end()) for m in _QUOTED.finditer(self.text))

    @cached_property
    def prose(self) -> str:
        """`text` of the same length with every protected stretch blanked out by U+FFFC."""
        parts: list[str] = []
        at = 0
        for span in self.protected:
            parts += (self.text[at : span.start], OBJECT * span.length)
            at = span.end
        parts.append(self.text[at:])
        return "".join(parts)

    def span(self, start: int, end: int) -> Span:
        """The range of the plain text that a range of `text` stands for."""
        return Span(self._place(start), max(self._place(start), self._place(end)))

    def within(self, span: Span) -> Span:
        """Where a range of the plain text stands in `text`: the reverse of `span`."""
        return span.shift(sum(length for _, length, place in self.breaks if place <= span.start))

    def _place(self, at: int) -> int:
        moved = 0
        for start, length, place in self.breaks:
            if at <= start:
                break
            if at < start + length:
                return place
            moved += length
        return at - moved


@dataclass(frozen=True)
class Case:
    """A segment, its translation and what is known beyond them: what every check gets."""

    segment: Segment
    translation: Translation
    pair: LangPair
    context: CheckContext
    source: Side = field(init=False)
    target: Side = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", read(self.segment.source, self.segment.marks, self.pair.source))
        object.__setattr__(self, "target", read(self.translation.target, self.translation.marks, self.pair.target))

    def finding(
        self,
        rule: str,
        message: str,
        *,
        severity: Severity | None = None,
        source: tuple[int, int] | None = None,
        target: tuple[int, int] | None = None,
        suggestion: str | None = None,
    ) -> Finding:
        """A finding on this segment.

        Args:
            rule: Code of the rule.
            message: One sentence without a final full stop.
            severity: Other than the rule's own.
            source: Range of `self.source.text`.
            target: Range of `self.target.text`.
            suggestion: What to write in place of the target range.
        """
        return Finding(
            rule=rule,
            severity=severity or RULES[rule].severity,
            segment_id=self.segment.id,
            message=message,
            source_span=None if source is None else self.source.span(*source),
            target_span=None if target is None else self.target.span(*target),
            suggestion=suggestion,
            path=self.context.path,
            line=self.segment.line,
        )


def read(plain: str, marks: Sequence[Mark], lang: Lang) -> Side:
    """A plain text with its marks as its readers see it."""
    voids = sorted((m for m in marks if m.kind is MarkKind.VOID), key=lambda m: m.span.start)
    if not voids:
        return Side(plain, lang, plain)
    parts: list[str] = []
    breaks: list[tuple[int, int, int]] = []
    done = length = 0
    for mark in voids:
        # A place outside the text is the markup checks' business; here it only must not break the reading.
        place = min(max(mark.span.start, done), len(plain))
        shown = mark.shown or OBJECT
        parts += (plain[done:place], shown)
        length += place - done
        breaks.append((length, len(shown), place))
        length += len(shown)
        done = place
    parts.append(plain[done:])
    return Side(plain, lang, "".join(parts), tuple(breaks))


def inside(span: Span, spans: Sequence[Span]) -> bool:
    """Whether `span` shares a code point with one of `spans` (in order, disjoint)."""
    at = bisect_right(spans, span.start, key=lambda s: s.start) - 1
    if at >= 0 and spans[at].end > span.start:
        return True
    return at + 1 < len(spans) and spans[at + 1].start < span.end


def wordset(text: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(text.split())


def quote(text: str, limit: int = 60) -> str:
    """A text in quotes for a message, cut in the middle where it is long."""
    shown = text if len(text) <= limit else f"{text[: limit // 2]}…{text[-limit // 2 :]}"
    return f"'{shown}'"


def _union(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
