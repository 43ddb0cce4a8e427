"""One thread, since the models are tiny; one vocabulary for all."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# --import-mode=importlib puts no folder on the path, so the shared data is loaded by its file.
_spec = importlib.util.spec_from_file_location("training_data", Path(__file__).with_name("data.py"))
assert _spec is not None
assert _spec.loader is not None
data = importlib.util.module_from_spec(_spec)
sys.modules["training_data"] = data
_spec.loader.exec_module(data)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    if importlib.util.find_spec("torch") is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory: pytest.TempPathFactory):
    return data.tiny_vocabulary(tmp_path_factory.mktemp("vocabulary"))
