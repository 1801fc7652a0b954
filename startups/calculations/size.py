"""Size of a company by the European definition (Recommendation 2003/361/EC, annex). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MILLION = Decimal(1_000_000)
# name: (fewer staff than, turnover up to, balance sheet up to), yearly, in euros (art. 2)
LIMITS = {
    "micro": (10, 2 * MILLION, 2 * MILLION),
    "small": (50, 10 * MILLION, 10 * MILLION),
    "medium": (250, 50 * MILLION, 43 * MILLION),
}
ORDER = (*LIMITS, "large")


@dataclass(frozen=True)
class Figures:
    """Staff in yearly work units, turnover and balance sheet total in euros. None is not known."""

    staff: Decimal | int | None = None
    turnover: Decimal | None = None
    balance: Decimal | None = None


@dataclass(frozen=True)
class Related:
    """A linked or partner company: its figures, and the share of them that counts, in percent (art. 6).

    One that doesn't count is an investor of art. 3.2: known, but no partner.
    """

    figures: Figures
    percent: Decimal = Decimal(100)
    counts: bool = True


@dataclass(frozen=True)
class Size:
    """ "micro", "small", "medium", "large" or nothing, and in `reason` a key where it isn't just the figures.

    "figures": too few are known. "group": the companies of its group are missing. "public": public bodies hold it.
    "earlier": it was this, and one year alone changes nothing. "years": the last two differ, and what it was until then
    isn't known. "unsaid": whether it is in a group.
    """

    name: str
    reason: str = ""


def size(staff: Decimal | int | None, turnover: Decimal | None, balance: Decimal | None) -> str:
    """Return "micro", "small", "medium", "large", or nothing where the figures don't tell.

    Staff decides together with turnover or balance, whichever is kinder: where one is over a ceiling and the other
    isn't known, nothing is said. Figures are of the whole group.

    >>> size(9, Decimal(2_000_000), None), size(9, Decimal(3_000_000), Decimal(1_000_000)), size(10, Decimal(1), None)
    ('micro', 'micro', 'small')
    >>> size(249, Decimal(60_000_000), Decimal(43_000_000)), size(250, Decimal(1), Decimal(1))
    ('medium', 'large')
    >>> size(9, Decimal(60_000_000), None), size(None, Decimal(1), None), size(9, None, None)
    ('', '', '')
    """
    if staff is None:
        return ""
    if staff >= LIMITS["medium"][0]:
        return "large"
    if turnover is None and balance is None:
        return ""
    for name, (people, most_turnover, most_balance) in LIMITS.items():
        small_enough = (turnover is not None and turnover <= most_turnover) or (
            balance is not None and balance <= most_balance
        )
        if staff < people and small_enough:
            return name
        if staff < people and None in (turnover, balance):
            return ""  # the other one may be under the ceiling
    return "large"


def together(own: Figures, related: Iterable[Related]) -> Figures:
    """Add up: all of a linked company, of a partner its share. What one of them doesn't tell isn't known of the sum.

    >>> together(Figures(8, Decimal(100)), [Related(Figures(10, Decimal(300)), Decimal(30))])
    Figures(staff=Decimal('11.00'), turnover=Decimal('190.00'), balance=None)
    """
    staff, turnover, balance = own.staff, own.turnover, own.balance
    for each in related:
        part = each.percent / Decimal(100)
        staff = _sum(staff, each.figures.staff, part)
        turnover = _sum(turnover, each.figures.turnover, part)
        balance = _sum(balance, each.figures.balance, part)
    return Figures(staff, turnover, balance)


def _sum(mine: Decimal | int | None, theirs: Decimal | int | None, part: Decimal) -> Decimal | None:
    return None if mine is None or theirs is None else (mine + theirs * part).quantize(Decimal("0.01"))


def counts(relation: str, holder: str) -> bool:
    """Say whether it is a partner or linked: the investors of art. 3.2, second paragraph, are only where they control.

    >>> counts("partner", ""), counts("partner", "university"), counts("linked", "university")
    (True, False, True)
    """
    return relation != "partner" or not holder


def after_two_years(until: str, before: str, now: str) -> str:
    """Return what art. 4.2 leaves: only a ceiling passed in both years changes what it was until then.

    >>> after_two_years("small", "medium", "small"), after_two_years("small", "medium", "medium")
    ('small', 'medium')
    >>> after_two_years("micro", "medium", "small"), after_two_years("large", "micro", "small")
    ('small', 'small')
    """
    return sorted((until, before, now), key=ORDER.index)[1]


def eu_size(
    own: Figures,
    related: Iterable[Related] = (),
    *,
    in_group: bool | None = False,
    is_public: bool | None = False,
    earlier: Figures | None = None,
    until: str = "",
    group_changed: bool | None = False,
) -> Size:
    """Return the size with its group, with what the years before say (art. 4) and who holds it (art. 3.4).

    `earlier` is the year before; `until`, the size it had with that year's accounts. Who was bought, sold or merged
    since is of the size of today at once: the two years are for what changes by itself.

    >>> micro, big = Figures(9, Decimal(100)), Related(Figures(300, MILLION))
    >>> eu_size(micro).name, eu_size(micro, [big], in_group=True).name, eu_size(micro, in_group=True).reason
    ('micro', 'large', 'group')
    >>> eu_size(micro, is_public=True)
    Size(name='large', reason='public')
    >>> grown = Figures(12, Decimal(100))
    >>> eu_size(grown, earlier=micro, until="micro")
    Size(name='micro', reason='earlier')
    >>> eu_size(grown, earlier=micro).reason, eu_size(grown, earlier=micro, group_changed=True).name
    ('years', 'small')
    >>> eu_size(micro, in_group=None)
    Size(name='micro', reason='unsaid')
    """
    if is_public:
        return Size("large", "public")
    related = list(related) if in_group else []
    all_of_it = together(own, (each for each in related if each.counts))
    now = size(all_of_it.staff, all_of_it.turnover, all_of_it.balance)
    if in_group and not related and now != "large":
        return Size("", "group")
    if not now:
        return Size("", "figures")
    before = size(earlier.staff, earlier.turnover, earlier.balance) if earlier else ""
    if not group_changed and {before, until} - {"", now}:
        if not before or not until:
            return Size("", "years")
        known = after_two_years(until, before, now)
        if known != now:
            return Size(known, "earlier")
    return Size(now, "unsaid" if in_group is None else "")
