"""scripts/nearest_translations.py: training pairs from the model's own beam."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sacrebleu.metrics import CHRF

from scripts import nearest_translations
from scripts.nearest_translations import choose, nearest, read_references
from tests.fakes import FakeEngine


def write(path: Path, lines: Sequence[str]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") if path.suffix == ".gz" else path.open("w", encoding="utf-8") as out:
        out.write("".join(f"{line}\n" for line in lines))
    return path


def test_pairs_with_the_same_source_are_references_of_one_sentence(tmp_path: Path) -> None:
    files = [
        write(tmp_path / "a.tsv", ["Das Haus brennt lichterloh.\tThe house is ablaze.", "Kurz.\tShort."]),
        write(tmp_path / "b.tsv.gz", ["Das Haus brennt lichterloh.\tThe house is on fire.", "Es regnet heute sehr.\t"]),
    ]
    found = read_references(files, "en", shortest=3, longest=9)
    assert found == {"Das Haus brennt lichterloh.": ["The house is ablaze.", "The house is on fire."]}
    back = read_references(files, "de", shortest=1, longest=9)
    assert back["Short."] == ["Kurz."]
    assert list(back) == list(read_references(files[::-1], "de", shortest=1, longest=9))


def test_the_nearest_has_the_highest_mean_score() -> None:
    references = ["The house is ablaze.", "The house is on fire."]
    best, score = nearest(["A hose.", "The house is on fire!", "The house"], references, CHRF())
    assert best == "The house is on fire!"
    assert 50 < score < 100
    assert nearest(["Fire", "Fire"], ["Fire"], CHRF()) == ("Fire", pytest.approx(100))


def test_a_wider_beam_is_looked_through_for_it() -> None:
    engine = FakeEngine({"Haus": "building", "brennt": "burns"}, {"Haus": ["home", "house"]})
    references = {"Haus brennt": ["house burns"], "Haus": ["home"], "brennt": ["burns"]}
    chunks = list(choose(references, engine, "en"))
    assert [(s, h) for chunk in chunks for s, h, _ in chunk] == [
        ("Haus brennt", "house burns"),
        ("Haus", "home"),
        ("brennt", "burns"),
    ]
    assert [s for chunk in choose(references, engine, "en", done=2) for s, _, _ in chunk] == ["brennt"]


def test_a_stopped_run_goes_on_and_poor_translations_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = write(tmp_path / "pairs.tsv", [f"Haus {n}\thouse {n}" for n in range(9)] + ["Unbekanntes\tSomething else"])
    out = tmp_path / "nearest.tsv"
    monkeypatch.setattr(nearest_translations, "CTranslate2Engine", lambda model: FakeEngine({"Haus": "house"}))
    monkeypatch.setattr(nearest_translations, "AT_ONCE", 4)
    command = ["x", str(pairs), "--to", "en", "--out", str(out), "--words", "1", "9"]
    monkeypatch.setattr(sys, "argv", [*command, "--minutes", "0"])
    nearest_translations.main()
    first = out.read_text("utf-8").splitlines()
    assert 3 <= len(first) <= 4
    monkeypatch.setattr(sys, "argv", command)
    nearest_translations.main()
    lines = out.read_text("utf-8").splitlines()
    assert lines[: len(first)] == first
    assert sorted(lines) == [f"Haus {n}\thouse {n}" for n in range(9)]
    assert "4 of them done before" in capsys.readouterr().err
