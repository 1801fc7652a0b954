"""Another amount of a published call: two people, time in proportion, and money that follows to the cent."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client

from challenges.models import Challenge, Correction, CorrectionKind
from challenges.policies import calendar
from challenges.policies import correction as terms
from govtech import clock
from govtech.accounts.models import User
from govtech.audit import decisions
from govtech.audit.models import AuditEvent, DecisionKind, PreparedDecision
from govtech.errors import DomainError
from govtech.notifications.models import Notice
from govtech.shell.registry import desk
from govtech.shell.words import euros
from pilots.actions import amount as actions
from pilots.actions import credit
from pilots.actions import resolution as resolutions
from pilots.models import ExpenditureLine, ResolutionKind
from pilots.policies import credit as policies
from tests import people
from tests.pilots import awards, money
from tests.startups.evaluations import locked, with_proposals

pytestmark = pytest.mark.django_db


def published(**fields: Any) -> Challenge:
    return money.published(max_amount_net=Decimal("10000.00"), opens_at=clock.now(), **fields)


def prepare(challenge: Challenge, amount: str, *, awards: int = 1, **kw: Any) -> Any:
    at = kw.pop("at", None) or clock.now()
    kw.setdefault("closes_at", terms.least_closing(challenge, at=at))
    return actions.prepare(
        challenge, max_amount_net=Decimal(amount), awards_planned=awards,
        reason=kw.pop("reason", "El mercado pide más."), by=kw.pop("by", None) or people.officer(), at=at, **kw,
    )  # fmt: skip


def sums(challenge: Challenge) -> tuple[Decimal, Decimal]:
    """Return what is reserved and authorised on all lines."""
    rows = ExpenditureLine.objects.filter(expenditure__challenge=challenge)
    return sum((row.rc for row in rows), Decimal(0)), sum((row.a for row in rows), Decimal(0))


def covered() -> None:
    """Have the database look now at what it would look at when the transaction ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(("amount", "gross"), [("12000.00", "14520.00"), ("8000.00", "9680.00")])
def test_a_new_amount_is_reserved_signed_and_published_with_its_money(amount: str, gross: str) -> None:
    challenge = published()
    before = Decimal("12100.00")
    assert sums(challenge) == (0, before)

    decision = prepare(challenge, amount)
    more = max(Decimal(gross) - before, Decimal(0))
    assert sums(challenge) == (more, before)
    assert Challenge.objects.get(pk=challenge.pk).max_amount_net == Decimal("10000.00")
    director = people.director()
    actions.approve(challenge, by=director, at=clock.now())
    covered()

    challenge.refresh_from_db()
    assert challenge.max_amount_net == Decimal(amount)
    assert sums(challenge) == (0, Decimal(gross))
    notice = Correction.objects.get(challenge=challenge, kind=CorrectionKind.AMOUNT)
    assert "10.000" in notice.old_text
    decision.refresh_from_db()
    assert decision.approved_by == director
    assert AuditEvent.objects.get(kind="amount.authorised").amount == Decimal(gross) - before


def test_the_same_person_never_prepares_and_signs() -> None:
    challenge, director = published(), people.director()
    prepare(challenge, "12000.00", by=director)

    with pytest.raises(DomainError, match="otra persona"):
        actions.approve(challenge, by=director, at=clock.now())
    for person in (people.officer(), people.auditor(), challenge.created_by):
        with pytest.raises(PermissionDenied):
            actions.approve(challenge, by=person, at=clock.now())


def test_returned_it_gives_back_only_what_it_reserved() -> None:
    challenge = published()
    prepare(challenge, "12000.00")

    actions.send_back(challenge, comment="No hace falta.", by=people.director(), at=clock.now())

    assert sums(challenge) == (0, Decimal("12100.00"))
    assert decisions.open_for(DecisionKind.AMOUNT, challenge) is None


@pytest.mark.parametrize(
    ("amount", "awards", "field"),
    [("10000.00", 1, "max_amount_net"), ("0", 1, "max_amount_net"), ("10000.00", 21, "awards_planned")],
)
def test_amounts_that_change_nothing_or_are_none_are_refused(amount: str, awards: int, field: str) -> None:
    challenge = published()

    with pytest.raises(DomainError) as refusal:
        prepare(challenge, amount, awards=awards)
    assert refusal.value.field == field


def test_the_estimated_value_and_the_credit_are_looked_at_again() -> None:
    challenge = published()
    for amount, number in (("15000.00", 1), ("10000.00", 2)):
        with pytest.raises(DomainError, match="valor estimado"):
            prepare(challenge, amount, awards=number)
    line = ExpenditureLine.objects.filter(expenditure__challenge=challenge).select_related("line").first().line
    short = Decimal("14000.00") * Decimal("1.21")
    assert line.available > short  # there is credit: make it scarce
    others = money.submitted_challenge(max_amount_net=Decimal("14000.00"))
    while policies.asked_and_available(others, at=clock.now())[0]["available"] > Decimal("2000.00"):
        part = policies.asked_and_available(others, at=clock.now())[0]
        take = min(Decimal("14999.00"), ((part["available"] - 1000) / Decimal("1.21")).quantize(Decimal("1")))
        money.published(max_amount_net=take)
    with pytest.raises(DomainError, match="RETOS"):
        prepare(challenge, "14900.00")
    assert sums(challenge) == (0, Decimal("12100.00"))


def test_it_leaves_time_in_proportion_also_when_it_is_signed_late() -> None:
    challenge = published()
    at = challenge.closes_at - timedelta(days=4)
    with clock.travel(at):
        with pytest.raises(DomainError, match=r"136\.2"):
            prepare(challenge, "12000.00", closes_at=None)
        decision = prepare(challenge, "12000.00")
    later = at + timedelta(days=3)
    with clock.travel(later):
        least = terms.least_closing(challenge, at=later)
        client = Client()
        client.force_login(people.director())
        shown = client.get(f"/decisiones/{decision.public_id}/").context["closes_at"]
        actions.approve(challenge, by=people.director(), at=later)

    challenge.refresh_from_db()
    assert shown == challenge.closes_at == least > datetime.fromisoformat(decision.payload["closes_at"])


def test_what_was_prepared_to_close_later_still_does() -> None:
    challenge = published()
    least = terms.least_closing(challenge, at=clock.now())
    until = calendar.at_or_after(least + timedelta(days=20), like=challenge.closes_at)
    prepare(challenge, "12000.00", closes_at=until)

    actions.approve(challenge, by=people.director(), at=clock.now())

    assert Challenge.objects.get(pk=challenge.pk).closes_at == until


def test_after_the_closing_the_amount_stays() -> None:
    challenge = published()
    with clock.travel(challenge.closes_at):
        with pytest.raises(DomainError):
            prepare(challenge, "12000.00", closes_at=None)
        with pytest.raises(IntegrityError), transaction.atomic():
            Challenge.objects.filter(pk=challenge.pk).update(max_amount_net=Decimal("9000.00"))


def test_a_cancelled_call_takes_its_new_amount_with_it() -> None:
    challenge = published()
    prepare(challenge, "12000.00")
    credit.prepare_cancellation(challenge, reason="Ya no.", by=people.officer(), at=clock.now())

    credit.approve_cancellation(challenge, by=people.director(), at=clock.now())

    assert sums(challenge) == (0, 0)
    assert decisions.open_for(DecisionKind.AMOUNT, challenge) is None


def evaluated_with_new_amount(officer: User) -> tuple[Challenge, PreparedDecision]:
    """Return a call with its ranking whose new amount nobody signed before it closed."""
    with clock.travel(awards.SPRING):
        challenge = money.published(publishes_identities=True)
        decision = prepare(challenge, "14900.00", by=officer)
        challenge = locked(with_proposals(("12000.00", "14000.00"), challenge), points=(5, 4))
    assert sums(challenge)[0] > 0
    return challenge, decision


def test_a_call_that_ends_with_a_new_amount_unsigned_takes_it_with_it() -> None:
    officer, kind = people.officer(), ResolutionKind.WAIVED
    challenge, decision = evaluated_with_new_amount(officer)
    with awards.working(1) as at:
        resolutions.prepare_void(challenge, kind=kind, reason="Ya no se busca.", by=officer, at=at)

    with awards.working(2) as at:
        resolutions.approve_void(challenge, by=people.director(), at=at)

    assert sums(challenge) == (0, 0)
    assert decisions.open_for(DecisionKind.AMOUNT, challenge) is None
    decision.refresh_from_db()
    assert decision.comment == "Ya no se busca."
    assert Notice.objects.filter(kind="decision.returned", recipient=officer).count() == 1


def test_an_award_takes_an_unsigned_new_amount_with_it() -> None:
    challenge, decision = evaluated_with_new_amount(people.officer())

    awards.awarded(challenge)

    assert sums(challenge)[0] == 0
    assert decisions.open_for(DecisionKind.AMOUNT, challenge) is None
    decision.refresh_from_db()
    assert decision.returned_at is not None


def test_after_the_closing_who_prepared_it_finds_it_on_the_desk_and_takes_it_back() -> None:
    challenge, officer = published(), people.officer()
    prepare(challenge, "12000.00", by=officer)
    title = f"importe nuevo de {challenge.reference}"

    def on_desk(person: Any, at: Any) -> list[Any]:
        return [item for item in desk.items(person, at=at) if title in item.title]

    assert not on_desk(officer, clock.now())
    with clock.travel(challenge.closes_at):
        [item] = on_desk(officer, clock.now())
        assert item.late
        assert not on_desk(people.officer(), clock.now())
        browser = Client()
        browser.force_login(officer)
        assert browser.get(item.url).status_code == 200
        browser.post(item.url, {"answer": "return", "comment": "Ya cerró."})
        assert not on_desk(officer, clock.now())
    assert sums(challenge) == (0, Decimal("12100.00"))


def test_by_clicking(client: Client) -> None:
    challenge = published()
    client.force_login(people.officer())
    address = f"/retos/{challenge.slug}/importe/"
    assert f'href="{address}"' in client.get(f"/retos/{challenge.slug}/corregir/").content.decode()
    form = client.get(address).context["form"]
    until = form["closes_at"].field.widget.format_value(form["closes_at"].value())
    sent = {"max_amount_net": "12.000,00", "awards_planned": "1", "closes_at": until, "reason": "Más trabajo."}
    assert client.post(address, sent | {"reason": ""}).status_code == 422
    assert client.post(address, sent).status_code == 302
    decision = decisions.open_for(DecisionKind.AMOUNT, challenge)
    director = Client()
    director.force_login(people.director())
    page = director.get(f"/decisiones/{decision.public_id}/").content.decode()
    assert "12.000" in page
    assert "10.000" in page

    director.post(f"/decisiones/{decision.public_id}/", {"answer": "approve"})

    challenge.refresh_from_db()
    assert challenge.max_amount_net == Decimal("12000.00")


# Across two years ----------------------------------------------------------------------------------


def test_a_pilot_across_31_december_says_line_year_asked_and_available(client: Client) -> None:
    challenge = money.submitted_challenge(max_amount_net=Decimal("12000.00"), duration_months=12)
    money.parts(challenge)
    client.force_login(people.officer())
    address = f"/retos/{challenge.public_id}/gasto/"

    page = client.get(address)

    rows = page.context["proposed"]
    assert len(rows) == 2  # a year of pilot always crosses one
    assert sum(row["amount"] for row in rows) == Decimal("14520.00")
    text = page.content.decode()
    for row in rows:
        for words in (str(row["year"]), row["line"].code, euros(row["amount"]), euros(row["available"])):
            assert words in text
    lines = [{"line": row["line"].pk, "amount": f"{row['amount']:.2f}"} for row in rows]
    money.prepared(challenge, lines=lines)
    credit.approve_challenge(challenge, by=people.director(), at=clock.now())
    found = ExpenditureLine.objects.filter(expenditure__challenge=challenge)
    assert {row.line_id: row.a for row in found} == {row["line"].pk: row["amount"] for row in rows}
