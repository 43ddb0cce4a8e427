"""The whole way from files of sentence pairs to a model folder, in steps that can be repeated and resumed.

Beside the model, OUT/training holds what the run needs and tells: vocabulary, encoded corpus, dev.tsv and test.tsv,
checkpoints, log.jsonl and curves.svg. It may be deleted once the model is good.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
import shutil
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from mt_publish.errors import ConfigError, InputError
from mt_publish.text.marks import set_marks_apart
from mt_publish.training.annotate import Annotator, LexiconAnnotator, add_copy_noise, count_words
from mt_publish.training.batches import Batches, EncodedCorpus, EncodedPair, ladder_for
from mt_publish.training.corpus import CleanRules, Pair, clean, find_files, read_pairs, sides, split, write_table
from mt_publish.training.export import DataSource, export_model, model_card
from mt_publish.training.lexicon import make_lexicon, make_word_list, without_known
from mt_publish.training.network import Architecture, Network, choose_precision
from mt_publish.training.shortlist import make_shortlist
from mt_publish.training.trainer import (
    Callback,
    Evaluate,
    Report,
    SaveCheckpoints,
    StopWhen,
    Tell,
    TrainConfig,
    Trainer,
    average,
    blend,
    checkpoints,
)
from mt_publish.training.vocabulary import SYMBOLS, Vocabulary, learn_vocabulary, load_vocabulary
from mt_publish.types import ANNOTATION_KEY, APART_KEY, LANGS, LEXICON, WORD_LISTS, Lang, MetricScore

_log = logging.getLogger(__name__)

Measure = Callable[[Path, Sequence[Pair]], Mapping[str, Sequence[MetricScore]]]
"""Scores a model folder on pairs, by test set and direction; passed in, since decoding and metrics live elsewhere."""


@dataclass(frozen=True, slots=True)
class DataRule:
    """What holds for the data files whose path matches.

    Args:
        match: Shell pattern such as ``*/dict/*``, on the path as it was named or on the whole one.
        weight: How often a pair comes in an epoch; 0 leaves the file out.
        licence: For the model card.
    """

    match: str
    weight: float = 1.0
    licence: str = "not stated"

    def fits(self, part: str) -> bool:
        """Whether it is for this data file."""
        return fnmatch(part, self.match) or fnmatch(str(Path(part).absolute()), self.match)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what model comes out, but for the data.

    Args:
        size: Ids of a new vocabulary.
        opening_marks_apart: Whether a new model is trained on words set apart from the quotation mark or bracket before them,
            and says so in its config.json; an adapted one follows its parent. See `mt_publish.text.marks`.
        architecture: Sizes of a new model but for its vocabulary: width, feed_forward, encoder_layers, decoder_layers,
            heads.
        train: The training loop; its limits come from the command.
        clean: What is left out of the corpus.
        batch: Pieces in a batch; 0 for 4,800, or 2,400 when a model is adapted.
        max_pieces: Longer sentences are left out.
        precision: Of matrix products: "bfloat16", "float32", or "auto", which takes bfloat16 on GPUs and CPUs with
            instructions for it, and float32 elsewhere.
        links: Pairs that are word-aligned, for the guided head and for annotation; 0 for none.
        aligner: "eflomal", which is better and draws random numbers that cannot be fixed, "own", which repeats itself,
            or "auto" for eflomal when it is installed.
        crosslingual: Start a new model from embeddings in which aligned pieces are near each other.
        annotate: Annotated pairs, as a fraction of the aligned ones; at most one of each.
        tell_rare: Share of the uses of a pair in which rare words of its source are told as the lexicon of the model has them, where
            its translation has that, too; see `training.annotate.LexiconAnnotator`.
        swap_terms: Share of the annotated pairs in which a term is swapped for another one on both sides, where one can be.
        concatenate: Pairs made of two that follow each other in a file, as a fraction of all: some context to learn from.
        copy_noise: Pairs with invented names, as a fraction of all.
        evaluate_every: Steps between measurements on the dev set; 0 measures at the end only.
        checkpoint_every: Steps.
        average: Checkpoints that are averaged into the model.
        keep: Share of the parent in an adapted model, whose weights are the mean, so weighted, of the parent's and the trained
            ones: forgets less (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"). 0 for a new model.
        seed: Of everything random.
        data: Rules for data files; the first that matches holds.
    """

    size: int = 16000
    opening_marks_apart: bool = True
    architecture: Mapping[str, int] = field(default_factory=dict)
    train: Mapping[str, float] = field(default_factory=dict)
    clean: CleanRules = CleanRules()  # noqa: RUF009  (frozen)
    batch: int = 0
    max_pieces: int = 100
    precision: Literal["auto", "bfloat16", "float32"] = "auto"
    links: int = 300_000
    aligner: Literal["auto", "eflomal", "own"] = "auto"
    crosslingual: bool = True
    annotate: float = 0.1
    tell_rare: float = 0.3
    swap_terms: float = 0.5
    concatenate: float = 0.02
    copy_noise: float = 0.02
    evaluate_every: int = 1000
    checkpoint_every: int = 250
    average: int = 4
    keep: float = 0.3
    seed: int = 1
    data: tuple[DataRule, ...] = ()

    def __post_init__(self) -> None:
        for name, high in (
            ("annotate", 1), ("tell_rare", 1), ("swap_terms", 1), ("concatenate", 1), ("copy_noise", 1), ("keep", 1),
            ("size", 1_000_000), ("batch", 1_000_000), ("max_pieces", 500), ("links", 10**9), ("average", 1000),
        ):  # fmt: skip
            if not 0 <= getattr(self, name) <= high:
                raise ConfigError(f"{name} = {getattr(self, name)} is out of range", remedy=f"Choose 0 to {high}")
        for name, known in (("aligner", ("auto", "eflomal", "own")), ("precision", ("auto", "bfloat16", "float32"))):
            if getattr(self, name) not in known:
                raise ConfigError(f"{name} = {getattr(self, name)!r} is not known", remedy=f"Choose {', '.join(known)}")

    def rule(self, part: str) -> DataRule:
        """The rule for a data file."""
        return next((rule for rule in self.data if rule.fits(part)), DataRule("*"))

    def weights(self, pairs: Iterable[Pair]) -> dict[str, float]:
        """The weight of each data file that the pairs come from."""
        return {part: self.rule(part).weight for part in {pair.part for pair in pairs}}


def load_recipe(path: Path | None) -> Recipe:
    """Reads a training preset; None gives the defaults.

    Raises:
        ConfigError: The file cannot be read, or has a key that is not known.
    """
    if path is None:
        return Recipe()
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        _refuse_unknown(table, {f.name for f in fields(Recipe)}, path, "")
        _refuse_unknown(
            table.get("architecture", {}),
            {f.name for f in fields(Architecture)} - {"vocabulary"},
            path,
            "architecture.",
        )
        _refuse_unknown(
            table.get("train", {}), {f.name for f in fields(TrainConfig)} - {"steps", "minutes", "seed"}, path, "train."
        )
        TrainConfig(steps=1, **table.get("train", {}))  # refuses what is out of range, before anything is prepared
        Architecture(table.get("size", Recipe().size), **table.get("architecture", {}))
        return Recipe(
            **{
                **table,
                "clean": CleanRules(**table.get("clean", {})),
                "data": tuple(DataRule(**rule) for rule in table.get("data", [])),
            }
        )
    except OSError as error:
        raise ConfigError(f"it cannot be read ({error.strerror})", where=str(path), remedy="Check the path") from error
    except ConfigError as error:
        raise error if error.where else ConfigError(error.message, where=str(path), remedy=error.remedy) from error
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"not a training preset ({error})", where=str(path), remedy="See configs/train-small.toml"
        ) from error


def _refuse_unknown(table: Mapping[str, object], known: set[str], path: Path, prefix: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ConfigError(
            f"unknown key {prefix}{unknown[0]}", where=str(path), remedy="Known are " + ", ".join(sorted(known))
        )


@dataclass(frozen=True, slots=True)
class Result:
    """What came of training.

    Args:
        folder: The model.
        steps: Steps done in all.
        tokens: Target pieces seen in all.
        seconds: Training time in all.
        finished: False when it was stopped before its limit.
        scores: By test set and direction; empty when not measured.
        parent_scores: Those of the model that was adapted, on the same pairs; empty for a new one.
        dropped: Pairs left out by cleaning, by reason.
        pairs: Pairs trained on.
    """

    folder: Path
    steps: int
    tokens: int
    seconds: float
    finished: bool
    scores: Mapping[str, Sequence[MetricScore]]
    parent_scores: Mapping[str, Sequence[MetricScore]]
    dropped: Mapping[str, int]
    pairs: int


def train_model(
    data: Sequence[Path],
    out: Path,
    *,
    recipe: Recipe,
    minutes: float | None = None,
    steps: int | None = None,
    start_from: Path | None = None,
    resume: bool = False,
    dev: int = 500,
    test: int = 0,
    threads: int | None = None,
    parent: str = "",
    name: str = "",
    warning: str = "",
    measure: Measure | None = None,
    tell: Callable[[str], None] = lambda _: None,
    report: Callable[[Report], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Result:
    """Trains or adapts a model and writes it to `out`.

    Args:
        data: Files and folders; see `mt_publish.training.corpus`.
        out: Folder of the model.
        recipe: How.
        minutes: Limit of the training time in all, preparation left out.
        steps: Limit of the steps in all.
        start_from: Model folder to adapt; its vocabulary and sizes are kept.
        resume: Go on with the run that stands in `out`; it must have the same data and recipe.
        dev: Pairs held out for measuring.
        test: Pairs held out and left alone.
        threads: CPU threads; None for all.
        parent: Name of the model to adapt for the model card; that of its folder when empty.
        name: Heading of the model card.
        warning: A sentence for the model card on what the model is not fit for.
        measure: Scores the exported model; None for no scores.
        tell: Takes a line on each step of the preparation.
        report: Takes the state of training every few steps.
        stop: Asked after every step; True saves and ends the run.

    Raises:
        InputError: No usable data.
        ConfigError: No limit, or `out` holds another run or model.
        EngineError: Training has diverged.
    """
    import torch

    torch.set_num_threads(threads or torch.get_num_threads())
    settings = {**(_ADAPTING if start_from is not None else {}), **recipe.train}
    config = TrainConfig(steps=steps, minutes=minutes, seed=recipe.seed, **settings)  # type: ignore[arg-type]
    precision = choose_precision(recipe.precision)
    work = out / "training"
    if (out / "model.safetensors").exists() and not work.exists():
        raise ConfigError("a model that was not trained there is in there", where=str(out), remedy="Name a new folder")
    prepared = prepare(data, work, recipe=recipe, start_from=start_from, resume=resume, dev=dev, test=test, tell=tell)
    vocabulary, corpus = prepared.vocabulary, prepared.corpus
    saved = _resume_from(work / "checkpoints", config) if resume else None
    if start_from is not None:
        network = Network.from_marian(start_from, precision=precision)
    else:
        architecture = Architecture(vocabulary.size, **recipe.architecture)
        network = Network.fresh(architecture, seed=recipe.seed, precision=precision)
        if recipe.crosslingual and len(corpus.links) and saved is None:
            from mt_publish.training.start import crosslingual_embeddings

            tell("embeddings in which translations are near each other")
            vectors = crosslingual_embeddings(corpus, vocabulary.size, architecture.width, seed=recipe.seed)
            network.set_embeddings(torch.from_numpy(vectors))
    if torch.cuda.is_available():
        network = network.to("cuda")
    batch = recipe.batch or (_ADAPTING_BATCH if start_from is not None else _BATCH)
    batches = Batches(
        corpus,
        vocabulary,
        size=batch,
        max_pieces=recipe.max_pieces,
        seed=recipe.seed,
        ladder=ladder_for(precision),
    )
    shortlist = make_shortlist(corpus, vocabulary) if len(corpus.links) >= _SHORTLIST_LINKS else b""
    annotated = _annotated(recipe, vocabulary, start_from)
    log = _Log(work / "log.jsonl", work / "curves.svg", keep=resume)

    def write(weights: Mapping[str, Any], folder: Path, card: str = "") -> Path:
        return export_model(
            weights,
            network.architecture,
            vocabulary,
            folder,
            card=card,
            annotated=annotated,
            shortlist=shortlist,
            lexicon=prepared.lexicon,
            word_lists=prepared.word_lists,
            length_penalty=_length_penalty(start_from) if start_from is not None else 1.0,
        )

    def measure_now(network: Network) -> dict[str, float]:
        assert measure is not None
        weights = {key: value.numpy() for key, value in network.to_marian().items()}
        return _flat(measure(write(weights, work / "snapshot"), prepared.dev[:_SNAPSHOT_PAIRS]))

    callbacks: list[Callback] = [
        Tell(report, every=10),
        Tell(log.training, every=10),
        StopWhen(stop),
        SaveCheckpoints(work / "checkpoints", every=recipe.checkpoint_every, keep=recipe.average),
    ]
    if measure is not None and prepared.dev and recipe.evaluate_every:
        callbacks.append(
            Evaluate(measure_now, lambda r, s: log.scores(r.step, r.seconds, s), every=recipe.evaluate_every)
        )
    trainer = Trainer(
        network, batches, config, callbacks=callbacks, about={"run": prepared.key, "versions": versions()}
    )
    if resume and saved is not None:
        trainer.resume(saved)
        tell(f"resuming at step {trainer.state.step}")
    size = sum(w.numel() for w in network.weights.values()) / 1e6
    tell(f"training on {len(corpus)} pairs, {size:.1f} million weights, in {precision}")
    state = trainer.run()

    folders = _to_average(checkpoints(work / "checkpoints"), recipe.average)
    weights = average(folders)
    if start_from is not None and recipe.keep:
        weights = blend(weights, Network.from_marian(start_from, precision="float32").to_marian(), recipe.keep)
    write(weights, out)
    scores: Mapping[str, Sequence[MetricScore]] = {}
    before: Mapping[str, Sequence[MetricScore]] = {}
    if measure is not None and prepared.dev:
        tell("measuring")
        scores = measure(out, prepared.dev)
        before = measure(start_from, prepared.dev) if start_from is not None else {}
        log.scores(state.step, state.seconds, _flat(scores))
    finished = config.progress(state.step, state.seconds) >= 1
    card = model_card(
        name=name or out.name,
        architecture=network.architecture,
        vocabulary=vocabulary,
        sources=prepared.sources,
        training={
            "steps": state.step,
            "target pieces seen": f"{state.tokens:,}",
            "minutes": f"{state.seconds / 60:.1f}",
            "checkpoints averaged": len(folders),
            "finished": "yes" if finished else "no, stopped before its limit",
            **{k: v for k, v in asdict(config).items() if k not in ("steps", "minutes")},
            "batch": batch,
            **{k: getattr(recipe, k) for k in ("max_pieces", "annotate", "copy_noise")},
            **({"parent's share of the weights": recipe.keep} if start_from is not None else {}),
            "precision": precision,
            **versions(),
        },
        scores=scores,
        parent=(parent or start_from.name) if start_from is not None else "",
        parent_scores=before,
        warning=warning,
    )
    write(weights, out, card)
    return Result(out, state.step, state.tokens, state.seconds, finished, scores, before, prepared.dropped, len(corpus))


def _says(folder: Path, key: str) -> bool:
    """Whether a model's config.json has a flag of ours."""
    return bool(json.loads((folder / "config.json").read_text("utf-8")).get(key, False))


def _annotated(recipe: Recipe, vocabulary: Vocabulary, start_from: Path | None) -> bool:
    """Whether the model will be one that can be told terms.

    A model adapted for minutes does not learn it; it keeps it when its parent can.
    """
    if start_from is not None:
        return _says(start_from, ANNOTATION_KEY)
    return bool(recipe.annotate and recipe.links) and all(symbol in vocabulary.ids for symbol in SYMBOLS)


def _length_penalty(folder: Path) -> float:
    """What a model's generation_config.json says of it; 1 when it says nothing."""
    path = folder / "generation_config.json"
    found = json.loads(path.read_text("utf-8")).get("length_penalty") if path.exists() else None
    return 1.0 if found is None else float(found)


_ADAPTING = {"rate": 1e-4, "warmup": 15, "cooldown": 0.6, "dropout": 0.0}
"""What suits a model that knows much already, unless the recipe says otherwise: small steps, to forget little."""

_BATCH, _ADAPTING_BATCH = 4800, 2400
"""Pieces; smaller ones make more steps of the few minutes that adapting takes."""

_SHORTLIST_LINKS = 1_000_000
"""Fewer would leave words out that a model has learnt elsewhere: then it decodes with its whole vocabulary."""

_MOST_TOLD = 2
"""Rare words told in one sentence, as in `translation.lexicon.MOST`."""

_SNAPSHOT_PAIRS = 200
"""Dev pairs that are translated while training goes on; all of them at its end."""


def _flat(scores: Mapping[str, Sequence[MetricScore]]) -> dict[str, float]:
    return {f"{dataset} {score.name}": score.value for dataset, found in scores.items() for score in found}


def _to_average(folders: Sequence[Path], most: int) -> list[Path]:
    """The newest checkpoints, none from before the last quarter of the run, which would drag the mean back."""
    last = int(folders[-1].name.removeprefix("step-"))
    return [folder for folder in folders[-most:] if int(folder.name.removeprefix("step-")) > 0.75 * last or not last]


def _resume_from(folder: Path, config: TrainConfig) -> Path | None:
    """The newest checkpoint; but the one before the cool-down when the run had begun to cool down and now gets more time.

    A cooled-down model learns little more at a high rate that it could not have learnt from the plateau, and loses what
    the cool-down gave it. None when nothing was saved yet.
    """
    plateau, used = folder / "plateau", folder / "plateau-used"
    saved = checkpoints(folder)
    if not saved:  # stopped before a run that went on from its plateau had saved anything
        return used if (used / "state.json").is_file() else None
    about = json.loads((saved[-1] / "state.json").read_text("utf-8"))
    known = {f.name for f in fields(TrainConfig)}  # an older version may have had others
    before = TrainConfig(**{key: value for key, value in about["config"].items() if key in known})
    step, seconds = about["state"]["step"], about["state"]["seconds"]
    left, now = (c.cooled(c.progress(step, seconds)) for c in (before, config))
    if now > _REHEATED * left and (plateau / "state.json").is_file():
        shutil.rmtree(used, ignore_errors=True)
        plateau.rename(used)  # the next cool-down gets a plateau of its own
        for old in saved:
            shutil.rmtree(old)
        return used
    return saved[-1]


_REHEATED = 1.5
"""A learning rate so many times as high as where a run was stopped undoes what its cool-down gave."""


def versions() -> dict[str, str]:
    """Versions of what computes, to repeat a run."""
    import torch

    import mt_publish

    return {"mt-publish": mt_publish.__version__, "torch": torch.__version__, "python": sys.version.split()[0]}


# --- preparation ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that training needs.

    Args:
        vocabulary: New, or that of the model to adapt.
        corpus: Encoded, aligned, annotated.
        lexicon: For the model, gzipped; empty for none.
        word_lists: The same, by language.
        dev: Held out.
        sources: For the model card.
        dropped: Pairs left out by cleaning, by reason.
        key: Hash over data and recipe.
    """

    vocabulary: Vocabulary
    corpus: EncodedCorpus
    lexicon: bytes
    word_lists: Mapping[Lang, bytes]
    dev: list[Pair]
    sources: list[DataSource]
    dropped: dict[str, int]
    key: str


def prepare(
    data: Sequence[Path],
    work: Path,
    *,
    recipe: Recipe,
    start_from: Path | None = None,
    resume: bool = False,
    dev: int = 500,
    test: int = 0,
    tell: Callable[[str], None] = lambda _: None,
) -> Prepared:
    """Reads, cleans, splits, encodes and aligns; on resuming takes what an earlier call left in `work`.

    Raises:
        ConfigError: `work` holds a run with other data or settings, or one although `resume` is False.
    """
    own = work.parent.absolute()  # which may lie in a folder of the data
    there = [path for path in find_files(data) if path in data or own not in path.absolute().parents]
    files = [path for path in there if recipe.rule(str(path)).weight > 0]
    for rule in recipe.data:
        if not any(rule.fits(str(path)) for path in there):
            tell(f"the preset's {rule.match} fits no data file")
    key = _key(files, recipe, start_from, (dev, test))
    apart = recipe.opening_marks_apart if start_from is None else _says(start_from, APART_KEY)
    record = work / "prepared.json"
    if record.exists() and resume:
        about = json.loads(record.read_text("utf-8"))
        if about["key"] != key:
            raise ConfigError(
                "the run in there had other data, settings or model",
                where=str(work),
                remedy="Leave --resume out, or name a new folder",
            )
        held = list(read_pairs(work / "dev.tsv"))
        sources = [DataSource(**source) for source in about["sources"]]
        vocabulary = replace(load_vocabulary(work / "vocabulary"), apart=apart)
        corpus, lexicon = EncodedCorpus.load(work / "corpus"), (work / LEXICON).read_bytes()
        lists = ((lang, work / file) for lang, file in WORD_LISTS.items())  # a run of an older version has none
        words = {lang: path.read_bytes() if path.exists() else b"" for lang, path in lists}
        return Prepared(vocabulary, corpus, lexicon, words, held, sources, about["dropped"], key)
    if record.exists() or (work / "checkpoints").exists():
        raise ConfigError(
            "a training run is in there already", where=str(work), remedy="Add --resume, or name a new folder"
        )
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"the folder cannot be made ({error.strerror})", where=str(work), remedy="Name another one with --out"
        ) from error

    cleaned = clean((pair for path in files for pair in read_pairs(path)), recipe.clean)
    left_out = ", ".join(f"{n} {reason}" for reason, n in sorted(cleaned.dropped.items())) or "nothing"
    tell(f"{len(cleaned.pairs)} pairs from {len(files)} files; left out: {left_out}")
    parts = split(cleaned.pairs, dev=dev, test=test, seed=recipe.seed)
    write_table(parts.dev, work / "dev.tsv")
    write_table(parts.test, work / "test.tsv")
    train = parts.train
    if not train:
        raise InputError(
            "no sentence pairs are left to train on", where=", ".join(map(str, data)), remedy="Give more data"
        )
    if start_from is not None:
        vocabulary = replace(load_vocabulary(start_from), apart=apart)
        (work / "vocabulary").mkdir(exist_ok=True)
        vocabulary.copy_to(work / "vocabulary")
    else:
        rng = random.Random(recipe.seed)
        weights = recipe.weights(train)
        sample = (side for p in train if rng.random() < weights[p.part] for side in (p.de, p.en))
        learnt = learn_vocabulary(
            map(set_marks_apart, sample) if apart else sample, work / "vocabulary", size=recipe.size
        )
        vocabulary = replace(learnt, apart=apart)
        tell(f"a vocabulary of {vocabulary.size} pieces")
    noisy = train + add_copy_noise(train, share=recipe.copy_noise, seed=recipe.seed)
    told = _annotated(recipe, vocabulary, start_from)
    parent = start_from / LEXICON if start_from is not None else None
    corpus, lexicon = encode(
        noisy,
        vocabulary,
        recipe,
        running=len(train),
        told=told,
        lexicon=parent.read_bytes() if told and parent is not None and parent.exists() else b"",
        tell=tell,
    )
    corpus.save(work / "corpus")
    (work / LEXICON).write_bytes(lexicon)
    words = _word_lists(train, start_from, new=bool(lexicon))
    for lang, content in words.items():
        (work / WORD_LISTS[lang]).write_bytes(content)
    counts = Counter(pair.part for pair in parts.train)
    sources = [
        DataSource(Path(p).name, n, recipe.rule(p).licence, recipe.rule(p).weight) for p, n in sorted(counts.items())
    ]
    about = {"key": key, "sources": [asdict(source) for source in sources], "dropped": cleaned.dropped}
    record.write_text(json.dumps(about, indent=1), "utf-8")
    return Prepared(vocabulary, corpus, lexicon, words, parts.dev, sources, cleaned.dropped, key)


def _word_lists(pairs: Sequence[Pair], start_from: Path | None, *, new: bool) -> dict[Lang, bytes]:
    """The word lists for a model: of a new one with a lexicon those of its corpus, of an adapted one its parent's and those.

    They are empty where a small corpus would be all that is known.
    """
    lists = dict.fromkeys(LANGS, b"")
    for lang in LANGS:
        parent = start_from / WORD_LISTS[lang] if start_from is not None else None
        if new if parent is None else parent.exists():
            before = parent.read_bytes() if parent is not None else b""
            lists[lang] = make_word_list((getattr(pair, lang) for pair in pairs), before)
    return lists


def encode(
    pairs: Sequence[Pair],
    vocabulary: Vocabulary,
    recipe: Recipe,
    *,
    running: int = 0,
    told: bool = False,
    lexicon: bytes = b"",
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[EncodedCorpus, bytes]:
    """Pairs in ids, a sample of them word-aligned, a share of those again with annotated terms, joined pairs, and pairs that tell
    rare words; and the lexicon for the model: that of a large corpus, of a small one the parent's but for the words of the corpus.

    Args:
        pairs: The corpus.
        vocabulary: Cuts it.
        recipe: How.
        running: So many pairs at its beginning stand in the order of their files and may be joined.
        told: Whether to annotate terms and rare words.
        lexicon: The parent's, gzipped; empty for none.
        tell: Takes a line on each step.
    """
    from mt_publish.training.aligner import MOST_BY_OWN, align, choose_aligner

    german, english = vocabulary.encode([p.de for p in pairs], "de"), vocabulary.encode([p.en for p in pairs], "en")
    weights = recipe.weights(pairs)
    encoded = [EncodedPair(de, en, weights[pair.part]) for pair, de, en in zip(pairs, german, english, strict=True)]
    rng = random.Random(recipe.seed)
    fit = [i for i, p in enumerate(encoded) if 0 < len(p.de) < recipe.max_pieces and 0 < len(p.en) < recipe.max_pieces]
    aligner = choose_aligner(recipe.aligner)
    wanted = min(recipe.links, len(fit))
    if aligner == "own" and wanted > MOST_BY_OWN:
        wanted = MOST_BY_OWN
        tell(f"without eflomal (pip install 'mt-publish[train]') no more than {wanted} pairs are word-aligned")
    chosen = sorted(rng.sample(fit, wanted))
    if not chosen:
        return EncodedCorpus.of(encoded), lexicon
    found = align([(encoded[i].de, encoded[i].en) for i in chosen], kind=aligner)
    tell(f"{sum(map(len, found))} links in {len(chosen)} aligned pairs")
    for i, links in zip(chosen, found, strict=True):
        encoded[i] = replace(encoded[i], links=links)
    joined = concatenate(pairs[:running], encoded, share=recipe.concatenate, longest=recipe.max_pieces, rng=rng)
    if not told:
        return EncodedCorpus.of(encoded + joined), b""
    plain = EncodedCorpus.of(encoded)
    if len(plain.links) >= _SHORTLIST_LINKS:
        lexicon = telling = make_lexicon(plain, vocabulary)
    else:
        lexicon, telling = without_known(lexicon, plain, vocabulary), lexicon
    annotator = Annotator(vocabulary, {"de": count_words(p.de for p in pairs), "en": count_words(p.en for p in pairs)})
    tries = (annotator.annotate(encoded[i], rng) for i in rng.sample(chosen, len(chosen)))
    annotated = list(islice((pair for pair in tries if pair is not None), int(recipe.annotate * len(chosen))))
    swapped = _swap_terms(annotated, annotator, recipe.swap_terms, rng)
    tell(f"{len(annotated)} pairs with annotated terms, {swapped} of them swapped")
    rare = list[EncodedPair]()
    if telling and recipe.tell_rare:
        rare = _tell_rare(encoded, LexiconAnnotator(vocabulary, telling), recipe.tell_rare, rng)
        tell(f"{len(rare)} pairs that tell rare words")
    return EncodedCorpus.of(encoded + annotated + joined + rare), lexicon


def _tell_rare(
    pairs: list[EncodedPair], annotator: LexiconAnnotator, share: float, rng: random.Random
) -> list[EncodedPair]:
    """Copies of the pairs that tell rare words where there are any, for one direction each; they take over that share of the weight
    of their pairs.
    """
    copies = []
    for place, pair in enumerate(pairs):
        found = annotator.annotate(pair, rng, most=_MOST_TOLD) if pair.weight else None
        if found is not None:
            copies.append(replace(found, weight=share * pair.weight))
            pairs[place] = replace(pair, weight=(1 - share) * pair.weight)
    return copies


def _swap_terms(annotated: list[EncodedPair], annotator: Annotator, share: float, rng: random.Random) -> int:
    """Swaps terms in a share of the pairs, in place, and gives their number."""
    others: dict[int, list[str]] = {}
    for pair in annotated:
        others.setdefault(pair.direction, []).append(annotator.told(pair))
    swapped = 0
    for place in rng.sample(range(len(annotated)), int(share * len(annotated))):
        pair = annotated[place]
        # a few to choose from: looking through all of them for each would take time squared
        few = rng.sample(others[pair.direction], min(50, len(others[pair.direction])))
        found = annotator.swap(pair, few, rng)
        if found is not None:
            annotated[place] = found
            swapped += 1
    return swapped


def concatenate(
    pairs: Sequence[Pair], encoded: Sequence[EncodedPair], *, share: float, longest: int, rng: random.Random
) -> list[EncodedPair]:
    """Pairs made of two that follow each other in one file, links and all.

    Args:
        pairs: The corpus in the order of its files.
        encoded: The same pairs in ids.
        share: New pairs as a fraction of `pairs`, at most.
        longest: Pieces of a side, at most.
        rng: Chooses.
    """
    fit = [
        i
        for i in range(len(pairs) - 1)
        if (pairs[i].part, pairs[i].document) == (pairs[i + 1].part, pairs[i + 1].document)
        and len(encoded[i].de) + len(encoded[i + 1].de) < longest
        and len(encoded[i].en) + len(encoded[i + 1].en) < longest
    ]
    made = []
    for i in sorted(rng.sample(fit, min(len(fit), int(share * len(pairs))))):
        one, two = encoded[i], encoded[i + 1]
        known = bool(one.links and two.links)
        moved = [(de + len(one.de), en + len(one.en)) for de, en in two.links]
        made.append(
            EncodedPair([*one.de, *two.de], [*one.en, *two.en], one.weight, links=[*one.links, *moved] if known else ())
        )
    return made


_OF_A_PARENT = ("vocab.json", "config.json", "model.safetensors", LEXICON)


def _key(files: Sequence[Path], recipe: Recipe, start_from: Path | None, held_out: tuple[int, int]) -> str:
    """Hash over everything that decides what the corpus and the model are; limits and learning rate may change."""
    digest = hashlib.sha256()
    parent = [start_from / name for name in _OF_A_PARENT] if start_from is not None else []
    for path in (*(side for file in files for side in sides(file)), *filter(Path.exists, parent)):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    settings = {
        k: v
        for k, v in asdict(recipe).items()
        if k not in ("train", "evaluate_every", "checkpoint_every", "average", "keep")
    }
    digest.update(json.dumps([settings, held_out], sort_keys=True).encode())
    return digest.hexdigest()


# --- the log ----------------------------------------------------------------------------------------------------------


class _Log:
    """log.jsonl, a line a report, and curves.svg, drawn anew with it."""

    def __init__(self, path: Path, curves: Path, *, keep: bool) -> None:
        self.path, self.curves = path, curves
        if not keep:
            path.unlink(missing_ok=True)

    def training(self, report: Report) -> None:
        self._add({**asdict(report), "speed": round(report.speed, 1)})

    def scores(self, step: int, seconds: float, scores: Mapping[str, float]) -> None:
        self._add({"step": step, "seconds": seconds, "scores": dict(scores)})
        _log.info("step %d: %s", step, ", ".join(f"{k} {v:.1f}" for k, v in scores.items()))

    def _add(self, row: dict[str, object]) -> None:
        from mt_publish.training.curves import draw

        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        rows = []
        for line in self.path.read_text("utf-8").splitlines():
            with suppress(ValueError):  # a line cut short when the disk was full
                rows.append(json.loads(line))
        self.curves.write_text(draw(rows), "utf-8")
