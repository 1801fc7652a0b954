"""Departments share a need; the Office merges drafts of the same one."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions import planned
from challenges.actions.challenge import locked
from challenges.models import Challenge, PlannedChallenge, Status, Support
from challenges.notifications import support as notifications
from challenges.policies import support as policies
from challenges.policies.planned import check_can_link
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.errors import DomainError
from govtech.policies import allows
from govtech.reference.models import Department


@transaction.atomic
def support(challenge: Challenge, department: Department, *, note: str, by: User, at: datetime) -> Support:
    """Say that `department` wants this too, with a note of its own need. Again changes the note."""
    challenge = locked(challenge)
    policies.check_can_support(challenge, department, by=by, at=at)
    note = note.strip()
    if not note:
        raise DomainError(_("Say in a sentence what your department needs."), field="note")
    found, is_new = Support.objects.update_or_create(
        challenge=challenge,
        department=department,
        defaults={"note": note},
        create_defaults={"note": note, "made_at": at, "made_by": by},
    )
    if is_new:
        audit.record("challenge.supported", target=challenge, by=by, at=at, new=department.code)
        notifications.supported(found, at=at)
    return found


@transaction.atomic
def withdraw(found: Support, *, by: User, at: datetime) -> None:
    """Take back that the department shares the need."""
    challenge = locked(found.challenge)
    policies.check_can_withdraw(found, by=by, at=at)
    Support.objects.filter(pk=found.pk).delete()
    audit.record("challenge.support_withdrawn", target=challenge, by=by, at=at, old=found.department.code)


@transaction.atomic
def show_idea(challenge: Challenge, *, shows: bool, by: User, at: datetime) -> Challenge:
    """Let other departments see a draft that wasn't sent, or stop it."""
    challenge = locked(challenge)
    policies.check_can_show_idea(challenge, by=by, at=at)
    challenge.shows_idea = shows
    challenge.save(update_fields=["shows_idea"])
    audit.record("challenge.idea_shown" if shows else "challenge.idea_hidden", target=challenge, by=by, at=at)
    return challenge


@transaction.atomic
def merge(challenge: Challenge, into: Challenge, *, reason: str, by: User, at: datetime) -> Challenge:
    """End a challenge as merged into another. Its texts stay; its department and those that shared it go along."""
    both = Challenge.objects.filter(pk__in=[challenge.pk, into.pk]).select_related("department").order_by("pk")
    rows = {row.pk: row for row in both.select_for_update(of=("self",), no_key=True)}  # in one order: no deadlock
    challenge, into = rows[challenge.pk], rows[into.pk]
    policies.check_can_merge(challenge, by=by, at=at)
    policies.check_takes_in(into, source=challenge, at=at)
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Give the reason: both departments read it."), field="reason")
    old, challenge.status = challenge.status, Status.MERGED
    challenge.merged_into, challenge.ended_at, challenge.ended_reason = into, at, reason
    challenge.save(update_fields=["status", "merged_into", "ended_at", "ended_reason"])
    _take_along(challenge, into, by=by, at=at)
    _announce_anew(challenge, into, by=by, at=at)
    audit.record("challenge.merged", target=challenge, by=by, at=at, old=old, new=challenge.status, reason=reason)
    audit.record("challenge.took_in", target=into, by=by, at=at, new=challenge.public_id)
    notifications.merged(challenge, into=into, reason=reason, at=at)
    return challenge


def _take_along(challenge: Challenge, into: Challenge, *, by: User, at: datetime) -> None:
    """Make the department of the merged challenge co-sponsor, and let those that shared it share the other."""
    if challenge.department_id != into.department_id:
        own = challenge.summary or challenge.title
        Support.objects.update_or_create(
            challenge=into,
            department=challenge.department,
            defaults={"came_from": challenge},
            create_defaults={"note": own, "came_from": challenge, "made_at": at, "made_by": by},
        )
    there = set(into.supports.values_list("department_id", flat=True)) | {into.department_id}
    Support.objects.bulk_create(
        Support(
            challenge=into, department_id=row.department_id, note=row.note, made_at=row.made_at, made_by=row.made_by
        )
        for row in challenge.supports.order_by("pk")
        if row.department_id not in there
    )


def _announce_anew(challenge: Challenge, into: Challenge, *, by: User, at: datetime) -> None:
    """Let the announcement of the merged challenge lead to the other, or be planned again where it can't."""
    announced = PlannedChallenge.objects.filter(challenge=challenge).first()
    if announced is None:
        return
    announced = planned.unlink(announced, by=by, at=at)
    if allows(check_can_link, announced, into, by=by, at=at):
        planned.link(announced, into, by=by, at=at)
