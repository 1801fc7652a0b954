"""Who may open which address of files on their way: members of the proposal's organisations, nobody else."""

from typing import Any

from tests.access import Route, only
from tests.startups.access_proposals import OWN_ACTION, POST_ONLY


def _upload(world: Any) -> dict[str, Any]:
    return {"public_id": world.draft_proposal.public_id, "upload": world.upload.public_id}


ROUTES = {
    "startups:begin_upload": Route(
        get=POST_ONLY,
        post=only("participant", status=422, others=404),  # an empty form names no file
        kwargs=lambda world: {"public_id": world.draft_proposal.public_id},
    ),
    "startups:upload": Route(get=only("participant", others=404), kwargs=_upload),
    "startups:cancel_upload": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_upload),
}
