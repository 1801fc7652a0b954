"""An outage moves the term to accept an award, if it was running, and tells only the proposed winner."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from challenges.actions import incident as incidents
from challenges.policies import incident as policies
from govtech import clock
from govtech.notifications.models import Notice
from govtech.reference.calculations.calendar import is_working_day
from govtech.reference.models import Holiday
from pilots.models import Award
from tests import people
from tests.pilots import awards

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_the_term_to_accept_moves_by_a_working_day() -> None:
    award = awards.proposed(awards.ranked())
    old = award.answer_due_on
    began_at = datetime.combine(old, time(22), tzinfo=ZoneInfo(settings.TIME_ZONE))
    at = began_at + 4 * HOUR
    with clock.travel(at):
        incident = incidents.record(
            began_at=began_at, ended_at=began_at + HOUR, text="Sin servicio.", by=people.officer(), at=at
        )
        incidents.apply(incident, by=people.officer(), at=at)

    new = Award.objects.get(pk=award.pk).answer_due_on
    assert new > old
    assert is_working_day(new, Holiday.objects.dates())
    told = set(Notice.objects.filter(kind="incident.term_moved").values_list("recipient", flat=True))
    members = award.proposal.organisation.memberships.filter(left_at=None)
    assert told == set(members.values_list("user", flat=True))


def test_a_term_that_had_ended_stays() -> None:
    award = awards.proposed(awards.ranked())
    began_at = datetime.combine(award.answer_due_on + timedelta(days=1), time(1), tzinfo=ZoneInfo(settings.TIME_ZONE))
    at = began_at + HOUR
    incident = incidents.record(began_at=began_at, ended_at=at, text="Sin servicio.", by=people.officer(), at=at)

    assert policies.moves(incident, at=at) == []
