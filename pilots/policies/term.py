"""Until when a letter and an award can be contested, and until when nothing may be signed: read from the record."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from challenges.models import Challenge
from challenges.policies.preflight import estimated_value
from govtech import clock
from govtech.errors import DomainError
from govtech.reference.models import Holiday
from govtech.shell.words import formatted
from pilots.calculations import appeal
from pilots.models import Award, AwardStatus, Letter, LetterOutcome, Resolution


def has_special_appeal(challenge: Challenge) -> bool:
    """Say whether its award goes to the tribunal of contracts and not to the same body (LCSP art. 44.1.a, 44.5)."""
    return estimated_value(challenge) > appeal.SPECIAL_APPEAL_OVER


def of_letter(letter: Letter, *, holidays: frozenset[date] | None = None) -> appeal.Terms:
    """Return the last days to contest a letter: from its formal notification, else from its release."""
    start = letter.served_on or clock.local_date(letter.released_at)
    days = Holiday.objects.dates() if holidays is None else holidays
    return appeal.terms(start, estimated_value(letter.resolution.challenge), days)


def of_release(resolution: Resolution, released_at: datetime) -> appeal.Terms:
    """Return the terms that run from one release: from its latest formal notification, else from the release itself.

    The end of a reserve list is no award: its letters, months later, open nothing anew.
    """
    letters = Letter.objects.filter(resolution=resolution, released_at=released_at, served_on__isnull=False)
    served = letters.exclude(outcome=LetterOutcome.LAPSED).order_by("-served_on")
    start = served.values_list("served_on", flat=True).first() or clock.local_date(released_at)
    return appeal.terms(start, estimated_value(resolution.challenge), Holiday.objects.dates())


def of_resolution(resolution: Resolution) -> appeal.Terms:
    """Return the terms of its last award, which is what can still be contested; of the end, where there was none."""
    awards = Award.objects.filter(resolution=resolution, status=AwardStatus.APPROVED)
    last = awards.order_by("-approved_at").values_list("approved_at", flat=True).first()
    published_at: Any = resolution.published_at
    return of_release(resolution, last or published_at)


def check_standstill(award: Award, *, starts_on: date, at: datetime) -> None:
    """Raise `DomainError` while nothing may be signed, or for a start before that (LCSP art. 153.3)."""
    resolution = award.resolution
    if award.approved_at is None or not has_special_appeal(resolution.challenge):
        return
    until = of_release(resolution, award.approved_at).standstill_until
    if until and min(starts_on, clock.local_date(at)) <= until:
        raise DomainError(
            _("The award can be appealed and nothing is signed until %(day)s: start the pilot after that day.")
            % {"day": formatted(until, "day")},
            field="starts_on",
        )
