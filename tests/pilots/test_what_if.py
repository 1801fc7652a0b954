"""What if we award these: each year fills, what doesn't fit can't be ticked and says why, nothing changes."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from govtech import clock
from govtech.files.actions import store
from pilots.models import Award, LedgerEntry
from startups.models import Proposal
from tests import people
from tests.pilots import awards

pytestmark = pytest.mark.django_db


def test_ticking_fills_the_year_and_what_does_not_fit_says_why(client):
    with clock.travel(awards.SPRING):
        upload = SimpleUploadedFile("informe.txt", b"Objetos independientes.", content_type="text/plain")
        report = store(upload, by=people.officer(), at=awards.SPRING)
    challenge = awards.ranked(
        ("14000.00", "13500.00", "14500.00"),
        points=(5, 4, 3),
        awards_planned=2,
        independent_objects_reason="Dos barrios.",
        independent_objects_report=report,
    )
    first, second, third = Proposal.objects.filter(challenge=challenge).order_by("result__rank")
    url = reverse("pilots:what_if", kwargs={"slug": challenge.slug})
    entries = LedgerEntry.objects.count()
    client.force_login(people.officer())

    def shown(**query: list[str]) -> str:
        return client.get(url, query).content.decode().replace("\xa0", " ")

    def box(page: str, proposal: Proposal) -> str:
        return page[page.index(f'value="{proposal.public_id}"') :].partition(">")[0]

    with awards.working():
        nothing = shown()
        one = shown(pick=[first.public_id])
        two = shown(pick=[first.public_id, second.public_id])
        forged = shown(pick=[third.public_id])
        awards.accepted(challenge)
        later = shown()

    assert "disabled" not in box(nothing, first)
    assert "disabled" in box(nothing, second)
    assert "siguen la clasificación" in nothing
    assert "checked" in box(one, first)
    assert "disabled" not in box(one, second)
    assert "16.940 €" in one
    assert "18.150 €" in one
    assert "disabled" in box(two, third)
    assert "no queda ninguna libre" in two
    assert "33.275 €" in two
    assert "no se pueden adjudicar a la vez" in forged
    assert "checked" not in forged
    assert f'value="{first.public_id}"' not in later  # it is proposed already, and counts as such
    assert "18.150 €" in later
    assert (LedgerEntry.objects.count(), Award.objects.count()) == (entries, 1)
    assert Award.objects.get().amount_gross == Decimal("16940.00")


def test_only_the_office_directors_and_auditors_see_it(client):
    challenge = awards.ranked()
    url = reverse("pilots:what_if", kwargs={"slug": challenge.slug})
    for who, status in ((people.director(), 200), (people.auditor(), 200), (people.person(), 403)):
        client.force_login(who)
        assert client.get(url).status_code == status
