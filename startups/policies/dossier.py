"""Who keeps an organisation's papers, and which of them hold."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.accounts import roles
from startups.calculations.dossier import FOR_AN_AWARD
from startups.models import DossierPaper, Organisation, OrganisationRole, PaperKind
from startups.policies import organisation as organisations


def check_can_add(organisation: Organisation, *, by: Any, at: datetime) -> None:
    """Owners keep the papers; an officer may add what the organisation handed them."""
    if organisations.role_in(organisation, by) != OrganisationRole.OWNER and not roles.is_officer(by):
        raise PermissionDenied(_("Only owners of the organisation and the Office add papers."))
    organisations.check_is_active(organisation)


def check_can_declare(organisation: Organisation, *, by: Any, at: datetime) -> None:
    """A declaration is an owner's own: nobody makes it for them."""
    organisations.check_is_owner(organisation, by=by, at=at)
    organisations.check_is_active(organisation)


def check_can_read(organisation: Organisation, *, by: Any, at: datetime) -> None:
    """Owners, the Office, directors and auditors."""
    if organisations.role_in(organisation, by) == OrganisationRole.OWNER:
        return
    if not (roles.is_officer(by) or roles.is_director(by) or roles.is_auditor(by)):
        raise PermissionDenied(_("Only the Office and the organisation's owners see this."))


def missing_for_award(organisation: Organisation, *, on: date) -> list[PaperKind]:
    """Return the kinds that an award takes and the dossier has no valid paper of. What is valid isn't asked again."""
    held = set(DossierPaper.objects.valid(on).filter(organisation=organisation).values_list("kind", flat=True))
    return [PaperKind(kind) for kind in FOR_AN_AWARD if kind not in held]
