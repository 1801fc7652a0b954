"""The money and the offers of a call as the simulation takes them. Reads only; nothing is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from challenges.models import Challenge, Route
from govtech import clock
from govtech.reference.models import Holiday, Rules
from govtech.shell.words import euros
from pilots.actions import annuity
from pilots.calculations.money import ZERO, milestone_amounts
from pilots.calculations.plan import LONGEST_MONTHS, by_year, milestone_dates
from pilots.calculations.what_if import MONEY, PLACES, RANK, YEAR, Money, Offer, Simulation, simulate, take
from pilots.models import Award, AwardStatus, BudgetLine, Expenditure, ExpenditureLine
from startups.calculations.vat import gross, rate_of
from startups.models import Proposal, ProposalStatus, Submission


@dataclass
class LineRow:
    """One budget line of one year: what this call has there, what each ticked offer takes, what is left."""

    line: BudgetLine
    authorised: Decimal  # free for awards of this call before anything is ticked
    moved: Decimal  # authorised here with money of other years; under zero, given to them
    parts: list[tuple[Proposal, Decimal]]  # what each ticked offer takes, in rank order

    @property
    def taken(self) -> Decimal:
        """What all that is ticked takes."""
        return sum((amount for _proposal, amount in self.parts), ZERO)

    @property
    def given(self) -> Decimal:
        """What goes to other years."""
        return -self.moved

    @property
    def left(self) -> Decimal:
        """What stays authorised for others."""
        return self.authorised + self.moved - self.taken

    @property
    def phases(self) -> dict[str, Decimal]:
        """As the component of the envelope takes it: what is ticked, and what stays."""
        return {"committed": self.taken, "available": max(self.left, ZERO)}


@dataclass
class WhatIf:
    """The whole answer: each proposal's row, each line's, and what is ticked."""

    rows: list[dict[str, Any]]
    lines: list[LineRow]
    simulation: Simulation
    places: int
    free: Decimal


def what_if(challenge: Challenge, ranking: list[Proposal], ticked: Collection[str], *, at: datetime) -> WhatIf:
    """Return what awarding the ticked proposals, by public id, would take of each line and year.

    Proposals with an award of their own count by it and can't be ticked. The same number of queries for any ranking.
    """
    live = Award.objects.live().filter(resolution__challenge=challenge).select_related("commitment")
    awards = {award.proposal_id: award for award in live}
    had = set(Award.objects.filter(resolution__challenge=challenge).values_list("proposal_id", flat=True))
    offers = _offers(challenge, ranking, had, at=at)
    lines = _lines(challenge)
    money = _money(lines, awards, {offer.key: offer for offer in offers}, ranking)
    places = max(challenge.awards_planned - len(awards), 0)
    found = simulate([offer for offer in offers if not offer.obstacle], ticked, places=places, money=money)
    obstacles = {offer.key: offer.obstacle for offer in offers if offer.obstacle}
    rows = [
        {
            "proposal": proposal,
            "offer": offer,
            "is_ticked": offer.key in found.picked,
            "why": obstacles.get(offer.key) or _words(found.why.get(offer.key, ""), challenge),
            "award": awards.get(proposal.pk),
        }
        for proposal, offer in zip(ranking, offers, strict=True)
    ]
    free = sum((each.free for each in money), ZERO)
    return WhatIf(rows, _filled([line for line, _own in lines], money, found, ranking), found, places, free)


def _offers(challenge: Challenge, ranking: list[Proposal], had: set[int], *, at: datetime) -> list[Offer]:
    day = clock.local_date(at)
    rules, holidays = Rules.objects.in_force(day), Holiday.objects.dates()
    rows = Submission.objects.filter(proposal__in=ranking, superseded_by__isnull=True)
    economic = dict(rows.values_list("proposal_id", "economic"))
    starts_on = max(challenge.pilot_starts_on or day, day)
    return [
        _offer(challenge, proposal, economic.get(proposal.pk), rules, starts_on, holidays, has_award=proposal.pk in had)
        for proposal in ranking
    ]


def _offer(
    challenge: Challenge,
    proposal: Proposal,
    economic: Any,
    rules: Rules,
    starts_on: date,
    holidays: frozenset[date],
    *,
    has_award: bool,
) -> Offer:
    if economic is None:
        return Offer(proposal.public_id, {}, _("Its price can't be read."))
    net = Decimal(economic["amount_net"])
    rate = rate_of(economic["vat_regime"], general=rules.vat_rate)
    total = gross(net, rate)
    plan = economic["milestones"]
    months = [int(part["month"]) for part in plan]
    amounts = milestone_amounts([Decimal(part["amount_net"]) for part in plan], rate, total)
    years = by_year(zip(milestone_dates(starts_on, months, holidays), amounts, strict=True))
    obstacle = ""
    if has_award:
        obstacle = _("It has its award already, or had it.")
    elif proposal.status == ProposalStatus.EXCLUDED:
        obstacle = _("Left out: its offer was abnormally low.")
    elif not proposal.result.passes:
        obstacle = _("It is under a minimum of the call.")
    elif challenge.route == Route.MINOR and net >= rules.minor_contract_limit_net:
        limit = euros(rules.minor_contract_limit_net)
        obstacle = _("A minor contract is under %(limit)s without VAT.") % {"limit": limit}
    elif challenge.route == Route.MINOR and max([challenge.duration_months or 0, *months]) > LONGEST_MONTHS:
        obstacle = _("A minor contract lasts a year at most.")
    elif total > gross(challenge.max_amount_net, rules.vat_rate):
        obstacle = _("It is over the most that each award may cost.")
    return Offer(proposal.public_id, years, obstacle)


def _lines(challenge: Challenge) -> list[tuple[BudgetLine, ExpenditureLine | None]]:
    """Return the lines of the call's codes in every year, with what the call has on them."""
    expenditure = Expenditure.objects.filter(challenge=challenge).first()
    own = {row.line_id: row for row in ExpenditureLine.objects.filter(expenditure=expenditure)}
    codes = BudgetLine.objects.filter(pk__in=own).values("code")
    years = BudgetLine.objects.filter(pk__in=own).values("budget_year__year")
    first = min((row["budget_year__year"] for row in years), default=0)
    rows = BudgetLine.objects.filter(code__in=codes, budget_year__year__gte=first).exclude(budget_year__status="closed")
    return [
        (line, own.get(line.pk))
        for line in rows.select_related("budget_year").order_by("budget_year__year", "code", "pk")
    ]


def _money(
    lines: list[tuple[BudgetLine, ExpenditureLine | None]],
    awards: dict[int, Award],
    offers: dict[str, Offer],
    ranking: list[Proposal],
) -> list[Money]:
    """Return each line's money less what live awards hold: what waits for its year, and what was only proposed."""
    money = [
        Money(line.pk, line.budget_year.year, own.a - own.d if own else ZERO, line.available) for line, own in lines
    ]
    for award in awards.values():
        if award.status == AwardStatus.APPROVED:
            _hold(money, dict(annuity.pending_by_year(award.commitment)))
    for proposal in ranking:
        held = awards.get(proposal.pk)
        if held and held.status != AwardStatus.APPROVED:
            _hold(money, offers[proposal.public_id].by_year)
    return money


def _hold(money: list[Money], by_year: Mapping[int, Decimal]) -> None:
    """Take what an award holds: as it will be committed, or of its own years as they stand where that can't be."""
    before = [replace(line) for line in money]
    if take(by_year, money, {}):
        money[:] = before
        for year, amount in by_year.items():
            first = next((line for line in money if line.year == year), None)
            if first is not None:
                first.free -= amount
    for line in money:
        line.moved = ZERO


def _filled(lines: list[BudgetLine], money: list[Money], found: Simulation, ranking: list[Proposal]) -> list[LineRow]:
    """Return each line that this call has money on, or would have, with what each picked offer takes of it."""
    names = {proposal.public_id: proposal for proposal in ranking}
    rows = [
        LineRow(
            line,
            before.free,
            after.moved,
            [(names[key], parts[line.pk]) for key, parts in found.parts.items() if line.pk in parts],
        )
        for line, before, after in zip(lines, money, found.lines, strict=True)
    ]
    return [row for row in rows if row.authorised or row.moved or row.parts]


def _words(key: str, challenge: Challenge) -> str:
    words = {
        RANK: _("Awards follow the ranking: tick first the one before it."),
        PLACES: _("Of the awards of the call (%(n)d) none is left.") % {"n": challenge.awards_planned},
        MONEY: _("What is authorised for this call isn't enough for it, with those that are ticked."),
        YEAR: _("A year in which it is paid has neither money authorised for this call nor credit left in its line."),
    }
    return words.get(key, "")
