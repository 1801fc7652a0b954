"""What pilots know that may tie a person to an organisation: they looked after an earlier pilot with it."""

from collections.abc import Collection, Iterable

from pilots.models import Milestone, Pilot


def tied(users: Collection[int], organisations: Collection[int]) -> Iterable[tuple[int, int]]:
    """Yield (person, organisation) where the person accepted something of a pilot of it, or judged the call of one."""
    accepted = Milestone.objects.filter(accepted_by__in=users, pilot__organisation__in=organisations)
    yield from accepted.values_list("accepted_by_id", "pilot__organisation_id").distinct()
    delegates = Pilot.objects.filter(
        organisation__in=organisations, challenge__department__appointments__user__in=users
    )
    yield from delegates.values_list("challenge__department__appointments__user_id", "organisation_id").distinct()
