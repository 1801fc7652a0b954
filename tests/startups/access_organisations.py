"""Who may open which address of organisations. The world's organisation is listed; the participant owns it."""

from typing import Any

from tests.access import Route, everybody, only, signed_in

READ_ONLY = everybody(405)
POST_ONLY = signed_in(405)
OWN = only("participant", others=404)
OWN_ACTION = only("participant", status=302, others=404)


def _organisation(world: Any) -> dict[str, Any]:
    return {"public_id": world.organisation.public_id}


def _member(world: Any) -> dict[str, Any]:
    return {**_organisation(world), "member": world.membership.public_id}


def _request(world: Any) -> dict[str, Any]:
    return {"public_id": world.join_request.public_id}


ROUTES = {
    "startups:directory": Route(get=everybody(), post=READ_ONLY),
    "startups:organisation": Route(get=everybody(), post=READ_ONLY, kwargs=_organisation),
    "startups:organisation_logo": Route(
        get=everybody(),
        post=READ_ONLY,
        kwargs=lambda world: {**_organisation(world), "file": world.logo.public_id},
    ),
    "startups:data": Route(get=everybody(), post=READ_ONLY),
    "startups:data_csv": Route(get=everybody(), post=READ_ONLY),
    "startups:data_json": Route(get=everybody(), post=READ_ONLY),
    "startups:organisation_size": Route(
        get=OWN, post=only("participant", status=422, others=404), kwargs=_organisation
    ),
    "startups:emerging_company": Route(get=OWN, post=OWN_ACTION, kwargs=_organisation),
    "startups:organisation_profile": Route(
        get=OWN, post=only("participant", status=422, others=404), kwargs=_organisation
    ),
    "startups:act_for": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_organisation),
    "startups:set_logo": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_organisation),
    "startups:my_organisations": Route(get=signed_in()),
    "startups:new_organisation": Route(get=signed_in(), post=signed_in(422)),
    "startups:ask_to_join": Route(get=POST_ONLY, post=signed_in(302)),
    "startups:take_back_request": Route(get=POST_ONLY, post=only("rival", status=302, others=404), kwargs=_request),
    "startups:answer_request": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_request),
    "startups:edit_organisation": Route(
        get=OWN, post=only("participant", status=422, others=404), kwargs=_organisation
    ),
    "startups:withdraw_organisation": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_organisation),
    "startups:members": Route(get=OWN, post=only("participant", status=422, others=404), kwargs=_organisation),
    "startups:leave": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_organisation),
    "startups:change_role": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_member),
    "startups:remove_member": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_member),
    "startups:revoke_invitation": Route(
        get=POST_ONLY,
        post=OWN_ACTION,
        kwargs=lambda world: {**_organisation(world), "invitation": world.invitation.public_id},
    ),
    "startups:accept_invitation": Route(
        get=POST_ONLY,
        post=only("rival", status=302, others=404),
        kwargs=lambda world: {"invitation": world.invitation.public_id},
    ),
    "startups:invitation": Route(
        get=only("rival"), post=only("rival", status=302), kwargs=lambda world: {"token": world.token}
    ),
}
