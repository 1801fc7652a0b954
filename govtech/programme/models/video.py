"""Videos that explain the programme, and the places of the portal where each is shown."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import CheckConstraint, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from govtech.accounts import roles
from govtech.ids import public_id
from govtech.programme.calculations import chapters as calculations
from govtech.reference.models import in_language

LONGEST = 4 * 3600  # seconds


class VideoStatus(models.TextChoices):
    """Where a video stands."""

    DRAFT = "draft", pgettext_lazy("video", "Draft")
    PUBLISHED = "published", pgettext_lazy("video", "Published")
    WITHDRAWN = "withdrawn", pgettext_lazy("video", "Withdrawn")

    @property
    def tone(self) -> str:
        """How it is coloured."""
        return {"draft": "plain", "published": "open", "withdrawn": "closed"}[self.value]


VIDEO_TRANSITIONS: dict[VideoStatus, set[VideoStatus]] = {
    VideoStatus.DRAFT: {VideoStatus.PUBLISHED},
    VideoStatus.PUBLISHED: {VideoStatus.WITHDRAWN},
    VideoStatus.WITHDRAWN: {VideoStatus.PUBLISHED},
}


class VideoQuerySet(models.QuerySet["Video"]):
    """Readings of videos."""

    def visible_to(self, user: Any) -> "VideoQuerySet":
        """Everybody sees what is published, the Office all."""
        return self if roles.is_officer(user) else self.published()

    def published(self) -> "VideoQuerySet":
        """What everybody sees."""
        return self.filter(status=VideoStatus.PUBLISHED)

    def listed(self) -> "VideoQuerySet":
        """Without the long texts, in the order of lists."""
        return self.defer("captions", "captions_en", "transcript", "transcript_en", "chapters").order_by("order", "pk")


class Video(models.Model):
    """A video: a file of ours, or one at another's (`external_url`), which is asked for only after a click.

    Captions are WebVTT and the transcript is Markdown, both Spanish; English is optional. `chapters` are as typed.
    `seconds` is how long it lasts: said by the file, or typed. `places` are keys of `govtech.programme.places`.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    slug = models.SlugField(max_length=80, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    summary = models.TextField(_("what it explains"), max_length=600)
    summary_en = models.TextField(_("what it explains, in English"), max_length=600, blank=True)
    file = models.OneToOneField(
        "files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    external_url = models.URLField(_("address of the video elsewhere"), max_length=500, blank=True)
    seconds = models.PositiveIntegerField(_("length"), null=True, blank=True)
    captions = models.TextField(_("captions"), blank=True)
    captions_en = models.TextField(_("captions in English"), blank=True)
    transcript = models.TextField(_("transcript"), blank=True)
    transcript_en = models.TextField(_("transcript in English"), blank=True)
    chapters = models.TextField(_("chapters"), blank=True)
    places = ArrayField(models.CharField(max_length=40), verbose_name=_("shown at"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    status = models.CharField(max_length=10, choices=VideoStatus, default=VideoStatus.DRAFT, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    changed_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = VideoQuerySet.as_manager()

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        constraints = [
            CheckConstraint(name="video_status_known", condition=Q(status__in=VideoStatus.values)),
            CheckConstraint(name="video_is_here_or_there", condition=Q(file=None) | Q(external_url="")),
            CheckConstraint(
                name="video_elsewhere_is_safe", condition=Q(external_url="") | Q(external_url__startswith="https://")
            ),
            CheckConstraint(name="video_lasts", condition=Q(seconds=None) | Q(seconds__gt=0, seconds__lte=LONGEST)),
            CheckConstraint(
                name="video_published_whole",
                condition=~Q(status=VideoStatus.PUBLISHED)
                | (
                    (Q(file__isnull=False) | ~Q(external_url=""))
                    & ~Q(captions="")
                    & ~Q(transcript="")
                    & Q(seconds__isnull=False, published_at__isnull=False)
                ),
            ),
        ]
        indexes = [GinIndex(fields=["places"], name="video_by_place")]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)

    def get_absolute_url(self) -> str:
        """Return where everybody sees it."""
        return reverse("programme:video", kwargs={"slug": self.slug})

    @property
    def tone(self) -> str:
        """How its state is coloured."""
        return VideoStatus(self.status).tone

    @property
    def length(self) -> str:
        """How long it lasts, in minutes and seconds."""
        return calculations.clock(self.seconds) if self.seconds else ""

    @property
    def machine_length(self) -> str:
        """How long it lasts, for machines."""
        return f"PT{self.seconds}S" if self.seconds else ""

    @property
    def host(self) -> str:
        """Whose machine shows it, where it isn't ours."""
        return self.external_url.split("/")[2] if self.external_url else ""

    @property
    def parts(self) -> list[calculations.Chapter]:
        """Its chapters."""
        return calculations.read(self.chapters)

    @property
    def tracks(self) -> list[tuple[str, bool]]:
        """Languages of its captions, with whether each is the page's (Spanish where the page's isn't there)."""
        languages = [each for each, text in (("es", self.captions), ("en", self.captions_en)) if text]
        wanted = (get_language() or "es")[:2]
        shown = wanted if wanted in languages else "es"
        return [(language, language == shown) for language in languages]
