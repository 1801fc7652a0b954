"""Who may open which address of receipts for machines, and of their public chain."""

from typing import Any

from tests.access import LOGIN, Route, everybody, only, signed_in


def _receipt(world: Any) -> dict[str, Any]:
    return {"public_id": world.proposal.public_id, "number": world.receipt.register_number}


PUBLIC = Route(get=everybody(), post=everybody(405))

ROUTES = {
    "startups:receipt_json": Route(
        get=only("participant", others=404), post=signed_in(405) | {"visitor": LOGIN}, kwargs=_receipt
    ),
    "startups:receipt_entry": Route(
        get=signed_in(405), post=only("participant", status=422, others=404), kwargs=_receipt
    ),
    "startups:chain": PUBLIC,
    "startups:chain_data": PUBLIC,
    "startups:chain_heads": PUBLIC,
    "startups:chain_feed": PUBLIC,
    "startups:chain_program": PUBLIC,
}
