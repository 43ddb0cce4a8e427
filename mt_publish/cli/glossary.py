"""``mt-publish glossary``: lint, import, export and look up glossaries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mt_publish.cli import options as opt
from mt_publish.cli.exits import Exit

group = typer.Typer(no_args_is_help=True, help="Lint, import, export and look up glossaries.", rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Adds the group."""
    app.add_typer(group, name="glossary")


@group.command(epilog="Example: mt-publish glossary lint glossaries/news.de-en.csv")
def lint(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Glossaries that are used together.")],
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
) -> int:
    """Say what is wrong or doubtful in glossary files; exit 1 on errors."""
    from mt_publish.glossary import lint_glossary
    from mt_publish.types import Severity

    found = lint_glossary(files)
    for where, severity, message in found:
        print(f"{where}  {severity.value}  {message}")
    errors = sum(s is Severity.ERROR for _, s, _ in found)
    warnings = sum(s is Severity.WARNING for _, s, _ in found)
    print(f"{len(files)} file{'s' if len(files) != 1 else ''}: {errors} errors, {warnings} warnings", file=sys.stderr)
    return int(Exit.FINDINGS if errors or (strict and warnings) else Exit.OK)


_FORMAT_HELP = "native, deepl-csv, deepl-tsv, amazon, tbx or plain."


@group.command("import", epilog="Example: mt-publish glossary import terms.tbx -o terms.csv")
def import_(
    file: Annotated[Path, typer.Argument(help="DeepL TSV or CSV, Amazon CSV, TBX-Basic, or a two-column list.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE|-", help="Native CSV to write.")] = "-",
    format: Annotated[
        str | None, typer.Option("--format", help=_FORMAT_HELP + " Told from the file when missing.")
    ] = None,
    source: Annotated[str, typer.Option("--from", "-f", metavar="de|en", help="Language of the first column.")] = "de",
) -> int:
    """Turn another tool's glossary into ours."""
    from mt_publish.glossary import import_glossary, write_glossary

    entries = import_glossary(file, format=_format(format), pair=_pair(source))  # type: ignore[arg-type]
    _write(write_glossary(entries), output)
    print(f"{len(entries)} entries", file=sys.stderr)
    return int(Exit.OK)


@group.command(epilog="Example: mt-publish glossary export glossaries/news.de-en.csv --format tbx -o news.tbx")
def export(
    file: Annotated[Path, typer.Argument(help="Native glossary.")],
    format: Annotated[str, typer.Option("--format", help=_FORMAT_HELP)],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE|-", help="File to write.")] = "-",
    source: Annotated[str, typer.Option("--from", "-f", metavar="de|en", help="Language of the first column.")] = "de",
) -> int:
    """Turn our glossary into another tool's."""
    from mt_publish.glossary import export_glossary, read_glossary

    kind = _format(format)
    entries = read_glossary(file)
    _write(export_glossary(entries, kind, _pair(source)), output)  # type: ignore[arg-type]
    off = sum(entry.enforce == "off" for entry in entries) if kind != "native" else 0
    print(f"{len(entries) - off} entries{f', {off} switched off left out' if off else ''}", file=sys.stderr)
    return int(Exit.OK)


@group.command(epilog='Example: mt-publish glossary show "Lawrow traf die Nato in Kiew."')
def show(
    text: Annotated[str, typer.Argument(help="A name, or a sentence whose terms are looked up.")],
    to: opt.To = None,
    files: opt.Glossaries = None,
    no_shipped_glossaries: opt.NoShipped = False,
) -> int:
    """Show the glossary entries that a text mentions and what they are rendered as."""
    from mt_publish import config as configuration
    from mt_publish.cli import render
    from mt_publish.glossary import find_terms
    from mt_publish.pipeline import make_glossary
    from mt_publish.types import LANGS, LangPair, Segment, other

    settings = configuration.load(
        {
            "glossary.files": [str(p) for p in files] if files else None,
            "glossary.shipped": False if no_shipped_glossaries else None,
        }
    ).settings
    glossary = make_glossary(settings)
    found: dict[str, list[tuple[str, ...]]] = {}
    for target in LANGS:
        pair = LangPair(other(target), target)
        found[target] = [
            (
                str(pair),
                term.surface,
                term.target,
                term.entry.type,
                term.enforce,
                ", ".join(term.accepted[:6]),
                term.entry.where,
            )
            for term in find_terms([Segment("s", text)], glossary, pair)[0].terms
        ]
    rows = [row for target in LANGS if to in (None, target) for row in found[target]]
    if not rows and any(found.values()):
        print(f"no glossary entry in this direction; these are the other one's, without --to {to}", file=sys.stderr)
        rows = [row for others in found.values() for row in others]
    if not rows:
        print("no glossary entry in this text", file=sys.stderr)
        return int(Exit.NOTHING)
    for line in render.table(rows, ("pair", "mention", "rendering", "type", "enforce", "accepted", "where")):
        print(line)
    return int(Exit.OK)


def _pair(source: str) -> object:
    from mt_publish.errors import ConfigError
    from mt_publish.types import LangPair

    if source not in ("de", "en"):
        raise ConfigError(f"unknown language {source!r}", remedy="Use de or en")
    return LangPair("de", "en") if source == "de" else LangPair("en", "de")


def _format(name: str | None) -> str | None:
    from mt_publish.errors import ConfigError
    from mt_publish.glossary import FORMATS

    if name is not None and name not in FORMATS:
        raise ConfigError(f"unknown glossary format {name!r}", remedy=f"Use one of: {', '.join(FORMATS)}")
    return name


def _write(content: str | bytes, output: str) -> None:
    data = content.encode() if isinstance(content, str) else content
    if output == "-":
        sys.stdout.buffer.write(data)
        return
    from mt_publish.pipeline import write_atomic

    write_atomic(Path(output), data)
