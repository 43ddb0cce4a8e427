"""Pairs for `mt-publish train --from`: of each source, the model's own translation that is nearest to its references.

    python scripts/nearest_translations.py newspool/*.tsv.gz --to en --minutes 8 --out corpus/nearest.de-en.tsv

The files are what `train` takes, such as tables with one pair a line: German, a tab, English. Pairs with the same source are
several references of one sentence. Of the hypotheses in a beam of 8, the one with the highest mean sentence chrF against them is
kept, unless that is below --least: "sequence-level interpolation" (Kim & Rush 2016, "Sequence-level knowledge distillation",
section 3.3). What comes out is again German, a tab, English, whichever way was translated. A run that was stopped goes on where
it was with the same command.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sacrebleu.metrics import CHRF

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mt_publish.training.corpus import read_pairs  # noqa: E402
from mt_publish.translation.engines import CTranslate2Engine, Engine  # noqa: E402
from mt_publish.translation.models import find_model  # noqa: E402
from mt_publish.types import Lang  # noqa: E402

BEAM = 8
AT_ONCE = 256
"""Sources translated between two looks at the clock."""


def read_references(files: Sequence[Path], target: Lang, *, shortest: int, longest: int) -> dict[str, list[str]]:
    """References by source, for sources of `shortest` to `longest` words; in an order that only the sources decide."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in files:
        for pair in read_pairs(path):
            source, reference = (pair.de, pair.en) if target == "en" else (pair.en, pair.de)
            if reference and shortest <= len(source.split()) <= longest and reference not in found[source]:
                found[source].append(reference)
    order = sorted(filter(found.get, found), key=lambda source: hashlib.sha256(source.encode()).digest())
    return {source: found[source] for source in order}


def nearest(hypotheses: Sequence[str], references: Sequence[str], chrf: CHRF) -> tuple[str, float]:
    """The hypothesis with the highest mean sentence chrF against the references, and that mean, 0 to 100."""
    scores = {h: sum(chrf.sentence_score(h, [r]).score for r in references) / len(references) for h in hypotheses}
    best = max(scores, key=lambda h: scores[h])  # of equals the one that the model likes best
    return best, scores[best]


def choose(
    references: Mapping[str, Sequence[str]], engine: Engine, target: Lang, *, done: int = 0
) -> Iterator[list[tuple[str, str, float]]]:
    """(source, nearest hypothesis, its chrF), some hundred sources at a time, the first `done` sources left out."""
    sources, chrf = list(references)[done:], CHRF()
    for at in range(0, len(sources), AT_ONCE):
        some = sources[at : at + AT_ONCE]
        beams = engine.translate(engine.tokenizer.encode(some), target, beam=BEAM, n_best=BEAM)
        chosen = []
        for source, beam in zip(some, beams, strict=True):
            hypotheses = engine.tokenizer.decode([h.pieces for h in beam if not h.truncated])
            best, score = nearest(hypotheses, references[source], chrf) if hypotheses else ("", 0.0)
            chosen.append((source, best, score))
        yield chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--to", choices=["de", "en"], required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", default="shipped")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--least", type=float, default=45.0, help="chrF below which a translation is not kept")
    parser.add_argument("--words", type=int, nargs=2, default=(5, 45), metavar=("LEAST", "MOST"))
    args = parser.parse_args()

    references = read_references(args.files, args.to, shortest=args.words[0], longest=args.words[1])
    looked_at = args.out.with_suffix(args.out.suffix + ".count")  # not all sources leave a line
    done = int(looked_at.read_text()) if looked_at.exists() and args.out.exists() else 0
    print(f"{len(references)} sources, {done} of them done before", file=sys.stderr)
    engine = CTranslate2Engine(find_model(args.model))
    begin, kept = time.monotonic(), 0
    with args.out.open("a" if done else "w", encoding="utf-8") as out:
        for chosen in choose(references, engine, args.to, done=done):
            for source, hypothesis, score in chosen:
                if score >= args.least:
                    kept += 1
                    print(*((source, hypothesis) if args.to == "en" else (hypothesis, source)), sep="\t", file=out)
            out.flush()
            done += len(chosen)
            looked_at.write_text(str(done))
            rate = (time.monotonic() - begin) / 60
            print(f"\r{done} of {len(references)} sources, {kept} kept, {rate:.1f} minutes", end="", file=sys.stderr)
            if rate >= args.minutes:
                break
    print(file=sys.stderr)


if __name__ == "__main__":
    main()
