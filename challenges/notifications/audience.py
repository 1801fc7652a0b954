"""Who must know what happens to a challenge. Apps above add people of theirs with `register`.

Who merely asked to hear of it is found by their alerts (`challenges.notifications.news`).
"""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from challenges.models.challenge import Challenge
from govtech.accounts import roles
from govtech.accounts.models import User

_registered: list[Callable[[Challenge], QuerySet[User]]] = []


def register(function: Callable[[Challenge], QuerySet[User]]) -> None:
    """Add `function(challenge) -> queryset of users`: members with a proposal under way, for instance."""
    if function not in _registered:
        _registered.append(function)


def bound(challenge: Challenge) -> QuerySet[User]:
    """Return who must know what happens to it: the department's delegates, and whom the apps above add. Each once."""
    people = Q(pk__in=roles.delegates_of(challenge.department_id).order_by().values("pk"))
    for function in _registered:
        people |= Q(pk__in=function(challenge).order_by().values("pk"))
    return User.objects.filter(people, is_active=True).order_by("pk")
