"""A start for the tied embeddings in which translations already lie near each other.

From random embeddings a model needs millions of words until its cross-attention finds the source. With vectors in which
"Haus" and "house" are alike, attending to the right place pays from the first steps; docs/training.md has the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from mt_publish.training.batches import EncodedCorpus

_WINDOW = 4


def crosslingual_embeddings(
    corpus: EncodedCorpus, size: int, width: int, *, seed: int = 1, most: int = 200_000
) -> NDArray[np.float32]:
    """Embeddings (size, width) by factoring co-occurrence, rows of length 1.

    Every piece counts as standing beside its neighbours and beside what its neighbours are aligned with, and so does the
    piece that it is aligned with; so a piece and its translation get the same neighbours. The counts are weighted by
    positive pointwise mutual information with context smoothing 0.75 (Levy, Goldberg and Dagan 2015) and factored by a
    randomised singular value decomposition. Pieces without counts, and axes beyond what the corpus supports, are random.

    Args:
        corpus: With links.
        size: Ids of the vocabulary.
        width: Of the embeddings.
        seed: Of all that is random.
        most: Pairs that are counted at most.
    """
    import numpy as np
    import torch

    rng = np.random.default_rng(seed)
    linked = np.flatnonzero(np.diff(corpus.link_bounds))
    linked = np.sort(rng.permutation(linked)[:most])
    keys, counts = _count(corpus, linked, size)
    left, right = np.divmod(keys, size)
    total = counts.sum()
    marginal = np.bincount(left, counts, size)
    context = marginal**0.75
    context *= total / max(context.sum(), 1e-9)
    information = np.log(counts * total / (marginal[left] * context[right]))
    kept = information > 0
    vectors = (rng.standard_normal((size, width)) / width**0.5).astype(np.float32)
    if kept.any():
        matrix = torch.sparse_coo_tensor(
            torch.from_numpy(np.stack([left[kept], right[kept]])),
            torch.from_numpy(information[kept].astype(np.float32)),
            (size, size),
            check_invariants=False,
        ).coalesce()
        axes, strength = _factor(matrix, width, seed)
        found = (axes * strength.sqrt()).numpy()
        known = np.linalg.norm(found, axis=1) > 1e-3
        centred = found - found[known].mean(axis=0)
        vectors[known] *= 1e-3
        vectors[known, : found.shape[1]] += centred[known]  # fewer columns than the width with few pieces
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (vectors / np.maximum(length, 1e-6)).astype(np.float32)
    return unit


def _count(corpus: EncodedCorpus, pairs: NDArray[np.intp], size: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Symmetric co-occurrence within the window, 1/distance each: keys row × size + column, and their counts."""
    import numpy as np

    ids = np.asarray(corpus.ids, np.int64)
    other = np.full(len(ids), -1, np.int64)  # the id that each place is aligned with
    links = np.asarray(corpus.links, np.int64)
    pair_of_link = np.repeat(np.arange(len(corpus)), np.diff(corpus.link_bounds))
    german = corpus.bounds[pair_of_link, 0] + links[:, 0]
    english = corpus.bounds[pair_of_link, 1] + links[:, 1]
    other[german], other[english] = ids[english], ids[german]
    sentence = np.zeros(len(ids), np.int64)  # 0 for places that are not counted
    for number, (start, middle, end) in enumerate(corpus.bounds[pairs]):
        sentence[start:middle], sentence[middle:end] = 2 * number + 1, 2 * number + 2
    parts = []
    for distance in range(1, _WINDOW + 1):
        near = (sentence[:-distance] == sentence[distance:]) & (sentence[distance:] > 0)
        for a in (ids, other):
            for b in (ids, other):
                left, right = a[:-distance][near], b[distance:][near]
                both = (left >= 0) & (right >= 0)
                keys, times = np.unique(left[both] * size + right[both], return_counts=True)
                parts.append((keys, times / distance))
    keys = np.concatenate([k for k, _ in parts])
    weights = np.concatenate([w for _, w in parts])
    turned = keys % size * size + keys // size
    unique, place = np.unique(np.concatenate([keys, turned]), return_inverse=True)
    counts = np.bincount(place, np.concatenate([weights, weights]), len(unique))
    return unique.astype(np.int64), counts.astype(np.float64)


def _factor(matrix: Tensor, width: int, seed: int) -> tuple[Tensor, Tensor]:
    """Leading singular vectors and values of a symmetric sparse matrix, by subspace iteration (Halko et al. 2011)."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    basis = torch.randn(matrix.shape[0], width, generator=generator)
    for _ in range(4):
        basis, _ = torch.linalg.qr(torch.sparse.mm(matrix, basis))
    axes, strength, _ = torch.linalg.svd(basis.T @ torch.sparse.mm(matrix, basis))
    return basis @ axes, strength
