"""What reward models label themselves: the pairs they may, what people said of these since, and whether to go on."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Exists, OuterRef, QuerySet
from pydantic import Field

from annotate.models import (
    Assignment,
    AssignmentStatus,
    Comparison,
    ComparisonKind,
    ModelKind,
    ModelVersion,
    Preference,
    PreferenceKind,
    Project,
    SelfLabel,
    Split,
)
from annotate.selectors.training_exclusions import preferences_in_force
from annotate.types import ReadModel
from rlhf_backend.config import RewardModelConfig
from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.types import Interval, Message, RewardModelReport, UnlabeledPairRow

BELOW_AGREEMENT = 0.05
"""Self-labels stop where people confirm them surely less often than they confirm each other, by more than this."""
PAIRS_PER_VERDICT = 5
"""At most as many self-labels as verdicts are kept: so many pairs leave the rules a choice."""
_CHUNK = 1000
_COMPARING = (PreferenceKind.PREFER, PreferenceKind.TIE, PreferenceKind.BOTH_BAD, PreferenceKind.BOTH_GOOD)
_SETTINGS = ("self_label_share", "self_label_loops", "self_label_audit_share")


class HumanCounts(ReadModel):
    """Live verdicts of people on a comparison; both bad and both good count as ties."""

    a: int
    b: int
    tie: int


class SelfLabelItem(ReadModel):
    """A comparison that the reward model labeled itself, and what people said of it."""

    comparison_id: int
    share_a: float = Field(description="P(a better) by the model that admitted it.")
    loop: int
    audit: bool = Field(description="It went to labelers unseen.")
    human: HumanCounts


class SelfLabelFigures(ReadModel):
    """How often people confirm the audited self-labels of a reward model."""

    precision: Interval | None = Field(
        description="Share of audited pairs confirmed; ties are half. Null: none judged."
    )
    audited: int = Field(description="Pairs that go to labelers unseen.")
    judged: int = Field(description="Of these, with a verdict.")


def pairs_unlabeled(*, project: Project, verdicts: int) -> Iterator[UnlabeledPairRow]:
    """Pairs on train prompts that wait in the queue and that nobody has judged, the newest first.

    Args:
        verdicts: that are trained on; so many times `PAIRS_PER_VERDICT` pairs are enough, however long the queue is.
    """
    waiting = Assignment.objects.filter(
        comparison=OuterRef("pk"), status__in=[AssignmentStatus.OPEN, AssignmentStatus.LEASED]
    )
    judged = Preference.objects.filter(comparison=OuterRef("pk"), superseded_at=None)
    rows = Comparison.objects.filter(
        Exists(waiting),
        ~Exists(judged),
        project=project,
        kind=ComparisonKind.NORMAL,
        prompt__split=Split.TRAIN,
        withdrawn_at=None,
        reserved_for=None,
        more=[],
    )
    related = ("prompt", "completion_a", "completion_b")
    newest = rows.select_related(*related).order_by("-pk")[: PAIRS_PER_VERDICT * verdicts]
    for row in newest.iterator(_CHUNK):
        yield UnlabeledPairRow(
            id=row.pk,
            prompt=[Message.model_validate(message) for message in row.prompt.messages],
            completion_a=row.completion_a.text,
            completion_b=row.completion_b.text,
        )


def self_labels_listed(*, version: ModelVersion) -> QuerySet[SelfLabel]:
    """The self-labels of a reward model."""
    return SelfLabel.objects.filter(reward_model=version)


def self_labels_read(labels: Iterable[SelfLabel], *, project: Project) -> list[SelfLabelItem]:
    """Self-labels with what people said. One SQL statement."""
    rows = list(labels)
    said = _said(project, [row.comparison_id for row in rows])
    return [
        SelfLabelItem(
            comparison_id=row.comparison_id,
            share_a=row.share_a,
            loop=row.loop,
            audit=row.audit,
            human=HumanCounts(**{side: said[row.comparison_id][side] for side in ("a", "b", "tie")}),
        )
        for row in rows
    ]


def self_label_figures(*, version: ModelVersion) -> SelfLabelFigures:
    """What people say of a reward model's audited self-labels. Three SQL statements."""
    audited = list(SelfLabel.objects.filter(reward_model=version, audit=True))
    said = _said(version.project, [row.comparison_id for row in audited])
    confirmed = [_confirmed(row, said[row.comparison_id]) for row in audited if said[row.comparison_id]]
    return SelfLabelFigures(
        precision=wilson_interval(sum(confirmed), len(confirmed)) if confirmed else None,
        audited=len(audited),
        judged=len(confirmed),
    )


def self_labels_stopped(*, project: Project, config: RewardModelConfig) -> str | None:
    """Why the next reward model may label nothing itself, or None where it may.

    Judged by the newest reward model that did. Once its audited labels have failed, the lane stays shut until people
    confirm more of them or an admin changes how self-labels are made.
    """
    if config.self_label_share == 0:
        return None
    made = Exists(SelfLabel.objects.filter(reward_model=OuterRef("pk")))
    versions = ModelVersion.objects.filter(made, project=project, kind=ModelKind.REWARD_MODEL)
    version = versions.select_related("run").order_by("-number").first()
    if version is None or version.run is None or version.run.report is None:
        return None
    tried = version.run.job["config"]
    if any(tried.get(name) != getattr(config, name) for name in _SETTINGS):
        return None
    precision = self_label_figures(version=version).precision
    expected, source = _human_agreement(RewardModelReport.model_validate(version.run.report))
    if precision is None or precision.high >= expected - BELOW_AGREEMENT:
        return None
    return (
        f"People confirm {precision.value:.0%} of the audited self-labels of reward model {version.number} (at most "
        f"{precision.high:.0%}, {precision.n} judged), {source} is {expected:.0%}: no pair is self-labeled until the "
        "audit or the settings of self-labels change."
    )


def _human_agreement(report: RewardModelReport) -> tuple[float, str]:
    """How often people confirm each other; where no pair was judged twice, how often they confirm the reward model."""
    if report.ceiling is not None:
        return report.ceiling.value, "the agreement of people"
    return report.accuracy.value, "the held-out accuracy of the reward model"


def _said(project: Project, comparison_ids: Sequence[int]) -> defaultdict[int, Counter[str]]:
    """Comparison → side → verdicts of people that are in force."""
    verdicts = preferences_in_force(project=project).filter(comparison__in=comparison_ids, kind__in=_COMPARING)
    said: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for comparison_id, winner in verdicts.values_list("comparison_id", "winner"):
        said[comparison_id][winner or "tie"] += 1
    return said


def _confirmed(label: SelfLabel, said: Counter[str]) -> float:
    """Share of a comparison's verdicts for what its self-label says; ties are half."""
    for_it = said["a" if label.share_a > 0.5 else "b"]
    return (for_it + said["tie"] / 2) / said.total()
