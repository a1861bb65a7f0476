import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_tests_run_on_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select version()")
        assert "PostgreSQL" in cursor.fetchone()[0]
