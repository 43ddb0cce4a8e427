"""The document pass: names that no glossary lists, told by how the document's own translations treat them.

A word that the source has in several sentences and that most of their translations copy unchanged is a name. Where one
translation distorts or drops it ("Danfreid" in one paragraph), it becomes a do-not-translate mention of that sentence, and the
term ladder mends it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mt_publish.text.lexicon import NOUN_MARKERS, STARTERS
from mt_publish.types import Entry, Lang, Segment, Span, TermMatch, Translation

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PART = re.compile(r"[^\W\d_]+")
_OPENS = re.compile(r"[:!?…][\s„“”»«\"'‚‘(–—-]*$")
"""What a sentence within a sentence begins after: a capital there says nothing. A full stop is one of an abbreviation."""
_RELATIVE = frozenset({"der", "die", "das", "den", "dem"})
_MIN_LETTERS = 4


@dataclass(slots=True)
class _Occurrences:
    """Where a word stands in a document's source; filled while the document is read.

    Args:
        segments: Numbers of the segments.
        count: How often in all.
        inside: How often inside a sentence, where a capital says something.
        determined: How often right after an article or the like.
    """

    segments: set[int] = field(default_factory=set)
    count: int = 0
    inside: int = 0
    determined: int = 0

    def add(self, other: _Occurrences) -> None:
        self.segments |= other.segments
        self.count += other.count
        self.inside += other.inside
        self.determined += other.determined


def copied_names(segments: Sequence[Segment], translations: Sequence[Translation], lang: Lang) -> tuple[str, ...]:
    """Words of a document that are names: capitalised, in two or more sentences, copied by more than half of them.

    A weak model copies common words, too. So a word is no name that stands after an article half of the time or more
    ("der Akku"), that the document also writes in lower case, or that only starts sentences and does so less than three times.

    A German genitive counts as the name: Danfrieds is Danfried where Danfried occurs as well. A word that stands twice in the
    translations must stand there because of the source: what every translation says anyway is no evidence.

    Args:
        segments: The document's sentences.
        translations: Their translations, in the same order.
        lang: Source language.
    """
    found: dict[str, _Occurrences] = defaultdict(_Occurrences)
    lower: set[str] = set()
    for number, segment in enumerate(segments):
        before, end, relative = "", 0, False
        for hit in _WORD.finditer(segment.source):
            word = hit.group()
            if word.islower():
                lower.add(word)
            elif len(word) >= _MIN_LETTERS and word[0].isupper() and not word.isupper():
                gap = segment.source[end : hit.start()]
                determined = gap == " " and before.lower() in NOUN_MARKERS[lang] and not relative
                found[word].add(_Occurrences({number}, 1, int(end > 0 and not _OPENS.search(gap)), int(determined)))
            # ", die Okwuosa kannte": no article
            relative = lang == "de" and word in _RELATIVE and segment.source[end : hit.start()].strip() == ","
            before, end = word, hit.end()
    for word in [w for w in found if w.endswith("s") and w[:-1] in found]:
        found[word[:-1]].add(found.pop(word))
    names = []
    for word, at in found.items():
        if len(at.segments) < (2 if at.inside else 3) or 2 * at.determined >= at.count:
            continue
        if word.lower() in lower or word in STARTERS[lang]:
            continue
        copied = sum(_stands(word, translations[n].target) for n in at.segments)
        if copied >= 2 and copied * 2 > len(at.segments):
            names.append(word)
    return tuple(sorted(names))


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?:s|['’]s?)?(?!\w)", text) is not None


def lost_names(
    segments: Sequence[Segment], translations: Sequence[Translation], names: Sequence[str]
) -> dict[int, Segment]:
    """The segments whose translation lost one of `names`, by number, each with mentions of those.

    Args:
        segments: The document's sentences.
        translations: Their translations, in the same order.
        names: From `copied_names`.
    """
    by_word: dict[str, list[str]] = defaultdict(list)  # by their first part
    for name in names:
        by_word[name.split("-", 1)[0]].append(name)
    lost = {}
    for number, (segment, translation) in enumerate(zip(segments, translations, strict=True)):
        words = set(_PART.findall(segment.source))
        words |= {word[:-1] for word in words if word.endswith("s")}
        here = sorted(name for word in words & by_word.keys() for name in by_word[word])
        changed = with_lost_names(segment, translation, here) if here else None
        if changed is not None:
            lost[number] = changed
    return lost


def with_lost_names(segment: Segment, translation: Translation, names: Sequence[str]) -> Segment | None:
    """The segment with a mention for each of `names` that its translation lost; None when it lost none."""
    found = []
    words = set(_PART.findall(segment.source))
    for name in names:
        parts = {*name.split("-")}
        # cheap first: most sentences have none of the names
        if not all(part in words or f"{part}s" in words for part in parts) or _stands(name, translation.target):
            continue
        for hit in re.finditer(rf"(?<!\w){re.escape(name)}(s?)(?!\w)", segment.source):
            span = Span(hit.start(), hit.end())
            if not any(span.overlaps(term.span) for term in segment.terms):
                forms = (name, f"{name}'s", f"{name}’s", f"{name}s")
                entry = Entry(name, name, "dnt", note="copied by most sentences of the document")
                found.append(TermMatch(entry, span, hit.group(), name, forms, "genitive" if hit.group(1) else ""))
    if not found:
        return None
    return replace(segment, terms=tuple(sorted((*segment.terms, *found), key=lambda term: term.span)))
