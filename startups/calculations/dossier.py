"""Papers of a dossier: how long each kind holds, and how near its end is. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

DECLARATION_DAYS = 365  # a responsible declaration is said again once a year
VERIFICATION_DAYS = 365  # what the Office checked holds so long at most
SOON = 30  # days before the end from which a paper is said to end soon
REMINDERS = (30, 7, 0)  # days before the end at which its owners are told; 0: it has ended


@dataclass(frozen=True)
class PaperRule:
    """What a kind of paper is: signed on screen or a file, and whether it must say until when it holds.

    `months`: how long law lets it hold from the day it was issued (RGLCAP art. 16.3: six for certificates of debts).
    """

    is_declaration: bool = False
    needs_expiry: bool = False
    months: int = 0


RULES: dict[str, PaperRule] = {
    "register": PaperRule(),
    "power": PaperRule(),
    "tax": PaperRule(needs_expiry=True, months=6),
    "social_security": PaperRule(needs_expiry=True, months=6),
    "not_barred": PaperRule(is_declaration=True, needs_expiry=True),
    "insurance": PaperRule(needs_expiry=True),
    "emerging": PaperRule(needs_expiry=True),
    "other": PaperRule(),
}
# What the proposed winner proves before the award (LCSP art. 150.2), where the dossier doesn't say it already.
FOR_AN_AWARD = ("power", "tax", "social_security", "not_barred")


def last_day(kind: str, issued_on: date) -> date | None:
    """Return the last day the law lets a paper of this kind hold, None where it says nothing.

    >>> last_day("tax", date(2027, 8, 31))
    datetime.date(2028, 2, 29)
    >>> last_day("insurance", date(2027, 8, 31)) is None
    True
    """
    months = RULES[kind].months
    if not months:
        return None
    total = issued_on.month - 1 + months
    year, month = issued_on.year + total // 12, total % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(following - timedelta(days=1), date(year, month, 1) + timedelta(days=issued_on.day - 1))


def state(valid_until: date | None, on: date) -> str:
    """Return `valid`, `soon` (ends within 30 days) or `expired` on a day; the last day still counts.

    >>> state(date(2027, 3, 1), date(2027, 3, 1)), state(date(2027, 3, 1), date(2027, 3, 2)), state(None, date.max)
    ('soon', 'expired', 'valid')
    """
    if valid_until is None:
        return "valid"
    if valid_until < on:
        return "expired"
    return "soon" if (valid_until - on).days <= SOON else "valid"


def reminder(valid_until: date, on: date) -> int | None:
    """Return which reminder is due on a day: the smallest of 30, 7 and 0 that has come; None before all.

    What ended over a week ago is left alone: its owners were told.

    >>> [reminder(date(2027, 3, 31), date(2027, 3, day)) for day in (1, 24, 31)]
    [30, 7, 7]
    >>> reminder(date(2027, 3, 1), date(2027, 3, 3)), reminder(date(2027, 3, 1), date(2027, 4, 3))
    (0, None)
    """
    left = (valid_until - on).days
    if left < -SOON // 4 or left > REMINDERS[0]:
        return None
    return 0 if left < 0 else 7 if left <= REMINDERS[1] else REMINDERS[0]
