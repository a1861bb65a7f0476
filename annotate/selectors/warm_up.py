"""How far labelers are with the known pairs that come before real work."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection

from annotate.models import Preference, Project
from annotate.selectors.gold import is_correct
from annotate.sides import Side
from annotate.types import ReadModel


class WarmUp(ReadModel):
    """Known pairs judged and right, of how many; `passed` is null until all are judged."""

    done: int
    of: int
    correct: int
    passed: bool | None


class ExpectedShown(ReadModel):
    """The right verdict, as the pair was shown."""

    kind: str
    side: Side | None
    strength: int | None


class Feedback(ReadModel):
    """What a labeler is told after a pair of the warm-up."""

    correct: bool
    expected: ExpectedShown | None
    explanation: str


def warm_up_verdicts(*, project: Project, annotators: Iterable[int]) -> dict[int, list[bool]]:
    """Labeler → their live warm-up verdicts, oldest first: right or wrong. One SQL statement."""
    found: dict[int, list[bool]] = defaultdict(list)
    rows = Preference.objects.filter(
        project=project,
        annotator__in=list(annotators),
        superseded_at=None,
        derived_from__isnull=True,
        assignment__warm_up=True,
    ).order_by("pk")
    fields = ("annotator_id", "comparison__expected", "kind", "winner", "ranking")
    for annotator, expected, kind, winner, ranking in rows.values_list(*fields):
        right = is_correct(expected=expected, kind=kind, winner=winner, ranking=ranking)
        found[annotator].append(right)
    return dict(found)


def warm_ups_read(*, project: Project, annotators: Iterable[int]) -> dict[int, WarmUp]:
    """Labeler → how far they are with the warm-up that the settings ask for; who has not begun is left out.

    One SQL statement. A project with fewer known pairs than it asks for shows more than a labeler will be given.
    """
    labeling = project.typed_settings().labeling
    found = {}
    for annotator, verdicts in warm_up_verdicts(project=project, annotators=annotators).items():
        done, correct = len(verdicts), sum(verdicts)
        passed = None if done < labeling.warm_up_pairs else correct >= labeling.warm_up_share * done
        found[annotator] = WarmUp(done=done, of=max(labeling.warm_up_pairs, done), correct=correct, passed=passed)
    return found


# Pairs that were given and are unanswered count as available: they are asked first.
AVAILABLE_SQL = """
SELECT count(*) FROM annotate_comparison c
WHERE c.project_id = %(project)s AND c.kind = 'gold' AND c.withdrawn_at IS NULL
  AND c.required_groups <@ %(groups)s::varchar[]
  AND NOT EXISTS (SELECT 1 FROM annotate_assignment own
                  WHERE own.annotator_id = %(annotator)s AND own.comparison_id IN (c.id, c.original_id)
                    AND NOT (own.warm_up AND own.status = 'leased'))
"""


def warm_up_state(*, project: Project, annotator: int, groups: Iterable[str]) -> WarmUp:
    """How the warm-up of a labeler goes; `of` is 0 where the project has no pairs for it. Two SQL statements."""
    labeling = project.typed_settings().labeling
    verdicts = warm_up_verdicts(project=project, annotators=[annotator]).get(annotator, [])
    with connection.cursor() as cursor:
        cursor.execute(AVAILABLE_SQL, {"project": project.pk, "annotator": annotator, "groups": list(groups)})
        available = int(cursor.fetchone()[0])
    done, correct = len(verdicts), sum(verdicts)
    of = min(labeling.warm_up_pairs, done + available)
    passed = None if done < of else correct >= labeling.warm_up_share * done
    return WarmUp(done=done, of=max(of, done), correct=correct, passed=passed)
