"""Every page of awards and pilots opens for who works with it, in both languages, in each state."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from challenges.models import Status
from govtech import clock
from govtech.audit import decisions
from govtech.audit.models import DecisionKind, PreparedDecision
from pilots.actions import award as award_actions
from pilots.actions import pilot as pilot_actions
from pilots.models import Award, Pilot, Resolution
from tests import people
from tests.pilots import awards

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at_url(name: str, **kwargs: Any) -> str:
    """Return the Spanish address, whatever language the last request left."""
    with translation.override("es"):
        return reverse(name, kwargs=kwargs)


def get(client: Client, name: str, status: int = 200, **kwargs: Any) -> str:
    pages = ""
    for language in ("es", "en"):
        with translation.override(language):
            url = reverse(f"pilots:{name}", kwargs=kwargs)
        response = client.get(url)
        assert response.status_code == status, (url, response.status_code)
        pages += response.content.decode() if not response.streaming else ""
    return pages


def test_public_pages_without_pilots_say_what_to_do(client):
    page = get(client, "list")

    assert "Todavía no hay pilotos" in page


def test_award_is_prepared_answered_and_approved_on_its_pages():
    challenge = awards.ranked()
    office, director = client_of(people.officer()), client_of(people.director())
    with awards.working():
        slug = challenge.slug
        assert "Empresa Ficticia" in get(office, "award", slug=slug)
        get(office, "propose_award", slug=slug)
        response = office.post(at_url("pilots:propose_award", slug=slug), {"reason": ""})
        assert response.status_code == 422
        response = office.post(at_url("pilots:propose_award", slug=slug), {"reason": "La mejor."})
        assert response.status_code == 302
        award = Award.objects.get()
        winner = awards.owner_of(award.proposal.organisation)
        company = client_of(winner)
        mine = at_url("pilots:my_award", public_id=award.public_id)
        get(company, "my_award", public_id=award.public_id)
        assert company.post(mine, {"answer": "decline", "decline-note": ""}).status_code == 422
        assert company.post(mine, {"answer": "accept", "accept-note": "Sí."}).status_code == 302
        get(company, "my_award", public_id=award.public_id)
        response = office.post(at_url("pilots:prepare_award", slug=slug), {"reason": ""})
        assert response.status_code == 302  # back, with the message that the organisation isn't verified
        assert "no ha verificado" in get(office, "award", slug=slug)
        awards.verify(award.proposal.organisation)
        awards.hand_in(award, at=clock.now())
        office.post(at_url("pilots:prepare_award", slug=slug), {"reason": ""})
        get(director, "approve_award", slug=slug)
        get(director, "decisions")
        blind = director.post(at_url("pilots:approve_award", slug=slug), {"answer": "approve"})
        assert (blind.status_code, Resolution.objects.published().count()) == (302, 0)  # it doesn't say what it saw
        said = {"answer": "approve", "decision": PreparedDecision.objects.waiting().get().public_id}
        response = director.post(at_url("pilots:approve_award", slug=slug), said)
        assert response.status_code == 302

        assert Resolution.objects.published().count() == 1
        visitor = Client()
        assert "Empresa Ficticia" in get(visitor, "resolution", slug=slug)
        assert visitor.get(at_url("pilots:resolution_document", slug=slug)).status_code == 200
        pilot = Pilot.objects.get()
        get(visitor, "list")
        assert pilot.reference in get(visitor, "pilot", slug=pilot.slug)
        assert pilot.reference in visitor.get(at_url("challenges:detail", slug=slug)).content.decode()
        get(visitor, "award", slug=slug, status=302)


def test_running_pilot_shows_each_person_what_they_can_do():
    pilot = awards.running_pilot()
    awards.measured(pilot)
    awards.delivered(pilot)
    company, delegate = client_of(awards.company_of(pilot)), client_of(awards.delegate_of(pilot))
    office = client_of(people.officer())
    with awards.working(60):
        assert "Aceptar la entrega" in get(delegate, "work", slug=pilot.slug)
        assert "Aceptar la entrega" not in get(company, "work", slug=pilot.slug)
        get(office, "work", slug=pilot.slug)
        get(company, "invoicing", slug=pilot.slug)
        get(delegate, "invoicing", slug=pilot.slug, status=403)
        get(delegate, "charter", slug=pilot.slug)
        get(delegate, "add_indicator", slug=pilot.slug)
        get(delegate, "suspend", slug=pilot.slug)
        get(office, "prepare_termination", slug=pilot.slug)
        get(company, "deliver", public_id=awards.milestone_of(pilot, 2).public_id)
        get(delegate, "give_back", public_id=awards.milestone_of(pilot, 1).public_id)
        get(company, "measure", public_id=pilot.indicators.get().public_id)
        for person in (company, delegate, office):
            assert person.get(at_url("shell:desk")).status_code == 200
        assert 'class="chart"' in get(Client(), "pilot", slug=pilot.slug)


def test_ended_pilot_is_decided_and_its_reasons_are_public():
    pilot = awards.completed_pilot()
    delegate, office = client_of(awards.delegate_of(pilot)), client_of(people.officer())
    with awards.working(200):
        get(office, "work", slug=pilot.slug)
        get(office, "invoicing", slug=pilot.slug)
        get(delegate, "decide", slug=pilot.slug)
        url = at_url("pilots:decide", slug=pilot.slug)
        refused = delegate.post(url, {"decision": "scale", "reason": "Funcionó."})
        assert refused.status_code == 422
        assert "Funcionó." in refused.content.decode()
        delegate.post(
            url, {"decision": "stop", "reason": "Los sensores no aguantan la humedad.", "lessons": "Sellarlos."}
        )

        page = get(Client(), "pilot", slug=pilot.slug)
        assert "Esto no funcionó, y este es el motivo" in page
        assert "no aguantan la humedad" in page
        home = Client().get("/").content.decode()
        assert pilot.title in home


def test_early_end_is_approved_by_a_director_on_one_page():
    pilot = awards.running_pilot()
    awards.accept(pilot)
    officer = people.officer()
    with awards.working(60) as at:
        pilot_actions.prepare_termination(pilot, reason="La empresa cierra.", hearing="Conforme.", by=officer, at=at)
        director = client_of(people.director())
        assert "La empresa cierra." in get(director, "approve_termination", slug=pilot.slug)
        url = at_url("pilots:approve_termination", slug=pilot.slug)
        shown = {"decision": PreparedDecision.objects.waiting().get().public_id}
        assert director.post(url, {"answer": "return", "comment": "", **shown}).status_code == 422
        assert director.post(url, {"answer": "approve", **shown}).status_code == 302

        assert "terminó antes de tiempo" in get(Client(), "pilot", slug=pilot.slug)


def test_refused_award_frees_its_money_and_its_pilot_says_so():
    pilot = awards.preparing_pilot()
    office = client_of(people.officer())
    with awards.working(5):
        get(office, "refuse_award", public_id=pilot.award.public_id)
        url = at_url("pilots:refuse_award", public_id=pilot.award.public_id)
        assert office.post(url, {"reason": "La empresa renuncia."}).status_code == 302

        assert "nunca empezó" in get(Client(), "pilot", slug=pilot.slug)
        get(office, "award", slug=pilot.challenge.slug)
        get(Client(), "resolution", slug=pilot.challenge.slug)
        assert award_actions.policies.candidates(pilot.challenge)


def test_director_approves_only_what_the_page_showed(client):
    challenge = awards.prepared()
    resolution = Resolution.objects.get(challenge=challenge)
    shown = decisions.open_for(DecisionKind.AWARD, resolution).public_id
    with awards.working(3) as at:
        award_actions.send_back(challenge, comment="Falta la razón.", by=people.director(), at=at)
        award_actions.prepare_approval(challenge, by=people.officer(), at=at)
    client.force_login(people.director())
    url = at_url("pilots:approve_award", slug=challenge.slug)
    with awards.working(4):
        page = client.get(url).content.decode()
        response = client.post(url, {"answer": "approve", "decision": shown})

    assert shown not in page
    assert decisions.open_for(DecisionKind.AWARD, resolution).public_id in page
    assert response.status_code == 302
    challenge.refresh_from_db()
    assert challenge.status == Status.EVALUATING


def test_return_of_an_early_end_has_its_button_where_the_pilot_ended_meanwhile():
    pilot = awards.running_pilot()
    awards.accept(pilot, 1)
    with awards.working(60) as at:
        pilot_actions.prepare_termination(pilot, reason="Retrasos.", hearing="Oída.", by=people.officer(), at=at)
    awards.accept(pilot, 2)
    director = client_of(people.director())
    with awards.working(90):
        page = get(director, "approve_termination", slug=pilot.slug)
        response = director.post(
            at_url("pilots:approve_termination", slug=pilot.slug),
            {
                "answer": "return",
                "comment": "Ya terminó.",
                "decision": PreparedDecision.objects.waiting().get().public_id,
            },
        )

    assert 'value="approve"' not in page
    assert 'value="return"' in page
    assert response.status_code == 302
    assert decisions.open_for(DecisionKind.TERMINATION, pilot) is None
