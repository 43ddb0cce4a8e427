"""Subword vocabularies: SentencePiece unigram with byte fallback, laid out as Marian models have them.

Order of ids: ``</s>`` 0, ``<unk>`` 1, the reserved symbols, 256 bytes, the learned pieces, ``>>eng<<``, ``>>deu<<``,
``<pad>`` last. Models from elsewhere (OPUS-MT) number their pieces in vocab.json in another order; both are read.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mt_publish.errors import InputError, ModelNotFoundError
from mt_publish.text.marks import close_marks_up, set_marks_apart
from mt_publish.types import LANGS, TERM_END, TERM_START, TRANS_END, Lang, LangPair

EOS = "</s>"
UNK = "<unk>"
PAD = "<pad>"
SYMBOLS = (TERM_START, TERM_END, TRANS_END)
"""Pieces of a new vocabulary for annotated sources."""
PREFIXES: dict[Lang, str] = {"en": ">>eng<<", "de": ">>deu<<"}
"""The piece before a source that asks for a target language, in the order of their ids."""

FILES = ("source.spm", "target.spm", "vocab.json", "tokenizer_config.json")
"""What a vocabulary is on disk; the same files as in a transformers folder."""

_ISO3: dict[str, Lang] = {"deu": "de", "ger": "de", "de": "de", "eng": "en", "en": "en"}


@dataclass(frozen=True)
class Vocabulary:
    """The pieces of a model: text to ids and back.

    Args:
        folder: Where its files lie.
        ids: Piece to id.
        directions: What the model translates: both ways, or one way for a model of a single pair.
        apart: Whether opening marks are set apart from the words after them before text is cut, on both sides
            (`mt_publish.text.marks`).
    """

    folder: Path
    ids: dict[str, int]
    directions: tuple[LangPair, ...]
    apart: bool = False

    @property
    def size(self) -> int:
        """Number of ids, ``<pad>`` included."""
        return len(self.ids)

    @property
    def eos(self) -> int:
        return self.ids[EOS]

    @property
    def pad(self) -> int:
        return self.ids[PAD]

    def prefix(self, target: Lang) -> int | None:
        """The id to put before a source to ask for `target`, None for a model of a single pair."""
        return self.ids.get(PREFIXES[target])

    def encode(self, texts: Sequence[str], lang: Lang) -> list[list[int]]:
        """Ids of each text in `lang`, without prefix and end mark."""
        numbers = self._numbers[lang]
        cut = [set_marks_apart(text) for text in texts] if self.apart else list(texts)
        encoded: list[list[int]] = self._processors[lang].encode(cut, out_type=int)
        return [[numbers[piece] for piece in pieces] for pieces in encoded]

    def decode(self, ids: Iterable[int], lang: Lang) -> str:
        """Text of ids; prefixes, end marks and padding are left out."""
        names = self.names
        processor = self._processors[lang]
        special = {self.eos, self.pad, *(i for i in map(self.prefix, LANGS) if i is not None)}
        text = str(processor.decode([names[i] for i in ids if i not in special]))
        return close_marks_up(text) if self.apart else text

    @cached_property
    def word_starts(self) -> tuple[bool, ...]:
        """By id: whether the piece begins a word."""
        return tuple(name.startswith("▁") for name in self.names)

    @cached_property
    def has_letters(self) -> tuple[bool, ...]:
        """By id: whether the piece has a letter or digit, or is a byte of one."""
        return tuple(any(c.isalnum() for c in name) for name in self.names)

    @cached_property
    def names(self) -> list[str]:
        """The pieces, in the order of their ids."""
        return sorted(self.ids, key=self.ids.__getitem__)

    @cached_property
    def _processors(self) -> dict[Lang, Any]:
        import sentencepiece

        source, target = (
            sentencepiece.SentencePieceProcessor(model_file=str(self.folder / file))
            for file in ("source.spm", "target.spm")
        )
        first = self.directions[0]
        return {first.source: source, first.target: target}

    @cached_property
    def _numbers(self) -> dict[Lang, list[int]]:
        """By language: id of each piece of its SentencePiece model."""
        unk = self.ids[UNK]
        return {
            lang: [self.ids.get(processor.id_to_piece(i), unk) for i in range(processor.get_piece_size())]
            for lang, processor in self._processors.items()
        }

    def copy_to(self, folder: Path) -> None:
        """Copies its files into the folder of a model."""
        for name in FILES:
            if (self.folder / name).exists() and self.folder.resolve() != folder.resolve():
                shutil.copyfile(self.folder / name, folder / name)


def load_vocabulary(folder: Path) -> Vocabulary:
    """The vocabulary of a model folder.

    Raises:
        ModelNotFoundError: Files are missing, or the model is one that cannot be trained here.
    """
    try:
        ids: dict[str, int] = json.loads((folder / "vocab.json").read_text("utf-8"))
        settings = folder / "tokenizer_config.json"
        config = json.loads(settings.read_text("utf-8")) if settings.exists() else {}
        joint = (folder / "source.spm").read_bytes() == (folder / "target.spm").read_bytes()
    except (OSError, ValueError) as error:
        raise ModelNotFoundError(
            f"its vocabulary cannot be read ({error})",
            where=str(folder),
            remedy="A MarianMT folder holds " + ", ".join(FILES),
        ) from error
    if (folder / "target_vocab.json").exists():
        raise ModelNotFoundError(
            "separate source and target vocabularies", where=str(folder), remedy="Choose another model"
        )
    if sorted(ids.values()) != list(range(len(ids))) or ids.get(PAD) != len(ids) - 1:
        raise ModelNotFoundError("vocab.json must number its pieces 0, 1, 2 … with <pad> last", where=str(folder))
    if all(piece in ids for piece in PREFIXES.values()):
        if not joint:
            raise ModelNotFoundError(
                "a model of both directions needs source.spm equal to target.spm", where=str(folder)
            )
        return Vocabulary(folder, ids, (LangPair("de", "en"), LangPair("en", "de")))
    source, target = (_ISO3.get(str(config.get(key, ""))) for key in ("source_lang", "target_lang"))
    if source is None or target is None or source == target:
        raise ModelNotFoundError("it does not say that it translates between German and English", where=str(folder))
    return Vocabulary(folder, ids, (LangPair(source, target),))


def learn_vocabulary(
    texts: Iterable[str],
    folder: Path,
    *,
    size: int = 16000,
    symbols: Sequence[str] = SYMBOLS,
    threads: int = 1,
    sentences: int = 1_000_000,
) -> Vocabulary:
    """Learns a joint vocabulary of both languages and writes its files into `folder`.

    Args:
        texts: Sentences of both languages.
        folder: Made when missing.
        size: Ids in all; a small corpus may give fewer.
        symbols: Reserved symbols; terms need the first three.
        threads: CPU threads of SentencePiece.
        sentences: Learn from a sample of at most this many sentences.

    Raises:
        InputError: The size is too small for the letters of the text and the bytes, or there is no text.
    """
    import sentencepiece

    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=model,
            model_type="unigram",
            vocab_size=size - len(PREFIXES) - 1,
            hard_vocab_limit=False,
            character_coverage=0.9999,
            byte_fallback=True,  # a name with a rare letter is spelt in bytes, never lost
            normalization_rule_name="nmt_nfkc",
            eos_id=0,
            unk_id=1,
            bos_id=-1,
            pad_id=-1,
            eos_piece=EOS,
            user_defined_symbols=list(symbols),
            input_sentence_size=sentences,
            shuffle_input_sentence=True,
            num_threads=threads,
            minloglevel=2,
        )
    except RuntimeError as error:
        raise InputError(
            f"no vocabulary of {size} pieces can be learnt from this text ({error})",
            remedy="Choose another size: at least 300 pieces, and not more than the text has",
        ) from error
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    pieces = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
    pieces += [*PREFIXES.values(), PAD]
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(model.getvalue())
    (folder / "vocab.json").write_text(
        json.dumps({p: i for i, p in enumerate(pieces)}, ensure_ascii=False, indent=0), "utf-8"
    )
    (folder / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": "MarianTokenizer",
                "source_lang": "mul",
                "target_lang": "mul",
                "model_max_length": 256,
                "separate_vocabs": False,
                "unk_token": UNK,
                "eos_token": EOS,
                "pad_token": PAD,
            }
        ),
        "utf-8",
    )
    return load_vocabulary(folder)
