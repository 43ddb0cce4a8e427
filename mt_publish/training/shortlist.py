"""The lexical shortlist of a model: by source piece, the few target pieces that may come of it.

A small decoder spends much of its time on the projection to the whole vocabulary. With a shortlist it looks only at what
the words of a batch can become (the lexical shortlists of Schwenk et al. 2007, as Marian has them): their translations by
word alignment, the pieces themselves, since names are copied, and the most frequent pieces of the target language. Pieces
that are known never to be copied, such as "nicht", are not offered as their own translation: a small model would take them.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from mt_publish.types import Lang

if TYPE_CHECKING:
    from mt_publish.training.batches import EncodedCorpus
    from mt_publish.training.vocabulary import Vocabulary

_OFTEN, _HARDLY_EVER = 100, 0.01
"""A piece with so many links, of which no more than this share lead to the same piece, is not copied."""


def make_shortlist(
    corpus: EncodedCorpus, vocabulary: Vocabulary, *, translations: int = 12, frequent: int = 300
) -> bytes:
    """The shortlist of a corpus with word alignment, gzipped, in the format of CTranslate2's vocabulary map.

    A line is a source piece, a tab, and its target pieces with spaces between. The line of a language prefix (``>>deu<<``)
    has the frequent pieces of that language, and the one without a source piece those that may always come.

    Args:
        corpus: With links.
        vocabulary: Of the model.
        translations: Pieces kept for each source piece and direction: the likeliest, those that were linked once in more
            than ten cases left out.
        frequent: Most frequent pieces of each language that may always come.
    """
    import numpy as np

    names = vocabulary.names
    owners = np.repeat(np.arange(len(corpus)), np.diff(corpus.link_bounds))
    links = np.asarray(corpus.links, np.int64)
    bounds = np.asarray(corpus.bounds, np.int64)
    german = np.asarray(corpus.ids[bounds[owners, 0] + links[:, 0]], np.int64)
    english = np.asarray(corpus.ids[bounds[owners, 1] + links[:, 1]], np.int64)
    candidates: list[set[int]] = [set() for _ in names]
    seen = np.bincount(german, minlength=len(names)) + np.bincount(english, minlength=len(names))
    copied = 2 * np.bincount(german[german == english], minlength=len(names))
    for source, target in ((german, english), (english, german)):
        pairs, counts = np.unique(source * len(names) + target, return_counts=True)
        order = np.lexsort((-counts, pairs // len(names)))
        pairs, counts = pairs[order], counts[order]
        sources, totals = pairs // len(names), np.bincount(pairs // len(names), counts, len(names))
        firsts = np.searchsorted(sources, np.arange(len(names) + 1))
        for piece in range(len(names)):
            for at in range(firsts[piece], min(firsts[piece + 1], firsts[piece] + translations)):
                if counts[at] > 1 or counts[at] > 0.1 * totals[piece]:
                    candidates[piece].add(int(pairs[at] % len(names)))
    translated = (seen >= _OFTEN) & (copied <= _HARDLY_EVER * seen)
    for piece, found in enumerate(candidates):
        (found.discard if translated[piece] else found.add)(piece)
    lines = ["\t" + " ".join(names[i] for i in (vocabulary.eos, vocabulary.ids["<unk>"]))]
    linked = np.unique(owners)
    langs: tuple[Lang, ...] = ("de", "en")
    for column, lang in enumerate(langs):
        borders = np.zeros(len(corpus.ids) + 1, np.int64)
        np.add.at(borders, bounds[linked, column], 1)
        np.add.at(borders, bounds[linked, column + 1], -1)
        inside = np.cumsum(borders)[:-1] > 0
        counted = np.bincount(np.asarray(corpus.ids)[inside], minlength=len(names))
        most = sorted(int(i) for i in np.argsort(-counted, kind="stable")[:frequent] if counted[i])
        prefix = vocabulary.prefix(lang)
        lines.append((names[prefix] if prefix is not None else "") + "\t" + " ".join(names[i] for i in most))
    special = {vocabulary.pad, *(i for i in map(vocabulary.prefix, langs) if i is not None)}
    lines += [
        names[piece] + "\t" + " ".join(names[i] for i in sorted(found - special))
        for piece, found in enumerate(candidates)
        if piece not in special
    ]
    return gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)
