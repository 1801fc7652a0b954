"""News of challenges: what happened, once, until those who asked to hear of it have been told."""

from typing import Any

from django.db import models
from django.db.models import Q

from challenges.models.challenge import Challenge
from govtech.clock import PortalNow


class NewsEvent(models.TextChoices):
    """What happened. The first two come by the clock."""

    PUBLISHED = "published"
    OPENED = "opened"
    CORRECTED = "corrected"
    EXTENDED = "extended"
    CANCELLED = "cancelled"
    ENDED = "ended"
    ANSWERS = "answers"


class NewsQuerySet(models.QuerySet["News"]):
    """Reads of news."""

    def ripe(self) -> "NewsQuerySet":
        """What may be told now and nobody has looked for its readers yet: the call is public, or open by now."""
        public = Challenge.objects.public().filter(pk=models.OuterRef("challenge"))
        return self.filter(Q(retry_at=None) | Q(retry_at__lte=PortalNow()), matched_at=None).filter(
            ~Q(event=NewsEvent.OPENED) & models.Exists(public)
            | Q(event=NewsEvent.OPENED) & models.Exists(public.filter(opens_at__lte=PortalNow()))
        )


class News(models.Model):
    """One thing that happened to a challenge. `number` tells apart those of one event: a correction's, an hour's.

    `params` are the words' parameters besides those of the challenge. `matched_at`: its readers were looked for.
    `retry_at`: telling it failed `failures` times, and is tried again then.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="news")
    event = models.CharField(max_length=10, choices=NewsEvent)
    number = models.PositiveBigIntegerField(default=0)
    params = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    matched_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    objects = NewsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="news_event_known", condition=Q(event__in=NewsEvent.values)),
            models.UniqueConstraint(name="news_once", fields=["challenge", "event", "number"]),
        ]
        indexes = [models.Index(name="news_to_match", fields=["id"], condition=Q(matched_at=None))]

    def __str__(self) -> str:
        return f"{self.event} of #{self.challenge_id}"

    @property
    def at(self) -> Any:
        """When it became news: of what comes by the clock, as the call's calendar says now."""
        clocked = {NewsEvent.PUBLISHED: "publish_at", NewsEvent.OPENED: "opens_at"}.get(NewsEvent(self.event))
        return getattr(self.challenge, clocked) if clocked else self.happened_at
