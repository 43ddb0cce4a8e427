"""Trains four steps on the CPU, and on a device of its own whose numbers lie on the CPU, there also resumed after two.

    python other_device.py SAMPLE FOLDER

Prints what the device says to tensors of two devices, and the largest differences of a weight: to the CPU, and by resuming.

The device is torch's PrivateUse1 with a Python backend. It refuses operations on tensors of two devices as CUDA does, so code that
forgets to move a tensor fails here, too. It computes in float32: the kernels and the mixed precision of CUDA are not tested. A
process of its own, since a device that is registered stays so.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import data
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import _DummyBackendModule, _setup_privateuseone_for_python_backend

from mt_publish.training.trainer import Callback, SaveCheckpoints, StopWhen, Trainer, checkpoints

DEVICE = "elsewhere"
aten = torch.ops.aten


class Backend(_DummyBackendModule):
    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16]


class Elsewhere(torch.Tensor):
    """A tensor on the other device; `held` has its numbers."""

    held: torch.Tensor

    @staticmethod
    def __new__(cls, held: torch.Tensor) -> Elsewhere:
        made = torch.Tensor._make_wrapper_subclass(
            cls, held.shape, held.stride(), held.storage_offset(), dtype=held.dtype, device=torch.device(DEVICE, 0)
        )
        made.held = held
        return made

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return compute(func, args, kwargs or {})


class Dispatch(TorchDispatchMode):
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return compute(func, args, kwargs or {})


def compute(func: Any, args: Any, kwargs: Any) -> Any:
    """Runs an operation on the CPU, after a look at whether all its tensors are on one device; a scalar tensor may be on another."""
    tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
    there = [tensor for tensor in tensors if isinstance(tensor, Elsewhere)]
    here = [tensor for tensor in tensors if not isinstance(tensor, Elsewhere) and tensor.dim()]
    moves = func in (aten._to_copy.default, aten.copy_.default)
    if there and here and not moves:
        raise RuntimeError(f"{func}: expected all tensors to be on the same device")
    wanted = kwargs.get("device")
    onto = bool(there) if wanted is None else torch.device(wanted).type == DEVICE
    if wanted is not None:
        kwargs = {**kwargs, "device": torch.device("cpu")}
    args, kwargs = tree_map(lambda x: x.held if isinstance(x, Elsewhere) else x, (args, kwargs))
    known = {id(tensor.held): tensor for tensor in there}
    if func is aten.copy_.default:
        func(*args, **kwargs)
        return known.get(id(args[0]), args[0])

    def place(found: Any) -> Any:
        if not isinstance(found, torch.Tensor) or not onto:
            return found
        return known[id(found)] if id(found) in known else Elsewhere(found)

    return tree_map(place, func(*args, **kwargs))


def train(device: str, sample: int, folder: Path, *, resume_at: int = 0) -> dict[str, torch.Tensor]:
    """The weights after four steps, without a stop or resumed from a checkpoint."""
    vocabulary = data.tiny_vocabulary(folder / "vocabulary")

    def trainer(*callbacks: Callback) -> Trainer:
        network = data.tiny_network(vocabulary)
        if device != "cpu":
            network = network.to(device)
        return Trainer(network, data.tiny_batches(vocabulary), data.tiny_config(sample=sample), callbacks=callbacks)

    last = trainer()
    if resume_at:
        first = trainer()
        first.callbacks = [StopWhen(lambda: first.state.step >= resume_at), SaveCheckpoints(folder / device, every=1)]
        first.run()
        last.resume(checkpoints(folder / device)[-1])
    last.run()
    assert last.network.device.type == device
    assert last.state.step == 4
    return last.network.to_marian()


def main() -> None:
    sample, folder = int(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(1)
    _setup_privateuseone_for_python_backend(DEVICE, backend_module=Backend())
    here = train("cpu", sample, folder)
    with Dispatch():
        try:
            torch.ones(2, device=DEVICE) + torch.ones(2)
        except RuntimeError as error:
            print(error)
        there = train(DEVICE, sample, folder)
        resumed = train(DEVICE, sample, folder, resume_at=2)
    print(difference(there, here), difference(resumed, there))


def difference(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> float:
    return max(float((other[name] - weight).abs().max()) for name, weight in one.items())


if __name__ == "__main__":
    main()
