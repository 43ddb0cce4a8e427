"""Measure how well translations keep terms and names, against lists of expected renderings.

Definitions follow the WMT23 and WMT25 terminology tasks: the headline is lemma accuracy (exact, other case,
inflected, or part of a compound), because even in human references only 58 % of German terms stand in the exact
glossary form.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mt_publish.glossary.matching import Glossary
from mt_publish.glossary.verify import foreign_terms
from mt_publish.text.comparison import WORD, fold, is_word_char, plain
from mt_publish.types import Entry, Lang, LangPair

Tier = Literal["exact", "case", "inflected", "compound", "missing"]
TIERS: tuple[Tier, ...] = ("exact", "case", "inflected", "compound", "missing")


@dataclass(frozen=True, slots=True)
class TermRow:
    """A translated segment with the terms that it should contain.

    Args:
        source: Source text.
        hyp: Translation to judge.
        terms: (source term, acceptable target terms, kind) in the order of the source.
        doc: Document id; None when the segment stands alone.
    """

    source: str
    hyp: str
    terms: tuple[tuple[str, tuple[str, ...], str], ...]
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class TermMeasures:
    """Term scores of a set of translations. Rates are fractions, None when there was nothing to count.

    Args:
        terms: Number of expected terms.
        tiers: How many were rendered in which way.
        exact: Share in the exact form.
        lemma: Share in the exact form, another case, inflected, or inside a compound: the headline.
        consistency: Of terms that occur twice or more in a document, the share of occurrences that are rendered as the
            commonest rendering in that document (missing ones never are).
        repeated: Number of occurrences that `consistency` was computed on.
        source_leak: Share of terms (with a different name in the target language) whose source form stands in the
            translation in place of the target.
        hallucinated: Names of the term lists that stand in a translation although its source has nothing of them, per
            segment.
        by_kind: Lemma accuracy for each kind of term.
        misses: (source, translation, expected) of the terms that were not found, for a look.
    """

    terms: int
    tiers: Mapping[Tier, int]
    exact: float | None
    lemma: float | None
    consistency: float | None
    repeated: int
    source_leak: float | None
    hallucinated: float | None
    by_kind: Mapping[str, float]
    misses: tuple[tuple[str, str, str], ...]


_ENDINGS: dict[Lang, tuple[str, ...]] = {
    "de": ("ern", "nen", "ens", "en", "er", "es", "em", "st", "te", "e", "n", "s", "t"),
    "en": ("ies", "ing", "ed", "es", "ly", "y", "e", "d", "s"),
}


def stem(word: str, lang: Lang) -> str:
    """A word without its inflection, folded; at least three letters are left."""
    word = fold(word)
    found = next((ending for ending in _ENDINGS[lang] if word.endswith(ending) and len(word) - len(ending) >= 3), "")
    if found:
        word = word[: -len(found)]
        if lang == "de" and (again := re.search(r"(?:er|e|n|s)$", word)) and again.start() >= 4:
            word = word[: again.start()]
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return word


def _places(hyp: str, term: str, lang: Lang) -> list[tuple[Tier, int, int]]:
    """Every place of a translation where a term stands, with how."""
    places: list[tuple[Tier, int, int]] = []
    lower, wanted = hyp.lower(), term.lower()
    if len(lower) != len(hyp):
        lower, wanted = hyp, term
    at = lower.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        whole = not (is_word_char(hyp, at - 1) and is_word_char(hyp, at)) and not (
            is_word_char(hyp, end) and is_word_char(hyp, end - 1)
        )
        exact = hyp[at:end] == term
        # A hyphen compound counts as one: NATO-Gipfel.
        joined = (at > 1 and hyp[at - 1] == "-") or hyp[end : end + 1] == "-"
        if whole and not joined:
            places.append(("exact" if exact else "case", at, end))
        elif whole or (lang == "de" and len(wanted) >= 4):
            places.append(("compound", at, end))
        at = lower.find(wanted, at + 1)
    words = [(match.group(), match.start(), match.end()) for match in WORD.finditer(hyp)]
    parts = [stem(match.group(), lang) for match in WORD.finditer(term)]
    stems = [stem(word, lang) for word, _, _ in words]
    size = len(parts)
    if size:
        for index in range(len(words) - size + 1):
            if stems[index : index + size] == parts:
                start, end = words[index][1], words[index + size - 1][2]
                joined = (start > 1 and hyp[start - 1] == "-") or hyp[end : end + 1] == "-"
                places.append(("compound" if joined else "inflected", start, end))
    if lang == "de" and size == 1 and len(parts[0]) >= 4:
        for (_, start, end), folded in zip(words, stems, strict=True):
            if folded.endswith(parts[0]) or folded.startswith(parts[0]):
                places.append(("compound", start, end))
    return places


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def term_measures(rows: Iterable[TermRow], pair: LangPair, *, hallucinations: bool = True) -> TermMeasures:
    """Term scores of translations.

    Args:
        rows: The translations; those of one document carry the same `doc`.
        pair: Language pair.
        hallucinations: Whether to look for names that the source does not have (takes most of the time).
    """
    rows = list(rows)
    lang = pair.target
    tiers: Counter[Tier] = Counter()
    kinds: dict[str, Counter[bool]] = defaultdict(Counter)
    renderings: dict[tuple[str, str], list[str]] = defaultdict(list)
    misses: list[tuple[str, str, str]] = []
    leaks = translatable = 0
    for row in rows:
        hyp = plain(row.hyp)
        claimed = _claim(hyp, row.terms, lang)
        for (source, targets, kind), claim in zip(row.terms, claimed, strict=True):
            tier: Tier = claim[0] if claim else "missing"
            tiers[tier] += 1
            kinds[kind][tier != "missing"] += 1
            if claim is None:
                misses.append((row.source, row.hyp, " | ".join(targets)))
            if row.doc is not None:
                renderings[row.doc, source].append(claim[1] if claim else "")
            if not any(source.lower() in target.lower() for target in targets):
                translatable += 1
                leaks += claim is None and any(
                    tier in ("exact", "case") for tier, _, _ in _places(hyp, plain(source), lang)
                )
    total = sum(tiers.values())
    repeated = [found for found in renderings.values() if len(found) > 1]
    same = sum(max((count for form, count in Counter(found).items() if form), default=0) for found in repeated)
    return TermMeasures(
        terms=total,
        tiers={tier: tiers[tier] for tier in TIERS},
        exact=_rate(tiers["exact"], total),
        lemma=_rate(total - tiers["missing"], total),
        consistency=_rate(same, sum(map(len, repeated))),
        repeated=sum(map(len, repeated)),
        source_leak=_rate(leaks, translatable),
        hallucinated=_hallucinated(rows, pair) if hallucinations and rows else None,
        by_kind={kind: found[True] / (found[True] + found[False]) for kind, found in sorted(kinds.items())},
        misses=tuple(misses),
    )


def _claim(hyp: str, terms: Sequence[tuple[str, Sequence[str], str]], lang: Lang) -> list[tuple[Tier, str] | None]:
    """For each term how it is rendered, and by which target term; a stretch of the translation serves one term."""
    options = []
    for number, (_, targets, _) in enumerate(terms):
        for rank, target in enumerate(targets):
            for tier, start, end in _places(hyp, plain(target), lang):
                options.append((TIERS.index(tier), start - end, rank, start, end, number, target))
    options.sort()
    claims: list[tuple[Tier, str] | None] = [None] * len(terms)
    taken: list[tuple[int, int]] = []
    for place, _, _, start, end, number, target in options:
        if claims[number] is None and all(end <= s or start >= e for s, e in taken):
            claims[number] = TIERS[place], target
            taken.append((start, end))
    return claims


def _hallucinated(rows: Sequence[TermRow], pair: LangPair) -> float:
    glossary = Glossary(entries_from_terms(rows, pair))
    found = 0
    for row in rows:
        known = {target for _, targets, _ in row.terms for target in targets}
        for foreign in foreign_terms(row.hyp, row.source, (), glossary, pair):
            names = {foreign.entry.name(pair.target), foreign.surface}
            found += not any(name in target or target in name for name in names for target in known)
    return found / len(rows)


def entries_from_terms(rows: Iterable[TermRow], pair: LangPair) -> tuple[Entry, ...]:
    """Glossary entries for the terms of evaluation rows: one an expected term, other renderings as aliases.

    A term whose kind is "name" or "exonym" becomes a person when it has several words and is the same in both
    languages, else a place or organisation; anything else becomes a term. A source with different
    targets in different rows keeps the commonest.
    """
    targets: dict[str, Counter[tuple[str, ...]]] = {}
    kinds: dict[str, str] = {}
    for row in rows:
        for source, found, kind in row.terms:
            targets.setdefault(source, Counter())[tuple(found)] += 1
            kinds.setdefault(source, kind)
    entries = []
    for source, counts in targets.items():
        (target, *others), _ = counts.most_common(1)[0]
        kind = kinds[source]
        named = kind in ("name", "exonym")
        type_: Literal["person", "place", "org", "term"] = "term"
        if named:
            type_ = "place" if " " not in source or kind == "exonym" else "org"
            if source == target and re.fullmatch(r"\w+(?: [\w.'’-]+){1,2}", source) and not source.isupper():
                type_ = "person"
        names = {pair.source: source, pair.target: target}
        aliases = {f"{pair.target}_aliases": tuple(others)}
        entries.append(Entry(de=names["de"], en=names["en"], type=type_, **aliases))  # type: ignore[arg-type]
    return tuple(entries)


def read_rows(lines: Iterable[Mapping[str, object]], hyps: Sequence[str] | None = None) -> list[TermRow]:
    """Rows from parsed JSON lines with source, reference, doc and terms [{src, tgt, kind}].

    Args:
        lines: The parsed lines.
        hyps: Translations, one a line; None to judge the references themselves.
    """
    rows = []
    for number, line in enumerate(lines):
        terms = line.get("terms") or ()
        if not isinstance(terms, (list, tuple)):
            raise TypeError(f"terms of line {number + 1} must be a list")
        doc = line.get("doc")
        rows.append(
            TermRow(
                source=str(line["source"]),
                hyp=str(line["reference"]) if hyps is None else hyps[number],
                terms=tuple((str(t["src"]), tuple(map(str, t["tgt"])), str(t.get("kind", ""))) for t in terms),
                doc=None if doc is None else str(doc),
            )
        )
    return rows
