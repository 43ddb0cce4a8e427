"""The journey of an article: read → split → find terms → translate → join → check → one record.

The library's front door. The command line calls `translate_files`; a notebook may call `translate_text`,
`translate_document` or the steps themselves. Only `translate_files` touches the disk.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mt_publish.config import Settings
from mt_publish.errors import ConfigError, InputError, MtPublishError
from mt_publish.files import replace_file
from mt_publish.formats import read_document, write_document
from mt_publish.types import (
    LANGS,
    Block,
    Document,
    Entry,
    Finding,
    Lang,
    LangPair,
    Run,
    RunDocument,
    Segment,
    Severity,
    Span,
    TermMatch,
    Translation,
    other,
)

if TYPE_CHECKING:
    from mt_publish.glossary import Glossary, TermStatus
    from mt_publish.quality.checks.reading import TermProblem
    from mt_publish.quality.embedding import Embedder
    from mt_publish.translation.decode import Ahead, Quality
    from mt_publish.translation.engines import Engine


# --- the whole journey -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Translated:
    """What became of one document.

    Args:
        doc: The source document.
        pair: Language pair.
        output: The translated file's bytes.
        segments: Its sentences with their term matches.
        translations: Their translations, in the same order.
        findings: What to look at.
    """

    doc: Document
    pair: LangPair
    output: bytes
    segments: tuple[Segment, ...]
    translations: tuple[Translation, ...]
    findings: tuple[Finding, ...]


def translate_documents(
    docs: Sequence[tuple[Document, LangPair]],
    engine: Engine,
    *,
    glossary: Glossary | Callable[[], Glossary] | None = None,
    settings: Settings | None = None,
    progress: Callable[[int, int], None] | None = None,
    on_error: Callable[[Document, MtPublishError], None] | None = None,
) -> Iterator[Translated]:
    """Translates documents of one direction; each is given back as soon as its last sentence is done.

    Sentences of all documents flow through one stream, so that batches are full and equal sentences are decoded once.

    Args:
        docs: Documents with their language pairs; all pairs must have the same target.
        engine: From `make_engine`.
        glossary: From `make_glossary`, or what makes it, which is called while the engine decodes; None for none.
        settings: Quality, enforcement and checks; None for the defaults.
        progress: Called with (segments done, segments in all).
        on_error: Called for a document that cannot be written in its encoding; the others go on. None raises.
    """
    from mt_publish.translation.decode import begin_ahead
    from mt_publish.translation.segments import cut

    cfg = settings or _defaults()
    prepared = [(doc, pair, cut(doc, pair.source)) for doc, pair in docs]
    ahead = None
    try:
        sources = [segment.source for _, _, segments in prepared for segment in segments]
        if sources:
            ahead = begin_ahead(sources, engine, prepared[0][1].target, quality=_quality(cfg))
        if callable(glossary):
            glossary = glossary()
        yield from _translated(prepared, engine, glossary, cfg, progress, on_error, ahead)
    finally:
        if ahead is not None:
            ahead.cancel()


def _translated(
    cut_docs: Sequence[tuple[Document, LangPair, tuple[Segment, ...]]],
    engine: Engine,
    glossary: Glossary | None,
    cfg: Settings,
    progress: Callable[[int, int], None] | None,
    on_error: Callable[[Document, MtPublishError], None] | None,
    ahead: Ahead | None,
) -> Iterator[Translated]:
    from mt_publish.translation.decode import translate_segments

    prepared = [(doc, pair, _with_terms(segments, glossary, pair, cfg)) for doc, pair, segments in cut_docs]
    total = sum(len(segments) for _, _, segments in prepared)
    done = 0

    if progress is not None:
        progress(0, total)

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, total)

    for pair, group in _by_pair(prepared):
        rules = Rules(glossary, pair) if glossary is not None and cfg.glossary_enforce == "repair" else None
        stream = translate_segments(
            [segment for _, segments in group for segment in segments],
            engine,
            pair.target,
            rules=rules,
            quality=_quality(cfg),
            polish=_polisher(pair),
            progress=report,
            ahead=ahead,
        )
        for doc, segments in group:
            translations = tuple(next(stream) for _ in segments)
            if rules is not None:
                translations = document_pass(segments, translations, engine, pair, rules)
            try:
                finished = finish(doc, pair, segments, translations, glossary=glossary, settings=cfg)
            except MtPublishError as error:
                if on_error is None:
                    raise
                on_error(doc, error)
                continue
            yield finished


def _with_language(doc: Document, pair: LangPair, blocks: dict[str, Block]) -> tuple[Document, dict[str, Block]]:
    """For HTML, the document and blocks with the page's `lang` attributes turned into the target language."""
    from mt_publish.formats import html_lang_spans

    attributes = [
        Block(f"lang{i}", span, found, kind="attribute")
        for i, span in enumerate(html_lang_spans(doc))
        if (found := doc.text[span.start : span.end]).split("-")[0].lower() == pair.source
    ]
    if not attributes:
        return doc, blocks
    ordered = tuple(sorted((*doc.blocks, *attributes), key=lambda block: block.span))
    named = {attribute.id: replace(attribute, text=pair.target) for attribute in attributes}
    return replace(doc, blocks=ordered), {**blocks, **named}


def document_pass(
    segments: tuple[Segment, ...],
    translations: tuple[Translation, ...],
    engine: Engine,
    pair: LangPair,
    rules: Rules,
) -> tuple[Translation, ...]:
    """One name, one spelling: sentences that lost a name which the rest of the document copies are mended."""
    from mt_publish.translation.decode import mend_segments
    from mt_publish.translation.names import copied_names, lost_names

    lost = lost_names(segments, translations, copied_names(segments, translations, pair.source))
    if not lost:
        return translations
    so_far = [translations[number] for number in lost]
    mended = mend_segments(list(lost.values()), so_far, engine, pair.target, rules=rules, polish=_polisher(pair))
    out = list(translations)
    for number, translation in zip(lost, mended, strict=True):
        out[number] = translation
    return tuple(out)


def finish(
    doc: Document,
    pair: LangPair,
    segments: tuple[Segment, ...],
    translations: tuple[Translation, ...],
    *,
    glossary: Glossary | None = None,
    settings: Settings | None = None,
) -> Translated:
    """Joins translated sentences to a document and checks it."""
    from mt_publish.quality.checks import check_document
    from mt_publish.translation.segments import join

    cfg = settings or _defaults()
    blocks = join(doc, pair.source, {t.segment_id: t for t in translations})
    output = write_document(*_with_language(doc, pair, blocks))
    findings = check_document(
        segments,
        translations,
        pair,
        path=doc.path,
        term_problems=term_problems(segments, translations, glossary, pair),
        select=cfg.checks_select,
        ignore=cfg.checks_ignore,
    )
    findings += _structure_findings(doc, output)
    findings = unsilenced(doc, findings, cfg)
    return Translated(doc, pair, output, segments, translations, findings)


def unsilenced(doc: Document, findings: tuple[Finding, ...], cfg: Settings) -> tuple[Finding, ...]:
    """Findings without those that a comment in the document or the settings silence."""
    if not findings or not (cfg.checks_per_file_ignores or "mtp:" in doc.text):
        return findings
    from mt_publish.quality.ignores import drop_ignored, inline_ignores

    inline = inline_ignores(doc.text, doc.blocks, path=doc.path)
    return drop_ignored(findings, doc.path, inline=inline, blocks=doc.blocks, per_file=cfg.checks_per_file_ignores)


def translate_text(
    text: str,
    *,
    to: Lang,
    source: Lang | None = None,
    engine: Engine | None = None,
    glossary: Glossary | None = None,
    settings: Settings | None = None,
    format: str = "text",
) -> str:
    """The translation of a text.

    Args:
        text: Source text; line breaks and markup of `format` are kept.
        to: Target language.
        source: Source language; None to detect it.
        engine: None for the engine of `settings`.
        glossary: None for the glossaries of `settings`; `Glossary()` for none.
        settings: None for the defaults.
        format: "text", "markdown" or "html".

    Raises:
        InputError: The language cannot be told or is the target already.
    """
    cfg = settings or _defaults()
    doc = read_document(text.encode(), path="-", format=format)
    pair = LangPair(source or detect(doc, to), to)
    engine = engine or make_engine(cfg, pair)
    glossary = make_glossary(cfg) if glossary is None else glossary
    result = next(translate_documents([(doc, pair)], engine, glossary=glossary, settings=cfg))
    return result.output.decode(doc.encoding)


# --- files --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one input file: translated, left as it was, or failed.

    Args:
        path: The input as the user named it.
        target: Where the translation is, None for standard output or failure.
        translated: The translation; None when nothing was done.
        error: Why it failed; None when it did not.
        unchanged: True when the output was already there and up to date.
        seconds: Since the file before it was finished.
    """

    path: str
    target: Path | None
    translated: Translated | None = None
    error: MtPublishError | None = None
    unchanged: bool = False
    seconds: float = 0.0


def translate_files(
    inputs: Sequence[tuple[str, bytes | MtPublishError, Path | None]],
    *,
    to: Lang | None,
    settings: Settings,
    source: Lang | None = None,
    format: str | None = None,
    encoding: str | None = None,
    force: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
    ledger: Ledger | None = None,
    glossary: Glossary | Callable[[], Glossary] | None = None,
    load: Callable[..., Engine] | None = None,
) -> Iterator[FileResult]:
    """Translates files and writes each as soon as it is done.

    A file that cannot be read gives a result with an error and does not stop the others. An output that is there already
    and up to date is left alone; one that somebody edited is never overwritten without `force`.

    Args:
        inputs: (name, content or the error of reading it, output path or None for "do not write").
        to: Target language; None for "the other one" of each file.
        settings: Everything else.
        source: Source language; None to detect it for each file.
        format: Format of all inputs; None to go by name and look.
        encoding: Encoding of all inputs; None to find out.
        force: Overwrite edited and up-to-date outputs.
        dry_run: Read, split and find terms, but decode and write nothing.
        progress: Called with (segments done, segments in all).
        ledger: Remembers what was written; None to remember nothing.
        glossary: A glossary or what makes it; None for the glossaries of `settings`.
        load: Gives the engine for settings and pairs, called when there is something to translate; None for `make_engine`.

    Raises:
        ConfigError: Source and target are the same.
        ModelNotFoundError: The model is missing or does not translate this pair.
        GlossaryError: A glossary file is missing or broken.
    """
    if source is not None and source == to:
        raise _same_language(source)

    @functools.cache
    def made_glossary() -> Glossary:
        if glossary is None:
            return make_glossary(settings)
        return glossary() if callable(glossary) else glossary

    from mt_publish.translation.models import find_model

    found = find_model(settings.engine_model, offline=settings.engine_offline)
    model = f"{found.sha256()} {found.alignment}"

    def recipe(content: bytes, doc: Document, pair: LangPair) -> str:
        return _recipe(content, doc, pair, settings, made_glossary(), model)

    ready: list[tuple[str, Path | None, Document, LangPair, bytes]] = []
    for name, content, target in inputs:
        there = target is not None and ledger is not None and os.path.exists(target)
        if there:
            made_glossary()  # a glossary that cannot be read is no fault of this file
        try:
            if isinstance(content, MtPublishError):
                raise content
            doc = read_document(content, path=name, format=format, encoding=encoding)
            pair = language_pair(doc, source, to)
            if target is not None and ledger is not None and there:
                state = ledger.state(target, recipe(content, doc, pair))
                if state == "current" and not force:
                    yield FileResult(name, target, unchanged=True)
                    continue
                if not force:
                    _refuse_to_overwrite(state, name, target)
            ready.append((name, target, doc, pair, content))
        except MtPublishError as error:
            made_glossary()  # what is wrong with it is told whatever is wrong with a file
            yield FileResult(name, target, error=error)
    if dry_run:
        from mt_publish.translation.segments import cut

        for name, target, doc, pair, _ in ready:
            segments = _with_terms(cut(doc, pair.source), made_glossary(), pair, settings)
            yield FileResult(name, target, Translated(doc, pair, b"", segments, (), ()))
        return
    if not ready:
        return
    engine = (load or make_engine)(settings, *{pair for _, _, _, pair, _ in ready})
    # one target at a time; within it, files keep their order
    for lang in LANGS:
        mine = [item for item in ready if item[3].target == lang]
        if not mine:
            continue
        started = time.monotonic()
        inputs_of = {id(doc): (name, target, content) for name, target, doc, _, content in mine}
        failed: list[FileResult] = []
        for result in translate_documents(
            [(doc, pair) for _, _, doc, pair, _ in mine],
            engine,
            glossary=made_glossary,
            settings=settings,
            progress=progress,
            on_error=lambda doc, error: failed.append(FileResult(*inputs_of[id(doc)][:2], error=error)),  # noqa: B023
        ):
            name, target, content = inputs_of[id(result.doc)]
            try:
                if target is not None:
                    if ledger is not None:
                        key = recipe(content, result.doc, result.pair)
                        if not force:  # somebody may have saved it meanwhile
                            _refuse_to_overwrite(ledger.state(target, key), name, target)
                        # first, so that no interrupt leaves a file behind that looks like another's
                        ledger.record(target, key, result.output)
                    write_atomic(target, result.output)
            except MtPublishError as error:
                failed.append(FileResult(name, target, error=error))
                continue
            now = time.monotonic()
            yield FileResult(name, target, result, seconds=now - started)
            started = now
        yield from failed


def _refuse_to_overwrite(state: str, name: str, target: Path) -> None:
    """Raises InputError for an output that somebody else wrote or edited."""
    if state in ("edited", "foreign"):
        why = "was edited since mt-publish wrote it" if state == "edited" else "exists and is not from mt-publish"
        raise InputError(
            f"{target} {why}", where=name, remedy="Move it away, choose another -o, or overwrite it with --force"
        )


def write_atomic(path: Path, data: bytes) -> None:
    """Writes a file so that a reader sees the old or the new one whole, never a part; folders are made.

    Raises:
        InputError: The place cannot be written.
    """
    try:
        replace_file(path, data)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})", where=str(path), remedy="Choose another place with -o"
        ) from error


class Ledger:
    """Remembers which outputs mt-publish wrote, from what, so that work is not done twice and edits are not lost.

    A JSON file ``.mt-publish/outputs.json``; losing it costs time, never text. Runs at the same time may share it.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "outputs.json"
        self._entries: dict[str, dict[str, str]] | None = None

    def _load(self) -> dict[str, dict[str, str]]:
        import json

        if self._entries is None:
            try:
                found = json.loads(self.path.read_text("utf-8"))
                self._entries = {k: dict(v) for k, v in found.items()}
            except (OSError, ValueError, AttributeError, TypeError):
                self._entries = {}
        return self._entries

    def state(self, target: Path, key: str) -> str:
        """ "new", "current" (same recipe, untouched), "stale" (ours, other recipe), "edited" or "foreign"."""
        # a device or a pipe has nothing to lose
        if not os.path.exists(target) or not (target.is_file() or target.is_dir()):
            return "new"
        known = self._load().get(str(target.resolve()))
        if known is None:
            return "foreign"
        try:
            digest = hashlib.sha256(target.read_bytes()).hexdigest()
        except OSError:
            return "foreign"
        if digest == known.get("output"):
            return "current" if known.get("recipe") == key else "stale"
        # "before": the run that noted the new output was interrupted before it wrote it
        return "stale" if digest == known.get("before") else "edited"

    def knows(self, path: Path) -> bool:
        """Whether mt-publish once wrote to `path`."""
        return str(path.resolve()) in self._load()

    def record(self, target: Path, key: str, output: bytes) -> None:
        """Notes that `output`, made by the recipe `key`, is about to be written to `target`."""
        import json

        name, digest = str(target.resolve()), hashlib.sha256(output).hexdigest()
        # a ledger that cannot be written costs time at the next run; the translation itself is not held back
        with contextlib.suppress(OSError, InputError), _locked(self.path.with_suffix(".lock")):
            self._entries = None  # another run may have written since
            entries = self._load()
            entry = {"recipe": key, "output": digest}
            if os.path.exists(target) and self.state(target, key) in ("current", "stale"):
                entry["before"] = hashlib.sha256(target.read_bytes()).hexdigest()
            entries[name] = entry
            write_atomic(self.path, json.dumps(entries, indent=1, sort_keys=True).encode())


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Holds a lock that runs at the same time respect; where the system has none, goes on without."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            import fcntl
        except ImportError:
            pass
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _recipe(content: bytes, doc: Document, pair: LangPair, settings: Settings, glossary: Glossary, model: str) -> str:
    """Hash over everything that decides on the output."""
    import mt_publish

    parts = (
        hashlib.sha256(content).hexdigest(),
        doc.format,
        doc.encoding,
        str(pair),
        model,
        glossary.sha256,
        settings.engine_kind,
        settings.engine_compute_type,
        settings.engine_quality,
        settings.glossary_enforce,
        mt_publish.__version__,
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


# --- parts --------------------------------------------------------------------------------------------------------------


def make_engine(settings: Settings, *pairs: LangPair) -> Engine:
    """The engine of `settings`, able to translate `pairs`.

    Raises:
        ModelNotFoundError: The model is missing or does not translate one of the pairs.
    """
    from mt_publish.translation.engines import load_engine
    from mt_publish.translation.models import find_model

    model = find_model(settings.engine_model, *pairs, offline=settings.engine_offline)
    return load_engine(
        model,
        kind=settings.engine_kind,  # type: ignore[arg-type]  # checked by config.CHOICES
        compute_type=settings.engine_compute_type,
        threads=settings.engine_threads or None,
        shortlist=settings.engine_quality != "best",
    )


def shipped_glossaries() -> tuple[Path, ...]:
    """The glossary files that come with mt-publish, the most specific first."""
    here = Path(__file__).resolve().parent
    folder = here / "data" / "glossaries"
    if not folder.is_dir():
        folder = here.parent / "glossaries"  # a source checkout
    return tuple(p for name in ("news", "institutions", "countries") if (p := folder / f"{name}.de-en.csv").is_file())


def make_glossary(settings: Settings) -> Glossary:
    """The glossary of `settings`: the user's files first, then the shipped ones; an earlier entry wins.

    Raises:
        GlossaryError: A file is missing or a row broken.
    """
    from mt_publish.glossary import Glossary, read_glossary
    from mt_publish.glossary.files import parse_glossary, read_text

    if settings.glossary_enforce == "off":
        return Glossary()
    own = [entry for name in settings.glossary_files for entry in read_glossary(Path(name))]
    # shipped rows are named by file, not by where this installation happens to lie: runs are compared across machines
    files = shipped_glossaries() if settings.glossary_shipped else ()
    rows = [row for path in files for row in parse_glossary(read_text(path), path.name)]
    shipped = [row for row in rows if isinstance(row, Entry)]
    # A row of the user takes the place of a shipped one for the same name altogether, so that its rendering alone is right;
    # shipped ones that only go by such a name, too, lose it (`own`).
    taken = {lang: {name for e in own for name in (e.name(lang), *e.aliases(lang))} for lang in LANGS}
    shipped = [e for e in shipped if not any(e.name(lang) in taken[lang] for lang in LANGS)]
    return Glossary([*own, *shipped], own=len(own))


def language_pair(doc: Document, source: Lang | None, to: Lang | None) -> LangPair:
    """The pair to translate `doc` in: what is given, the rest detected.

    Raises:
        ConfigError: Source and target are the same.
        InputError: The language cannot be told, or the document is in the target language already.
    """
    if source is not None and source == to:
        raise _same_language(source)
    if source is None:
        source = detect(doc, to)
    return LangPair(source, to or other(source))


def _same_language(lang: Lang) -> ConfigError:
    return ConfigError(f"source and target are both {lang!r}", remedy="Give two languages, or leave --from out")


def detect(doc: Document, to: Lang | None) -> Lang:
    """The language of a document.

    Raises:
        InputError: It cannot be told, is neither German nor English, or is the target language.
    """
    from mt_publish.text import detect_language

    sample = ""
    for block in doc.blocks:
        sample += block.text + "\n"
        if len(sample) > 5000:
            break
    found = detect_language(sample)
    if found.lang is None:
        if not any(c.isalpha() for c in sample):
            return "en" if to == "de" else "de"  # nothing to translate: any source will do
        what = (
            f"looks like {found.other!r}, not German or English"
            if found.other
            else "is too short or mixed to tell its language"
        )
        raise InputError(what, where=doc.path, remedy="Name the source language with --from de or --from en")
    if found.lang == to:
        name = {"de": "German", "en": "English"}[found.lang]
        raise InputError(
            f"is {name} already",
            where=doc.path,
            remedy=f"Translate it with --to {'en' if to == 'de' else 'de'}, or name --from",
        )
    return found.lang


class Rules:
    """The glossary's knowledge for one pair, as the term ladder wants it (`mt_publish.translation.terms.TermRules`)."""

    def __init__(self, glossary: Glossary, pair: LangPair) -> None:
        from mt_publish import glossary as g

        self._g, self._glossary, self._pair = g, glossary, pair

    def prepare(self) -> None:
        self._glossary.index(LangPair(self._pair.target, self._pair.source))
        _compile_checks(self._pair)
        self.similarity("", "")  # its library is imported

    def verify(self, target: str, matches: Sequence[TermMatch]) -> tuple[TermStatus, ...]:
        from mt_publish.translation.numerals import calendar_said

        # A right sentence may have them in more ways than forms can list: Sonntagsspiel, "am Black Friday".
        return tuple(
            replace(status, spans=(), problem="")
            if status.problem and calendar_said(status.match, target, self._pair)
            else status
            for status in self._g.verify_terms(target, matches, self._pair)
        )

    def foreign(self, target: str, source: str, matches: Sequence[TermMatch]) -> tuple[str, ...]:
        found = self._g.foreign_terms(target, source, matches, self._glossary, self._pair)
        return tuple(dict.fromkeys(name.surface for name in found))

    def realise(self, match: TermMatch, *, before: str, after: str, replaced: str) -> str:
        return self._g.realise(match, self._pair, before=before, after=after, replaced=replaced)

    def variants(self, match: TermMatch) -> tuple[str, ...]:
        return self._g.variants(match, self._pair)

    def similarity(self, a: str, b: str) -> float:
        return self._g.similarity(a, b)

    def threshold(self, length: int) -> float:
        return self._g.threshold(length)

    def fix_articles(self, text: str, span: Span) -> str:
        return self._g.fix_articles(text, span) if self._pair.target == "en" else text


@functools.cache
def _compile_checks(pair: LangPair) -> None:
    """Has the patterns of the checks compiled, by checking a sentence."""
    from mt_publish.quality.checks import check_segment

    texts = {"de": "Am 3. Mai kamen zwei Leute.", "en": "Two people came on 3 May."}
    check_segment(Segment("", texts[pair.source]), Translation("", texts[pair.target]), pair)


def term_problems(
    segments: Sequence[Segment], translations: Sequence[Translation], glossary: Glossary | None, pair: LangPair
) -> Mapping[str, Sequence[TermProblem]]:
    """By segment id, the glossary mentions that are not as they should be."""
    from mt_publish.glossary import foreign_terms, verify_terms
    from mt_publish.quality.checks.reading import TermProblem

    if glossary is None:
        return {}
    problems: dict[str, list[TermProblem]] = {}
    for segment, translation in zip(segments, translations, strict=True):
        found = []
        for status in verify_terms(translation.target, segment.terms, pair):
            if status.problem:
                found.append(
                    TermProblem(
                        status.problem,
                        status.match.surface,
                        status.match.target,
                        status.match.span,
                        status.spans[0] if status.spans else None,
                        status.match.enforce,
                    )
                )
        for name in foreign_terms(translation.target, segment.source, segment.terms, glossary, pair):
            found.append(TermProblem("extra", "", name.surface, None, name.span))
        if found:
            problems[segment.id] = found
    return problems


def make_run(results: Sequence[FileResult], settings: Settings, glossary: Glossary, *, seconds: float) -> Run:
    """The record of a translation: what went in, with what, what came out, what to look at."""
    from datetime import UTC, datetime

    import mt_publish

    documents = tuple(
        RunDocument(
            path=r.path,
            output=str(r.target) if r.target else None,
            format=r.translated.doc.format,
            pair=r.translated.pair,
            sha256=hashlib.sha256(r.translated.doc.text.encode("utf-8", "surrogateescape")).hexdigest(),
            segments=r.translated.segments,
            translations=r.translated.translations,
            findings=r.translated.findings,
        )
        for r in results
        if r.translated is not None
    )
    from mt_publish.translation.models import find_model

    model = find_model(settings.engine_model, offline=settings.engine_offline)
    manifest: dict[str, object] = {
        "mt_publish": mt_publish.__version__,
        "model": {"name": model.name, "sha256": model.sha256()},
        "glossary": {"sha256": glossary.sha256, "entries": len(glossary)},
        "settings": {k: list(v) if isinstance(v, tuple) else v for k, v in settings.as_dict().items()},
    }
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    digest = hashlib.sha256("".join(d.sha256 for d in documents).encode()).hexdigest()[:8]
    return Run(f"{stamp}-{digest}", "translate", manifest, documents, timings={"total": round(seconds, 3)})


def estimate_run(
    run: Run,
    settings: Settings,
    glossary: Glossary,
    *,
    engine: Engine | None = None,
    embedder: Embedder | None = None,
) -> Run:
    """The run with the estimated quality of every translation, and what follows for all of them (`qe.mean` …).

    Args:
        run: The run; the signature of the new scores says how they were estimated.
        settings: Name the engine.
        glossary: Tells what is wrong with names.
        engine: The engine of `settings`, if it is loaded already.
        embedder: From `quality.embedding.load_embedder`, to estimate with a sentence embedding as well.

    Raises:
        EvaluationError: The weights have no variant for this engine and embedder.
        ModelNotFoundError: The model is missing or does not translate one of the pairs.
    """
    from mt_publish.quality.estimation import estimate_scores, estimate_segments, shipped_estimator

    if not run.documents:
        return run
    engine = engine or make_engine(settings, *{doc.pair for doc in run.documents})
    documents: list[RunDocument] = []
    found: list[float | None] = []
    for doc in run.documents:
        by_id = {t.segment_id: t for t in doc.translations}
        segments = tuple(s for s in doc.segments if s.id in by_id)
        translations = tuple(by_id[s.id] for s in segments)
        problems = term_problems(segments, translations, glossary, doc.pair)
        estimates = estimate_segments(
            segments, translations, doc.pair, engine, embedder=embedder, term_problems=problems
        )
        found += estimates
        given = dict(zip((s.id for s in segments), estimates, strict=True))
        translated = tuple(replace(t, estimate=given.get(t.segment_id)) for t in doc.translations)
        documents.append(replace(doc, translations=translated))
    # one engine has one variant: a model of one direction translates one pair
    signature = shipped_estimator().signature(run.documents[0].pair, engine, embedder)
    scores = estimate_scores(found, signature=signature)
    others = tuple(score for score in run.scores if not score.name.startswith("qe."))
    return replace(run, documents=tuple(documents), scores=(*others, *scores))


def _quality(cfg: Settings) -> Quality:
    return cfg.engine_quality  # type: ignore[return-value]  # checked by config.CHOICES


def _defaults() -> Settings:
    from mt_publish.config import defaults

    return defaults()


def _with_terms(
    segments: tuple[Segment, ...], glossary: Glossary | None, pair: LangPair, cfg: Settings
) -> tuple[Segment, ...]:
    if glossary is None or not len(glossary):
        return segments
    from mt_publish.glossary import find_terms

    found = find_terms(segments, glossary, pair)
    if cfg.glossary_enforce == "check":
        found = tuple(replace(s, terms=tuple(replace(t, enforce="check") for t in s.terms)) for s in found)
    return tuple(found)


def _by_pair(
    prepared: Sequence[tuple[Document, LangPair, tuple[Segment, ...]]],
) -> Iterator[tuple[LangPair, list[tuple[Document, tuple[Segment, ...]]]]]:
    for pair in sorted({pair for _, pair, _ in prepared}):
        yield pair, [(doc, segments) for doc, own, segments in prepared if own == pair]


def _polisher(pair: LangPair) -> Callable[[str, str], str]:
    from mt_publish.quality.checks.typography import WRITTEN_SMALL, fix_typography

    def polish(source: str, target: str) -> str:
        # straight quotes of the model become typographic ones where the source has typographic ones
        text = fix_typography(target, pair.target, straight_quotes=any(c in source for c in "„“”«»‚‘"))
        first = text.split(" ")[0]
        name = first.rstrip(".,:;").removesuffix("'s").removesuffix("’s")
        small = any(c.isupper() for c in first) or name in WRITTEN_SMALL  # eBay, dpa
        if source[:1].isupper() and text[:1].islower() and not small:
            text = text[0].upper() + text[1:]  # "Jahr" in a table is "Year"
        return text

    return polish


def _structure_findings(doc: Document, output: bytes) -> tuple[Finding, ...]:
    """The safety net: the output is read again, and what its structure lost is an error."""
    from mt_publish.formats import check_structure

    return tuple(
        Finding("MTP203", Severity.ERROR, None, message, path=doc.path) for message in check_structure(doc, output)
    )
