"""The panel's sessions, and the scores it agrees on there. The members' own stay as they were handed in."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from challenges.models import Challenge, Criterion
from govtech.accounts import roles
from govtech.ids import public_id
from startups.models.evaluation import Score, ScoreSheet
from startups.models.panel import PanelMember, PanelRole
from startups.models.pitch import PitchScore
from startups.models.proposal import Proposal


class SessionMode(models.TextChoices):
    """How the panel met."""

    IN_PERSON = "in_person", pgettext_lazy("session", "in person")
    REMOTE = "remote", pgettext_lazy("session", "at a distance")
    MIXED = "mixed", pgettext_lazy("session", "some in person, some at a distance")


class PanelSessionQuerySet(models.QuerySet["PanelSession"]):
    """Reads of sessions."""

    def visible_to(self, user: Any) -> "PanelSessionQuerySet":
        """Staff see all; a member of the panel those of the panels they sit on."""
        if not user.is_authenticated:
            return self.none()
        if roles.is_staff_role(user):
            return self
        return self.filter(challenge__in=PanelMember.objects.current().filter(user=user).values("challenge"))


class PanelSession(models.Model):
    """A meeting of a panel, as the secretary puts it on record: when, how, what about, who came (LRJSP arts. 17, 18).

    Written once. `number` counts the sessions of a panel from 1.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    held_at = models.DateTimeField()
    mode = models.CharField(max_length=9, choices=SessionMode)
    place = models.CharField(max_length=200, blank=True)
    agenda = models.TextField(max_length=4_000)
    notes = models.TextField(blank=True, max_length=8_000)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PanelSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="session_numbered", fields=["challenge", "number"]),
            models.CheckConstraint(name="session_mode_known", condition=Q(mode__in=SessionMode.values)),
            models.CheckConstraint(name="session_recorded_after_it", condition=Q(recorded_at__gte=models.F("held_at"))),
            models.CheckConstraint(
                name="session_recorded_by_somebody",
                condition=Q(recorded_at__isnull=False, recorded_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.number} of the panel of challenge #{self.challenge_id}"


class Attendance(models.Model):
    """Whether a member came to a session, and as what they sat then."""

    session = models.ForeignKey(PanelSession, on_delete=models.PROTECT, related_name="attendance")
    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=PanelRole)
    is_present = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_attendance", fields=["session", "member"]),
            models.CheckConstraint(name="attended_in_a_role", condition=Q(role__in=PanelRole.values)),
        ]

    def __str__(self) -> str:
        return f"attendance #{self.pk}"


class AgreedScoreQuerySet(models.QuerySet["AgreedScore"]):
    """Reads of agreed scores."""

    def counting(self, challenges: Any) -> dict[tuple[int, int], "AgreedScore"]:
        """Return what counts by (proposal, criterion). Three queries at most.

        An agreement stands for the scores it was made of: once others count (somebody was recused, replaced, or handed
        in since), it counts no more, and the panel meets again where they are far apart.
        """
        rows = self.filter(proposal__challenge__in=challenges).select_related("session").order_by("pk")
        last = {(row.proposal_id, row.criterion_id): row for row in rows}
        now = scores_of({proposal for proposal, _criterion in last}) if last else {}
        return {key: row for key, row in last.items() if row.basis == now.get(key)}


def scores_of(proposals: Any) -> dict[tuple[int, int], list[list[int | None]]]:
    """Return the scores that count, [[member, points], ...] by (proposal, criterion): what an agreement is made of."""
    found: dict[tuple[int, int], list[list[int | None]]] = {}
    judged = Score.objects.filter(sheet__in=ScoreSheet.objects.counting(), sheet__proposal__in=proposals)
    keys = ("sheet__proposal_id", "criterion_id", "sheet__member_id", "points")
    for proposal, criterion, member, points in judged.order_by("sheet__member_id").values_list(*keys):
        found.setdefault((proposal, criterion), []).append([member, points])
    pitched = PitchScore.objects.of_panel().filter(proposal__in=proposals).order_by("member_id")
    for proposal, criterion, member, points in pitched.values_list("proposal", "criterion", "member", "points"):
        found.setdefault((proposal, criterion), []).append([member, points])
    return found


class AgreedScore(models.Model):
    """What a session made of scores far apart: the points that count, and why. Only added to: the last one counts.

    `points` null: the members kept their scores, so their mean counts. `basis` are the scores it was made of
    (`scores_of`): where others count, it doesn't.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="agreed_scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(PanelSession, on_delete=models.PROTECT, related_name="agreed_scores")
    points = models.PositiveSmallIntegerField(null=True)
    reason = models.TextField(max_length=4_000)
    basis = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AgreedScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agreed_in_range", condition=Q(points__isnull=True) | Q(points__gte=0, points__lte=5)
            ),
            models.CheckConstraint(name="agreed_with_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="agreed_by_somebody", condition=Q(made_at__isnull=False, made_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"agreed score #{self.pk}"
