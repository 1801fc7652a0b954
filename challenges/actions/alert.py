"""Alerts: saving a search, how often each writes, stopping and going on."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from challenges.calculations.due import due_at
from challenges.models import Alert, Challenge, Follow, Frequency, News, NewsEvent, SavedSearch
from challenges.notifications.news import tell_news
from challenges.policies import alert as policies
from govtech.accounts.models import User
from govtech.errors import DomainError
from govtech.notifications import digests, sources

SORTS: dict[str, type[Alert]] = {model.SORT: model for model in (Follow, SavedSearch)}
REASONS: dict[type[Alert], tuple[str, ...]] = {
    Follow: ("user", "challenge", "planned", "policy_area", "department"),
    SavedSearch: ("user",),
}  # what is read with an alert to say why it tells
LONGEST = SavedSearch._meta.get_field("query").max_length  # noqa: SLF001 - Django's way
MOST_MINUTES = 24 * 60  # between two tries to tell some news


@transaction.atomic
def save_search(
    *,
    name: str,
    query: str,
    frequency: str,
    with_changes: bool,
    by: User,
    at: datetime,
    found: Iterable[Challenge] = (),
) -> SavedSearch:
    """Keep a search as an alert; what is published from now on is told. `query` as `filters.saved` writes it.

    `found`: challenges that match already and are to be told as well. Raises DomainError where the person has as many
    as one may have, has the same one, or gives no name.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once are counted one after the other
    policies.check_can_save_another(by=by, at=at)
    search = SavedSearch(user=by, query=query, since=at)
    _fill(search, name=name, query=query, frequency=frequency, with_changes=with_changes)
    tell_now([search], found, at=at)
    return search


def tell_now(alerts: Iterable[Alert], challenges: Iterable[Challenge], *, at: datetime) -> None:
    """Tell the owners of alerts of challenges that are public already. Their mail counts from now."""
    alerts, challenges = list(alerts), list(challenges)
    if alerts and challenges:
        news = [News(challenge=challenge, event=NewsEvent.PUBLISHED, happened_at=at) for challenge in challenges]
        tell_news([(row, alerts) for row in news], at=at, found_at=at)
        _note_found(alerts, challenges[0], at)


def _fill(search: SavedSearch, *, name: str, query: str, frequency: str, with_changes: bool) -> None:
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Give the alert a name, so that you know it among others."), field="name")
    if len(query) > LONGEST:
        raise DomainError(_("This search is too long for an alert. Search for fewer words, or choose fewer filters."))
    search.name, search.query, search.with_changes = name, query, with_changes
    search.frequency, search.silenced_at, search.mail_before = Frequency(frequency), None, ""
    try:
        with transaction.atomic():
            search.save()
    except IntegrityError:
        raise DomainError(_("You have this search already as an alert.")) from None


@transaction.atomic
def change_search(
    search: SavedSearch, *, name: str, query: str, frequency: str, with_changes: bool, by: User, at: datetime
) -> SavedSearch:
    """Change an alert. Mail that still waits for it moves to the new time."""
    search = SavedSearch.objects.select_for_update(no_key=True).get(pk=search.pk)
    policies.check_can_change(search, by=by, at=at)
    _fill(search, name=name, query=query, frequency=frequency, with_changes=with_changes)
    _move_mail(search)
    return search


@transaction.atomic
def set_frequency(alert: Alert, *, frequency: str, by: User, at: datetime) -> Alert:
    """Choose how often an alert writes. Mail that still waits for it moves to the new time."""
    alert = type(alert).objects.select_for_update(no_key=True).get(pk=alert.pk)
    policies.check_can_change(alert, by=by, at=at)
    alert.frequency, alert.silenced_at, alert.mail_before = Frequency(frequency), None, ""
    alert.save(update_fields=["frequency", "silenced_at", "mail_before"])
    _move_mail(alert)
    return alert


@transaction.atomic
def remove(alert: Alert, *, by: User, at: datetime) -> None:
    """Take an alert away. What it found stays in the inbox; its mail that still waits isn't sent."""
    policies.check_can_change(alert, by=by, at=at)
    if not type(alert).objects.select_for_update().filter(pk=alert.pk):
        return  # gone already
    digests.reschedule(alert.user, alert.key, lambda _told_at: None)
    alert.delete()


def _when(alert: Alert, told_at: datetime) -> datetime | None:
    return due_at(alert.frequency, told_at, zone=ZoneInfo(settings.TIME_ZONE))


def _move_mail(alert: Alert) -> None:
    digests.reschedule(alert.user, alert.key, lambda told_at: _when(alert, told_at))


def _note_found(alerts: Iterable[Alert], challenge: Challenge, at: datetime) -> None:
    for model in SORTS.values():
        keys = [alert.pk for alert in alerts if isinstance(alert, model)]
        if keys:
            model.objects.filter(pk__in=keys).update(last_challenge=challenge, last_found_at=at)


@transaction.atomic
def tell_of(news: News, alerts: Iterable[Alert], *, at: datetime) -> int:
    """Tell the owners of the alerts that `news` was found by, and note that it was looked for. Return how many.

    The alerts are read again, locked: who stopped one meanwhile gets no mail.
    """
    alerts = _locked(alerts)
    told = tell_news([(news, alerts)], at=at) if alerts else 0
    _note_found(alerts, news.challenge, at)
    News.objects.filter(pk=news.pk).update(matched_at=at)
    return told


def _locked(alerts: Iterable[Alert]) -> list[Alert]:
    """Return alerts as they are now, their rows locked in the order in which `silence_all` locks them."""
    keys: dict[type[Alert], list[int]] = {}
    for alert in alerts:
        keys.setdefault(type(alert), []).append(alert.pk)
    return [
        row
        for model in SORTS.values()
        if model in keys
        for row in model.objects.select_for_update(of=("self",), no_key=True)
        .select_related(*REASONS[model])
        .filter(pk__in=keys[model])
        .order_by("pk")
    ]


@transaction.atomic
def pass_over(news: Iterable[News], *, at: datetime) -> None:
    """Mark news that came to nothing before anybody was told."""
    keys = [row.pk for row in news]
    if keys:
        News.objects.filter(pk__in=keys).update(matched_at=at)


@transaction.atomic
def put_off(news: News, *, at: datetime) -> None:
    """Try to tell some news again later: after 2, 4, 8… minutes, then once a day. It is never given up."""
    failures = news.failures + 1
    retry_at = at + timedelta(minutes=min(2 ** min(failures, 20), MOST_MINUTES))
    News.objects.filter(pk=news.pk, matched_at=None).update(failures=failures, retry_at=retry_at)


# From the mail: a signed link stands for the person ----------------------------------------------------


@transaction.atomic
def silence(model: type[Alert], public_id: str, at: datetime) -> bool:
    """Stop the mail of one alert. Again is the same as once; False where it is gone."""
    alert = model.objects.select_for_update(no_key=True).filter(public_id=public_id).first()
    if alert is not None:
        _silence(alert, at)
    return alert is not None


@transaction.atomic
def silence_all(model: type[Alert], user: User, at: datetime) -> None:
    """Stop the mail of all of a person's alerts of one sort."""
    for alert in model.objects.select_for_update(no_key=True).filter(user=user).order_by("pk"):
        _silence(alert, at)


def _silence(alert: Alert, at: datetime) -> None:
    if alert.frequency == Frequency.INBOX:
        return
    alert.mail_before, alert.frequency, alert.silenced_at = alert.frequency, Frequency.INBOX, at
    alert.save(update_fields=["mail_before", "frequency", "silenced_at"])
    _move_mail(alert)


@transaction.atomic
def restore(model: type[Alert], public_id: str) -> bool:
    """Let the mail of one alert come again as before. False where the alert is gone."""
    alert = model.objects.select_for_update(no_key=True).filter(public_id=public_id).first()
    if alert is not None:
        _restore(alert)
    return alert is not None


@transaction.atomic
def restore_all(model: type[Alert], user: User, since: datetime) -> None:
    """Undo what `silence_all` did at the instant `since`."""
    for alert in model.objects.select_for_update(no_key=True).filter(user=user, silenced_at=since).order_by("pk"):
        _restore(alert)


def _restore(alert: Alert) -> None:
    if alert.silenced_at is None:
        return
    since, alert.silenced_at = alert.silenced_at, None
    alert.frequency, alert.mail_before = Frequency(alert.mail_before), ""
    alert.save(update_fields=["mail_before", "frequency", "silenced_at"])
    digests.revive(alert.user, alert.key, lambda told_at: _when(alert, told_at), since=since)


def mailing(model: type[Alert], public_ids: Iterable[str]) -> set[str]:
    """Return which alerts, of those named, still exist and write by mail."""
    rows = model.objects.filter(public_id__in=list(public_ids)).exclude(frequency=Frequency.INBOX)
    return set(rows.values_list("public_id", flat=True))


def register_sources() -> None:
    """Let mail that an alert causes be stopped by its link."""
    for name, model in SORTS.items():
        sources.register(
            name,
            sources.Sort(
                silence=partial(silence, model),
                restore=partial(restore, model),
                silence_all=partial(silence_all, model),
                restore_all=partial(restore_all, model),
                mailing=partial(mailing, model),
            ),
        )
