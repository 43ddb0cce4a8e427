"""Findings that somebody has looked at and wants to hear no more of: comments in the text, patterns in the settings.

A comment ``<!-- mtp: ignore[MTP301, MTP5] -->`` in a Markdown or HTML file silences these rules for the paragraph it stands in or
before; ``<!-- mtp: ignore -->`` silences all. ``checks.per_file_ignores`` in the settings silences rules for whole files: a
pattern fits the path as it was named, the path from the working folder, or, without a slash, the name of the file.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch

from mt_publish.quality.rules import check_prefixes
from mt_publish.types import Block, Finding

_COMMENT = re.compile(r"<!--\s*mtp:\s*ignore(?:\[([A-Z0-9,\s]*)\])?\s*-->")


def inline_ignores(text: str, blocks: Sequence[Block], *, path: str = "") -> dict[str, tuple[str, ...]]:
    """By id of a block, the prefixes of rules that a comment silences there.

    Args:
        text: The file.
        blocks: Its blocks.
        path: The file's name, for errors.

    Raises:
        ConfigError: A comment names a rule that does not exist.
    """
    found: dict[str, tuple[str, ...]] = {}
    # texts of images and the like are silenced with the block that they stand in
    ordered = sorted((block for block in blocks if not block.within), key=lambda block: block.span)
    starts = [block.span.start for block in ordered]
    for comment in _COMMENT.finditer(text):
        line = text.count("\n", 0, comment.start()) + 1
        prefixes = tuple(p.strip() for p in (comment.group(1) or "MTP").split(",") if p.strip())
        check_prefixes(prefixes, where=f"{path}:{line}" if path else None)
        at = bisect_right(starts, comment.start())
        around = ordered[at - 1] if at else None
        # alone on its line, or behind the end of an element, it speaks of the block that follows, else of the one around it
        start = text.rfind("\n", 0, comment.start()) + 1
        end = text.find("\n", comment.end())
        alone = not _COMMENT.sub("", text[start : end if end >= 0 else len(text)]).strip()
        if alone or around is None or _BETWEEN.search(text, around.span.end, comment.start()):
            around = ordered[at] if at < len(ordered) else None
        if around is not None:
            found[around.id] = (*found.get(around.id, ()), *prefixes)
    return found


_BETWEEN = re.compile(r"</?(?:p|li|ul|ol|div|h[1-6]|t[dhr]|section|article|blockquote|figcaption|br)\b", re.IGNORECASE)
"""A tag that ends a block."""


def drop_ignored(
    findings: Sequence[Finding],
    path: str,
    *,
    inline: Mapping[str, Sequence[str]],
    blocks: Sequence[Block],
    per_file: Mapping[str, Sequence[str]],
) -> tuple[Finding, ...]:
    """The findings that nothing silences.

    Args:
        findings: Of one document.
        path: Its path as the user named it.
        inline: From `inline_ignores`.
        blocks: Of the document.
        per_file: Glob pattern to prefixes of rules.

    Raises:
        ConfigError: A pattern silences a rule that does not exist.
    """
    check_prefixes([prefix for prefixes in per_file.values() for prefix in prefixes], where="checks.per_file_ignores")
    everywhere = silenced(path, per_file)
    ids = {block.id: block.within or block.id for block in blocks}
    by_line = sorted((block.line, number, block.id) for number, block in enumerate(blocks))
    kept = []
    for finding in findings:
        block = ids.get((finding.segment_id or "").rsplit(".s", 1)[0], "")
        if not block:  # on the file as a whole: by its line
            before = bisect_right(by_line, (finding.line, len(by_line), ""))
            block = ids[by_line[before - 1][2]] if before else ""
        if not finding.rule.startswith((*everywhere, *inline.get(block, ()))):
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
