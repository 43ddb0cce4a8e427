"""Runs as JSON: the file format that reports, gate and review read, and that later versions go on reading.

`run.schema.json` beside this module is the published schema. Members with an empty value (no marks, no terms, no
reference …) are left out; a glossary entry that many mentions share is written once, in `entries`, and mentions name it
by its index. Spans are `[start, end]`. An unknown member is refused: what this version cannot read must not get lost.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args

from mt_publish.errors import EvaluationError, InputError
from mt_publish.files import replace_file
from mt_publish.types import (
    LANGS,
    Entry,
    Finding,
    Gender,
    Lang,
    LangPair,
    Mark,
    MarkKind,
    MetricScore,
    Origin,
    Run,
    RunDocument,
    Segment,
    Severity,
    Span,
    TermMatch,
    TermType,
    Translation,
    Verdict,
)

SCHEMA_VERSION = 1
"""Version of the format that `run_to_json` writes. Grows when a reader of the last version would misread the new
one."""

SCHEMA_NAME = "mt-publish-run"

Json = dict[str, Any]
T = TypeVar("T")

# What turns a run of version n into one of version n + 1. Versions are never removed from here.
_UPGRADES: Mapping[int, Callable[[Json], Json]] = {}


def run_to_json(run: Run) -> Json:
    """The run as a value that `json.dumps` takes; `run_from_json` gives the run back.

    Raises:
        EvaluationError: The manifest or a timing holds something that JSON has no value for.
    """
    entries: dict[Entry, int] = {}
    documents = [_document_out(doc, entries) for doc in run.documents]
    value: Json = {
        "schema": SCHEMA_NAME,
        "schema_version": SCHEMA_VERSION,
        "id": run.id,
        "command": run.command,
        "manifest": _plain(run.manifest, "manifest"),
        "scores": [_score_out(score) for score in run.scores],
        "verdicts": [_verdict_out(verdict) for verdict in run.verdicts],
        "timings": _plain(run.timings, "timings"),
        "entries": [_entry_out(entry) for entry in entries],
        "documents": documents,
    }
    return value


def run_from_json(value: object, *, where: str | None = None) -> Run:
    """The run that `run_to_json` made `value` from, in this or an older version.

    Args:
        value: A parsed JSON value.
        where: Name of the file, for messages.

    Raises:
        InputError: Not a run, written by a newer version, or broken; the message names the member.
    """
    reader = _Reader(where)
    top = reader.mapping(value, "$")
    if top.get("schema") != SCHEMA_NAME:
        raise InputError(
            "this JSON is not a run of mt-publish", where=where, remedy="Give a file that mt-publish wrote"
        )
    version = reader.integer(top, "schema_version", "$")
    if version > SCHEMA_VERSION:
        raise InputError(
            f"the run has schema version {version}, this mt-publish reads up to {SCHEMA_VERSION}",
            where=where,
            remedy="Read it with the mt-publish that wrote it, or a newer one",
        )
    if version < 1:
        raise InputError(f"there is no schema version {version}", where=where)
    for old in range(version, SCHEMA_VERSION):
        top = _UPGRADES[old](top)
    reader.only(top, _RUN_MEMBERS, "$")
    entries = reader.many(top, "entries", "$", reader.entry)
    return Run(
        id=reader.text(top, "id", "$"),
        command=reader.text(top, "command", "$"),
        manifest=dict(reader.mapping(top.get("manifest"), "$.manifest")),
        documents=reader.many(top, "documents", "$", lambda item, at: reader.document(item, at, entries)),
        scores=reader.many(top, "scores", "$", reader.score),
        verdicts=reader.many(top, "verdicts", "$", reader.verdict),
        timings={
            name: reader.real(seconds, f"$.timings.{name}")
            for name, seconds in reader.mapping(top.get("timings"), "$.timings").items()
        },
    )


def run_text(run: Run) -> str:
    """The run as JSON text: UTF-8 readable, one document a line, ending in a line break."""
    value = run_to_json(run)
    documents = value.pop("documents")
    head = _dumps(value, indent=1)
    body = ",\n  ".join(_dumps(document) for document in documents)
    lines = f"[\n  {body}\n ]" if documents else "[]"
    return f'{head[:-2]},\n "documents": {lines}\n}}\n'


def write_run(run: Run, path: str | os.PathLike[str]) -> None:
    """Writes the run as JSON; readers see the old file or the new one, never a part.

    Args:
        run: The run.
        path: File to write; its folder is made when missing.
    """
    replace_file(path, run_text(run).encode("utf-8"))


def read_run(path: str | os.PathLike[str]) -> Run:
    """The run in a JSON file.

    Raises:
        InputError: The file is missing, not JSON, or not a run.
    """
    where = os.fspath(path)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"the run cannot be read: {error.strerror}", where=where) from error
    except UnicodeDecodeError as error:
        raise InputError("the run is not UTF-8 text", where=where) from error
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"the run is not JSON: {error.msg}", where=f"{where}:{error.lineno}:{error.colno}") from error
    except RecursionError as error:
        raise InputError("the run is nested too deeply to be one", where=where) from error
    return run_from_json(value, where=where)


def schema() -> Json:
    """The published JSON schema (draft 2020-12) of the format."""
    from importlib.resources import files

    found: Json = json.loads((files("mt_publish.quality") / "run.schema.json").read_text(encoding="utf-8"))
    return found


# --- writing --------------------------------------------------------------------------------------------------------

_SURROGATE = re.compile("[\ud800-\udfff]")


def _dumps(value: object, indent: int | None = None) -> str:
    """JSON in readable UTF-8; lone surrogates (bytes that were no UTF-8 in a source file) are escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _plain(value: object, at: str) -> Any:
    """`value` with tuples as lists; refuses what JSON does not know."""
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise EvaluationError(f"{at} has the key {key!r}; only text can be a key", where=at)
        return {key: _plain(item, f"{at}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{at}[{i}]") for i, item in enumerate(value)]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise EvaluationError(f"{at} is {value}, which JSON cannot hold", where=at)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise EvaluationError(f"{at} is a {type(value).__name__}, which JSON cannot hold", where=at)


def _document_out(doc: RunDocument, entries: dict[Entry, int]) -> Json:
    return {
        "path": doc.path,
        "output": doc.output,
        "format": doc.format,
        "pair": [doc.pair.source, doc.pair.target],
        "sha256": doc.sha256,
        "segments": [_segment_out(segment, entries) for segment in doc.segments],
        "translations": [_translation_out(translation) for translation in doc.translations],
        "findings": [_finding_out(finding) for finding in doc.findings],
        **({"references": [list(refs) for refs in doc.references]} if doc.references else {}),
    }


def _segment_out(segment: Segment, entries: dict[Entry, int]) -> Json:
    out: Json = {"id": segment.id, "source": segment.source, "line": segment.line}
    if segment.marks:
        out["marks"] = [_mark_out(mark) for mark in segment.marks]
    if segment.terms:
        out["terms"] = [_term_out(term, entries) for term in segment.terms]
    return out


def _mark_out(mark: Mark) -> Json:
    out: Json = {"id": mark.id, "kind": mark.kind.value, "span": list(mark.span), "open": mark.open}
    _add(out, close=mark.close, name=mark.name, floating=mark.floating, shown=mark.shown)
    return out


def _term_out(term: TermMatch, entries: dict[Entry, int]) -> Json:
    out: Json = {
        "entry": entries.setdefault(term.entry, len(entries)),
        "span": list(term.span),
        "surface": term.surface,
        "target": term.target,
        "accepted": list(term.accepted),
        "enforce": term.enforce,
    }
    _add(out, case=term.case, compound=term.compound, caps=term.caps)
    return out


_ENTRY_LISTS = ("de_aliases", "en_aliases", "de_forms", "en_forms", "de_forbidden", "en_forbidden")
_ENTRY_TEXTS = ("gender", "de_article", "en_article", "note", "where")


def _entry_out(entry: Entry) -> Json:
    out: Json = {"de": entry.de, "en": entry.en, "type": entry.type, "case": entry.case, "enforce": entry.enforce}
    _add(out, **{name: list(getattr(entry, name)) for name in _ENTRY_LISTS})
    _add(out, **{name: getattr(entry, name) for name in _ENTRY_TEXTS})
    return out


def _translation_out(translation: Translation) -> Json:
    out: Json = {
        "segment_id": translation.segment_id,
        "target": translation.target,
        "origin": translation.origin,
    }
    if translation.score is not None:
        out["score"] = _plain(translation.score, f"score of segment {translation.segment_id}")
    if translation.estimate is not None:
        out["estimate"] = _plain(translation.estimate, f"estimate of segment {translation.segment_id}")
    _add(
        out,
        engine=translation.engine,
        marks=[_mark_out(mark) for mark in translation.marks],
        repairs=list(translation.repairs),
        truncated=translation.truncated,
    )
    return out


def _finding_out(finding: Finding) -> Json:
    out: Json = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "segment_id": finding.segment_id,
        "message": finding.message,
    }
    if finding.source_span is not None:
        out["source_span"] = list(finding.source_span)
    if finding.target_span is not None:
        out["target_span"] = list(finding.target_span)
    if finding.suggestion is not None:
        out["suggestion"] = finding.suggestion
    _add(out, path=finding.path, line=finding.line)
    return out


def _score_out(score: MetricScore) -> Json:
    out: Json = {
        "name": score.name,
        "value": _plain(score.value, f"score {score.name}"),
        "scale": score.scale,
        "higher_is_better": score.higher_is_better,
        "signature": score.signature,
        "segments": score.segments,
    }
    if score.interval is not None:
        out["interval"] = _plain(score.interval, f"interval of {score.name}")
    return out


def verdict_to_json(verdict: Verdict) -> Json:
    """One verdict as it stands in a run and in the gate's JSON."""
    return _verdict_out(verdict)


def _verdict_out(verdict: Verdict) -> Json:
    out: Json = {
        "rule": verdict.rule,
        "observed": _plain(verdict.observed, f"verdict {verdict.rule}"),
        "threshold": verdict.threshold,
        "passed": verdict.passed,
        "reason": verdict.reason,
        "informational": verdict.informational,
    }
    if verdict.interval is not None:
        out["interval"] = _plain(verdict.interval, f"interval of {verdict.rule}")
    return out


def _add(out: Json, **members: object) -> None:
    """Adds the members that are not empty."""
    for name, value in members.items():
        if value:
            out[name] = value


# --- reading --------------------------------------------------------------------------------------------------------

_RUN_MEMBERS = frozenset(
    "schema schema_version id command manifest scores verdicts timings entries documents".split()  # noqa: SIM905
)
_DOCUMENT_MEMBERS = frozenset(
    ("path", "output", "format", "pair", "sha256", "segments", "translations", "findings", "references")
)
_SEGMENT_MEMBERS = frozenset(("id", "source", "line", "marks", "terms"))
_MARK_MEMBERS = frozenset(("id", "kind", "span", "open", "close", "name", "floating", "shown"))
_TERM_MEMBERS = frozenset(("entry", "span", "surface", "target", "accepted", "enforce", "case", "compound", "caps"))
_ENTRY_MEMBERS = frozenset(("de", "en", "type", "case", "enforce", *_ENTRY_LISTS, *_ENTRY_TEXTS))
_TRANSLATION_MEMBERS = frozenset(
    ("segment_id", "target", "origin", "score", "estimate", "engine", "marks", "repairs", "truncated")
)
_FINDING_MEMBERS = frozenset(
    ("rule", "severity", "segment_id", "message", "source_span", "target_span", "suggestion", "path", "line")
)
_SCORE_MEMBERS = frozenset(("name", "value", "scale", "higher_is_better", "signature", "segments", "interval"))
_VERDICT_MEMBERS = frozenset(("rule", "observed", "threshold", "passed", "reason", "informational", "interval"))

Case = Literal["", "genitive", "plural", "demonym"]
EntryCase = Literal["keep", "any", "sentence"]
Enforce = Literal["repair", "check", "off"]


class _Reader:
    """Takes JSON values apart; every complaint names the file and the member."""

    def __init__(self, where: str | None) -> None:
        self.where = where

    def broken(self, at: str, wanted: str, value: object) -> InputError:
        shown = "nothing" if value is None else type(value).__name__
        return InputError(f"the run is broken: {at} should be {wanted}, not {shown}", where=self.where)

    def only(self, value: Json, known: frozenset[str], at: str) -> None:
        if not known.issuperset(value):
            name = sorted(set(value) - known)[0]
            raise InputError(
                f"the run has the member {name!r} in {at}, which schema version {SCHEMA_VERSION} does not know",
                where=self.where,
                remedy="Read it with the mt-publish that wrote it",
            )

    def mapping(self, value: object, at: str) -> Json:
        if not isinstance(value, dict):
            raise self.broken(at, "an object", value)
        return value

    def many(self, value: Json, name: str, at: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
        items = value.get(name, ())
        if not isinstance(items, list | tuple):
            raise self.broken(f"{at}.{name}", "a list", items)
        return tuple([read(item, f"{at}.{name}[{i}]") for i, item in enumerate(items)]) if items else ()

    def text(self, value: Json, name: str, at: str, default: str | None = None) -> str:
        found = value.get(name, default)
        if not isinstance(found, str):
            raise self.broken(f"{at}.{name}", "text", found)
        return found

    def optional_text(self, value: Json, name: str, at: str) -> str | None:
        return None if value.get(name) is None else self.text(value, name, at)

    def string(self, value: object, at: str) -> str:
        if not isinstance(value, str):
            raise self.broken(at, "text", value)
        return value

    def integer(self, value: Json, name: str, at: str, default: int | None = None) -> int:
        found = value.get(name, default)
        if not isinstance(found, int) or isinstance(found, bool):
            raise self.broken(f"{at}.{name}", "a whole number", found)
        return found

    def real(self, value: object, at: str) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.broken(at, "a number", value)
        return float(value)

    def share(self, value: object, at: str) -> float:
        found = self.real(value, at)
        if not 0 <= found <= 1:
            raise self.broken(at, "a number from 0 to 1", value)
        return found

    def flag(self, value: Json, name: str, at: str, default: bool | None = None) -> bool:
        found = value.get(name, default)
        if not isinstance(found, bool):
            raise self.broken(f"{at}.{name}", "true or false", found)
        return found

    def choice(self, value: Json, name: str, at: str, known: Sequence[str], default: str | None = None) -> str:
        found = value.get(name, default)
        if found not in known:
            raise InputError(
                f"the run is broken: {at}.{name} is {found!r}, not one of {', '.join(map(repr, known))}",
                where=self.where,
            )
        return cast(str, found)

    def span(self, value: object, at: str) -> Span:
        if isinstance(value, list | tuple) and len(value) == 2 and type(value[0]) is int and type(value[1]) is int:
            return Span(value[0], value[1])
        raise self.broken(at, "[start, end]", value)

    def interval(self, value: Json, at: str) -> tuple[float, float] | None:
        found = value.get("interval")
        if found is None:
            return None
        if not isinstance(found, list | tuple) or len(found) != 2:
            raise self.broken(f"{at}.interval", "[low, high]", found)
        return self.real(found[0], f"{at}.interval[0]"), self.real(found[1], f"{at}.interval[1]")

    def document(self, item: Any, at: str, entries: tuple[Entry, ...]) -> RunDocument:
        value = self.mapping(item, at)
        self.only(value, _DOCUMENT_MEMBERS, at)
        pair = value.get("pair")
        if not isinstance(pair, list | tuple) or len(pair) != 2 or pair[0] not in LANGS or pair[1] not in LANGS:
            raise self.broken(f"{at}.pair", "two of 'de' and 'en'", pair)
        return RunDocument(
            path=self.text(value, "path", at),
            output=self.optional_text(value, "output", at),
            format=self.text(value, "format", at),
            pair=LangPair(cast(Lang, pair[0]), cast(Lang, pair[1])),
            sha256=self.text(value, "sha256", at),
            segments=self.many(value, "segments", at, lambda part, here: self.segment(part, here, entries)),
            translations=self.many(value, "translations", at, self.translation),
            findings=self.many(value, "findings", at, self.finding),
            references=self.many(value, "references", at, self.references),
        )

    def references(self, item: Any, at: str) -> tuple[str, ...]:
        if not isinstance(item, list | tuple):
            raise self.broken(at, "a list", item)
        return tuple([self.string(text, f"{at}[{i}]") for i, text in enumerate(item)])

    def segment(self, item: Any, at: str, entries: tuple[Entry, ...]) -> Segment:
        value = self.mapping(item, at)
        self.only(value, _SEGMENT_MEMBERS, at)
        return Segment(
            id=self.text(value, "id", at),
            source=self.text(value, "source", at),
            marks=self.many(value, "marks", at, self.mark),
            terms=self.many(value, "terms", at, lambda part, here: self.term(part, here, entries)),
            line=self.integer(value, "line", at, 1),
        )

    def mark(self, item: Any, at: str) -> Mark:
        value = self.mapping(item, at)
        self.only(value, _MARK_MEMBERS, at)
        return Mark(
            id=self.integer(value, "id", at),
            kind=MarkKind(self.choice(value, "kind", at, [kind.value for kind in MarkKind])),
            span=self.span(value.get("span"), f"{at}.span"),
            open=self.text(value, "open", at),
            close=self.text(value, "close", at, ""),
            name=self.text(value, "name", at, ""),
            floating=self.flag(value, "floating", at, False),
            shown=self.text(value, "shown", at, ""),
        )

    def term(self, item: Any, at: str, entries: tuple[Entry, ...]) -> TermMatch:
        value = self.mapping(item, at)
        self.only(value, _TERM_MEMBERS, at)
        index = self.integer(value, "entry", at)
        if not 0 <= index < len(entries):
            raise InputError(f"the run is broken: {at}.entry names entry {index}, which is missing", where=self.where)
        return TermMatch(
            entry=entries[index],
            span=self.span(value.get("span"), f"{at}.span"),
            surface=self.text(value, "surface", at),
            target=self.text(value, "target", at),
            accepted=self.many(value, "accepted", at, self.string),
            case=cast(Case, self.choice(value, "case", at, get_args(Case), "")),
            compound=self.flag(value, "compound", at, False),
            caps=self.flag(value, "caps", at, False),
            enforce=cast(Enforce, self.choice(value, "enforce", at, get_args(Enforce), "repair")),
        )

    def entry(self, item: Any, at: str) -> Entry:
        value = self.mapping(item, at)
        self.only(value, _ENTRY_MEMBERS, at)
        return Entry(
            de=self.text(value, "de", at),
            en=self.text(value, "en", at),
            type=cast(TermType, self.choice(value, "type", at, get_args(TermType), "term")),
            gender=cast(Gender, self.choice(value, "gender", at, get_args(Gender), "")),
            case=cast(EntryCase, self.choice(value, "case", at, get_args(EntryCase), "keep")),
            enforce=cast(Enforce, self.choice(value, "enforce", at, get_args(Enforce), "repair")),
            de_aliases=self.many(value, "de_aliases", at, self.string),
            en_aliases=self.many(value, "en_aliases", at, self.string),
            de_forms=self.many(value, "de_forms", at, self.string),
            en_forms=self.many(value, "en_forms", at, self.string),
            de_forbidden=self.many(value, "de_forbidden", at, self.string),
            en_forbidden=self.many(value, "en_forbidden", at, self.string),
            de_article=self.text(value, "de_article", at, ""),
            en_article=self.text(value, "en_article", at, ""),
            note=self.text(value, "note", at, ""),
            where=self.text(value, "where", at, ""),
        )

    def translation(self, item: Any, at: str) -> Translation:
        value = self.mapping(item, at)
        self.only(value, _TRANSLATION_MEMBERS, at)
        score, estimate = value.get("score"), value.get("estimate")
        return Translation(
            segment_id=self.text(value, "segment_id", at),
            target=self.text(value, "target", at),
            marks=self.many(value, "marks", at, self.mark),
            origin=cast(Origin, self.choice(value, "origin", at, get_args(Origin), "mt")),
            engine=self.text(value, "engine", at, ""),
            score=None if score is None else self.real(score, f"{at}.score"),
            repairs=self.many(value, "repairs", at, self.string),
            truncated=self.flag(value, "truncated", at, False),
            estimate=None if estimate is None else self.share(estimate, f"{at}.estimate"),
        )

    def finding(self, item: Any, at: str) -> Finding:
        value = self.mapping(item, at)
        self.only(value, _FINDING_MEMBERS, at)
        source, target = value.get("source_span"), value.get("target_span")
        return Finding(
            rule=self.text(value, "rule", at),
            severity=Severity(self.choice(value, "severity", at, [severity.value for severity in Severity])),
            segment_id=self.optional_text(value, "segment_id", at),
            message=self.text(value, "message", at),
            source_span=None if source is None else self.span(source, f"{at}.source_span"),
            target_span=None if target is None else self.span(target, f"{at}.target_span"),
            suggestion=self.optional_text(value, "suggestion", at),
            path=self.text(value, "path", at, ""),
            line=self.integer(value, "line", at, 0),
        )

    def score(self, item: Any, at: str) -> MetricScore:
        value = self.mapping(item, at)
        self.only(value, _SCORE_MEMBERS, at)
        return MetricScore(
            name=self.text(value, "name", at),
            value=self.real(value.get("value"), f"{at}.value"),
            scale=self.real(value.get("scale", 100.0), f"{at}.scale"),
            higher_is_better=self.flag(value, "higher_is_better", at, True),
            signature=self.text(value, "signature", at, ""),
            segments=self.integer(value, "segments", at, 0),
            interval=self.interval(value, at),
        )

    def verdict(self, item: Any, at: str) -> Verdict:
        value = self.mapping(item, at)
        self.only(value, _VERDICT_MEMBERS, at)
        observed = value.get("observed")
        return Verdict(
            rule=self.text(value, "rule", at),
            observed=None if observed is None else self.real(observed, f"{at}.observed"),
            threshold=self.real(value.get("threshold"), f"{at}.threshold"),
            passed=self.flag(value, "passed", at),
            reason=self.text(value, "reason", at, ""),
            informational=self.flag(value, "informational", at, False),
            interval=self.interval(value, at),
        )
