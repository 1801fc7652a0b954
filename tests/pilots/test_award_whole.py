"""From the ranking to the payment, to the cent."""

from decimal import Decimal

import pytest

from challenges.models import Status
from pilots.models import PilotStatus
from tests.pilots import awards
from tests.pilots.money import line_of

pytestmark = pytest.mark.django_db


def test_award_pilot_and_payments_leave_what_was_paid_and_nothing_more():
    challenge = awards.ranked()

    pilot = awards.completed_pilot(awards.running_pilot(awards.pilot_of(awards.awarded(challenge))))

    assert pilot.status == PilotStatus.COMPLETED
    line = line_of(2026)
    gross = Decimal("14520.00")
    assert (line.d, line.o, line.p) == (gross, gross, gross)
    challenge.refresh_from_db()
    assert challenge.status == Status.PILOTING
