"""Abnormally low offers: found by what the call states, heard, accepted or left out; then the ranking again."""

import doctest
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from challenges.actions import incident as incidents
from challenges.models import IncidentEffect
from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.errors import DomainError, TransitionError
from govtech.files.actions import store_bytes
from govtech.notifications.models import Notice
from pilots.actions import award as awards
from pilots.actions import resolution
from pilots.actions.what_if import what_if
from pilots.policies.award import candidates
from pilots.views.award import ranking_of
from startups.actions import abnormal as actions
from startups.actions import own_records
from startups.calculations import abnormal
from startups.desk import abnormal as desk
from startups.models import AbnormalOffer, Evaluation, Partner, Proposal, ProposalResult, ProposalStatus
from startups.policies.abnormal import check_heard
from startups.policies.admission import earliest_due
from startups.views import ranking as ranking_page
from tests import people
from tests.challenges.factories import open_challenge
from tests.copies import unchecked
from tests.startups.big_panel import BigPanel, big_panel
from tests.startups.evaluations import evaluation_of, later, locked, proposals_of, with_proposals
from tests.startups.factories import member, owner_of

REASON = "Explica cada hora y cada licencia, y las cuentas salen."
PRICES = ("6000.00", "10000.00", "12000.00")  # mean 9 333.33; 25 % below it 7 000


def test_the_limits_are_those_of_the_call_and_of_the_regulation() -> None:
    assert doctest.testmod(abnormal).failed == 0


OFFERS = st.lists(st.decimals(Decimal("0.00"), Decimal("14500.00"), places=2), min_size=1, max_size=8)


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
@given(OFFERS, st.sampled_from(["mean", "maximum", "regulation"]), st.integers(1, 99), st.randoms())
def test_what_is_low_does_not_depend_on_the_order_and_never_is_dearer_than_what_is_not(
    offers, rule, percent, random
) -> None:
    rows = list(zip("ABCDEFGH", offers, strict=False))
    terms = {"rule": rule, "percent": percent, "maximum": Decimal(14500)}
    low = abnormal.presumed(dict(rows), **terms)
    random.shuffle(rows)

    assert abnormal.presumed(dict(rows), **terms) == low
    dearest = max((offer for offer, _limit in low.values()), default=Decimal(-1))
    assert all(offer > dearest for key, offer in rows if key not in low)


@pytest.fixture
def panel(db: None) -> BigPanel:
    """Three ranked proposals, the first of them under the limit, and nobody heard yet."""
    made = big_panel(
        proposals=3,
        voting=2,
        points=lambda _proposal, _member, _criterion: 4,
        prices=lambda n: PRICES[n],
        locked=True,
        abnormal_rule="mean",
        abnormal_percent=25,
    )
    actions.find(made.challenge, made.proposals, by=made.secretary.user, at=clock.now())
    return made


def asked(panel: BigPanel, text: str = REASON) -> AbnormalOffer:
    at = clock.now()
    return actions.ask(AbnormalOffer.objects.get(), text=text, due_at=earliest_due(at=at), by=people.officer(), at=at)


@pytest.mark.django_db
def test_from_the_lock_to_the_ranking_without_the_offer() -> None:
    call = open_challenge(abnormal_rule="mean", abnormal_percent=25)
    challenge = locked(with_proposals(PRICES, call), points=(4, 4, 4))
    low, second, third = proposals_of(challenge)
    officer, writer = people.officer(), owner_of(low.organisation)
    found = AbnormalOffer.objects.get()
    first_report = evaluation_of(challenge).report
    assert (found.proposal, found.offer_net, found.limit_net) == (low, Decimal("6000.00"), Decimal("7000.00"))
    assert (low.result.rank, second.result.price_points) == (1, Decimal("6.00"))  # 10 × 6000 / 10000

    with clock.travel(later(challenge, 6)):
        with pytest.raises(DomainError, match="baja"):
            awards.propose(challenge, proposal=low, reason=REASON, by=officer, at=clock.now())
        found = actions.ask(found, text=REASON, due_at=earliest_due(at=clock.now()), by=officer, at=clock.now())
        found = actions.answer(found, text="Usamos una solución que ya tenemos.", by=writer, at=clock.now())
        found = actions.decide(found, is_accepted=False, reason=REASON, by=officer, at=clock.now())

    ranks = ProposalResult.objects.order_by("proposal_id").values_list("rank", "price_points", "passes")
    assert list(ranks) == [
        (None, Decimal("10.00"), False),  # what it had, without a place
        (1, Decimal("10.00"), True),  # now the lowest
        (2, Decimal("8.33"), True),  # 10 × 10000 / 12000
    ]
    low.refresh_from_db()
    assert (low.status, low.exclusion_rule, low.decision_reason) == ("excluded", "abnormal", REASON)
    assert found.report_before == first_report
    assert evaluation_of(challenge).report not in {None, first_report}
    kinds = [f"offer.{each}" for each in ("presumed_low", "heard", "justified")]
    assert set(kinds) <= set(AuditEvent.objects.values_list("kind", flat=True))
    for kind, person in (("offer.asked", writer), ("offer.justified", officer), ("offer.left_out", writer)):
        assert Notice.objects.filter(recipient=person, kind=kind).count() == 1, kind
    out = StringIO()
    call_command("reproduce_ranking", challenge.reference, stdout=out)
    assert f"left out: {low.public_id}" in out.getvalue()
    with unchecked():
        ProposalResult.objects.filter(proposal=low).update(total_points="99.00")
        AbnormalOffer.objects.update(limit_net="8000.00")
    with pytest.raises(CommandError, match=rf"(?s){low.public_id} total.*{low.public_id} low offer"):
        call_command("reproduce_ranking", challenge.reference, stdout=StringIO())
    check_heard(challenge)  # nothing keeps the award back any more
    assert [each.pk for each in candidates(challenge)] == [second.pk, third.pk]


def test_an_offer_at_the_limit_is_not_low_and_without_a_limit_none_is(panel: BigPanel) -> None:
    offers = {"A": Decimal("7000.00"), "B": Decimal("9000.00"), "C": Decimal("12000.00")}  # mean 9 333.33

    assert abnormal.presumed(offers, rule="mean", percent=25, maximum=Decimal(14500)) == {}
    assert abnormal.presumed(offers, rule="none", percent=None, maximum=Decimal(14500)) == {}


def test_who_justifies_it_stays_where_it_was(panel: BigPanel) -> None:
    before = list(ProposalResult.objects.order_by("pk").values())
    kept = store_bytes(b"%PDF-1.7", name="informe.pdf", content_type="application/pdf", by=None, at=clock.now())
    Evaluation.objects.update(report=kept)
    found = asked(panel)
    found = actions.answer(found, text=REASON, by=member(found.proposal.organisation), at=clock.now())
    found = actions.decide(found, is_accepted=True, reason=REASON, by=people.officer(), at=clock.now())

    assert list(ProposalResult.objects.order_by("pk").values()) == before
    assert Proposal.objects.get(pk=found.proposal_id).status == ProposalStatus.EVALUATED
    assert (found.report_before, Evaluation.objects.get().report != kept) == (kept, True)
    assert not AbnormalOffer.objects.undecided().exists()
    with pytest.raises(TransitionError):
        actions.decide(found, is_accepted=False, reason=REASON, by=people.officer(), at=clock.now())


def test_nobody_is_left_out_unheard(panel: BigPanel) -> None:
    found, officer = AbnormalOffer.objects.get(), people.officer()

    with pytest.raises(DomainError, match="Pide"):
        actions.decide(found, is_accepted=False, reason=REASON, by=officer, at=clock.now())
    found = asked(panel)
    with pytest.raises(DomainError, match="hasta"):
        actions.decide(found, is_accepted=False, reason=REASON, by=officer, at=clock.now())
    with pytest.raises(TransitionError):
        asked(panel)
    late = found.due_at + timedelta(minutes=1)
    with clock.travel(late):
        with pytest.raises(DomainError):
            actions.answer(found, text=REASON, by=member(found.proposal.organisation), at=late)
        assert not actions.decide(found, is_accepted=False, reason=REASON, by=officer, at=late).is_accepted


def test_who_asks_and_who_answers(panel: BigPanel) -> None:
    found, at = AbnormalOffer.objects.get(), clock.now()
    outsider = member(panel.proposals[1].organisation)

    for person in (people.director(), people.auditor(), panel.chair.user, people.person()):
        with pytest.raises(PermissionDenied):
            actions.ask(found, text=REASON, due_at=earliest_due(at=at), by=person, at=at)
    with pytest.raises(DomainError, match=r"plazo|día|hasta"):
        actions.ask(found, text=REASON, due_at=at + timedelta(minutes=5), by=people.officer(), at=at)
    found = asked(panel)
    for person in (outsider, people.officer(), member(found.proposal.organisation, role="reader")):
        with pytest.raises(PermissionDenied):
            actions.answer(found, text=REASON, by=person, at=at)


def test_who_may_not_answer_is_told_who_does(panel: BigPanel) -> None:
    proposal = AbnormalOffer.objects.get().proposal
    partner, reader = people.person(), member(proposal.organisation, role="reader")
    company = panel.proposals[1].organisation
    member(company, user=partner)
    with unchecked():
        Partner.objects.create(
            proposal=proposal, organisation=company, status="confirmed", confirmed_version=1, terms=b"", mark="m",
            invited_at=clock.now(), invited_by=reader, answered_at=clock.now(), answered_by=partner,
        )  # fmt: skip
    asked(panel)

    assert Notice.objects.get(kind="offer.partner_asked", recipient=partner).params["lead"]
    assert not Notice.objects.filter(kind="offer.asked", recipient=partner).exists()
    client = Client()
    client.force_login(reader)
    for page in (
        client.get(proposal.abnormal.get_absolute_url()).content.decode(),
        str(desk.own([proposal], user=reader)[proposal.pk]),
    ):
        assert "Leerlo y responder" not in page
        assert f"Puede responder un titular o editor de {proposal.organisation.name}" in page


def test_the_page_asks_answers_and_decides(panel: BigPanel) -> None:
    found = AbnormalOffer.objects.get()
    writer, officer = member(found.proposal.organisation), people.officer()
    address = found.get_absolute_url()
    office, company, rival, chair = Client(), Client(), Client(), Client()
    for client, person in (
        (office, officer),
        (company, writer),
        (rival, member(panel.proposals[1].organisation)),
        (chair, panel.chair.user),
    ):
        client.force_login(person)

    assert company.get(address).status_code == 404  # nothing is known of it before it is asked
    assert rival.get(address).status_code == 404
    assert "6.000" in chair.get(address).content.decode()
    due = clock.local_date(earliest_due(at=clock.now())).isoformat()
    assert office.post(address, {"text": "poco", "due_at": due}).status_code == 422
    assert office.post(address, {"text": REASON, "due_at": due}).status_code == 302
    assert company.post(address, {"text": ""}).status_code == 422
    assert company.post(address, {"text": "Porque ya lo tenemos hecho."}).status_code == 302
    assert office.post(address, {"reason": REASON}).status_code == 422
    assert office.post(address, {"outcome": "leave_out", "reason": REASON}).status_code == 302
    assert REASON in company.get(address).content.decode()
    assert company.post(address, {"text": "Más"}).status_code == 302  # nothing can be written: it says so
    ranking = office.get(reverse("startups:ranking", kwargs={"slug": panel.challenge.slug})).content.decode()
    assert "Excluida" in ranking
    assert REASON in chair.get(address).content.decode()  # the panel goes on reading what it ranked
    slug = {"slug": panel.challenge.slug}
    assert "te has abstenido" not in chair.get(reverse("startups:ranking", kwargs=slug)).content.decode()
    assert chair.get(reverse("startups:evaluation_report", kwargs=slug)).status_code == 200


def test_who_is_left_out_is_not_under_the_minimum_and_has_no_points_left(panel: BigPanel) -> None:
    found = asked(panel)
    with clock.travel(found.due_at + timedelta(minutes=1)):
        actions.decide(found, is_accepted=False, reason=REASON, by=people.officer(), at=clock.now())
        shown = what_if(panel.challenge, ranking_of(panel.challenge), [], at=clock.now())

    rows = resolution.ranking_of(panel.challenge)
    assert [(row["place"], row["points"] is None) for row in rows] == [(1, False), (2, False), (None, True)]
    assert rows[-1]["outcome"] == "excluida: oferta anormalmente baja"
    why = {row["proposal"].pk: row["why"] for row in shown.rows}
    assert why[found.proposal_id] == "Excluida: su oferta era anormalmente baja."
    table = render_to_string("pilots/_ranking.html", {"ranking": ranking_of(panel.challenge)})
    assert "excluida: oferta anormalmente baja" in table
    assert "no llega al mínimo" not in table
    totals = ranking_page._totals(panel.challenge)
    with unchecked():
        ProposalResult.objects.filter(proposal=found.proposal).update(price_net="5999.00")
    with pytest.raises(CommandError, match=r"offer: 6000\.00, on record 5999\.00"):
        call_command("reproduce_ranking", panel.challenge.reference, stdout=StringIO())
    assert totals["highest"] == ProposalResult.objects.get(rank=1).total_points


def test_an_outage_gives_a_hearing_more_time_and_never_less(panel: BigPanel) -> None:
    found = asked(panel)
    old, began_at = found.due_at, found.due_at - timedelta(hours=1)
    at = began_at + timedelta(hours=3)
    with clock.travel(at):
        incident = incidents.record(began_at=began_at, ended_at=at, text="Sin servicio.", by=people.officer(), at=at)
        incidents.apply(incident, by=people.officer(), at=at)
        found.refresh_from_db()
        assert found.due_at >= old + timedelta(hours=3)
        writer = member(found.proposal.organisation)
        answered = actions.answer(found, text="Usamos una solución que ya tenemos.", by=writer, at=at)
    assert IncidentEffect.objects.filter(term="hearing_due_at", is_public=False).count() == 1
    assert [row["answer"] for row in own_records.handed_in(writer)] == [answered.answer]
    for due_at in (found.due_at - timedelta(minutes=1), found.due_at + timedelta(days=1)):
        with pytest.raises(DatabaseError), transaction.atomic():  # not earlier; and not at all once answered
            AbnormalOffer.objects.filter(pk=found.pk).update(due_at=due_at)


@pytest.mark.parametrize(
    "values",
    [
        {"offer_net": "1.00"},
        {"limit_net": "99999.00"},
        {"request": "Otra cosa"},
        {"due_at": None, "asked_at": None, "asked_by": None},
    ],
)
def test_the_database_keeps_a_hearing_as_it_was(panel: BigPanel, values: dict) -> None:
    found = asked(panel)

    with pytest.raises(DatabaseError), transaction.atomic():
        AbnormalOffer.objects.filter(pk=found.pk).update(**values)


def test_the_database_refuses_a_decision_without_hearing_and_a_deletion(panel: BigPanel) -> None:
    found = AbnormalOffer.objects.get()

    with pytest.raises(DatabaseError, match="abnormal_decided_after_hearing"), transaction.atomic():
        AbnormalOffer.objects.filter(pk=found.pk).update(
            is_accepted=False, decided_at=clock.now(), decided_by=panel.secretary.user
        )
    with pytest.raises(DatabaseError, match="stays on record"), transaction.atomic():
        AbnormalOffer.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_after_an_offer_is_left_out_no_statement_rewrites_price_places_or_ties() -> None:
    made = big_panel(
        proposals=3,
        voting=2,
        points=lambda _proposal, _member, _criterion: 4,
        prices=lambda n: PRICES[n],
        locked=True,
        abnormal_rule="mean",
        abnormal_percent=25,
    )
    actions.find(made.challenge, made.proposals, by=made.secretary.user, at=clock.now())
    asked(made)
    found = AbnormalOffer.objects.get()
    at = found.due_at + timedelta(minutes=1)
    with clock.travel(at):
        actions.decide(found, is_accepted=False, reason=REASON, by=people.officer(), at=at)
    ranked = list(ProposalResult.objects.order_by("pk").values())
    row = ProposalResult.objects.get(rank=1)
    price = str(made.price.pk)
    forged = {**row.points, price: "1.00"}
    changes = [
        {"points": forged, "price_points": "1.00", "total_points": row.judgement_points + 1},
        {"rank": 2},
        {"passes": False, "rank": None},
        {"tie_break": "draw"},
        {"price_net": "1.00"},
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="the ranking is made once"), transaction.atomic():
            ProposalResult.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        AbnormalOffer.objects.update(decided_in=0)
    with pytest.raises(DatabaseError, match="begins undecided"), transaction.atomic():  # nor by a hearing nobody had
        AbnormalOffer.objects.create(
            proposal=row.proposal, offer_net="1.00", limit_net="2.00", found_at=at, is_accepted=False, reason="x",
            asked_at=at, asked_by=found.asked_by, due_at=at + timedelta(days=1), answered_at=at,
            answered_by=found.asked_by, decided_at=at, decided_by=found.asked_by,
        )  # fmt: skip
    assert list(ProposalResult.objects.order_by("pk").values()) == ranked


def test_the_guard_of_the_ranking_can_be_taken_back() -> None:
    undo = import_module("startups.migrations.0010_ranked_again").UNDO
    assert undo.count("CREATE OR REPLACE FUNCTION startups_result_guard") == undo.count("END $$;") == 1
    assert "decided_in" not in undo
