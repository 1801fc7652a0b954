"""Who may open which address of a hearing and of a presentation."""

from typing import Any

from tests.access import Route, only

STAFF = ("officer", "director", "auditor")


def _low(world: Any) -> dict[str, Any]:
    """A ranked proposal whose offer is presumed abnormally low, its organisation asked."""
    return {"public_id": world.low_offer.proposal.public_id}


ROUTES = {
    "startups:abnormal": Route(
        get=only("participant", "reviewer", *STAFF, others=404),
        post=only("officer", "participant", "reviewer", "director", "auditor", status=302, others=404)
        | {"participant": 422},
        kwargs=_low,
    ),
}
