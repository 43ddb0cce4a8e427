"""`--estimate` of translate and check: a number a segment in the run, the lowest on stderr, never an exit code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

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
