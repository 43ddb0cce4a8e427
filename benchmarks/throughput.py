"""Sentences and words a second of the whole translate path, against transformers and a bare CTranslate2 loop.

    python benchmarks/throughput.py --refs ../shared/eval/news/newstest2021.en-de.refA.tsv --from en --limit 2000

All use the same model on the same sentences in the same run; ratios are what counts. transformers runs at its best: fp32,
sorted by length, batches of 32. The bare loop is CTranslate2's own translate_batch on sentences that are tokenised,
sorted and batched before the clock starts: plain, as anybody would use it, and with the model's shortlist. "whole path"
reads a document, splits, matches terms, decodes, repairs, polishes, joins and checks it. With --slow-limit N transformers
sees the first N sentences only, and rates are compared.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from _common import machine, read_column, table

from mt_publish.config import load
from mt_publish.formats import read_document
from mt_publish.pipeline import make_engine, make_glossary, translate_documents
from mt_publish.translation.engines import CTranslate2Engine, TransformersEngine
from mt_publish.translation.models import find_model
from mt_publish.types import LangPair


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refs", type=Path, required=True, help="German TAB English")
    parser.add_argument("--from", dest="source", choices=("de", "en"), default="de")
    parser.add_argument("--limit", type=int, default=2000)
    parser.add_argument("--slow-limit", type=int, default=200)
    parser.add_argument("--model", default="shipped")
    parser.add_argument("--compute-types", nargs="*", default=["int8"])
    args = parser.parse_args()
    import sacrebleu

    pair = LangPair(args.source, "en" if args.source == "de" else "de")
    sentences = read_column(args.refs, 0 if args.source == "de" else 1, args.limit)
    references = read_column(args.refs, 1 if args.source == "de" else 0, args.limit)
    words = sum(len(s.split()) for s in sentences)
    model = find_model(args.model, pair)
    print(machine())
    print(f"{len(sentences)} sentences, {words} words, {pair}, model {model.name} {model.sha256()[:12]}\n")
    rows: list[tuple[object, ...]] = []
    rates: dict[str, float] = {}

    def measure(name: str, work: Callable[[], list[str] | None], count: int, *, scored: bool = True) -> None:
        started = time.monotonic()
        hyps = work()
        seconds = time.monotonic() - started
        share = sum(len(s.split()) for s in sentences[:count])
        rates[name] = share / seconds
        bleu = (
            f"{sacrebleu.corpus_bleu(hyps, [references[:count]]).score:.2f}"
            if hyps and scored and count == len(sentences)
            else "–"
        )
        rows.append((name, count, f"{seconds:.1f}", f"{count / seconds:.1f}", f"{share / seconds:.0f}", bleu))
        print(f"… {name}: {seconds:.1f} s", flush=True)

    for compute_type in args.compute_types:
        engine = CTranslate2Engine(model, compute_type=compute_type)
        pieces = engine.tokenizer.encode(sentences)
        engine.translate(pieces[:8], pair.target, beam=1)  # load
        plain = CTranslate2Engine(model, compute_type=compute_type, shortlist=False)
        plain.translate(pieces[:8], pair.target, beam=1)
        for beam, shortlist in ((2, False), (1, True), (2, True), (4, True)):

            def bare(
                beam: int = beam,
                engine: CTranslate2Engine = engine if shortlist else plain,
                pieces: list[list[str]] = pieces,
            ) -> list[str]:
                return engine.tokenizer.decode([h[0].pieces for h in engine.translate(pieces, pair.target, beam=beam)])

            short = ", shortlist" if shortlist else ""
            measure(f"bare {compute_type} beam {beam}{short}", bare, len(sentences))

    text = "\n".join(sentences) + "\n"
    for quality, glossaries in (("balanced", False), ("balanced", True), ("fast", True)):
        settings = load(
            {
                "engine.model": args.model,
                "engine.quality": quality,
                "glossary.enforce": "repair" if glossaries else "off",
            }
        ).settings
        whole = make_engine(settings, pair)
        whole.translate(whole.tokenizer.encode(sentences[:8]), pair.target, beam=1)
        glossary = make_glossary(settings)

        def path(settings: object = settings, whole: object = whole, glossary: object = glossary) -> list[str]:
            doc = read_document(text.encode(), path="news.txt", format="text")
            (result,) = translate_documents([(doc, pair)], whole, glossary=glossary, settings=settings)  # type: ignore[arg-type]
            return result.output.decode().splitlines()

        measure(f"whole path {quality}{', glossaries' if glossaries else ''}", path, len(sentences))

    slow = sentences[: args.slow_limit]
    reference = TransformersEngine(model)
    reference.translate(reference.tokenizer.encode(slow[:2]), pair.target, beam=1)
    encoded = reference.tokenizer.encode(slow)
    for beam in (2, 4):

        def generate(beam: int = beam) -> list[str]:
            return reference.tokenizer.decode(
                [h[0].pieces for h in reference.translate(encoded, pair.target, beam=beam)]
            )

        measure(f"transformers fp32 beam {beam}", generate, len(slow))
    print()
    table(rows, ("what", "sentences", "s", "sentences/s", "words/s", "BLEU"))
    print()
    table(
        [
            *(
                (
                    f"{path} / bare loop, beam 2{short}",
                    _ratio(rates[path], rates[f"bare int8 beam 2{short}"]),
                    "≥ 0.80" if not short else "–",
                )
                for short in ("", ", shortlist")
                for path in ("whole path balanced", "whole path balanced, glossaries")
            ),
            (
                "whole path / transformers, beam 2",
                _ratio(rates["whole path balanced, glossaries"], rates["transformers fp32 beam 2"]),
                "≥ 3.5",
            ),
            (
                "whole path balanced / transformers beam 4",
                _ratio(rates["whole path balanced, glossaries"], rates["transformers fp32 beam 4"]),
                "≥ 6",
            ),
        ],
        ("ratio", "measured", "wanted"),
    )


def _ratio(a: float, b: float) -> str:
    return f"{a / b:.2f}"


if __name__ == "__main__":
    main()
