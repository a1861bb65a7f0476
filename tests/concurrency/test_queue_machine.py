"""Random histories of one small queue, checked after each step against what a labeler may rely on."""

import random
import uuid
from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import Assignment, Comparison, Preference, PreferenceKind, Skip
from annotate.selectors.queue import AssignmentOut
from annotate.services import mixing
from annotate.services.assignments import assignments_heartbeat, assignments_release
from annotate.services.claims import queue_claim
from annotate.services.preferences import preference_submit
from annotate.services.skips import comparison_skip
from annotate.services.undo import judgement_undo
from annotate.services.verdicts import Verdict
from tests.annotate.labeling_cast import gold_make, settings_set
from tests.factories import project_make, queue_make, user_make

WANTED = 2
_numbers = count()
labelers = st.integers(0, 2)
picks = st.integers(0, 50)


class QueueMachine(RuleBasedStateMachine):
    """Three labelers, three comparisons of two verdicts each; every history is rolled back at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.users = [user_make(f"u{next(_numbers)}") for _ in range(3)]
        self.project = project_make(created_by=self.users[0], labelers=tuple(self.users[1:]))
        queue_make(project=self.project, comparisons=3, wanted=WANTED)
        self.seen: dict[int, list[AssignmentOut]] = {0: [], 1: [], 2: []}
        self.sent: list[tuple[int, Verdict]] = []
        self.accepted: dict[uuid.UUID, tuple[int, str]] = {}
        """Live verdicts: client id → preference, text preferred."""

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @rule(who=labelers, wanted=st.integers(1, 3))
    def claim(self, who: int, wanted: int) -> None:
        user = self.users[who]
        judged = set(self._live().filter(annotator=user).values_list("comparison_id", flat=True))
        skips = Skip.objects.filter(annotator=user, undone_at=None, final=True)
        skipped = set(skips.values_list("comparison_id", flat=True))
        for slot in queue_claim(project=self.project, annotator=user, count=wanted).assignments:
            assert slot.comparison_id not in judged | skipped
            assert Comparison.objects.get(pk=slot.comparison_id).withdrawn_at is None
            self.seen[who].append(slot)

    @rule(who=labelers, pick=picks, left=st.booleans())
    def judge(self, who: int, pick: int, left: bool) -> None:
        if not self.seen[who]:
            return
        slot = self.seen[who][pick % len(self.seen[who])]
        given = Verdict(uuid.uuid4(), slot.id, PreferenceKind.PREFER, "left" if left else "right", 1)
        done = self._live().filter(comparison=slot.comparison_id).count()
        mine = self._live().filter(comparison=slot.comparison_id, annotator=self.users[who]).exists()
        try:
            taken = preference_submit(project=self.project, annotator=self.users[who], verdict=given)
        except AnnotateError as error:
            expected = ErrorCode.ALREADY_JUDGED if mine else ErrorCode.ASSIGNMENT_EXPIRED
            assert error.code == expected  # noqa: PT017  (a history has more than one right outcome)
            assert mine or done == self._most(slot.comparison_id), "refused though a verdict was wanted"
            return
        self.sent.append((who, given))
        self.accepted[given.client_id] = (taken.preference_id, (slot.left if left else slot.right).text)

    @rule(pick=picks)
    def send_again(self, pick: int) -> None:
        if self.sent:
            who, given = self.sent[pick % len(self.sent)]
            assert preference_submit(project=self.project, annotator=self.users[who], verdict=given).replayed

    @rule(pick=picks)
    def undo(self, pick: int) -> None:
        if self.sent:
            who, given = self.sent[pick % len(self.sent)]
            try:
                judgement_undo(
                    project=self.project,
                    annotator=self.users[who],
                    assignment_id=given.assignment_id,
                    client_id=given.client_id,
                )
            except AnnotateError:
                return
            self.accepted.pop(given.client_id, None)

    @rule(who=labelers, pick=picks)
    def skip(self, who: int, pick: int) -> None:
        if self.seen[who]:
            slot = self.seen[who][pick % len(self.seen[who])]
            try:
                comparison_skip(
                    project=self.project,
                    annotator=self.users[who],
                    assignment_id=slot.id,
                    client_id=uuid.uuid4(),
                    reason="",
                )
            except AnnotateError as error:
                assert error.code == ErrorCode.ALREADY_JUDGED  # noqa: PT017

    @rule(who=labelers, pick=picks)
    def release(self, who: int, pick: int) -> None:
        if self.seen[who]:
            slot = self.seen[who][pick % len(self.seen[who])]
            assignments_release(project=self.project, annotator=self.users[who], assignment_ids=[slot.id])

    @rule(who=labelers)
    def heartbeat(self, who: int) -> None:
        """A page renews all it ever showed; only what is still held counts, and is then safe from others."""
        user = self.users[who]
        mine = Assignment.objects.filter(
            project=self.project, annotator=user, status="leased", comparison__withdrawn_at=None
        )
        expected = set(mine.values_list("pk", flat=True)) & {slot.id for slot in self.seen[who]}
        held = assignments_heartbeat(
            project=self.project, annotator=user, assignment_ids=[slot.id for slot in self.seen[who]]
        )
        assert set(held) == expected
        assert all(slot.lease_expires_at > timezone.now() for slot in mine.filter(pk__in=held))
        for other in self.users:
            if other != user:
                given = queue_claim(project=self.project, annotator=other, count=1).assignments
                assert not {slot.id for slot in given} & set(held)
                self.seen[self.users.index(other)] += given

    @rule()
    def leases_end(self) -> None:
        # The database's clock stands still within a transaction, so the end lies well before its beginning.
        Assignment.objects.filter(project=self.project, status="leased").update(
            lease_expires_at=timezone.now() - timedelta(hours=1)
        )

    @rule(pick=picks)
    def withdraw(self, pick: int) -> None:
        pairs = list(Comparison.objects.filter(project=self.project).order_by("pk"))
        pair = pairs[pick % len(pairs)]
        Comparison.objects.filter(pk=pair.pk).update(withdrawn_at=timezone.now())
        Assignment.objects.filter(comparison=pair, status__in=["open", "leased"]).update(status="withdrawn")

    @invariant()
    def what_was_accepted_stands_as_it_was_meant(self) -> None:
        rows = {
            row.client_id: row
            for row in self._live().select_related("comparison__completion_a", "comparison__completion_b")
        }
        assert set(rows) == set(self.accepted)
        for client_id, (pk, text) in self.accepted.items():
            row = rows[client_id]
            chosen = row.comparison.completion_a if row.winner == "a" else row.comparison.completion_b
            assert (row.pk, chosen.text) == (pk, text)

    @invariant()
    def verdicts_and_slots_agree(self) -> None:
        live = Counter(self._live().values_list("comparison_id", flat=True))
        done = Counter(
            Assignment.objects.filter(project=self.project, status="done").values_list("comparison_id", flat=True)
        )
        assert live == done
        assert all(number <= self._most(comparison) for comparison, number in live.items())

    def _most(self, comparison_id: int) -> int:
        """Verdicts that a comparison may have."""
        return WANTED

    def _live(self) -> QuerySet[Preference]:
        return Preference.objects.filter(project=self.project, superseded_at=None)


class MixedQueueMachine(QueueMachine):
    """The same, with known pairs mixed in, groups and all ways of a skip, changed while people work."""

    mixed_in = 0
    """Known pairs met, over all histories."""

    def __init__(self) -> None:
        super().__init__()
        self.gold = {comparison.pk for comparison in gold_make(self.project, 3)}
        self.owners: dict[int, int] = {}
        """Reserved slot → its labeler."""

    @rule(gold=st.sampled_from([0.0, 0.5]), skipped=st.sampled_from(["others", "the_end", "nobody"]))
    def change_the_rules(self, gold: float, skipped: str) -> None:
        settings_set(self.project, queue={"gold_share": gold, "skipped_go_to": skipped})

    @rule(groups=st.sampled_from([[], ["doctors"]]), pick=picks)
    def change_who_may_label(self, groups: list[str], pick: int) -> None:
        pairs = list(Comparison.objects.filter(project=self.project, kind="normal").order_by("pk"))
        pair = pairs[pick % len(pairs)]
        Comparison.objects.filter(pk=pair.pk).update(required_groups=groups)
        Assignment.objects.filter(comparison=pair).update(required_groups=groups)

    @rule(who=labelers, wanted=st.integers(1, 3))
    def claim_by_group(self, who: int, wanted: int) -> None:
        """What a labeler in no group is newly given asks for none; what they hold already they may finish."""
        user = self.users[who]
        held = set(Assignment.objects.filter(annotator=user, status="leased").values_list("pk", flat=True))
        for slot in queue_claim(project=self.project, annotator=user, count=wanted).assignments:
            if slot.id not in held:
                assert Comparison.objects.get(pk=slot.comparison_id).required_groups == []
            self.seen[who].append(slot)

    @rule(who=labelers, pick=picks)
    def undo_verdict_or_skip(self, who: int, pick: int) -> None:
        if not self.seen[who]:
            return
        slot = self.seen[who][pick % len(self.seen[who])]
        mine = self._live().filter(annotator=self.users[who], comparison=slot.comparison_id).first()
        try:
            again = judgement_undo(project=self.project, annotator=self.users[who], assignment_id=slot.id)
        except AnnotateError as error:
            assert error.code in (ErrorCode.NOTHING_TO_UNDO, ErrorCode.ASSIGNMENT_EXPIRED)  # noqa: PT017
            return
        assert again.comparison_id == slot.comparison_id
        assert {again.left.text, again.right.text} == {slot.left.text, slot.right.text}
        self.seen[who].append(again)
        self.accepted.pop(mine.client_id if mine else uuid.uuid4(), None)

    @invariant()
    def a_reserved_slot_keeps_its_labeler(self) -> None:
        reserved = Assignment.objects.filter(project=self.project, reserved=True)
        now: dict[int, int] = {pk: owner for pk, owner in reserved.values_list("pk", "annotator") if owner}
        assert self.owners.items() <= now.items()
        assert {
            slot for slot, comparison in reserved.values_list("pk", "comparison") if comparison in self.gold
        } == set(Assignment.objects.filter(comparison__in=self.gold).values_list("pk", flat=True))
        self.owners = now
        MixedQueueMachine.mixed_in += len(now)

    def _most(self, comparison_id: int) -> int:
        return len(self.users) if comparison_id in self.gold else WANTED


@pytest.mark.django_db
@pytest.mark.parametrize("machine", [QueueMachine, MixedQueueMachine])
def test_any_history_keeps_what_was_accepted_and_never_more_than_is_wanted(
    machine: type[QueueMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mixing, "draw", random.Random(5))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if machine is MixedQueueMachine:
        assert MixedQueueMachine.mixed_in > 0, "no history met a known pair: the machine tested nothing"
