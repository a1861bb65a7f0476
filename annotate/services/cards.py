"""Cards of reward models: publish a version, pin the one in force, and let a waiting round go on."""

from django.db import transaction
from django.db.models import Max

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import ModelCard, ModelKind, ModelVersion, Project, Round, RoundStatus, User
from annotate.models.card_statement import CardStatement, card_fields
from annotate.selectors.cards import card_current, card_statement
from annotate.services.audit import audit_record


@transaction.atomic
def card_publish(
    *, project: Project, version: ModelVersion | None, actor: User, statement: CardStatement, note: str = ""
) -> ModelCard:
    """The next version of a reward model's card, or, without one, of the project's own statement.

    What is already said is the same version. A round that waits for this card alone goes back to its gate: advance it.
    Raises: AnnotateError 409: the version is a policy.
    """
    if version is not None and version.kind != ModelKind.REWARD_MODEL:
        raise AnnotateError(ErrorCode.CARD_OF_POLICY, f"{version} has no such card: only reward models have one.")
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    current = card_current(project=project, version=version)
    said = statement.model_dump()
    is_own = current is not None and current.version == version
    if current is not None and is_own and current.statement == said:
        return current
    card = _create(project=project, version=version, actor=actor, statement=said, note=note)
    target = f"reward model {version.number}" if version else project.name
    audit_record(actor=actor, project=project, action="card.published", target=target, number=card.number)
    if version is not None and not statement.missing():
        _judge_again(version)
    return card


def card_pin(*, version: ModelVersion) -> None:
    """Keep what the card says now as the version's own, so that a later word of the project does not change it."""
    current = card_current(project=version.project, version=version)
    if current is not None and current.version_id is None:
        _create(
            project=version.project,
            version=version,
            actor=current.created_by,
            statement=current.statement,
            note=f"As the project's statement {current.number} said when it was put to use.",
        )


def card_require(*, version: ModelVersion) -> None:
    """Make sure that a reward model may be put to use.

    Raises: AnnotateError 409 naming the mandatory fields that are empty.
    """
    missing = card_statement(project=version.project, version=version).missing()
    if missing:
        titles = {field.name: field.title for field in card_fields()}
        raise AnnotateError(
            ErrorCode.CARD_INCOMPLETE,
            f"The card of {version} says nothing about: {', '.join(titles[name] for name in missing)}. "
            "Fill it in on the reward model's page, then put it to use.",
            missing=missing,
        )


def _create(
    *, project: Project, version: ModelVersion | None, actor: User, statement: dict[str, str], note: str
) -> ModelCard:
    last = ModelCard.objects.filter(project=project, version=version).aggregate(last=Max("number"))["last"] or 0
    return ModelCard.objects.create(
        project=project, version=version, number=last + 1, statement=statement, note=note, created_by=actor
    )


def _judge_again(version: ModelVersion) -> None:
    """Let the gate look once more at a round that it blocked for the card and for nothing else."""
    blocked = Round.objects.select_for_update().filter(
        reward_model=version, status=RoundStatus.BLOCKED, blocked_at=RoundStatus.REWARD_GATE
    )
    for round_ in blocked:
        checks = round_.gates[RoundStatus.REWARD_GATE]["checks"]
        if {check["name"] for check in checks if not check["passed"]} == {"card"}:
            round_.gates = {gate: said for gate, said in round_.gates.items() if gate != RoundStatus.REWARD_GATE}
            round_.status, round_.blocked_at = RoundStatus.REWARD_GATE, ""
            round_.save(update_fields=["gates", "status", "blocked_at"])
