"""Who may open what stands around a proposal while it is written: its own members only."""

from typing import Any

from tests.access import Route, only, signed_in

OWN = only("participant", others=404)


def _draft(world: Any) -> dict[str, Any]:
    return {"public_id": world.draft_proposal.public_id}


def _comment(world: Any) -> dict[str, Any]:
    return {**_draft(world), "comment": world.comment_among_members.public_id}


ROUTES = {
    "startups:comments": Route(get=OWN, post=only("participant", status=422, others=404), kwargs=_draft),
    "startups:settle_comment": Route(
        get=signed_in(405), post=only("participant", status=302, others=404), kwargs=_comment
    ),
}
