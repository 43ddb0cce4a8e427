"""Word alignment for the guided attention head: eflomal when it is installed, else a small aligner of our own."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mt_publish.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mt_publish.training.batches import Links

IdPair = tuple[Sequence[int], Sequence[int]]
"""German and English ids of a pair."""


MOST_BY_OWN = 20_000
"""Pairs that the own aligner takes, which holds a cell in memory for every two pieces of a pair: about a gigabyte."""


def choose_aligner(wanted: Literal["auto", "eflomal", "own"]) -> Literal["eflomal", "own"]:
    """The aligner that "auto" comes to.

    Raises:
        ConfigError: eflomal is wanted and not installed.
    """
    there = find_spec("eflomal") is not None
    if wanted == "eflomal" and not there:
        raise ConfigError(
            "the aligner eflomal is not installed", remedy="pip install 'mt-publish[train]', or set aligner = \"auto\""
        )
    return "eflomal" if there and wanted != "own" else "own"


def align(pairs: Sequence[IdPair], *, kind: Literal["auto", "eflomal", "own"] = "auto") -> list[Links]:
    """Links between the pieces of each pair that both directions agree on: few, and mostly right.

    Args:
        pairs: German and English ids.
        kind: "eflomal" (Östling and Tiedemann 2016), "own" (`align_by_ibm1`), or whichever there is. The own aligner
            holds all its counts in memory: give it some ten thousand pairs, not millions.
    """
    return align_by_eflomal(pairs) if choose_aligner(kind) == "eflomal" else align_by_ibm1(pairs)


def align_by_eflomal(pairs: Sequence[IdPair], *, iterations: float = 0.25) -> list[Links]:
    """The intersection of eflomal's two directions.

    Args:
        pairs: German and English ids.
        iterations: Share of eflomal's usual number of sampling rounds; a quarter is enough for a guided head.
    """
    eflomal = import_module("eflomal")  # optional, and it has no types
    with tempfile.TemporaryDirectory() as scratch:
        forward, reverse = Path(scratch, "forward"), Path(scratch, "reverse")
        eflomal.Aligner(model=3, rel_iterations=iterations).align(
            [" ".join(map(str, de)) for de, _ in pairs],
            [" ".join(map(str, en)) for _, en in pairs],
            links_filename_fwd=str(forward),
            links_filename_rev=str(reverse),
            quiet=True,
        )
        found: list[Links] = []
        with forward.open() as one_way, reverse.open() as other_way:
            for a, b in zip(one_way, other_way, strict=True):
                both = set(a.split()) & set(b.split())
                found.append(sorted((int(de), int(en)) for de, _, en in (link.partition("-") for link in both)))
    return found


def align_by_ibm1(
    pairs: Sequence[IdPair], *, rounds: int = 6, sharpness: float = 4.0, least: float = 0.1
) -> list[Links]:
    """IBM Model 1 in both directions with a preference for the diagonal, after fast_align (Dyer et al. 2013).

    A link is kept where the product of the two posteriors is the highest of its row and its column.

    Args:
        pairs: German and English ids.
        rounds: Of expectation maximisation.
        sharpness: Of the preference for equal relative positions.
        least: Lowest product of posteriors.
    """
    import numpy as np

    if not pairs:
        return []
    de_ids, en_ids, de_words, en_words, near = [], [], [], [], []
    de_start = en_start = 0
    for de, en in pairs:  # a cell for every German and English piece of a pair
        rows, columns = np.divmod(np.arange(len(de) * len(en)), max(1, len(en)))
        de_ids.append(np.asarray(de, np.int64)[rows])
        en_ids.append(np.asarray(en, np.int64)[columns])
        de_words.append(rows + de_start)
        en_words.append(columns + en_start)
        near.append(np.exp(-sharpness * np.abs((rows + 0.5) / max(1, len(de)) - (columns + 0.5) / max(1, len(en)))))
        de_start, en_start = de_start + len(de), en_start + len(en)
    a, b, row, column, prior = (np.concatenate(parts) for parts in (de_ids, en_ids, de_words, en_words, near))
    kinds, kind = np.unique(a * (int(b.max(initial=0)) + 1) + b, return_inverse=True)
    first = np.zeros(len(kinds), np.int64)
    first[kind] = np.arange(len(kind))  # any cell of each kind
    agreed = _posteriors(kind, a[first], column, prior, rounds) * _posteriors(kind, b[first], row, prior, rounds)
    best_of_row, best_of_column = np.zeros(de_start), np.zeros(en_start)
    np.maximum.at(best_of_row, row, agreed)
    np.maximum.at(best_of_column, column, agreed)
    chosen = (agreed >= least) & (agreed == best_of_row[row]) & (agreed == best_of_column[column])
    pair_of = np.repeat(np.arange(len(pairs)), [len(de) * len(en) for de, en in pairs])
    de_offset = np.cumsum([0] + [len(de) for de, _ in pairs])
    en_offset = np.cumsum([0] + [len(en) for _, en in pairs])
    found: list[Links] = [[] for _ in pairs]
    for cell in np.flatnonzero(chosen):
        pair = int(pair_of[cell])
        found[pair].append((int(row[cell] - de_offset[pair]), int(column[cell] - en_offset[pair])))
    return found


def _posteriors(
    kind: NDArray[np.intp], given: NDArray[np.int64], word: NDArray[np.int64], prior: NDArray[np.float64], rounds: int
) -> NDArray[np.float64]:
    """By cell: the probability that `word` (a place in the corpus) comes from the other piece of the cell.

    Args:
        kind: (cells,) which pair of ids it is.
        given: (kinds,) the id that is conditioned on.
        word: (cells,) the place that must be explained.
        prior: (cells,) by relative position.
        rounds: Of expectation maximisation.
    """
    import numpy as np

    table = np.ones(len(given))
    share = prior
    for _ in range(rounds):
        share = table[kind] * prior
        share = share / np.bincount(word, share)[word]
        counts = np.bincount(kind, share, len(given))
        table = (counts + 1e-3) / (np.bincount(given, counts)[given] + 1e-3 * len(given) ** 0.5)
    return share
