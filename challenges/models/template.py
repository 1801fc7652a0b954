"""Templates that the Office keeps: criteria to judge by, and texts to begin with."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from govtech.ids import public_id


class TemplateQuerySet(models.QuerySet["Template"]):
    """Reads of templates."""

    def in_force(self) -> "TemplateQuerySet":
        """Those that aren't retired, by name."""
        return self.filter(retired_at__isnull=True).order_by("name", "pk")


class Template(models.Model):
    """What a draft can start from.

    `criteria` are rows with the columns of `models.version.CRITERION`, weights adding up to 100. `texts` are questions
    and beginnings by column of the draft, any of them or none.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    purpose = models.CharField(_("what it is for"), max_length=300, blank=True)
    texts = models.JSONField(default=dict, blank=True)
    criteria = models.JSONField(default=list, blank=True)
    pass_mark = models.DecimalField(max_digits=5, decimal_places=2, default=60)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = TemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="template_retired_pair",
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
            ),
            models.CheckConstraint(
                name="template_pass_mark_in_range", condition=Q(pass_mark__gte=0, pass_mark__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return self.name
