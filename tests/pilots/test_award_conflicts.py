"""Who has an interest in a call neither sees how its award is prepared nor approves it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from challenges.models import Challenge
from govtech import clock
from govtech.accounts.models import User
from pilots.actions import award as actions
from pilots.models import Award, Pilot
from startups.models import (
    ConflictDeclaration,
    OrganisationRole,
    PanelMember,
    PanelRole,
    Proposal,
)
from tests import people
from tests.copies import unchecked
from tests.pilots import awards
from tests.startups import factories

pytestmark = pytest.mark.django_db


@contextmanager
def past_guards() -> Iterator[None]:
    """Write what could only have been written earlier: triggers don't fire."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def on_the_panel(user: User, challenge: Challenge, *, left: bool) -> PanelMember:
    """Put the person on the panel; with `left`, off again for a conflict on the whole challenge."""
    at, by = clock.now(), people.officer()
    with unchecked():  # the panel of locked scores is fixed: the person had sat before
        return PanelMember.objects.create(
            challenge=challenge,
            user=user,
            role=PanelRole.ADVISER,
            named_at=at,
            named_by=by,
            declared_at=at,
            has_conflict=left,
            left_at=at if left else None,
        )


def conflict_on_the_challenge(user: User, challenge: Challenge) -> None:
    on_the_panel(user, challenge, left=True)


def conflict_on_one_organisation(user: User, challenge: Challenge) -> None:
    member, proposal = on_the_panel(user, challenge, left=False), Proposal.objects.filter(challenge=challenge)[0]
    with unchecked():
        ConflictDeclaration.objects.create(
            member=member, proposal=proposal, declared_at=clock.now(), has_conflict=True, reason="Es de mi hermano."
        )


def belongs_to_one(user: User, challenge: Challenge) -> None:
    organisation = Proposal.objects.filter(challenge=challenge)[0].organisation
    factories.member(organisation, OrganisationRole.READER, user)


def test_who_has_an_interest_reads_no_award_nor_its_papers_and_a_seat_on_the_panel_bars_the_approval(client):
    challenge = awards.prepared()
    award = Award.objects.select_related("proposal").get()
    officer, director = people.officer(), people.director()
    rival = Proposal.objects.filter(challenge=challenge).exclude(pk=award.proposal_id)[0].organisation
    factories.member(rival, OrganisationRole.READER, officer)
    address = reverse("pilots:my_award", kwargs={"public_id": award.public_id})
    with awards.working(3) as at:
        client.force_login(officer)
        assert client.get(address).status_code == 403
        client.force_login(people.auditor())
        assert client.get(address).status_code == 200
        on_the_panel(director, challenge, left=False)
        with pytest.raises(PermissionDenied):
            actions.approve(challenge, by=director, at=at)

    assert not Pilot.objects.exists()


@pytest.mark.parametrize("interest", [conflict_on_the_challenge, conflict_on_one_organisation, belongs_to_one])
def test_a_director_with_an_interest_approves_nothing(client, interest):
    challenge = awards.prepared()
    director = people.director()
    with past_guards():  # she sat on it, and left, before the scores were locked
        interest(director, challenge)
    with awards.working(10):
        with pytest.raises(PermissionDenied):
            actions.approve(challenge, by=director, at=clock.now())
        client.force_login(director)
        assert client.get(reverse("pilots:award", kwargs={"slug": challenge.slug})).status_code == 403

        assert not Pilot.objects.exists()
        actions.approve(challenge, by=people.director(), at=clock.now())

    assert Pilot.objects.count() == 1
