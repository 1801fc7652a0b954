"""Who may open which address of a hearing and of a presentation."""

from typing import Any

from tests.access import Route, only

STAFF = ("officer", "director", "auditor")


def _low(world: Any) -> dict[str, Any]:
    """A ranked proposal whose offer is presumed abnormally low, its organisation asked."""
    return {"public_id": world.low_offer.proposal.public_id}


def _presentations(world: Any) -> dict[str, Any]:
    """A challenge with a second round whose shortlist is made; the reviewer is its chair."""
    return {"slug": world.presenting.challenge.slug}


def _presentation(world: Any) -> dict[str, Any]:
    return {"public_id": world.presenting.proposals[0].public_id}


ROUTES = {
    "startups:pitch": Route(
        get=only("reviewer", *STAFF), post=only("reviewer", *STAFF, status=422), kwargs=_presentations
    ),
    "startups:pitch_score": Route(
        get=only("reviewer", *STAFF, others=404),
        post=only("reviewer", *STAFF, status=302, others=404),
        kwargs=_presentation,
    ),
    "startups:abnormal": Route(
        get=only("participant", "reviewer", *STAFF, others=404),
        post=only("officer", "participant", "reviewer", "director", "auditor", status=302, others=404)
        | {"participant": 422},
        kwargs=_low,
    ),
}
