"""Finding who asked to hear of what happened. Called by the worker before it gathers mail."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from challenges.actions import alert as actions
from challenges.filters.saved import Searches, has_state, stateless
from challenges.models import Alert, Follow, News, NewsEvent, SavedSearch
from challenges.notifications.news import is_over
from govtech.notifications.models import Notice

logger = logging.getLogger(__name__)

LOT = 100
FIRST = {NewsEvent.PUBLISHED, NewsEvent.OPENED}
CHANGES = {NewsEvent.CORRECTED, NewsEvent.EXTENDED}
ENDINGS = {NewsEvent.CANCELLED, NewsEvent.ENDED}


def match_news(*, at: datetime) -> None:
    """Tell everybody who asked to hear of what has happened and is public by now. Each piece in its own transaction.

    What was told is marked, so that it doesn't matter when this runs, how late, how often, or whether it is killed. One
    process at a time runs it (`digests.gather`); two would tell nobody twice, since a notice is written once. A piece
    that can't be told is logged and put off, and the others are told.
    """
    searches = Searches()
    last = 0
    while lot := list(
        News.objects.ripe()
        .filter(pk__gt=last)
        .select_related("challenge__department", "challenge__policy_area", "challenge__announced_as")
        .order_by("pk")[:LOT]
    ):
        last = lot[-1].pk
        _match(lot, searches, at)


def _match(lot: list[News], searches: Searches, at: datetime) -> None:
    """Find the readers of a lot: five queries, one more for every forty searches, then a few for each piece of news."""
    over = [news for news in lot if is_over(news)]
    actions.pass_over(over, at=at)
    lot = [news for news in lot if news not in over]
    if not lot:
        return
    challenges = {news.challenge for news in lot}
    follows = list(
        Follow.objects.filter(
            Q(challenge__in=challenges)
            | Q(policy_area__in={each.policy_area_id for each in challenges})
            | Q(department__in={each.department_id for each in challenges})
            | Q(planned__challenge__in=challenges),
            user__is_active=True,
        )
        .select_related("planned")
        .order_by("pk")
    )
    saved = list(SavedSearch.objects.filter(user__is_active=True).order_by("pk"))
    queries = {query for search in saved for query in (search.query, stateless(search.query))}
    finds = searches.holding(queries, challenges) if saved else {}
    told = _told_of(challenges)
    for news in lot:
        heard = told.setdefault(news.challenge_id, {event: set() for event in FIRST})
        try:
            alerts: list[Alert] = [
                *(search for search in saved if _finds(search, news, finds[news.challenge_id], heard)),
                *(follow for follow in follows if _is_of(follow, news)),
            ]
            wanted = [alert for alert in alerts if _wants(alert, news, heard)]
            actions.tell_of(news, wanted, at=at)
        except Exception:
            logger.exception("News %s (%s) was not told; it is tried again later.", news.pk, news)
            actions.put_off(news, at=at)
        else:
            if news.event in FIRST:
                heard[NewsEvent(news.event)].update(alert.user_id for alert in wanted)


Heard = dict[NewsEvent, set[int]]  # who was told that a call was published, and that it opened


def _told_of(challenges: Iterable[object]) -> dict[int, Heard]:
    """Return who has heard of each, by the notice that told them."""
    by_id = {each.public_id: each.pk for each in challenges}  # type: ignore[attr-defined]
    kinds = {f"challenge.{event}": event for event in FIRST}
    rows = Notice.objects.filter(kind__in=kinds, params__challenge__in=list(by_id))
    found: dict[int, Heard] = {pk: {event: set() for event in FIRST} for pk in by_id.values()}
    for kind, public_id, user in rows.values_list("kind", "params__challenge", "recipient"):
        found[by_id[public_id]][kinds[kind]].add(user)
    return found


def _finds(search: SavedSearch, news: News, found: set[str], heard: Heard) -> bool:
    """Say whether a search finds the challenge of some news.

    Who heard of it because of its state hears of the rest, whatever its state is by then.
    """
    if search.query in found:
        return True
    knows = any(search.user_id in people for people in heard.values())
    return news.event not in FIRST and knows and stateless(search.query) in found


def _is_of(follow: Follow, news: News) -> bool:
    challenge = news.challenge
    return (
        follow.challenge_id == challenge.pk
        or (follow.policy_area_id is not None and follow.policy_area_id == challenge.policy_area_id)
        or follow.department_id == challenge.department_id
        or (follow.planned is not None and follow.planned.challenge_id == challenge.pk)
    )


def _wants(alert: Alert, news: News, heard: Heard) -> bool:
    """Say whether an alert that concerns the challenge asks for this event.

    Who follows the challenge hears of everything but its publication, which was before; who waits for a planned one,
    of that only. The others hear of the publication, and of changes if they chose so. A search for open calls that
    didn't find it when it was published finds it when it opens.
    """
    challenge, event = news.challenge, NewsEvent(news.event)
    if alert.since > news.at:
        return False
    if isinstance(alert, Follow) and alert.planned_id:
        return event == NewsEvent.PUBLISHED
    if isinstance(alert, Follow) and alert.challenge_id:
        if event == NewsEvent.OPENED:
            return challenge.opens_at > challenge.publish_at
        return event != NewsEvent.PUBLISHED
    if event == NewsEvent.PUBLISHED:
        return True
    if event == NewsEvent.OPENED:
        told = heard[NewsEvent.PUBLISHED]
        return isinstance(alert, SavedSearch) and has_state(alert.query) and alert.user_id not in told
    if event in CHANGES:
        return alert.with_changes
    knows = any(alert.user_id in people for people in heard.values())
    return event in ENDINGS and alert.with_changes and knows
