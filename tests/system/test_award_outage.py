"""An award approved over HTTP by two directors at once while no worker runs: one outcome, and the mails come later."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.urls import reverse

from govtech.audit.models import DecisionKind, PreparedDecision
from govtech.notifications import actions as notifications
from govtech.notifications.models import OutgoingEmail
from pilots.models import Letter, Pilot
from startups.models import Proposal
from tests import people
from tests.pilots import awards
from tests.startups.factories import owner_of
from tests.system.portal import Portal
from tests.system.visitor import Answer, Visitor

PASSWORD = "una-clave-muy-larga-155"


@pytest.fixture
def without_worker(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The worker is dead during the test's first half; afterwards it runs and the clock is right again."""
    monkeypatch.setattr(notifications, "_kick", lambda: None)
    [(own,)] = portal.sql("SELECT pg_get_functiondef('portal_now'::regproc)")
    portal.kill("worker")
    yield
    portal.sql(own)
    if not portal.processes["worker"].is_running:
        portal.start("worker")


@pytest.mark.usefixtures("without_worker")
def test_two_directors_approve_one_award_with_the_worker_down(portal: Portal) -> None:
    with portal.orm():
        challenge = awards.prepared()
        directors = [people.director(password=PASSWORD) for _ in range(2)]
        waits = PreparedDecision.objects.waiting().get(kind=DecisionKind.AWARD, target_id=challenge.resolution.pk)
        proposals = Proposal.objects.filter(challenge=challenge).select_related("organisation")
        owners = [owner_of(proposal.organisation).email for proposal in proposals]
    instant = awards.WORKING + timedelta(days=3)
    portal.sql(
        "CREATE OR REPLACE FUNCTION portal_now() RETURNS timestamptz LANGUAGE sql STABLE AS "
        f"$$SELECT timestamptz '{instant.isoformat()}'$$"
    )
    page = reverse("pilots:approve_award", args=[challenge.slug])
    visitors = [Visitor(portal).sign_in(user.email, PASSWORD) for user in directors]
    confirm = reverse("account_reauthenticate")
    for visitor in visitors:
        visitor.get(page)
        asked = visitor.post(page, answer="approve", decision=waits.public_id)
        assert asked.path == confirm  # binding the city asks for the password again, and then goes on

    def approve(visitor: Visitor) -> Answer:
        return visitor.post(confirm, password=PASSWORD, next=page)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(approve, visitors))

    assert {answer.status for answer in answers} == {200}
    assert sorted("Aprobado y publicado" in answer.text for answer in answers) == [False, True]
    with portal.orm():
        challenge.refresh_from_db()
        assert challenge.status == "awarded"
        assert Pilot.objects.filter(challenge=challenge).count() == 1
        assert Letter.objects.filter(resolution__challenge=challenge).count() == len(owners) == 2
        results = OutgoingEmail.objects.filter(kind="award.resolved", recipient__email__in=owners)
        assert list(results.values_list("sent_at", flat=True)) == [None, None]
    assert [portal.mail(owner) for owner in owners] == [[], []]

    portal.start("worker")
    for owner in owners:
        portal.wait_for_mail(owner, "Resultado de")
