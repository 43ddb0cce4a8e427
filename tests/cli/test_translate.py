from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def seed(root: Path) -> Path:
    return root / "eval" / "articles" / "securnews.de.txt"


def test_seed_article_keeps_its_lines_names_and_no_break_space(mt: Run, seed: Path, tmp_path: Path) -> None:
    done = mt("translate", seed, "--to", "en", "-o", tmp_path / "out.txt")
    assert done.returncode in (0, 1), done.stderr
    source, target = seed.read_text("utf-8"), (tmp_path / "out.txt").read_text("utf-8")
    assert len(target.splitlines()) == len(source.splitlines()) == 28
    assert [not line.strip() for line in target.splitlines()] == [not line.strip() for line in source.splitlines()]
    assert target.count("\u00a0") == source.count("\u00a0") == 1
    assert target.count("Danfried") == 4
    assert target.count("Karen Danfried") == 1
    for name in ("Lavrov", "Vladimir Putin", "Jens Stoltenberg", "NATO", "Russia", "Ukraine"):
        assert name in target
    for wrong in ("Lawrow", "Wladimir", "Russland", "Danfreid"):
        assert wrong not in target
    assert target.endswith("\n") == source.endswith("\n")


def test_second_run_does_nothing(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Das Haus steht in Berlin.\n")
    assert mt("translate", "a.txt", "--to", "en", "--fail-level", "never").returncode == 0
    before = (tmp_path / "a.en.txt").stat().st_mtime_ns
    again = mt("translate", "a.txt", "--to", "en")
    assert again.returncode == 5
    assert "up to date" in again.stderr
    assert (tmp_path / "a.en.txt").stat().st_mtime_ns == before


def test_the_shipped_model_says_what_checks_cannot_see(mt: Run, root: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Das Haus steht in Berlin.\n")
    caution = "read every sentence before you publish"
    first = mt("translate", "a.txt", "--to", "en", "--fail-level", "never")
    assert first.stderr.splitlines()[-1].endswith(f"{caution}; --estimate says which first")
    assert caution not in mt("translate", "a.txt", "--to", "en").stderr  # nothing was done
    assert mt("translate", "a.txt", "--to", "en", "--force", "--quiet", "--fail-level", "never").stderr == ""
    other = root / "mt_publish" / "models" / "marian-de-en-small"
    done = mt("translate", "a.txt", "--to", "en", "--force", "--model", other, "--fail-level", "never")
    assert "1 segment" in done.stderr
    assert caution not in done.stderr


def test_an_edited_translation_is_never_overwritten_without_force(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Das Haus steht in Berlin.\n")
    mt("translate", "a.txt", "--to", "en")
    (tmp_path / "a.en.txt").write_text("My own words.\n")
    done = mt("translate", "a.txt", "--to", "en")
    assert done.returncode == 3
    assert "edited" in done.stderr
    assert "--force" in done.stderr
    assert (tmp_path / "a.en.txt").read_text() == "My own words.\n"
    assert mt("translate", "a.txt", "--to", "en", "--force", "--fail-level", "never").returncode == 0
    assert (tmp_path / "a.en.txt").read_text() != "My own words.\n"


def test_a_file_of_somebody_else_is_not_overwritten(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Das Haus steht in Berlin.\n")
    (tmp_path / "a.en.txt").write_text("not ours\n")
    assert mt("translate", "a.txt", "--to", "en").returncode == 3
    assert (tmp_path / "a.en.txt").read_text() == "not ours\n"


def test_standard_input_goes_to_standard_output(mt: Run) -> None:
    done = mt("translate", "-", "--to", "en", "--fail-level", "never", stdin="Danfried kam nach Berlin.\n")
    assert done.returncode == 0
    assert "Danfried" in done.stdout
    assert done.stdout.endswith("\n")


def test_folders_and_globs_keep_their_tree(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.de.md").write_text("# Das Haus\n\nEs steht in **Berlin**.\n")
    (tmp_path / "in" / "deep" / "b.html").write_text("<p>Das ist das <b>Haus</b> in der Stadt.</p>")
    (tmp_path / "in" / "picture.png").write_bytes(b"\x89PNG")
    done = mt("translate", "in", "--from", "de", "--to", "en", "-o", "out", "--fail-level", "never")
    assert done.returncode == 0, done.stderr
    assert sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*")) == [
        "a.en.md",
        "deep/b.html",
    ]
    assert "<b>" in (tmp_path / "out" / "deep" / "b.html").read_text()


def test_one_bad_file_does_not_stop_the_others(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Das Haus ist groß und steht in der Stadt.\n")
    (tmp_path / "bad.txt").write_bytes(b"\x00\x01\x02\x03" * 50)
    done = mt("translate", "good.txt", "bad.txt", "missing.txt", "--from", "de", "--to", "en")
    assert done.returncode == 3
    assert (tmp_path / "good.en.txt").exists()
    assert "bad.txt" in done.stderr
    assert "missing.txt: no such file" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["translate", "missing.txt", "--to", "en"], 3, "no such file"),
        (["translate", "a.txt", "--to", "fr"], 2, "--to cannot be 'fr'"),
        (["translate", "a.txt", "--to", "en", "--from", "en"], 2, "both"),
        (["translate", "a.txt", "--to", "de"], 3, "German already"),
        (["translate", "a.txt", "--to", "en", "--model", "./nowhere"], 4, "no such model folder"),
        (["translate", "a.txt", "--to", "en", "--glossary", "broken.csv"], 4, "broken.csv:3"),
        (["translate", "a.txt", "--to", "en", "--glossary", "absent.csv"], 4, "absent.csv"),
        (["translate", "a.txt", "--to", "en", "--quality", "great"], 2, "--quality"),
        (["translate", "a.txt", "--to", "en", "--output-format", "xml"], 2, "--output-format"),
        (["translate", "a.txt", "--to", "en", "--select", "XYZ9"], 2, "XYZ9"),
        (["translate", "a.txt", "--to", "en", "-o", "a.txt"], 2, "overwrite its own input"),
        (["translate", "a.txt", "b.txt", "--to", "en", "-o", "one.txt"], 2, "folder"),
        (["translate", "doc.docx", "--to", "en"], 3, "Word"),
        (["translate", "a.txt", "--to", "en", "--encoding", "utf-16"], 3, "a.txt"),
        (["translate", "empty.txt", "--to", "en"], 5, ""),
        (["translate", "*.nothing", "--to", "en"], 3, "pattern"),
        (["translate", "a.txt", "--to", "en", "--nonsense"], 2, "--nonsense"),
        (["translate"], 2, "PATH"),
        (["translate", "a.txt", "--to", "en", "-o", "file.txt/x/out.txt"], 3, "cannot be written"),
    ],
)
def test_bad_input_gives_one_message_and_the_documented_code(
    mt: Run, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    (tmp_path / "a.txt").write_text("Das ist ein deutscher Satz über die Regierung.\n")
    (tmp_path / "b.txt").write_text("Das ist noch ein deutscher Satz.\n")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "doc.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "broken.csv").write_text("de,en,type\nHaus,house,term\nBaum,tree,plant\n")
    before = sorted(tmp_path.iterdir())
    done = mt(*arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    left = [p for p in tmp_path.rglob("*") if p.is_file() and p not in before and ".mt-publish" not in p.parts]
    assert left == [] or code == 5


def test_a_dry_run_writes_nothing(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Danfried traf Lawrow in Moskau.\n")
    done = mt("translate", "a.txt", "--from", "de", "--to", "en", "--dry-run")
    assert done.returncode == 0
    assert "Danfried" in done.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt"]


def test_json_output_is_the_run(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Danfried traf Lawrow in Moskau.\n")
    done = mt("translate", "a.txt", "--from", "de", "--to", "en", "--output-format", "json", "--fail-level", "never")
    run = json.loads(done.stdout)
    assert run["command"] == "translate"
    assert run["documents"][0]["path"] == "a.txt"


def test_killing_it_loses_no_finished_file(cache: Path, tmp_path: Path) -> None:
    for n in range(12):
        (tmp_path / f"{n:02}.txt").write_text(
            "\n".join(f"Das ist Satz {n} {k} über die Regierung und die Wirtschaft im Land." for k in range(100)) + "\n"
        )
    env = os.environ | {"MT_PUBLISH_CACHE": str(cache)}
    command = [
        sys.executable,
        "-c",
        "from mt_publish.cli import main; main()",
        "translate",
        ".",
        "--from",
        "de",
        "--to",
        "en",
        "-o",
        "out",
    ]
    process = subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("out/*.txt")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished = {p.name: p.stat().st_mtime_ns for p in tmp_path.glob("out/*.txt")}
    assert finished
    for name in finished:
        assert len((tmp_path / "out" / name).read_text().splitlines()) == 100
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True)
    assert len(list(tmp_path.glob("out/*.txt"))) == 12, done.stderr
    assert {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in finished} == finished


def test_a_character_that_the_encoding_lacks_fails_its_file_only(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("de,en,type\nLodsch,Łódź,place\n", "utf-8")
    (tmp_path / "a.txt").write_bytes("Er wohnt schön in Lodsch.\n".encode("cp1252"))
    (tmp_path / "b.txt").write_text("Das Haus ist groß.\n", "utf-8")
    done = mt("translate", "a.txt", "b.txt", "--from", "de", "--to", "en", "-g", "g.csv", "--fail-level", "never")
    assert done.returncode == 3
    assert "a.txt" in done.stderr
    assert (tmp_path / "b.en.txt").exists()
    assert not (tmp_path / "a.en.txt").exists()


def test_a_row_of_the_user_takes_the_place_of_a_shipped_one(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("de,en,type\nKiew,Kiev,place\n")
    done = mt(
        "translate",
        "-",
        "--from",
        "de",
        "--to",
        "en",
        "-g",
        "g.csv",
        "--fail-level",
        "never",
        stdin="Er kam aus Kiew.\n",
    )
    assert "Kiev" in done.stdout


def test_a_row_of_the_user_takes_its_name_from_the_aliases_of_shipped_rows(mt: Run, tmp_path: Path) -> None:
    """Nato, Holland and Kanzleramt are aliases there: the first is written as the user has it, the last not looked at."""
    (tmp_path / "own.csv").write_text(
        "de,en,type,enforce\nNato,Nato,org,\nHolland,Holland,place,\nKanzleramt,Chancellor's Office,org,off\n", "utf-8"
    )
    text = "Die Nato tagt in Holland.\n\nDas Kanzleramt schweigt.\n"
    done = mt("translate", "-", "--from", "de", "--to", "en", "-g", str(tmp_path / "own.csv"), "--dry-run", stdin=text)
    assert "2 glossary mentions: Holland, Nato" in done.stdout.replace("Nato, Holland", "Holland, Nato")


def test_the_language_of_a_page_is_changed(mt: Run, tmp_path: Path) -> None:
    page = '<!DOCTYPE html><html lang="de-DE" xml:lang="de"><head><title>Das Haus</title></head><p>Das Haus ist groß.</p></html>'
    done = mt("translate", "-", "--from", "de", "--to", "en", "--format", "html", "--fail-level", "never", stdin=page)
    assert '<html lang="en" xml:lang="en">' in done.stdout


def test_a_table_of_figures_is_written_as_the_target_writes_them(mt: Run) -> None:
    text = "| Jahr | Preis |\n|---|---|\n| 2023 | 1.234,5 |\n| 2024 | 3,5 |\n"
    done = mt("translate", "-", "--from", "de", "--to", "en", "--format", "markdown", stdin=text)
    assert "| 2023 | 1,234.5 |" in done.stdout
    assert "| 2024 | 3.5 |" in done.stdout
    assert "MTP301" not in done.stderr


def test_ctrl_c_says_so_and_exits_130(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "\n".join(f"Das ist Satz Nummer {k} über die Regierung." for k in range(3000)) + "\n"
    )
    env = os.environ | {"MT_PUBLISH_CACHE": str(cache)}
    command = [
        sys.executable,
        "-c",
        # a shell that starts the tests in the background has SIGINT ignored, and children inherit that
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from mt_publish.cli import main; main()",
        "translate",
        "a.txt",
        "--from",
        "de",
        "--to",
        "en",
    ]
    process = subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    time.sleep(2.5)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in said
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["a.txt"]
