"""Organisations: tax numbers, members, invitations, verification, leaving."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation

from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError
from govtech.notifications.models import Notice, OutgoingEmail
from startups.actions import join_request as join_requests
from startups.actions import membership as memberships
from startups.actions import organisation as actions
from startups.models import Invitation, Membership, Organisation, OrganisationRole
from startups.policies.tax import clean_tax_id
from tests.people import administrator, auditor, delegate, director, officer, person
from tests.startups.factories import company_nif, member, organisation, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def create(tax_id="B12345674", **kw):
    fields = {"name": "Prueba Ficticia SL", "kind": "sme", "by": kw.pop("by", None) or person(), "at": clock.now()}
    return actions.create(**{**fields, "tax_id": tax_id, **kw})


@pytest.mark.parametrize(
    ("written", "country", "kept"),
    [
        ("es-b 12.345.674", "ES", "B12345674"),
        ("12345678z", "ES", "12345678Z"),
        ("X1234567L", "ES", "X1234567L"),
        ("P2807900B", "ES", "P2807900B"),
        ("DE 136 695 976", "DE", "136695976"),
        ("EL094259216", "GR", "094259216"),
        ("CHE-123.456.788", "CH", "CHE123456788"),
    ],
)
def test_a_tax_number_is_kept_clean(written, country, kept):
    assert create(written, country=country).tax_id == kept


@pytest.mark.parametrize(
    ("written", "country", "words"),
    [
        ("12345678A", "ES", "The letter is wrong: with these figures it would be Z and not A"),
        ("X1234567A", "ES", "The letter is wrong: with these figures it would be L and not A"),
        ("B12345670", "ES", "The last character is wrong: with these figures it would be 4 and not 0"),
        ("P28079001", "ES", "it would be B and not 1"),
        ("1234", "ES", "has 9 characters"),
        ("ABCDEFGHI", "ES", "isn't how a tax number is written"),
        ("", "ES", "Write the tax number"),
        ("DE136695977", "DE", "VAT number isn't valid"),
        ("🚀🚀🚀🚀", "CH", "Write the tax number"),
    ],
)
def test_a_wrong_tax_number_is_refused_naming_the_problem(written, country, words):
    with pytest.raises(DomainError, match=words) as refusal:
        create(written, country=country)

    assert refusal.value.field == "tax_id"


def test_a_second_organisation_with_the_number_leads_to_its_owners_without_naming_them():
    first = create()
    newcomer = person("Nadia Nueva")

    with pytest.raises(actions.TaxIdTakenError) as refusal:
        create("b1234567-4", by=newcomer)
    join_requests.ask_to_join(tax_id="ES B12345674", country="ES", by=newcomer, at=clock.now())

    owner = first.created_by
    assert not any(word in str(refusal.value) for word in (owner.email, owner.full_name, first.name))
    notice = Notice.objects.get(kind="organisation.join_asked")
    assert notice.recipient == owner
    assert notice.params["email"] == newcomer.email


def test_the_database_refuses_the_number_twice():
    first = create()

    with pytest.raises(IntegrityError, match="one_organisation_a_tax_number"), transaction.atomic():
        organisation(tax_id=first.tax_id.lower())


def test_whoever_registers_it_owns_it_and_changes_are_on_record_by_field():
    made = create()
    owner = owner_of(made)

    changed = actions.update(
        made, name="Otra razón SL", kind="startup", staff=9, turnover=Decimal(1), by=owner, at=clock.now()
    )

    assert changed.name == "Otra razón SL"
    assert set(AuditEvent.objects.get(kind="organisation.changed").fields) == {"name", "kind", "staff", "turnover"}
    with pytest.raises(PermissionDenied):
        actions.update(made, name="Otra", kind="sme", by=member(made), at=clock.now())


# Invitations ------------------------------------------------------------------------------------------


def invite(to, email="ana@example.test", role=OrganisationRole.EDITOR, by=None):
    return memberships.invite(to, email=email, role=role, by=by or owner_of(to), at=clock.now())


def test_an_invitation_is_mailed_and_its_token_kept_nowhere(settings):
    settings.EMAIL_BACKEND = "govtech.notifications.backends.OutboxBackend"  # the runner puts another in its place
    company = organisation()

    invitation, token = invite(company, " Ana@Example.test ")

    mail = OutgoingEmail.objects.get(to="ana@example.test")
    assert token in mail.body_text
    assert company.name in mail.subject
    assert token not in str(Invitation.objects.values().get())
    assert invitation.expires_at - invitation.invited_at == timedelta(days=14)


def test_only_the_invited_and_confirmed_address_joins():
    company, ana = organisation(), person(email="Ana@example.test")
    unconfirmed = person(email="berta@example.test", verified=False)
    _, token = invite(company)
    _, second = invite(company, "berta@example.test")

    with pytest.raises(PermissionDenied):
        memberships.accept_invitation(token, by=person(), at=clock.now())
    with pytest.raises(PermissionDenied):
        memberships.accept_invitation(second, by=unconfirmed, at=clock.now())
    joined = memberships.accept_invitation(token, by=ana, at=clock.now())

    assert (joined.organisation, joined.role) == (company, OrganisationRole.EDITOR)
    assert list(Notice.objects.filter(kind="organisation.joined").values_list("recipient", flat=True)) == [
        owner_of(company).pk
    ]
    with pytest.raises(DomainError, match="isn't valid any more"):
        memberships.accept_invitation(token, by=ana, at=clock.now())


def test_an_invitation_expires_is_replaced_and_revoked():
    company, ana = organisation(), person(email="ana@example.test")
    _, expired = invite(company)
    with clock.travel(clock.now() + timedelta(days=14)), pytest.raises(DomainError):
        memberships.accept_invitation(expired, by=ana, at=clock.now())
    again, token = invite(company)
    with pytest.raises(DomainError):
        memberships.accept_invitation(expired, by=ana, at=clock.now())
    assert list(memberships.invitations_for(ana, at=clock.now())) == [again]

    memberships.revoke_invitation(again, by=owner_of(company), at=clock.now())

    with pytest.raises(DomainError):
        memberships.accept_invitation(token, by=ana, at=clock.now())
    assert not memberships.invitations_for(ana, at=clock.now()).exists()


def test_twenty_invitations_may_wait():
    company = organisation()
    for number in range(20):
        invite(company, f"p{number}@example.test")

    with pytest.raises(DomainError, match="20 invitations waiting") as refusal:
        invite(company, "otra@example.test")

    assert refusal.value.field == "email"


@pytest.mark.parametrize("email", ["ana", "ana@", "ana@example.test\nBcc: x@example.test"])
def test_an_address_that_isnt_one_is_refused(email):
    with pytest.raises(DomainError) as refusal:
        invite(organisation(), email)

    assert refusal.value.field == "email"


def test_only_owners_invite_change_and_remove():
    company = organisation()
    editor = member(company)
    membership = Membership.objects.get(user=editor)

    for act in (
        lambda: invite(company, by=editor),
        lambda: memberships.change_role(membership, role="owner", by=editor, at=clock.now()),
        lambda: memberships.remove(membership, by=editor, at=clock.now()),
        lambda: actions.withdraw(company, by=editor, at=clock.now()),
        lambda: memberships.leave(membership, by=owner_of(company), at=clock.now()),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_the_last_owner_stays_until_there_is_another():
    company = organisation()
    owner = owner_of(company)
    first = Membership.objects.get(user=owner)

    for act in (
        lambda: memberships.leave(first, by=owner, at=clock.now()),
        lambda: memberships.change_role(first, role="reader", by=owner, at=clock.now()),
    ):
        with pytest.raises(DomainError, match="needs an owner"):
            act()
    second = Membership.objects.get(user=member(company))
    begun = memberships.change_role(second, role="owner", by=owner, at=clock.now())
    memberships.leave(first, by=owner, at=clock.now())

    assert set(Membership.objects.current().filter(organisation=company)) == {begun}


# Verification, sight, leaving -------------------------------------------------------------------------


def test_who_sees_which_organisation():
    listed, hidden, own = organisation(is_listed=True), organisation(), organisation()
    gone = organisation(is_listed=True)
    actions.withdraw(gone, by=owner_of(gone), at=clock.now())
    everything = {listed, hidden, own, gone}

    seen = {
        "owner": set(Organisation.objects.visible_to(owner_of(own))),
        "leaver": set(Organisation.objects.visible_to(owner_of(gone))),
        "delegate": set(Organisation.objects.visible_to(delegate())),
        "administrator": set(Organisation.objects.visible_to(administrator())),
        "officer": set(Organisation.objects.visible_to(officer())),
        "director": set(Organisation.objects.visible_to(director())),
        "auditor": set(Organisation.objects.visible_to(auditor())),
    }

    assert seen == {
        "owner": {listed, own},
        "leaver": {listed, gone},
        "delegate": {listed},
        "administrator": {listed},
        "officer": everything,
        "director": everything,
        "auditor": everything,
    }


def test_after_leaving_nothing_changes_any_more():
    company = organisation()
    owner = owner_of(company)
    actions.withdraw(company, by=owner, at=clock.now())

    for act in (
        lambda: actions.update(company, name="Otra", kind="sme", by=owner, at=clock.now()),
        lambda: invite(company),
        lambda: actions.withdraw(company, by=owner, at=clock.now()),
    ):
        with pytest.raises(DomainError, match="left the programme"):
            act()


def test_made_up_numbers_are_valid():
    assert company_nif(1234567) == "B12345674"


@pytest.mark.parametrize(
    ("country", "written", "kept"),
    [
        ("GB", "GB 980 7806 84", "980780684"),
        ("GB", "GB 980 7806 84 001", "980780684"),
        ("GB", "980780684001", "980780684"),
        ("GB", "980780685", ""),
        ("GB", "07524813", "07524813"),  # Companies House, without VAT
        ("GB", "SC 123456", "SC123456"),
        ("GB", "1234567", ""),
        ("CH", "CHE-107.787.577 MWST", "CHE107787577"),
        ("CH", "CHE-107.787.577 TVA", "CHE107787577"),
        ("CH", "CHE107787578", ""),
        ("NO", "NO 995 525 828 MVA", "995525828"),
        ("NO", "995525829", ""),
    ],
)
def test_numbers_of_neighbours_are_checked_and_one_company_has_one(country, written, kept):
    if kept:
        assert clean_tax_id(written, country) == kept
    else:
        with pytest.raises(DomainError, match="isn't valid in that country"):
            clean_tax_id(written, country)
