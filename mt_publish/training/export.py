"""From weights to a MarianMT folder that transformers, CTranslate2 and every command of mt-publish take."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mt_publish.errors import EngineError
from mt_publish.training.network import EMBEDDING, Architecture
from mt_publish.training.vocabulary import Vocabulary
from mt_publish.types import ANNOTATION_KEY, APART_KEY, LANGS, LEXICON, SHORTLIST, WORD_LISTS, Lang, MetricScore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DataSource:
    """A part of the training data, for the model card.

    Args:
        name: As readers know it.
        pairs: Sentence pairs after cleaning.
        licence: As its owner states it.
        weight: How often each pair comes in an epoch.
    """

    name: str
    pairs: int
    licence: str = "not stated"
    weight: float = 1.0


def export_model(
    weights: Mapping[str, NDArray[np.floating]],
    architecture: Architecture,
    vocabulary: Vocabulary,
    folder: Path,
    *,
    card: str = "",
    precision: Literal["float16", "float32"] = "float16",
    annotated: bool = False,
    shortlist: bytes = b"",
    lexicon: bytes = b"",
    word_lists: Mapping[Lang, bytes] | None = None,
    length_penalty: float = 1.0,
) -> Path:
    """Writes a transformers folder: config, weights, vocabulary, model card.

    Each file is replaced in one move, the weights last; what else lies in the folder is left alone.

    Args:
        weights: By transformers' names; `trainer.average` gives them.
        architecture: The sizes.
        vocabulary: Of the model; config.json says whether it sets opening marks apart.
        folder: Made when missing.
        card: README.md; see `model_card`.
        precision: Of the stored weights.
        annotated: Whether the model was trained to be told terms; config.json says so.
        shortlist: From `mt_publish.training.shortlist.make_shortlist`; empty for none.
        lexicon: From `mt_publish.training.lexicon.make_lexicon`; empty for none.
        word_lists: Of each language, from `mt_publish.training.lexicon.make_word_list`; None for none.
        length_penalty: Of beam search; above 1 for a model that leaves words out.

    Raises:
        EngineError: A weight is not finite in that precision: the model is broken.
    """
    import numpy as np
    from safetensors.numpy import save

    stored = {name: np.array(weight, dtype=precision, order="C") for name, weight in weights.items()}
    stored[EMBEDDING][architecture.pad] = 0  # see Network.clear_padding: averaging or foreign moments may have moved it
    for name, weight in stored.items():
        if not np.isfinite(weight).all():
            raise EngineError(f"the weight {name} is not finite in {precision}", remedy="Export an earlier checkpoint")
    config = {**architecture.to_config(), "dtype": precision}
    if annotated:
        config[ANNOTATION_KEY] = True
    if vocabulary.apart:
        config[APART_KEY] = True
    generation = {
        "bad_words_ids": [[architecture.pad]],
        "bos_token_id": 0,
        "eos_token_id": 0,
        "forced_eos_token_id": 0,
        "pad_token_id": architecture.pad,
        "decoder_start_token_id": architecture.pad,
        "max_length": architecture.positions,
        "num_beams": 4,
    }
    if length_penalty != 1:
        generation["length_penalty"] = length_penalty
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary.copy_to(folder)
    _write(folder / "config.json", _json(config))
    _write(folder / "generation_config.json", _json(generation))
    if card:
        _write(folder / "README.md", card.encode())
    lists = [(WORD_LISTS[lang], (word_lists or {}).get(lang, b"")) for lang in LANGS]
    for name, content in ((SHORTLIST, shortlist), (LEXICON, lexicon), *lists):
        if content:
            _write(folder / name, content)
        else:
            (folder / name).unlink(missing_ok=True)  # of the weights that stood here before
    _write(folder / "model.safetensors", save(stored, metadata={"format": "pt"}))
    return folder


def model_card(
    *,
    name: str,
    architecture: Architecture,
    vocabulary: Vocabulary,
    sources: Sequence[DataSource],
    training: Mapping[str, object],
    scores: Mapping[str, Sequence[MetricScore]] | None = None,
    parent: str = "",
    parent_scores: Mapping[str, Sequence[MetricScore]] | None = None,
    warning: str = "",
) -> str:
    """The README.md of a model: what it is, what it learnt from under which licences, how good it is.

    Args:
        name: Heading.
        architecture: The sizes.
        vocabulary: Of the model.
        sources: The data.
        training: Settings and figures of the run, in the order to show.
        scores: By test set and direction, "dev de-en".
        parent: The model that was adapted, if any.
        parent_scores: Its scores on the same sets.
        warning: A sentence on what the model is not fit for.
    """
    weights = sum(_product(shape) for shape in architecture.shapes().values())
    ways = " and ".join(
        f"{'German' if p.source == 'de' else 'English'} to {_NAMES[p.target]}" for p in vocabulary.directions
    )
    lines = [
        "---",
        "language: [de, en]",
        "library_name: transformers",
        "pipeline_tag: translation",
        "tags: [marian, mt-publish]",
        "---",
        "",
        f"# {name}",
        "",
        f"A MarianMT model, {ways}: {weights / 1e6:.1f} million weights, {architecture.encoder_layers} encoder and "
        f"{architecture.decoder_layers} decoder layers of width {architecture.width}, {architecture.vocabulary} "
        "pieces.",
        "",
    ]
    if len(vocabulary.directions) == 2:
        lines += ["Put `>>eng<<` or `>>deu<<` before the source to choose the target language.", ""]
    if parent:
        lines += [f"Adapted from {parent}; its data and licence apply as well.", ""]
    if warning:
        lines += [warning, ""]
    lines += ["## Scores", ""]
    if scores:
        head = ["set", "metric", *(["parent"] if parent_scores else []), "score", "segments", "signature"]
        lines += [_row(head), "|" + "---|" * len(head)]
        for dataset, found in scores.items():
            before = {score.name: f"{score.value:.1f}" for score in (parent_scores or {}).get(dataset, ())}
            for score in found:
                signature = score.signature.replace("|", "\\|")  # or it would end the cell
                old = [before.get(score.name, "–")] if parent_scores else []
                lines.append(
                    _row([dataset, score.name, *old, f"{score.value:.1f}", f"{score.segments}", f"`{signature}`"])
                )
    else:
        lines.append("Not measured.")
    lines += ["", "## Data", "", "| source | pairs | weight | licence |", "|---|---|---|---|"]
    lines += [f"| {source.name} | {source.pairs:,} | {source.weight:g} | {source.licence} |" for source in sources]
    lines += ["", "## Training", "", "| setting | value |", "|---|---|"]
    lines += [f"| {key} | {value} |" for key, value in training.items()]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


_NAMES = {"de": "German", "en": "English"}


def _product(shape: Sequence[int]) -> int:
    result = 1
    for size in shape:
        result *= size
    return result


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _write(path: Path, data: bytes) -> None:
    scratch = path.with_name(f".{path.name}.part")
    scratch.write_bytes(data)
    os.replace(scratch, path)
