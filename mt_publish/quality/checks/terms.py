"""MTP1xx: glossary terms and names.

The verdict on a glossary mention comes from the term verification; here it becomes findings. Names that no glossary
lists are compared by spelling: a model that copies a name gets a letter wrong now and then.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mt_publish.quality.checks.reading import Case, Side, TermProblem, Word, inside, quote, wordset
from mt_publish.quality.rules import RULES
from mt_publish.types import Entry, Finding, Lang, Segment, Severity, Span, TermMatch, Translation

_RULE = {"missing": "MTP101", "forbidden": "MTP102", "source_left": "MTP103", "extra": "MTP105", "too_few": "MTP106"}
_NAME_LETTERS = 5
"""Shorter names are not compared by spelling: 'Mahl' and 'Mehl' are one letter apart."""
_NAMES_WITHIN = 20_000
"""Only the first so many characters of a side are searched for misspelled names."""
_NAMES = 40
"""At most so many names a side are compared by spelling, which keeps a long segment linear."""


def check_terms(case: Case) -> Iterator[Finding]:
    """MTP101, 102, 103, 105, 106 from the term verification."""
    for problem in case.context.terms:
        if problem.enforce == "off":
            continue
        rule = _RULE[problem.problem]
        severity = RULES[rule].severity
        if problem.enforce == "check" and severity is Severity.ERROR:
            severity = Severity.WARNING
        span = problem.target_span
        yield Finding(
            rule=rule,
            severity=severity,
            segment_id=case.segment.id,
            message=_message(problem, case),
            source_span=problem.source_span,
            target_span=span,
            suggestion=problem.expected or None if span is not None and problem.problem != "extra" else None,
            path=case.context.path,
            line=case.segment.line,
        )


def _message(problem: TermProblem, case: Case) -> str:
    source, expected = quote(problem.source), quote(problem.expected)
    span = problem.target_span
    written = quote(case.translation.target[span.start : span.end]) if span is not None else ""
    match problem.problem:
        case "missing" if written:
            return f"term missed: {source} should be {expected}, the translation has {written}"
        case "missing":
            return f"term missed: {source} should be {expected}, the translation has no form of it"
        case "forbidden":
            return f"forbidden rendering: {source} must not be {written or 'what it is here'}, write {expected}"
        case "source_left":
            return f"source form left: {written or source} should be {expected}"
        case "extra":
            return f"name out of nowhere: {written or 'a glossary name'} is in the translation but not in the source"
        case _:
            return f"too few mentions: {source} comes more often in the source than {expected} in the translation"


# --- names by spelling ------------------------------------------------------------------------------------------------


def check_names(case: Case) -> Iterator[Finding]:
    """MTP105 for a name that is spelled almost as in the source, but not quite."""
    source, target = _capitalised(case.source.words), _capitalised(case.target.words)
    if not source or not target:
        return
    lost = list(islice(_missing(source, case.target), _NAMES))
    new = list(islice(_missing(target, case.source), _NAMES))
    if not lost or not new:
        return
    listed = [match.span for match in case.segment.terms]
    seen: set[str] = set()
    for word in new:
        if word.text in seen:
            continue
        seen.add(word.text)
        for name in lost:
            if inside(case.source.span(*name.span), listed) or not _is_misspelled(name, word, case):
                continue
            suffix = _genitive(word.text)
            yield case.finding(
                "MTP105",
                f"misspelled name: {quote(name.text)} in the source, {quote(word.text)} in the translation",
                source=name.span,
                target=word.span,
                suggestion=_base(name.text) + suffix,
            )
            break


def _missing(words: Sequence[Word], other: Side) -> Iterator[Word]:
    """Words that do not stand in the other side, not even inside another word."""
    text = other.text.lower()
    whole = {w.lower for w in other.words}
    verdicts: dict[str, bool] = {}
    for word in words:
        key = word.lower
        if key not in verdicts:
            verdicts[key] = key not in whole and key not in text
        if verdicts[key]:
            yield word


def _capitalised(words: Sequence[Word]) -> list[Word]:
    return [
        w
        for w in words
        if w.span.start < _NAMES_WITHIN
        and len(w.text) >= _NAME_LETTERS
        and w.text[0].isupper()
        and not any(c.isdigit() for c in w.text)
    ]


def _genitive(text: str) -> str:
    match = re.search(r"['’]s?$", text)
    return match.group() if match else ""


def _base(text: str) -> str:
    return re.sub(r"['’]s?$", "", text)


def _is_misspelled(name: Word, word: Word, case: Case) -> bool:
    """Whether `word` is `name` with a slip: two letters swapped, or one letter wrong that no spelling rule explains."""
    a, b = _base(name.text), _base(word.text)
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < _NAME_LETTERS or a == b:
        return False
    a, b = a.lower(), b.lower()
    edit = _edit(a, b)
    if edit is None:
        return False
    known = name.text in case.context.copied
    kind, old, new, at = edit
    if kind == "swap":
        # Kremer/Kremre at the very end is ordinary word formation (Theater/Theatre, Oktober/October).
        return at + 2 < len(a) or known
    if known:
        return at < len(a) - 1
    # A single other letter is as often a cognate (Kanada/Canada, Parlament/Parliament) as a slip: it counts only in the
    # middle of a long word and where no spelling rule of the two languages explains it.
    if kind != "wrong" or len(a) < 8 or not 1 < at < len(a) - 3 or not (old + new).isascii():
        return False
    return (old, new) not in _COGNATE and (new, old) not in _COGNATE


# Letters that German and English write differently in the same word (Kanada/Canada, Scheck/cheque).
_COGNATE = frozenset(
    (pair[0], pair[1])
    for pair in wordset(
        "kc zc äa öo üu ßs iy ea fp sc jy wv dt bv fv pf ou au oa eo kq zs ts tz gh ch ai ei ui ks gy dh"
    )
)


def _edit(a: str, b: str) -> tuple[str, str, str, int] | None:
    """The one edit that makes `b` of `a`: (kind, letter of a, letter of b, place), None when it takes more than one."""
    start = 0
    short = min(len(a), len(b))
    while start < short and a[start] == b[start]:
        start += 1
    end = 0
    while end < short - start and a[len(a) - 1 - end] == b[len(b) - 1 - end]:
        end += 1
    x, y = a[start : len(a) - end], b[start : len(b) - end]
    if len(x) == len(y) == 2 and x == y[::-1]:
        return "swap", x, y, start
    if len(x) <= 1 and len(y) <= 1:
        return ("wrong" if x and y else "lost" if x else "added"), x, y, start
    return None


# --- one name, one rendering ------------------------------------------------------------------------------------------


def check_consistency(
    segments: Sequence[Segment], translations: Sequence[Translation], *, path: str, target_lang: Lang
) -> Iterator[Finding]:
    """MTP104: one name or one sentence rendered in two ways in one document.

    Args:
        segments: All segments of the document.
        translations: Their translations, in the same order.
        path: The source file, for findings.
        target_lang: Language of the translations.
    """
    yield from _same_sentence(segments, translations, path)
    yield from _same_term(segments, translations, path, target_lang)


def _same_sentence(segments: Sequence[Segment], translations: Sequence[Translation], path: str) -> Iterator[Finding]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for i, segment in enumerate(segments):
        groups[" ".join(segment.source.split())].append(i)
    for indices in groups.values():
        texts = [" ".join(translations[i].target.split()) for i in indices]
        usual = _usual(text for text in texts if text)
        if usual is None:
            continue
        for i, text in zip(indices, texts, strict=True):
            if text and text != usual:
                yield _inconsistent(
                    segments[i],
                    f"the same sentence is translated as {quote(usual)} elsewhere in the document",
                    path,
                    target_span=Span(0, len(translations[i].target)),
                    suggestion=usual,
                )


def _same_term(
    segments: Sequence[Segment], translations: Sequence[Translation], path: str, lang: Lang
) -> Iterator[Finding]:
    # One source form of one entry: only then is another rendering a choice of the translation.
    groups: defaultdict[tuple[Entry, str], list[tuple[int, TermMatch, str, Span]]] = defaultdict(list)
    for i, (segment, translation) in enumerate(zip(segments, translations, strict=True)):
        renderings: dict[Entry, tuple[str, Span] | None] = {}  # one search an entry, however often a long text has it
        for match in segment.terms:
            if match.entry not in renderings:
                renderings[match.entry] = _rendering(match.entry, translation.target, lang)
            found = renderings[match.entry]
            if found is not None:
                groups[match.entry, match.surface.lower()].append((i, match, *found))
    for mentions in groups.values():
        usual = _usual(name for _, _, name, _ in mentions)
        if usual is None:
            continue
        for i, match, name, span in mentions:
            if not _one_name(name, usual):
                yield _inconsistent(
                    segments[i],
                    f"{quote(match.surface)} is {quote(name)} here and {quote(usual)} elsewhere in the document",
                    path,
                    source_span=match.span,
                    target_span=span,
                    suggestion=usual,
                )


def _inconsistent(
    segment: Segment,
    message: str,
    path: str,
    *,
    source_span: Span | None = None,
    target_span: Span | None = None,
    suggestion: str | None = None,
) -> Finding:
    return Finding(
        rule="MTP104",
        severity=RULES["MTP104"].severity,
        segment_id=segment.id,
        message=message,
        source_span=source_span,
        target_span=target_span,
        suggestion=suggestion,
        path=path,
        line=segment.line,
    )


def _usual(values: Iterable[str]) -> str | None:
    """The most frequent value, the first of equals; None when there are no two different ones."""
    counts = Counter(values)
    return max(counts, key=lambda value: counts[value]) if len(counts) > 1 else None


def _rendering(entry: Entry, target: str, lang: Lang) -> tuple[str, Span] | None:
    """The entry's name or alias that stands in `target`, the longest one, and where."""
    for name in sorted({entry.name(lang), *entry.aliases(lang)}, key=lambda n: (-len(n), n)):
        match = re.search(rf"(?<!\w){re.escape(name)}", target) if name else None
        if match:
            return name, Span(match.start(), match.end())
    return None


def _one_name(a: str, b: str) -> bool:
    """Whether one of two names is a part of the other (Olaf Scholz, Scholz)."""
    x, y = set(a.lower().split()), set(b.lower().split())
    return x <= y or y <= x


def copied_names(segments: Sequence[Segment], translations: Sequence[Translation]) -> frozenset[str]:
    """Capitalised words that stand unchanged in at least two translations of a document: its names.

    A word counts when most of the translations whose source has it copy it.
    """
    sources: Counter[str] = Counter()
    copies: Counter[str] = Counter()
    for segment, translation in zip(segments, translations, strict=True):
        target = set(_NAME.findall(translation.target))
        for word in set(_NAME.findall(segment.source)):
            sources[word] += 1
            copies[word] += word in target
    return frozenset(word for word, count in copies.items() if count >= 2 and count * 2 > sources[word])


_NAME = re.compile(r"[^\W\d_a-zäöüß][^\W\d_]{4,}")
