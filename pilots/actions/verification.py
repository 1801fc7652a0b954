"""Proof of the ledger: every carried sum is computed again from the entries and from the movements of credit."""

from dataclasses import dataclass
from typing import Any

from govtech.audit.chains import CHAINS, verify

PHASES = ("rc", "a", "d", "o", "p")
SHOWN = 20


@dataclass(frozen=True)
class Sums:
    """A table with sums, the column of the entries that names its rows, and the phases it carries."""

    table: str
    key: str
    phases: tuple[str, ...]
    pair: str = ""


CARRIED = (
    Sums("pilots_budgetline", "line_id", PHASES),
    Sums("pilots_commitment", "commitment_id", ("d", "o", "p")),
    Sums("pilots_milestone", "milestone_id", ("o", "p")),
    Sums("pilots_contractpart", "part_id", ("o", "p")),
    Sums("pilots_expenditureline", "expenditure_id", PHASES, "line_id"),
    Sums("pilots_commitmentline", "commitment_id", ("d", "o", "p"), "line_id"),
)

CREDIT = """
SELECT 'pilots_budgetline ' || l.id, c.name, c.kept, c.entered FROM pilots_budgetline l
CROSS JOIN LATERAL (
  SELECT coalesce(sum(m.amount) FILTER (WHERE m.kind <> 'not_available'), 0) AS credit,
         coalesce(sum(m.amount) FILTER (WHERE m.kind = 'not_available'), 0) AS withheld
  FROM pilots_creditmovement m WHERE m.line_id = l.id) s
CROSS JOIN LATERAL (VALUES ('credit', l.credit, s.credit), ('not_available', l.not_available, s.withheld))
  AS c(name, kept, entered)
WHERE c.kept IS DISTINCT FROM c.entered ORDER BY l.id, c.name LIMIT %(limit)s
"""
BOUNDS = """
SELECT 'pilots_budgetline ' || id, 'bounds', credit, rc + a + not_available FROM pilots_budgetline
WHERE NOT (0 <= p AND p <= o AND o <= d AND d <= a AND rc >= 0 AND rc + a + not_available <= credit)
ORDER BY id LIMIT %(limit)s
"""
ENVELOPE = """
SELECT 'pilots_budgetyear ' || y.year, 'envelope', y.envelope, s.total FROM pilots_budgetyear y
CROSS JOIN LATERAL (
  SELECT coalesce(sum(m.amount) FILTER (WHERE m.kind IN ('initial', 'transfer')), 0) AS total
  FROM pilots_creditmovement m JOIN pilots_budgetline l ON l.id = m.line_id WHERE l.budget_year_id = y.id) s
WHERE y.status <> 'provisional' AND s.total <> y.envelope ORDER BY y.year LIMIT %(limit)s
"""
TRANSFERS = """
SELECT 'audit_prepareddecision ' || m.decision_id, 'transfer', 0, sum(m.amount) FROM pilots_creditmovement m
WHERE m.kind = 'transfer' GROUP BY m.decision_id HAVING sum(m.amount) <> 0 ORDER BY m.decision_id LIMIT %(limit)s
"""


def _query(sums: Sums) -> str:
    """Return the SQL that lists (row, column, carried, computed) where they differ. Names are this file's constants."""
    on = f"e.{sums.key} = t.{sums.key} AND e.{sums.pair} = t.{sums.pair}" if sums.pair else f"e.{sums.key} = t.id"
    computed = ", ".join(
        f"coalesce(sum(e.amount) FILTER (WHERE e.phase = '{phase.upper()}'), 0) AS {phase}" for phase in sums.phases
    )
    values = ", ".join(f"('{phase}', t.{phase}, s.{phase})" for phase in sums.phases)
    return f"""
      SELECT '{sums.table} ' || t.id, c.name, c.kept, c.entered FROM {sums.table} t
      CROSS JOIN LATERAL (SELECT {computed} FROM pilots_ledgerentry e WHERE {on}) s
      CROSS JOIN LATERAL (VALUES {values}) AS c(name, kept, entered)
      WHERE c.kept IS DISTINCT FROM c.entered ORDER BY t.id, c.name LIMIT %(limit)s
    """  # noqa: S608 - constants


def differences(cursor: Any, *, limit: int = SHOWN) -> list[str]:
    """Return what doesn't agree with the entries, the first of each sort. Empty when all is right."""
    found = []
    for statement in (*(_query(sums) for sums in CARRIED), CREDIT, BOUNDS, ENVELOPE, TRANSFERS):
        cursor.execute(statement, {"limit": limit})
        found += [f"{row}: {name} is {kept}, entries say {entered}" for row, name, kept, entered in cursor.fetchall()]
    for chain in CHAINS:
        if chain.name == "ledger":
            problem = verify(cursor, chain).problem
            found += [f"chain of the ledger: {problem}"] if problem else []
    return found[:limit]
