"""The queue's page stays right whatever becomes of withdrawn comparisons."""

from typing import Any

from django.utils import timezone

from annotate.models import Comparison, ModelVersion, Project, User
from annotate.selectors.queue_state import QueueOut, queue_read
from annotate.services.versions import version_activate
from tests.annotate.labeling_cast import Work, settings_set
from tests.conftest import Api
from tests.factories import queue_make


def slots(state: QueueOut) -> tuple[int, int, int, int]:
    assert state.open == sum(row.open for row in state.by_policy) == sum(row.open for row in state.by_strategy)
    return state.open, state.leased, state.done, state.withdrawn


def test_unanswered_slots_of_withdrawn_comparisons_count_as_withdrawn_only(
    project: Project, ada: User, ann: User, ben: User, api: Api
) -> None:
    queue_make(project=project, comparisons=3, wanted=2)
    anns, bens = Work(api(ann), project), Work(api(ben), project)
    judged = anns.claim()["assignments"][0]
    anns.judge(judged)
    held: list[dict[str, Any]] = []
    while len(held) < 3:  # two slots of one comparison may stand first: then one of them is left for later
        held = bens.claim(3)["assignments"]
    assert slots(queue_read(project=project)) == (2, 3, 1, 0)
    base = ModelVersion.objects.get(project=project)
    other = ModelVersion.objects.create(project=project, kind="policy", number=1, source="starter")
    version_activate(version=other, actor=ada)
    assert slots(queue_read(project=project)) == (0, 0, 1, 5)
    anns.undo(judged)
    assert slots(queue_read(project=project)) == (0, 0, 0, 6), "a verdict taken back does not open the slot again"
    anns.release(judged)
    assert slots(queue_read(project=project)) == (0, 0, 0, 6), "nor does giving it back"
    bens.judge(held[0])
    assert slots(queue_read(project=project)) == (0, 0, 1, 5)
    version_activate(version=base, actor=ada)
    assert slots(queue_read(project=project)) == (3, 2, 1, 0)


def test_what_a_skip_withdrew_counts_as_withdrawn(project: Project, ann: User, api: Api) -> None:
    settings_set(project, queue={"skipped_go_to": "nobody"})
    queue_make(project=project, comparisons=2, wanted=3)
    work = Work(api(ann), project)
    work.skip(work.claim()["assignments"][0])
    assert slots(queue_read(project=project)) == (3, 0, 0, 3)


def test_a_slot_left_open_on_a_withdrawn_comparison_is_not_shown_as_next(project: Project) -> None:
    queue_make(project=project, comparisons=2)
    Comparison.objects.filter(pk__in=list(Comparison.objects.values_list("pk", flat=True)[:1])).update(
        withdrawn_at=timezone.now(), withdrawn_for="policy"
    )
    state = queue_read(project=project)
    assert slots(state) == (1, 0, 0, 1)
    assert len(state.next) == 1
