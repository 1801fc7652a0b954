"""What comes of a session: certificates and what people thought of it."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from govtech.ids import public_id
from govtech.programme.models.registration import Registration

SCALE = (1, 5)


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Readings of certificates."""

    def in_force(self, on: Any) -> "CertificateQuerySet":
        """Those that count on the day `on` (a date, or a query expression of one): neither revoked nor over."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), revoked_at=None)

    def visible_to(self, user: Any) -> "CertificateQuerySet":
        """Those of the sessions one may see the registrations of."""
        return self.filter(registration__in=Registration.objects.visible_to(user))


class Certificate(models.Model):
    """Proof that somebody attended a session, with a code to check it by. `hours` are those of the course that day.

    It is never changed; where it was issued by mistake it is revoked, with a reason.
    """

    registration = models.OneToOneField(Registration, on_delete=models.PROTECT, related_name="certificate")
    code = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    hours = models.DecimalField(max_digits=4, decimal_places=1)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_reason = models.CharField(max_length=300, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate of training")
        verbose_name_plural = _("certificates of training")
        constraints = [
            CheckConstraint(
                name="certificate_revoked_with_reason",
                condition=Q(revoked_at=None, revoked_by=None, revoked_reason="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Feedback(models.Model):
    """What somebody who came thought of a session, from 1 to 5. Read without a name."""

    registration = models.OneToOneField(Registration, on_delete=models.PROTECT, related_name="feedback")
    usefulness = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    clarity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    comment = models.TextField(_("what would you change?"), max_length=1500, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = _("opinion of a session")
        verbose_name_plural = _("opinions of sessions")
        constraints = [
            CheckConstraint(
                name="feedback_within_its_scale", condition=Q(usefulness__range=SCALE, clarity__range=SCALE)
            ),
        ]

    def __str__(self) -> str:
        return f"feedback #{self.pk}"
