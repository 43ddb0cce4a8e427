"""Which nationality goes with which place, so that "the Turkish deal" counts for "der Deal mit der Türkei"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mt_publish.text.comparison import fold
from mt_publish.types import Entry

# Places whose adjective does not begin like them: beginnings of the German nationality, folded.
_IRREGULAR = {
    "frankreich": ("franz",),
    "irland": ("irisch", "ire", "irin", "iren"),
    "danemark": ("dan",),
    "wales": ("walis",),
    "portugal": ("portug",),
    "usa": ("amerik", "us-", "us-amerik"),
    "vereinigte staaten": ("amerik", "us-", "us-amerik"),
    "vereinigte staaten von amerika": ("amerik", "us-", "us-amerik"),
    "amerika": ("amerik", "us-amerik"),
    "grossbritannien": ("brit",),
    "vereinigtes konigreich": ("brit",),
    "libanon": ("liban",),
    "kongo": ("kongoles",),
    "zypern": ("zypr",),
    "europaische union": ("europaisch",),
    "europa": ("europa",),
}
_SHORT = re.compile(r"(?:n|an|l)?(?:isch|er|erin|e|in)\Z")
_TAIL = re.compile(r"(?:enland|landen|lande|land|istan|stan|ien|reich|ei|en|on|n|a|e|o|u|i)\Z")


def belongs(place: str, nationality: str) -> bool:
    """Whether a German nationality (türkisch, Türke) is that of a place with this German name."""
    name, adjective = fold(place), fold(nationality)
    known = _IRREGULAR.get(name)
    if known is not None:
        return adjective.startswith(known)
    for stem in {name, _TAIL.sub("", name)}:
        if len(stem) >= 4 and adjective.startswith(stem):
            return True
        if len(stem) == 3 and adjective.startswith(stem) and _SHORT.match(adjective, 3):
            return True
    return False


def relations(entries: Sequence[Entry]) -> dict[int, tuple[int, ...]]:
    """For each place the numbers of its nationalities, and for each nationality those of its places."""
    by_start: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        if entry.type == "nationality":
            by_start.setdefault(fold(entry.de)[:2], []).append(number)
    found: dict[int, list[int]] = {}
    if not by_start:
        return {}
    for number, entry in enumerate(entries):
        if entry.type != "place":
            continue
        for name in (entry.de, *entry.de_aliases):
            folded = fold(name)
            starts = {start[:2] for start in _IRREGULAR.get(folded, (folded,))}
            for start in starts:
                for other in by_start.get(start, ()):
                    if belongs(name, entries[other].de) and other not in found.get(number, ()):
                        found.setdefault(number, []).append(other)
                        found.setdefault(other, []).append(number)
    return {number: tuple(others) for number, others in found.items()}
