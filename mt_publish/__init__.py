"""mt-publish: publish news in German and English.

An article goes through a MarianMT model, a glossary keeps names the same everywhere, checks say what to look at, a gate
decides. The names below load when first used, so that importing the package costs nothing.

    >>> import mt_publish
    >>> mt_publish.translate_text("Danfried traf Putin in Moskau.", to="en")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from mt_publish.config import Settings
    from mt_publish.config import load as load_settings
    from mt_publish.errors import MtPublishError
    from mt_publish.formats import read_document, write_document
    from mt_publish.glossary import Glossary, find_terms, read_glossary, verify_terms
    from mt_publish.pipeline import make_engine, make_glossary, translate_documents, translate_files, translate_text
    from mt_publish.quality.checks import check_document, check_segment
    from mt_publish.types import Document, Finding, LangPair, Run, Segment, Translation

_HOME = {
    "Document": "types",
    "Finding": "types",
    "Glossary": "glossary",
    "LangPair": "types",
    "MtPublishError": "errors",
    "Run": "types",
    "Segment": "types",
    "Settings": "config",
    "Translation": "types",
    "check_document": "quality.checks",
    "check_segment": "quality.checks",
    "find_terms": "glossary",
    "load_settings": "config",
    "make_engine": "pipeline",
    "make_glossary": "pipeline",
    "read_document": "formats",
    "read_glossary": "glossary",
    "translate_documents": "pipeline",
    "translate_files": "pipeline",
    "translate_text": "pipeline",
    "verify_terms": "glossary",
    "write_document": "formats",
}

__all__ = [
    "Document",
    "Finding",
    "Glossary",
    "LangPair",
    "MtPublishError",
    "Run",
    "Segment",
    "Settings",
    "Translation",
    "__version__",
    "check_document",
    "check_segment",
    "find_terms",
    "load_settings",
    "make_engine",
    "make_glossary",
    "read_document",
    "read_glossary",
    "translate_documents",
    "translate_files",
    "translate_text",
    "verify_terms",
    "write_document",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'mt_publish' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"mt_publish.{_HOME[name]}")
    return getattr(module, "load" if name == "load_settings" else name)


def __dir__() -> list[str]:
    return sorted(__all__)
