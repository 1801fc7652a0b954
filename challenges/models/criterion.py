"""Criteria: what a proposal is judged by."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from challenges.models.challenge import Challenge
from govtech.statements import Slot, Statement


class CriterionKind(models.TextChoices):
    """Who gives the points."""

    JUDGEMENT = "judgement", _("value judgement")
    FORMULA = "formula", _("formula (price)")
    PITCH = "pitch", _("presentation, of the shortlisted")


SIX_LINES = r"^([^\n]+\n){5}[^\n]+$"  # of the levels 0 to 5


class Criterion(models.Model):
    """A criterion with its weight in percent; all of a challenge weigh 100. At most one is the formula (price).

    Those of the presentation are scored in a second round, of the proposals that the first one shortlisted.

    `threshold_points` is the least number of weighted points a proposal needs here, on the scale 0 to weight. `anchors`
    say what each level of the scale means here, six lines from 0 to 5; empty: the words of the scale.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=CriterionKind, default=CriterionKind.JUDGEMENT)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    guidance = models.TextField(_("what will be looked at"), blank=True)
    guidance_en = models.TextField(_("what will be looked at, in English"), blank=True)
    anchors = models.TextField(_("what each level means"), blank=True)
    anchors_en = models.TextField(_("what each level means, in English"), blank=True)
    weight_percent = models.PositiveSmallIntegerField(_("weight"))
    threshold_points = models.DecimalField(_("minimum points"), max_digits=5, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="criterion_in_order", fields=["challenge", "position"], deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(name="one_formula", fields=["challenge"], condition=Q(kind="formula")),
            models.CheckConstraint(name="criterion_kind_known", condition=Q(kind__in=CriterionKind.values)),
            models.CheckConstraint(
                name="criterion_weight_in_range", condition=Q(weight_percent__gte=1, weight_percent__lte=100)
            ),
            models.CheckConstraint(
                name="criterion_threshold_reachable",
                condition=Q(threshold_points__gte=0, threshold_points__lte=F("weight_percent")),
            ),
            models.CheckConstraint(
                name="criterion_levels_whole",
                condition=(Q(anchors="") | Q(anchors__regex=SIX_LINES))
                & (Q(anchors_en="") | Q(anchors_en__regex=SIX_LINES)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (#{self.pk})"

    @property
    def levels(self) -> list[str]:
        """What each level from 0 to 5 means here, in the page's language where it is written; empty where it isn't."""
        english = self.anchors_en if (get_language() or "").startswith("en") else ""
        return (english or self.anchors).splitlines()


_OF_CHALLENGE = Statement(
    lambda: Criterion.objects.filter(challenge=Slot("challenge", models.BigIntegerField())).order_by("position")
)


def criteria_of(challenge: Challenge) -> list[Criterion]:
    """Return the criteria of a challenge in their order. One query."""
    return _OF_CHALLENGE.rows(challenge=challenge.pk)
