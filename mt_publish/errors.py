"""The error tree: every error says what is wrong, where, and what to try.

Errors are for the user, so `str(error)` reads as one message: ``where: what (remedy)``. The mapping from an error to an
exit code stands in `mt_publish.cli.exits` and nowhere else.
"""

from __future__ import annotations


class MtPublishError(Exception):
    """Base of all errors that mt-publish raises on purpose.

    Args:
        message: What is wrong, in one sentence without a final full stop.
        where: The place: a path, ``path:line``, ``path:line:column`` or a segment id. None when there is no place.
        remedy: What to do about it, as an instruction. None when there is nothing to suggest.
    """

    def __init__(self, message: str, *, where: str | None = None, remedy: str | None = None) -> None:
        self.message = message
        self.where = where
        self.remedy = remedy
        super().__init__(message)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f". {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{remedy}"


class ConfigError(MtPublishError):
    """A setting, flag or combination of them makes no sense."""


class InputError(MtPublishError):
    """An input cannot be read as what it is said to be."""


class FormatError(InputError):
    """A document is broken, binary, in another encoding, or in a format that is not supported."""


class AlignmentError(InputError):
    """Files that must have the same number of segments do not."""


class GlossaryError(InputError):
    """A glossary row is broken or contradicts another one."""


class MarkupError(MtPublishError):
    """Inline markup could not be carried over."""


class EngineError(MtPublishError):
    """The translation engine failed."""


class ModelNotFoundError(EngineError):
    """A model is missing, incomplete, or not what its hash says."""


class EvaluationError(MtPublishError):
    """Scores cannot be computed from what was given."""


class PublishError(MtPublishError):
    """A release cannot be made."""
