"""Policy, reference, critic and reward model on one set of weights tell the story that they tell on several."""

from pathlib import Path
from typing import Any

import pytest
import torch

from rlhf_backend.models.value import Critic
from rlhf_backend.recipes.preference_tuning import load_tuning
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.runtime import execute, read_job
from tests.engine.recipes.test_preflight import preflight_run
from tests.engine.recipes.test_resume import interrupt, preference_job, rloo_job
from tests.engine.tiny import comparisons, metrics_of, open_run, prompts, result_of, trained_judge, write_run

SHARED = "policy, reference and reward model share one set of weights"
WITH_CRITIC = "policy, critic, reference and reward model share one set of weights"
INPUTS = {"comparisons": comparisons(40), "prompts": prompts(7)}
JOBS: dict[str, dict[str, Any]] = {
    "rloo": {"method": "rloo"},
    "ppo": {"method": "ppo", "critic_warmup_steps": 1, "ppo_epochs": 2},
    "xpo": {"method": "xpo"},
}


@pytest.fixture(scope="module")
def judges(llama_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reward models on the policy's own weights: a head alone, adapters, and weights that were all trained."""
    root = tmp_path_factory.mktemp("judges")
    return {
        trainable: trained_judge(root / trainable, llama_dir, trainable, verdicts=60)
        for trainable in ("head", "lora", "full")
    }


def job_of(name: str, llama_dir: Path, judge: Path, **changes: Any) -> dict[str, Any]:
    settings = {"learning_rate": 0.01, "lora_rank": 2} | JOBS[name] | changes
    if name == "xpo":
        return preference_job(llama_dir, judge, **settings)
    return rloo_job(llama_dir, judge, **settings)


def on_weights_of_its_own(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("rlhf_backend.models.reward_directory.same_weights", lambda *_: False)


def said(run: Path) -> str:
    return (run / "events.jsonl").read_text()


@pytest.mark.parametrize("judge", ["head", "lora"])
@pytest.mark.parametrize("name", JOBS)
def test_sharing_changes_no_update(
    name: str, judge: str, llama_dir: Path, judges: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = job_of(name, llama_dir, judges[judge])
    shared, several = (write_run(tmp_path / part, described, seed=3, **INPUTS) for part in ("shared", "several"))
    assert execute(shared) == 0
    on_weights_of_its_own(monkeypatch)
    assert execute(several) == 0
    assert (WITH_CRITIC if name == "ppo" else SHARED) in said(shared)
    assert "reward model share" not in said(several)
    assert result_of(shared).status == "done"
    assert metrics_of(shared) == metrics_of(several)
    weights = [(run / "model/model.safetensors").read_bytes() for run in (shared, several)]
    assert weights[0] == weights[1]
    assert len({metrics["reward/mean"] for metrics in metrics_of(shared).values()}) > 1


@pytest.mark.parametrize("judge", ["head", "lora"])
def test_preflight_and_looks_see_the_same(
    judge: str, llama_dir: Path, judges: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = job_of("rloo", llama_dir, judges[judge])
    shared, several = (preflight_run(tmp_path / part, described, every=2) for part in ("shared", "several"))
    assert execute(shared) == 0
    on_weights_of_its_own(monkeypatch)
    assert execute(several) == 0
    for file in ("preflight.json", *(f"panel/step-{step:08d}.jsonl" for step in (0, 2, 4, 5))):
        assert (shared / file).read_bytes() == (several / file).read_bytes(), file
    kept = "policies/step-00000004/model.safetensors"
    assert (shared / kept).read_bytes() == (several / kept).read_bytes()


@pytest.mark.parametrize("judge", ["head", "lora"])
@pytest.mark.parametrize("name", ["rloo", "ppo"])
def test_a_resumed_run_is_bit_identical(
    name: str, judge: str, llama_dir: Path, judges: dict[str, Path], tmp_path: Path
) -> None:
    described = job_of(name, llama_dir, judges[judge])
    whole, broken = (write_run(tmp_path / part, described, seed=3, **INPUTS) for part in ("whole", "broken"))
    assert execute(whole) == 0
    interrupt(broken, after=3)
    assert execute(broken) == 0
    assert metrics_of(broken) == metrics_of(whole)
    assert (broken / "model/model.safetensors").read_bytes() == (whole / "model/model.safetensors").read_bytes()


def tuning_of(directory: Path, described: dict[str, Any]) -> Tuning:
    run = write_run(directory, described, seed=3, **INPUTS)
    return load_tuning(open_run(run), read_job(run).job)  # type: ignore[arg-type]


def held_bytes(tuning: Tuning, *more: torch.nn.Module) -> int:
    """Of all weights that the models of a run keep, each memory once."""
    assert tuning.reward_model is not None
    networks = (tuning.policy.network, tuning.reference._network, tuning.reward_model.reader.backbone.network, *more)
    storages = [parameter.untyped_storage() for network in networks for parameter in network.parameters()]
    return sum({storage.data_ptr(): storage.nbytes() for storage in storages}.values())


@pytest.mark.parametrize("judge", ["head", "lora"])
def test_four_models_are_held_as_one_and_their_adapters(
    judge: str, llama_dir: Path, judges: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = job_of("ppo", llama_dir, judges[judge])
    held = {}
    for part in ("shared", "several"):
        tuning = tuning_of(tmp_path / part, described)
        critic = Critic(tuning.policy, str(llama_dir), lora_rank=2, warn=print)
        held[part] = held_bytes(tuning, critic)
        on_weights_of_its_own(monkeypatch)
    named = list(tuning.policy.network.named_parameters())
    base = sum(p.untyped_storage().nbytes() for name, p in named if ".lora_" not in name)
    assert held["several"] - held["shared"] == base  # a tiny Llama ties its embeddings: its trunk has all weights
    adapters = sum(p.untyped_storage().nbytes() for name, p in named if ".lora_" in name)
    of_judge = (judges["lora"] / "adapters.safetensors").stat().st_size if judge == "lora" else 0
    assert base <= held["shared"] <= base + adapters + of_judge + 33 * 4  # and the critic's head


@pytest.mark.parametrize("changes", [{"lora_rank": 0}, {"judge": "full"}, {"policy": "other"}])
def test_other_weights_are_not_shared(
    changes: dict[str, Any], llama_dir: Path, other_llama_dir: Path, judges: dict[str, Path], tmp_path: Path
) -> None:
    """Every weight of the policy or of the reward model is trained, or the policy is another of the same shape."""
    described = job_of("rloo", llama_dir, judges[changes.get("judge", "head")], lora_rank=changes.get("lora_rank", 2))
    if "policy" in changes:
        described |= {"policy": str(other_llama_dir), "reference": str(other_llama_dir)}
    tuning = tuning_of(tmp_path / "run", described)
    assert "reward model" not in tuning.on_the_policys_weights
    assert "reward model share" not in said(tmp_path / "run")
    assert tuning.reward_model is not None
    own = {p.data_ptr() for p in tuning.reward_model.reader.backbone.network.parameters()}
    assert not own & {p.data_ptr() for p in tuning.policy.network.parameters()}
