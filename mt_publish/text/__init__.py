"""Language-aware text: sentences, words, quantities, and which language a text is in.

The names load when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mt_publish.text.language import Detection, detect_language, sentence_language
    from mt_publish.text.numbers import Quantity, QuantityDiff, compare_quantities, find_quantities
    from mt_publish.text.sentences import split_sentences
    from mt_publish.text.tokens import words

__all__ = [
    "Detection",
    "Quantity",
    "QuantityDiff",
    "compare_quantities",
    "detect_language",
    "find_quantities",
    "sentence_language",
    "split_sentences",
    "words",
]

_HOME = {
    "Detection": "language",
    "Quantity": "numbers",
    "QuantityDiff": "numbers",
    "compare_quantities": "numbers",
    "detect_language": "language",
    "find_quantities": "numbers",
    "sentence_language": "language",
    "split_sentences": "sentences",
    "words": "tokens",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = import_module(f"{__name__}.{_HOME[name]}")
    value = getattr(home, name)
    globals()[name] = value
    return value
