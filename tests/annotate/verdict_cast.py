"""Verdicts of every kind on a form that asks for everything: queued, claimed as shown, given, read again."""

import uuid
from typing import Any

import pytest

from annotate.models import Assignment, Comparison, PreferenceKind, Project, User
from annotate.models.question_form import Aspect, Choice, QuestionForm, Reason
from annotate.selectors.history import HistoryOut, history_listed, history_read
from annotate.selectors.queue import AssignmentOut
from annotate.services.claims import queue_claim
from annotate.services.preferences import VerdictOut, preference_submit
from annotate.services.projects import form_publish
from annotate.services.verdicts import Verdict
from annotate.sides import Layout
from annotate.verdict_details import Details
from tests.factories import comparison_make, prompt_make, ranking_make

FORM = QuestionForm(
    strengths=4,
    aspects=(Aspect(key="helpful", label="Helpful"), Aspect(key="harmless", label="Harmless")),
    flags=(Choice(key="rude", label="Rude"), Choice(key="unsafe", label="Unsafe")),
    reasons=(Reason(key="clear", label="Clear"), Reason(key="wrong", label="Wrong", sign="bad")),
    rating=10,
    highlights=True,
    edit=True,
)
TEXTS = ["Ja 👩‍👩‍👧 e\u0301 one", "𝔘𝔫𝔦 two two", "three is here", "four is here", "five is here", "six is here"]


@pytest.fixture
def asked(project: Project, ada: User) -> Project:
    """The project with a form that asks for everything."""
    form_publish(project=project, actor=ada, form=FORM)
    return project


def queue(project: Project, layout: Layout) -> Comparison:
    """One comparison in the queue that is shown as `layout`."""
    prompt = prompt_make(project=project, text=f"Question {uuid.uuid4()}?")
    texts = TEXTS[: len(layout.slots)]
    if layout.is_ranking:
        comparison = ranking_make(prompt=prompt, texts=texts)
    else:
        comparison = comparison_make(prompt=prompt, a=texts[0], b=texts[1])
    return comparison


def claim(project: Project, annotator: User, layout: Layout) -> AssignmentOut:
    """The only comparison in the queue, claimed and shown as `layout`."""
    queue_claim(project=project, annotator=annotator, count=1)
    Assignment.objects.filter(project=project, annotator=annotator, status="leased").update(
        left_is_a=layout.left_is_a, shown_order=list(layout.shown_order)
    )
    return queue_claim(project=project, annotator=annotator, count=1).assignments[0]


def submit(project: Project, annotator: User, slot: AssignmentOut, kind: str = "prefer", **said: Any) -> VerdictOut:
    verdict = Verdict(
        client_id=said.pop("client_id", uuid.uuid4()),
        assignment_id=slot.id,
        kind=PreferenceKind(kind),
        side=said.pop("side", "left" if kind == "prefer" else None),
        strength=said.pop("strength", 2 if kind == "prefer" else None),
        rationale=said.pop("rationale", ""),
        edits=said.pop("edits", {}),
        details=said.pop("details", None) or Details(**said),
    )
    return preference_submit(project=project, annotator=annotator, verdict=verdict)


def history(project: Project, annotator: User) -> HistoryOut:
    return history_read(list(history_listed(project=project, annotator=annotator)))[0]
