"""What accounts hold of people: said where it is asked, downloaded, erased, and kept for so long."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Exists, F, OuterRef, ProtectedError, Q, QuerySet, RestrictedError
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govtech.accounts import erasure, rights
from govtech.accounts.models import BlockedPerson, DelegateAppointment, User

UNUSED = timedelta(days=730)
UNUSED_WARNED = timedelta(days=30)
UNCONFIRMED = timedelta(days=30)
SEEN = timedelta(days=90)


def register() -> None:
    """Fill the registries."""
    rights.notices.register(
        rights.PrivacyNotice(
            "account",
            _("Your account"),
            purpose=_("To know who acts for each organisation and write to you about what you follow or take part in."),
            basis=_("A task in the public interest and duties of public contracts (GDPR art. 6.1.e and 6.1.c)."),
            kept=_("While you use it; two years without signing in and it is erased, with a month's warning."),
            seen_by=_(
                "Members of your organisation: name and address. The Office: what it has to review. Nobody else."
            ),
        )
    )
    rights.export.register(rights.Part("account", _("Your account, and where you were signed in"), account_rows))
    rights.erasure.register(rights.Erasing("accounts", 100, erasure.own_plan, erasure.erase_own, erasure.own_obstacles))
    rights.schedule.register(
        rights.Rule(
            erasure.UNUSED,
            _("Accounts that nobody uses"),
            term=_("Two years without signing in"),
            law=_("GDPR art. 5.1.e"),
            then=_("The account is erased; what law keeps stays without a name. A mail warns a month before."),
            find=unused,
            lock=lambda target: User.objects.select_for_update(no_key=True).get(pk=int(target)),
            carry_out=erase_unused,
            announce=warn,
            announced=UNUSED_WARNED,
        )
    )
    rights.schedule.register(
        rights.Rule(
            "accounts.unconfirmed",
            _("Accounts whose address was never confirmed"),
            term=_("30 days"),
            law=_("GDPR art. 5.1.c"),
            then=_("The account is deleted."),
            count=lambda at: unconfirmed(at).count(),
            sweep=delete_unconfirmed,
        )
    )
    rights.schedule.register(
        rights.Rule(
            "accounts.blocked",
            _("Who was behind an erased account, blocked"),
            term=_("Three years after the erasure"),
            law=_("LO 3/2018 arts. 32 and 72"),
            then=_("It is destroyed. Until then it is for courts and authorities only, by a procedure of its own."),
            **rights.deleting(lambda at: BlockedPerson.objects.filter(until__lte=at)),
        )
    )
    rights.schedule.register(
        rights.Rule(
            "accounts.sessions",
            _("Where people were signed in: addresses and browsers"),
            term=_("90 days after the last sight"),
            law=_("GDPR art. 5.1.e; ENS op.acc.5"),
            then=_("The traces are deleted."),
            count=lambda at: Session.objects.filter(expire_date__lt=at).count() + seen_before(at).count(),
            sweep=sweep_sessions,
        )
    )


def account_rows(user: User) -> Iterator[dict[str, Any]]:
    """Yield the account, its addresses, factors, sessions and appointments."""
    yield {
        "what": "account",
        "name": user.full_name,
        "email": user.email,
        "post": user.post,
        "language": user.language,
        "joined": user.date_joined,
        "last_login": user.last_login,
        "groups": sorted(user.groups.values_list("name", flat=True)),
    }
    for address in EmailAddress.objects.filter(user=user).order_by("pk").iterator():
        yield {"what": "address", "email": address.email, "verified": address.verified, "primary": address.primary}
    for factor in Authenticator.objects.filter(user=user).order_by("pk").iterator():
        yield {"what": "factor", "type": factor.type, "created": factor.created_at, "last_used": factor.last_used_at}
    for session in UserSession.objects.filter(user=user).order_by("pk").iterator():
        yield {
            "what": "session",
            "from": session.created_at,
            "last_seen": session.last_seen_at,
            "ip": session.ip,
            "browser": session.user_agent,
        }
    rows = DelegateAppointment.objects.filter(Q(user=user) | Q(substitute=user)).select_related("department")
    for row in rows.order_by("pk").iterator():
        yield {
            "what": "appointment" if row.user_id == user.pk else "substitute",
            "department": row.department.name,
            "from": row.from_on,
            "until": row.until_on,
        }


def _idle(since: datetime) -> QuerySet[User]:
    """People without a part in the city's work who haven't signed in since, by when they last did."""
    rows = User.objects.filter(is_active=True, is_staff=False, is_superuser=False, groups=None, erasure=None)
    return (
        rows.annotate(last=Coalesce(F("last_login"), F("date_joined"))).filter(last__lte=since).order_by("last", "pk")
    )


def unused(until: datetime, target: str = "") -> Iterable[rights.Due]:
    """Yield accounts that will have been idle for two years by then, and that nothing forbids to erase."""
    rows = _idle(until - UNUSED)
    for user in (rows.filter(pk=int(target)) if target else rows).iterator():
        if not erasure.obstacles(user, at=until):
            last: datetime = user.last  # type: ignore[attr-defined] # annotated
            words = gettext("An account without use since %(month)s") % {"month": f"{last:%m/%Y}"}
            yield rights.Due(str(user.pk), words, last + UNUSED)


def erase_unused(target: str, at: datetime) -> str:
    """Erase the account."""
    made = erasure.erase(User.objects.get(pk=int(target)), by=None, at=at)
    return gettext("Erased; kept without a name: %(n)d") % {"n": sum(line["number"] for line in made.kept)}


def warn(target: str, at: datetime) -> None:
    """Write to the person that the account will be erased unless they sign in."""
    user = User.objects.get(pk=int(target))
    with translation.override(user.language):
        context = {
            "person": user,
            "until": at + UNUSED_WARNED,
            "url": settings.SITE_URL.rstrip("/") + reverse("account_login"),
            "programme": settings.PROGRAMME_NAME,
        }
        subject = gettext("Your account at %(programme)s will be erased") % context
        send_mail(subject, render_to_string("accounts/emails/unused.txt", context), None, [user.email])


def unconfirmed(at: datetime) -> QuerySet[User]:
    """Return accounts that nobody ever entered, with no confirmed address, older than 30 days."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    rows = User.objects.filter(last_login=None, is_staff=False, groups=None, date_joined__lt=at - UNCONFIRMED)
    return rows.filter(Exists(addresses), ~Exists(addresses.filter(verified=True)), erasure=None)


def delete_unconfirmed(at: datetime) -> int:
    """Delete them one by one; return how many. Whoever the city or a company named for something meanwhile stays."""
    number = 0
    for key in list(unconfirmed(at).order_by("pk").values_list("pk", flat=True)):
        with suppress(ProtectedError, RestrictedError), transaction.atomic():
            number += bool(unconfirmed(at).filter(pk=key).delete()[0])
    return number


def seen_before(at: datetime) -> QuerySet[UserSession]:
    """Return traces of sessions last seen over 90 days ago."""
    return UserSession.objects.filter(last_seen_at__lt=at - SEEN)


def sweep_sessions(at: datetime) -> int:
    """Delete expired sessions and old traces; return how many."""
    expired, _rows = Session.objects.filter(expire_date__lt=at).delete()
    seen, _rows = seen_before(at).delete()
    return expired + seen
