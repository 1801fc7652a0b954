"""What notifications hold of people: downloaded, erased, and kept for so long."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from govtech.accounts import rights
from govtech.accounts.erasure import NAME
from govtech.accounts.models import User
from govtech.notifications.kinds import words_of
from govtech.notifications.models import Notice, OutgoingEmail, Subscriber

NOTICES = timedelta(days=730)
MAILS = timedelta(days=180)
NAMES = {"person", "by", "who", "officer"}  # parameters that name whom `person_id` or `email` says


def register() -> None:
    """Fill the registries."""
    rights.export.register(rights.Part("notices", _("Notices and mails you were sent"), rows))
    rights.erasure.register(rights.Erasing("notifications", 90, plan, erase))
    rights.schedule.register(
        rights.Rule(
            "notices.old",
            _("Notices in people's inboxes"),
            term=_("Two years"),
            law=_("GDPR art. 5.1.e"),
            then=_("They are deleted."),
            **rights.deleting(old_notices),
        )
    )
    rights.schedule.register(
        rights.Rule(
            "mails.sent",
            _("Record of mails sent, with their addresses"),
            term=_("Six months"),
            law=_("GDPR art. 5.1.e"),
            then=_("It is deleted. Their text was wiped when they were sent."),
            **rights.deleting(old_mails),
        )
    )


def old_notices(at: datetime) -> QuerySet[Notice]:
    """Return notices over two years old."""
    return Notice.objects.filter(created_at__lt=at - NOTICES)


def old_mails(at: datetime) -> QuerySet[OutgoingEmail]:
    """Return mails sent or given up over six months ago."""
    done = Q(sent_at__lt=at - MAILS) | Q(gave_up_at__lt=at - MAILS)
    return OutgoingEmail.objects.filter(done)


def rows(user: User) -> Iterator[dict[str, Any]]:
    """Yield notices with their words, then mails."""
    for notice in Notice.objects.filter(recipient=user).order_by("created_at", "pk").iterator():
        words = words_of(notice.kind, notice.params)
        yield {
            "what": "notice",
            "at": notice.created_at,
            "read": notice.read_at,
            "subject": words.subject,
            "text": words.text,
            "address": notice.address,
        }
    for mail in OutgoingEmail.objects.filter(recipient=user).order_by("created_at", "pk").iterator():
        yield {"what": "mail", "at": mail.created_at, "sent": mail.sent_at, "to": mail.to, "kind": mail.kind}


def plan(user: User, at: datetime) -> list[rights.Said]:  # noqa: ARG001 - the shape of the registry
    """Say what goes."""
    mails = OutgoingEmail.objects.filter(Q(recipient=user) | Q(to__iexact=user.email))
    return [
        rights.Said(gettext("Notices in your inbox"), Notice.objects.filter(recipient=user).count()),
        rights.Said(gettext("Mails to you"), mails.count()),
        rights.Said(gettext("Your name and address in notices to others"), _naming(user).count()),
    ]


def _naming(user: User) -> QuerySet[Notice]:
    """Return others' notices that carry the person's address, or are about them: by number, for names are shared."""
    about = Q(params__email__iexact=user.email) | Q(params__person_id=user.pk)
    return Notice.objects.filter(about).exclude(recipient=user)


def erase(user: User, at: datetime) -> None:  # noqa: ARG001 - the shape of the registry
    """Delete inbox and mails; take the name and address out of notices to others."""
    with override("es"):
        name = gettext(NAME)
    keys = list(_naming(user).values_list("pk", flat=True))
    for notice in Notice.objects.filter(pk__in=keys).order_by("pk"):
        masked = {**dict.fromkeys(NAMES, name), "email": ""}
        notice.params = {key: masked.get(key, value) for key, value in notice.params.items()}
        notice.save(update_fields=["params"])
    Notice.objects.filter(recipient=user).delete()
    OutgoingEmail.objects.filter(Q(recipient=user) | Q(to__iexact=user.email)).delete()
    Subscriber.objects.filter(user=user).delete()
