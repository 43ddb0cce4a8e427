"""Terms: glossary files, mentions in the source, verification in the target, the right form to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mt_publish.glossary.forms import source_forms, target_forms
from mt_publish.glossary.matching import Glossary, Surnames, find_terms, surname
from mt_publish.glossary.realise import fix_articles, realise, variants
from mt_publish.glossary.similarity import similarity, threshold
from mt_publish.glossary.verify import ForeignTerm, TermStatus, foreign_terms, verify_terms

if TYPE_CHECKING:
    from mt_publish.glossary.exchange import FORMATS, Format, export_glossary, import_glossary
    from mt_publish.glossary.files import lint_glossary, read_glossary, write_glossary
    from mt_publish.glossary.measures import TermMeasures, TermRow, entries_from_terms, read_rows, term_measures

__all__ = [
    "FORMATS",
    "ForeignTerm",
    "Format",
    "Glossary",
    "Surnames",
    "TermMeasures",
    "TermRow",
    "TermStatus",
    "entries_from_terms",
    "export_glossary",
    "find_terms",
    "fix_articles",
    "foreign_terms",
    "import_glossary",
    "lint_glossary",
    "read_glossary",
    "read_rows",
    "realise",
    "similarity",
    "source_forms",
    "surname",
    "target_forms",
    "term_measures",
    "threshold",
    "variants",
    "verify_terms",
    "write_glossary",
]

# Read and measured once a run, if at all: loaded when first asked for.
_HOMES = {
    "exchange": ("FORMATS", "Format", "export_glossary", "import_glossary"),
    "files": ("lint_glossary", "read_glossary", "write_glossary"),
    "measures": ("TermMeasures", "TermRow", "entries_from_terms", "read_rows", "term_measures"),
}


def __getattr__(name: str) -> object:
    """Load the module of a public name when it is first asked for."""
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
