"""How fast the paired bootstrap is, against `sacrebleu --paired-bs` in the same run.

    python benchmarks/significance.py [--segments 3000] [--systems 5] [--samples 1000]

Five systems (the first is the baseline) against one reference, BLEU, chrF and TER. Both sides run as a command in a
process of their own, reading the same files, on one core; the p-values are compared as well. The text is made up by a
seeded generator with the sentence lengths of news (median about 20 words), or taken from `--reference FILE`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_OURS = """
import json, sys
from pathlib import Path
from mt_publish.quality.significance import paired_tests
ref, base, *systems = [Path(p).read_text(encoding="utf-8").splitlines() for p in sys.argv[2:]]
found = paired_tests({str(i): s for i, s in enumerate(systems)}, [ref], baselines={"base": base}, n=int(sys.argv[1]))
print(json.dumps([[r.metric, r.system, r.value, r.p_value] for r in found]))
"""


def sentences(count: int, rng: random.Random) -> list[str]:
    """Sentences of words with a long-tailed frequency and news-like lengths."""
    vocabulary = ["".join(rng.choices("aeioubdfghklmnrstvw", k=rng.randint(2, 11))) for _ in range(8000)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    result = []
    for _ in range(count):
        length = max(3, min(70, round(rng.lognormvariate(3.0, 0.5))))
        result.append(" ".join(rng.choices(vocabulary, weights, k=length)).capitalize() + ".")
    return result


def output(refs: list[str], rate: float, rng: random.Random) -> list[str]:
    """A system: every word replaced, dropped or doubled with probability `rate`, and a phrase moved now and then."""
    pool = [word for ref in refs[:200] for word in ref.split()]
    result = []
    for ref in refs:
        words = []
        for word in ref.split():
            if rng.random() > rate:
                words.append(word)
            elif rng.random() < 0.75:
                words.append(rng.choice(pool))
        if len(words) > 8 and rng.random() < 0.6:
            at, to = rng.randrange(len(words) - 3), rng.randrange(len(words) - 3)
            moved = words[at : at + 3]
            del words[at : at + 3]
            words[to:to] = moved
        result.append(" ".join(words) or "-")
    return result


def timed(command: list[str], folder: str) -> tuple[float, str]:
    """Wall seconds and standard output of a command."""
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    return time.perf_counter() - start, done.stdout


def main() -> None:
    """Runs both sides and prints times, ratio and the largest difference of p-values."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--segments", type=int, default=3000)
    parser.add_argument("--systems", type=int, default=5)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--reference", type=Path, help="text file with one reference a line, instead of made-up text")
    args = parser.parse_args()
    rng = random.Random(1)
    if args.reference:
        refs = args.reference.read_text(encoding="utf-8").splitlines()[: args.segments]
    else:
        refs = sentences(args.segments, rng)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, lines in [("ref", refs)] + [
            (f"system{i}", output(refs, 0.30 + 0.002 * i, rng)) for i in range(args.systems)
        ]:
            path = Path(folder) / name
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            paths.append(str(path))
        repository = str(Path(__file__).parents[1])
        ours_time, ours_out = timed([sys.executable, "-c", _OURS, str(args.samples), *paths], repository)
        theirs_time, theirs_out = timed(
            [sys.executable, "-m", "sacrebleu", paths[0], "-i", *paths[1:], "-m", "bleu", "chrf", "ter", "--paired-bs",
             "--paired-bs-n", str(args.samples), "-w", "4", "-f", "latex"],
            folder,
        )  # fmt: skip
    # The LaTeX table is the easiest to read back: sacreBLEU 2.6 cannot write this result as JSON (numpy 2 numbers).
    theirs: dict[tuple[str, str], tuple[float, float]] = {}
    for line in theirs_out.splitlines():
        if found := re.match(r".*system(\d+) +& (.*p = .*)", line):
            for name, cell in zip(("bleu", "chrf", "ter"), found[2].split("&"), strict=True):
                score, p_value = re.findall(r"^\s*([\d.]+)|p = ([\d.]+)", cell)
                theirs[name, str(int(found[1]) - 1)] = (float(score[0]), float(p_value[1]))
    ours = json.loads(ours_out)
    worst = max(abs(p - theirs[metric, system][1]) for metric, system, _, p in ours)
    same = all(round(value, 4) == theirs[metric, system][0] for metric, system, value, _ in ours)
    print(f"{len(refs)} segments, 3 metrics, {args.samples} resamples, {args.systems} systems, one process each")
    print(f"sacrebleu --paired-bs  {theirs_time:8.1f} s")
    print(f"mt_publish             {ours_time:8.1f} s   {theirs_time / ours_time:.1f} times faster")
    print(f"scores equal to 4 decimals: {same}; largest difference of p-values: {worst:.4f}")


if __name__ == "__main__":
    main()
