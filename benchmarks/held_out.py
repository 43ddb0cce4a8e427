"""How likely models find translations that they were not trained on: the loss, told nothing and told their rare words.

    python benchmarks/held_out.py shipped other-model --refs ntrex_docs.de-en.jsonl ntrex_docs.en-de.jsonl --sentences 400

The loss is in nats a target piece, in float32, over the whole vocabulary and without smoothing; the models share a vocabulary. The
difference to the first model has a 95 % interval over the sentences (paired, normal). It tells models apart with a tenth of the
sentences that BLEU needs. --refs are .jsonl files (`source`, `reference`) or tables German TAB English; those whose name holds
"en-de" are scored into German. Needs torch.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from _common import machine, paired_change, read_held, table

from mt_publish.training.heldout import sentence_losses
from mt_publish.training.network import Network
from mt_publish.training.vocabulary import load_vocabulary
from mt_publish.translation.engines import CTranslate2Engine
from mt_publish.translation.models import find_model
from mt_publish.types import LangPair


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help="as for --model")
    parser.add_argument("--refs", type=Path, nargs="+", required=True, help="held-out sentences")
    parser.add_argument("--sentences", type=int, default=400, help="of each direction")
    parser.add_argument("--threads", type=int, default=None)
    args = parser.parse_args()
    import torch

    if args.threads:
        torch.set_num_threads(args.threads)
    print(machine(), "\n")
    first = {}
    rows = []
    for name in args.models:
        model = find_model(name)
        vocabulary = replace(load_vocabulary(model.folder), apart=model.wants_marks_apart)
        network = Network.from_marian(model.folder, precision="float32")
        for way in (LangPair("de", "en"), LangPair("en", "de")):
            sides = read_held(args.refs, way, args.sentences)
            texts = [source for source, _ in sides]
            prefix = vocabulary.prefix(way.target)
            targets = [[*ids, vocabulary.eos] for ids in vocabulary.encode([target for _, target in sides], way.target)]
            pieces = sum(map(len, targets))
            for told in (False, True):
                engine = CTranslate2Engine(model, lexicon=told)  # cuts only; nothing is loaded
                cut = [[vocabulary.ids[piece] for piece in source] for source in engine.read(texts, way.target)]
                sources = [[*([prefix] if prefix is not None else []), *ids, vocabulary.eos] for ids in cut]
                losses = sentence_losses(network, sources, targets)
                rows.append(
                    (
                        name,
                        str(way),
                        len(sides),
                        "rare words" if told else "nothing",
                        f"{losses.sum() / pieces:.3f}",
                        paired_change(losses, first.setdefault((way, told), losses), pieces),
                    )
                )
    table(rows, ("model", "way", "sentences", "told", "nats a piece", "against the first"))


if __name__ == "__main__":
    main()
