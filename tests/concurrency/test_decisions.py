"""Reviewers and admins who decide at the same moment."""

from functools import partial

import pytest

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import AuditEvent, Exclusion, Review, ReviewOutcome, User
from annotate.selectors.training_exclusions import Scope
from annotate.services.exclusions import exclusion_create, exclusion_lift
from annotate.services.review import Decision, review_settle
from tests.annotate.review_cast import judged
from tests.concurrency.crowd import all_at_once
from tests.factories import project_make, user_make

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_decisions_made_at_once_one_is_in_force_and_all_are_kept() -> None:
    ada, ann, ben = (user_make(name) for name in ("ada", "ann", "ben"))
    project = project_make(created_by=ada, labelers=(ann, ben))
    comparison, _ = judged(project, "pair", (ann, "a"), (ben, "b"))

    def settle(share_a: float) -> int:
        decision = Decision(ReviewOutcome.VALUE_DIFFERENCE, share_a=share_a)
        return review_settle(
            project=project, comparison_id=comparison.pk, decision=decision, reviewer=ada, is_admin=True
        ).pk

    made = all_at_once([partial(settle, n / 10) for n in range(8)])
    assert sorted(Review.objects.values_list("pk", flat=True)) == sorted(made)
    assert Review.objects.filter(superseded_at=None).count() == 1
    assert AuditEvent.objects.filter(action="review.settled").count() == 8


def test_an_exclusion_is_lifted_once_however_many_lift_it() -> None:
    ada, ann = user_make("ada"), user_make("ann")
    project = project_make(created_by=ada, labelers=(ann,))
    exclusion = exclusion_create(
        project=project, scope=Scope(annotator_id=ann.pk), reason="Clicked left for an hour.", actor=ada
    )

    def lift(actor: User) -> str:
        try:
            exclusion_lift(project=project, exclusion_id=exclusion.pk, actor=actor)
        except AnnotateError as error:
            return error.code
        return "lifted"

    outcomes = all_at_once([partial(lift, ada)] * 6)
    assert sorted(outcomes) == [ErrorCode.EXCLUSION_ALREADY_LIFTED] * 5 + ["lifted"]
    assert AuditEvent.objects.filter(action="exclusion.lifted").count() == 1
    assert Exclusion.objects.get().lifted_by == ada
