"""Glossaries of other tools: DeepL, Amazon Translate, TBX-Basic and plain two-column lists, in and out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from mt_publish.errors import GlossaryError
from mt_publish.glossary.files import COLUMNS, decode, read_bytes, read_glossary, write_glossary
from mt_publish.text.comparison import WORD
from mt_publish.types import Entry, Gender, Lang, LangPair, TermType

if TYPE_CHECKING:
    from lxml.etree import _Element

Format = Literal["native", "deepl-csv", "deepl-tsv", "amazon", "tbx", "plain"]
"""native: our CSV · deepl-csv, deepl-tsv: source, target and optionally the two languages, no header · amazon: CSV with
a header that names the languages · tbx: TBX-Basic · plain: two columns between TAB, =, ; or ,"""

FORMATS: tuple[Format, ...] = get_args(Format)
_GENDERS: dict[str, Gender] = {"masculine": "m", "feminine": "f", "neuter": "n"}
"""Values of grammaticalGender in TBX-Basic that a glossary knows."""
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def import_glossary(path: str | Path, *, format: Format | None = None, pair: LangPair) -> tuple[Entry, ...]:
    """The entries of a glossary file of any supported format.

    Args:
        path: The file.
        format: Its format; None to tell it by suffix and content.
        pair: Which language stands in the first column of a list without language names.

    Raises:
        GlossaryError: The file or a row of it is broken; says where and what to do.
    """
    name = str(path)
    data = read_bytes(path)
    if format == "tbx" or (format is None and _is_tbx(data, name)):
        return _read_tbx(data, name)  # XML says itself how it is encoded
    text = decode(data, name)
    format = format or guess_format(text, name)
    if format == "native":
        return read_glossary(path)
    return _read_columns(text, name, format, pair)


def _is_tbx(data: bytes, name: str) -> bool:
    """Whether a file is XML, in whatever encoding."""
    marks_and_blanks = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
    return Path(name).suffix.lower() in (".tbx", ".xml") or data.lstrip(marks_and_blanks).startswith(b"<")


def guess_format(text: str, name: str) -> Format:
    """The format of a glossary that is no XML, from the name of the file and its first line."""
    suffix = Path(name).suffix.lower()
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    cells = [cell.strip().strip('"').lower() for cell in first.replace(";", ",").replace("\t", ",").split(",")]
    if sorted(cells[2:4]) == ["de", "en"] and not set(cells[:2]) & set(COLUMNS):
        return "deepl-tsv" if "\t" in first else "deepl-csv"
    if {"de", "en"} <= set(cells):
        return "amazon" if len(cells) == 2 and suffix == ".csv" and "," in first else "native"
    if len(cells) >= 2 and {cell.split("-")[0] for cell in cells[:2]} == {"de", "en"}:
        return "amazon"
    if suffix == ".csv" and ";" not in first:
        return "deepl-csv"
    return "deepl-tsv" if suffix == ".tsv" else "plain"


def _make(names: dict[Lang, str], where: str) -> Entry:
    for lang, name in names.items():
        if WORD.search(name) is None:
            raise GlossaryError(
                f"{name!r} is no {'German' if lang == 'de' else 'English'} name"
                if name
                else f"the {lang} name is missing",
                where=where,
                remedy="Give every row a name in both languages.",
            )
    same = names["de"] == names["en"]
    return Entry(de=names["de"], en=names["en"], type="dnt" if same else "term", where=where)


def _read_columns(text: str, name: str, format: Format, pair: LangPair) -> tuple[Entry, ...]:
    lines = [
        (n, line)
        for n, line in enumerate(text.splitlines(), 1)
        if line.strip() and not (format == "plain" and line.startswith("#"))
    ]
    order: list[Lang] = [pair.source, pair.target]
    entries: list[Entry] = []
    seen: set[tuple[str, str]] = set()
    for index, (number, line) in enumerate(lines):
        where = f"{name}:{number}"
        cells = _split(line, format, where)
        if format == "amazon" and index == 0:
            order = _languages(cells, where)
            continue
        while len(cells) > 2 and not cells[-1]:
            cells.pop()
        if index == 0 and (named := _header(cells, order)):
            order = named
            continue
        if len(cells) < 2 or (len(cells) > 2 and not _has_languages(cells, format)):
            raise GlossaryError(
                f"expected a source and a target, found {len(cells)} cell(s)",
                where=where,
                remedy="Separate the two by TAB, '=', ';' or ','."
                if format == "plain"
                else "Put a cell with the delimiter in it into quotation marks, or check the delimiter of the file.",
            )
        row_order = order
        if format in ("deepl-csv", "deepl-tsv") and len(cells) >= 4 and cells[2] and cells[3]:
            row_order = _languages(cells[2:4], where)
        names: dict[Lang, str] = {lang: " ".join(cell.split()) for lang, cell in zip(row_order, cells[:2], strict=True)}
        entry = _make(names, where)
        if (entry.de, entry.en) not in seen:
            seen.add((entry.de, entry.en))
            entries.append(entry)
    return tuple(entries)


_LANGUAGE_NAMES: dict[str, Lang] = {
    "de": "de", "deutsch": "de", "german": "de", "en": "en", "englisch": "en", "english": "en",
}  # fmt: skip
_COLUMN_NAMES = frozenset(
    (
        "source",
        "target",
        "quelle",
        "ziel",
        "term",
        "translation",
        "begriff",
        "übersetzung",
        "original",
        "ausgangstext",
        "zieltext",
    )
)


def _header(cells: Sequence[str], order: list[Lang]) -> list[Lang] | None:
    """The languages of two columns when a first row names the columns and is no entry: Deutsch, Englisch; Quelle, Ziel."""
    first = [cell.lower() for cell in cells[:2]]
    langs = [_LANGUAGE_NAMES.get(cell) for cell in first]
    if langs == ["de", "en"] or langs == ["en", "de"]:
        return [lang for lang in langs if lang]
    return order if len(first) == 2 and all(cell in _COLUMN_NAMES for cell in first) else None


def _has_languages(cells: Sequence[str], format: Format) -> bool:
    """Whether the format has room for what follows the two names: the languages of a row, or more languages than two."""
    return format == "amazon" or (format != "plain" and len(cells) >= 4)


def _split(line: str, format: Format, where: str) -> list[str]:
    if format in ("deepl-csv", "amazon"):
        delimiter = ","
    elif format == "deepl-tsv":
        delimiter = "\t"
    else:
        # A list that a person typed: the first separator that occurs, in the order of how rarely it is part of a name.
        for candidate in ("\t", " = ", "=", ";", ","):
            if candidate in line:
                if len(candidate) == 1 and re.search(rf'(?:^|{re.escape(candidate)})\s*"', line):
                    delimiter = candidate  # a spreadsheet's: a cell in quotation marks may hold the separator
                    break
                return [cell.strip() for cell in line.split(candidate)]
        else:
            return [line.strip()]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, strict=True))]
    except csv.Error as error:
        raise GlossaryError(
            f"broken quotation marks ({error})", where=where, remedy='Double a quotation mark inside a cell ("").'
        ) from error


def _languages(cells: Sequence[str], where: str) -> list[Lang]:
    found: list[Lang] = []
    for cell in cells[:2]:
        tag = cell.lower().replace("_", "-").split("-")[0]
        if tag == "de":
            found.append("de")
        elif tag == "en":
            found.append("en")
    if len(cells) < 2 or sorted(found) != ["de", "en"]:
        raise GlossaryError(
            f"the languages {', '.join(cells[:2])!r} are not German and English",
            where=where,
            remedy="Name them 'de' and 'en'.",
        )
    return found


def _read_tbx(data: bytes, name: str) -> tuple[Entry, ...]:
    from lxml import etree

    # TBX comes from outside: no entities, no network, no huge trees.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise GlossaryError(
            f"not well-formed XML: {error.msg}", where=f"{name}:{error.lineno or 1}", remedy="Export it again."
        ) from error
    entries: list[Entry] = []
    for concept in root.iter("{*}termEntry", "{*}conceptEntry"):
        names: dict[Lang, list[str]] = {"de": [], "en": []}
        forbidden: dict[Lang, list[str]] = {"de": [], "en": []}
        preferred: dict[Lang, int] = {"de": 0, "en": 0}
        gender: Gender = ""
        for section in concept.iter("{*}langSet", "{*}langSec"):
            tag = (section.get(_XML_LANG) or section.get("lang") or "").lower().replace("_", "-").split("-")[0]
            lang: Lang | None = "de" if tag == "de" else "en" if tag == "en" else None
            if lang is None:
                continue
            for group in section.iter("{*}tig", "{*}ntig", "{*}termSec"):
                term = next(group.iter("{*}term"), None)
                text = " ".join("".join(term.itertext("*")).split()) if term is not None else ""
                status = " ".join(
                    (note.text or "") for note in group.iter("{*}termNote") if "tatus" in (note.get("type") or "")
                )
                if lang == "de" and not gender:
                    gender = _GENDERS.get(_note(group, "{*}termNote", "grammaticalGender"), "")
                if text and ("deprecated" in status or "superseded" in status):
                    forbidden[lang].append(text)
                elif text:
                    names[lang].insert(preferred[lang] if "preferred" in status else len(names[lang]), text)
                    preferred[lang] += "preferred" in status
        if names["de"] and names["en"]:
            where = f"{name}:{concept.sourceline}"
            entry = _make({"de": names["de"][0], "en": names["en"][0]}, where)
            field = _note(concept, "{*}descrip", "subjectField")
            kind: TermType = field if field in get_args(TermType) else entry.type  # type: ignore[assignment]
            notes = (
                " ".join("".join(n.itertext()).split())
                for n in concept.iter("{*}note", "{*}descrip")
                if n.get("type") != "subjectField" or kind != field
            )
            entries.append(
                Entry(
                    de=entry.de,
                    en=entry.en,
                    type=kind,
                    gender=gender,
                    de_aliases=tuple(dict.fromkeys(names["de"][1:])),
                    en_aliases=tuple(dict.fromkeys(names["en"][1:])),
                    de_forbidden=tuple(dict.fromkeys(forbidden["de"])),
                    en_forbidden=tuple(dict.fromkeys(forbidden["en"])),
                    note=next(notes, ""),
                    where=where,
                )
            )
    if not entries:
        raise GlossaryError(
            "no concept with a German and an English term",
            where=name,
            remedy="Check xml:lang of the language sections (de, en).",
        )
    return tuple(entries)


def _note(element: _Element, tag: str, type: str) -> str:
    """The text of the first note of a type below an element, "" for none."""
    return next(("".join(n.itertext()).strip() for n in element.iter(tag) if n.get("type") == type), "")


def export_glossary(entries: Iterable[Entry], format: Format, pair: LangPair) -> str | bytes:
    """The entries in another tool's format; bytes for TBX, text for the rest.

    Lists without room for aliases get one row for each pair of names, so that the other tool knows them, too. Rows that are
    switched off (`enforce` off) are left out.

    Args:
        entries: The entries.
        format: The format to write.
        pair: Which language comes first.
    """
    entries = list(entries)
    if format == "native":
        return write_glossary(entries)
    entries = [entry for entry in entries if entry.enforce != "off"]  # the other tool would take them for terms
    if format == "tbx":
        return _write_tbx(entries, pair)
    out = io.StringIO()
    delimiter = "," if format in ("deepl-csv", "amazon") else "\t"
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    if format == "amazon":
        writer.writerow(pair)
    seen: set[str] = set()
    for entry in entries:
        for source, target in _rows(entry, pair):
            # Other tools refuse a file with one source twice.
            if source in seen:
                continue
            seen.add(source)
            if format == "plain":
                out.write(f"{source}\t{target}\n")
            else:
                writer.writerow(
                    [source, target, pair.source, pair.target] if format == "deepl-csv" else [source, target]
                )
    return out.getvalue()


def _rows(entry: Entry, pair: LangPair) -> list[tuple[str, str]]:
    rows = [(entry.name(pair.source), entry.name(pair.target))]
    aliases, others = entry.aliases(pair.source), entry.aliases(pair.target)
    paired = others if len(others) == len(aliases) else (entry.name(pair.target),) * len(aliases)
    return rows + list(zip(aliases, paired, strict=True))


def _write_tbx(entries: Sequence[Entry], pair: LangPair) -> bytes:
    from lxml import etree

    root = etree.Element("martif", type="TBX-Basic")
    root.set(_XML_LANG, pair.source)
    header = etree.SubElement(etree.SubElement(etree.SubElement(root, "martifHeader"), "fileDesc"), "sourceDesc")
    etree.SubElement(header, "p").text = "mt-publish glossary"
    body = etree.SubElement(etree.SubElement(root, "text"), "body")
    for number, entry in enumerate(entries, 1):
        concept = etree.SubElement(body, "termEntry", id=f"c{number}")
        # TBX-Basic has no data category for the kind of a name; the subject field, free text, carries it.
        etree.SubElement(concept, "descrip", type="subjectField").text = entry.type
        if entry.note:
            etree.SubElement(concept, "note").text = entry.note
        for lang in pair:
            section = etree.SubElement(concept, "langSet")
            section.set(_XML_LANG, lang)
            terms = [(entry.name(lang), "preferredTerm-admn-sts")]
            terms += [(alias, "admittedTerm-admn-sts") for alias in entry.aliases(lang)]
            terms += [(wrong, "deprecatedTerm-admn-sts") for wrong in entry.forbidden(lang)]
            genders = {short: long for long, short in _GENDERS.items()}
            for i, (text, status) in enumerate(terms):
                group = etree.SubElement(section, "tig")
                etree.SubElement(group, "term").text = text
                etree.SubElement(group, "termNote", type="administrativeStatus").text = status
                if lang == "de" and i == 0 and entry.gender in genders:
                    etree.SubElement(group, "termNote", type="grammaticalGender").text = genders[entry.gender]
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
