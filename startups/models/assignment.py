"""Who scores in whose stead, and what the panel wants to ask a participant."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from govtech.ids import public_id
from startups.models.admission import Clarification
from startups.models.panel import PanelMember, PanelRole
from startups.models.proposal import Proposal


class Reassignment(models.Model):
    """A proposal taken from a member who hasn't handed in: the substitute scores it. Only added to."""

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="reassignments")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=1_000)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_reassignment", fields=["member", "proposal"]),
            models.CheckConstraint(name="reassigned_with_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="reassigned_by_somebody", condition=Q(made_at__isnull=False, made_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"reassignment #{self.pk}"


class Replacement(models.Model):
    """Who came in whose place. What the first declared and scored stays on record and doesn't count. Only added to."""

    first = models.OneToOneField(PanelMember, on_delete=models.PROTECT, related_name="replaced_by")
    second = models.OneToOneField(PanelMember, on_delete=models.PROTECT, related_name="replaces")
    reason = models.TextField(max_length=1_000)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="replaced_by_another", condition=~Q(first=models.F("second"))),
            models.CheckConstraint(name="replaced_with_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="replaced_by_somebody", condition=Q(made_at__isnull=False, made_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"replacement #{self.pk}"


class QuestionState(models.TextChoices):
    """What became of a member's question."""

    WAITING = "waiting", _("with the secretary")
    SENT = "sent", _("sent to the organisation")
    DECLINED = "declined", _("not sent")


class PanelQuestionQuerySet(models.QuerySet["PanelQuestion"]):
    """Reads of questions of the panel."""

    def visible_to(self, user: Any) -> "PanelQuestionQuerySet":
        """One's own, and for the secretary those of the panel, on proposals that the person may see."""
        if not user.is_authenticated:
            return self.none()
        seats = PanelMember.objects.current().filter(user=user)
        desk = seats.filter(role=PanelRole.SECRETARY, has_conflict=False).values("challenge")
        seen = Proposal.objects.judged_by(user)
        return self.filter(Q(member__in=seats) | Q(proposal__challenge__in=desk), proposal__in=seen)


class PanelQuestion(models.Model):
    """What a member who scores wants to know of a participant: asked only by the secretary, as a clarification.

    The organisation never learns who wanted to know. `answer` says why it wasn't sent.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="panel_questions")
    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=2_000)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=QuestionState, default=QuestionState.WAITING, editable=False)
    clarification = models.ForeignKey(Clarification, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True, max_length=2_000)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PanelQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="panel_question_settled_whole",
                condition=Q(state="waiting", settled_at__isnull=True, settled_by__isnull=True, clarification=None)
                | (
                    Q(settled_at__isnull=False, settled_by__isnull=False)
                    & (Q(state="sent", clarification__isnull=False) | (Q(state="declined") & ~Q(answer="")))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"question of the panel {self.public_id}"
