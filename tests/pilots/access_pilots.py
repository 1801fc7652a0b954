"""Who may open the pages of awards and pilots.

The world's pilot runs. Its company's owner is the participant; milestone 1 is accepted, with a file, and its invoice is
recorded and not paid; milestone 2 is pending; it has an indicator with a value and its file; its award has a paper.
"""

from typing import Any

from pilots.models import AwardPaper, Deliverable, IndicatorValue, Invoice
from tests.access import LOGIN, Route, everybody, only

READ_ONLY = everybody(405)
OFFICE = ("officer", "director", "auditor")
WORK = ("participant", "delegate", *OFFICE)


def among(insiders: tuple[str, ...], others: int, **statuses: int) -> dict[str, int]:
    """Return the table in which insiders get 403 but for those with a status of their own; strangers get `others`."""
    return {**only(*insiders, status=403, others=others), **statuses}


def of_pilot(**statuses: int) -> dict[str, int]:
    """A public pilot's inside page: 403 for everybody but those named."""
    return among((), 403, **statuses)


def of_part(**statuses: int) -> dict[str, int]:
    """A private part of a pilot: 404 for strangers, 403 for those who work on it and may not do this."""
    return among(WORK, 404, **statuses)


def _pilot(world: Any) -> dict[str, Any]:
    return {"slug": world.pilot.slug}


def _challenge(world: Any) -> dict[str, Any]:
    return {"slug": world.pilot.challenge.slug}


def _award(world: Any) -> dict[str, Any]:
    return {"public_id": world.pilot.award.public_id}


def _milestone(world: Any, number: int) -> dict[str, Any]:
    return {"public_id": world.pilot.milestones.get(number=number).public_id}


def _indicator(world: Any) -> dict[str, Any]:
    return {"public_id": world.pilot.indicators.first().public_id}


def _invoice(world: Any) -> dict[str, Any]:
    return {"public_id": Invoice.objects.get(milestone__pilot=world.pilot).public_id}


def _deliverable(world: Any) -> dict[str, Any]:
    return {"public_id": Deliverable.objects.filter(milestone__pilot=world.pilot).first().public_id}


def _evidence(world: Any) -> dict[str, Any]:
    value = IndicatorValue.objects.filter(indicator__pilot=world.pilot, file__isnull=False).first()
    return {"public_id": value.file.public_id}


def _paper(world: Any) -> dict[str, Any]:
    return {"public_id": AwardPaper.objects.filter(award=world.pilot.award).exclude(file=None).earliest("pk").public_id}


CITY = {"delegate": 200, "officer": 200}
CITY_POSTS = {"delegate": 422, "officer": 422}
SEES_AWARD = only(*OFFICE)
ENDED_BY_OFFICER = only("officer", status=302)  # not possible now: back, with a message
OWN_AWARD = {**only(*OFFICE, others=404), "participant": 200}

ROUTES = {
    "pilots:list": Route(get=everybody(), post=everybody()),
    "pilots:pilot": Route(get=everybody(), post=everybody(), kwargs=_pilot),
    "pilots:work": Route(get=only(*WORK), post=only(*WORK), kwargs=_pilot),
    "pilots:charter": Route(get=of_pilot(**CITY), post=of_pilot(**CITY_POSTS), kwargs=_pilot),
    "pilots:sign_charter": Route(  # signed by both since the start: they are told so
        get=only(*WORK), post=of_pilot(participant=302, delegate=302), kwargs=_pilot
    ),
    "pilots:contract_record": Route(get=of_pilot(officer=200), post=of_pilot(officer=422), kwargs=_pilot),
    "pilots:start": Route(
        get=of_pilot(delegate=302, officer=302), post=of_pilot(delegate=302, officer=302), kwargs=_pilot
    ),
    "pilots:suspend": Route(get=of_pilot(**CITY), post=of_pilot(**CITY_POSTS), kwargs=_pilot),
    "pilots:resume": Route(
        get=everybody(405) | {"visitor": LOGIN}, post=of_pilot(delegate=302, officer=302), kwargs=_pilot
    ),
    "pilots:prepare_termination": Route(get=of_pilot(officer=200), post=of_pilot(officer=422), kwargs=_pilot),
    "pilots:approve_termination": Route(
        get=only(*OFFICE), post=of_pilot(director=302), kwargs=_pilot
    ),  # nothing waits: the director is told so
    "pilots:decide": Route(
        get=of_pilot(delegate=302, officer=302), post=of_pilot(delegate=302, officer=302), kwargs=_pilot
    ),
    "pilots:invoicing": Route(get=only("participant", *OFFICE), post=only("participant", *OFFICE), kwargs=_pilot),
    "pilots:add_indicator": Route(get=of_pilot(**CITY), post=of_pilot(**CITY_POSTS), kwargs=_pilot),
    "pilots:measure": Route(
        get=of_part(participant=200, **CITY), post=of_part(participant=422, **CITY_POSTS), kwargs=_indicator
    ),
    "pilots:evidence": Route(get=only(*WORK, others=404), post=only(*WORK, others=404), kwargs=_evidence),
    "pilots:deliverable": Route(get=only(*WORK, others=404), post=only(*WORK, others=404), kwargs=_deliverable),
    "pilots:deliver": Route(
        get=of_part(participant=200), post=of_part(participant=422), kwargs=lambda world: _milestone(world, 2)
    ),
    "pilots:accept": Route(
        get=everybody(405) | {"visitor": LOGIN},
        post=of_part(delegate=302),
        kwargs=lambda world: _milestone(world, 2),
    ),
    "pilots:give_back": Route(
        get=of_part(delegate=302), post=of_part(delegate=302), kwargs=lambda world: _milestone(world, 2)
    ),
    "pilots:record_invoice": Route(
        get=of_part(officer=302), post=of_part(officer=302), kwargs=lambda world: _milestone(world, 1)
    ),
    "pilots:electronic_invoice": Route(  # recorded by hand: there is no file
        get=only(others=404), post=everybody(405) | {"visitor": LOGIN}, kwargs=_invoice
    ),
    "pilots:pay": Route(get=of_part(officer=200), post=of_part(officer=422), kwargs=_invoice),
    "pilots:award": Route(get=SEES_AWARD, post=SEES_AWARD, kwargs=_challenge),
    "pilots:propose_award": Route(get=ENDED_BY_OFFICER, post=ENDED_BY_OFFICER, kwargs=_challenge),
    "pilots:prepare_award": Route(get=ENDED_BY_OFFICER, post=ENDED_BY_OFFICER, kwargs=_challenge),
    "pilots:approve_award": Route(get=SEES_AWARD, post=only("director", status=302), kwargs=_challenge),
    "pilots:approve_void": Route(get=SEES_AWARD, post=only("director", status=302), kwargs=_challenge),
    "pilots:prepare_void": Route(get=ENDED_BY_OFFICER, post=ENDED_BY_OFFICER, kwargs=_challenge),
    "pilots:release_rest": Route(get=everybody(405) | {"visitor": LOGIN}, post=ENDED_BY_OFFICER, kwargs=_challenge),
    "pilots:my_award": Route(
        get=OWN_AWARD, post={**only(*OFFICE, status=403, others=404), "participant": 302}, kwargs=_award
    ),
    "pilots:withdraw_award": Route(
        get={**only(*OFFICE, status=403, others=404), "participant": 403, "officer": 302},
        post={**only(*OFFICE, status=403, others=404), "participant": 403, "officer": 302},
        kwargs=_award,
    ),
    "pilots:refuse_award": Route(
        get={**only(*OFFICE, status=403, others=404), "participant": 403, "officer": 302},
        post={**only(*OFFICE, status=403, others=404), "participant": 403, "officer": 302},
        kwargs=_award,
    ),
    "pilots:annul_award": Route(  # no review was upheld: the officer is told so
        get={**only(*OFFICE, status=403, others=404), "participant": 403, "officer": 302},
        post={**only(*OFFICE, status=403, others=404), "participant": 403, "officer": 302},
        kwargs=_award,
    ),
    "pilots:approve_annulment": Route(  # nothing waits: the director is told so
        get={**only(*OFFICE, others=404), "participant": 403},
        post={**only(*OFFICE, status=403, others=404), "participant": 403, "director": 302},
        kwargs=_award,
    ),
    "pilots:paper": Route(
        get={**only(*OFFICE), "participant": 200}, post={**only(*OFFICE), "participant": 200}, kwargs=_paper
    ),
    "pilots:resolution": Route(get=everybody(), post=everybody(), kwargs=_challenge),
    "pilots:resolution_document": Route(get=everybody(), post=everybody(), kwargs=_challenge),
}
