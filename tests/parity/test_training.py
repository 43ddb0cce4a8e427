"""Our network against transformers' MarianMTModel and CTranslate2, on a tiny model trained for a moment.

transformers 5.24, ctranslate2 4.8. Logits may differ by 1e-3 (float32 sums in another order); greedy output is equal.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

_spec = importlib.util.spec_from_file_location(
    "parity_data", Path(__file__).parents[1] / "unit" / "training" / "data.py"
)
assert _spec is not None
assert _spec.loader is not None
data = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(data)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Tiny models are slower on several threads, and other tests keep theirs."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, Path]:
    """A vocabulary, a network trained for 60 steps, and its exported folder in float32."""
    from mt_publish.training.export import export_model
    from mt_publish.training.trainer import Trainer

    root = tmp_path_factory.mktemp("parity")
    vocabulary = data.tiny_vocabulary(root / "vocabulary")
    trainer = Trainer(data.tiny_network(vocabulary), data.tiny_batches(vocabulary), data.tiny_config(steps=60))
    trainer.run()
    weights = {name: weight.numpy() for name, weight in trainer.network.to_marian().items()}
    folder = export_model(weights, trainer.network.architecture, vocabulary, root / "model", precision="float32")
    return vocabulary, trainer.network, folder


def test_transformers_loads_the_export_unchanged_and_gives_our_logits(trained: tuple[Any, Any, Path]) -> None:
    vocabulary, network, folder = trained
    model, loading = transformers.MarianMTModel.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    assert not loading["unexpected_keys"]
    assert not loading["mismatched_keys"]
    assert not [name for name in loading["missing_keys"] if "embed" not in name and "lm_head" not in name]
    _, batch = next(data.tiny_batches(vocabulary).stream())
    source, target = torch.from_numpy(batch.source), torch.from_numpy(batch.target_in)
    with torch.no_grad():
        theirs = model(
            input_ids=source,
            attention_mask=(source != vocabulary.pad).long(),
            decoder_input_ids=target,
            use_cache=False,
        ).logits
    spoken = torch.from_numpy(batch.target_out) >= 0
    torch.testing.assert_close(network.logits(source, target)[spoken], theirs[spoken], atol=1e-3, rtol=0)


def test_weights_move_from_transformers_and_back_bit_by_bit(trained: tuple[Any, Any, Path], tmp_path: Path) -> None:
    from mt_publish.training.network import Architecture, Network

    vocabulary, _, _ = trained
    config = Architecture(
        vocabulary.size, width=32, feed_forward=64, encoder_layers=2, decoder_layers=1, heads=4
    ).to_config()
    theirs = transformers.MarianMTModel(transformers.MarianConfig(**config))
    theirs.save_pretrained(tmp_path)
    ours = Network.from_marian(tmp_path, precision="float32")
    state = theirs.state_dict()
    for name, weight in ours.to_marian().items():
        assert torch.equal(weight, state[name]), name
    source, target = torch.tensor([[300, 301, 302, 0]]), torch.tensor([[vocabulary.pad, 280, 281]])
    with torch.no_grad():
        logits = theirs.eval()(input_ids=source, decoder_input_ids=target, use_cache=False).logits
    torch.testing.assert_close(ours.logits(source, target), logits, atol=1e-3, rtol=0)


# without sacremoses transformers leaves punctuation as it is, which is what we do
@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_the_tokenizer_of_transformers_cuts_as_we_do(trained: tuple[Any, Any, Path]) -> None:
    vocabulary, _, folder = trained
    tokenizer = transformers.MarianTokenizer.from_pretrained(folder)
    for pair in data.PAIRS:
        ours = [vocabulary.ids[">>eng<<"], *vocabulary.encode([pair.de], "de")[0], vocabulary.eos]
        assert tokenizer(f">>eng<< {pair.de}")["input_ids"] == ours


def test_greedy_ctranslate2_output_equals_greedy_transformers_output(
    trained: tuple[Any, Any, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ctranslate2

    from mt_publish.translation.models import convert, find_model

    vocabulary, _, folder = trained
    monkeypatch.setenv("MT_PUBLISH_CACHE", str(tmp_path))
    converted = convert(find_model(str(folder)), compute_type="float32")
    translator = ctranslate2.Translator(str(converted.folder), compute_type="float32", inter_threads=1, intra_threads=1)
    names = {index: piece for piece, index in vocabulary.ids.items()}
    model = transformers.MarianMTModel.from_pretrained(folder, dtype=torch.float32).eval()
    different = []
    for lang, prefix, texts in (
        ("de", ">>eng<<", [p.de for p in data.PAIRS]),
        ("en", ">>deu<<", [p.en for p in data.PAIRS]),
    ):
        for ids in vocabulary.encode(texts, lang):
            source = [vocabulary.ids[prefix], *ids, vocabulary.eos]
            theirs = model.generate(torch.tensor([source]), num_beams=1, do_sample=False, max_length=40)[0].tolist()
            wanted = [names[i] for i in theirs if i not in (vocabulary.pad, vocabulary.eos)]
            found = translator.translate_batch([[names[i] for i in source]], beam_size=1, max_decoding_length=38)
            if found[0].hypotheses[0][: len(wanted)] != wanted:
                different.append((wanted, found[0].hypotheses[0]))
            assert wanted, "a model that says nothing proves nothing"
    assert not different
