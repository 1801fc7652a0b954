"""Who may open which address of an evaluation, from the opening to the points that a participant reads."""

from typing import Any

from tests.access import Route, only, signed_in

STAFF = ("officer", "director", "auditor")
POST_ONLY = signed_in(405)
NO_POST = signed_in(405)


def _still_open(world: Any) -> dict[str, Any]:
    """A challenge before its deadline: nobody can open anything of it yet."""
    return {"slug": world.challenge.slug}


def _opened(world: Any) -> dict[str, Any]:
    return {"slug": world.opened.slug}


def _opened_proposal(world: Any) -> dict[str, Any]:
    return {"slug": world.opened.slug, "public_id": world.opened_proposal.public_id}


def _asked_proposal(world: Any) -> dict[str, Any]:
    """A proposal that the Office asked to correct."""
    return {"public_id": world.asked_proposal.public_id}


def _evaluating(world: Any) -> dict[str, Any]:
    return {"slug": world.evaluating.slug}


def _panel_member(world: Any) -> dict[str, Any]:
    return {"slug": world.evaluating.slug, "public_id": world.panel_member.public_id}


def _judged(world: Any) -> dict[str, Any]:
    return {"public_id": world.evaluated_proposal.public_id}


def _ranked(world: Any) -> dict[str, Any]:
    return {"slug": world.ranked.slug}


# Who may not know of the proposal at all gets 404; who sees it and doesn't score it, 403.
SEEN_NOT_SCORED = only("participant", *STAFF, status=403, others=404)


def _stopped(world: Any) -> dict[str, Any]:
    """A proposal that was opened with the others: there is none to open late."""
    return {"slug": world.opened.slug, "public_id": world.opened_proposal.public_id}


ROUTES = {
    "startups:stopped_prepare": Route(get=POST_ONLY, post=only(*STAFF, status=404), kwargs=_stopped),
    "startups:stopped_open": Route(get=POST_ONLY, post=only(*STAFF, status=404), kwargs=_stopped),
    "startups:attempts": Route(get=only("director", "auditor"), post=NO_POST),
    "startups:correction_file": Route(
        get=only("participant", *STAFF, others=404),
        post=NO_POST,
        kwargs=lambda world: {"public_id": world.opened_proposal.public_id, "file": world.correction_file.public_id},
    ),
    "startups:clarify": Route(
        get=only("participant", others=404),
        post=only("participant", status=422, others=404),
        kwargs=lambda world: {
            "public_id": world.opened_proposal.public_id,
            "clarification": world.clarification.public_id,
        },
    ),
    "startups:opening": Route(get=only(*STAFF), post=NO_POST, kwargs=_opened),
    "startups:opening_prepare": Route(get=POST_ONLY, post=only("officer", status=302), kwargs=_still_open),
    "startups:opening_open": Route(get=POST_ONLY, post=only(*STAFF, status=302), kwargs=_still_open),
    "startups:opening_report": Route(get=only(*STAFF), post=NO_POST, kwargs=_opened),
    "startups:admission": Route(get=only(*STAFF), post=NO_POST, kwargs=_opened),
    "startups:admission_decide": Route(get=only(*STAFF), post=only("officer", status=302), kwargs=_opened_proposal),
    "startups:correct": Route(
        get=only("participant", others=404), post=only("participant", status=422, others=404), kwargs=_asked_proposal
    ),
    "startups:panel": Route(get=only(*STAFF, "reviewer"), post=only("officer"), kwargs=_evaluating),
    "startups:panel_remove": Route(get=POST_ONLY, post=only("officer", status=302), kwargs=_panel_member),
    "startups:declare": Route(get=only("reviewer"), post=only("reviewer"), kwargs=_evaluating),
    "startups:scores": Route(get=only("reviewer"), post=NO_POST, kwargs=_evaluating),
    "startups:score": Route(
        get=SEEN_NOT_SCORED | {"reviewer": 200}, post=SEEN_NOT_SCORED | {"reviewer": 422}, kwargs=_judged
    ),
    "startups:reasons": Route(
        get=SEEN_NOT_SCORED | {"reviewer": 403}, post=SEEN_NOT_SCORED | {"reviewer": 403}, kwargs=_judged
    ),
    "startups:lock": Route(get=only(), post=only(), kwargs=_evaluating),
    "startups:ranking": Route(get=only(*STAFF, "reviewer"), post=NO_POST, kwargs=_ranked),
    "startups:evaluation_report": Route(get=only(*STAFF, "reviewer"), post=NO_POST, kwargs=_ranked),
    "startups:result": Route(
        get=only("participant", others=404),
        post=NO_POST,
        kwargs=lambda world: {"public_id": world.ranked_proposal.public_id},
    ),
}
