"""Verification by the Office: named checks, history, an end, and nothing said of who proposes."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError
from govtech.notifications.models import Notice
from startups.actions import organisation as organisations
from startups.actions import verification as actions
from startups.desk import dossier as desk
from startups.models import CheckKind, Organisation, PaperKind, Verification, VerificationRequest
from startups.policies.verification import is_verified
from tests import people
from tests.people import administrator, auditor, director, officer
from tests.startups.calls import open_call
from tests.startups.factories import member, organisation, owner_of, submitted_proposal, verify
from tests.startups.test_dossier import declared, paper

pytestmark = pytest.mark.django_db
PASSED = dict.fromkeys(CheckKind.values, "passed")


def today():
    return clock.local_date(clock.now())


def test_an_officer_goes_through_the_checks_and_the_owners_are_told():
    company, by = organisation(), officer()
    proof = paper(company)

    verify(company, by=by)

    company.refresh_from_db()
    look = Verification.objects.get()
    assert (company.verified_by, company.verified_until) == (by, look.valid_until)
    assert {check.kind: check.paper for check in look.checks.all()}[CheckKind.TAX] == proof
    assert look.checks.count() == len(CheckKind)
    assert Notice.objects.get(kind="organisation.verified").recipient == owner_of(company)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcomes": {**PASSED, "tax": ""}}, "outcome_tax"),
        ({"outcomes": {**PASSED, "identity": "not_applicable"}}, "outcome_identity"),
        ({"note": " "}, "note"),
        ({"valid_until": None}, "valid_until"),
        ({"days": 0}, "valid_until"),
        ({"days": 366}, "valid_until"),
    ],
)
def test_what_a_look_lacks_is_said_beside_its_field(change, field):
    words = {"outcomes": PASSED, "note": "Registro", "valid_until": today() + timedelta(days=change.pop("days", 30))}

    with pytest.raises(DomainError) as refusal:
        actions.verify(organisation(), **{**words, **change}, by=officer(), at=clock.now())

    assert refusal.value.field == field
    assert not Verification.objects.exists()


def test_one_check_that_fails_ends_what_was_in_force_and_its_owners_read_why():
    company, by = organisation(), officer()
    verify(company, by=by)

    failed = {**PASSED, "tax": "failed"}
    actions.verify(company, outcomes=failed, note="El certificado es de otra empresa.", by=by, at=clock.now())

    company.refresh_from_db()
    assert not is_verified(company, on=today())
    assert [look.passed for look in Verification.objects.order_by("pk")] == [True, False]
    assert Verification.objects.get(passed=True).ended_at is not None
    assert Notice.objects.get(kind="organisation.not_verified").params["reason"].startswith("El certificado")


def test_it_ends_by_itself_after_its_last_day_and_counts_on_it():
    company = organisation()
    verify(company, by=officer(), valid_until=today() + timedelta(days=10))
    company.refresh_from_db()

    assert is_verified(company, on=today() + timedelta(days=10))
    assert not is_verified(company, on=today() + timedelta(days=11))
    with clock.travel(clock.now() + timedelta(days=11)):
        for _again in range(2):
            actions.end_expired(at=clock.now())

    company.refresh_from_db()
    assert company.verified_at is None
    assert Verification.objects.get().ended_by is None
    assert Notice.objects.filter(kind="organisation.verification_ended").count() == 1
    assert AuditEvent.objects.filter(kind="organisation.verification_ended", actor_id=None).count() == 1


@pytest.mark.parametrize("change", [{"name": "Telefónica SA"}, {"kind": "large"}])
def test_another_name_or_kind_is_another_than_was_checked(change):
    company = organisation()
    by = owner_of(company)
    verify(company, by=people.officer())
    same = {"name": company.name, "kind": company.kind}

    still = organisations.update(company, **same, address="Calle Nueva 1", by=by, at=clock.now())
    assert still.verified_at
    changed = organisations.update(company, **{**same, **change}, by=by, at=clock.now())

    assert changed.verified_at is None
    company.refresh_from_db()
    assert company.verified_at is None
    assert Verification.objects.get(organisation=company).ended_by == by
    assert Notice.objects.filter(recipient=by, kind="organisation.verification_ended").exists()


def test_an_officer_ends_it_with_a_reason():
    company, by = organisation(), officer()
    verify(company, by=by)

    with pytest.raises(DomainError):
        actions.end(company, reason=" ", by=by, at=clock.now())
    actions.end(company, reason="Se ha disuelto.", by=by, at=clock.now())

    assert Organisation.objects.get(pk=company.pk).verified_until is None
    with pytest.raises(DomainError):
        actions.end(company, reason="Otra vez.", by=by, at=clock.now())


def test_nobody_verifies_their_own_nor_without_being_of_the_office():
    company, own = organisation(), officer()
    member(company, user=own)

    for user in (own, director(), auditor(), administrator(), owner_of(company)):
        with pytest.raises(PermissionDenied):
            verify(company, by=user)
        with pytest.raises(PermissionDenied):
            actions.ask(company, kinds=["tax"], by=user, at=clock.now())


def test_what_the_dossier_holds_is_not_asked_and_a_request_closes_when_all_is_there():
    company, by = organisation(), officer()
    paper(company)

    asked = actions.ask(company, kinds=["tax", "not_barred"], by=by, at=clock.now())

    assert asked.kinds == [PaperKind.NOT_BARRED]
    assert [item.url for item in desk.asked(owner_of(company), at=clock.now())]
    with pytest.raises(DomainError):
        actions.ask(company, kinds=["tax"], by=by, at=clock.now())
    declared(company)
    assert VerificationRequest.objects.get().closed_at is not None
    assert desk.asked(owner_of(company), at=clock.now()) == []


def test_queue_page_request_and_record_are_the_same_for_who_proposes_and_who_does_not(client):
    """Nothing that an officer sees, and nothing that is kept, differs but in names and numbers."""
    quiet, proposing = organisation(name="Empresa Ficticia X SL"), organisation(name="Empresa Ficticia Y SL")
    submitted_proposal(open_call(), proposing)
    by = officer()
    before = AuditEvent.objects.latest("pk").pk
    client.force_login(by)

    pages, events = {}, {}
    for each in (quiet, proposing):
        actions.ask(each, kinds=["tax"], by=by, at=clock.now())
        address = reverse("startups:verification", kwargs={"public_id": each.public_id})
        pages[each.pk] = _without_names(client.get(address).content.decode(), each)
        rows = AuditEvent.objects.filter(pk__gt=before, target_id=str(each.pk)).order_by("pk")
        events[each.pk] = list(rows.values_list("kind", "target_label", "old", "new", "fields", "amount", "reason"))
    queue = client.get(reverse("startups:verifications")).content.decode()
    rows = re.findall(r"<tr[^>]*><td.*?</tr>", queue)

    assert pages[quiet.pk] == pages[proposing.pk]
    assert events[quiet.pk] == events[proposing.pk] != []
    assert len(rows) == 2
    assert _without_names(rows[0], quiet) == _without_names(rows[1], proposing)
    params = [notice.params for notice in Notice.objects.filter(kind="organisation.papers_asked")]
    assert len({str({**each, "organisation": ""}) for each in params}) == 1


def _without_names(text, each):
    for word in (each.name, each.tax_id, each.public_id):
        text = text.replace(word, "…")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
