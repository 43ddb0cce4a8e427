from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

# Every child runs with sockets refused: the command line must never need a network.
_GUARD = """
import socket, sys
def refuse(*a, **k): raise OSError("no network in tests")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse
from mt_publish.cli import main
main()
"""


@pytest.fixture
def mt(cache: Path, tmp_path: Path) -> Run:
    """Runs ``mt-publish`` in a fresh folder with the network blocked; gives the finished process."""

    def run(
        *arguments: object, stdin: str | bytes | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("MT_PUBLISH_") and k != "GITHUB_STEP_SUMMARY"}
        env |= {
            "MT_PUBLISH_CACHE": str(cache),
            "XDG_CONFIG_HOME": str(tmp_path / "no-config"),
            "NO_COLOR": "1",
            "COLUMNS": "100",
        }
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-c", _GUARD, *map(str, arguments)],
            cwd=cwd or tmp_path,
            env=env,
            input=data,
            capture_output=True,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        )

    return run
