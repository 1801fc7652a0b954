"""Every end without a pilot gives the money back to the cent: here nobody proposes, nobody fits, nobody accepts.

Nobody over the threshold: `test_award_actions`. Cancelled after publication: `test_ledger_actions`. A pilot that ends
early: `test_pilot_actions`.
"""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db.models import Sum

from challenges.models import Challenge, Status
from govtech import clock
from pilots.actions import award as awards
from pilots.actions import resolution as resolutions
from pilots.models import Expenditure, LedgerEntry, ResolutionKind
from startups.actions import admission
from startups.models import Proposal, ProposalStatus
from tests import people
from tests.pilots import awards as given
from tests.pilots.ledgers import flush_deferred
from tests.pilots.money import published
from tests.startups.evaluations import opened, proposals_of, with_proposals
from tests.startups.factories import owner_of

pytestmark = pytest.mark.django_db


def nobody_proposes() -> Challenge:
    """Return a challenge whose record of the opening is empty."""
    with clock.travel(given.SPRING):
        return opened(published())


def nobody_is_admitted() -> Challenge:
    """Return a challenge whose two proposals were left out."""
    with clock.travel(given.SPRING):
        challenge = opened(with_proposals(challenge=published()))
    with given.working() as at:
        for proposal in proposals_of(challenge):
            admission.exclude(
                proposal, rule="conditions", reason="No dice en qué barrios se probaría.", by=people.officer(), at=at
            )
    return challenge


def the_only_one_declines() -> Challenge:
    """Return a challenge whose winner declined and nobody is on the reserve list."""
    challenge = given.ranked(("12000.00",), points=(5,))
    award = given.proposed(challenge)
    with given.working(1) as at:
        awards.decline(award, note="Sin equipo.", by=owner_of(award.proposal.organisation), at=at)
    return challenge


@pytest.mark.parametrize("reach", [nobody_proposes, nobody_is_admitted, the_only_one_declines])
def test_money_is_back_to_the_cent(reach: Callable[[], Challenge]) -> None:
    challenge = reach()
    file = Expenditure.objects.get(challenge=challenge)
    assert file.lines.aggregate(a=Sum("a"))["a"] == Decimal("17545.00")

    with given.working(2) as at:
        resolutions.prepare_void(
            challenge, kind=ResolutionKind.VOID, reason="Sin adjudicar.", by=people.officer(), at=at
        )
    with given.working(3) as at:
        resolution = resolutions.approve_void(challenge, by=people.director(), at=at)

    flush_deferred()
    challenge.refresh_from_db()
    assert (challenge.status, challenge.ended_reason) == (Status.VOID, "Sin adjudicar.")
    assert resolution.document is not None
    entries = LedgerEntry.objects.filter(expenditure=file).order_by("phase").values_list("phase")
    assert dict(entries.annotate(total=Sum("amount"))) == {"A": Decimal("0.00"), "RC": Decimal("0.00")}
    for row in file.lines.select_related("line"):
        assert (row.rc, row.a, row.line.available) == (0, 0, row.line.credit)
    left = Proposal.objects.filter(challenge=challenge).exclude(
        status__in=[ProposalStatus.EXCLUDED, ProposalStatus.NOT_SELECTED]
    )
    assert list(left) == []
