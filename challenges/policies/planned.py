"""Who may do what with announcements of challenges."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from challenges.models import Challenge, PlannedChallenge, PlannedState
from challenges.models.planned import LINKABLE, PLANNED_TRANSITIONS
from govtech.accounts import roles
from govtech.accounts.models import User
from govtech.errors import DomainError
from govtech.policies import check_move


def check_can_announce(*, by: User, at: datetime) -> None:
    """Officers of the Digital Office announce."""
    if not roles.is_officer(by):
        raise PermissionDenied(_("Only the Digital Office announces challenges."))


def check_can_change(planned: PlannedChallenge, *, by: User, at: datetime) -> None:
    """Officers change an announcement until it is dropped."""
    check_can_announce(by=by, at=at)
    if planned.state == PlannedState.DROPPED:
        raise DomainError(_("This challenge is no longer planned, and its announcement stays as it is."))


def check_can_drop(planned: PlannedChallenge, *, by: User, at: datetime) -> None:
    """Officers drop what is planned and has no file yet."""
    check_can_announce(by=by, at=at)
    check_move(PLANNED_TRANSITIONS, PlannedState(planned.state), PlannedState.DROPPED)


def check_can_link(planned: PlannedChallenge, challenge: Challenge, *, by: User, at: datetime) -> None:
    """Officers say which file an announcement has become: one under review or published, of the same department."""
    check_can_announce(by=by, at=at)
    check_move(PLANNED_TRANSITIONS, PlannedState(planned.state), PlannedState.LINKED)
    if challenge.status not in LINKABLE:
        raise DomainError(_("Only what is under review or published can be linked. Choose another."), field="challenge")
    if challenge.department_id != planned.department_id:
        raise DomainError(_("That challenge is another department's. Choose another."), field="challenge")
    if PlannedChallenge.objects.filter(challenge=challenge).exists():
        raise DomainError(_("That challenge was announced as another."), field="challenge")


def check_can_unlink(planned: PlannedChallenge, *, by: User, at: datetime) -> None:
    """Officers undo a link while the file isn't public."""
    check_can_announce(by=by, at=at)
    check_move(PLANNED_TRANSITIONS, PlannedState(planned.state), PlannedState.PLANNED)
    if Challenge.objects.public().filter(pk=planned.challenge_id).exists():
        raise DomainError(_("The challenge is public already."))
