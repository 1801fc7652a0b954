"""Locks of the contracts that the Office enters: the contract, then its part."""

from pilots.models import ContractPart, DirectContract


def contract(row: DirectContract) -> DirectContract:
    """Lock a contract and return it fresh, with its commitment."""
    return (
        DirectContract.objects.select_for_update(of=("self",), no_key=True)
        .select_related("commitment__expenditure", "commitment__supplier")
        .get(pk=row.pk)
    )


def part(row: ContractPart) -> ContractPart:
    """Lock a part, its contract first, and return it fresh."""
    held = contract(row.contract)
    found = ContractPart.objects.select_for_update(no_key=True).get(pk=row.pk)
    found.contract = held
    return found
