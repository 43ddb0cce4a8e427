"""Line numbers of places in a text, counted as editors count: by LF, CR LF and lone CR."""

from __future__ import annotations


class LineCounter:
    """Line numbers for places that only ever grow; each step costs the distance walked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._returns = "\r" in text
        self._place = 0
        self._line = 1

    def at(self, place: int) -> int:
        """The 1-based line of `place`, which must not be before an earlier one."""
        text, last = self._text, self._place
        self._line += text.count("\n", last, place)
        if self._returns:
            self._line += text.count("\r", last, place) - text.count("\r\n", last, place)
        self._place = place
        return self._line
