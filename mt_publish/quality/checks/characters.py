"""MTP408 and MTP409: words out of nothing, and characters that no writer means."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mt_publish.quality.checks.reading import Case, quote
from mt_publish.types import Finding, Span

# What a bare number or symbol may become in words.
_WRITTEN = re.compile(
    r"""
      (?:jan|feb|m[äa]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])\w*
    | [ap]\.?m | uhr | o['’]clock | st | nd | rd | th | am | at | on | the | of | to | and | bis | und | point | komma
    | per | cent | percent | prozent | euros? | dollars? | eur | usd | pounds? | pfund | degrees? | grad
    | million | billion | mio | mrd | bn | m | h | min | no | nr
    """,
    re.IGNORECASE | re.VERBOSE,
)
_UNKNOWN = re.compile(r"⁇|<unk>|\ufffd|▁")
# UTF-8 read as Windows-1252: a lead byte and one or two continuation bytes.
_MOJIBAKE = re.compile(r"Ã[\u0080-\u00bf„“”‘’œŸ¤–—€‚ƒ…†‡ˆ‰Š‹ŒŽšž™›]|Â[\u00a0-\u00bf]|â€[\u0080-\u00bf„“”˜™œžšŸ¢¦]?|ï¿½")
_CONTROL = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2060\ufeff\ue000-\uf8ff]|\u200b+")


def check_from_nothing(case: Case) -> Iterator[Finding]:
    """MTP408: words in the translation of a source without letters."""
    source = case.source.text
    if not source.strip() or any(c.isalpha() for c in source):
        return
    numbers = any(c.isdigit() for c in source) or any(c in source for c in "%€$£°&")
    for word in case.target.words:
        if not any(c.isalpha() for c in word.text):
            continue
        if numbers and _WRITTEN.fullmatch(word.text.lstrip("0123456789.-")):
            continue
        yield case.finding(
            "MTP408",
            f"the source {quote(source.strip())} has no words, the translation has {quote(case.target.text.strip())}",
            target=(0, len(case.target.text)),
        )
        return


def check_characters(case: Case) -> Iterator[Finding]:
    """MTP409: characters that show a technical fault and are not in the source."""
    source, target = case.segment.source, case.translation.target
    for pattern, what in (
        (_UNKNOWN, "unknown character"),
        (_MOJIBAKE, "wrong encoding"),
        (_CONTROL, "control character"),
    ):
        alien = {text for text in set(pattern.findall(target)) if text not in source}
        match = next((m for m in pattern.finditer(target) if m.group() in alien), None) if alien else None
        if match is None:
            continue
        finding = case.finding("MTP409", f"{what}: {_visible(match.group())} in {quote(_around(target, match))}")
        yield Finding(
            rule=finding.rule,
            severity=finding.severity,
            segment_id=finding.segment_id,
            message=finding.message,
            target_span=Span(match.start(), match.end()),
            suggestion=_repaired(match.group()),
            path=finding.path,
            line=finding.line,
        )


def _visible(text: str) -> str:
    return quote(text) if text.isprintable() else " ".join(f"U+{ord(c):04X}" for c in text)


def _around(text: str, match: re.Match[str]) -> str:
    return "".join(c if c.isprintable() else "·" for c in text[max(0, match.start() - 15) : match.end() + 15])


def _repaired(text: str) -> str | None:
    """What a stretch of wrongly decoded text should be, "" for control characters, None when nobody can tell."""
    if _CONTROL.fullmatch(text):
        return ""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None
