"""Who may open the profile, the delegates and the substitutes."""

from typing import Any

from govtech.accounts.models import DelegateAppointment
from tests.access import Route, only, signed_in


def _appointment(world: Any) -> dict[str, str]:
    return {"public_id": DelegateAppointment.objects.order_by("pk").values_list("public_id", flat=True)[0]}


_office = only("officer")
_directors = only("director")

ROUTES = {
    "accounts:profile": Route(get=signed_in(), post=signed_in()),
    "accounts:delegates": Route(get=_office),
    "accounts:appoint": Route(get=_office, post=_office),
    "accounts:end": Route(get=_office, post=_office, kwargs=_appointment),
    "accounts:substitutes": Route(get=_directors, post=_directors),
}
