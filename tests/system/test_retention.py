"""On the demonstration's data: what the schedule and an erasure would do, what they do, and what stays and why.

The clock is moved by the owner's session (`portal.now`), as for tests of deadlines: the commands are the real ones.
"""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from govtech.embedded import OWNER_ROLE, PostgresServer
from tests import environment
from tests.environment import clone, drop
from tests.system.portal import manage, settings_variables

pytestmark = pytest.mark.system
DOMAIN = "demo.example"


class Data:
    """A copy of the demonstration's database, and the portal's commands on it at any instant."""

    def __init__(self, postgres: PostgresServer, name: str, folder: Path) -> None:
        """Work on the database `name`, with the demonstration's files in `folder`."""
        self.postgres, self.name = postgres, name
        self.env = settings_variables(postgres, name, folder)

    def at(self, instant: datetime, *command: str) -> str:
        """Run a command as if it were that instant."""
        return manage({**self.env, "PGOPTIONS": f"-c portal.now={instant.isoformat()}"}, *command)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self.postgres.connect(self.name, OWNER_ROLE) as connection:
            return connection.execute(query, values or None).fetchall()

    def count(self, table: str, condition: str = "true") -> int:
        """Return how many rows a table has."""
        return self.ask(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0]


@pytest.fixture
def data(postgres: PostgresServer, demo_database: str, tmp_path: Path) -> Iterator[Data]:
    """A copy of the demonstration, its files too: they are destroyed."""
    name = f"{demo_database}_retention"
    clone(postgres, demo_database, name)
    shutil.copytree(environment.folder() / "demo" / "files", tmp_path / "files")
    yield Data(postgres, name, tmp_path)
    drop(postgres, name)


KEPT = ("startups_submission", "startups_receipt", "audit_auditevent", "pilots_ledgerentry", "startups_proposal")
DRAFTS = "proposal_id IN (SELECT id FROM startups_proposal p WHERE NOT EXISTS (SELECT 1 FROM startups_submission s WHERE s.proposal_id = p.id))"  # noqa: E501
NAME = "SELECT u.id, u.email, u.full_name FROM accounts_user u JOIN startups_membership m ON m.user_id = u.id WHERE m.role <> 'owner' AND m.left_at IS NULL AND u.is_active ORDER BY u.id LIMIT 1"  # noqa: E501


def test_an_erasure_says_what_it_would_do_does_it_and_says_what_stayed_and_why(data: Data) -> None:
    (key, email, name), now = data.ask(NAME)[0], datetime.now(UTC)

    looked = data.at(now, "erase_account", email)
    assert data.ask("SELECT full_name FROM accounts_user WHERE id = %s", key) == [(name,)]
    done = data.at(now, "erase_account", email, "--run")

    told = re.findall(r"^(?:goes|stays): .*$", looked, re.M)
    assert re.findall(r"^(?:goes|stays): .*$", done, re.M) == told
    stayed = [line for line in told if line.startswith("stays")]
    assert len(stayed) >= 2
    assert all(re.search(r"\(\d+\)\. \w", line) for line in stayed), "each says why"
    assert data.ask("SELECT full_name, is_active FROM accounts_user WHERE id = %s", key) == [("Cuenta borrada", False)]
    for table in ("accounts_user", "account_emailaddress", "startups_invitation"):
        assert data.count(table, f"email = '{email}'") == 0
    assert data.count("notifications_notice", f"params::text LIKE '%{name}%'") == 0
    assert data.count("startups_membership", f"user_id = {key} AND left_at IS NOT NULL") > 0


def test_the_schedule_lists_waits_and_destroys_and_the_record_is_whole(data: Data) -> None:
    later = datetime.now(UTC) + timedelta(days=800)
    before = {table: data.count(table) for table in KEPT}
    listed = "SELECT target::bigint FROM accounts_retentionentry WHERE rule = 'startups.drafts' AND done_at IS NULL"
    known = [key for (key,) in data.ask(listed)]
    assert known, "the demonstration has a draft on the list"
    fresh = f"{DRAFTS} AND NOT proposal_id = ANY(ARRAY{known}::bigint[])"
    drafts, entries = data.count("startups_proposalsection", fresh), data.count("accounts_retentionentry")
    assert drafts > 0, "and some that aren't"

    looked = data.at(later, "retention")
    assert data.count("accounts_retentionentry") == entries, "looking changes nothing"
    coming = int(re.search(r"To be listed by the next run: (\d+)\.", looked)[1])  # type: ignore[index]
    assert "  stays: " in looked
    first = data.at(later, "retention", "--run")
    assert f"Listed: {coming}." in first
    assert re.search(rf"^startups\.drafts: {len(known)} done$", first, re.M), "what the demonstration had listed"
    assert data.count("startups_proposalsection", fresh) == drafts, "what is new on the list waits"
    done = data.at(later + timedelta(days=31), "retention", "--run")

    assert re.search(r"^startups\.drafts: \d+ done$", done, re.M)
    assert "failed" not in done
    assert data.count("startups_proposalsection", DRAFTS) == 0
    kept = [line for (lines,) in data.ask("SELECT kept FROM accounts_erasure WHERE by_schedule") for line in lines]
    assert kept
    assert all(line["why"] for line in kept)
    after = {table: data.count(table) for table in KEPT}
    assert {**after, "audit_auditevent": 0} == {**before, "audit_auditevent": 0}
    assert after["audit_auditevent"] > before["audit_auditevent"]
    assert data.at(later, "verify_audit").count("whole") >= 3
