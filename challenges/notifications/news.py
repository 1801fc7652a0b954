"""News of challenges for those who asked to hear of it: what each says, and to whom it is told.

An action records what happened (`record`); the worker finds who asked to hear of it and tells each person once.
Whoever must know it, because they take part or answer for it, is told at once by `notify`, with the same key.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from challenges.calculations.due import due_at
from challenges.models import Alert, Challenge, Follow, News, NewsEvent, Status
from govtech.notifications.digests import Item, tell
from govtech.notifications.kinds import stored
from govtech.notifications.models import Notice
from govtech.notifications.sources import Source, in_each_language

NO_LONGER_NEW = {Status.CANCELLED, Status.VOID, Status.WAIVED, Status.DESISTED}
OF_A_LIVE_CALL = {NewsEvent.PUBLISHED, NewsEvent.OPENED, NewsEvent.CORRECTED, NewsEvent.EXTENDED}


@dataclass(frozen=True)
class Telling:
    """How an event is told: its kind, the key that makes it one, and the page it leads to."""

    kind: str
    key: Callable[[News], str]
    address: Callable[[Challenge], str]


def _page(challenge: Challenge) -> str:
    return challenge.get_absolute_url()


def _questions(challenge: Challenge) -> str:
    return reverse("challenges:questions", kwargs={"slug": challenge.slug})


def _once(news: News) -> str:
    return str(news.challenge_id)


def _numbered(news: News) -> str:
    return f"{news.challenge_id}:{news.number}"


TELLINGS: dict[str, Telling] = {
    NewsEvent.PUBLISHED: Telling("challenge.published", _once, _page),
    NewsEvent.OPENED: Telling("challenge.opened", _once, _page),
    NewsEvent.CORRECTED: Telling("challenge.corrected", _numbered, lambda row: f"{_page(row)}#correcciones"),
    NewsEvent.EXTENDED: Telling("challenge.deadline_extended", _numbered, _page),
    NewsEvent.CANCELLED: Telling("challenge.cancelled", _once, _page),
    NewsEvent.ENDED: Telling("challenge.ended", _once, _page),
    NewsEvent.ANSWERS: Telling("question.published", _numbered, _questions),
}


def record(challenge: Challenge, event: NewsEvent, *, at: datetime, number: int = 0, **params: Any) -> None:
    """Write down that it happened, in the transaction in which it does. Twice is the same as once."""
    News.objects.bulk_create(
        [News(challenge=challenge, event=event, number=number, params=stored(params), happened_at=at)],
        ignore_conflicts=True,
    )


def is_over(news: News) -> bool:
    """Say whether a piece of news has come to nothing before it was told: its call was called off or ended."""
    return news.event in OF_A_LIVE_CALL and news.challenge.status in NO_LONGER_NEW


def still_new(notices: list[Notice]) -> set[int]:
    """Return which notices still hold: their call is public and was not called off since."""
    return _of_public(notices, {"status__in": NO_LONGER_NEW})


def still_public(notices: list[Notice]) -> set[int]:
    """Return which notices still hold: their call is public, ended or not."""
    return _of_public(notices, {})


def _of_public(notices: list[Notice], unless: Mapping[str, Any]) -> set[int]:
    ids = {notice.params.get("challenge") for notice in notices}
    rows = Challenge.objects.public().filter(public_id__in=ids)
    found = set((rows.exclude(**unless) if unless else rows).values_list("public_id", flat=True))
    return {notice.pk for notice in notices if notice.params.get("challenge") in found}


def source(alert: Alert, found_at: datetime) -> Source:
    """Return an alert as the reason of a notice of something that happened at `found_at`."""
    because = in_each_language(alert.because)  # type: ignore[attr-defined]
    return Source(alert.key, because, due_at(alert.frequency, found_at, zone=ZoneInfo(settings.TIME_ZONE)))


def tell_news(found: Iterable[tuple[News, Iterable[Alert]]], *, at: datetime, found_at: datetime | None = None) -> int:
    """Tell the owners of the alerts that each piece of news was found by; each person once, with all their reasons.

    `found_at`: from when their mail counts, where that isn't when it happened: what was published long ago.
    """
    items = []
    for news, alerts in found:
        telling, challenge = TELLINGS[news.event], news.challenge
        params = {
            "challenge": challenge.public_id,
            "title": challenge.title,
            "reference": challenge.reference or "",
            "department": challenge.department.name,
            "closes_at": challenge.closes_at,
        }
        by_person: dict[int, list[Alert]] = {}
        for alert in alerts:
            by_person.setdefault(alert.user_id, []).append(alert)
        address = telling.address(challenge)
        items += [
            Item(
                recipient=own[0].user,
                kind=telling.kind,
                params=params,
                address=address,
                key=telling.key(news),
                sources=tuple(source(alert, found_at or news.at) for alert in sorted(own, key=_order)),
                stored=news.params,
            )
            for own in by_person.values()
        ]
    return tell(items, at=at)


def _order(alert: Alert) -> tuple[bool, int]:
    return isinstance(alert, Follow), alert.pk
