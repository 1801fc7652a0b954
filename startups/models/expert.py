"""Outside experts: invited onto a panel by mail, until a day, to accept or decline."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import pgettext_lazy

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.ids import public_id
from startups.models.panel import PanelMember, PanelRole


class ExpertInvitationQuerySet(models.QuerySet["ExpertInvitation"]):
    """Reads of invitations."""

    def waiting(self, at: Any) -> "ExpertInvitationQuerySet":
        """Those that can still be answered."""
        return self.filter(answered_at=None, revoked_at=None, expires_at__gt=at)

    def visible_to(self, user: Any) -> "ExpertInvitationQuerySet":
        """Staff see all; the invited has the link of the mail."""
        return self if user.is_authenticated and roles.is_staff_role(user) else self.none()


class ExpertInvitation(models.Model):
    """An invitation to sit on a panel, for an address that may have no account yet. The token is in the mail only."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()
    full_name = models.CharField(max_length=120)
    post = models.CharField(max_length=160)
    expertise = models.CharField(max_length=240)
    role = models.CharField(max_length=10, choices=PanelRole)
    until_on = models.DateField()
    token_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    has_accepted = models.BooleanField(null=True)
    decline_reason = models.TextField(blank=True)
    member = models.OneToOneField(PanelMember, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = ExpertInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="expert_answered_whole",
                condition=Q(answered_at__isnull=True, has_accepted__isnull=True, member__isnull=True)
                | Q(answered_at__isnull=False, has_accepted=True, member__isnull=False)
                | Q(answered_at__isnull=False, has_accepted=False, member__isnull=True),
            ),
            models.UniqueConstraint(
                "challenge",
                Lower("email"),
                name="one_open_expert_invitation",
                condition=Q(answered_at__isnull=True, revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of an expert #{self.pk}"

    def state(self, at: Any) -> str:
        """Say where it stands."""
        if self.answered_at:
            return str(
                pgettext_lazy("expert", "accepted") if self.has_accepted else pgettext_lazy("expert", "declined")
            )
        if self.revoked_at:
            return str(pgettext_lazy("expert", "taken back"))
        return str(pgettext_lazy("expert", "waiting") if at < self.expires_at else pgettext_lazy("expert", "expired"))
