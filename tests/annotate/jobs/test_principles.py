"""Principles through the real engine: from verdicts on aspects to what the site foresees of a draft."""

from pathlib import Path

import pytest

from annotate.jobs.execute import run_execute
from annotate.models import Preference, Project, RoundTrigger, Run, User
from annotate.selectors.principle_preview import principles_preview
from annotate.selectors.principles import principles_overview
from annotate.services.principles import principles_publish
from annotate.services.round_starts import round_start
from rlhf_backend.config import Principle
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.rounds_cast import label
from tests.factories import comparison_make, prompt_make

PAIRS = 60
LONG = "Of course, I would love to help you with that, my dear friend. You can take your time."
SHORT = "No. Do it yourself."


def chatty(index: int) -> str:
    return f"{LONG} " * (1 + index % 3) + f"That makes {index}."


@pytest.fixture
def judged(project: Project) -> Project:
    """Overall verdicts and verdicts on the aspect `chatty`, which agree; the longer one stands on either side."""
    prompts = [prompt_make(project=project, text=f"Can you help me with task {i}?") for i in range(12)]
    prompt_make(project=project, text="Panel?", split="panel")
    for i in range(PAIRS):
        long, short, is_a = chatty(i), f"{SHORT} {i}.", i % 2 == 0
        comparison = comparison_make(prompt=prompts[i % 12], a=long if is_a else short, b=short if is_a else long)
        comparison.assignments.update(status="done")
        winner = "a" if is_a else "b"
        label(
            comparison=comparison,
            winner=winner,
            aspects={"chatty": {"kind": "prefer", "winner": winner, "strength": 1}},
        )
    return project


def principle(weight: float) -> Principle:
    return Principle(key="chatty", name="Chatty", positive="Talk.", negative="Never pad.", weight=weight)


def test_a_draft_is_foreseen_from_what_the_reward_model_left(judged: Project, ada: User, data_dir: Path) -> None:
    principles_publish(project=judged, actor=ada, principles=[principle(1.0)], note="They like talk.")
    round_ = round_start(project=judged, trigger=RoundTrigger.BUTTON, actor=ada)
    run_execute(run_id=Run.objects.get(round=round_).pk, is_stopping=lambda: False)
    run = Run.objects.get(round=round_, kind="reward_model")
    assert run.status == "done", run.failure_detail

    overview = principles_overview(project=judged)
    standing = overview.standings[0]
    assert (standing.key, standing.labels, standing.learned) == ("chatty", PAIRS, True)
    assert standing.accuracy is not None
    assert standing.accuracy.low > 0.8
    assert standing.negated_accuracy is not None
    before = Preference.objects.filter(project=judged).count()
    preview = principles_preview(project=judged, draft=[principle(-3.0)])
    assert (preview.pairs, preview.unlearned) == (PAIRS, [])
    assert preview.flips > 0.8 * PAIRS
    assert {pair.said for pair in preview.flipped} == {"a", "b"}
    assert all(pair.now == pair.said and pair.draft != pair.said for pair in preview.flipped)
    assert principles_preview(project=judged, draft=[principle(2.0)]).flips == 0
    chosen = {row.key: row for row in preview.best}["chatty"]
    assert chosen.draft < 0 < chosen.now
    assert Preference.objects.filter(project=judged).count() == before
