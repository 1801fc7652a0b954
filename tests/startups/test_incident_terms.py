"""An outage moves the term to correct a proposal, if it was running, and tells only its organisation."""

from datetime import timedelta

import pytest

from challenges.actions import incident as incidents
from challenges.models import IncidentEffect
from challenges.policies import incident as policies
from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.notifications.models import Notice
from startups.actions import admission
from startups.models import Proposal
from startups.policies.admission import earliest_due
from tests import people
from tests.startups import evaluations

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TERM = "correction_due_at"


def awaited() -> Proposal:
    """Return a proposal whose correction is awaited."""
    challenge = evaluations.opened()
    proposal = evaluations.proposals_of(challenge).order_by("pk").first()
    at = evaluations.later(challenge, 30)
    with clock.travel(at):
        due_at = earliest_due(at=at)
        return admission.request_correction(
            proposal, text="Falta la firma de quien dirige el equipo.", due_at=due_at, by=people.officer(), at=at
        )


@pytest.mark.parametrize(("before", "touched"), [(HOUR, True), (-HOUR, False)])
def test_a_term_that_was_running_moves(before: timedelta, touched: bool) -> None:
    proposal = awaited()
    old = proposal.correction_due_at
    began_at = old - before
    at = began_at + 3 * HOUR
    with clock.travel(at):
        incident = incidents.record(began_at=began_at, ended_at=at, text="Sin servicio.", by=people.officer(), at=at)
        assert bool([move for move in policies.moves(incident, at=at) if move.deadline.term == TERM]) is touched
        if not touched:
            return
        incidents.apply(incident, by=people.officer(), at=at)

    proposal.refresh_from_db()
    assert proposal.correction_due_at >= old + 3 * HOUR
    effect = IncidentEffect.objects.get(term=TERM)
    assert (effect.old, effect.new, effect.is_public) == (old, proposal.correction_due_at, False)
    assert not IncidentEffect.objects.visible_to(people.officer()).filter(term=TERM)
    told = set(Notice.objects.filter(kind="incident.term_moved").values_list("recipient", flat=True))
    members = set(proposal.organisation.memberships.filter(left_at=None).values_list("user", flat=True))
    assert told == members
    assert AuditEvent.objects.filter(kind="proposal.correction_term_moved", target_id=str(proposal.pk)).count() == 1


def test_a_term_given_after_the_outage_stays() -> None:
    proposal = awaited()
    began_at = evaluations.later(proposal.challenge, 20)
    at = proposal.correction_due_at
    incident = incidents.record(
        began_at=began_at, ended_at=began_at + HOUR, text="Sin servicio.", by=people.officer(), at=at
    )

    assert not [move for move in policies.moves(incident, at=at) if move.deadline.term == TERM]
