import uuid
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from annotate.models import Preference, Project, User
from tests.factories import queue_make


@pytest.fixture
def preference(project: Project, ann: User) -> Preference:
    comparison = queue_make(project=project, comparisons=1)[0]
    return Preference.objects.create(
        project=project,
        comparison=comparison,
        annotator=ann,
        kind="prefer",
        winner="a",
        strength=2,
        client_id=uuid.uuid4(),
    )


def test_a_preference_can_be_superseded(preference: Preference) -> None:
    preference.superseded_at = timezone.now()
    preference.save()
    preference.refresh_from_db()
    assert preference.superseded_at is not None


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(lambda row: row.update(winner="b"), id="winner"),
        pytest.param(lambda row: row.update(strength=3), id="strength"),
        pytest.param(lambda row: row.update(rationale="better"), id="rationale"),
        pytest.param(lambda row: row.update(superseded_at=timezone.now(), winner="b"), id="both at once"),
        pytest.param(lambda row: row.delete(), id="delete"),
    ],
)
def test_the_database_refuses_to_rewrite_a_preference(
    preference: Preference, rewrite: Callable[[object], object]
) -> None:
    with pytest.raises(DatabaseError, match="supersede it"), transaction.atomic():
        rewrite(Preference.objects.filter(pk=preference.pk))
    preference.refresh_from_db()
    assert preference.winner == "a"


def test_a_superseded_preference_does_not_come_back(preference: Preference) -> None:
    row = Preference.objects.filter(pk=preference.pk)
    row.update(superseded_at=timezone.now())
    with pytest.raises(DatabaseError, match="superseded for good"), transaction.atomic():
        row.update(superseded_at=None)
