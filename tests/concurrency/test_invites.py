from functools import partial

import pytest

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import Invite, Membership, Role, User
from annotate.services.invites import invite_accept, invite_create
from tests.concurrency.crowd import all_at_once
from tests.factories import project_make, user_make

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_invite_for_three_lets_in_three_of_eight_that_come_at_once() -> None:
    ada = user_make("ada")
    project = project_make(created_by=ada)
    secret = invite_create(project=project, actor=ada, role=Role.LABELER, max_uses=3, days=1).secret

    def join(user: User) -> str:
        try:
            invite_accept(secret=secret, user=user)
        except AnnotateError as error:
            return error.code
        return "joined"

    outcomes = all_at_once([partial(join, user_make(f"guest-{n}")) for n in range(8)])
    assert sorted(outcomes) == [ErrorCode.INVITE_INVALID] * 5 + ["joined"] * 3
    assert Membership.objects.filter(project=project, role=Role.LABELER).count() == 3
    assert Invite.objects.get().uses == 3


def test_one_person_who_accepts_twice_at_once_joins_once() -> None:
    ada, guest = user_make("ada"), user_make("guest")
    project = project_make(created_by=ada)
    secret = invite_create(project=project, actor=ada, role=Role.LABELER, max_uses=5, days=1).secret
    all_at_once([partial(invite_accept, secret=secret, user=guest)] * 4)
    assert Membership.objects.filter(project=project, user=guest).count() == 1
    assert Invite.objects.get().uses == 1


def test_one_name_taken_twice_at_once_makes_one_account() -> None:
    ada = user_make("ada")
    project = project_make(created_by=ada)
    secrets = [
        invite_create(project=project, actor=ada, role=Role.LABELER, max_uses=1, days=1).secret for _ in range(4)
    ]

    def join(secret: str) -> str:
        try:
            invite_accept(secret=secret, user=None, username="zoe", password="a long enough phrase")
        except AnnotateError as error:
            assert error.fields is not None  # noqa: PT017
            return f"{error.status} {next(iter(error.fields))}"
        return "joined"

    outcomes = all_at_once([partial(join, secret) for secret in secrets])
    assert sorted(outcomes) == ["400 username"] * 3 + ["joined"]
    assert User.objects.filter(username="zoe").count() == 1
