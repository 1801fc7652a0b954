"""Who wants to hear of a challenge. Apps above add people of theirs with `register`."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q, QuerySet

from challenges.models.challenge import Challenge
from challenges.models.follow import Follow
from govtech.accounts import roles
from govtech.accounts.models import User

_registered: list[Callable[[Challenge], QuerySet[User]]] = []


def register(function: Callable[[Challenge], QuerySet[User]]) -> None:
    """Add `function(challenge) -> queryset of users`: members with a proposal under way, for instance."""
    if function not in _registered:
        _registered.append(function)


def followers(challenge: Challenge, *, since: datetime | None = None) -> QuerySet[User]:
    """Return who follows the challenge, its policy area or its department; only those since before `since` if given."""
    follows = Follow.objects.filter(
        Q(challenge=challenge)
        | Q(department=challenge.department_id)
        | (Q(policy_area=challenge.policy_area_id) if challenge.policy_area_id else Q(pk=None))
    )
    if since is not None:
        follows = follows.filter(since__lte=since)
    return User.objects.filter(pk__in=follows.values("user_id"), is_active=True)


def concerned(challenge: Challenge) -> QuerySet[User]:
    """Return followers, the department's delegates, and whom the apps above add. Each once."""
    people = Q(pk__in=followers(challenge).values("pk")) | Q(
        pk__in=roles.delegates_of(challenge.department_id).order_by().values("pk")
    )
    for function in _registered:
        people |= Q(pk__in=function(challenge).order_by().values("pk"))
    return User.objects.filter(people, is_active=True).order_by("pk")
