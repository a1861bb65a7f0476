"""Publishing principles: what the reward obeys from the next round on."""

from collections.abc import Sequence

from django.db import transaction

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import PrinciplesVersion, Project, User
from annotate.selectors.principles import principle_changes, principles_versions
from annotate.services.audit import audit_record
from rlhf_backend.config import Principle


@transaction.atomic
def principles_publish(
    *, project: Project, actor: User, principles: Sequence[Principle], note: str
) -> PrinciplesVersion:
    """The next version; rounds that begin from now on put it in force. An equal list is the same version.

    Raises: AnnotateError 400 with the field of a key that is used twice.
    """
    principles_check(principles=principles)
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    last = principles_versions(project=project).first()
    before = last.typed() if last is not None else []
    if last is not None and before == list(principles):
        return last
    version = PrinciplesVersion.objects.create(
        project=project,
        number=last.number + 1 if last is not None else 1,
        principles=[principle.model_dump(mode="json") for principle in principles],
        note=note,
        created_by=actor,
    )
    audit_record(
        actor=actor,
        project=project,
        action="principles.published",
        target=str(version.number),
        changed=[change.key for change in principle_changes(before, principles)],
    )
    return version


def principles_check(*, principles: Sequence[Principle]) -> None:
    """Raises: AnnotateError 400 with the field of every key that is used twice."""
    places: dict[str, int] = {}
    fields: dict[str, list[str]] = {}
    for place, principle in enumerate(principles):
        if principle.key in places:
            first = places[principle.key] + 1
            fields[f"principles.{place}.key"] = [f"'{principle.key}' is the key of principle {first} as well"]
        places.setdefault(principle.key, place)
    if fields:
        name, messages = next(iter(fields.items()))
        raise AnnotateError(ErrorCode.INVALID, f"{name}: {messages[0]}", status=400, fields=fields)
