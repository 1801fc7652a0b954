"""The programme's own words: pages that explain it."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.reference.models import in_language


class Page(models.Model):
    """A page of text in Markdown: guide, accessibility, privacy, legal notice. English falls back to Spanish."""

    slug = models.SlugField(_("name in the system"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    body = models.TextField(_("text"), help_text=_("Markdown. Headings start at ##."))
    body_en = models.TextField(_("text in English"), blank=True, help_text=_("Markdown. Headings start at ##."))
    updated_at = models.DateTimeField(_("updated"))
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("updated by"),
    )

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)

    def get_absolute_url(self) -> str:
        """Return where everybody reads it."""
        return reverse(f"programme:{self.slug}")


class PageVersion(models.Model):
    """What a page said from `at` on, until the next version: never changed. `note` says what changed, for everybody."""

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    body = models.TextField()
    body_en = models.TextField(blank=True)
    note = models.CharField(_("what changes"), max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("version of a page")
        verbose_name_plural = _("versions of pages")
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="page_versions_counted"),
            models.CheckConstraint(name="page_version_positive", condition=models.Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.page.slug} {self.number}"
