"""Bytes to text and back, so that the way back gives the same bytes.

The order of trust: byte order mark, the caller's `encoding`, the charset an HTML page declares, UTF-8, and last
Windows-1252, which is what files "in Latin-1" really are.
"""

from __future__ import annotations

import codecs
import re

from mt_publish.errors import FormatError

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16 LE, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP container such as .docx, .odt or .epub"),
    (b"%PDF-", "a PDF file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file such as .doc"),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
)
# Text codecs whose decoding loses information or that are no file encodings at all.
_REFUSED = frozenset({"utf-7", "idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"})
_META_CHARSET = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_UTF8_RUN = re.compile(rb"[\xc3-\xf4][\x80-\xbf]{1,3}")


def decode(data: bytes, *, path: str, encoding: str | None = None, html: bool = False) -> tuple[str, str, bytes]:
    """The text, the codec name and the byte order mark of a file; encoding the text again gives back `data`.

    Args:
        data: The whole file.
        path: Name for messages.
        encoding: The encoding the user states; None to find out.
        html: Whether a `<meta charset>` in the first 4 KiB counts.

    Raises:
        FormatError: The file is binary, or its bytes are no text in the stated encoding.
    """
    stated = _known(encoding, path) if encoding else None
    for bom, codec in _BOMS:
        if data.startswith(bom) and not (codec == "utf-16-le" and stated in ("utf-32", "utf-32-le")):
            if stated and stated not in ("utf-8", "utf-16", "utf-32", "utf-8-sig", codec):
                break  # the user knows better: the mark is then ordinary characters
            return _exact(data[len(bom) :], codec, path), codec, bom
    if stated:
        codec = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}.get(stated, stated)
        return _strict(data, codec, path), codec, b""
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise FormatError(f"this is {what}, not text", where=path, remedy="Convert it to .html, .md or .txt first")
    if b"\0" in data:
        wide = _utf16_without_bom(data)
        if wide:
            return _exact(data, wide, path), wide, b""
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise FormatError(
            "the file has a NUL byte, so it is binary",
            where=f"{path}:{line}",
            remedy="Give a text file, or state its encoding with --encoding, for example utf-16",
        )
    if html:
        found = _META_CHARSET.search(data[:4096])
        if found:
            declared = _web_codec(found[1].decode("ascii"))
            if declared:
                try:
                    text = data.decode(declared)
                except UnicodeError:
                    pass  # a wrong declaration is common; look at the bytes instead
                else:
                    if text.encode(declared) == data:
                        return text, declared, b""
    try:
        return data.decode("utf-8"), "utf-8", b""
    except UnicodeDecodeError:
        pass
    high = sum(1 for byte in data if byte >= 0x80)
    in_runs = sum(len(run) for run in _UTF8_RUN.findall(data))
    codec = "utf-8" if in_runs * 4 >= high and in_runs else "cp1252"
    return _exact(data, codec, path), codec, b""


def encode(text: str, encoding: str) -> bytes:
    """The bytes of `text`; bytes that were invalid in the input come back as they were.

    Raises:
        UnicodeEncodeError: `encoding` cannot express a character.
    """
    return text.encode(encoding, errors_for(encoding))


def errors_for(encoding: str) -> str:
    """The error handler with which `encoding` carries invalid input along."""
    return "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"


def _exact(data: bytes, codec: str, path: str) -> str:
    try:
        text = data.decode(codec, errors_for(codec))
        if encode(text, codec) == data:
            return text
    except UnicodeError:
        pass
    return _strict(data, codec, path)


def _strict(data: bytes, codec: str, path: str) -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(
            f"byte 0x{data[error.start]:02x} at offset {error.start} is not {codec}",
            where=f"{path}:{line}",
            remedy="State the real encoding with --encoding, for example cp1252",
        ) from error
    except UnicodeError as error:
        remedy = "State the real encoding with --encoding"
        raise FormatError(f"not {codec}: {error}", where=path, remedy=remedy) from error
    if text.encode(codec, errors_for(codec)) != data:
        raise FormatError(
            f"the file could not be written back in {codec} without changes",
            where=path,
            remedy="Convert it to UTF-8 first",
        )
    return text


def _known(name: str, path: str) -> str:
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError) as error:
        remedy = "Use a name such as utf-8 or cp1252"
        raise FormatError(f"unknown encoding '{name}'", where=path, remedy=remedy) from error
    if not getattr(info, "_is_text_encoding", True) or info.name in _REFUSED:
        raise FormatError(f"'{name}' is not a file encoding", where=path, remedy="Use a name such as utf-8 or cp1252")
    return info.name


def _web_codec(label: str) -> str | None:
    """The codec browsers use for a charset label; None when it says nothing usable."""
    label = label.strip().lower()
    if label in ("iso-8859-1", "latin1", "latin-1", "iso8859-1", "us-ascii", "ascii", "windows-1252", "cp1252", "l1"):
        return "cp1252"  # WHATWG Encoding Standard: all of these mean Windows-1252
    if label.startswith(("utf-16", "utf-32", "utf16", "ucs")):
        return "utf-8"  # the label was readable as ASCII, so it cannot be true
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    return info.name if getattr(info, "_is_text_encoding", True) and info.name not in _REFUSED else None


def _utf16_without_bom(data: bytes) -> str | None:
    sample = data[:4096]
    if len(data) % 2 or len(sample) < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    codec = "utf-16-le" if odd > half * 0.6 and even < half * 0.05 else None
    if even > half * 0.6 and odd < half * 0.05:
        codec = "utf-16-be"
    if codec:
        try:
            if data.decode(codec).encode(codec) == data:
                return codec
        except UnicodeError:
            pass
    return None
