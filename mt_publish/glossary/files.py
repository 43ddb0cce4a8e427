"""Glossary files: the native CSV, and a check of what is in it.

The native file opens in a spreadsheet: UTF-8, a header row, one entry a row, `|` between the items of a list. Only the
columns `de` and `en` are required. Lines that start with `#` are comments.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from mt_publish.errors import GlossaryError
from mt_publish.glossary.homographs import is_homograph
from mt_publish.glossary.matching import surname
from mt_publish.text.comparison import WORD, plain
from mt_publish.types import LANGS, Entry, Gender, Lang, Severity, TermType

COLUMNS = (
    "de",
    "en",
    "type",
    "gender",
    "de_aliases",
    "en_aliases",
    "de_forms",
    "en_forms",
    "de_article",
    "en_article",
    "case",
    "enforce",
    "de_forbidden",
    "en_forbidden",
    "note",
)
_LISTS = frozenset(("de_aliases", "en_aliases", "de_forms", "en_forms", "de_forbidden", "en_forbidden"))
_CHOICES: dict[str, tuple[str, ...]] = {
    "type": get_args(TermType),
    "gender": get_args(Gender),
    "de_article": ("", "der", "die", "das"),
    "en_article": ("", "the"),
    "case": ("keep", "any", "sentence"),
    "enforce": ("repair", "check", "off"),
}
_DEFAULTS = {field.name: field.default for field in fields(Entry) if field.name in _CHOICES}

# English has one word where German has several: Afghan for afghanisch, Afghane, Afghanin; president for both sexes.
_MANY_TARGETS = frozenset(("nationality", "language", "title"))

LintMessage = tuple[str, Severity, str]
"""Where ("file:line"), how bad, what."""


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a glossary file.

    Raises:
        GlossaryError: The file cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise GlossaryError(
            f"cannot read the glossary: {error.strerror or error}",
            where=str(path),
            remedy="Check the path and its permissions.",
        ) from error


def read_text(path: str | Path) -> str:
    """The text of a glossary file: UTF-8 with or without byte order mark, or UTF-16 with one; newlines as in the file.

    Raises:
        GlossaryError: The file cannot be read or is in another encoding.
    """
    return decode(read_bytes(path), str(path))


def decode(data: bytes, name: str) -> str:
    """The text of a glossary file that was read, as `read_text` gives it.

    Raises:
        GlossaryError: It is in another encoding.
    """
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise GlossaryError(
            "the glossary is not UTF-8", where=f"{name}:{line}", remedy="Save it as 'CSV UTF-8' from the spreadsheet."
        ) from error


def read_glossary(path: str | Path) -> tuple[Entry, ...]:
    """The entries of a native glossary file, in the order of its rows.

    Raises:
        GlossaryError: The header or a row is broken; says file, line, and what to do, and names further broken rows.
    """
    entries: list[Entry] = []
    errors: list[GlossaryError] = []
    for item in parse_glossary(read_text(path), str(path)):
        if isinstance(item, GlossaryError):
            errors.append(item)
        else:
            entries.append(item)
    if errors:
        first = errors[0]
        message = first.message
        if len(errors) > 1:
            lines = ", ".join(str(error.where).rpartition(":")[2] for error in errors[1:11])
            message += f" (and {len(errors) - 1} more broken rows: lines {lines}{' …' if len(errors) > 11 else ''})"
        raise GlossaryError(message, where=first.where, remedy=first.remedy)
    return tuple(entries)


def parse_glossary(text: str, name: str) -> Iterator[Entry | GlossaryError]:
    """Row by row what a native glossary holds: an entry, or the error that keeps the row from being one.

    Args:
        text: The file.
        name: What to call it in messages.
    """
    # Keep the numbers of the physical lines while comments are left out.
    lines = [
        (number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")
    ]
    if not lines:
        yield GlossaryError("the glossary is empty", where=f"{name}:1", remedy="Start with a header row: de,en")
        return
    delimiter = _delimiter(lines[0][1])
    reader = csv.reader((line + "\n" for _, line in lines), delimiter=delimiter, strict=True)
    rows = _rows(reader, [number for number, _ in lines], name)
    header: list[str] | None = None
    for where, row in rows:
        if isinstance(row, GlossaryError):
            yield row
        elif header is None:
            header = [cell.strip().lower() for cell in row]
            while header and not header[-1]:
                header.pop()
            problem = _header_problem(header, where)
            if problem:
                yield problem
                return
        elif any(cell.strip() for cell in row):
            yield _entry(header, row, where, delimiter)


def _delimiter(header: str) -> str:
    return max("\t;,", key=header.count) if any(char in header for char in "\t;,") else ","


def _rows(reader: Any, numbers: list[int], name: str) -> Iterator[tuple[str, list[str] | GlossaryError]]:
    read = 0
    while True:
        where = f"{name}:{numbers[min(read, len(numbers) - 1)]}"
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield (
                where,
                GlossaryError(
                    f"broken quotation marks ({error})",
                    where=where,
                    remedy='Double a quotation mark inside a cell ("") or remove it.',
                ),
            )
            read = reader.line_num
            continue
        if reader.line_num > read + 1:
            yield (
                where,
                GlossaryError(
                    "a quoted cell runs over several lines",
                    where=where,
                    remedy="Close the quotation mark on the same line.",
                ),
            )
        else:
            yield where, row
        read = reader.line_num


def _header_problem(header: list[str], where: str) -> GlossaryError | None:
    missing = [column for column in ("de", "en") if column not in header]
    if missing:
        return GlossaryError(
            f"the header has no column {' and '.join(map(repr, missing))}",
            where=where,
            remedy="The first row must name the columns, at least: de,en. "
            "Lists without header are read by `glossary import`.",
        )
    for column in header:
        if column not in COLUMNS:
            return GlossaryError(f"unknown column {column!r}", where=where, remedy=f"Use: {', '.join(COLUMNS)}.")
        if header.count(column) > 1:
            return GlossaryError(
                f"the column {column!r} stands twice in the header", where=where, remedy="Remove one of them."
            )
    return None


def _entry(header: list[str], row: list[str], where: str, delimiter: str) -> Entry | GlossaryError:
    if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
        return GlossaryError(
            f"{len(row)} cells under {len(header)} columns",
            where=where,
            remedy=f'Put a cell that contains "{delimiter}" in quotation marks.',
        )
    values: dict[str, Any] = {"where": where}
    for column, cell in zip(header, row, strict=False):
        text = " ".join(cell.split()) if cell else ""
        if not text:
            continue  # what `Entry` takes for it
        if column in _LISTS:
            items = tuple(dict.fromkeys(item.strip() for item in text.split("|") if item.strip()))
            for item in items:
                if WORD.search(item) is None:
                    return GlossaryError(
                        f"{item!r} in column {column!r} has no letter or digit",
                        where=where,
                        remedy="Leave the cell empty when there is nothing to say.",
                    )
            values[column] = items
        elif column in _CHOICES:
            value = text.lower()
            if value not in _CHOICES[column]:
                allowed = ", ".join(choice or "(empty)" for choice in _CHOICES[column])
                return GlossaryError(f"{text!r} is no {column}", where=where, remedy=f"Use one of: {allowed}.")
            values[column] = value
        else:
            values[column] = text
    for lang in LANGS:
        name = values.get(lang, "")
        if not name:
            return GlossaryError(
                f"the cell {lang!r} is empty", where=where, remedy=f"Write the name in column {lang!r}."
            )
        if WORD.search(name) is None:
            return GlossaryError(
                f"{name!r} in column {lang!r} has no letter or digit",
                where=where,
                remedy="Write a name or term that has one.",
            )
    return Entry(**values)


def write_glossary(entries: Iterable[Entry]) -> str:
    """The entries as a native CSV file; reading it gives back the same entries but for `where`."""
    import io

    entries = list(entries)
    used = [
        c for c in COLUMNS if c in ("de", "en") or any(_cell(entry, c) != _DEFAULTS.get(c, "") for entry in entries)
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(used)
    for entry in entries:
        row = [_cell(entry, column) for column in used]
        if row[0].startswith("#"):
            # A quoted cell does not look like a comment.
            out.write('"' + row[0].replace('"', '""') + '",')
            row = row[1:]
        writer.writerow(row)
    return out.getvalue()


def _cell(entry: Entry, column: str) -> str:
    value = getattr(entry, column)
    return "|".join(value) if isinstance(value, tuple) else str(value)


# --- lint ------------------------------------------------------------------------------------------------------------


def lint_glossary(paths: Sequence[str | Path]) -> list[LintMessage]:
    """What is wrong or doubtful in glossary files that are used together, in the order of files and lines.

    Errors keep a row from working; warnings are probably mistakes; infos tell what the row will not do.
    """
    found: list[LintMessage] = []
    entries: list[Entry] = []
    for path in paths:
        try:
            text = read_text(path)
        except GlossaryError as error:
            found.append((error.where or str(path), Severity.ERROR, _message(error)))
            continue
        found += _lint_lines(text, str(path))
        for item in parse_glossary(text, str(path)):
            if isinstance(item, GlossaryError):
                found.append((item.where or str(path), Severity.ERROR, _message(item)))
            else:
                entries.append(item)
    for entry in entries:
        found += ((entry.where, severity, message) for severity, message in _lint_entry(entry))
    found += _lint_together(entries)
    order = {str(path): number for number, path in enumerate(paths)}

    def position(message: LintMessage) -> tuple[int, int]:
        name, _, line = message[0].rpartition(":")
        return order.get(name, len(order)), int(line) if line.isdigit() else 0

    return sorted(found, key=position)


def _message(error: GlossaryError) -> str:
    return f"{error.message}. {error.remedy}" if error.remedy else error.message


def _lint_lines(text: str, name: str) -> Iterator[LintMessage]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        if "\u00a0" in line or "\u200b" in line or "\u00ad" in line:
            yield (
                f"{name}:{number}",
                Severity.WARNING,
                "no-break space, zero-width space or soft hyphen in the row: use plain characters",
            )
        if "\ufffd" in line or "Ã¤" in line or "Ã¼" in line or "Ã¶" in line or "ÃŸ" in line:
            yield f"{name}:{number}", Severity.ERROR, "broken characters: the file was saved in the wrong encoding"


def _lint_entry(entry: Entry) -> Iterator[tuple[Severity, str]]:
    for lang in LANGS:
        names = (entry.name(lang), *entry.aliases(lang))
        for name in (*names, *entry.forms(lang), *entry.forbidden(lang)):
            for opening, closing in (("(", ")"), ("[", "]"), ("„", "“"), ("«", "»")):
                if name.count(opening) != name.count(closing) and closing + opening != "»«":
                    yield Severity.WARNING, f"{name!r}: unbalanced {opening}{closing}"
            if name.count('"') % 2:
                yield Severity.WARNING, f"{name!r}: unbalanced quotation mark"
            if ("/" in name and " / " in name) or ";" in name:
                yield Severity.WARNING, f"{name!r} looks like two names: put the second one in {lang}_aliases"
            if name[-1] in ",.;:!?" and not _abbreviation(name):
                yield Severity.WARNING, f"{name!r} ends in {name[-1]!r}"
        for alias in entry.aliases(lang):
            if alias == entry.name(lang):
                yield Severity.WARNING, f"the alias {alias!r} is the name itself"
        for form in entry.forbidden(lang):
            if form in names:
                yield Severity.ERROR, f"{form!r} is forbidden and wanted at once in {lang}"
        for name in names:
            if (
                is_homograph(name, lang)
                and entry.type in ("person", "place", "org", "work", "product")
                and entry.enforce == "repair"
            ):
                yield (
                    Severity.INFO,
                    f"{name!r} is also a common {'German' if lang == 'de' else 'English'} word: "
                    "it is only enforced where the document makes clear that the name is meant",
                )
            if len(name) == 1 or (len(name) == 2 and name.islower() and entry.enforce == "repair"):
                yield Severity.WARNING, f"{name!r} is so short that it will be found by accident"
        if entry.case == "any" and any(is_homograph(name, lang) for name in names):
            yield Severity.WARNING, f"case 'any' makes common words of {lang} match: use 'keep'"
    if entry.de_aliases and entry.en_aliases and len(entry.de_aliases) != len(entry.en_aliases):
        yield (
            Severity.INFO,
            f"{len(entry.de_aliases)} German and {len(entry.en_aliases)} English aliases: they cannot pair up, "
            "every alias is translated by the other language's name",
        )
    if entry.type == "dnt" and entry.de != entry.en:
        yield Severity.ERROR, f"type 'dnt' is never translated, but {entry.de!r} and {entry.en!r} differ"
    if (
        entry.de_article
        and entry.gender
        and {"der": ("m", "pl"), "die": ("f", "pl"), "das": ("n",)}[entry.de_article].count(entry.gender) == 0
    ):
        yield Severity.ERROR, f"the article {entry.de_article!r} does not go with gender {entry.gender!r}"
    if entry.type == "person" and not entry.gender:
        yield Severity.INFO, "a person without gender: titles and pronouns cannot be checked"


def _abbreviation(name: str) -> bool:
    last = name.split(" ")[-1]
    return last.endswith(".") and (len(last) <= 5 or last.count(".") > 1)


def _lint_together(entries: Sequence[Entry]) -> Iterator[LintMessage]:
    first: dict[tuple[str, str, str], Entry] = {}
    unique: list[Entry] = []
    for entry in entries:
        key = (plain(entry.de), plain(entry.en), entry.type)
        other = first.setdefault(key, entry)
        if other is not entry:
            yield entry.where, Severity.WARNING, f"{entry.de!r} – {entry.en!r} stands already at {other.where}"
        else:
            unique.append(entry)
    for lang in LANGS:
        target: Lang = "en" if lang == "de" else "de"
        owners: dict[str, Entry] = {}
        for entry in unique:
            name = plain(entry.name(lang))
            owner = owners.setdefault(name, entry)
            if owner is entry or owner.name(target) == entry.name(target) or {entry.type, owner.type} <= _MANY_TARGETS:
                continue
            if owner.type != entry.type or entry.enforce == owner.enforce == "check":
                severity, remedy = Severity.WARNING, "both are accepted, the first one is written"
            else:
                severity, remedy = (
                    Severity.ERROR,
                    "make one an alias of the other, set enforce to 'check', or remove it",
                )
            yield (
                entry.where,
                severity,
                f"{name!r} has two {target} targets: {owner.name(target)!r} ({owner.where}) and "
                f"{entry.name(target)!r}; {remedy}",
            )
        aliased: dict[str, Entry] = {}
        for entry in unique:
            for alias in entry.aliases(lang):
                alias = plain(alias)
                owner = owners.get(alias, entry)
                if owner is not entry:
                    yield (
                        entry.where,
                        Severity.WARNING,
                        f"the alias {alias!r} is the name of another entry ({owner.where}), which wins",
                    )
                other = aliased.setdefault(alias, entry)
                if other is not entry and owner is entry:
                    yield (
                        entry.where,
                        Severity.WARNING,
                        f"the alias {alias!r} belongs to {other.name(lang)!r} ({other.where}), too; the first one wins",
                    )
    persons: dict[str, Entry] = {}
    for entry in unique:
        last = surname(entry.de) if entry.type == "person" else ""
        if last:
            other = persons.setdefault(last, entry)
            if other is not entry and surname(other.en) != surname(entry.en):
                yield (
                    entry.where,
                    Severity.WARNING,
                    f"the surname {last!r} is {surname(other.en)!r} at {other.where} and {surname(entry.en)!r} here: "
                    "alone it follows whoever the document names first",
                )
