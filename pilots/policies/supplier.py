"""Several contracts of one supplier that add up to the limit: a warning, never a block (LCSP art. 118.2)."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from govtech import clock
from govtech.reference.models import Rules
from govtech.shell.words import euros
from pilots.models import Award, AwardStatus, Commitment

MONTHS_12 = timedelta(days=365)


def contracted_net(organisation_id: int, *, at: datetime, but: Award | None = None) -> Decimal:
    """Return euros without VAT contracted with a supplier in the last 12 months, awards given up left out."""
    rows = Commitment.objects.filter(supplier=organisation_id, created_at__gt=at - MONTHS_12)
    rows = rows.exclude(award__status=AwardStatus.REFUSED)
    if but is not None:
        rows = rows.exclude(award=but)
    return rows.aggregate(sum=Sum("amount_net"))["sum"] or Decimal(0)


def warning_of(award: Award, *, at: datetime) -> str:
    """Return the warning where this award and the supplier's others reach the limit, else nothing."""
    before = contracted_net(award.proposal.organisation_id, at=at, but=award)
    limit = Rules.objects.in_force(clock.local_date(at)).minor_contract_limit_net
    if not before or before + award.amount_net < limit:
        return ""
    return _(
        "%(name)s has contracts for %(before)s in the last 12 months; with this one they reach %(limit)s, without VAT. "
        "Say in the reasons why they are different objects."
    ) % {"name": award.proposal.organisation.name, "before": euros(before), "limit": euros(limit)}
