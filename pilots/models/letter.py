"""What each participant is notified, and where the resolution was formally published."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.accounts import roles
from govtech.ids import public_id
from pilots.models.award import Resolution
from startups.models import Proposal


class LetterOutcome(models.TextChoices):
    """What became of a proposal."""

    AWARDED = "awarded", pgettext_lazy("letter", "awarded")
    RESERVE = "reserve", pgettext_lazy("letter", "on the reserve list")
    NOT_SELECTED = "not_selected", pgettext_lazy("letter", "not selected")
    EXCLUDED = "excluded", pgettext_lazy("letter", "excluded")
    LAPSED = "lapsed", pgettext_lazy("letter", "the reserve list is over")
    DECLINED = "declined", pgettext_lazy("letter", "it declined the award")
    WITHDRAWN = "withdrawn", pgettext_lazy("letter", "the award offered was withdrawn")
    ANNULLED = "annulled", pgettext_lazy("letter", "the award was annulled")


class LetterQuerySet(models.QuerySet["Letter"]):
    """Reads of letters."""

    def visible_to(self, user: Any) -> "LetterQuerySet":
        """Office, directors and auditors: all; members of who proposed, lead or partner: their own."""
        if not user.is_authenticated:
            return self.none()
        if roles.is_staff_role(user):
            return self
        return self.filter(proposal__in=Proposal.objects.of_member(user))


class Letter(models.Model):
    """The individual notice of a resolution to one participant (LCSP art. 151.2), as it was released.

    `content` is what it says, as data: see `pilots.actions.letter`. It never changes; page and PDF are made of it. When
    and how it was formally notified elsewhere is written beside it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="letters")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="letters")
    outcome = models.CharField(max_length=12, choices=LetterOutcome)
    content = models.JSONField()
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    served_on = models.DateField(_("formally notified on"), null=True)
    served_reference = models.CharField(_("reference of the notification"), max_length=80, blank=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="letter_outcome_known", condition=Q(outcome__in=LetterOutcome.values)),
            models.CheckConstraint(
                name="letter_released_by_somebody", condition=Q(released_at__isnull=False, released_by__isnull=False)
            ),
            models.CheckConstraint(
                name="letter_served_whole",
                condition=Q(served_on__isnull=True, recorded_at__isnull=True, recorded_by__isnull=True)
                | Q(served_on__isnull=False, recorded_at__isnull=False, recorded_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.public_id}"

    def get_absolute_url(self) -> str:
        """Where its organisation and the Office read it."""
        return reverse("pilots:letter", kwargs={"public_id": self.public_id})


class FormalPublicationQuerySet(models.QuerySet["FormalPublication"]):
    """Reads of publications."""

    def shown(self) -> "FormalPublicationQuerySet":
        """The last word on each reference, by day."""
        same = {"resolution": models.OuterRef("resolution"), "reference": models.OuterRef("reference")}
        later = self.model._base_manager.filter(**same, pk__gt=models.OuterRef("pk"))  # noqa: SLF001 - documented
        return self.exclude(models.Exists(later)).order_by("published_on", "pk")


class FormalPublication(models.Model):
    """Where and when a resolution was published outside the portal: the buyer profile. Append-only.

    A later row of the same reference corrects the one before it.
    """

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="publications")
    reference = models.CharField(_("reference of the publication"), max_length=80)
    url = models.URLField(_("its address"), blank=True)
    published_on = models.DateField(_("published on"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = FormalPublicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="publication_recorded_by_somebody",
                condition=Q(recorded_at__isnull=False, recorded_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} (#{self.pk})"
