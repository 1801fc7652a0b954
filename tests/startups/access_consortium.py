"""Who may open which address of consortia: the proposal's members; the invited's owner; nobody else."""

from typing import Any

from tests.access import Route, only
from tests.startups.access_proposals import OWN, OWN_ACTION, POST_ONLY


def _draft(world: Any) -> dict[str, Any]:
    return {"public_id": world.draft_proposal.public_id}


def _partner(world: Any) -> dict[str, Any]:
    return {**_draft(world), "partner": world.partner.public_id}


ROUTES = {
    "startups:consortium": Route(get=OWN, post=only("participant", status=422, others=404), kwargs=_draft),
    "startups:leave_consortium": Route(get=POST_ONLY, post=only(others=404), kwargs=_draft),
    "startups:partner_terms": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_partner),
    "startups:remove_partner": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_partner),
    "startups:partner_invitation": Route(
        get=only("rival", others=404),
        post=only("rival", status=422, others=404),  # an empty form confirms no version of the terms
        kwargs=lambda world: {"partner": world.partner.public_id},
    ),
}
