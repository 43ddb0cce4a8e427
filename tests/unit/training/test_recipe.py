"""The whole way: command, preparation, training, export, card, and going on with it."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from training_data import PAIRS

from mt_publish.errors import ConfigError
from mt_publish.training.batches import EncodedCorpus, EncodedPair
from mt_publish.training.corpus import Pair, write_table
from mt_publish.training.curves import draw
from mt_publish.training.lexicon import make_lexicon
from mt_publish.training.recipe import DataRule, Recipe, _to_average, concatenate, load_recipe, train_model
from mt_publish.training.vocabulary import load_vocabulary
from mt_publish.types import APART_KEY, LEXICON, WORD_LISTS, MetricScore

PRESET = Path(__file__).parents[3] / "configs" / "train-small.toml"
TINY = Recipe(
    size=345,
    architecture={"width": 32, "feed_forward": 64, "encoder_layers": 1, "decoder_layers": 1, "heads": 4},
    train={"rate": 5e-3, "warmup": 2},
    batch=160,
    precision="float32",
    links=100,
    aligner="own",
    annotate=1.0,
    copy_noise=0.5,
    evaluate_every=0,
    checkpoint_every=2,
    average=2,
    data=(DataRule("*.tsv", licence="CC0-1.0"),),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "house.tsv"
    write_table(PAIRS, path)
    return path


def test_the_shipped_preset_loads_and_unknown_keys_are_errors(tmp_path: Path) -> None:
    recipe = load_recipe(PRESET)
    assert recipe.architecture["width"] == 384
    assert recipe.train["cooldown"] == 0.3
    for text, key in (
        ("sise = 3", "sise"),
        ("[train]\nrat = 1", "train.rat"),
        ("[architecture]\nvocabulary = 1", "architecture"),
        ("[architecture]\nheads = 5", "5 heads"),
        ("[train]\nseed = 2", "train.seed"),
        ('[train]\nrate = "1e-4"', "not a training preset"),
        ("[train]\nrate = 3", "rate = 3"),
        ("swap_terms = 2", "swap_terms = 2"),
        ("keep = 3", "keep = 3"),
        ('aligner = "eflomall"', "eflomall"),
        ('precision = "float16"', "float16"),
        ("# größer", "not a training preset"),
    ):
        (tmp_path / "bad.toml").write_text(text, "latin-1")
        with pytest.raises(ConfigError, match=key) as caught:
            load_recipe(tmp_path / "bad.toml")
        assert caught.value.where == str(tmp_path / "bad.toml")


def test_the_first_rule_that_matches_a_file_holds() -> None:
    recipe = Recipe(data=(DataRule("*/dict/*", weight=0.1), DataRule("*.tsv", weight=2)))
    assert [recipe.rule(part).weight for part in ("a/dict/x.tsv", "a/x.tsv", "a/x.tmx")] == [0.1, 2, 1]
    assert recipe.rule("dict/x.tsv").weight == 0.1  # as "mt-publish train dict/" names it


def test_importing_every_module_loads_neither_torch_nor_transformers() -> None:
    code = (
        "import importlib, pkgutil, sys, mt_publish.training as t, mt_publish.cli.train\n"
        "for m in pkgutil.iter_modules(t.__path__): importlib.import_module(f'mt_publish.training.{m.name}')\n"
        "print([m for m in ('torch', 'transformers', 'numpy', 'sentencepiece', 'lxml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_model_comes_out_with_its_card_and_its_record(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    out = tmp_path / "model"
    told: list[str] = []

    def measure(folder: Path, pairs):
        assert (folder / "model.safetensors").is_file()
        return {"dev de-en": (MetricScore("chrf", 12.3, signature="nrefs:1", segments=len(pairs)),)}

    recipe = replace(TINY, data=(*TINY.data, DataRule("*/general/*")))
    result = train_model([data], out, recipe=recipe, steps=4, dev=1, threads=1, measure=measure, tell=told.append)
    assert told[0] == "the preset's */general/* fits no data file"
    assert result.finished
    assert not result.parent_scores
    assert result.steps == 4
    assert {path.name for path in out.iterdir()} == {
        "README.md", "config.json", "generation_config.json", "model.safetensors", "source.spm", "target.spm",
        "tokenizer_config.json", "training", "vocab.json",
    }  # fmt: skip
    card = (out / "README.md").read_text("utf-8")
    assert "| house.tsv | 9 | 1 | CC0-1.0 |" in card
    assert "| dev de-en | chrf | 12.3 | 1 | `nrefs:1` |" in card
    assert "German to English and English to German" in card
    rows = [json.loads(line) for line in (out / "training" / "log.jsonl").read_text("utf-8").splitlines()]
    assert rows[-1]["step"] == 4
    assert (out / "training" / "curves.svg").read_text("utf-8").startswith("<svg")
    assert any("links in" in line for line in told)
    assert any("pairs with annotated terms" in line for line in told)


def test_the_card_tells_the_precision_that_auto_came_to(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from mt_publish.training import network

    for flags, precision in ((frozenset(), "float32"), (network.BFLOAT16_FLAGS, "bfloat16")):
        monkeypatch.setattr(network, "_cpu_flags", lambda flags=flags: flags)
        out = tmp_path / precision
        train_model([data], out, recipe=replace(TINY, precision="auto"), steps=1, dev=0, threads=1)
        assert f"| precision | {precision} |" in (out / "README.md").read_text("utf-8")


def test_a_stopped_run_goes_on_where_it_was_and_another_one_is_not_overwritten(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    stop = iter([False, True])
    first = train_model([data], tmp_path / "m", recipe=TINY, steps=4, dev=1, threads=1, stop=lambda: next(stop))
    assert not first.finished
    assert first.steps == 2
    with pytest.raises(ConfigError, match="--resume"):
        train_model([data], tmp_path / "m", recipe=TINY, steps=4, dev=1, threads=1)
    second = train_model([data], tmp_path / "m", recipe=TINY, steps=4, dev=1, threads=1, resume=True)
    assert second.finished
    assert second.steps == 4
    whole = train_model([data], tmp_path / "w", recipe=TINY, steps=4, dev=1, threads=1)
    assert whole.tokens == second.tokens
    data.write_text(data.read_text("utf-8") + "Neu\tNew\n", "utf-8")
    with pytest.raises(ConfigError, match="other data"):
        train_model([data], tmp_path / "m", recipe=TINY, steps=6, dev=1, threads=1, resume=True)


def test_a_run_is_not_resumed_with_another_parent_or_a_corrected_half(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    for lang in ("de", "en"):
        (tmp_path / f"more.{lang}.txt").write_text("\n".join(getattr(pair, lang) for pair in PAIRS), "utf-8")
    files = [data, tmp_path / "more.de.txt"]
    one, other = tmp_path / "one", tmp_path / "other"
    train_model([data], one, recipe=TINY, steps=1, dev=0, threads=1)
    train_model([data], other, recipe=TINY, steps=2, dev=0, threads=1)
    shutil.copytree(one / "training" / "vocabulary", other, dirs_exist_ok=True)  # siblings share their vocabulary
    settings = {"recipe": TINY, "steps": 2, "dev": 0, "threads": 1}
    train_model(files, tmp_path / "m", start_from=one, **settings)  # type: ignore[arg-type]
    train_model(files, tmp_path / "m", start_from=one, resume=True, **settings)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="other data"):
        train_model(files, tmp_path / "m", start_from=other, resume=True, **settings)  # type: ignore[arg-type]
    (tmp_path / "more.en.txt").write_text("\n".join(pair.en + "!" for pair in PAIRS), "utf-8")
    with pytest.raises(ConfigError, match="other data"):
        train_model(files, tmp_path / "m", start_from=one, resume=True, **settings)  # type: ignore[arg-type]


def test_a_model_may_be_written_into_the_folder_of_its_data(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    train_model([tmp_path], tmp_path / "m", recipe=TINY, steps=1, dev=1, threads=1)
    assert train_model([tmp_path], tmp_path / "m", recipe=TINY, steps=2, dev=1, threads=1, resume=True).steps == 2


def test_a_folder_that_cannot_be_made_is_named(data: Path) -> None:
    pytest.importorskip("torch")
    with pytest.raises(ConfigError, match=r"house\.tsv"):
        train_model([data], data / "m", recipe=TINY, steps=1, dev=0, threads=1)


def test_a_log_line_cut_short_does_not_stop_a_run(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    train_model([data], tmp_path / "m", recipe=TINY, steps=10, dev=0, threads=1)
    log = tmp_path / "m" / "training" / "log.jsonl"
    log.write_text(log.read_text("utf-8") + '{"step": 10, "lo\n', "utf-8")
    train_model([data], tmp_path / "m", recipe=TINY, steps=20, dev=0, threads=1, resume=True)
    assert '"step": 20' in log.read_text("utf-8")


def test_the_own_aligner_is_not_given_more_than_fits_into_memory(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from mt_publish.training import aligner

    monkeypatch.setattr(aligner, "MOST_BY_OWN", 4)
    told: list[str] = []
    train_model([data], tmp_path / "m", recipe=TINY, steps=1, dev=0, threads=1, tell=told.append)
    assert any("no more than 4 pairs" in line for line in told)
    assert any("links in 4 aligned pairs" in line for line in told)
    monkeypatch.setattr(aligner, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="eflomal is not installed"):
        aligner.choose_aligner("eflomal")
    assert aligner.choose_aligner("auto") == "own"


def test_an_adapted_model_without_links_can_still_be_told(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    train_model([data], tmp_path / "parent", recipe=TINY, steps=1, dev=0, threads=1)
    recipe = replace(TINY, links=0)
    train_model([data], tmp_path / "m", recipe=recipe, steps=1, dev=0, threads=1, start_from=tmp_path / "parent")
    assert json.loads((tmp_path / "m" / "config.json").read_text("utf-8"))["term_annotation"] is True


def test_more_time_for_a_finished_run_starts_before_its_cool_down(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    told: list[str] = []
    train_model([data], tmp_path / "m", recipe=TINY, steps=10, dev=1, threads=1)
    result = train_model([data], tmp_path / "m", recipe=TINY, steps=40, dev=1, threads=1, resume=True, tell=told.append)
    assert "resuming at step 8" in told
    assert result.steps == 40


def test_a_little_more_time_for_a_finished_run_starts_before_its_cool_down_too(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    told: list[str] = []
    recipe = replace(TINY, train={**TINY.train, "cooldown": 0.6})
    train_model([data], tmp_path / "m", recipe=recipe, steps=10, dev=1, threads=1)
    train_model([data], tmp_path / "m", recipe=recipe, steps=12, dev=1, threads=1, resume=True, tell=told.append)
    assert "resuming at step 5" in told


def test_a_run_killed_after_it_went_back_to_its_plateau_goes_on_from_there(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")

    class Killed(Exception):
        pass

    def kill(_: object) -> None:
        raise Killed

    told: list[str] = []
    more = {"recipe": TINY, "steps": 40, "dev": 1, "threads": 1, "resume": True, "tell": told.append}
    train_model([data], tmp_path / "m", recipe=TINY, steps=10, dev=1, threads=1)
    with pytest.raises(Killed):
        train_model([data], tmp_path / "m", report=kill, **more)  # type: ignore[arg-type]
    assert train_model([data], tmp_path / "m", **more).steps == 40  # type: ignore[arg-type]
    assert told.count("resuming at step 8") == 2


def test_joined_pairs_follow_each_other_in_one_file_and_keep_their_links() -> None:
    pairs = [Pair(str(i), str(i), "a" if i < 3 else "b") for i in range(5)]
    encoded = [EncodedPair([i] * 3, [10 + i] * 2, 0.5, links=[(0, 1)] if i != 4 else []) for i in range(5)]
    made = concatenate(pairs, encoded, share=1.0, longest=100, rng=random.Random(1))
    assert [(list(p.de), list(p.en)) for p in made] == [
        ([0] * 3 + [1] * 3, [10] * 2 + [11] * 2),
        ([1] * 3 + [2] * 3, [11] * 2 + [12] * 2),
        ([3] * 3 + [4] * 3, [13] * 2 + [14] * 2),
    ]
    assert list(made[0].links) == [(0, 1), (3, 3)]
    assert list(made[2].links) == []  # one of the two was not aligned
    assert {p.weight for p in made} == {0.5}
    assert len(concatenate(pairs, encoded, share=0.2, longest=100, rng=random.Random(1))) == 1
    assert concatenate(pairs, encoded, share=1.0, longest=6, rng=random.Random(1)) == []


def test_checkpoints_from_early_in_the_run_are_not_averaged() -> None:
    folders = [Path(f"step-{step:08d}") for step in (250, 500, 750, 900, 1000)]
    assert _to_average(folders, 4) == folders[3:]
    assert _to_average(folders[:1], 4) == folders[:1]
    assert _to_average(folders, 1) == folders[4:]


def test_adapting_keeps_vocabulary_and_sizes_and_lowers_the_loss(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from mt_publish.training.network import Network

    parent, child = tmp_path / "parent", tmp_path / "child"
    train_model([data], parent, recipe=TINY, steps=2, dev=0, threads=1)
    generation = json.loads((parent / "generation_config.json").read_text("utf-8"))
    assert "length_penalty" not in generation
    (parent / "generation_config.json").write_text(json.dumps({**generation, "length_penalty": 1.4}), "utf-8")
    assert not (parent / LEXICON).exists()  # so small a corpus has none
    (parent / LEXICON).write_bytes(gzip.compress(b"de\tquux\t3\tfrob\n"))
    losses: list[float] = []
    train_model(
        [data],
        child,
        recipe=TINY,
        steps=60,
        dev=0,
        threads=1,
        start_from=parent,
        report=lambda r: losses.append(r.loss),
    )
    for name in ("source.spm", "vocab.json"):
        assert (child / name).read_bytes() == (parent / name).read_bytes()
    assert Network.from_marian(child).architecture == Network.from_marian(parent).architecture
    assert losses[-1] < losses[0] - 0.5
    assert json.loads((child / "generation_config.json").read_text("utf-8"))["length_penalty"] == 1.4
    assert gzip.decompress((child / LEXICON).read_bytes()) == b"de\tquux\t3\tfrob\n"
    with pytest.raises(ConfigError, match="other data"):
        train_model([data], parent, recipe=TINY, steps=60, dev=0, threads=1, start_from=parent, resume=True)
    assert "Adapted from parent" in (child / "README.md").read_text("utf-8")


def test_an_adapted_model_goes_on_being_told_rare_words(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    parent, child = tmp_path / "parent", tmp_path / "child"
    write_table([Pair("Die Gurken sind grün.", "The cucumbers are green."), *PAIRS], data)
    train_model([data], parent, recipe=TINY, steps=1, dev=0, threads=1)
    assert not (parent / WORD_LISTS["de"]).exists()  # a small corpus does not know what is a word
    (parent / LEXICON).write_bytes(gzip.compress(b"de\tgurken\t3\tcucumber\nde\tquux\t3\tfrob\n"))
    (parent / WORD_LISTS["de"]).write_bytes(gzip.compress(b"quux\n"))
    lines: list[str] = []
    recipe = replace(TINY, annotate=0.1, tell_rare=0.25)
    for resume in (False, True):
        train_model(
            [data], child, recipe=recipe, steps=1, dev=0, threads=1, start_from=parent, resume=resume, tell=lines.append
        )
    assert "1 pairs that tell rare words" in lines
    corpus, vocabulary = EncodedCorpus.load(child / "training" / "corpus"), load_vocabulary(child)
    start, middle, _ = corpus.bounds[-1].tolist()
    assert "<term_end> cucumber <trans_end>" in vocabulary.decode(corpus.ids[start:middle].tolist(), "de")
    assert corpus.weights[-1] == pytest.approx(0.25)
    assert sorted(corpus.weights.tolist())[:2] == pytest.approx([0.25, 0.75])
    assert gzip.decompress((child / LEXICON).read_bytes()) == b"de\tquux\t3\tfrob\n"  # its own words it knows by now
    known = gzip.decompress((child / WORD_LISTS["de"]).read_bytes()).decode().splitlines()
    assert "quux" in known
    assert set(known) & {word.lower() for pair in PAIRS for word in pair.de.split()}
    assert not (child / WORD_LISTS["en"]).exists()  # as in its parent
    (child / "training" / WORD_LISTS["de"]).unlink()  # as a run of an older version has none
    train_model([data], child, recipe=recipe, steps=1, dev=0, threads=1, start_from=parent, resume=True)
    assert not (child / WORD_LISTS["de"]).exists()


def test_a_large_corpus_has_its_own_lexicon_whose_words_it_tells(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from mt_publish.training import recipe

    monkeypatch.setattr(recipe, "_SHORTLIST_LINKS", 1)
    monkeypatch.setattr(recipe, "make_lexicon", lambda corpus, vocabulary: make_lexicon(corpus, vocabulary, common=0))
    write_table([Pair(f"Gurken Nummer {n}", f"cucumbers number {n}") for n in "ABCDEFGH"], data)
    lines: list[str] = []
    for resume in (False, True):
        train_model([data], tmp_path / "m", recipe=TINY, steps=1, dev=0, threads=1, resume=resume, tell=lines.append)
        found = gzip.decompress((tmp_path / "m" / LEXICON).read_bytes()).decode().splitlines()
        assert "en\tcucumbers\t8\tGurken" in found
        assert gzip.decompress((tmp_path / "m" / WORD_LISTS["en"]).read_bytes()) == b"cucumbers\nnumber\n"
        for file in (LEXICON, *WORD_LISTS.values()):
            (tmp_path / "m" / file).unlink()  # written again when resumed, without being made again
        monkeypatch.setattr(recipe, "make_lexicon", None)
        monkeypatch.setattr(recipe, "make_word_list", None)
    assert any("pairs that tell rare words" in line for line in lines)


def test_an_adapted_model_keeps_a_share_of_its_parent(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from safetensors.numpy import load_file

    parent = tmp_path / "parent"
    train_model([data], parent, recipe=TINY, steps=2, dev=0, threads=1)
    name, weights = "model.encoder.layers.0.fc1.weight", {}
    for keep in (0.0, 0.3, 1.0):
        recipe = replace(TINY, keep=keep)
        train_model([data], tmp_path / str(keep), recipe=recipe, steps=4, dev=0, threads=1, start_from=parent)
        weights[keep] = load_file(tmp_path / str(keep) / "model.safetensors")[name].astype("float32")
    before = load_file(parent / "model.safetensors")[name].astype("float32")
    assert (weights[1.0] == before).all()
    moved = weights[0.0] - before
    assert abs(moved).max() > 1e-3
    assert abs(weights[0.3] - before - 0.7 * moved).max() < 2e-4  # rounded to fp16


def test_opening_marks_are_apart_in_a_new_model_unless_not_wanted_and_in_an_adapted_one_as_in_its_parent(
    data: Path, tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    write_table([Pair('Er hat "keine Macht" und "kein Haus".', 'He has "no power" and "no house".')] * 2 + PAIRS, data)
    for wanted in (True, False):
        parent, child = tmp_path / f"parent {wanted}", tmp_path / f"child {wanted}"
        recipe = replace(TINY, opening_marks_apart=wanted)
        train_model([data], parent, recipe=recipe, steps=2, dev=0, threads=1)
        train_model([data], child, recipe=replace(TINY), steps=2, dev=0, threads=1, start_from=parent)
        for folder in (parent, child):
            config = json.loads((folder / "config.json").read_text("utf-8"))
            assert config.get(APART_KEY, False) is wanted
            vocabulary = load_vocabulary(folder)
            corpus = EncodedCorpus.load(folder / "training" / "corpus")
            start, middle, _ = corpus.bounds[0].tolist()
            own = replace(vocabulary, apart=wanted)
            assert corpus.ids[start:middle].tolist() == own.encode(['Er hat "keine Macht" und "kein Haus".'], "de")[0]
            other = replace(vocabulary, apart=not wanted)
            assert corpus.ids[start:middle].tolist() != other.encode(['Er hat "keine Macht" und "kein Haus".'], "de")[0]


def test_a_model_from_elsewhere_is_never_overwritten(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "model.safetensors").write_bytes(b"precious")
    with pytest.raises(ConfigError, match="not trained there"):
        train_model([data], tmp_path / "theirs", recipe=TINY, steps=1, threads=1)
    assert (tmp_path / "theirs" / "model.safetensors").read_bytes() == b"precious"


def test_the_command_trains_measures_and_prints(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    import typer
    from typer.testing import CliRunner

    from mt_publish.cli import train as command
    from mt_publish.translation.models import convert, find_model

    monkeypatch.setenv("MT_PUBLISH_CACHE", str(tmp_path / "cache"))
    preset = tmp_path / "tiny.toml"
    preset.write_text(
        'size = 345\nbatch = 160\nprecision = "float32"\nlinks = 20\ncopy_noise = 0\nannotate = 0\nevaluate_every = 0\n'
        "[architecture]\nwidth = 32\nfeed_forward = 64\nencoder_layers = 1\ndecoder_layers = 1\nheads = 4\n"
        "[train]\nwarmup = 2\n"
    )
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)
    arguments = [
        "train",
        str(data),
        "--out",
        str(tmp_path / "m"),
        "--config",
        str(preset),
        "--steps",
        "2",
        "--dev",
        "1",
    ]
    result = CliRunner().invoke(app, [*arguments, "--threads", "1"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "dev de-en: bleu" in result.stdout
    assert "dev en-de: bleu" in result.stdout
    assert "2 steps" in result.stdout
    assert "9 pairs" in result.stderr
    assert not list((tmp_path / "cache" / "models").iterdir())

    kept = convert(find_model(str(tmp_path / "m"))).folder
    arguments[3] = str(tmp_path / "child")
    result = CliRunner().invoke(app, [*arguments, "--from", str(tmp_path / "m")], catch_exceptions=False)
    assert re.search(r"^dev de-en: bleu \d+\.\d → \d+\.\d, chrf \d+\.\d → \d+\.\d$", result.stdout, re.MULTILINE)
    card = (tmp_path / "child" / "README.md").read_text("utf-8")
    assert "| set | metric | parent | score | segments | signature |" in card
    assert re.search(r"^\| dev en-de \| chrf \| \d+\.\d \| \d+\.\d \| 1 \| `nrefs:1", card, re.MULTILINE)
    assert list((tmp_path / "cache" / "models").iterdir()) == [kept]  # the parent's, which was there before

    help_text = CliRunner().invoke(app, ["train", "--help"]).stdout
    assert "Example: mt-publish train" in help_text


def test_curves_show_losses_and_scores() -> None:
    rows = [
        {"step": 1, "loss": 5.0, "guide": None},
        {"step": 2, "loss": 4.0, "guide": 2.0},
        {"step": 2, "scores": {"chrf": 30.0}},
    ]
    picture = draw(rows)
    assert picture.count("<polyline") == 3
    assert "chrf" in picture
    assert draw([]).startswith("<svg")
