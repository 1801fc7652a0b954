"""People of each role, ready to sign in: `client.force_login(officer())`. Their addresses are verified."""

from datetime import date
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from govtech import clock
from govtech.accounts import roles
from govtech.accounts.models import DelegateAppointment, User
from govtech.reference.models import Department

_number = count(1)
LONG_AGO = date(2020, 1, 1)


def person(name: str = "", groups: tuple[str, ...] = (), *, verified: bool = True, **fields: Any) -> User:
    """Return a new person, in the named groups."""
    number = next(_number)
    fields.setdefault("email", f"persona{number}@example.test")
    user = User.objects.create_user(full_name=name or f"Persona Número {number}", **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    user.groups.add(*Group.objects.filter(name__in=groups))
    return user


def officer(name: str = "", **fields: Any) -> User:
    """Return somebody of the Digital Office."""
    return person(name, (roles.OFFICE,), **fields)


def director(name: str = "", **fields: Any) -> User:
    """Return a director of the Digital Office."""
    return person(name, (roles.DIRECTORS,), **fields)


def auditor(name: str = "", **fields: Any) -> User:
    """Return somebody of internal control."""
    return person(name, (roles.AUDITORS,), **fields)


def administrator(name: str = "", **fields: Any) -> User:
    """Return a superuser and nothing else."""
    return person(name, is_staff=True, is_superuser=True, **fields)


def department(code: str = "D06") -> Department:
    """Return one of the city's departments, Tetuán unless said."""
    return Department.objects.get(code=code)


def delegate(of: Department | None = None, name: str = "", **fields: Any) -> User:
    """Return a digital delegate of a department (Tetuán unless said), appointed long ago."""
    user = person(name, **fields)
    DelegateAppointment.objects.create(
        user=user,
        department=of or department(),
        from_on=LONG_AGO,
        appointed_by=officer(),
        appointed_at=clock.now(),
    )
    return user
