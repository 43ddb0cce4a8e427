"""BLEU and chrF of a model on the WMT test sets, with signatures and intervals, in int8 and in fp32.

    python benchmarks/quality.py --refs ../shared/eval/news [--beam 4] [--compute-types int8 float32] [--model DIR]
    python benchmarks/quality.py --refs ../shared/eval/news --quality fast balanced best

Sentences are decoded as they are, one a line, without glossary: this measures the model, not the pipeline. Rare
words are told as `translate` tells them, unless --no-lexicon. Sets named de-en have
German originals and are scored into English, en-de the other way; several reference files of a set are references A, B ….
With --quality they are translated as `translate --quality` does, words that are none mended, again without glossary, and the
time counts.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path

from _common import machine, read_column, table

from mt_publish.quality.metrics import corpus_scores
from mt_publish.translation.decode import BEAMS, translate_segments
from mt_publish.translation.engines import CTranslate2Engine
from mt_publish.translation.models import find_model
from mt_publish.types import Segment


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refs", type=Path, required=True)
    parser.add_argument("--beam", type=int, nargs="*", default=[4])
    parser.add_argument("--quality", nargs="*", choices=[*BEAMS], default=[])
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--model", default="shipped")
    parser.add_argument("--compute-types", nargs="*", default=["int8"])
    parser.add_argument("--no-lexicon", action="store_true", help="the model alone, told no rare words")
    parser.add_argument("--references", type=int, default=None, help="use the first N references only")
    args = parser.parse_args()
    model = find_model(args.model)
    print(machine(), f"\nmodel {model.name} {model.sha256()[:12]}\n")
    sets: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(args.refs.glob("*.tsv")):
        sets[path.name.rsplit(".ref", 1)[0]].append(path)
    rows = []
    signatures: dict[str, str] = {}
    for name, paths in ((name, paths[: args.references]) for name, paths in sets.items()):
        into = name[-2:]
        source, target = (1, 0) if into == "de" else (0, 1)
        sentences = read_column(paths[0], source, args.limit)
        references = [read_column(path, target, args.limit) for path in paths]
        for compute_type in args.compute_types:
            for way in args.quality or args.beam:
                engine = CTranslate2Engine(
                    model, compute_type=compute_type, shortlist=way != "best", lexicon=not args.no_lexicon
                )
                engine.translate(engine.tokenizer.encode(sentences[:1]), into)  # type: ignore[arg-type]  # loads
                begin = time.perf_counter()
                if args.quality:
                    segments = [Segment(str(n), sentence) for n, sentence in enumerate(sentences)]
                    hyps = [each.target for each in translate_segments(segments, engine, into, quality=way)]  # type: ignore[arg-type]
                else:
                    pieces = engine.read(sentences, into)  # type: ignore[arg-type]
                    found = engine.translate(pieces, into, beam=way)  # type: ignore[arg-type]
                    hyps = engine.tokenizer.decode([some[0].pieces for some in found])
                rate = len(sentences) / (time.perf_counter() - begin)
                # an empty output is scored as such, not refused
                bleu, chrf = corpus_scores(
                    hyps, references, metrics=("bleu", "chrf"), confidence=True, target_lang=into, allow_empty=True
                )
                signatures |= {f"{s.name}, {len(paths)} reference(s)": s.signature for s in (bleu, chrf)}
                cells = [
                    f"{s.value:.1f} [{s.interval[0]:.1f}, {s.interval[1]:.1f}]" for s in (bleu, chrf) if s.interval
                ]
                rows.append((name, len(sentences), len(paths), compute_type, way, *cells, f"{rate:.1f}"))
    head = "quality" if args.quality else "beam"
    table(rows, ("set", "sentences", "references", "weights", head, "BLEU", "chrF", "sentences/s"))
    print()
    for name, signature in sorted(signatures.items()):
        print(f"{name}: {signature}")


if __name__ == "__main__":
    main()
