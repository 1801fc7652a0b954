"""From the deadline to the ranking, by the real actions."""

from decimal import Decimal

import pytest

from startups.models import ProposalResult
from tests.startups.evaluations import evaluation_of, locked, opening_of

pytestmark = pytest.mark.django_db


def test_two_proposals_go_from_the_deadline_to_the_ranking():
    challenge = locked()

    rows = ProposalResult.objects.order_by("rank")
    assert [(row.rank, row.judgement_points, row.price_points, row.total_points) for row in rows] == [
        (1, Decimal("72.00"), Decimal("10.00"), Decimal("82.00")),
        (2, Decimal("54.00"), Decimal("8.57"), Decimal("62.57")),  # 10 x 12000 / 14000
    ]
    assert challenge.proposal_count == 2
    assert [entry["matches"] for entry in opening_of(challenge).record] == [True, True]
    assert opening_of(challenge).report.content_type == "application/pdf"
    evaluation = evaluation_of(challenge)
    assert evaluation.report.content_type == "application/pdf"
    assert evaluation.economic_opened_at >= evaluation.locked_at
    assert evaluation.locked_by_chair != evaluation.locked_by_secretary
