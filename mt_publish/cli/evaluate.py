"""``mt-publish evaluate``: scores against references, with intervals and what differences mean."""

from __future__ import annotations

import atexit
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mt_publish.cli import options as opt

if TYPE_CHECKING:
    from mt_publish.config import Settings
    from mt_publish.quality.gate import Delta, Significance
    from mt_publish.types import LangPair, MetricScore, Run, RunDocument

_PARTS = ("document", "length", "term-type")
_CORPUS = ("bleu", "chrf", "chrf++", "ter")
_TESTS = {"bs": "paired bootstrap", "ar": "approximate randomisation"}
_EPILOG = "Example: mt-publish evaluate --hyp out.txt --ref ref.txt --src in.txt --from de --to en -m bleu chrf terms"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("evaluate", epilog=_EPILOG)(evaluate)


def evaluate(
    hyp: Annotated[
        Path,
        typer.Option(
            "--hyp",
            metavar="RUN|FILE|DIR",
            help="Translations: a run of translate or check, a file with one a line, or a folder of such files.",
        ),
    ],
    ref: Annotated[
        list[Path] | None,
        typer.Option(
            "--ref",
            metavar="FILE|DIR",
            help="References, one a line; for a run, human translations of its documents. May be repeated.",
        ),
    ] = None,
    src: Annotated[
        Path | None,
        typer.Option("--src", metavar="FILE|DIR", help="Sources; needed for terms and checks, a run has them."),
    ] = None,
    testset: Annotated[
        str | None,
        typer.Option(
            "--testset",
            metavar="NAME|FILE",
            help="Source and references of sacreBLEU's test set, such as wmt21, or of a local file: source, tab, reference.",
        ),
    ] = None,
    langpair: Annotated[
        str | None, typer.Option("--langpair", metavar="de-en|en-de", help="Languages, in place of --from and --to.")
    ] = None,
    to: opt.To = None,
    source: opt.From = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", metavar="NAME...", help="bleu, chrf, chrf++, ter, terms; one or several."),
    ] = None,
    more: Annotated[
        list[str] | None,
        typer.Argument(metavar="[METRIC]...", help="Further metrics behind --metric: -m bleu chrf ter."),
    ] = None,
    confidence: Annotated[bool, typer.Option("--confidence", help="95 % bootstrap intervals.")] = False,
    baseline: Annotated[
        list[Path] | None,
        typer.Option("--baseline", metavar="RUN|FILE|DIR", help="Compare with these translations; may be repeated."),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="WHAT", help="Break down by document, length or term-type.")
    ] = None,
    checks: Annotated[bool, typer.Option("--checks", help="Run the checks too (needs the sources).")] = False,
    test: Annotated[
        str,
        typer.Option("--test", metavar="bs|ar", help="Paired bootstrap, or approximate randomisation, for --baseline."),
    ] = "bs",
    resamples: Annotated[
        int | None,
        typer.Option("--resamples", "-n", min=10, help="Resamples; 1000 when missing, 10000 trials for --test ar."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the resampling.")] = 12345,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Score empty translations as missing; they are an error otherwise.")
    ] = False,
    glossary: opt.Glossaries = None,
    no_shipped_glossaries: opt.NoShipped = False,
    output_format: opt.OutputFormat = "full",
    run_file: Annotated[Path | None, typer.Option("--run", metavar="FILE", help="Write the scored run here.")] = None,
    config: opt.Config = None,
) -> int:
    """Score translations against references with BLEU, chrF, TER and term accuracy.

    Scores equal sacreBLEU's and carry its signatures. Unequal lengths, empty lines and swapped files are errors. A run
    brings its sources, translations and documents along.
    """
    from mt_publish import config as configuration
    from mt_publish.cli import render
    from mt_publish.cli.runs import is_run, write_record
    from mt_publish.errors import ConfigError
    from mt_publish.quality.evaluate import local_testset, testset_files
    from mt_publish.quality.gate import Significance

    render.check_format(output_format)
    if by is not None and by not in _PARTS:
        close = get_close_matches(by, _PARTS, 1)
        remedy = f"Did you mean {close[0]}?" if close else f"Use {', '.join(_PARTS[:-1])} or {_PARTS[-1]}"
        raise ConfigError(f"cannot break down by {by!r}", remedy=remedy)
    if test not in _TESTS:
        raise ConfigError(
            f"unknown significance test {test!r}", remedy="Use bs (paired bootstrap) or ar (randomisation)"
        )
    if more and not metric:
        raise ConfigError(f"nothing asks for {more[0]!r}", remedy="Name files with --hyp, --ref and --src")
    settings = configuration.load(
        opt.languages_and_glossaries(source, to, glossary, no_shipped_glossaries),
        file=config,
    ).settings
    refs = list(ref or [])
    if testset is not None:
        if refs or src is not None:
            raise ConfigError("--testset brings source and references along", remedy="Leave --src and --ref out")
        pair = _pair(langpair, settings.project_target, ())
        if Path(testset).is_file():
            scratch = tempfile.TemporaryDirectory()
            atexit.register(scratch.cleanup)
            src, found = local_testset(Path(testset), Path(scratch.name))
        else:
            src, found = testset_files(testset, pair)
        refs = list(found)
    elif is_run(str(hyp)):
        pair = None  # each document of a run has its own
    elif refs:
        pair = _pair(langpair, settings.project_target, refs)
    else:
        raise ConfigError("there is nothing to compare with", remedy="Add --ref, or --testset with a name")
    wanted = opt.listed([*(metric or []), *(more or [])] or None)
    scorer = _Scorer(refs, src, pair, wanted, settings, checks, resamples or 1000, seed, allow_empty)
    run = scorer.score(hyp, confidence=confidence)
    if testset is not None:
        run.manifest["testset"] = testset
    others = [(path, scorer.score(path, as_baseline=True)) for path in baseline or []]
    parts = _parts(run, by, confidence, scorer) if by is not None else ()
    samples = resamples or (10000 if test == "ar" else 1000)
    comparisons = _compare(run, others, Significance(test, n=samples, seed=seed))  # type: ignore[arg-type]
    if parts:
        run.manifest["parts"] = [
            {
                "by": by,
                "name": name,
                "scores": {s.name: s.value for s in scores},
                **({"intervals": {s.name: list(s.interval) for s in scores if s.interval}} if confidence else {}),
            }
            for name, scores in parts
        ]
    if comparisons:
        run.manifest["comparisons"] = [
            {
                "baseline": str(path),
                "metric": d.metric,
                "value": d.value,
                "baseline_value": d.baseline_value,
                "difference": d.difference,
                "segments": d.segments,
                "p_value": d.p_value,
                "test": None if d.p_value is None else test,
                "samples": None if d.p_value is None else samples,
                "interval": None if d.interval is None else list(d.interval),
                "human_agreement": d.agreement,
            }
            for path, deltas in comparisons
            for d in deltas
        ]
    if run_file is not None:
        write_record(run, run_file)
    for warning in run.manifest.get("warnings", []):  # type: ignore[attr-defined]
        print(f"warning: {warning}", file=sys.stderr)
    if output_format != "full":
        print(render.run(run, output_format))
        return 0
    rows = [
        (s.name, _value(s.value, s.scale), _interval(s.interval, s.scale), s.segments, s.signature) for s in run.scores
    ]
    for line in render.table(rows, ("metric", "score", "95 % interval", "segments", "signature")):
        print(line)
    if parts:
        split = [
            (name, s.name, _value(s.value, s.scale), _interval(s.interval, s.scale), s.segments)
            for name, scores in parts
            for s in scores
        ]
        print()
        for line in render.table(split, (str(by), "metric", "score", "95 % interval", "segments")):
            print(line)
    for path, deltas in comparisons:
        print(f"\nagainst {path} ({_TESTS[test]}, {samples} samples)")
        for line in render.table(
            [_comparison_row(delta) for delta in deltas],
            ("metric", "baseline", "this", "difference", "p", "people agree"),
        ):
            print(line)
    return 0


@dataclass(frozen=True, slots=True)
class _Scorer:
    """Scores the translations and the baselines in the same way."""

    refs: Sequence[Path]
    src: Path | None
    pair: LangPair | None
    metrics: list[str] | None
    settings: Settings
    checks: bool
    n: int
    seed: int
    allow_empty: bool

    def score(self, hyp: Path, *, confidence: bool = False, as_baseline: bool = False) -> Run:
        """The scored run of a run, a file or a folder; a baseline is checked by nothing, and scored when it is compared."""
        from mt_publish.cli.runs import find_run, is_run
        from mt_publish.errors import ConfigError
        from mt_publish.glossary import find_terms
        from mt_publish.pipeline import make_glossary, term_problems
        from mt_publish.quality.checks import check_document
        from mt_publish.quality.evaluate import evaluate_files, evaluate_run
        from mt_publish.types import Segment

        checks = self.checks and not as_baseline
        wanted = self.metrics or ["bleu", "chrf", "ter"]
        if as_baseline:
            wanted = [name for name in wanted if name == "terms"]
        options: dict[str, Any] = {"metrics": wanted, "confidence": confidence, "n": self.n, "seed": self.seed}
        record = find_run(str(hyp)) if is_run(str(hyp)) else None
        if checks and record is None and self.src is None:
            raise ConfigError("--checks needs the sources", remedy="Add --src")
        terms = make_glossary(self.settings) if checks or (self.src is not None and "terms" in wanted) else None
        scored = self.src is not None and "terms" in wanted and record is None
        if scored and terms is not None and not len(terms):
            raise ConfigError(
                "there is no glossary, so terms cannot be scored",
                remedy="Name one with --glossary, or leave -m terms out",
            )

        def check(doc: RunDocument) -> Sequence[Any]:
            problems = term_problems(doc.segments, doc.translations, terms, doc.pair)
            found = check_document(
                doc.segments,
                doc.translations,
                doc.pair,
                path=doc.path,
                term_problems=problems,
                select=self.settings.checks_select,
                ignore=self.settings.checks_ignore,
            )
            # What concerns the structure of a document is seen when it is written, and only the run knows it.
            return (*(f for f in doc.findings if f.segment_id is None), *found)

        if checks:
            options["check"] = check
        if record is not None:
            run = evaluate_run(self._referenced(record, hyp), **options)
            if "terms" in wanted and not any(score.name.startswith("terms.") for score in run.scores):
                raise ConfigError(
                    "no glossary was applied in this run, so terms cannot be scored",
                    where=str(hyp),
                    remedy="Translate with a glossary, or leave -m terms out",
                )
            return run
        if self.pair is None:
            raise ConfigError(
                "lines cannot be compared with the documents of a run",
                where=str(hyp),
                remedy="Give a run as --baseline, made from the same documents",
            )
        pair = self.pair
        if terms is not None:
            options["find_terms"] = lambda text: find_terms([Segment("s", text)], terms, pair)[0].terms
        return evaluate_files(hyp, self.refs, self.src, pair=pair, allow_empty=self.allow_empty, **options)

    def _referenced(self, record: Run, where: Path) -> Run:
        from mt_publish.bilingual import with_references
        from mt_publish.cli.inputs import reference_of
        from mt_publish.errors import ConfigError

        if not self.refs:
            if not any(doc.references for doc in record.documents):
                raise ConfigError("the run has no references", where=str(where), remedy="Add --ref")
            return record
        single = next((path for path in self.refs if not path.is_dir()), None)
        if single is not None and len(record.documents) > 1:
            raise ConfigError(
                f"the run has {len(record.documents)} documents, {single} is one reference",
                where=str(where),
                remedy="Give --ref a folder with a file for each document",
            )
        return with_references(
            record, {doc.path: [reference_of(doc, root) for root in self.refs] for doc in record.documents}
        )


def _pair(langpair: str | None, target: str, refs: Sequence[Path]) -> LangPair:
    """The languages of files that do not say: from --langpair, --to, or the look of the references."""
    from mt_publish.errors import ConfigError
    from mt_publish.types import LangPair

    if langpair is not None:
        found = {str(pair): pair for pair in (LangPair("de", "en"), LangPair("en", "de"))}.get(langpair)
        if found is None:
            raise ConfigError(f"unknown --langpair {langpair!r}", remedy="Use de-en or en-de")
        if target and target != found.target:
            raise ConfigError(f"--langpair {langpair} and the target language {target} contradict each other")
        return found
    if not target and not refs:
        raise ConfigError("the languages of the test set are not given", remedy="Add --langpair de-en or en-de")
    target = target or _target_of(refs[0])
    return LangPair("de" if target == "en" else "en", target)  # type: ignore[arg-type]


def _value(value: float, scale: float) -> str:
    return f"{value:.{1 if scale == 100 else 4}f}"


def _interval(interval: tuple[float, float] | None, scale: float) -> str:
    if interval is None:
        return ""
    digits = 1 if scale == 100 else 4
    return f"{interval[0]:.{digits}f}–{interval[1]:.{digits}f}"


def _target_of(ref: Path) -> str:
    from mt_publish.errors import ConfigError, InputError
    from mt_publish.text import detect_language

    file = next((p for p in sorted(ref.rglob("*")) if p.is_file()), None) if ref.is_dir() else ref
    try:
        text = file.read_text("utf-8", "replace")[:5000] if file is not None else ""
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(ref), remedy="Check --ref") from error
    found = detect_language(text)
    if found.lang is None:
        raise ConfigError(
            "the target language cannot be told from the references", where=str(ref), remedy="Give --to de or --to en"
        )
    return found.lang


def _parts(run: Run, by: str, confidence: bool, scorer: _Scorer) -> tuple[tuple[str, tuple[MetricScore, ...]], ...]:
    from mt_publish.quality.evaluate import breakdown

    names = [s.name for s in run.scores if not s.name.startswith(("terms.", "qe."))]
    return breakdown(run, by, metrics=names, confidence=confidence, n=scorer.n, seed=scorer.seed)  # type: ignore[arg-type]


def _compare(
    run: Run, others: Sequence[tuple[Path, Run]], significance: Significance
) -> list[tuple[Path, tuple[Delta, ...]]]:
    """The changes against each baseline, all over the same statistics of the run."""
    from mt_publish.errors import EvaluationError
    from mt_publish.quality.gate import compare_with_baselines

    names = [s.name for s in run.scores]
    found = compare_with_baselines(run, [other for _, other in others], metrics=names, significance=significance)
    comparisons = [(path, deltas) for (path, _), deltas in zip(others, found, strict=True)]
    for path, deltas in comparisons:
        if any(name in _CORPUS for name in names) and not any(delta.metric in _CORPUS for delta in deltas):
            raise EvaluationError(
                "the baseline has no segment with the same source and reference",
                where=str(path),
                remedy="Compare translations of the same documents",
            )
    return comparisons


def _comparison_row(delta: Delta) -> tuple[str, ...]:
    digits = 1 if delta.metric in _CORPUS else 4
    return (
        delta.metric,
        f"{delta.baseline_value:.{digits}f}",
        f"{delta.value:.{digits}f}",
        f"{delta.difference:+.{max(digits, 2)}f}",
        f"{delta.p_value:.4f}" if delta.p_value is not None else "",
        f"{100 * delta.agreement:.0f} %" if delta.agreement is not None and delta.difference else "",
    )
