"""Consortia: each confirms for itself, a clash is told to nobody else, a place is one place."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from govtech import clock
from govtech.errors import DomainError
from govtech.notifications.models import Notice
from startups.actions import consortium as actions
from startups.actions import draft as drafts
from startups.actions import envelope as envelopes
from startups.actions import organisation as organisations
from startups.actions import proposal as proposals
from startups.actions import terms
from startups.actions.keys import codec_of
from startups.desk.proposal import drafts as drafts_on_desk
from startups.models import (
    Envelope,
    Organisation,
    OrganisationRole,
    PanelMember,
    Participation,
    Partner,
    PartnerStatus,
    Proposal,
    Submission,
)
from startups.notifications.draft import remind_of_drafts
from startups.policies import proposal as policies
from tests import people
from tests.people import person
from tests.startups import evaluations
from tests.startups.calls import after, open_call
from tests.startups.factories import company_nif, draft_proposal, hand_in, member, organisation, owner_of

pytestmark = pytest.mark.django_db

UNKNOWN = company_nif(9_999_000)  # nobody here
TERMS: dict[str, Any] = {"label": "", "role": "Mide el ruido", "share": Decimal(40)}


@pytest.fixture
def proposal() -> Proposal:
    return draft_proposal(open_call(), organisation(name="Lidera SL"))


def invited(proposal: Proposal, who: Organisation | None = None, **fields: Any) -> tuple[Partner, Organisation]:
    """Invite an organisation by its tax number."""
    who = who or organisation(name="Aporta SL")
    values = {**TERMS, "country": who.country, "tax_id": who.tax_id, **fields}
    return actions.invite(proposal, **values, by=owner_of(proposal.organisation), at=clock.now()), who


def confirmed(proposal: Proposal, who: Organisation | None = None, **fields: Any) -> tuple[Partner, Organisation]:
    """Invite and confirm."""
    partner, who = invited(proposal, who, **fields)
    return confirm(partner, who), who


def confirm(partner: Partner, who: Organisation, version: int = 1) -> Partner:
    """Confirm as an owner."""
    return actions.confirm(partner, who, version=version, by=owner_of(who), at=clock.now())


def places(who: Organisation) -> list[tuple[str, bool]]:
    """Return the places of an organisation."""
    return list(Participation.objects.filter(organisation=who).order_by("pk").values_list("role", "is_live"))


def test_an_invitation_tells_the_owners_and_takes_no_place(proposal: Proposal) -> None:
    partner, who = invited(proposal)
    editor = member(who)

    assert places(who) == []
    notice = Notice.objects.get(kind="partner.invited")
    assert notice.recipient == owner_of(who)
    assert "Lidera" not in f"{notice.params} {notice.address}", "not even the lead is named before signing in"
    assert not Proposal.objects.visible_to(owner_of(who)).exists()
    assert [row for row, _who in terms.invitations_of(owner_of(who), at=clock.now())] == [partner]
    assert terms.invitations_of(editor, at=clock.now()) == []
    assert partner.organisation is None
    assert who.tax_id.encode() not in bytes(partner.terms)


def test_the_lead_learns_nothing_of_who_is_registered_or_takes_part(proposal: Proposal, client: Client) -> None:
    busy = organisation(name="Ocupada SL")
    draft_proposal(proposal.challenge, busy)
    client.force_login(owner_of(proposal.organisation))
    address = reverse("startups:consortium", kwargs={"public_id": proposal.public_id})
    pages = []
    for number in (organisation().tax_id, busy.tax_id, UNKNOWN):
        data = {"country": "ES", "tax_id": number, "role": "Mide", "share": "30"}
        page = client.post(address, data, follow=True).content.decode()
        pages.append(page.replace(number, "N"))
        proposal.partners.all().delete()

    mains = [page[page.index("<main") : page.index("</main")] for page in pages]
    texts = [re.sub(r"<[^>]*>|\s+|\d+:\d+:\d+", " ", main) for main in mains]
    assert "Invitada" in texts[0]
    assert texts[0] == texts[1] == texts[2]


def test_an_organisation_that_registers_later_finds_its_invitation(proposal: Proposal) -> None:
    about = {**TERMS, "country": "ES", "tax_id": UNKNOWN}
    partner = actions.invite(proposal, **about, by=owner_of(proposal.organisation), at=clock.now())

    late = organisation(tax_id=UNKNOWN)

    assert terms.invitations_of(owner_of(late), at=clock.now()) == [(partner, late)]
    assert confirm(partner, late).status == PartnerStatus.CONFIRMED


def test_an_invitation_outlives_a_change_of_the_secret(proposal: Proposal, settings: Any) -> None:
    partner, who = invited(proposal)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-secret-" * 4

    assert terms.invitations_of(owner_of(who), at=clock.now()) == [(partner, who)]
    with pytest.raises(DomainError, match="ya está en tu lista"):
        invited(proposal, who)
    assert confirm(partner, who).status == PartnerStatus.CONFIRMED


def test_a_clash_is_told_to_the_partner_alone(proposal: Proposal) -> None:
    busy = organisation(name="Ocupada SL")
    draft_proposal(proposal.challenge, busy)
    partner, _who = invited(proposal, busy)
    notices = Notice.objects.filter(recipient=owner_of(proposal.organisation)).count()

    with pytest.raises(DomainError, match="ya participa"):
        confirm(partner, busy)

    partner.refresh_from_db()
    assert partner.status == PartnerStatus.INVITED
    assert Notice.objects.filter(recipient=owner_of(proposal.organisation)).count() == notices


def test_who_confirmed_can_begin_nothing_else_here_until_it_leaves(proposal: Proposal) -> None:
    partner, who = confirmed(proposal)

    with pytest.raises(DomainError):
        proposals.start(proposal.challenge, who, by=owner_of(who), at=clock.now())
    actions.leave(partner, by=owner_of(who), at=clock.now())

    assert places(who) == [("partner", False)]
    assert proposals.start(proposal.challenge, who, by=owner_of(who), at=clock.now())
    assert not Proposal.objects.filter(pk=proposal.pk).visible_to(owner_of(who)).exists()


def test_the_database_keeps_one_live_place(proposal: Proposal) -> None:
    _partner, who = confirmed(proposal)
    other = draft_proposal(proposal.challenge, organisation())

    with pytest.raises(IntegrityError, match="one_live_participation"), transaction.atomic():
        Participation.objects.create(challenge=proposal.challenge, organisation=who, proposal=other, role="partner")
    with pytest.raises(IntegrityError, match="partner_confirmed_by_itself"), transaction.atomic():
        Partner.objects.filter(proposal=proposal).update(organisation=None)


@pytest.mark.parametrize(
    ("role", "may_write"),
    [(OrganisationRole.OWNER, True), (OrganisationRole.EDITOR, True), (OrganisationRole.READER, False)],
)
def test_members_of_a_partner_read_and_those_who_write_write(proposal: Proposal, role: str, may_write: bool) -> None:
    _partner, who = confirmed(proposal)
    user = member(who, role)
    section = {"version": 1, "body": "Otra cosa", "by": user, "at": clock.now()}

    assert Proposal.objects.visible_to(user).get() == proposal
    if may_write:
        assert drafts.save_section(proposal, "team", **section)
    else:
        with pytest.raises(PermissionDenied):
            drafts.save_section(proposal, "team", **section)
    for act in (policies.check_can_submit, policies.check_can_withdraw):
        with pytest.raises(PermissionDenied):
            act(proposal, by=user, at=clock.now())


def test_it_is_handed_in_once_every_partner_has_confirmed(proposal: Proposal) -> None:
    partner, who = invited(proposal)

    with pytest.raises(DomainError, match="no ha confirmado"):
        hand_in(proposal)
    confirm(partner, who)
    actions.change_terms(
        partner, role="Mide y avisa", share=Decimal("25.50"), by=owner_of(proposal.organisation), at=clock.now()
    )
    with pytest.raises(DomainError, match="no ha confirmado"):
        hand_in(proposal)
    with pytest.raises(DomainError, match="cambiar las condiciones"):
        confirm(partner, who, version=1)
    confirm(partner, who, version=2)
    hand_in(proposal)

    said = envelopes.read_envelope(Submission.objects.get(), Envelope.TECHNICAL)["consortium"]
    assert [(row["name"], row["share"], row["role"], row["is_lead"]) for row in said] == [
        ("Lidera SL", "74.50", "", True),
        ("Aporta SL", "25.50", "Mide y avisa", False),
    ]
    assert "consortium" in {row["key"] for row in Submission.objects.get().manifest["answers"]}
    assert "Aporta" not in json.dumps(Submission.objects.get().manifest)


def test_shares_leave_something_for_the_lead(proposal: Proposal) -> None:
    confirmed(proposal, share=Decimal(60))
    confirmed(proposal, share=Decimal(40))

    with pytest.raises(DomainError, match="100 %"):
        hand_in(proposal)


def test_leaving_after_the_hand_in_frees_at_once_and_asks_the_lead_to_hand_in_again(proposal: Proposal) -> None:
    partner, who = confirmed(proposal)
    lead = owner_of(proposal.organisation)
    hand_in(proposal)
    assert [item.url for item in drafts_on_desk(lead, at=clock.now())] == []
    actions.leave(partner, by=owner_of(who), at=clock.now())

    assert places(who) == [("partner", False)]
    assert proposals.start(proposal.challenge, who, by=owner_of(who), at=clock.now())
    assert Notice.objects.filter(kind="partner.left", recipient=lead).count() == 1
    proposal.refresh_from_db()
    assert [(item.url, item.due_at) for item in drafts_on_desk(lead, at=clock.now())] == [
        (proposal.get_absolute_url(), proposal.challenge.closes_at)
    ]
    hand_in(proposal)

    assert drafts_on_desk(lead, at=clock.now()) == []
    assert envelopes.read_envelope(Submission.objects.get(superseded_by=None), Envelope.TECHNICAL)["consortium"] == []


def test_withdrawing_frees_every_place(proposal: Proposal) -> None:
    _partner, who = confirmed(proposal)
    hand_in(proposal)
    proposal.refresh_from_db()

    proposals.withdraw(proposal, by=owner_of(proposal.organisation))

    assert places(who) == [("partner", False)]
    assert proposals.start(proposal.challenge, who, by=owner_of(who), at=clock.now())


def test_nobody_answers_for_another(proposal: Proposal, client: Client) -> None:
    partner, who = invited(proposal)
    stranger = organisation()

    with pytest.raises(DomainError, match="otra entidad"):
        actions.confirm(partner, stranger, version=1, by=owner_of(stranger), at=clock.now())
    with pytest.raises(PermissionDenied):
        actions.confirm(partner, who, version=1, by=member(who), at=clock.now())
    for user in (owner_of(stranger), member(who), owner_of(proposal.organisation)):
        client.force_login(user)
        assert client.get(reverse("startups:partner_invitation", args=[partner.public_id])).status_code == 404
    for user in (member(proposal.organisation), person()):
        with pytest.raises(PermissionDenied):
            actions.remove(partner, by=user, at=clock.now())
    with after(proposal.challenge, seconds=1), pytest.raises(DomainError):
        confirm(partner, who)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"share": Decimal(0)}, "share"),
        ({"share": Decimal(100)}, "share"),
        ({"role": " … "}, "role"),
        ({"tax_id": "B12345678"}, "tax_id"),
    ],
)
def test_bad_terms_are_refused_beside_their_field(proposal: Proposal, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refusal:
        invited(proposal, **fields)

    assert refusal.value.field == field


def test_the_invited_reads_confirms_and_writes(proposal: Proposal, client: Client) -> None:
    partner, who = invited(proposal)
    client.force_login(owner_of(who))
    address = reverse("startups:partner_invitation", args=[partner.public_id])

    page = client.get(address).content.decode()
    assert "Lidera SL" in page
    assert "Mide el ruido" in page
    assert "Sensores" not in page, "no word of the proposal before confirming"
    assert address in client.get(reverse("startups:proposals")).content.decode()

    answer = client.post(address, {"answer": "confirm", "version": "1"}, follow=True)

    assert answer.redirect_chain[-1][0] == proposal.get_absolute_url()
    assert "Sensores" in answer.content.decode()
    part = reverse("startups:consortium", kwargs={"public_id": proposal.public_id})
    assert "Invitar" not in client.get(part).content.decode(), "the lead alone invites"


def test_a_name_alone_invites_nobody_and_the_number_is_in_sight(proposal: Proposal, client: Client) -> None:
    impostor = organisation(name="Conocida SA", is_listed=True)
    known = organisation(name="Conocida SA", is_listed=True)
    client.force_login(owner_of(proposal.organisation))
    address = reverse("startups:consortium", kwargs={"public_id": proposal.public_id})
    data = {"role": "Mide", "share": "30"}

    refused = client.post(address, {**data, "listed": "Conocida SA"})
    assert refused.status_code == 422
    assert known.tax_id in refused.content.decode(), "with its number it can be chosen"
    assert not proposal.partners.exists()
    assert client.post(address, {**data, "listed": f"Otra SA · {known.tax_id}"}).status_code == 422
    client.post(address, {**data, "listed": f"conocida sa · {known.tax_id.lower()}"})

    assert terms.invitations_of(owner_of(impostor), at=clock.now()) == []
    partner, _who = terms.invitations_of(owner_of(known), at=clock.now())[0]
    confirm(partner, known)
    table = client.get(address).content.decode().split("<table")[1].split("</table>")[0]
    assert known.tax_id in table
    assert "sin verificar" in table


def test_the_number_of_a_person_is_never_offered(proposal: Proposal, client: Client) -> None:
    somebody = organisation(name="Inés Prueba", tax_id="12345678Z", kind="self_employed", is_listed=True)
    client.force_login(owner_of(proposal.organisation))
    address = reverse("startups:consortium", kwargs={"public_id": proposal.public_id})
    data = {"role": "Mide", "share": "30"}

    assert somebody.tax_id not in client.get(address).content.decode()
    assert somebody.tax_id not in client.post(address, {**data, "listed": "Inés Prueba"}).content.decode()
    assert client.post(address, {**data, "listed": "Inés Prueba · 12345678Z"}).status_code == 422


@pytest.mark.parametrize("part", ["panel", "city"])
def test_whoever_judges_or_acts_for_the_city_neither_reads_nor_answers_an_invitation(
    proposal: Proposal, part: str, client: Client
) -> None:
    partner, who = invited(proposal)
    judge = people.officer() if part == "city" else member(who, OrganisationRole.OWNER)
    if part == "city":
        member(who, OrganisationRole.OWNER, judge)
    else:
        at = clock.now()
        PanelMember.objects.create(challenge=proposal.challenge, user=judge, role="member", named_at=at, named_by=judge)
    for answer in (actions.confirm, actions.decline):
        more = {"version": 1} if answer == actions.confirm else {}
        with pytest.raises(DomainError, match="Otra persona"):
            answer(partner, who, **more, by=judge, at=clock.now())
    client.force_login(judge)
    page = client.get(reverse("startups:partner_invitation", args=[partner.public_id])).content.decode()

    assert "Lidera SL" not in page, "who proposes is sealed for them"
    assert "Mide el ruido" not in page
    assert confirm(partner, who)


def test_nothing_is_handed_in_with_one_that_left_the_programme(proposal: Proposal) -> None:
    _partner, who = confirmed(proposal)
    organisations.withdraw(who, by=owner_of(who), at=clock.now())

    with pytest.raises(DomainError, match=f"{who.name} dejó el programa"):
        hand_in(proposal)


def test_those_who_write_for_a_partner_hear_of_the_deadline_and_see_it_on_their_desk(proposal: Proposal) -> None:
    _partner, who = confirmed(proposal)
    editor, reader = member(who), member(who, OrganisationRole.READER)

    assert [item.url for item in drafts_on_desk(editor, at=clock.now())] == [proposal.get_absolute_url()]
    assert drafts_on_desk(reader, at=clock.now()) == []
    with after(proposal.challenge, hours=-5):
        remind_of_drafts(at=clock.now())
        remind_of_drafts(at=clock.now())

    told = Notice.objects.filter(kind="proposal.partner_draft_due").values_list("recipient", flat=True)
    assert sorted(told) == sorted([editor.pk, owner_of(who).pk])
    assert Notice.objects.filter(kind="proposal.draft_due").get().recipient == owner_of(proposal.organisation)


def test_inviting_again_and_again_mails_once_a_day_and_has_an_end(proposal: Proposal, monkeypatch: Any) -> None:
    monkeypatch.setattr(actions, "MOST_A_DAY", 4)
    lead, who = owner_of(proposal.organisation), organisation()
    for _again in range(4):
        partner, _who = invited(proposal, who)
        actions.remove(partner, by=lead, at=clock.now())

    assert Notice.objects.filter(kind="partner.invited").count() == 1
    with pytest.raises(DomainError, match="mañana"):
        invited(proposal, who)
    with clock.travel(clock.now() + timedelta(days=1, minutes=1)):
        invited(proposal, who)
    assert Notice.objects.filter(kind="partner.invited").count() == 2


def test_after_the_opening_it_stands_where_parties_are_named() -> None:
    challenge = open_call()
    lead = draft_proposal(challenge, organisation(name="Lidera SL"))
    _partner, who = confirmed(lead)
    hand_in(lead)
    with clock.travel(evaluations.later(challenge)):
        evaluations.opened(challenge)
    lead.refresh_from_db()

    assert terms.partners_of([lead.pk]) == {lead.pk: ["Aporta SL"]}
    assert Proposal.objects.visible_to(owner_of(who)).get() == lead
    assert terms.entries(lead, codec_of(lead))[0].is_settled
