"""Writing files whole: every output, record and memo goes through here."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: str | os.PathLike[str], data: bytes, *, sync: bool = True) -> None:
    """Writes a file so that a reader sees the old or the new one whole, never a part.

    The content goes to a neighbour first, which then takes the place of the file. A link stays a link: what it points to is
    replaced. A file that was there keeps its permissions, a new one gets those that the umask allows. What is no file
    (/dev/null, a pipe) is written to and never replaced.

    Args:
        path: The file; folders above it are made.
        data: All of its content.
        sync: Wait until the disk has it; a memo that can be made anew does without.

    Raises:
        OSError: The place cannot be written; the old file is still there, and nothing beside it.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target = target.resolve()
    if target.exists() and not target.is_file() and not target.is_dir():
        target.write_bytes(data)
        return
    handle, beside = tempfile.mkstemp(prefix=f".{target.name[:40]}-", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        # mkstemp lets nobody but the owner read the file
        os.chmod(beside, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(beside, target)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def private_folder(path: str | os.PathLike[str]) -> None:
    """Makes a folder, and those above it that are missing, for its owner alone (mode 0700); one that is there stays as it is.

    Raises:
        OSError: It cannot be made.
    """
    folder = Path(path)
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing or [folder]):
        place.mkdir(mode=0o700, exist_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
