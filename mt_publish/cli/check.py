"""``mt-publish check``: a bilingual linter; needs no model and writes nothing unless told to."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt_publish.cli import options as opt
from mt_publish.cli.exits import Exit

if TYPE_CHECKING:
    from mt_publish.errors import MtPublishError
    from mt_publish.types import Run

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
    estimate: opt.Estimate = False,
    estimate_with: opt.EstimateWith = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count findings by rule.")] = False,
    run_file: Annotated[
        Path | None, typer.Option("--run", metavar="FILE", help="Write the record of this run here.")
    ] = None,
    config: opt.Config = None,
) -> int:
    """Check a translation against its source: terms, markup, figures, omissions, typography.

    Needs no model, but for --estimate and --estimate-with. `mt-publish explain` tells what the rules mean.
    """
    from mt_publish import config as configuration
    from mt_publish.bilingual import check_files, fix_file
    from mt_publish.cli import render
    from mt_publish.cli.inputs import paired
    from mt_publish.cli.runs import write_record
    from mt_publish.cli.translate import at_or_above
    from mt_publish.pipeline import make_glossary, write_atomic

    render.check_format(output_format)
    settings = configuration.load(
        {
            **opt.languages_and_glossaries(source, to, glossary, no_shipped_glossaries),
            "checks.select": opt.listed(select),
            "checks.ignore": opt.listed(ignore),
            "checks.fail_level": fail_level,
        },
        file=config,
    ).settings
    embedder = opt.embedder(estimate_with, settings)
    pairs = paired(source_path, target_path, to=settings.project_target or None)  # type: ignore[arg-type]
    options = {
        "glossary": make_glossary(settings),
        "settings": settings,
        "source": settings.project_source or None,
        "to": settings.project_target or None,
        "format": format,
    }
    errors: list[MtPublishError] = []
    run = check_files(pairs, on_error=errors.append if len(pairs) > 1 else None, **options)  # type: ignore[arg-type]
    if not run.documents:
        raise errors[0]
    for error in errors:
        print(f"✗ {error}", file=sys.stderr)
    if fix:
        before, fixed = run, 0
        for doc in run.documents:
            path = Path(doc.output or "")
            # Straight quotation marks are a fault only beside typographic ones in the source, which the check knows.
            quotes = {f.line for f in doc.findings if f.rule == "MTP501" and f.suggestion is not None}
            faulty = {f.line for f in doc.findings if f.rule in ("MTP501", "MTP503", "MTP505")}
            after = fix_file(path, doc.pair.target, format=format, lines=faulty, straight_quotes=quotes)
            if after != path.read_bytes():
                write_atomic(path, after)
                fixed += 1
        if fixed:
            again = [(Path(doc.path), Path(doc.output or "")) for doc in run.documents]
            run = check_files(again, **options)  # type: ignore[arg-type]
        print(_fixed(before, run, fixed), file=sys.stderr)
    if estimate or embedder is not None:
        from mt_publish.pipeline import estimate_run

        run = estimate_run(run, settings, options["glossary"], embedder=embedder)  # type: ignore[arg-type]
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
            print(f"{count:6}  {rule}", file=sys.stdout if output_format == "full" else sys.stderr)
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
    for line in render.estimates(run):
        print(line, file=sys.stderr)
    if errors:
        print(f"{len(errors)} of {len(pairs)} files could not be checked", file=sys.stderr)
        return int(Exit.PARTIAL)
    return int(Exit.FINDINGS if any(at_or_above(f, settings.checks_fail_level) for f in found) else Exit.OK)


def _fixed(before: Run, after: Run, files: int) -> str:
    """What --fix did, in findings: how many are gone, how many of the same kind it leaves to a person."""
    had, left = (
        Counter((doc.output, f.rule) for doc in run.documents for f in doc.findings if f.rule.startswith("MTP5"))
        for run in (before, after)
    )
    gone, remain = (had - left).total(), left.total()
    said = f"typography changed in {files} file{'s' if files > 1 else ''}" if files else "no typography to put right"
    return f"{said}: {gone} finding{'s' if gone != 1 else ''} fixed, {remain} left to look at"
