"""What a round puts into the queue: pairs, or rankings where the question form asks for them."""

import pytest

from annotate.models import Assignment, Comparison, Completion, Preference, Project, Round, User
from annotate.models.question_form import QuestionForm
from annotate.services.claims import queue_claim
from annotate.services.projects import form_publish
from annotate.services.round_starts import round_bootstrap
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import PROMPTS, project_prepare, work

pytestmark = pytest.mark.usefixtures("fake_engine")
DISTINCT = 3
"""The fake engine's four samples of a prompt hold three texts."""


def bootstrapped(project: Project, ada: User, form: QuestionForm) -> Round:
    project_prepare(project=project, preferences=0)
    form_publish(project=project, actor=ada, form=form)
    round_ = round_bootstrap(project=project, actor=ada)
    assert work() == ["sampling"]
    return round_


def test_a_form_of_pairs_queues_pairs(project: Project, ada: User) -> None:
    round_ = bootstrapped(project, ada, QuestionForm(both_good=True))
    comparisons = Comparison.objects.filter(round=round_)
    assert comparisons.count() == PROMPTS * DISTINCT  # every pair of three texts
    assert not comparisons.exclude(more=[]).exists()
    assert not Assignment.objects.exclude(shown_order=[]).exists()


def test_a_form_of_rankings_queues_one_of_each_prompt_s_distinct_texts(project: Project, ada: User) -> None:
    round_ = bootstrapped(project, ada, QuestionForm(mode="ranking", ranked=4))
    comparisons = list(Comparison.objects.filter(round=round_))
    assert len(comparisons) == PROMPTS
    for comparison in comparisons:
        ids = [comparison.completion_a_id, comparison.completion_b_id, *comparison.more]
        texts = set(Completion.objects.filter(pk__in=ids, prompt=comparison.prompt_id).values_list("text", flat=True))
        assert len(texts) == len(ids) == DISTINCT
        (slot,) = comparison.assignments.all()
        assert sorted(slot.shown_order) == list(range(DISTINCT))


def test_each_labeler_of_a_ranking_has_an_order_of_their_own(project: Project, ada: User) -> None:
    project.settings["queue"] = {**project.settings["queue"], "overlap": 6}
    bootstrapped(project, ada, QuestionForm(mode="ranking", ranked=3))
    orders = {tuple(order) for order in Assignment.objects.values_list("shown_order", flat=True)}
    assert len(orders) == 6, "36 slots should show every order of three"


def test_a_labeler_sees_a_ranking_in_the_order_drawn(project: Project, ada: User, ann: User) -> None:
    bootstrapped(project, ada, QuestionForm(mode="ranking", ranked=3))
    shown = queue_claim(project=project, annotator=ann, count=3).assignments
    assert len(shown) == 3
    for slot in shown:
        stored = Assignment.objects.select_related("comparison").get(pk=slot.id)
        comparison = stored.comparison
        ids = [comparison.completion_a_id, comparison.completion_b_id, *comparison.more]
        texts = [Completion.objects.get(pk=ids[position]).text for position in stored.shown_order]
        assert [completion.text for completion in slot.completions] == texts
        assert [slot.left.text, slot.right.text] == texts[:2]
    assert not Preference.objects.exists()
