"""The training loop, its guard against divergence, its checkpoints, and what may hang on to it.

Nothing random outlives a step: batches follow from seed and position, dropout from seed and step. So a checkpoint is
the weights, the optimiser's moments, and a short JSON; a run that goes on from it takes the same steps as one never
stopped.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mt_publish.errors import ConfigError, EngineError, ModelNotFoundError
from mt_publish.training.batches import Batch, Batches, Position
from mt_publish.training.network import BIAS, EMBEDDING, Architecture, Dropout, Network, projection_loss, sampled_loss

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_WHOLE_LOSS = 0.2
"""Last share of the limit in which the loss is that of the whole vocabulary, since a sampled one leaves a bias."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How to train.

    Args:
        steps: Stop after this many steps in all, resumed ones included; None for no limit.
        minutes: Stop after this many minutes in all; None for no limit. One of the two limits is needed.
        rate: Highest learning rate.
        warmup: Steps over which the rate rises from 0.
        cooldown: Last share of the limit over which the rate falls to 3 % of its height.
        dropout: Share of activations dropped; 0 is best below one pass over the data.
        smoothing: Label smoothing.
        guide: Weight of the guided alignment loss; 0 trains no alignment head.
        sample: Until the last fifth of the limit, the loss is computed over the targets of the batch and so many other
            pieces, drawn anew each step; 0 for the whole vocabulary at all times. See `network.sampled_loss`.
        clip: Largest norm of the gradient.
        weight_decay: Of matrices; biases and norms have none.
        seed: Of dropout; the batches have their own.
    """

    steps: int | None = None
    minutes: float | None = None
    rate: float = 4.5e-4
    warmup: int = 300
    cooldown: float = 0.3
    dropout: float = 0.1
    smoothing: float = 0.1
    guide: float = 0.1
    sample: int = 0
    clip: float = 1.0
    weight_decay: float = 0.01
    seed: int = 1

    def __post_init__(self) -> None:
        if self.steps is None and self.minutes is None:
            raise ConfigError("training needs a limit", remedy="Give --minutes or --steps")
        for name, low, high in (
            ("rate", 0, 1),
            ("cooldown", 0, 1),
            ("dropout", 0, 0.9),
            ("smoothing", 0, 0.9),
            ("guide", 0, 100),
            ("sample", 0, 1_000_000),
        ):
            if not low <= getattr(self, name) <= high:
                raise ConfigError(f"{name} = {getattr(self, name)} is out of range", remedy=f"Choose {low} to {high}")

    def progress(self, step: int, seconds: float) -> float:
        """Fraction of the limit that is used up; 1 or more is the end."""
        by_step = step / max(1, self.steps) if self.steps is not None else 0.0
        by_time = seconds / max(1e-9, 60 * self.minutes) if self.minutes is not None else 0.0
        return max(by_step, by_time)

    def rate_at(self, step: int, progress: float) -> float:
        """Learning rate of a step: warm-up, plateau, linear cool-down."""
        warm = min(1.0, (step + 1) / max(1, self.warmup))
        return self.rate * warm * self.cooled(progress)

    def cooled(self, progress: float) -> float:
        """Share of the learning rate that the cool-down leaves."""
        return max(0.03, min(1.0, (1 - progress) / self.cooldown)) if self.cooldown else 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """What one step did.

    Args:
        step: Steps done, this one included.
        loss: Negative log-likelihood in nats a target piece.
        guide: Mean −log attention of head 0 at the aligned pieces; None when the batch has no links.
        rate: Learning rate.
        tokens: Target pieces seen since the start of training.
        seconds: Training time since the start, stops left out.
        progress: Fraction of the limit used up.
        skipped: True when the guard refused the update.
    """

    step: int
    loss: float
    guide: float | None
    rate: float
    tokens: int
    seconds: float
    progress: float
    skipped: bool = False

    @property
    def speed(self) -> float:
        """Target pieces a second since the start."""
        return self.tokens / max(1e-9, self.seconds)

    @property
    def seconds_left(self) -> float:
        """Time to the limit at the speed so far."""
        return self.seconds * max(0.0, 1 / max(1e-9, self.progress) - 1)


class Callback(Protocol):
    """Something that looks on after every step; it may save, measure, tell, or stop the trainer."""

    def __call__(self, trainer: Trainer, report: Report) -> None: ...


@dataclass
class Guard:
    """Refuses updates that would wreck the model: loss or gradient no number, or a loss far above its running mean.

    Args:
        mean: Running mean of accepted losses.
        seen: Accepted losses so far.
        refused: Refusals since the last accepted one.
    """

    mean: float = 0.0
    seen: int = 0
    refused: int = 0

    MEMORY = 100  # steps that the mean looks back on; leaps are judged only after as many
    PATIENCE = 10

    def accepts(self, loss: float, norm: float = 0.0) -> bool:
        """Whether to learn from a batch.

        Args:
            loss: Of the batch.
            norm: Of its gradient.

        Raises:
            EngineError: Too many refusals in a row: training has diverged.
        """
        leap = self.seen >= self.MEMORY and loss > 1.5 * self.mean + 1
        if math.isfinite(loss) and math.isfinite(norm) and not leap:
            self.seen += 1
            self.mean += (loss - self.mean) / min(self.seen, self.MEMORY)
            self.refused = 0
            return True
        self.refused += 1
        if self.refused >= self.PATIENCE:
            raise EngineError(
                f"training has diverged: {self.refused} batches in a row were refused, the last with loss {loss:.3g}",
                remedy="Resume from the last checkpoint with a lower rate, or a longer warm-up",
            )
        return False


@dataclass(frozen=True, slots=True)
class State:
    """Where a run stands, but for weights and moments; stored as JSON."""

    step: int = 0
    position: Position = Position()  # noqa: RUF009  (a tuple)
    tokens: int = 0
    seconds: float = 0.0


class Trainer:
    """A model, its optimiser and where they stand.

    Args:
        network: Trained in place.
        batches: What on.
        config: How.
        callbacks: Called in order after every step.
        about: Stored with every checkpoint: versions, hashes of the data, settings.
    """

    def __init__(
        self,
        network: Network,
        batches: Batches,
        config: TrainConfig,
        *,
        callbacks: Sequence[Callback] = (),
        about: dict[str, Any] | None = None,
    ) -> None:
        import torch

        self.network = network
        self.batches = batches
        self.config = config
        self.callbacks = callbacks
        self.about = about or {}
        self.state = State()
        self.guard = Guard()
        self.stopped = False
        decayed = [w for w in network.weights.values() if w.dim() == 2 and w.shape[0] > 1]
        others = [w for w in network.weights.values() if w.dim() != 2 or w.shape[0] == 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}],
            lr=config.rate,
            betas=(0.9, 0.98),
            fused=True,
        )
        largest = batches.size * network.architecture.width
        self.dropout = Dropout(config.dropout, seed=config.seed, largest=largest, device=network.device.type)

    def run(self) -> State:
        """Trains until the limit, or until `stop` is called, and gives where it ended.

        Raises:
            EngineError: Training has diverged; the checkpoints are as they were.
        """
        import torch

        began = time.monotonic() - self.state.seconds
        parameters = list(self.network.weights.values())
        for position, batch in self.batches.stream(self.state.position):
            progress = self.config.progress(self.state.step, self.state.seconds)
            if self.stopped or progress >= 1:
                break
            rate = self.config.rate_at(self.state.step, progress)
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            loss, guide = self._backward(batch)
            norm = float(torch.nn.utils.clip_grad_norm_(parameters, self.config.clip))
            learn = self.guard.accepts(loss, norm)
            if learn:
                self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
            seconds, tokens = time.monotonic() - began, self.state.tokens + batch.tokens
            self.state = State(self.state.step + 1, position, tokens, seconds)
            progress = self.config.progress(self.state.step, seconds)
            report = Report(self.state.step, loss, guide, rate, tokens, seconds, progress, skipped=not learn)
            for callback in self.callbacks:
                callback(self, report)
            began += time.monotonic() - began - seconds  # time spent in callbacks is no training time
        return self.state

    def stop(self) -> None:
        """Lets `run` end after the step it is in."""
        self.stopped = True

    def _backward(self, batch: Batch) -> tuple[float, float | None]:
        """Forward and backward pass: gradients into the weights, losses out."""
        import torch

        def tensor(array: Any) -> torch.Tensor:
            return torch.from_numpy(array).to(self.network.device)

        self.dropout.start(self.state.step)
        states, attention = self.network.states(tensor(batch.source), tensor(batch.target_in), self.dropout)
        targets = tensor(batch.target_out)
        spoken = targets >= 0
        states, targets = states[spoken], targets[spoken]  # (n, width), (n,): no time for padding
        embedding, bias = self.network.weights[EMBEDDING], self.network.weights[BIAS]
        chunk = 512 if self.network.device.type == "cpu" else 8192
        smoothing = self.config.smoothing
        progress = self.config.progress(self.state.step, self.state.seconds)
        if self.config.sample and progress < 1 - _WHOLE_LOSS:
            generator = torch.Generator().manual_seed(self.config.seed * 1_000_003 + self.state.step)
            loss, gradient = sampled_loss(
                states.detach(),
                embedding,
                bias,
                targets,
                sample=self.config.sample,
                generator=generator,
                smoothing=smoothing,
                chunk=chunk,
            )
        else:
            loss, gradient = projection_loss(
                states.detach(), embedding, bias, targets, smoothing=smoothing, chunk=chunk
            )
        guide = None
        if batch.links is not None and self.config.guide:
            rows, places, looked_at = (tensor(part) for part in batch.links)
            missed = -(attention[rows, places, looked_at].float() + 1e-6).log().mean()
            guide = float(missed.detach())
            torch.autograd.backward([states, self.config.guide * missed], [gradient, torch.ones_like(missed)])
        else:
            torch.autograd.backward([states], [gradient])
        assert embedding.grad is not None
        embedding.grad[self.network.architecture.pad] = 0  # see Network.clear_padding
        return loss, guide

    # --- checkpoints ---

    def save(self, folder: Path) -> Path:
        """Writes a checkpoint folder in one move: it is there whole or not at all. Gives its path."""
        from safetensors.torch import save_file

        names = {id(weight): name for name, weight in self.network.weights.items()}
        moments = {
            f"{names[id(weight)]}/{key}": value.detach().cpu().contiguous()
            for weight, values in self.optimizer.state.items()
            for key, value in values.items()
        }
        about = {
            **self.about,
            "state": asdict(self.state) | {"position": list(self.state.position)},
            "guard": asdict(self.guard),
            "config": asdict(self.config),
            "architecture": asdict(self.network.architecture),
        }
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            save_file(
                {name: w.detach().cpu().contiguous() for name, w in self.network.weights.items()}, scratch / WEIGHTS
            )
            save_file(moments, scratch / MOMENTS)
            (scratch / STATE).write_text(json.dumps(about, indent=1), "utf-8")
            if folder.exists():
                shutil.rmtree(folder)
            os.rename(scratch, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return folder

    def resume(self, folder: Path) -> None:
        """Goes on from a checkpoint of a model of the same sizes; limits and rate are those of the new config.

        Raises:
            ModelNotFoundError: The checkpoint is broken or of another model.
        """
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            about = json.loads((folder / STATE).read_text("utf-8"))
            weights, moments = load_file(folder / WEIGHTS), load_file(folder / MOMENTS)
            state, guard, architecture = about["state"], about["guard"], Architecture(**about["architecture"])
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise ModelNotFoundError(
                f"not a whole checkpoint ({error})", where=str(folder), remedy="Resume from an earlier one"
            ) from error
        if architecture != self.network.architecture:
            raise ModelNotFoundError(
                "a checkpoint of a model of other sizes", where=str(folder), remedy="Train into a new folder"
            )
        with torch.no_grad():
            for name, weight in self.network.weights.items():
                weight.copy_(weights[name])
                found = {k.rpartition("/")[2]: v for k, v in moments.items() if k.rpartition("/")[0] == name}
                if found:  # "step" stays where fused AdamW keeps it: beside the weight
                    self.optimizer.state[weight] = {k: v.to(self.network.device) for k, v in found.items()}
        self.state = State(**{**state, "position": Position(*state["position"])})
        self.guard = Guard(**guard)


WEIGHTS, MOMENTS, STATE = "weights.safetensors", "moments.safetensors", "state.json"


def checkpoints(folder: Path) -> list[Path]:
    """The whole checkpoints of a run, oldest first."""
    return sorted(path for path in folder.glob("step-*") if (path / STATE).is_file())


def average(folders: Sequence[Path]) -> dict[str, NDArray[np.float32]]:
    """The mean of the weights of several checkpoints, which generalises better than the last one alone.

    Raises:
        ModelNotFoundError: There are none, or they are of different models.
    """
    import numpy as np
    from safetensors.numpy import load_file

    if not folders:
        raise ModelNotFoundError("no checkpoints to average", remedy="Train first")
    total: dict[str, NDArray[np.float64]] = {}
    for folder in folders:
        weights = load_file(folder / WEIGHTS)
        if total and {n: w.shape for n, w in weights.items()} != {n: w.shape for n, w in total.items()}:
            raise ModelNotFoundError("a checkpoint of another model", where=str(folder), remedy="Average one run only")
        total = {name: total.get(name, np.float64(0)) + weight for name, weight in weights.items()}
    return {name: (weight / len(folders)).astype(np.float32) for name, weight in total.items()}


def blend(weights: Mapping[str, Any], parent: Mapping[str, Any], share: float) -> dict[str, NDArray[np.float32]]:
    """The mean of two models' weights, weighted.

    Args:
        weights: Arrays or tensors by name.
        parent: Those of the other model, with the same names and shapes.
        share: Of the parent, from 0 to 1.
    """
    import numpy as np

    own, old = ({name: np.asarray(w, np.float32) for name, w in side.items()} for side in (weights, parent))
    return {name: (1 - share) * weight + share * old[name] for name, weight in own.items()}


# --- callbacks --------------------------------------------------------------------------------------------------------


@dataclass
class Tell:
    """Passes on a report every `every` steps, its loss and guide averaged over them, and the last one.

    Args:
        emit: Takes the report.
        every: Steps.
    """

    emit: Callable[[Report], None]
    every: int = 50
    _losses: list[float] = field(default_factory=list)
    _guides: list[float] = field(default_factory=list)

    def __call__(self, trainer: Trainer, report: Report) -> None:
        if not report.skipped:
            self._losses.append(report.loss)
            if report.guide is not None:
                self._guides.append(report.guide)
        if report.step % self.every and report.progress < 1:
            return
        loss = sum(self._losses) / len(self._losses) if self._losses else math.nan
        self.emit(replace(report, loss=loss, guide=sum(self._guides) / len(self._guides) if self._guides else None))
        self._losses.clear()
        self._guides.clear()


@dataclass
class SaveCheckpoints:
    """Saves a checkpoint every `every` steps and at the end; keeps the newest few.

    One more, "plateau", is saved when the learning rate starts to fall: a run that gets more time goes on best from
    there.

    Args:
        folder: They go to step-00001000 and so on in here.
        every: Steps.
        keep: How many stay; only the newest can be resumed, the others are for averaging.
    """

    folder: Path
    every: int = 500
    keep: int = 4

    def __call__(self, trainer: Trainer, report: Report) -> None:
        plateau = self.folder / "plateau"
        falling = report.progress > 1 - trainer.config.cooldown
        if falling and report.progress < 1 and trainer.config.cooldown and not plateau.exists():
            trainer.save(plateau)
        if report.step % self.every == 0 or report.progress >= 1 or trainer.stopped:
            trainer.save(self.folder / f"step-{report.step:08d}")
            kept = checkpoints(self.folder)
            for old in kept[: -self.keep]:
                shutil.rmtree(old)
            for old in kept[-self.keep : -1]:
                (old / MOMENTS).unlink(missing_ok=True)


@dataclass
class Evaluate:
    """Measures the model on a dev set every `every` steps, but not at the end, when averaging is still to come.

    Args:
        measure: Takes the network, gives scores by name.
        emit: Takes the report of the step and the scores.
        every: Steps.
    """

    measure: Callable[[Network], dict[str, float]]
    emit: Callable[[Report, dict[str, float]], None]
    every: int = 1000

    def __call__(self, trainer: Trainer, report: Report) -> None:
        if report.step % self.every == 0 and report.progress < 1:
            self.emit(report, self.measure(trainer.network))


@dataclass
class StopWhen:
    """Stops the run when asked to, between two steps.

    Args:
        wanted: Asked after every step; stands before `SaveCheckpoints` in the list, so that the stop is saved.
    """

    wanted: Callable[[], bool]

    def __call__(self, trainer: Trainer, report: Report) -> None:
        if self.wanted():
            trainer.stop()
