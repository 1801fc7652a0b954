"""What people are told: the inbox, and the mail that goes out."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from govtech.ids import public_id


class OutgoingEmailQuerySet(models.QuerySet["OutgoingEmail"]):
    """Readings of outgoing mail."""

    def waiting(self) -> "OutgoingEmailQuerySet":
        """Mail neither sent nor given up."""
        return self.filter(sent_at=None, gave_up_at=None)

    def due(self, at: datetime | Any) -> "OutgoingEmailQuerySet":
        """Waiting mail whose time has come and that no worker holds at the instant `at`."""
        return self.waiting().filter(Q(lease_until=None) | Q(lease_until__lte=at), not_before__lte=at)

    def given_up(self) -> "OutgoingEmailQuerySet":
        """Mail that nobody will try again by itself."""
        return self.exclude(gave_up_at=None)


class OutgoingEmail(models.Model):
    """One mail on its way: written with the change it tells of, sent after it, by a worker that leases it.

    Mail of the portal's notices carries none of their text: it is rendered when sent, in `language`. Mail of the
    accounts (codes, links) is stored ready and wiped once sent or given up. Delivery is at least once: a worker killed
    between handing over and marking sends that one again.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="emails"
    )
    to = models.EmailField(_("to"), max_length=254)
    language = models.CharField(_("language"), max_length=2, default="es")
    kind = models.CharField(_("kind"), max_length=80)
    dedupe_key = models.CharField(max_length=255, unique=True, null=True, blank=True)
    subject = models.TextField(blank=True)
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    created_at = models.DateTimeField(_("written"))
    not_before = models.DateTimeField(_("not before"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    gave_up_at = models.DateTimeField(_("given up"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)

    objects = OutgoingEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        constraints = [
            CheckConstraint(name="email_sent_or_given_up_not_both", condition=Q(sent_at=None) | Q(gave_up_at=None)),
            CheckConstraint(
                name="email_wiped_once_sent", condition=Q(sent_at=None) | Q(subject="", body_text="", body_html="")
            ),
        ]
        indexes = [
            models.Index(name="email_waiting", fields=["not_before"], condition=Q(sent_at=None, gave_up_at=None)),
            models.Index(name="email_by_time", fields=["-created_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Readings of notices."""

    def visible_to(self, user: Any) -> "NoticeQuerySet":
        """A person's own notices, nobody else's."""
        return self.filter(recipient_id=user.pk) if user.is_authenticated else self.none()

    def unread(self) -> "NoticeQuerySet":
        """Not read yet."""
        return self.filter(read_at=None)


class Notice(models.Model):
    """One thing a person is told, in their inbox: a kind and plain parameters; the words are made when shown.

    `address` is a path of this site. `dedupe_key` makes telling twice impossible. `sources` say why: what the person
    asked to hear of (`sources.Source`); none for what nobody can switch off. `mail_at` is when it is due by mail: None
    once it is in one, and where none is wanted.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=80)
    params = models.JSONField(_("parameters"), default=dict)
    address = models.CharField(_("address"), max_length=300, blank=True)
    dedupe_key = models.CharField(max_length=255, unique=True)
    created_at = models.DateTimeField(_("written"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    email = models.ForeignKey(OutgoingEmail, on_delete=models.SET_NULL, null=True, blank=True, related_name="notices")
    sources = models.JSONField(_("why"), default=list, blank=True)
    mail_at = models.DateTimeField(_("due by mail"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            CheckConstraint(name="notice_due_or_mailed_not_both", condition=Q(mail_at=None) | Q(email=None)),
        ]
        indexes = [
            models.Index(name="notice_mail_due", fields=["mail_at"], condition=Q(mail_at__isnull=False)),
            models.Index(name="notice_inbox", fields=["recipient", "-created_at", "-id"]),
            models.Index(name="notice_unread", fields=["recipient"], condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Subscriber(models.Model):
    """The name under which a person's mails say "stop all of them": random, so that it tells nothing about anybody."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")

    def __str__(self) -> str:
        return self.public_id
