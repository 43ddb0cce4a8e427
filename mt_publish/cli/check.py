"""``mt-publish check``: a bilingual linter; needs no model and writes nothing unless told to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mt_publish.cli import options as opt
from mt_publish.cli.exits import Exit

_EPILOG = "Example: mt-publish check eval/articles/securnews.de.txt eval/articles/securnews.en.txt"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("check", epilog=_EPILOG)(check)


def check(
    source_path: Annotated[Path, typer.Argument(metavar="SOURCE", help="Source file or folder.")],
    target_path: Annotated[
        Path, typer.Argument(metavar="TRANSLATION", help="Its translation: a file, or a folder alike.")
    ],
    to: opt.To = None,
    source: opt.From = None,
    glossary: opt.Glossaries = None,
    no_shipped_glossaries: opt.NoShipped = False,
    format: opt.Format = None,
    select: opt.Select = None,
    ignore: opt.Ignore = None,
    fail_level: opt.FailLevel = None,
    output_format: opt.OutputFormat = "full",
    fix: Annotated[
        bool, typer.Option("--fix", help="Put quotes, apostrophes and spaces right in the translation.")
    ] = False,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count findings by rule.")] = False,
    run_file: Annotated[
        Path | None, typer.Option("--run", metavar="FILE", help="Write the record of this run here.")
    ] = None,
    config: opt.Config = None,
) -> int:
    """Check a translation against its source: terms, markup, figures, omissions, typography.

    Needs no model. `mt-publish explain` tells what the rules mean.
    """
    from collections import Counter

    from mt_publish import config as configuration
    from mt_publish.bilingual import check_files, fix_file
    from mt_publish.cli import render
    from mt_publish.cli.runs import write_record
    from mt_publish.cli.translate import at_or_above
    from mt_publish.pipeline import make_glossary, write_atomic

    render.check_format(output_format)
    settings = configuration.load(
        {
            "project.source": source,
            "project.target": to,
            "glossary.files": [str(p) for p in glossary] if glossary else None,
            "glossary.shipped": False if no_shipped_glossaries else None,
            "checks.select": opt.listed(select),
            "checks.ignore": opt.listed(ignore),
            "checks.fail_level": fail_level,
        },
        file=config,
    ).settings
    pairs = _pairs(source_path, target_path)
    options = {
        "glossary": make_glossary(settings),
        "settings": settings,
        "source": settings.project_source or None,
        "to": settings.project_target or None,
        "format": format,
    }
    run = check_files(pairs, **options)  # type: ignore[arg-type]
    if fix:
        fixed = 0
        for doc in run.documents:
            path = Path(doc.output or "")
            after = fix_file(path, doc.pair.target, format=format)
            if after != path.read_bytes():
                write_atomic(path, after)
                fixed += 1
        if fixed:
            print(f"typography put right in {fixed} file{'s' if fixed > 1 else ''}", file=sys.stderr)
            run = check_files(pairs, **options)  # type: ignore[arg-type]
    if run_file is not None:
        write_record(run, run_file)
    found = [f for doc in run.documents for f in doc.findings]
    if output_format == "full":
        for line in render.findings(found, limit=10**9):
            print(line.removeprefix("  "))
    else:
        print(render.run(run, output_format))
    if statistics:
        for rule, count in sorted(Counter(f.rule for f in found).items()):
            print(f"{count:6}  {rule}")
    counts = Counter(f.severity.value for f in found)
    listing = ", ".join(
        f"{counts[s]} {s}{'s' if counts[s] != 1 and s != 'info' else ''}"
        for s in ("error", "warning", "info")
        if counts[s]
    )
    segments = sum(len(doc.segments) for doc in run.documents)
    files = len(run.documents)
    print(
        f"{files} file{'s' if files != 1 else ''}, {segments} segments checked: {listing or 'no findings'}",
        file=sys.stderr,
    )
    return int(Exit.FINDINGS if any(at_or_above(f, settings.checks_fail_level) for f in found) else Exit.OK)


def _pairs(source: Path, target: Path) -> list[tuple[Path, Path]]:
    from mt_publish.cli.inputs import READABLE, swapped
    from mt_publish.errors import AlignmentError, InputError
    from mt_publish.types import LANGS

    if not source.is_dir():
        return [(source, target)]
    if not target.is_dir():
        raise InputError(
            "is not a folder, but the source is", where=str(target), remedy="Give two files or two folders"
        )
    pairs, missing = [], []
    for left in sorted(p for p in source.rglob("*") if p.suffix.lower() in READABLE):
        relative = left.relative_to(source)
        names = [relative, *(relative.with_name(swapped(relative.name, lang)) for lang in LANGS)]
        right = next((target / n for n in names if (target / n).is_file() and (target / n) != left), None)
        if right is None:
            missing.append(str(relative))
        else:
            pairs.append((left, right))
    if missing:
        raise AlignmentError(
            f"no translation of {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}",
            where=str(target),
            remedy="Translate the files first, or remove them from the source folder",
        )
    if not pairs:
        raise InputError("no .txt, .md or .html file in there", where=str(source))
    return pairs
