"""Who may open the profile, the delegates and the substitutes."""

from datetime import date
from typing import Any

from govtech.accounts.models import ApproverSubstitution, DelegateAppointment, RetentionEntry
from tests.access import Route, everybody, only, signed_in


def _appointment(world: Any) -> dict[str, str]:
    return {"public_id": DelegateAppointment.objects.order_by("pk").values_list("public_id", flat=True)[0]}


def _entry(world: Any) -> dict[str, str]:
    when = world.organisation.created_at
    entry, _made = RetentionEntry.objects.get_or_create(
        rule="startups.drafts", target="0", defaults={"words": "Un borrador", "due_at": when, "listed_at": when}
    )
    return {"public_id": entry.public_id}


def _substitution(world: Any) -> dict[str, str]:
    director = world.person("director")
    row, _made = ApproverSubstitution.objects.get_or_create(
        director=director,
        defaults={
            "substitute": world.person("officer"),
            "from_on": date(2030, 1, 1),
            "until_on": date(2030, 1, 9),
            "reason": "Vacaciones",
            "named_by": director,
            "named_at": world.organisation.created_at,
        },
    )
    return {"public_id": row.public_id}


_office = only("officer")
_directors = only("director")

ROUTES = {
    "accounts:profile": Route(get=signed_in(), post=signed_in()),
    "accounts:delegates": Route(get=_office),
    "accounts:appoint": Route(get=_office, post=_office),
    "accounts:end": Route(get=_office, post=_office, kwargs=_appointment),
    "accounts:substitutes": Route(get=_directors, post=_directors),
    "accounts:substitute_end": Route(get=signed_in(405), post=only("director", status=302), kwargs=_substitution),
    "accounts:my_data": Route(get=signed_in()),
    "accounts:download": Route(get=signed_in(405), post=signed_in()),
    "accounts:erase": Route(get=signed_in(), post=signed_in(422)),
    "accounts:data_protection": Route(get=everybody(), post=everybody(405)),
    "accounts:retention": Route(get=only("officer", "director", "auditor")),
    "accounts:hold": Route(get=_office, post=only("officer", status=422), kwargs=_entry),
    "accounts:release": Route(get=signed_in(405), post=only("officer", status=302), kwargs=_entry),
}
