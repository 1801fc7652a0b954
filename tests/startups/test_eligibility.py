"""Eligibility before effort: every rule that fails is named with the way to mend it, before a word is written."""

import pytest
from django.urls import reverse

from govtech import clock
from govtech.errors import DomainError
from startups.actions import envelope as envelopes
from startups.actions import organisation as organisations
from startups.actions import panel as panels
from startups.actions import proposal as proposals
from startups.models import OrganisationRole, PanelRole, Proposal
from tests import people
from tests.people import person
from tests.startups.calls import open_call
from tests.startups.factories import member, organisation, owner_of

pytestmark = pytest.mark.django_db


def propose(challenge):
    return reverse("startups:propose", kwargs={"slug": challenge.slug})


def test_every_rule_that_fails_is_named_with_its_way(client):
    challenge, company = open_call(), organisation()
    reader = member(company, OrganisationRole.READER)
    proposals.start(challenge, company, by=owner_of(company), at=clock.now())
    organisations.withdraw(company, by=owner_of(company), at=clock.now())
    client.force_login(reader)

    page = client.get(propose(challenge)).content.decode()

    for words in (
        "puedes leer, pero no escribir", "Pide a uno de sus titulares", "se dio de baja", "Escribe a la Oficina",
        "ya participa en este reto", "Continúa esa propuesta",
    ):  # fmt: skip
        assert words in page, words


def test_who_judges_the_challenge_is_told_before_writing(client):
    challenge, judge = open_call(), person()
    panels.name_member(challenge, judge, role=PanelRole.MEMBER, by=people.officer(), at=clock.now())
    company = organisation(owner=judge)
    client.force_login(judge)

    page = client.get(propose(challenge)).content.decode()
    client.post(propose(challenge), {"organisation": company.public_id})

    assert "Estás en el panel que juzga este reto" in page
    assert "Declara el conflicto" in page
    assert not Proposal.objects.exists()


def test_a_solution_that_isnt_mature_enough_is_told_before_writing(client):
    challenge, company = open_call(minimum_trl=6, form_sections=["maturity"]), organisation()
    client.force_login(owner_of(company))
    sent = {"organisation": company.public_id}

    assert "Elige el nivel" in client.post(propose(challenge), sent).content.decode()
    early = client.post(propose(challenge), {**sent, "maturity": "4"}).content.decode()
    assert "pide TRL 6 o más, y la solución está en TRL 4" in early
    assert not Proposal.objects.exists()
    assert client.post(propose(challenge), {**sent, "maturity": "6"}).status_code == 302
    assert envelopes.working_copy(Proposal.objects.get()).sections["trl"] == "TRL 6"


def test_a_level_given_by_hand_is_checked_too():
    challenge, company = open_call(minimum_trl=6), organisation()

    with pytest.raises(DomainError, match="TRL"):
        proposals.start(challenge, company, by=owner_of(company), at=clock.now(), maturity=1)


def test_before_a_question_the_rules_are_checked_and_stop_nobody(client):
    challenge, company = open_call(), organisation()
    page = reverse("challenges:questions", kwargs={"slug": challenge.slug})

    def read(user):
        client.force_login(user)
        return client.get(page).content.decode()

    lone, reader, owner = (
        read(user) for user in (person(), member(company, OrganisationRole.READER), owner_of(company))
    )

    assert "todavía no proponer" in lone
    assert "no perteneces a ninguna" in lone
    assert "Registra la tuya" in lone
    assert "puedes leer, pero no escribir" in reader
    assert "Pide a uno de sus titulares" in reader
    assert 'name="text"' in reader
    assert "todavía no proponer" not in owner


def test_before_a_question_each_organisation_that_cant_propose_is_named(client):
    challenge, blocked = open_call(), organisation(name="Cerrada SL")
    owner = owner_of(blocked)
    organisation(owner=owner, name="Abierta SL")
    organisations.withdraw(blocked, by=owner, at=clock.now())
    client.force_login(owner)

    page = client.get(reverse("challenges:questions", kwargs={"slug": challenge.slug})).content.decode()

    assert "todavía no proponer aquí con todas tus entidades" in page
    notice = page.partition("todavía no proponer")[2].partition("</ul>")[0]
    assert "<strong>Cerrada SL</strong>" in notice
    assert "se dio de baja" in notice
    assert "Abierta SL" not in notice
