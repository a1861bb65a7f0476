"""Projects that are ready for a round, and the worker's part done in this process."""

import random
import uuid

from annotate.config.env import env
from annotate.jobs.execute import run_execute
from annotate.models import Comparison, Preference, Project, Run, RunStatus
from tests.factories import comparison_make, prompt_make

PROMPTS = 6
PANEL = 3


def label(*, comparison: Comparison, winner: str | None = "a", strength: int = 2, **fields: object) -> Preference:
    """A live preference on the comparison; `winner=None` is a tie."""
    verdict = (
        {"kind": "prefer", "winner": winner, "strength": strength}
        if winner
        else {"kind": "tie", "winner": None, "strength": None}
    )
    return Preference.objects.create(
        project=comparison.project, comparison=comparison, client_id=uuid.uuid4(), **{**verdict, **fields}
    )


def project_prepare(*, project: Project, preferences: int = 12, **settings: dict[str, object]) -> Project:
    """Train and panel prompts, preferences on the train prompts, settings changed section by section."""
    train = [prompt_make(project=project, text=f"Train {i}?") for i in range(PROMPTS)]
    for i in range(PANEL):
        prompt_make(project=project, text=f"Panel {i}?", split="panel")
    draw = random.Random(0)
    for i in range(preferences):
        comparison = comparison_make(prompt=train[i % PROMPTS], a=f"Good {i}.", b=f"Bad {i}.")
        comparison.assignments.update(status="done")
        label(comparison=comparison, winner=draw.choice("ab"))
    for section, values in settings.items():
        project.settings[section] = {**project.settings[section], **values}
    project.save()
    return project


def work() -> list[str]:
    """Do queued runs until none is left, as the worker would; the kinds done."""
    done = []
    while (run := Run.objects.filter(status=RunStatus.QUEUED).order_by("pk").first()) is not None:
        run_execute(run_id=run.pk, is_stopping=lambda: False)
        done.append(run.kind)
        assert len(done) < 30, f"the queue never empties: {done}"
    return done


def script(**behaviour: object) -> None:
    """What the fake engine does from now on; see `fake_engine`."""
    import json

    path = env().data_dir / "runs" / "script.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(behaviour))
