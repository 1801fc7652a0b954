"""The schema as production makes it: by an owner who is no superuser, for a role that may not rewrite the past."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from govtech.embedded import PostgresServer
from tests import environment
from tests.system.portal import clone, drop, manage, settings_variables

NAME = "plain"


@pytest.fixture(scope="module")
def plain(postgres: PostgresServer) -> Iterator[str]:
    """A database migrated by a plain role."""
    clone(postgres, "template1", NAME)
    with postgres.connect("postgres") as connection:
        connection.execute("CREATE ROLE plain_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO plain_owner").format(sql.Identifier(NAME)))
    env = settings_variables(postgres, NAME, environment.folder())
    env["DATABASE_OWNER_URL"] = postgres.url("plain_owner", NAME)
    manage(env, "migrate", "--verbosity=0")
    yield NAME
    drop(postgres, NAME)
    with postgres.connect("postgres") as connection:
        connection.execute("DROP ROLE plain_owner")


def test_application_reads_and_writes_but_rewrites_nothing(postgres: PostgresServer, plain: str) -> None:
    with postgres.connect(plain, role="portal_app") as connection:
        assert connection.execute("SELECT count(*) > 0 FROM reference_department").fetchone() == (True,)
        connection.execute("DELETE FROM django_session")
        for table in ("audit_auditevent", "audit_chainlink", "pilots_ledgerentry"):
            for statement in ("DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(sql.SQL(statement).format(sql.Identifier(table)))


def test_every_table_is_granted(postgres: PostgresServer, plain: str) -> None:
    with postgres.connect(plain) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT has_table_privilege('portal_app', oid, 'SELECT')"
        ).fetchall()

    assert rows == []
