"""Asking to join an organisation that is registered already, and the answer of its owners."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from startups.models import JoinRequest, Membership, Organisation, OrganisationRole
from startups.notifications import join_request as notifications
from startups.policies import join_request as policies
from startups.policies.tax import clean_tax_id

VALID_FOR = timedelta(days=30)


@transaction.atomic
def ask_to_join(*, tax_id: str, country: str, message: str = "", by: User, at: datetime) -> JoinRequest:
    """Ask the owners of the organisation with that tax number to let `by` in. They have 30 days.

    Nothing of the organisation is told to the asker, not even its name. Raises DomainError(field="tax_id").
    """
    number = clean_tax_id(tax_id, country)
    found = Organisation.objects.select_for_update(no_key=True).filter(country=country, tax_id__iexact=number).first()
    if found is None:
        raise DomainError(_("No organisation with this tax number is registered. Register it."), field="tax_id")
    policies.check_can_ask(found, by=by, at=at)
    lapsed = JoinRequest.objects.filter(organisation=found, asked_by=by, answered_at=None, withdrawn_at=None)
    lapsed.update(withdrawn_at=at)  # those still waiting were refused above
    request = JoinRequest.objects.create(
        organisation=found,
        country=country,
        tax_id=number,
        message=" ".join(message.split())[:300],
        asked_at=at,
        asked_by=by,
        expires_at=at + VALID_FOR,
    )
    audit.record("organisation.join_asked", target=found, by=by, at=at)
    notifications.asked(request, at=at)
    return request


@transaction.atomic
def approve(request: JoinRequest, *, role: str, by: User, at: datetime) -> Membership:
    """Let the asker in with that role. Any owner, once."""
    request = _lock(request)
    policies.check_can_answer(request, by=by, at=at)
    request.answered_at, request.answered_by, request.is_approved = at, by, True
    request.save(update_fields=["answered_at", "answered_by", "is_approved"])
    membership, _created = Membership.objects.get_or_create(
        organisation=request.organisation,
        user=request.asked_by,
        left_at=None,
        defaults={"role": OrganisationRole(role).value, "joined_at": at, "joined_by": by},
    )
    audit.record("organisation.joined", target=request.organisation, by=by, at=at, new=membership.role)
    notifications.approved(request, at=at)
    return membership


@transaction.atomic
def refuse(request: JoinRequest, *, by: User, at: datetime) -> JoinRequest:
    """Not let the asker in. They are told that the request was refused: not by whom, nor of what organisation."""
    request = _lock(request)
    policies.check_can_answer(request, by=by, at=at)
    request.answered_at, request.answered_by = at, by
    request.save(update_fields=["answered_at", "answered_by"])
    audit.record("organisation.join_refused", target=request.organisation, by=by, at=at)
    notifications.refused(request, at=at)
    return request


@transaction.atomic
def take_back(request: JoinRequest, *, by: User, at: datetime) -> JoinRequest:
    """Not want to join any more. Only who asked, before an answer."""
    request = _lock(request)
    policies.check_can_take_back(request, by=by, at=at)
    request.withdrawn_at = at
    request.save(update_fields=["withdrawn_at"])
    audit.record("organisation.join_taken_back", target=request.organisation, by=by, at=at)
    return request


def to_answer(user: User, *, at: datetime) -> QuerySet[JoinRequest]:
    """Return the requests that wait for an answer of this owner, the oldest first."""
    owned = Membership.objects.current().filter(user=user, role=OrganisationRole.OWNER).values("organisation")
    rows = JoinRequest.objects.waiting(at).filter(organisation__in=owned)
    return rows.select_related("organisation", "asked_by").order_by("asked_at", "pk")


def _lock(request: JoinRequest) -> JoinRequest:
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=request.organisation_id)
    found = JoinRequest.objects.select_for_update(of=("self",), no_key=True).select_related("asked_by")
    request = found.get(pk=request.pk)
    request.organisation = organisation
    return request


def close_for(organisation: Organisation, user: User, *, by: User, at: datetime) -> None:
    """Answer what the person asked, where an invitation let them in meanwhile. The organisation is locked."""
    rows = JoinRequest.objects.filter(organisation=organisation, asked_by=user, answered_at=None, withdrawn_at=None)
    rows.update(answered_at=at, answered_by=by, is_approved=True)
