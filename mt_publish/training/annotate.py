"""Training pairs that teach a model to be told terms, and to copy names it has never seen.

`Annotator` writes the lemma of the translation into the source, ``<term_start> source <term_end> lemma <trans_end>``,
and leaves the target inflected: the model learns to use what it is told in the form that the sentence wants (Exel et
al. 2020; Bergmanis and Pinnis 2021). `LexiconAnnotator` does so with rare words of all kinds, as `translate` will.
`add_copy_noise` swaps rare names for invented ones on both sides.
"""

from __future__ import annotations

import gzip
import math
import random
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from mt_publish.training.batches import INTO_ENGLISH, INTO_GERMAN, EncodedPair
from mt_publish.training.corpus import Pair
from mt_publish.training.lexicon import RARE, SHORTEST, bare_word
from mt_publish.training.vocabulary import Vocabulary
from mt_publish.types import LANGS, TERM_END, TERM_START, TRANS_END, Lang, other

# --- copy noise -------------------------------------------------------------------------------------------------------

_NAME = re.compile(r"\b[A-ZÄÖÜ][a-zäöüß]{3,}\b")
_ONSETS = "B Br D Dr F Fl G Gr H J K Kl Kr L M N P Pr R S Sch St T Tr V W Z".split()  # noqa: SIM905
_VOWELS = "a e i o u ei au ä ö ü ie".split()  # noqa: SIM905
_MIDDLES = "b bl ck d ff g gl hl k l ll m mm n nd nn p r rg rl rn st t tt v w z".split()  # noqa: SIM905
_ENDINGS = "a er el en ik inger ke ler mann off ow ovic ski stein berg feld hardt meier ung".split()  # noqa: SIM905


def invent_name(rng: random.Random) -> str:
    """A name that nobody has, of two or three syllables, never in -s, -x or -z: their genitive is written otherwise."""
    middle = "".join(rng.choice(_VOWELS) + rng.choice(_MIDDLES) for _ in range(rng.choice((1, 1, 2))))
    return rng.choice(_ONSETS) + middle + rng.choice(_ENDINGS)


def add_copy_noise(pairs: Sequence[Pair], *, share: float, seed: int = 1, rare: int = 5) -> list[Pair]:
    """New pairs in which a rare name is replaced by an invented one on both sides.

    A name is a capitalised word that stands exactly once on each side and is the same there; as a German genitive in -s
    it stands opposite the English -'s ("Danfrieds Haus", "Danfried's house"), and so does its replacement. That the
    name occurs once on each side is what makes the swap safe: nothing else can be aligned with it.

    Args:
        pairs: The corpus.
        share: New pairs as a fraction of `pairs`, at most; there may be fewer with rare names.
        seed: Of choice and invention.
        rare: Words that stand in more German sentences than this are no rare names.
    """
    rng = random.Random(seed)
    counts = Counter(word for pair in pairs for word in set(_NAME.findall(pair.de)))
    wanted = int(share * len(pairs))
    made: list[Pair] = []
    for index in rng.sample(range(len(pairs)), len(pairs)):
        if len(made) >= wanted:
            break
        pair = pairs[index]
        names = [(de, en) for de, en in _shared_names(pair) if counts[de] <= rare]
        if names:
            de, en = rng.choice(names)
            name, genitive = invent_name(rng), en != de
            made.append(
                pair._replace(
                    de=re.sub(rf"\b{de}\b", name + "s" * genitive, pair.de),
                    en=re.sub(rf"\b{en}\b", name + en[-2:] * genitive, pair.en),
                )
            )
    return made


def _shared_names(pair: Pair) -> Iterator[tuple[str, str]]:
    """German and English form of names that stand once on each side."""
    german = Counter(_NAME.findall(pair.de))
    english = Counter(re.findall(r"\b[A-ZÄÖÜ][a-zäöüß]{3,}(?:['’]s\b)?", pair.en))
    for word, count in german.items():
        name = word.removesuffix("s")
        if count == 1 and not (word != name and name in german) and word + "s" not in german:
            forms = {form: english[form] for form in (word, f"{word}'s", f"{word}’s", f"{name}'s", f"{name}’s")}
            found = [form for form, times in forms.items() if times]
            if sum(forms.values()) == 1 and (
                found[0] == word or (word != name and found[0].startswith(name + found[0][-2]))
            ):
                yield word, found[0]


# --- annotation -------------------------------------------------------------------------------------------------------


class Word(NamedTuple):
    """A word or phrase of a pair, as a range of its pieces."""

    start: int
    end: int


@dataclass(frozen=True)
class Annotator:
    """Writes lemmas of aligned words into sources.

    Args:
        vocabulary: With the three symbols in it.
        counts: How often each word form stands in the corpus, by language; see `count_words`.
    """

    vocabulary: Vocabulary
    counts: dict[Lang, Counter[str]]

    def annotate(self, pair: EncodedPair, rng: random.Random, *, most: int = 2) -> EncodedPair | None:
        """A copy of `pair` for one direction with one or more terms annotated; None when nothing fits.

        A term is a noun, a name or a short phrase that begins and ends in one: capitalised on the German side, and not
        the first word there, where every word is. No word of it is aligned outside its translation, nor the other way
        (the consistent phrase pairs of Och and Ney 2004).

        Args:
            pair: With links.
            rng: Chooses direction and terms.
            most: Terms annotated at most.
        """
        into_german = rng.random() < 0.5
        links = [(en, de) for de, en in pair.links] if into_german else list(pair.links)
        source, target = (pair.en, pair.de) if into_german else (pair.de, pair.en)
        target_lang: Lang = "de" if into_german else "en"
        german = 1 if into_german else 0
        fitting = [
            phrases
            for phrases in _phrases(word_ranges(source, self.vocabulary), word_ranges(target, self.vocabulary), links)
            if phrases[german].start > 0 and self._is_term((source, target)[german], phrases[german])
        ]
        if not fitting:
            return None
        wanted, chosen = rng.randint(1, most), list[tuple[Word, Word]]()
        for candidate in rng.sample(fitting, len(fitting)):
            if len(chosen) < wanted and all(
                candidate[0].end <= old.start or old.end <= candidate[0].start for old, _ in chosen
            ):
                chosen.append(candidate)
        start, middle, end = self._marks
        told: dict[Word, list[int]] = {}
        for word, translation in chosen:
            surface = self.vocabulary.decode(target[translation.start : translation.end], target_lang)
            lemma = self.vocabulary.encode([self.base_form(surface, target_lang)], target_lang)[0]
            told[word] = [*middle, *lemma, *end]
        return _tell(pair, told, start, into_german=into_german)

    def swap(self, pair: EncodedPair, others: Sequence[str], rng: random.Random) -> EncodedPair | None:
        """A copy of an annotated pair in which the first term that is told is another one, and so is its translation.

        What is told is then the only sign of what to say: copying it is all that the model can learn. Only a term that
        the translation has once and in the form told is swapped, for one of the same look: capitalised for capitalised,
        plural in -s for plural in -s; half of the capitalised ones for an invented name. In German only names are swapped,
        since articles and adjectives go with the gender of a noun.

        Args:
            pair: From `annotate`.
            others: Terms told elsewhere, in the language of the target.
            rng: Chooses.

        Returns:
            None when the term cannot be swapped.
        """
        into_german = pair.direction == INTO_GERMAN
        lang: Lang = "de" if into_german else "en"
        source, target = (list(pair.en), list(pair.de)) if into_german else (list(pair.de), list(pair.en))
        start, end = self._first_told(source)
        term = source[start:end]
        text = self.vocabulary.decode(term, lang)
        places = [at for at in range(len(target) - len(term) + 1) if target[at : at + len(term)] == term]
        if len(places) != 1 or not text:
            return None
        if into_german and text not in self.vocabulary.decode(source[:start], "en"):
            return None
        name = text[:1].isupper()
        if name and rng.random() < 0.5:
            other = invent_name(rng)
        else:
            alike = [
                o for o in others if o[:1].isupper() == name and o.endswith("s") == text.endswith("s") and o != text
            ]
            if not alike:
                return None
            other = rng.choice(alike)
        new = self.vocabulary.encode([other], lang)[0]
        at, grown = places[0], len(new) - len(term)
        target[at : at + len(term)] = new
        source[start:end] = new
        links = [(de, en) if not into_german else (en, de) for de, en in pair.links]
        moved = []
        for s, t in links:
            if at <= t < at + len(term):
                t = min(t, at + len(new) - 1)
            elif t >= at + len(term):
                t += grown
            moved.append((s + grown if s >= end else s, t))
        if into_german:
            return replace(pair, en=source, de=target, links=[(de, en) for en, de in moved])
        return replace(pair, de=source, en=target, links=moved)

    def told(self, pair: EncodedPair) -> str:
        """The first term that an annotated pair is told."""
        into_german = pair.direction == INTO_GERMAN
        source = list(pair.en if into_german else pair.de)
        start, end = self._first_told(source)
        return self.vocabulary.decode(source[start:end], "de" if into_german else "en")

    def _first_told(self, source: list[int]) -> tuple[int, int]:
        """Range of the first term told in a source, between its two symbols."""
        _, middle, end = self._marks
        start = next(i for i in range(len(source)) if source[i : i + len(middle)] == middle) + len(middle)
        return start, next(i for i in range(start, len(source)) if source[i : i + len(end)] == end)

    def base_form(self, phrase: str, lang: Lang) -> str:
        """A noun phrase as a glossary would have it: its last word as `lemma` gives it, German adjectives in -er, -e or
        -es, whatever the corpus has most often.
        """
        *before, last = phrase.split(" ")
        if lang == "de":
            before = [self._strong_form(word) for word in before]
        return " ".join([*before, self.lemma(last, lang)])

    def _strong_form(self, word: str) -> str:
        """ "Europäischen" as "Europäische" or "Europäischer"; words that have no such forms as they are."""
        stem = re.sub(r"e[nmrs]?$", "", word)
        forms = [form for form in (stem + "e", stem + "er", stem + "es") if self.counts["de"][form] > 1]
        if stem == word or len(forms) < 2 or len(stem) < 3:
            return word
        return max(forms, key=self.counts["de"].__getitem__)

    def lemma(self, word: str, lang: Lang) -> str:
        """The base form of a noun: the shortest form with a regular ending stripped that the corpus uses about as
        often.

        Without a lexicon this is a guess; a wrong one leaves the form as it is.
        """
        counts = self.counts[lang]
        least = max(2, counts[word] // 2)
        for ending, instead in _ENDINGS_OF[lang]:
            stem = word.removesuffix(ending) + instead
            if word.endswith(ending) and len(stem) >= 4 and counts[stem] >= least:
                return stem
        return word

    @cached_property
    def _marks(self) -> tuple[list[int], list[int], list[int]]:
        return _marks(self.vocabulary)

    def _is_term(self, ids: Sequence[int], phrase: Word) -> bool:
        text = self.vocabulary.decode(ids[phrase.start : phrase.end], "de")
        words = text.split(" ")
        return (
            len(text) >= 4
            and text.replace(" ", "").isalpha()
            and all(word[:1].isupper() and len(word) > 1 for word in (words[0], words[-1]))
        )


class LexiconAnnotator:
    """Writes what the lexicon has for rare words into sources, as `mt_publish.translation.lexicon` does when the model translates.

    `Annotator` tells nouns and names; the lexicon has words of all kinds, in whatever form is commonest. Only what the translation
    of a pair has in some form is told: what is told is an order, and must stay one.

    Args:
        vocabulary: With the three symbols in it.
        lexicon: From `mt_publish.training.lexicon.make_lexicon`, gzipped.
    """

    def __init__(self, vocabulary: Vocabulary, lexicon: bytes) -> None:
        self.vocabulary = vocabulary
        self._start, middle, end = _marks(vocabulary)
        lines = [line.split("\t") for line in gzip.decompress(lexicon).decode().splitlines()]
        self._entries: dict[Lang, dict[str, tuple[int, str, list[int]]]] = {}
        for lang in LANGS:
            mine = [line for line in lines if line[0] == lang and 0 < int(line[2]) <= RARE and len(line[1]) >= SHORTEST]
            cut = vocabulary.encode([line[3] for line in mine], other(lang))
            self._entries[lang] = {
                line[1]: (int(line[2]), line[3].lower(), [*middle, *ids, *end])
                for line, ids in zip(mine, cut, strict=True)
            }

    def annotate(self, pair: EncodedPair, rng: random.Random, *, most: int) -> EncodedPair | None:
        """A copy of `pair` for one direction that tells one or more rare words of its source; None when there are none to tell.

        Args:
            pair: With links or without.
            rng: Chooses direction and number.
            most: Words told at most, the rarest first.
        """
        into_german = rng.random() < 0.5
        source, target = (pair.en, pair.de) if into_german else (pair.de, pair.en)
        lang: Lang = "en" if into_german else "de"
        words = {word.lower() for _, word in self._words(target)}
        found = []
        for place, word in self._words(source):
            entry = None if lang == "en" and word[:1].isupper() else self._entries[lang].get(word.lower())
            if entry is not None and _says(entry[1], words):
                found.append((entry[0], place, entry[2]))
        chosen = sorted(found)[: rng.randint(1, most)]
        if not chosen:
            return None
        return _tell(pair, {place: ids for _, place, ids in chosen}, self._start, into_german=into_german)

    def _words(self, ids: Sequence[int]) -> Iterator[tuple[Word, str]]:
        """Words of letters only, and where they stand."""
        for place in word_ranges(ids, self.vocabulary):
            word = bare_word("".join(self.vocabulary.names[piece] for piece in ids[place.start : place.end]))
            if word.isalpha():
                yield place, word


def _tell(
    pair: EncodedPair, told: Mapping[Word, Sequence[int]], start: Sequence[int], *, into_german: bool
) -> EncodedPair:
    """A copy of `pair` for one direction with `start` before each word that is told, what tells it after it, and the links moved."""
    starts, ends = {word.start for word in told}, {word.end: ids for word, ids in told.items()}
    annotated: list[int] = []
    moved: list[int] = []  # new place of each source piece
    for place, piece in enumerate(pair.en if into_german else pair.de):
        annotated += start if place in starts else ()
        moved.append(len(annotated))
        annotated += [piece, *ends.get(place + 1, ())]
    if into_german:
        links = [(de, moved[en]) for de, en in pair.links]
        return replace(pair, en=annotated, direction=INTO_GERMAN, links=links)
    return replace(pair, de=annotated, direction=INTO_ENGLISH, links=[(moved[de], en) for de, en in pair.links])


def _says(translation: str, words: Collection[str]) -> bool:
    """Whether each word of a translation has one of `words` that begins like it, as its other forms do; all in lower case."""
    return all(
        any(word.startswith(_stem(part)) and len(word) <= len(part) + _ENDING for word in words)
        for part in translation.split(" ")
    )


def _stem(word: str) -> str:
    """What all forms of a word begin with, roughly: seven tenths of it, four letters if it has so many."""
    return word[: max(4, math.ceil(0.7 * len(word)))]


_ENDING = 4
"""Letters that a form of a word has more than another one, at most: with more it is a compound, or another word."""


def _marks(vocabulary: Vocabulary) -> tuple[list[int], list[int], list[int]]:
    """Ids of the three symbols as they are cut in running text, the space before each included."""
    processor_view = vocabulary.encode([f"a {s} a" for s in (TERM_START, TERM_END, TRANS_END)], "de")
    plain = len(vocabulary.encode(["a"], "de")[0])
    start, middle, end = (ids[plain:-plain] for ids in processor_view)
    return start, middle, end


_ENDINGS_OF: dict[Lang, tuple[tuple[str, str], ...]] = {
    "de": (
        ("innen", "in"),
        ("ern", ""),
        ("es", ""),
        ("en", "e"),
        ("en", ""),
        ("er", ""),
        ("s", ""),
        ("n", ""),
        ("e", ""),
    ),
    "en": (("ies", "y"), ("es", ""), ("s", "")),
}


def word_ranges(ids: Sequence[int], vocabulary: Vocabulary) -> list[Word]:
    """Words as ranges of pieces, punctuation after them left out."""
    starts, letters = vocabulary.word_starts, vocabulary.has_letters
    places = [i for i, piece in enumerate(ids) if i == 0 or starts[piece]]
    found = []
    for start, end in zip(places, [*places[1:], len(ids)], strict=True):
        while end > start and not letters[ids[end - 1]]:
            end -= 1
        if end > start:
            found.append(Word(start, end))
    return found


def count_words(texts: Iterable[str]) -> Counter[str]:
    """How often each word form stands in `texts`."""
    return Counter(word for text in texts for word in re.findall(r"\w{3,}", text))


def _phrases(
    sources: Sequence[Word], targets: Sequence[Word], links: Iterable[tuple[int, int]], *, longest: int = 4
) -> list[tuple[Word, Word]]:
    """Phrases of up to `longest` words on each side of which no piece is linked outside the other; their outer words
    are linked, and no punctuation stands in them.
    """
    source_of = {place: n for n, word in enumerate(sources) for place in range(word.start, word.end)}
    target_of = {place: n for n, word in enumerate(targets) for place in range(word.start, word.end)}
    joined = {(source_of[s], target_of[t]) for s, t in links if s in source_of and t in target_of}
    targets_of: dict[int, set[int]] = {}
    sources_of: dict[int, set[int]] = {}
    for s, t in joined:
        targets_of.setdefault(s, set()).add(t)
        sources_of.setdefault(t, set()).add(s)
    found = []
    for first in sorted(targets_of):
        for last in range(first, min(first + longest, len(sources))):
            if last > first and sources[last - 1].end != sources[last].start:
                break
            if last not in targets_of:
                continue
            reached = set().union(*(targets_of.get(s, set()) for s in range(first, last + 1)))
            low, high = min(reached), max(reached)
            if high - low >= longest:
                break
            inside = all(first <= s <= last for t in range(low, high + 1) for s in sources_of.get(t, ()))
            whole = all(targets[t].end == targets[t + 1].start for t in range(low, high))
            if inside and whole:
                found.append(
                    (Word(sources[first].start, sources[last].end), Word(targets[low].start, targets[high].end))
                )
    return found
