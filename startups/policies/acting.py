"""For which organisation somebody acts who belongs to several: they choose, nothing is supposed."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from govtech.errors import DomainError
from startups.models import ActingChoice, Organisation
from startups.policies import organisation as organisations


def can_act_for(user: Any) -> list[Organisation]:
    """Return the organisations of the person that take part, the one they chose first. One query."""
    if not user.is_authenticated:
        return []
    chosen = Exists(ActingChoice.objects.filter(user=user, organisation=OuterRef("pk")))
    rows = Organisation.objects.of_member(user).filter(withdrawn_at=None).annotate(is_chosen=chosen)
    return list(rows.order_by("-is_chosen", "name", "pk"))


def acting_for(user: Any) -> Organisation | None:
    """Return the only one, else the one chosen; None where a person of several hasn't chosen."""
    rows = can_act_for(user)
    if len(rows) == 1:
        return rows[0]
    return rows[0] if rows and rows[0].is_chosen else None  # type: ignore[attr-defined]


def check_can_choose(organisation: Organisation, *, by: Any) -> None:
    """Members choose an organisation that takes part."""
    if not organisations.role_in(organisation, by):
        raise PermissionDenied(_("You don't belong to this organisation."))
    organisations.check_is_active(organisation)


def named(user: Any, key: str) -> Organisation | None:
    """Return the organisation that somebody acts for, by its public id; the only one without. None for nobody's.

    Raises DomainError(field="acting") where a person of several didn't say.
    """
    rows = can_act_for(user)
    if len(rows) <= 1:
        return rows[0] if rows else None
    found = next((row for row in rows if row.public_id == key), None)
    if found is None:
        raise DomainError(_("You belong to several organisations: choose for which one you ask."), field="acting")
    return found
