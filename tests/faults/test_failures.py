"""What cannot work ends in a failed run with a code and a sentence that an admin understands."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from annotate.selectors.model_sources import STARTERS
from tests.faults.stage import Stage
from tests.live.client import Client, Json
from tests.live.site import live_site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]


def failed(stage: Stage, round_id: int) -> Json:
    round_ = stage.admin.wait_for_round(round_id, seconds=240)
    assert round_["status"] == "failed", round_
    return round_


def broken_policy(stage: Stage) -> str:
    """The name of a policy one of whose weights is not a number, as a training that diverged leaves it."""
    place = Path(stage.site.environment["RLHF_DATA_DIR"]) / "models" / "broken"
    shutil.copytree(STARTERS["starter"], place)
    weights = load_file(place / "model.safetensors")
    next(iter(weights.values())).fill_(float("nan"))
    save_file(weights, place / "model.safetensors", metadata={"format": "pt"})
    return "broken"


def test_a_loss_that_is_not_a_number_names_step_and_learning_rate(stage: Stage) -> None:
    # Without looks of the monitor, which would find the policy broken before a step is done.
    project_id = stage.project(
        base_policy=broken_policy(stage),
        reward_backbone="starter-judge",
        policy={"method": "dpo"},
        monitor={"prompts": 0},
    )
    stage.finish_round(project_id)
    rows = [
        {
            "prompt": [{"role": "user", "content": f"Say {number}."}],
            "chosen": [{"role": "assistant", "content": f"Gladly: {number}."}],
            "rejected": [{"role": "assistant", "content": "No."}],
        }
        for number in range(30)
    ]
    content = "\n".join(json.dumps(row) for row in rows).encode()
    stage.admin.upload(f"projects/{project_id}/imports/", "pairs.jsonl", content, format="trl")
    round_ = failed(stage, stage.start_round(project_id))
    assert round_["failure_code"] == "config", round_["failure_detail"]
    assert "broke down at step 1" in round_["failure_detail"]
    assert "learning rate" in round_["failure_detail"]
    assert [step["name"] for step in round_["steps"] if step["state"] == "failed"] == ["policy"]


def test_a_model_that_cannot_be_had_is_named(stage: Stage) -> None:
    project_id = stage.project(base_policy="nobody/has-this-model")
    (round_,) = stage.admin.get(f"projects/{project_id}/rounds/")["results"]
    round_ = failed(stage, round_["id"])
    assert round_["failure_code"] == "config", round_["failure_detail"]
    assert "nobody/has-this-model" in round_["failure_detail"]


def test_verdicts_without_a_winner_are_too_few(stage: Stage) -> None:
    project_id = stage.labelled_project(verdict={"kind": "tie"})
    round_ = failed(stage, stage.start_round(project_id))
    assert round_["failure_code"] == "data", round_["failure_detail"]
    assert "preferences" in round_["failure_detail"]


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 24 MB that may be filled."""
    place = Path("/tmp") / f"prefloop-small-{os.getpid()}"  # noqa: S108  (mounted over at once)
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        place.rmdir()
        pytest.skip("this machine does not allow a small file system to be mounted")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


def test_a_full_disk_is_told_and_the_round_goes_on_once_there_is_space(small_disk: Path) -> None:
    with live_site(RLHF_DATA_DIR=str(small_disk)) as site:
        stage = Stage(site, Client.sign_in(site.address, "ada", site.admin_password))
        project_id = stage.labelled_project()
        filler = small_disk / "filler"
        free = shutil.disk_usage(small_disk).free
        filler.write_bytes(b"\0" * max(0, free - 300_000))
        round_id = stage.start_round(project_id)
        round_ = failed(stage, round_id)
        assert round_["failure_code"] == "resource", round_["failure_detail"]
        assert "disk" in round_["failure_detail"].lower()
        assert not list(small_disk.glob("models/*/*")), "half a model was published"
        filler.unlink()
        stage.admin.post(f"rounds/{round_id}/retry/")
        stage.admin.wait_for_round(round_id, seconds=240)
        models = stage.admin.get(f"projects/{project_id}/models/")["results"]
        assert {model["kind"] for model in models} == {"policy", "reward_model"}
