"""Organisations: registered by a person who becomes their owner, changed, verified by the Office, withdrawn."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from startups.actions import verification as verifications
from startups.actions.empty_organisation import forget_address
from startups.actions.membership import (
    accept_invitation,
    change_role,
    invite,
    leave,
    remove,
    revoke_invitation,
)
from startups.calculations.counting import has_words
from startups.models import Membership, Organisation, OrganisationKind, OrganisationRole
from startups.policies import organisation as policies
from startups.policies.size import size_of
from startups.policies.tax import clean_tax_id

__all__ = [
    "TaxIdTakenError",
    "accept_invitation",
    "change_role",
    "create",
    "invite",
    "leave",
    "remove",
    "revoke_invitation",
    "update",
    "withdraw",
]

DETAILS = (
    "address",
    "website",
    "description",
    "founded_on",
    "staff",
    "turnover",
    "balance",
    "in_group",
    "is_listed",
)


class TaxIdTakenError(DomainError):
    """An organisation with this tax number is registered: ask its owners to let you in."""


@transaction.atomic
def create(
    *, name: str, kind: str, tax_id: str, country: str = "ES", by: User, at: datetime, **fields: Any
) -> Organisation:
    """Register an organisation; `by` becomes its owner. `fields` are those of `DETAILS`, and `policy_areas`.

    Raises DomainError(field="tax_id") for a number that can't be, and `TaxIdTakenError` for one already registered.
    """
    areas = fields.pop("policy_areas", ())
    values = {**_checked(name, fields), "kind": OrganisationKind(kind).value, "country": country}
    number = clean_tax_id(tax_id, country)
    try:
        with transaction.atomic():
            made = Organisation(tax_id=number, created_at=at, created_by=by, changed_at=at, **values)
            made.size = size_of(made).name
            made.save(force_insert=True)
    except IntegrityError as error:
        raise TaxIdTakenError(
            _("An organisation with this tax number is registered already. Ask its owners to let you in."),
            field="tax_id",
        ) from error
    made.policy_areas.set(areas)
    Membership.objects.create(organisation=made, user=by, role=OrganisationRole.OWNER, joined_at=at, joined_by=by)
    audit.record("organisation.created", target=made, by=by, at=at)
    return made


@transaction.atomic
def update(
    organisation: Organisation, *, name: str, kind: str, seen: str = "", by: User, at: datetime, **fields: Any
) -> Organisation:
    """Change what an organisation says of itself. Its tax number stays: another number is another organisation.

    Another name or kind ends its verification: what the Office checked was the one before.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    policies.check_can_edit(organisation, by=by, at=at)
    policies.check_is_as_seen(organisation, seen)
    areas = fields.pop("policy_areas", None)
    values = {**_checked(name, fields), "kind": OrganisationKind(kind).value}
    changed = [field for field, value in values.items() if getattr(organisation, field) != value]
    for field in changed:
        setattr(organisation, field, values[field])
    if changed:
        organisation.size, organisation.changed_at = size_of(organisation).name, at
        organisation.save(update_fields=[*changed, "size", "changed_at"])
    if {"name", "kind"}.intersection(changed):
        verifications.end_as_changed(organisation, by=by, at=at)
    if areas is not None and {area.pk for area in areas} != {area.pk for area in organisation.policy_areas.all()}:
        organisation.policy_areas.set(areas)
        changed.append("policy_areas")
    if changed:
        audit.record("organisation.changed", target=organisation, by=by, at=at, fields=changed)
    return organisation


def _checked(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(DETAILS)
    if unknown:
        raise TypeError(f"Organisations have no {', '.join(sorted(unknown))}.")
    name = " ".join(name.split())
    if not has_words(name):
        raise DomainError(_("Write the legal name, as it stands in the register."), field="name")
    return {"name": name, **fields}


@transaction.atomic
def withdraw(organisation: Organisation, *, by: User, at: datetime) -> Organisation:
    """Leave the programme: no new proposals, no place in the directory. What it handed in stays as it is."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    policies.check_is_owner(organisation, by=by, at=at)
    policies.check_is_active(organisation)
    organisation.withdrawn_at, organisation.withdrawn_by = at, by
    forget_address(organisation)
    organisation.save(update_fields=["withdrawn_at", "withdrawn_by", "address", "website", "description"])
    audit.record("organisation.withdrawn", target=organisation, by=by, at=at)
    return organisation
