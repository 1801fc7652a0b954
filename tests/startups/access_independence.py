"""Who may open which address of independence: interests, experts, copies without names, challenged members."""

from typing import Any

from tests.access import Route, everybody, only, signed_in

STAFF = ("officer", "director", "auditor")
POST_ONLY = signed_in(405)


def _evaluating(world: Any) -> dict[str, Any]:
    return {"slug": world.evaluating.slug}


def _judged(world: Any) -> dict[str, Any]:
    return {"public_id": world.evaluated_proposal.public_id}


def _file(world: Any) -> dict[str, Any]:
    """A file of a call that is judged with names: there is no copy."""
    return {**_judged(world), "attachment": world.evaluated_proposal.attachments.get().public_id}


def _recusation(world: Any) -> dict[str, Any]:
    return {"public_id": world.recusation.public_id}


def _invited(world: Any) -> dict[str, Any]:
    return {"slug": world.challenge.slug, "public_id": world.expert_invitation.public_id}


# Everybody who sees the proposal and isn't the secretary of its panel.
NOT_SECRETARY = only("participant", "reviewer", *STAFF, status=403, others=404)
OWN = only("participant", others=404)

ROUTES = {
    "startups:panel_decline": Route(get=POST_ONLY, post=only("reviewer", status=302), kwargs=_evaluating),
    "startups:redact": Route(get=NOT_SECRETARY, post=NOT_SECRETARY, kwargs=_judged),
    "startups:judged_file": Route(get=signed_in(404), post=POST_ONLY, kwargs=_file),
    "startups:expert_invite": Route(
        get=only("officer"), post=only("officer", status=422), kwargs=lambda world: {"slug": world.challenge.slug}
    ),
    "startups:expert_revoke": Route(get=POST_ONLY, post=only("officer", status=302), kwargs=_invited),
    "startups:expert_invitation": Route(
        get=everybody(), post=everybody(), kwargs=lambda world: {"token": world.expert_token}
    ),
    "startups:interests": Route(get=signed_in(), post=signed_in(422)),
    "startups:interest_remove": Route(
        get=POST_ONLY,
        post=only("participant", status=302, others=404),
        kwargs=lambda world: {"public_id": world.interest.public_id},
    ),
    "startups:recuse": Route(get=OWN, post=only("participant", status=422, others=404), kwargs=_judged),
    "startups:recusation": Route(
        get=only("participant", "reviewer", *STAFF, others=404),
        post=only("participant", "officer", "auditor", status=403, others=404) | {"reviewer": 422, "director": 422},
        kwargs=_recusation,
    ),
}
