"""Fixed SQL is planned once for each connection, and reads what the framework would."""

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from annotate.models import Project, User
from annotate.prepared import columns, instance, rows

SQL = "SELECT %(number)s + 1, %(text)s || '!', %(nothing)s::smallint"


def statements_prepared(text: str) -> list[int]:
    """How often each prepared statement with this text has run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{text}%"]
        )
        return [row[0] for row in cursor.fetchall()]


def test_small_and_large_numbers_share_one_prepared_statement(db: None) -> None:
    for number in (1, 40_000, 2**40, 7, 2**62):
        assert rows(SQL, {"number": number, "text": "a", "nothing": None}) == [(number + 1, "a!", None)]
    assert statements_prepared("$3::smallint") == [2]


def test_a_statement_is_seen_by_who_counts_statements(db: None) -> None:
    with CaptureQueriesContext(connection) as statements:
        rows(SQL, {"number": 1, "text": "a", "nothing": None})
    assert len(statements) == 1


def test_the_server_s_refusal_is_the_framework_s_error(db: None) -> None:
    with pytest.raises(DataError):
        rows("SELECT 1 / %(zero)s", {"zero": 0})


def test_an_instance_is_what_the_framework_reads(project: Project, ada: User) -> None:
    for row in (project, ada):
        model = type(row)
        sql = f"SELECT {columns(model, 'r')} FROM {model._meta.db_table} r WHERE r.id = %(id)s"  # noqa: S608
        read = instance(model, rows(sql, {"id": row.pk})[0])
        again = model.objects.get(pk=row.pk)
        assert {f.attname: getattr(read, f.attname) for f in model._meta.concrete_fields} == {
            f.attname: getattr(again, f.attname) for f in model._meta.concrete_fields
        }
        assert not read._state.adding
