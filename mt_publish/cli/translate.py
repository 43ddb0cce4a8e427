"""``mt-publish translate``: files in, translated files out, with an honest list of what to look at."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt_publish.cli import options as opt
from mt_publish.cli.exits import Exit, exit_code

if TYPE_CHECKING:
    from mt_publish.config import Settings
    from mt_publish.glossary import Glossary
    from mt_publish.pipeline import FileResult
    from mt_publish.translation.engines import Engine
    from mt_publish.types import Finding, LangPair

_EPILOG = "Example: mt-publish translate eval/articles/securnews.de.txt --to en -o -"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("translate", epilog=_EPILOG)(translate)


def translate(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for standard input.")
    ],
    to: opt.To = None,
    source: opt.From = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="DIR|FILE|-", help="Where to write; beside the input when missing."),
    ] = None,
    glossary: opt.Glossaries = None,
    no_shipped_glossaries: opt.NoShipped = False,
    no_glossary: Annotated[bool, typer.Option("--no-glossary", help="Translate without any glossary.")] = False,
    model: opt.Model = None,
    engine: Annotated[
        str | None, typer.Option("--engine", metavar="NAME", help="ctranslate2 (default) or transformers.")
    ] = None,
    quality: Annotated[
        str | None,
        typer.Option(
            "--quality",
            metavar="LEVEL",
            help="fast (greedy), balanced (beam 2, default) or best (beam 5, the one that leads back to the source; slow).",
        ),
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="CPU threads; all when missing.")] = None,
    format: opt.Format = None,
    encoding: opt.Encoding = None,
    select: opt.Select = None,
    ignore: opt.Ignore = None,
    fail_level: opt.FailLevel = None,
    output_format: opt.OutputFormat = "full",
    force: Annotated[
        bool, typer.Option("--force", help="Translate again, and overwrite outputs that were edited.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done; decode and write nothing.")
    ] = False,
    estimate: opt.Estimate = False,
    estimate_with: opt.EstimateWith = None,
    run_file: Annotated[
        Path | None, typer.Option("--run", metavar="FILE", help="Write the record of this run here as well.")
    ] = None,
    quiet: opt.Quiet = False,
    online: opt.Online = False,
    config: opt.Config = None,
) -> int:
    """Translate files between German and English, with names as the glossary has them.

    Structure is kept byte for byte. The translation of article.md goes to article.en.md beside it, or where -o says.
    Findings and a summary go to stderr.
    """
    from mt_publish import config as configuration
    from mt_publish.cli import render
    from mt_publish.cli.inputs import collect, originals, output_path
    from mt_publish.cli.progress import Progress
    from mt_publish.errors import ConfigError
    from mt_publish.pipeline import Ledger, make_engine, make_glossary, make_run, translate_files
    from mt_publish.quality.rules import check_prefixes
    from mt_publish.translation.engines import CTranslate2Engine

    render.check_format(output_format)
    settings = configuration.load(
        {
            **opt.languages_and_glossaries(source, to, glossary, no_shipped_glossaries),
            "engine.model": model,
            "engine.kind": engine,
            "engine.quality": quality,
            "engine.threads": threads,
            "engine.offline": False if online else None,
            "glossary.enforce": "off" if no_glossary else None,
            "checks.select": opt.listed(select),
            "checks.ignore": opt.listed(ignore),
            "checks.fail_level": fail_level,
        },
        file=config,
    ).settings
    check_prefixes((*settings.checks_select, *settings.checks_ignore))  # before the work, not after it
    embedder = opt.embedder(estimate_with, settings)
    started = time.monotonic()
    state = Path(".mt-publish")
    ledger = Ledger(state)
    into = Path(output).resolve() if output not in (None, "-") and os.path.isdir(str(output)) else None

    def ours(file: Path) -> bool:
        """Whether a file found in a folder is an output of ours, not an input: translating twice must change nothing."""
        # A folder of outputs counts where it lies in one that was named: "translate '*.md' -o ." means the files beside them.
        if (
            into is not None
            and any(os.path.isdir(p) and Path(p).resolve() in into.parents for p in paths)
            and (into in file.resolve().parents)
        ):
            return True
        return ledger.knows(file) and any(original.is_file() for original in originals(file))

    items = collect(paths, leave_out=ours)
    if not items:
        raise ConfigError("no .txt, .md or .html file in there", where=", ".join(paths), remedy="Name files one by one")
    target = settings.project_target or None
    if target is None and output != "-" and any(item.name != "-" for item in items):
        # without --to each file goes to the other language, which only reading it tells; one language for names is needed
        target = _other_language(items, settings.project_source or None, format, encoding)
    several, folder = len(items) > 1, any(map(os.path.isdir, paths))
    inputs = [
        (item.name, item.content, output_path(item, output, target or "en", several=several, folder=folder))  # type: ignore[arg-type]
        for item in items
    ]
    _refuse_collisions(inputs)
    to_stdout = [p is None for _, _, p in inputs]
    if sum(to_stdout) > 1:
        raise ConfigError("several inputs cannot all go to standard output", remedy="Give -o a folder")
    # The model is loaded while the documents are read, and decodes while the glossary is; not when all that there is to
    # do may be done already.
    begun = None if dry_run or all(p is not None and os.path.exists(p) for _, _, p in inputs) else make_engine(settings)
    if isinstance(begun, CTranslate2Engine):
        begun.load_ahead()

    @functools.cache
    def terms() -> Glossary:
        made = make_glossary(settings)
        made.sha256  # noqa: B018  # for the record of the run: now, while sentences are decoded
        return made

    engines: list[Engine] = []

    def load(options: Settings, *pairs: LangPair) -> Engine:
        """The engine, kept for the estimate."""
        if begun is None or not all(map(begun.model.supports, pairs)):
            engines.append(make_engine(options, *pairs))  # which says what the model does not translate
        else:
            engines.append(begun)
        return engines[0]

    results: list[FileResult] = []
    with Progress(quiet=quiet) as progress:
        for result in translate_files(
            inputs,
            to=target,  # type: ignore[arg-type]
            settings=settings,
            source=settings.project_source or None,  # type: ignore[arg-type]
            format=format,
            encoding=encoding,
            force=force,
            dry_run=dry_run,
            progress=progress,
            ledger=ledger,
            glossary=terms,
            load=load,
        ):
            results.append(result)
            if result.translated is not None and result.target is None and not dry_run:
                sys.stdout.buffer.write(result.translated.output)
                sys.stdout.buffer.flush()
    seconds = time.monotonic() - started
    if dry_run:
        for line in render.plan(results):
            print(line)
        return int(_code(results, settings.checks_fail_level))
    estimates: list[str] = []
    if any(r.translated for r in results):
        from mt_publish.cli.runs import write_record
        from mt_publish.quality.runs import write_run

        run = make_run(results, settings, terms(), seconds=seconds)
        if estimate or embedder is not None:
            from mt_publish.pipeline import estimate_run

            run = estimate_run(run, settings, terms(), engine=engines[0], embedder=embedder)
            estimates = [] if quiet else render.estimates(run)
        if run_file is not None:
            write_record(run, run_file)
        if any(r.target for r in results):
            with contextlib.suppress(
                OSError
            ):  # a folder that cannot be written costs the record only; the translation itself is written
                write_run(run, state / "runs" / f"{run.id}.json")
        if output_format != "full":
            print(render.run(run, output_format), file=sys.stderr if any(to_stdout) else sys.stdout)
    for line in (*render.summary(results, seconds, quiet=quiet, findings=output_format == "full"), *estimates):
        print(line, file=sys.stderr)
    caution = render.caution(settings, estimated=bool(estimates))
    if caution and not quiet and any(r.translated for r in results):
        print(caution, file=sys.stderr)
    return int(_code(results, settings.checks_fail_level))


def _other_language(items: list, source: str | None, format: str | None, encoding: str | None) -> str | None:  # type: ignore[type-arg]
    from mt_publish.errors import ConfigError, MtPublishError
    from mt_publish.formats import read_document
    from mt_publish.pipeline import language_pair

    targets = set()
    for item in items:
        if isinstance(item.content, bytes):
            try:
                doc = read_document(item.content, path=item.name, format=format, encoding=encoding)
                targets.add(language_pair(doc, source, None).target)  # type: ignore[arg-type]
            except MtPublishError:
                continue  # reported with the others when its turn comes
    if len(targets) > 1:
        raise ConfigError("the inputs are in both languages", remedy="Translate them apart, each with its --to")
    return targets.pop() if targets else None


def _refuse_collisions(inputs: Sequence[tuple[str, object, Path | None]]) -> None:
    from mt_publish.errors import ConfigError

    seen: dict[Path, str] = {}
    for name, _, target in inputs:
        if target is not None:
            if target.resolve() in seen:
                raise ConfigError(
                    f"{seen[target.resolve()]} and {name} would both be written to {target}",
                    remedy="Translate them apart",
                )
            seen[target.resolve()] = name


def _code(results: list[FileResult], fail_level: str) -> Exit:
    failed = [r for r in results if r.error is not None]
    if failed:
        if len(failed) == len(results) == 1 and failed[0].error is not None:
            return exit_code(failed[0].error)
        return Exit.PARTIAL
    findings: list[Finding] = [f for r in results if r.translated for f in r.translated.findings]
    if any(at_or_above(f, fail_level) for f in findings):
        return Exit.FINDINGS
    if not any(r.translated and r.translated.segments for r in results):
        return Exit.NOTHING
    return Exit.OK


def at_or_above(finding: Finding, level: str) -> bool:
    """Whether a finding is as bad as `level` ("error", "warning", "info", "never")."""
    return finding.severity.rank >= {"error": 3, "warning": 2, "info": 1, "never": 9}[level]
