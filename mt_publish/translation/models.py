"""Find MarianMT models, convert them for CTranslate2 once, verify what is cached.

A model is named by a folder, by a hub id (``Helsinki-NLP/opus-mt-de-en``), or by "shipped" for the one in the package.
Weights are read from safetensors only, never from pickles. The conversion goes straight from the safetensors file to
CTranslate2's format with numpy, so that it needs neither torch nor transformers and takes about a second for a small model.

Cache layout, under `cache_dir()`, for the user alone (mode 0700)::

    models/<name>-<key>/model.bin config.json shared_vocabulary.json source.spm target.spm  ready.json
    hashes.json      SHA-256 of files already hashed, by path, size and modification time

`<key>` is a hash over the model's own files, the compute type and the alignment head: another model, another folder.
``ready.json`` is written last and holds the SHA-256 of every file beside it; a folder without it, or whose files do not
match, is thrown away and made anew.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import math
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mt_publish.errors import ModelNotFoundError
from mt_publish.files import private_folder, replace_file
from mt_publish.types import (
    ANNOTATION_KEY,
    APART_KEY,
    LANGS,
    LEXICON,
    SHORTLIST,
    TERM_END,
    TRANS_END,
    WORD_LISTS,
    Lang,
    LangPair,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHIPPED = "shipped"
"""Name of the model that comes with the package."""

_ISO3: dict[str, Lang] = {"deu": "de", "ger": "de", "de": "de", "eng": "en", "en": "en"}
VOCABULARY_MAP = "vmap.txt"
"""The same file as CTranslate2 wants it."""

GENERATION = "generation_config.json"
"""How transformers decodes with the model, where the model says."""

_NEEDED = ("config.json", "model.safetensors", "source.spm", "target.spm", "vocab.json")
_CONVERTER = "3"  # raise when the conversion changes, so that older caches are made anew


def cache_dir() -> Path:
    """The folder for converted models: $MT_PUBLISH_CACHE, or the user's cache folder."""
    override = os.environ.get("MT_PUBLISH_CACHE")
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_cache_dir("mt-publish", appauthor=False))


@dataclass(frozen=True, slots=True)
class Model:
    """A MarianMT model on disk, not loaded.

    Args:
        name: As the user named it.
        folder: Folder with the files of a transformers checkpoint.
        config: Contents of config.json.
        pieces: Pieces that are not in the SentencePiece model: language prefixes such as ``>>deu<<``.
        source: Source language when the model translates one pair only, else None.
        target: Target language when the model translates one pair only, else None.
        alignment: (decoder layer, head) that `probe` found to align best, (-1, 0) for the usual guided head.
        length_penalty: Beam search divides the log probability of a translation by its length in pieces to this power: 1 for the
            mean, more and longer translations win more often. Stands in generation_config.json, as transformers has it.
    """

    name: str
    folder: Path
    config: dict[str, Any]
    pieces: tuple[str, ...]
    source: Lang | None
    target: Lang | None
    alignment: tuple[int, int] = (-1, 0)
    length_penalty: float = 1.0

    def prefix(self, target: Lang) -> str | None:
        """The piece that asks for `target`, or None for a model of a single pair."""
        return next((p for p in self.pieces if _ISO3.get(p.strip("><")) == target), None)

    def supports(self, pair: LangPair) -> bool:
        """Whether the model says it translates `pair`; True when it says nothing."""
        if self.pieces:
            return self.prefix(pair.target) is not None
        return (self.source in (None, pair.source)) and (self.target in (None, pair.target))

    @property
    def max_pieces(self) -> int:
        """Longest source, in pieces, that is translated in one go; longer ones are split before.

        A quarter of the positions: Marian models see few training sentences beyond that and drop clauses.
        """
        return int(self.config.get("max_position_embeddings", 512)) // 4

    @property
    def reads_annotations(self) -> bool:
        """Whether the model was trained to be told terms; see `mt_publish.translation.tokenizer.Tokenizer.encode_told`."""
        return bool(self.config.get(ANNOTATION_KEY, False))

    @property
    def wants_marks_apart(self) -> bool:
        """Whether words are cut apart from an opening mark before them, on both sides; see `Tokenizer`."""
        return bool(self.config.get(APART_KEY, False))

    @property
    def has_shortlist(self) -> bool:
        """Whether the model says which target pieces may come of a source piece, so that decoding need not look at all."""
        return (self.folder / SHORTLIST).exists()

    def mean_score(self, score: float, length: int) -> float:
        """The mean log probability of a piece, from the score that beam search gives for a translation of `length` pieces."""
        return float(score) * math.pow(length, self.length_penalty - 1)

    def sha256(self) -> str:
        """Hash over the weights, vocabulary and settings: the identity of the model in runs and caches."""
        digest = hashlib.sha256()
        for file in (*_NEEDED, "target_vocab.json", SHORTLIST, LEXICON, *WORD_LISTS.values()):
            path = self.folder / file
            if path.exists():
                digest.update(f"{file}:{_file_sha256(path)}\n".encode())
        if self.length_penalty != 1:
            digest.update(f"length_penalty:{self.length_penalty}\n".encode())
        return digest.hexdigest()


def shipped_folder() -> Path:
    """Folder of the model that comes with the package."""
    return Path(__file__).resolve().parent.parent / "models" / "marian-de-en-small"


def find_model(name: str = SHIPPED, *pairs: LangPair, offline: bool = True) -> Model:
    """Finds a model by name.

    Args:
        name: "shipped", a folder, or a hub id "owner/model".
        pairs: Language pairs it must support.
        offline: With True a hub id is looked up in the local hub cache only.

    Raises:
        ModelNotFoundError: Nothing there, files missing, or the model does not translate one of `pairs`.
    """
    if name == SHIPPED:
        model = _read_model(name, shipped_folder())
    elif Path(name).is_dir():
        model = _read_model(name, Path(name))
    elif name.count("/") == 1 and not name.startswith((".", "/", "~")) and not name.endswith("/"):
        model = _read_model(name, _from_hub(name, offline=offline))
    else:
        raise ModelNotFoundError(
            "no such model folder",
            where=name,
            remedy="Give a folder, a hub id such as Helsinki-NLP/opus-mt-de-en, or 'shipped'",
        )
    for pair in pairs:
        if not model.supports(pair):
            raise ModelNotFoundError(
                f"this model does not translate {pair.source} to {pair.target}",
                where=name,
                remedy="Choose a model for this direction with --model, or swap --from and --to",
            )
    return model


def _read_model(name: str, folder: Path) -> Model:
    missing = [file for file in _NEEDED if not (folder / file).is_file()]
    if missing:
        pickled = (folder / "pytorch_model.bin").exists() and "model.safetensors" in missing
        raise ModelNotFoundError(
            f"not a complete MarianMT folder, missing {', '.join(missing)}",
            where=str(folder),
            remedy="Its weights are a pickle, which is never loaded: save it once with "
            "transformers' save_pretrained(safe_serialization=True)"
            if pickled
            else "A MarianMT folder holds " + ", ".join(_NEEDED),
        )
    try:
        config = _object(folder / "config.json")
        vocabulary = (folder / "vocab.json").resolve()
        stat = vocabulary.stat()
        pieces = _target_pieces(vocabulary, stat.st_size, stat.st_mtime_ns)
        settings = folder / "tokenizer_config.json"
        languages = _object(settings) if settings.exists() else {}
        penalty = _read_length_penalty(folder / GENERATION)
    except ValueError as error:
        raise ModelNotFoundError("broken JSON", where=str(folder), remedy="Copy the model again") from error
    if config.get("model_type") != "marian":
        raise ModelNotFoundError(
            f"model_type is {config.get('model_type')!r}, not 'marian'",
            where=str(folder),
            remedy="Choose a MarianMT model",
        )
    source, target = (_ISO3.get(str(languages.get(key, ""))) for key in ("source_lang", "target_lang"))
    known = {_ISO3[p.strip("><")] for p in pieces if p.strip("><") in _ISO3}
    if pieces and not known & set(LANGS):
        raise ModelNotFoundError(
            "none of its targets is German or English", where=str(folder), remedy="Choose another model"
        )
    if not pieces:
        for key in ("source_lang", "target_lang"):
            code = str(languages.get(key, ""))
            if len(code) == 2 and code not in _ISO3:  # longer codes may name a group that German or English belongs to
                raise ModelNotFoundError(
                    f"its {key} is {code!r}, not German or English", where=str(folder), remedy="Choose another model"
                )
    return Model(name, folder, config, pieces, source, target, _read_alignment(folder), penalty)


@functools.lru_cache(maxsize=8)
def _target_pieces(path: Path, _size: int, _changed: int) -> tuple[str, ...]:
    """Pieces of a vocabulary that ask for a language; remembered, since a model is looked up several times in a run."""
    return tuple(piece for piece in _object(path) if piece.startswith(">>") and piece.endswith("<<"))


def _object(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text("utf-8"))
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} does not hold an object")
    return found


def _read_length_penalty(path: Path) -> float:
    found = (_object(path) if path.exists() else {}).get("length_penalty")
    if found is None:
        return 1.0
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise ModelNotFoundError(
            f"length_penalty is {found!r}", where=str(path), remedy="Write a number, 1 for the usual one"
        )
    return float(found)


def _read_alignment(folder: Path) -> tuple[int, int]:
    for path in (folder / "alignment.json", cache_dir() / "probes" / f"{_folder_key(folder)}.json"):
        if path.exists():
            try:
                found = json.loads(path.read_text("utf-8"))
                return int(found["layer"]), int(found["head"])
            except (ValueError, KeyError, TypeError):
                continue  # a broken probe costs alignment quality only; `model probe` writes it anew
    return -1, 0


def _folder_key(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def save_alignment(model: Model, layer: int, head: int, accuracy: float) -> Path:
    """Remembers the best alignment head of `model` in the cache; the model's own folder is left alone."""
    path = cache_dir() / "probes" / f"{_folder_key(model.folder)}.json"
    private_folder(path.parent)
    replace_file(path, json.dumps({"layer": layer, "head": head, "accuracy": round(accuracy, 4)}).encode(), sync=False)
    return path


def _from_hub(name: str, *, offline: bool) -> Path:
    try:
        import huggingface_hub
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError
    except ImportError as error:
        raise ModelNotFoundError(
            "models from the hub need the package huggingface_hub",
            where=name,
            remedy="pip install 'mt-publish[transformers]', or give a local folder",
        ) from error
    patterns = ["*.json", "*.spm", "*.safetensors"]
    try:
        folder = Path(huggingface_hub.snapshot_download(name, allow_patterns=patterns, local_files_only=offline))
        if not offline and not (folder / "model.safetensors").exists():
            # Older OPUS-MT repositories hold pickles; the hub's conversion bot offers safetensors as a pull request.
            for talk in huggingface_hub.get_repo_discussions(name):
                if talk.is_pull_request and "safetensors" in talk.title.lower():
                    folder = Path(
                        huggingface_hub.snapshot_download(
                            name, allow_patterns=patterns, revision=talk.git_reference or f"refs/pr/{talk.num}"
                        )
                    )
                    break
        return folder
    except LocalEntryNotFoundError as error:
        remedy = (
            "Run `mt-publish model convert " + name + " --online` once where there is a network, or give a local folder"
        )
        raise ModelNotFoundError("not in the local hub cache", where=name, remedy=remedy) from error
    except (RepositoryNotFoundError, HfHubHTTPError, OSError, ValueError) as error:  # ValueError: no hub id at all
        raise ModelNotFoundError(
            "the hub cannot be reached or has no such model", where=name, remedy="Check the name and the network"
        ) from error


# --- the cache ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted model in the cache, its files verified."""

    folder: Path
    model: Model
    compute_type: str
    sha256: str


def convert(model: Model, *, compute_type: str = "int8", force: bool = False) -> Converted:
    """The model in CTranslate2's format, converted now or taken from the cache after its hashes were verified.

    Args:
        model: What to convert.
        compute_type: How weights are stored and multiplied: "int8", "float32", "bfloat16" …
        force: Convert even when the cache has it.

    Raises:
        ModelNotFoundError: The weights do not fit the configuration, or the cache folder cannot be written.
    """
    sha256 = model.sha256()
    layer, head = model.alignment
    key = hashlib.sha256(f"{sha256} {compute_type} {layer} {head} {_CONVERTER}".encode()).hexdigest()[:16]
    name = (
        model.name.replace("/", "--").strip("-.") if not Path(model.name).is_dir() else Path(model.name).resolve().name
    )
    folder = cache_dir() / "models" / f"{name}-{key}"
    if not force and is_intact(folder):
        return Converted(folder, model, compute_type, sha256)
    try:
        private_folder(folder.parent)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise ModelNotFoundError(
            f"the cache folder cannot be written ({error.strerror})",
            where=str(cache_dir()),
            remedy="Set MT_PUBLISH_CACHE to a folder that can",
        ) from error
    try:
        _write_ct2(model, scratch, compute_type)
        for file in ("source.spm", "target.spm"):
            shutil.copyfile(model.folder / file, scratch / file)
        _write_shortlist(model, scratch)
        hashes = {path.name: _sha256(path) for path in sorted(scratch.iterdir())}
        (scratch / "ready.json").write_text(
            json.dumps(
                {"model": model.name, "sha256": sha256, "compute_type": compute_type, "files": hashes}, indent=1
            ),
            "utf-8",
        )
        # Two processes may convert at once: whoever is second finds an intact folder and drops its own.
        if folder.exists() and (force or not is_intact(folder)):
            shutil.rmtree(folder, ignore_errors=True)
        try:
            os.rename(scratch, folder)
        except OSError:
            if not is_intact(folder):
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Converted(folder, model, compute_type, sha256)


def read_lines(path: Path) -> bytes:
    """The lines of a gzipped text file of a model folder, in UTF-8.

    Raises:
        ModelNotFoundError: It is none.
    """
    try:
        content = gzip.decompress(path.read_bytes())
        content.decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ModelNotFoundError(
            f"not a gzip file of UTF-8 text ({error})",
            where=str(path),
            remedy="Copy the model again, or delete this file",
        ) from error
    return content


def _write_shortlist(model: Model, folder: Path) -> None:
    """The model's lexical shortlist as CTranslate2 reads it, when it has one."""
    path = model.folder / SHORTLIST
    if not path.exists():
        return
    lines = read_lines(path).decode()
    if model.reads_annotations:
        lines = lines.rstrip("\n") + "\n" + _told_pieces(lines)
    (folder / VOCABULARY_MAP).write_text(lines, "utf-8", newline="\n")


def _told_pieces(lines: str) -> str:
    """Lines that offer the first and the last piece of what is told ("<term_end> ▁Ministry") where its own line does not."""
    more = []
    for line in lines.split("\n"):
        piece, _, offered = line.partition("\t")
        if piece and piece not in offered.split(" "):
            more += [f"{TERM_END} {piece}\t{piece}\n", f"{piece} ▁ {TRANS_END}\t{piece}\n"]
    return "".join(more)


def is_intact(folder: Path) -> bool:
    """Whether a folder of the cache is complete and every file has the hash it was written with."""
    try:
        files = json.loads((folder / "ready.json").read_text("utf-8"))["files"]
        return all(_sha256(folder / name) == digest for name, digest in files.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def cached_models() -> list[dict[str, Any]]:
    """What lies in the cache: name, compute type, hash, folder, size in bytes, and whether it is intact."""
    found = []
    for folder in sorted((cache_dir() / "models").glob("*")):
        if folder.name.startswith(".") or not folder.is_dir():
            continue
        try:
            about = json.loads((folder / "ready.json").read_text("utf-8"))
        except (OSError, ValueError):
            about = {}
        found.append(
            {
                "model": about.get("model", folder.name),
                "compute_type": about.get("compute_type", ""),
                "sha256": about.get("sha256", ""),
                "folder": str(folder),
                "bytes": sum(path.stat().st_size for path in folder.iterdir() if path.is_file()),
                "intact": is_intact(folder),
            }
        )
    return found


def remove_cached(name: str) -> list[Path]:
    """Deletes every conversion of the model `name` from the cache; the model's own folder stays. Returns what went."""
    gone = []
    for item in cached_models():
        if name in (item["model"], item["folder"], Path(str(item["folder"])).name):
            shutil.rmtree(str(item["folder"]))
            gone.append(Path(str(item["folder"])))
    return gone


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file_sha256(path: Path) -> str:
    """SHA-256 of a model file; remembered by size and modification time, since hashing 300 MB costs a cold start."""
    stat = path.stat()
    if stat.st_size <= 1 << 20:  # small files are hashed in no time; this keeps the memo short
        return _sha256(path)
    return _known_sha256(path.resolve(), stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _known_sha256(path: Path, size: int, changed: int) -> str:
    key = f"{path}|{size}|{changed}"
    memo_path = cache_dir() / "hashes.json"
    try:
        memo = json.loads(memo_path.read_text("utf-8"))
    except (OSError, ValueError):
        memo = {}
    if not isinstance(memo, dict):
        memo = {}
    if key not in memo:
        memo[key] = _sha256(path)
        with suppress(OSError):  # a memo is a convenience; an unwritable cache is reported by convert()
            private_folder(memo_path.parent)
            replace_file(memo_path, json.dumps(memo).encode(), sync=False)
    return str(memo[key])


# --- conversion ---------------------------------------------------------------------------------------------------------


@contextmanager
def _without_torch() -> Iterator[None]:
    """ctranslate2.specs imports torch when it is installed, which costs seconds and is not needed for numpy weights."""
    import sys

    hidden = "torch" not in sys.modules
    if hidden:
        sys.modules["torch"] = None  # type: ignore[assignment]  # makes `import torch` raise ImportError
    try:
        yield
    finally:
        if hidden:
            del sys.modules["torch"]


def _write_ct2(model: Model, folder: Path, compute_type: str) -> None:
    import numpy as np
    from safetensors.numpy import load_file

    with _without_torch():
        from ctranslate2.specs import common_spec, transformer_spec

    config = model.config
    heads_enc, heads_dec = int(config["encoder_attention_heads"]), int(config["decoder_attention_heads"])
    if heads_enc != heads_dec:
        raise ModelNotFoundError("encoder and decoder must have the same number of heads", where=str(model.folder))
    activations = {
        "swish": common_spec.Activation.SWISH,
        "silu": common_spec.Activation.SWISH,
        "relu": common_spec.Activation.RELU,
        "gelu": common_spec.Activation.GELU,
    }
    if config["activation_function"] not in activations:
        raise ModelNotFoundError(f"unknown activation {config['activation_function']!r}", where=str(model.folder))
    try:
        weights = {k: v.astype(np.float32) for k, v in load_file(model.folder / "model.safetensors").items()}
    except Exception as error:  # safetensors raises its own, undocumented, types for a broken file
        raise ModelNotFoundError(
            f"model.safetensors cannot be read ({error})", where=str(model.folder), remedy="Copy the model again"
        ) from error
    tokens = _vocabulary(model.folder / "vocab.json")
    target_tokens = tokens
    if (model.folder / "target_vocab.json").exists() and not config.get("share_encoder_decoder_embeddings", True):
        target_tokens = _vocabulary(model.folder / "target_vocab.json")

    layer, head = model.alignment
    spec = transformer_spec.TransformerSpec.from_config(
        (int(config["encoder_layers"]), int(config["decoder_layers"])),
        heads_enc,
        pre_norm=False,
        activation=activations[config["activation_function"]],
        alignment_layer=layer,
        alignment_heads=1,
    )
    try:
        _fill(spec, weights, config, align=(layer % int(config["decoder_layers"]), head))
    except KeyError as error:
        raise ModelNotFoundError(
            f"the weights lack the tensor {error}", where=str(model.folder), remedy="Is this a MarianMT checkpoint?"
        ) from error
    # <pad> exists in transformers only to start decoding from a zero row; Marian and CTranslate2 have a switch for it.
    for vocabulary, register in (
        (tokens, spec.register_source_vocabulary),
        (target_tokens, spec.register_target_vocabulary),
    ):
        register(vocabulary[:-1] if vocabulary[-1] == "<pad>" else vocabulary)
    spec.config.eos_token = spec.config.decoder_start_token = "</s>"
    spec.config.unk_token = "<unk>"
    spec.validate()
    spec.optimize(quantization=compute_type)
    spec.save(str(folder))


def _vocabulary(path: Path) -> list[str]:
    vocab = json.loads(path.read_text("utf-8"))
    tokens = [""] * (max(vocab.values()) + 1)
    for piece, index in vocab.items():
        tokens[index] = piece
    return tokens


def _fill(
    spec: Any, weights: dict[str, NDArray[np.float32]], config: dict[str, Any], *, align: tuple[int, int]
) -> None:
    """Puts the tensors of a transformers Marian checkpoint into a CTranslate2 spec.

    The mapping is that of CTranslate2's own converter (``ctranslate2.converters.transformers.MarianMTLoader``).
    `align` names the decoder layer and head that shall serve as aligner; its head is moved to place 0 by permuting the rows
    of the query, key and value projections and the columns of the output projection, which leaves the result unchanged.
    """
    import math

    import numpy as np

    d_model, heads = int(config["d_model"]), int(config["decoder_attention_heads"])
    size = d_model // heads
    shared = weights.get("model.shared.weight")

    def first(*names: str) -> NDArray[np.float32]:
        for name in names:
            if name in weights:
                return weights[name]
        if shared is None:
            raise KeyError(names[0])
        return shared

    def linear(into: Any, *names: str, rows: Any = None, columns: Any = None) -> None:
        weight = np.concatenate(
            [weights[f"{n}.weight"][rows] if rows is not None else weights[f"{n}.weight"] for n in names]
        )
        bias = np.concatenate([weights[f"{n}.bias"][rows] if rows is not None else weights[f"{n}.bias"] for n in names])
        into.weight, into.bias = (weight if columns is None else np.ascontiguousarray(weight[:, columns])), bias

    def norm(into: Any, name: str) -> None:
        into.gamma, into.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]

    positions = weights.get("model.encoder.embed_positions.weight")
    if positions is None:
        positions = _sinusoids(int(config.get("max_position_embeddings", 512)), d_model)
    scale = math.sqrt(d_model) if config.get("scale_embedding") else 1.0

    embed_source = first("model.encoder.embed_tokens.weight", "model.shared.weight")
    embed_target = first("model.decoder.embed_tokens.weight", "model.shared.weight")
    output = first("lm_head.weight", "model.decoder.embed_tokens.weight", "model.shared.weight")
    has_pad = int(config["pad_token_id"]) == len(embed_source) - 1
    cut = slice(0, -1) if has_pad else slice(None)  # of either side: with separate vocabularies their sizes differ

    order = [align[1]] + [h for h in range(heads) if h != align[1]]
    permuted = np.concatenate([np.arange(h * size, (h + 1) * size) for h in order])

    for side, part in ((spec.encoder, "model.encoder"), (spec.decoder, "model.decoder")):
        side.scale_embeddings = scale
        side.position_encodings.encodings = positions
        for index, layer in enumerate(side.layer):
            name = f"{part}.layers.{index}"
            linear(layer.self_attention.linear[0], *(f"{name}.self_attn.{p}_proj" for p in "qkv"))
            linear(layer.self_attention.linear[1], f"{name}.self_attn.out_proj")
            norm(layer.self_attention.layer_norm, f"{name}.self_attn_layer_norm")
            if side is spec.decoder:
                chosen = permuted if index == align[0] else None
                linear(layer.attention.linear[0], f"{name}.encoder_attn.q_proj", rows=chosen)
                linear(layer.attention.linear[1], *(f"{name}.encoder_attn.{p}_proj" for p in "kv"), rows=chosen)
                linear(layer.attention.linear[2], f"{name}.encoder_attn.out_proj", columns=chosen)
                norm(layer.attention.layer_norm, f"{name}.encoder_attn_layer_norm")
            linear(layer.ffn.linear_0, f"{name}.fc1")
            linear(layer.ffn.linear_1, f"{name}.fc2")
            norm(layer.ffn.layer_norm, f"{name}.final_layer_norm")
    spec.encoder.embeddings[0].weight = embed_source[cut]
    spec.decoder.embeddings.weight = embed_target[cut]
    spec.decoder.start_from_zero_embedding = True
    spec.decoder.projection.weight = output[cut]
    bias = weights.get("final_logits_bias")
    if bias is not None and bias.any():
        spec.decoder.projection.bias = bias.reshape(-1)[cut]


def _sinusoids(length: int, width: int) -> NDArray[np.float32]:
    """Marian's position encodings (length, width): sines in the first half, cosines in the second."""
    import numpy as np

    angle = np.arange(length)[:, None] / np.power(10000, 2 * (np.arange(width) // 2) / width)
    half = width // 2 + width % 2
    out = np.zeros((length, width), np.float32)
    out[:, :half], out[:, half:] = np.sin(angle[:, 0::2]), np.cos(angle[:, 1::2])
    return out
