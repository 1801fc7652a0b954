"""Awards and pilots for tests, by the real actions, in the spring of 2026, so that a pilot fits in one budget year.

`with working():` travels to an instant after everything these helpers did.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from challenges.models import Challenge
from govtech import clock
from govtech.accounts.models import DelegateAppointment, User
from govtech.files.actions import store_bytes
from pilots.actions import award as awards
from pilots.actions import charter as charters
from pilots.actions import indicator as indicators
from pilots.actions import invoice as invoices
from pilots.actions import milestone as milestones
from pilots.actions import pilot as pilots
from pilots.models import Award, AwardPaper, Charter, Indicator, Invoice, Milestone, Pilot
from pilots.policies import award as policies
from pilots.policies import contract
from startups.models import Organisation
from tests import people
from tests.pilots.money import published
from tests.snapshots import kept
from tests.startups.evaluations import later, locked, with_proposals
from tests.startups.factories import owner_of

SPRING = datetime(2026, 2, 2, 9, tzinfo=UTC)
WORKING = datetime(2026, 4, 20, 9, tzinfo=UTC)
STARTS_ON = date(2026, 5, 4)
REASON = "Es la oferta con más puntos y demuestra la solución con datos del propio servicio."


@contextmanager
def working(days: int = 0) -> Iterator[datetime]:
    """Travel to a day of April 2026 after the evaluation, and `days` after it."""
    with clock.travel(WORKING + timedelta(days=days)):
        yield clock.now()


@kept
def ranked(
    prices: Sequence[str] = ("12000.00", "14000.00"), *, points: Sequence[int] = (5, 4), **fields: Any
) -> Challenge:
    """Return a challenge with its ranking: the cheapest first. Its spending is authorised."""
    with clock.travel(SPRING):
        challenge = published(**{"publishes_identities": True, **fields})
        challenge = with_proposals(prices, challenge)
        challenge = locked(challenge, points=points)
        assert later(challenge, 5) < WORKING
    return challenge


def proposed(challenge: Challenge, *, by: User | None = None) -> Award:
    """Propose the next in the ranking."""
    with working() as at:
        proposal = policies.candidates(challenge)[0]
        return awards.propose(challenge, proposal=proposal, reason=REASON, by=by or people.officer(), at=at)


def accepted(challenge: Challenge, *, by: User | None = None) -> Award:
    """Propose the next; its owner accepts; the Office verifies the organisation."""
    award = proposed(challenge, by=by)
    verify(award.proposal.organisation)
    with working(1) as at:
        award = awards.accept(award, by=owner_of(award.proposal.organisation), at=at)
        hand_in(award, at=at)
    return award


def hand_in(award: Award, *, at: datetime) -> None:
    """Hand in the papers that an award takes and the dossier doesn't have."""
    by = owner_of(award.proposal.organisation)
    for kind in contract.missing_papers(award, on=clock.local_date(at)):
        kept_file = store_bytes(b"Muestra", name=f"{kind}.txt", content_type="text/plain", by=by, at=at)
        AwardPaper.objects.create(award=award, kind=kind, file=kept_file, title=kind.label, added_at=at, added_by=by)


def verify(organisation: Organisation) -> None:
    """Mark an organisation as verified."""
    Organisation.objects.filter(pk=organisation.pk).update(
        verified_at=WORKING, verified_by=people.officer(), verified_until=WORKING.date() + timedelta(days=365)
    )


@kept
def prepared(challenge: Challenge | None = None, *, by: User | None = None) -> Challenge:
    """Return a challenge whose award waits for the director."""
    challenge = challenge or ranked()
    accepted(challenge, by=by)
    with working(2) as at:
        awards.prepare_approval(challenge, by=by or people.officer(), at=at)
    return challenge


@kept
def awarded(challenge: Challenge | None = None, *, by: User | None = None) -> Challenge:
    """Return a challenge with one more award approved: its pilot is in preparation."""
    challenge = prepared(challenge)
    with working(3) as at:
        awards.approve(challenge, by=by or people.director(), at=at)
    challenge.refresh_from_db()
    return challenge


def pilot_of(challenge: Challenge) -> Pilot:
    """Return the latest pilot of a challenge."""
    rows = Pilot.objects.select_related("challenge", "organisation", "award__commitment")
    return rows.filter(challenge=challenge).order_by("-pk")[0]


def fresh(pilot: Pilot) -> Pilot:
    """Return a pilot as it is now."""
    return Pilot.objects.select_related("challenge", "organisation", "award__commitment").get(pk=pilot.pk)


def delegate_of(pilot: Pilot) -> User:
    """Return a digital delegate of the pilot's department."""
    known = DelegateAppointment.objects.filter(department=pilot.challenge.department).order_by("pk").first()
    return known.user if known else people.delegate(pilot.challenge.department)


def company_of(pilot: Pilot) -> User:
    """Return the owner of the company."""
    return owner_of(pilot.organisation)


@kept
def preparing_pilot(**fields: Any) -> Pilot:
    """Return a pilot that hasn't started."""
    return pilot_of(awarded(ranked(**fields)))


CHARTER: dict[str, Any] = {
    "hypothesis": "Avisar antes del corte reduce a la mitad las averías.",
    "summary": "Sensores en dos barrios.",
    "scope": "Cuarenta sensores en la red de dos barrios.",
    "users": "El servicio de averías y 1.200 hogares.",
    "place": "Barrios de Bellas Vistas y Cuatro Caminos",
    "data": "Presión de la red cada minuto, del propio sensor.",
    "data_protection": "No hay datos personales.",
    "department_person": "Dolores Delegada",
    "department_hours": Decimal("6.0"),
    "company_person": "Ana Dueña",
    "company_hours": Decimal("20.0"),
    "it_hours": Decimal("2.0"),
    "legal_hours": Decimal("0.5"),
    "risks": "Sin cobertura en dos arquetas: se lleva un repetidor.",
    "exit_plan": "La empresa retira los sensores en un mes y entrega los datos en CSV.",
}


def chartered(pilot: Pilot, *, at: datetime, **changes: Any) -> Pilot:
    """Write the whole charter."""
    return charters.write(pilot, by=delegate_of(pilot), at=at, **{**CHARTER, **changes})


def agreed(pilot: Pilot, *, at: datetime, **changes: Any) -> Pilot:
    """Write the charter; both sides sign it."""
    chartered(pilot, at=at, **changes)
    for by in (delegate_of(pilot), company_of(pilot)):
        charters.sign(pilot, version=Charter.objects.get(pilot=pilot).version, by=by, at=at)
    return fresh(pilot)


@kept
def running_pilot(pilot: Pilot | None = None, *, starts_on: date = STARTS_ON, **fields: Any) -> Pilot:
    """Return a pilot that runs since May 2026, with two milestones."""
    pilot = pilot or preparing_pilot(**fields)
    by = delegate_of(pilot)
    with working(4) as at:
        agreed(pilot, at=at)
        pilots.start(pilot, starts_on=starts_on, by=by, at=at)
    return fresh(pilot)


def milestone_of(pilot: Pilot, number: int = 1) -> Milestone:
    """Return a milestone, fresh."""
    rows = Milestone.objects.select_related("pilot__challenge", "pilot__organisation", "pilot__award__commitment")
    return rows.get(pilot=pilot, number=number)


def delivered(pilot: Pilot, number: int = 1) -> Milestone:
    """Deliver a milestone."""
    milestone = milestone_of(pilot, number)
    with working(20 + 30 * number) as at:
        milestones.deliver(milestone, note="Todo instalado y probado.", by=company_of(pilot), at=at)
    return milestone_of(pilot, number)


def accept(pilot: Pilot, number: int = 1) -> Milestone:
    """Deliver and accept a milestone."""
    milestone = delivered(pilot, number)
    with working(21 + 30 * number) as at:
        milestones.accept(milestone, by=delegate_of(pilot), at=at)
    return milestone_of(pilot, number)


def invoice_of(milestone: Milestone, *, by: User | None = None, **changes: Any) -> Invoice:
    """Record the invoice of an accepted milestone."""
    with working(22 + 30 * milestone.number) as at:
        day = clock.local_date(at)
        fields = {
            "number": f"F-2026-{milestone.pk}",
            "issued_on": day,
            "received_on": day,
            "base": milestone.amount_net,
            "vat": milestone.amount_gross - milestone.amount_net,
            "total": milestone.amount_gross,
            **changes,
        }
        return invoices.record(milestone, by=by or people.officer(), at=at, **fields)


def paid(invoice: Invoice, *, by: User | None = None) -> Invoice:
    """Pay an invoice ten days after it was received."""
    with working(40 + 30 * invoice.milestone.number) as at:
        day = invoice.received_on + timedelta(days=10)
        return invoices.pay(invoice, ordered_on=day, paid_on=day, by=by or people.officer(), at=at)


def measured(pilot: Pilot, values: Sequence[str] = ("17.2", "14.1", "9.6")) -> Indicator:
    """Add an indicator and a value a month."""
    by = delegate_of(pilot)
    with working(10) as at:
        indicator = indicators.add(
            pilot,
            name="Citas que nadie usa ni cancela",
            name_en="Appointments that nobody uses or cancels",
            unit="%",
            direction="down",
            baseline=Decimal("17.20"),
            target=Decimal("10.00"),
            source="Agenda del centro",
            by=by,
            at=at,
        )
    for number, value in enumerate(values, start=1):
        with working(15 + 30 * number) as at:
            indicators.measure(
                indicator, measured_on=clock.local_date(at), value=Decimal(value), evidence="Agenda", by=by, at=at
            )
    return indicator


def completed_pilot(pilot: Pilot | None = None) -> Pilot:
    """Return a pilot with every milestone accepted, invoiced and paid."""
    pilot = pilot or running_pilot()
    for number in (1, 2):
        paid(invoice_of(accept(pilot, number)))
    return fresh(pilot)
