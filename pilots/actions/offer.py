"""What a proposal offers, and whether the reserve and the law have room for it."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from challenges.models import Challenge, Route
from govtech.errors import DomainError
from govtech.reference.models import Rules
from govtech.shell.words import euros
from pilots.actions import annuity
from pilots.calculations.money import ZERO
from pilots.models import Award, AwardStatus, Expenditure
from startups.calculations.vat import gross, rate_of
from startups.models import Proposal, Submission


def last_submission(proposal: Proposal) -> Submission:
    """Return what was handed in last, opened."""
    return Submission.objects.filter(proposal=proposal, superseded_by__isnull=True)[0]


def offer_of(proposal: Proposal, *, rate: Decimal) -> dict[str, Any]:
    """Return the offer's amounts: net, VAT regime, rate that applies and gross, rounded once."""
    economic = last_submission(proposal).economic
    net, regime = Decimal(economic["amount_net"]), economic["vat_regime"]
    applied = rate_of(regime, general=rate)
    return {"amount_net": net, "vat_regime": regime, "vat_rate": applied, "amount_gross": gross(net, applied)}


def check_amounts(challenge: Challenge, offer: dict[str, Any], rules: Rules) -> None:
    if challenge.route == Route.MINOR and offer["amount_net"] >= rules.minor_contract_limit_net:
        raise DomainError(
            _("A minor contract is under %(limit)s without VAT and this offer is %(amount)s.")
            % {"limit": euros(rules.minor_contract_limit_net), "amount": euros(offer["amount_net"])}
        )
    most = gross(challenge.max_amount_net, rules.vat_rate)
    expenditure = Expenditure.objects.get(challenge=challenge)
    left = sum(expenditure.lines.values_list("a", flat=True), ZERO) - spoken_for(challenge)
    if offer["amount_gross"] > min(most, left):
        raise DomainError(
            _("The offer is %(amount)s with VAT and the reserve leaves %(left)s for it.")
            % {"amount": euros(offer["amount_gross"]), "left": euros(min(most, left))}
        )


def spoken_for(challenge: Challenge) -> Decimal:
    """Return gross euros that live awards hold of the reserve: of an approved one, what its pilot costs at most."""
    total = ZERO
    for award in Award.objects.live().filter(resolution__challenge=challenge).select_related("commitment"):
        if award.status == AwardStatus.APPROVED:
            total += sum(annuity.needed_by_year(award.commitment).values(), ZERO)
        else:
            total += award.amount_gross
    return total
