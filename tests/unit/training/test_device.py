"""Training on a device that is not the CPU, such as a GPU, of which the machines that test have none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
registration = pytest.importorskip("torch.utils.backend_registration")

pytestmark = pytest.mark.skipif(
    not hasattr(registration, "_setup_privateuseone_for_python_backend"),
    reason="torch has no devices written in Python yet",
)


@pytest.mark.parametrize("sample", [0, 50])
def test_all_tensors_of_a_step_and_of_a_checkpoint_are_on_the_device(tmp_path: Path, sample: int) -> None:
    script = Path(__file__).with_name("other_device.py")
    done = subprocess.run(
        [sys.executable, script, str(sample), str(tmp_path)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    refused, differences = done.stdout.splitlines()
    assert "same device" in refused  # else the test would see nothing
    from_cpu, by_resuming = map(float, differences.split())
    assert from_cpu < 1e-3  # a step moves a weight by up to 5e-3
    assert by_resuming == 0
