"""Ways into an organisation: an invitation by its owner, a request answered by its owner."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.ids import public_id
from startups.models.organisation import Organisation, OrganisationRole


class Invitation(models.Model):
    """An invitation by e-mail to join an organisation. The token is in the mail only; its hash is kept."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=6, choices=OrganisationRole, default=OrganisationRole.EDITOR)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_invited_by_somebody", condition=Q(invited_at__isnull=False, invited_by__isnull=False)
            ),
            models.CheckConstraint(
                name="invitation_accepted_pair",
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, revoked_at__isnull=True),
            ),
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                name="one_open_invitation",
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation #{self.pk}"


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    """Reads of requests to join."""

    def waiting(self, at: datetime) -> "JoinRequestQuerySet":
        """Those that an owner can still answer."""
        return self.filter(answered_at=None, withdrawn_at=None, expires_at__gt=at, organisation__withdrawn_at=None)

    def visible_to(self, user: Any) -> "JoinRequestQuerySet":
        """One's own, and those of the organisations that one owns today."""
        if not user.is_authenticated:
            return self.none()
        owned = Organisation.objects.filter(
            memberships__user=user, memberships__role=OrganisationRole.OWNER, memberships__left_at=None
        )
        return self.filter(Q(asked_by=user) | Q(organisation__in=owned.values("pk")))


class JoinRequest(models.Model):
    """A person asks the owners of a registered organisation to let them in, knowing only its tax number.

    Until an owner approves, what the asker typed (`country`, `tax_id`) is all they are shown of it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="join_requests")
    country = models.CharField(max_length=2)
    tax_id = models.CharField(max_length=20)
    message = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    is_approved = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_join_request",
                fields=["organisation", "asked_by"],
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="join_request_answered_pair",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, is_approved=False)
                | Q(answered_at__isnull=False, answered_by__isnull=False, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"join request #{self.pk}"

    def state(self, at: datetime) -> str:
        """Return "approved", "refused", "withdrawn", "waiting" or "lapsed"."""
        if self.answered_at:
            return "approved" if self.is_approved else "refused"
        if self.withdrawn_at:
            return "withdrawn"
        return "waiting" if at < self.expires_at else "lapsed"

    @staticmethod
    def words(state: str) -> str:
        """Say a state."""
        texts = {
            "approved": pgettext_lazy("join request", "accepted"),
            "refused": pgettext_lazy("join request", "not accepted"),
            "withdrawn": pgettext_lazy("join request", "taken back"),
            "waiting": pgettext_lazy("join request", "waiting for an answer"),
            "lapsed": _("nobody answered"),
        }
        return str(texts[state])
