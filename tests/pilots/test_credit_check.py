"""The check list and the credit: it stops a department, advises the Office, and is settled once reserved."""

import pytest

from challenges.actions import challenge as actions
from challenges.policies import preflight
from govtech import clock
from govtech.errors import DomainError
from pilots.policies.credit import proposed_lines
from tests.challenges.factories import draft_challenge
from tests.pilots import money

pytestmark = pytest.mark.django_db


def level(challenge) -> list[str]:
    return [check.level for check in preflight.checks(challenge, at=clock.now()) if check.rule == "credit"]


def fund(challenge, credit: str) -> None:
    for part in proposed_lines(challenge, at=clock.now()):
        money.funded_year(part["year"], credit)


def test_a_department_cannot_send_what_there_is_no_credit_for() -> None:
    challenge = draft_challenge()
    fund(challenge, "100.00")

    assert "stop" in level(challenge)
    with pytest.raises(DomainError, match=r"cr[eé]di"):
        actions.submit(challenge, by=challenge.created_by, at=clock.now())


def test_with_credit_it_goes_and_what_vanishes_later_is_advice_for_the_office() -> None:
    challenge = draft_challenge()
    sent = actions.submit(challenge, by=challenge.created_by, at=clock.now())
    fund(challenge, "100.00")

    assert set(level(sent)) == {"advice"}


def test_enough_credit_is_in_order() -> None:
    challenge = draft_challenge()
    fund(challenge, "95000.00")

    assert level(challenge) == ["ok"]
    actions.submit(challenge, by=challenge.created_by, at=clock.now())
