"""Finding the runs that commands name: a file, or "last" for the newest in .mt-publish/runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mt_publish.errors import InputError

if TYPE_CHECKING:
    from mt_publish.types import Run

STATE = Path(".mt-publish")


def write_record(run: Run, path: Path) -> None:
    """Writes a run as JSON.

    Raises:
        InputError: The place cannot be written.
    """
    from mt_publish.quality.runs import write_run

    try:
        write_run(run, path)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", where=str(path), remedy="Choose another place"
        ) from error


def find_run(name: str) -> Run:
    """The run in a file, or the newest one of this folder for "last".

    Raises:
        InputError: There is none, or it cannot be read.
    """
    from mt_publish.quality.runs import read_run

    if name == "last":
        runs = sorted((STATE / "runs").glob("*.json"))
        if not runs:
            raise InputError(
                "there is no run in this folder yet", where=str(STATE / "runs"), remedy="Translate something first"
            )
        return read_run(runs[-1])
    if not Path(name).is_file():
        raise InputError("no such run", where=name, remedy="Give a run's JSON file, or 'last'")
    return read_run(Path(name))


def released_run(run: Run) -> Run | None:
    """The last released run of the same documents, or None."""
    from mt_publish.quality.runs import read_run

    wanted = {doc.path for doc in run.documents}
    for path in sorted((STATE / "released").glob("*.json"), reverse=True):
        other = read_run(path)
        if {doc.path for doc in other.documents} == wanted and other.id != run.id:
            return other
    return None
