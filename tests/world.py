"""A small world in which every address of the project leads somewhere: people of every role, and what they work on."""

from functools import cached_property
from typing import Any

from govtech.accounts.models import User
from govtech.reference.models import Department
from tests import people


class World:
    """People by role, and objects made on demand by the real actions."""

    def __init__(self) -> None:
        self.department = Department.objects.get(code="A06")
        self.other_department = Department.objects.get(code="A03")
        self._people: dict[str, User] = {
            "delegate": people.delegate(self.department),
            "other_delegate": people.delegate(self.other_department),
            "officer": people.officer(),
            "director": people.director(),
            "auditor": people.auditor(),
            "administrator": people.administrator(),
        }

    def person(self, role: str) -> User:
        """Return the person of a role, fresh from the database: nothing is remembered from another request."""
        return User.objects.get(pk=self._people[role].pk)

    @cached_property
    def notice(self) -> Any:
        """A notice in the delegate's inbox."""
        raise NotImplementedError
