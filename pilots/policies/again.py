"""Who begins again, in another call, with what was written for one that is over."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from pilots.models import Letter
from pilots.policies.pilot import membership_of
from startups.models.organisation import OrganisationRole


def check_can_begin(letter: Letter, *, by: Any, at: datetime) -> None:
    """Let owners and editors of the organisation begin."""
    if membership_of(by, letter.proposal.organisation_id) not in (OrganisationRole.OWNER, OrganisationRole.EDITOR):
        raise PermissionDenied(_("Only owners and editors of the organisation begin a proposal."))
