"""What the newest batch was chosen by and why, and which tags the labels have not reached."""

from collections import defaultdict

from django.db.models import Avg, Count, FloatField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from pydantic import Field

from annotate.models import Comparison, ComparisonKind, Project, Prompt, Split
from annotate.selectors.live_agreement import LiveAgreement, live_agreement_read
from annotate.selectors.queue_plan import prompt_verdicts
from annotate.types import ReadModel

TAGS_SHOWN = 12


class ChosenBy(ReadModel):
    """Comparisons of the newest batch by the strategy that took them; means are null where no rewards were known."""

    strategy: str
    comparisons: int
    information: float | None = Field(description="Mean expected of a verdict about the reward model, nats.")
    agreement: float | None = Field(description="Mean predicted chance that two labelers agree.")
    seconds: float | None = Field(description="Mean expected work on one.")
    inclusion: float | None = Field(description="Mean chance with which the batch took one.")


class TagCoverage(ReadModel):
    """How far labels reach the train prompts of a tag; null stands for prompts without tags."""

    tag: str | None
    prompts: int
    labeled: int = Field(description="Prompts with a verdict.")
    verdicts: int
    prompts_per_verdict: float = Field(description="Prompts over verdicts plus one: where it is high, label next.")


class QueueChoiceOut(ReadModel):
    round_number: int | None = Field(description="Of the newest batch; null before the first.")
    chosen_by: list[ChosenBy]
    tags: list[TagCoverage] = Field(description="The least covered first, at most twelve.")
    tags_total: int
    live: LiveAgreement


def queue_choice_read(*, project: Project) -> QueueChoiceOut:
    """Five SQL statements."""
    newest = (
        Comparison.objects.filter(project=project, kind=ComparisonKind.NORMAL, round__isnull=False)
        .order_by("-round__number")
        .values_list("round_id", "round__number")
        .first()
    )
    tags = _tags(project)
    return QueueChoiceOut(
        round_number=newest[1] if newest else None,
        chosen_by=_chosen_by(newest[0]) if newest else [],
        tags=tags[:TAGS_SHOWN],
        tags_total=len(tags),
        live=live_agreement_read(project=project),
    )


def _chosen_by(round_id: int) -> list[ChosenBy]:
    def mean(key: str) -> Avg:
        return Avg(Cast(KT(f"scores__{key}"), FloatField()))

    rows = (
        Comparison.objects.filter(round=round_id, kind=ComparisonKind.NORMAL)
        .values("strategy")
        .annotate(
            comparisons=Count("pk"),
            information=mean("information"),
            agreement=mean("agreement"),
            seconds=mean("seconds"),
            inclusion=mean("inclusion"),
        )
        .order_by("-comparisons", "strategy")
    )
    return [ChosenBy(**row) for row in rows]


def _tags(project: Project) -> list[TagCoverage]:
    verdicts = prompt_verdicts(project=project)
    groups: dict[str | None, list[int]] = defaultdict(list)
    for pk, tags in Prompt.objects.filter(project=project, split=Split.TRAIN).values_list("pk", "tags"):
        for tag in tags or [None]:
            groups[tag].append(verdicts.get(pk, 0))
    found = [
        TagCoverage(
            tag=tag,
            prompts=len(given),
            labeled=sum(n > 0 for n in given),
            verdicts=sum(given),
            prompts_per_verdict=len(given) / (1 + sum(given)),
        )
        for tag, given in groups.items()
    ]
    return sorted(found, key=lambda row: (-row.prompts_per_verdict, row.tag or ""))
