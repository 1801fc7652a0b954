"""The panel that judges, and what its members declare."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.ids import public_id
from startups.models.proposal import Proposal


class PanelRole(models.TextChoices):
    """Part in the panel."""

    CHAIR = "chair", _("chair")
    MEMBER = "member", _("member")
    SUBSTITUTE = "substitute", pgettext_lazy("part in a panel", "substitute")
    SECRETARY = "secretary", _("secretary, without vote")
    ADVISER = "adviser", _("with voice, without vote")


VOTING = [PanelRole.CHAIR, PanelRole.MEMBER]
SCORING = [PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.SUBSTITUTE]


class PanelMemberQuerySet(models.QuerySet["PanelMember"]):
    """Reads of panels."""

    def current(self) -> "PanelMemberQuerySet":
        """Members who have not left."""
        return self.filter(left_at__isnull=True)

    def visible_to(self, user: Any) -> "PanelMemberQuerySet":
        """Staff see all; a member sees the panels he sits on."""
        if not user.is_authenticated:
            return self.none()
        if roles.is_officer(user) or roles.is_director(user) or roles.is_auditor(user):
            return self
        return self.filter(challenge__in=PanelMember.objects.current().filter(user=user).values("challenge"))


class PanelMember(models.Model):
    """A person on a challenge's panel. Declares for the challenge before seeing any identity (LCSP art. 64).

    `has_conflict` true on the challenge takes the person off the whole panel.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=PanelRole)
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True)
    declared_at = models.DateTimeField(null=True)
    has_conflict = models.BooleanField(null=True)
    conflict_text = models.TextField(blank=True)

    objects = PanelMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_place_on_a_panel", fields=["challenge", "user"], condition=Q(left_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="one_chair", fields=["challenge"], condition=Q(role="chair", left_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="one_secretary", fields=["challenge"], condition=Q(role="secretary", left_at__isnull=True)
            ),
            models.CheckConstraint(name="panel_role_known", condition=Q(role__in=PanelRole.values)),
            models.CheckConstraint(
                name="panel_named_by_somebody", condition=Q(named_at__isnull=False, named_by__isnull=False)
            ),
            models.CheckConstraint(
                name="panel_declared_whole",
                condition=Q(declared_at__isnull=True, has_conflict__isnull=True)
                | Q(declared_at__isnull=False, has_conflict__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of challenge #{self.challenge_id} (#{self.pk})"


class ConflictDeclaration(models.Model):
    """What a panel member declares on one organisation's proposal. A conflict recuses him from that proposal."""

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="declarations")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    has_conflict = models.BooleanField()
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_declaration", fields=["member", "proposal"]),
            models.CheckConstraint(name="conflict_has_a_reason", condition=Q(has_conflict=False) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"declaration #{self.pk}"
