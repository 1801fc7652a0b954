"""Rows for tests of the ledger, without their stories: spending files, contracts, pilots with accepted milestones."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection, transaction

from challenges.models import Challenge
from govtech import clock
from govtech.accounts.models import User
from pilots.calculations.money import milestone_amounts
from pilots.models import (
    Award,
    AwardStatus,
    Commitment,
    Expenditure,
    ExpenditureKind,
    Milestone,
    MilestoneStatus,
    Pilot,
    Resolution,
    ResolutionKind,
)
from startups.calculations.vat import gross
from startups.models import Proposal
from startups.models.proposal import ProposalStatus
from tests import people
from tests.startups.factories import organisation

RATE = Decimal("21.00")
_number = count(1)


def flush_deferred() -> None:
    """Have the database check now what it would check at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def spending_file(by: User | None = None) -> Expenditure:
    """Return a spending file of technical assistance: it needs no challenge and no milestones."""
    return Expenditure.objects.create(
        kind=ExpenditureKind.TECHNICAL_ASSISTANCE,
        title=f"Asistencia {next(_number)}",
        created_at=clock.now(),
        created_by=by or people.officer(),
    )


def contract(expenditure: Expenditure, net: str = "10000.00", **fields: Any) -> Commitment:
    """Return a contract of a spending file with a supplier outside the portal."""
    return Commitment.objects.create(
        **{
            "expenditure": expenditure,
            "supplier_name": "Proveedora Ficticia SL",
            "amount_net": Decimal(net),
            "vat_rate": RATE,
            "amount_gross": gross(Decimal(net), RATE),
            "created_at": clock.now(),
            "created_by": expenditure.created_by,
            **fields,
        }
    )


def pilot_of(
    challenge: Challenge, expenditure: Expenditure, net: str, milestones: list[str], *, officer: User, director: User
) -> tuple[Commitment, list[Milestone]]:
    """Return the commitment and the accepted milestones of a new award of the challenge: rows alone."""
    at, number = clock.now(), next(_number)
    company = organisation()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # a proposal starts as a draft, but for here
        proposal = Proposal.objects.create(
            challenge=challenge, organisation=company, status=ProposalStatus.AWARDED, opened_at=at, submitted_at=at,
            created_at=at, created_by=officer,
        )  # fmt: skip
        cursor.execute("SET LOCAL session_replication_role = origin")
    resolution, _made = Resolution.objects.get_or_create(
        challenge=challenge,
        defaults={"kind": ResolutionKind.AWARD, "reason": "Las mejores", "prepared_at": at, "prepared_by": officer},
    )
    amounts = {"amount_net": Decimal(net), "vat_rate": RATE, "amount_gross": gross(Decimal(net), RATE)}
    award = Award.objects.create(
        resolution=resolution, proposal=proposal, status=AwardStatus.APPROVED, vat_regime="general", reason="La mejor",
        proposed_at=at, proposed_by=officer, answer_due_on=date(2027, 1, 31), answered_at=at, answered_by=officer,
        approved_at=at, approved_by=director, **amounts,
    )  # fmt: skip
    pilot = Pilot.objects.create(
        reference=f"PILOTO-2027-{number:03}", slug=f"piloto-{number}", award=award, challenge=challenge,
        organisation=company, title="Piloto", created_at=at,
    )  # fmt: skip
    nets = [Decimal(amount) for amount in milestones]
    rows = [
        Milestone.objects.create(
            pilot=pilot,
            number=place,
            title=f"Hito {place}",
            deliverables="Informe",
            due_on=date(2027, 1, 1) + timedelta(days=30 * place),
            amount_net=amount_net,
            amount_gross=amount_gross,
            status=MilestoneStatus.ACCEPTED,
            accepted_at=at,
            accepted_by=officer,
        )
        for place, (amount_net, amount_gross) in enumerate(
            zip(nets, milestone_amounts(nets, RATE, amounts["amount_gross"]), strict=True), start=1
        )
    ]
    commitment = Commitment.objects.create(
        expenditure=expenditure, award=award, supplier=company, created_at=at, created_by=officer, **amounts
    )
    return commitment, rows
