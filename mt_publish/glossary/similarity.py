"""How alike two words are, for finding a distorted name (Danfreid) where the right one is missing."""

from __future__ import annotations

import functools
import unicodedata


@functools.lru_cache(maxsize=65536)
def _unaccented(text: str) -> str:
    if text.isascii():
        return text
    text = (
        text.replace("ß", "ss")
        .replace("ø", "o")
        .replace("Ø", "O")
        .replace("ł", "l")
        .replace("Ł", "L")
        .replace("đ", "d")
    )
    decomposed = unicodedata.normalize("NFD", text.replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def similarity(a: str, b: str) -> float:
    """1 − OSA distance / longer length, accents folded: 1.0 for equal words, 0.0 for nothing in common.

    OSA counts the swap of two neighbours as one edit, the commonest distortion of names in machine translation. Case
    counts. Two empty strings are equal.
    """
    from rapidfuzz.distance import OSA

    return float(OSA.normalized_similarity(_unaccented(a), _unaccented(b)))


def threshold(length: int) -> float:
    """The similarity from which a capitalised word counts as a distortion of a name of `length` characters.

    Measured on 3,793 names of newstest2018–20 with one or two random edits: every single edit is found, and at most
    2.4 % of capitalised words that are other words reach the threshold. Up to three letters only the name itself
    counts.
    """
    if length <= 3:
        return 1.0
    if length <= 5:
        return 0.75
    if length <= 8:
        return 0.65
    return 0.7
