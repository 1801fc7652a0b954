"""What a consortium reads: who hasn't confirmed, who answers the Office, and reminders while somebody is missing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from govtech import clock
from govtech.notifications import kinds
from govtech.notifications.models import Notice
from startups.actions import admission
from startups.actions import consortium as actions
from startups.actions.consortium_due import remind_of_invitations
from startups.models import EnvelopeKey, OrganisationRole, Proposal
from startups.notifications.consortium_due import remind_of_leavers
from startups.policies import admission as policies
from tests import people
from tests.startups import evaluations
from tests.startups.calls import after, open_call
from tests.startups.factories import draft_proposal, hand_in, member, organisation, owner_of
from tests.startups.test_consortium import confirmed, invited

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal() -> Proposal:
    return draft_proposal(open_call(), organisation(name="Lidera SL"))


def told(kind: str) -> list[int]:
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_the_review_names_who_has_not_confirmed_and_what_happens(proposal: Proposal, client: Client) -> None:
    _partner, who = confirmed(proposal)
    invited(proposal, organisation(), label="Tarda SL", share=20)
    client.force_login(owner_of(proposal.organisation))

    page = client.get(reverse("startups:review", kwargs={"public_id": proposal.public_id})).content.decode()

    assert "Presentas en solitario" not in page
    assert who.name in page
    assert "Tarda SL, 20 %: invitada" in page
    assert "No se puede presentar hasta que cada una haya confirmado o la quites" in page


def test_alone_with_an_open_invitation_is_not_alone(proposal: Proposal, client: Client) -> None:
    invited(proposal, label="Tarda SL")
    client.force_login(owner_of(proposal.organisation))

    page = client.get(reverse("startups:review", kwargs={"public_id": proposal.public_id})).content.decode()

    assert "Presentas en solitario" not in page
    assert "Tarda SL, 40 %: invitada" in page


def test_an_invitation_without_an_answer_is_reminded_at_each_instant_once(proposal: Proposal) -> None:
    partner, who = invited(proposal)
    member(who, OrganisationRole.EDITOR)

    for hours in (200, 100, 99, 70, 5, 4):
        with after(proposal.challenge, hours=-hours):
            remind_of_invitations(at=clock.now())
            remind_of_invitations(at=clock.now())

    assert told("partner.answer_due") == [owner_of(who).pk] * 3
    assert told("partner.lead_waits") == [owner_of(proposal.organisation).pk] * 3
    texts = [kinds.words_of(row.kind, row.params) for row in Notice.objects.filter(kind="partner.answer_due")]
    assert not any("Lidera" in words.text + words.subject for words in texts)
    with after(proposal.challenge, hours=-3):
        rows = list(Notice.objects.filter(kind__in=["partner.answer_due", "partner.lead_waits"]))
        assert len(kinds.holding(rows)) == len(rows)
        actions.confirm(partner, who, version=1, by=owner_of(who), at=clock.now())
        assert kinds.holding(rows) == []


def test_the_lead_is_told_as_long_as_one_of_several_has_not_answered(proposal: Proposal) -> None:
    invitations = [invited(proposal, label=name, share=20) for name in ("Primera SL", "Segunda SL")]
    with after(proposal.challenge, hours=-5):
        remind_of_invitations(at=clock.now())
    rows = list(Notice.objects.filter(kind="partner.lead_waits"))
    assert [row.recipient_id for row in rows] == [owner_of(proposal.organisation).pk]

    with after(proposal.challenge, hours=-4):
        for (partner, who), still in zip(invitations, (1, 0), strict=True):
            actions.confirm(partner, who, version=1, by=owner_of(who), at=clock.now())
            assert len(kinds.holding(rows)) == still


def test_one_invited_late_hears_of_no_earlier_instant_and_a_lost_key_stops_nobody_else(proposal: Proposal) -> None:
    lost = draft_proposal(open_call(), organisation())
    with after(proposal.challenge, hours=-30):
        _partner, who = invited(proposal)
        invited(lost)
        EnvelopeKey.objects.filter(challenge=lost.challenge).update(wrapped_with="lost")
        remind_of_invitations(at=clock.now())
        assert told("partner.answer_due") == []
    with after(proposal.challenge, hours=-5):
        remind_of_invitations(at=clock.now())
    assert told("partner.answer_due") == [owner_of(who).pk]


def test_the_lead_is_reminded_to_hand_in_again_until_it_does(proposal: Proposal) -> None:
    partner, who = confirmed(proposal)
    hand_in(proposal)
    with after(proposal.challenge, hours=-100):
        remind_of_leavers(at=clock.now())
        assert told("partner.left_due") == []
        actions.leave(partner, by=owner_of(who), at=clock.now())
    for hours in (71, 70, 5):
        with after(proposal.challenge, hours=-hours):
            remind_of_leavers(at=clock.now())

    assert told("partner.left_due") == [owner_of(proposal.organisation).pk] * 2
    with after(proposal.challenge, hours=-2):
        rows = list(Notice.objects.filter(kind="partner.left_due"))
        assert len(kinds.holding(rows)) == 2
        hand_in(proposal)
        assert kinds.holding(rows) == []


def test_the_lead_answers_for_all_and_its_partners_read_that(client: Client) -> None:
    challenge = open_call()
    lead = draft_proposal(challenge, organisation(name="Lidera SL"))
    _partner, who = confirmed(lead)
    hand_in(lead)
    officer = people.officer()
    with clock.travel(evaluations.later(challenge)):
        evaluations.opened(challenge)
        at = clock.now()
        asked: dict[str, Any] = {"text": "Falta decir quién dirige el equipo.", "due_at": policies.earliest_due(at=at)}
        admission.request_correction(lead, **asked, by=officer, at=at)

        assert told("proposal.correction_requested") == [owner_of(lead.organisation).pk]
        assert told("proposal.partner_correction_requested") == [owner_of(who).pk]
        url = reverse("startups:correct", kwargs={"public_id": lead.public_id})
        client.force_login(owner_of(who))
        page = client.get(url).content.decode()
        assert "Lidera SL dirige la propuesta, así que responden sus" in page
        assert "<textarea" not in page
        client.force_login(owner_of(lead.organisation))
        page = client.get(url).content.decode()
        assert "también por Aporta SL" in page
        assert client.post(url, {"text": "corto"}).status_code == 422
        admission.correct(lead, text="Lo dirige Ana, que es ingeniera.", by=owner_of(lead.organisation), at=clock.now())
        client.force_login(owner_of(who))
        assert "Respuesta de Lidera SL" in client.get(url).content.decode()


def test_changed_terms_are_reminded_as_a_new_question(proposal: Proposal) -> None:
    partner, who = confirmed(proposal)
    with after(proposal.challenge, hours=-80):
        actions.change_terms(partner, role="Otra cosa", share=30, by=owner_of(proposal.organisation), at=clock.now())
    with clock.travel(proposal.challenge.closes_at - timedelta(hours=71)):
        remind_of_invitations(at=clock.now())
    assert told("partner.answer_due") == [owner_of(who).pk]
