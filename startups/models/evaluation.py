"""Scores of the panel, their lock, and the ranking that comes of them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, Criterion
from govtech.accounts import roles
from govtech.files.models import StoredFile
from startups.models.panel import SCORING, ConflictDeclaration, PanelMember, PanelRole
from startups.models.proposal import Proposal


class SheetStatus(models.TextChoices):
    """Where a score sheet stands."""

    DRAFT = "draft", _("in progress")
    HANDED_IN = "handed_in", _("handed in")


class ScoreSheetQuerySet(models.QuerySet["ScoreSheet"]):
    """Reads of score sheets."""

    def counting(self) -> "ScoreSheetQuerySet":
        """Handed-in sheets that count: of members still on the panel, and not recused from the proposal."""
        return self.filter(
            status=SheetStatus.HANDED_IN,
            member__left_at__isnull=True,
            member__has_conflict=False,
            member__role__in=SCORING,
        ).exclude(
            models.Exists(
                ConflictDeclaration.objects.filter(
                    member=models.OuterRef("member"), proposal=models.OuterRef("proposal"), has_conflict=True
                )
            )
        )

    def visible_to(self, user: Any) -> "ScoreSheetQuerySet":
        """One's own; others' only when handed in, of proposals the user may see.

        Members who score: once they have handed in their own on the same proposal. The secretary: any handed in.
        After the lock: the panel, officers, directors and auditors.
        """
        if not user.is_authenticated:
            return self.none()
        mine = PanelMember.objects.current().filter(user=user)
        own = ScoreSheet.objects.filter(member__in=mine, status=SheetStatus.HANDED_IN).values("proposal")
        locked = Evaluation.objects.filter(locked_at__isnull=False).values("challenge")
        others = Q(proposal__in=own)
        others |= Q(proposal__challenge__in=mine.filter(role=PanelRole.SECRETARY).values("challenge"))
        after = Q(proposal__challenge__in=locked)
        if not roles.is_staff_role(user):
            after &= Q(proposal__challenge__in=mine.values("challenge"))
        in_sight = Proposal.objects.judged_by(user).exclude(pk__in=Proposal.objects.of_member(user).values("pk"))
        return self.filter(
            Q(member__in=mine) | (Q(status=SheetStatus.HANDED_IN, proposal__in=in_sight) & (others | after))
        )


class ScoreSheet(models.Model):
    """One member's sheet on one proposal. Seen by nobody else until it is handed in.

    `note` is for the panel alone: no participant ever reads it. `version` counts the saves; `saved_from` and
    `saved_turn` tell a page its own saves again (decisions 20).
    """

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="sheets")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="sheets")
    status = models.CharField(max_length=9, choices=SheetStatus, default=SheetStatus.DRAFT, editable=False)
    handed_in_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, max_length=4_000)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    saved_from = models.CharField(max_length=36, blank=True)
    saved_turn = models.PositiveIntegerField(default=0)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_sheet", fields=["member", "proposal"]),
            models.CheckConstraint(
                name="sheet_handed_in_whole",
                condition=Q(status="draft", handed_in_at__isnull=True)
                | Q(status="handed_in", handed_in_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"sheet #{self.pk}"


class ScoreQuerySet(models.QuerySet["Score"]):
    """Reads of scores."""

    def counting(self) -> "ScoreQuerySet":
        """Points of the sheets that count. Who can't judge a criterion gives none: that is no zero."""
        return self.filter(sheet__in=ScoreSheet.objects.counting(), points__isnull=False)


class Score(models.Model):
    """Whole points from 0 to 5 on one judgement criterion, with the reason its author will read.

    `is_unable`: the member can't judge this criterion and says why. That is no zero: there are no points.
    """

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(null=True)
    is_unable = models.BooleanField(default=False)
    reason = models.TextField(blank=True, max_length=4_000)
    saved_at = models.DateTimeField()

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_score", fields=["sheet", "criterion"]),
            models.CheckConstraint(
                name="score_in_range", condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=5)
            ),
            models.CheckConstraint(
                name="unable_gives_no_points", condition=Q(is_unable=False) | Q(points__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"score #{self.pk}"


class Evaluation(models.Model):
    """The evaluation of a challenge: judgement is locked by chair and secretary, then the economic part opens.

    `draw_seed` is the SHA-256 of the receipts' hashes in order, used where everything else is equal.
    """

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="+")
    locked_by_chair = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    chair_locked_at = models.DateTimeField(null=True)
    locked_by_secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    secretary_locked_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)
    economic_opened_at = models.DateTimeField(null=True)
    draw_seed = models.CharField(max_length=64, blank=True)
    report = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evaluation_locked_by_two_people",
                condition=Q(locked_at__isnull=True)
                | (
                    Q(chair_locked_at__isnull=False, secretary_locked_at__isnull=False)
                    & ~Q(locked_by_chair=F("locked_by_secretary"))
                ),
            ),
            models.CheckConstraint(
                name="evaluation_economic_after_lock",
                condition=Q(economic_opened_at__isnull=True) | Q(economic_opened_at__gte=F("locked_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"evaluation of challenge #{self.challenge_id}"


class CriterionReason(models.Model):
    """The one reason a participant reads for a criterion: prefilled from the sheets, written by the secretary."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="reasons")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_reason", fields=["proposal", "criterion"]),
            models.CheckConstraint(
                name="reason_edited_by_somebody", condition=Q(edited_at__isnull=False, edited_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"reason #{self.pk}"


class ProposalResultQuerySet(models.QuerySet["ProposalResult"]):
    """Reads of results."""

    def visible_to(self, user: Any) -> "ProposalResultQuerySet":
        """Results of the proposals the user may see: his organisation's own, or all as panel or staff."""
        return self.filter(proposal__in=Proposal.objects.visible_to(user))


class ProposalResult(models.Model):
    """What a proposal got. Points have two decimals, HALF_UP; total is the sum of rounded points.

    `points` is {criterion id: points as text}. `rank` is null below a threshold.
    """

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="result")
    points = models.JSONField(default=dict)
    judgement_points = models.DecimalField(max_digits=6, decimal_places=2)
    price_net = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    price_points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    total_points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    passes = models.BooleanField(null=True)
    rank = models.PositiveSmallIntegerField(null=True)
    tie_break = models.CharField(max_length=40, blank=True)

    objects = ProposalResultQuerySet.as_manager()

    def __str__(self) -> str:
        return f"result of #{self.proposal_id}"
