import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotate.errors import AnnotateError
from annotate.models import Assignment, Comparison, Preference, PreferenceKind, Project, Skip, User
from annotate.models.question_form import Choice, QuestionForm
from annotate.selectors.queue import AssignmentOut
from annotate.services.assignments import assignments_release
from annotate.services.claims import queue_claim
from annotate.services.preferences import VerdictOut, preference_submit
from annotate.services.projects import form_publish, guidelines_publish
from annotate.services.skips import comparison_skip
from annotate.services.undo import judgement_undo
from annotate.services.verdicts import Verdict
from annotate.verdict_details import Details
from tests.factories import queue_make


def claim_one(project: Project, annotator: User) -> AssignmentOut:
    return queue_claim(project=project, annotator=annotator, count=1).assignments[0]


def verdict(slot: AssignmentOut, **fields: Any) -> Verdict:
    given: dict[str, Any] = {"kind": PreferenceKind.PREFER, "side": "left", "strength": 2, "active_ms": 900, **fields}
    given["details"] = Details(**{name: given.pop(name) for name in list(given) if name in Details.model_fields})
    return Verdict(client_id=given.pop("client_id", uuid.uuid4()), assignment_id=slot.id, **given)


def submit(project: Project, annotator: User, given: Verdict) -> VerdictOut:
    return preference_submit(project=project, annotator=annotator, verdict=given)


def lose(slot: AssignmentOut) -> None:
    """The slot's lease ends."""
    Assignment.objects.filter(pk=slot.id).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def refused(project: Project, annotator: User, given: Verdict) -> str:
    with pytest.raises(AnnotateError) as error:
        submit(project, annotator, given)
    assert error.value.status in (404, 409)
    return str(error.value.code)


def preferred_text(preference: Preference) -> str:
    pair = preference.comparison
    return (pair.completion_a if preference.winner == "a" else pair.completion_b).text


@pytest.mark.parametrize("left_is_a", [True, False])
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_winner_is_what_was_shown_on_the_chosen_side(
    project: Project, ann: User, left_is_a: bool, side: str
) -> None:
    queue_make(project=project, comparisons=1)
    slot = claim_one(project, ann)
    Assignment.objects.update(left_is_a=left_is_a)
    slot = claim_one(project, ann)
    submit(project, ann, verdict(slot, side=side))
    assert preferred_text(Preference.objects.get()) == (slot.left if side == "left" else slot.right).text


def test_a_verdict_keeps_everything_that_was_said(project: Project, ada: User, ann: User) -> None:
    queue_make(project=project, comparisons=1)
    newest = guidelines_publish(project=project, actor=ada, text="Prefer the shorter reply.")
    form = form_publish(project=project, actor=ada, form=QuestionForm(flags=(Choice(key="unsafe", label="Unsafe"),)))
    slot = claim_one(project, ann)
    given = verdict(slot, strength=4, rationale="clearer", flags={"right": ["unsafe"]})
    taken = submit(project, ann, given)
    row = Preference.objects.select_related("assignment").get(pk=taken.preference_id)
    assert row.assignment is not None
    right = "b" if row.assignment.left_is_a else "a"
    assert (row.kind, row.strength, row.rationale, row.flags) == ("prefer", 4, "clearer", {right: ["unsafe"]})
    assert row.form == form
    assert (row.annotator, row.active_ms, row.guidelines, row.client_id) == (ann, 900, newest, given.client_id)
    assert row.assignment is not None
    assert row.assignment.status == "done"
    assert row.superseded_at is None


@pytest.mark.parametrize("kind", ["tie", "both_bad", "both_good", "cannot_judge"])
def test_other_verdicts_have_no_winner(project: Project, ann: User, kind: str) -> None:
    queue_make(project=project, comparisons=1)
    submit(project, ann, verdict(claim_one(project, ann), kind=PreferenceKind(kind), side=None, strength=None))
    row = Preference.objects.get()
    assert (row.kind, row.winner, row.strength) == (kind, None, None)


def test_the_same_client_id_again_changes_nothing(project: Project, ann: User) -> None:
    queue_make(project=project, comparisons=1)
    given = verdict(claim_one(project, ann))
    first = submit(project, ann, given)
    again = submit(project, ann, given)
    assert again == first.model_copy(update={"replayed": True})
    assert Preference.objects.count() == 1


def test_a_late_copy_of_an_undone_verdict_does_not_come_back(project: Project, ann: User) -> None:
    queue_make(project=project, comparisons=1)
    slot = claim_one(project, ann)
    given = verdict(slot)
    submit(project, ann, given)
    judgement_undo(project=project, annotator=ann, assignment_id=slot.id)
    assert submit(project, ann, given).replayed
    assert not Preference.objects.filter(superseded_at=None).exists()


def test_a_client_id_names_one_verdict_only(project: Project, ann: User, ben: User) -> None:
    queue_make(project=project, comparisons=3)
    given = verdict(claim_one(project, ann))
    submit(project, ann, given)
    assert refused(project, ann, verdict(claim_one(project, ann), client_id=given.client_id)) == (
        "preference/client-id-reused"
    )
    assert refused(project, ben, verdict(claim_one(project, ben), client_id=given.client_id)) == (
        "preference/client-id-reused"
    )
    assert Preference.objects.count() == 1


def test_a_second_tab_cannot_judge_again(project: Project, ann: User) -> None:
    queue_make(project=project, comparisons=1, wanted=2)
    slot = claim_one(project, ann)
    submit(project, ann, verdict(slot, side="left"))
    assert refused(project, ann, verdict(slot, side="right")) == "preference/already-judged"
    assert Preference.objects.count() == 1


def test_a_verdict_needs_a_comparison_that_was_given(project: Project, ann: User, ben: User) -> None:
    queue_make(project=project, comparisons=1, wanted=2)
    slot = claim_one(project, ann)
    assert refused(project, ben, verdict(slot)) == "assignment/not-yours"
    assert refused(project, ann, Verdict(uuid.uuid4(), 10**9, PreferenceKind.TIE)) == "request/not-found"
    assert not Preference.objects.exists()


class TestALostLease:
    def test_is_no_loss_while_nobody_took_the_slot(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        lose(slot)
        submit(project, ann, verdict(slot))
        assert preferred_text(Preference.objects.get()) == slot.left.text

    def test_is_read_by_what_its_labeler_saw(self, project: Project, ann: User, ben: User) -> None:
        queue_make(project=project, comparisons=1)
        mine = claim_one(project, ann)
        seen = Assignment.objects.get().left_is_a
        lose(mine)
        assert claim_one(project, ben).id == mine.id
        Assignment.objects.update(left_is_a=not seen)  # the next labeler sees the pair the other way round
        submit(project, ann, verdict(mine))
        assert preferred_text(Preference.objects.get()) == mine.left.text
        assert Assignment.objects.get().left_is_a is seen

    def test_taken_over_while_unanswered_still_counts_and_the_other_is_told(
        self, project: Project, ann: User, ben: User
    ) -> None:
        queue_make(project=project, comparisons=1)
        mine = claim_one(project, ann)
        lose(mine)
        theirs = claim_one(project, ben)
        submit(project, ann, verdict(mine))
        assert refused(project, ben, verdict(theirs)) == "assignment/expired"
        assert Preference.objects.count() == 1
        assert Assignment.objects.get().annotator == ann

    def test_finds_another_slot_of_the_comparison(self, project: Project, ann: User, ben: User) -> None:
        queue_make(project=project, comparisons=1, wanted=2)
        mine = claim_one(project, ann)
        lose(mine)
        Assignment.objects.exclude(pk=mine.id).update(status="withdrawn")
        theirs = claim_one(project, ben)
        Assignment.objects.exclude(pk=mine.id).update(status="open")
        assert theirs.id == mine.id
        submit(project, ann, verdict(mine))
        submit(project, ben, verdict(theirs))
        assert Preference.objects.count() == 2
        assert set(Assignment.objects.values_list("status", flat=True)) == {"done"}

    def test_answered_by_another_is_refused_with_the_reason(self, project: Project, ann: User, ben: User) -> None:
        queue_make(project=project, comparisons=1)
        mine = claim_one(project, ann)
        lose(mine)
        submit(project, ben, verdict(claim_one(project, ben)))
        assert refused(project, ann, verdict(mine)) == "assignment/expired"

    def test_released_on_leaving_the_page_is_taken_too(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        assignments_release(project=project, annotator=ann, assignment_ids=[slot.id])
        submit(project, ann, verdict(slot))
        assert preferred_text(Preference.objects.get()) == slot.left.text

    def test_uses_the_slot_that_was_claimed_since(self, project: Project, ann: User, ben: User) -> None:
        queue_make(project=project, comparisons=1, wanted=2)
        mine = claim_one(project, ann)
        lose(mine)
        claim_one(project, ben)
        Assignment.objects.filter(annotator=ben).exclude(pk=mine.id).update(status="open", annotator=None)
        Assignment.objects.filter(pk=mine.id).update(
            annotator=ben, former_holders=_former(ann, mine), lease_expires_at=timezone.now() + timedelta(hours=1)
        )
        second = claim_one(project, ann)
        assert second.id != mine.id
        submit(project, ann, verdict(mine))
        assert Assignment.objects.get(pk=second.id).status == "done"
        assert Preference.objects.count() == 1


def _former(user: User, slot: AssignmentOut) -> list[dict[str, object]]:
    return [{"annotator": user.pk, "left_is_a": Assignment.objects.get(pk=slot.id).left_is_a}]


def test_a_verdict_on_a_pair_withdrawn_meanwhile_is_kept(project: Project, ann: User) -> None:
    queue_make(project=project, comparisons=1)
    slot = claim_one(project, ann)
    Comparison.objects.update(withdrawn_at=timezone.now())
    Assignment.objects.update(status="withdrawn")
    submit(project, ann, verdict(slot))
    assert Preference.objects.count() == 1


def test_verdicts_never_exceed_what_is_wanted(project: Project, ann: User, ben: User, eve: User) -> None:
    queue_make(project=project, comparisons=1, wanted=2)
    late = claim_one(project, eve)
    lose(late)
    for labeler in (ann, ben):
        submit(project, labeler, verdict(claim_one(project, labeler)))
    assert refused(project, eve, verdict(late)) == "assignment/expired"
    assert Preference.objects.count() == 2


class TestUndo:
    def test_gives_the_comparison_again_as_it_was_shown(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        submit(project, ann, verdict(slot))
        again = judgement_undo(project=project, annotator=ann, assignment_id=slot.id)
        assert (again.id, again.left, again.right) == (slot.id, slot.left, slot.right)
        assert Preference.objects.get().superseded_at is not None
        assert Assignment.objects.get().status == "leased"

    def test_twice_is_the_same_as_once(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        submit(project, ann, verdict(slot))
        first = judgement_undo(project=project, annotator=ann, assignment_id=slot.id)
        again = judgement_undo(project=project, annotator=ann, assignment_id=slot.id)
        assert again.id == first.id

    def test_allows_another_verdict(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        submit(project, ann, verdict(slot, side="left"))
        judgement_undo(project=project, annotator=ann, assignment_id=slot.id)
        submit(project, ann, verdict(slot, side="right"))
        live = Preference.objects.get(superseded_at=None)
        assert preferred_text(live) == slot.right.text
        assert Preference.objects.count() == 2

    def test_goes_back_several_steps(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=3)
        slots = []
        for _ in range(3):
            slots.append(claim_one(project, ann))
            submit(project, ann, verdict(slots[-1]))
        for slot in reversed(slots):
            judgement_undo(project=project, annotator=ann, assignment_id=slot.id)
        assert not Preference.objects.filter(superseded_at=None).exists()

    def test_of_another_verdict_than_named_is_refused(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        submit(project, ann, verdict(slot))
        with pytest.raises(AnnotateError, match="neither judged nor skipped"):
            judgement_undo(project=project, annotator=ann, assignment_id=slot.id, client_id=uuid.uuid4())
        assert Preference.objects.filter(superseded_at=None).count() == 1

    def test_of_anothers_verdict_is_refused(self, project: Project, ann: User, ben: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        submit(project, ann, verdict(slot))
        with pytest.raises(AnnotateError, match="neither judged nor skipped"):
            judgement_undo(project=project, annotator=ben, assignment_id=slot.id)


class TestSkip:
    def skip(self, project: Project, annotator: User, slot: AssignmentOut, client_id: uuid.UUID | None = None) -> None:
        comparison_skip(
            project=project,
            annotator=annotator,
            assignment_id=slot.id,
            client_id=client_id or uuid.uuid4(),
            reason="wrong language",
        )

    def test_passes_the_comparison_on_to_others(self, project: Project, ann: User, ben: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        self.skip(project, ann, slot)
        assert queue_claim(project=project, annotator=ann, count=1).assignments == []
        assert claim_one(project, ben).id == slot.id
        assert Skip.objects.get().reason == "wrong language"

    def test_twice_is_the_same_as_once(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        client_id = uuid.uuid4()
        for given in (client_id, client_id, uuid.uuid4()):
            self.skip(project, ann, slot, given)
        assert Skip.objects.count() == 1

    def test_can_be_undone(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        self.skip(project, ann, slot)
        assert judgement_undo(project=project, annotator=ann, assignment_id=slot.id).id == slot.id
        assert claim_one(project, ann).id == slot.id

    def test_a_late_copy_of_an_undone_skip_does_not_come_back(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        client_id = uuid.uuid4()
        self.skip(project, ann, slot, client_id)
        judgement_undo(project=project, annotator=ann, assignment_id=slot.id)
        self.skip(project, ann, slot, client_id)
        assert claim_one(project, ann).id == slot.id

    def test_cannot_be_undone_while_another_has_the_comparison(self, project: Project, ann: User, ben: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        self.skip(project, ann, slot)
        claim_one(project, ben)
        with pytest.raises(AnnotateError, match="Another labeler"):
            judgement_undo(project=project, annotator=ann, assignment_id=slot.id)
        assert Skip.objects.get().undone_at is None

    def test_of_a_judged_comparison_is_refused(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        submit(project, ann, verdict(slot))
        with pytest.raises(AnnotateError, match="judged this comparison already"):
            self.skip(project, ann, slot)

    def test_of_what_was_never_given_is_refused(self, project: Project, ann: User, ben: User) -> None:
        queue_make(project=project, comparisons=1)
        slot = claim_one(project, ann)
        with pytest.raises(AnnotateError, match="not given to you"):
            self.skip(project, ben, slot)

    def test_a_client_id_names_one_skip_only(self, project: Project, ann: User) -> None:
        queue_make(project=project, comparisons=2)
        client_id = uuid.uuid4()
        self.skip(project, ann, claim_one(project, ann), client_id)
        with pytest.raises(AnnotateError, match="another skip"):
            self.skip(project, ann, claim_one(project, ann), client_id)


def test_a_verdict_costs_one_statement(project: Project, ann: User) -> None:
    queue_make(project=project, comparisons=1)
    given = verdict(claim_one(project, ann))
    with CaptureQueriesContext(connection) as queries:
        submit(project, ann, given)
    assert len([q for q in queries if not (q["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))]) == 1
