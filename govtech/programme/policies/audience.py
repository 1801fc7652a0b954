"""For whom training is. Apps above say who their people are: panel members, for instance."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate

from govtech.accounts import roles
from govtech.accounts.models import DelegateAppointment, User
from govtech.clock import PortalNow
from govtech.programme.models import Audience, Invitation, TrainingSession

_people: dict[str, Callable[[], QuerySet[User]]] = {}


def register(audience: str, function: Callable[[], QuerySet[User]]) -> None:
    """Let `function()` say who belongs to an audience, as a queryset of people."""
    _people[audience] = function


def delegates() -> QuerySet[User]:
    """Digital delegates in force today, and their substitutes."""
    rows = DelegateAppointment.objects.in_force(TruncDate(PortalNow()))
    return User.objects.filter(Q(pk__in=rows.values("user_id")) | Q(pk__in=rows.values("substitute_id")))


def office() -> QuerySet[User]:
    """Officers and directors."""
    return User.objects.filter(groups__name__in=[roles.OFFICE, roles.DIRECTORS])


register(Audience.DELEGATES, delegates)
register(Audience.OFFICE, office)


def people_of(audience: str) -> QuerySet[User]:
    """Return who belongs to an audience and can sign in. Department staff belong to it by invitation only: nobody."""
    function = _people.get(audience)
    return function().filter(is_active=True).distinct() if function else User.objects.none()


def invitation_of(session: TrainingSession, user: Any) -> Invitation | None:
    """Return the invitation to an address of that person, if there is one."""
    if not user.is_authenticated:
        return None
    return Invitation.objects.filter(session=session, email=user.email.lower()).select_related("department").first()


def is_for(session: TrainingSession, user: Any) -> bool:
    """Say whether a session is for that person: by what they are, or because they were invited."""
    if not user.is_authenticated:
        return False
    by_role = any(people_of(each).filter(pk=user.pk).exists() for each in session.course.audiences)
    return by_role or invitation_of(session, user) is not None
