"""The hypothesis from which the source follows best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mt_publish.translation.decode import translate_segments
from mt_publish.translation.engines import CTranslate2Engine, Hypothesis, Pieces, _best
from mt_publish.translation.lexicon import Lexicon
from mt_publish.translation.models import find_model
from mt_publish.translation.rerank import SLIP, WEIGHT, can_rerank, rerank
from mt_publish.translation.slips import WordList
from mt_publish.types import Lang, Segment
from tests.fakes import FakeEngine

SOURCE = ["▁Das", "▁Haus", "▁brennt"]


class BackEngine(FakeEngine):
    """Knows how likely SOURCE is as the translation of a text."""

    def __init__(self, back: dict[str, float]) -> None:
        super().__init__()
        self.model = replace(self.model, pieces=(">>deu<<", ">>eng<<"))
        self.back = back
        self.scored: list[str] = []

    def score(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang) -> list[float]:
        assert target == "de"
        assert all(pieces == SOURCE for pieces in targets)
        texts = self.tokenizer.decode(list(batch))
        self.scored += texts
        return [self.back[text] for text in texts]


def hypothesis(text: str, score: float, *, truncated: bool = False) -> Hypothesis:
    return Hypothesis(["▁" + word for word in text.split()], score, None, truncated)


def test_the_way_back_decides_between_likely_hypotheses() -> None:
    engine = BackEngine({"It burns": -3.0, "The house burns": -0.5, "The house": -2.0})
    some = [hypothesis("It burns", -0.4), hypothesis("The house burns", -0.9), hypothesis("The house", -0.7)]
    (chosen,) = rerank([SOURCE], [some], engine, "en")
    assert chosen is some[1]
    assert engine.scored == ["It burns", "The house burns", "The house"]


def test_the_way_there_counts_for_more() -> None:
    engine = BackEngine({"It burns": -3.0, "The house burns": -3.0 + 0.5 / WEIGHT - 0.01})
    some = [hypothesis("It burns", -0.4), hypothesis("The house burns", -0.9)]
    assert rerank([SOURCE], [some], engine, "en") == [some[0]]


def test_the_source_is_expected_back_without_what_it_told() -> None:
    told = ["▁Das", "▁", "<term_start>", "▁Haus", "▁", "<term_end>", "▁house", "▁", "<trans_end>", "▁brennt"]
    engine = BackEngine({"It burns": -3.0, "The house burns": -0.5})
    some = [hypothesis("It burns", -0.4), hypothesis("The house burns", -0.9)]
    assert rerank([told], [some], engine, "en") == [some[1]]  # the engine wants SOURCE as its target


def test_what_has_fewer_words_that_are_none_is_preferred() -> None:
    engine = BackEngine({"The hous burns": -0.5, "The house burns": -0.6})
    some = [hypothesis("The hous burns", -0.4), hypothesis("The house burns", -0.5)]
    assert rerank([SOURCE], [some], engine, "en") == [some[0]]
    engine.lexicon, engine.known = Lexicon([]), WordList([b"the", b"house", b"burns"], "en")
    assert rerank([SOURCE], [some], engine, "en") == [some[1]]
    much_likelier = [hypothesis("The hous burns", -0.1), hypothesis("The house burns", -0.1 - SLIP)]
    assert rerank([SOURCE], [much_likelier], engine, "en") == [much_likelier[0]]


def test_equal_texts_are_scored_once_and_single_ones_not_at_all() -> None:
    engine = BackEngine({"It burns": -1.0, "Fire": -2.0})
    alone = [hypothesis("Alone", -1.0)]
    twice = [hypothesis("It burns", -0.5), hypothesis("It burns", -0.6)]
    mixed = [*twice, hypothesis("Fire", -0.5)]
    assert rerank([SOURCE] * 3, [alone, twice, mixed], engine, "en") == [alone[0], twice[0], mixed[0]]
    assert engine.scored == ["It burns", "Fire"]


def test_a_hypothesis_that_was_cut_off_is_taken_only_where_all_were() -> None:
    engine = BackEngine({"It burns": -0.1, "The house burns": -5.0})
    cut, whole = hypothesis("It burns", -0.1, truncated=True), hypothesis("The house burns", -2.0)
    assert rerank([SOURCE], [[cut, whole]], engine, "en") == [whole]
    assert rerank([SOURCE], [[cut]], engine, "en") == [cut]


def test_a_model_of_one_pair_and_a_greedy_one_are_asked_as_ever() -> None:
    engine = FakeEngine({"Haus": "house"})
    assert not can_rerank(engine, "en")
    assert _best(engine, [["▁Haus"]], "en", beam=5, back=True) == [h[0] for h in engine.translate([["▁Haus"]], "en")]
    back = BackEngine({})
    assert can_rerank(back, "en")
    assert _best(back, [["▁Haus"]], "en", beam=1, back=True)
    assert not back.scored


@pytest.mark.parametrize(("quality", "asked"), [("fast", False), ("balanced", False), ("best", True)])
def test_only_the_best_quality_looks_back(quality: str, asked: bool) -> None:
    seen: list[bool] = []

    class Watched(FakeEngine):
        def begin(self, batch, target, *, beam=2, back=False):  # type: ignore[no-untyped-def]
            seen.append(back)
            return super().begin(batch, target, beam=beam, back=back)

    assert list(translate_segments([Segment("s", "Das Haus")], Watched(), "en", quality=quality))  # type: ignore[arg-type]
    assert seen == [asked]


def test_the_shipped_model_chooses_what_leads_back(cache: Path) -> None:
    engine = CTranslate2Engine(find_model(), threads=1, shortlist=False)
    pieces = engine.tokenizer.encode(
        [
            "Danfried hat auch den Januar als Deadline für anstehende Gespräche bestätigt.",
            "Der russische Präsident Wladimir Putin hat den Westen vor Folgen gewarnt.",
            "Nach Angaben der Polizei wurde niemand verletzt, doch der Schaden ist hoch.",
        ]
    )
    beams = engine.translate(pieces, "en", beam=5, n_best=5)
    chosen = engine.begin(pieces, "en", beam=5, back=True).result()

    def worth(some: Sequence[Hypothesis]) -> list[float]:
        sources = engine.tokenizer.encode(engine.tokenizer.decode([h.pieces for h in some]))
        back = engine.score(sources, pieces, "de")
        return [h.score + WEIGHT * b for h, b in zip(some, back, strict=True)]

    best = worth(chosen)
    for k in range(5):
        assert all(b >= w - 1e-4 for b, w in zip(best, worth([beam[k] for beam in beams]), strict=True))
    assert all(h.attention is not None and len(h.attention) == len(h.pieces) for h in chosen)
