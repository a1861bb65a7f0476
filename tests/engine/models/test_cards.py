"""Cards: all that a report says, in text that nobody can break out of, and nothing of the machine."""

from pathlib import Path
from typing import Any

import pytest

from rlhf_backend.config import RewardModelConfig, RewardModelJob
from rlhf_backend.models.card_sections import interval_text, report_sections, table
from rlhf_backend.models.cards import reward_model_card
from rlhf_backend.runtime import execute
from rlhf_backend.types import RewardModelReport
from tests.engine.recipes.test_resume import rloo_job
from tests.engine.tiny import prompts, write_run

HALF = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 1200}
BIN = {"predicted": 0.7, "observed": 0.65, "n": 40}
PLAIN: dict[str, Any] = {
    "accuracy": HALF | {"value": 0.58},
    "method": "5-fold cross-validation by prompt",
    "log_loss": 0.61,
    "calibration_error": 0.02,
    "calibration": [],
    "baseline_longer": HALF,
    "baseline_always_a": HALF,
    "preferences": 1200,
    "ties": 31,
}
SECTIONS: dict[str, tuple[str, Any, str]] = {
    "calibration": ("Calibration", [BIN], "| 0.700 | 0.650 | 40 |"),
    "top_decile": (
        "Calibration in the top tenth of rewards",
        {"calibration": [BIN], "calibration_error": 0.12, "n": 90},
        "Calibration error 0.120 on 90 pairs",
    ),
    "slices": ("Slices", [{"name": "tag: code", "accuracy": HALF}], "| tag: code | 0.500 (0.400 to"),
    "probes": (
        "Probes",
        [{"name": "length", "effect": HALF, "limit": 0.1, "alarm": True, "says": "Padded."}],
        "| 0.100 | ALARM | Padded. |",
    ),
    "best_of_n": (
        "Best of n, judged by people",
        [{"n": 2, "kl": 0.193, "win_rate": HALF, "prompts": 80}],
        "| 2 | 0.193 |",
    ),
    "drift": (
        "Against the reward model before",
        {"flips": HALF, "rank_correlation": 0.8, "accuracy_change": None, "says": "Not compared.", "n": 90},
        "| change of accuracy | – |\n\nNot compared.",
    ),
    "learning_curve": (
        "Learning curve",
        {
            "points": [{"preferences": 1000, "accuracy": HALF}],
            "forecasts": [{"more": 4000, "accuracy": HALF}],
            "says": "4,000 more.",
        },
        "| 4,000 more (forecast) |",
    ),
    "labelers": (
        "Labelers",
        [{"annotator": 7, "reliability": HALF, "side_bias": HALF, "weight": 0.7}],
        "| 7 | 0.500 (0.400 to 0.600, n = 1,200) |",
    ),
    "groups": (
        "Two groups of labelers",
        {"gain": HALF, "apart": 0.2, "labelers": [], "alarm": True, "says": "They want two things."},
        "| alarm | ALARM |\n\nThey want two things.",
    ),
    "smoothing": (
        "Smoothed labels",
        {"curve": [], "movement": [], "refused": [], "plain_ratio": 2.4, "smoothed_ratio": 1.1},
        "| 2.400 |",
    ),
    "self_labels": (
        "Self-labels",
        {
            "loops": [
                {"loop": 1, "status": "seed", "admitted": 9, "remaining": 3, "accuracy": HALF, "kept": False}
            ],
            "audited": 5,
            "stopped": "Nothing is left.",
        },
        "rolled back",
    ),
    "principles": (
        "Principles",
        {"figures": [{"key": "kind", "labels": 80, "effect": 0.4}], "conflicts": 0},
        "| kind | 80 | – | – | 0.400 |",
    ),
}  # fmt: skip


def report(**sections: Any) -> RewardModelReport:
    return RewardModelReport.model_validate(PLAIN | sections)


def test_a_plain_report_makes_a_card_of_figures_and_settings_alone() -> None:
    job = RewardModelJob(config=RewardModelConfig(), backbone="starter-judge")
    card = reward_model_card(job, report(excluded={"empty completion": 2}), seed=7)
    assert card.startswith("---\nlibrary_name: transformers")
    assert "| held-out accuracy | 0.580 (0.400 to 0.600, n = 1,200) |" in card
    assert "| preferences | 1,200, 31 of them ties; left out: 2 empty completion |" in card
    assert '"margin_per_strength": 0.5' in card
    assert "## " not in card


@pytest.mark.parametrize("name", list(SECTIONS))
def test_each_section_is_on_the_card_once_it_has_figures(name: str) -> None:
    title, section, line = SECTIONS[name]
    text = report_sections(report(**{name: section}))
    assert text.startswith(f"## {title}\n\n")
    assert text.count("## ") == 1
    assert line in text


def test_every_section_of_the_report_is_on_the_card() -> None:
    optional = {name for name, field in RewardModelReport.model_fields.items() if not field.is_required()}
    assert optional - set(SECTIONS) == {"excluded", "prior_precision", "temperature", "feedback", "ceiling"}


def test_a_tag_cannot_break_out_of_its_cell() -> None:
    text = table(("slice",), [("tag: a | b\n# title <img src=x> ![x](http://x) `c`",)])
    assert text.splitlines()[2] == r"| tag: a \| b \# title \<img src=x\> \!\[x\](http://x) \`c\` |"
    assert len(text.splitlines()) == 3


def test_an_interval_that_is_missing_is_a_dash() -> None:
    assert interval_text(None) == "–"


def test_a_card_does_not_say_where_models_lie_on_the_machine_and_names_the_penalty_that_was_taken(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    monitor = {"preflight": False, "prompts": 0}
    job = rloo_job(llama_dir, reward_model_dir) | {"monitor": monitor}
    run = write_run(tmp_path / "run", job, prompts=prompts(6))
    assert execute(run) == 0
    card = (run / "model" / "README.md").read_text()
    assert f"from `{llama_dir.parent.name}/{llama_dir.name}`" in card
    assert str(llama_dir.parent) not in card
    assert str(reward_model_dir.parent) not in card
    assert '"kl_coef": 0.05' in card
