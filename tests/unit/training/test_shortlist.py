"""The shortlist: translations by alignment, the pieces themselves, frequent pieces."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import numpy as np

from mt_publish.training.batches import EncodedCorpus, EncodedPair
from mt_publish.training.shortlist import make_shortlist
from mt_publish.training.vocabulary import Vocabulary, load_vocabulary
from mt_publish.translation.engines import CTranslate2Engine, _told
from mt_publish.translation.models import find_model, shipped_folder
from mt_publish.types import Span


def lines(vocabulary: Vocabulary) -> dict[str, set[str]]:
    names = {i: name for name, i in vocabulary.ids.items()}
    house, home, other = (vocabulary.ids[p] for p in ("▁Haus", "▁house", "▁und"))
    pairs = [EncodedPair([house], [home], links=[(0, 0)])] * 20 + [EncodedPair([house], [other], links=[(0, 0)])]
    text = gzip.decompress(make_shortlist(EncodedCorpus.of(pairs), vocabulary, frequent=1)).decode()
    assert names[house] == "▁Haus"
    return {key: set(rest.split(" ")) for key, rest in (line.split("\t") for line in text.splitlines())}


def test_a_piece_may_become_itself_or_what_it_is_often_aligned_with() -> None:
    found = lines(load_vocabulary(shipped_folder()))
    assert found["▁Haus"] == {"▁Haus", "▁house"}  # the one link with ▁und in twenty-one is taken for noise
    assert found["▁house"] == {"▁house", "▁Haus"}


def test_a_piece_that_is_never_copied_is_not_offered_as_its_own_translation() -> None:
    vocabulary = load_vocabulary(shipped_folder())
    no, never, name = (vocabulary.ids[p] for p in ("▁nicht", "▁not", "▁Berlin"))
    pairs = [EncodedPair([no, name], [never, name], links=[(0, 0), (1, 1)])] * 300
    pairs += [EncodedPair([no], [no], links=[(0, 0)])]
    text = gzip.decompress(make_shortlist(EncodedCorpus.of(pairs), vocabulary, frequent=1)).decode()
    found = {key: rest.split(" ") for key, rest in (line.split("\t") for line in text.splitlines())}
    assert found["▁nicht"] == ["▁not"]
    assert found["▁Berlin"] == ["▁Berlin"]


def test_the_prefix_brings_the_frequent_pieces_of_its_language() -> None:
    found = lines(load_vocabulary(shipped_folder()))
    assert found[">>deu<<"] == {"▁Haus"}
    assert found[">>eng<<"] == {"▁house"}
    assert found[""] == {"</s>", "<unk>"}


def test_decoding_keeps_to_the_shortlist_unless_something_is_forced(tmp_path: Path, cache: Path) -> None:
    folder = Path(shutil.copytree(shipped_folder(), tmp_path / "model"))
    vocabulary = load_vocabulary(folder)
    links = [(i, i) for i in range(4)]
    pieces = ["▁Das", "▁Haus", "▁ist", "."], ["▁The", "▁house", "▁is", "."]
    ids = [[vocabulary.ids[p] for p in side] for side in pieces]
    corpus = EncodedCorpus.of([EncodedPair(ids[0], ids[1], links=links)] * 9)
    (folder / "shortlist.txt.gz").write_bytes(make_shortlist(corpus, vocabulary))
    engine = CTranslate2Engine(find_model(str(folder)), threads=1)
    (source,) = engine.tokenizer.encode(["Das Haus ist groß."])
    allowed = {*source, *pieces[1]}
    ((short,),) = engine.translate([source], "en", beam=2, attention=True)
    assert set(short.pieces) <= allowed
    assert short.attention is not None
    assert np.isfinite(short.attention).all()
    ((forced,),) = engine.translate([source], "en", beam=2, prefixes=[engine.tokenizer.encode_target("Buildings")])
    assert engine.tokenizer.decode([forced.pieces])[0].startswith("Buildings")
    ((best,),) = CTranslate2Engine(find_model(str(folder)), threads=1, shortlist=False).translate([source], "en")
    assert not set(best.pieces) <= allowed


def test_what_is_told_keeps_to_the_shortlist_when_all_of_it_stands_there(tmp_path: Path, cache: Path) -> None:
    folder = Path(shutil.copytree(shipped_folder(), tmp_path / "model"))
    vocabulary = load_vocabulary(folder)
    pieces = ["▁Das", "▁Haus", "▁ist", "."], ["▁The", "▁house", "▁is", "."]
    ids = [[vocabulary.ids[p] for p in side] for side in pieces]
    corpus = EncodedCorpus.of([EncodedPair(ids[0], ids[1], links=[(i, i) for i in range(4)])] * 9)
    made = gzip.decompress(make_shortlist(corpus, vocabulary)).decode()
    never_copied = made.replace("\n▁building\t▁building\n", "\n▁building\t▁house\n")
    assert never_copied != made
    (folder / "shortlist.txt.gz").write_bytes(gzip.compress(never_copied.encode()))
    engine = CTranslate2Engine(find_model(str(folder)), threads=1)
    text = "Das Haus ist groß."
    (source,) = engine.tokenizer.encode([text])
    inside, _ = engine.tokenizer.encode_told(text, [(Span(4, 8), "house")])
    outside, _ = engine.tokenizer.encode_told(text, [(Span(4, 8), "building")])
    assert outside.index("▁building") == inside.index("▁house")
    found = [hyps[0].pieces for hyps in engine.translate([inside, outside], "en", beam=2)]
    allowed = {*source, *pieces[1]}
    assert set(found[0]) <= allowed
    # the first and the last piece of what is told are offered because they are told, those between only as themselves
    assert "▁building" in found[1]
    assert set(found[1]) <= {*allowed, "▁building"}
    for told, offered in (("building old", True), ("old building", True), ("old building old", False)):
        annotated, _ = engine.tokenizer.encode_told(text, [(Span(4, 8), told)])
        assert "▁building" in annotated
        assert engine._offers(annotated, [*_told(annotated)]) is offered
