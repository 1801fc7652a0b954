"""Who may open which address about scoring together: progress, questions of the panel, consensus, sessions."""

from typing import Any

from tests.access import Route, only
from tests.startups.access_evaluation import NO_POST, SEEN_NOT_SCORED


def _evaluating(world: Any) -> dict[str, Any]:
    return {"slug": world.evaluating.slug}


def _judged(world: Any) -> dict[str, Any]:
    return {"public_id": world.evaluated_proposal.public_id}


ROUTES = {
    # Nothing is asked for in an empty POST but that everybody is reminded.
    "startups:progress": Route(get=only("officer"), post=only("officer", status=302), kwargs=_evaluating),
    "startups:panel_ask": Route(
        get=SEEN_NOT_SCORED | {"reviewer": 200}, post=SEEN_NOT_SCORED | {"reviewer": 422}, kwargs=_judged
    ),
    # The secretary alone; who asked knows of the question, and doesn't deal with it.
    "startups:panel_questions": Route(get=only(), post=NO_POST, kwargs=_evaluating),
    "startups:panel_question": Route(
        get=only("reviewer", status=403, others=404),
        post=only("reviewer", status=403, others=404),
        kwargs=lambda world: {"public_id": world.panel_question.public_id},
    ),
    "startups:consensus": Route(get=only("reviewer"), post=NO_POST, kwargs=_evaluating),
    "startups:agree": Route(
        get=SEEN_NOT_SCORED | {"reviewer": 200}, post=SEEN_NOT_SCORED | {"reviewer": 403}, kwargs=_judged
    ),
    "startups:sessions": Route(get=only("reviewer"), post=only(), kwargs=_evaluating),  # staff after the lock
}
