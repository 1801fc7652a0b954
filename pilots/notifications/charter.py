"""Who is told about the charter of a pilot."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from govtech.accounts.models import User
from govtech.notifications.kinds import register as kind
from pilots.models import Pilot
from pilots.notifications.pilot import all_parties, company_of, department_of, tell


def register() -> None:
    """Declare the words of these notices."""
    kind(
        "charter.to_sign",
        subject=_("To sign: the charter of {title}"),
        text=_("The other side has signed the charter of {reference}. The pilot starts when yours has signed it too."),
        action=_("Read and sign it"),
    )
    kind(
        "charter.agreed",
        subject=_("Charter signed: {title}"),
        text=_("Company and department have signed the charter of {reference}: the pilot can start."),
        action=_("See the charter"),
    )
    kind(
        "charter.changed",
        subject=_("The charter changed: {title}"),
        text=_("The charter of {reference} changed after you signed it. Read it and sign it again."),
        action=_("Read and sign it"),
    )


def _address(pilot: Pilot) -> str:
    return reverse("pilots:sign_charter", kwargs={"slug": pilot.slug})


def signed(pilot: Pilot, *, party: str, is_agreed: bool, by: Any, at: datetime) -> None:
    """Ask the other side to sign; once both have, tell everybody."""
    if is_agreed:
        tell(pilot, "charter.agreed", all_parties(pilot, but=by), at=at, address=_address(pilot))
        return
    others = company_of(pilot) if party == "department" else department_of(pilot)
    tell(pilot, "charter.to_sign", [person for person in others if person != by], at=at, address=_address(pilot))


def changed(pilot: Pilot, had_signed: Iterable[User], *, by: Any, at: datetime) -> None:
    """Tell those who had signed what was before."""
    tell(pilot, "charter.changed", [person for person in had_signed if person != by], at=at, address=_address(pilot))
