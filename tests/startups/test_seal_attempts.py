"""Pages of the evaluation, tried on a proposal that is still sealed: not found, and on record who tried."""

import pytest
from django.urls import reverse

from govtech.audit.models import AuditEvent
from startups.models import Proposal
from tests import people
from tests.startups.evaluations import opened, with_proposals
from tests.startups.factories import owner_of

pytestmark = pytest.mark.django_db
PAGES = ["score", "reasons", "correct", "result", "admission_decide"]


def address(page: str, proposal: Proposal) -> str:
    """Return the page's address for this proposal."""
    kwargs = {"public_id": proposal.public_id}
    if page == "admission_decide":
        kwargs["slug"] = proposal.challenge.slug
    return reverse(f"startups:{page}", kwargs=kwargs)


@pytest.mark.parametrize("page", PAGES)
def test_a_try_at_a_sealed_proposal_is_on_record(client, page):
    proposal = Proposal.objects.get(challenge=with_proposals(["9000.00"]))
    officer = people.officer()
    client.force_login(officer)

    assert client.get(address(page, proposal)).status_code == 404

    event = AuditEvent.objects.get(kind="proposal.seal_tried")
    assert (event.target_id, event.actor_id) == (str(proposal.pk), officer.pk)
    assert event.reason == f"GET startups:{page}"


@pytest.mark.parametrize("page", ["score", "reasons", "correct", "result"])
def test_ones_own_proposal_is_no_try_at_the_seal(client, page):
    proposal = Proposal.objects.get(challenge=with_proposals(["9000.00"]))
    client.force_login(owner_of(proposal.organisation))

    assert client.get(address(page, proposal)).status_code == 404

    assert not AuditEvent.objects.filter(kind="proposal.seal_tried").exists()


def test_auditors_read_who_tried_without_learning_who_proposes(client):
    proposal = Proposal.objects.get(challenge=with_proposals(["9000.00"]))
    officer, stranger = people.officer("Olga Curiosa"), people.person("Raúl Rival")
    for who in (officer, stranger):
        client.force_login(who)
        assert client.get(address("score", proposal)).status_code == 404

    client.force_login(people.auditor())
    page = client.get(reverse("startups:attempts")).content.decode()

    assert "Olga Curiosa" in page
    assert f"cuenta {stranger.pk}, ajena al Ayuntamiento" in page
    assert page.count("no se dice antes de la apertura") == 2
    for word in ("Raúl Rival", proposal.organisation.name, proposal.public_id, proposal.challenge.reference):
        assert word not in page


def test_after_the_opening_auditors_read_of_which_challenge(client):
    challenge = with_proposals(["9000.00"])
    client.force_login(people.officer())
    client.get(address("score", Proposal.objects.get(challenge=challenge)))
    opened(challenge)

    client.force_login(people.auditor())
    assert challenge.reference in client.get(reverse("startups:attempts")).content.decode()
