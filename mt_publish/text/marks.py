"""Opening quotation marks and brackets, set apart from the words that they stand before, and closed up again.

SentencePiece glues a word to the mark before it and cuts it as if it stood inside a word: „keine is „ + ke + ine. A small model
copies or garbles such pieces. With a space after the mark the word is cut as it is elsewhere: „ + ▁keine.
"""

from __future__ import annotations

import re

_BEFORE = r"(?:^|(?<=[\s(\[–—-]))"
_OPENING = re.compile(_BEFORE + r"""(?:[„“”"»«‚‘(\[]|'(?=(?:[„“”"»«‚‘'(\[])*\w[^']*')(?!\w{1,2}\b))+(?=[^\W\d_])""")
"""Quotation marks and brackets that open before a word; "'n'" and "'s" are no quotations."""
_LOOSE = re.compile(
    _BEFORE + r"""[„“”"»«‚‘(\[](?: [„“”"»«‚‘'(\[])* (?=\w)|""" + _BEFORE + r"""'(?: [„“”"»«‚‘'(\[])* (?=\w[^']*')"""
)
"""Such marks with a space after them."""


def set_marks_apart(text: str) -> str:
    """The text with a space between opening marks and the word that they stand before; only spaces are added."""
    return _OPENING.sub(lambda m: " ".join(m[0]) + " ", text)


def close_marks_up(text: str) -> str:
    """The text without a space after opening marks, or between several of them; only spaces are taken out."""
    return _LOOSE.sub(lambda m: m[0].replace(" ", ""), text)
