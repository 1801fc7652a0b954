"""Following a challenge, a policy area or a department."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge, Follow
from govtech.accounts.models import User
from govtech.errors import DomainError
from govtech.reference.models import Department, PolicyArea


def _column(thing: Challenge | PolicyArea | Department) -> str:
    return {Challenge: "challenge", PolicyArea: "policy_area", Department: "department"}[type(thing)]


@transaction.atomic
def follow(thing: Challenge | PolicyArea | Department, *, by: User, at: datetime) -> Follow:
    """Tell `by` of news about it from now on. Twice is the same as once."""
    if isinstance(thing, Challenge) and not Challenge.objects.public().filter(pk=thing.pk).exists():
        raise DomainError(_("Only what is public can be followed."))
    return Follow.objects.get_or_create(user=by, **{_column(thing): thing}, defaults={"since": at})[0]


@transaction.atomic
def unfollow(thing: Challenge | PolicyArea | Department, *, by: User, at: datetime) -> None:
    """Stop telling `by`. Not following is no error."""
    Follow.objects.filter(user=by, **{_column(thing): thing}).delete()
