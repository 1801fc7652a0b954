"""What the law asks before an award; the quarterly list of minor contracts; another call after a no."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import translation
from zeal import zeal_ignore

from challenges.models import Challenge
from govtech import clock
from govtech.audit.models import PreparedDecision
from govtech.errors import DomainError
from pilots.actions import award as actions
from pilots.models import Award, Letter
from pilots.policies import contract
from startups.actions import dossier as dossiers
from startups.actions.envelope import working_copy
from startups.models import DossierPaper, PaperKind, Proposal
from tests import people
from tests.copies import unchecked
from tests.pilots import awards
from tests.startups.calls import open_call
from tests.startups.factories import owner_of

pytestmark = pytest.mark.django_db


def test_award_waits_for_a_declaration_in_force_and_for_a_plan_within_the_year(monkeypatch):
    challenge = awards.ranked()
    award = awards.accepted(challenge)
    held = DossierPaper.objects.get(organisation=award.proposal.organisation, kind=PaperKind.NOT_BARRED)
    with awards.working(2) as at:
        levels = [finding.level for finding in contract.findings([award], at=at)]
        assert "stop" not in levels
        owner = owner_of(held.organisation)
        DossierPaper.objects.filter(pk=held.pk).update(ended_at=at, ended_by=owner)
        with pytest.raises(DomainError, match="prohibición de contratar"):
            actions.prepare_approval(challenge, by=people.officer(), at=at)
        signed = {"signatory_name": "Ana Ficticia", "signatory_post": "Administradora", "is_true": True}
        dossiers.declare(held.organisation, **signed, by=owner, at=at)
        with monkeypatch.context() as patch:
            patch.setattr(contract, "LONGEST_MONTHS", 1)
            with pytest.raises(DomainError, match="un año"):
                actions.prepare_approval(challenge, by=people.officer(), at=at)
        actions.prepare_approval(challenge, by=people.officer(), at=at)


def test_minor_contracts_of_a_quarter_in_the_columns_of_the_city(client):
    challenge = awards.awarded()
    award = Award.objects.select_related("proposal__organisation", "pilot").get()
    page = client.get(reverse("pilots:minor_contracts")).content.decode()
    url = reverse("pilots:minor_contracts_csv", args=[2026, 2])
    data = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(data), delimiter=";")

    assert url in page
    assert row["IMPORTE ADJUDICACION IVA INC."] == "14520,00"
    assert row["RAZON SOCIAL ADJUDICATARIO"] == award.proposal.organisation.name
    assert row["NIF ADJUDICATARIO"] == award.proposal.organisation.tax_id
    assert row["FECHA DE ADJUDICACION"] == f"{clock.local_date(award.approved_at):%d/%m/%Y}"
    assert row["N. LICITADORES PARTICIPANTES"] == "2"
    assert row["OBJETO DEL CONTRATO"] == challenge.title
    assert row["PLAZO"].endswith(" meses")
    empty = b"".join(client.get(reverse("pilots:minor_contracts_csv", args=[2026, 3])).streaming_content)
    assert empty.decode("utf-8-sig").count("\n") == 1
    assert client.get(reverse("pilots:minor_contracts_csv", args=[2026, 5])).status_code == 404


def test_open_data_have_the_general_rate_in_spanish_and_no_contract_that_was_given_up(client):
    challenge = awards.awarded()
    with unchecked():
        Challenge.objects.filter(pk=challenge.pk).update(max_amount_net="14500.50")  # 17 545.605 with VAT
        Award.objects.update(vat_regime="exempt", vat_rate=0)
    with translation.override("en"):
        url = reverse("pilots:minor_contracts_csv", args=[2026, 2])
    (row,) = rows_of(client, url)
    assert row["IMPORTE LICITACION IVA INC."] == "17545,61"
    assert row["PLAZO"].endswith(" meses")

    with awards.working(4) as at:
        actions.refuse(Award.objects.get(), reason="Renuncia.", by=people.officer(), at=at)
    assert rows_of(client, url) == []


def rows_of(client, url):
    data = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data), delimiter=";"))


def test_who_lost_begins_in_another_call_with_the_same_texts_in_one_press(client):
    awards.awarded()
    letter = Letter.objects.exclude(outcome="awarded").select_related("proposal__organisation").get()
    owner = owner_of(letter.proposal.organisation)
    call = open_call()
    client.force_login(owner)
    page = client.get(letter.get_absolute_url()).content.decode()
    press = {"challenge": call.slug}
    url = reverse("pilots:again", kwargs={"public_id": letter.public_id})
    with zeal_ignore():  # two presses, two drafts read
        first, again = client.post(url, press), client.post(url, press)

    draft = Proposal.objects.get(challenge=call)
    assert call.title in page
    assert "Empezar con estos textos" in page
    assert first["Location"] == again["Location"] == draft.get_absolute_url()
    with zeal_ignore():
        texts = [working_copy(each).sections["solution"] for each in (draft, letter.proposal)]
    assert texts[0] == texts[1] != ""
    client.force_login(people.officer())
    assert client.post(reverse("pilots:again", kwargs={"public_id": letter.public_id}), press).status_code == 403


def test_approving_asks_for_the_password_again(client):
    challenge = awards.prepared()
    director = people.director()
    director.set_password("una-clave-muy-larga-155")
    director.save()
    client.force_login(director)
    url = reverse("pilots:approve_award", kwargs={"slug": challenge.slug})
    with awards.working(3):
        assert client.get(url).status_code == 200
        shown = PreparedDecision.objects.waiting().get().public_id
        asked = client.post(url, {"answer": "approve", "decision": shown})
        challenge.refresh_from_db()
        assert challenge.status == "evaluating"
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
        client.post(asked["Location"], {"password": "una-clave-muy-larga-155"})
    challenge.refresh_from_db()
    assert challenge.status == "awarded"
