"""The engines: CTranslate2 (default) and transformers (reference), behind one protocol over pieces.

Everything above this module works on text; everything below it is a library. Both engines put the language prefix first
and ``</s>`` last, give scores as mean log-probability a target piece, and give attention as the cross-attention of the
model's alignment head, shape (target pieces, source pieces) with prefix and ``</s>`` columns dropped and rows renormalised.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
import types
from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

from mt_publish.errors import EngineError
from mt_publish.translation.alignment import normalised
from mt_publish.translation.lexicon import Lexicon, read_lexicon, source_pieces
from mt_publish.translation.models import VOCABULARY_MAP, Model, convert
from mt_publish.translation.rerank import can_rerank, rerank
from mt_publish.translation.slips import WordList, read_word_list
from mt_publish.translation.tokenizer import EOS, SPACE, Tokenizer
from mt_publish.types import TERM_END, TRANS_END, Lang, Matrix

Pieces = list[str]

MAX_TARGET = 256
"""Longest output in pieces. CTranslate2 stops there without a word; we compare lengths and say so."""

_GROUP = 128  # sentences of like length handed over at once: a few batches for each worker
_LEAST = 2  # sentences a batch: measured best for six or eight sentences; a dozen and more want three or four


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One output of the engine.

    Args:
        pieces: Target pieces without ``</s>``.
        score: Mean log-probability a piece, ``</s>`` included.
        attention: (target pieces, source pieces), rows summing to 1, or None when it was not asked for.
        truncated: True when the length limit cut it off.
    """

    pieces: Pieces
    score: float
    attention: Matrix | None = None
    truncated: bool = False


class Pending:
    """Hypotheses that are being computed, the best of each sentence, in the order of the input.

    Args:
        work: Waits for them.
        stop: Gives up what has not begun.
    """

    def __init__(self, work: Callable[[], list[Hypothesis]], stop: Callable[[], object] = lambda: None) -> None:
        self.result = work
        self.cancel = stop


class Engine(Protocol):
    """What every engine does. Batches may have any size and order; results come back in the order of the input."""

    name: str
    tokenizer: Tokenizer
    model: Model

    @property
    def lexicon(self) -> Lexicon | None:
        """Rare words that its sources are told; None for none."""
        ...

    def word_list(self, lang: Lang) -> WordList | None:
        """The words that its training corpus has; None for none, or where its sources are told no rare words."""
        ...

    def read(self, texts: list[str], target: Lang) -> list[Pieces]:
        """Source pieces of each text as `translate` wants them, rare words told; see `mt_publish.translation.lexicon`."""
        ...

    def translate(
        self,
        batch: Sequence[Pieces],
        target: Lang,
        *,
        beam: int = 2,
        n_best: int = 1,
        prefixes: Sequence[Pieces] | None = None,
        forbidden: Sequence[Pieces] = (),
        no_repeat: int = 0,
        attention: bool = False,
    ) -> list[list[Hypothesis]]:
        """Translates source pieces; `n_best` hypotheses each, best first.

        Args:
            batch: Source pieces without prefix and end mark.
            target: Target language.
            beam: Beam size, 1 is greedy.
            n_best: Number of hypotheses, at most `beam`.
            prefixes: Target pieces that each output must begin with.
            forbidden: Sequences of pieces that no output may contain.
            no_repeat: Forbid repeating n-grams of this size, 0 for off.
            attention: Give the attention of the alignment head.
        """
        ...

    def begin(self, batch: Sequence[Pieces], target: Lang, *, beam: int = 2, back: bool = False) -> Pending:
        """Begins to translate source pieces, with attention, while the caller does other things.

        Other calls are answered meanwhile. An engine that computes one thing at a time only begins when the result is
        asked for.

        Args:
            batch: Source pieces without prefix and end mark.
            target: Target language.
            beam: Beam size, 1 is greedy.
            back: Choose among the whole beam by both directions, where the model has both; see `mt_publish.translation.rerank`.
        """
        ...

    def score(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang) -> list[float]:
        """Mean log-probability a piece of given targets, ``</s>`` included."""
        ...

    def align(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang) -> Sequence[Matrix]:
        """Attention of the alignment head for given pairs, each (target pieces, source pieces)."""
        ...


def load_engine(
    model: Model,
    *,
    kind: Literal["ctranslate2", "transformers"] = "ctranslate2",
    compute_type: str = "int8",
    threads: int | None = None,
    shortlist: bool = True,
    lexicon: bool = True,
) -> Engine:
    """An engine for `model`, its weights loaded at the first batch.

    Args:
        model: From `mt_publish.translation.models.find_model`.
        kind: Which library computes.
        compute_type: For CTranslate2: "int8", "float32" …
        threads: CPU threads in all; None for all that this process may use.
        shortlist: Decode with the model's shortlist where CTranslate2 can and the model has one: a quarter faster, other
            words now and then, scores the same.
        lexicon: Tell the model its rare words where it has a lexicon; see `mt_publish.translation.lexicon`.
    """
    if kind == "transformers":
        return TransformersEngine(model, threads=threads, lexicon=lexicon)
    return CTranslate2Engine(model, compute_type=compute_type, threads=threads, shortlist=shortlist, lexicon=lexicon)


def available_cores() -> int:
    """CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def _light_import(name: str) -> Iterator[None]:
    """Lets what is imported inside import a module without its contents, which are there once they are asked for.

    For a program at its start, where no other thread imports that module.
    """
    placeholder = types.ModuleType(name)

    def contents(attribute: str) -> Any:
        if sys.modules.get(name) is placeholder:
            sys.modules.pop(name, None)
        return getattr(importlib.import_module(name), attribute)

    placeholder.__getattr__ = contents  # type: ignore[method-assign]
    found = sys.modules.setdefault(name, placeholder)
    try:
        yield
    finally:
        if found is placeholder and sys.modules.get(name) is placeholder:
            sys.modules.pop(name, None)


class _Reader:
    """What the engines have in common: how texts become source pieces, and what is known of words.

    Args:
        model: From `mt_publish.translation.models.find_model`.
        threads: CPU threads in all; None for all that this process may use.
        lexicon: Whether lexicon and word lists are read.
    """

    def __init__(self, model: Model, threads: int | None, lexicon: bool) -> None:
        self.model = model
        self.threads = threads or available_cores()
        self.tokenizer = Tokenizer(model.folder, apart=model.wants_marks_apart)
        self._wants_lexicon = lexicon
        self._word_lists: dict[Lang, WordList | None] = {}

    @cached_property
    def lexicon(self) -> Lexicon | None:
        return read_lexicon(self.model) if self._wants_lexicon else None

    def word_list(self, lang: Lang) -> WordList | None:
        if self._wants_lexicon and lang not in self._word_lists:
            self._word_lists[lang] = read_word_list(self.model, lang)
        return self._word_lists.get(lang)

    def read(self, texts: list[str], target: Lang) -> list[Pieces]:
        return source_pieces(self, texts, target)


class CTranslate2Engine(_Reader):
    """The default engine: converted once, verified, loaded in a fraction of a second.

    One worker of one thread for each core beats one worker of many threads: small matrices do not share well.
    """

    batch_size = 32  # examples; measured best for 20 M parameters on 2 cores, see benchmarks/throughput.py

    def __init__(
        self,
        model: Model,
        *,
        compute_type: str = "int8",
        threads: int | None = None,
        shortlist: bool = True,
        lexicon: bool = True,
    ) -> None:
        super().__init__(model, threads, lexicon)
        self.compute_type = compute_type
        self.shortlist = shortlist and model.has_shortlist
        self.name = f"ctranslate2-{compute_type}/{model.name}"
        self._loading, self._verifying = threading.Lock(), threading.Lock()

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads, thread_name_prefix="decode")

    @property
    def _translator(self) -> Any:
        with self._loading:
            return self._loaded

    @property
    def _folder(self) -> Path:
        """The converted model, verified once."""
        with self._verifying:
            return self._verified

    @cached_property
    def _verified(self) -> Path:
        return convert(self.model, compute_type=self.compute_type).folder

    @cached_property
    def _loaded(self) -> Any:
        import ctranslate2

        folder = self._folder
        try:
            return ctranslate2.Translator(
                str(folder),
                compute_type=self.compute_type,
                inter_threads=self.threads,
                intra_threads=1,
                max_queued_batches=-1,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError(str(error), where=self.model.name, remedy="Try --compute-type int8 or float32") from error

    def _offers(self, source: Pieces, wanted: Sequence[str]) -> bool:
        """Whether the shortlist has all wanted target pieces when `source` is translated, whatever else is in the batch."""
        missing = {piece.encode() for piece in wanted}
        for piece in ("", *source):
            if not missing:
                break
            missing.difference_update(self._shortlist.get(piece.encode(), b"").split(b" "))
        return not missing

    @cached_property
    def _shortlist(self) -> dict[bytes, bytes]:
        # as bytes: a third of the time, and few lines are ever looked at
        lines, _, _ = (self._folder / VOCABULARY_MAP).read_bytes().partition(f"\n{TERM_END} ".encode())
        return dict(line.split(b"\t", 1) for line in lines.split(b"\n") if line)

    def load_ahead(self) -> None:
        """Loads the model in the background; what goes wrong is told when it is needed."""

        def verify() -> None:
            with contextlib.suppress(Exception):  # whatever it is, it is raised again when the model is needed
                self._folder  # noqa: B018

        def load() -> None:
            with contextlib.suppress(Exception):
                self._translator  # noqa: B018
                if self.shortlist and self.model.reads_annotations:
                    self._shortlist  # noqa: B018

        # Hashing and loading leave the interpreter to others. Importing does not: in a thread it would only take longer.
        threading.Thread(target=verify, name="verify").start()
        # asyncio is more than half of the time; streams of tokens want it, and get it
        with contextlib.suppress(Exception), _light_import("asyncio"):
            import ctranslate2  # noqa: F401
        threading.Thread(target=load, name="load").start()

    def _with_prefix(self, batch: Sequence[Pieces], target: Lang) -> list[Pieces]:
        prefix = self.model.prefix(target)
        head = [prefix] if prefix else []
        return [[*head, *pieces, EOS] for pieces in batch]

    def _share(self, count: int) -> int:
        """Sentences a batch: two batches or more a worker, so that the one with the longest sentences is not waited for."""
        evenly = -(-count // self.threads)
        return min(self.batch_size, max(-(-count // (2 * self.threads)), min(_LEAST, evenly)))

    def translate(
        self,
        batch: Sequence[Pieces],
        target: Lang,
        *,
        beam: int = 2,
        n_best: int = 1,
        prefixes: Sequence[Pieces] | None = None,
        forbidden: Sequence[Pieces] = (),
        no_repeat: int = 0,
        attention: bool = False,
        batch_size: int = 0,
    ) -> list[list[Hypothesis]]:
        if not batch:
            return []
        sources = self._with_prefix(batch, target)
        skip = 1 if self.model.prefix(target) else 0
        # CTranslate2 can neither force nor forbid anything with a shortlist; what is told must stand there to be said.
        free = self.shortlist and prefixes is None and not forbidden
        short = [free and self._offers(sources[i], [*_told(batch[i])]) for i in range(len(batch))]
        # Longest first, in groups of like length: a runaway sentence then holds up its own group only, and stops early.
        order = sorted(range(len(batch)), key=lambda i: -len(batch[i]))
        size = batch_size or self._share(len(batch))
        running = []
        for chosen in _groups(order, short):
            limit = max(2 * len(batch[i]) + (len(prefixes[i]) if prefixes is not None else 0) for i in chosen) + 20
            limit = min(MAX_TARGET, limit)
            running.append(
                (
                    chosen,
                    limit,
                    self._translator.translate_batch(
                        [sources[i] for i in chosen],
                        target_prefix=[prefixes[i] for i in chosen] if prefixes is not None else None,
                        beam_size=beam,
                        num_hypotheses=n_best,
                        max_batch_size=size,
                        batch_type="examples",
                        return_scores=True,
                        length_penalty=self.model.length_penalty,
                        return_attention=attention,
                        no_repeat_ngram_size=no_repeat,
                        suppress_sequences=list(forbidden) or None,
                        max_input_length=0,
                        max_decoding_length=limit,
                        use_vmap=short[chosen[0]],
                        asynchronous=True,
                    ),
                )
            )
        out: list[list[Hypothesis]] = [[] for _ in batch]
        for chosen, limit, waiting in running:
            for i, pending in zip(chosen, waiting, strict=True):
                result = pending.result()
                for k, pieces in enumerate(result.hypotheses):
                    links = _tidy(result.attention[k], skip, len(batch[i])) if attention else None
                    # return_end_token is off: a hypothesis of the full length did not reach </s>
                    score = self.model.mean_score(result.scores[k], len(pieces) + 1)
                    out[i].append(Hypothesis(pieces, score, links, len(pieces) >= limit))
        return out

    def begin(self, batch: Sequence[Pieces], target: Lang, *, beam: int = 2, back: bool = False) -> Pending:
        order = sorted(range(len(batch)), key=lambda i: -len(batch[i]))
        size = self._share(len(batch))
        slices = [order[at : at + size] for at in range(0, len(order), size)]
        # CTranslate2 answers in the order of asking: no more is handed over than its workers take up at once, so that what
        # the caller asks meanwhile is next.
        running = [
            self._workers.submit(_best, self, [batch[i] for i in chosen], target, beam=beam, back=back, batch_size=size)
            for chosen in slices
        ]

        def result() -> list[Hypothesis]:
            found: dict[int, Hypothesis] = {}
            for chosen, future in zip(slices, running, strict=True):
                found.update(zip(chosen, future.result(), strict=True))
            return [found[i] for i in range(len(batch))]

        def cancel() -> None:
            for future in running:
                future.cancel()

        return Pending(result, cancel)

    def score(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang) -> list[float]:
        if not batch:
            return []
        results = self._translator.score_batch(
            self._with_prefix(batch, target), list(targets), max_batch_size=self.batch_size, max_input_length=0
        )
        return [sum(r.log_probs) / max(1, len(r.log_probs)) for r in results]

    def align(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang) -> Sequence[Matrix]:
        # With the whole target as prefix the decoder only fills in the rows: one forward pass, exact teacher forcing.
        if not batch:
            return []
        wanted = list(zip(batch, targets, strict=True))
        batch, targets = _fitting(self.model, batch, targets)
        sources = self._with_prefix(batch, target)
        # groups of like length, since decoding goes on to the longest target of a group
        order = sorted(range(len(batch)), key=lambda i: -len(targets[i]))
        running = []
        size = min(8, self._share(len(batch)))
        for at in range(0, len(order), size):
            chosen = order[at : at + size]
            running.append(
                self._translator.translate_batch(
                    [sources[i] for i in chosen],
                    target_prefix=[targets[i] for i in chosen],
                    beam_size=1,
                    return_attention=True,
                    max_input_length=0,
                    max_decoding_length=len(targets[chosen[0]]) + 1,
                    asynchronous=True,
                )
            )
        found = dict(zip(order, (pending.result() for group in running for pending in group), strict=True))
        results = [found[i] for i in range(len(batch))]
        skip = 1 if self.model.prefix(target) else 0
        out = []
        for source, pieces, result in zip(batch, targets, results, strict=True):
            out.append(_tidy(result.attention[0][: len(pieces)], skip, len(source)))
        return _padded(out, wanted)


class TransformersEngine(_Reader):
    """The reference engine: any MarianMT checkpoint through transformers and torch, in fp32. Slow; used as oracle."""

    batch_size = 32

    def __init__(self, model: Model, *, threads: int | None = None, lexicon: bool = True) -> None:
        super().__init__(model, threads, lexicon)
        self.name = f"transformers-float32/{model.name}"

    @cached_property
    def _loaded(self) -> tuple[Any, dict[str, int], list[str]]:
        try:
            import torch
            from transformers import MarianMTModel
        except ImportError as error:
            raise EngineError(
                "the transformers engine needs torch and transformers",
                remedy="pip install 'mt-publish[transformers]', or leave --engine out",
            ) from error
        import json

        torch.set_num_threads(self.threads)
        network: Any = MarianMTModel.from_pretrained(
            self.model.folder,
            dtype=torch.float32,
            use_safetensors=True,
            local_files_only=True,
            attn_implementation="eager",
        )
        network.eval()
        vocab: dict[str, int] = json.loads((self.model.folder / "vocab.json").read_text("utf-8"))
        tokens = [""] * (max(vocab.values()) + 1)
        for piece, index in vocab.items():
            tokens[index] = piece
        return network, vocab, tokens

    def _ids(self, batch: Sequence[Pieces], target: Lang) -> tuple[Any, Any]:
        import torch

        network, vocab, _ = self._loaded
        prefix = self.model.prefix(target)
        head = [vocab[prefix]] if prefix else []
        unknown, pad = vocab["<unk>"], network.config.pad_token_id
        rows = [[*head, *(vocab.get(p, unknown) for p in pieces), vocab[EOS]] for pieces in batch]
        width = max(map(len, rows))
        ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])  # (batch, width)
        return ids, (ids != pad).long()

    def translate(
        self,
        batch: Sequence[Pieces],
        target: Lang,
        *,
        beam: int = 2,
        n_best: int = 1,
        prefixes: Sequence[Pieces] | None = None,
        forbidden: Sequence[Pieces] = (),
        no_repeat: int = 0,
        attention: bool = False,
    ) -> list[list[Hypothesis]]:
        if not batch:
            return []
        if prefixes is not None and len({len(p) for p in prefixes}) > 1:
            # generate() takes one length of prefix a batch
            out = []
            for pieces, prefix in zip(batch, prefixes, strict=True):
                out += self.translate(
                    [pieces],
                    target,
                    beam=beam,
                    n_best=n_best,
                    prefixes=[prefix],
                    forbidden=forbidden,
                    no_repeat=no_repeat,
                    attention=attention,
                )
            return out
        order = sorted(range(len(batch)), key=lambda i: len(batch[i]))
        found: list[list[Hypothesis]] = [[] for _ in batch]
        for at in range(0, len(order), self.batch_size):
            chosen = order[at : at + self.batch_size]
            chunk = self._generate(
                [batch[i] for i in chosen],
                target,
                beam,
                n_best,
                [prefixes[i] for i in chosen] if prefixes is not None else None,
                forbidden,
                no_repeat,
            )
            for i, hyps in zip(chosen, chunk, strict=True):
                found[i] = hyps
        if attention:
            for i, hyps in enumerate(found):
                links = self.align([batch[i]] * len(hyps), [h.pieces for h in hyps], target)
                found[i] = [Hypothesis(h.pieces, h.score, a, h.truncated) for h, a in zip(hyps, links, strict=True)]
        return found

    def begin(self, batch: Sequence[Pieces], target: Lang, *, beam: int = 2, back: bool = False) -> Pending:
        return Pending(lambda: _best(self, batch, target, beam=beam, back=back))

    def _generate(
        self,
        batch: list[Pieces],
        target: Lang,
        beam: int,
        n_best: int,
        prefixes: list[Pieces] | None,
        forbidden: Sequence[Pieces],
        no_repeat: int,
    ) -> list[list[Hypothesis]]:
        import torch

        network, vocab, tokens = self._loaded
        ids, mask = self._ids(batch, target)
        start = network.config.decoder_start_token_id
        decoder = None
        if prefixes is not None:
            unknown = vocab["<unk>"]
            decoder = torch.tensor([[start, *(vocab.get(p, unknown) for p in prefix)] for prefix in prefixes])
        unwanted = [[network.config.pad_token_id]] + [[vocab[p] for p in seq if p in vocab] for seq in forbidden]
        with torch.inference_mode():
            result = network.generate(
                input_ids=ids,
                attention_mask=mask,
                decoder_input_ids=decoder,
                num_beams=beam,
                num_return_sequences=n_best,
                do_sample=False,
                # MAX_TARGET counts output pieces; transformers counts the start token too
                max_length=MAX_TARGET + 1,
                length_penalty=self.model.length_penalty,
                early_stopping=True,  # as CTranslate2: done when `beam` hypotheses are complete
                no_repeat_ngram_size=no_repeat,
                bad_words_ids=[seq for seq in unwanted if seq],
                forced_eos_token_id=None,
                output_scores=beam > 1,
                return_dict_in_generate=True,
            )
        sequences = result.sequences[:, 1:].tolist()
        scores = result.sequences_scores.tolist() if beam > 1 else [0.0] * len(sequences)
        eos, pad = vocab[EOS], network.config.pad_token_id
        hyps = []
        for row, score in zip(sequences, scores, strict=True):
            ended = eos in row
            pieces = [tokens[i] for i in (row[: row.index(eos)] if ended else row) if i != pad]
            hyps.append(Hypothesis(pieces, self.model.mean_score(score, len(pieces) + 1), None, not ended))
        return [hyps[i : i + n_best] for i in range(0, len(hyps), n_best)]

    def _forced(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang, *, attentions: bool) -> Any:
        import torch

        network, vocab, _ = self._loaded
        ids, mask = self._ids(batch, target)
        unknown, pad, start = vocab["<unk>"], network.config.pad_token_id, network.config.decoder_start_token_id
        rows = [[*(vocab.get(p, unknown) for p in pieces), vocab[EOS]] for pieces in targets]
        width = max(map(len, rows))
        labels = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
        inputs = torch.cat([torch.full((len(rows), 1), start), labels[:, :-1]], 1)
        with torch.inference_mode():
            out = network(
                input_ids=ids,
                attention_mask=mask,
                decoder_input_ids=inputs,
                output_attentions=attentions,
                use_cache=False,
            )
        return out, labels

    def score(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang) -> list[float]:
        import torch

        if not batch:
            return []
        pad, found = self._loaded[0].config.pad_token_id, []
        for at in range(0, len(batch), self.batch_size):  # logits of more sentences at once take gigabytes
            some = slice(at, at + self.batch_size)
            out, labels = self._forced(batch[some], targets[some], target, attentions=False)
            logits = torch.log_softmax(out.logits.float(), -1)  # (batch, width, vocabulary)
            picked = logits.gather(-1, labels[..., None])[..., 0]
            found += [float(row[k].mean()) for row, k in zip(picked, labels != pad, strict=True)]
        return found

    def align(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang) -> Sequence[Matrix]:
        if not batch:
            return []
        layer, head = self.model.alignment
        wanted = list(zip(batch, targets, strict=True))
        batch, targets = _fitting(self.model, batch, targets)
        out, _ = self._forced(batch, targets, target, attentions=True)
        skip = 1 if self.model.prefix(target) else 0
        weights = out.cross_attentions[layer][:, head].float().tolist()  # (batch, target, source)
        rows = [
            _tidy(weights[i][: len(pieces)], skip, len(source))
            for i, (source, pieces) in enumerate(zip(batch, targets, strict=True))
        ]
        return _padded(rows, wanted)


def _best(
    engine: Engine, batch: Sequence[Pieces], target: Lang, *, beam: int, back: bool, **options: Any
) -> list[Hypothesis]:
    """The best hypothesis of each sentence, with attention; by both directions when `back` says so and the model has both."""
    if not (back and beam > 1 and can_rerank(engine, target)):
        return [hyps[0] for hyps in engine.translate(batch, target, beam=beam, attention=True, **options)]
    found = engine.translate(batch, target, beam=beam, n_best=beam, attention=True, **options)
    return rerank(batch, found, engine, target)


def _told(pieces: Pieces) -> Iterator[str]:
    """The target pieces that an annotated source tells, but for the first and the last of a term: where they stand offers them."""
    at = 0
    while TERM_END in pieces[at:]:
        start = pieces.index(TERM_END, at) + 1
        at = pieces.index(TRANS_END, start) if TRANS_END in pieces[start:] else len(pieces)
        term = pieces[start:at]
        yield from term[1 : -2 if term[-1:] == [SPACE] else -1]


def _groups(order: Sequence[int], short: Sequence[bool]) -> Iterator[list[int]]:
    """The sentences in groups that are decoded with the shortlist or without, their order kept; without first: it takes longer."""
    for kind in (False, True):
        alike = [i for i in order if short[i] is kind]
        for at in range(0, len(alike), _GROUP):
            yield alike[at : at + _GROUP]


def _fitting(
    model: Model, batch: Sequence[Pieces], targets: Sequence[Pieces]
) -> tuple[Sequence[Pieces], Sequence[Pieces]]:
    """Pairs cut to the positions that the model has: an overlong sentence is decoded in parts, but aligned whole."""
    limit = int(model.config.get("max_position_embeddings", 512)) - 2  # prefix and </s>, or the start token and </s>
    return [pieces[:limit] for pieces in batch], [pieces[:limit] for pieces in targets]


def _padded(found: list[list[array[float]]], wanted: Sequence[tuple[Pieces, Pieces]]) -> list[list[array[float]]]:
    """Attention with empty rows and columns for what `_fitting` cut off."""
    return [
        [row + _zeros(len(source) - len(row)) for row in rows]
        + [_zeros(len(source)) for _ in range(len(target) - len(rows))]
        for rows, (source, target) in zip(found, wanted, strict=True)
    ]


def _zeros(count: int) -> array[float]:
    return array("f", bytes(4 * count))


def _tidy(rows: Matrix, skip: int, length: int) -> list[array[float]]:
    """Attention rows without the columns of the language prefix and ``</s>``, each row summing to 1."""
    # 4 bytes a weight instead of 32: two chunks of them are kept
    return [array("f", normalised(row[skip : skip + length])) for row in rows]
