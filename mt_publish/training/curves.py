"""Training curves as an SVG picture, drawn without a plotting library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _PANEL = 720, 220, 60, 30, 250
_COLOURS = ("#1f5fa8", "#b8501f", "#2f7d4f", "#7a4a9c", "#666666")


def draw(rows: Sequence[Mapping[str, Any]]) -> str:
    """A panel for the losses and, once there are any, one for the scores, over steps.

    Args:
        rows: Of log.jsonl: with "loss" and "guide", or with "scores".
    """
    losses: dict[str, list[tuple[float, float]]] = {}
    scores: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        for name in ("loss", "guide"):
            if row.get(name) is not None and row[name] == row[name]:
                losses.setdefault(name, []).append((row["step"], row[name]))
        for name, value in row.get("scores", {}).items():
            scores.setdefault(name, []).append((row["step"], value))
    panels = [panel for panel in (losses, scores) if panel]
    body = "".join(_panel(panel, 10 + index * _PANEL) for index, panel in enumerate(panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + 40} {max(1, len(panels)) * _PANEL + 20}" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="Training curves">{body}</svg>\n'
    )


def _panel(lines: Mapping[str, Sequence[tuple[float, float]]], top: int) -> str:
    points = [point for line in lines.values() for point in line]
    last = max(x for x, _ in points) or 1
    low, high = min(y for _, y in points), max(y for _, y in points)
    spread = (high - low) or 1.0

    def place(x: float, y: float) -> str:
        across = _LEFT + (_WIDTH - _LEFT) * x / last
        return f"{across:.1f},{top + (_HEIGHT - _BOTTOM) * (1 - (y - low) / spread):.1f}"

    floor = top + _HEIGHT - _BOTTOM
    parts = [
        f'<path d="M{_LEFT},{top}V{floor}H{_WIDTH}" fill="none" stroke="#999"/>',
        f'<text x="{_LEFT - 6}" y="{top + 4}" text-anchor="end">{high:.2f}</text>',
        f'<text x="{_LEFT - 6}" y="{floor}" text-anchor="end">{low:.2f}</text>',
        f'<text x="{_WIDTH}" y="{floor + 16}" text-anchor="end">step {last:g}</text>',
    ]
    for index, (name, line) in enumerate(lines.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        path = " ".join(place(x, y) for x, y in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(f'<text x="{_LEFT + 10 + 150 * index}" y="{floor + 16}" fill="{colour}">{escape(name)}</text>')
    return "".join(parts)
