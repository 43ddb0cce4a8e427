"""The hand-aligned sentences keep their format, and their links fit the tokens that `words` cuts today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt_publish.translation.alignment import align_words, fit_spans, is_word, words
from mt_publish.translation.probe import best_head
from mt_publish.types import Span

GOLD = Path(__file__).parents[2] / "data" / "alignment" / "gold.tsv"
LINES = GOLD.read_text("utf-8").splitlines()


def tokens(text: str) -> list[str]:
    return [text[start:end] for start, end in words(text)]


def test_there_are_enough_pairs_and_none_twice() -> None:
    assert len(LINES) >= 60
    assert len({line.split("\t")[0] for line in LINES}) == len(LINES)


@pytest.mark.parametrize("number", range(1, len(LINES) + 1))
def test_a_pair_fits_its_tokens(number: int) -> None:
    german, english, sizes, links = LINES[number - 1].split("\t")
    source, target = tokens(german), tokens(english)
    assert sizes == f"{len(source)}/{len(target)}"
    found = [re.fullmatch(r"(\d+)-(\d+)(\??)", link) for link in links.split(" ")]
    assert all(found), "a link reads 3-4 or 3-4?"
    pairs = [(int(m[1]), int(m[2])) for m in found if m]
    assert pairs == sorted(set(pairs)), "links stand in order, each once, so none is sure and possible at a time"
    assert all(s < len(source) and t < len(target) for s, t in pairs)
    sure = {pair for pair, m in zip(pairs, found, strict=True) if m and not m[3]}
    possible = set(pairs)
    assert sure
    assert sure <= possible
    linked = {source[s] for s, _ in possible} | {target[t] for _, t in possible}
    figures = {token for token in (*source, *target) if token[0].isdigit()}
    assert figures <= linked, "every figure has its counterpart"
    # Equal figures and names that stand once on each side belong together, whoever linked them.
    for s, word in enumerate(source):
        if is_word(word) and len(word) > 3 and source.count(word) == target.count(word) == 1:
            assert (s, target.index(word)) in sure
    unlinked = [t for t, word in enumerate(target) if is_word(word) and t not in {t for _, t in possible}]
    assert len(unlinked) <= 1, "an English word without a link is a slip, but for rare extras"


def test_equal_words_anchor_unless_switched_off() -> None:
    source, target = "Danfried kommt", "Danfried comes"
    crossed = [[0.0, 1.0], [1.0, 0.0]]
    spans = (words(source), words(target))
    assert align_words(source, target, *spans, crossed).links == (0, 0)
    assert align_words(source, target, *spans, crossed, equal_words=False).links == (1, 0)


@pytest.mark.parametrize(
    ("shown", "actual", "parts"),
    [
        ("The mans said", "The man's said", ["The", "man's", "said"]),
        ("Foreign met Putin", "Sergei Lavrov met Putin", ["Sergei Lavrov", "met", "Putin"]),
        ('He said "Hi" today', "He said „Hallo“ today", ["He", "said", "„Hallo“", "today"]),
        ("a NATO NATO b", "a NATO b", ["a", "NATO", "", "b"]),
        ("a b", "a very b", ["a", "very b"]),
        ("a b", "", ["", ""]),
        ("", "a b", []),
    ],
)
def test_ranges_of_a_text_follow_what_is_made_of_it(shown: str, actual: str, parts: list[str]) -> None:
    ranges = [Span(*m.span()) for m in re.finditer(r"\S+", shown)]
    assert [actual[slice(*span)] for span in fit_spans(ranges, shown, actual)] == parts


def test_what_is_put_in_after_a_bracket_is_not_the_brackets() -> None:
    shown, actual = "(Putin) spoke", "(Vladimir Putin) spoke"
    found = fit_spans([Span(0, 1), Span(1, 6), Span(6, 7), Span(8, 13)], shown, actual)
    assert [actual[slice(*span)] for span in found] == ["(", "Vladimir Putin", ")", "spoke"]


@given(st.text(max_size=20), st.text(max_size=20))
def test_every_range_stays_inside_the_text(shown: str, actual: str) -> None:
    ranges = [Span(at, at + 1) for at in range(len(shown))]
    found = fit_spans(ranges, shown, actual)
    assert all(0 <= span.start <= span.end <= len(actual) for span in found)
    if shown == actual:
        assert found == ranges


def test_a_guided_head_is_kept_though_a_copying_one_hits_more_anchors() -> None:
    rows = [(0, 0, 0.2, 100), (0, 1, 0.99, 100), (1, 0, 0.94, 100), (1, 1, 0.98, 100)]
    assert best_head(rows) == (1, 0, 0.94, 100)


def test_without_a_guided_head_the_one_that_hits_most_is_taken() -> None:
    rows = [(0, 0, 0.2, 100), (0, 1, 0.8, 100), (1, 0, 0.5, 100), (1, 1, 0.7, 100)]
    assert best_head(rows) == (0, 1, 0.8, 100)
