"""Who comments on a proposal while it is written."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.errors import DomainError
from startups.models import Proposal, ProposalStatus
from startups.policies import proposal as proposals

WRITTEN = {ProposalStatus.DRAFT, ProposalStatus.SUBMITTED}


def check_can_comment(proposal: Proposal, *, by: Any, at: datetime) -> None:
    """Every member of lead and partners comments, readers too, until the deadline: then nothing is changed any more."""
    if not proposals.role_on(proposal, by):
        raise PermissionDenied(_("You don't belong to this organisation."))
    if proposal.status not in WRITTEN or at >= proposal.challenge.closes_at:
        raise DomainError(_("Nothing can be changed in this proposal any more. Its comments stay to be read."))
