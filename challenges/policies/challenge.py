"""Who may do what with a challenge, and when."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from challenges.models.challenge import EDITABLE, TRANSITIONS, Challenge, Status
from govtech.accounts import roles
from govtech.audit import decisions
from govtech.audit.models import DecisionKind
from govtech.errors import DomainError, TransitionError
from govtech.policies import check_move
from govtech.reference.models import Department

# Every public text of a call. Criteria, amounts and documents have corrections of their own.
CORRECTABLE = (
    "title", "summary", "problem", "affected", "tried", "outcome", "baseline", "target", "place", "systems",
    "data_available", "legal_limits", "contribution", "adoption", "ip_clause", "data_clause", "subcontracting_clause",
    "case_file", "buyer_profile_url",
    "title_en", "summary_en", "problem_en", "affected_en", "tried_en", "outcome_en", "baseline_en", "target_en",
    "place_en", "systems_en", "data_available_en", "legal_limits_en", "contribution_en", "adoption_en",
)  # fmt: skip


def check_writes_for(department: Department | int, *, by: Any) -> None:
    """Only a delegate of the department with an appointment in force writes its challenges."""
    if not roles.is_delegate(by, department):
        raise PermissionDenied(_("Only a digital delegate of the department writes its challenges."))


def check_is_officer(*, by: Any) -> None:
    """Only the Office."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Digital Office does this."))


def check_is_director(*, by: Any) -> None:
    """Only who approves for the Office today."""
    if not roles.is_director(by):
        raise PermissionDenied(_("Only the director of the Digital Office, or today's substitute, does this."))


def check_can_create(department: Department, *, by: Any, at: datetime) -> None:
    """A delegate writes for the departments of their appointments."""
    check_writes_for(department, by=by)


def check_can_edit(challenge: Challenge, *, by: Any, at: datetime, takes_back: bool = False) -> None:
    """Delegates of the department write while it is a draft or was returned; under review only knowingly.

    `takes_back`: they were told that saving takes it back from the review.
    """
    check_writes_for(challenge.department_id, by=by)
    if challenge.status == Status.SUBMITTED:
        check_can_take_back(challenge, by=by, at=at)
        if not takes_back:
            raise TransitionError(
                _("It is under review by now. Open this part again: it says what happens if you change it.")
            )
    elif challenge.status not in EDITABLE:
        raise TransitionError(
            _("It is %(status)s and can't be changed here. If something is wrong, write to the Digital Office.")
            % {"status": Status(challenge.status).label}
        )


def check_can_take_back(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """Delegates take back what is under review, until its publication is put before the director."""
    check_writes_for(challenge.department_id, by=by)
    check_move(TRANSITIONS, challenge.status, Status.DRAFT)
    if decisions.open_for(DecisionKind.PUBLICATION, challenge) is not None:
        raise TransitionError(
            _(
                "Its credit is reserved and its publication waits for the director, so it can't be changed here. "
                "Ask the Digital Office to return it to you."
            )
        )


def check_can_discard(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """Delegates throw a draft away only before it was ever sent."""
    check_writes_for(challenge.department_id, by=by)
    if challenge.status != Status.DRAFT or challenge.submitted_at is not None:
        raise TransitionError(_("Only a draft that was never sent can be deleted."))


def check_can_submit(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """A delegate of the department sends it to the Office."""
    check_writes_for(challenge.department_id, by=by)
    check_move(TRANSITIONS, challenge.status, Status.SUBMITTED)


def check_can_send_back(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The Office returns what is under review and doesn't wait for the director."""
    check_is_officer(by=by)
    check_move(TRANSITIONS, challenge.status, Status.RETURNED)
    _check_nothing_waits(challenge)


def check_can_reject(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The Office rejects what is under review and doesn't wait for the director."""
    check_is_officer(by=by)
    check_move(TRANSITIONS, challenge.status, Status.REJECTED)
    _check_nothing_waits(challenge)


def check_can_enter_review(challenge: Challenge, *, by: Any) -> None:
    """Officers and directors read how a challenge is reviewed."""
    check_can_see_queue(by=by)


def check_can_see_queue(*, by: Any) -> None:
    """Officers and directors see what waits for the Office."""
    if not (roles.is_officer(by) or roles.is_director(by)):
        raise PermissionDenied(_("Only the Digital Office reviews challenges."))


def check_can_review(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The Office writes its terms and comments while a challenge is under review."""
    check_is_officer(by=by)
    if challenge.status != Status.SUBMITTED:
        raise TransitionError(_("This is only possible while the challenge is under review."))


def check_can_take_review(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """An officer says that they look at a challenge under review."""
    check_can_review(challenge, by=by, at=at)


def check_can_adjust_calendar(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The Office moves the days of a calendar that has slipped while it reviews, until the director has it."""
    check_can_review(challenge, by=by, at=at)
    _check_nothing_waits(challenge)


def check_can_set_terms(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The Office writes the terms until its spending is put before the director: what is signed is what was read."""
    check_can_review(challenge, by=by, at=at)
    _check_nothing_waits(challenge)


def _check_nothing_waits(challenge: Challenge) -> None:
    if decisions.open_for(DecisionKind.PUBLICATION, challenge) is not None:
        raise TransitionError(
            _("Its spending and publication wait for the director. Take that back first, so that the money is freed.")
        )


def check_can_approve(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The director approves what the Office reviewed."""
    check_is_director(by=by)
    check_move(TRANSITIONS, challenge.status, Status.PUBLISHED)


def _check_published(challenge: Challenge) -> None:
    if challenge.status != Status.PUBLISHED:
        raise TransitionError(
            _("It is %(status)s: this is only possible between its publication and the opening of the proposals.")
            % {"status": Status(challenge.status).label}
        )


def _check_before_closing(challenge: Challenge, at: datetime) -> None:
    if challenge.closes_at is not None and challenge.closes_at <= at:
        raise DomainError(_("The call has closed. What it says can't change any more."))


def check_can_correct(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The Office corrects the text of a published challenge until it closes."""
    check_is_officer(by=by)
    _check_published(challenge)
    _check_before_closing(challenge, at)


def check_can_correct_amount(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The director signs another amount of a published challenge, until it closes."""
    check_is_director(by=by)
    check_amount_may_change(challenge, at=at)


def check_amount_may_change(challenge: Challenge, *, at: datetime) -> None:
    """The amount of a published challenge changes until it closes."""
    _check_published(challenge)
    _check_before_closing(challenge, at)


def check_can_extend(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The Office moves the deadline later until it passes; afterwards only an incident does (`policies.incident`)."""
    check_is_officer(by=by)
    _check_published(challenge)
    if challenge.closes_at is not None and challenge.closes_at <= at:
        raise DomainError(
            _("The call has closed. It opens again only where an outage touched its deadline: record the incident.")
        )


def check_can_cancel(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The director cancels a published call before it closes (LCSP art. 152)."""
    check_is_director(by=by)
    check_move(TRANSITIONS, challenge.status, Status.CANCELLED)
    if challenge.closes_at is not None and challenge.closes_at <= at:
        raise DomainError(_("The call has closed. Open the proposals first; then it can end without an award."))


def check_can_start_evaluation(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """Staff opens the proposals of a call that has closed."""
    if not roles.is_staff_role(by):
        raise PermissionDenied(_("Only the Office opens proposals."))
    check_move(TRANSITIONS, challenge.status, Status.EVALUATING)
    if challenge.closes_at is None or challenge.closes_at > at:
        raise DomainError(_("The proposals stay sealed until the deadline."))


def check_can_end(challenge: Challenge, *, status: Status, by: Any, at: datetime) -> None:
    """The director ends a call without award: void, waived or desisted."""
    check_is_director(by=by)
    if status not in (Status.VOID, Status.WAIVED, Status.DESISTED):
        raise ValueError(f"{status!r} isn't an end without award.")
    check_move(TRANSITIONS, challenge.status, status)
    if challenge.closes_at is not None and challenge.closes_at > at:
        raise DomainError(_("The call is still open. It can be cancelled, or wait until it closes."))


def check_can_award(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The director's approval of the award."""
    check_is_director(by=by)
    check_move(TRANSITIONS, challenge.status, Status.AWARDED)


def _check_runs_pilots(challenge: Challenge, *, by: Any) -> None:
    if not (roles.is_staff_role(by) or roles.is_delegate(by, challenge.department_id)):
        raise PermissionDenied(_("Only the department and the Office run the pilot."))


def check_can_mark_piloting(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The department or the Office starts the pilot."""
    _check_runs_pilots(challenge, by=by)
    check_move(TRANSITIONS, challenge.status, Status.PILOTING)


def check_can_mark_finished(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The department or the Office ends the last pilot."""
    _check_runs_pilots(challenge, by=by)
    check_move(TRANSITIONS, challenge.status, Status.FINISHED)
