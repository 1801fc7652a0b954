"""The schema as production makes it: by an owner who is no superuser, for a role that may not rewrite the past."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from govtech.embedded import PostgresServer
from tests import environment
from tests.environment import clone, drop
from tests.system.portal import manage, settings_variables

NAME = "plain"
APPEND_ONLY = (
    "audit_auditevent",
    "accounts_erasure",
    "challenges_correction",
    "challenges_answercorrection",
    "challenges_incidenteffect",
    "startups_receipt",
    "startups_publishedhead",
    "startups_externalentry",
    "startups_lateopening",
    "startups_clarification",
    "startups_shortlist",
    "startups_pitchscore",
    "startups_panelsession",
    "startups_attendance",
    "startups_agreedscore",
    "startups_reassignment",
    "startups_replacement",
    "programme_pageversion",
    "pilots_ledgerentry",
    "pilots_creditmovement",
    "pilots_formalpublication",
)
READ_ONLY = ("audit_chainlink", "pilots_expenditureline", "pilots_commitmentline")


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


def test_what_is_written_once_is_not_granted_otherwise(postgres: PostgresServer, plain: str) -> None:
    statement = (
        "SELECT table_name, array_agg(privilege_type::text ORDER BY privilege_type)"
        " FROM information_schema.role_table_grants WHERE grantee = 'portal_app' AND table_schema = 'public' GROUP BY 1"
    )
    with postgres.connect(plain) as connection:
        granted = dict(connection.execute(statement).fetchall())
    with postgres.connect(plain, role="portal_app") as connection:
        for table in (*APPEND_ONLY, *READ_ONLY):
            statements = ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"]
            for text in statements if table in APPEND_ONLY else [*statements, "INSERT INTO {} DEFAULT VALUES"]:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(sql.SQL(text).format(sql.Identifier(table)))

    assert {name: granted.pop(name) for name in APPEND_ONLY} == {name: ["INSERT", "SELECT"] for name in APPEND_ONLY}
    assert {name: granted.pop(name) for name in READ_ONLY} == {name: ["SELECT"] for name in READ_ONLY}
    assert granted.pop("accounts_blockedperson") == ["DELETE", "INSERT"]  # of its columns it reads some
    assert {tuple(rights) for rights in granted.values()} == {("DELETE", "INSERT", "SELECT", "UPDATE")}
    assert {"django_session", "startups_proposal", "cache_fallback"} <= set(granted)


def test_its_owner_is_no_superuser_and_the_data_of_reference_is_there(postgres: PostgresServer, plain: str) -> None:
    with postgres.connect(plain, role="plain_owner") as connection:
        owner = connection.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert owner.fetchone() == (False, False)
        extensions = connection.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()
        counted = {
            table: connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()[0]
            for table in ("reference_district", "reference_policyarea", "reference_holiday", "auth_group")
        }

    assert {"pg_trgm", "unaccent"} <= {name for (name,) in extensions}
    assert counted["reference_district"] == 21
    assert all(counted.values()), counted


def test_every_table_is_granted(postgres: PostgresServer, plain: str) -> None:
    with postgres.connect(plain) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT has_any_column_privilege('portal_app', oid, 'SELECT')"
        ).fetchall()

    assert rows == []
