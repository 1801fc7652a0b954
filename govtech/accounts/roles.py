"""Who is what. Read once per person and request, with the person of a session; else groups and appointments in a query
each. Kept on the object.

Being a superuser grants nothing here. Anonymous people are nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Q, QuerySet, Value
from django.db.models.functions import TruncDate

from govtech.accounts.models import ApproverSubstitution, DelegateAppointment, User
from govtech.clock import PortalNow
from govtech.statements import Slot, Statement

OFFICE = "office"
DIRECTORS = "directors"
AUDITORS = "auditors"
GROUPS = (OFFICE, DIRECTORS, AUDITORS)

SUBSTITUTE_OF_DIRECTOR = 0  # no department has this key


@dataclass(frozen=True)
class _Named:
    """What a person is named for today."""

    departments: frozenset[int]
    substitutes_director: bool


_USER = Slot("user", BigIntegerField())


def _names() -> QuerySet[Group, str]:
    """Return the names of the groups of a person that mean something here."""
    return Group.objects.filter(user=_USER, name__in=GROUPS).values_list("name", flat=True)


_NAMES = Statement(_names)


def _appointments() -> QuerySet[Any, Any]:
    """Return the departments that a person is named for today, and a mark where they are a director's substitute."""
    today = TruncDate(PortalNow())
    departments = (
        DelegateAppointment.objects.filter(Q(user=_USER) | Q(substitute=_USER))
        .in_force(today)
        .values_list("department_id")
    )
    substitutions = (
        ApproverSubstitution.objects.filter(substitute=_USER, director__groups__name=DIRECTORS)
        .in_force(today)
        .annotate(mark=Value(SUBSTITUTE_OF_DIRECTOR, BigIntegerField()))
        .values_list("mark")
    )
    return departments.union(substitutions)


_APPOINTMENTS = Statement(_appointments)
_PERSON = Statement(
    lambda: User.objects.filter(pk=_USER).annotate(
        group_names=ArraySubquery(_names()), named_for=ArraySubquery(_appointments())
    )
)


def person(key: int) -> User | None:
    """Return a person with groups and appointments read. One query: every page of somebody signed in asks it."""
    found = _PERSON.one(user=key)
    if found is not None:
        _note_groups(found, found.group_names)
        _note_named(found, found.named_for)
    return found


def _groups(user: Any) -> frozenset[str]:
    if not user.is_authenticated:
        return frozenset()
    if not hasattr(user, "portal_groups"):
        _note_groups(user, _NAMES.rows(user=user.pk))
    return user.portal_groups


def _note_groups(user: Any, names: Iterable[str]) -> None:
    user.portal_groups = frozenset(names)


def _named(user: Any) -> _Named:
    if not user.is_authenticated:
        return _Named(frozenset(), substitutes_director=False)
    if not hasattr(user, "portal_named"):
        _note_named(user, [key for (key,) in _APPOINTMENTS.rows(user=user.pk)])
    return user.portal_named


def _note_named(user: Any, keys: Iterable[int]) -> None:
    departments = frozenset(keys) - {SUBSTITUTE_OF_DIRECTOR}
    user.portal_named = _Named(departments, substitutes_director=SUBSTITUTE_OF_DIRECTOR in keys)


def forget(user: Any) -> None:
    """Drop what was read about `user`, after a change of groups or appointments or a travel in time."""
    for name in ("portal_groups", "portal_named"):
        if hasattr(user, name):
            delattr(user, name)


def is_officer(user: Any) -> bool:
    """Say whether `user` works for the Digital Office and prepares what binds the city."""
    return OFFICE in _groups(user)


def is_named_director(user: Any) -> bool:
    """Say whether `user` is a director in their own right, not as a substitute."""
    return DIRECTORS in _groups(user)


def is_director(user: Any) -> bool:
    """Say whether `user` approves for the Office: a director, or today's substitute of one."""
    return is_named_director(user) or _named(user).substitutes_director


def is_auditor(user: Any) -> bool:
    """Say whether `user` is internal control."""
    return AUDITORS in _groups(user)


def is_staff_role(user: Any) -> bool:
    """Say whether `user` is officer, director or auditor."""
    return is_officer(user) or is_auditor(user) or is_director(user)


def departments_of(user: Any) -> frozenset[int]:
    """Return the keys of the departments in which `user` is digital delegate, or substitute of one, today."""
    return _named(user).departments


def is_delegate(user: Any, department: Any = None) -> bool:
    """Say whether `user` is digital delegate today: of `department` (or its key) if given, else of any."""
    departments = departments_of(user)
    return bool(departments) if department is None else getattr(department, "pk", department) in departments


def is_participantless(user: Any) -> bool:
    """Say whether `user` acts for the city (staff or delegate), and so doesn't take part for an organisation."""
    return is_staff_role(user) or is_delegate(user)


def needs_mfa(user: Any) -> bool:
    """Say whether `user` must sign in with a second factor: who acts for the city or runs the platform."""
    if not settings.STAFF_MFA_REQUIRED or not user.is_authenticated:
        return False
    return user.is_superuser or user.is_staff or is_staff_role(user) or is_delegate(user)


def officers() -> QuerySet[User]:
    """People of the Office who can sign in."""
    return User.objects.filter(is_active=True, groups__name=OFFICE).order_by("pk")


def auditors() -> QuerySet[User]:
    """People of internal control who can sign in."""
    return User.objects.filter(is_active=True, groups__name=AUDITORS).order_by("pk")


def directors() -> QuerySet[User]:
    """People who approve today: directors, and their substitutes in force."""
    substitutes = ApproverSubstitution.objects.filter(director__groups__name=DIRECTORS).in_force(TruncDate(PortalNow()))
    return (
        User.objects.filter(is_active=True)
        .filter(Q(groups__name=DIRECTORS) | Q(pk__in=substitutes.values("substitute_id")))
        .distinct()
        .order_by("pk")
    )


def delegates_of(department: Any) -> QuerySet[User]:
    """People who are digital delegates of `department` (or its key) today, and their substitutes."""
    appointments = DelegateAppointment.objects.filter(department=department).in_force(TruncDate(PortalNow()))
    return User.objects.filter(
        Q(pk__in=appointments.values("user_id")) | Q(pk__in=appointments.values("substitute_id")), is_active=True
    ).order_by("pk")
