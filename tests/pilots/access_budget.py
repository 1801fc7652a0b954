"""Who may open the budget, the spending of a challenge and what waits for a second person."""

from typing import Any

from tests.access import Route, everybody, only
from tests.pilots.access_pilots import of_part

OFFICE = ("officer", "director")
_staff = only("officer", "director", "auditor")
_office = only(*OFFICE)
_refused_form = only(*OFFICE, status=422)  # an empty form comes back with what is missing
_back = only(*OFFICE, status=302)


def _year(world: Any) -> dict[str, Any]:
    return {"year": world.budget_year}


def _direct(world: Any) -> dict[str, Any]:
    return {"public_id": world.direct.public_id}


def _expenditure(world: Any) -> dict[str, Any]:
    return {"public_id": world.pilot.award.commitment.expenditure.public_id}


def _supplier(world: Any) -> dict[str, Any]:
    return {"public_id": world.pilot.award.commitment.public_id}


def _initiative(world: Any) -> dict[str, Any]:
    return {"slug": world.initiative.slug}


def _part(number: int) -> Any:
    return lambda world: {"public_id": world.direct.parts.get(number=number).public_id}


def _prepared(status: int) -> dict[str, int]:
    """Who may see the file of a challenge under review gets 403 when not of the Office, everybody else 404."""
    return only(*OFFICE, status=status, others=404) | {"delegate": 403}


ROUTES = {
    "pilots:budget_latest": Route(get=everybody(302), post=everybody(405)),
    "pilots:budget": Route(get=everybody(), post=everybody(405), kwargs=_year),
    "pilots:budget_entries": Route(get=everybody(), post=everybody(405), kwargs=_year),
    "pilots:budget_balances": Route(get=everybody(), post=everybody(405), kwargs=_year),
    "pilots:budget_payments": Route(get=everybody(), post=everybody(405), kwargs=_year),
    "pilots:budget_entries_xlsx": Route(get=everybody(), post=everybody(405), kwargs=_year),
    "pilots:budget_balances_xlsx": Route(get=everybody(), post=everybody(405), kwargs=_year),
    "pilots:budget_payments_xlsx": Route(get=everybody(), post=everybody(405), kwargs=_year),
    "pilots:forecast": Route(get=_staff, kwargs=_year),
    "pilots:budget_compare": Route(get=everybody(), post=everybody(405)),
    "pilots:budget_line": Route(
        get=everybody(), post=everybody(405), kwargs=lambda world: {**_year(world), "code": "RETOS"}
    ),
    "pilots:expenditure": Route(get=everybody(), post=everybody(405), kwargs=_expenditure),
    "pilots:supplier": Route(get=everybody(), post=everybody(405), kwargs=_supplier),
    "pilots:budget_years": Route(get=_staff),
    "pilots:budget_year": Route(get=_staff, kwargs=_year),
    "pilots:create_year": Route(get=_office, post=_refused_form),
    "pilots:change_year": Route(get=_office, post=_refused_form, kwargs=_year),
    "pilots:add_line": Route(get=_office, post=_refused_form, kwargs=_year),
    "pilots:initial_credit": Route(  # the year is open: said in a message
        get=_back, post=_back, kwargs=lambda world: {"year": world.budget_year, "code": "RETOS"}
    ),
    "pilots:change_credit": Route(get=_office, post=_refused_form, kwargs=_year),
    "pilots:move_year": Route(get=only(status=405, others=405), post=_back, kwargs=_year),
    "pilots:closing": Route(get=_staff, post=_back, kwargs=_year),
    "pilots:invoices": Route(get=_staff),
    "pilots:reject_part_invoice": Route(get=only("officer"), post=only("officer", status=422), kwargs=_part(2)),
    "pilots:reject_invoice": Route(
        get=of_part(officer=302),
        post=of_part(officer=302),  # its invoice is recorded: said in a message
        kwargs=lambda world: {"public_id": world.pilot.milestones.get(number=1).public_id},
    ),
    "pilots:directs": Route(get=_staff),
    "pilots:create_direct": Route(get=_office, post=_refused_form),
    "pilots:direct": Route(get=_staff, kwargs=_direct),
    "pilots:rewrite_direct": Route(get=_back, post=_back, kwargs=_direct),  # it isn't returned: said in a message
    "pilots:drop_direct": Route(get=only(status=405, others=405), post=_back, kwargs=_direct),
    "pilots:end_direct": Route(get=_office, post=_refused_form, kwargs=_direct),
    "pilots:accept_part": Route(get=_office, post=_refused_form, kwargs=_part(3)),
    "pilots:record_part_invoice": Route(get=only("officer"), post=only("officer", status=422), kwargs=_part(2)),
    "pilots:pay_part": Route(get=only("officer"), post=only("officer", status=422), kwargs=_part(1)),
    "pilots:part_invoice": Route(get=_staff, kwargs=_part(1)),
    "pilots:reconciliation": Route(get=_staff, post=only(*OFFICE, status=422), kwargs=_year),
    "pilots:explain_movement": Route(
        get=_office, post=_refused_form, kwargs=lambda world: {**_year(world), "public_id": world.difference[0]}
    ),
    "pilots:explain_entry": Route(
        get=_office, post=_refused_form, kwargs=lambda world: {**_year(world), "public_id": world.difference[1]}
    ),
    "pilots:initiatives": Route(get=everybody(), post=everybody(405)),
    "pilots:initiative": Route(get=everybody(), post=everybody(405), kwargs=_initiative),
    "pilots:create_initiative": Route(get=_office, post=_refused_form),
    "pilots:change_initiative": Route(get=_office, post=_refused_form, kwargs=_initiative),
    "pilots:publish_initiative": Route(get=only(status=405, others=405), post=_back, kwargs=_initiative),
    "pilots:decisions": Route(get=_staff),
    "pilots:decision": Route(get=_staff, post=_staff, kwargs=lambda world: {"public_id": world.publication.public_id}),
    "pilots:approve_spending": Route(
        get=_prepared(200), post=_prepared(400), kwargs=lambda world: {"public_id": world.under_review.public_id}
    ),
    "pilots:needs_report": Route(get=_staff, kwargs=lambda world: {"public_id": world.challenge.public_id}),
    "pilots:change_amount": Route(get=_office, post=_refused_form, kwargs=lambda world: {"slug": world.challenge.slug}),
    "pilots:cancel_challenge": Route(
        get=_office, post=only(*OFFICE, status=400), kwargs=lambda world: {"slug": world.challenge.slug}
    ),
}
