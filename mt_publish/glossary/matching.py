"""Find the mentions of glossary entries in source text.

An index over loose stems of words gives the few names that could start at a word; the exact inflected forms of those
names are made on first use, and a name is taken into the index when a word that may be its first comes up. So
100,000 entries cost only one list entry a name to load, and text costs one look-up a word.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Literal, NamedTuple

from mt_publish.glossary.forms import Role, changed_stem, irregular_demonyms, plural_en, source_forms, target_forms
from mt_publish.glossary.homographs import (
    follows_determiner,
    follows_title,
    is_homograph,
    is_noun_homograph,
    is_title_case,
)
from mt_publish.glossary.related import relations
from mt_publish.text.calendar import calendar_names
from mt_publish.text.comparison import (
    WORD,
    Normalised,
    fold,
    is_shouted,
    is_word_char,
    last_words,
    normalise,
    plain,
    starts_sentence,
    word_set,
)
from mt_publish.text.renderings import COMMON, proper_adjective
from mt_publish.types import Entry, Lang, LangPair, Segment, TermMatch

Surnames = Literal["document", "unique", "listed"]
"""When a surname alone is a mention: "document": the full name stands anywhere in the document; "unique": also when
only one entry has it and it is no common word; "listed": only when the glossary lists it as an alias."""

_CANONICAL, _ALIAS, _SURNAME = 0, 1, 2

_PARTICLES = word_set(
    """
    von vom zu zum zur der den dem van de del della di da dos das du la le el al bin ibn ben abu ter ten af av st
    """
)
_SHOUTED_WORDS = frozenset(
    ("us", "it", "who", "am", "so", "im", "an", "in", "es", "ist", "was", "aus", "all", "was", "do", "ag", "ok")
)
"""Words that look like an acronym in a headline in capitals."""
_CHAIN = re.compile(r"-[^\W_]{1,80}-[^\W_]")
_PRONOUN_NEXT = re.compile(r" (?:I|we|you|he|she|it|they|the|this|that|there|my|your|our|his|her|their)\b")
_SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv"))
# Letters of inflectional endings. A word's key is its first three letters and the rest without these at its end.
_ENDING_LETTERS: dict[Lang, str] = {"de": "enrsmtd", "en": "edingsy"}


def _quoted(before: str) -> bool:
    """Whether a single quotation mark is open at the end of a normalised text."""
    opened = len(re.findall(r"(?<!\w)'(?=\w|$)", before))
    return opened > len(re.findall(r"(?<=[\w.,!?])'(?!\w)", before))


def _is_no_word(form: str, name: str, listed: Sequence[str]) -> bool:
    """Whether a form adds letters to the full stop of an abbreviation (U.S.s, U.S.ian), unless the glossary lists it."""
    return name.endswith(".") and form.startswith(name) and form[len(name) :][:1].isalpha() and form not in listed


def surname(name: str) -> str:
    """The surname of a full name with its particles (von der Leyen, al-Assad); "" for a name of one word."""
    words = name.split()
    while len(words) > 2 and words[-1].lower().rstrip(",") in _SUFFIXES:
        words.pop()
    if len(words) < 2:
        return ""
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[start:]).rstrip(",")


def pairs_of_names(entry: Entry, pair: LangPair) -> list[tuple[str, str, int]]:
    """Source name, target name, kind (0 canonical, 1 alias, 2 derived surname) of everything an entry may be called."""
    source, target = entry.name(pair.source), entry.name(pair.target)
    names = [(source, target, _CANONICAL)]
    aliases = entry.aliases(pair.source)
    if aliases:
        others = entry.aliases(pair.target)
        paired = others if len(others) == len(aliases) else (target,) * len(aliases)
        names += [(alias, other, _ALIAS) for alias, other in zip(aliases, paired, strict=True)]
    if entry.type == "person" and " " in source:
        last = surname(source)
        if last and last not in aliases:
            names.append((last, surname(target) or target, _SURNAME))
        if last.lower().startswith(("al-", "el-")) and last[3:] not in aliases:
            target_last = surname(target) or target
            names.append(
                (last[3:], target_last[3:] if target_last.lower().startswith(("al-", "el-")) else target_last, _SURNAME)
            )
    return names


_BEFORE_FAMILY = frozenset(("die", "den", "der", "beiden", "zwei", "aller", "alle", "dieser", "familie"))
"""German words before a surname in -s that mean the family, and no genitive."""


class _Name(NamedTuple):
    """A source name in the index."""

    entry: int
    source: str
    target: str
    kind: int


class _Forms(NamedTuple):
    """Forms of one source name, by length, longest first: exact, and case-folded with the exact form they come from.

    `lead` counts the characters before the first word; `firsts` holds the first word of every form, case-folded.
    """

    exact: tuple[tuple[int, dict[str, Role]], ...]
    folded: tuple[tuple[int, dict[str, tuple[str, Role]]], ...]
    lead: int
    firsts: frozenset[str]


class _Hit(NamedTuple):
    """A mention in normalised text, before context has its say."""

    start: int
    end: int
    name: int
    role: Role
    caps: bool
    compound: bool
    others: tuple[int, ...] = ()
    """Further names with the same form at the same place."""


class _Index:
    """All names of one source language, to be looked up word by word."""

    def __init__(self, entries: Sequence[Entry], pair: LangPair, own: int) -> None:
        self.entries = entries
        self.own = own
        self.pair = pair
        self.lang = pair.source
        self.names: list[_Name] = []
        self._letters = _ENDING_LETTERS[self.lang]
        # Names that are not in the tables below yet, by the key of their first word: name, its number, whether in any case.
        self._waiting: dict[str, list[tuple[str, int, bool]]] = {}
        self._entering = threading.Lock()
        # Keys of all words of a name, joined → numbers of names; key of its first word → numbers of words (bits).
        self._table: dict[str, list[int]] = {}
        self._lengths: dict[str, int] = {}
        # First keys of names that may start with a small letter; others are not looked up at words in small letters.
        self._small: set[str] = set()
        # Names with forms that do not share their beginning; the beginning of the first word of all others.
        self._irregular: set[int] = set()
        self._beginnings: dict[int, str] = {}
        self._keys: dict[str, tuple[str, int]] = {}
        self._singles: dict[str, tuple[int, ...]] = {}
        self._forms: dict[int, _Forms] = {}
        self._accepted: dict[tuple[int, Role], tuple[str, ...]] = {}
        self._relations: dict[int, tuple[int, ...]] | None = None
        self._build()

    def _build(self) -> None:
        add, names, source = self._add, self.names, self.lang
        target = self.pair.target
        own = self.entries[: self.own]
        taken = {name for entry in own for name in (entry.name(source), *entry.aliases(source))}
        for number, entry in enumerate(self.entries):
            if entry.enforce == "off":
                continue
            if entry.type == "person" or entry.aliases(source):
                variants = pairs_of_names(entry, self.pair)
            else:
                variants = [(entry.name(source), entry.name(target), _CANONICAL)]
            for name, other, kind in variants:
                if number >= self.own and name in taken:
                    continue
                names.append(_Name(number, name, other, kind))
                any_case = entry.case != "keep"
                add(name, len(names) - 1, any_case)
                more: list[str] = []
                if kind == _CANONICAL:
                    more += entry.forms(source)
                    if source == "de" and entry.type == "place":
                        more += irregular_demonyms(name)
                if source == "de" and entry.type in COMMON and len(name) > 4 and (stem := changed_stem(name)):
                    more.append(stem + ("e" if name[0].islower() else "en"))
                if source == "en" and entry.type in COMMON and name.endswith(("man", "person", "child", "f", "fe")):
                    more.append(plural_en(name))
                if source == "de" and name[:4] in ("Der ", "Die ", "Das "):
                    more += [
                        "Der " + name[4:],
                        "Die " + name[4:],
                        "Das " + name[4:],
                        "Den " + name[4:],
                        "Dem " + name[4:],
                    ]
                    more.append("Des " + name[4:])
                if more:
                    self._irregular.add(len(names) - 1)
                    for form in more:
                        add(form, len(names) - 1, any_case)

    def _add(self, name: str, number: int, any_case: bool) -> None:
        """Keep a name until a word with the key of its first word is looked up."""
        first = WORD.search(fold(plain(name)))
        if first is not None:
            self._waiting.setdefault(self._stem(first.group()), []).append((name, number, any_case))

    def _stem(self, folded: str) -> str:
        return folded[:3] + folded[3:].rstrip(self._letters)

    def _enter(self, name: str, number: int, any_case: bool) -> None:
        """Put a name under its key."""
        words: list[str] = WORD.findall(fold(plain(name)))
        keys = [self._stem(word) for word in words]
        numbers = self._table.setdefault(" ".join(keys), [])
        if not numbers or numbers[-1] != number:
            numbers.append(number)
        first = keys[0]
        self._lengths[first] = self._lengths.get(first, 0) | 1 << len(keys)
        if any_case or not name[0].isupper():
            self._small.add(first)
        # No rule takes more than two letters off the end of a word (Bremen → Bremer).
        self._beginnings[number] = words[0][: max(3, len(words[0]) - 2)]

    def _key(self, word: str) -> tuple[str, int]:
        folded = fold(word)
        key = self._stem(folded)
        if key in self._waiting:
            with self._entering:  # the list goes when all of it is entered, so that no other thread looks too early
                for waiting in self._waiting.get(key, ()):
                    self._enter(*waiting)
                self._waiting.pop(key, None)
        lengths = self._lengths.get(key, 0)
        if (
            lengths
            and word[0].islower()
            and key not in self._small
            and folded[:3] not in ("der", "die", "das", "den", "dem", "des", "the")
        ):
            lengths = 0
        found = self._keys[word] = key, lengths
        return found

    def _candidates(self, word: str, key: str) -> tuple[int, ...]:
        """Numbers of the names of key `key` that have a form starting with `word`."""
        folded, wanted = fold(word), word.casefold()
        return tuple(
            number
            for number in self._table.get(key, ())
            if (number in self._irregular or folded.startswith(self._beginnings[number]))
            and wanted in self.forms(number).firsts
        )

    def forms(self, number: int) -> _Forms:
        """The inflected forms of a name, made on first use."""
        found = self._forms.get(number)
        if found is None:
            name = self.names[number]
            entry = self.entries[name.entry]
            exact: dict[int, dict[str, Role]] = {}
            folded: dict[int, dict[str, tuple[str, Role]]] = {}
            for form, role in source_forms(name.source, self.lang, entry).items():
                if _is_no_word(form, name.source, entry.forms(self.lang)):
                    continue
                exact.setdefault(len(form), {})[form] = role
                key = form.casefold()
                for length in {len(form), len(form.upper())}:
                    folded.setdefault(length, {}).setdefault(key, (form, role))
            first = WORD.search(plain(name.source))
            found = self._forms[number] = _Forms(
                tuple(sorted(exact.items(), reverse=True)),
                tuple(sorted(folded.items(), reverse=True)),
                first.start() if first else 0,
                frozenset(
                    match.group().casefold()
                    for _, table in exact.items()
                    for form in table
                    if (match := WORD.search(form))
                ),
            )
        return found

    def accepted(self, number: int, role: Role) -> tuple[str, ...]:
        """Every target form that is right for a mention of a name in a role, the most wanted first."""
        found = self._accepted.get((number, role))
        if found is None:
            name = self.names[number]
            entry = self.entries[name.entry]
            lang = self.pair.target
            forms = list(target_forms(name.target, lang, entry, role))
            others = [entry.name(lang), *entry.aliases(lang)]
            if entry.type == "person":
                # A full name must not lose its first name; a surname may gain it.
                size = len(name.target.split())
                others = [other for other in others if len(other.split()) >= size]
            for other in others:
                if other != name.target:
                    forms += target_forms(other, lang, entry, role)
            for related in self._related(name.entry):
                for other in (related.name(lang), *related.aliases(lang)):
                    forms += target_forms(other, lang, related, role if related.type != "place" else "genitive")
            bases = (name.target, *others)
            listed = entry.forms(lang)
            found = self._accepted[number, role] = tuple(
                form for form in dict.fromkeys(forms) if not any(_is_no_word(form, base, listed) for base in bases)
            )
        return found

    def _related(self, number: int) -> list[Entry]:
        """The nationalities of a place, and the places of a nationality: translators swap them freely."""
        if self.entries[number].type not in ("place", "nationality"):
            return []
        if self._relations is None:
            self._relations = relations(self.entries)
        return [self.entries[other] for other in self._relations.get(number, ())]

    def scan(self, text: str, surnames: frozenset[int] | None = None) -> tuple[list[_Hit], list[int]]:
        """Mentions in normalised `text`, longest first, leftmost, not overlapping.

        Args:
            text: Normalised text.
            surnames: Numbers of the derived surnames that count; None for none.

        Returns:
            The mentions in order, and the numbers of derived surnames that stand in the text but did not count.
        """
        hits: list[_Hit] = []
        skipped: list[int] = []
        known = self._keys
        compute = self._key
        words = [(match.group(), match.start()) for match in WORD.finditer(text)]
        looked = [known.get(word) or compute(word) for word, _ in words]
        shouted: bool | None = None
        taken = 0
        for index, (_, lengths) in enumerate(looked):
            if not lengths:
                continue
            start = words[index][1]
            if start < taken:
                continue
            if shouted is None:
                shouted = is_shouted(text)
            best: _Hit | None = None
            size = lengths.bit_length() - 1
            while size:
                if lengths >> size & 1 and index + size <= len(looked):
                    if size == 1:
                        candidates = self._singles.get(words[index][0])
                        if candidates is None:
                            candidates = self._candidates(words[index][0], looked[index][0])
                            self._singles[words[index][0]] = candidates
                    else:
                        candidates = self._candidates(
                            words[index][0], " ".join(item[0] for item in looked[index : index + size])
                        )
                    for number in candidates:
                        hit = self._try(text, start, number, shouted)
                        if hit is None:
                            continue
                        if self.names[number].kind == _SURNAME and (surnames is None or number not in surnames):
                            skipped.append(number)
                            continue
                        if best is None or self._rank(hit) > self._rank(best):
                            others = () if best is None or best.end != hit.end else (best.name, *best.others)
                            best = hit._replace(others=others)
                        elif hit.end == best.end:
                            best = best._replace(others=(*best.others, number))
                    if best is not None:
                        break
                size -= 1
            if best is not None:
                hits.append(best)
                taken = best.end
        return hits, skipped

    def _rank(self, hit: _Hit) -> tuple[int, bool, int]:
        """Longer first, then a name before a demonym, then canonical name, alias, surname."""
        return hit.end, hit.role != "demonym", -self.names[hit.name].kind

    def _try(self, text: str, word_start: int, number: int, shouted: bool) -> _Hit | None:
        """The longest form of one name that stands at a word, if its case and surroundings allow it."""
        forms = self.forms(number)
        start = word_start - forms.lead
        if start < 0 or (start and is_word_char(text, start) and is_word_char(text, start - 1)):
            return None
        for length, table in forms.exact:
            role = table.get(text[start : start + length])
            if role is not None:
                hit = self._check(text, start, start + length, number, role, caps=False)
                if hit is not None:
                    return hit
        entry = self.entries[self.names[number].entry]
        for length, folded in forms.folded:
            surface = text[start : start + length]
            found = folded.get(surface.casefold())
            if found is None or surface == found[0]:
                continue
            form, role = found
            caps = surface.isupper()
            if entry.case == "any":
                # "to polish" is no Pole: English nationalities are never written small.
                allowed = not (
                    self.lang == "en" and form[:1].isupper() and surface[:1].islower() and proper_adjective(entry)
                )
            elif caps:
                letters = sum(char.isalpha() for char in surface)
                allowed = shouted or (letters >= 4 and not (entry.type in COMMON or is_homograph(form, self.lang)))
            elif surface[1:] == form[1:]:
                allowed = entry.case == "sentence" or (form[:1].islower() and starts_sentence(text, start))
            else:
                allowed = False
            if allowed:
                hit = self._check(text, start, start + length, number, role, caps=caps and not form.isupper())
                if hit is not None:
                    return hit
        return None

    def _check(self, text: str, start: int, end: int, number: int, role: Role, *, caps: bool) -> _Hit | None:
        """A hit if the characters around it leave it a name of its own."""
        if is_word_char(text, end) and is_word_char(text, end - 1):
            return None
        before, after = text[start - 1 : start], text[end : end + 1]
        if (before in ("@", "#") and before) or after == "@":
            return None
        # Addresses: spiegel.de, www.spiegel, a/spiegel_
        if after == "." and end + 1 < len(text) and text[end + 1].islower() and text[end + 1].isalnum():
            return None
        if before == "." and start > 1 and text[start - 2].islower():
            return None
        entry = self.entries[self.names[number].entry]
        joined_after = after == "-" and end + 1 < len(text) and (is_word_char(text, end + 1) or text[end + 1] == " ")
        joined_before = before == "-" and is_word_char(text, start - 2)
        compound = joined_after or joined_before
        if compound and (role == "genitive" and text[start:end].endswith("'")):
            return None
        if joined_before and entry.type == "person":
            # Müller-Danfried is another person; the head of a compound is never a person's name otherwise.
            return None
        if joined_before and not text[start - 2].isdigit() and entry.type == "place" and text[start:end].islower():
            return None
        surface = text[start:end]
        before_text = text[max(0, start - 200) : start]
        if role == "genitive" and surface.endswith("'"):
            # A closing quotation mark looks the same; a genitive has a noun after it and no mark before it.
            followed = after == " " and end + 1 < len(text) and text[end + 1].isalpha()
            if not followed or _quoted(before_text):
                return None
        if entry.type == "person":
            if self.lang == "de" and role == "genitive" and surface.endswith("s") and not surface.endswith("'s"):
                words = last_words(before_text, 1)
                # "die Lawrows Sprecherin vorlegte": a relative pronoun before a genitive, and no family
                owns = re.match(r" [A-ZÄÖÜ]", text[end : end + 2])
                if not owns and words and words[0].lower() in _BEFORE_FAMILY:
                    role = "plural"
            elif self.lang == "en" and role == "plural":
                words = last_words(before_text, 1)
                if not words or words[0].lower() not in ("the", "both", "two", "three", "these", "those", "other"):
                    return None
        if role == "plural" and self.lang == "de" and entry.type in COMMON and surface.endswith("n"):
            # Präsidenten after a singular determiner is one president.
            words = last_words(before_text, 1)
            if words and words[0].lower() in (
                "dem",
                "des",
                "einem",
                "eines",
                "einen",
                "vom",
                "im",
                "zum",
                "am",
                "beim",
                "diesem",
            ):
                role = ""
        return _Hit(start, end, number, role, caps, compound)


class Glossary:
    """Entries made ready for look-up, in both directions.

    Args:
        entries: The entries; where two claim the same source name the first one wins, and the rendering of the other counts as
            right, too.
        own: So many entries at the beginning have their names for themselves: no later entry goes by one of them.
    """

    def __init__(self, entries: Iterable[Entry] = (), *, own: int = 0) -> None:
        self.entries = tuple(entries)
        self.own = own
        self._indexes: dict[LangPair, _Index] = {}

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"Glossary({len(self.entries)} entries)"

    @functools.cached_property
    def sha256(self) -> str:
        """Hex digest of all that decides how the glossary acts; notes and places of rows are left out."""
        import hashlib

        names = [field.name for field in fields(Entry)]
        left_out = ("note", "where")
        parts = (f"{name}=''" if name in left_out else f"{name}={{!r}}" for name in names)
        shown = f"Entry({', '.join(parts)})"  # as repr() writes them
        values = attrgetter(*(name for name in names if name not in left_out))
        rows = "".join(shown.format(*values(entry)) for entry in self.entries)
        return hashlib.sha256((rows + (f"own={self.own}" if self.own else "")).encode()).hexdigest()

    def index(self, pair: LangPair) -> _Index:
        """The look-up structure for texts in `pair.source`, built on first use."""
        found = self._indexes.get(pair)
        if found is None:
            found = self._indexes[pair] = _Index(self.entries, pair, self.own)
        return found


def find_terms(
    segments: Sequence[Segment], glossary: Glossary, pair: LangPair, *, surnames: Surnames = "document"
) -> tuple[Segment, ...]:
    """The segments of one document with the glossary mentions of their source filled in.

    Mentions are the longest possible, from the left, and do not overlap; their spans are whole words. The document
    decides what single segments cannot: a surname counts once its full name is there, and a name that is also a common
    word is weakened to `enforce="check"` (or left out after an article) unless something in the document confirms it.

    Args:
        segments: All segments of one document, in order.
        glossary: The entries.
        pair: Language pair of the document.
        surnames: When a surname alone is a mention.
    """
    if not glossary.entries:
        return tuple(replace(segment, terms=()) if segment.terms else segment for segment in segments)
    index = glossary.index(pair)
    texts = [normalise(segment.source) for segment in segments]
    scans = [index.scan(text.text) for text in texts]
    seen: dict[int, int] = {}
    confirmed: set[int] = set()
    for text, (hits, _) in zip(texts, scans, strict=True):
        shouted: bool | None = None
        for hit in hits:
            name = index.names[hit.name]
            if index.entries[name.entry].type == "person" and " " in name.source:
                seen.setdefault(name.entry, len(seen))
            if not is_homograph(name.source, pair.source):
                confirmed.add(name.entry)
            elif name.source.isupper() and name.source.lower() in _SHOUTED_WORDS:
                shouted = is_shouted(text.text) if shouted is None else shouted
                if not shouted:
                    confirmed.add(name.entry)
    wanted = {number for _, skipped in scans for number in skipped}
    allowed = frozenset(_allowed_surnames(index, wanted, seen, surnames))
    out = []
    for segment, text, (hits, skipped) in zip(segments, texts, scans, strict=True):
        if allowed and not allowed.isdisjoint(skipped):
            hits, _ = index.scan(text.text, allowed)
        terms = tuple(_terms(index, segment.source, text, hits, confirmed))
        out.append(segment if terms == segment.terms else replace(segment, terms=terms))
    return tuple(out)


def _allowed_surnames(index: _Index, wanted: set[int], seen: dict[int, int], surnames: Surnames) -> Iterator[int]:
    if surnames == "listed":
        return
    by_surname: dict[str, list[int]] = {}
    for number in sorted(wanted):
        by_surname.setdefault(index.names[number].source, []).append(number)
    for name, numbers in by_surname.items():
        present = [number for number in numbers if index.names[number].entry in seen]
        if present:
            # Two people of one surname in a document: the surname is translated, whoever is meant.
            yield present[0]
        elif surnames == "unique" and len(numbers) == 1 and not is_homograph(name, index.lang):
            yield numbers[0]


def _terms(index: _Index, source: str, text: Normalised, hits: list[_Hit], confirmed: set[int]) -> Iterator[TermMatch]:
    headline: bool | None = None
    shouted: bool | None = None
    for hit in hits:
        name = index.names[hit.name]
        entry = index.entries[name.entry]
        enforce = entry.enforce
        acronym = name.source.isupper() and name.source.lower() in _SHOUTED_WORDS
        if acronym and shouted is None:
            shouted = is_shouted(text.text)
        if acronym and shouted:
            if is_homograph(name.source, index.lang) and name.entry not in confirmed:
                continue  # THE MAN WHO FELL: nothing else in the document says that it is the organisation
            enforce = "check"
        elif acronym:
            pass  # "the WHO" among small letters can only be the name
        elif entry.type not in COMMON and entry.type != "dnt" and is_homograph(name.source, index.lang):
            if headline is None:
                headline = index.lang == "en" and is_title_case(text.text)
            doubt = _doubt(index.lang, entry, name, hit, text.text, confirmed, headline)
            if doubt == "drop":
                continue
            if doubt == "check":
                enforce = "check"
        span = text.span(hit.start, hit.end)
        target = name.target
        if hit.role == "plural" and entry.type == "person" and not target.endswith(("s", ".")):
            target = target + "s"
        accepted = index.accepted(hit.name, hit.role)
        if hit.compound and enforce == "repair" and entry.type not in COMMON and _CHAIN.match(text.text, hit.end):
            # Rhein-Sieg-Kreis is a name of its own, and so may any chain of three be.
            enforce = "check"
        if hit.others:
            # One word, several entries (Afghan: afghanisch, Afghane, Afghanin): only a reader can tell; all are right.
            accepted = tuple(dict.fromkeys((*accepted, *(f for n in hit.others for f in index.accepted(n, hit.role)))))
        yield TermMatch(
            entry=entry,
            span=span,
            surface=source[span.start : span.end],
            target=target,
            accepted=accepted,
            case=hit.role,
            compound=hit.compound,
            caps=hit.caps,
            enforce=enforce,
        )


_IN_TIME = re.compile(
    r"(?:\b(?:in|last|next|since|until|early|late|mid|im|Anfang|Mitte|Ende|seit|letzten|nächsten|vergangenen)\s|\d(?:\.|st|nd|rd|th)?\s|-)$",
    re.IGNORECASE,
)


def _is_date(lang: Lang, before: str, surface: str, after: str, *, sure_only: bool) -> bool:
    """Whether a name that is also a month or weekday is one there: on 24 May, in March.

    With `sure_only`, where somebody of that name is in the document, "by May" is left in doubt.
    """
    head = before[-60:]
    if not any(
        name.span.start <= len(head) < name.span.end for name in calendar_names(head + surface + after[:10], lang)
    ):
        return False
    return not sure_only or bool(_IN_TIME.search(before) or re.match(r",? \d", after))


def _doubt(
    lang: Lang, entry: Entry, name: _Name, hit: _Hit, text: str, confirmed: set[int], headline: bool
) -> Literal["", "check", "drop"]:
    """Whether a name that is also a common word may be forced (""), only reported ("check"), or is none ("drop")."""
    before, after = text[max(0, hit.start - 200) : hit.start], text[hit.end : hit.end + 200]
    surface = text[hit.start : hit.end]
    if surface[0].islower() and name.source[0].isupper():
        return "drop"
    if hit.caps:
        return "" if name.entry in confirmed else "check"
    quoted = before[-1:] in "„“\"»«‚'‹›" and before[-1:] != "" and after[:1] in "“”\"«»‘'›‹," and after[:1] != ""
    if quoted or (entry.type == "person" and follows_title(before, lang)):
        return ""
    if _is_date(lang, before, surface, after, sure_only=name.entry in confirmed):
        return "drop"
    initial = starts_sentence(text, hit.start)
    if lang == "en" and initial and _PRONOUN_NEXT.match(after):
        # May I …, Will you …: a verb, whoever else is in the document.
        return "drop"
    if lang == "en":
        if not initial and not headline:
            return ""
        return "" if name.entry in confirmed else "check"
    determined = follows_determiner(before, lang) and not entry.article(lang)
    if determined and is_noun_homograph(name.source, lang) and hit.role != "plural":
        return "drop"
    if name.entry in confirmed:
        return ""
    if not is_noun_homograph(name.source, lang):
        return "check" if initial or determined else ""
    if entry.type == "place" and not initial:
        words = last_words(before, 1)
        if words and words[0].lower() in (
            "in",
            "aus",
            "nach",
            "bei",
            "von",
            "nahe",
            "um",
            "stadt",
            "raum",
            "über",
            "ab",
        ):
            return ""
    return "check"
