"""Every other command: what it prints, its exit code, and that its documented example runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mt_publish.cli.exits import MEANINGS, Exit, exit_code
from mt_publish.errors import ConfigError, FormatError, GlossaryError, ModelNotFoundError

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_help_and_translation_load_neither_torch_nor_transformers(cache: Path) -> None:
    # the first run may convert the model; from the second on NumPy is not needed, either
    for heavy in (["torch", "transformers"], ["torch", "transformers", "numpy"]):
        code = (
            "import sys, mt_publish; from mt_publish.cli.app import run\n"
            "run(['--help'])\n"
            "mt_publish.translate_text('Danfried kam.', to='en', source='de')\n"
            f"print('HEAVY', [m for m in {heavy} if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stdout.endswith("HEAVY []\n"), done.stdout + done.stderr


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, mt_publish; print([m for m in ('numpy', 'ctranslate2', 'typer', 'sacrebleu', 'lxml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (GlossaryError("x"), Exit.ASSET),
        (ModelNotFoundError("x"), Exit.ASSET),
        (FormatError("x"), Exit.PARTIAL),
        (ConfigError("x"), Exit.USAGE),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (RuntimeError("x"), Exit.BUG),
    ],
)
def test_errors_map_to_their_codes(error: BaseException, code: Exit) -> None:
    assert exit_code(error) is code


def test_every_exit_code_is_documented(root: Path) -> None:
    text = (root / "docs" / "exit-codes.md").read_text("utf-8")
    for code in Exit:
        assert code in MEANINGS
        assert re.search(rf"^\| {int(code)} \|", text, re.MULTILINE), code


def test_config_show_names_the_sources(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "mt-publish.toml").write_text('[engine]\nquality = "best"\n')
    done = mt("config", "show", "--sources")
    assert re.search(r'quality = "best" +# .*mt-publish.toml', done.stdout)


def test_an_unknown_setting_is_an_error_with_a_guess(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "mt-publish.toml").write_text('[engine]\nqualty = "best"\n')
    done = mt("config", "show")
    assert done.returncode == 2
    assert "Did you mean engine.quality?" in done.stderr


def test_doctor_finds_all_well_without_network(mt: Run) -> None:
    done = mt("doctor", "--offline")
    assert done.returncode == 0, done.stdout
    assert "✗" not in done.stdout


def test_init_writes_what_translate_reads(mt: Run, tmp_path: Path) -> None:
    assert mt("init").returncode == 0
    assert mt("init").returncode == 5
    (tmp_path / "a.txt").write_text("Karen Danfried kam nach Berlin.\n")
    assert mt("translate", "a.txt", "--fail-level", "never").returncode == 0
    assert "Karen Danfried" in (tmp_path / "a.en.txt").read_text()


def test_model_commands(mt: Run) -> None:
    assert "marian-de-en-small" in mt("model", "info").stdout
    folder = mt("model", "convert").stdout.strip()
    assert (Path(folder) / "ready.json").exists()
    assert "intact" in mt("model", "verify").stdout
    assert folder in mt("model", "list").stdout
    assert mt("model", "remove", "nothing-like-this").returncode == 5


def test_glossary_round_trip_through_other_tools(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("de,en,type\nMoskau,Moscow,place\nKiew,Kyiv,place\n")
    assert mt("glossary", "lint", "g.csv").returncode == 0
    for kind, name in (("tbx", "g.tbx"), ("deepl-tsv", "g.tsv"), ("amazon", "a.csv")):
        assert mt("glossary", "export", "g.csv", "--format", kind, "-o", name).returncode == 0
        back = mt("glossary", "import", name)
        assert back.returncode == 0, back.stderr
        assert "Kiew,Kyiv" in back.stdout


@pytest.mark.parametrize("options", [(), ("--to", "de"), ("--to", "en")])
def test_glossary_show_finds_a_row_by_its_english_name(mt: Run, options: tuple[str, ...]) -> None:
    done = mt("glossary", "show", "Lavrov", *options)
    assert done.returncode == 0
    assert "en-de" in done.stdout
    assert "Lawrow" in done.stdout
    assert ("no glossary entry in this direction" in done.stderr) == (options == ("--to", "en"))


def test_glossary_show_explains_a_sentence(mt: Run) -> None:
    done = mt("glossary", "show", "Lawrow traf die Nato in Kiew.", "--to", "en")
    assert done.returncode == 0
    for name in ("Lavrov", "NATO", "Kyiv"):
        assert name in done.stdout


def test_check_finds_a_planted_error_and_only_that(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.de.txt").write_text("Danfried zahlte 1.234,50 Euro.\n")
    (tmp_path / "a.en.txt").write_text("Danfried paid 1,243.50 euros.\n")
    done = mt("check", "a.de.txt", "a.en.txt", "--from", "de", "--to", "en")
    assert done.returncode == 1
    assert "MTP301" in done.stdout or "MTP303" in done.stdout
    (tmp_path / "a.en.txt").write_text("Danfried paid 1,234.50 euros.\n")
    assert mt("check", "a.de.txt", "a.en.txt", "--from", "de", "--to", "en").returncode == 0


def test_check_names_the_line_where_structures_part(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Eins ist da.\n\nZwei ist da.\n")
    (tmp_path / "b.txt").write_text("One is there.\n")
    done = mt("check", "a.txt", "b.txt", "--from", "de", "--to", "en")
    assert done.returncode == 2
    assert "paragraphs" in done.stderr


def test_check_fixes_typography(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Er sagte: „Ja, das stimmt.“\n")
    (tmp_path / "b.txt").write_text("He said: „Yes, that is right.“\n")
    done = mt("check", "a.txt", "b.txt", "--from", "de", "--to", "en", "--fix")
    assert (tmp_path / "b.txt").read_text() == "He said: “Yes, that is right.”\n"
    assert "typography changed in 1 file: 1 finding fixed, 0 left to look at" in done.stderr


def test_a_file_that_cannot_be_checked_does_not_stop_the_others(mt: Run, tmp_path: Path) -> None:
    for name, source, target in (
        ("a", "Das Haus kostet 5 Euro.", "The house costs 6 euros."),
        ("b", "Eins ist hier.\n\nZwei ist da.", "One is here."),
    ):
        for folder, text in (("de", source), ("en", target)):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / f"{name}.txt").write_text(text + "\n")
    done = mt("check", "de", "en", "--from", "de", "--to", "en", "--run", "run.json")
    assert done.returncode == Exit.PARTIAL
    assert "MTP301" in done.stdout
    assert "✗ " in done.stderr
    assert "b.txt" in done.stderr
    assert "1 of 2 files could not be checked" in done.stderr
    assert len(json.loads((tmp_path / "run.json").read_text())["documents"]) == 1


def test_check_fixes_nothing_that_the_settings_silence_or_the_source_has(mt: Run, tmp_path: Path) -> None:
    target = "He said  yes to the plan , and no to 7.\n\nThe party  won.\n"
    (tmp_path / "a.txt").write_text("Er sagte Ja zu dem Plan, und Nein zu 5.\n\nDie Partei  gewann.\n")
    (tmp_path / "b.txt").write_text(target)
    mt("check", "a.txt", "b.txt", "--from", "de", "--to", "en", "--fix", "--ignore", "MTP503")
    assert (tmp_path / "b.txt").read_text() == target
    mt("check", "a.txt", "b.txt", "--from", "de", "--to", "en", "--fix")
    assert (tmp_path / "b.txt").read_text() == "He said yes to the plan, and no to 7.\n\nThe party  won.\n"


def test_check_writes_machine_formats_with_the_names_of_rules_and_nothing_beside_them(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Das kostet 5 Euro in der Stadt.\n")
    (tmp_path / "b.txt").write_text("That costs 6 euros in the town.\n")
    done = mt("check", "a.txt", "b.txt", "--from", "de", "--to", "en", "--output-format", "sarif", "--statistics")
    (rule,) = json.loads(done.stdout)["runs"][0]["tool"]["driver"]["rules"]
    assert rule["name"] == "NumberChanged"
    assert "1  MTP301" in done.stderr


def test_check_fixes_straight_quotes_only_beside_typographic_ones(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.de.txt").write_text('Er sagte: „Das ist das Haus.“\n\nSie sagte "ja" zu dem Plan.\n')
    (tmp_path / "a.en.txt").write_text('He said: "This is the house."\n\nShe said "yes" to the plan.\n')
    done = mt("check", "a.de.txt", "a.en.txt", "--fix")
    assert done.returncode == 0, done.stdout
    assert "1 finding fixed, 0 left" in done.stderr
    assert (tmp_path / "a.en.txt").read_text() == 'He said: “This is the house.”\n\nShe said "yes" to the plan.\n'


def test_check_says_what_it_could_not_fix(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Kommt er heute noch?\n")
    (tmp_path / "b.txt").write_text("He is still coming today.\n")
    done = mt("check", "a.txt", "b.txt", "--from", "de", "--to", "en", "--fix")
    assert "no typography to put right: 0 findings fixed, 1 left to look at" in done.stderr
    assert "MTP504" in done.stdout
    assert (tmp_path / "b.txt").read_text() == "He is still coming today.\n"


@pytest.mark.parametrize("folder", ["docs", "docs-en"])
def test_check_pairs_folders_as_translate_names_them(mt: Run, tmp_path: Path, folder: str) -> None:
    for name in ("docs", "docs-en"):
        (tmp_path / name / "sub").mkdir(parents=True)
    for stem in ("a", "sub/b"):
        (tmp_path / "docs" / f"{stem}.md").write_text("Es waren heute 25 Leute da.\n")
        (tmp_path / folder / f"{stem}.en.md").write_text("There were 26 people today.\n")
    done = mt("check", "docs", folder, "--from", "de", "--to", "en")
    assert done.stdout.count("MTP301") == 2, done.stderr
    assert "2 files, 2 segments checked" in done.stderr


def test_check_takes_the_other_language_of_one_folder_for_the_translation(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.de.txt").write_text("Es waren heute 25 Leute da.\n")
    (tmp_path / "a.en.txt").write_text("There were 26 people today.\n")
    for to, name in (("en", "a.en.txt"), ("de", "a.de.txt")):
        done = mt("check", ".", ".", "--to", to)
        assert f"{name}:1" in done.stdout, done.stderr
        assert "1 file, 1 segments checked" in done.stderr


def test_the_reference_of_the_seed_article_has_no_error(mt: Run, root: Path) -> None:
    articles = root / "eval" / "articles"
    done = mt("check", articles / "securnews.de.txt", articles / "securnews.en.txt")
    assert " error MTP3" not in done.stdout


def test_evaluate_prints_signatures_and_compares(mt: Run, tmp_path: Path) -> None:
    refs = [f"This is sentence number {i} about the government and its plans." for i in range(30)]
    (tmp_path / "ref").write_text("\n".join(refs) + "\n")
    (tmp_path / "good").write_text("\n".join(refs) + "\n")
    (tmp_path / "bad").write_text("\n".join(r.replace("government", "house") for r in refs) + "\n")
    done = mt(
        "evaluate", "--hyp", "good", "--ref", "ref", "--to", "en", "--baseline", "bad", "--confidence", "-n", "100"
    )
    assert done.returncode == 0, done.stderr
    assert "100.0" in done.stdout
    assert "nrefs:1" in done.stdout
    assert "against bad" in done.stdout


def test_evaluate_says_which_line_is_missing(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "ref").write_text("one line\ntwo lines\n")
    (tmp_path / "hyp").write_text("one line\n")
    done = mt("evaluate", "--hyp", "hyp", "--ref", "ref", "--to", "en")
    assert done.returncode == 2
    assert "2" in done.stderr


def test_gate_says_the_same_in_words_json_and_exit_code(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Danfried kam nach Berlin.\n")
    mt("translate", "a.txt", "--from", "de", "--to", "en", "--fail-level", "never")
    (tmp_path / "easy.toml").write_text('thresholds = ["segments>=1"]\n')
    (tmp_path / "hard.toml").write_text('thresholds = ["segments>=1000"]\n')
    for policy, code, word in (("easy.toml", 0, "PASSED"), ("hard.toml", 1, "FAILED")):
        done = mt("gate", "last", "--policy", policy)
        assert (done.returncode, word in done.stdout) == (code, True)
        told = json.loads(mt("gate", "last", "--policy", policy, "--output-format", "json").stdout)
        assert (told["exit_code"], told["passed"]) == (code, code == 0)


def test_a_mistyped_threshold_is_an_error(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Danfried kam nach Berlin.\n")
    mt("translate", "a.txt", "--from", "de", "--to", "en", "--fail-level", "never")
    (tmp_path / "p.toml").write_text('thresholds = ["chfr>=5"]\n')
    done = mt("gate", "last", "--policy", "p.toml")
    assert done.returncode == 2
    assert "chrf" in done.stderr


def test_reports_are_written(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Danfried kam nach Berlin. <script>alert(1)</script>\n")
    mt("translate", "a.txt", "--from", "de", "--to", "en", "--fail-level", "never")
    done = mt(
        "report",
        "last",
        "--html",
        "r.html",
        "--md",
        "r.md",
        "--json",
        "r.json",
        "--junit",
        "r.xml",
        "--sarif",
        "r.sarif",
    )
    assert done.returncode == 0, done.stderr
    assert "<script>alert(1)" not in (tmp_path / "r.html").read_text()
    assert json.loads((tmp_path / "r.sarif").read_text())["version"] == "2.1.0"


def test_explain_lists_and_explains(mt: Run) -> None:
    assert "MTP101" in mt("explain").stdout
    assert "number" in mt("explain", "MTP301").stdout
    assert mt("explain", "MTP999").returncode == 2


def examples() -> list[str]:
    from typer.main import get_command

    from mt_publish.cli.app import application

    found: list[str] = []

    def walk(command: object) -> None:
        epilog = getattr(command, "epilog", None) or ""
        found.extend(re.findall(r"Example: mt-publish (.+)", epilog))
        for child in getattr(command, "commands", {}).values():
            walk(child)

    walk(get_command(application()))
    return found


@pytest.mark.parametrize("example", examples())
def test_the_example_in_the_help_runs(mt: Run, root: Path, tmp_path: Path, example: str) -> None:
    if example.startswith(("train", "model probe")):
        pytest.skip("takes long; tested on its own")
    (tmp_path / "eval").symlink_to(root / "eval")
    (tmp_path / "glossaries").symlink_to(root / "glossaries")
    (tmp_path / "in.txt").write_text("Danfried kam nach Berlin.\nDas Haus ist groß.\n")
    for name in ("out.txt", "ref.txt"):
        (tmp_path / name).write_text("Danfried came to Berlin.\nThe house is big.\n")
    (tmp_path / "terms.csv").write_text("de,en\nKiew,Kyiv\n")
    if example.startswith("glossary import"):
        mt("glossary", "export", "terms.csv", "--format", "tbx", "-o", "terms.tbx")
    if example.startswith(("gate", "report")):
        mt("translate", "in.txt", "--from", "de", "--to", "en")
    done = mt(*shlex.split(example))
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_gate_says_which_run_is_the_last_and_that_its_output_was_changed(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.de.txt").write_text("Der Hund kam am Montag nach Berlin.\n")
    mt("translate", "a.de.txt", "--to", "en")
    told = mt("gate", "last", "--policy", "newsroom-gate").stderr
    assert "last: translate " in told
    assert "changed since" not in told
    later = (tmp_path / "a.en.txt").stat().st_mtime + 60
    os.utime(tmp_path / "a.en.txt", (later, later))
    assert "a.en.txt changed since" in mt("gate", "last", "--policy", "newsroom-gate").stderr


def test_a_comment_in_the_text_silences_a_rule_for_its_paragraph(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Er zahlte 12.000 Euro.\n\nSie zahlte 13.000 Euro.\n")
    (tmp_path / "b.md").write_text("<!-- mtp: ignore[MTP3] -->\n\nHe paid 99,000 euros.\n\nShe paid 88,000 euros.\n")
    (tmp_path / "a.md").write_text("<!-- x -->\n\nEr zahlte 12.000 Euro.\n\nSie zahlte 13.000 Euro.\n")
    done = mt("check", "a.md", "b.md", "--from", "de", "--to", "en", "--select", "MTP3")
    assert [line.split("  ")[0] for line in done.stdout.splitlines()] == ["b.md:5"]


def test_a_pattern_in_the_settings_silences_rules_for_its_files(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Er zahlte 12.000 Euro.\n")
    (tmp_path / "b.txt").write_text("He paid 99,000 euros.\n")
    assert mt("check", "a.txt", "b.txt", "--from", "de", "--to", "en").returncode == 1
    (tmp_path / "mt-publish.toml").write_text('[checks]\nper_file_ignores = { "b.*" = ["MTP3"] }\n')
    assert mt("check", "a.txt", "b.txt", "--from", "de", "--to", "en").returncode == 0
    assert '"b.*"' in mt("config", "show").stdout
    # the name of the file is enough wherever it is; a code that no rule has would silence nothing
    assert mt("check", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "--from", "de", "--to", "en").returncode == 0
    (tmp_path / "mt-publish.toml").write_text('[checks]\nper_file_ignores = { "b.*" = ["MTP9"] }\n')
    done = mt("check", "a.txt", "b.txt", "--from", "de", "--to", "en")
    assert (done.returncode, "checks.per_file_ignores: no rule has the code 'MTP9'" in done.stderr) == (2, True)


def test_evaluate_takes_articles_with_blank_lines(mt: Run, tmp_path: Path) -> None:
    (tmp_path / "hyp").write_text("The house is big.\n\nThe dog barks loudly.\n")
    (tmp_path / "ref").write_text("The house is large.\n\nThe dog barks loudly.\n")
    done = mt("evaluate", "--hyp", "hyp", "--ref", "ref", "--to", "en")
    assert done.returncode == 0, done.stderr
    (tmp_path / "hyp").write_text("The house is big.\n\n\n")
    done = mt("evaluate", "--hyp", "hyp", "--ref", "ref", "--to", "en")
    assert done.returncode == 2
    assert "hyp:3" in done.stderr


def test_a_named_command_is_read_alone_and_all_otherwise() -> None:
    from typer.main import get_command

    from mt_publish.cli.app import application

    def names(*arguments: str) -> set[str]:
        return set(get_command(application(arguments)).commands)  # type: ignore[attr-defined]

    everything = names()
    assert {"translate", "gate", "glossary", "train"} <= everything
    assert all(names(name, "--help") == {name} for name in everything)
    assert names("--help") == names("trnslate") == everything
