"""Scores: what is refused, what is warned about, how values are named; tests/parity compares with sacreBLEU."""

from __future__ import annotations

import pytest

from mt_publish.errors import AlignmentError, ConfigError, EvaluationError
from mt_publish.quality.metrics import check_lines, corpus_scores, known_metrics, looks_like, segment_scores
from mt_publish.types import LangPair

REFS = ["The cat sat on the mat.", "It is raining in Cologne today."]
HYPS = ["The cat sat on a mat.", "It rains in Cologne today."]
DE_EN = LangPair("de", "en")


def test_scores_come_in_the_order_asked_for_with_direction_and_count() -> None:
    scores = corpus_scores(HYPS, [REFS], metrics=["ter", "bleu", "chrf++"])
    assert [score.name for score in scores] == ["ter", "bleu", "chrf++"]
    assert [score.higher_is_better for score in scores] == [False, True, True]
    assert {score.segments for score in scores} == {2}
    assert all(score.interval is None for score in scores)


def test_confidence_adds_an_interval_around_the_score_and_its_settings_to_the_signature() -> None:
    for score in corpus_scores(HYPS * 20, [REFS * 20], confidence=True, n=200, seed=7):
        assert score.interval is not None
        assert score.interval[0] < score.value < score.interval[1]
        assert "|bs:200|seed:7|" in score.signature


def test_sentence_scores_are_one_a_segment() -> None:
    scores = segment_scores([*HYPS, "x"], [[*REFS, "x"]], metrics=["chrf", "ter"])
    assert len(scores["chrf"]) == 3
    assert scores["chrf"][2] == 100
    assert scores["ter"][2] == 0


def test_unequal_lengths_name_the_first_line_without_partner() -> None:
    with pytest.raises(AlignmentError, match=r"out\.txt:2: .*ref\.txt has 2 lines|out\.txt has 1 lines") as error:
        check_lines(HYPS[:1], [REFS], names=["out.txt", "ref.txt"])
    assert error.value.where == "out.txt:2"


def test_second_reference_of_another_length_is_refused() -> None:
    with pytest.raises(AlignmentError, match="reference 2:2"):
        corpus_scores(HYPS, [REFS, REFS[:1]])


@pytest.mark.parametrize(("hyps", "refs", "place"), [(["a", " "], ["a", "b"], "h:2"), (["a", "b"], ["", "b"], "r:1")])
def test_empty_lines_are_refused_with_their_number(hyps: list[str], refs: list[str], place: str) -> None:
    with pytest.raises(EvaluationError, match="is empty") as error:
        check_lines(hyps, [refs], names=["h", "r"])
    assert error.value.where == place


def test_an_empty_line_of_a_second_reference_is_refused_and_one_that_is_not_there_is_not() -> None:
    with pytest.raises(EvaluationError, match="is empty") as error:
        check_lines(["a", "b"], [["a", "b"], ["a", " "]], names=["h", "r", "s"])
    assert error.value.where == "s:2"
    check_lines(["a", "b"], [["a", "b"], ["a", None]])


def test_empty_hypotheses_can_be_scored_as_missing() -> None:
    full, gap = (corpus_scores([HYPS[0], hyp], [REFS], allow_empty=True)[0].value for hyp in (HYPS[1], ""))
    assert gap < full


def test_nothing_to_score_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="no segments"):
        corpus_scores([], [[]])
    with pytest.raises(EvaluationError, match="no reference"):
        corpus_scores(HYPS, [])


def test_unknown_metric_suggests_the_near_one() -> None:
    with pytest.raises(ConfigError, match=r"'crhf'.*Did you mean chrf"):
        known_metrics(["bleu", "crhf"])


def test_language_with_another_tokeniser_is_refused() -> None:
    with pytest.raises(ConfigError, match="zh"):
        corpus_scores(HYPS, [REFS], target_lang="zh")  # type: ignore[arg-type]


GERMAN = ["Der Hund ist nicht in dem Haus und das Kind auch nicht.", "Sie hat eine Katze, die mit dem Ball spielt."] * 3
ENGLISH = ["The dog is not in the house and the child is not either.", "She has a cat that plays with the ball."] * 3


@pytest.mark.parametrize(
    ("hyps", "refs", "sources", "where"),
    [
        (["Köln", *GERMAN], ["Cologne", *ENGLISH], None, "hyp:2"),
        (["Cologne", *ENGLISH], ["Köln", *GERMAN], None, "ref:2"),
        (GERMAN, ENGLISH, ENGLISH, "hyp:1"),
        (["x"] * 6, ENGLISH, ENGLISH, "src:1"),
    ],
)
def test_swapped_files_are_refused_with_the_first_wrong_line(
    hyps: list[str], refs: list[str], sources: list[str] | None, where: str
) -> None:
    names = ["hyp", "ref", *(["src"] if sources else [])]
    with pytest.raises(EvaluationError, match="Are the files swapped") as error:
        check_lines(hyps, [refs], sources=sources, pair=DE_EN, names=names)
    assert error.value.where == where


def test_a_copy_of_the_source_may_be_scored() -> None:
    (warning,) = check_lines(GERMAN, [ENGLISH], sources=GERMAN, pair=DE_EN)
    assert "equals the source on 6 of 6 lines" in warning


def test_right_files_raise_no_warning() -> None:
    other = [line.replace("ball", "toy") for line in ENGLISH]
    assert check_lines(other, [ENGLISH], sources=GERMAN, pair=DE_EN) == ()


def test_reference_given_as_hypothesis_and_copied_source_are_noticed() -> None:
    (warning,) = check_lines(ENGLISH, [list(ENGLISH)])
    assert "identical" in warning
    warnings = check_lines(GERMAN, [ENGLISH], sources=GERMAN)
    assert any("equals the source on 6 of 6 lines" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("texts", "lang"), [(GERMAN, "de"), (ENGLISH, "en"), (["Köln"], None), (GERMAN + ENGLISH, None)]
)
def test_language_of_a_file_is_told_only_when_clear(texts: list[str], lang: str | None) -> None:
    assert looks_like(texts) == lang
