"""Files handed in or made by the portal, kept in private storage."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from govtech.ids import public_id


class StoredFile(models.Model):
    """A stored file: never rewritten, never served without a view that asks who may see it.

    `sha256` (lower-case hex) and `size` (bytes) are those of the plain content, before encryption. `name` is blank
    where the name itself is sealed. `path` is relative to the private folder and says nothing about the content.
    `created_by` is empty for documents that the portal makes by itself.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"), help_text=_("Bytes."))
    sha256 = models.CharField("SHA-256", max_length=64)
    path = models.CharField(max_length=100, unique=True)
    encrypted = models.BooleanField(_("encrypted"), default=False)
    created_at = models.DateTimeField(_("stored"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        constraints = [
            CheckConstraint(name="file_hash_is_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            CheckConstraint(name="file_size_positive", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def location(self) -> Path:
        """Where the bytes are on this machine."""
        return Path(settings.PRIVATE_FILES_DIR) / self.path
