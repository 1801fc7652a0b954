"""Following a challenge, a planned one, a policy area or a department."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions import alert
from challenges.models import Challenge, Follow, PlannedChallenge, PlannedState
from govtech.accounts.models import User
from govtech.errors import DomainError
from govtech.reference.models import Department, PolicyArea

Thing = Challenge | PlannedChallenge | PolicyArea | Department


def column_of(thing: Thing) -> str:
    """Return the column of a follow that holds such a thing."""
    columns = {Challenge: "challenge", PlannedChallenge: "planned", PolicyArea: "policy_area", Department: "department"}
    return columns[type(thing)]


@transaction.atomic
def follow(thing: Thing, *, by: User, at: datetime) -> Follow:
    """Tell `by` of news about it from now on. Twice is the same as once."""
    if isinstance(thing, Challenge) and not Challenge.objects.public().filter(pk=thing.pk).exists():
        raise DomainError(_("Only what is public can be followed."))
    if isinstance(thing, PlannedChallenge) and thing.state == PlannedState.DROPPED:
        raise DomainError(_("This challenge is no longer planned."))
    return Follow.objects.get_or_create(user=by, **{column_of(thing): thing}, defaults={"since": at})[0]


@transaction.atomic
def unfollow(thing: Thing, *, by: User, at: datetime) -> None:
    """Stop telling `by`; mail that still waits because of it isn't sent. Not following is no error."""
    followed = Follow.objects.filter(user=by, **{column_of(thing): thing}).first()
    if followed is not None:
        alert.remove(followed, by=by, at=at)
