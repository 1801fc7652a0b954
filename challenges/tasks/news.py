"""Finding who asked to hear of what happened. Called by the worker before it gathers mail."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from challenges.actions import alert as actions
from challenges.filters.saved import Searches, has_state
from challenges.models import Alert, Follow, News, NewsEvent, SavedSearch
from govtech.notifications.models import Notice

LOT = 100
CHANGES = {NewsEvent.CORRECTED, NewsEvent.EXTENDED}
ENDINGS = {NewsEvent.CANCELLED, NewsEvent.ENDED}


def match_news(*, at: datetime) -> None:
    """Tell everybody who asked to hear of what has happened and is public by now. In the caller's transaction.

    What was told is marked, so that it doesn't matter when this runs, how late, how often, or whether it is killed. One
    process at a time runs it (`digests.gather`); two would tell nobody twice, since a notice is written once.
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
    challenges = {news.challenge for news in lot}
    follows = list(
        Follow.objects.filter(
            Q(challenge__in=challenges)
            | Q(policy_area__in={each.policy_area_id for each in challenges})
            | Q(department__in={each.department_id for each in challenges})
            | Q(planned__challenge__in=challenges),
            user__is_active=True,
        )
        .select_related("user", "challenge", "planned", "policy_area", "department")
        .order_by("pk")
    )
    saved = list(SavedSearch.objects.filter(user__is_active=True).select_related("user").order_by("pk"))
    finds = searches.holding((search.query for search in saved), challenges) if saved else {}
    told = _told_of(challenges)
    for news in lot:
        found = {search.pk for search in saved if search.query in finds[news.challenge_id]}
        own = [follow for follow in follows if _is_of(follow, news)]
        alerts: list[Alert] = [*(search for search in saved if search.pk in found), *own]
        wanted = [alert for alert in alerts if _wants(alert, news, told.get(news.challenge_id, set()))]
        actions.tell_of(news, wanted, at=at)
        if news.event == NewsEvent.PUBLISHED:
            told.setdefault(news.challenge_id, set()).update(alert.user_id for alert in wanted)


def _told_of(challenges: Iterable[object]) -> dict[int, set[int]]:
    """Return who has heard of the publication of each."""
    by_id = {each.public_id: each.pk for each in challenges}  # type: ignore[attr-defined]
    rows = Notice.objects.filter(kind="challenge.published", params__challenge__in=list(by_id))
    found: dict[int, set[int]] = {}
    for public_id, user in rows.values_list("params__challenge", "recipient"):
        found.setdefault(by_id[public_id], set()).add(user)
    return found


def _is_of(follow: Follow, news: News) -> bool:
    challenge = news.challenge
    return (
        follow.challenge_id == challenge.pk
        or (follow.policy_area_id is not None and follow.policy_area_id == challenge.policy_area_id)
        or follow.department_id == challenge.department_id
        or (follow.planned is not None and follow.planned.challenge_id == challenge.pk)
    )


def _wants(alert: Alert, news: News, told: set[int]) -> bool:
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
        return isinstance(alert, SavedSearch) and has_state(alert.query) and alert.user_id not in told
    if event in CHANGES:
        return alert.with_changes
    return event in ENDINGS and alert.with_changes and alert.user_id in told
