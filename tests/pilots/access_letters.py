"""Who may open letters, reviews, the case file and the list of minor contracts.

The participant won: the letter of the world's pilot is theirs; the rival has its own, with a request to review.
"""

from typing import Any

from pilots.actions import review as reviews
from pilots.models import Letter, ReviewRequest
from tests.access import LOGIN, Route, everybody, only
from tests.pilots import awards
from tests.pilots.access_pilots import among

OFFICE = ("officer", "director", "auditor")


def _letter(world: Any) -> dict[str, Any]:
    letter = Letter.objects.get(resolution__challenge=world.pilot.challenge, proposal=world.pilot.award.proposal)
    return {"public_id": letter.public_id}


def _challenge(world: Any) -> dict[str, Any]:
    return {"slug": world.pilot.challenge.slug}


def _draft(world: Any) -> dict[str, Any]:
    return {**_challenge(world), "proposal": world.pilot.award.proposal.public_id}


def _review(world: Any) -> dict[str, Any]:
    letter = Letter.objects.get(resolution__challenge=world.pilot.challenge, proposal=world.pilot.award.proposal)
    found = ReviewRequest.objects.filter(letter=letter).first()
    if found is None:
        with awards.working(6) as at:
            found = reviews.lodge(letter, text="Otra vez.", upload=None, by=world.person("participant"), at=at)
    return {"public_id": found.public_id}


def _asked(world: Any) -> dict[str, Any]:
    _review(world)
    return _letter(world)


READS = only("participant", *OFFICE, others=404)
SEES = only(*OFFICE)
ROUTES = {
    "pilots:what_if": Route(get=SEES, post=only(*OFFICE, status=405, others=405), kwargs=_challenge),
    "pilots:letters": Route(get=SEES, post=only(*OFFICE, status=405, others=405), kwargs=_challenge),
    "pilots:letter_draft": Route(  # released already: nothing waits
        get=only(*OFFICE, status=404), post=only(*OFFICE, status=405, others=405), kwargs=_draft
    ),
    "pilots:publication": Route(get=only("officer"), post=only("officer", status=422), kwargs=_challenge),
    "pilots:letter": Route(get=READS, post=only(*OFFICE, status=405, others=405), kwargs=_letter),
    "pilots:letter_document": Route(get=READS, post=only(*OFFICE, status=405, others=405), kwargs=_letter),
    "pilots:letter_served": Route(
        get=among(("participant", *OFFICE), 404, officer=200),
        post=among(("participant", *OFFICE), 404, officer=422),
        kwargs=_letter,
    ),
    "pilots:ask_review": Route(  # it asked already: it is told so
        get=among(("participant", *OFFICE), 404, participant=302),
        post=among(("participant", *OFFICE), 404, participant=302),
        kwargs=_asked,
    ),
    "pilots:again": Route(
        get=everybody(405) | {"visitor": 302},
        post=among(("participant", *OFFICE), 404, participant=404),
        kwargs=_letter,
    ),
    "pilots:review": Route(get=READS, post=among(("participant", *OFFICE), 404, director=422), kwargs=_review),
    "pilots:review_paper": Route(
        get=only(others=404), post=only(*OFFICE, status=405, others=405), kwargs=_review
    ),  # it has none
    "pilots:case_file": Route(get=SEES, post=only(*OFFICE, status=405, others=405), kwargs=_challenge),
    "pilots:case_file_zip": Route(get=everybody(405) | {"visitor": LOGIN}, post=SEES, kwargs=_challenge),
    "pilots:minor_contracts": Route(get=everybody(), post=everybody(405)),
    "pilots:minor_contracts_csv": Route(
        get=everybody(), post=everybody(405), kwargs=lambda _world: {"year": 2026, "quarter": 2}
    ),
}
