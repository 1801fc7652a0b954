"""Several contracts of one supplier that add up to the limit: a warning, never a block (LCSP art. 118.2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from govtech import clock
from govtech.reference.models import Rules
from govtech.shell.words import euros
from pilots.models import Award, Commitment
from pilots.models.award import GIVEN_UP

MONTHS_12 = timedelta(days=365)


def contracted_net(awards: Sequence[Award], *, at: datetime) -> dict[int, Decimal]:
    """Return, by award, the euros without VAT contracted with its supplier in the last 12 months by other awards.

    Awards given up are left out. One query for any number.
    """
    suppliers = {award.proposal.organisation_id for award in awards}
    rows = Commitment.objects.filter(supplier__in=suppliers, created_at__gt=at - MONTHS_12)
    rows = rows.exclude(award__status__in=GIVEN_UP)
    amounts = list(rows.values_list("supplier", "award", "amount_net"))
    return {
        award.pk: sum(
            (
                amount
                for supplier, other, amount in amounts
                if supplier == award.proposal.organisation_id and other != award.pk
            ),
            Decimal(0),
        )
        for award in awards
    }


def warnings_of(awards: Sequence[Award], *, at: datetime) -> dict[int, str]:
    """Return, by award, the warning where it and the supplier's other contracts reach the limit, else nothing."""
    contracted = contracted_net(awards, at=at)
    limit = Rules.objects.in_force(clock.local_date(at)).minor_contract_limit_net
    return {award.pk: _warning(award, contracted[award.pk], limit) for award in awards}


def _warning(award: Award, before: Decimal, limit: Decimal) -> str:
    if not before or before + award.amount_net < limit:
        return ""
    return _(
        "%(name)s has contracts for %(before)s in the last 12 months; with this one they reach %(limit)s, without VAT. "
        "Say in the reasons why they are different objects."
    ) % {"name": award.proposal.organisation.name, "before": euros(before), "limit": euros(limit)}
