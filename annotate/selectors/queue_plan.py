"""What a project knows that helps to choose its next pairs: what is labeled, how long labels take, who agrees."""

from collections.abc import Collection

from django.db.models import Count, F
from django.db.models.functions import Length

from annotate.models import HIDDEN_KINDS, Preference, Project, Prompt, QualityReport
from annotate.models.project_settings import QueuePolicy
from annotate.selectors.quality_report import QualityData
from annotate.types import ReadModel
from rlhf_backend.stats.coverage import Coverage, PromptFacts
from rlhf_backend.stats.label_cost import LabelCost, label_cost
from rlhf_backend.stats.strategies import Plan


class ChosenFor(ReadModel):
    """`Comparison.scores` of a comparison that a round chose: what spoke for it when it was queued.

    inclusion: probability with which the batch took it. The others are `rlhf_backend.stats.strategies.Reasons`.
    """

    inclusion: float
    information: float
    deficit: float
    agreement: float
    seconds: float


LABELED_READ = 5000
"""Labeled prompts outside of the pool that coverage looks at, the newest."""
TIMED_READ = 1000
"""Verdicts whose times are read, the newest."""
_AGREEING = 20  # overlapping comparisons from which the measured agreement is believed


def queue_plan(*, project: Project, policy: QueuePolicy, prompt_ids: Collection[int]) -> Plan:
    """How to choose pairs on these prompts. Five SQL statements at most."""
    if policy.exploration != "uncertainty":
        return Plan("uniform")
    if policy.strategy != "composite":
        return Plan(policy.strategy)
    return Plan(
        policy.strategy,
        coverage=_coverage(project, prompt_ids),
        cost=_cost(project),
        agreement=_agreement(project),
    )


def prompt_text(messages: list[dict[str, str]]) -> str:
    """All turns of a conversation, the last first: what is asked now says most about where it belongs."""
    return "\n".join(message["content"] for message in reversed(messages))


def prompt_verdicts(*, project: Project) -> dict[int, int]:
    """Prompt → live verdicts on it, of labeled prompts alone, the newest first."""
    return dict(
        Preference.objects.filter(project=project, superseded_at=None)
        .exclude(comparison__kind__in=HIDDEN_KINDS)
        .values_list("comparison__prompt")
        .annotate(n=Count("pk"))
        .order_by("-comparison__prompt")
    )


def _coverage(project: Project, prompt_ids: Collection[int]) -> Coverage:
    verdicts = prompt_verdicts(project=project)
    pool = set(prompt_ids)
    others = [prompt_id for prompt_id in verdicts if prompt_id not in pool][:LABELED_READ]
    rows = Prompt.objects.filter(project=project, pk__in=[*pool, *others]).values_list("pk", "messages", "tags")
    return Coverage(
        [
            PromptFacts(pk, prompt_text(messages), tuple(tags), verdicts.get(pk, 0), in_pool=pk in pool)
            for pk, messages, tags in rows.order_by("pk")
        ]
    )


def _cost(project: Project) -> LabelCost:
    timed = (
        Preference.objects.filter(project=project, active_ms__gt=0, comparison__more=[], derived_from=None)
        .annotate(
            read_a=Length("comparison__completion_a__text"),
            read_b=Length("comparison__completion_b__text"),
            messages=F("comparison__prompt__messages"),
        )
        .order_by("-pk")
        .values_list("messages", "read_a", "read_b", "active_ms")[:TIMED_READ]
    )
    rows = [(len(prompt_text(messages)) + a + b, ms / 1000) for messages, a, b, ms in timed]
    return label_cost([read for read, _ in rows], [seconds for _, seconds in rows])


def _agreement(project: Project) -> float | None:
    report = QualityReport.objects.filter(project=project).first()
    if report is None or not report.data:
        return None
    pairwise = QualityData.model_validate(report.data).agreement.pairwise
    return pairwise.value if pairwise is not None and pairwise.n >= _AGREEING else None
