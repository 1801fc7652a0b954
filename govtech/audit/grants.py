"""Rights of the application's database role: everything but the schema and what is written once.

The owner migrates; web and worker connect as `settings.APPLICATION_DATABASE_ROLE`.
"""

from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql

# Tables that the application may only add to.
APPEND_ONLY = [
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
]
# Tables that only the database's own functions write.
READ_ONLY = ["audit_chainlink", "pilots_expenditureline", "pilots_commitmentline"]
# What the application may write and destroy, and of which it reads these columns only.
HIDDEN = {"accounts_blockedperson": ["id", "erasure_id", "until"]}


def grant_application_role(using: str = "default", **kwargs: Any) -> None:
    """Grant the application's role its rights on all tables. Safe to repeat; does nothing for the owner itself."""
    connection = connections[using]
    role = settings.APPLICATION_DATABASE_ROLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [role])
        current, exists = cursor.fetchone()
        if not exists or current == role:
            return
        tables = set(connection.introspection.table_names(cursor))
        name = sql.Identifier(role)
        statements = [
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
            sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
        ]
        statements += [
            sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name)
            for table in APPEND_ONLY
            if table in tables
        ]
        statements += [
            sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name)
            for table in READ_ONLY
            if table in tables
        ]
        for table, columns in HIDDEN.items():
            if table in tables:
                read = sql.SQL(", ").join(map(sql.Identifier, columns))
                names = {"table": sql.Identifier(table), "role": name, "columns": read}
                statements += [
                    sql.SQL("REVOKE SELECT, UPDATE, TRUNCATE ON {table} FROM {role}").format(**names),
                    sql.SQL("GRANT SELECT ({columns}) ON {table} TO {role}").format(**names),
                ]
        for statement in statements:
            cursor.execute(statement.as_string(connection.connection))
