"""Links to a preview, for people without an account."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from challenges.models.challenge import Challenge
from govtech.clock import PortalNow


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    """Reads of links."""

    def in_force(self) -> "PreviewLinkQuerySet":
        """Links that open the preview now: neither revoked nor expired."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=PortalNow())


class PreviewLink(models.Model):
    """A secret address under which a draft is read as it would be published. Only the hash of its token is kept."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="preview_links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: Any = PreviewLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="preview_revoked_pair",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(name="preview_expires_later", condition=Q(expires_at__gt=models.F("made_at"))),
        ]

    def __str__(self) -> str:
        return f"preview link #{self.pk}"
