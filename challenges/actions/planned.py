"""Announcing challenges before they are written, and what becomes of the announcements."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions import alert
from challenges.actions.challenge import locked
from challenges.models import Challenge, Follow, PlannedChallenge, PlannedState
from challenges.notifications import planned as notifications
from challenges.policies import planned as policies
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.reference.models import Department, PolicyArea

TEXTS = ("title", "title_en", "summary", "summary_en")


@transaction.atomic
def announce(
    *,
    department: Department,
    policy_areas: Iterable[PolicyArea],
    expected_from: date,
    expected_until: date,
    kept_by: User,
    by: User,
    at: datetime,
    **texts: str,
) -> PlannedChallenge:
    """Announce a challenge: public from now on. `texts`: title and summary, and their English twins.

    Raises PermissionDenied, and DomainError where the months are over already.
    """
    policies.check_can_announce(by=by, at=at)
    _check_to_come(expected_until, at)
    planned = PlannedChallenge.objects.create(
        department=department,
        expected_from=expected_from,
        expected_until=expected_until,
        kept_by=kept_by,
        announced_at=at,
        announced_by=by,
        changed_at=at,
        **{name: texts.get(name, "") for name in TEXTS},
    )
    planned.policy_areas.set(policy_areas)
    audit.record("planned.announced", target=planned, by=by, at=at, new=planned.state)
    return planned


def _check_to_come(expected_until: date, at: datetime) -> None:
    if expected_until < local_date(at):
        raise DomainError(_("That is over already. Choose months to come."), field="expected")


def _locked(planned: PlannedChallenge) -> PlannedChallenge:
    return PlannedChallenge.objects.select_for_update(no_key=True).get(pk=planned.pk)


@transaction.atomic
def change(
    planned: PlannedChallenge,
    *,
    department: Department,
    policy_areas: Iterable[PolicyArea],
    expected_from: date,
    expected_until: date,
    kept_by: User,
    by: User,
    at: datetime,
    **texts: str,
) -> PlannedChallenge:
    """Change an announcement: what is planned may be put off. Raises as `announce`."""
    planned = _locked(planned)
    policies.check_can_change(planned, by=by, at=at)
    values = {name: texts.get(name, "") for name in TEXTS}
    values |= {"department": department, "kept_by": kept_by}  # type: ignore[dict-item]
    values |= {"expected_from": expected_from, "expected_until": expected_until}  # type: ignore[dict-item]
    changed = [name for name, value in values.items() if getattr(planned, name) != value]
    if "expected_until" in changed:
        _check_to_come(expected_until, at)
    for name in changed:
        setattr(planned, name, values[name])
    planned.changed_at = at
    planned.save(update_fields=[*changed, "changed_at"])
    planned.policy_areas.set(policy_areas)
    audit.record("planned.changed", target=planned, by=by, at=at, fields=changed)
    return planned


@transaction.atomic
def drop(planned: PlannedChallenge, *, reason: str, by: User, at: datetime) -> PlannedChallenge:
    """Say that it will not come, and why. Tells who asked to hear of it."""
    planned = _locked(planned)
    policies.check_can_drop(planned, by=by, at=at)
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Give the reason: it is published."), field="reason")
    old, planned.state = planned.state, PlannedState.DROPPED
    planned.dropped_reason, planned.changed_at = reason, at
    planned.save(update_fields=["state", "dropped_reason", "changed_at"])
    audit.record("planned.dropped", target=planned, by=by, at=at, old=old, new=planned.state, reason=reason)
    notifications.dropped(planned, at=at)
    return planned


@transaction.atomic
def link(planned: PlannedChallenge, challenge: Challenge, *, by: User, at: datetime) -> PlannedChallenge:
    """Say which file it has become. Those who asked to hear of it are told when that is published; now, where it is.

    Raises DomainError where the file is another department's, goes no further or was announced as another.
    """
    planned, challenge = _locked(planned), locked(challenge)
    policies.check_can_link(planned, challenge, by=by, at=at)
    old, planned.state = planned.state, PlannedState.LINKED
    planned.challenge, planned.changed_at = challenge, at
    planned.save(update_fields=["state", "challenge", "changed_at"])
    audit.record("planned.linked", target=planned, by=by, at=at, old=old, new=planned.state)
    if Challenge.objects.public().filter(pk=challenge.pk).exists():
        follows = Follow.objects.filter(planned=planned, user__is_active=True).select_related("user", "planned")
        alert.tell_now(follows.order_by("pk"), [challenge], at=at)
    return planned


@transaction.atomic
def unlink(planned: PlannedChallenge, *, by: User, at: datetime) -> PlannedChallenge:
    """Undo a link, while nothing is public: the file was another, or goes no further."""
    planned = _locked(planned)
    policies.check_can_unlink(planned, by=by, at=at)
    old, planned.state = planned.state, PlannedState.PLANNED
    planned.challenge, planned.changed_at = None, at
    planned.save(update_fields=["state", "challenge", "changed_at"])
    audit.record("planned.unlinked", target=planned, by=by, at=at, old=old, new=planned.state)
    return planned
