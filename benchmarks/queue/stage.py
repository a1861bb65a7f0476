"""Fill a migrated database for the benchmark; a process of its own, because it needs Django's settings.

    python -m benchmarks.queue.stage < '{"comparisons": …, "short_comparisons": …, "overlap": 3, "labelers": 100}'

Prints what the other processes need: ids of the two projects, the labelers with their sessions.
"""

import json
import secrets
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Model  # noqa: E402

from annotate.models import (  # noqa: E402
    Assignment,
    Comparison,
    Completion,
    CompletionSource,
    FormVersion,
    GuidelineVersion,
    Membership,
    ModelKind,
    ModelStatus,
    ModelVersion,
    Project,
    Prompt,
    Role,
    User,
)
from annotate.models.project_settings import ProjectSettings  # noqa: E402
from annotate.models.question_form import QuestionForm  # noqa: E402

PROMPTS, COMPLETIONS = 50, 8
QUESTION = "How would you explain to a newcomer why the tides come twice a day, and not once? " * 2
REPLY = "The moon pulls on the near side of the earth a little more than on its centre, and least on the far side. " * 6


def main() -> None:
    wanted = json.load(sys.stdin)
    people = labelers_make(wanted["labelers"])
    long, short = (
        project_make(name, people, comparisons=wanted[key], overlap=wanted["overlap"])
        for name, key in (("Long queue", "comparisons"), ("Short queue", "short_comparisons"))
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
    sessions = [{"user": user.pk, "session": session_make(user)} for user in people]
    print(json.dumps({"long": long.pk, "short": short.pk, "labelers": sessions}))


def labelers_make(number: int) -> list[User]:
    people = [User(username=f"labeler-{n}", password=f"!{secrets.token_urlsafe(20)}") for n in range(number)]
    return User.objects.bulk_create(people)


def session_make(user: User) -> str:
    """The key of a session as logging in would make it."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def project_make(name: str, people: list[User], *, comparisons: int, overlap: int) -> Project:
    """A project whose queue holds `comparisons` × `overlap` open slots."""
    ada = User.objects.get(username="ada")
    typed = ProjectSettings.model_validate({"queue": {"overlap": overlap}})
    project = Project.objects.create(
        name=name,
        base_policy="starter",
        reward_backbone="starter-judge",
        settings=typed.model_dump(mode="json"),
        created_by=ada,
    )
    FormVersion.objects.create(project=project, number=1, form=QuestionForm().model_dump(mode="json"), created_by=ada)
    GuidelineVersion.objects.create(project=project, number=1, text="Prefer the clearer reply.", created_by=ada)
    Membership.objects.bulk_create(Membership(project=project, user=user, role=Role.LABELER) for user in people)
    texts_make(project)
    queue_make(project, comparisons=comparisons, overlap=overlap)
    return project


def texts_make(project: Project) -> None:
    policy = ModelVersion.objects.create(
        project=project, kind=ModelKind.POLICY, number=0, status=ModelStatus.ACTIVE, source="starter"
    )
    prompts = Prompt.objects.bulk_create(
        Prompt(project=project, messages=[{"role": "user", "content": f"{n}. {QUESTION}"}], content_sha256=f"{n}")
        for n in range(PROMPTS)
    )
    Completion.objects.bulk_create(
        Completion(project=project, prompt=prompt, source=CompletionSource.POLICY, policy=policy, text=f"({n}) {REPLY}")
        for prompt in prompts
        for n in range(COMPLETIONS)
    )


def queue_make(project: Project, *, comparisons: int, overlap: int) -> None:
    """One comparison and one slot by way of the models, the rest as copies of them with other texts and numbers."""
    a, b = Completion.objects.filter(project=project).order_by("pk")[:2]
    first = Comparison.objects.create(project=project, prompt=a.prompt, completion_a=a, completion_b=b, wanted=overlap)
    slot = Assignment.objects.create(project=project, comparison=first, rnd=0.5)
    last = Completion.objects.latest("pk").pk
    of = f"(n % {PROMPTS})"
    at = f"{of} * {COMPLETIONS} + (n / {PROMPTS}) % {COMPLETIONS - 1}"
    copies_make(
        first,
        {
            "prompt_id": f"{a.prompt_id} + {of}",
            "completion_a_id": f"{a.pk} + {at}",
            "completion_b_id": f"{a.pk} + {at} + 1",
        },
        source=f"generate_series(1, {comparisons - 1}) n",
    )
    assert last == a.pk + PROMPTS * COMPLETIONS - 1, "the completions of a project have consecutive ids"
    copies_make(
        slot,
        {"comparison_id": "c.id", "rnd": "random()"},
        source=f"annotate_comparison c CROSS JOIN generate_series(1, {overlap}) WHERE c.project_id = {project.pk}",
    )
    slot.delete()


def copies_make(row: Model, changed: dict[str, str], *, source: str) -> None:
    """Copies of `row` with the columns of `changed` computed, one for each row of `source`."""
    table = row._meta.db_table
    columns = [str(field.column) for field in row._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changed.get(column, f"made.{column}") for column in columns)
    with connection.cursor() as cursor:
        # Foreign keys are right by construction; checking each of a million takes longer than making them.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM"  # noqa: S608  (no text from outside)
            f" (SELECT * FROM {table} WHERE id = {row.pk}) made, {source}"
        )
        cursor.execute("SET session_replication_role = DEFAULT")


if __name__ == "__main__":
    main()
