"""What an invoice is for, a milestone of a pilot or a part of a contract of the Office, told in the same words."""

from dataclasses import dataclass
from typing import Any

from pilots.actions import annuity
from pilots.models import Commitment, ContractPart, LedgerEntry, Milestone

Thing = Milestone | ContractPart


@dataclass(frozen=True)
class Owed:
    """Who is paid, under which reference, out of which commitment."""

    reference: str
    number: int
    company: str
    tax_id: str
    commitment: Commitment

    @property
    def column(self) -> str:
        """Name of the ledger's column for it."""
        return "part" if self.commitment.award_id is None else "milestone"


def of(thing: Thing) -> Owed:
    """Return what is said of it on an invoice."""
    if isinstance(thing, ContractPart):
        contract, commitment = thing.contract, thing.contract.commitment
        company, tax_id = name_of(commitment), tax_id_of(commitment)
        return Owed(contract.reference, thing.number, company, tax_id, commitment)
    pilot = thing.pilot
    organisation = pilot.organisation
    return Owed(pilot.reference, thing.number, organisation.name, organisation.tax_id, pilot.award.commitment)


def name_of(commitment: Commitment) -> str:
    """Return who has the contract."""
    return commitment.supplier.name if commitment.supplier else commitment.supplier_name


def tax_id_of(commitment: Commitment) -> str:
    """Return the tax number of who has the contract."""
    return commitment.supplier.tax_id if commitment.supplier else commitment.supplier_tax_id


def entries_of(thing: Thing) -> Any:
    """Return its entries of O and P."""
    return LedgerEntry.objects.filter(**{of(thing).column: thing})


def paying_year(thing: Thing) -> int:
    """Return the year that pays it: that of its date, or the next one that isn't closed."""
    [year] = annuity.paid_in([(thing.due_on, thing.amount_gross, bool(thing.o))])
    return year
