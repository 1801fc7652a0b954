"""Every address of awards and pilots, as every role, against the table; and lists that don't grow in queries."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from govtech import clock
from govtech.audit.models import AuditEvent
from pilots.actions import award as award_actions
from pilots.actions import indicator as indicators
from pilots.actions import milestone as milestones
from pilots.models import Indicator, LedgerEntry
from pilots.urls import award as award_urls
from pilots.urls import pilot as pilot_urls
from tests import people
from tests.access import ROLES
from tests.pilots import access_letters, awards
from tests.pilots.access_pilots import ROUTES
from tests.startups.factories import organisation, owner_of

pytestmark = pytest.mark.django_db


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("nota.txt", b"nota", content_type="text/plain")


def the_pilot() -> Any:
    """Return a running pilot with everything that has an address."""
    challenge = awards.ranked()
    award = awards.accepted(challenge)
    with awards.working(2) as at:
        owner = owner_of(award.proposal.organisation)
        award_actions.add_paper(award, title="Poder", upload=upload(), by=owner, at=at)
        award_actions.prepare_approval(challenge, by=people.officer(), at=at)
        award_actions.approve(challenge, by=people.director(), at=at)
    pilot = awards.running_pilot(awards.pilot_of(challenge))
    with awards.working(40) as at:
        by = awards.company_of(pilot)
        milestones.deliver(awards.milestone_of(pilot), note="Va.", files=[upload()], by=by, at=at)
        milestones.accept(awards.milestone_of(pilot), by=awards.delegate_of(pilot), at=at)
    awards.invoice_of(awards.milestone_of(pilot))
    indicator = awards.measured(pilot, ("17.2",))
    with awards.working(60) as at:
        award_actions.release(challenge, by=people.officer(), at=at)  # a button without a form: pressed before
        known = {"measured_on": clock.local_date(at), "value": 12, "evidence": "Agenda", "file": upload()}
        indicators.measure(indicator, by=awards.delegate_of(pilot), at=at, **known)
    return pilot


def person_of(role: str, pilot: Any) -> Any:
    makers = {
        "participant": lambda: awards.company_of(pilot),
        "rival": lambda: owner_of(organisation()),
        "delegate": lambda: awards.delegate_of(pilot),
        "other_delegate": lambda: people.delegate(people.department("D07")),
        "reviewer": people.person,
        "officer": people.officer,
        "director": people.director,
        "auditor": people.auditor,
        "administrator": people.administrator,
    }
    return makers[role]()


def test_every_address_is_in_the_table():
    names = {f"pilots:{route.name}" for route in [*award_urls.urlpatterns, *pilot_urls.urlpatterns]}
    assert names == {*ROUTES, *access_letters.ROUTES}


def test_every_role_gets_what_the_table_says_and_an_empty_post_changes_nothing():
    pilot = the_pilot()
    world = SimpleNamespace(pilot=pilot)
    wrong = []
    with awards.working(70):
        entries = LedgerEntry.objects.count()
        for role in ROLES:
            client = Client()
            if role != "visitor":
                client.force_login(person_of(role, pilot))
            before = AuditEvent.objects.exclude(kind="access.refused").count()
            for name, route in ROUTES.items():
                with translation.override("es"):
                    url = reverse(name, kwargs=route.kwargs(world))
                for method, expected in (("get", route.get[role]), ("post", route.post[role])):
                    got = getattr(client, method)(url).status_code
                    if got != expected:
                        wrong.append(f"{role} {method} {name}: {got}, the table says {expected}")
            assert AuditEvent.objects.exclude(kind="access.refused").count() == before, role
        assert LedgerEntry.objects.count() == entries
    assert wrong == []


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_list_takes_the_same_queries_for_one_pilot_and_for_three():
    client, url = Client(), "/pilotos/"
    awards.preparing_pilot()
    client.get(url)
    one = queries(client, url)
    for _ in range(2):
        awards.preparing_pilot()

    assert queries(client, url) == one
    assert queries(client, url + "?q=sensores&state=preparing&state=tonteria&page=99") == one


def test_page_of_a_pilot_takes_the_same_queries_however_much_it_measures():
    pilot = awards.running_pilot()
    awards.measured(pilot)
    client, url = Client(), f"/pilotos/{pilot.slug}/"
    client.get(url)
    one = queries(client, url)
    for number in range(5):
        Indicator.objects.create(
            pilot=pilot, name=f"Otro {number}", unit="%", direction="up", baseline=1, target=number + 2
        )

    assert queries(client, url) == one


@pytest.mark.parametrize("query", ["?q=%00", "?q=" + "a" * 5000, "?state=", "?page=-1", "?page=abc", "?q=%F0%9F%92%A9"])
def test_list_takes_whatever_is_typed(client, query):
    assert client.get("/pilotos/" + query).status_code == 200


def test_search_forgives_accents_and_narrows():
    pilot = awards.preparing_pilot()
    client = Client()

    assert pilot.title in client.get("/pilotos/?q=TUBERIA").content.decode()
    assert pilot.title not in client.get("/pilotos/?q=tuberia+inexistente").content.decode()
    assert pilot.title not in client.get("/pilotos/?state=stop").content.decode()
