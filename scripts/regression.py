"""Translate the regression set with the shipped model, score it, and let the gate compare it with the recorded baseline.

    python scripts/regression.py             judge; exit 0 or 1 as the gate says
    python scripts/regression.py --record    record what the shipped model does now as the baseline

One line of an article is one segment. The policy is configs/regression-gate.toml, the baseline
eval/baselines/regression.json, a run like any other: `mt-publish report eval/baselines/regression.json` shows it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from dataclasses import replace
from pathlib import Path

from mt_publish.config import load
from mt_publish.formats import read_document
from mt_publish.glossary import find_terms
from mt_publish.pipeline import make_engine, make_glossary, term_problems, translate_documents
from mt_publish.quality.checks import check_document
from mt_publish.quality.evaluate import evaluate_run
from mt_publish.quality.gate import evaluate_gate, read_policy
from mt_publish.quality.runs import read_run, write_run
from mt_publish.translation.models import find_model
from mt_publish.types import LangPair, Run, RunDocument, Segment, Translation

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / "eval" / "baselines" / "regression.json"
POLICY = ROOT / "configs" / "regression-gate.toml"


def run_regression() -> Run:
    """The scored and checked run of the regression set: German originals into English, English ones into German."""
    import mt_publish

    settings = load(environ={}, folder=Path("/")).settings
    glossary = make_glossary(settings)
    documents = []
    for source, target, articles in (("de", "en", range(1, 11)), ("en", "de", range(11, 21))):
        pair = LangPair(source, target)  # type: ignore[arg-type]
        engine = make_engine(settings, pair)
        paths = [next((ROOT / "eval" / "regression").glob(f"{n:02}-*.{source}.txt")) for n in articles]
        docs = [read_document(p.read_bytes(), path=p.name, format="text") for p in paths]
        for path, result in zip(
            paths,
            translate_documents([(d, pair) for d in docs], engine, glossary=glossary, settings=settings),
            strict=True,
        ):
            reference = path.with_name(path.name.replace(f".{source}.", f".{target}."))
            lines = [
                text.splitlines() for text in (result.doc.text, result.output.decode(), reference.read_text("utf-8"))
            ]
            rows = [row for row in zip(*lines, strict=True) if row[0].strip()]
            segments = tuple(Segment(f"l{i}", row[0], line=i) for i, row in enumerate(rows, 1))
            segments = find_terms(segments, glossary, pair)
            translations = tuple(Translation(f"l{i}", row[1]) for i, row in enumerate(rows, 1))
            problems = term_problems(segments, translations, glossary, pair)
            documents.append(
                RunDocument(
                    path.name,
                    None,
                    "text",
                    pair,
                    hashlib.sha256(path.read_bytes()).hexdigest(),
                    segments,
                    translations,
                    check_document(segments, translations, pair, path=path.name, term_problems=problems),
                    tuple((row[2],) for row in rows),
                )
            )
    manifest: dict[str, object] = {
        "mt_publish": mt_publish.__version__,
        "model": {"name": "shipped", "sha256": find_model().sha256()},
        "glossary": {"sha256": glossary.sha256, "entries": len(glossary)},
        "checks": True,
    }
    return evaluate_run(
        Run("", "evaluate", manifest, tuple(documents)), metrics=("bleu", "chrf", "ter"), confidence=True
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true", help="record the baseline")
    parser.add_argument("--run", type=Path, help="write the run here")
    args = parser.parse_args()
    run = run_regression()
    if args.run:
        write_run(run, args.run)
    for score in run.scores:
        interval = f" [{score.interval[0]:.1f}, {score.interval[1]:.1f}]" if score.interval else ""
        print(f"{score.name:18} {score.value:8.3f}{interval}  {score.signature}")
    if args.record:
        # times differ from run to run: left out, so that recording twice gives the same file
        write_run(replace(run, timings={}), BASELINE)
        print(f"recorded in {BASELINE.relative_to(ROOT)}", file=sys.stderr)
        return 0
    result = evaluate_gate(run, read_policy(POLICY), baseline=read_run(BASELINE))
    print(result.text())
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main())
