"""The lexicon of a model: words of its corpus, and what they were translated as; and the list of all its words.

A word that stands a few dozen times in the corpus is in the corpus, but hardly in a small model: it says half of it, copies it, or
makes a word up. Its translation is known from the word alignment, though, and a model that can be told terms can be told this one
(`mt_publish.translation.lexicon`). Lexical translation probabilities beside a neural model are those of Arthur, Neubig & Nakamura 2016,
"Incorporating discrete translation lexicons into neural machine translation"; here they go into the source, not into the softmax.

Frequent words are in the lexicon, too, for when a model makes a word up in spite of all (`mt_publish.translation.slips`). That it
did is seen by the list of words.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mt_publish.types import LANGS, TERM_END, Lang, other

if TYPE_CHECKING:
    from mt_publish.training.batches import EncodedCorpus
    from mt_publish.training.vocabulary import Vocabulary

RARE = 200
"""A word that the corpus has more often is left to the model, as in `translation.lexicon`."""

SHORTEST = 5
"""Letters of a word that is told, as there."""

_LEAST, _SHARE = 2, 0.25
"""Links that a translation must have, since one may be chance, and their share of the times that the corpus has the word."""

_UNSURE = 0.1
"""The share for a translation that is good enough in place of a word that is none, but is not told."""

_WIDER = 0.5
"""A phrase around the best translation is taken instead when it has this share of its links."""

_NAME = 4
"""An English word that is capitalised so many times as often as not is a name."""

_LONGEST = 3
"""Words of a translation."""

_SHORTEST = 3
"""Letters of a word."""

_KNOWN = 3
"""Times that the corpus has a word of the list, since it has slips, too."""

_OWN = 0.3
"""Exponent of the share of a translation's links that come from the word, so that "the" of many words does not win."""

_WORD = re.compile(r"[^\W\d_]+")
_PHRASE = re.compile(r"[^\W\d_]+(?:[- ][^\W\d_]+)*")


def make_lexicon(corpus: EncodedCorpus, vocabulary: Vocabulary, *, common: int = 150) -> bytes:
    """The lexicon of a corpus with word alignment, gzipped.

    A line is a language, a word in lower case, how often the corpus has it (0 where the translation is not sure enough to be told),
    and its likeliest translation in its commonest case, with tabs between. The translation of a word is the one with most links,
    weighted by the share of *its* links that come from the word, together with neighbours that are linked with nothing where half of
    its links have them ("civil", and the "war" of Bürgerkrieg). Words copied as they are, English names, and words with no
    translation linked twice are left out.

    Args:
        corpus: With links. Pairs that tell terms, and those of weight 0, are left out.
        vocabulary: Of the model.
        common: So many most frequent words of a language begin and end no translation.
    """
    forms: dict[Lang, Counter[str]] = {lang: Counter() for lang in LANGS}
    linked: dict[Lang, dict[str, Counter[str]]] = {lang: defaultdict(Counter) for lang in LANGS}
    for german, english, links in _pairs(corpus, vocabulary):
        forms["de"].update(filter(_WORD.fullmatch, german))
        forms["en"].update(filter(_WORD.fullmatch, english))
        for words, foreign, lang in ((german, english, LANGS[0]), (english, german, LANGS[1])):
            reached: dict[int, set[int]] = {}
            for de, en in links:
                here, there = (de, en) if lang == "de" else (en, de)
                reached.setdefault(here, set()).add(there)
            free = set(range(len(foreign))).difference(*reached.values())
            for here, places in reached.items():
                first, last = min(places), max(places)
                if last - first != len(places) - 1 or not _WORD.fullmatch(words[here]):
                    continue
                for begin in (first, first - 1):
                    for end in (last, last + 1):
                        added = {begin, end} - places
                        phrase = " ".join(foreign[max(begin, 0) : end + 1])
                        if added <= free and end - begin < _LONGEST and _PHRASE.fullmatch(phrase):
                            linked[lang][words[here].lower()][phrase.lower()] += 1
    seen: dict[Lang, Counter[str]] = {lang: Counter() for lang in LANGS}
    for lang in LANGS:
        for form, count in forms[lang].items():
            seen[lang][form.lower()] += count
    function_words = {lang: {word for word, _ in seen[lang].most_common(common)} for lang in LANGS}
    lines = []
    for lang in LANGS:
        target = other(lang)
        for word in sorted(linked[lang]):
            count = seen[lang][word]
            name = lang == "en" and _commonest(word, forms[lang], lang) != word
            if len(word) < _SHORTEST or name:
                continue
            found = {
                phrase: links
                for phrase, links in linked[lang][word].items()
                if function_words[target].isdisjoint((phrase.split(" ")[0], phrase.split(" ")[-1]))
            }
            for share, told in ((_SHARE, count), (_UNSURE, 0)):
                translation = _translation(word, found, linked[target], least=max(_LEAST, share * count))
                if translation:
                    cased = " ".join(_commonest(part, forms[target], target) for part in translation.split(" "))
                    lines.append(f"{lang}\t{word}\t{told}\t{cased}\n")
                    break
    return gzip.compress("".join(lines).encode(), mtime=0)


def without_known(lexicon: bytes, corpus: EncodedCorpus, vocabulary: Vocabulary) -> bytes:
    """A parent's lexicon for an adapted model: the words that stand in its own corpus are left to what it has learnt there.

    Args:
        lexicon: Of the parent, from `make_lexicon`; empty for none.
        corpus: What the model is adapted to.
        vocabulary: Of both.
    """
    if not lexicon:
        return b""
    known = {lang: set[str]() for lang in LANGS}
    for german, english, _ in _pairs(corpus, vocabulary, linked=False):
        known["de"].update(word.lower() for word in german)
        known["en"].update(word.lower() for word in english)
    kept = []
    for line in gzip.decompress(lexicon).decode().splitlines(keepends=True):
        lang, word, _ = line.split("\t", 2)
        if word not in known["en" if lang == "en" else "de"]:
            kept.append(line)
    return gzip.compress("".join(kept).encode(), mtime=0)


def make_word_list(texts: Iterable[str], parent: bytes = b"") -> bytes:
    """The words of a language that are known, gzipped: in lower case, a line each, sorted.

    Args:
        texts: One side of a corpus.
        parent: The list of the model that is adapted, whose words are known, too; empty for none.
    """
    counts = Counter(word.lower() for text in texts for word in _WORD.findall(text) if len(word) >= _SHORTEST)
    known = {word for word, count in counts.items() if count >= _KNOWN}
    if parent:
        known.update(gzip.decompress(parent).decode().splitlines())
    return gzip.compress("".join(f"{word}\n" for word in sorted(known)).encode(), mtime=0)


def _translation(word: str, found: Mapping[str, int], back: Mapping[str, Mapping[str, int]], *, least: float) -> str:
    """The best translation of a word; "" when none is sure enough."""

    def worth(phrase: str) -> tuple[float, str]:
        count = found[phrase]
        theirs = sum(back[phrase].values()) if phrase in back else 0
        return count * (count / max(theirs, count)) ** _OWN, phrase

    best = max(found, key=worth, default="")
    wider = [
        phrase
        for phrase, count in found.items()
        if f" {best} " in f" {phrase} " and phrase != best and count >= max(least, _WIDER * found[best])
    ]
    best = max(wider, key=lambda phrase: (found[phrase], phrase), default=best)
    return best if best != word and found.get(best, 0) >= least else ""


def _commonest(word: str, forms: Mapping[str, int], lang: Lang) -> str:
    """A lower-case word in the case that is commonest; in English capitalised only when it nearly always is."""
    form = max((word, word.capitalize(), word.upper()), key=lambda form: forms.get(form, 0))
    return word if lang == "en" and forms.get(form, 0) < _NAME * forms.get(word, 0) else form


def _pairs(
    corpus: EncodedCorpus, vocabulary: Vocabulary, *, linked: bool = True
) -> Iterator[tuple[list[str], list[str], set[tuple[int, int]]]]:
    """German words, English words, and the links between them, of each pair; signs around a word are no part of it."""
    told = vocabulary.ids.get(TERM_END, -1)
    bounds, link_bounds = corpus.bounds.tolist(), corpus.link_bounds.tolist()
    for number, (begin, middle, end) in enumerate(bounds):
        if not corpus.weights[number] or (linked and link_bounds[number] == link_bounds[number + 1]):
            continue
        german, english = corpus.ids[begin:middle].tolist(), corpus.ids[middle:end].tolist()
        if told in german or told in english:
            continue
        german_words, german_owners = _words(german, vocabulary)
        english_words, english_owners = _words(english, vocabulary)
        pieces = corpus.links[link_bounds[number] : link_bounds[number + 1]].tolist()
        yield german_words, english_words, {(german_owners[de], english_owners[en]) for de, en in pieces}


def _words(ids: Sequence[int], vocabulary: Vocabulary) -> tuple[list[str], list[int]]:
    """Words of a sentence without the signs around them, and for each piece the number of its word."""
    starts, names = vocabulary.word_starts, vocabulary.names
    words: list[str] = []
    owners = []
    for piece in ids:
        if starts[piece] or not words:
            words.append("")
        words[-1] += names[piece]
        owners.append(len(words) - 1)
    return [bare_word(word) for word in words], owners


def bare_word(word: str) -> str:
    """A word without the piece sign and the punctuation around it."""
    word = word.replace("▁", "")
    letters = [i for i, c in enumerate(word) if c.isalnum()]
    return word[letters[0] : letters[-1] + 1] if letters else ""
