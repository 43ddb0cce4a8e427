"""A source file and its translation, paired: what `check` looks at, and references for a run. No model is needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mt_publish.config import Settings
from mt_publish.errors import AlignmentError, MtPublishError
from mt_publish.formats import read_document, write_document
from mt_publish.glossary import Glossary, find_terms
from mt_publish.pipeline import language_pair, term_problems, unsilenced
from mt_publish.quality.checks import check_document
from mt_publish.text import split_sentences
from mt_publish.translation.segments import clip_marks, sentence_spans
from mt_publish.types import (
    Block,
    Document,
    Finding,
    Lang,
    Mark,
    Run,
    RunDocument,
    Segment,
    Span,
    TermMatch,
    Translation,
)


def pair_documents(source: Document, target: Document, langs: tuple[Lang, Lang]) -> list[tuple[Segment, Translation]]:
    """Segments of a source document with the text that stands in the same place of its translation.

    Blocks are paired by order, texts in the markup of a sentence by that markup. Where a pair of blocks has the same number of
    sentences they are paired one by one, else the block is one segment.

    Raises:
        AlignmentError: The documents do not have the same number of blocks.
    """
    if len(source.blocks) != len(target.blocks):
        at = next(
            (i for i, (a, b) in enumerate(zip(source.blocks, target.blocks, strict=False)) if a.kind != b.kind),
            min(len(source.blocks), len(target.blocks)),
        )
        line = target.blocks[at].line if at < len(target.blocks) else 0
        raise AlignmentError(
            f"{len(target.blocks)} paragraphs, but {len(source.blocks)} in {source.path}; the first that differs is "
            f"number {at + 1}",
            where=f"{target.path}:{line}" if line else target.path,
            remedy="Put each paragraph, heading and list item of the source at the same place in the translation",
        )
    pairs = []
    for block, other in _partners(source, target):
        left, right = split_sentences(block.text, langs[0]), split_sentences(other.text, langs[1])
        if len(left) != len(right) or not left:
            left, right = (Span(0, len(block.text)),), (Span(0, len(other.text)),)
        ends = [*left[1:], Span(len(block.text) + 1, 0)], [*right[1:], Span(len(other.text) + 1, 0)]
        for number, (a, b, *following) in enumerate(zip(left, right, *ends, strict=True), 1):
            segment = Segment(
                f"{block.id}.s{number}",
                block.text[a.start : a.end],
                clip_marks(block.marks, a, following[0].start, first=number == 1),
                (),
                block.line,
            )
            translation = Translation(
                segment.id,
                other.text[b.start : b.end],
                clip_marks(other.marks, b, following[1].start, first=number == 1),
                origin="post_edit",
            )
            pairs.append((segment, translation))
    return pairs


def _partners(source: Document, target: Document) -> list[tuple[Block, Block]]:
    """The blocks of both documents by order; texts in the markup of a sentence by that markup, which may stand elsewhere."""
    pairs = list(zip(source.blocks, target.blocks, strict=True))
    partner = {block.id: other for block, other in pairs}
    there = {block.id: block for block in target.blocks}
    for block, other in pairs:
        ours, theirs = _held(block), _held(other)
        if len(ours) > 1 and sorted(key for key, _ in ours) == sorted(key for key, _ in theirs):
            for (_, name), (_, other_name) in zip(sorted(ours), sorted(theirs), strict=True):
                partner[name] = there[other_name]
    return [(block, partner[block.id]) for block in source.blocks]


def _held(block: Block) -> list[tuple[tuple[str, ...], str]]:
    """The texts that the marks of a block hold: what tells each from the others, and its id."""
    return [((*mark.bare(), str(i)), name) for mark in block.marks for i, (_, name) in enumerate(mark.texts)]


def check_files(
    pairs: Sequence[tuple[Path, Path]],
    *,
    glossary: Glossary,
    settings: Settings,
    source: Lang | None = None,
    to: Lang | None = None,
    format: str | None = None,
    on_error: Callable[[MtPublishError], None] | None = None,
) -> Run:
    """Checks translated files against their sources.

    Args:
        pairs: (source file, translated file).
        glossary: Terms to verify.
        settings: Which rules to report.
        source: Source language; None to detect it.
        to: Target language; None for the other one.
        format: Format of all files; None to go by name and look.
        on_error: Takes the error of a pair that cannot be checked, which is left out then; None to raise it.

    Raises:
        InputError: A file cannot be read, or the two do not have the same structure.
    """
    import mt_publish

    documents = []
    for left, right in pairs:
        try:
            documents.append(_checked(left, right, glossary, settings, source, to, format))
        except MtPublishError as error:
            if on_error is None:
                raise
            on_error(error)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    digest = hashlib.sha256("".join(d.sha256 for d in documents).encode()).hexdigest()[:8]
    manifest: dict[str, object] = {
        "mt_publish": mt_publish.__version__,
        "glossary": {"sha256": glossary.sha256, "entries": len(glossary)},
        "checks": True,
        "settings": {
            "checks.select": list(settings.checks_select),
            "checks.ignore": list(settings.checks_ignore),
            "checks.per_file_ignores": {k: list(v) for k, v in settings.checks_per_file_ignores.items()},
        },
    }
    return Run(f"{stamp}-{digest}", "check", manifest, tuple(documents))


def _checked(
    left: Path,
    right: Path,
    glossary: Glossary,
    settings: Settings,
    source: Lang | None,
    to: Lang | None,
    format: str | None,
) -> RunDocument:
    """One source and its translation with the findings on it."""
    doc = read_document(_bytes(left), path=str(left), format=format)
    other = read_document(_bytes(right), path=str(right), format=format)
    pair = language_pair(doc, source, to)
    both = pair_documents(doc, other, pair)
    segments = tuple(find_terms([s for s, _ in both], glossary, pair))
    translations = tuple(t for _, t in both)
    findings = check_document(
        segments,
        translations,
        pair,
        path=str(right),
        term_problems=term_problems(segments, translations, glossary, pair),
        select=settings.checks_select,
        ignore=settings.checks_ignore,
    )
    lines = _lines(doc, other, segments)
    findings = tuple(replace(f, line=lines.get(f.segment_id or "", f.line)) for f in findings)
    findings = unsilenced(other, findings, settings)
    digest = hashlib.sha256(doc.text.encode("utf-8", "surrogateescape")).hexdigest()
    return RunDocument(str(left), str(right), doc.format, pair, digest, segments, translations, findings)


def _lines(doc: Document, other: Document, segments: Sequence[Segment]) -> dict[str, int]:
    """Line in the translated file of each segment: that is the file whose findings are to be mended."""
    target_line = {block.id: there.line for block, there in _partners(doc, other)}
    return {s.id: target_line[s.id.rsplit(".s", 1)[0]] for s in segments}


def fix_file(
    path: Path,
    lang: Lang,
    *,
    format: str | None = None,
    lines: Set[int] | None = None,
    straight_quotes: Set[int] = frozenset(),
) -> bytes:
    """The file with typography put right where the right form is certain: quotes, apostrophes, spaces.

    Args:
        path: The translation.
        lang: Its language.
        format: Format of the file; told from its name when missing.
        lines: 1-based lines of the blocks to put right, those with findings; None for all.
        straight_quotes: 1-based lines of the blocks whose straight quotation marks are to become typographic ones.
    """
    from mt_publish.quality.checks.typography import fix_typography

    doc = read_document(_bytes(path), path=str(path), format=format)
    fixed = {}
    for block in doc.blocks:
        if lines is not None and block.line not in lines:
            continue
        text = fix_typography(block.text, lang, straight_quotes=block.line in straight_quotes)
        if (text != block.text and len(text) == len(block.text)) or (
            text != block.text and not block.marks and not block.gaps
        ):
            fixed[block.id] = replace(block, text=text)
    return write_document(doc, fixed)


def with_references(run: Run, references: Mapping[str, Sequence[Path]]) -> Run:
    """A run with human translations of its documents as references.

    A reference has the structure of the document: blocks are paired by order. Where a block has as many sentences in the
    run as in every reference, they are paired one by one; else the segments of the block become one segment.

    Args:
        run: A run of `translate` or `check`.
        references: By path of a document, the files with its references; documents without any keep what they have.

    Raises:
        InputError: A file cannot be read.
        AlignmentError: A reference does not have the blocks of its document.
    """
    return replace(
        run,
        documents=tuple(
            _referenced(doc, references[doc.path]) if references.get(doc.path) else doc for doc in run.documents
        ),
    )


def _referenced(doc: RunDocument, files: Sequence[Path]) -> RunDocument:
    blocks: dict[str, list[Segment]] = {}
    for segment in doc.segments:
        blocks.setdefault(segment.id.rsplit(".s", 1)[0], []).append(segment)
    streams = []
    for file in files:
        ref = read_document(_bytes(file), path=str(file), format=doc.format)
        texts = [[b.text[s.start : s.end] for s in sentence_spans(b, doc.pair.target)] for b in ref.blocks]
        texts = [sentences for sentences in texts if sentences]
        if len(texts) != len(blocks):
            raise AlignmentError(
                f"{len(texts)} paragraphs, but {len(blocks)} in the run of {doc.path}",
                where=str(file),
                remedy="A reference needs each paragraph, heading and list item of the source at the same place",
            )
        streams.append(texts)
    targets = {t.segment_id: t for t in doc.translations}
    segments, translations, found = [], [], []
    # For each old segment: the id it goes by now, and where its source and target begin there.
    moved: dict[str, tuple[str, int, int]] = {}
    for i, block in enumerate(blocks.values()):
        refs = [stream[i] for stream in streams]
        if all(len(sentences) == len(block) for sentences in refs):
            segments += block
            translations += [targets[s.id] for s in block if s.id in targets]
            found += [tuple(texts) for texts in zip(*refs, strict=True)]
        else:
            segment, translation = _merged(block, targets, moved)
            segments.append(segment)
            translations.append(translation)
            found.append(tuple(" ".join(sentences) for sentences in refs))
    return replace(
        doc,
        segments=tuple(segments),
        translations=tuple(translations),
        findings=tuple(_moved(finding, moved) for finding in doc.findings),
        references=tuple(found),
    )


def _merged(
    block: Sequence[Segment], targets: Mapping[str, Translation], moved: dict[str, tuple[str, int, int]]
) -> tuple[Segment, Translation]:
    """The segments of a block as one, with a space between them; `moved` learns where each has gone."""
    sources: list[str] = []
    texts: list[str] = []
    terms: list[TermMatch] = []
    marks: list[Mark] = []
    target_marks: list[Mark] = []
    repairs: list[str] = []
    parts = [targets.get(segment.id, Translation(segment.id, "")) for segment in block]
    for segment, part in zip(block, parts, strict=True):
        left, right = sum(map(len, sources)) + len(sources), sum(map(len, texts)) + len(texts)
        moved[segment.id] = (block[0].id, left, right)
        terms += [replace(term, span=term.span.shift(left)) for term in segment.terms]
        marks += [replace(mark, span=mark.span.shift(left)) for mark in segment.marks]
        target_marks += [replace(mark, span=mark.span.shift(right)) for mark in part.marks]
        repairs += part.repairs
        sources.append(segment.source)
        texts.append(part.target)
    return (
        replace(block[0], source=" ".join(sources), marks=tuple(marks), terms=tuple(terms)),
        replace(
            parts[0],
            target=" ".join(texts),
            marks=tuple(target_marks),
            score=parts[0].score if len(parts) == 1 else None,
            estimate=parts[0].estimate if len(parts) == 1 else None,
            repairs=tuple(repairs),
            truncated=any(part.truncated for part in parts),
        ),
    )


def _moved(finding: Finding, moved: Mapping[str, tuple[str, int, int]]) -> Finding:
    place = moved.get(finding.segment_id or "")
    if place is None:
        return finding
    name, left, right = place
    return replace(
        finding,
        segment_id=name,
        source_span=None if finding.source_span is None else finding.source_span.shift(left),
        target_span=None if finding.target_span is None else finding.target_span.shift(right),
    )


def _bytes(path: Path) -> bytes:
    from mt_publish.errors import InputError

    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path), remedy="Check the name and the folder") from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path)) from error
