"""``mt-publish train``: a model from your own translations, from scratch or adapted from one there is."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt_publish.cli import options as opt

if TYPE_CHECKING:
    from mt_publish.training.corpus import Pair
    from mt_publish.training.trainer import Report
    from mt_publish.types import MetricScore

_EPILOG = "Example: mt-publish train translations.tmx --from shipped --out house-style --minutes 20"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("train", epilog=_EPILOG)(train)


def train(
    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATA...", help="TMX, XLIFF, TSV (German TAB English), a.de.txt beside a.en.txt, or folders."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the new model.")],
    start_from: Annotated[
        str | None, typer.Option("--from", metavar="MODEL", help="Adapt this model: 'shipped', a folder, or a hub id.")
    ] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", min=0.01, help="Train for so long in all.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Train for so many steps in all.")] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="FILE", help="Training preset, such as configs/train-small.toml."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    dev: Annotated[int, typer.Option("--dev", min=0, metavar="N", help="Pairs held out for measuring.")] = 500,
    test: Annotated[int, typer.Option("--test", min=0, metavar="N", help="Pairs held out and not looked at.")] = 0,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="CPU threads; all when missing.")] = None,
    quiet: opt.Quiet = False,
) -> int:
    """Train a MarianMT model on sentence pairs, or adapt one with --from.

    The new model is a folder that every --model takes. Stop with Ctrl-C and go on with --resume. Needs torch:
    pip install 'mt-publish[train]'.
    """
    from mt_publish.errors import ConfigError
    from mt_publish.training.recipe import load_recipe, train_model
    from mt_publish.translation.models import find_model

    recipe = load_recipe(config)
    parent = find_model(start_from) if start_from is not None else None
    tell = _Teller(quiet=quiet)
    with _Interrupts() as interrupts:
        try:
            result = train_model(
                data,
                out,
                recipe=recipe,
                minutes=minutes,
                steps=steps,
                start_from=parent.folder if parent is not None else None,
                parent=parent.name if parent is not None else "",
                resume=resume,
                dev=dev,
                test=test,
                threads=threads,
                measure=lambda folder, pairs: measure(folder, pairs, threads=threads),
                tell=tell,
                report=tell.report,
                stop=lambda: interrupts.seen,
            )
        except ImportError as error:
            if error.name != "torch":
                raise
            raise ConfigError("training needs torch", remedy="pip install 'mt-publish[train]'") from error
    for dataset, scores in result.scores.items():
        before = {score.name: f"{score.value:.1f} → " for score in result.parent_scores.get(dataset, ())}
        print(f"{dataset}: " + ", ".join(f"{s.name} {before.get(s.name, '')}{s.value:.1f}" for s in scores))
    print(f"{result.folder}: {result.steps} steps, {result.tokens} target pieces, {result.seconds / 60:.1f} minutes")
    if not result.finished:
        raise KeyboardInterrupt
    return 0


def measure(folder: Path, pairs: Sequence[Pair], *, threads: int | None = None) -> Mapping[str, Sequence[MetricScore]]:
    """BLEU and chrF of a model folder on pairs, a data set a direction: with beam 4, told rare words as `translate` does, without glossary.

    That the folder converts for CTranslate2 and decodes there is checked by the way.
    """
    from mt_publish.quality.metrics import corpus_scores
    from mt_publish.translation.engines import load_engine
    from mt_publish.translation.models import cached_models, convert, find_model, remove_cached
    from mt_publish.types import LangPair

    model = find_model(str(folder))
    known = {item["folder"] for item in cached_models()}
    converted = convert(model)
    engine = load_engine(model, threads=threads)
    found = {}
    for pair in (LangPair("de", "en"), LangPair("en", "de")):
        if model.supports(pair):
            sources, refs = ([getattr(p, lang) for p in pairs] for lang in pair)
            hyps = [hyps[0].pieces for hyps in engine.translate(engine.read(sources, pair.target), pair.target, beam=4)]
            texts = engine.tokenizer.decode(hyps)
            found[f"dev {pair}"] = corpus_scores(texts, [refs], metrics=("bleu", "chrf"), allow_empty=True)
    if str(converted.folder) not in known:
        remove_cached(str(converted.folder))  # a snapshot of a training run is never asked for again
    return found


class _Teller:
    """Lines on stderr: each step of the preparation; for training one that redraws itself, or one a minute in a log."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.redraws = sys.stderr.isatty()
        self.last = 0.0

    def __call__(self, line: str) -> None:
        if not self.quiet:
            print(line, file=sys.stderr, flush=True)

    def report(self, report: Report) -> None:
        """Shows where training stands."""
        now = time.monotonic()
        ended = report.progress >= 1
        if self.quiet or (not self.redraws and now - self.last < 60 and not ended):
            return
        self.last = now
        guide = f"  alignment {report.guide:.2f}" if report.guide is not None else ""
        line = (
            f"step {report.step}  loss {report.loss:.3f}{guide}  {report.speed:.0f} tokens/s  "
            f"{report.seconds_left / 60:.1f} min left"
        )
        end = "\n" if ended or not self.redraws else ""
        print(f"\r\033[K{line}" if self.redraws else line, end=end, file=sys.stderr, flush=True)


class _Interrupts:
    """Turns the first Ctrl-C into a flag, so that a step is finished and saved; a second one ends at once."""

    def __init__(self) -> None:
        self.seen = False

    def __enter__(self) -> _Interrupts:
        import signal

        self._before = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        import signal

        signal.signal(signal.SIGINT, self._before)

    def _note(self, *_: object) -> None:
        if self.seen:
            raise KeyboardInterrupt
        self.seen = True
        print("\nstopping after this step; once more to stop at once", file=sys.stderr)
