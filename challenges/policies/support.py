"""Who says that their department shares a need, and who merges two drafts of the same need."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from challenges.models import Challenge, Support
from challenges.models.challenge import TRANSITIONS, Status
from challenges.policies.challenge import check_is_officer, check_writes_for
from govtech.accounts import roles
from govtech.audit import decisions
from govtech.audit.models import DecisionKind
from govtech.errors import DomainError, TransitionError
from govtech.policies import check_move
from govtech.reference.models import Department

# Beyond these a need changes nothing: the call is closed, or there will be none.
SUPPORTED = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.PUBLISHED)
TARGETS = (Status.SUBMITTED, Status.RETURNED, Status.PUBLISHED)


def may_read_needs(user: Any) -> bool:
    """Say whether `user` reads about needs of other departments: delegates, officers and directors, nobody else."""
    return roles.is_delegate(user) or roles.is_officer(user) or roles.is_director(user)


def check_can_support(challenge: Challenge, department: Department, *, by: Any, at: datetime) -> None:
    """A delegate speaks for a department of theirs, about a challenge of another. They may know of it (`needs_of`)."""
    check_writes_for(department, by=by)
    if challenge.department_id == department.pk:
        raise DomainError(_("It is your own department's challenge."), field="department")
    is_over = challenge.status == Status.PUBLISHED and challenge.closes_at is not None and challenge.closes_at <= at
    if challenge.status not in SUPPORTED or is_over:
        raise TransitionError(_("This need is no longer being prepared or called. Write a challenge of your own."))


def check_can_withdraw(support: Support, *, by: Any, at: datetime) -> None:
    """A delegate of the department that shares the need takes it back; a co-sponsor stays."""
    check_writes_for(support.department_id, by=by)
    if support.came_from_id is not None:
        raise DomainError(_("Your draft was merged into this one. Write to the Digital Office to change that."))


def check_can_show_idea(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The department decides whether others see a draft that wasn't sent."""
    check_writes_for(challenge.department_id, by=by)
    if challenge.status != Status.DRAFT:
        raise TransitionError(_("Only a draft can be shown or hidden: what was sent is seen by other departments."))


def check_can_merge(challenge: Challenge, *, by: Any, at: datetime) -> None:
    """The Office merges what it has read, while nothing waits for the director."""
    check_is_officer(by=by)
    check_move(TRANSITIONS, challenge.status, Status.MERGED)
    if decisions.open_for(DecisionKind.PUBLICATION, challenge) is not None:
        raise TransitionError(_("Its spending and publication wait for the director. Take that back first."))


def check_takes_in(target: Challenge, *, source: Challenge, at: datetime) -> None:
    """Another challenge, under review, returned or open."""
    if target.pk == source.pk:
        raise DomainError(_("A challenge can't be merged into itself."), field="into")
    is_closed = target.status == Status.PUBLISHED and target.closes_at is not None and target.closes_at <= at
    if target.status not in TARGETS or is_closed:
        raise DomainError(_("Choose a challenge that is being prepared or is open."), field="into")
