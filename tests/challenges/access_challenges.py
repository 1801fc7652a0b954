"""Who may open which address of challenges."""

from datetime import timedelta
from typing import Any

from challenges.models import Incident
from govtech import clock
from tests.access import Route, everybody, only, signed_in

STAFF = ("officer", "director", "auditor")
NEVER = everybody(405)
PRIVATE_405 = everybody(405) | {"visitor": 302}


def draft(world: Any) -> dict[str, Any]:
    """A draft of the delegate's department that was never sent: only the department knows of it."""
    return {"public_id": world.draft.public_id}


def under_review(world: Any) -> dict[str, Any]:
    """A challenge that the Office reviews."""
    return {"public_id": world.under_review.public_id}


def public(world: Any) -> dict[str, Any]:
    """A challenge that takes proposals."""
    return {"slug": world.challenge.slug}


def _document(world: Any) -> dict[str, Any]:
    return public(world) | {"file_id": world.document.file.public_id}


def _draft_document(world: Any) -> dict[str, Any]:
    return draft(world) | {"file_id": world.draft_document.file.public_id}


def _question(world: Any) -> dict[str, Any]:
    return public(world) | {"public_id": world.question.public_id}


def _incident(world: Any) -> dict[str, Any]:
    """An outage long before any call, which moves nothing and isn't public."""
    at = clock.now()
    began_at = at - timedelta(days=3_000)
    incident = Incident.objects.get_or_create(
        began_at=began_at.replace(microsecond=0, second=0, minute=0, hour=0),
        defaults={
            "ended_at": began_at + timedelta(days=1),
            "text": "Una caída antigua.",
            "recorded_at": at,
            "recorded_by": world.person("officer"),
        },
    )[0]
    return {"public_id": incident.public_id}


def _search(world: Any) -> dict[str, Any]:
    """A search that the participant saved."""
    return {"public_id": world.saved_search.public_id}


def _planned(world: Any) -> dict[str, Any]:
    """A challenge that the Office announced."""
    return {"public_id": world.announced.public_id}


# A draft is hidden from all but its department; what is under review from all but the department and the Office.
ONLY_DEPARTMENT = only("delegate", others=404)
UNDER_REVIEW = only("officer", "director", others=404) | {"delegate": 403}
OFFICER_UNDER_REVIEW = only("officer", status=302, others=404) | {"delegate": 403, "director": 403}

ROUTES = {
    "challenges:mine": Route(get=only("delegate", "other_delegate", *STAFF)),
    "challenges:new": Route(
        get=only("delegate", "other_delegate"), post=only("delegate", "other_delegate", status=422)
    ),
    "challenges:draft": Route(get=ONLY_DEPARTMENT, kwargs=draft),
    "challenges:submit": Route(get=PRIVATE_405, post=only("delegate", status=302, others=404), kwargs=draft),
    "challenges:discard": Route(get=PRIVATE_405, post=only("delegate", status=302, others=404), kwargs=draft),
    "challenges:settle": Route(get=PRIVATE_405, post=only(others=404), kwargs=draft),
    "challenges:step": Route(
        get=ONLY_DEPARTMENT,
        post=only("delegate", status=422, others=404),
        kwargs=lambda world: draft(world) | {"key": "problem"},
    ),
    "challenges:draft_document": Route(get=ONLY_DEPARTMENT, kwargs=_draft_document),
    "challenges:remove_document": Route(
        get=PRIVATE_405, post=only("delegate", status=302, others=404), kwargs=_draft_document
    ),
    "challenges:report": Route(get=everybody(404) | {"visitor": 302}, kwargs=draft),
    "challenges:review": Route(get=UNDER_REVIEW, kwargs=under_review),
    "challenges:comment": Route(
        get=PRIVATE_405,
        post=only("officer", status=422, others=404) | {"delegate": 403, "director": 403},
        kwargs=under_review,
    ),
    "challenges:uncomment": Route(
        get=PRIVATE_405,
        post=only("officer", status=404, others=404) | {"delegate": 403, "director": 403},
        kwargs=under_review,
    ),
    "challenges:take_back": Route(
        get=PRIVATE_405,
        post=only("delegate", status=302, others=404) | {"officer": 403, "director": 403},
        kwargs=under_review,
    ),
    "challenges:note_state": Route(
        get=PRIVATE_405,
        post=only("officer", status=404, others=404) | {"delegate": 403, "director": 403},
        kwargs=under_review,
    ),
    "challenges:seen": Route(get=PRIVATE_405, post=OFFICER_UNDER_REVIEW, kwargs=under_review),
    "challenges:take": Route(get=PRIVATE_405, post=OFFICER_UNDER_REVIEW, kwargs=under_review),
    "challenges:calendar": Route(
        get=only("officer", others=404) | {"delegate": 403, "director": 403},
        post=only("officer", status=422, others=404) | {"delegate": 403, "director": 403},
        kwargs=under_review,
    ),
    "challenges:incidents": Route(get=everybody(), post=NEVER),
    "challenges:incident_new": Route(get=only("officer"), post=only("officer", status=422)),
    "challenges:incident": Route(get=everybody(404) | {"officer": 200}, post=everybody(405), kwargs=_incident),
    "challenges:incident_apply": Route(get=PRIVATE_405, post=only("officer", status=302), kwargs=_incident),
    "challenges:queue": Route(get=only("officer", "director")),
    "challenges:send_back": Route(get=PRIVATE_405, post=OFFICER_UNDER_REVIEW, kwargs=under_review),
    "challenges:reject": Route(
        get=PRIVATE_405,
        post=only("officer", status=422, others=404) | {"delegate": 403, "director": 403},
        kwargs=under_review,
    ),
    "challenges:terms": Route(
        get=only("officer", others=404) | {"delegate": 403, "director": 403},
        post=only("officer", status=422, others=404) | {"delegate": 403, "director": 403},
        kwargs=under_review,
    ),
    "challenges:following": Route(get=signed_in()),
    "challenges:follow": Route(get=PRIVATE_405, post=signed_in(404)),
    "challenges:follow_after_sign_in": Route(get=everybody(404), post=NEVER),
    "challenges:alert_frequency": Route(get=PRIVATE_405, post=signed_in(404)),
    "challenges:alert_remove": Route(get=PRIVATE_405, post=signed_in(404)),
    "challenges:alert_new": Route(get=signed_in(), post=signed_in(422)),
    "challenges:alert": Route(
        get=only("participant", others=404), post=only("participant", status=422, others=404), kwargs=_search
    ),
    "challenges:planned_list": Route(get=everybody(), post=NEVER),
    "challenges:planned_new": Route(get=only("officer"), post=only("officer", status=422)),
    "challenges:planned": Route(get=everybody(), post=NEVER, kwargs=_planned),
    "challenges:planned_change": Route(get=only("officer"), post=only("officer", status=422), kwargs=_planned),
    "challenges:planned_drop": Route(get=PRIVATE_405, post=only("officer", status=422), kwargs=_planned),
    "challenges:planned_link": Route(get=PRIVATE_405, post=only("officer", status=422), kwargs=_planned),
    "challenges:planned_unlink": Route(get=PRIVATE_405, post=only("officer", status=302), kwargs=_planned),
    "challenges:feed": Route(get=everybody(), post=NEVER),
    "challenges:calendar_feed": Route(get=everybody(), post=NEVER),
    "challenges:list": Route(get=everybody(), post=NEVER),
    "challenges:json": Route(get=everybody(), post=NEVER),
    "challenges:embed": Route(get=everybody(), post=NEVER),
    "challenges:fragment": Route(get=everybody(), post=NEVER),
    "challenges:card": Route(get=everybody(302), post=NEVER, kwargs=lambda world: public(world) | {"version": "0"}),
    "challenges:detail": Route(get=everybody(), post=NEVER, kwargs=public),
    "challenges:deadline": Route(get=everybody(), post=NEVER, kwargs=public),
    "challenges:document": Route(get=everybody(), post=NEVER, kwargs=_document),
    "challenges:questions": Route(get=everybody(), post=NEVER, kwargs=public),
    "challenges:ask": Route(get=PRIVATE_405, post=only("participant", "rival", "reviewer", status=422), kwargs=public),
    "challenges:answer": Route(
        get=only("delegate", "officer", others=404) | {"participant": 403, "director": 403},
        post=only("delegate", "officer", status=422, others=404) | {"participant": 403, "director": 403},
        kwargs=_question,
    ),
    "challenges:similar": Route(get=everybody(302), post=NEVER, kwargs=public),
    "challenges:answer_correct": Route(
        get=only("delegate", "officer", status=302, others=404) | {"participant": 403, "director": 403},
        post=only("delegate", "officer", status=302, others=404) | {"participant": 403, "director": 403},
        kwargs=_question,
    ),
    "challenges:question_private": Route(
        get=only("delegate", "officer", others=404) | {"participant": 403, "director": 403},
        post=only("delegate", "officer", status=422, others=404) | {"participant": 403, "director": 403},
        kwargs=_question,
    ),
    "challenges:correct": Route(get=only("officer"), post=only("officer", status=422), kwargs=public),
    "challenges:correct_criteria": Route(get=only("officer"), post=only("officer", status=422), kwargs=public),
    "challenges:correct_document": Route(get=only("officer"), post=only("officer", status=422), kwargs=public),
    "challenges:extend": Route(get=only("officer"), post=only("officer", status=422), kwargs=public),
}
