"""The document pass: names that no glossary lists, told by how the document's own translations treat them.

A word that the source has in several sentences and that most of their translations copy unchanged is a name. Where one
translation distorts or drops it ("Danfreid" in one paragraph), it becomes a do-not-translate mention of that sentence, and the
term ladder mends it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from mt_publish.types import Entry, Segment, Span, TermMatch, Translation

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PART = re.compile(r"[^\W\d_]+")
_MIN_LETTERS = 4


def copied_names(segments: Sequence[Segment], translations: Sequence[Translation]) -> tuple[str, ...]:
    """Words of a document that are names: capitalised, in two or more sentences, copied by more than half of them.

    A German genitive counts as the name: Danfrieds is Danfried where Danfried occurs as well. A word that stands twice in the
    translations must stand there because of the source: what every translation says anyway is no evidence.
    """
    places: dict[str, set[int]] = defaultdict(set)
    for number, segment in enumerate(segments):
        for word in _WORD.findall(segment.source):
            if len(word) >= _MIN_LETTERS and word[0].isupper() and not word.isupper():
                places[word].add(number)
    for word in [w for w in places if w.endswith("s") and w[:-1] in places]:
        places[word[:-1]] |= places.pop(word)
    names = []
    for word, numbers in places.items():
        if len(numbers) < 2:
            continue
        copied = sum(_stands(word, translations[n].target) for n in numbers)
        if copied >= 2 and copied * 2 > len(numbers):
            names.append(word)
    return tuple(sorted(names))


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?:s|['’]s?)?(?!\w)", text) is not None


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
