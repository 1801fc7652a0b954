"""The second round: who presents, and what the panel gives for it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from challenges.models import Challenge, Criterion
from startups.models.panel import ConflictDeclaration, PanelMember
from startups.models.proposal import Proposal


class Shortlist(models.Model):
    """Who presents, when and where. Made of every sheet, before any presentation. Never changed.

    `record` is a list of {proposal (public id), points (text, of judgement), presents}, the best first. Where points
    change afterwards, so that a proposal that wasn't heard would present, a later one is added with just those. One
    with a `reason` moves the appointment of the proposals it names: the last that names a proposal says when.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    record = models.JSONField()
    presents_at = models.DateTimeField()
    place = models.TextField()
    reason = models.TextField(blank=True, max_length=1_000)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shortlist_made_by_somebody", condition=Q(made_at__isnull=False, made_by__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"shortlist of challenge #{self.challenge_id}"

    @property
    def presenting(self) -> set[str]:
        """Public ids of the proposals that present."""
        return {row["proposal"] for row in self.record if row["presents"]}


class PitchScoreQuerySet(models.QuerySet["PitchScore"]):
    """Reads of points of presentations."""

    def counting(self) -> "PitchScoreQuerySet":
        """Points of `of_panel`. Who can't judge a criterion gives none: that is no zero."""
        return self.of_panel().filter(points__isnull=False)

    def of_panel(self) -> "PitchScoreQuerySet":
        """What members said who are still on the panel and not recused from the proposal."""
        recused = ConflictDeclaration.objects.filter(
            member=models.OuterRef("member"), proposal=models.OuterRef("proposal"), has_conflict=True
        )
        return self.filter(member__left_at__isnull=True, member__has_conflict=False).exclude(models.Exists(recused))

    def visible_to(self, user: Any) -> "PitchScoreQuerySet":
        """One's own; others' of a proposal one may see: after giving one's own, as the secretary, or after the lock."""
        from startups.models.evaluation import Evaluation  # noqa: PLC0415 - the two models refer to each other

        if not user.is_authenticated:
            return self.none()
        locked = Evaluation.objects.filter(locked_at__isnull=False).values("challenge")
        keeps = PanelMember.objects.current().filter(user=user, role="secretary").values("challenge")
        seen = Proposal.objects.judged_by(user).exclude(pk__in=Proposal.objects.of_member(user).values("pk"))
        own = PitchScore.objects.filter(member__in=PanelMember.objects.current().filter(user=user)).values("proposal")
        others = Q(proposal__challenge__in=locked) | Q(proposal__challenge__in=keeps) | Q(proposal__in=own)
        return self.filter(Q(member__user=user) | (Q(proposal__in=seen) & others))


class PitchScore(models.Model):
    """Whole points from 0 to 5 of a member on one criterion of a presentation, with the reason. Given once.

    `is_unable`: the member can't judge this criterion and says why. That is no zero: there are no points.
    """

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="pitch_scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(null=True)
    is_unable = models.BooleanField(default=False)
    reason = models.TextField(max_length=4_000)
    given_at = models.DateTimeField()

    objects = PitchScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_pitch_score", fields=["member", "proposal", "criterion"]),
            models.CheckConstraint(
                name="pitch_score_in_range",
                condition=Q(points__isnull=True, is_unable=True)
                | Q(points__isnull=False, points__gte=0, points__lte=5, is_unable=False),
            ),
            models.CheckConstraint(name="pitch_score_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"pitch score #{self.pk}"
