"""The pages say what the code does: generated pages are fresh, links resolve, examples run, snippets parse."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mt_publish.config import DEFAULTS, load
from mt_publish.quality.gate import CORPUS_METRICS, COUNTS, OTHER_METRICS, parse_policy, parse_threshold
from mt_publish.quality.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _fences(page: Path, language: str) -> list[str]:
    return [body for name, body in _FENCE.findall(page.read_text("utf-8")) if name == language]


def _snippets(language: str) -> list[Any]:
    return [
        pytest.param(body, id=f"{page.name}-{number}")
        for page in PAGES
        for number, body in enumerate(_fences(page, language), 1)
    ]


def _anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        kept = (c for c in heading if c in " -_" or unicodedata.category(c)[0] in "LN")
        found.add("".join(kept).replace(" ", "-"))
    return found


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "make_command_reference.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_stale_page_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("make_command_reference", ROOT / "scripts" / "make_command_reference.py")
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "rules.md").write_text(script.rules_page() + "\n", "utf-8")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    assert script.stale_pages() == ["docs/commands.md", "docs/rules.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_within_the_project_resolve(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_rule_is_on_the_page_of_rules() -> None:
    headings = _anchors(ROOT / "docs" / "rules.md")
    assert {f"{rule.code.lower()}-{rule.name}" for rule in RULES.values()} <= headings


@pytest.mark.parametrize("snippet", _snippets("toml"))
def test_toml_snippets_are_valid(snippet: str) -> None:
    assert tomllib.loads(snippet)


@pytest.mark.parametrize("snippet", _snippets("yaml"))
def test_yaml_snippets_are_valid(snippet: str) -> None:
    assert yaml.safe_load(snippet)


def test_the_settings_in_the_guide_are_all_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (snippet,) = [s for s in _fences(ROOT / "docs" / "guide.md", "toml") if "[engine]" in s]
    (tmp_path / "mt-publish.toml").write_text(snippet, "utf-8")
    load(file=tmp_path / "mt-publish.toml", environ={})
    keys = {f"{section}.{name}" for section, table in tomllib.loads(snippet).items() for name in table}
    assert keys == set(DEFAULTS)


def test_the_policy_on_the_page_is_a_policy() -> None:
    (snippet,) = _fences(ROOT / "docs" / "evaluate-and-gate.md", "toml")
    assert parse_policy(tomllib.loads(snippet)).thresholds


def test_the_names_of_policies_are_listed_completely() -> None:
    text = (ROOT / "docs" / "evaluate-and-gate.md").read_text("utf-8")
    table = text.split("<!-- names: begin -->")[1].split("<!-- names: end -->")[0]
    listed = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert listed == [*CORPUS_METRICS, *OTHER_METRICS, *COUNTS]
    for name in listed:
        assert parse_threshold(f"{name}>=0").name == name


@contextlib.contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def test_the_python_examples_run_from_top_to_bottom(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    examples = _fences(ROOT / "docs" / "python.md", "python")
    assert len(examples) >= 8
    names: dict[str, Any] = {"__name__": "example"}
    with _working_in(tmp_path), contextlib.redirect_stdout(io.StringIO()):
        for number, example in enumerate(examples, 1):
            exec(compile(example, f"docs/python.md example {number}", "exec"), names)


def _steps(kind: str) -> list[str]:
    """The shell lines of the CI example: of "jobs" on GitHub, of "translations" on GitLab."""
    for snippet in _fences(ROOT / "docs" / "evaluate-and-gate.md", "yaml"):
        job = yaml.safe_load(snippet)
        if kind in job and kind == "jobs":
            return [step["run"] for step in job["jobs"]["gate"]["steps"] if "run" in step]
        if kind in job:
            return [*job[kind]["script"], *job[kind]["after_script"]]
    raise AssertionError(f"no CI example with {kind!r}")


@pytest.mark.parametrize(
    ("kind", "outputs"),
    [("jobs", ["run.json", "report.html", "report.sarif"]), ("translations", ["run.json", "junit.xml", "report.html"])],
)
def test_the_ci_examples_run(kind: str, outputs: list[str], cache: Path, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    text = "# Besuch in Moskau\n\nDer Minister reiste am Montag nach Moskau und traf dort den Präsidenten.\n"
    (tmp_path / "articles" / "visit.de.md").write_text(text, "utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith("MT_PUBLISH_")}
    env |= {
        "MT_PUBLISH_CACHE": str(cache),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    commands = [line for line in _steps(kind) if line.startswith("mt-publish ")]
    assert len(commands) == 3
    for line in commands:
        arguments = [sys.executable, "-c", "from mt_publish.cli import main; main()", *shlex.split(line)[1:]]
        done = subprocess.run(arguments, cwd=tmp_path, env=env, capture_output=True)
        said = done.stdout.decode() + done.stderr.decode()
        # The gate may say no to what a small model writes; everything else must succeed.
        assert done.returncode in ((0, 1) if " gate " in line else (0,)), f"{line}\n{said}"
        assert " gate " not in line or "GATE " in said
    assert all((tmp_path / "build" / name).stat().st_size for name in outputs)
    assert (tmp_path / "build" / "visit.en.md").read_text("utf-8").startswith("# ")
    assert "GATE" in (tmp_path / "summary.md").read_text("utf-8")


def test_commands_in_the_pages_exist_with_their_options() -> None:
    import typer

    from mt_publish.cli.app import application

    root = typer.main.get_command(application())
    lines = [
        line
        for page in PAGES
        for language in ("sh", "yaml", "text")
        for body in _fences(page, language)
        for line in re.findall(r"^\s*(?:- |run: |- run: )?(mt-publish [^#\n]+)", body, re.MULTILINE)
        if "[" not in line and "COMMAND" not in line and "…" not in line
    ]
    assert len(lines) > 20
    for line in lines:
        command: Any = root
        words = shlex.split(line.split("|")[0].split(">")[0])[1:]
        while words and hasattr(command, "commands"):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        known = {name for param in command.params for name in param.opts} | {"--help"}
        assert {word for word in words if re.match(r"--?[a-z]", word)} <= known, line


def test_the_pre_commit_hooks_are_commands() -> None:
    import typer

    from mt_publish.cli.app import application

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert {hook["id"] for hook in hooks} == {"mt-publish-glossary-lint", "mt-publish-check", "mt-publish-gate"}
    for hook in hooks:
        assert hook["language"] == "python"
        command: Any = typer.main.get_command(application())
        for word in hook["entry"].split()[1:]:
            command = command.commands[word]
