"""What an admin is told of how pairs were chosen, and what a project knows that helps to choose."""

import uuid

import numpy as np
import pytest

from annotate.models import Comparison, Preference, Project, Prompt, Round, User
from annotate.models.project_settings import QueuePolicy
from annotate.selectors.live_agreement import live_agreement_read
from annotate.selectors.queue_choice import queue_choice_read
from annotate.selectors.queue_plan import ChosenFor, queue_plan
from annotate.selectors.training_exclusions import Scope
from annotate.services.exclusions import exclusion_create
from benchmarks import labels
from tests.annotate.rounds_cast import label
from tests.conftest import Api
from tests.factories import comparison_make, prompt_make


@pytest.fixture
def round_(project: Project) -> Round:
    return Round.objects.create(project=project, number=3, status="done", trigger="button")


def chosen(
    round_: Round, prompt: Prompt, *, strategy: str = "composite", inclusion: float = 1.0, a_leads: bool = True
) -> Comparison:
    scores = ChosenFor(inclusion=inclusion, information=0.3, deficit=2.0, agreement=0.7, seconds=12.0)
    comparison = comparison_make(
        prompt=prompt,
        a=uuid.uuid4().hex,
        b=uuid.uuid4().hex,
        round=round_,
        strategy=strategy,
        scores=scores.model_dump(),
    )
    for completion, reward in ((comparison.completion_a, 1.0), (comparison.completion_b, 0.0)):
        completion.reward = reward if a_leads else -reward
        completion.save()
    return comparison


def test_strategies_are_told_with_their_shares_and_means(project: Project, round_: Round) -> None:
    prompt = prompt_make(project=project, text="Hello?")
    for _ in range(3):
        chosen(round_, prompt)
    chosen(round_, prompt, strategy="uniform", inclusion=0.1)
    choice = queue_choice_read(project=project)
    assert choice.round_number == 3
    assert [(row.strategy, row.comparisons, row.inclusion) for row in choice.chosen_by] == [
        ("composite", 3, 1.0),
        ("uniform", 1, pytest.approx(0.1)),
    ]
    assert choice.chosen_by[0].information == pytest.approx(0.3)


def test_tags_without_verdicts_come_first(project: Project, round_: Round) -> None:
    for i in range(4):
        prompt_make(project=project, text=f"Law {i}?")
    Prompt.objects.update(tags=["law"])
    cooking = [prompt_make(project=project, text=f"Cook {i}?") for i in range(4)]
    Prompt.objects.filter(pk__in=[prompt.pk for prompt in cooking]).update(tags=["cooking"])
    for prompt in cooking:
        label(comparison=comparison_make(prompt=prompt))
    found = queue_choice_read(project=project).tags
    by_tag = {row.tag: (row.prompts, row.labeled, row.verdicts) for row in found}
    assert [row.tag for row in found][:1] == ["law"]
    assert (by_tag["law"], by_tag["cooking"]) == ((4, 0, 0), (4, 4, 4))


def test_live_agreement_is_corrected_for_how_pairs_were_chosen(project: Project, round_: Round) -> None:
    prompt = prompt_make(project=project, text="Hello?")
    for i in range(40):  # taken for sure; foreseen half the time
        label(comparison=chosen(round_, prompt), winner="ab"[i % 2])
    for _ in range(20):  # one in twenty of all the others; always foreseen
        label(comparison=chosen(round_, prompt, strategy="uniform", inclusion=0.05))
    live = live_agreement_read(project=project)
    assert live.corrected is not None
    assert live.as_chosen is not None
    assert live.comparisons == 60
    assert live.as_chosen.value == pytest.approx(40 / 60)
    assert live.corrected.value == pytest.approx((20 + 400) / 440)
    assert live.alarm


def test_live_agreement_leaves_out_who_is_kept_out_of_training(
    project: Project, round_: Round, ada: User, ann: User, ben: User
) -> None:
    prompt = prompt_make(project=project, text="Hello?")
    for _ in range(10):
        pair = chosen(round_, prompt)
        label(comparison=pair, annotator=ann)
        label(comparison=pair, annotator=ben, winner="b")
    exclusion_create(project=project, scope=Scope(annotator_id=ben.pk), reason="Clicks at random.", actor=ada)
    live = live_agreement_read(project=project)
    assert live.as_chosen is not None
    assert (live.comparisons, live.as_chosen.value) == (10, 1.0)


def test_undone_verdicts_ties_and_pairs_without_rewards_are_not_counted(project: Project, round_: Round) -> None:
    prompt = prompt_make(project=project, text="Hello?")
    undone = label(comparison=chosen(round_, prompt))
    Preference.objects.filter(pk=undone.pk).update(superseded_at=undone.created_at)
    label(comparison=chosen(round_, prompt), winner=None)
    label(comparison=comparison_make(prompt=prompt, round=round_))
    live = live_agreement_read(project=project)
    assert (live.comparisons, live.corrected, live.alarm) == (0, None, False)


def test_a_plan_knows_what_is_labeled_how_long_it_took_and_who_agrees(project: Project) -> None:
    near, far = (
        prompt_make(project=project, text="How do I bake bread?"),
        prompt_make(project=project, text="Is rain wet?"),
    )
    asked = prompt_make(project=project, text="How do I bake bread at home?")
    for _ in range(3):
        label(comparison=comparison_make(prompt=asked), active_ms=9000)
    plan = queue_plan(project=project, policy=QueuePolicy(), prompt_ids={near.pk, far.pk})
    assert plan.coverage is not None
    places = plan.coverage.places([near.pk, far.pk])
    assert plan.coverage.labeled[places[0]] > 1
    assert plan.coverage.labeled[places[1]] == 0
    assert plan.coverage.density[places[1]] == 1
    assert plan.cost.seconds(np.array([40.0]))[0] > 4
    assert plan.agreement is None


def test_other_strategies_ask_the_database_nothing(project: Project, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert queue_plan(project=project, policy=QueuePolicy(strategy="uniform"), prompt_ids={1}).coverage is None


def test_the_benchmark_of_labels_measures_the_site_s_defaults() -> None:
    policy = QueuePolicy()
    assert (
        policy.strategy,
        policy.uniform_share,
        policy.prompts_per_pair,
    ) == (labels.DEFAULT, labels.UNIFORM_SHARE, labels.PROMPTS_PER_PAIR)


def test_the_choice_is_read_over_the_api(project: Project, ada: User, round_: Round, api: Api) -> None:
    chosen(round_, prompt_make(project=project, text="Hello?"))
    data = api(ada).get(f"/api/projects/{project.pk}/queue/choice/").data
    assert data["chosen_by"][0]["strategy"] == "composite"
    assert data["live"]["corrected"] is None
