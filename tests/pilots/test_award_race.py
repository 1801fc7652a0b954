"""Awards at the same instant: two directors on one, eight on one budget line; and two awards to the cent."""

import multiprocessing
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from govtech import clock
from govtech.errors import DomainError
from govtech.files import pdf
from govtech.files.actions import store
from pilots.actions import award as actions
from pilots.actions import invoice as invoices
from pilots.actions import pilot as pilots
from pilots.models import Commitment, Invoice, LedgerEntry, Pilot
from tests import people
from tests.pilots import awards
from tests.pilots.money import funded_year, line_of

PROCESSES = 8


def together(jobs: list[Callable[[], Any]]) -> list[str]:
    """Run all jobs at the same instant, each in a process of its own; return what each said."""
    connections.close_all()
    forked = multiprocessing.get_context("fork")
    barrier, results = forked.Barrier(len(jobs)), forked.Queue()

    def run(job: Callable[[], Any]) -> None:
        connections.close_all()
        pdf._compile = lambda *_data: b"%PDF-1.7\n"  # typst's threads don't survive a fork; outside the house
        try:
            with awards.working(90):
                barrier.wait(60)
                job()
            results.put("ok")
        except DomainError:
            results.put("refused")
        except Exception as error:  # noqa: BLE001 - the parent fails on it
            results.put(f"{type(error).__name__}: {error}")
        connections.close_all()

    workers = [forked.Process(target=run, args=(job,)) for job in jobs]
    for worker in workers:
        worker.start()
    try:
        return sorted(results.get(timeout=60) for _ in workers)
    finally:
        for worker in workers:
            worker.join(10)
            worker.kill()


@pytest.mark.django_db(transaction=True)
def test_two_directors_on_one_award_make_one_pilot():
    challenge = awards.prepared()
    directors = [people.director(), people.director()]

    said = together([lambda by=by: actions.approve(challenge, by=by, at=clock.now()) for by in directors])

    assert said == ["ok", "refused"]
    assert Pilot.objects.count() == Commitment.objects.count() == 1
    assert line_of(2026).d == Decimal("14520.00")


@pytest.mark.django_db(transaction=True)
def test_payment_recorded_by_eight_at_once_is_paid_once():
    pilot = awards.running_pilot()
    invoice = awards.invoice_of(awards.accept(pilot))
    officers = [people.officer() for _ in range(PROCESSES)]
    day = invoice.received_on

    said = together(
        [lambda by=by: invoices.pay(invoice, ordered_on=day, paid_on=day, by=by, at=clock.now()) for by in officers]
    )

    assert said == ["ok"] + ["refused"] * (PROCESSES - 1)
    assert line_of(2026).p == Decimal("7260.00")
    assert Invoice.objects.get().paid_on == day


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_eight_awards_at_once_on_one_line_commit_each_its_own():
    with clock.travel(awards.SPRING):
        funded_year(2026, "150000.00")
    found = [awards.prepared(awards.ranked(("12000.00",), points=(5,))) for _ in range(PROCESSES)]
    director = people.director()

    said = together([lambda one=one: actions.approve(one, by=director, at=clock.now()) for one in found])

    assert said == ["ok"] * PROCESSES
    line = line_of(2026)
    assert (line.a, line.d) == (Decimal("14520.00") * PROCESSES,) * 2  # nobody is left anywhere: the rest is free
    assert sorted(Pilot.objects.values_list("reference", flat=True)) == [
        f"PILOTO-2026-{number:03d}" for number in range(1, PROCESSES + 1)
    ]
    entries = LedgerEntry.objects.filter(phase="D").values_list("amount", flat=True)
    assert sum(entries) == line.d


@pytest.mark.django_db
def test_two_awards_one_refused_and_one_ended_early_to_the_cent():
    """The programme's worked example, by its actions, in one year."""
    with clock.travel(awards.SPRING):
        by = people.officer()
        report = store(
            SimpleUploadedFile("informe.txt", b"Objetos independientes.", content_type="text/plain"),
            by=by,
            at=awards.SPRING,
        )
    challenge = awards.ranked(
        ("14000.00", "13500.00", "14500.00"),
        points=(5, 4, 3),
        awards_planned=2,
        independent_objects_reason="Dos barrios con redes distintas.",
        independent_objects_report=report,
    )
    assert line_of(2026).a == Decimal("35090.00")

    first = awards.pilot_of(awards.awarded(challenge))
    second = awards.pilot_of(awards.awarded(challenge))
    assert line_of(2026).d == Decimal("16940.00") + Decimal("16335.00")
    assert line_of(2026).a == Decimal("35090.00")  # never given back while a reserve can step in
    with awards.working(4) as at:
        actions.refuse(second.award, reason="Renuncia.", by=people.officer(), at=at)
    assert (line_of(2026).a, line_of(2026).d) == (Decimal("35090.00"), Decimal("16940.00"))
    third = awards.pilot_of(awards.awarded(challenge))
    assert (line_of(2026).a, line_of(2026).d) == (Decimal("34485.00"),) * 2  # A/ 605.00

    first = awards.running_pilot(first)
    third = awards.running_pilot(third)
    awards.completed_pilot(first)
    awards.paid(awards.invoice_of(awards.accept(third, 1)))
    with awards.working(100) as at:
        pilots.prepare_termination(third, reason="Cierra.", hearing="Oída.", by=people.officer(), at=at)
        pilots.approve_termination(third, by=people.director(), at=at + timedelta(minutes=1))

    line = line_of(2026)
    assert {line.a, line.d, line.o, line.p} == {Decimal("16940.00") + Decimal("8772.50")}
