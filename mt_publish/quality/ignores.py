"""Findings that somebody has looked at and wants to hear no more of: comments in the text, patterns in the settings.

A comment ``<!-- mtp: ignore[MTP301, MTP5] -->`` in a Markdown or HTML file silences these rules for the paragraph it stands in or
before; ``<!-- mtp: ignore -->`` silences all. ``checks.per_file_ignores`` in the settings silences rules for whole files: a
pattern fits the path as it was named, the path from the working folder, or, without a slash, the name of the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch

from mt_publish.quality.rules import check_prefixes
from mt_publish.types import Finding

_COMMENT = re.compile(r"<!--\s*mtp:\s*ignore(?:\[([A-Z0-9,\s]*)\])?\s*-->")


def inline_ignores(text: str, lines: Sequence[int], *, path: str = "") -> dict[int, tuple[str, ...]]:
    """By line of a block, the prefixes of rules that a comment silences there.

    Args:
        text: The file.
        lines: 1-based lines on which its blocks start, ascending.
        path: The file's name, for errors.

    Raises:
        ConfigError: A comment names a rule that does not exist.
    """
    found: dict[int, tuple[str, ...]] = {}
    for comment in _COMMENT.finditer(text):
        line = text.count("\n", 0, comment.start()) + 1
        prefixes = tuple(p.strip() for p in (comment.group(1) or "MTP").split(",") if p.strip())
        check_prefixes(prefixes, where=f"{path}:{line}" if path else None)
        # alone on its line it speaks of the block that follows, else of the block around it
        start = text.rfind("\n", 0, comment.start()) + 1
        end = text.find("\n", comment.end())
        alone = not _COMMENT.sub("", text[start : end if end >= 0 else len(text)]).strip()
        if alone:
            block = next((n for n in lines if n > line), None)
        else:
            block = max((n for n in lines if n <= line), default=None)
        if block is not None:
            found[block] = (*found.get(block, ()), *prefixes)
    return found


def drop_ignored(
    findings: Sequence[Finding],
    path: str,
    *,
    inline: Mapping[int, Sequence[str]],
    lines: Sequence[int],
    per_file: Mapping[str, Sequence[str]],
) -> tuple[Finding, ...]:
    """The findings that nothing silences.

    Args:
        findings: Of one document.
        path: Its path as the user named it.
        inline: From `inline_ignores`.
        lines: 1-based lines on which its blocks start, ascending.
        per_file: Glob pattern to prefixes of rules.

    Raises:
        ConfigError: A pattern silences a rule that does not exist.
    """
    check_prefixes([prefix for prefixes in per_file.values() for prefix in prefixes], where="checks.per_file_ignores")
    everywhere = silenced(path, per_file)
    kept = []
    for finding in findings:
        block = max((n for n in lines if n <= finding.line), default=0)
        silent = (*everywhere, *inline.get(block, ()))
        if not any(finding.rule.startswith(prefix) for prefix in silent):
            kept.append(finding)
    return tuple(kept)


def silenced(path: str, per_file: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The prefixes of rules that `checks.per_file_ignores` silences in a file, which is named as the user named it."""
    return tuple(prefix for pattern, prefixes in per_file.items() if _fits(path, pattern) for prefix in prefixes)


def _fits(path: str, pattern: str) -> bool:
    names = {path, os.path.relpath(path or ".")}
    if "/" not in pattern:
        names.add(os.path.basename(path))
    return any(fnmatch(name, pattern) for name in names)
