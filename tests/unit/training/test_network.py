"""The network's own arithmetic: loss, dropout, padding."""

from __future__ import annotations

import pytest
from training_data import tiny_network

from mt_publish.errors import ConfigError, ModelNotFoundError
from mt_publish.training import network as network_module
from mt_publish.training.network import (
    BIAS,
    EMBEDDING,
    Architecture,
    Dropout,
    choose_precision,
    projection_loss,
    sampled_loss,
)
from mt_publish.training.vocabulary import Vocabulary

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("rows", [1, 7, 8, 21])
def test_the_chunked_loss_has_the_gradients_of_cross_entropy(rows: int) -> None:
    generator = torch.Generator().manual_seed(0)
    states = torch.randn(rows, 6, generator=generator, requires_grad=True)
    weight = torch.randn(11, 6, generator=generator, requires_grad=True)
    bias = torch.randn(1, 11, generator=generator, requires_grad=True)
    targets = torch.randint(0, 11, (rows,), generator=generator)
    logits = states @ weight.T + bias
    expected = torch.nn.functional.cross_entropy(logits, targets, label_smoothing=0.1)
    expected.backward()
    plain = torch.nn.functional.cross_entropy(logits.detach(), targets)
    expected_gradients = [tensor.grad for tensor in (states, weight, bias)]
    weight.grad = bias.grad = None

    loss, gradient = projection_loss(states.detach(), weight, bias, targets, smoothing=0.1, chunk=8)

    assert loss == pytest.approx(float(plain), abs=1e-5)
    for found, wanted in zip((gradient, weight.grad, bias.grad), expected_gradients, strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-4)


def test_a_sample_of_all_other_pieces_gives_the_loss_over_the_vocabulary() -> None:
    generator = torch.Generator().manual_seed(0)
    states = torch.randn(5, 6, generator=generator)
    weight = torch.randn(11, 6, generator=generator, requires_grad=True)
    bias = torch.randn(1, 11, generator=generator, requires_grad=True)
    bias.data[0, -1] = -1e9  # <pad>, which is never drawn, has no share in the whole loss either
    targets = torch.randint(0, 10, (5,), generator=generator)
    expected_loss, expected = projection_loss(states, weight, bias, targets, smoothing=0.1)
    expected_gradients = [expected, weight.grad[:-1], bias.grad[:, :-1]]
    weight.grad = bias.grad = None

    loss, gradient = sampled_loss(states, weight, bias, targets, sample=99, generator=generator, smoothing=0.1, chunk=8)

    assert loss == pytest.approx(expected_loss, abs=1e-5)
    assert not weight.grad[-1].any()
    smoothed_pad = 0.1 / 11 / 5 * weight[-1].detach().abs().max() * 5  # what spreading over <pad> adds
    torch.testing.assert_close(gradient, expected_gradients[0], atol=float(smoothed_pad), rtol=1e-4)
    for found, wanted in zip((weight.grad[:-1], bias.grad[:, :-1]), expected_gradients[1:], strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-4)


def test_the_sampled_loss_and_its_gradient_are_right_on_average() -> None:
    generator = torch.Generator().manual_seed(0)
    states = torch.randn(16, 8, generator=generator)
    weight = (0.3 * torch.randn(400, 8, generator=generator)).requires_grad_()
    bias = torch.zeros(1, 400, requires_grad=True)
    targets = torch.randint(0, 399, (16,), generator=generator)
    expected_loss, expected = projection_loss(states, weight, bias, targets)
    losses, gradients = [], []
    for seed in range(300):
        weight.grad = bias.grad = None
        drawn = torch.Generator().manual_seed(seed)
        loss, gradient = sampled_loss(states, weight, bias, targets, sample=100, generator=drawn)
        losses.append(loss)
        gradients.append(gradient)
        # a piece that is neither target nor drawn has no gradient
        assert int(weight.grad.any(1).sum()) <= 100 + len(set(targets.tolist()))
    assert sum(losses) / 300 == pytest.approx(expected_loss, abs=0.02)
    mean = torch.stack(gradients).mean(0)
    torch.testing.assert_close(mean, expected, atol=float(expected.abs().max()) * 0.03, rtol=0)


def test_dropout_drops_its_share_keeps_the_mean_and_repeats_by_step() -> None:
    x = torch.ones(100, 100)
    dropout = Dropout(0.2, seed=1, largest=20_000)
    dropout.start(5)
    first, second = dropout(x), dropout(x)
    assert float((first == 0).float().mean()) == pytest.approx(0.2, abs=0.02)
    assert float(first.mean()) == pytest.approx(1, abs=0.02)
    assert not torch.equal(first, second)
    again = Dropout(0.2, seed=1, largest=20_000)
    again.start(4)
    again.start(5)
    assert torch.equal(again(x), first)


def test_padding_of_source_and_target_changes_nothing(vocabulary: Vocabulary) -> None:
    network = tiny_network(vocabulary)
    pad = vocabulary.pad
    short = network.logits(torch.tensor([[300, 301, 0]]), torch.tensor([[pad, 290]]))
    padded = network.logits(
        torch.tensor([[300, 301, 0, pad, pad], [1, 2, 3, 4, 0]]), torch.tensor([[pad, 290, 0], [pad, 3, 4]])
    )
    torch.testing.assert_close(padded[:1, :2], short, atol=1e-5, rtol=1e-5)


def test_the_start_vector_stays_zero_in_training(vocabulary: Vocabulary) -> None:
    from training_data import tiny_batches, tiny_config

    from mt_publish.training.trainer import Trainer

    trainer = Trainer(tiny_network(vocabulary), tiny_batches(vocabulary), tiny_config(steps=3))
    before = trainer.network.to_marian()[BIAS]
    trainer.run()
    assert not trainer.network.weights[EMBEDDING][vocabulary.pad].any()
    assert not torch.equal(before, trainer.network.weights[BIAS])


def test_bfloat16_gives_nearly_the_same_logits(vocabulary: Vocabulary) -> None:
    network = tiny_network(vocabulary)
    source, target = torch.tensor([[300, 301, 0]]), torch.tensor([[vocabulary.pad, 290]])
    exact = network.logits(source, target)
    network.precision = "bfloat16"
    rough = network.logits(source, target)
    assert not torch.equal(exact, rough)
    assert float((exact - rough).abs().max()) < 0.1 * float(exact.std()) + 0.1


def test_a_model_of_another_build_is_refused_by_name_of_the_setting() -> None:
    config = Architecture(100, width=32, heads=4).to_config()
    assert Architecture.from_config(config) == Architecture(100, width=32, heads=4)
    with pytest.raises(ModelNotFoundError, match="activation_function is 'relu'"):
        Architecture.from_config({**config, "activation_function": "relu"}, where="there")
    with pytest.raises(ConfigError, match="heads"):
        Architecture(100, width=32, heads=5)


@pytest.mark.parametrize(
    ("flags", "gpu", "precision"),
    [
        ({"avx2"}, None, "float32"),
        ({"avx2", "avx512_f", "amx_int8"}, None, "float32"),
        ({"avx512_f", "avx512_bf16"}, None, "bfloat16"),
        ({"amx_bf16"}, None, "bfloat16"),
        (set(), None, "float32"),
        ({"avx2"}, "Ampere", "bfloat16"),
        ({"amx_bf16"}, "Turing", "float32"),
    ],
)
def test_auto_takes_bfloat16_where_there_are_instructions_for_it(
    flags: set[str], gpu: str | None, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_module, "_cpu_flags", lambda: frozenset(flags))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu is not None)
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation or gpu == "Ampere"
    )
    assert choose_precision("auto") == precision
    assert choose_precision("bfloat16") == "bfloat16"
    assert choose_precision("float32") == "float32"


@pytest.mark.parametrize("newer", [True, False])
def test_cpu_flags_come_from_torch_or_from_linux(newer: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if newer:
        there = {"avx2": True, "amx_bf16": False, "cpu_name": "X", "num_sockets": 1}
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: there, raising=False)
    else:
        monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
        monkeypatch.setattr(network_module.Path, "read_text", lambda *_: "model name\t: X\nflags\t\t: fpu avx2\n")
    assert "avx2" in network_module._cpu_flags()
    assert not network_module._cpu_flags() & network_module.BFLOAT16_FLAGS


def test_a_precision_that_is_not_known_is_an_error() -> None:
    with pytest.raises(ConfigError, match="float16"):
        choose_precision("float16")
