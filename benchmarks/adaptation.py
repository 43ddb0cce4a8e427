"""What adapting a model to a domain gains there, what it costs on news, and how long it takes.

    python benchmarks/adaptation.py --domain DOMAIN.tsv.gz --general GENERAL.tsv.gz \\
        --news newstest2021.de-en.refA.tsv newstest2021.en-de.refA.tsv --sizes 500 2000 10000 --minutes 1 2 5

--domain and --general take what `mt-publish train` takes, and a gettext .mo file as well, of which the messages of
three words and more without markup are read. The domain is cleaned as for training; --test pairs are held out by hash.
Neither the domain nor the general pairs that are trained on share a side with these or with the news, letter for
letter, case and punctuation aside. Each size trains on the first so many of the other pairs, by hash, so that a smaller
size is a part of a larger one.

Against forgetting, general pairs are mixed in as docs/training.md tells a user to: as many as domain pairs, but at
least --general-pairs; a smaller domain gets the weight that makes it half of what is trained on. Training is
`mt_publish.training.recipe.train_model` with the settings of `mt-publish train --from MODEL`, but for those given
here and for a dev set, which is not split off: a size is what is trained on. One training is measured with each of the
shares of the parent that --keep names.

News files whose name holds "en-de" have English originals and are scored into German, others the other way; a direction
without a file of its own takes the first file the wrong way round. All is decoded in int8 with beam 4, before and after
alike without a shortlist. Intervals are 95 % of a paired bootstrap (1,000 resamples) of the difference.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from _common import machine, read_column, table
from babel.messages.mofile import read_mo
from safetensors.numpy import load_file, save_file

from mt_publish.quality.significance import PairedResult, paired_tests
from mt_publish.training.corpus import Pair, clean, read_pairs, split, write_table
from mt_publish.training.network import choose_precision
from mt_publish.training.recipe import DataRule, load_recipe, train_model
from mt_publish.training.trainer import blend
from mt_publish.translation.engines import load_engine
from mt_publish.translation.models import find_model
from mt_publish.types import LangPair

WAYS = (LangPair("de", "en"), LangPair("en", "de"))
ALLOWED_LOSS = 0.5
"""chrF that news may lose."""

_MARKUP = re.compile(r"[%<>{}|\\\n\t$]")


@dataclass(frozen=True, slots=True)
class TestSet:
    """Sentences with a reference.

    Args:
        name: "domain" or "news".
        pair: The direction.
        sources: Sentences.
        refs: Their references.
    """

    name: str
    pair: LangPair
    sources: list[str]
    refs: list[str]

    def __str__(self) -> str:
        return f"{self.name} {self.pair.source}→{self.pair.target} ({len(self.sources)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--domain", type=Path, nargs="+", required=True, help="German TAB English, TMX, .mo ...")
    parser.add_argument("--general", type=Path, nargs="*", default=[], help="mixed in against forgetting")
    parser.add_argument("--news", type=Path, nargs="+", required=True, help="test sets, German TAB English")
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000, 10000], help="domain pairs")
    parser.add_argument("--minutes", type=float, nargs="+", default=[1, 2, 5], help="training time of each size")
    parser.add_argument("--steps", type=int, default=None, help="stop after so many steps, if that comes first")
    parser.add_argument("--from", dest="start_from", default="shipped", help="model to adapt")
    parser.add_argument("--test", type=int, default=300, help="domain pairs held out")
    parser.add_argument("--limit-news", type=int, default=300)
    parser.add_argument("--general-pairs", type=int, default=3000, help="general pairs mixed in at least")
    parser.add_argument("--config", type=Path, default=None, help="training preset, as for mt-publish train")
    parser.add_argument("--precision", choices=("auto", "bfloat16", "float32"), default=None, help="else the preset's")
    parser.add_argument("--batch", type=int, default=None, help="pieces in a batch; else the preset's")
    parser.add_argument("--rate", type=float, default=None, help="highest learning rate; else what --from sets")
    parser.add_argument("--warmup", type=int, default=None, help="steps; else what --from sets")
    parser.add_argument("--dropout", type=float, default=None, help="else the preset's")
    parser.add_argument("--cooldown", type=float, default=None, help="else the preset's")
    parser.add_argument("--keep", type=float, nargs="+", default=[0.3], help="shares of the parent, each measured")
    parser.add_argument("--threads", type=int, default=None)
    args = parser.parse_args()
    if len(args.sizes) != len(args.minutes):
        parser.error("--sizes and --minutes need as many values each")
    given = {
        key: getattr(args, key) for key in ("rate", "warmup", "dropout", "cooldown") if getattr(args, key) is not None
    }
    recipe = load_recipe(args.config)
    recipe = replace(
        recipe,
        precision=args.precision or recipe.precision,
        batch=args.batch or recipe.batch,
        keep=0,  # shares of the parent are mixed in below, from one training
        train={**recipe.train, **given},
    )

    domain, general = (clean(read(paths), recipe.clean).pairs for paths in (args.domain, args.general))
    parts = split(domain, dev=0, test=args.test, seed=recipe.seed)
    tests = [test_set("domain", way, parts.test) for way in WAYS] + [
        test_set("news", way, read_news(args.news, way, args.limit_news)) for way in WAYS
    ]
    held = {bare(side) for test in tests for side in (*test.sources, *test.refs)}
    rest, general = (by_hash(without(pairs, held)) for pairs in (parts.train, general))
    if max(args.sizes) > len(rest):
        parser.error(f"{max(args.sizes)} domain pairs are wanted, but only {len(rest)} are there to train on")

    parent = find_model(args.start_from)
    names = [", ".join(path.name for path in paths) or "none" for paths in (args.domain, args.general)]
    print(machine())
    print(
        f"model {parent.name} {parent.sha256()[:12]}; domain {names[0]}: {len(domain)} clean pairs, {len(parts.test)} "
        f"held out, {len(rest)} to train on; general {names[1]}: {len(general)}\n"
        f"{choose_precision(recipe.precision)}, batches of {recipe.batch or 2400} pieces, "
        f"{', '.join(f'{key} {value:g}' for key, value in given.items()) or 'settings of mt-publish train --from'}\n",
        flush=True,
    )
    rows, verdicts = [], []
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["MT_PUBLISH_CACHE"] = str(Path(scratch, "cache"))  # converted models go with the rest
        before = translate(parent.folder, tests, args.threads)
        for size, minutes in zip(args.sizes, args.minutes, strict=True):
            folder = Path(scratch, str(size))
            folder.mkdir()
            mixed = general[: max(size, args.general_pairs)]
            weight = max(1.0, len(mixed) / size)
            write_table(rest[:size], folder / "domain.tsv")
            write_table(mixed, folder / "general.tsv")
            began = time.monotonic()
            result = train_model(
                [folder / "domain.tsv", *([folder / "general.tsv"] if mixed else [])],
                folder / "model",
                recipe=replace(recipe, data=(DataRule("*/domain.tsv", weight), DataRule("*/general.tsv"))),
                minutes=minutes,
                steps=args.steps,
                start_from=parent.folder,
                dev=0,
                threads=args.threads,
            )
            wall = time.monotonic() - began
            for keep in args.keep:
                after = translate(
                    write_blend(result.folder, parent.folder, keep, folder / f"keep {keep}"), tests, args.threads
                )
                found = [compare(*each) for each in zip(tests, before, after, strict=True)]
                rows.append(
                    (
                        f"{size:,} + {len(mixed):,}",
                        f"{result.seconds / 60:.1f} ({wall / 60:.1f})",
                        f"{result.steps:,}",
                        f"{result.tokens:,}",
                        f"{keep:g}",
                        *map(show, found),
                    )
                )
                change = min(r.delta for test, r in zip(tests, found, strict=True) if test.name == "news")
                verdict = "forgets more than" if change < -ALLOWED_LOSS else "stays within"
                verdicts.append(
                    f"{size:,} pairs, {keep:g} of the parent: worst change on news {change:+.2f} chrF, {verdict} {ALLOWED_LOSS}"
                )
                print(verdicts[-1], *map(show, found), sep="; ", flush=True)  # something stays if a later size fails
    print()
    table(
        rows,
        (
            "domain + general pairs",
            "minutes (with preparation)",
            "steps",
            "target tokens",
            "of the parent",
            *(f"chrF {t}" for t in tests),
        ),
    )
    print("", *verdicts, sep="\n")


def write_blend(child: Path, parent: Path, keep: float, folder: Path) -> Path:
    """A copy of the model `child` whose weights have a share of those of `parent`, as `Recipe.keep` makes it."""
    shutil.copytree(child, folder, ignore=shutil.ignore_patterns("training"))
    own, old = (load_file(model / "model.safetensors") for model in (child, parent))
    mixed = blend(own, old, keep)
    save_file({name: weight.astype(own[name].dtype) for name, weight in mixed.items()}, folder / "model.safetensors")
    return folder


def read(paths: Iterable[Path]) -> Iterator[Pair]:
    """The pairs of corpus files and of .mo files, of the latter those that are likely to be sentences."""
    for path in paths:
        if path.suffix == ".mo":
            with path.open("rb") as file:
                for message in read_mo(file):
                    en, de = message.id, message.string
                    if not isinstance(en, str) or not isinstance(de, str) or _MARKUP.search(en + de):
                        continue  # a tuple has plurals
                    if len(en.split()) >= 3:
                        yield Pair(" ".join(de.split()), " ".join(en.split()), str(path))
        else:
            yield from read_pairs(path)


def read_news(paths: Sequence[Path], way: LangPair, limit: int) -> list[Pair]:
    """The first sentences of the test set for a direction."""
    of_way = [path for path in paths if ("en-de" in path.name) == (way.source == "en")]
    path = (of_way or paths)[0]
    return [Pair(*sides) for sides in zip(*(read_column(path, column, limit) for column in (0, 1)), strict=True)]


def test_set(name: str, way: LangPair, pairs: Sequence[Pair]) -> TestSet:
    """Pairs as a test set of one direction."""
    sources, refs = ([getattr(pair, lang) for pair in pairs] for lang in way)
    return TestSet(name, way, sources, refs)


def bare(side: str) -> str:
    """Letters and digits of a sentence in lower case."""
    return re.sub(r"[\W_]", "", side.lower())


def without(pairs: Iterable[Pair], held: set[str]) -> list[Pair]:
    """The pairs that share no side with what is held out."""
    return [pair for pair in pairs if bare(pair.de) not in held and bare(pair.en) not in held]


def by_hash(pairs: Iterable[Pair]) -> list[Pair]:
    """Shuffled, always in the same way."""
    return sorted(pairs, key=lambda pair: hashlib.blake2b(f"{pair.de}\t{pair.en}".encode()).digest())


def translate(folder: Path, tests: Sequence[TestSet], threads: int | None) -> list[list[str]]:
    """Translations of each test set."""
    engine = load_engine(find_model(str(folder)), threads=threads, shortlist=False)
    found = []
    for test in tests:
        hyps = engine.translate(engine.tokenizer.encode(test.sources), test.pair.target, beam=4)
        found.append(engine.tokenizer.decode([best[0].pieces for best in hyps]))
    return found


def compare(test: TestSet, before: Sequence[str], after: Sequence[str]) -> PairedResult:
    """chrF before and after."""
    return paired_tests({"after": after}, [test.refs], baselines={"before": before}, metrics=("chrf",))[0]


def show(result: PairedResult) -> str:
    """Before → after (difference with its interval)."""
    assert result.delta_interval is not None
    low, high = result.delta_interval
    return f"{result.baseline_value:.1f} → {result.value:.1f} ({result.delta:+.1f} [{low:+.1f}, {high:+.1f}])"


if __name__ == "__main__":
    main()
