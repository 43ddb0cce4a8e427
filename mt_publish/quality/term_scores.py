"""How well names and terms came out, counted over all mentions that the glossary found in the source.

Measures of shared terminology tasks: accuracy by exact and by accepted form (WMT21, WMT23), consistency with the most
frequent rendering of a document (Semenov and Bojar 2022), window overlap for placement (Alam et al. 2021), source
forms left standing, and renderings that no mention asks for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from mt_publish.text.comparison import plain
from mt_publish.text.renderings import TargetText, find_renderings, forms_of, places
from mt_publish.types import Lang, MetricScore, Run, RunDocument, Segment, Span, TermMatch

_WINDOW = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """What became of one mention.

    Args:
        term: The mention in the source.
        span: Where its rendering stands in the target, None when it was missed.
        form: The rendering found, "" when missed.
        source_left: True when the source form stands in the target although it is not accepted there.
    """

    term: TermMatch
    span: Span | None
    form: str
    source_left: bool = False


def find_mentions(segment: Segment, target: str, lang: Lang) -> tuple[Mention, ...]:
    """What became of each mention of `segment` in its translation `target`, which is in `lang`."""
    return _mentions(segment, target, TargetText(target, lang))


def _mentions(segment: Segment, target: str, text: TargetText) -> tuple[Mention, ...]:
    found = []
    for term, place in zip(segment.terms, find_renderings(segment.terms, text), strict=True):
        left = place is None and bool(term.surface) and _stands(term.surface, text)
        found.append(Mention(term, place, "" if place is None else target[place.start : place.end], left))
    return tuple(found)


def _stands(form: str, text: TargetText) -> bool:
    return any(True for _ in text.find(plain(form), any_case=False, closed=False))


def term_scores(documents: Iterable[RunDocument], *, searched: bool = True) -> tuple[MetricScore, ...]:
    """Term metrics over all documents, each a fraction between 0 and 1.

    Args:
        documents: Documents with their terms and translations.
            Counted are the mentions that the glossary enforces ("repair"); where it enforces none, those it checks.
        searched: Whether a glossary was applied at all. Without one nothing is measured; with one, a text that
            mentions no term has accuracy 1 over 0 mentions.

    Returns:
        terms.accuracy (an accepted form stands in the target), terms.exact (the canonical rendering does),
        terms.consistency (share of the most frequent rendering, for entities mentioned twice or more in a document),
        terms.source_left (lower is better), terms.overgenerated (share of the renderings of mentioned terms that stand
        in a segment more often than the source mentions them; lower is better), and terms.window where references exist
        (share of the two words on either side that the reference has too). `segments` is the number of mentions, for
        terms.overgenerated of renderings.
    """
    if not searched:
        return ()
    documents = tuple(documents)
    policies = {term.enforce for doc in documents for segment in doc.segments for term in segment.terms}
    counted = {"repair"} if "repair" in policies else {"check"}
    total = hits = exact = left = extra = 0
    repeated = agreeing = 0
    windows: list[float] = []
    for doc in documents:
        targets = {t.segment_id: t.target for t in doc.translations}
        references = dict(zip((s.id for s in doc.segments), doc.references, strict=False))
        renderings: dict[tuple[str, str], list[str]] = {}
        lang = doc.pair.target
        for segment in doc.segments:
            if not segment.terms:
                continue
            target = targets.get(segment.id, "")
            text = TargetText(target, lang)
            mentions = _mentions(segment, target, text)
            extra += _overgenerated(mentions, text, counted)
            for mention in mentions:
                if mention.term.enforce not in counted:
                    continue
                total += 1
                hits += mention.span is not None
                exact += mention.form == mention.term.target
                left += mention.source_left
                entry = mention.term.entry
                renderings.setdefault((entry.de, entry.en), []).append(_base(mention, lang))
                if mention.span is not None:
                    windows.extend(_overlaps(mention, target, references.get(segment.id, ()), lang))
        for forms in renderings.values():
            if len(forms) > 1:
                repeated += len(forms)
                known = Counter(form for form in forms if form)
                agreeing += max(known.values(), default=0)

    def score(name: str, value: float, count: int, higher: bool = True, of: str = "mentions") -> MetricScore:
        return MetricScore(name, value, 1.0, higher, f"{of}:{count}|match:accepted", count)

    return (
        score("terms.accuracy", hits / total if total else 1.0, total),
        score("terms.exact", exact / total if total else 1.0, total),
        score("terms.consistency", agreeing / repeated if repeated else 1.0, repeated),
        score("terms.source_left", left / total if total else 0.0, total, False),
        score(
            "terms.overgenerated", extra / (hits + extra) if hits + extra else 0.0, hits + extra, False, "renderings"
        ),
        *([score("terms.window", sum(windows) / len(windows), len(windows))] if windows else []),
    )


def run_term_scores(run: Run) -> tuple[MetricScore, ...]:
    """Term metrics of a run; nothing when neither its manifest nor a mention shows that a glossary was applied."""
    glossary = run.manifest.get("glossary")
    applied = bool(glossary.get("entries", 1)) if isinstance(glossary, Mapping) else bool(glossary)
    mentions = any(segment.terms for doc in run.documents for segment in doc.segments)
    return term_scores(run.documents, searched=applied or mentions)


def _overgenerated(mentions: Sequence[Mention], target: TargetText, counted: Set[str]) -> int:
    """How many renderings of the mentioned terms stand in `target` beyond one for each mention."""
    taken = [mention.span for mention in mentions if mention.span is not None]
    found = 0
    for entry in dict.fromkeys(m.term.entry for m in mentions if m.term.enforce in counted and m.span is not None):
        forms = {form for mention in mentions if mention.term.entry == entry for form in forms_of(mention.term)}
        for form in sorted(forms, key=lambda form: (-len(form), form)):
            for start, end in target.find(form, any_case=entry.case == "any", closed=False):
                span = target.norm.span(start, end)
                if not any(span.overlaps(other) for other in taken):
                    taken.append(span)
                    found += 1
    return found


def _base(mention: Mention, lang: str) -> str:
    """The name that an inflected rendering belongs to, so that Danfrieds and Danfried count as one rendering."""
    if not mention.form:
        return ""
    entry = mention.term.entry
    names = (entry.de, *entry.de_aliases) if lang == "de" else (entry.en, *entry.en_aliases)
    form = mention.form.casefold()
    return max((name for name in names if form.startswith(name.casefold())), key=len, default=mention.form)


def _overlaps(mention: Mention, target: str, refs: Sequence[str], lang: Lang) -> Iterable[float]:
    """Best share of the reference's neighbouring words that the target has beside the term; nothing without a match."""
    assert mention.span is not None
    ours = Counter(_neighbours(target, mention.span))
    best: float | None = None
    for ref in refs:
        place = next(places(TargetText(ref, lang), mention.term), None)
        if place is not None and (theirs := Counter(_neighbours(ref, place))):
            best = max(best or 0.0, (ours & theirs).total() / theirs.total())
    return () if best is None else (best,)


def _neighbours(text: str, span: Span) -> list[str]:
    before = re.findall(r"\w+", text[: span.start].lower())[-_WINDOW:]
    return before + re.findall(r"\w+", text[span.end :].lower())[:_WINDOW]
