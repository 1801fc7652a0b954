"""Who may ask to join an organisation, and who answers."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from govtech.errors import DomainError
from govtech.shell.words import formatted
from startups.models import JoinRequest, Organisation
from startups.policies import organisation as organisations

MOST_OPEN = 5
MOST_A_MONTH = 3  # of one person to one organisation: its owners get a mail each time
A_DAY, MOST_A_DAY = timedelta(days=1), 10  # of one person, to anybody
REST = timedelta(days=30)  # after a refusal, before the same organisation can be asked again


def check_can_ask(organisation: Organisation, *, by: Any, at: datetime) -> None:
    """Raise DomainError where there is nothing to ask, or too much was asked. Names nobody."""
    if organisations.role_in(organisation, by):
        raise DomainError(_("You belong to this organisation already."), field="tax_id")
    if organisation.withdrawn_at:
        raise DomainError(
            _("Whoever registered this number doesn't take part any more. Write to %(email)s and the Office will help.")
            % {"email": settings.OFFICE_EMAIL},
            field="tax_id",
        )
    mine = JoinRequest.objects.filter(asked_by=by)
    if mine.waiting(at).filter(organisation=organisation).exists():
        raise DomainError(_("You have asked already. Its owners will answer you here."), field="tax_id")
    last = mine.filter(organisation=organisation, answered_at__gt=at - REST, is_approved=False).first()
    if last is not None and last.answered_at is not None:
        raise DomainError(
            _("Its owners said no. You can ask again from %(day)s.")
            % {"day": formatted(last.answered_at + REST, "day")},
            field="tax_id",
        )
    _check_is_not_too_often(organisation, by=by, at=at)
    if mine.waiting(at).count() >= MOST_OPEN:
        raise DomainError(
            _("You have %(most)s requests waiting. Take back one that isn't needed.") % {"most": MOST_OPEN},
            field="tax_id",
        )


def _check_is_not_too_often(organisation: Organisation, *, by: Any, at: datetime) -> None:
    """Owners get a mail each time, and each try tells whether a number is registered."""
    mine = JoinRequest.objects.filter(asked_by=by)
    if mine.filter(organisation=organisation, asked_at__gt=at - A_DAY).exists():
        raise DomainError(_("You asked today and took it back. Ask again tomorrow."), field="tax_id")
    if mine.filter(organisation=organisation, asked_at__gt=at - REST).count() >= MOST_A_MONTH:
        raise DomainError(
            _("You have asked %(most)s times in a month. Talk to one of its owners: they can invite you.")
            % {"most": MOST_A_MONTH},
            field="tax_id",
        )
    if mine.filter(asked_at__gt=at - A_DAY).count() >= MOST_A_DAY:
        raise DomainError(_("You have asked enough for a day. Go on tomorrow."), field="tax_id")


def check_can_answer(request: JoinRequest, *, by: Any, at: datetime) -> None:
    """Owners answer, once, while it waits."""
    organisations.check_can_invite(request.organisation, by=by, at=at)
    _check_waits(request, at)


def check_can_take_back(request: JoinRequest, *, by: Any, at: datetime) -> None:
    """Only who asked takes it back, while it waits."""
    if request.asked_by_id != by.pk:
        raise PermissionDenied(_("Only who asked can take the request back."))
    _check_waits(request, at)


def _check_waits(request: JoinRequest, at: datetime) -> None:
    state = request.state(at)
    if state != "waiting":
        raise DomainError(_("This request was dealt with already: %(state)s.") % {"state": request.words(state)})
