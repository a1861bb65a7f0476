"""What a reward model made of its preferences: from the run directory to rows, and what it is compared with."""

import shutil
from pathlib import Path

from annotate.models import ModelVersion, PreferenceEffect, Project, RoundTrigger, Run, RunStatus, User
from annotate.selectors.model_sources import model_directory
from annotate.services.round_starts import round_start
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.review_cast import judged
from tests.annotate.rounds_cast import label, project_prepare, work


def start(project: Project, ada: User) -> Run:
    """A round begun by the button; its reward model's run."""
    round_ = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    return Run.objects.get(round=round_, kind="reward_model")


def test_a_finished_run_keeps_an_effect_for_each_preference_that_compares(
    project: Project, ada: User, ann: User, fake_engine: Path
) -> None:
    project_prepare(project=project)
    bad = label(comparison=judged(project, "bad")[0], annotator=ann, winner=None, kind="both_bad")
    run = start(project, ada)
    assert run.job["predecessor"] is None
    work()
    model = ModelVersion.objects.get(run=run)
    effects = PreferenceEffect.objects.filter(reward_model=model)
    assert run.snapshot is not None
    assert [*sorted(effects.values_list("preference_id", flat=True)), bad.pk] == run.snapshot.preference_ids
    assert set(effects.values_list("before", "after", "held_out", "pull")) == {(None, 0.8, 0.6, 0.1)}


def test_the_next_reward_model_is_compared_with_the_one_in_use(
    project: Project, ada: User, ann: User, fake_engine: Path
) -> None:
    project_prepare(project=project)
    first = start(project, ada)
    work()
    judged(project, "one more", (ann, "a"))
    second = start(project, ada)
    in_use = ModelVersion.objects.get(run=first)
    assert second.job["predecessor"] == in_use.source
    work()
    made = PreferenceEffect.objects.filter(reward_model__run=second)
    assert set(made.values_list("before", flat=True)) == {0.4}
    assert PreferenceEffect.objects.filter(reward_model=in_use).count() == made.count() - 1


def test_a_reward_model_that_is_no_longer_on_disk_is_not_compared_with(
    project: Project, ada: User, ann: User, fake_engine: Path
) -> None:
    project_prepare(project=project)
    first = start(project, ada)
    work()
    place = model_directory(source=ModelVersion.objects.get(run=first).source)
    assert place is not None
    shutil.rmtree(place)
    judged(project, "one more", (ann, "a"))
    second = start(project, ada)
    assert second.job["predecessor"] is None


def test_a_run_without_its_effects_is_not_half_published(project: Project, ada: User, fake_engine: Path) -> None:
    project_prepare(project=project)
    run = start(project, ada)
    work()
    finished = fake_engine / "runs" / str(run.pk)
    assert (finished / "effects.jsonl").exists()
    # The same directory again, as a worker finds it that died before the database knew.
    PreferenceEffect.objects.all().delete()
    Run.objects.filter(pk=run.pk).update(status=RunStatus.QUEUED)
    ModelVersion.objects.filter(run=run).update(run=None)
    (finished / "effects.jsonl").write_text('{"preference_id": 1}\n')
    work()
    run.refresh_from_db()
    assert (run.status, PreferenceEffect.objects.count()) == (RunStatus.FAILED, 0)
    assert not ModelVersion.objects.filter(run=run).exists()
