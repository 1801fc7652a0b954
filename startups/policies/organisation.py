"""Who may do what in an organisation."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from govtech.errors import DomainError
from startups.models import Membership, Organisation, OrganisationRole

WRITERS = (OrganisationRole.OWNER, OrganisationRole.EDITOR)


def role_in(organisation: Organisation, user: Any) -> str:
    """Return the role of `user` in the organisation today, or an empty text."""
    return roles_in([organisation], user).get(organisation.pk, "")


def roles_in(organisations: Iterable[Organisation], user: Any) -> dict[int, str]:
    """Return the role of `user` today in each of the organisations that they belong to, by its key. One query."""
    if not user.is_authenticated:
        return {}
    places = Membership.objects.current().filter(organisation__in=organisations, user=user)
    return dict(places.values_list("organisation", "role"))


def check_is_owner(organisation: Organisation, *, by: Any, at: datetime) -> None:
    """Raise PermissionDenied for anyone but an owner."""
    if role_in(organisation, by) != OrganisationRole.OWNER:
        raise PermissionDenied(_("Only an owner of %(name)s can do this.") % {"name": organisation.name})


def check_can_edit(organisation: Organisation, *, by: Any, at: datetime) -> None:
    """Owners change an organisation that takes part."""
    check_is_owner(organisation, by=by, at=at)
    check_is_active(organisation)


def check_can_invite(organisation: Organisation, *, by: Any, at: datetime) -> None:
    """Owners invite people and change their roles."""
    check_is_owner(organisation, by=by, at=at)
    check_is_active(organisation)


class ChangedSinceError(DomainError):
    """Somebody saved the organisation after this page was opened. Nothing was written."""


def check_is_as_seen(organisation: Organisation, seen: str) -> None:
    """Raise ChangedSinceError where the page saw another version. An empty text saw none: nothing to compare."""
    if seen and seen != organisation.version:
        raise ChangedSinceError(
            _(
                "Somebody changed this organisation after you opened this page, so nothing was saved. What you wrote "
                "is below. See in another tab how it stands now; to save yours in its place, press again."
            )
        )


def check_is_active(organisation: Organisation) -> None:
    """Raise DomainError for one that was withdrawn."""
    if organisation.withdrawn_at:
        raise DomainError(
            _("%(name)s left the programme. Write to the Office if that was a mistake.") % {"name": organisation.name}
        )


def check_can_verify(organisation: Organisation, *, by: Any, at: datetime) -> None:
    """One officer verifies, and not an organisation of their own."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Office verifies organisations."))
    if role_in(organisation, by):
        raise PermissionDenied(_("You belong to this organisation: another officer must verify it."))
