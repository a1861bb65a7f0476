"""Pairs of the policy and the base policy, and what people make of what is new."""

import pytest
from django.db.models import F

from annotate.errors import AnnotateError
from annotate.models import (
    Comparison,
    ComparisonKind,
    Completion,
    ModelVersion,
    Project,
    Round,
    RoundTrigger,
    Run,
    User,
)
from annotate.models.project_settings import ProjectSettings
from annotate.selectors.novelty import novelty_read
from annotate.selectors.training_exclusions import Scope
from annotate.services.exclusions import exclusion_create
from annotate.services.projects import ProjectChange, project_change
from annotate.services.round_starts import round_start
from rlhf_backend.config import RunKind
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import PROMPTS, label, project_prepare, work

pytestmark = pytest.mark.usefixtures("fake_engine")


def explored(project: Project, ada: User, exploration: str, **sections: dict[str, object]) -> Round:
    """A whole round with this exploration."""
    project_prepare(project=project, queue={"exploration": exploration}, **sections)
    round_ = round_start(project=project, actor=ada, trigger=RoundTrigger.BUTTON)
    work()
    round_.refresh_from_db()
    assert round_.status == "done", (round_.status, round_.failure_detail)
    return round_


def pairs_of(round_: Round) -> list[Comparison]:
    found = Comparison.objects.filter(round=round_, kind=ComparisonKind.NORMAL)
    return list(found.select_related("completion_a", "completion_b"))


def anchors_in(pair: Comparison) -> int:
    return sum(bool(c.sampling["anchor"]) for c in (pair.completion_a, pair.completion_b))


def test_anchored_pairs_set_the_policy_against_the_base_policy(project: Project, ada: User) -> None:
    round_ = explored(project, ada, "anchored")
    pairs = pairs_of(round_)
    assert len(pairs) >= PROMPTS
    assert {anchors_in(pair) for pair in pairs} == {1}
    assert {pair.strategy for pair in pairs} == {"uniform"}
    base = ModelVersion.objects.get(project=project, kind="policy", number=0)
    for completion in Completion.objects.filter(run__round=round_, run__kind=RunKind.SAMPLING):
        assert completion.policy == (base if completion.sampling["anchor"] else round_.policy)
        assert completion.ref_logprob is not None


def test_other_pairs_are_the_policy_s_own_and_still_know_how_new_they_are(project: Project, ada: User) -> None:
    round_ = explored(project, ada, "uncertainty")
    assert {anchors_in(pair) for pair in pairs_of(round_)} == {0}
    assert {pair.strategy for pair in pairs_of(round_)} == {"uniform", "composite"}
    sampled = Completion.objects.filter(run__round=round_, run__kind=RunKind.SAMPLING)
    assert not sampled.filter(ref_logprob=None).exists()


def test_passive_pairs_are_left_to_chance(project: Project, ada: User) -> None:
    assert {pair.strategy for pair in pairs_of(explored(project, ada, "passive"))} == {"uniform"}


def test_xpo_tunes_as_it_explores(project: Project, ada: User) -> None:
    round_ = explored(project, ada, "xpo", policy={"method": "xpo"})
    assert {anchors_in(pair) for pair in pairs_of(round_)} == {1}
    assert Run.objects.get(round=round_, kind=RunKind.POLICY).job["config"]["method"] == "xpo"


def test_xpo_pairs_without_xpo_are_refused() -> None:
    with pytest.raises(ValueError, match=r"queue.exploration is xpo, but policy.method is rloo"):
        ProjectSettings.model_validate({"queue": {"exploration": "xpo"}})


def test_novelty_tells_what_is_new_and_whether_people_like_it(project: Project, ada: User) -> None:
    round_ = explored(project, ada, "anchored")
    for i, pair in enumerate(pairs_of(round_)):
        policy_is_a = not pair.completion_a.sampling["anchor"]
        prefers_policy = i % 4 != 0
        label(comparison=pair, winner="a" if policy_is_a == prefers_policy else "b")
    (found,) = novelty_read(project=project).rounds
    assert found.round_number == round_.number
    # The fake reference finds its own completions .6 nats a token, the policy's four 2.0, 2.2, 2.4 and 2.6.
    assert found.base == pytest.approx(0.6)
    assert found.policy == pytest.approx(2.3)
    assert found.preferred is not None
    assert 2.0 <= found.preferred <= 2.6
    assert found.won is not None
    assert found.won.n == len(pairs_of(round_))
    assert found.won.value == pytest.approx(0.75, abs=0.05)
    assert found.discoveries == round(found.won.value * found.won.n)


def test_novelty_of_a_project_before_its_first_tuning_is_empty(project: Project) -> None:
    assert novelty_read(project=project).rounds == []


def test_a_verdict_that_was_taken_back_counts_nowhere(project: Project, ada: User) -> None:
    round_ = explored(project, ada, "anchored")
    given = label(comparison=pairs_of(round_)[0])
    type(given).objects.filter(pk=given.pk).update(superseded_at=F("created_at"))
    (found,) = novelty_read(project=project).rounds
    assert (found.won, found.preferred, found.discoveries) == (None, None, 0)


def test_what_is_kept_out_of_training_does_not_tell_what_people_prefer(project: Project, ada: User, ann: User) -> None:
    round_ = explored(project, ada, "anchored")
    label(comparison=pairs_of(round_)[0], annotator=ann)
    (found,) = novelty_read(project=project).rounds
    assert found.won is not None
    exclusion_create(project=project, scope=Scope(annotator_id=ann.pk), reason="Clicks at random.", actor=ada)
    (found,) = novelty_read(project=project).rounds
    assert (found.won, found.preferred, found.discoveries) == (None, None, 0)


def test_only_servers_that_the_operator_lists_can_be_named(
    project: Project, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ProjectSettings.model_validate({"sampling": {"server": "http://10.0.0.9:8000/v1"}})
    with pytest.raises(AnnotateError, match="RLHF_SAMPLING_SERVERS"):
        project_change(project=project, actor=ada, change=ProjectChange(settings=settings))
    allowed = "http://elsewhere/v1, http://10.0.0.9:8000/v1/"
    monkeypatch.setattr("annotate.services.projects.env", lambda: type("Env", (), {"sampling_servers": allowed}))
    project_change(project=project, actor=ada, change=ProjectChange(settings=settings))


def test_a_server_is_asked_for_the_policy_by_its_number(
    project: Project, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = {"server": "http://gpu:8000/v1", "server_model": "prefloop/{number}"}
    round_ = explored(project, ada, "uncertainty", sampling=server)
    job = Run.objects.get(round=round_, kind=RunKind.SAMPLING).job
    assert round_.policy is not None
    assert job["server_model"] == f"prefloop/{round_.policy.number}"
