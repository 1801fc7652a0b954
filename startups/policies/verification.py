"""Who verifies, what it takes, and whether an organisation is verified on a day."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from govtech.clock import local_date
from govtech.errors import DomainError
from startups.calculations.dossier import SOON, VERIFICATION_DAYS
from startups.models import CheckKind, CheckOutcome, Organisation
from startups.policies import organisation as organisations


def is_verified(organisation: Organisation, *, on: date) -> bool:
    """Say whether what the Office checked still holds on that day. An award asks for it; a proposal never."""
    until = organisation.verified_until
    return organisation.verified_at is not None and (until is None or until >= on)


def to_verify(*, on: date) -> QuerySet[Organisation]:
    """Return every organisation not verified, or whose verification ends soon: whoever proposes and whoever doesn't."""
    waiting = Q(verified_at=None) | Q(verified_until__lte=on + timedelta(days=SOON))
    return Organisation.objects.filter(waiting, withdrawn_at=None)


def check_outcomes(outcomes: Mapping[str, str]) -> bool:
    """Return whether all named checks passed. Raises DomainError where one is missing, or identity doesn't apply."""
    for kind in CheckKind:
        if outcomes.get(kind) not in CheckOutcome.values:
            raise DomainError(
                _("Say how this check ended: «%(check)s».") % {"check": kind.label}, field=f"outcome_{kind.value}"
            )
    if outcomes[CheckKind.IDENTITY] == CheckOutcome.NOT_APPLICABLE:
        raise DomainError(_("Every organisation has an identity to check."), field="outcome_identity")
    return CheckOutcome.FAILED not in outcomes.values()


def check_last_day(valid_until: date | None, *, at: datetime) -> None:
    """What was checked holds for a year at most, and not for a day that is over."""
    today = local_date(at)
    most = today + timedelta(days=VERIFICATION_DAYS)
    if valid_until is None or not today < valid_until <= most:
        raise DomainError(_("Choose a last day after today and within a year."), field="valid_until")


def check_can_ask(organisation: Organisation, *, by: Any, at: datetime) -> None:
    """An officer asks any organisation that takes part."""
    organisations.check_can_verify(organisation, by=by, at=at)
    organisations.check_is_active(organisation)
