"""Vocabularies: layout, round trip, and what is refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from training_data import PAIRS

from mt_publish.errors import InputError, ModelNotFoundError
from mt_publish.training.vocabulary import Vocabulary, learn_vocabulary, load_vocabulary
from mt_publish.translation.models import shipped_folder
from mt_publish.translation.tokenizer import Tokenizer
from mt_publish.types import LangPair


def test_the_layout_is_that_of_marian_models(vocabulary: Vocabulary) -> None:
    pieces = sorted(vocabulary.ids, key=vocabulary.ids.__getitem__)
    assert pieces[:6] == ["</s>", "<unk>", "<term_start>", "<term_end>", "<trans_end>", "<0x00>"]
    assert pieces[-3:] == [">>eng<<", ">>deu<<", "<pad>"]
    assert vocabulary.directions == (LangPair("de", "en"), LangPair("en", "de"))


@pytest.mark.parametrize("text", [PAIRS[0].de, "Łódź – 東京", "Ein 🎈 für Đorđe"])
def test_any_letter_comes_back_through_bytes(vocabulary: Vocabulary, text: str) -> None:
    ids = vocabulary.encode([text], "de")[0]
    assert vocabulary.ids["<unk>"] not in ids
    assert vocabulary.decode([vocabulary.ids[">>eng<<"], *ids, vocabulary.eos, vocabulary.pad], "de") == text


def test_words_after_opening_marks_are_cut_as_elsewhere_and_as_the_engine_cuts_them() -> None:
    glued = load_vocabulary(shipped_folder())
    apart = replace(glued, apart=True)
    text = "Er hat „keine Macht“ (in der Stadt)."
    ids = apart.encode([text], "de")[0]
    assert ids != glued.encode([text], "de")[0]
    assert ids == [apart.ids[piece] for piece in Tokenizer(shipped_folder(), apart=True).encode([text])[0]]
    assert apart.decode(ids, "de") == text


def test_a_reserved_symbol_is_one_piece(vocabulary: Vocabulary) -> None:
    assert vocabulary.ids["<term_start>"] in vocabulary.encode(["a <term_start> b"], "de")[0]


def test_a_model_of_one_pair_maps_its_own_order_of_pieces(vocabulary: Vocabulary, tmp_path: Path) -> None:
    """OPUS-MT numbers pieces in vocab.json otherwise than in SentencePiece, and has a model a language."""
    shutil.copytree(vocabulary.folder, tmp_path / "opus")
    pieces = [
        piece for piece in vocabulary.ids if not piece.startswith(">>") and piece not in ("</s>", "<unk>", "<pad>")
    ]
    ids = {piece: i for i, piece in enumerate(["</s>", "<unk>", *reversed(pieces), "<pad>"])}
    (tmp_path / "opus" / "vocab.json").write_text(json.dumps(ids), "utf-8")
    (tmp_path / "opus" / "tokenizer_config.json").write_text('{"source_lang": "deu", "target_lang": "eng"}', "utf-8")
    single = load_vocabulary(tmp_path / "opus")
    assert single.directions == (LangPair("de", "en"),)
    assert single.prefix("en") is None
    encoded = single.encode(["Das Haus ist alt."], "de")[0]
    assert encoded != vocabulary.encode(["Das Haus ist alt."], "de")[0]
    assert single.decode(encoded, "de") == "Das Haus ist alt."


def test_what_cannot_be_trained_is_refused(vocabulary: Vocabulary, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="cannot be read"):
        load_vocabulary(tmp_path)
    shutil.copytree(vocabulary.folder, tmp_path / "two")
    (tmp_path / "two" / "target.spm").write_bytes(b"other")
    with pytest.raises(ModelNotFoundError, match=r"equal to target\.spm"):
        load_vocabulary(tmp_path / "two")
    (tmp_path / "two" / "vocab.json").write_text('{"a": 0, "<pad>": 5}')
    with pytest.raises(ModelNotFoundError, match="number its pieces"):
        load_vocabulary(tmp_path / "two")


def test_a_size_that_is_too_small_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="vocabulary of 100 pieces"):
        learn_vocabulary(["Das Haus ist alt."], tmp_path, size=100)
