"""``mt-publish config``: which settings are in force, and why."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from mt_publish.cli import options as opt

group = typer.Typer(no_args_is_help=True, help="Show the settings in force.", rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Adds the group."""
    app.add_typer(group, name="config")


@group.callback()
def _group() -> None:
    """Show the settings in force."""


@group.command(epilog="Example: mt-publish config show --sources")
def show(
    sources: Annotated[bool, typer.Option("--sources", help="Say where each value comes from.")] = False,
    config: opt.Config = None,
) -> None:
    """Show every setting as TOML."""
    from mt_publish.config import load

    found = load(file=config)
    section = ""
    for key, value in found.settings.as_dict().items():
        head, name = key.split(".", 1)
        if head != section:
            print(f"{chr(10) if section else ''}[{head}]")
            section = head
        if isinstance(value, dict):
            shown = "{ " + ", ".join(f"{json.dumps(k)} = {json.dumps(list(v))}" for k, v in value.items()) + " }"
        else:
            shown = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
        line = f"{name} = {shown}"
        print(f"{line:40} # {found.sources[key]}" if sources else line)
