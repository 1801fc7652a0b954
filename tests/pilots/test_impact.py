"""The figures of a year are what the record says: each is computed again by SQL written apart, and is equal."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from govtech import clock
from pilots.actions import annual_report
from pilots.calculations.impact import Impact, Part
from pilots.filters import impact
from startups.calculations.anonymity import LEAST
from tests import people
from tests.challenges import factories as calls
from tests.pilots import awards
from tests.pilots import calls as pilot_calls
from tests.programme import factories as training
from tests.startups import evaluations
from tests.visits import body

pytestmark = pytest.mark.django_db
YEAR = 2026
SAME_IN_TABLE = "Los mismos datos en tabla"

# A public challenge of the year: put to the market, and its publication past.
CALLS = """
    calls AS (
        SELECT * FROM challenges_challenge
        WHERE status NOT IN ('draft', 'submitted', 'returned', 'rejected', 'merged') AND publish_at <= portal_now()
    ),
    of_year AS (
        SELECT * FROM calls WHERE extract(year FROM publish_at AT TIME ZONE 'Europe/Madrid') = %(year)s
    ),
    made AS (
        SELECT award.*, proposal.organisation_id, proposal.kind_opened, proposal.size_opened, calls.publish_at
        FROM pilots_award award
        JOIN pilots_resolution resolution ON resolution.id = award.resolution_id
        JOIN calls ON calls.id = resolution.challenge_id
        JOIN startups_proposal proposal ON proposal.id = award.proposal_id
        WHERE award.status = 'approved'
    ),
    made_in_year AS (
        SELECT * FROM made WHERE extract(year FROM approved_at AT TIME ZONE 'Europe/Madrid') = %(year)s
    ),
    trials AS (SELECT pilot.* FROM pilots_pilot pilot JOIN calls ON calls.id = pilot.challenge_id),
    decided AS (
        SELECT * FROM trials WHERE final_decision <> ''
        AND extract(year FROM decided_at AT TIME ZONE 'Europe/Madrid') = %(year)s
    ),
    certificates AS (
        SELECT certificate.hours, registration.user_id FROM programme_certificate certificate
        JOIN programme_registration registration ON registration.id = certificate.registration_id
        JOIN programme_trainingsession session ON session.id = registration.session_id
        WHERE certificate.revoked_at IS NULL AND session.status = 'closed'
        AND extract(year FROM session.ends_at AT TIME ZONE 'Europe/Madrid') = %(year)s
    )
"""
BETWEEN = "round(avg(({} AT TIME ZONE 'Europe/Madrid')::date - ({} AT TIME ZONE 'Europe/Madrid')::date))::int"
SAME = {
    "challenges": "SELECT count(*) FROM of_year",
    "opened": "SELECT count(*) FROM of_year WHERE proposal_count IS NOT NULL",
    "proposals": "SELECT coalesce(sum(proposal_count), 0) FROM of_year",
    "days_to_publication": f"SELECT {BETWEEN.format('publish_at', 'created_at')} FROM of_year",
    "awards": "SELECT count(*) FROM made_in_year",
    "days_to_award": f"SELECT {BETWEEN.format('approved_at', 'publish_at')} FROM made_in_year",
    "days_to_start": f"""
        SELECT {BETWEEN.format("trials.started_at", "award.approved_at")} FROM trials
        JOIN pilots_award award ON award.id = trials.award_id
        WHERE extract(year FROM trials.started_at AT TIME ZONE 'Europe/Madrid') = %(year)s""",
    "days_to_payment": """
        SELECT round(avg(invoice.paid_on - (milestone.accepted_at AT TIME ZONE 'Europe/Madrid')::date))::int
        FROM pilots_invoice invoice JOIN pilots_milestone milestone ON milestone.id = invoice.milestone_id
        JOIN trials ON trials.id = milestone.pilot_id WHERE extract(year FROM invoice.paid_on) = %(year)s""",
    "sessions": """
        SELECT count(*) FROM programme_trainingsession
        WHERE status = 'closed' AND extract(year FROM ends_at AT TIME ZONE 'Europe/Madrid') = %(year)s""",
    "trained": "SELECT count(DISTINCT user_id) FROM certificates",
    "training_hours": "SELECT coalesce(sum(hours), 0) FROM certificates",
}  # of each, one number
SHARES = {
    "awarded_smes": """
        SELECT count(*), count(*) FILTER (WHERE size_opened IN ('micro', 'small', 'medium')) FROM made_in_year""",
    "awarded_startups": "SELECT count(*), count(*) FILTER (WHERE kind_opened = 'startup') FROM made_in_year",
    "new_suppliers": """
        SELECT count(DISTINCT organisation_id), count(DISTINCT organisation_id) FILTER (WHERE NOT EXISTS (
            SELECT FROM made earlier WHERE earlier.organisation_id = made_in_year.organisation_id
            AND extract(year FROM earlier.approved_at AT TIME ZONE 'Europe/Madrid') < %(year)s)) FROM made_in_year""",
    "on_time": """
        SELECT count(*), count(*) FILTER (
            WHERE status = 'completed' AND (ended_at AT TIME ZONE 'Europe/Madrid')::date <= ends_on)
        FROM trials WHERE status IN ('completed', 'terminated') AND started_at IS NOT NULL
        AND extract(year FROM ended_at AT TIME ZONE 'Europe/Madrid') = %(year)s""",
    "scaled": "SELECT count(*), count(*) FILTER (WHERE final_decision = 'scale') FROM decided",
    "indicators": """
        SELECT count(*), count(*) FILTER (
            WHERE CASE direction WHEN 'up' THEN value >= target ELSE value <= target END)
        FROM (
            SELECT DISTINCT ON (indicator.id) indicator.direction, indicator.target, measured.value
            FROM pilots_indicatorvalue measured
            JOIN pilots_indicator indicator ON indicator.id = measured.indicator_id
            JOIN decided ON decided.id = indicator.pilot_id
            ORDER BY indicator.id, measured.measured_on DESC, measured.id DESC
        ) last""",
    **{
        name: f"""
            SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE what IN ({wanted})), 0) FROM (
                SELECT proposal.{column} AS what, count(*) AS n,
                    min(count(*)) OVER (PARTITION BY proposal.challenge_id) AS fewest
                FROM startups_proposal proposal JOIN of_year ON of_year.id = proposal.challenge_id
                WHERE proposal.opened_at IS NOT NULL GROUP BY proposal.challenge_id, proposal.{column}
            ) counted WHERE fewest >= {LEAST}"""
        for name, column, wanted in (
            ("smes", "size_opened", "'micro', 'small', 'medium'"),
            ("startups", "kind_opened", "'startup'"),
        )
    },
}  # of each, all and those that count
LISTS = {
    "by_area": """
        SELECT coalesce(area.name, 'Sin ámbito'), count(*) FROM of_year
        LEFT JOIN reference_policyarea area ON area.id = of_year.policy_area_id GROUP BY 1""",
    "by_line": """
        SELECT line.name,
            coalesce(sum(amount) FILTER (WHERE phase = 'D'), 0), coalesce(sum(amount) FILTER (WHERE phase = 'P'), 0)
        FROM pilots_budgetline line JOIN pilots_budgetyear year ON year.id = line.budget_year_id
        LEFT JOIN pilots_ledgerentry entry ON entry.line_id = line.id
        WHERE year.year = %(year)s AND year.status <> 'provisional' GROUP BY line.id""",
    "money_by_area": """
        SELECT coalesce(area.name, 'De ningún ámbito concreto'),
            coalesce(sum(amount) FILTER (WHERE phase = 'D'), 0), coalesce(sum(amount) FILTER (WHERE phase = 'P'), 0)
        FROM pilots_ledgerentry entry JOIN pilots_budgetline line ON line.id = entry.line_id
        JOIN pilots_budgetyear year ON year.id = line.budget_year_id
        JOIN pilots_expenditure file ON file.id = entry.expenditure_id
        LEFT JOIN calls ON calls.id = file.challenge_id
        LEFT JOIN reference_policyarea area ON area.id = calls.policy_area_id
        WHERE year.year = %(year)s AND year.status <> 'provisional' AND phase IN ('D', 'P')
        AND (file.challenge_id IS NULL OR calls.id IS NOT NULL) GROUP BY 1""",
}


def asked(query: str, year: int) -> list[tuple[Any, ...]]:
    """Return the rows of a query, written without the portal's own code."""
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {CALLS} {query}", {"year": year})
        return cursor.fetchall()


def by_sql(year: int) -> dict[str, Any]:
    """Return every figure of a year as SQL has it."""
    found: dict[str, Any] = {name: asked(query, year)[0][0] for name, query in SAME.items()}
    found |= {name: Part(*map(int, asked(query, year)[0])) for name, query in SHARES.items()}
    return found | {name: set(asked(query, year)) for name, query in LISTS.items()}


def by_portal(found: Impact) -> dict[str, Any]:
    """Return the same figures as the portal computed them."""
    spent = {
        name: {(row.name, row.committed, row.paid) for row in getattr(found, name)}
        for name in ("by_line", "money_by_area")
    }
    return {name: getattr(found, name) for name in (*SAME, *SHARES)} | {"by_area": set(found.by_area)} | spent


def eventful() -> None:
    """Make a year with calls of every end, pilots paid, decided and ended early, and training."""
    for way in (pilot_calls.decided, pilot_calls.terminated, pilot_calls.refused, pilot_calls.cancelled):
        way()
    calls.published_challenge()
    training.passed(people.delegate(), training.course())


def test_every_figure_is_what_sql_written_apart_says() -> None:
    eventful()
    with clock.travel(awards.WORKING + timedelta(days=250)):
        for year in (YEAR, YEAR + 1, YEAR - 1):
            ours, theirs = by_portal(impact.of(year)), by_sql(year)
            assert {name: (ours[name], theirs[name]) for name in theirs if ours[name] != theirs[name]} == {}
        found = impact.of(YEAR)

    # The year isn't empty: each figure has something to say.
    empty = {name for name, value in by_portal(found).items() if not value or value in (Part(0), None)}
    assert empty <= {"smes", "startups", "trained", "training_hours", "sessions", "days_to_publication"}, empty
    assert (found.scaled.of, found.on_time.of) == (1, 2)
    assert found.by_line[0].paid > 0


def test_who_competed_counts_only_where_all_are_told() -> None:
    challenge = awards.ranked(prices=("12000.00", "14000.00", "13000.00"), points=(5, 4, 3))
    with clock.travel(awards.WORKING):
        kinds = impact.of(YEAR).startups
        rows = list(evaluations.Proposal.objects.filter(challenge=challenge))
        assert len(rows) == LEAST
        same = len({row.kind_opened for row in rows}) == 1
        assert kinds == (Part(LEAST, sum(row.kind_opened == "startup" for row in rows)) if same else Part(0))
        evaluations.Proposal.objects.filter(pk=rows[0].pk).update(kind_opened="university")
        assert impact.of(YEAR).startups == Part(0)


def test_the_page_and_the_report_say_the_same_with_their_meaning(client: Client) -> None:
    eventful()
    with clock.travel(awards.WORKING + timedelta(days=250)):
        page = client.get(reverse("pilots:impact", kwargs={"year": YEAR}))
        report = client.get(reverse("pilots:annual_report", kwargs={"year": YEAR}))
        none = client.get(reverse("pilots:impact", kwargs={"year": 1999}))
        groups = annual_report.groups(impact.of(YEAR))

    html = page.content.decode()
    for group in groups:
        for figure in group.figures:
            assert figure.label in html
            assert figure.value in html
            assert figure.means
    assert html.count("<svg") == html.count(SAME_IN_TABLE) >= 4
    assert body(report).startswith(b"%PDF")
    assert none.status_code == 404


def test_nothing_of_what_isnt_public_is_counted(client: Client) -> None:
    calls.published_challenge(title="Secreto", publish_at=clock.now() + timedelta(hours=9))
    calls.draft_challenge()
    year = clock.now().year

    found = impact.of(year)

    assert (found.challenges, found.by_area) == (0, [])
    assert Decimal(0) == found.committed
    assert client.get(reverse("pilots:impact_latest")).status_code == 200
