"""Who is trained and who isn't, by department."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from govtech.accounts.models import DelegateAppointment, User
from govtech.programme.models import Course
from govtech.programme.policies.training import passed
from govtech.reference.models import Department


@dataclass
class Covered:
    """A department: its delegates and substitutes who have passed a course, those who haven't, and other staff."""

    department: Department
    trained: list[User] = field(default_factory=list)
    untrained: list[User] = field(default_factory=list)
    others: set[int] = field(default_factory=set)

    @property
    def staff(self) -> int:
        """How many of its other people have passed the course."""
        return len(self.others)


def people(rows: Collection[Covered]) -> int:
    """Return how many have passed the course: each counts once, in however many departments they are named."""
    return len(set().union(*({each.pk for each in row.trained} | row.others for row in rows)))


def of_departments(course: Course, on: date, *, only: Collection[int] | None = None) -> list[Covered]:
    """Return every department in force that day (or those of `only`) by name, in three queries."""
    departments = Department.objects.in_force(on)
    if only is not None:
        departments = departments.filter(pk__in=only)
    rows = {each.pk: Covered(each) for each in departments.by_name()}
    holders = dict(passed(course, on).values_list("registration__user_id", "registration__department_id"))
    named: dict[int, dict[int, User]] = defaultdict(dict)
    appointments = DelegateAppointment.objects.in_force(on).filter(department__in=rows)
    for each in appointments.select_related("user", "substitute").order_by("pk"):
        for person in filter(None, [each.user, each.substitute]):
            named[each.department_id][person.pk] = person
    for key, row in rows.items():
        for person in sorted(named[key].values(), key=lambda each: each.full_name):
            (row.trained if person.pk in holders else row.untrained).append(person)
        row.others = {user for user, of in holders.items() if of == key and user not in named[key]}
    return list(rows.values())
