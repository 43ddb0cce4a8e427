"""``mt-publish gate``: one verdict from one object: the table, the JSON and the exit code say the same."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from mt_publish.cli import options as opt
from mt_publish.cli.exits import Exit

_EPILOG = "Example: mt-publish gate last --policy newsroom-gate"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("gate", epilog=_EPILOG)(gate)


def gate(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="A run's JSON file, or 'last'.")] = "last",
    policy: Annotated[
        str, typer.Option("--policy", "-p", metavar="FILE|NAME", help="Policy file, or newsroom-gate or strict-gate.")
    ] = "newsroom-gate",
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="auto|FILE", help="Run to compare with; the policy says when missing."),
    ] = None,
    output_format: opt.OutputFormat = "full",
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report.")] = None,
    sarif: Annotated[Path | None, typer.Option("--sarif", metavar="FILE", help="Write a SARIF report.")] = None,
    release: Annotated[
        bool, typer.Option("--release", help="When it passes, keep this run as baseline for later ones.")
    ] = False,
) -> int:
    """Judge a run by a policy and exit 0 (passed) or 1 (failed).

    Thresholds are expressions such as chrf>=58 or checks.error==0. A drop against the baseline fails only when it is
    significant. In GitHub Actions a summary is added to the job.
    """
    import json
    from dataclasses import replace

    from mt_publish.cli import render
    from mt_publish.cli.runs import STATE, find_run, released_run, write_record
    from mt_publish.quality.gate import evaluate_gate, read_policy

    render.check_format(output_format)
    rules = read_policy(_policy_path(policy))
    if baseline is not None:
        rules = replace(rules, baseline=None if baseline == "none" else baseline)
    record = find_run(run)
    other = None
    if rules.baseline == "auto":
        other = released_run(record)
    elif rules.baseline is not None:
        other = find_run(rules.baseline)
    result = evaluate_gate(record, rules, baseline=other)
    if output_format == "json":
        print(json.dumps(result.to_json(), ensure_ascii=False, indent=1))
    elif output_format == "full":
        print(result.text())
    else:
        print(render.run(record, output_format, gate=result))
        print(result.line, file=sys.stderr)
    for path, kind in ((junit, "junit"), (sarif, "sarif")):
        if path is not None:
            from mt_publish.pipeline import write_atomic

            write_atomic(path, render.run(record, kind, gate=result).encode())
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        from mt_publish.reports import github

        with open(summary, "a", encoding="utf-8") as file:
            file.write(github.summary(record, gate=result) + "\n")
    if release and result.passed:
        write_record(result.apply_to(record), STATE / "released" / f"{record.id}.json")
    return int(Exit.OK if result.passed else Exit.FINDINGS)


def _policy_path(name: str) -> Path:
    from mt_publish.errors import ConfigError

    if Path(name).is_file():
        return Path(name)
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "data" / "configs", package.parent / "configs"):
        if (folder / f"{name}.toml").is_file():
            return folder / f"{name}.toml"
    raise ConfigError("no such policy", where=name, remedy="Give a TOML file, newsroom-gate or strict-gate")
