"""Write docs/commands.md and docs/rules.md from the code that they describe.

    python scripts/make_command_reference.py            # write both pages anew
    python scripts/make_command_reference.py --check    # write nothing; exit 1 if a page is out of date

The commands come from the Typer application, read parameter by parameter: the layout that --help prints differs between
versions of Typer, the texts do not. The rules come from `mt_publish.quality.rules`.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_NOTE = "<!-- Written by scripts/make_command_reference.py (`make docs`). Change the code, not this page. -->"


def commands_page() -> str:
    """docs/commands.md: every command with its arguments and options."""
    import typer

    from mt_publish.cli.app import application

    root = typer.main.get_command(application())
    named = list(_walk(root, "mt-publish"))
    lines = [
        "# Commands",
        "",
        _NOTE,
        "",
        _text(root.help),
        "",
        "`mt-publish COMMAND --help` prints the same. Exit codes are the same for all commands: [exit codes](exit-codes.md).",
        "Options that name a setting have a key in `mt-publish.toml`; [the guide](guide.md#settings) tells how.",
        "",
        "| command | what it does |",
        "|---|---|",
    ]
    for name, command in named:
        lines.append(f"| [`{name}`](#{name.replace(' ', '-')}) | {_cell(_text(command.help).splitlines()[0])} |")
    lines += ["", "Options of `mt-publish` itself:", "", *_options(root)]
    for name, command in named:
        lines += ["", f"## {name}", "", _text(command.help), "", "```text", _usage(name, command), "```"]
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        if arguments:
            lines += ["", "| argument | |", "|---|---|"]
            lines += [f"| `{_metavar(p)}` | {_cell(_help(p))} |" for p in arguments]
        lines += ["", *_options(command)]
        if command.epilog:
            example = _text(command.epilog).removeprefix("Example:").strip()
            lines += ["", "Example:", "", "```sh", example, "```"]
    return "\n".join(lines) + "\n"


def rules_page() -> str:
    """docs/rules.md: what each rule of the checks looks at and when a finding may be left standing."""
    from mt_publish.quality.rules import GROUPS, RULES

    lines = [
        "# Rules of the checks",
        "",
        _NOTE,
        "",
        "`translate`, `check` and `evaluate --checks` report these findings. A code never changes its meaning.",
        "`--select` and `--ignore` take a code (`MTP301`) or any prefix of one (`MTP3`); the longer prefix wins.",
        "`mt-publish explain MTP301` prints the same text as this page.",
        "MTP601 needs the scores of the engine: `translate` reports it, `check` cannot.",
        "",
        "| code | name | severity | group |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| [{r.code}](#{r.code.lower()}-{r.name}) | {r.name} | {r.severity} | {r.group} |" for r in RULES.values()
    ]
    for prefix, group in GROUPS.items():
        mine = [rule for rule in RULES.values() if rule.code.startswith(prefix)]
        if mine:
            lines += ["", f"## {prefix}: {group}"]
        for rule in mine:
            lines += [
                "",
                f"### {rule.code} {rule.name}",
                "",
                f"Severity: {rule.severity}.",
                "",
                _escape(rule.explanation),
            ]
            lines += ["", f"Example: {_escape(rule.example)}", "", f"Ignore it when {_escape(rule.ignore_when)}"]
    return "\n".join(lines) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {"docs/commands.md": commands_page, "docs/rules.md": rules_page}
"""Path of each page below the root of the project, and what makes its text."""


def stale_pages() -> list[str]:
    """Paths of the pages that are missing or differ from what the code says now."""
    found = []
    for name, make in PAGES.items():
        path = ROOT / name
        if not path.is_file() or path.read_text("utf-8") != make():
            found.append(name)
    return found


def main() -> int:
    """Writes or checks the pages; gives the exit code."""
    parser = argparse.ArgumentParser(description="Write docs/commands.md and docs/rules.md from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is out of date")
    if parser.parse_args().check:
        stale = stale_pages()
        for name in stale:
            print(f"{name} is out of date; run: make docs", file=sys.stderr)
        return 1 if stale else 0
    for name, make in PAGES.items():
        (ROOT / name).write_text(make(), "utf-8")
        print(name)
    return 0


# --- commands -----------------------------------------------------------------------------------------------------------


def _walk(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """All commands below a group that do something themselves, in the order of --help, with their full names."""
    for child_name, child in group.commands.items():
        full = f"{name} {child_name}"
        if hasattr(child, "commands"):
            yield from _walk(child, full)
        else:
            yield full, child


def _usage(name: str, command: Any) -> str:
    parts = [name]
    if any(p.param_type_name == "option" for p in command.params):
        parts.append("[OPTIONS]")
    parts += [_metavar(p) for p in command.params if p.param_type_name == "argument"]
    required = [p for p in command.params if p.param_type_name == "option" and p.required]
    parts += [f"{max(p.opts, key=len)} {_metavar(p)}" for p in required]
    return " ".join(parts)


def _options(command: Any) -> list[str]:
    rows = []
    for param in command.params:
        if param.param_type_name != "option" or param.hidden:
            continue
        names = ", ".join(f"`{name}`" for name in sorted(param.opts, key=len, reverse=True))
        value = "" if param.is_flag else f" `{_metavar(param)}`"
        rows.append(f"| {names}{_cell(value)} | {_cell(_help(param))} |")
    return ["| option | |", "|---|---|", *rows] if rows else ["No options."]


def _metavar(param: Any) -> str:
    if param.metavar:
        return str(param.metavar)
    if param.param_type_name == "argument":
        name = str(param.name).upper()
        return name if param.required else f"[{name}]"
    # Typer moved its types about: the lower limit stands on the parameter itself, or on its type in older versions.
    limited = any(getattr(holder, "min", None) is not None for holder in (param, getattr(param, "type", None)))
    return "N" if limited or isinstance(param.default, int) else "TEXT"


def _help(param: Any) -> str:
    text = _text(param.help)
    default = param.default
    if param.required:
        return f"{text} Required." if param.param_type_name == "option" else text
    if default in (None, False, "", ()) or callable(default) or param.param_type_name == "argument" or param.is_flag:
        return text
    return f"{text} Default: `{default}`."


def _text(help_text: str | None) -> str:
    return inspect.cleandoc(help_text or "")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split()) if not text.startswith(" ") else " " + _cell(text[1:])


def _escape(text: str) -> str:
    """`text` for Markdown: signs that would be emphasis, markup or a tag are kept as they are."""
    for sign in "\\*_<>[]":
        text = text.replace(sign, f"\\{sign}")
    return text


if __name__ == "__main__":
    sys.exit(main())
