"""The retention schedule at work: it lists what is to be destroyed, waits, and destroys what is still due."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from govtech.accounts import policies, rights
from govtech.accounts.events import recorded
from govtech.accounts.models import RetentionEntry, User
from govtech.errors import DomainError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outlook:
    """What one rule would do: things due now that were announced, things on the list, and traces to sweep."""

    rule: rights.Rule
    ready: int
    listed: int
    held: int
    swept: int
    next_at: datetime | None


@dataclass
class Done:
    """What a run did with one rule."""

    rule: rights.Rule
    carried_out: int = 0
    swept: int = 0
    failed: int = 0


def outlook(*, at: datetime) -> list[Outlook]:
    """Return what is on the list and what a run now would do, rule by rule, without doing it."""
    waiting: dict[str, list[RetentionEntry]] = {}
    for entry in RetentionEntry.objects.waiting().order_by("pk").iterator():
        waiting.setdefault(entry.rule, []).append(entry)
    return [_outlook(rule, waiting.get(rule.key, []), at) for rule in rights.schedule]


def _outlook(rule: rights.Rule, waiting: list[RetentionEntry], at: datetime) -> Outlook:
    free = [max(entry.due_at, entry.listed_at + rule.announced) for entry in waiting if entry.held_at is None]
    return Outlook(
        rule=rule,
        ready=sum(instant <= at for instant in free),
        listed=len(free),
        held=len(waiting) - len(free),
        swept=rule.count(at) if rule.count else 0,
        next_at=min(free, default=None),
    )


def new_entries(*, at: datetime) -> Iterator[tuple[rights.Rule, rights.Due]]:
    """Yield what isn't on the list yet and will be due within the time of its announcement."""
    for rule in rights.schedule:
        if rule.find is None:
            continue
        known = set(RetentionEntry.objects.waiting().filter(rule=rule.key).values_list("target", flat=True))
        for item in rule.find(at + rule.announced):
            if item.target not in known:
                yield rule, item


def list_due(*, at: datetime) -> int:
    """Put on the list what will be due, and announce it; take off what isn't due any more. Safe to repeat."""
    for rule in rights.schedule:
        if rule.find is not None:
            due = {item.target for item in rule.find(at + rule.announced)}
            stale = RetentionEntry.objects.waiting().filter(rule=rule.key, held_at=None).exclude(target__in=due)
            stale.delete()
    number = 0
    for rule, item in new_entries(at=at):
        with transaction.atomic():
            _entry, made = RetentionEntry.objects.get_or_create(
                rule=rule.key,
                target=item.target,
                done_at=None,
                defaults={"words": item.words[:200], "due_at": item.due_at, "listed_at": at},
            )
            if made and rule.announce:
                rule.announce(item.target, at)
        number += made
    return number


def run(*, at: datetime) -> list[Done]:
    """Destroy what is due, was on the list long enough and isn't held; sweep traces. One thing, one transaction.

    What fails is logged, stays on the list and is tried again the next day. Safe to repeat.
    """
    done = []
    for rule in rights.schedule:
        result = Done(rule)
        if rule.find is not None and rule.carry_out is not None:
            due = {item.target for item in rule.find(at)}
            ready = RetentionEntry.objects.waiting().filter(
                rule=rule.key, held_at=None, listed_at__lte=at - rule.announced, target__in=due
            )
            for key in list(ready.order_by("due_at", "pk").values_list("pk", flat=True)):
                _carry_out(rule, key, result, at=at)
        if rule.sweep is not None:
            try:
                with transaction.atomic():
                    result.swept = rule.sweep(at)
            except Exception:
                result.failed += 1
                logger.exception("The retention rule %s failed.", rule.key)
        done.append(result)
    return done


def _carry_out(rule: rights.Rule, key: int, result: Done, *, at: datetime) -> None:
    assert rule.carry_out is not None  # noqa: S101 - the caller looked
    try:
        with transaction.atomic():
            entry = RetentionEntry.objects.select_for_update().get(pk=key)
            if entry.done_at or entry.held_at or not _is_due(rule, entry.target, at):
                return
            entry.outcome = rule.carry_out(entry.target, at)[:200]
            entry.done_at = at
            entry.save(update_fields=["done_at", "outcome"])
            recorded.send(
                sender=RetentionEntry, kind="retention.carried_out", target=entry, by=None, at=at, new=rule.key
            )
            result.carried_out += 1
    except Exception:
        result.failed += 1
        logger.exception("The retention rule %s failed for entry %s.", rule.key, key)


def _is_due(rule: rights.Rule, target: str, at: datetime) -> bool:
    """Ask once more, with the thing locked: who signed in while the run was at others keeps the account."""
    assert rule.find is not None  # noqa: S101 - the caller looked
    if rule.lock is not None:
        rule.lock(target)
    return any(item.target == target for item in rule.find(at, target))


@transaction.atomic
def hold(entry: RetentionEntry, *, reason: str, by: User, at: datetime) -> RetentionEntry:
    """Keep one thing beyond its time, with a reason: an appeal, an inspection, a request of a court."""
    entry = RetentionEntry.objects.select_for_update().get(pk=entry.pk)
    policies.check_can_hold(by=by)
    if entry.done_at:
        raise DomainError(_("It is destroyed already."))
    if entry.held_at:
        raise DomainError(_("It is held already."))
    if not reason.strip():
        raise DomainError(_("Say in a sentence why it must stay."), field="reason")
    entry.held_at, entry.held_by, entry.held_reason = at, by, " ".join(reason.split())[:300]
    entry.save(update_fields=["held_at", "held_by", "held_reason"])
    recorded.send(
        sender=RetentionEntry,
        kind="retention.held",
        target=entry,
        by=by,
        at=at,
        new=entry.rule,
        reason=entry.held_reason,
    )
    return entry


@transaction.atomic
def release(entry: RetentionEntry, *, by: User, at: datetime) -> RetentionEntry:
    """Let the schedule go on with it: after the time of its announcement, from now."""
    entry = RetentionEntry.objects.select_for_update().get(pk=entry.pk)
    policies.check_can_hold(by=by)
    if not entry.held_at:
        return entry
    entry.held_at, entry.held_by, entry.held_reason, entry.listed_at = None, None, "", at
    entry.save(update_fields=["held_at", "held_by", "held_reason", "listed_at"])
    _record("released", entry, by=by, at=at)
    return entry


def _record(what: str, entry: RetentionEntry, *, by: User | None, at: datetime, reason: str = "") -> None:
    recorded.send(
        sender=RetentionEntry, kind=f"retention.{what}", target=entry, by=by, at=at, new=entry.rule, reason=reason
    )
