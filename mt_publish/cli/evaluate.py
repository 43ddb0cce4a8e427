"""``mt-publish evaluate``: scores against references, with intervals and what differences mean."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from mt_publish.cli import options as opt

_EPILOG = (
    "Example: mt-publish evaluate --hyp out.txt --ref ref.txt --src in.txt --from de --to en -m bleu -m chrf -m terms"
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("evaluate", epilog=_EPILOG)(evaluate)


def evaluate(
    hyp: Annotated[
        Path, typer.Option("--hyp", metavar="FILE|DIR", help="Translations: a file with one a line, or a folder.")
    ],
    ref: Annotated[list[Path], typer.Option("--ref", metavar="FILE|DIR", help="References; may be repeated.")],
    src: Annotated[
        Path | None, typer.Option("--src", metavar="FILE|DIR", help="Sources; needed for terms and checks.")
    ] = None,
    to: opt.To = None,
    source: opt.From = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", metavar="NAME", help="bleu, chrf, chrf++, ter, terms; may be repeated."),
    ] = None,
    confidence: Annotated[bool, typer.Option("--confidence", help="95 % bootstrap intervals.")] = False,
    baseline: Annotated[
        list[Path] | None,
        typer.Option("--baseline", metavar="FILE|DIR", help="Compare with these translations; may be repeated."),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="WHAT", help="Break down by document, length or term-type.")
    ] = None,
    checks: Annotated[bool, typer.Option("--checks", help="Run the checks too (needs --src).")] = False,
    resamples: Annotated[int, typer.Option("--resamples", "-n", min=10, help="Bootstrap resamples.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the resampling.")] = 12345,
    glossary: opt.Glossaries = None,
    no_shipped_glossaries: opt.NoShipped = False,
    output_format: opt.OutputFormat = "full",
    run_file: Annotated[Path | None, typer.Option("--run", metavar="FILE", help="Write the scored run here.")] = None,
    config: opt.Config = None,
) -> int:
    """Score translations against references with BLEU, chrF, TER and term accuracy.

    Scores equal sacreBLEU's and carry its signatures. Unequal lengths, empty lines and swapped files are errors.
    """
    from mt_publish import config as configuration
    from mt_publish.cli import render
    from mt_publish.cli.runs import write_record
    from mt_publish.glossary import find_terms
    from mt_publish.pipeline import make_glossary, term_problems
    from mt_publish.quality.checks import check_document
    from mt_publish.quality.evaluate import evaluate_files
    from mt_publish.types import LangPair, RunDocument, Segment

    render.check_format(output_format)
    settings = configuration.load(
        {
            "project.source": source,
            "project.target": to,
            "glossary.files": [str(p) for p in glossary] if glossary else None,
            "glossary.shipped": False if no_shipped_glossaries else None,
        },
        file=config,
    ).settings
    target = settings.project_target or _target_of(ref[0])
    pair = LangPair("de" if target == "en" else "en", target)  # type: ignore[arg-type]
    wanted = opt.listed(metric) or ["bleu", "chrf", "ter"]
    options: dict[str, Any] = {"pair": pair, "metrics": wanted, "confidence": confidence, "n": resamples, "seed": seed}
    if src is not None and ("terms" in wanted or checks):
        terms = make_glossary(settings)
        options["find_terms"] = lambda text: find_terms([Segment("s", text)], terms, pair)[0].terms

        def check(doc: RunDocument) -> Sequence[Any]:
            problems = term_problems(doc.segments, doc.translations, terms, pair)
            return check_document(doc.segments, doc.translations, pair, path=doc.path, term_problems=problems)

        if checks:
            options["check"] = check
    elif checks:
        from mt_publish.errors import ConfigError

        raise ConfigError("--checks needs the sources", remedy="Add --src")
    run = evaluate_files(hyp, ref, src, **options)
    if run_file is not None:
        write_record(run, run_file)
    for warning in run.manifest.get("warnings", []):  # type: ignore[attr-defined]
        print(f"warning: {warning}", file=sys.stderr)
    if output_format != "full":
        print(render.run(run, output_format))
        return 0
    rows = [
        (s.name, f"{s.value:.{1 if s.scale == 100 else 4}f}", _interval(s.interval, s.scale), s.segments, s.signature)
        for s in run.scores
    ]
    for line in render.table(rows, ("metric", "score", "95 % interval", "segments", "signature")):
        print(line)
    if by is not None:
        _print_breakdown(run, by)
    for path in baseline or []:
        _print_comparison(
            run, evaluate_files(path, ref, src, **{**options, "confidence": False}), path, resamples, seed
        )
    return 0


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


def _print_breakdown(run: Any, by: str) -> None:
    from mt_publish.cli import render
    from mt_publish.errors import ConfigError
    from mt_publish.quality.evaluate import breakdown

    if by not in ("document", "length", "term-type"):
        raise ConfigError(f"cannot break down by {by!r}", remedy="Use document, length or term-type")
    print()
    rows = [
        (name, s.name, f"{s.value:.{1 if s.scale == 100 else 4}f}", s.segments)
        for name, scores in breakdown(run, by)  # type: ignore[arg-type]
        for s in scores
    ]
    for line in render.table(rows, (by, "metric", "score", "segments")):
        print(line)


def _print_comparison(run: Any, other: Any, path: Path, n: int, seed: int) -> None:
    from mt_publish.cli import render
    from mt_publish.quality.gate import Significance, compare_runs

    if len(run.documents) == len(other.documents) == 1:  # two files are the same document whatever they are called
        other = replace(other, documents=(replace(other.documents[0], path=run.documents[0].path),))
    names = [s.name for s in run.scores if s.name in ("bleu", "chrf", "chrf++", "ter")]
    rows = []
    for delta in compare_runs(run, other, metrics=names, significance=Significance(n=n, seed=seed)):
        agree = f"{100 * delta.agreement:.0f} %" if delta.agreement is not None else ""
        p = f"{delta.p_value:.4f}" if delta.p_value is not None else ""
        rows.append(
            (delta.metric, f"{delta.baseline_value:.1f}", f"{delta.value:.1f}", f"{delta.difference:+.2f}", p, agree)
        )
    print(f"\nagainst {path}")
    for line in render.table(rows, ("metric", "baseline", "this", "difference", "p", "people agree")):
        print(line)
