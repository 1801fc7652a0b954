"""A participant challenges a member of the panel, who answers; a director decides (Law 40/2015 art. 24)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.ids import public_id
from startups.models.organisation import Membership, Organisation
from startups.models.panel import PanelMember


class Ground(models.TextChoices):
    """Grounds to abstain and to be challenged (Law 40/2015 art. 23.2)."""

    INTEREST = "interest", _("a personal interest in the matter, or in another it may decide; a lawsuit pending")
    KINSHIP = "kinship", _("marriage, partnership or kinship with somebody of an interested organisation")
    FRIENDSHIP = "friendship", _("close friendship or open enmity")
    EXPERT = "expert", _("expert or witness in the matter")
    SERVICE = "service", _("work or professional services for an interested organisation in the last two years")


class RecusationQuerySet(models.QuerySet["Recusation"]):
    """Reads of challenges of members."""

    def pending(self) -> "RecusationQuerySet":
        """Those not decided."""
        return self.filter(decided_at__isnull=True)

    def visible_to(self, user: Any) -> "RecusationQuerySet":
        """The organisation that challenges, the person challenged, officers, directors and auditors."""
        if not user.is_authenticated:
            return self.none()
        if roles.is_staff_role(user):
            return self
        own = Membership.objects.current().filter(user=user).values("organisation")
        return self.filter(Q(organisation__in=own) | Q(member__user=user))


class Recusation(models.Model):
    """A challenge of a member: reason, the member's answer, the director's decision. Each is written once.

    A second one of the same organisation on the same ground is taken only of facts known after the first was decided:
    `known_on` says when.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="recusations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=10, choices=Ground)
    text = models.TextField()
    known_on = models.DateField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    admits = models.BooleanField(null=True)
    answer = models.TextField(blank=True)
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    is_upheld = models.BooleanField(null=True)
    decision = models.TextField(blank=True)

    objects = RecusationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_recusation", fields=["member", "organisation"], condition=Q(decided_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="one_recusation_of_known_facts",
                fields=["member", "organisation", "ground"],
                condition=Q(known_on__isnull=True),
            ),
            models.CheckConstraint(name="recusation_ground_known", condition=Q(ground__in=Ground.values)),
            models.CheckConstraint(name="recusation_has_a_reason", condition=~Q(text="")),
            models.CheckConstraint(
                name="recusation_answered_whole",
                condition=Q(answered_at__isnull=True, admits__isnull=True)
                | Q(answered_at__isnull=False, admits__isnull=False),
            ),
            models.CheckConstraint(
                name="recusation_decided_whole",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, is_upheld__isnull=True, decision="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False, is_upheld__isnull=False) & ~Q(decision="")),
            ),
            models.CheckConstraint(
                name="recusation_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"recusation #{self.pk}"
