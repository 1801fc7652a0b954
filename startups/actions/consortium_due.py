"""Reminders of invitations to consortia: their tax numbers are sealed, so finding whom to tell takes the seal."""

from datetime import datetime

from django.db.models import Q

from govtech.notifications import reminders
from startups.actions import terms
from startups.actions.keys import readable_codecs_of
from startups.calculations.sealing import BrokenSealError
from startups.models import Organisation, Partner
from startups.notifications import consortium_due as notifications


def register() -> None:
    """Have the worker call it every hour."""
    reminders.register(remind_of_invitations)


def remind_of_invitations(*, at: datetime) -> None:
    """Tell the owners of whoever was invited and hasn't answered, and the lead. Safe to repeat.

    An invitation whose key doesn't open now is left for the next hour, and so is nobody else's.
    """
    waiting = notifications.unanswered(at=at)
    codecs = readable_codecs_of([partner.proposal for partner in waiting])
    named: dict[int, tuple[str, str]] = {}
    for partner in waiting:
        codec = codecs.get(partner.proposal_id)
        if codec is None:
            continue
        try:
            said = terms.unseal(codec, partner)
        except BrokenSealError:
            continue
        named[partner.pk] = (said["country"], said["tax_id"])
    known = _registered(set(named.values()))
    told: list[tuple[Partner, Organisation | None]] = [
        (partner, partner.organisation or known.get(named[partner.pk])) for partner in waiting if partner.pk in named
    ]
    notifications.remind(told, at=at)


def _registered(numbers: set[tuple[str, str]]) -> dict[tuple[str, str], Organisation]:
    """Return the organisations that take part, by country and tax number."""
    if not numbers:
        return {}
    wanted = Q()
    for country, tax_id in numbers:
        wanted |= Q(country=country, tax_id__iexact=tax_id)
    rows = Organisation.objects.filter(wanted, withdrawn_at=None)
    by_number = {(row.country, row.tax_id.upper()): row for row in rows}
    return {key: by_number[key[0], key[1].upper()] for key in numbers if (key[0], key[1].upper()) in by_number}
