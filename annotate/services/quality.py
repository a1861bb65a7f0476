"""Keeps the quality reports up to date, and raises and closes flags as the signals come and go."""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annotate.models import LabelerFlag, Project, QualityReport, User
from annotate.selectors.quality import Standing, projects_out_of_date, standing_of
from annotate.selectors.quality_crowd import crowd_of
from annotate.selectors.quality_report import quality_measured
from annotate.selectors.quality_rows import verdict_columns
from annotate.selectors.quality_signals import Suspicion, suspicions_of
from annotate.services.audit import audit_record
from annotate.services.quality_acts import labeler_pause

_log = logging.getLogger(__name__)

REOPENED_WITHIN = timedelta(days=1)
"""A signal that comes back this soon continues its flag instead of raising another."""


def quality_refresh_due(*, within_seconds: float) -> int:
    """Bring reports up to date, longest neglected first, until `within_seconds` are spent; gives how many.

    A report that fails is logged and does not keep the others waiting.
    """
    begun, done = time.monotonic(), 0
    for project in projects_out_of_date():
        if time.monotonic() - begun > within_seconds:
            break
        try:
            done += quality_refresh(project=project)
        except Exception:  # one project's trouble must not keep the others waiting
            _log.exception("the quality report of project %s could not be computed", project.pk)
    return done


@transaction.atomic
def quality_refresh(*, project: Project) -> bool:
    """Compute the project's report and settle its flags; False when nothing is new or another worker is at it."""
    QualityReport.objects.get_or_create(project=project)
    report = QualityReport.objects.select_for_update(skip_locked=True).filter(project=project).first()
    if report is None:
        return False
    # Read before the verdicts: one that comes in between makes the report stale, not wrong.
    standing = standing_of(project=project)
    if Standing(newest=report.through, live=report.data.get("live", 0)) == standing:
        return False
    begun = time.monotonic()
    crowd = crowd_of(verdict_columns(project=project))
    report.data = quality_measured(crowd, live=standing.live).model_dump(mode="json")
    suspicions = suspicions_of(crowd, policy=project.typed_settings().quality)
    report.through = standing.newest
    report.seconds = round(time.monotonic() - begun, 3)
    report.computed_at = timezone.now()
    report.save()
    flags_settle(project=project, suspicions=suspicions)
    return True


@transaction.atomic
def flags_settle(*, project: Project, suspicions: list[Suspicion]) -> None:
    """One open flag for each suspicion, with its newest evidence; flags whose signal went are closed.

    What an admin has settled is raised again only by half as many verdicts again as they saw, and at least as many as
    the project asks for. Where the project's rule says so, a labeler newly flagged is paused.
    """
    policy = project.typed_settings().quality
    flags: dict[tuple[int, str], LabelerFlag] = {}
    for known in LabelerFlag.objects.select_for_update().filter(project=project).order_by("pk"):
        flags[known.annotator_id, known.signal] = known  # the newest of each
    named = User.objects.in_bulk({suspicion.labeler for suspicion in suspicions})
    for suspicion in suspicions:
        flag = flags.pop((suspicion.labeler, suspicion.signal.value), None)
        if flag is not None and _is_settled(flag, suspicion, fewest=policy.min_verdicts):
            continue
        is_new = _raise(project, flag, suspicion, annotator=named[suspicion.labeler])
        if is_new and policy.pause:
            evidence = suspicion.evidence.model_dump(mode="json")
            labeler_pause(
                project=project, annotator=named[suspicion.labeler], reason=suspicion.evidence.text,
                signal=suspicion.signal.value, evidence=evidence,
            )  # fmt: skip
    gone = [flag.pk for flag in flags.values() if flag.closed_at is None]
    LabelerFlag.objects.filter(pk__in=gone).update(closed_at=timezone.now())


def _is_settled(flag: LabelerFlag, suspicion: Suspicion, *, fewest: int) -> bool:
    if flag.closed_by_id is None:
        return False
    seen = int(flag.evidence["n"])
    return suspicion.evidence.n < seen + max(fewest, seen // 2)


def _raise(project: Project, flag: LabelerFlag | None, suspicion: Suspicion, *, annotator: User) -> bool:
    """Keep, reopen or raise the flag of a suspicion; True when it was not open before."""
    evidence = suspicion.evidence.model_dump(mode="json")
    if flag is not None and _goes_on(flag):
        was_closed = flag.closed_at is not None
        flag.evidence, flag.closed_at = evidence, None
        flag.save(update_fields=["evidence", "closed_at"])
        return was_closed
    LabelerFlag.objects.create(project=project, annotator=annotator, signal=suspicion.signal, evidence=evidence)
    audit_record(
        actor=None,
        project=project,
        action="labeler.flagged",
        target=annotator.username,
        signal=suspicion.signal.value,
        evidence=evidence,
    )
    return True


def _goes_on(flag: LabelerFlag) -> bool:
    """True for an open flag, and for one that closed by itself a short while ago."""
    if flag.closed_at is None:
        return True
    return flag.closed_by_id is None and timezone.now() - flag.closed_at < REOPENED_WITHIN
