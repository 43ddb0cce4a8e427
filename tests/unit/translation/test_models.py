from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mt_publish.errors import ModelNotFoundError
from mt_publish.translation import models
from mt_publish.types import LangPair


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MT_PUBLISH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_conversion_is_kept_and_found_again(own_cache: Path) -> None:
    model = models.find_model()
    first = models.convert(model)
    made = (first.folder / "model.bin").stat().st_mtime_ns
    assert models.convert(model).folder == first.folder
    assert (first.folder / "model.bin").stat().st_mtime_ns == made


@pytest.mark.parametrize("damage", ["truncate", "delete", "no stamp", "half-written"])
def test_a_broken_cache_heals_itself(own_cache: Path, damage: str) -> None:
    model = models.find_model()
    folder = models.convert(model).folder
    weights = folder / "model.bin"
    if damage == "truncate":
        weights.write_bytes(weights.read_bytes()[:-10])
    elif damage == "delete":
        weights.unlink()
    elif damage == "no stamp":
        (folder / "ready.json").unlink()
    else:
        (folder / "ready.json").write_text('{"files": {"model.bin"')
    assert not models.is_intact(folder)
    assert models.is_intact(models.convert(model).folder)


def test_no_scratch_folder_is_left(own_cache: Path) -> None:
    models.convert(models.find_model())
    assert [p.name for p in (own_cache / "models").iterdir() if p.name.startswith(".")] == []


def test_cached_models_are_listed_and_removed(own_cache: Path) -> None:
    models.convert(models.find_model())
    (item,) = models.cached_models()
    assert item["model"] == "shipped"
    assert item["intact"]
    assert models.remove_cached("shipped") == [Path(item["folder"])]
    assert models.cached_models() == []


def copy_of_shipped(place: Path) -> Path:
    place.mkdir()
    for file in models.shipped_folder().iterdir():
        if file.name != "model.safetensors":
            shutil.copy(file, place / file.name)
    (place / "model.safetensors").symlink_to(models.shipped_folder() / "model.safetensors")
    return place


def test_a_vocabulary_that_changed_is_read_anew(tmp_path: Path) -> None:
    folder = copy_of_shipped(tmp_path / "m")
    assert models.find_model(str(folder)).prefix("de") == ">>deu<<"
    vocabulary = folder / "vocab.json"
    vocabulary.write_text(vocabulary.read_text("utf-8").replace(">>deu<<", ">>xxx<<"), "utf-8")
    assert models.find_model(str(folder)).prefix("de") is None
    before = models.find_model(str(folder)).sha256()
    (folder / "config.json").write_text((folder / "config.json").read_text("utf-8") + " ", "utf-8")
    assert models.find_model(str(folder)).sha256() != before


@pytest.mark.parametrize("missing", ["source.spm", "vocab.json", "config.json", "model.safetensors"])
def test_a_folder_that_lacks_a_file_is_named_with_what_it_lacks(tmp_path: Path, missing: str) -> None:
    folder = copy_of_shipped(tmp_path / "m")
    (folder / missing).unlink()
    with pytest.raises(ModelNotFoundError, match=missing):
        models.find_model(str(folder))


def test_pickled_weights_are_refused_with_a_remedy(tmp_path: Path) -> None:
    folder = copy_of_shipped(tmp_path / "m")
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelNotFoundError, match="pickle"):
        models.find_model(str(folder))


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    folder = copy_of_shipped(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "t5"}))
    with pytest.raises(ModelNotFoundError, match="t5"):
        models.find_model(str(folder))


def test_the_length_penalty_comes_from_the_generation_config(tmp_path: Path) -> None:
    folder = copy_of_shipped(tmp_path / "m")
    file = folder / "generation_config.json"
    file.unlink()
    plain = models.find_model(str(folder))
    assert plain.length_penalty == 1
    file.write_text('{"length_penalty": 1.4}', "utf-8")
    longer = models.find_model(str(folder))
    assert longer.length_penalty == 1.4
    assert longer.sha256() != plain.sha256()
    file.write_text('{"length_penalty": null, "num_beams": 4}', "utf-8")
    assert models.find_model(str(folder)).sha256() == plain.sha256()


@pytest.mark.parametrize("penalty", ['"long"', "true", "NaN", "[1]"])
def test_a_length_penalty_that_is_no_number_is_refused(tmp_path: Path, penalty: str) -> None:
    folder = copy_of_shipped(tmp_path / "m")
    (folder / "generation_config.json").write_text(f'{{"length_penalty": {penalty}}}', "utf-8")
    with pytest.raises(ModelNotFoundError, match="length_penalty is"):
        models.find_model(str(folder))


def test_broken_weights_are_named(tmp_path: Path, own_cache: Path) -> None:
    folder = copy_of_shipped(tmp_path / "m")
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(b"not safetensors")
    with pytest.raises(ModelNotFoundError, match="cannot be read"):
        models.convert(models.find_model(str(folder)))


def test_a_model_of_one_pair_refuses_the_other(tmp_path: Path) -> None:
    folder = copy_of_shipped(tmp_path / "m")
    vocab = json.loads((folder / "vocab.json").read_text())
    vocab = {k.replace(">>", "__").replace("<<", "__"): v for k, v in vocab.items()}
    (folder / "vocab.json").write_text(json.dumps(vocab))
    (folder / "tokenizer_config.json").write_text(json.dumps({"source_lang": "deu", "target_lang": "eng"}))
    assert models.find_model(str(folder), LangPair("de", "en")).source == "de"
    with pytest.raises(ModelNotFoundError, match="does not translate en to de"):
        models.find_model(str(folder), LangPair("en", "de"))


def test_a_hub_id_that_is_not_here_says_what_to_do(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("huggingface_hub")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(ModelNotFoundError, match="--online"):
        models.find_model("Helsinki-NLP/opus-mt-de-en")
