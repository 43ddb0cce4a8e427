"""Evaluation of translations against references: files, folders paired by path, or a run, in; a scored Run, out."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from mt_publish.errors import AlignmentError, ConfigError, EvaluationError
from mt_publish.quality.metrics import (
    DEFAULT_METRICS,
    Scorer,
    SegmentStatistics,
    check_lines,
    known_metrics,
    scores_from_statistics,
    sentence_scores,
)
from mt_publish.quality.term_scores import run_term_scores, term_scores
from mt_publish.types import Finding, LangPair, MetricScore, Run, RunDocument, Segment, TermMatch, Translation

PathLike = str | os.PathLike[str]
FindTerms = Callable[[str], Sequence[TermMatch]]
"""Gives the glossary mentions in a source sentence; what `glossary` offers, passed in by the caller."""
Check = Callable[[RunDocument], Iterable[Finding]]
"""Gives the findings of the checks on a document, passed in by the caller."""
Breakdown = Literal["document", "length", "term-type"]

_LENGTHS = ((1, 10), (11, 20), (21, 30), (31, 10**9))


def evaluate_files(
    hyp: PathLike,
    ref: PathLike | Sequence[PathLike],
    src: PathLike | None = None,
    *,
    pair: LangPair,
    metrics: Iterable[str] = DEFAULT_METRICS,
    confidence: bool = False,
    n: int = 1000,
    seed: int = 12345,
    allow_empty: bool = False,
    find_terms: FindTerms | None = None,
    check: Check | None = None,
    checked: Sequence[str] = (),
    now: datetime | None = None,
) -> Run:
    """Scores a file of hypotheses, one a line, or a folder of such files paired with references by relative path.

    Args:
        hyp: File or folder of hypotheses.
        ref: File or folder of references; several for multiple references.
        src: File or folder of sources, if any; terms and checks need it.
        pair: Languages.
        metrics: Names from `metrics.METRICS`; "terms" among them is accepted and needs `find_terms` and `src`.
        confidence: Add 95 % bootstrap intervals.
        n: Bootstrap resamples.
        seed: Seed of the resampling.
        allow_empty: Score empty hypotheses instead of refusing them.
        find_terms: Glossary matcher.
        check: The checks.
        checked: Codes or prefixes of the rules that `check` looks at, for the manifest; empty means all.
        now: Time for the run's id; None for the clock.

    Returns:
        A run with scores, findings, and sentence scores in `manifest["segment_scores"]`. `manifest["warnings"]` says
        what looks wrong about the input (reference or source copied, references without a translation).

    Raises:
        AlignmentError: Unequal numbers of lines or files without a partner.
        EvaluationError: Nothing to score, an empty line, or swapped files.
        ConfigError: Unknown metric, or "terms" without a glossary or source.
    """
    refs = [ref] if isinstance(ref, str | os.PathLike) else list(ref)
    if not refs:
        raise EvaluationError("there is no reference to score against", remedy="Give at least one reference")
    wanted = list(metrics)
    if "terms" in wanted and (find_terms is None or src is None):
        raise ConfigError("term metrics need a glossary and the source", remedy="Give --glossary and --src")
    start = time.perf_counter()
    documents: list[RunDocument] = []
    warnings = [*_untranslated_files(Path(hyp), [Path(path) for path in (*refs, *([src] if src is not None else []))])]
    for name, files in _paired_files(hyp, refs, src):
        hyp_lines, *ref_lines = [read_lines(path) for path in (files.hyp, *files.refs)]
        sources = read_lines(files.src) if files.src is not None else None
        names = [str(path) for path in (files.hyp, *files.refs, *([files.src] if files.src else []))]
        streams = [hyp_lines, *ref_lines, *([sources] if sources is not None else [])]
        blank = _blank_everywhere(streams)
        # to the checks a line that parts paragraphs in all files is as good as a full one; line numbers stay those of the files
        marked = [["-" if i in blank else line for i, line in enumerate(lines)] for lines in streams]
        warnings += check_lines(
            marked[0],
            marked[1 : len(ref_lines) + 1],
            sources=marked[-1] if sources is not None else None,
            pair=pair,
            allow_empty=allow_empty,
            names=names,
        )
        documents.append(_document(name, files, hyp_lines, ref_lines, sources, pair, find_terms, blank))
    read = time.perf_counter() - start
    run = Run(
        id="",
        command="evaluate",
        manifest={
            "hypothesis": os.fspath(hyp),
            "references": [os.fspath(path) for path in refs],
            "source": None if src is None else os.fspath(src),
            "warnings": warnings,
        },
        documents=tuple(documents),
        timings={"read": read},
    )
    return evaluate_run(
        run,
        metrics=wanted,
        confidence=confidence,
        n=n,
        seed=seed,
        check=check,
        checked=checked,
        terms=find_terms is not None and src is not None,
        now=now,
    )


def evaluate_run(
    run: Run,
    *,
    metrics: Iterable[str] = DEFAULT_METRICS,
    references: Mapping[str, Sequence[Sequence[str]]] | None = None,
    confidence: bool = False,
    n: int = 1000,
    seed: int = 12345,
    check: Check | None = None,
    checked: Sequence[str] = (),
    terms: bool | None = None,
    now: datetime | None = None,
) -> Run:
    """Scores the translations of a run against the references it carries, or against others.

    Args:
        run: The run, for instance one of `translate`.
        metrics: Names from `metrics.METRICS`; "terms" is accepted and changes nothing, see `terms`.
        references: By document path, the references of each segment in the order of the segments.
        confidence: Add 95 % bootstrap intervals.
        n: Bootstrap resamples.
        seed: Seed of the resampling.
        check: The checks; None keeps the findings that the run has.
        checked: What `check` looks at, for the manifest.
        terms: Whether a glossary was applied, so that term metrics mean something; None to read
            it off the manifest and the mentions.
        now: Time for the new run's id; None for the clock.

    Returns:
        A new run with the command "evaluate"; segments without a reference are left out of the scores. Estimates
        without references (qe.mean …) are kept as they are: the translations are the same.

    Raises:
        EvaluationError: No segment has a reference.
        AlignmentError: References that do not fit the segments.
    """
    names = known_metrics(name for name in metrics if name != "terms")
    documents = tuple(_with_references(doc, references) for doc in run.documents)
    start = time.perf_counter()
    hyps, refs, places = scored_segments(documents)
    if not hyps:
        raise EvaluationError("no segment has a reference", remedy="Check that paths and segment ids match")
    statistics = Scorer(refs, metrics=names).statistics(hyps)
    scores = scores_from_statistics(statistics.values(), confidence=confidence, n=n, seed=seed)
    timings = {**run.timings, "score": time.perf_counter() - start}
    manifest: dict[str, object] = {
        **run.manifest,
        **_versions(),
        "metrics": list(names),
        "seed": seed,
        "resamples": n if confidence else 0,
        "segment_scores": _scores_by_document(statistics, documents, places),
    }
    if check is not None:
        start = time.perf_counter()
        documents = tuple(replace(doc, findings=tuple(check(doc))) for doc in documents)
        timings["check"] = time.perf_counter() - start
        manifest["checks"] = list(checked) or True
    elif run.command in ("translate", "check"):
        # The new run is an evaluation; what the old one checked stays checked.
        manifest.setdefault("checks", True)
    scored = replace(run, documents=documents)
    term_results = run_term_scores(scored) if terms is None else term_scores(documents, searched=terms)
    return Run(
        id=run_id(documents, now),
        command="evaluate",
        manifest=manifest,
        documents=documents,
        scores=(*scores, *term_results, *(score for score in run.scores if score.name.startswith("qe."))),
        timings=timings,
    )


def breakdown(
    run: Run,
    by: Breakdown,
    *,
    metrics: Iterable[str] = DEFAULT_METRICS,
    confidence: bool = False,
    n: int = 1000,
    seed: int = 12345,
) -> tuple[tuple[str, tuple[MetricScore, ...]], ...]:
    """Corpus scores of parts of a run.

    Args:
        run: A run with references.
        by: "document"; "length" (words of the source, or of the reference without one); "term-type" (segments that
            mention a term of the type; one segment may count in several).
        metrics: Names from `metrics.METRICS`.
        confidence: Add 95 % bootstrap intervals; a part of fewer than two segments has none.
        n: Bootstrap resamples.
        seed: Seed of the resampling.

    Returns:
        (name of the part, its scores), largest parts last for "length", else by name. Where a glossary was applied the
        last score is terms.accuracy, for "term-type" over the mentions of that type only.

    Raises:
        EvaluationError: No segment has a reference.
        ConfigError: No such way to split, or an unknown metric.
    """
    searched = bool(run_term_scores(run))
    hyps, refs, places = scored_segments(run.documents)
    if not hyps:
        raise EvaluationError("no segment has a reference")
    statistics = Scorer(refs, metrics=metrics).statistics(hyps)
    groups: dict[str, list[int]] = {}
    if by == "length":
        groups = {_length_name(low, high): [] for low, high in _LENGTHS}
    for row, (doc_index, index) in enumerate(places):
        doc = run.documents[doc_index]
        segment = doc.segments[index]
        if by == "document":
            keys = [doc.path]
        elif by == "length":
            words = len((segment.source or doc.references[index][0]).split())
            keys = [_length_name(low, high) for low, high in _LENGTHS if max(words, 1) in range(low, high + 1)]
        elif by == "term-type":
            keys = sorted({term.entry.type for term in segment.terms}) or ["no term"]
        else:
            raise ConfigError(f"scores cannot be split by {by!r}", remedy="Use document, length or term-type")
        for key in keys:
            groups.setdefault(key, []).append(row)
    parts = groups.items() if by == "length" else sorted(groups.items())
    return tuple(
        (
            key,
            (
                *scores_from_statistics(
                    [
                        SegmentStatistics(stats.metric, stats.rows[rows], stats.signature)
                        for stats in statistics.values()
                    ],
                    confidence=confidence and len(rows) > 1,
                    n=n,
                    seed=seed,
                ),
                *(
                    _accuracy(run.documents, {places[row] for row in rows}, key if by == "term-type" else "")
                    if searched
                    else ()
                ),
            ),
        )
        for key, rows in parts
        if rows
    )


def _accuracy(documents: Sequence[RunDocument], kept: Set[tuple[int, int]], term_type: str) -> tuple[MetricScore, ...]:
    """Term accuracy over the kept (document, segment) indices; of one type of term, or of all for ""."""
    enforced = {term.enforce for doc in documents for segment in doc.segments for term in segment.terms}
    counted = "repair" if "repair" in enforced else "check"  # as `term_scores` does for the whole run
    parts = []
    for at, doc in enumerate(documents):
        segments = tuple(
            replace(s, terms=tuple(t for t in s.terms if t.enforce == counted and term_type in ("", t.entry.type)))
            for i, s in enumerate(doc.segments)
            if (at, i) in kept
        )
        ids = {segment.id for segment in segments}
        translations = tuple(t for t in doc.translations if t.segment_id in ids)
        parts.append(replace(doc, segments=segments, translations=translations, references=(), findings=()))
    if not any(segment.terms for doc in parts for segment in doc.segments):
        return ()
    return tuple(score for score in term_scores(parts, searched=True) if score.name == "terms.accuracy")


def testset_files(name: str, pair: LangPair) -> tuple[Path, tuple[Path, ...]]:
    """Source and reference files of one of sacreBLEU's named test sets, fetched by sacreBLEU when not yet there.

    Raises:
        ConfigError: sacreBLEU knows no such test set, or not in these languages.
        EvaluationError: The test set cannot be fetched.
    """
    from difflib import get_close_matches

    from sacrebleu.utils import (
        get_available_testsets,
        get_available_testsets_for_langpair,
        get_langpairs_for_testset,
        get_reference_files,
        get_source_file,
    )

    if name not in get_available_testsets():
        close = get_close_matches(name, get_available_testsets(), 1)
        raise ConfigError(
            f"sacreBLEU has no test set {name!r}",
            remedy=f"Did you mean {close[0]}?" if close else "See sacrebleu --list",
        )
    if str(pair) not in get_langpairs_for_testset(name):
        others = get_close_matches(name, get_available_testsets_for_langpair(str(pair)), 3, 0)
        raise ConfigError(
            f"the test set {name} has no {pair}", remedy=f"Test sets that have it: {', '.join(others)} and more"
        )
    try:
        with _quiet_sacrebleu():
            return Path(get_source_file(name, str(pair))), tuple(Path(p) for p in get_reference_files(name, str(pair)))
    # sacreBLEU ends the program (SystemExit) where a download or checksum fails, and lets all other errors through.
    except (Exception, SystemExit) as error:
        why = "there is no network" if _is_offline(error) else _reason(error)
        raise EvaluationError(
            f"the test set {name} cannot be fetched: {why}",
            remedy="Fetch it once where there is a network, or give the files with --src and --ref",
        ) from error


def local_testset(path: Path, folder: Path) -> tuple[Path, tuple[Path, ...]]:
    """Source and references of a local test set: a line for each segment, source and references parted by tabs.

    Args:
        path: The file.
        folder: Where to write the source and each stream of references, as files with one segment a line.

    Raises:
        EvaluationError: The file cannot be read, is empty, or a line has another number of columns than the first.
    """
    lines = read_lines(path)
    rows = [line.split("\t") for line in lines]
    width = len(rows[0]) if rows else 0
    for number, row in enumerate(rows, 1):
        if len(row) < 2 or len(row) != width:
            found = f"{len(row)} column{'' if len(row) == 1 else 's'}"
            raise EvaluationError(
                f"the line has {found}{f', the first has {width}' if width > 1 else ''}",
                where=f"{path}:{number}",
                remedy="A test set has a source, a tab and a reference a line, and further references after further tabs",
            )
    if not rows:
        raise EvaluationError("there are no segments to score", where=os.fspath(path))
    names = ["source", *(f"reference{k}" for k in range(1, width))]
    files = [folder / f"{path.name}.{name}" for name in names]
    for file, column in zip(files, zip(*rows, strict=True), strict=True):
        file.write_text("".join(f"{text}\n" for text in column), encoding="utf-8")
    return files[0], tuple(files[1:])


@contextlib.contextmanager
def _quiet_sacrebleu() -> Iterator[None]:
    """What sacreBLEU logs about a download that fails is said once, by the error."""
    logger = logging.getLogger("sacrebleu")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _is_offline(error: BaseException) -> bool:
    """Whether the reason is that no server was reached: anything of urllib but an answer of the server."""
    from urllib.error import HTTPError, URLError

    return isinstance(error, URLError) and not isinstance(error, HTTPError)


def _reason(error: BaseException) -> str:
    return "the download is broken" if isinstance(error, SystemExit) else str(error) or type(error).__name__


def read_lines(path: PathLike) -> list[str]:
    """The lines of a text file, split at line breaks only (as sacreBLEU reads them), without the breaks.

    Raises:
        EvaluationError: The file cannot be read or is not UTF-8.
    """
    where = os.fspath(path)
    try:
        with open(path, encoding="utf-8-sig") as file:
            return [line.rstrip("\n") for line in file]
    except OSError as error:
        raise EvaluationError(f"the file cannot be read: {error.strerror}", where=where) from error
    except UnicodeDecodeError as error:
        line = _line_of_byte(where, error.start)
        raise EvaluationError("the file is not UTF-8 text", where=f"{where}:{line}") from error


def _blank_everywhere(streams: Sequence[Sequence[str]]) -> frozenset[int]:
    """Indices of the lines that are blank in every file: they part paragraphs and are no segments."""
    if len({len(lines) for lines in streams}) != 1:
        return frozenset()
    return frozenset(i for i, row in enumerate(zip(*streams, strict=True)) if not any(line.strip() for line in row))


def scored_segments(
    documents: Sequence[RunDocument],
) -> tuple[list[str], list[list[str | None]], list[tuple[int, int]]]:
    """The segments that have a reference: (hypotheses, reference streams, (document, segment) index of each)."""
    hyps: list[str] = []
    rows: list[tuple[str, ...]] = []
    places: list[tuple[int, int]] = []
    for doc_index, doc in enumerate(documents):
        targets = {t.segment_id: t.target for t in doc.translations}
        for index, (segment, refs) in enumerate(zip(doc.segments, doc.references, strict=False)):
            if refs:
                hyps.append(targets.get(segment.id, ""))
                rows.append(refs)
                places.append((doc_index, index))
    width = max((len(refs) for refs in rows), default=0)
    return hyps, [[refs[k] if k < len(refs) else None for refs in rows] for k in range(width)], places


def run_id(documents: Sequence[RunDocument], now: datetime | None = None) -> str:
    """A sortable, unique id: UTC time to the second, and a hash of the content."""
    now = datetime.now(UTC) if now is None else now.astimezone(UTC)
    digest = hashlib.sha256()
    for doc in documents:
        digest.update(f"{doc.path}\0{doc.sha256}\0".encode("utf-8", "surrogatepass"))
        for translation in doc.translations:
            digest.update(f"{translation.target}\0".encode("utf-8", "surrogatepass"))
    return f"{now:%Y%m%dT%H%M%SZ}-{digest.hexdigest()[:10]}"


@dataclass(frozen=True, slots=True)
class _Files:
    hyp: Path
    refs: tuple[Path, ...]
    src: Path | None


def _paired_files(hyp: PathLike, refs: Sequence[PathLike], src: PathLike | None) -> list[tuple[str, _Files]]:
    """(document path, its files); folders are paired by relative path, hidden files left out."""
    root = Path(hyp)
    others = [Path(path) for path in (*refs, *([src] if src is not None else []))]
    for path in others:
        if path.exists() and root.exists() and path.is_dir() != root.is_dir():
            raise AlignmentError(f"{root} and {path} must both be files or both be folders")
    if not root.is_dir():
        return [(os.fspath(hyp), _Files(root, tuple(map(Path, refs)), None if src is None else Path(src)))]
    names = _names_in(root)
    if not names:
        raise EvaluationError("the folder has no files", where=str(root))
    for folder in others:
        missing = [name for name in names if not (folder / name).is_file()]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise AlignmentError(
                f"{folder} has no file {missing[0].as_posix()}{more}",
                where=str(root),
                remedy="Both need the same paths",
            )
    return [
        (
            name.as_posix(),
            _Files(root / name, tuple(Path(r) / name for r in refs), None if src is None else Path(src) / name),
        )
        for name in names
    ]


def _names_in(folder: Path) -> list[Path]:
    """Relative paths of the files in a folder, hidden ones left out."""
    return sorted(
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _untranslated_files(root: Path, others: Sequence[Path]) -> Iterator[str]:
    """A warning for each folder of references or sources that has files which the translations lack."""
    for folder in dict.fromkeys(others):
        if root.is_dir() and folder.is_dir():
            lacking = sorted({*_names_in(folder)} - {*_names_in(root)})
            if lacking:
                more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
                yield f"{root} has no file {lacking[0].as_posix()}{more}, which {folder} has: not scored"


def _document(
    name: str,
    files: _Files,
    hyps: Sequence[str],
    refs: Sequence[Sequence[str]],
    sources: Sequence[str] | None,
    pair: LangPair,
    find_terms: FindTerms | None,
    blank: frozenset[int] = frozenset(),
) -> RunDocument:
    segments = []
    kept = [i for i in range(len(hyps)) if i not in blank]
    for i in kept:
        source = sources[i] if sources is not None else ""
        terms = tuple(find_terms(source)) if find_terms is not None and source else ()
        segments.append(Segment(id=f"l{i + 1}", source=source, terms=terms, line=i + 1))
    return RunDocument(
        path=name,
        output=os.fspath(files.hyp),
        format="text",
        pair=pair,
        sha256=hashlib.sha256((files.src or files.hyp).read_bytes()).hexdigest(),
        segments=tuple(segments),
        translations=tuple(Translation(f"l{i + 1}", hyps[i]) for i in kept),
        findings=(),
        references=tuple(tuple(lines[i] for lines in refs) for i in kept),
    )


def _with_references(doc: RunDocument, references: Mapping[str, Sequence[Sequence[str]]] | None) -> RunDocument:
    found = None if references is None else references.get(doc.path)
    if found is None:
        return doc
    if len(found) != len(doc.segments):
        raise AlignmentError(
            f"the document has {len(doc.segments)} segments, its references {len(found)}", where=doc.path
        )
    return replace(doc, references=tuple(tuple(refs) for refs in found))


def _scores_by_document(
    statistics: Mapping[str, SegmentStatistics], documents: Sequence[RunDocument], places: Sequence[tuple[int, int]]
) -> dict[str, dict[str, list[float | None]]]:
    """Sentence scores by metric and document path, None where a segment has no reference; two decimals."""
    found: dict[str, dict[str, list[float | None]]] = {}
    for name, stats in statistics.items():
        by_path: dict[str, list[float | None]] = {doc.path: [None] * len(doc.segments) for doc in documents}
        for score, (doc_index, index) in zip(sentence_scores(stats), places, strict=True):
            by_path[documents[doc_index].path][index] = round(score, 2)
        found[name] = by_path
    return found


def _length_name(low: int, high: int) -> str:
    return f"{low}–{high} words" if high < 10**9 else f"{low} words and more"


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    from mt_publish import __version__

    return {"mt_publish": __version__, "sacrebleu": version("sacrebleu")}


def _line_of_byte(path: str, offset: int) -> int:
    with open(path, "rb") as file:
        return file.read(offset).count(b"\n") + 1
