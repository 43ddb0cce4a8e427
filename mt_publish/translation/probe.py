"""Find the attention head of a model that aligns words best.

For every decoder layer and head: over sentence pairs with anchors (equal numbers and names of four or more letters on both
sides), the share of anchor words whose strongest attention falls on the anchor. A guided head hits above 90 %; below 75 %
alignment is not good enough to place tags or repairs by.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mt_publish.errors import InputError
from mt_publish.translation.alignment import _equal_words, by_words, words
from mt_publish.translation.models import Model

_TEMPLATES = (
    ("{a} traf {b} am {n}. Mai in {c}.", "{a} met {b} in {c} on {n} May."),
    ("In {c} leben {n} Menschen, sagte {a} der Zeitung {b}.", "{n} people live in {c}, {a} told the newspaper {b}."),
    (
        "Die Firma {b} aus {c} hat {n} Mitarbeiter und wird von {a} geführt.",
        "The company {b} from {c} has {n} employees and is led by {a}.",
    ),
    ("Wie {b} berichtet, fuhr {a} {n} Kilometer nach {c}.", "As {b} reports, {a} drove {n} kilometres to {c}."),
)
_NAMES = ("Martin", "Schmidt", "Weber", "Anderson", "Peterson", "Danfried", "Novak", "Miller", "Tanaka", "Okafor")
_PLACES = ("Berlin", "Hamburg", "London", "Madrid", "Toronto", "Kopenhagen", "Chicago", "Bremen", "Oslo", "Sydney")


def builtin_pairs() -> list[tuple[str, str]]:
    """German–English sentence pairs full of names and numbers, made from templates."""
    pairs = []
    for i in range(120):
        german, english = _TEMPLATES[i % len(_TEMPLATES)]
        fill = {
            "a": _NAMES[i % 10],
            "b": _NAMES[(i * 3 + 4 + i // 10) % 10],
            "c": _PLACES[(i * 7 + i // 10) % 10],
            "n": str(2 + (i * 13) % 29),
        }
        if fill["a"] != fill["b"]:
            pairs.append((german.format(**fill), english.format(**fill)))
    return pairs


def read_pairs(path: Path, limit: int) -> list[tuple[str, str]]:
    """German–English pairs from a file with a TAB between them, at most `limit`.

    Raises:
        InputError: The file cannot be read or a line has no TAB.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "cannot be read as UTF-8 text", where=str(path), remedy="Give German TAB English, a pair a line"
        ) from error
    pairs = []
    for number, line in enumerate(lines[:limit], 1):
        cells = line.split("\t")
        if len(cells) < 2:
            raise InputError(
                "no TAB in this line", where=f"{path}:{number}", remedy="Give German TAB English, a pair a line"
            )
        pairs.append((cells[0], cells[1]))
    return pairs


def probe_heads(model: Model, pairs: Sequence[tuple[str, str]]) -> list[tuple[int, int, float, int]]:
    """(layer, head, share of anchors hit 0–1, anchors) of every cross-attention head; needs torch and transformers.

    Args:
        model: The model.
        pairs: German–English pairs; both directions count where the model has them.
    """
    import numpy as np

    from mt_publish.translation.engines import TransformersEngine

    engine = TransformersEngine(model)
    layers, heads = int(model.config["decoder_layers"]), int(model.config["decoder_attention_heads"])
    hits = np.zeros((layers, heads))
    total = 0
    for target in ("en", "de"):
        if model.pieces and model.prefix(target) is None:
            continue
        if not model.pieces and model.target not in (None, target):
            continue
        for german, english in pairs:
            source, reference = (german, english) if target == "en" else (english, german)
            pieces, source_spans = engine.tokenizer.source_spans(source)
            output = engine.tokenizer.encode_target(reference)
            text, target_spans = engine.tokenizer.target_spans(output)
            src, tgt = words(source), words(text)
            anchors = _equal_words(source, text, src, tgt)
            if not anchors:
                continue
            out, _ = engine._forced([pieces], [output], target, attentions=True)
            skip = 1 if model.prefix(target) else 0
            total += len(anchors)
            for layer in range(layers):
                weights = out.cross_attentions[layer][0, :, : len(output), skip : skip + len(pieces)].float().numpy()
                for head in range(heads):
                    rows = by_words(weights[head].tolist(), src, tgt, source_spans, target_spans)
                    hits[layer, head] += sum(rows[t].index(max(rows[t])) == s for s, t in anchors)
    return [
        (layer, head, float(hits[layer, head] / max(1, total)), total)
        for layer in range(layers)
        for head in range(heads)
    ]


def best_head(found: Sequence[tuple[int, int, float, int]]) -> tuple[int, int, float, int]:
    """The row of `probe_heads` to align by: head 0 of the last layer when it hits 90 %, else the head that hits most.

    Head 0 is where training guides alignment. A head that copies names can hit more anchors and still align everything
    else worse: on our hand-aligned pairs such a head had twice the alignment error (`benchmarks/alignment.py`).
    """
    guided = max((row for row in found if row[1] == 0), key=lambda row: row[0])
    return guided if guided[2] >= 0.9 else max(found, key=lambda row: row[2])
