"""Money for tests, by the real actions: a funded year, and a challenge published with its spending."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from challenges.models import Challenge, Status
from govtech import clock
from govtech.accounts.models import User
from govtech.clock import local_date
from pilots.actions import budget, credit
from pilots.models import BudgetLine, BudgetYear, LineKind, YearStatus
from tests import people
from tests.challenges.factories import submitted_challenge
from tests.snapshots import kept

LINES = (
    ("RETOS", "Contratos de retos", "Challenge contracts", LineKind.CHALLENGE_CONTRACTS),
    ("AT", "Asistencia técnica", "Technical assistance", LineKind.TECHNICAL_ASSISTANCE),
    ("G4A", "Iniciativas Govtech4All", "Govtech4All initiatives", LineKind.GOVTECH4ALL),
)


def funded_year(
    year: int | None = None,
    credit: str | Decimal = "95000.00",  # noqa: A002 - what it is called
    *,
    envelope: str | Decimal | None = None,
    is_open: bool = True,
    others: bool = False,
    officer: User | None = None,
    director: User | None = None,
) -> BudgetYear:
    """Return a budget year whose line RETOS has `credit`, open unless said; the year that is there already, if any.

    With `others` it has the lines AT (40 000) and G4A (20 000) as well. The envelope is what the lines add up to.
    """
    at = clock.now()
    year = year or local_date(at).year
    there = BudgetYear.objects.filter(year=year).first()
    if there:
        return there
    officer, director = officer or people.officer(), director or people.director()
    amounts = [Decimal(credit), *([Decimal("40000.00"), Decimal("20000.00")] if others else [])]
    made = budget.create_year(year, envelope=Decimal(envelope or sum(amounts)), by=officer, at=at)
    for (code, name, name_en, kind), amount in zip(LINES, amounts, strict=False):
        budget.add_line(made, code=code, name=name, name_en=name_en, kind=kind, credit=amount, by=officer, at=at)
    if is_open:
        budget.prepare_opening(made, by=officer, at=at)
        made = budget.open_year(made, by=director, at=at)
    return made


def line_of(year: int | BudgetYear, code: str = "RETOS") -> BudgetLine:
    """Return a line as it is now."""
    number = year.year if isinstance(year, BudgetYear) else year
    return BudgetLine.objects.select_related("budget_year").get(budget_year__year=number, code=code)


def parts(challenge: Challenge, at: datetime | None = None) -> list[dict[str, Any]]:
    """Return the proposed split of a challenge as the action takes it; years without a line get one, provisional."""
    at = at or clock.now()
    for part in credit.lines_for(challenge, at=at):
        if part["line"] is None:
            current = part["year"] == local_date(at).year
            funded_year(part["year"], is_open=current)
    return [{"line": part["line"].pk, "amount": f"{part['amount']:.2f}"} for part in credit.lines_for(challenge, at=at)]


@kept
def prepared(challenge: Challenge | None = None, *, officer: User | None = None, **kw: Any) -> Challenge:
    """Return a challenge whose spending and publication wait for the director. `kw` as for `published`."""
    publish_at = kw.pop("publish_at", None)
    lines = kw.pop("lines", None)
    challenge = challenge or submitted_challenge(**kw)
    at = clock.now()
    credit.prepare_publication(
        challenge,
        lines=lines or parts(challenge, at),
        publish_at=publish_at,
        rc_certificate="RC/2026/000123",
        by=officer or people.officer(),
        at=at,
    )
    challenge.refresh_from_db()
    return challenge


@kept
def published(
    challenge: Challenge | None = None,
    publish_at: datetime | None = None,
    *,
    officer: User | None = None,
    director: User | None = None,
    **fields: Any,
) -> Challenge:
    """Return a published challenge with its spending authorised (RC, A), by the real actions, at the database's clock.

    Makes a complete challenge under review when none is given (`fields` are its columns), and the years it needs.
    `publish_at` None: at once. To have one whose calendar is past, travel there, publish, and come back.
    """
    if challenge is None or challenge.status == Status.SUBMITTED:
        challenge = prepared(challenge, officer=officer, publish_at=publish_at, **fields)
    return credit.approve_challenge(challenge, by=director or people.director(), at=clock.now())


def opened_years(*years: int) -> None:
    """Open years that are provisional, so that commitments may be made on them."""
    for year in BudgetYear.objects.filter(year__in=years, status=YearStatus.PROVISIONAL).order_by("year"):
        at = clock.now()
        budget.prepare_opening(year, by=people.officer(), at=at)
        budget.open_year(year, by=people.director(), at=at)
