"""From the approval on: publication, corrections, more time, and how it ends. Called from the apps above, too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges import events
from challenges.actions.challenge import locked
from challenges.models import Challenge, Correction, CorrectionKind, ReferenceCounter, Status
from challenges.notifications import challenge as notifications
from challenges.policies import calendar, preflight
from challenges.policies import challenge as policies
from govtech.accounts.models import User
from govtech.audit import actions as audit
from govtech.audit import decisions
from govtech.audit.models import DecisionKind
from govtech.clock import local_date
from govtech.errors import DomainError
from govtech.shell import words

PREFIX = "RETO"
SLUG_LENGTH = 80


@transaction.atomic
def approve(challenge: Challenge, *, publish_at: datetime | None, by: User, at: datetime) -> Challenge:
    """Put it to the market at `publish_at` (None or a past instant: now), with a permanent reference and address.

    A call whose opening day has gone by opens when it is published. Raises PermissionDenied, TransitionError, and
    DomainError naming what is missing or why the calendar no longer fits.
    """
    challenge = locked(challenge)
    policies.check_can_approve(challenge, by=by, at=at)
    publish_at = max(publish_at or at, at)
    if challenge.opens_at is not None and challenge.opens_at < publish_at:
        challenge.opens_at = publish_at
    preflight.check_complete(challenge, at=at)
    challenge.reference = ReferenceCounter.next(PREFIX, local_date(at).year)
    challenge.slug = _free_slug(challenge)
    old, challenge.status = challenge.status, Status.PUBLISHED
    challenge.publish_at, challenge.approved_at = publish_at, at
    challenge.save(update_fields=["reference", "slug", "status", "publish_at", "opens_at", "approved_at"])
    audit.record("challenge.approved", target=challenge, by=by, at=at, old=old, new=challenge.status)
    notifications.approved(challenge, at=at)
    events.challenge_published.send(Challenge, challenge=challenge, by=by, at=at, reason="")
    return challenge


def _free_slug(challenge: Challenge) -> str:
    """Return an address made of the title; with the reference's number where another challenge has it."""
    slug = slugify(challenge.title)[:SLUG_LENGTH].strip("-")
    reference = slugify(challenge.reference)
    if not slug:
        return reference
    if Challenge.objects.filter(slug=slug).exists():
        return f"{slug}-{reference.removeprefix('reto-')}"
    return slug


def publish_notice(challenge: Challenge, *, kind: str, reason: str, by: User, at: datetime, **texts: Any) -> Correction:
    """Publish a numbered notice; the challenge's row is locked, so numbers don't collide."""
    last = challenge.corrections.aggregate(last=Max("number"))["last"] or 0
    return Correction.objects.create(
        challenge=challenge, number=last + 1, kind=kind, reason=reason, published_at=at, published_by=by, **texts
    )


def checked_reason(reason: str) -> str:
    """Return the reason without blanks around; DomainError where there is none."""
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Give the reason: it is published."), field="reason")
    return reason


@transaction.atomic
def correct(challenge: Challenge, *, field: str, new_text: str, reason: str, by: User, at: datetime) -> Correction:
    """Change a text of a published call; the old one stays readable beside the new. Tells everybody concerned."""
    challenge = locked(challenge)
    policies.check_can_correct(challenge, by=by, at=at)
    reason, new_text = checked_reason(reason), new_text.strip()
    if field not in policies.CORRECTABLE:
        raise DomainError(
            _("That isn't one of the texts. Criteria, amounts and documents have their own corrections."), field="field"
        )
    column: Any = Challenge._meta.get_field(field)  # noqa: SLF001 - Django's documented interface
    old_text = getattr(challenge, field)
    if not new_text:
        raise DomainError(_("Write the new text."), field="new_text")
    if column.max_length and len(new_text) > column.max_length:
        raise DomainError(
            _("The text has %(length)s characters and the most is %(most)s. Shorten it.")
            % {"length": words.number(len(new_text)), "most": words.number(column.max_length)},
            field="new_text",
        )
    if new_text == old_text:
        raise DomainError(_("That is what it says already."), field="new_text")
    try:
        column.run_validators(new_text)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field="new_text") from error
    setattr(challenge, field, new_text)
    challenge.save(update_fields=[field])
    correction = publish_notice(
        challenge,
        kind=CorrectionKind.TEXT,
        field=field,
        old_text=old_text,
        new_text=new_text,
        reason=reason,
        by=by,
        at=at,
    )
    audit.record("challenge.corrected", target=challenge, by=by, at=at, fields=[field], reason=reason)
    notifications.corrected(challenge, number=correction.number, what=column.verbose_name, reason=reason, at=at)
    return correction


@transaction.atomic
def extend(
    challenge: Challenge,
    *,
    closes_at: datetime,
    reason: str,
    by: User,
    at: datetime,
    questions_close_at: datetime | None = None,
    moves_later: bool = False,
) -> Challenge:
    """Give more time: only later, never on a day without office work. Nothing else moves unless it is asked for.

    `questions_close_at` may move later too while questions are still open; the term of the answers moves with it where
    it must. With `moves_later` the evaluation, the award and the start of the pilot move as many working days as the
    closing does. What an outage touched is extended by `actions.incident`, also after the closing.
    """
    challenge = locked(challenge)
    policies.check_can_extend(challenge, by=by, at=at)
    reason = checked_reason(reason)
    _check_later(challenge, closes_at, at=at)
    terms = {"closes_at": closes_at}
    if questions_close_at is not None and questions_close_at != challenge.questions_close_at:
        _check_questions(challenge, questions_close_at, at=at)
        terms["questions_close_at"] = questions_close_at
        answers_due_at = calendar.answers_due(challenge, questions_close_at, closes_at=closes_at, at=at)
        if answers_due_at != challenge.answers_due_at and answers_due_at is not None:
            terms["answers_due_at"] = answers_due_at
    move_terms(challenge, terms, kind=CorrectionKind.DEADLINE, reason=reason, by=by, at=at, moves_later=moves_later)
    return challenge


def move_terms(
    challenge: Challenge,
    terms: Mapping[str, datetime],
    *,
    kind: str,
    reason: str,
    by: User,
    at: datetime,
    moves_later: bool,
) -> Correction:
    """Move the closing of a locked call, or other terms of it, with one public notice for each and one mail a person.

    The caller has checked that `terms`, one at least, only move later. Where the closing moves, a prepared opening is
    sent back.
    """
    old_close: datetime = challenge.closes_at  # type: ignore[assignment] # a published call has it
    new_close = terms.get("closes_at", old_close)
    others: dict[str, Any] = {name: when for name, when in terms.items() if name != "closes_at"}
    if moves_later and new_close > old_close:
        others |= calendar.later_dates(challenge, new_close)
    before = calendar.in_words(challenge, others)
    for name, when in {**terms, **others}.items():
        setattr(challenge, name, when)
    fields = sorted({*terms, *others})
    challenge.save(update_fields=fields)
    texts = {"closes_at": (old_close.isoformat(), new_close.isoformat())} if new_close > old_close else {}
    if others:
        texts["calendar"] = (before, calendar.in_words(challenge, others))
    made = [
        publish_notice(challenge, field=field, old_text=old, new_text=new, kind=kind, reason=reason, by=by, at=at)
        for field, (old, new) in texts.items()
    ]
    audit.record("challenge.deadline_extended", target=challenge, by=by, at=at, fields=fields, reason=reason)
    if "closes_at" in texts:
        _closes_later(challenge, number=made[0].number, reason=reason, by=by, at=at)
    else:
        what = gettext_lazy("terms of questions and answers")
        notifications.corrected(challenge, number=made[0].number, what=what, reason=reason, at=at)
    return made[0]


def _closes_later(challenge: Challenge, *, number: int, reason: str, by: User, at: datetime) -> None:
    opening = decisions.open_for(DecisionKind.OPENING, challenge)
    if opening is not None:  # prepared for a deadline that no longer stands
        decisions.send_back(opening, by=by, at=at, comment=reason)
    notifications.extended(challenge, number=number, reason=reason, at=at)
    events.deadline_extended.send(Challenge, challenge=challenge, by=by, at=at, reason=reason)


def _check_later(challenge: Challenge, closes_at: datetime, *, at: datetime) -> None:
    if closes_at <= challenge.closes_at or closes_at <= at:  # type: ignore[operator]
        raise DomainError(
            _("The deadline only moves later. It is now %(when)s.")
            % {"when": words.formatted(challenge.closes_at, "when")},
            field="closes_at",
        )
    problem = calendar.working_day_problem(closes_at, calendar.holiday_names())
    if problem:
        raise DomainError(problem, field="closes_at")


def _check_questions(challenge: Challenge, questions_close_at: datetime, *, at: datetime) -> None:
    current = challenge.questions_close_at
    if current is not None and current <= at:
        raise DomainError(_("Questions have ended already."), field="questions_close_at")
    if current is not None and questions_close_at < current:
        raise DomainError(_("The end of the questions only moves later."), field="questions_close_at")
    problem = calendar.working_day_problem(questions_close_at, calendar.holiday_names())
    if problem:
        raise DomainError(problem, field="questions_close_at")


def _end(challenge: Challenge, *, status: Status, reason: str, by: User, at: datetime) -> str:
    """Write the end with its reason and publish the notice of it; return the status before."""
    old, challenge.status = challenge.status, status
    challenge.ended_at, challenge.ended_reason = at, reason
    challenge.save(update_fields=["status", "ended_at", "ended_reason"])
    publish_notice(challenge, kind=CorrectionKind.END, reason=reason, new_text=status.value, by=by, at=at)
    return old


@transaction.atomic
def cancel(challenge: Challenge, *, reason: str, by: User, at: datetime) -> Challenge:
    """Cancel a published call before it closes. The caller releases its money in the same transaction."""
    challenge = locked(challenge)
    policies.check_can_cancel(challenge, by=by, at=at)
    reason = checked_reason(reason)
    old = _end(challenge, status=Status.CANCELLED, reason=reason, by=by, at=at)
    audit.record("challenge.cancelled", target=challenge, by=by, at=at, old=old, new=challenge.status, reason=reason)
    notifications.cancelled(challenge, reason=reason, at=at)
    events.challenge_cancelled.send(Challenge, challenge=challenge, by=by, at=at, reason=reason)
    return challenge


@transaction.atomic
def start_evaluation(challenge: Challenge, *, proposal_count: int, by: User, at: datetime) -> Challenge:
    """The proposals are opened: from here the count is public."""
    challenge = locked(challenge)
    policies.check_can_start_evaluation(challenge, by=by, at=at)
    old, challenge.status, challenge.proposal_count = challenge.status, Status.EVALUATING, proposal_count
    challenge.save(update_fields=["status", "proposal_count"])
    audit.record("challenge.evaluating", target=challenge, by=by, at=at, old=old, new=challenge.status)
    return challenge


@transaction.atomic
def end(challenge: Challenge, *, status: Status, reason: str, by: User, at: datetime) -> Challenge:
    """End without an award: void, waived in the public interest, or desisted (LCSP arts. 150.3 and 152)."""
    challenge = locked(challenge)
    status = Status(status)
    policies.check_can_end(challenge, status=status, by=by, at=at)
    reason = checked_reason(reason)
    old = _end(challenge, status=status, reason=reason, by=by, at=at)
    audit.record("challenge.ended", target=challenge, by=by, at=at, old=old, new=challenge.status, reason=reason)
    notifications.ended(challenge, state=status.label, reason=reason, at=at)
    return challenge


def _move(challenge: Challenge, status: Status, *, by: User, at: datetime, ends: bool = False) -> Challenge:
    old, challenge.status = challenge.status, status
    fields = ["status"]
    if ends:
        challenge.ended_at = at
        fields.append("ended_at")
    challenge.save(update_fields=fields)
    audit.record(f"challenge.{status.value}", target=challenge, by=by, at=at, old=old, new=status)
    return challenge


@transaction.atomic
def mark_awarded(challenge: Challenge, *, by: User, at: datetime) -> Challenge:
    """The award is approved."""
    challenge = locked(challenge)
    policies.check_can_award(challenge, by=by, at=at)
    return _move(challenge, Status.AWARDED, by=by, at=at)


@transaction.atomic
def mark_piloting(challenge: Challenge, *, by: User, at: datetime) -> Challenge:
    """The first pilot runs."""
    challenge = locked(challenge)
    policies.check_can_mark_piloting(challenge, by=by, at=at)
    return _move(challenge, Status.PILOTING, by=by, at=at)


@transaction.atomic
def mark_finished(challenge: Challenge, *, by: User, at: datetime) -> Challenge:
    """The last pilot has its decision."""
    challenge = locked(challenge)
    policies.check_can_mark_finished(challenge, by=by, at=at)
    return _move(challenge, Status.FINISHED, by=by, at=at, ends=True)
