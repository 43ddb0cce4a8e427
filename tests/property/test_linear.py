"""Hostile text: every reader takes time in proportion to its length, whatever the text is made of."""

from __future__ import annotations

import gc
import math
import random
import time
from collections.abc import Callable, Iterator

import pytest

from mt_publish.glossary import Glossary, find_terms, foreign_terms, verify_terms
from mt_publish.quality.checks import check_document, check_segment, fix_typography
from mt_publish.text import (
    compare_quantities,
    detect_language,
    find_quantities,
    numbers,
    sentence_language,
    split_sentences,
    words,
)
from mt_publish.types import Entry, LangPair, Segment, Translation

DE_EN, EN_DE = LangPair("de", "en"), LangPair("en", "de")
GLOSSARY = Glossary(
    [
        Entry("Ankara", "Ankara", "place", en_forbidden=("Ankyra",)),
        Entry("Vereinte Nationen", "United Nations", "org", "pl"),
        Entry("Olaf Danfried", "Olaf Danfried", "person"),
        Entry("A", "A", "term", case="any"),
        Entry("Wand", "wall", "term", "f", case="any"),
        Entry("WHO", "WHO", "org", "f"),
    ]
)


def _check(source: str, target: str) -> None:
    check_segment(Segment("s", source), Translation("s", target), DE_EN)


def _verify(text: str) -> None:
    (segment,) = find_terms([Segment("s", text)], GLOSSARY, DE_EN)
    verify_terms(text, segment.terms, DE_EN)


def _consistency(text: str) -> None:
    segments = list(find_terms([Segment("s", text)], GLOSSARY, DE_EN))
    check_document(segments, [Translation("s", "zu " * (len(text) // 3))], DE_EN, path="a.txt", select=("MTP104",))


READERS: dict[str, Callable[[str], object]] = {
    "German quantities": lambda text: find_quantities(text, "de"),
    "English quantities": lambda text: find_quantities(text, "en"),
    "changed quantities": lambda text: compare_quantities(text, text[::-1], DE_EN),
    "lost quantities": lambda text: compare_quantities(text, text[: len(text) // 2] + " x", EN_DE),
    "German sentences": lambda text: split_sentences(text, "de"),
    "English sentences": lambda text: split_sentences(text, "en"),
    "language of a sentence": sentence_language,
    "language of a text": detect_language,
    "words": words,
    "checks of another text": lambda text: _check(text, text[::-1]),
    "checks of a short source": lambda text: _check("Der Hund (1) bellt nicht.", text),
    "checks of a short translation": lambda text: _check(text, "The dog (1) does not bark."),
    "mentions": lambda text: find_terms([Segment("s", text)], GLOSSARY, EN_DE),
    "verification": _verify,
    "consistency of a document": _consistency,
    "foreign names": lambda text: foreign_terms(text, "", (), GLOSSARY, DE_EN),
    "typography": lambda text: fix_typography(text, "de", straight_quotes=True),
}

# What a quadratic rule stumbles over: numbers, stops, quotation marks, brackets, openings without an end.
PIECES = [
    *("1,", "1.", "1 ", "1'", "12:", "1.000.", "3. ", "14:30 ", "3. Oktober ", "2023-01-", "0.85.1 ", "½", "5 bis "),
    *("D. ", "a.", "U.S. ", "XIV. ", "... ", "?!", "(a) ", "(", ")", "[1]", '"', '" a', "„a“ ", "'", "'a", "’ ", "‚a"),
    *("a ", "a", "A-", "Wand", "Ankara ", "Ankara-", "Ankaras' ", "WHO ", "Vereinte Nationen ", "zwei", "two hundred "),
    *(
        "a@",
        "a@b.",
        "www.",
        "#a ",
        "<a>",
        "<a ",
        "{{",
        "%(",
        "%s ",
        "`a",
        "a\u0301",
        "\u0301\u0323",
        "\u200b",
        "\u00a0",
    ),
    *(" ", "  b", "\n", "\n\n", "\r", "\ufffc", "_", "*", "-", "–", "İ", "ß", "⁇", "Ã", '1"', "von der ", "nicht "),
]
SMALL, LARGE = 750, 6_000
FACTOR = 2.6**3
"""At most 2.6 times as long for each doubling; quadratic time would be 4 times as long."""
TOO_SHORT = 0.05
"""Seconds below which time says nothing on a busy machine."""
ROUNDS = 8
"""How often both are measured before the test fails: other processes only ever make one of the two slower."""


@pytest.fixture(autouse=True)
def _no_collection() -> Iterator[None]:
    """The objects of all other tests are not searched for garbage while a reader is measured."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def _seconds(read: Callable[[str], object], text: str) -> float:
    numbers._read_text.cache_clear()
    numbers._read_long_text.cache_clear()
    start = time.process_time()
    read(text)
    return time.process_time() - start


def _assert_linear(read: Callable[[str], object], text: Callable[[int], str], what: str) -> None:
    small, large = math.inf, math.inf
    for _ in range(ROUNDS):
        large = min(large, _seconds(read, text(LARGE)))
        if large < TOO_SHORT:
            return
        small = min(small, _seconds(read, text(SMALL)))
        if large <= FACTOR * small:
            return
    raise AssertionError(f"{what}: {SMALL} characters take {small:.3f} s, {LARGE} characters {large:.3f} s")


def test_quadratic_time_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "TOO_SHORT", 0.0)
    with pytest.raises(AssertionError, match="characters take"):
        _assert_linear(lambda text: [len(list(text)) for _ in text], lambda size: "a" * size, "a")


@pytest.mark.parametrize("reader", READERS)
def test_repeated_text_is_read_in_linear_time(reader: str) -> None:
    READERS[reader]("Der Hund von Ankara bellt 12 Mal.")  # patterns are compiled at the first call
    for piece in PIECES:
        _assert_linear(READERS[reader], lambda size, piece=piece: (piece * size)[:size], repr(piece))  # type: ignore[misc]


def _any_character(size: int) -> str:
    rng = random.Random(1)
    return "".join(chr(rng.choice((rng.randrange(32, 0x250), rng.randrange(32, 0x3000)))) for _ in range(size))


def _any_mark(size: int) -> str:
    rng = random.Random(2)
    return "".join(rng.choice(" .,!?()[]„“”\"'’1230aA-–:/%€") for _ in range(size))


def _without_spaces(size: int) -> str:
    rng = random.Random(3)
    return "".join(rng.choice("abcdefghiABCÄö012") for _ in range(size))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", [_any_character, _any_mark, _without_spaces])
def test_random_text_is_read_in_linear_time(reader: str, text: Callable[[int], str]) -> None:
    READERS[reader]("Der Hund von Ankara bellt 12 Mal.")
    _assert_linear(READERS[reader], text, text.__name__)
