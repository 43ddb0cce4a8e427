"""The training loop: it learns, resumes exactly, and refuses to wreck the model."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from training_data import PAIRS, tiny_batches, tiny_config, tiny_network

from mt_publish.errors import ConfigError, EngineError, ModelNotFoundError
from mt_publish.training.network import BIAS, EMBEDDING
from mt_publish.training.trainer import (
    Guard,
    Report,
    SaveCheckpoints,
    StopWhen,
    Tell,
    TrainConfig,
    Trainer,
    average,
    checkpoints,
)
from mt_publish.training.vocabulary import Vocabulary

torch = pytest.importorskip("torch")


def weights_of(trainer: Trainer) -> dict[str, Any]:
    return trainer.network.to_marian()


def greedy(trainer: Trainer, vocabulary: Vocabulary, text: str) -> str:
    """The English of a German text, decoded the slow way."""
    source = torch.tensor([[vocabulary.ids[">>eng<<"], *vocabulary.encode([text], "de")[0], vocabulary.eos]])
    target = [vocabulary.pad]
    while len(target) < 60:
        target.append(int(trainer.network.logits(source, torch.tensor([target]))[0, -1].argmax()))
        if target[-1] == vocabulary.eos:
            break
    return vocabulary.decode(target, "en")


def test_ten_pairs_are_learnt_by_heart_and_written_out_again(vocabulary: Vocabulary) -> None:
    losses: list[float] = []
    trainer = Trainer(
        tiny_network(vocabulary),
        tiny_batches(vocabulary),
        tiny_config(steps=300, dropout=0.0, smoothing=0.0),
        callbacks=[lambda _, report: losses.append(report.loss)],
    )
    trainer.run()
    assert sum(losses[-20:]) / 20 < 0.05 < 4 < losses[0]
    assert [greedy(trainer, vocabulary, pair.de) for pair in PAIRS] == [pair.en for pair in PAIRS]


@pytest.mark.parametrize(("precision", "sample"), [("float32", 0), ("bfloat16", 0), ("float32", 50)])
def test_two_steps_and_two_resumed_steps_equal_four(
    vocabulary: Vocabulary, tmp_path: Path, precision: Any, sample: int
) -> None:
    whole = Trainer(tiny_network(vocabulary, precision=precision), tiny_batches(vocabulary), tiny_config(sample=sample))
    whole.run()

    first = Trainer(tiny_network(vocabulary, precision=precision), tiny_batches(vocabulary), tiny_config(sample=sample))
    first.callbacks = [
        StopWhen(lambda: first.state.step >= 2),
        SaveCheckpoints(tmp_path, every=2),
    ]
    first.run()
    assert first.state.step == 2
    second = Trainer(
        tiny_network(vocabulary, seed=99, precision=precision), tiny_batches(vocabulary), tiny_config(sample=sample)
    )
    second.resume(checkpoints(tmp_path)[-1])
    second.run()

    assert second.state.step == whole.state.step == 4
    assert second.state.position == whole.state.position
    assert second.state.tokens == whole.state.tokens
    for name, weight in weights_of(whole).items():
        assert torch.equal(weight, weights_of(second)[name]), name


def test_the_last_fifth_takes_the_loss_over_the_whole_vocabulary(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mt_publish.training import trainer as module

    kinds: list[str] = []
    for name in ("sampled_loss", "projection_loss"):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, real=real, name=name, **k: kinds.append(name) or real(*a, **k))
    Trainer(tiny_network(vocabulary), tiny_batches(vocabulary), tiny_config(steps=10, cooldown=0.6, sample=50)).run()
    assert kinds == ["sampled_loss"] * 8 + ["projection_loss"] * 2


def test_resuming_without_the_moments_would_differ(vocabulary: Vocabulary, tmp_path: Path) -> None:
    """Guards the test above: the optimiser's state matters, so equality there proves that it is restored."""
    whole = Trainer(tiny_network(vocabulary), tiny_batches(vocabulary), tiny_config())
    whole.run()
    first = Trainer(tiny_network(vocabulary), tiny_batches(vocabulary), tiny_config(steps=4))
    first.callbacks = [StopWhen(lambda: first.state.step >= 2), SaveCheckpoints(tmp_path)]
    first.run()
    second = Trainer(tiny_network(vocabulary), tiny_batches(vocabulary), tiny_config())
    second.resume(checkpoints(tmp_path)[-1])
    second.optimizer.state.clear()
    second.run()
    assert not torch.equal(weights_of(whole)[EMBEDDING], weights_of(second)[EMBEDDING])


def test_a_loss_that_is_no_number_changes_no_weight_and_training_goes_on(vocabulary: Vocabulary) -> None:
    trainer = Trainer(tiny_network(vocabulary), tiny_batches(vocabulary), tiny_config(steps=2))
    original = trainer._backward
    seen: list[Report] = []

    def broken(batch):
        loss, guide = original(batch)
        return (math.nan, guide) if trainer.state.step == 0 else (loss, guide)

    before = weights_of(trainer)
    after_first: dict[str, Any] = {}

    def watch(_: Trainer, report: Report) -> None:
        seen.append(report)
        if report.step == 1:
            after_first.update(weights_of(trainer))

    trainer._backward = broken  # type: ignore[method-assign]
    trainer.callbacks = [watch]
    trainer.run()
    assert [report.skipped for report in seen] == [True, False]
    assert all(torch.equal(before[name], after_first[name]) for name in before)
    assert not torch.equal(before[EMBEDDING], weights_of(trainer)[EMBEDDING])


def test_weights_that_are_no_numbers_end_training_with_an_error(vocabulary: Vocabulary) -> None:
    network = tiny_network(vocabulary)
    with torch.no_grad():
        network.weights["model.encoder.layers.0.fc1.weight"].fill_(math.nan)
    trainer = Trainer(network, tiny_batches(vocabulary), tiny_config(steps=100))
    with pytest.raises(EngineError, match="diverged"):
        trainer.run()
    assert trainer.state.step == Guard.PATIENCE - 1


def test_gradients_that_are_no_numbers_change_nothing_and_end_training_in_time(vocabulary: Vocabulary) -> None:
    trainer = Trainer(tiny_network(vocabulary), tiny_batches(vocabulary), tiny_config(steps=100))
    original = trainer._backward

    def broken(batch):
        losses = original(batch)
        trainer.network.weights[BIAS].grad[0, 5] = math.inf
        return losses

    trainer._backward = broken  # type: ignore[method-assign]
    before = weights_of(trainer)
    with pytest.raises(EngineError, match="diverged"):
        trainer.run()
    assert all(torch.equal(before[name], weight) for name, weight in weights_of(trainer).items())


def test_the_guard_refuses_a_leap_but_only_once_it_knows_the_mean() -> None:
    guard = Guard()
    assert guard.accepts(50.0)
    guard = Guard()
    assert all(guard.accepts(4.0) for _ in range(Guard.MEMORY))
    assert not guard.accepts(8.0)
    assert guard.accepts(6.5)
    assert guard.refused == 0


def test_the_rate_rises_stays_and_falls() -> None:
    config = TrainConfig(steps=100, rate=1.0, warmup=10, cooldown=0.5)
    rates = [config.rate_at(step, config.progress(step, 0)) for step in (0, 4, 9, 50, 75, 99)]
    assert rates == pytest.approx([0.1, 0.5, 1.0, 1.0, 0.5, 0.03])


def test_a_time_limit_ends_training(vocabulary: Vocabulary) -> None:
    trainer = Trainer(tiny_network(vocabulary), tiny_batches(vocabulary), tiny_config(steps=None, minutes=0.2 / 60))
    state = trainer.run()
    assert 1 <= state.step < 1000
    assert state.seconds >= 0.2


def test_a_run_without_a_limit_or_with_a_senseless_setting_is_refused() -> None:
    with pytest.raises(ConfigError, match="limit"):
        TrainConfig()
    with pytest.raises(ConfigError, match="dropout"):
        TrainConfig(steps=1, dropout=1.0)


def test_a_checkpoint_is_there_whole_or_not_at_all(vocabulary: Vocabulary, tmp_path: Path, monkeypatch) -> None:
    trainer = Trainer(tiny_network(vocabulary), tiny_batches(vocabulary), tiny_config(steps=1))
    trainer.run()
    trainer.save(tmp_path / "step-00000001")

    def full(*_: object, **__: object) -> str:
        raise OSError("no space left on device")

    monkeypatch.setattr("mt_publish.training.trainer.json.dumps", full)
    with pytest.raises(OSError, match="no space"):
        trainer.save(tmp_path / "step-00000002")
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000001"]


def test_a_checkpoint_holds_no_pickle(vocabulary: Vocabulary, tmp_path: Path) -> None:
    trainer = Trainer(tiny_network(vocabulary), tiny_batches(vocabulary), tiny_config(steps=1), about={"run": "abc"})
    trainer.run()
    folder = trainer.save(tmp_path / "step-00000001")
    assert {path.suffix for path in folder.iterdir()} == {".json", ".safetensors"}
    about = json.loads((folder / "state.json").read_text("utf-8"))
    assert about["run"] == "abc"
    assert about["state"]["step"] == 1
    assert about["config"]["rate"] == 5e-3


def test_old_checkpoints_go_and_only_the_newest_can_be_resumed(vocabulary: Vocabulary, tmp_path: Path) -> None:
    trainer = Trainer(
        tiny_network(vocabulary),
        tiny_batches(vocabulary),
        tiny_config(steps=5),
        callbacks=[SaveCheckpoints(tmp_path, every=1, keep=2)],
    )
    trainer.run()
    assert [path.name for path in checkpoints(tmp_path)] == ["step-00000004", "step-00000005"]
    with pytest.raises(ModelNotFoundError, match="not a whole checkpoint"):
        trainer.resume(tmp_path / "step-00000004")
    assert (tmp_path / "plateau" / "moments.safetensors").is_file()


def test_averaged_checkpoints_are_the_mean_of_their_weights(vocabulary: Vocabulary, tmp_path: Path) -> None:
    trainer = Trainer(
        tiny_network(vocabulary),
        tiny_batches(vocabulary),
        tiny_config(steps=2),
        callbacks=[SaveCheckpoints(tmp_path, every=1)],
    )
    seen: list[Any] = []
    trainer.callbacks = [*trainer.callbacks, lambda t, _: seen.append(t.network.to_marian()[EMBEDDING])]
    trainer.run()
    mean = average(checkpoints(tmp_path))[EMBEDDING]
    assert torch.allclose(torch.from_numpy(mean), (seen[0] + seen[1]) / 2, atol=1e-7)


def test_guided_attention_comes_to_look_at_the_links(vocabulary: Vocabulary) -> None:
    guides: list[float] = []
    trainer = Trainer(
        tiny_network(vocabulary),
        tiny_batches(vocabulary),
        tiny_config(steps=80, guide=1.0, dropout=0.0),
        callbacks=[lambda _, report: guides.append(report.guide or math.nan)],
    )
    trainer.run()
    assert guides[-1] < 0.3 < 1.5 < guides[0]


def test_progress_is_told_with_mean_loss_speed_and_time_left(vocabulary: Vocabulary) -> None:
    told: list[Report] = []
    losses: list[float] = []
    trainer = Trainer(
        tiny_network(vocabulary),
        tiny_batches(vocabulary),
        tiny_config(steps=5),
        callbacks=[lambda _, r: losses.append(r.loss), Tell(told.append, every=2)],
    )
    trainer.run()
    assert [report.step for report in told] == [2, 4, 5]
    assert told[0].loss == pytest.approx(sum(losses[:2]) / 2)
    assert told[0].speed > 0
    assert told[0].seconds_left == pytest.approx(told[0].seconds * 1.5)
    assert told[-1].seconds_left == 0
