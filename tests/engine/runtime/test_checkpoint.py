"""Checkpoints are whole, verified, and survive damage to the newest."""

from pathlib import Path

import pytest
import torch

from rlhf_backend.checkpoint import CheckpointStore, TrainingState, capture, restore
from rlhf_backend.errors import ConfigError


def store(directory: Path) -> tuple[CheckpointStore, list[str]]:
    warnings: list[str] = []
    return CheckpointStore(directory, warn=warnings.append), warnings


def state(step: int) -> TrainingState:
    return TrainingState(step, {"model.w": torch.full((3,), float(step))}, {"log": [{"a": 0.1}]})


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    checkpoints, warnings = store(tmp_path / "checkpoint")
    checkpoints.save(state(3))
    loaded = checkpoints.load_latest()
    assert loaded is not None
    assert (loaded.step, loaded.numbers, warnings) == (3, {"log": [{"a": 0.1}]}, [])
    assert torch.equal(loaded.tensors["model.w"], torch.full((3,), 3.0))


def test_only_the_two_newest_are_kept(tmp_path: Path) -> None:
    checkpoints, _ = store(tmp_path)
    for step in (1, 2, 10):
        checkpoints.save(state(step))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["step-00000002", "step-00000010"]


@pytest.mark.parametrize("damage", ["flip", "truncate", "missing file", "no manifest"])
def test_a_damaged_checkpoint_is_left_aside_with_a_warning(tmp_path: Path, damage: str) -> None:
    checkpoints, warnings = store(tmp_path)
    checkpoints.save(state(1))
    checkpoints.save(state(2))
    tensors, manifest = (tmp_path / "step-00000002" / name for name in ("tensors.safetensors", "manifest.json"))
    content = tensors.read_bytes()
    if damage == "flip":
        tensors.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif damage == "truncate":
        tensors.write_bytes(content[:-4])
    elif damage == "missing file":
        tensors.unlink()
    else:
        manifest.unlink()
    loaded = checkpoints.load_latest()
    assert loaded is not None
    assert loaded.step == 1
    assert "step-00000002 is left aside" in warnings[0]


def test_an_unfinished_checkpoint_is_not_seen(tmp_path: Path) -> None:
    checkpoints, _ = store(tmp_path)
    (tmp_path / ".step-00000005.part").mkdir()
    assert checkpoints.load_latest() is None


def test_a_failed_write_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoints, _ = store(tmp_path)
    checkpoints.save(state(1))

    def full_disk(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rlhf_backend.checkpoint.save_file", full_disk)
    with pytest.raises(OSError, match="No space"):
        checkpoints.save(state(2))
    assert [p.name for p in tmp_path.iterdir()] == ["step-00000001"]


def test_training_goes_on_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    def make() -> tuple[torch.nn.Module, torch.optim.Optimizer]:
        torch.manual_seed(0)
        network = torch.nn.Linear(4, 4)
        return network, torch.optim.AdamW(network.parameters(), lr=0.1)

    def step(network: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        optimizer.zero_grad()
        network(torch.randn(2, 4)).square().sum().backward()
        optimizer.step()

    network, optimizer = make()
    for _ in range(3):
        step(network, optimizer)
    checkpoints, _ = store(tmp_path)
    checkpoints.save(capture(3, network, optimizer))
    for _ in range(2):
        step(network, optimizer)
    resumed, resumed_optimizer = make()
    loaded = checkpoints.load_latest()
    assert loaded is not None
    restore(loaded, resumed, resumed_optimizer)
    for _ in range(2):
        step(resumed, resumed_optimizer)
    for one, two in zip(network.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, two)


def test_another_models_checkpoint_is_refused(tmp_path: Path) -> None:
    network = torch.nn.Linear(4, 4)
    optimizer = torch.optim.AdamW(network.parameters())
    with pytest.raises(ConfigError, match="another model"):
        restore(state(1), network, optimizer)
