"""What was written for one call, begun again for another: a draft with its texts, in one press."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge
from govtech.accounts.models import User
from govtech.errors import DomainError
from startups.actions import proposal as proposals
from startups.actions.reuse import reuse
from startups.models import Participation, Proposal
from startups.policies import proposal as policies


@transaction.atomic
def again(source: Proposal, challenge: Challenge, *, by: User, at: datetime) -> Proposal:
    """Return a draft for `challenge` with the texts of `source`; the one that is begun already, with what it lacks.

    Raises PermissionDenied or DomainError as starting and reusing do.
    """
    place = Participation.objects.filter(challenge=challenge, organisation=source.organisation_id, is_live=True)
    here = place.select_related("proposal__organisation", "proposal__challenge").first()
    draft = here.proposal if here else proposals.start(challenge, source.organisation, by=by, at=at)
    policies.check_can_edit(draft, by=by, at=at)
    try:
        with transaction.atomic():
            reuse(draft, source, by=by, at=at)
    except DomainError as refusal:
        if here is None:
            raise DomainError(_("That proposal has no text that this call asks for. Begin a new one.")) from refusal
    return draft
