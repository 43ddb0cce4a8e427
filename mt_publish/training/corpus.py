"""German–English sentence pairs from files: read, clean, split off dev and test.

Read are TMX 1.4, XLIFF 1.2, TSV (German TAB English; plain or gzip) and pairs of text files with one sentence a line
(``news.de.txt`` beside ``news.en.txt``).
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from mt_publish.errors import AlignmentError, FormatError, InputError
from mt_publish.types import LANGS, Lang

if TYPE_CHECKING:
    from lxml import etree


class Pair(NamedTuple):
    """A sentence in both languages.

    Args:
        de: German text.
        en: English text.
        part: The file it came from, as the user named it.
        document: The document it came from, when the file says so, else "".
    """

    de: str
    en: str
    part: str = ""
    document: str = ""


# --- reading ----------------------------------------------------------------------------------------------------------

_SIDE = re.compile(r"^(?P<stem>.+)\.(?P<lang>de|en)(?P<end>(?:\.txt)?(?:\.gz)?)$")
_TABLES = (".tsv", ".tsv.gz")
_INLINE_CODE = frozenset(("bpt", "ept", "ph", "it", "ut"))  # elements whose content is markup, not text
_UNTRANSLATED = frozenset(("new", "needs-translation"))


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The corpus files that `paths` name: files as they are, folders searched through; the German one of paired files.

    Raises:
        InputError: A path does not exist, or none holds a corpus.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise InputError("no such file or folder", where=str(path), remedy="Check the path")
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.is_file() and (file == path or _is_corpus(file)):
                found[sides(file)[0]] = None
    if not found:
        raise InputError(
            "no .tmx, .xlf, .tsv or paired .de/.en text files in there",
            where=", ".join(map(str, paths)),
            remedy="Name the files one by one",
        )
    return list(found)


def read_pairs(path: Path) -> Iterator[Pair]:
    """The sentence pairs of one file, untouched but for surrounding and repeated white space.

    Raises:
        FormatError: The file is not what its name says.
        AlignmentError: Paired text files differ in their number of lines.
    """
    name = path.name.lower()
    if name.endswith(_TABLES):
        pairs = _read_table(path)
    elif name.endswith(".tmx"):
        pairs = _read_tmx(path)
    elif name.endswith((".xlf", ".xliff")):
        pairs = _read_xliff(path)
    elif _SIDE.match(path.name):
        pairs = _read_text(*sides(path))
    else:
        raise FormatError(
            "not a corpus format that is known",
            where=str(path),
            remedy="Give .tmx, .xlf, .tsv, .tsv.gz or a.de.txt beside a.en.txt",
        )
    for de, en, document in pairs:
        yield Pair(" ".join(de.split()), " ".join(en.split()), str(path), " ".join(document.split()))


def _is_corpus(path: Path) -> bool:
    return path.name.lower().endswith((*_TABLES, ".tmx", ".xlf", ".xliff")) or (
        _SIDE.match(path.name) is not None and all(side.is_file() for side in _halves(path))
    )


def sides(path: Path) -> tuple[Path, ...]:
    """German and English file of a pair of text files; another file alone.

    Raises:
        InputError: One of a pair is missing.
    """
    halves = _halves(path)
    for side in halves:
        if len(halves) > 1 and not side.is_file():
            raise InputError("its other half is missing", where=str(side), remedy="Paired files differ in .de/.en only")
    return halves


def _halves(path: Path) -> tuple[Path, ...]:
    """As `sides`, whether they are there or not."""
    match = _SIDE.match(path.name)
    if match is None:
        return (path,)
    return tuple(path.with_name(f"{match['stem']}.{lang}{match['end']}") for lang in LANGS)


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="\n")
    return path.open(encoding="utf-8-sig", errors="replace", newline="\n")


def _read_table(path: Path) -> Iterator[tuple[str, str, str]]:
    """German TAB English; a first line "en TAB de" turns the columns round. A third column names the document."""
    german, english = 0, 1
    with _open(path) as lines:
        for number, line in enumerate(_whole(lines, path)):
            cells = line.rstrip("\r\n").split("\t")
            if number == 0 and [c.strip().lower() for c in cells[:2]] in (["de", "en"], ["en", "de"]):
                german, english = (0, 1) if cells[0].strip().lower() == "de" else (1, 0)
            elif len(cells) >= 2:
                yield cells[german], cells[english], cells[2] if len(cells) > 2 else ""
            elif line.strip():
                raise FormatError(
                    "a line without a tab", where=f"{path}:{number + 1}", remedy="Write German TAB English"
                )


def _whole(lines: TextIO, path: Path) -> Iterator[str]:
    """The lines of a file, which may be a compressed one that is broken."""
    try:
        yield from lines
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FormatError(f"not a whole gzip file ({error})", where=str(path), remedy="Copy it again") from error


def _read_text(de_path: Path, en_path: Path) -> Iterator[tuple[str, str, str]]:
    with _open(de_path) as german, _open(en_path) as english:
        try:
            for de, en in zip(_whole(german, de_path), _whole(english, en_path), strict=True):
                yield de, en, ""
        except ValueError as error:
            raise AlignmentError(
                "the two files differ in their number of lines",
                where=f"{de_path}, {en_path}",
                remedy="One sentence a line in both",
            ) from error


def _read_tmx(path: Path) -> Iterator[tuple[str, str, str]]:
    for unit in _elements(path, "tu"):
        sides: dict[Lang, str] = {}
        for variant in unit.iterfind("{*}tuv"):
            lang = _language(variant.get("{http://www.w3.org/XML/1998/namespace}lang") or variant.get("lang"))
            segment = variant.find("{*}seg")
            if lang is not None and segment is not None:
                sides[lang] = _text(segment)
        props = {
            (prop.get("type") or "").lower().removeprefix("x-"): prop.text or "" for prop in unit.iterfind("{*}prop")
        }
        if len(sides) == 2:
            yield sides["de"], sides["en"], props.get("document") or props.get("file") or ""


def _read_xliff(path: Path) -> Iterator[tuple[str, str, str]]:
    for file in _elements(path, "file"):
        source, target = _language(file.get("source-language")), _language(file.get("target-language"))
        if source is None or target is None or source == target:
            raise FormatError(
                "its <file> does not go between German and English in the manner of XLIFF 1.2",
                where=str(path),
                remedy="Export as XLIFF 1.2 or TMX",
            )
        for unit in file.iterfind(".//{*}trans-unit"):
            original, translated = unit.find("{*}source"), unit.find("{*}target")
            if original is None or translated is None or translated.get("state") in _UNTRANSLATED:
                continue
            sides = {source: _text(original), target: _text(translated)}
            yield sides["de"], sides["en"], file.get("original") or ""


def _elements(path: Path, name: str) -> Iterator[Any]:
    """Elements of that name, one at a time; each is emptied after use, so that memory stays small on a large file."""
    from lxml import etree

    try:
        with path.open("rb") as file:
            # Corpora come from strangers: no entity is expanded, no DTD loaded, nothing fetched.
            events = etree.iterparse(
                file, tag=f"{{*}}{name}", resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True
            )
            for _, element in events:
                _refuse_entities(path, element)
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise FormatError(
            f"not well-formed XML ({error.msg})", where=str(path), remedy="Export the file again"
        ) from error


def _refuse_entities(path: Path, element: etree._Element) -> None:
    dtd = element.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise FormatError(
            "it defines XML entities, which are never expanded", where=str(path), remedy="Export without a DOCTYPE"
        )


def _text(element: etree._Element) -> str:
    """Text of a segment, the content of inline codes left out."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] not in _INLINE_CODE:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _language(tag: str | None) -> Lang | None:
    prefix = (tag or "").lower().replace("_", "-").partition("-")[0]
    return next((lang for lang in LANGS if lang == prefix), None)


# --- cleaning ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CleanRules:
    """What is left out of training.

    Args:
        max_characters: Longest side in characters.
        max_ratio: Longest side divided by shortest, in characters.
        ratio_from: Pairs with both sides shorter than this many characters may have any ratio.
        max_repeats: How often the same pair may come but for its digits: release notes and package lists repeat
            formulae.
    """

    max_characters: int = 700
    max_ratio: float = 2.6
    ratio_from: int = 20
    max_repeats: int = 4


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Pairs that are fit for training, and how many were left out for which reason."""

    pairs: list[Pair]
    dropped: dict[str, int] = field(default_factory=dict)


def clean(pairs: Iterable[Pair], rules: CleanRules | None = None) -> Cleaned:
    """Drops pairs that would teach nothing or the wrong thing, and duplicates.

    The reasons, in the order they are tried: "empty", "broken" (replacement characters), "long", "copy" (both sides
    equal), "ratio", "language" (a side has function words of the other language only), "duplicate", "boilerplate".
    """
    rules = rules or CleanRules()
    kept: list[Pair] = []
    dropped: Counter[str] = Counter()
    seen: set[bytes] = set()
    repeats: Counter[bytes] = Counter()
    for pair in pairs:
        reason = _fault(pair, rules)
        if reason is None:
            key = _digest(f"{pair.de}\t{pair.en}")
            mould = _digest(re.sub(r"\d+", "0", f"{pair.de}\t{pair.en}"))
            repeats[mould] += key not in seen
            reason = "duplicate" if key in seen else "boilerplate" if repeats[mould] > rules.max_repeats else None
            seen.add(key)
        if reason is None:
            kept.append(pair)
        else:
            dropped[reason] += 1
    return Cleaned(kept, dict(dropped))


def _fault(pair: Pair, rules: CleanRules) -> str | None:
    shorter, longer = sorted((len(pair.de), len(pair.en)))
    if not shorter:
        return "empty"
    if "\ufffd" in pair.de or "\ufffd" in pair.en:
        return "broken"
    if longer > rules.max_characters:
        return "long"
    if pair.de == pair.en:
        return "copy"
    if longer >= rules.ratio_from and longer > rules.max_ratio * shorter:
        return "ratio"
    if guess_language(pair.de) == "en" or guess_language(pair.en) == "de":
        return "language"
    return None


# Words of one of the two languages only ("die", "was", "in", "so", "war" are words of both).
_GERMAN_WORDS = """
der das und ist nicht ein eine einen einem einer sich mit dem den von zu für auf im des auch als wird werden sind wir
sie ich aber oder wenn dass nach bei über aus wie haben hat kann mehr noch nur zum zur
"""
_ENGLISH_WORDS = """
the of and to is that it for with as this are be from have has you we they he she his were been would which their there
what when can more about out or if
"""
_FUNCTION_WORDS: dict[Lang, frozenset[str]] = {
    "de": frozenset(_GERMAN_WORDS.split()),
    "en": frozenset(_ENGLISH_WORDS.split()),
}


def guess_language(text: str) -> Lang | None:
    """The language of a sentence by its function words: at least three of one language and none of the other."""
    tokens = re.findall(r"[a-zäöüß]+", text.lower())
    german, english = (sum(token in _FUNCTION_WORDS[lang] for token in tokens) for lang in LANGS)
    if german >= 3 and not english:
        return "de"
    if english >= 3 and not german:
        return "en"
    return None


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


# --- splitting --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Split:
    """A corpus cut in three; no sentence of dev or test stands in train."""

    train: list[Pair]
    dev: list[Pair]
    test: list[Pair]


_ENOUGH_DOCUMENTS = 10

_SLACK = 1.5
"""So many times as many pairs as wanted may come of a last document that does not end where they do."""


def split(pairs: Sequence[Pair], *, dev: int, test: int = 0, seed: int = 1) -> Split:
    """Splits off whole documents, and single German sentences of files that name none, or of all where few are named.

    Which ones is decided by a hash of the document (sentence) and the seed: the same for the same corpus. Documents too long for what is
    wanted stay in train. Train loses every pair that shares a side with dev or test.

    Args:
        pairs: Cleaned pairs.
        dev: Pairs wanted for dev; at most a tenth of all is taken, and half as many more where a document has them.
        test: Pairs wanted for test; likewise.
        seed: Another seed, another split.
    """
    documents = Counter((pair.part, pair.document) for pair in pairs if pair.document)
    wanted = [min(number, len(pairs) // 10) for number in (dev, test)]
    whole = sum(count <= max(wanted) for count in documents.values()) >= _ENOUGH_DOCUMENTS
    groups: dict[tuple[str, str], list[int]] = {}
    for index, pair in enumerate(pairs):
        name = (pair.part, pair.document) if whole and pair.document else ("", pair.de)
        groups.setdefault(name, []).append(index)
    parts: list[list[Pair]] = [[], []]
    taken: set[int] = set()
    order = sorted(groups, key=lambda name: _digest(f"{seed} {name[1]}"))
    for part, number in zip(parts, wanted, strict=True):
        left = []
        for name in order:
            members = groups[name]
            if len(part) < number and len(part) + len(members) <= max(_SLACK * number, number + 1):
                part += [pairs[index] for index in members]
                taken.update(members)
            else:
                left.append(name)
        order = left
    held = {side for part in parts for pair in part for side in (pair.de, pair.en)}
    train = [p for i, p in enumerate(pairs) if i not in taken and p.de not in held and p.en not in held]
    return Split(train, parts[0], parts[1])


def write_table(pairs: Iterable[Pair], path: Path) -> None:
    """Writes pairs as TSV, German TAB English TAB document, in the form that `read_pairs` reads."""
    scratch = path.with_name(f".{path.name}.part")
    with scratch.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{pair.de}\t{pair.en}\t{pair.document}\n" for pair in pairs)
    scratch.replace(path)
