"""Which size and vocabulary learn most in a given time: new models that take turns on the processor.

    python benchmarks/sizes.py --data CORPUS... --config PRESET --refs ntrex_docs.de-en.jsonl ntrex_docs.en-de.jsonl \\
        --trials 256x6+2/16000 384x6+2/16000 512x6+2/16000 384x6+2/8000 384x6+2/32000 --minutes 15

A trial is WIDTHxENCODER+DECODER/VOCABULARY; heads are as wide as 64, the feed-forward layers four times the width. --pairs are
drawn from the corpus by the weights of the preset, the same for all. Each vocabulary is learnt from them, aligned, and the embeddings
start cross-lingual, as `mt-publish train` does it; none of that counts as time. Then every trial trains for --slice
seconds in turn, in one process, until each has had --minutes, so that a machine whose speed changes is fair to all.

What is printed every --every minutes is the loss on held-out sentences, in nats a *character* of the reference, which models of
different vocabularies share, with the whole vocabulary and without smoothing; less is better. The difference to the first trial has
a 95 % interval over the sentences (paired, normal). --refs are .jsonl files (`source`, `reference`) or tables German TAB
English; those whose name holds "en-de" are scored into German. Needs torch.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from _common import machine, paired_change, read_held, table

from mt_publish.training.batches import Batches, ladder_for
from mt_publish.training.corpus import Pair, clean, find_files, read_pairs, write_table
from mt_publish.training.heldout import sentence_losses
from mt_publish.training.network import Architecture, Network, choose_precision
from mt_publish.training.recipe import Prepared, Recipe, load_recipe, prepare
from mt_publish.training.start import crosslingual_embeddings
from mt_publish.training.trainer import StopWhen, TrainConfig, Trainer
from mt_publish.types import LangPair

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WAYS = (LangPair("de", "en"), LangPair("en", "de"))


@dataclass
class Trial:
    """A model in training and what it was measured at.

    Args:
        name: As it was given.
        trainer: Trains it, a slice at a time.
        prepared: Its vocabulary and corpus.
    """

    name: str
    trainer: Trainer
    prepared: Prepared

    def losses(self, held: Sequence[tuple[LangPair, str, str]]) -> NDArray[np.float64]:
        """(sentences,) nats a sentence."""
        vocabulary = self.prepared.vocabulary
        sources, targets = [], []
        for way, source, target in held:
            prefix = vocabulary.prefix(way.target)
            cut, translation = vocabulary.encode([source], way.source)[0], vocabulary.encode([target], way.target)[0]
            sources.append([*([prefix] if prefix is not None else []), *cut, vocabulary.eos])
            targets.append([*translation, vocabulary.eos])
        return sentence_losses(self.trainer.network, sources, targets)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="what mt-publish train takes")
    parser.add_argument("--config", type=Path, default=None, help="training preset: weights of files, rate, batch ...")
    parser.add_argument("--refs", type=Path, nargs="+", required=True, help="held-out sentences")
    parser.add_argument("--trials", nargs="+", required=True, help="such as 384x6+2/16000")
    parser.add_argument("--minutes", type=float, default=15, help="training time of each")
    parser.add_argument("--every", type=float, default=5, help="minutes of each between measurements")
    parser.add_argument("--slice", type=float, default=30, help="seconds of a turn")
    parser.add_argument("--pairs", type=int, default=100_000, help="drawn from the corpus")
    parser.add_argument("--sentences", type=int, default=200, help="held out, each way")
    parser.add_argument("--rate", type=float, default=None, help="highest learning rate; else the preset's")
    parser.add_argument("--warmup", type=int, default=None, help="steps; else the preset's")
    parser.add_argument("--threads", type=int, default=None)
    args = parser.parse_args()
    import torch

    if args.threads:
        torch.set_num_threads(args.threads)
    recipe = load_recipe(args.config)
    given = {key: getattr(args, key) for key in ("rate", "warmup") if getattr(args, key) is not None}
    # Told terms, made pairs and dropout are not what is asked about here.
    recipe = replace(
        recipe, annotate=0.0, tell_rare=0.0, copy_noise=0.0, concatenate=0.0, links=args.pairs,
        train={**recipe.train, **given, "dropout": 0.0},
    )  # fmt: skip
    held = [(way, *sides) for way in WAYS for sides in read_held(args.refs, way, args.sentences)]
    characters = sum(len(target) for *_, target in held)
    print(machine())
    print(
        f"{torch.get_num_threads()} threads, {choose_precision(recipe.precision)}; {args.pairs:,} pairs; held out: {len(held)} "
        f"sentences of {', '.join(path.name for path in args.refs)}\n",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as scratch:
        drawn = Path(scratch, "drawn.tsv")
        write_table(draw(args.data, recipe, args.pairs), drawn)
        prepared: dict[int, Prepared] = {}
        trials = [begin(name, drawn, recipe, args.minutes, prepared, Path(scratch)) for name in args.trials]
        rounds = math.ceil(args.minutes / args.every)
        for number in range(1, rounds + 1):
            until = 60 * min(args.minutes, number * args.every)
            train_in_turns(trials, until, args.slice)
            found = [trial.losses(held) for trial in trials]
            print(f"after {until / 60:g} minutes each", flush=True)
            table(
                [row(trial, loss, found[0], characters) for trial, loss in zip(trials, found, strict=True)],
                ("trial", "million weights", "target pieces", "nats a character", "against the first"),
            )
            print(flush=True)


def draw(data: Sequence[Path], recipe: Recipe, pairs: int) -> list[Pair]:
    """So many pairs of the cleaned corpus, by the weights of their files, always the same ones."""
    files = [path for path in find_files(data) if recipe.rule(str(path)).weight > 0]
    cleaned = clean((pair for path in files for pair in read_pairs(path)), recipe.clean).pairs
    rng = random.Random(recipe.seed)
    keyed = [(rng.random() ** (1 / recipe.rule(pair.part).weight), i) for i, pair in enumerate(cleaned)]
    return [cleaned[i] for _, i in sorted(sorted(keyed, reverse=True)[:pairs], key=lambda each: each[1])]


def begin(
    name: str, drawn: Path, recipe: Recipe, minutes: float, prepared: dict[int, Prepared], scratch: Path
) -> Trial:
    """A new model, ready to train; vocabularies are learnt and aligned once."""
    sizes, _, ids = name.partition("/")
    width, _, layers = sizes.partition("x")
    encoder, _, decoder = layers.partition("+")
    recipe = replace(recipe, size=int(ids), data=())
    if recipe.size not in prepared:
        prepared[recipe.size] = prepare([drawn], scratch / ids, recipe=recipe, dev=0)
    about = prepared[recipe.size]
    architecture = Architecture(
        about.vocabulary.size,
        width=int(width),
        feed_forward=4 * int(width),
        encoder_layers=int(encoder),
        decoder_layers=int(decoder),
        heads=int(width) // 64,
    )
    precision = choose_precision(recipe.precision)
    network = Network.fresh(architecture, seed=recipe.seed, precision=precision)
    import torch

    vectors = crosslingual_embeddings(about.corpus, about.vocabulary.size, architecture.width, seed=recipe.seed)
    network.set_embeddings(torch.from_numpy(vectors))
    batches = Batches(
        about.corpus,
        about.vocabulary,
        size=recipe.batch or 4800,
        max_pieces=recipe.max_pieces,
        seed=recipe.seed,
        ladder=ladder_for(precision),
    )
    config = TrainConfig(minutes=minutes, seed=recipe.seed, **recipe.train)  # type: ignore[arg-type]
    print(f"{name}: ready", flush=True)
    return Trial(name, Trainer(network, batches, config), about)


def train_in_turns(trials: Sequence[Trial], until: float, seconds: float) -> None:
    """Trains each up to `until` seconds of its own, `seconds` at a time."""
    while waiting := [trial for trial in trials if trial.trainer.state.seconds < until]:
        for trial in waiting:
            ends = time.monotonic() + min(seconds, until - trial.trainer.state.seconds)
            trial.trainer.callbacks = [StopWhen(lambda ends=ends: time.monotonic() >= ends)]  # type: ignore[misc]
            trial.trainer.stopped = False
            trial.trainer.run()


def row(trial: Trial, losses: NDArray[np.float64], first: NDArray[np.float64], characters: int) -> tuple[str, ...]:
    """A line of the table."""
    weights = sum(weight.numel() for weight in trial.trainer.network.weights.values())
    return (
        trial.name,
        f"{weights / 1e6:.1f}",
        f"{trial.trainer.state.tokens:,}",
        f"{losses.sum() / characters:.3f}",
        paired_change(losses, first, characters),
    )


if __name__ == "__main__":
    main()
