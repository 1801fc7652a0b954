"""Challenges announced before they are written: what the city is preparing, and when to expect it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.models.challenge import Challenge, Status
from govtech.accounts import roles
from govtech.ids import public_id
from govtech.reference.models import Department, PolicyArea


class PlannedState(models.TextChoices):
    """Where the announcement stands."""

    PLANNED = "planned", pgettext_lazy("announcement", "planned")
    DROPPED = "dropped", _("dropped")
    LINKED = "linked", _("in preparation or published")


PLANNED_TRANSITIONS: dict[PlannedState, set[PlannedState]] = {
    PlannedState.PLANNED: {PlannedState.DROPPED, PlannedState.LINKED},
    PlannedState.DROPPED: set(),
    PlannedState.LINKED: {PlannedState.PLANNED},  # its file was rejected: it is planned again
}

LINKABLE = {Status.SUBMITTED, Status.RETURNED, Status.PUBLISHED}  # what an announcement may have become


class PlannedChallengeQuerySet(models.QuerySet["PlannedChallenge"]):
    """Reads of announcements."""

    def visible_to(self, user: Any) -> "PlannedChallengeQuerySet":
        """All of them: an announcement is public from the moment it is written."""
        return self.all()

    def expected(self) -> "PlannedChallengeQuerySet":
        """Those still to come: announced, not dropped, and not published as a challenge yet."""
        public = Challenge.objects.public().values("pk")
        return self.exclude(state=PlannedState.DROPPED).exclude(Q(challenge__isnull=False, challenge__in=public))


class PlannedChallenge(models.Model):
    """A challenge the Office means to publish, with the months in which to expect it. Binds nobody.

    `expected_from` and `expected_until` are the first and the last day of a month or a quarter. `kept_by` answers for
    it inside the Office.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    state = models.CharField(max_length=8, choices=PlannedState, default=PlannedState.PLANNED, editable=False)
    title = models.CharField(_("title"), max_length=140)
    title_en = models.CharField(_("title in English"), max_length=140, blank=True)
    summary = models.TextField(_("what the problem is"), max_length=600)
    summary_en = models.TextField(_("what the problem is, in English"), max_length=600, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("department"))
    policy_areas = models.ManyToManyField(PolicyArea, blank=True, related_name="+", verbose_name=_("policy areas"))
    expected_from = models.DateField(_("expected from"))
    expected_until = models.DateField(_("expected until"))
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who keeps it")
    )
    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, null=True, related_name="announced_as")
    dropped_reason = models.TextField(blank=True, max_length=1000)
    announced_at = models.DateTimeField()
    announced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    objects = PlannedChallengeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="planned_state_known", condition=Q(state__in=PlannedState.values)),
            models.CheckConstraint(name="planned_months_in_order", condition=Q(expected_from__lte=F("expected_until"))),
            models.CheckConstraint(
                name="planned_dropped_with_reason",
                condition=(Q(state="dropped") & ~Q(dropped_reason="")) | (~Q(state="dropped") & Q(dropped_reason="")),
            ),
            models.CheckConstraint(
                name="planned_linked_to_its_challenge",
                condition=Q(state="linked", challenge__isnull=False) | (~Q(state="linked") & Q(challenge=None)),
            ),
            models.CheckConstraint(
                name="planned_announced_by_somebody",
                condition=Q(announced_at__isnull=False, announced_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["-changed_at", "-id"], name="planned_changed")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its public page."""
        return reverse("challenges:planned", kwargs={"public_id": self.public_id})

    @staticmethod
    def may_be_kept_by() -> models.QuerySet[Any]:
        """People of the Office, by name."""
        return roles.officers().order_by("full_name", "pk")
