"""``mt-publish model``: list, inspect, convert, verify, probe and remove models."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mt_publish.cli import options as opt
from mt_publish.cli.exits import Exit

group = typer.Typer(no_args_is_help=True, help="List, convert, verify, probe and remove models.", rich_markup_mode=None)
_Name = Annotated[str, typer.Argument(metavar="[MODEL]", help="'shipped', a MarianMT folder, or a hub id.")]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    app.add_typer(group, name="model")


@group.command("list", epilog="Example: mt-publish model list")
def list_() -> int:
    """List the shipped model and what is converted in the cache."""
    from mt_publish.cli import render
    from mt_publish.translation.models import cache_dir, cached_models, find_model

    print(f"shipped  {find_model().folder}")
    rows = [
        (
            m["model"],
            m["compute_type"],
            f"{m['bytes'] / 1e6:.0f} MB",
            "intact" if m["intact"] else "BROKEN",
            m["folder"],
        )
        for m in cached_models()
    ]
    if not rows:
        print(f"nothing converted yet in {cache_dir()}", file=sys.stderr)
        return int(Exit.OK)
    for line in render.table(rows, ("model", "compute type", "size", "state", "folder")):
        print(line)
    return int(Exit.OK)


@group.command(epilog="Example: mt-publish model info shipped")
def info(name: _Name = "shipped", online: opt.Online = False) -> int:
    """Show what a model is: languages, size, hash, alignment head."""
    from mt_publish.translation.models import find_model

    model = find_model(name, offline=not online)
    config = model.config
    lines = {
        "model": model.name,
        "folder": model.folder,
        "languages": " ".join(model.pieces) or f"{model.source or '?'} → {model.target or '?'}",
        "layers": f"{config['encoder_layers']} encoder, {config['decoder_layers']} decoder, width {config['d_model']}",
        "vocabulary": config["vocab_size"],
        "alignment head": f"layer {model.alignment[0]}, head {model.alignment[1]}",
        "longest input": f"{model.max_pieces} pieces; longer sentences are split",
        "sha256": model.sha256(),
    }
    for key, value in lines.items():
        print(f"{key:15} {value}")
    return int(Exit.OK)


@group.command(epilog="Example: mt-publish model convert shipped")
def convert(
    name: _Name = "shipped",
    compute_type: Annotated[str, typer.Option("--compute-type", help="int8, float32, bfloat16 …")] = "int8",
    force: Annotated[bool, typer.Option("--force", help="Convert again even if the cache has it.")] = False,
    online: opt.Online = False,
) -> int:
    """Convert a model for CTranslate2 now rather than at first use; the folder is printed."""
    from mt_publish.translation.models import convert as convert_model
    from mt_publish.translation.models import find_model

    print(convert_model(find_model(name, offline=not online), compute_type=compute_type, force=force).folder)
    return int(Exit.OK)


@group.command(epilog="Example: mt-publish model verify")
def verify() -> int:
    """Check every converted model against the hashes it was written with; exit 4 if one is broken."""
    from mt_publish.translation.models import cached_models

    broken = [m for m in cached_models() if not m["intact"]]
    for model in cached_models():
        print(f"{'intact' if model['intact'] else 'BROKEN'}  {model['folder']}")
    if broken:
        print(
            "broken conversions are made anew at next use; remove them with `mt-publish model remove`", file=sys.stderr
        )
    return int(Exit.ASSET if broken else Exit.OK)


@group.command(epilog="Example: mt-publish model remove shipped")
def remove(
    name: Annotated[str, typer.Argument(metavar="MODEL", help="Name or folder as `model list` shows it.")],
) -> int:
    """Remove a model's conversions from the cache; the model itself stays."""
    from mt_publish.translation.models import remove_cached

    gone = remove_cached(name)
    for folder in gone:
        print(folder)
    if not gone:
        print(f"nothing in the cache is called {name!r}; see `mt-publish model list`", file=sys.stderr)
    return int(Exit.OK if gone else Exit.NOTHING)


@group.command(epilog="Example: mt-publish model probe shipped --refs pairs.tsv")
def probe(
    name: _Name = "shipped",
    refs: Annotated[
        Path | None,
        typer.Option("--refs", metavar="FILE", help="German TAB English pairs; the built-in ones when missing."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=20, help="Pairs to use.")] = 500,
) -> int:
    """Find the attention head that aligns best and use it from now on; needs the transformers engine."""
    from mt_publish.cli import render
    from mt_publish.translation.models import find_model, save_alignment
    from mt_publish.translation.probe import best_head, builtin_pairs, probe_heads, read_pairs

    model = find_model(name)
    pairs = read_pairs(refs, limit) if refs else builtin_pairs()
    found = probe_heads(model, pairs)
    rows = [(layer, head, f"{100 * hit:.1f} %", total) for layer, head, hit, total in found]
    for line in render.table(rows, ("layer", "head", "anchors hit", "anchors")):
        print(line)
    layer, head, hit, _ = best_head(found)
    print(f"best: layer {layer}, head {head}; remembered in {save_alignment(model, layer, head, hit)}", file=sys.stderr)
    if hit < 0.75:
        print("below 75 %: tags and repairs by alignment will be unreliable with this model", file=sys.stderr)
    return int(Exit.OK)
