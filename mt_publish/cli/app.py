"""The application: commands and groups, put together."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from mt_publish.cli.exits import Exit


def _version(value: bool) -> None:
    if value:
        import mt_publish

        print(f"mt-publish {mt_publish.__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


_COMMANDS = [
    "translate",
    "check",
    "evaluate",
    "gate",
    "report",
    "explain",
    "glossary",
    "model",
    "config",
    "doctor",
    "init",
    "train",
]


def application(arguments: Sequence[str] = ()) -> typer.Typer:
    """The application with all commands; with the one that the arguments begin with alone, since importing all and reading
    their options would take a twentieth of a second.
    """
    app = typer.Typer(
        name="mt-publish",
        help="Publish news in German and English: translate with names kept right, check, score, gate. All offline.",
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # Rich costs a tenth of a second and wraps badly in logs
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog="Start with: mt-publish translate eval/articles/securnews.de.txt --to en -o -",
    )
    app.callback()(_root)
    named = [name for name in arguments[:1] if name in _COMMANDS]
    for name in named or _COMMANDS:
        import_module(f"mt_publish.cli.{name}").register(app)
    return app


def run(arguments: Sequence[str]) -> int:
    """Runs the command line and gives the exit code; errors of mt-publish and interrupts pass through."""
    # Typer's wrong-usage errors come from the click it is built on, which newer versions carry inside: reach it from here.
    usage_error: type[Any] = typer.BadParameter.__mro__[1]
    command = typer.main.get_command(application(arguments))
    try:
        result = command.main(list(arguments), prog_name="mt-publish", standalone_mode=False)
    except SystemExit as error:
        # click ends the program itself when the reader of stdout has gone; that is no error, and not its decision
        if isinstance(error.__context__, BrokenPipeError):
            raise error.__context__ from None
        raise
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except usage_error as error:
        error.show()
        return int(Exit.USAGE)
    if result == int(Exit.INTERRUPTED):  # Typer's own answer to Ctrl-C, which says nothing
        raise KeyboardInterrupt
    return int(result) if isinstance(result, int) else 0
