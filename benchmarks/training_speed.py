"""Target pieces a second in training, against transformers' own Trainer on the same model and the same pairs.

    python benchmarks/training_speed.py --data news.tsv.gz [--seconds 30] [--rounds 3]

Both start from the same weights, in the same precision, and see the same pairs in both directions. transformers trains as its
examples do: Seq2SeqTrainer, DataCollatorForSeq2Seq, 32 sentences a batch, in random order and then again by length
(`group_by_length`). Ours takes the preset's batches of 4,800 pieces, with the whole vocabulary in the loss and with a sample of it
(`sample`). The first steps, which compile kernels, are not
counted; the four take turns, and the median of the rounds is given. Needs torch, transformers and accelerate.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from _common import machine, table

from mt_publish.training.batches import Batches, EncodedCorpus, EncodedPair, ladder_for
from mt_publish.training.corpus import read_pairs
from mt_publish.training.network import Network, choose_precision
from mt_publish.training.trainer import Report, StopWhen, Tell, TrainConfig, Trainer
from mt_publish.training.vocabulary import Vocabulary, load_vocabulary
from mt_publish.translation.models import find_model
from mt_publish.types import LangPair

WARM = 3
"""Steps that are not counted."""


def ours(
    folder: Path, pairs: list[EncodedPair], vocabulary: Vocabulary, precision: Any, seconds: float, sample: int
) -> float:
    seen: list[tuple[int, float]] = []

    def note(report: Report) -> None:
        seen.append((report.tokens, time.monotonic()))

    trainer = Trainer(
        Network.from_marian(folder, precision=precision),
        Batches(EncodedCorpus.of(pairs), vocabulary, size=4800, max_pieces=100, seed=1, ladder=ladder_for(precision)),
        TrainConfig(minutes=1000, rate=1e-5, dropout=0.1, guide=0.0, sample=sample),
        callbacks=[
            Tell(note, every=1),
            StopWhen(lambda: len(seen) > WARM + 1 and seen[-1][1] - seen[WARM][1] > seconds),
        ],
    )
    trainer.run()
    return (seen[-1][0] - seen[WARM][0]) / (seen[-1][1] - seen[WARM][1])


def theirs(
    folder: Path, rows: list[dict[str, list[int]]], pad: int, precision: str, seconds: float, by_length: bool
) -> float:
    import torch
    from transformers import (
        MarianMTModel,
        Seq2SeqTrainer,
        Seq2SeqTrainingArguments,
        TrainerCallback,
    )

    seen: list[tuple[int, float]] = []
    tokens = 0

    def collate(batch: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        """DataCollatorForSeq2Seq without its tokenizer: padded to the longest, labels with -100."""
        nonlocal tokens
        tokens += sum(len(row["labels"]) for row in batch)
        widths = {key: max(len(row[key]) for row in batch) for key in ("input_ids", "labels")}
        ids = torch.tensor([r["input_ids"] + [pad] * (widths["input_ids"] - len(r["input_ids"])) for r in batch])
        labels = torch.tensor([r["labels"] + [-100] * (widths["labels"] - len(r["labels"])) for r in batch])
        shifted = torch.cat([torch.full((len(batch), 1), pad), labels[:, :-1].masked_fill(labels[:, :-1] < 0, pad)], 1)
        return {
            "input_ids": ids,
            "attention_mask": (ids != pad).long(),
            "decoder_input_ids": shifted,  # as the collator gives them when labels are smoothed
            "labels": labels,
        }

    class Watch(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
            seen.append((tokens, time.monotonic()))
            if len(seen) > WARM + 1 and seen[-1][1] - seen[WARM][1] > seconds:
                control.should_training_stop = True
            return control

    network: Any = MarianMTModel.from_pretrained(folder, dtype=torch.float32)
    sampling = {"train_sampling_strategy": "group_by_length"} if by_length else {}
    with tempfile.TemporaryDirectory() as out:
        Seq2SeqTrainer(
            model=network,
            args=Seq2SeqTrainingArguments(
                output_dir=out,
                per_device_train_batch_size=32,
                learning_rate=1e-5,
                num_train_epochs=1,
                bf16=precision == "bfloat16",
                label_smoothing_factor=0.1,
                report_to=[],
                save_strategy="no",
                logging_strategy="no",
                disable_tqdm=True,
                remove_unused_columns=False,
                use_cpu=not torch.cuda.is_available(),
                **sampling,
            ),
            train_dataset=rows,  # type: ignore[arg-type]
            data_collator=collate,
            callbacks=[Watch()],
        ).train()
    return (seen[-1][0] - seen[WARM][0]) / (seen[-1][1] - seen[WARM][1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="pairs: German, tab, English")
    parser.add_argument("--pairs", type=int, default=40_000)
    parser.add_argument("--seconds", type=float, default=30, help="counted, for each of the four, each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=2000)
    parser.add_argument("--precision", default="auto")
    args = parser.parse_args()
    import torch

    folder = find_model("shipped", LangPair("de", "en")).folder
    vocabulary = load_vocabulary(folder)
    precision = choose_precision(args.precision)
    read = [pair for pair, _ in zip(read_pairs(args.data), range(args.pairs), strict=False)]
    german, english = vocabulary.encode([p.de for p in read], "de"), vocabulary.encode([p.en for p in read], "en")
    pairs = [
        EncodedPair(de, en) for de, en in zip(german, english, strict=True) if 0 < len(de) < 100 and 0 < len(en) < 100
    ]
    into = {"en": vocabulary.ids[">>eng<<"], "de": vocabulary.ids[">>deu<<"]}
    rows = []
    for pair in pairs:
        rows.append({"input_ids": [into["en"], *pair.de, 0], "labels": [*pair.en, 0]})
        rows.append({"input_ids": [into["de"], *pair.en, 0], "labels": [*pair.de, 0]})
    random.Random(1).shuffle(rows)
    print(machine())
    print(f"{len(pairs)} pairs, both directions, {precision}, {torch.get_num_threads()} threads\n", flush=True)
    found: dict[str, list[float]] = {}
    for _ in range(args.rounds):  # by turns: the speed of a machine changes
        for name, by_length in (("transformers Trainer", False), ("transformers Trainer, by length", True)):
            rate = theirs(folder, rows, vocabulary.pad, precision, args.seconds, by_length)
            found.setdefault(name, []).append(rate)
        for name, sample in (("mt-publish", 0), (f"mt-publish, sample of {args.sample}", args.sample)):
            rate = ours(folder, pairs, vocabulary, precision, args.seconds, sample)
            found.setdefault(name, []).append(rate)
        print({name: [round(rate) for rate in several] for name, several in found.items()}, flush=True)
    rates = {name: median(several) for name, several in found.items()}
    base, grouped = list(rates.values())[:2]
    print()
    table(
        [(name, f"{rate:.0f}", f"{rate / base:.2f}", f"{rate / grouped:.2f}") for name, rate in rates.items()],
        ("what", "target pieces/s", "/ Trainer", "/ Trainer by length"),
    )


if __name__ == "__main__":
    main()
