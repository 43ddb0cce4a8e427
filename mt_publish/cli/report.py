"""``mt-publish report``: a run as a page, a table, or a file for machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mt_publish.cli.exits import Exit

_EPILOG = "Example: mt-publish report last --html report.html"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("report", epilog=_EPILOG)(report)


def report(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="A run's JSON file, or 'last'.")] = "last",
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="One self-contained page.")] = None,
    md: Annotated[Path | None, typer.Option("--md", metavar="FILE", help="Markdown.")] = None,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="The run itself.")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="JUnit XML.")] = None,
    sarif: Annotated[Path | None, typer.Option("--sarif", metavar="FILE", help="SARIF 2.1.0.")] = None,
    github: Annotated[bool, typer.Option("--github", help="GitHub annotations on standard output.")] = False,
    policy: Annotated[
        str | None, typer.Option("--policy", "-p", metavar="FILE|NAME", help="Show the gate's verdict too.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="RUN", help="Show differences to this run.")
    ] = None,
) -> int:
    """Write reports of a run; Markdown goes to standard output when no file is named."""
    from dataclasses import replace

    from mt_publish.cli.runs import find_run, judge, policy_path
    from mt_publish.pipeline import write_atomic
    from mt_publish.quality.rules import RULES
    from mt_publish.quality.runs import run_text
    from mt_publish.reports import github as github_report
    from mt_publish.reports import html as html_report
    from mt_publish.reports import junit as junit_report
    from mt_publish.reports import markdown
    from mt_publish.reports import sarif as sarif_report

    record = find_run(run)
    other = find_run(baseline) if baseline else None
    verdict = None
    if policy is not None:
        from mt_publish.quality.gate import read_policy

        rules = read_policy(policy_path(policy))
        # As the gate does it, so that both say the same: the baseline is the one named here, else that of the policy.
        verdict, other = judge(record, rules if baseline is None else replace(rules, baseline=baseline))
    wanted = {html: html_report, md: markdown, junit: junit_report, sarif: sarif_report}
    for path, module in wanted.items():
        if path is not None:
            text = module.render(record, gate=verdict, baseline=other, rules=RULES)
            write_atomic(path, text.encode("utf-8", "surrogatepass"))
    if json is not None:
        write_atomic(json, run_text(record).encode())
    if github:
        print(github_report.render(record, gate=verdict, baseline=other, rules=RULES))
    elif json is None and not any(wanted):
        print(markdown.render(record, gate=verdict, baseline=other, rules=RULES))
    return int(Exit.OK)
