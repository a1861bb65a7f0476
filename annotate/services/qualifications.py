"""Who may label what: groups that prompts ask for by their tags, and who is in them."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from annotate.errors import invalid
from annotate.models import Membership, Project, Prompt, User
from annotate.services.audit import audit_record

# A comparison asks for the groups of all tags of its prompt; its slots carry a copy, by which the claim finds them.
# Only rows that change are written. DISTINCT with ORDER BY sorts each array, so that equal sets are equal arrays.
_COMPARISONS_SQL = """
WITH wanted AS (
    SELECT p.id, ARRAY(
        SELECT DISTINCT q.labelers::varchar(60) FROM jsonb_each_text(
            (SELECT coalesce(settings #> '{queue,qualifications}', '{}') FROM annotate_project WHERE id = %(project)s)
        ) q (tag, labelers) WHERE p.tags ? q.tag ORDER BY 1
    ) AS required
    FROM annotate_prompt p
    WHERE p.project_id = %(project)s AND (%(prompts)s::bigint[] IS NULL OR p.id = ANY(%(prompts)s::bigint[]))
)
UPDATE annotate_comparison c SET required_groups = wanted.required
FROM wanted
WHERE wanted.id = c.prompt_id AND c.project_id = %(project)s AND c.required_groups <> wanted.required
"""
_SLOTS_SQL = """
UPDATE annotate_assignment a SET required_groups = c.required_groups
FROM annotate_comparison c
WHERE c.id = a.comparison_id AND a.project_id = %(project)s AND c.project_id = %(project)s
  AND (%(prompts)s::bigint[] IS NULL OR c.prompt_id = ANY(%(prompts)s::bigint[]))
  AND a.required_groups <> c.required_groups
"""


@transaction.atomic
def qualifications_apply(*, project: Project, prompts: Iterable[int] | None = None) -> None:
    """Give the comparisons on these prompts, and their slots, the groups that the prompts' tags ask for now.

    Call it after settings or tags change and after comparisons are made, in the same transaction. The project's row is
    held, so that comparisons made while its settings change do not keep the old groups.

    Args:
        prompts: ids; empty takes all prompts of the project.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    values = {"project": project.pk, "prompts": None if prompts is None else sorted(set(prompts))}
    with connection.cursor() as cursor:
        cursor.execute(_COMPARISONS_SQL, values)
        cursor.execute(_SLOTS_SQL, values)


@transaction.atomic
def prompt_tag(*, project: Project, prompt: Prompt, tags: Sequence[str], actor: User) -> Prompt:
    """Give a prompt other tags; what waits in the queue for it goes to who is qualified now."""
    prompt.tags = list(dict.fromkeys(tags))
    prompt.save(update_fields=["tags"])
    qualifications_apply(project=project, prompts=[prompt.pk])
    audit_record(actor=actor, project=project, action="prompt.tags", target=f"prompt {prompt.pk}", tags=prompt.tags)
    return prompt


def member_set_groups(*, membership: Membership, groups: Sequence[str], actor: User) -> None:
    """Put a member into these groups and no others. The caller saves.

    Raises: AnnotateError 400 for more groups than anybody needs.
    """
    if len(groups) > 50:
        raise invalid("groups", f"{len(groups)} groups; at most 50 are allowed.")
    membership.groups = sorted(set(groups))
    audit_record(
        actor=actor,
        project=membership.project,
        action="member.groups",
        target=membership.user.username,
        groups=membership.groups,
    )
