"""Finding the runs and policies that commands name: a file, "last" for the newest run, or a policy's name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mt_publish.errors import ConfigError, InputError

if TYPE_CHECKING:
    from mt_publish.quality.gate import GateResult, Policy
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


def is_run(name: str) -> bool:
    """Whether a name on the command line means a run: "last", a .json file, or a file that begins as a run does."""
    path = Path(name)
    if name == "last" or path.suffix.lower() == ".json":
        return True
    if not path.is_file():
        return False
    from mt_publish.quality.runs import SCHEMA_NAME

    try:
        with path.open("rb") as file:
            return f'"schema": "{SCHEMA_NAME}"'.encode() in file.read(200)
    except OSError:
        return False  # whoever opens it for its content says what is wrong


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
    """The last released run of the same documents, or None.

    Documents are the same by their paths; a single one also by its content, whatever its file is called.
    """
    from mt_publish.quality.runs import read_run

    wanted = {doc.path for doc in run.documents}
    single = [doc.sha256 for doc in run.documents] if len(wanted) == 1 else None
    for path in sorted((STATE / "released").glob("*.json"), reverse=True):
        other = read_run(path)
        same = {doc.path for doc in other.documents} == wanted or [doc.sha256 for doc in other.documents] == single
        if same and other.id != run.id:
            return other
    return None


def judge(run: Run, policy: Policy) -> tuple[GateResult, Run | None]:
    """The verdict of a policy on a run, and the baseline that the policy names, if there is one.

    Raises:
        InputError: The baseline cannot be read.
    """
    from mt_publish.quality.gate import evaluate_gate

    baseline = None
    if policy.baseline == "auto":
        baseline = released_run(run)
    elif policy.baseline is not None:
        baseline = find_run(policy.baseline)
        if baseline.id == run.id:
            raise ConfigError(
                "the run would be compared with itself",
                where=policy.baseline,
                remedy="Name an older run as the baseline",
            )
    return evaluate_gate(run, policy, baseline=baseline), baseline


def policy_path(name: str) -> Path:
    """The policy file that `name` means: the file itself, or a policy that comes with mt-publish.

    Raises:
        ConfigError: There is none; a near name is suggested.
    """
    from difflib import get_close_matches

    if Path(name).is_file():
        return Path(name)
    package = Path(__file__).resolve().parent.parent
    known: list[str] = []
    for folder in (package / "data" / "configs", package.parent / "configs"):
        if (folder / f"{name}.toml").is_file():
            return folder / f"{name}.toml"
        known += sorted(path.stem for path in folder.glob("*-gate.toml"))
    close = get_close_matches(name, known, 1)
    raise ConfigError(
        "no such policy",
        where=name,
        remedy=f"Did you mean {close[0]}?" if close else f"Give a TOML file, or one of: {', '.join(known)}",
    )
