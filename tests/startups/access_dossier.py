"""Who may open which address of papers and verification. The participant owns the world's organisation."""

from typing import Any

from tests.access import Route, only, signed_in

POST_ONLY = signed_in(405)


def _organisation(world: Any) -> dict[str, Any]:
    return {"public_id": world.organisation.public_id}


def _paper(world: Any) -> dict[str, Any]:
    return {**_organisation(world), "paper": world.paper.public_id}


OFFICE = only("officer", "director", "auditor")
ROUTES = {
    "startups:verifications": Route(get=only("officer")),
    "startups:verification": Route(
        get={**OFFICE, "participant": 302},
        post={**only("officer", status=422), "participant": 302},
        kwargs=_organisation,
    ),
    "startups:paper": Route(get=only("participant", "officer", "director", "auditor"), kwargs=_paper),
    "startups:dossier": Route(
        get=only("participant", others=404), post=only("participant", status=422, others=404), kwargs=_organisation
    ),
    "startups:take_out_paper": Route(get=POST_ONLY, post=only("participant", status=302, others=404), kwargs=_paper),
}
