"""Erasing a person: what goes at once, what law keeps without their name, and the record of both."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from govtech.accounts import rights, roles
from govtech.accounts.events import recorded
from govtech.accounts.models import (
    ApproverSubstitution,
    BlockedPerson,
    DelegateAppointment,
    Erasure,
    RetentionEntry,
    User,
)
from govtech.clock import local_date
from govtech.errors import DomainError

NAME = gettext_noop("Erased account")
UNUSED = "accounts.unused"  # the rule of the schedule that lists accounts
BLOCKED = timedelta(days=3 * 365 + 1)  # the longest that an infringement takes to lapse (LO 3/2018 art. 72)
DOMAIN = "erased.invalid"  # RFC 2606: nobody's


def obstacles(user: User, *, at: datetime) -> list[str]:
    """Return what must be done before this person can be erased, in words. Empty: nothing stands in the way."""
    return [words for each in rights.erasure if each.obstacles for words in each.obstacles(user, at)]


def plan(user: User, *, at: datetime) -> tuple[list[rights.Said], list[rights.Said]]:
    """Return what would go and what would stay, and why: the same that `erase` does."""
    said = [line for each in rights.erasure for line in each.plan(user, at) if line.number]
    return [line for line in said if not line.stays], [line for line in said if line.stays]


@transaction.atomic
def erase(user: User, *, by: User | None, at: datetime) -> Erasure:
    """Erase a person's account: at their own wish, or by the schedule (`by` None). It can't be undone.

    Raises PermissionDenied for anybody else, DomainError while something stands in the way or where it was done.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if by is not None and by.pk != user.pk:
        raise PermissionDenied(_("Only the person may have their account erased."))
    if Erasure.objects.filter(user=user).exists():
        raise DomainError(_("This account was erased already."))
    if reasons := obstacles(user, at=at):
        raise DomainError(" ".join(reasons))
    gone, kept = plan(user, at=at)
    identity = identity_of(user)
    for each in rights.erasure:
        each.erase(user, at)
    made = Erasure.objects.create(
        user=user,
        erased_at=at,
        by_schedule=by is None,
        gone=[{"what": line.what, "number": line.number} for line in gone],
        kept=[{"what": line.what, "number": line.number, "why": line.why} for line in kept],
    )
    BlockedPerson.objects.create(erasure=made, identity=identity, until=at + BLOCKED)
    recorded.send(sender=User, kind="account.erased", target=user, by=by, at=at)
    return made


def identity_of(user: User) -> dict[str, Any]:
    """Return who this is: what an authority may have to be told, and nothing else."""
    addresses = EmailAddress.objects.filter(user=user).order_by("pk").values_list("email", flat=True)
    return {
        "name": user.full_name,
        "post": user.post,
        "emails": list(dict.fromkeys([user.email, *addresses])),
        "joined": user.date_joined.isoformat(),
    }


# What accounts themselves hold ---------------------------------------------------------------------


def own_obstacles(user: User, at: datetime) -> list[str]:
    """Who acts for the city keeps the account until they don't: what they do binds the city (ENS op.acc.1)."""
    if user.is_superuser or user.is_staff:
        return [_("You run the platform: another administrator must take your rights first.")]
    if roles.is_staff_role(user):
        return [_("You act for the Office: your account is closed when you leave it. Ask an administrator.")]
    if RetentionEntry.objects.waiting().filter(target=str(user.pk), rule=UNUSED, held_at__isnull=False).exists():
        return [_("The Office must keep this account for now, and has written down why: ask it until when.")]
    today = local_date(at)
    mine = DelegateAppointment.objects.filter(Q(user=user) | Q(substitute=user))
    if mine.filter(Q(until_on=None) | Q(until_on__gte=today)).exists():
        return [_("You are named digital delegate or substitute: the Office must end that first.")]
    if ApproverSubstitution.objects.filter(substitute=user, until_on__gte=today).exists():
        return [_("You are named to approve in a director's place: those days must pass first.")]
    return []


def own_plan(user: User, at: datetime) -> list[rights.Said]:
    """Say what of the account goes and stays."""
    named = DelegateAppointment.objects.filter(Q(user=user) | Q(substitute=user)).count()
    return [
        rights.Said(_("Name, post and e-mail addresses, on every page; the password"), 1),
        rights.Said(_("Second factors and passkeys"), Authenticator.objects.filter(user=user).count()),
        rights.Said(
            _("Where you were signed in: addresses and browsers"), UserSession.objects.filter(user=user).count()
        ),
        rights.Said(
            _("Name, post and e-mail addresses, blocked"),
            1,
            _(
                "Nobody reads them, the Office included: for three years they are for courts, prosecutors and the "
                "authorities that may ask who answers for something, and then they are destroyed (LO 3/2018 art. 32)."
            ),
        ),
        rights.Said(
            _("The number of the account, without a name"),
            1,
            _("What was done with it stays whole for whoever may have to review it, and names nobody."),
        ),
        rights.Said(
            _("Appointments for the city, without a name"),
            named,
            _("They are acts of the city: public law keeps them."),
        ),
    ]


def erase_own(user: User, at: datetime) -> None:  # noqa: ARG001 - the shape of the registry
    """Mask the account and close it."""
    with translation.override("es"):
        name = _(NAME)
    user.full_name, user.post = name, ""
    user.email = f"{user.pk}@{DOMAIN}"
    user.is_active = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()
    roles.forget(user)
