"""``mt-publish explain``: what a rule means and when to ignore it."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("explain", epilog="Example: mt-publish explain MTP301")(explain)


def explain(
    rule: Annotated[
        str | None, typer.Argument(metavar="[RULE]", help="Rule code; all rules are listed when missing.")
    ] = None,
) -> None:
    """Explain a rule of the checks, or list them all."""
    from mt_publish.cli import render
    from mt_publish.quality import rules

    if rule is not None:
        print(rules.explain(rule))
        return
    for line in render.table(
        [(r.code, r.severity.value, r.name) for r in rules.RULES.values()], ("rule", "severity", "name")
    ):
        print(line)
