"""Progress on stderr: one line that redraws itself on a terminal, nothing in logs and pipes."""

from __future__ import annotations

import sys
import time


class Progress:
    """Shows "n/m segments, speed, time left" on stderr while work goes on; a context manager."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.shown = not quiet and sys.stderr.isatty()
        self.started = time.monotonic()
        self._last = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if not self.shown or (now - self._last < 0.1 and done < total):
            return
        self._last = now
        speed = done / max(1e-9, now - self.started)
        left = (total - done) / speed if speed else 0.0
        sys.stderr.write(f"\r\033[K{done}/{total} segments  {speed:.0f}/s  {left:.0f} s left")
        sys.stderr.flush()
