"""Verification of the hash chains that the database writes at commit (`audit/sql/0002_chain.sql`)."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Chain:
    """A chain and the table whose rows it vouches for."""

    name: str
    table: str


@dataclass(frozen=True)
class Report:
    """What a verification found: number of links, and the first problem in words, empty when whole."""

    links: int
    problem: str


CHAINS = [
    Chain("audit", "audit_auditevent"),
    Chain("receipts", "startups_receipt"),
    Chain("ledger", "pilots_ledgerentry"),
]

# Every link is computed again from the row as it is now; order, gaps and missing links are looked at as well.
CHECK = """
SELECT l.seq,
       l.seq IS DISTINCT FROM row_number() OVER (ORDER BY l.seq) AS gap,
       l.prev_hash IS DISTINCT FROM coalesce(lag(l.hash) OVER (ORDER BY l.seq), '') AS unlinked,
       r.id IS NULL AS missing,
       l.hash IS DISTINCT FROM portal_row_digest(to_jsonb(r), l.fields, l.prev_hash) AS altered
FROM audit_chainlink l LEFT JOIN {table} r ON r.id = l.row_id
WHERE l.chain = %s
"""


def verify(cursor: Any, chain: Chain) -> Report:
    """Recompute the chain from its rows. `cursor` is an open database cursor."""
    cursor.execute("SELECT set_config('timezone', 'UTC', false)")
    cursor.execute("SELECT to_regclass(%s)", [chain.table])
    if cursor.fetchone()[0] is None:
        return Report(0, "")
    cursor.execute("SELECT count(*) FROM audit_chainlink WHERE chain = %s", [chain.name])
    links = cursor.fetchone()[0]
    check = CHECK.format(table=chain.table)
    cursor.execute(
        f"SELECT * FROM ({check}) c WHERE gap OR unlinked OR missing OR altered ORDER BY seq LIMIT 1",  # noqa: S608 - constants
        [chain.name],
    )
    row = cursor.fetchone()
    if row is not None:
        seq, gap, unlinked, missing, altered = row
        what = (
            "gap"
            if gap
            else "row missing"
            if missing
            else "row altered"
            if altered
            else "link broken"
            if unlinked
            else ""
        )
        return Report(links, f"broken at {seq}: {what}")
    cursor.execute(
        f"SELECT r.id FROM {chain.table} r LEFT JOIN audit_chainlink l ON l.row_id = r.id AND l.chain = %s "  # noqa: S608 - constants
        "WHERE l.id IS NULL ORDER BY r.id LIMIT 1",
        [chain.name],
    )
    row = cursor.fetchone()
    return Report(links, f"row {row[0]} has no link" if row else "")
