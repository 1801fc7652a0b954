"""What a person declares about their own ties to organisations, before any panel."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from govtech.ids import public_id


class InterestKind(models.TextChoices):
    """What ties a person to an organisation (Law 40/2015 art. 23.2)."""

    EMPLOYMENT = "employment", _("I work or worked there")
    SERVICES = "services", _("I do or did paid work for it")
    HOLDING = "holding", _("I hold shares in it or direct it")
    FAMILY = "family", _("Somebody close to me works there or owns it")
    OTHER = "other", _("Something else")


class InterestQuerySet(models.QuerySet["Interest"]):
    """Reads of interests."""

    def current(self) -> "InterestQuerySet":
        """Those that weren't taken out."""
        return self.filter(removed_at__isnull=True)

    def visible_to(self, user: Any) -> "InterestQuerySet":
        """One's own. The portal compares them with who takes part and shows nobody else the words."""
        return self.filter(user=user) if user.is_authenticated else self.none()


class Interest(models.Model):
    """A tie of a person to an organisation, known by name and, better, by its tax number. `until_on` is its end."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=InterestKind)
    organisation_name = models.CharField(max_length=160)
    tax_id = models.CharField(max_length=20, blank=True)
    until_on = models.DateField(null=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="interest_kind_known", condition=Q(kind__in=InterestKind.values)),
            models.CheckConstraint(
                name="interest_removed_after", condition=Q(removed_at__isnull=True) | Q(removed_at__gte=F("added_at"))
            ),
        ]
        indexes = [models.Index(fields=["user"], name="interest_user")]

    def __str__(self) -> str:
        return f"interest #{self.pk}"
