"""The check list's lines about training: whether the department has a delegate who passed what is asked."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from challenges.models.challenge import Challenge, Status
from challenges.policies.check import ADVICE, OK, STOP, Check
from govtech.clock import local_date
from govtech.programme.models import Requirement
from govtech.programme.policies.training import requirements

PREPARING = (Status.DRAFT, Status.RETURNED, Status.SUBMITTED)


def checks(challenge: Challenge, *, at: datetime) -> list[Check]:
    """Return a line for each course that is asked for, while the challenge is prepared. One query.

    It stops the department from sending the challenge; once it is under review it is advice.
    """
    if challenge.status not in PREPARING:
        return []
    found, url = [], reverse("programme:training")
    for course in requirements(challenge.department_id, local_date(at)):
        names = {"course": course}
        if course.is_met:  # type: ignore[attr-defined] # annotated
            text = _("A delegate of the department has passed «%(course)s»")
            found.append(Check(OK, text % names, "training", "training"))
            continue
        stops = course.requirement == Requirement.STOP and challenge.status != Status.SUBMITTED
        text = _("No delegate of the department has passed «%(course)s». Register for its next session.")
        level = STOP if stops else ADVICE
        found.append(Check(level, text % names, "training", "training", rule="training_missing", url=url))
    return found
