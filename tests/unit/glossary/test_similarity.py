"""Likeness of words."""

import pytest

from mt_publish.glossary import similarity, threshold


@pytest.mark.parametrize(
    ("a", "b", "expected"), [("Danfried", "Danfried", 1.0), ("", "", 1.0), ("ab", "xy", 0.0), ("Müller", "Muller", 1.0)]
)
def test_bounds_and_accents(a: str, b: str, expected: float) -> None:
    assert similarity(a, b) == expected


def test_a_swap_is_one_edit() -> None:
    assert similarity("Danfried", "Danfreid") == pytest.approx(1 - 1 / 8)


@pytest.mark.parametrize("wrong", ["Danfreid", "Danfred", "Danfrieds", "Donfried"])
def test_distortions_reach_the_threshold(wrong: str) -> None:
    assert similarity("Danfried", wrong) >= threshold(len("Danfried"))


def test_another_name_does_not() -> None:
    assert similarity("Danfried", "Friedrich") < threshold(len("Danfried"))


def test_three_letters_must_be_exact() -> None:
    assert similarity("Kim", "Kin") < threshold(3) == 1.0
