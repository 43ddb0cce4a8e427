"""Check that a target text renders each glossary mention of its source, as often as the source has it."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from mt_publish.glossary.forms import source_forms
from mt_publish.glossary.homographs import is_homograph
from mt_publish.glossary.matching import Glossary
from mt_publish.text.comparison import (
    WORD,
    fold,
    normalise,
    plain,
)
from mt_publish.text.renderings import TargetText, fits_any_case, may_be_joined
from mt_publish.types import Entry, Lang, LangPair, Span, TermMatch

Problem = Literal["", "missing", "source_left", "forbidden", "too_few"]


@dataclass(frozen=True, slots=True)
class TermStatus:
    """What became of one mention.

    Args:
        match: The mention.
        spans: Where its rendering stands in the target; for "source_left" and "forbidden" where the wrong words stand.
        problem: "" right · "missing" no accepted form · "too_few" the entry is there, but less often than in the source
            (a pronoun may stand for it: a warning) · "source_left" the source form stands in the target · "forbidden" a
            rendering stands there that the glossary forbids.
    """

    match: TermMatch
    spans: tuple[Span, ...] = ()
    problem: Problem = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class ForeignTerm:
    """A glossary name in the target that nothing in the source accounts for.

    Args:
        entry: The entry that the name belongs to.
        span: Where it stands in the target.
        surface: The target text of the span.
    """

    entry: Entry
    span: Span
    surface: str


def verify_terms(target: str, matches: Sequence[TermMatch], pair: LangPair) -> tuple[TermStatus, ...]:
    """The status of each mention, in the order of `matches`.

    The longest accepted forms in the target are claimed first; a stretch of the target serves one mention only. So two
    mentions of one entry need two renderings.

    Args:
        target: The translation.
        matches: The mentions of its source.
        pair: Language pair.
    """
    if not matches:
        return ()
    text = TargetText(target, pair.target)
    # Mentions of one entry in one role look for the same: each group searches the target once, however many there are.
    groups: dict[_Group, list[int]] = {}
    for number, match in enumerate(matches):
        groups.setdefault(_Group(match, pair.target), []).append(number)
    places = [
        _outside_copies(group.places(text), [matches[n] for n in members], text) for group, members in groups.items()
    ]
    claims = _claims(places, list(groups.values()), len(text.text))
    covered = _Cover((start, end) for found in places for starts in found.values() for start, end in starts)
    # Mentions of one entry are interchangeable: give their places out in text order.
    ordered = _in_order(matches, claims)
    rendered = {_identity(matches[number].entry) for number in claims}
    forbidden = _forbidden(text, matches, pair, covered)
    left_over: dict[tuple[object, ...], tuple[Span, ...]] = {}
    out = []
    for number, match in enumerate(matches):
        identity = _identity(match.entry)
        bad = forbidden.get(identity, ())
        claim = ordered.get(number)
        key = (match.entry, match.surface, match.target, match.accepted, claim is not None)
        left = left_over.get(key)
        if left is None:
            left = left_over[key] = _source_left(text, match, pair, covered, satisfied=claim is not None)
        if bad:
            out.append(TermStatus(match, bad, "forbidden"))
        elif left and (claim is not None or identity not in rendered or " " in match.surface):
            out.append(TermStatus(match, left, "source_left"))
        elif claim is not None:
            out.append(TermStatus(match, (text.norm.span(*claim),)))
        elif identity in rendered:
            out.append(TermStatus(match, (), "too_few"))
        else:
            out.append(TermStatus(match, (), "missing"))
    return tuple(out)


def _outside_copies(
    places: dict[tuple[int, int], list[tuple[int, int]]], members: Sequence[TermMatch], text: TargetText
) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """`places` without those inside a copy of the source form: "Elbtalbau" in a copied "Elbtalbau GmbH" renders nothing."""
    copies = []
    for surface in {plain(match.surface) for match in members}:
        forms = members[0].accepted
        if surface not in forms and any(form in surface and len(form) < len(surface) - 1 for form in forms):
            copies += list(text.find(surface, any_case=False, closed=False))
    if not copies:
        return places
    kept = {
        rank: [(a, b) for a, b in ranges if not any(start <= a and b <= end for start, end in copies)]
        for rank, ranges in places.items()
    }
    return {rank: ranges for rank, ranges in kept.items() if ranges}


def _identity(entry: Entry) -> tuple[str, str, str]:
    return entry.de, entry.en, entry.type


@dataclass(frozen=True, slots=True, init=False)
class _Group:
    """What a mention looks for in the target; equal for mentions that look for the same."""

    identity: tuple[str, str, str]
    accepted: tuple[str, ...]
    any_case: bool
    closed: bool

    def __init__(self, match: TermMatch, lang: Lang) -> None:
        object.__setattr__(self, "identity", _identity(match.entry))
        object.__setattr__(self, "accepted", match.accepted)
        object.__setattr__(self, "any_case", fits_any_case(match, lang))
        object.__setattr__(self, "closed", may_be_joined(match, lang))

    def places(self, text: TargetText) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """Ranges of accepted forms in order, by how much they are wanted: (minus length, rank of the form)."""
        found: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for rank, form in enumerate(self.accepted):
            # A closed compound is the last resort: it sorts after every whole word.
            for start, end in text.find(form, any_case=self.any_case, closed=self.closed):
                found.setdefault((start - end, rank), []).append((start, end))
        return found


def _claims(
    places: Sequence[dict[tuple[int, int], list[tuple[int, int]]]], members: Sequence[list[int]], size: int
) -> dict[int, tuple[int, int]]:
    """One range for each mention that finds a free one: long forms first, then wanted ones, then early mentions."""
    taken = bytearray(size)
    claims: dict[int, tuple[int, int]] = {}
    waiting = [list(numbers) for numbers in members]
    for wanted in sorted({wanted for found in places for wanted in found}):
        here = [group for group, found in enumerate(places) if wanted in found and waiting[group]]
        following = {group: iter(places[group][wanted]) for group in here}
        for number, index in sorted((number, group) for group in here for number in waiting[group]):
            # A range that is taken stays taken, so each is looked at once.
            for start, end in following[index]:
                if taken.find(1, start, end) < 0:
                    claims[number] = (start, end)
                    taken[start:end] = b"\x01" * (end - start)
                    break
        for group in here:
            waiting[group] = [number for number in waiting[group] if number not in claims]
    return claims


class _Cover:
    """A set of ranges that tells quickly whether another range touches one of them or lies in one."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        reach: dict[int, int] = {}
        for start, end in ranges:
            reach[start] = max(end, reach.get(start, 0))
        self._starts = sorted(reach)
        self._reach = list(accumulate((reach[start] for start in self._starts), max))

    def holds(self, start: int, end: int) -> bool:
        """Whether the range lies in one of the ranges."""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and self._reach[at] >= end

    def touches(self, start: int, end: int) -> bool:
        """Whether the range shares a place with one of the ranges."""
        at = bisect_left(self._starts, end) - 1
        return at >= 0 and self._reach[at] > start


def _in_order(matches: Sequence[TermMatch], claims: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Claims with those of mentions that accept the same forms put in text order."""
    members: dict[tuple[tuple[str, str, str], tuple[str, ...]], list[int]] = {}
    for number, match in enumerate(matches):
        members.setdefault((_identity(match.entry), match.accepted), []).append(number)
    ordered: dict[int, tuple[int, int]] = {}
    for numbers in members.values():
        ordered.update(zip(numbers, sorted(claims[n] for n in numbers if n in claims), strict=False))
    return ordered


def _forbidden(
    text: TargetText, matches: Sequence[TermMatch], pair: LangPair, covered: _Cover
) -> dict[tuple[str, str, str], tuple[Span, ...]]:
    found: dict[tuple[str, str, str], tuple[Span, ...]] = {}
    looked: set[tuple[tuple[str, str, str], bool]] = set()
    for match in matches:
        key = _identity(match.entry)
        any_case = fits_any_case(match, pair.target)
        if key in found or (key, any_case) in looked:
            continue
        looked.add((key, any_case))
        spans = []
        for form in match.entry.forbidden(pair.target):
            wrong = plain(form)
            for variant in (wrong, wrong + "s"):
                for start, end in text.find(variant, any_case=any_case, closed=False):
                    if not covered.holds(start, end):
                        spans.append(text.norm.span(start, end))
        if spans:
            found[key] = tuple(sorted(spans))
    return found


def _source_left(
    text: TargetText, match: TermMatch, pair: LangPair, covered: _Cover, *, satisfied: bool
) -> tuple[Span, ...]:
    """Places where a source form was copied although the target language says it otherwise."""
    surface = plain(match.surface)
    accepted = set(match.accepted)
    if satisfied:
        # Next to a right rendering a short or common word proves nothing ("Union" as part of another name).
        if len(surface) < 4 or is_homograph(surface, "de") or is_homograph(surface, "en"):
            return ()
        forms: tuple[str, ...] = (surface,)
    else:
        forms = (surface, *_forms_of(match.entry, pair.source))
    # A name that both languages share is no source form (Putin for Vladimir Putin).
    names = {match.target, match.entry.name(pair.target), *match.entry.aliases(pair.target)}
    ranges: set[tuple[int, int]] = set()
    for form in forms:
        if (
            form in accepted
            or form in names
            or not any(char.isalpha() for char in form)
            or (form.islower() and len(form) < 4)
        ):
            continue
        ranges.update(
            (start, end)
            for start, end in text.find(form, any_case=False, closed=False)
            if not covered.touches(start, end)
        )
    taken = bytearray(len(text.text))
    longest: list[tuple[int, int]] = []
    for start, end in sorted(ranges, key=lambda item: (item[0] - item[1], item)):
        if taken.find(1, start, end) < 0:
            longest.append((start, end))
            taken[start:end] = b"\x01" * (end - start)
    return tuple(text.norm.span(start, end) for start, end in sorted(longest))


@functools.lru_cache(maxsize=4096)
def _forms_of(entry: Entry, lang: Lang) -> tuple[str, ...]:
    names = (entry.name(lang), *entry.aliases(lang))
    return tuple(dict.fromkeys(form for name in names for form in source_forms(name, lang, entry)))


# Words that account for a place or organisation without beginning like it, in either language.
_RELATED = {
    "usa": ("amerik", "americ"),
    "vereinigte staaten": ("amerik", "americ"),
    "niederlande": ("dutch", "holl"),
    "grossbritannien": ("brit", "engl", "uk"),
    "europaische union": ("eu", "europ"),
    "europa": ("eu",),
    "schweiz": ("swiss", "eidgen"),
    "deutschland": ("german", "bundes"),
    "russland": ("krem",),
    "danemark": ("danisch", "dane"),
}


@functools.lru_cache(maxsize=4096)
def _stems(words: tuple[str, ...], size: int) -> tuple[str, ...]:
    return tuple(
        {fold(word)[:size] for name in words for word in WORD.findall(name) if len(word) >= 3 and word[0].isupper()}
    )


def foreign_terms(
    target: str, source: str, matches: Sequence[TermMatch], glossary: Glossary, pair: LangPair
) -> tuple[ForeignTerm, ...]:
    """Glossary names in the target that nothing in the source accounts for: hallucinated or mixed up.

    Looks at persons, places and organisations of four or more letters that are no common words. A name is accounted for
    when its entry is mentioned in the source, when the same words stand in the source, or when some word of the source
    begins like a name of the entry (französisch for France, Ukrainekrieg for Ukraine).

    Args:
        target: The translation.
        source: Its source.
        matches: The mentions of the source.
        glossary: The entries.
        pair: Language pair of the translation.
    """
    back = glossary.index(LangPair(pair.target, pair.source))
    norm = normalise(target)
    hits, _ = back.scan(norm.text)
    if not hits:
        return ()
    known = {_identity(match.entry) for match in matches}
    names_known = {form for match in matches for form in match.accepted}
    source_folded = fold(plain(source))
    source_words = tuple(dict.fromkeys(WORD.findall(source_folded)))
    american = re.search(r"\bUS\b|U\.S\.", source) is not None

    @functools.cache
    def is_foreign(number: int, surface: str, caps: bool) -> bool:
        name = back.names[number]
        entry = glossary.entries[name.entry]
        if entry.type not in ("person", "place", "org") or _identity(entry) in known or surface in names_known:
            return False
        if sum(char.isalpha() for char in name.source) < 4 or caps or is_homograph(name.source, pair.target):
            return False
        if any(surface in form for form in names_known):
            return False
        if fold(name.source) in source_folded or fold(surface) in source_folded:
            return False
        everything = (entry.de, entry.en, *entry.de_aliases, *entry.en_aliases)
        size = 3 if entry.type == "place" else 4
        starts = _stems(everything, size) + tuple(s for n in everything for s in _RELATED.get(fold(n), ()))
        if any(word.startswith(starts) for word in source_words):
            return False
        if american and {"USA", "Vereinigte Staaten", "United States", "America"} & set(everything):
            return False
        return not any(fold(n) in source_folded for n in everything if len(n) >= 4)

    found = []
    for hit in hits:
        surface = norm.text[hit.start : hit.end]
        if is_foreign(hit.name, surface, hit.caps):
            entry = glossary.entries[back.names[hit.name].entry]
            found.append(ForeignTerm(entry, norm.span(hit.start, hit.end), surface))
    return tuple(found)
