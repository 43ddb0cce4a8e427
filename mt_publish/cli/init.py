"""``mt-publish init``: a settings file and a glossary to start from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mt_publish.cli.exits import Exit

_SETTINGS = """\
# Settings of mt-publish for this folder; `mt-publish config show --sources` tells what is in force.

[project]
source = "{source}"
target = "{target}"

[engine]
quality = "balanced"      # fast, balanced or best
# model = "Helsinki-NLP/opus-mt-de-en"

[glossary]
files = ["terms.csv"]     # before the shipped ones
enforce = "repair"        # repair, check or off

[checks]
fail_level = "error"      # exit 1 from this severity
"""
_TERMS = """\
de,en,type,gender,de_aliases,en_aliases,note
# One name or term a row. Lists in a cell are separated by |.
Karen Danfried,Karen Danfried,person,f,,,an example: the surname alone is known too
"""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("init", epilog="Example: mt-publish init --from de --to en")(init)


def init(
    folder: Annotated[Path, typer.Argument(help="Where to put the files.")] = Path(),
    source: Annotated[str, typer.Option("--from", "-f", metavar="de|en", help="Source language.")] = "de",
    to: Annotated[str, typer.Option("--to", "-t", metavar="de|en", help="Target language.")] = "en",
) -> int:
    """Write mt-publish.toml and terms.csv; files that are there already are left alone."""
    from mt_publish.errors import ConfigError
    from mt_publish.pipeline import write_atomic

    if {source, to} != {"de", "en"}:
        raise ConfigError(
            f"cannot translate from {source!r} to {to!r}", remedy="Use --from de --to en, or the other way"
        )
    written = 0
    for name, text in (("mt-publish.toml", _SETTINGS.format(source=source, target=to)), ("terms.csv", _TERMS)):
        path = folder / name
        if path.exists():
            print(f"= {path} is there already", file=sys.stderr)
        else:
            write_atomic(path, text.encode())
            print(f"✓ {path}", file=sys.stderr)
            written += 1
    return int(Exit.OK if written else Exit.NOTHING)
