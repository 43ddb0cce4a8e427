"""``mt-publish doctor``: is everything here that a translation needs?"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mt_publish.cli.exits import Exit


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor", epilog="Example: mt-publish doctor --offline")(doctor)


def doctor(
    offline: Annotated[
        bool, typer.Option("--offline", help="Forbid every connection while looking, to prove none is needed.")
    ] = False,
) -> int:
    """Check versions, model, glossaries and cache, and translate a sentence; exit 4 if something is missing."""
    if offline:
        _forbid_network()
    failed = 0
    for name, look in (
        ("python", _python),
        ("packages", _packages),
        ("cpu", _cpu),
        ("cache", _cache),
        ("glossaries", _glossaries),
        ("model", _model),
        ("translation", _translation),
        ("extras", _extras),
    ):
        try:
            print(f"✓ {name:12} {look()}")
        except Exception as error:  # a doctor names every illness it finds and goes on
            failed += 1
            print(f"✗ {name:12} {error}")
    if offline and not failed:
        print("✓ network      not used")
    print(f"{failed} problem{'s' if failed != 1 else ''}" if failed else "all well", file=sys.stderr)
    return int(Exit.ASSET if failed else Exit.OK)


def _forbid_network() -> None:
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise OSError("doctor --offline: a connection was attempted")

    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, refuse)  # Callable methods of the class; only this process, only now
    socket.getaddrinfo = refuse  # type: ignore[assignment]


def _python() -> str:
    return sys.version.split()[0]


def _packages() -> str:
    from importlib.metadata import version

    return ", ".join(f"{p} {version(p)}" for p in ("mt-publish", "ctranslate2", "sentencepiece", "sacrebleu", "numpy"))


def _cpu() -> str:
    import ctranslate2

    from mt_publish.translation.engines import available_cores

    return (
        f"{available_cores()} cores, compute types {', '.join(sorted(ctranslate2.get_supported_compute_types('cpu')))}"
    )


def _cache() -> str:
    from mt_publish.files import private_folder
    from mt_publish.translation.models import cache_dir, cached_models

    models = cached_models()
    broken = sum(not m["intact"] for m in models)
    private_folder(cache_dir())
    return f"{cache_dir()}, {len(models)} converted models" + (
        f", {broken} broken (made anew at next use)" if broken else ""
    )


def _glossaries() -> str:
    from mt_publish.glossary import read_glossary
    from mt_publish.pipeline import shipped_glossaries

    found = [(p.name, len(read_glossary(p))) for p in shipped_glossaries()]
    if not found:
        raise FileNotFoundError("the shipped glossaries are missing: install mt-publish again")
    return ", ".join(f"{name} ({count} entries)" for name, count in found)


def _model() -> str:
    from mt_publish.translation.models import convert, find_model

    model = find_model()
    return f"shipped, sha256 {model.sha256()[:16]}, converted in {convert(model).folder}"


def _translation() -> str:
    from mt_publish.pipeline import translate_text

    text = translate_text("Danfried traf Putin in Moskau.", to="en", source="de")
    if "Danfried" not in text:
        raise RuntimeError(f"a name was lost: {text!r}")
    return repr(text)


def _extras() -> str:
    from importlib.util import find_spec

    found = ((name, find_spec(name) is not None) for name in ("torch", "transformers"))
    return ", ".join(
        f"{name} {'installed' if here else 'not installed (only for --engine transformers)'}" for name, here in found
    )
