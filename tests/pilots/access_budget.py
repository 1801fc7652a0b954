"""Who may open the budget, the spending of a challenge and what waits for a second person."""

from typing import Any

from govtech import clock
from govtech.audit.models import PreparedDecision
from govtech.clock import local_date
from pilots.models import BudgetYear
from tests.access import Route, everybody, only

_staff = only("officer", "director", "auditor")
_office = only("officer", "director")
_posts = only("officer", "director", status=422)
_once = only("officer", "director", status=302)
_spending = only("officer", "director", others=404, visitor=302)


def _year(world: Any) -> dict[str, Any]:
    """The open year of the world, with its line RETOS."""
    current = local_date(clock.now()).year
    years = BudgetYear.objects.public().order_by("-year").values_list("year", flat=True)
    return {"year": next((year for year in years if year <= current), current)}


def _line(world: Any) -> dict[str, Any]:
    return _year(world) | {"code": "RETOS"}


def _decision(world: Any) -> dict[str, Any]:
    row = PreparedDecision.objects.filter(kind="publication").order_by("pk").first()
    return {"public_id": row.public_id}


_prepares_post = {role: (422 if role in ("officer", "director") else status) for role, status in _office.items()}

ROUTES = {
    "pilots:budget_latest": Route(get=everybody(302), post=everybody(405)),
    "pilots:budget": Route(get=everybody(), post=everybody(405), kwargs=_year),
    "pilots:budget_entries": Route(get=everybody(), post=everybody(405), kwargs=_year),
    "pilots:budget_years": Route(get=_staff),
    "pilots:budget_year": Route(get=_staff, kwargs=_year),
    "pilots:create_year": Route(get=_office, post=_prepares_post),
    "pilots:change_year": Route(get=_office, post=_prepares_post, kwargs=_year),
    "pilots:add_line": Route(get=_office, post=_prepares_post, kwargs=_year),
    "pilots:initial_credit": Route(get=_once, post=_once, kwargs=_line),  # the year is open: refused in a message
    "pilots:change_credit": Route(get=_office, post=_prepares_post, kwargs=_year),
    "pilots:move_year": Route(get={**only(*_office, status=405, others=405)}, post=_once, kwargs=_year),
    "pilots:decisions": Route(get=_staff),
    "pilots:decision": Route(get=_staff, post=_staff, kwargs=_decision),
    "pilots:approve_spending": Route(
        get={role: (403 if role in ("delegate",) else status) for role, status in _spending.items()},
        post={role: (403 if role in ("delegate",) else status) for role, status in _spending.items()},
        kwargs=lambda world: {"public_id": world.draft.public_id},
    ),
    "pilots:cancel_challenge": Route(
        get=only("officer", "director"),
        post={role: (400 if status == 200 else status) for role, status in only("officer", "director").items()},
        kwargs=lambda world: {"slug": world.challenge.slug},
    ),
}
