"""The quality report and the flags of labelers as admins see them."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, F, Max, QuerySet
from django.utils import timezone

from annotate.models import LabelerFlag, Membership, Preference, Project, QualityReport, User
from annotate.selectors.quality_report import LabelerMeasures, QualityData, quality_nothing
from annotate.selectors.quality_signals import Evidence, Signal
from annotate.types import ReadModel

COSTLY_SECONDS = 1.0
REST_FOR_EACH_SECOND, MOST_REST_SECONDS = 9.0, 30.0  # a verdict is counted within a minute all the same


class LabelerQuality(LabelerMeasures):
    """One labeler's measures, with their name, pause and open flags as they are now."""

    username: str
    paused_at: datetime | None
    flags: list[Signal]


class QualityOut(QualityData):
    """Who agrees with whom, how reliable each labeler is, and how fresh these figures are."""

    computed_at: datetime | None
    seconds: float
    stale: bool
    labelers: list[LabelerQuality]  # type: ignore[assignment]  # each of them is a LabelerMeasures


class FlagOut(ReadModel):
    """A suspicion about a labeler; closed by an admin, or by itself when the signal went."""

    id: int
    user_id: int
    username: str
    signal: Signal
    evidence: Evidence
    raised_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    note: str


class Standing(ReadModel):
    """What a report counted: it is out of date when this has changed."""

    newest: int
    live: int


def quality_read(*, project: Project) -> QualityOut:
    """The project's newest report; without one, its figures are those of no verdicts. Five SQL statements."""
    report = QualityReport.objects.filter(project=project).first()
    data = QualityData.model_validate(report.data) if report and report.data else quality_nothing()
    counted = Standing(newest=report.through if report else 0, live=data.live)
    names = dict(User.objects.filter(pk__in=[row.user_id for row in data.labelers]).values_list("pk", "username"))
    paused = dict(Membership.objects.filter(project=project).values_list("user_id", "paused_at"))
    flags: dict[int, list[Signal]] = {}
    for user_id, signal in flags_listed(project=project, is_open=True).values_list("annotator_id", "signal"):
        flags.setdefault(user_id, []).append(Signal(signal))
    return QualityOut(
        **{name: getattr(data, name) for name in QualityData.model_fields if name != "labelers"},
        computed_at=report.computed_at if report else None,
        seconds=report.seconds if report else 0.0,
        stale=counted != standing_of(project=project),
        labelers=[
            LabelerQuality(
                **row.model_dump(),
                username=names[row.user_id],
                paused_at=paused.get(row.user_id),
                flags=sorted(flags.get(row.user_id, [])),
            )
            for row in data.labelers
        ],
    )


def standing_of(*, project: Project) -> Standing:
    """The project's live preferences as they are now. One statement, answered from an index."""
    found = Preference.objects.filter(project=project, superseded_at=None).aggregate(
        newest=Max("pk", default=0), live=Count("pk")
    )
    return Standing(**found)


def projects_out_of_date() -> list[Project]:
    """Projects in use whose report does not count all of their verdicts, longest neglected first. Three statements.

    A report that takes long to compute rests in between, so that it takes about a tenth of one processor.
    """
    live = Preference.objects.filter(superseded_at=None).values_list("project_id")
    now = {pk: Standing(newest=newest, live=n) for pk, newest, n in live.annotate(newest=Max("pk"), live=Count("pk"))}
    reports = {
        report.project_id: report for report in QualityReport.objects.defer("data").annotate(live=F("data__live"))
    }
    nothing = Standing(newest=0, live=0)
    due: dict[int, float] = {}
    for pk in now.keys() | reports.keys():
        report = reports.get(pk)
        if report is None:
            due[pk] = 0.0
        elif not _rests(report) and now.get(pk, nothing) != Standing(newest=report.through, live=report.live or 0):
            due[pk] = report.computed_at.timestamp()
    found = Project.objects.filter(pk__in=due, archived_at=None)
    return sorted(found, key=lambda project: due[project.pk])


def _rests(report: QualityReport) -> bool:
    if report.seconds < COSTLY_SECONDS:
        return False
    rest = min(REST_FOR_EACH_SECOND * report.seconds, MOST_REST_SECONDS)
    return (timezone.now() - report.computed_at).total_seconds() < rest


def flags_listed(*, project: Project, is_open: bool | None = None) -> QuerySet[LabelerFlag]:
    """The project's flags with the names that `flags_read` shows; None gives open and closed ones."""
    rows = LabelerFlag.objects.filter(project=project).select_related("annotator", "closed_by")
    return rows if is_open is None else rows.filter(closed_at__isnull=is_open)


def flags_read(flags: Iterable[LabelerFlag]) -> list[FlagOut]:
    """Flags with their evidence; read them with `flags_listed` so that no row costs a statement."""
    return [
        FlagOut(
            id=flag.pk,
            user_id=flag.annotator_id,
            username=flag.annotator.username,
            signal=Signal(flag.signal),
            evidence=Evidence.model_validate(flag.evidence),
            raised_at=flag.raised_at,
            closed_at=flag.closed_at,
            closed_by=flag.closed_by.username if flag.closed_by else None,
            note=flag.note,
        )
        for flag in flags
    ]
