"""Who may open which address of sealed proposals: their own members, and nobody else whatever their role."""

from typing import Any

from tests.access import Route, everybody, only, signed_in

OWN = only("participant", others=404)
OWN_ACTION = only("participant", status=302, others=404)
POST_ONLY = signed_in(405)


def _sealed(world: Any) -> dict[str, Any]:
    return {"public_id": world.proposal.public_id}


def _draft(world: Any) -> dict[str, Any]:
    return {"public_id": world.draft_proposal.public_id}


def _file(world: Any) -> dict[str, Any]:
    return {**_sealed(world), "attachment": world.attachment.public_id}


def _receipt(world: Any) -> dict[str, Any]:
    return {**_sealed(world), "number": world.receipt.register_number}


def _refused(status: int) -> dict[str, int]:
    """Return what an empty form gets: its member a refusal in words, the others nothing to see."""
    return only("participant", status=status, others=404)


ROUTES = {
    "startups:propose": Route(
        get=signed_in(), post=signed_in(status=422), kwargs=lambda world: {"slug": world.challenge.slug}
    ),
    "startups:proposals": Route(get=signed_in()),
    "startups:proposal": Route(get=OWN, kwargs=_sealed),
    "startups:withdraw": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_sealed),
    # an empty form holds no section: nothing is written
    "startups:section": Route(get=OWN, post=_refused(302), kwargs=lambda world: {**_draft(world), "part": "solution"}),
    "startups:price": Route(get=OWN, post=_refused(422), kwargs=_draft),
    "startups:files": Route(get=OWN, post=_refused(422), kwargs=_draft),
    "startups:review": Route(get=OWN, post=_refused(422), kwargs=_draft),
    "startups:file": Route(get=OWN, kwargs=_file),
    "startups:remove_file": Route(get=POST_ONLY, post=OWN_ACTION, kwargs=_file),
    "startups:receipt": Route(get=OWN, kwargs=_receipt),
    "startups:receipt_pdf": Route(get=OWN, kwargs=_receipt),
    "startups:verify_form": Route(get=everybody(), post=everybody(405)),
    "startups:verify": Route(get=everybody(), post=everybody(405), kwargs=lambda world: {"code": world.receipt.code}),
}
