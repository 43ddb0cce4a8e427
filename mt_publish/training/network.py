"""transformers' Marian architecture for fast training: post-norm, swish, sinusoidal positions, one tied embedding
matrix.

The weights are a plain dict of tensors under the names that transformers gives them, so that moving a model here and
back is reading and writing a file; the tests prove equal logits. Three things make it fast on a CPU: the loss and its
gradient are computed in chunks together with the output projection (`projection_loss`), dropout cuts its masks from a
pool (`Dropout`), and matrix products run in bfloat16 where the processor has instructions for it.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mt_publish.errors import ConfigError, ModelNotFoundError

if TYPE_CHECKING:
    from torch import Generator, Tensor

EMBEDDING = "model.shared.weight"
BIAS = "final_logits_bias"

Precision = Literal["bfloat16", "float32"]

BFLOAT16_FLAGS = frozenset(("avx512_bf16", "amx_bf16"))
"""Instructions that multiply in bfloat16, under the names that Linux and torch give them."""


def choose_precision(wanted: str = "auto") -> Precision:
    """The precision to train in.

    Args:
        wanted: "bfloat16", "float32", or "auto": bfloat16 on GPUs (Ampere and later) and CPUs with instructions for it, else
            float32, because a processor without them emulates bfloat16 several times slower than it computes in float32.

    Raises:
        ConfigError: Something else is wanted.
    """
    if wanted == "bfloat16":
        return "bfloat16"
    if wanted == "float32":
        return "float32"
    if wanted != "auto":
        raise ConfigError(f"precision = {wanted!r} is not known", remedy="Choose auto, bfloat16 or float32")
    import torch

    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    return "bfloat16" if _cpu_flags() & BFLOAT16_FLAGS else "float32"


def _cpu_flags() -> frozenset[str]:
    """Instruction sets of this CPU as torch knows them, or, with an older torch, as Linux does; empty when neither."""
    import torch

    ask = getattr(torch.cpu, "get_capabilities", None)
    if ask is not None:
        return frozenset(name for name, there in ask().items() if there is True)
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.partition(":")[2] for line in lines if line.startswith("flags")), "").split())


@dataclass(frozen=True, slots=True)
class Architecture:
    """Sizes of a Marian model.

    Args:
        vocabulary: Number of ids; the last is ``<pad>``.
        width: Size of embeddings and states; a multiple of `heads`.
        feed_forward: Inner size of the feed-forward layers.
        encoder_layers: Where quality comes from.
        decoder_layers: Few are enough, and decoding time goes with them.
        heads: Attention heads, the same in encoder and decoder.
        positions: Longest sequence in pieces.
    """

    vocabulary: int
    width: int = 384
    feed_forward: int = 1536
    encoder_layers: int = 6
    decoder_layers: int = 2
    heads: int = 6
    positions: int = 512

    def __post_init__(self) -> None:
        if self.width % self.heads or self.width % 2:
            raise ConfigError(
                f"a width of {self.width} does not divide into {self.heads} heads", remedy="Change one of them"
            )

    @property
    def pad(self) -> int:
        return self.vocabulary - 1

    @classmethod
    def from_config(cls, config: Mapping[str, Any], *, where: str = "") -> Architecture:
        """Reads the config.json of a Marian model.

        Raises:
            ModelNotFoundError: The model is built in a way that is not trained here.
        """
        expected = {
            "model_type": "marian",
            "activation_function": "swish",
            "scale_embedding": True,
            "share_encoder_decoder_embeddings": True,
            "tie_word_embeddings": True,
            "eos_token_id": 0,
            "pad_token_id": config.get("vocab_size", 0) - 1,
            "decoder_ffn_dim": config.get("encoder_ffn_dim"),
            "decoder_attention_heads": config.get("encoder_attention_heads"),
        }
        # transformers leaves settings out that equal its defaults, which these two are.
        actual = {"tie_word_embeddings": True, "share_encoder_decoder_embeddings": True, **config}
        for key, value in expected.items():
            if actual.get(key) != value:
                raise ModelNotFoundError(
                    f"its {key} is {actual.get(key)!r}, and only {value!r} can be trained",
                    where=where,
                    remedy="OPUS-MT models and those of mt-publish train well",
                )
        return cls(
            vocabulary=config["vocab_size"],
            width=config["d_model"],
            feed_forward=config["encoder_ffn_dim"],
            encoder_layers=config["encoder_layers"],
            decoder_layers=config["decoder_layers"],
            heads=config["encoder_attention_heads"],
            positions=config["max_position_embeddings"],
        )

    def to_config(self) -> dict[str, Any]:
        """The config.json that transformers reads."""
        return {
            "architectures": ["MarianMTModel"],
            "model_type": "marian",
            "activation_function": "swish",
            "vocab_size": self.vocabulary,
            "decoder_vocab_size": self.vocabulary,
            "d_model": self.width,
            "encoder_layers": self.encoder_layers,
            "decoder_layers": self.decoder_layers,
            "encoder_attention_heads": self.heads,
            "decoder_attention_heads": self.heads,
            "encoder_ffn_dim": self.feed_forward,
            "decoder_ffn_dim": self.feed_forward,
            "max_position_embeddings": self.positions,
            "static_position_embeddings": True,
            "scale_embedding": True,
            "share_encoder_decoder_embeddings": True,
            "tie_word_embeddings": True,
            "dropout": 0.1,
            "attention_dropout": 0.0,
            "activation_dropout": 0.0,
            "bos_token_id": 0,
            "eos_token_id": 0,
            "forced_eos_token_id": 0,
            "pad_token_id": self.pad,
            "decoder_start_token_id": self.pad,
            "is_encoder_decoder": True,
            "use_cache": True,
        }

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every weight."""
        d, ff = self.width, self.feed_forward
        shapes: dict[str, tuple[int, ...]] = {EMBEDDING: (self.vocabulary, d), BIAS: (1, self.vocabulary)}

        def linear(name: str, inputs: int, outputs: int) -> None:
            shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (outputs, inputs), (outputs,)

        for stack, layers in (("encoder", self.encoder_layers), ("decoder", self.decoder_layers)):
            for layer in range(layers):
                name = f"model.{stack}.layers.{layer}"
                for attention in ("self_attn", "encoder_attn")[: 1 if stack == "encoder" else 2]:
                    for part in "qkv":
                        linear(f"{name}.{attention}.{part}_proj", d, d)
                    linear(f"{name}.{attention}.out_proj", d, d)
                    shapes |= {f"{name}.{attention}_layer_norm.{part}": (d,) for part in ("weight", "bias")}
                linear(f"{name}.fc1", d, ff)
                linear(f"{name}.fc2", ff, d)
                shapes |= {f"{name}.final_layer_norm.{part}": (d,) for part in ("weight", "bias")}
        return shapes


class Network:
    """A Marian model in training.

    Args:
        architecture: Its sizes.
        weights: Tensors by transformers' names, float32; they are trained in place.
        precision: Of the matrix products; the weights themselves stay float32.
    """

    def __init__(
        self, architecture: Architecture, weights: Mapping[str, Tensor], *, precision: Precision = "bfloat16"
    ) -> None:
        import torch

        self.architecture = architecture
        self.precision: Precision = precision
        self.weights = {
            name: weights[name].detach().to(torch.float32).requires_grad_() for name in architecture.shapes()
        }
        self.device = self.weights[EMBEDDING].device
        self.clear_padding()

    @classmethod
    def fresh(cls, architecture: Architecture, *, seed: int = 1, precision: Precision = "bfloat16") -> Network:
        """A model with random weights: Glorot for matrices, normal with deviation width^-½ for embeddings."""
        import torch

        generator = torch.Generator().manual_seed(seed)
        weights: dict[str, Tensor] = {}
        for name, shape in architecture.shapes().items():
            if name == EMBEDDING:
                weights[name] = torch.randn(shape, generator=generator) * architecture.width**-0.5
            elif len(shape) == 2 and name != BIAS:
                limit = math.sqrt(6 / sum(shape))
                weights[name] = (torch.rand(shape, generator=generator) * 2 - 1) * limit
            else:
                weights[name] = torch.ones(shape) if name.endswith("norm.weight") else torch.zeros(shape)
        return cls(architecture, weights, precision=precision)

    @classmethod
    def from_marian(cls, folder: Path, *, precision: Precision = "bfloat16") -> Network:
        """The model of a transformers folder, read from safetensors.

        Raises:
            ModelNotFoundError: Files or weights are missing, or the model is not a Marian model of the usual build.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            config = json.loads((folder / "config.json").read_text("utf-8"))
            weights = load_file(folder / "model.safetensors")
        except (OSError, ValueError, SafetensorError) as error:
            raise ModelNotFoundError(
                f"the model cannot be read ({error})",
                where=str(folder),
                remedy="It needs config.json and model.safetensors",
            ) from error
        architecture = Architecture.from_config(config, where=str(folder))
        import torch

        weights.setdefault(BIAS, torch.zeros(1, architecture.vocabulary))
        for name, shape in architecture.shapes().items():
            if name not in weights or tuple(weights[name].shape) != shape:
                raise ModelNotFoundError(
                    f"the weight {name} is missing or not of shape {shape}",
                    where=str(folder),
                    remedy="Copy the model again",
                )
        return cls(architecture, weights, precision=precision)

    def to_marian(self) -> dict[str, Tensor]:
        """Float32 copies of the weights under transformers' names, the row of ``<pad>`` zero."""
        return {name: weight.detach().cpu().clone() for name, weight in self.weights.items()}

    def to(self, device: str) -> Network:
        """The model on "cpu" or "cuda"."""
        moved = {name: weight.detach().to(device) for name, weight in self.weights.items()}
        return Network(self.architecture, moved, precision=self.precision)

    def set_embeddings(self, vectors: Tensor) -> None:
        """Starts from these embeddings (vocabulary, width), rows of length 1."""
        import torch

        with torch.no_grad():
            self.weights[EMBEDDING].copy_(vectors)
        self.clear_padding()

    def clear_padding(self) -> None:
        """Sets the embedding of ``<pad>`` to zero.

        Marian starts decoding from a zero vector. transformers keeps a zero row for it and CTranslate2 leaves the row
        out, so a start vector that was learnt would work in the one and write nonsense in the other.
        """
        import torch

        with torch.no_grad():
            self.weights[EMBEDDING][self.architecture.pad] = 0

    def states(self, source: Tensor, target_in: Tensor, dropout: Dropout | None = None) -> tuple[Tensor, Tensor]:
        """Runs encoder and decoder with the target given.

        Args:
            source: (rows, S) ids.
            target_in: (rows, T) ids, ``<pad>`` first.
            dropout: None for none.

        Returns:
            States before the output projection (rows, T, width), and the attention of head 0 of the last decoder layer
            (rows, T, S).
        """
        import torch

        drop = dropout or (lambda x: x)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bfloat16"):
            x, y = (drop(side) for side in self._embed(source, target_in))
            kept = (source != self.architecture.pad)[:, None, None, :]  # (rows, 1, 1, S)
            # Masks are added to scores; none at all when nothing is padded. A target's padding stands last, where
            # looking back only is mask enough.
            padding = None if bool(kept.all()) else torch.where(kept, 0.0, -1e9).to(x.dtype)
            length = target_in.shape[1]
            future = torch.full((length, length), -1e9, device=self.device, dtype=x.dtype).triu(1)
            for layer in range(self.architecture.encoder_layers):
                name = f"model.encoder.layers.{layer}"
                seen, _ = self._attend(f"{name}.self_attn", x, x, padding)
                x = self._norm(f"{name}.self_attn_layer_norm", x + drop(seen))
                x = self._norm(f"{name}.final_layer_norm", x + drop(self._feed_forward(name, x)))
            for layer in range(self.architecture.decoder_layers):
                name = f"model.decoder.layers.{layer}"
                seen, _ = self._attend(f"{name}.self_attn", y, y, future)
                y = self._norm(f"{name}.self_attn_layer_norm", y + drop(seen))
                seen, weights = self._attend(f"{name}.encoder_attn", y, x, padding)
                y = self._norm(f"{name}.encoder_attn_layer_norm", y + drop(seen))
                y = self._norm(f"{name}.final_layer_norm", y + drop(self._feed_forward(name, y)))
            return y, weights[:, 0]

    def logits(self, source: Tensor, target_in: Tensor) -> Tensor:
        """Scores of every piece at every target position, (rows, T, vocabulary) in float32, without gradients."""
        import torch

        with torch.no_grad():
            states, _ = self.states(source, target_in)
            return states.float() @ self.weights[EMBEDDING].T + self.weights[BIAS]

    def _embed(self, *sides: Tensor) -> list[Tensor]:
        """Scaled embeddings plus positions. All sides in one look-up: its gradient is a dense matrix, made once."""
        import torch

        flat = torch.nn.functional.embedding(
            torch.cat([ids.reshape(-1) for ids in sides]), self.weights[EMBEDDING], padding_idx=self.architecture.pad
        )
        parts = torch.split(flat, [ids.numel() for ids in sides])
        scale = math.sqrt(self.architecture.width)
        dtype = torch.bfloat16 if self.precision == "bfloat16" else torch.float32
        return [
            (part.view(*ids.shape, -1) * scale + self._positions[: ids.shape[1]]).to(dtype)
            for part, ids in zip(parts, sides, strict=True)
        ]

    @cached_property
    def _positions(self) -> Tensor:
        """(positions, width): sines in the first half, cosines in the second, as Marian has them."""
        import torch

        width = self.architecture.width
        place = torch.arange(self.architecture.positions, dtype=torch.float64)[:, None]
        angle = place / torch.pow(10000.0, torch.arange(0, width, 2, dtype=torch.float64) / width)
        return torch.cat([angle.sin(), angle.cos()], dim=1).to(self.device, torch.float32)

    def _linear(self, name: str, x: Tensor) -> Tensor:
        import torch

        return torch.nn.functional.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _norm(self, name: str, x: Tensor) -> Tensor:
        import torch

        return torch.nn.functional.layer_norm(
            x, (self.architecture.width,), self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        ).to(x.dtype)  # autocast on CUDA gives float32

    def _feed_forward(self, name: str, x: Tensor) -> Tensor:
        import torch

        return self._linear(f"{name}.fc2", torch.nn.functional.silu(self._linear(f"{name}.fc1", x)))

    def _attend(self, name: str, x: Tensor, memory: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """Attention of `x` (rows, T, width) to `memory` (rows, S, width): the result, and the weights (rows, heads, T,
        S).

        Written out, because torch's fused attention takes six times as long on a CPU in bfloat16 and hides the weights.
        """
        import torch

        rows, length, width = x.shape
        heads, size = self.architecture.heads, width // self.architecture.heads
        query, key, value = (
            self._linear(f"{name}.{part}_proj", side).view(rows, -1, heads, size).transpose(1, 2)
            for part, side in (("q", x), ("k", memory), ("v", memory))
        )  # each (rows, heads, T or S, size)
        scores = (query * size**-0.5) @ key.transpose(2, 3)  # (rows, heads, T, S)
        weights = torch.softmax(scores if mask is None else scores + mask, dim=-1).to(x.dtype)
        mixed = (weights @ value).transpose(1, 2).reshape(rows, length, width)
        return self._linear(f"{name}.out_proj", mixed), weights


class Dropout:
    """Dropout whose masks are stretches of one pool of random numbers, begun at random places.

    Drawing a number for every element took a tenth of the training time. The pool and the places depend on the seed and
    the step alone, so that a resumed run drops the same elements.

    Args:
        rate: Share of elements set to 0; 0 turns it off.
        seed: Of pool and places.
        largest: Elements of the largest tensor that will come.
        device: Where the tensors lie.
    """

    _STEPS = 200  # a fresh pool so often

    def __init__(self, rate: float, *, seed: int, largest: int, device: str = "cpu") -> None:
        self.rate, self.seed, self.device = rate, seed, device
        self._size = 2 * largest + 64
        self._pool: Tensor | None = None
        self._pool_number = -1
        self._places = random.Random(seed)

    def start(self, step: int) -> None:
        """Makes ready for the forward pass of a step."""
        import torch

        self._places = random.Random(self.seed * 1_000_003 + step)
        if self.rate and self._pool_number != step // self._STEPS:
            self._pool_number = step // self._STEPS
            generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self._pool_number)
            kept = torch.rand(self._size, generator=generator) >= self.rate
            self._pool = (kept / (1 - self.rate)).to(torch.bfloat16).to(self.device)

    def __call__(self, x: Tensor) -> Tensor:
        if not self.rate:
            return x
        assert self._pool is not None, "start() comes first"
        begin = 64 * self._places.randrange((self._size - x.numel()) // 64)  # whole cache lines
        return x * self._pool[begin : begin + x.numel()].view(x.shape).to(x.dtype)


def projection_loss(
    states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, *, smoothing: float = 0.0, chunk: int = 512
) -> tuple[float, Tensor]:
    """Cross-entropy through the output projection, with its gradients, a chunk of rows at a time.

    The logits of a batch are its largest tensor by far; here no more than `chunk` rows of them exist at any time, and
    gradients are taken while they are in the cache. Gradients of the mean smoothed loss go into `weight.grad` and
    `bias.grad`, which must be None; the caller hands the third to ``states.backward(…)``.

    Args:
        states: (n, width), in the precision to compute in.
        weight: (vocabulary, width) float32 leaf.
        bias: (1, vocabulary) float32 leaf.
        targets: (n,) ids.
        smoothing: Share of the target's probability that is spread over the vocabulary.
        chunk: Rows at a time.

    Returns:
        The mean negative log-likelihood (nats a piece, without smoothing) and the gradient of `states`.
    """
    import torch

    with torch.no_grad():
        matrix, offset = weight.to(states.dtype), bias.to(states.dtype)[0]
        spread = smoothing / len(weight)
        loss, gradient, weight.grad, grad_bias = _chunked_loss(
            states, matrix, offset, targets, spread, smoothing, chunk
        )
        bias.grad = grad_bias[None]
        return loss, gradient


def _chunked_loss(
    states: Tensor,
    matrix: Tensor,
    offset: Tensor,
    targets: Tensor,
    spread: float | Tensor,
    smoothing: float,
    chunk: int,
) -> tuple[float, Tensor, Tensor, Tensor]:
    """Mean loss over the rows of `matrix`, and its gradients by states, matrix and offset, the last two in float32.

    `spread` is the probability that smoothing gives to each row.
    """
    import torch

    n = len(targets)
    # One shape for all chunks: the last one is filled up with rows that count nothing.
    fill = -n % chunk
    states = torch.nn.functional.pad(states, (0, 0, 0, fill))
    targets = torch.nn.functional.pad(targets, (0, fill))
    grad_states = torch.empty_like(states)
    grad_matrix = torch.zeros(matrix.shape, device=states.device)
    grad_offset = torch.zeros(offset.shape, device=states.device)
    total = torch.zeros((), device=states.device)
    for first in range(0, n, chunk):
        rows, wanted = states[first : first + chunk], targets[first : first + chunk, None]
        counted = min(chunk, n - first)
        gradient = torch.softmax(torch.addmm(offset, rows, matrix.T), dim=-1)  # (chunk, rows of the matrix)
        # log Σ exp(logit) = logit of any piece − log of its probability; of the target, it is the loss itself
        likely = gradient.gather(1, wanted)[:counted].float()
        total -= likely.clamp(min=1e-30).log().sum()
        gradient -= spread
        gradient.scatter_add_(1, wanted, torch.full_like(wanted, smoothing - 1, dtype=states.dtype))
        gradient[counted:] = 0
        torch.mm(gradient, matrix, out=grad_states[first : first + chunk])
        grad_matrix += gradient.T @ rows
        grad_offset += gradient.sum(0, dtype=torch.float32)
    return float(total) / n, grad_states[:n] / n, grad_matrix.div_(n), grad_offset.div_(n)


def sampled_loss(
    states: Tensor,
    weight: Tensor,
    bias: Tensor,
    targets: Tensor,
    *,
    sample: int,
    generator: Generator,
    smoothing: float = 0.0,
    chunk: int = 512,
) -> tuple[float, Tensor]:
    """`projection_loss` over a part of the vocabulary: all targets of the batch and a uniform sample of the other pieces.

    The logit of a sampled piece is raised by the log of the number of pieces it stands for, so that the sum over the
    sample estimates the sum over the vocabulary (Jean et al. 2015, "On Using Very Large Target Vocabulary"). The last
    piece of the vocabulary, ``<pad>``, is never sampled.

    Args:
        states: As for `projection_loss`.
        weight: As there.
        bias: As there.
        targets: As there.
        sample: Pieces drawn from those that are no target.
        generator: Draws them; on the CPU.
        smoothing: As there.
        chunk: As there.

    Returns:
        As there; the loss is an estimate.
    """
    import torch

    with torch.no_grad():
        vocabulary = len(weight)
        spoken = torch.zeros(vocabulary, dtype=torch.bool, device=targets.device)
        spoken[targets] = True
        rest = torch.nonzero(~spoken[:-1])[:, 0]
        drawn = rest[torch.randperm(len(rest), generator=generator)[:sample].to(rest.device)]
        if not len(drawn):
            return projection_loss(states, weight, bias, targets, smoothing=smoothing, chunk=chunk)
        pieces = torch.cat([torch.nonzero(spoken)[:, 0], drawn])
        each = len(rest) / len(drawn)
        place = torch.zeros(vocabulary, dtype=torch.long, device=targets.device)
        place[pieces] = torch.arange(len(pieces), device=targets.device)
        matrix, offset = weight[pieces].to(states.dtype), bias[0, pieces].clone()
        offset[-len(drawn) :] += math.log(each)
        spread = torch.full((len(pieces),), smoothing / vocabulary, dtype=states.dtype, device=states.device)
        spread[-len(drawn) :] *= each
        loss, gradient, grad_weight, grad_bias = _chunked_loss(
            states, matrix, offset.to(states.dtype), place[targets], spread, smoothing, chunk
        )
        weight.grad, bias.grad = torch.zeros_like(weight), torch.zeros_like(bias)
        weight.grad[pieces] = grad_weight
        bias.grad[0, pieces] = grad_bias
        return loss, gradient
