"""``mt-publish gate``: one verdict from one object: the table, the JSON and the exit code say the same."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt_publish.cli import options as opt

if TYPE_CHECKING:
    from mt_publish.types import Run

_EPILOG = (
    "Example: mt-publish gate eval/articles/securnews.de.txt eval/articles/securnews.en.txt --policy newsroom-gate"
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("gate", epilog=_EPILOG)(gate)


def gate(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN|PATH]...",
            help="Runs: JSON files, or 'last' (when missing). Or texts, as for check: SOURCE TRANSLATION, two files or two "
            "folders, once or more; or one translation, or folder of them, with the sources beside them.",
        ),
    ] = None,
    policy: Annotated[
        str, typer.Option("--policy", "-p", metavar="FILE|NAME", help="Policy file, or newsroom-gate or strict-gate.")
    ] = "newsroom-gate",
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="auto|none|RUN", help="Run to compare with; the policy says when missing."),
    ] = None,
    to: opt.To = None,
    source: opt.From = None,
    glossary: opt.Glossaries = None,
    no_shipped_glossaries: opt.NoShipped = False,
    format: opt.Format = None,
    output_format: opt.OutputFormat = "full",
    run_file: Annotated[
        Path | None,
        typer.Option("--run", metavar="FILE", help="Write the run that was judged here, with its verdicts."),
    ] = None,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report.")] = None,
    sarif: Annotated[Path | None, typer.Option("--sarif", metavar="FILE", help="Write a SARIF report.")] = None,
    release: Annotated[
        bool, typer.Option("--release", help="When it passes, keep this run as baseline for later ones.")
    ] = False,
    config: opt.Config = None,
) -> int:
    """Judge runs or translated texts by a policy and exit 0 (passed) or 1 (failed or undecided).

    Texts are checked first, without an engine; all texts of one call make one run and get one verdict. Several runs are
    judged one after another, and all must pass. Thresholds are expressions such as chrf>=58 or checks.error==0. What was not
    measured does not pass. A drop against the baseline fails only when it is significant. In GitHub Actions a summary is
    added to the job.
    """
    import json
    from dataclasses import replace

    from mt_publish.cli import render
    from mt_publish.cli.runs import STATE, judge, policy_path, write_record
    from mt_publish.errors import ConfigError
    from mt_publish.pipeline import write_atomic
    from mt_publish.quality.gate import GateResults, read_policy

    render.check_format(output_format)
    rules = read_policy(policy_path(policy))
    if baseline is not None:
        rules = replace(rules, baseline=None if baseline == "none" else baseline)
    runs = _runs(what or ["last"], to, source, glossary, no_shipped_glossaries, format, config)
    for name, record in runs:
        if name == "last":
            print(_which(record), file=sys.stderr)
    one_run = [
        name
        for name, given in (
            ("--run", run_file),
            ("--junit", junit),
            ("--sarif", sarif),
            (f"--output-format {output_format}", output_format in ("junit", "sarif")),
        )
        if given
    ]
    if len(runs) > 1 and one_run:
        raise ConfigError(f"{one_run[0]} holds one run, not {len(runs)}", remedy="Judge the runs in calls of their own")
    judged = [(name, record, judge(record, rules)[0]) for name, record in runs]
    results = GateResults(tuple((name, result) for name, _, result in judged))
    # One run is spoken of as itself, several with a word on all.
    verdict = judged[0][2] if len(judged) == 1 else results
    if output_format == "json":
        print(json.dumps(verdict.to_json(), ensure_ascii=False, indent=1))
    elif output_format == "full":
        print(verdict.text())
    else:
        for _, record, result in judged:
            print(render.run(record, output_format, gate=result))
        print(verdict.line, file=sys.stderr)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    for name, record, result in judged:
        for path, kind in ((junit, "junit"), (sarif, "sarif")):
            if path is not None:
                write_atomic(path, render.run(record, kind, gate=result).encode())
        if run_file is not None:
            write_record(result.apply_to(record), run_file)
        if summary:
            from mt_publish.reports import github

            with open(summary, "a", encoding="utf-8") as file:
                file.write((f"{name}\n\n" if len(judged) > 1 else "") + github.summary(record, gate=result) + "\n")
        if release and verdict.passed:
            write_record(result.apply_to(record), STATE / "released" / f"{record.id}.json")
    return verdict.exit_code


def _which(run: Run) -> str:
    """Which run "last" is, and whether somebody has changed its outputs since."""
    from datetime import UTC, datetime

    files = len(run.documents)
    said = f"last: {run.command} {run.id}, {files} file{'s' if files != 1 else ''}"
    try:
        made = datetime.strptime(run.id[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return said
    outputs = [Path(doc.output) for doc in run.documents if doc.output]
    changed = [path for path in outputs if path.is_file() and path.stat().st_mtime > made + _WRITING]
    if not changed:
        return said
    return f"{said}; {', '.join(map(str, changed[:3]))} changed since: name the texts to judge what stands there now"


_WRITING = 5
"""Seconds in which a run may still write its outputs after it has got its name."""


def _runs(
    what: Sequence[str],
    to: str | None,
    source: str | None,
    glossary: list[Path] | None,
    no_shipped_glossaries: bool,
    format: str | None,
    config: Path | None,
) -> list[tuple[str, Run]]:
    """(name, run) of what the user named: the runs in order, then the run of all texts together."""
    from mt_publish import config as configuration
    from mt_publish.bilingual import check_files
    from mt_publish.cli.inputs import paired, with_source
    from mt_publish.cli.runs import find_run, is_run
    from mt_publish.errors import ConfigError
    from mt_publish.pipeline import make_glossary

    texts = [Path(name) for name in what if not is_run(name)]
    runs = [(name, find_run(name)) for name in what if is_run(name)]
    if not texts:
        return runs
    settings = configuration.load(
        opt.languages_and_glossaries(source, to, glossary, no_shipped_glossaries),
        file=config,
    ).settings
    target = settings.project_target or None
    if len(texts) == 1 and texts[0].is_dir():
        pairs = paired(texts[0], texts[0], to=target)  # type: ignore[arg-type]
    elif len(texts) == 1:
        pairs = [with_source(texts[0])]
    elif len(texts) % 2:
        raise ConfigError(
            f"{len(texts)} texts do not make pairs",
            remedy="Name each source before its translation: SOURCE TRANSLATION [SOURCE TRANSLATION]...",
        )
    else:
        pairs = [
            pair
            for left, right in zip(texts[::2], texts[1::2], strict=True)
            for pair in paired(left, right, to=target)  # type: ignore[arg-type]
        ]
    run = check_files(
        pairs,
        glossary=make_glossary(settings),
        settings=settings,
        source=settings.project_source or None,  # type: ignore[arg-type]
        to=target,  # type: ignore[arg-type]
        format=format,
    )
    return [*runs, (f"{len(pairs)} text{'' if len(pairs) == 1 else 's'}", run)]
