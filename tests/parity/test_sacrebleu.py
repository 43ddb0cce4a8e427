"""Numbers against sacreBLEU 2.x: its command line for scores, its PairedTest for significance, its TER for edits."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mt_publish.quality.edit_rate import edit_rate
from mt_publish.quality.metrics import METRICS, Scorer, corpus_scores, segment_scores, segment_statistics
from mt_publish.quality.significance import confidence_intervals, paired_tests

NEWS = Path(__file__).parents[3] / "shared" / "eval" / "news"
shared = pytest.mark.skipif(not NEWS.is_dir(), reason="the test sets beside the checkout are absent")

_WORDS = (
    "Danfried lebt seit 1984 in Köln , wo er ein Haus hat . Die Stadt ist alt und schön ; sie liegt am Rhein "
    '"Zitat" 3,5 % GmbH & Co. ( Klammer ) d\'accord E-Mail 1.234,50 € – Gedankenstrich'
)


def corpus(size: int, seed: int) -> list[str]:
    """Sentences with punctuation, numbers and quotes, by a seeded generator."""
    rng = random.Random(seed)
    return [" ".join(rng.choices(_WORDS.split(), k=rng.randint(1, 28))) for _ in range(size)]


def distort(lines: list[str], rate: float, seed: int) -> list[str]:
    """A system output: words replaced, dropped, doubled and moved."""
    rng = random.Random(seed)
    result = []
    for line in lines:
        words = []
        for word in line.split():
            if rng.random() > rate:
                words.append(word)
            elif rng.random() < 0.6:
                words += [rng.choice(_WORDS.split())] * rng.randint(1, 2)
        if len(words) > 4 and rng.random() < 2 * rate:
            at, to = rng.randrange(len(words) - 2), rng.randrange(len(words))
            moved = words[at : at + 3]
            del words[at : at + 3]
            words[to:to] = moved
        result.append(" ".join(words) or "Ja")
    return result


def cli(tmp_path: Path, hyps: list[str], refs: list[list[str]], *options: str) -> list[dict[str, object]]:
    """What sacreBLEU's command prints as JSON, with 14 decimals."""
    (tmp_path / "hyp").write_text("\n".join(hyps) + "\n", encoding="utf-8")
    for k, ref in enumerate(refs):
        (tmp_path / f"ref{k}").write_text("\n".join(ref) + "\n", encoding="utf-8")
    names = [str(tmp_path / f"ref{k}") for k in range(len(refs))]
    command = [sys.executable, "-m", "sacrebleu", *names, "-i", str(tmp_path / "hyp"), "-w", "14", *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("references", [1, 3])
def test_scores_and_signatures_equal_the_command_line_to_the_last_digit(tmp_path: Path, references: int) -> None:
    refs = [corpus(30, seed) for seed in range(references)]
    hyps = distort(refs[0], 0.3, 7)
    ours = corpus_scores(hyps, refs, metrics=("bleu", "chrf", "ter"))
    theirs = cli(tmp_path, hyps, refs, "-m", "bleu", "chrf", "ter")
    for score, their in zip(ours, theirs, strict=True):
        assert float(f"{score.value:.14f}") == their["score"]
        assert score.signature == their["signature"]
        assert score.segments == 30


def test_chrf_plus_plus_equals_the_command_line(tmp_path: Path) -> None:
    refs = [corpus(40, 3)]
    hyps = distort(refs[0], 0.3, 8)
    (score,) = corpus_scores(hyps, refs, metrics=["chrf++"])
    (their,) = cli(tmp_path, hyps, refs, "-m", "chrf", "--chrf-word-order", "2")
    assert (float(f"{score.value:.14f}"), score.signature) == (their["score"], their["signature"])


def test_confidence_intervals_equal_the_command_line(tmp_path: Path) -> None:
    refs = [corpus(50, 3)]
    hyps = distort(refs[0], 0.3, 8)
    ours = corpus_scores(hyps, refs, confidence=True)
    theirs = cli(tmp_path, hyps, refs, "-m", "bleu", "chrf", "ter", "--confidence")
    for score, their in zip(ours, theirs, strict=True):
        assert score.signature == their["signature"]
        assert score.interval is not None
        low, high = score.interval
        # sacreBLEU sums in single precision.
        assert 0.5 * (high - low) == pytest.approx(their["confidence_var"], abs=1e-4)


def test_segment_scores_equal_sacrebleus_sentence_functions() -> None:
    import sacrebleu

    refs = corpus(30, 5)
    hyps = distort(refs, 0.4, 6)
    ours = segment_scores(hyps, [refs], metrics=METRICS)
    for i, (hyp, ref) in enumerate(zip(hyps, refs, strict=True)):
        assert ours["bleu"][i] == pytest.approx(sacrebleu.sentence_bleu(hyp, [ref]).score, abs=1e-9)
        assert ours["chrf"][i] == pytest.approx(sacrebleu.sentence_chrf(hyp, [ref]).score, abs=1e-9)
        assert ours["chrf++"][i] == pytest.approx(sacrebleu.sentence_chrf(hyp, [ref], word_order=2).score, abs=1e-9)
        assert ours["ter"][i] == pytest.approx(sacrebleu.sentence_ter(hyp, [ref]).score, abs=1e-9)


def test_vectorised_formulas_equal_sacrebleus_on_hard_statistics() -> None:
    refs = [*corpus(30, 9), "kurz", "a b c", ""]
    hyps = [*distort(refs[:30], 0.8, 2), "ganz anders", "x", "etwas"]
    for stats in segment_statistics(hyps, [refs], metrics=METRICS).values():
        one_by_one = [type(stats)(stats.metric, row[None, :]).score() for row in stats.rows]
        np.testing.assert_allclose(stats.scores(stats.rows), one_by_one, atol=1e-9)


def test_edit_rate_equals_sacrebleus_edit_for_edit() -> None:
    from sacrebleu.metrics.lib_ter import translation_edit_rate

    rng = random.Random(4)
    for seed in range(40):
        # Up to 90 words: some pairs leave the beam and take the fallback.
        vocabulary = [str(i) for i in range(rng.choice([3, 8, 300]))]
        ref = rng.choices(vocabulary, k=rng.choice([0, 5, 20, 20, 90]))
        hyp = distort([" ".join(ref) or "1"], 0.3, seed)[0].split() if seed % 7 else rng.choices(vocabulary, k=40)
        assert edit_rate(hyp, ref) == translation_edit_rate(hyp, ref)


def _sacrebleu_paired(
    systems: dict[str, list[str]], refs: list[list[str]], test: str, n: int
) -> dict[str, list[float]]:
    from sacrebleu.metrics import BLEU, CHRF, TER
    from sacrebleu.significance import PairedTest

    metrics = {"bleu": BLEU(references=refs), "chrf": CHRF(references=refs), "ter": TER(references=refs)}
    _, found = PairedTest(list(systems.items()), metrics, None, test_type=test, n_samples=n)()
    names = {"bleu": "BLEU", "chrf": "chrF2", "ter": "TER"}
    return {ours: [result.p_value for result in found[theirs][1:]] for ours, theirs in names.items()}


@pytest.mark.parametrize(("test", "n"), [("bs", 500), ("ar", 500)])
def test_p_values_agree_with_sacrebleus_within_resampling_noise(test: str, n: int) -> None:
    refs = [corpus(60, 11)]
    base = distort(refs[0], 0.25, 1)
    systems = {"near": distort(refs[0], 0.26, 2), "better": distort(refs[0], 0.2, 3)}
    theirs = _sacrebleu_paired({"base": base, **systems}, refs, test, n)
    ours = paired_tests(systems, refs, baselines={"base": base}, test=test, n=n)  # type: ignore[arg-type]
    assert len(ours) == 6
    for result in ours:
        their = theirs[result.metric][list(systems).index(result.system)]
        # Same seed and draws; what remains is their single precision near ties (bs) or our chunks of coins (ar):
        # two standard errors of a proportion are an upper bound.
        noise = 3 * (max(their * (1 - their), 0.01) / n) ** 0.5
        assert result.p_value == pytest.approx(their, abs=0.004 if test == "bs" else noise)


def test_a_system_does_not_differ_from_itself() -> None:
    refs = [corpus(30, 11)]
    hyps = distort(refs[0], 0.25, 1)
    for test in ("bs", "ar"):
        for result in paired_tests({"same": hyps}, refs, baselines={"base": hyps}, test=test, n=200):  # type: ignore[arg-type]
            assert result.delta == 0
            assert result.p_value == 1


def test_resampling_in_chunks_draws_the_same_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    refs = [corpus(30, 11)]
    stats = list(segment_statistics(distort(refs[0], 0.3, 2), refs).values())
    whole = confidence_intervals(stats, n=101)
    monkeypatch.setattr("mt_publish.quality.significance._CHUNK", 30 * 7)
    assert confidence_intervals(stats, n=101) == whole


@shared
@pytest.mark.shared
@pytest.mark.parametrize("name", ["newstest2021.de-en", "newstest2021.en-de"])
def test_scores_on_news_equal_the_command_line(tmp_path: Path, name: str) -> None:
    columns = {}
    for letter in "AC" if name.endswith("en-de") else "AB":
        rows = (NEWS / f"{name}.ref{letter}.tsv").read_text(encoding="utf-8").splitlines()
        # The files hold German, tab, English; the target of en-de stands first.
        columns[letter] = [row.split("\t")[0 if name.endswith("en-de") else 1] for row in rows][:60]
    refs, hyps = columns.values()
    ours = corpus_scores(hyps, [refs])
    theirs = cli(tmp_path, hyps, [refs], "-m", "bleu", "chrf", "ter")
    assert [float(f"{s.value:.14f}") for s in ours] == [their["score"] for their in theirs]


def test_references_are_prepared_once_for_all_systems() -> None:
    refs = [corpus(20, 1)]
    scorer = Scorer(refs)
    first, second = distort(refs[0], 0.1, 1), distort(refs[0], 0.5, 1)
    for hyps in (first, second, first):
        reused = {name: stats.score() for name, stats in scorer.statistics(hyps).items()}
        assert reused == {name: stats.score() for name, stats in segment_statistics(hyps, refs).items()}


def test_human_agreement_equals_the_package_of_the_paper() -> None:
    package = pytest.importorskip("mt_thresholds")
    from mt_publish.quality.thresholds import human_agreement

    for metric in ("bleu", "chrf", "comet22", "cometkiwi22"):
        for delta in (0.0, 0.3, 1.0, 2.5, 10.0):
            assert human_agreement(metric, delta) == pytest.approx(package.accuracy(delta, metric) / 100)
