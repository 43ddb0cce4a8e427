"""Edges of the command line and of `translate_files` that a review found."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mt_publish import pipeline
from mt_publish.bilingual import check_files
from mt_publish.config import defaults, load
from mt_publish.errors import ConfigError, InputError
from mt_publish.glossary import Glossary
from mt_publish.pipeline import Ledger, write_atomic

Run = Callable[..., subprocess.CompletedProcess[str]]
GERMAN = "Das Haus ist groß und steht in der Stadt.\n"
QUIET = ("--fail-level", "never", "--no-glossary")


def test_a_folder_translated_twice_does_not_translate_its_outputs(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(GERMAN)
    assert mt("translate", "in", "--to", "en", *QUIET).returncode == 0
    for arguments in (("--to", "en"), ()):
        again = mt("translate", "in", *arguments, *QUIET)
        assert again.returncode == 5, again.stderr
    assert sorted(p.name for p in (tmp_path / "in").iterdir()) == ["a.en.txt", "a.txt"]


def test_an_output_folder_inside_the_input_folder_is_not_read(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GERMAN)
    for code in (0, 5):
        assert mt("translate", ".", "--from", "de", "--to", "en", "-o", "out", *QUIET).returncode == code
    assert [str(p.relative_to(tmp_path)) for p in sorted(tmp_path.rglob("*.txt"))] == ["a.txt", "out/a.txt"]


def test_translations_can_be_translated_back(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GERMAN)
    assert mt("translate", "a.txt", "--from", "de", "--to", "en", "-o", "english/", *QUIET).returncode == 0
    assert mt("translate", "english", "--from", "en", "--to", "de", "-o", "back/", *QUIET).returncode == 0
    assert (tmp_path / "back" / "a.txt").exists()


def test_a_folder_with_one_file_goes_to_a_folder(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(GERMAN)
    assert mt("translate", "in", "--to", "en", "-o", "out", *QUIET).returncode == 0
    assert (tmp_path / "out" / "a.txt").is_file()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["translate", "a.txt", "b.txt", "--to", "en", "--from", "de", "--model", "./nowhere"], 4),
        (["translate", "a.txt", "b.txt", "--to", "en", "--from", "en"], 2),
        (["translate", "a.txt", "--to", "en", "--from", "de", "--run", "a.txt/run.json", "--fail-level", "never"], 3),
        (["translate", "a.txt", "--to", "en", "--from", "de", "--model", "foo bar/baz"], 4),
        (["check", "a.txt", "a.txt", "--to", "en", "--from", "de", "--run", "a.txt/run.json"], 3),
        (["translate", "a.txt", "--to", "en", "--config", "negative.toml"], 2),
    ],
)
def test_an_error_has_the_documented_code_however_many_files_there_are(
    mt: Run, tmp_path: Path, arguments: list[str], code: int
) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(GERMAN)
    (tmp_path / "negative.toml").write_text("[engine]\nthreads = -1\n")
    done = mt(*arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr


def test_another_format_is_another_translation(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("# Das Haus\n")
    first = ("translate", "a.txt", "--from", "de", "--to", "en", *QUIET)
    assert mt(*first).returncode == 0
    assert mt(*first, "--format", "markdown").returncode == 0
    assert mt(*first, "--format", "markdown").returncode == 5


def test_a_dry_run_tells_what_is_up_to_date_and_what_would_be_refused(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GERMAN)
    (tmp_path / "b.txt").write_text(GERMAN)
    (tmp_path / "b.en.txt").write_text("not ours\n")
    options = ("--from", "de", "--to", "en", *QUIET)
    mt("translate", "a.txt", *options)
    done = mt("translate", "a.txt", "b.txt", "--dry-run", *options)
    assert done.returncode == 3
    assert "a.txt  up to date" in done.stdout
    assert "not from mt-publish" in done.stdout


def _child(arguments: list[str], cwd: Path, cache: Path, **options: object) -> subprocess.CompletedProcess[bytes]:
    extra = options.pop("env", {})
    env = os.environ | {"MT_PUBLISH_CACHE": str(cache), "XDG_CONFIG_HOME": str(cwd)} | extra  # type: ignore[operator]
    code = "from mt_publish.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *arguments], cwd=cwd, env=env, **options)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("arguments", [["explain"], ["translate", "a.txt", "--to", "en", "-o", "-", *QUIET]])
def test_a_reader_that_has_gone_is_no_error(cache: Path, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "a.txt").write_text(GERMAN)
    read, write = os.pipe()
    os.close(read)
    done = _child(arguments, tmp_path, cache, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, b"Broken" in done.stderr) == (0, False), done.stderr


def test_output_in_a_pipe_is_utf8_whatever_the_locale(cache: Path, tmp_path: Path) -> None:
    done = _child(["config", "show"], tmp_path, cache, stdout=subprocess.PIPE, env={"PYTHONIOENCODING": "cp1252"})
    assert done.returncode == 0
    (tmp_path / "g.csv").write_text("de,en,type\nLodsch,Łódź,place\n", "utf-8")
    arguments = ["glossary", "show", "Lodsch", "-g", "g.csv", "--to", "en"]
    done = _child(arguments, tmp_path, cache, stdout=subprocess.PIPE, env={"PYTHONIOENCODING": "cp1252"})
    assert done.returncode == 0
    assert "Łódź" in done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("name", "source", "target"),
    [
        ("html", '<p>Gut.<img src="a.png"> Schlecht.</p>', "<p>Good. Bad.</p>"),
        ("md", "Gut.[^1] Schlecht.\n\n[^1]: Eine Note.\n", "Good. Bad.\n\n[^1]: A note.\n"),
    ],
)
def test_check_tells_of_a_mark_lost_between_two_sentences(tmp_path: Path, name: str, source: str, target: str) -> None:
    (tmp_path / f"s.{name}").write_text(source)
    (tmp_path / f"t.{name}").write_text(target)
    pairs = [(tmp_path / f"s.{name}", tmp_path / f"t.{name}")]
    run = check_files(pairs, glossary=Glossary(), settings=defaults(), source="de", to="en")
    assert [f.rule for f in run.documents[0].findings if "lost" in f.message]


# --- ledger and writing ---


def test_runs_at_the_same_time_do_not_lose_each_others_entries(tmp_path: Path) -> None:
    ledgers = [Ledger(tmp_path / ".mt-publish") for _ in range(4)]
    for ledger in ledgers:
        ledger.state(tmp_path / "x", "key")  # everybody has read the empty ledger

    def work(number: int) -> None:
        for n in range(10):
            target = tmp_path / f"{number}-{n}.txt"
            ledgers[number].record(target, "key", b"text")
            write_atomic(target, b"text")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh = Ledger(tmp_path / ".mt-publish")
    states = {fresh.state(tmp_path / f"{i}-{n}.txt", "key") for i in range(4) for n in range(10)}
    assert states == {"current"}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("old", [False, True])
def test_an_interrupt_while_a_file_is_written_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, old: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    target, settings = tmp_path / "out.txt", defaults()
    real = pipeline.write_atomic

    def interrupted(path: Path, data: bytes) -> None:
        if path != target:
            return real(path, data)
        if when == "after":
            real(path, data)
        raise KeyboardInterrupt

    def translate(content: bytes) -> list[pipeline.FileResult]:
        options = {"to": "en", "source": "de", "settings": settings, "ledger": Ledger(tmp_path / ".mt-publish")}
        return list(pipeline.translate_files([("a.txt", content, target)], **options))  # type: ignore[arg-type]

    if old:
        translate(b"1\n")
    monkeypatch.setattr(pipeline, "write_atomic", interrupted)
    with pytest.raises(KeyboardInterrupt):
        translate(b"2\n")
    monkeypatch.setattr(pipeline, "write_atomic", real)
    (result,) = translate(b"2\n")
    assert result.error is None
    assert target.read_bytes() == b"2\n"
    target.write_bytes(b"mine\n")
    (result,) = translate(b"2\n")
    assert isinstance(result.error, InputError)


def test_an_output_that_somebody_saves_while_sentences_are_decoded_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"

    def load(*arguments: object) -> object:
        target.write_bytes(b"mine\n")
        return pipeline.make_engine(*arguments)  # type: ignore[arg-type]

    options = {
        "to": "en",
        "source": "de",
        "settings": defaults(),
        "ledger": Ledger(tmp_path / ".mt-publish"),
        "load": load,
    }
    (result,) = pipeline.translate_files([("a.txt", b"2\n", target)], **options)  # type: ignore[arg-type]
    assert isinstance(result.error, InputError)
    assert target.read_bytes() == b"mine\n"
    (result,) = pipeline.translate_files([("a.txt", b"2\n", target)], force=True, **options)  # type: ignore[arg-type]
    assert result.error is None
    assert target.read_bytes() == b"2\n"


def test_files_beside_their_outputs_are_inputs(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "news" / "de").mkdir(parents=True)
    for name in ("a.de.txt", "news/de/b.txt"):
        (tmp_path / name).write_text("1\n")
    plan = mt("translate", "*.txt", "news/de", "--from", "de", "--to", "en", "-o", ".", "--dry-run").stdout
    assert "a.de.txt" in plan
    assert "b.txt" in plan
    done = mt("translate", "news/de", "--from", "de", "--to", "en", "-o", "news")
    assert (tmp_path / "news" / "b.txt").read_text() == "1\n", done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["", "--to", "en"], 2, "a file name is empty"),
        (["a.txt", "--to", "en", "--select", "XYZ9"], 2, "XYZ9"),
        (["x" * 5000, "--to", "en"], 3, "cannot be read"),
        (["a.txt", "--to", "en", "-o", "x" * 5000], 3, "cannot be written"),
    ],
)
def test_odd_names_are_told_before_any_work(
    mt: Run, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (tmp_path / "a.txt").write_text("Guten Tag.\n")
    done = mt("translate", *arguments, "--from", "de")
    assert (done.returncode, message in done.stderr) == (code, True), done.stderr
    assert not (tmp_path / "a.en.txt").exists()


# --- settings ---


def test_the_defaults_do_not_depend_on_the_users_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mt-publish").mkdir()
    (tmp_path / "mt-publish" / "mt-publish.toml").write_text('[engine]\nquality = "best"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert pipeline._defaults().engine_quality == "balanced"
    assert load(environ={}, folder=tmp_path).settings.engine_quality == "best"


@pytest.mark.parametrize("value", ["²", "-1", "two"])
def test_threads_in_the_environment_must_be_a_number(value: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a number"):
        load(environ={"MT_PUBLISH_ENGINE_THREADS": value}, folder=tmp_path)


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_glossary_that_is_missing_is_told_though_no_file_can_be_translated(
    mt: Run, tmp_path: Path, more: tuple[str, ...]
) -> None:
    (tmp_path / "a.txt").write_text("The government said on Monday that it would not comment on the report.\n", "utf-8")
    done = mt("translate", "a.txt", "--to", "en", "-g", "missing.csv", "-o", "-", *more, cwd=tmp_path)
    assert done.returncode == 4
    assert "missing.csv" in done.stderr
