"""From what the user typed (files, folders, globs, "-") to a list of inputs with their outputs."""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mt_publish.errors import AlignmentError, ConfigError, InputError, MtPublishError
from mt_publish.types import LANGS, Lang, RunDocument

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
        if not name.strip():
            raise ConfigError("a file name is empty", remedy='Look at what the shell made of it, such as "$UNSET"')
        if name == "-":
            found.append(Input("-", sys.stdin.buffer.read(), Path("-")))
        elif os.path.isdir(name):  # Path.is_dir and Path.exists raise where a folder is locked or a name too long
            inside = [p for p in sorted(path.rglob("*")) if p.suffix.lower() in READABLE and p.is_file()]
            for file in inside:
                if not any(part.startswith(".") for part in file.relative_to(path).parts) and not leave_out(file):
                    add(file, file.relative_to(path))
        elif not os.path.exists(name) and glob.has_magic(name):
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
    is_folder = os.path.isdir(output) or output.endswith(("/", "\\")) or ((several or folder) and not place.suffix)
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


def paired(source: Path, target: Path, *, to: Lang | None = None) -> list[tuple[Path, Path]]:
    """(source, translation) of every text: two files, or the files of two folders by their names.

    In folders the translation of "a.de.md" may be called "a.en.md" or "a.de.md", that of "a.md" also "a.de.md" or "a.en.md".
    Both may lie in one folder, as `translate` leaves them: what is the translation of another file there is no source.

    Raises:
        InputError: A folder and a file, or a folder without texts.
        AlignmentError: A source without its translation.
    """
    if not source.is_dir():
        return [(source, target)]
    if not target.is_dir():
        raise InputError(
            "is not a folder, but the source is", where=str(target), remedy="Give two files or two folders"
        )
    pairs, missing = [], []
    lefts = sorted(p for p in source.rglob("*") if p.suffix.lower() in READABLE)
    if source.resolve() == target.resolve():
        lefts = _sources(lefts, to)
    for left in lefts:
        relative = left.relative_to(source)
        names = [
            relative,
            *(relative.with_name(name(relative.name, lang)) for name in (swapped, localised) for lang in LANGS),
        ]
        right = next((target / n for n in names if (target / n).is_file() and (target / n) != left), None)
        if right is None:
            missing.append(str(relative))
        else:
            pairs.append((left, right))
    if missing:
        raise AlignmentError(
            f"no translation of {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}",
            where=str(target),
            remedy="Translate the files first, or remove them from the source folder",
        )
    if not pairs:
        raise InputError("no .txt, .md or .html file in there", where=str(source))
    return pairs


def _sources(files: Sequence[Path], to: Lang | None) -> list[Path]:
    """The files of a folder that are no translation of another one there by their names.

    Of "a.de.md" and "a.en.md" without "a.md" the one in the language `to` is the translation, "a.en.md" when that is open.
    """
    there = set(files)
    sources = []
    for path in files:
        plain, *twin = originals(path) or (path,)
        if plain in there and plain != path:
            continue
        if twin and twin[0] in there and path.name == swapped(path.name, to or "en"):
            continue
        sources.append(path)
    return sources


def with_source(target: Path) -> tuple[Path, Path]:
    """(source, translation) of a translation whose source lies beside it: "a.de.md" or "a.md" for "a.en.md".

    Raises:
        InputError: No such file, or no source beside it.
    """
    remedy = "Name both: SOURCE TRANSLATION, as for `mt-publish check`"
    if not target.is_file():
        raise InputError("no such file or run", where=str(target), remedy="Check the name and the folder")
    found = [path for path in originals(target) if path.is_file() and path != target]
    if len(found) != 1:
        said = f"both {found[0].name} and {found[1].name} may be its source" if found else "its source is not beside it"
        raise InputError(said, where=str(target), remedy=remedy)
    return found[0], target


def reference_of(doc: RunDocument, root: Path) -> Path:
    """The reference of a document: `root` itself, or in a folder the file with its place and name.

    "in/news/a.de.md" has its reference in news/a.de.md, news/a.en.md, a.de.md or a.en.md, whichever is found first, and
    "in/a.md" also in a.en.md. Neither the document nor the translation that is judged is ever its own reference.

    Raises:
        InputError: `root` is the translation itself.
        AlignmentError: The folder has no reference.
    """
    whole = Path(doc.path)
    own = {Path(name).resolve() for name in (doc.path, doc.output) if name}
    if not root.is_dir():
        if root.resolve() in own:
            raise InputError(
                "is what is to be scored, not a reference for it", where=str(root), remedy="Give a human translation"
            )
        return root
    for at in range(int(whole.is_absolute()), len(whole.parts)):
        relative = Path(*whole.parts[at:])
        named = [relative.name, *(f(relative.name, lang) for f in (swapped, localised) for lang in LANGS)]
        for file in (root / relative.with_name(name) for name in named):
            if file.is_file() and file.resolve() not in own:
                return file
    raise AlignmentError(
        f"no reference of {doc.path} in there",
        where=str(root),
        remedy="Give it the name of the document or of its translation",
    )


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
