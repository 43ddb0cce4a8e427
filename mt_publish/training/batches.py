"""An encoded corpus and its batches: few shapes, no left-overs, the same for the same seed, resumable anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mt_publish.errors import InputError
from mt_publish.types import LangPair

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mt_publish.training.vocabulary import Vocabulary

    Ints = NDArray[np.integer]

LADDER = (8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 192, 256)
"""Lengths that batches are padded to. Each new shape costs a compilation in oneDNN, each rung too few costs padding."""

EVERY_LENGTH = tuple(range(1, LADDER[-1] + 1))
"""A ladder without padding but for what differs within a batch."""


def ladder_for(precision: str) -> tuple[int, ...]:
    """The ladder that is fastest for matrix products of a precision: those in float32 are not compiled for their shapes."""
    return EVERY_LENGTH if precision == "float32" else LADDER


BOTH, INTO_ENGLISH, INTO_GERMAN = 0, 1, 2
"""Directions that a pair may be used in; an annotated source fits one only."""

Links = list[tuple[int, int]]
"""Word alignment of a pair: (German piece, English piece), counted from 0."""


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """A pair in ids.

    Args:
        de: German ids without prefix and end mark.
        en: English ids.
        weight: How often it comes in an epoch, on average.
        direction: BOTH, INTO_ENGLISH or INTO_GERMAN.
        links: Word alignment; empty when unknown.
    """

    de: Sequence[int]
    en: Sequence[int]
    weight: float = 1.0
    direction: int = BOTH
    links: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class EncodedCorpus:
    """All pairs in a few flat arrays, which load from disk without being read.

    Args:
        ids: All ids, German then English, pair after pair.
        bounds: (pairs, 3): where German starts, English starts, English ends.
        weights: (pairs,) float.
        directions: (pairs,) BOTH, INTO_ENGLISH or INTO_GERMAN.
        links: (links, 2) German and English piece, counted from 0.
        link_bounds: (pairs + 1,) where the links of each pair start.
    """

    ids: Ints
    bounds: Ints
    weights: NDArray[np.floating]
    directions: Ints
    links: Ints
    link_bounds: Ints

    def __len__(self) -> int:
        return len(self.bounds)

    @classmethod
    def of(cls, pairs: Sequence[EncodedPair]) -> EncodedCorpus:
        """Packs pairs.

        Raises:
            InputError: There are none.
        """
        import numpy as np

        if not pairs:
            raise InputError("no sentence pairs are left to train on", remedy="Check the data and the cleaning rules")
        lengths = np.array([[len(p.de), len(p.en)] for p in pairs], np.int64)
        ends = np.cumsum(lengths.sum(axis=1))
        starts = ends - lengths.sum(axis=1)
        counts = np.array([len(p.links) for p in pairs], np.int64)
        return cls(
            ids=np.fromiter((i for p in pairs for side in (p.de, p.en) for i in side), np.int32, int(ends[-1])),
            bounds=np.stack([starts, starts + lengths[:, 0], ends], axis=1),
            weights=np.array([p.weight for p in pairs], np.float32),
            directions=np.array([p.direction for p in pairs], np.uint8),
            links=np.array([link for p in pairs for link in p.links], np.int32).reshape(-1, 2),
            link_bounds=np.concatenate([[0], np.cumsum(counts)]),
        )

    def save(self, folder: Path) -> None:
        """Writes one .npy file an array."""
        import numpy as np

        folder.mkdir(parents=True, exist_ok=True)
        for name in self.__slots__:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> EncodedCorpus:
        """Maps the arrays that `save` wrote."""
        import numpy as np

        return cls(
            **{name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in cls.__slots__}
        )


class Position(NamedTuple):
    """A place in the data: the next batch to train on."""

    epoch: int = 0
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch, as numpy arrays; S and T are source and target length.

    Args:
        source: (rows, S) ids: prefix, pieces, ``</s>``, padding.
        target_in: (rows, T) what the decoder is fed: ``<pad>`` (a zero vector), then the target.
        target_out: (rows, T) what it should say: the target, ``</s>``; -1 is padding.
        links: (3, links): row, target position, source position that head 0 should look at; None for none.
    """

    source: Ints
    target_in: Ints
    target_out: Ints
    links: Ints | None

    @property
    def tokens(self) -> int:
        """Target pieces, ``</s>`` included."""
        return int((self.target_out >= 0).sum())


@dataclass(frozen=True)
class Batches:
    """Cuts a corpus into batches of about equal size: rows × longest side never exceeds `size`.

    What an epoch holds depends on the seed and its number alone, so that a position is all there is to resume.

    Args:
        corpus: The pairs.
        vocabulary: Theirs.
        size: Pieces of the longer side in a batch, padding included.
        max_pieces: Longer pairs are left out.
        seed: Decides sampling, direction and order.
        ladder: Lengths that batches are padded to, rising; longer pairs are left out.
    """

    corpus: EncodedCorpus
    vocabulary: Vocabulary
    size: int = 4096
    max_pieces: int = 128
    seed: int = 1
    ladder: tuple[int, ...] = LADDER

    def stream(self, start: Position = Position()) -> Iterator[tuple[Position, Batch]]:  # noqa: B008  (immutable)
        """Batches without end from `start` on, each with the position of the one after it.

        Raises:
            InputError: All pairs are longer than `max_pieces`.
        """
        epoch, first = start
        while True:
            plan = self.plan(epoch)
            if not plan:
                raise InputError(
                    "no pair fits into a batch", remedy=f"Sentences over {self.max_pieces} pieces are left out"
                )
            for number in range(first, len(plan)):
                last = number + 1 == len(plan)
                yield Position(epoch + 1, 0) if last else Position(epoch, number + 1), self._build(plan[number])
            epoch, first = epoch + 1, 0

    def plan(self, epoch: int) -> list[Ints]:
        """The batches of an epoch: each an array of 2 × pair + (1 when it goes into German).

        Pairs are sorted by padded lengths and cut from the longest down, so that all batches but one are full and have
        one of few shapes; then the batches are shuffled.
        """
        import numpy as np

        rng = np.random.default_rng((self.seed, epoch))
        copies = np.floor(self.corpus.weights + rng.random(len(self.corpus))).astype(np.int64)
        pairs = np.repeat(np.arange(len(self.corpus)), copies)
        german = self._into_german(pairs, rng)
        lengths = np.diff(self.corpus.bounds, axis=1)[pairs]  # (uses, 2)
        turned = german.astype(np.int64)
        source = lengths[np.arange(len(pairs)), turned] + (2 if self._prefixed else 1)
        target = lengths[np.arange(len(pairs)), 1 - turned] + 1
        fits = np.maximum(source, target) <= min(self.max_pieces, self.ladder[-1])
        source, target = (self._climb(side[fits]) for side in (source, target))
        uses = (2 * pairs + turned)[fits]
        longest = np.maximum(source, target)
        order = np.lexsort((rng.random(len(uses)), target, source, longest))
        plan: list[Ints] = []
        end = len(order)
        while end > 0:
            rows = max(1, self.size // int(longest[order[end - 1]]))
            plan.append(uses[order[max(0, end - rows) : end]])
            end -= rows
        return [plan[i] for i in rng.permutation(len(plan))]

    @property
    def _prefixed(self) -> bool:
        return len(self.vocabulary.directions) == 2

    def _into_german(self, pairs: Ints, rng: np.random.Generator) -> NDArray[np.bool_]:
        import numpy as np

        if not self._prefixed:
            return np.full(len(pairs), self.vocabulary.directions[0] == LangPair("en", "de"))
        fixed = self.corpus.directions[pairs]
        return np.where(fixed == BOTH, rng.random(len(pairs)) < 0.5, fixed == INTO_GERMAN)

    def _build(self, uses: Ints) -> Batch:
        import numpy as np

        pairs, german = uses // 2, uses % 2 == 1
        start, middle, end = self.corpus.bounds[pairs].T
        source = self._gather(np.where(german, middle, start), np.where(german, end, middle))
        target = self._gather(np.where(german, start, middle), np.where(german, middle, end))
        pad, eos = self.vocabulary.pad, self.vocabulary.eos
        shift = 0
        if self._prefixed:
            prefixes = np.where(german, self.vocabulary.ids[">>deu<<"], self.vocabulary.ids[">>eng<<"])
            source = np.concatenate([prefixes[:, None], source], axis=1)
            shift = 1
        source = self._close(source, shift + np.where(german, end - middle, middle - start), eos, pad)
        target_out = self._close(target, np.where(german, middle - start, end - middle), eos, pad)
        target_in = np.concatenate([np.full((len(uses), 1), pad), target_out[:, :-1]], axis=1)
        # A row that is shorter than the others is fed its own </s>, as padding: nothing after it counts.
        links = self._links(pairs, german, shift)
        return Batch(source, target_in, np.where(target_out == pad, -1, target_out), links)

    def _gather(self, start: Ints, end: Ints) -> Ints:
        """(rows, longest) ids of `start` to `end` a row, padded."""
        import numpy as np

        places = start[:, None] + np.arange(int((end - start).max(initial=0)))[None, :]
        inside = places < end[:, None]
        found = self.corpus.ids[np.where(inside, places, 0)].astype(np.int64)
        return np.where(inside, found, self.vocabulary.pad)

    def _links(self, pairs: Ints, german: NDArray[np.bool_], shift: int) -> Ints | None:
        import numpy as np

        first, last = self.corpus.link_bounds[pairs], self.corpus.link_bounds[pairs + 1]
        counts = last - first
        if not counts.sum():
            return None
        rows = np.repeat(np.arange(len(pairs)), counts)
        places = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
        de, en = np.asarray(self.corpus.links[places], np.int64).T
        into_german = german[rows]
        # The end marks belong together too: without that link the head has nowhere to look at the end.
        known = np.flatnonzero(counts)
        lengths = np.diff(self.corpus.bounds, axis=1)[pairs[known]]
        turned = german[known].astype(np.int64)
        source_end, target_end = lengths[np.arange(len(known)), turned], lengths[np.arange(len(known)), 1 - turned]
        return np.stack(
            [
                np.concatenate([rows, known]),
                np.concatenate([np.where(into_german, de, en), target_end]),
                np.concatenate([np.where(into_german, en, de), source_end]) + shift,
            ]
        )

    def _climb(self, lengths: Ints) -> Ints:
        """Each length rounded up to the ladder."""
        import numpy as np

        ladder = np.array(self.ladder)
        return ladder[np.searchsorted(ladder, lengths)]

    def _close(self, ids: Ints, lengths: Ints, eos: int, pad: int) -> Ints:
        """Adds ``</s>`` after `lengths` ids of each row and pads to the ladder."""
        import numpy as np

        width = int(self._climb(lengths.max(keepdims=True) + 1)[0])
        closed = np.full((len(ids), width), pad, np.int64)
        closed[:, : ids.shape[1]] = ids[:, :width]
        closed[np.arange(len(ids)), lengths] = eos
        return closed
