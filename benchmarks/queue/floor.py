"""The floor: bare Django views that claim and insert as the product does, on tables with the product's indexes.

No session, no permission, no CSRF check, no framework for APIs, no validation, no messages for what goes
wrong. The labeler is named by a header. Each request is one SQL statement, committed by itself.
"""

import json

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

SLOTS, VERDICTS = "floor_assignment", "floor_preference"
LEASE_SECONDS = 300
KEPT = ("id", "project_id", "comparison_id", "assignment_id", "annotator_id", "kind", "winner", "strength",
        "active_ms", "client_id", "created_at")  # fmt: skip
"""Columns of a verdict that the bare view fills."""

CLAIM_SQL = f"""
WITH free AS MATERIALIZED (
    SELECT a.id, a.comparison_id FROM {SLOTS} a
    WHERE a.project_id = %(project)s
      AND a.required_groups = '{{}}'
      AND a.status IN ('open', 'leased') AND NOT a.reserved
      AND (a.status = 'open' OR a.lease_expires_at <= now())
      AND NOT EXISTS (SELECT 1 FROM {SLOTS} own
                      WHERE own.comparison_id = a.comparison_id AND own.annotator_id = %(annotator)s)
    ORDER BY a.priority DESC, a.rnd LIMIT %(count)s
    FOR UPDATE OF a SKIP LOCKED
), taken AS (
    UPDATE {SLOTS} SET status = 'leased', annotator_id = %(annotator)s, left_is_a = random() < 0.5,
        leased_at = now(), lease_expires_at = now() + make_interval(secs => {LEASE_SECONDS})
    WHERE id IN (SELECT DISTINCT ON (comparison_id) id FROM free ORDER BY comparison_id, id)
    RETURNING id, comparison_id, left_is_a
)
SELECT taken.id, taken.comparison_id, p.messages, l.text, r.text
FROM taken
JOIN annotate_comparison c ON c.id = taken.comparison_id
JOIN annotate_prompt p ON p.id = c.prompt_id
JOIN annotate_completion l ON l.id = CASE WHEN left_is_a THEN c.completion_a_id ELSE c.completion_b_id END
JOIN annotate_completion r ON r.id = CASE WHEN left_is_a THEN c.completion_b_id ELSE c.completion_a_id END
"""  # noqa: S608  (constant text)

VERDICT_SQL = f"""
WITH slot AS (
    UPDATE {SLOTS} SET status = 'done', lease_expires_at = NULL
    WHERE id = %(assignment)s AND project_id = %(project)s AND annotator_id = %(annotator)s AND status = 'leased'
    RETURNING id, comparison_id, left_is_a
)
INSERT INTO {VERDICTS} ({", ".join(KEPT[1:])})
SELECT %(project)s, comparison_id, id, %(annotator)s, 'prefer',
    CASE WHEN left_is_a = (%(side)s = 'left') THEN 'a' ELSE 'b' END, %(strength)s, %(active_ms)s, %(client_id)s, now()
FROM slot
RETURNING id, comparison_id
"""  # noqa: S608  (constant text)


@require_POST
def claim(request: HttpRequest, project_id: int) -> HttpResponse:
    values = {"project": project_id, "annotator": int(request.headers["X-Labeler"]), **json.loads(request.body)}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SQL, values)
        rows = cursor.fetchall()
    shown = [
        {"id": row[0], "comparison_id": row[1], "prompt": json.loads(row[2]), "left": row[3], "right": row[4]}
        for row in rows
    ]
    return JsonResponse({"assignments": shown})


@require_POST
def verdict(request: HttpRequest, project_id: int) -> HttpResponse:
    body = json.loads(request.body)
    values = {"project": project_id, "annotator": int(request.headers["X-Labeler"]), **body}
    values["assignment"] = body["assignment_id"]
    with connection.cursor() as cursor:
        cursor.execute(VERDICT_SQL, values)
        row = cursor.fetchone()
    if row is None:
        return JsonResponse({"detail": "not held"}, status=409)
    return JsonResponse({"preference_id": row[0], "comparison_id": row[1]}, status=201)


urlpatterns = [
    path("api/projects/<int:project_id>/claim/", claim),
    path("api/projects/<int:project_id>/verdicts/", verdict),
]
