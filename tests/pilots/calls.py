"""Challenges with every way to go, by the real actions: what open data must be able to say."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.actions import correction, lifecycle, question
from challenges.models import Challenge, Route
from challenges.policies import correction as terms
from govtech import clock
from pilots.actions import amount, credit
from pilots.actions import award as actions
from pilots.actions import pilot as pilots
from pilots.actions import resolution as resolutions
from pilots.models import Award, FinalDecision, ResolutionKind
from tests import people
from tests.files import samples
from tests.pilots import awards, money
from tests.startups.evaluations import opened, with_proposals


def upcoming() -> Challenge:
    """Published, opens later."""
    with clock.travel(LAST - timedelta(hours=1)):
        return money.published(title="Aún no se ha abierto")


def corrected() -> Challenge:
    """Open, with an answer and a correction of everything there is to correct."""
    with clock.travel(awards.SPRING):
        challenge = money.published(opens_at=awards.SPRING, max_amount_net=Decimal("10000.00"))
        officer = people.officer()
    for day, change in enumerate((_text, _question, _criteria, _document, _deadline, _amount), start=1):
        with clock.travel(awards.SPRING + timedelta(days=day)):
            challenge.refresh_from_db()
            change(challenge, officer)
    challenge.refresh_from_db()
    return challenge


def _text(challenge: Challenge, officer: Any) -> None:
    known = {"reason": "Faltaba un dato.", "by": officer, "at": clock.now()}
    lifecycle.correct(challenge, field="title", new_text="Detectar antes la soledad, corregido", **known)


def _question(challenge: Challenge, officer: Any) -> None:
    asked = question.ask(challenge, text="¿Se puede visitar el centro?", by=people.person())
    question.answer(asked, text="Sí, cualquier martes.", by=people.delegate(challenge.department), at=clock.now())


def _criteria(challenge: Challenge, officer: Any) -> None:
    first, second = challenge.criteria.order_by("position")[:2]
    rows = {first.pk: {"weight_percent": first.weight_percent - 5, "name": "Encaje, dicho mejor"},
            second.pk: {"weight_percent": second.weight_percent + 5}}  # fmt: skip
    at = clock.now()
    correction.correct_criteria(
        challenge, rows=rows, pass_mark=Decimal(55), reason="Pesaba de más.",
        closes_at=terms.least_closing(challenge, at=at), by=officer, at=at,
    )  # fmt: skip


def _document(challenge: Challenge, officer: Any) -> None:
    at = clock.now()
    known: dict[str, Any] = {"reason": "Con los planos.", "by": officer, "at": at}
    upload = SimpleUploadedFile("planos.pdf", samples.pdf())
    correction.correct_document(challenge, upload=upload, title="Planos", **known)
    paper = challenge.documents.select_related("file").get(title="Planos")
    upload = SimpleUploadedFile("planos-2.pdf", samples.pdf())
    correction.correct_document(challenge, document=paper, upload=upload, title="Planos con cotas", **known)


def _deadline(challenge: Challenge, officer: Any) -> None:
    at = clock.now()
    closes_at = awards.SPRING.replace(month=4, day=15)
    lifecycle.extend(challenge, closes_at=closes_at, reason="Lo pidieron.", by=officer, at=at, moves_later=True)


def _amount(challenge: Challenge, officer: Any) -> None:
    at = clock.now()
    kw: dict[str, Any] = {"closes_at": terms.least_closing(challenge, at=at), "reason": "El mercado pide más."}
    amount.prepare(
        challenge, max_amount_net=Decimal("12000.50"), awards_planned=1, by=people.officer(), at=at, **kw
    )  # fmt: skip
    amount.approve(challenge, by=people.director(), at=at)


def cancelled() -> Challenge:
    """Published and cancelled before it closed."""
    with clock.travel(awards.SPRING):
        challenge = money.published(opens_at=awards.SPRING)
    with clock.travel(awards.SPRING + timedelta(days=2)):
        credit.prepare_cancellation(challenge, reason="Ya no hace falta.", by=people.officer(), at=clock.now())
        credit.approve_cancellation(challenge, by=people.director(), at=clock.now())
    challenge.refresh_from_db()
    return challenge


def ended(kind: str) -> Callable[[], Challenge]:
    """Return how to make a call that ended without award: void, waived or desisted."""

    def make() -> Challenge:
        with clock.travel(awards.SPRING):
            challenge = opened(money.published() if kind == "void" else with_proposals(challenge=money.published()))
        with awards.working(2) as at:
            resolutions.prepare_void(challenge, kind=kind, reason="Por esto.", by=people.officer(), at=at)
        with awards.working(3) as at:
            resolutions.approve_void(challenge, by=people.director(), at=at)
        challenge.refresh_from_db()
        return challenge

    make.__name__ = str(kind)
    return make


def awarded_openly() -> Challenge:
    """An open procedure: who took part is published."""
    return awards.awarded(awards.ranked(route=Route.OPEN, publishes_identities=True))


def refused() -> Challenge:
    """Awarded, and given up by the winner afterwards."""
    challenge = awards.awarded(awards.ranked(publishes_identities=False))
    award = Award.objects.get(resolution__challenge=challenge)
    with awards.working(5) as at:
        actions.refuse(award, reason="Se quedan sin equipo.", by=people.officer(), at=at)
    challenge.refresh_from_db()
    return challenge


def paid() -> Challenge:
    """Its pilot runs: one milestone paid."""
    pilot = awards.running_pilot(publishes_identities=False)
    awards.paid(awards.invoice_of(awards.accept(pilot, 1)))
    return Challenge.objects.get(pk=pilot.challenge_id)


def decided() -> Challenge:
    """Everything delivered and paid; the city adopts it."""
    pilot = awards.completed_pilot()
    awards.measured(pilot)
    with awards.working(140) as at:
        pilots.decide(pilot, decision=FinalDecision.SCALE, reason="Funciona.", by=people.officer(), at=at)
    return Challenge.objects.get(pk=pilot.challenge_id)


def terminated() -> Challenge:
    """Its pilot ended early."""
    pilot = awards.running_pilot()
    with awards.working(40) as at:
        pilots.prepare_termination(pilot, reason="No entregan.", hearing="Oída la empresa.", by=people.officer(), at=at)
    with awards.working(41) as at:
        pilots.approve_termination(pilot, by=people.director(), at=at)
    return Challenge.objects.get(pk=pilot.challenge_id)


WAYS: tuple[Callable[[], Challenge], ...] = (
    upcoming, corrected, cancelled, ended(ResolutionKind.VOID), ended(ResolutionKind.WAIVED),
    ended(ResolutionKind.DESISTED), awarded_openly, refused, paid, decided, terminated,
)  # fmt: skip
LAST = awards.WORKING + timedelta(days=200)  # after all that happens in them
