"""People, and what they are named for."""

from datetime import date, timedelta
from typing import Any

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from govtech import clock
from govtech.accounts import roles
from govtech.accounts.models import ApproverSubstitution, DelegateAppointment, User
from tests.reference.factories import DepartmentFactory

PASSWORD = "a long pass phrase 155"


def _today() -> date:
    return clock.local_date(clock.now())


class UserFactory(DjangoModelFactory):
    """A person with a name and nothing else. Traits put them in a group of the Office."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        is_officer = factory.Trait(group=roles.OFFICE)
        is_director = factory.Trait(group=roles.DIRECTORS)
        is_auditor = factory.Trait(group=roles.AUDITORS)
        is_administrator = factory.Trait(is_staff=True, is_superuser=True)

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    full_name = factory.Sequence(lambda n: f"Marta Ruiz {n}")
    group = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> User:
        group = kwargs.pop("group", None)
        user = model_class.objects.create_user(*args, **{"password": None, **kwargs})
        if group:
            user.groups.add(Group.objects.get(name=group))
        return user


class AppointmentFactory(DjangoModelFactory):
    """A digital delegate in force since a month ago, without end."""

    class Meta:
        model = DelegateAppointment

    user = factory.SubFactory(UserFactory)
    department = factory.SubFactory(DepartmentFactory)
    from_on = factory.LazyFunction(lambda: _today() - timedelta(days=30))
    appointed_by = factory.SubFactory(UserFactory, is_officer=True)
    appointed_at = factory.LazyFunction(clock.now)


class SubstitutionFactory(DjangoModelFactory):
    """Somebody who approves in a director's place this week."""

    class Meta:
        model = ApproverSubstitution

    director = factory.SubFactory(UserFactory, is_director=True)
    substitute = factory.SubFactory(UserFactory)
    from_on = factory.LazyFunction(_today)
    until_on = factory.LazyFunction(lambda: _today() + timedelta(days=7))
    reason = "Holidays"
    named_by = factory.SelfAttribute("director")
    named_at = factory.LazyFunction(clock.now)
