"""What `gate` and `evaluate` take (runs, texts, folders, test sets) and how they end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mt_publish.bilingual import with_references
from mt_publish.errors import AlignmentError
from mt_publish.quality.runs import read_run, write_run
from mt_publish.types import (
    Entry,
    Finding,
    LangPair,
    MetricScore,
    Run,
    RunDocument,
    Segment,
    Severity,
    Span,
    TermMatch,
    Translation,
)

Mt = Callable[..., subprocess.CompletedProcess[str]]
GOOD = "Danfried came to Berlin.\n\nThe house cost 12,000 euros.\n"
WRONG = "Danfried came to Berlin.\n\nThe house cost 99,000 euros.\n"
CLEAN = 'thresholds = ["checks.error==0", "untranslated==0"]\n'


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        (tmp_path / f"{name}.de.txt").write_text("Danfried kam nach Berlin.\n\nDas Haus kostete 12.000 Euro.\n")
        (tmp_path / f"{name}.en.txt").write_text(GOOD)
    (tmp_path / "p.toml").write_text(CLEAN)
    return tmp_path


def verdict(done: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    return done.returncode, (done.stdout.splitlines() or [""])[-1]


# --- gate


@pytest.mark.parametrize(
    "what", [("a.de.txt", "a.en.txt"), ("a.en.txt",), (".",), ("a.de.txt", "a.en.txt", "b.de.txt", "b.en.txt")]
)
def test_texts_are_checked_and_judged_without_an_engine(mt: Mt, texts: Path, what: tuple[str, ...]) -> None:
    assert verdict(mt("gate", *what, "-p", "p.toml")) == (0, "GATE PASSED (2 rules)")
    for name in ("a", "b"):
        (texts / f"{name}.en.txt").write_text(WRONG)
    assert verdict(mt("gate", *what, "-p", "p.toml")) == (1, "GATE FAILED (1 of 2)")


def test_one_bad_text_among_good_ones_shuts_the_gate_for_all(mt: Mt, texts: Path) -> None:
    (texts / "b.en.txt").write_text(WRONG)
    done = mt("gate", ".", "-p", "p.toml", "--output-format", "json", "--run", "run.json", "--junit", "j.xml")
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"], told["outcome"]) == (1, 1, "failed")
    run = read_run(texts / "run.json")
    assert (len(run.documents), run.command, len(run.verdicts)) == (2, "check", 2)
    assert "checks.error==0" in (texts / "j.xml").read_text()
    assert mt("report", "run.json", "--html", "r.html").returncode == 0


def test_an_empty_text_is_undecided(mt: Mt, texts: Path) -> None:
    for name in ("a.de.txt", "a.en.txt"):
        (texts / name).write_text("\n")
    done = mt("gate", "a.en.txt", "-p", "p.toml")
    assert verdict(done) == (1, "GATE UNDECIDED (there is no text to judge)")
    (texts / "sizes.toml").write_text('thresholds = ["segments<=500"]\n')
    assert mt("gate", "a.en.txt", "-p", "sizes.toml").returncode == 1


def test_too_small_a_text_is_undecided(mt: Mt, texts: Path) -> None:
    mt("check", "a.de.txt", "a.en.txt", "--run", "c.json")
    done = mt("evaluate", "--hyp", "c.json", "--ref", "b.en.txt", "--run", "e.json")
    assert done.returncode == 0, done.stderr
    (texts / "small.toml").write_text('thresholds = ["chrf>=1"]\nmin_segments = 100\n')
    assert verdict(mt("gate", "e.json", "-p", "small.toml")) == (1, "GATE UNDECIDED (1 of 1 not measured)")


def test_several_runs_are_judged_one_after_another_and_the_worst_decides(mt: Mt, texts: Path) -> None:
    mt("check", "a.de.txt", "a.en.txt", "--run", "good.json")
    (texts / "b.en.txt").write_text(WRONG)
    mt("check", "b.de.txt", "b.en.txt", "--run", "bad.json")
    assert verdict(mt("gate", "good.json", "good.json", "-p", "p.toml")) == (0, "ALL GATES: PASSED (2 runs)")
    for order in (("good.json", "bad.json"), ("bad.json", "good.json")):
        done = mt("gate", *order, "-p", "p.toml")
        assert verdict(done) == (1, "ALL GATES: FAILED (1 failed, 1 passed)")
        told = json.loads(mt("gate", *order, "-p", "p.toml", "--output-format", "json").stdout)
        assert (told["exit_code"], [g["name"] for g in told["gates"]]) == (1, list(order))
    # runs and texts in one call
    assert verdict(mt("gate", "good.json", "b.en.txt", "-p", "p.toml"))[0] == 1
    done = mt("gate", "good.json", "bad.json", "-p", "p.toml", "--junit", "j.xml")
    assert (done.returncode, "--junit holds one run" in done.stderr) == (2, True)


def test_a_rule_that_the_settings_ignore_is_not_taken_as_met(mt: Mt, texts: Path) -> None:
    (texts / "a.en.txt").write_text(WRONG)
    (texts / "mt-publish.toml").write_text('[checks]\nignore = ["MTP3"]\n')
    (texts / "facts.toml").write_text('thresholds = ["checks.MTP3==0"]\n')
    done = mt("gate", "a.en.txt", "-p", "facts.toml")
    assert verdict(done) == (1, "GATE UNDECIDED (1 of 1 not measured)")
    assert "leave MTP3 out" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["none.txt"], 3, "none.txt: no such file or run"),
        (["none.json"], 3, "none.json: no such run"),
        (["lone.en.txt"], 3, "its source is not beside it. Name both"),
        (["a.de.txt", "a.en.txt", "b.en.txt"], 2, "3 texts do not make pairs"),
        (["a.en.txt", "-p", "newsrom-gate"], 2, "no such policy. Did you mean newsroom-gate?"),
        (["a.en.txt", "-p", "typo.toml"], 2, "nothing measures 'term.accuracy'. Did you mean terms.accuracy?"),
        (["a.en.txt", "-p", "share.toml"], 2, "Did you mean terms.accuracy>=0.98?"),
        (["a.en.txt", "-p", "none.toml"], 2, "none.toml: no such policy"),
        (["empty"], 3, "no .txt, .md or .html file in there"),
    ],
)
def test_what_cannot_be_judged_is_an_error(mt: Mt, texts: Path, arguments: list[str], code: int, said: str) -> None:
    (texts / "lone.en.txt").write_text(GOOD)
    (texts / "empty").mkdir()
    (texts / "typo.toml").write_text('thresholds = ["term.accuracy>=1"]\n')
    (texts / "share.toml").write_text('thresholds = ["terms.accuracy>=98"]\n')
    done = mt("gate", *arguments)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert done.stdout == ""


# --- evaluate


def test_a_run_brings_sources_documents_and_translations_along(mt: Mt, texts: Path) -> None:
    mt("check", ".", ".", "--run", "c.json")
    (texts / "refs").mkdir()
    for name in ("a", "b"):
        (texts / "refs" / f"{name}.en.txt").write_text(GOOD)
    done = mt(
        "evaluate", "--hyp", "c.json", "--ref", "refs", "-m", "chrf,terms", "--by", "document", "--baseline", "c.json",
        "--run", "e.json", "-n", "100",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "against c.json" in done.stdout
    run = read_run(texts / "e.json")
    scores = {score.name: score.value for score in run.scores}
    assert (scores["chrf"], scores["terms.accuracy"]) == (100, 1)
    assert [(p["by"], p["name"]) for p in run.manifest["parts"]] == [  # type: ignore[attr-defined]
        ("document", "a.de.txt"), ("document", "b.de.txt")
    ]  # fmt: skip
    assert {c["metric"] for c in run.manifest["comparisons"]} >= {"chrf", "terms.accuracy"}  # type: ignore[attr-defined]
    assert all(segment.source for doc in run.documents for segment in doc.segments)
    # its references stay with it
    assert mt("evaluate", "--hyp", "e.json", "-m", "bleu").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--hyp", "c.json"], "c.json: the run has no references. Add --ref"),
        (["--hyp", "c.json", "--ref", "a.en.txt"], "what is to be scored, not a reference"),
        (["--hyp", "c.json", "--ref", "empty"], "no reference of a.de.txt in there"),
        (["--hyp", "c.json", "--ref", "short.txt"], "1 paragraphs, but 2 in the run of a.de.txt"),
        (["--hyp", "two.json", "--ref", "b.en.txt"], "the run has 2 documents"),
        (["--hyp", "c.json", "--ref", "b.en.txt", "--baseline", "a.en.txt"], "lines cannot be compared"),
        (["--hyp", "c.json", "--ref", "b.en.txt", "--by", "lenght"], "Did you mean length?"),
        (["--hyp", "a.en.txt"], "Add --ref, or --testset"),
        (["--hyp", "a.en.txt", "--testset", "wmt21"], "Add --langpair"),
        (["--hyp", "a.en.txt", "--testset", "wmt21", "--langpair", "en-de", "--to", "en"], "contradict"),
        (["--hyp", "a.en.txt", "--testset", "wmt21", "--langpair", "de-fr"], "Use de-en or en-de"),
        (["--hyp", "a.en.txt", "--testset", "wmt21", "--langpair", "de-en", "--ref", "b.en.txt"], "brings source"),
        (["--hyp", "a.en.txt", "--testset", "wmt21/dav", "--langpair", "de-en"], "Did you mean wmt21/dev?"),
        (["--hyp", "a.en.txt", "--testset", "wmt21/dev", "--langpair", "de-en"], "the test set wmt21/dev has no de-en"),
        (
            ["--hyp", "a.en.txt", "--testset", "wmt21", "--langpair", "de-en"],
            "the test set wmt21 cannot be fetched: there is no network. Fetch it once where there is a network",
        ),
    ],
)
def test_what_cannot_be_scored_is_one_clear_error(
    mt: Mt, texts: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.setenv("SACREBLEU", str(texts / "sacrebleu"))
    (texts / "empty").mkdir()
    if "c.json" in arguments:
        mt("check", "a.de.txt", "a.en.txt", "--run", "c.json")
    if "two.json" in arguments:
        mt("check", ".", ".", "--run", "two.json")
    (texts / "short.txt").write_text("Danfried came to Berlin.\n")
    done = mt("evaluate", *arguments)
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.returncode in (2, 3)


def test_a_test_set_of_sacrebleu_gives_source_and_references(
    mt: Mt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sacrebleu" / "wmt21" / "raw"
    (folder / "test").mkdir(parents=True)
    monkeypatch.setenv("SACREBLEU", str(tmp_path / "sacrebleu"))
    sentences = [("Das Haus ist groß.", "The house is big."), ("Danfried kam nach Berlin.", "Danfried came to Berlin.")]
    segs = ["".join(f'<seg id="{i}">{pair[k]}</seg>' for i, pair in enumerate(sentences, 1)) for k in (0, 1)]
    (folder / "test" / "newstest2021.de-en.xml").write_text(
        f'<dataset id="x"><collection id="general"><doc id="d" origlang="de"><src lang="de"><p>{segs[0]}</p></src>'
        f'<ref lang="en" translator="A"><p>{segs[1]}</p></ref></doc></collection></dataset>'
    )
    (folder / "wmt21.test.tgz").write_bytes(b"fetched before")  # sacreBLEU unpacks it only when it fetches it
    (tmp_path / "hyp").write_text("The house is big.\nDanfried came to Berlin.\n")
    done = mt(
        "evaluate", "--testset", "wmt21", "--langpair", "de-en", "--hyp", "hyp", "-m", "bleu,terms", "--run", "r.json"
    )
    assert done.returncode == 0, done.stderr
    run = read_run(tmp_path / "r.json")
    assert [s.source for s in run.documents[0].segments] == [pair[0] for pair in sentences]
    assert {s.name: s.value for s in run.scores}["bleu"] == pytest.approx(100)


def test_a_local_test_set_gives_source_and_references(mt: Mt, tmp_path: Path) -> None:
    rows = ["Das Haus ist groß.\tThe house is big.\tThe house is large.", "Danfried kam.\tDanfried came.\tHe came."]
    (tmp_path / "set.tsv").write_text("\n".join(rows) + "\n")
    (tmp_path / "hyp").write_text("The house is large.\nDanfried came.\n")
    done = mt(
        "evaluate",
        "--testset",
        "set.tsv",
        "--langpair",
        "de-en",
        "--hyp",
        "hyp",
        "-m",
        "chrf",
        "terms",
        "--run",
        "r.json",
    )
    assert done.returncode == 0, done.stderr
    run = read_run(tmp_path / "r.json")
    assert {s.name: s.value for s in run.scores}["chrf"] == pytest.approx(100)
    assert [s.source for s in run.documents[0].segments] == ["Das Haus ist groß.", "Danfried kam."]
    assert run.manifest["testset"] == "set.tsv"
    (tmp_path / "set.tsv").write_text(rows[0] + "\nDanfried kam.\n")
    done = mt("evaluate", "--testset", "set.tsv", "--langpair", "de-en", "--hyp", "hyp")
    assert (done.returncode, "set.tsv:2: the line has 1 column, the first has 3" in done.stderr) == (2, True)


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    refs = [f"This is sentence number {i} about the government and its plans." for i in range(30)]
    for name, old, new in (
        ("ref", "", ""),
        ("good", "plans", "aims"),
        ("bad", "government", "house"),
        ("worse", "sentence number", ""),
    ):
        (tmp_path / name).write_text("".join(line.replace(old, new) + "\n" if old else line + "\n" for line in refs))
    return tmp_path


@pytest.mark.parametrize(("test", "name", "samples"), [("bs", "paired bootstrap", 1000), ("ar", "approximate", 10000)])
def test_several_baselines_are_compared_by_either_test(mt: Mt, lines: Path, test: str, name: str, samples: int) -> None:
    done = mt(
        "evaluate", "--hyp", "good", "--ref", "ref", "--to", "en", "-m", "bleu", "chrf", "--test", test,
        "--baseline", "bad", "--baseline", "worse", "--run", "r.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"against bad ({name}" in done.stdout
    found = read_run(lines / "r.json").manifest["comparisons"]
    assert [(c["baseline"], c["metric"], c["test"], c["samples"]) for c in found] == [  # type: ignore[attr-defined]
        (baseline, metric, test, samples) for baseline in ("bad", "worse") for metric in ("bleu", "chrf")
    ]
    assert all(c["p_value"] < 0.05 for c in found)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--test", "t"], "unknown significance test 't'. Use bs"),
        (["ref"], "nothing asks for 'ref'. Name files with --hyp"),
        (["-m", "bleu", "chfr"], "unknown metric 'chfr'. Did you mean chrf?"),
        (["--src", "good"], "good:1: the file looks English, but German is expected. Are the files swapped?"),
    ],
)
def test_what_evaluate_does_not_know_is_an_error(mt: Mt, lines: Path, arguments: list[str], said: str) -> None:
    done = mt("evaluate", "--hyp", "good", "--ref", "ref", "--to", "en", *arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_empty_translations_are_scored_on_demand_and_missing_ones_said(mt: Mt, lines: Path) -> None:
    for name in ("hyps", "refs"):
        (lines / name).mkdir()
    (lines / "hyps" / "a").write_text("\n" + "".join((lines / "good").read_text().splitlines(True)[1:]))
    for name in "ab":
        (lines / "refs" / name).write_text((lines / "ref").read_text())
    arguments = ["evaluate", "--hyp", "hyps", "--ref", "refs", "--to", "en", "-m", "chrf"]
    refused = mt(*arguments)
    assert (refused.returncode, "hyps/a:1: the hypothesis is empty" in refused.stderr) == (2, True)
    done = mt(*arguments, "--allow-empty")
    assert (done.returncode, done.stderr) == (0, "warning: hyps has no file b, which refs has: not scored\n")


def test_gate_and_report_take_the_same_baseline_whatever_the_translation_is_called(mt: Mt, lines: Path) -> None:
    (lines / "src").write_text("".join(f"Das ist der Satz Nummer {i} über die Regierung.\n" for i in range(30)))
    for name in ("good", "worse"):
        mt(
            "evaluate",
            "--hyp",
            name,
            "--ref",
            "ref",
            "--src",
            "src",
            "--to",
            "en",
            "-m",
            "chrf",
            "--run",
            f"{name}.json",
        )
    (lines / "p.toml").write_text('thresholds = ["chrf>=1", "chrf.delta>=-0.5"]\nmissing_baseline = "skip"\n')
    assert mt("gate", "good.json", "--policy", "p.toml", "--baseline", "auto", "--release").returncode == 0
    (lines / "p.toml").write_text('thresholds = ["chrf.delta>=-0.5"]\nbaseline = "auto"\n')
    assert mt("gate", "worse.json", "--policy", "p.toml").stdout.endswith("GATE FAILED (1 of 1)\n")
    assert "GATE FAILED \\(1 of 1\\)" in mt("report", "worse.json", "--policy", "p.toml").stdout
    # a run without references says so
    (lines / "de").write_text("Danfried kam.\n")
    (lines / "en").write_text("Danfried came.\n")
    mt("check", "de", "en", "--from", "de", "--to", "en", "--format", "text", "--run", "c.json")
    said = mt("gate", "worse.json", "--policy", "p.toml", "--baseline", "c.json").stdout
    assert "the baseline has no references; evaluate it against the same ones first" in said


# --- references of a run


def make_run(path: str = "a.txt") -> Run:
    term = TermMatch(Entry("Köln", "Cologne"), Span(0, 4), "Köln", "Cologne", ("Cologne",))
    segments = (
        Segment("b1.s1", "Es regnet."),
        Segment("b1.s2", "Köln ist alt.", terms=(term,)),
        Segment("b2.s1", "Ende.", line=3),
    )
    targets = ("It rains.", "Cologne is old.", "End.")
    finding = Finding("MTP101", Severity.ERROR, "b1.s2", "x", Span(0, 4), Span(0, 7))
    translations = tuple(Translation(s.id, t, score=-0.1) for s, t in zip(segments, targets, strict=True))
    document = RunDocument(path, None, "text", LangPair("de", "en"), "", segments, translations, (finding,))
    return Run("id", "translate", {}, (document,))


def test_sentences_are_paired_one_by_one_where_their_number_agrees(tmp_path: Path) -> None:
    (tmp_path / "ref.txt").write_text("It is raining. Cologne is old.\n\nThe end.\n")
    (document,) = with_references(make_run(), {"a.txt": [tmp_path / "ref.txt"]}).documents
    assert document.references == (("It is raining.",), ("Cologne is old.",), ("The end.",))
    assert document.segments == make_run().documents[0].segments


def test_a_block_with_another_number_of_sentences_is_one_segment(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("It is raining in old Cologne.\n\nThe end.\n")
    (tmp_path / "two.txt").write_text("It is raining. Cologne is old.\n\nThe end.\n")
    (document,) = with_references(make_run(), {"a.txt": [tmp_path / "one.txt", tmp_path / "two.txt"]}).documents
    first, last = document.segments
    assert (first.id, first.source) == ("b1.s1", "Es regnet. Köln ist alt.")
    assert document.translations[0].target == "It rains. Cologne is old."
    assert document.translations[0].score is None
    assert document.translations[1].score == -0.1
    assert document.references == (
        ("It is raining in old Cologne.", "It is raining. Cologne is old."),
        ("The end.", "The end."),
    )
    (term,) = first.terms
    assert first.source[term.span.start : term.span.end] == "Köln"
    (finding,) = document.findings
    assert finding.segment_id == "b1.s1"
    assert finding.source_span is not None
    assert finding.target_span is not None
    assert first.source[finding.source_span.start : finding.source_span.end] == "Köln"
    assert document.translations[0].target[finding.target_span.start : finding.target_span.end] == "Cologne"
    assert last.id == "b2.s1"


def test_a_reference_with_other_paragraphs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ref.txt").write_text("It is raining.\n\nCologne is old.\n\nThe end.\n")
    with pytest.raises(AlignmentError, match="3 paragraphs, but 2 in the run"):
        with_references(make_run(), {"a.txt": [tmp_path / "ref.txt"]})
    kept = with_references(make_run(), {"other.txt": [tmp_path / "ref.txt"]})
    assert kept == make_run()


def test_terms_that_were_never_looked_for_are_not_scored(mt: Mt, texts: Path) -> None:
    run = make_run()
    document = replace(run.documents[0], segments=tuple(replace(s, terms=()) for s in run.documents[0].segments))
    write_run(replace(run, documents=(document,), scores=(MetricScore("bleu", 1.0),)), texts / "r.json")
    (texts / "ref.txt").write_text("It is raining. Cologne is old.\n\nThe end.\n")
    done = mt("evaluate", "--hyp", "r.json", "--ref", "ref.txt", "-m", "terms,bleu")
    assert (done.returncode, "no glossary was applied in this run" in done.stderr) == (2, True)


def test_a_run_is_not_its_own_baseline(mt: Mt, lines: Path) -> None:
    assert (
        mt("evaluate", "--hyp", "good", "--ref", "ref", "--to", "en", "-m", "chrf", "--run", "r.json").returncode == 0
    )
    (lines / "p.toml").write_text('thresholds = ["chrf.delta>=0"]\n')
    done = mt("gate", "r.json", "--policy", "p.toml", "--baseline", "r.json")
    assert done.returncode == 2
    assert "compared with itself" in done.stderr


def test_checks_of_an_evaluation_follow_the_settings_and_keep_what_concerns_the_structure(
    mt: Mt, tmp_path: Path
) -> None:
    from dataclasses import replace

    from mt_publish.quality.runs import write_run
    from mt_publish.types import Finding, Severity

    (tmp_path / "a.txt").write_text("Es kostet 5 Euro.\n")
    (tmp_path / "a.en.txt").write_text("It costs 6 euros.\n")
    (tmp_path / "human.txt").write_text("It is 5 euros.\n")
    assert mt("check", "a.txt", "a.en.txt", "--from", "de", "--to", "en", "--run", "c.json").returncode == 1
    run = read_run(tmp_path / "c.json")
    broken = Finding("MTP203", Severity.ERROR, None, "the structure differs", path="a.txt")
    document = replace(run.documents[0], findings=(broken,))
    write_run(replace(run, documents=(document,)), tmp_path / "c.json")
    evaluate = ("evaluate", "--hyp", "c.json", "--ref", "human.txt", "-m", "chrf", "--checks", "--run", "e.json")
    for settings, rules in (("", ["MTP203", "MTP301"]), ('[checks]\nignore = ["MTP3"]\n', ["MTP203"])):
        (tmp_path / "mt-publish.toml").write_text(settings)
        done = mt(*evaluate)
        assert done.returncode in (0, 1), done.stderr
        assert [f.rule for doc in read_run(tmp_path / "e.json").documents for f in doc.findings] == rules


def test_terms_are_not_scored_without_a_glossary(mt: Mt, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Danfried kommt.\n")
    (tmp_path / "b.txt").write_text("Danfried comes.\n")
    done = mt(
        "evaluate", "--hyp", "b.txt", "--ref", "b.txt", "--src", "a.txt", "--to", "en", "-m", "terms",
        "--no-shipped-glossaries",
    )  # fmt: skip
    assert done.returncode == 2
    assert "no glossary" in done.stderr
