"""The pilot: a solution tried in a municipal service, paid by milestones, decided at the end."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from govtech.accounts import roles
from govtech.ids import public_id
from pilots.calculations.plan import month_of
from pilots.models.award import Award
from startups.models import Organisation


class PilotStatus(models.TextChoices):
    """Where a pilot stands."""

    PREPARING = "preparing", _("in preparation")
    RUNNING = "running", _("running")
    SUSPENDED = "suspended", _("suspended")
    COMPLETED = "completed", _("completed")
    TERMINATED = "terminated", _("ended early")

    @property
    def tone(self) -> str:
        """Colour of its chip."""
        return TONES[self]


TONES = {
    PilotStatus.PREPARING: "plain",
    PilotStatus.RUNNING: "pilot",
    PilotStatus.SUSPENDED: "soon",
    PilotStatus.COMPLETED: "open",
    PilotStatus.TERMINATED: "danger",
}

TRANSITIONS: dict[PilotStatus, set[PilotStatus]] = {
    PilotStatus.PREPARING: {PilotStatus.RUNNING, PilotStatus.TERMINATED},
    PilotStatus.RUNNING: {PilotStatus.SUSPENDED, PilotStatus.COMPLETED, PilotStatus.TERMINATED},
    PilotStatus.SUSPENDED: {PilotStatus.RUNNING, PilotStatus.TERMINATED},
    PilotStatus.COMPLETED: set(),
    PilotStatus.TERMINATED: set(),
}


class FinalDecision(models.TextChoices):
    """What the city does with the result."""

    SCALE = "scale", _("Scale: the city adopts it")
    ITERATE = "iterate", _("Iterate: another pilot is needed")
    STOP = "stop", _("Stop: it does not go on")


DECISION_TONES = {FinalDecision.SCALE: "open", FinalDecision.ITERATE: "pilot", FinalDecision.STOP: "soon"}
SHORT_DECISIONS = {
    FinalDecision.SCALE: _("The city adopts it"),
    FinalDecision.ITERATE: _("Needs another pilot"),
    FinalDecision.STOP: _("Doesn't go on"),
}


class PilotQuerySet(models.QuerySet["Pilot"]):
    """Reads of pilots: all of them are public from the award on."""

    def visible_to(self, user: Any) -> "PilotQuerySet":
        """Every pilot, for everybody: an award that was approved is public."""
        return self

    def worked_on_by(self, user: Any) -> "PilotQuerySet":
        """Pilots whose inside pages the user may enter: company, department, Office, director, auditor."""
        if not user.is_authenticated:
            return self.none()
        if roles.is_officer(user) or roles.is_director(user) or roles.is_auditor(user):
            return self
        seen = Q(organisation__in=Organisation.objects.of_member(user))
        departments = roles.departments_of(user)
        if departments:
            seen |= Q(challenge__department__in=departments)
        return self.filter(seen)


class Pilot(models.Model):
    """A funded trial that an award made. `ends_on` is at most a year after `starts_on` for a minor contract.

    Its money is in the award's commitment; its milestones add up to it exactly, net and gross.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="pilot")
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="pilots")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=PilotStatus, default=PilotStatus.PREPARING, editable=False)
    title = models.CharField(_("title"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    hypothesis = models.TextField(_("hypothesis"), blank=True)
    hypothesis_en = models.TextField(_("hypothesis in English"), blank=True)
    starts_on = models.DateField(_("starts"), null=True)
    ends_on = models.DateField(_("ends"), null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(blank=True)
    # the final decision
    final_decision = models.CharField(max_length=7, choices=FinalDecision, blank=True)
    decision_reason = models.TextField(_("reasons"), blank=True)
    decision_reason_en = models.TextField(_("reasons in English"), blank=True)
    lessons = models.TextField(_("what was learned"), blank=True)
    next_step = models.TextField(_("route and budget for what comes next"), blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PilotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="pilot_status_known", condition=Q(status__in=PilotStatus.values)),
            models.CheckConstraint(
                name="pilot_dates_in_order",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
            ),
            models.CheckConstraint(
                name="pilot_decided_whole",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, final_decision="")
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False, status__in=["completed", "terminated"])
                    & ~Q(final_decision="")
                    & ~Q(decision_reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        """Address of the public page."""
        return reverse("pilots:pilot", kwargs={"slug": self.slug})

    def standing(self, today: date) -> tuple[str, str]:
        """Return what its chip says on the day `today`, and the chip's tone."""
        if self.final_decision:
            decision = FinalDecision(self.final_decision)
            return str(SHORT_DECISIONS[decision]), DECISION_TONES[decision]
        status = PilotStatus(self.status)
        if status == PilotStatus.RUNNING and self.starts_on and self.ends_on and self.starts_on <= today:
            month, months = month_of(self.starts_on, self.ends_on, today)
            words = gettext("Running · month %(month)d of %(months)d") % {"month": month, "months": months}
            return words, status.tone
        label = str(status.label)
        return label[:1].upper() + label[1:], status.tone
