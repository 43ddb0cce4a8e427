"""The one place that maps what happened to an exit code."""

from __future__ import annotations

from enum import IntEnum

from mt_publish.errors import (
    AlignmentError,
    ConfigError,
    EngineError,
    EvaluationError,
    FormatError,
    GlossaryError,
    InputError,
    MtPublishError,
    PublishError,
)


class Exit(IntEnum):
    """Exit codes, as documented in docs/exit-codes.md."""

    OK = 0
    """Done; the gate passed."""
    FINDINGS = 1
    """The text is at fault: findings at or above --fail-level, or the gate says no."""
    USAGE = 2
    """Wrong usage or configuration."""
    PARTIAL = 3
    """Some inputs failed, the rest is written."""
    ASSET = 4
    """Model, glossary or another asset missing or not what its hash says."""
    NOTHING = 5
    """Nothing to do."""
    BUG = 70
    """A bug in mt-publish (EX_SOFTWARE of sysexits.h)."""
    INTERRUPTED = 130
    """Interrupted; run again to resume."""


MEANINGS: dict[Exit, str] = {
    Exit.OK: "done, gate passed",
    Exit.FINDINGS: "the text is at fault: findings at or above --fail-level, or the gate says no",
    Exit.USAGE: "wrong usage or configuration",
    Exit.PARTIAL: "some inputs failed, the rest is written",
    Exit.ASSET: "model, glossary or another asset missing or not what its hash says",
    Exit.NOTHING: "nothing to do",
    Exit.BUG: "a bug in mt-publish",
    Exit.INTERRUPTED: "interrupted; run again to resume",
}

# The most specific class that an error is an instance of decides; the order is from special to general.
_BY_ERROR: tuple[tuple[type[MtPublishError], Exit], ...] = (
    (GlossaryError, Exit.ASSET),
    (EngineError, Exit.ASSET),
    (FormatError, Exit.PARTIAL),
    (AlignmentError, Exit.USAGE),
    (InputError, Exit.PARTIAL),
    (ConfigError, Exit.USAGE),
    (EvaluationError, Exit.USAGE),
    (PublishError, Exit.FINDINGS),
)


def exit_code(error: BaseException) -> Exit:
    """The exit code for an error that ends the program."""
    if isinstance(error, KeyboardInterrupt):
        return Exit.INTERRUPTED
    for kind, code in _BY_ERROR:
        if isinstance(error, kind):
            return code
    return Exit.USAGE if isinstance(error, MtPublishError) else Exit.BUG
