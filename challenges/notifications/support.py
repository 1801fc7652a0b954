"""What departments are told when they share a need."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, Support
from challenges.notifications import audience
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.notifications.actions import notify
from govtech.notifications.kinds import register


def register_kinds() -> None:
    """Declare the words of each notice, and that departments that share a need hear of its call."""
    register(
        "challenge.supported",
        subject=_("{who} needs it too: {title}"),
        text=_("{who} says that it has the same need as your challenge «{title}»: {note}"),
        action=_("See who shares it"),
        shown_to_office=True,
    )
    register(
        "challenge.merged",
        subject=_("Merged: {title}"),
        text=_(
            "The Digital Office has merged your challenge «{title}» into «{into}» of {department}. Your texts are "
            "kept, and your department is co-sponsor. Reason: {reason}"
        ),
        action=_("See your challenge"),
        shown_to_office=True,
    )
    register(
        "challenge.cosponsored",
        subject=_("Your challenge has a co-sponsor: {title}"),
        text=_("The Digital Office has merged a challenge of {who} into yours, «{title}». Reason: {reason}"),
        action=_("See who shares it"),
        shown_to_office=True,
    )
    audience.register(sharing_departments)


def sharing_departments(challenge: Challenge) -> QuerySet[User]:
    """Return the delegates of the departments that share the need."""
    people = Q(pk=None)
    for department in challenge.supports.order_by("pk").values_list("department_id", flat=True):
        people |= Q(pk__in=roles.delegates_of(department).order_by().values("pk"))
    return User.objects.filter(people)


def _draft_of(challenge: Challenge) -> str:
    return reverse("challenges:draft", kwargs={"public_id": challenge.public_id})


def supported(support: Support, *, at: datetime) -> None:
    """Tell the delegates of the department whose need it is."""
    challenge = support.challenge
    notify(
        roles.delegates_of(challenge.department_id),
        "challenge.supported",
        params={"title": challenge.title, "who": support.department.name, "note": support.note},
        address=_draft_of(challenge),
        key=f"{challenge.pk}:{support.department_id}",  # taking it back and sharing it again is told of once
        at=at,
    )


def merged(challenge: Challenge, *, into: Challenge, reason: str, at: datetime) -> None:
    """Tell the delegates of both departments."""
    notify(
        roles.delegates_of(challenge.department_id),
        "challenge.merged",
        params={"title": challenge.title, "into": into.title, "department": into.department.name, "reason": reason},
        address=_draft_of(challenge),
        key=str(challenge.pk),
        at=at,
    )
    notify(
        roles.delegates_of(into.department_id),
        "challenge.cosponsored",
        params={"title": into.title, "who": challenge.department.name, "reason": reason},
        address=_draft_of(into),
        key=f"{into.pk}:{challenge.pk}",
        at=at,
    )
