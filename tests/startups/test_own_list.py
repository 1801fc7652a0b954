"""The list of one's own proposals is read by an index, in two parts: it holds what the rule says, in the same order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from govtech import clock
from startups.models import Membership, Partner, PartnerStatus, Proposal, ProposalStatus
from startups.models.listed import OwnProposals, _count, _page
from tests.challenges.factories import open_challenge
from tests.copies import unchecked
from tests.people import person
from tests.startups.factories import member, organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def begin() -> Callable[..., list[Proposal]]:
    """Return what makes withdrawn proposals of an organisation, begun some hours ago: a challenge may have many."""
    challenge, at = open_challenge(), clock.now()

    def made(lead: Any, hours: list[int]) -> list[Proposal]:
        with unchecked():
            return Proposal.objects.bulk_create(
                Proposal(
                    challenge=challenge, organisation=lead, status=ProposalStatus.WITHDRAWN, withdrawn_at=at,
                    created_by=lead.created_by, created_at=at - timedelta(hours=each),
                )
                for each in hours
            )  # fmt: skip

    return made


def confirmed(proposal: Proposal, who: Any, status: str = PartnerStatus.CONFIRMED) -> None:
    """Make an organisation a partner."""
    at = clock.now()
    with unchecked():
        Partner.objects.create(
            proposal=proposal, mark=who.public_id, organisation=who, status=status, terms=b"x", invited_at=at,
            invited_by=who.created_by, answered_at=at, answered_by=who.created_by, confirmed_version=1,
        )  # fmt: skip


def test_it_holds_what_is_led_and_what_one_is_partner_in_once_each_and_the_newest_first(begin: Any) -> None:
    """Two organisations of a person, one of them also a partner of the other and of a third one."""
    user = person()
    first, second, third, left = organisation(owner=user), organisation(), organisation(), organisation()
    member(second, user=user)
    member(left, user=user)
    Membership.objects.filter(organisation=left, user=user).update(left_at=clock.now(), left_by=user)
    begin(first, [1, 4, 4, 7])
    both = begin(second, [2, 5])
    others = begin(third, [3, 6, 8])
    begin(left, [1])
    confirmed(both[0], first)
    confirmed(others[0], first)
    confirmed(others[0], second)
    confirmed(others[1], first, PartnerStatus.INVITED)
    confirmed(others[2], second, PartnerStatus.LEFT)
    expected = list(Proposal.objects.of_member(user).order_by("-created_at", "-pk").values_list("pk", flat=True))
    own = OwnProposals(user)
    assert len(expected) == 7
    assert own.count() == 7
    assert [row.pk for row in own[0:50]] == expected
    assert [[row.pk for row in own[at : at + 3]] for at in (0, 3, 6, 9)] == [
        expected[at : at + 3] for at in (0, 3, 6, 9)
    ]
    assert OwnProposals(person()).count() == 0
    assert not OwnProposals(person())[0:50]


def test_a_page_is_read_by_the_index() -> None:
    """Neither sorts all proposals of an organisation nor reads those of others."""
    values = {"user": 1, "skip": 0, "take": 50}
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):  # priced out, whatever the number of rows
            cursor.execute(f"SET LOCAL enable_{way} = off")
        plans = []
        for statement in (_page(), _count()):
            cursor.execute("EXPLAIN " + statement, values)
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert "proposal_of_organisation" in plans[0], plans[0]
    assert all("Seq Scan on startups_proposal " not in plan for plan in plans), plans
