"""What a claim must know before it looks at the queue: the form, the guidelines and where the labeler stands."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from annotate.models import Project, User
from annotate.models.question_form import QuestionForm
from annotate.prepared import rows

STANDING_SQL = """
SELECT form.number, form.form, guidelines.number,
    member.groups, member.paused_at, member.paused_reason, member.warmed_up_at, member.guidelines_seen
FROM annotate_project project
CROSS JOIN LATERAL (SELECT number, form FROM annotate_formversion
                    WHERE project_id = project.id ORDER BY number DESC LIMIT 1) form
CROSS JOIN LATERAL (SELECT number FROM annotate_guidelineversion
                    WHERE project_id = project.id ORDER BY number DESC LIMIT 1) guidelines
LEFT JOIN annotate_membership member ON member.project_id = project.id AND member.user_id = %(annotator)s
WHERE project.id = %(project)s
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a labeler is asked, and their membership; a site admin who is no member has no groups and no warm-up."""

    form: QuestionForm
    form_number: int
    guidelines_number: int
    is_member: bool
    groups: Sequence[str]
    paused_at: datetime | None
    paused_reason: str
    warmed_up_at: datetime | None
    guidelines_seen: int


def standing_of(*, project: Project, annotator: User) -> Standing:
    """Where `annotator` stands in the project. One SQL statement."""
    [row] = rows(STANDING_SQL, {"project": project.pk, "annotator": annotator.pk})
    number, form, guidelines, groups, paused_at, paused_reason, warmed_up_at, seen = row
    return Standing(
        form=QuestionForm.model_validate(json.loads(form)),
        form_number=number,
        guidelines_number=guidelines,
        is_member=groups is not None,
        groups=groups or (),
        paused_at=paused_at,
        paused_reason=paused_reason or "",
        warmed_up_at=warmed_up_at,
        guidelines_seen=seen or 0,
    )
