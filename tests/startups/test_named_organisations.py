"""A draft that names a company of the directory is told so; one that isn't listed gives nothing away."""

import pytest

from challenges.policies import preflight
from govtech import clock
from startups.models import Organisation
from tests.challenges.factories import draft_challenge
from tests.startups import factories

pytestmark = pytest.mark.django_db


def named(text: str) -> list[str]:
    challenge = draft_challenge(problem=text)
    return [check.text for check in preflight.checks(challenge, at=clock.now()) if check.rule == "brand"]


def test_a_listed_company_is_noticed_without_its_legal_form() -> None:
    factories.organisation(name="Sensores del Norte, S.L.", is_listed=True)

    assert any("Sensores del Norte" in text for text in named("Lo haría Sensores del Norte en seis meses."))
    assert named("Hay sensores del norte que fallan.") == []


def test_a_company_that_is_not_listed_is_not_given_away() -> None:
    factories.organisation(name="Callada Ficticia SL")

    assert named("Lo haría Callada Ficticia.") == []
    assert Organisation.objects.all().named_in("Callada Ficticia") == []
