"""From what the user typed (files, folders, globs, "-") to a list of inputs with their outputs."""

from __future__ import annotations

import glob
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mt_publish.errors import ConfigError, InputError, MtPublishError
from mt_publish.types import Lang

READABLE = {".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"}
"""Suffixes that a folder is searched for; files named one by one may have any."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input: its name, its content or why it cannot be read, and its place below the folder that was named."""

    name: str
    content: bytes | MtPublishError
    relative: Path


def collect(paths: Sequence[str], *, leave_out: Callable[[Path], bool] = lambda _: False) -> list[Input]:
    """Reads all inputs, in the order given; folders and globs are sorted. Each file comes once.

    Args:
        paths: Files, folders, globs, "-".
        leave_out: Which files of folders and globs are none: our own outputs of an earlier run.
    """
    found: list[Input] = []
    seen: set[Path] = set()

    def add(path: Path, relative: Path) -> None:
        if path.resolve() not in seen:
            seen.add(path.resolve())
            found.append(Input(str(path), _read(path), relative))

    for name in paths:
        path = Path(name)
        if name == "-":
            found.append(Input("-", sys.stdin.buffer.read(), Path("-")))
        elif path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if p.suffix.lower() in READABLE and p.is_file()]
            for file in inside:
                if not any(part.startswith(".") for part in file.relative_to(path).parts) and not leave_out(file):
                    add(file, file.relative_to(path))
        elif not path.exists() and glob.has_magic(name):
            hits = [Path(p) for p in sorted(glob.glob(name, recursive=True)) if Path(p).is_file()]
            if not hits:
                problem = InputError(
                    "no file matches this pattern", where=name, remedy="Check the pattern and the folder"
                )
                found.append(Input(name, problem, Path(name)))
            for file in hits:
                if not leave_out(file):
                    add(file, Path(file.name))
        else:
            add(path, Path(path.name))
    return found


def _read(path: Path) -> bytes | MtPublishError:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return InputError("no such file", where=str(path), remedy="Check the name and the folder")
    except OSError as error:
        return InputError(f"cannot be read ({error.strerror})", where=str(path), remedy="Check its permissions")


def output_path(item: Input, output: str | None, to: Lang, *, several: bool, folder: bool = False) -> Path | None:
    """Where the translation of an input goes; None for standard output.

    Without -o it goes beside the input: "article.md" becomes "article.en.md", "article.de.md" too. With a folder, it keeps its
    name and its place below the folder that was named. An output that is not there yet is a folder when there are several
    inputs or the input is a `folder`, and it has no suffix.

    Raises:
        ConfigError: Several inputs for one output file.
    """
    if output == "-" or (output is None and item.name == "-"):
        return None
    if output is None:
        source = Path(item.name)
        return source.with_name(localised(source.name, to))
    place = Path(output)
    is_folder = place.is_dir() or output.endswith(("/", "\\")) or ((several or folder) and not place.suffix)
    if is_folder:
        relative = Path("stdin.txt") if item.name == "-" else item.relative
        target = place / relative.with_name(swapped(relative.name, to))
    elif several:
        raise ConfigError(f"several inputs cannot go to one file {output!r}", remedy="Give -o a folder")
    else:
        target = place
    if item.name != "-" and target.resolve() == Path(item.name).resolve():
        raise ConfigError(f"the output would overwrite its own input {item.name!r}", remedy="Choose another -o")
    return target


_INFIX = re.compile(r"[._-](de|en)(?=(\.[A-Za-z]+)?$)")


def swapped(name: str, to: Lang) -> str:
    """The file name with a language infix turned into the target language; unchanged without one."""
    return _INFIX.sub(lambda m: m.group()[0] + to, name)


def originals(path: Path) -> tuple[Path, ...]:
    """Files that `path` would be the translation of by its name: "a.md" and "a.de.md" for "a.en.md"; none without infix."""
    infix = _INFIX.search(path.name)
    if infix is None:
        return ()
    other: Lang = "de" if infix.group(1) == "en" else "en"
    return path.with_name(_INFIX.sub("", path.name)), path.with_name(swapped(path.name, other))


def localised(name: str, to: Lang) -> str:
    """The file name with the target language as infix: "a.md" and "a.de.md" both give "a.en.md"."""
    changed = swapped(name, to)
    if changed != name:
        return changed
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{to}.{suffix}" if dot and stem else f"{name}.{to}"
