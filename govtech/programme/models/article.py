"""Guides and news, and their pictures."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from govtech.accounts import roles
from govtech.clock import PortalNow
from govtech.ids import public_id
from govtech.reference.models import in_language


class ArticleKind(models.TextChoices):
    """What an article is."""

    GUIDE = "guide", _("Guide")
    NEWS = "news", pgettext_lazy("article", "News")


class ArticleStatus(models.TextChoices):
    """Where an article stands."""

    DRAFT = "draft", pgettext_lazy("article", "Draft")
    PUBLISHED = "published", pgettext_lazy("article", "Published")
    WITHDRAWN = "withdrawn", pgettext_lazy("article", "Withdrawn")

    @property
    def tone(self) -> str:
        """How it is coloured."""
        return {"draft": "plain", "published": "open", "withdrawn": "closed"}[self.value]


ARTICLE_TRANSITIONS: dict[ArticleStatus, set[ArticleStatus]] = {
    ArticleStatus.DRAFT: {ArticleStatus.PUBLISHED},
    ArticleStatus.PUBLISHED: {ArticleStatus.WITHDRAWN},
    ArticleStatus.WITHDRAWN: {ArticleStatus.PUBLISHED},
}


class ArticleQuerySet(models.QuerySet["Article"]):
    """Readings of articles."""

    def public(self) -> "ArticleQuerySet":
        """What everybody sees: published, its instant come."""
        return self.filter(status=ArticleStatus.PUBLISHED, publish_at__lte=PortalNow())

    def visible_to(self, user: Any) -> "ArticleQuerySet":
        """Everybody sees what is public, the Office all."""
        return self if roles.is_officer(user) else self.public()

    def to_come(self) -> "ArticleQuerySet":
        """What will be public, the next first."""
        return self.filter(status=ArticleStatus.PUBLISHED, publish_at__gt=PortalNow()).order_by("publish_at")

    def listed(self) -> "ArticleQuerySet":
        """Without the long texts, the last first."""
        return self.defer("body", "body_en").order_by("-publish_at", "-pk")


class Article(models.Model):
    """A guide or a piece of news, in Markdown. Published, everybody reads it from `publish_at` on.

    `changed_at` is when its words last changed. English is optional.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=ArticleKind)
    slug = models.SlugField(max_length=80, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    summary = models.TextField(_("in a sentence or two"), max_length=400)
    summary_en = models.TextField(_("in a sentence or two, in English"), max_length=400, blank=True)
    body = models.TextField(_("text"), max_length=40_000)
    body_en = models.TextField(_("text in English"), max_length=40_000, blank=True)
    status = models.CharField(max_length=10, choices=ArticleStatus, default=ArticleStatus.DRAFT, editable=False)
    publish_at = models.DateTimeField(_("public from"), null=True, blank=True)
    changed_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("guide or piece of news")
        verbose_name_plural = _("guides and news")
        constraints = [
            CheckConstraint(name="article_kind_known", condition=Q(kind__in=ArticleKind.values)),
            CheckConstraint(name="article_status_known", condition=Q(status__in=ArticleStatus.values)),
            CheckConstraint(
                name="article_published_from_an_instant",
                condition=~Q(status=ArticleStatus.PUBLISHED) | Q(publish_at__isnull=False),
            ),
            CheckConstraint(name="article_english_whole", condition=Q(title_en="", body_en="") | ~Q(title_en="")),
        ]
        indexes = [models.Index(fields=["kind", "status", "publish_at"], name="article_by_date")]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)

    def get_absolute_url(self) -> str:
        """Return where everybody reads it."""
        return reverse(f"programme:{self.kind}", kwargs={"slug": self.slug})

    @property
    def tone(self) -> str:
        """How its state is coloured."""
        return ArticleStatus(self.status).tone


class ArticleImage(models.Model):
    """A picture of an article, with what it shows in words."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="images")
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    alt = models.CharField(_("alternative text"), max_length=300)
    alt_en = models.CharField(_("alternative text in English"), max_length=300, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("picture of an article")
        verbose_name_plural = _("pictures of articles")
        constraints = [
            CheckConstraint(name="image_has_alternative_text", condition=Q(alt__regex=r"\S")),
            CheckConstraint(name="image_has_a_size", condition=Q(width__gt=0, height__gt=0)),
        ]

    def __str__(self) -> str:
        return in_language(self.alt, self.alt_en)

    @property
    def mark(self) -> str:
        """How a text shows it."""
        return f"![](imagen:{self.public_id})"
