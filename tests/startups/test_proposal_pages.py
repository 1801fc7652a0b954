"""Pages of a proposal: saving with and without script, bad input answered in words, nothing lost."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from govtech import clock
from startups.actions import attachment as attachments
from startups.actions import draft as drafts
from startups.actions import envelope as envelopes
from startups.actions import organisation as organisations
from startups.models import OrganisationRole, Proposal, ProposalStatus, Receipt
from tests.files import samples
from tests.people import person
from tests.startups.calls import after, announced_call, open_call, own_draft
from tests.startups.factories import (
    TEXTS,
    draft_proposal,
    member,
    milestones,
    organisation,
    owner_of,
    submitted_proposal,
)

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def proposal(client):
    """A complete draft, its owner signed in."""
    found = own_draft()
    client.force_login(owner_of(found.organisation))
    return found


def address(proposal, name="section", **kwargs):
    part = {"part": "solution"} if name == "section" else {}
    return reverse(f"startups:{name}", kwargs={"public_id": proposal.public_id, **part, **kwargs})


def typed(**kw):
    texts = {key: TEXTS[key] for key in ("title", "solution")}
    return {**texts, "title-version": 1, "solution-version": 1, **kw}


def price(**kw):
    rows = {
        "m-TOTAL_FORMS": 2, "m-INITIAL_FORMS": 0, "m-0-title": "Informe", "m-0-deliverables": "Un informe",
        "m-0-acceptance_criteria": "Se lee", "m-0-month": 2, "m-0-amount_net": "10.000,50", "m-1-title": "",
    }  # fmt: skip
    return {"version": 1, "amount_net": "10.000,50", "vat_regime": "general", "breakdown": "", **rows, **kw}


def signed(proposal, **kw):
    """Return the form of the review page as it is now, filled in."""
    said = {"signatory_name": "Ana Prueba", "signatory_post": "Gerente", "has_power": "on", "declares": "on"}
    return {**said, "seen": envelopes.mark_of(envelopes.working_copy(proposal)), **kw}


# May we -----------------------------------------------------------------------------------------------


def test_who_cant_propose_is_told_why_before_writing_a_word(client):
    challenge, company = open_call(), organisation()
    page = reverse("startups:propose", kwargs={"slug": challenge.slug})
    stranger = person()

    client.force_login(stranger)
    assert "Primero, tu organización" in client.get(page).content.decode()
    client.force_login(member(company, OrganisationRole.READER))
    assert "puedes leer, pero no escribir" in client.get(page).content.decode()
    client.force_login(owner_of(company))
    assert "puede presentar una propuesta" in client.get(page).content.decode()
    begun = client.post(page, {"organisation": company.public_id})
    assert begun.status_code == 302
    assert "ya participa en este reto" in client.get(page).content.decode()
    other = organisation()
    organisations.withdraw(other, by=owner_of(other), at=clock.now())
    client.force_login(owner_of(other))
    assert "se dio de baja" in client.get(page).content.decode()
    assert client.post(page, {"organisation": other.public_id}).status_code == 422
    assert Proposal.objects.count() == 1


def test_with_two_organisations_one_is_chosen_and_not_anothers(client):
    challenge, one = open_call(), organisation()
    owner = owner_of(one)
    two, foreign = organisation(owner=owner), organisation()
    client.force_login(owner)
    page = reverse("startups:propose", kwargs={"slug": challenge.slug})

    assert client.post(page, {"organisation": foreign.public_id}).status_code == 422
    client.post(page, {"organisation": two.public_id})

    assert [each.organisation for each in Proposal.objects.all()] == [two]


def test_after_the_deadline_the_page_says_so(client):
    challenge, company = open_call(), organisation()
    client.force_login(owner_of(company))

    with after(challenge):
        page = client.get(reverse("startups:propose", kwargs={"slug": challenge.slug})).content.decode()

    assert "El plazo terminó" in page
    assert "Empezar el borrador" not in page


# Writing ----------------------------------------------------------------------------------------------


def test_a_save_in_the_background_answers_with_versions_and_the_time(client, proposal):
    answer = client.post(address(proposal), typed(title="Un título nuevo"), headers=FETCH)

    assert answer.json()["versions"] == {"title-version": 2, "solution-version": 1}
    assert len(answer.json()["at"]) == 5
    assert envelopes.working_copy(proposal).title == "Un título nuevo"


def test_without_script_the_same_post_saves_and_goes_on(client, proposal):
    answer = client.post(address(proposal), typed(title="Un título nuevo"))

    assert answer["Location"] == address(proposal, part="plan")
    assert envelopes.working_copy(proposal).title == "Un título nuevo"


def test_a_conflict_shows_both_texts_and_saving_again_is_meant(client, proposal):
    by = member(proposal.organisation, user=person("Lucía Peña"))
    drafts.save_section(proposal, "solution", version=1, body="Lo que puso Lucía", by=by, at=clock.now())
    mine = typed(solution="Lo que puse yo")

    script = client.post(address(proposal), mine, headers=FETCH)
    page = client.post(address(proposal), mine)

    assert script.status_code == page.status_code == 409
    assert "Lucía" in script.json()["message"]
    assert script.json()["url"] == "#guardar"
    text = page.content.decode()
    assert "Lo que puso Lucía" in text
    assert "Lo que puse yo" in text
    assert 'name="solution-version" value="2"' in text  # for the button
    assert 'data-seen="{&quot;title-version&quot;: &quot;1&quot;, &quot;solution-version&quot;: ' in text
    assert "data-leave" in text
    assert envelopes.working_copy(proposal).sections["solution"] == "Lo que puso Lucía"
    assert client.post(address(proposal), {**mine, "solution-version": 2}).status_code == 302
    assert envelopes.working_copy(proposal).sections["solution"] == "Lo que puse yo"


def test_a_text_that_is_far_too_long_is_kept_on_the_page_and_refused_in_words(client, proposal):
    answer = client.post(address(proposal), typed(solution="a" * 100_000))
    script = client.post(address(proposal), typed(solution="a" * 100_000), headers=FETCH)

    assert answer.status_code == script.status_code == 422
    assert "100000" in answer.content.decode() or "100.000" in answer.content.decode()
    assert "a" * 100_000 in answer.content.decode()
    assert script.json()["message"]


def test_after_the_deadline_the_script_is_told_and_the_page_leads_to_the_proposal(client, proposal):
    with after(proposal.challenge):
        script = client.post(address(proposal), typed(title="Tarde"), headers=FETCH)
        page = client.post(address(proposal), typed(title="Tarde"))
        shown = client.get(address(proposal, "proposal")).content.decode()

    assert script.status_code == 422
    assert "plazo terminó" in script.json()["message"]
    assert page["Location"] == address(proposal, "proposal")
    assert "No se presentó" in shown
    assert TEXTS["solution"] in shown


def test_a_reader_reads_the_proposal_and_is_refused_its_forms(client, proposal):
    client.force_login(member(proposal.organisation, OrganisationRole.READER))

    assert client.get(address(proposal, "proposal")).status_code == 200
    assert {client.get(address(proposal, name)).status_code for name in ("section", "price", "files", "review")} == {
        403
    }


# Price ------------------------------------------------------------------------------------------------


def test_price_and_milestones_are_saved_and_empty_rows_dropped(client, proposal):
    assert client.post(address(proposal, "price"), price()).status_code == 302

    kept = envelopes.working_copy(proposal).price
    assert kept["amount_net"] == "10000.50"
    assert [row["amount_net"] for row in kept["milestones"]] == ["10000.50"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount_net": "-1"}, "no puede ser menor que 0"),
        ({"amount_net": "14.500,01"}, "paga como máximo 14.500"),
        ({"amount_net": "gratis"}, "solo con cifras"),
        ({"m-0-amount_net": "-3"}, "no puede ser menor que 0"),
        ({"m-0-month": "13"}, "13"),
        ({"vat_regime": "none"}, "none"),
    ],
)
def test_an_impossible_price_is_answered_in_words_and_kept_on_the_page(client, proposal, change, words):
    answer = client.post(address(proposal, "price"), price(breakdown="Lo que escribí", **change))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert "Lo que escribí" in text
    assert envelopes.working_copy(proposal).price["amount_net"] == "12000.00"


@pytest.mark.parametrize(
    ("regime", "said"),
    [("general", "14.520 €"), ("exempt", "no lleva IVA"), ("reverse_charge", "la ciudad lo ingresa")],
)
def test_the_price_with_vat_is_beside_it_without_script_too(client, proposal, regime, said):
    page = reverse("startups:price", kwargs={"public_id": proposal.public_id})
    where = client.get(page)
    data = {"version": 1, "amount_net": "12000", "vat_regime": regime, "breakdown": "x"}
    form = {f"m-{name}": value for name, value in where.context["rows"].management_form.initial.items()}

    answer = client.post(page, {**data, **form}, headers=FETCH)

    assert answer.status_code == 200, answer.content
    (live,) = answer.json()["parts"]
    for html in (live, client.get(page).content.decode()):
        gross = html.partition('data-live="gross"')[2].partition("</div>")[0].replace("\N{NO-BREAK SPACE}", " ")
        assert said in gross
        assert "12.000 €" in gross
    review = client.get(reverse("startups:review", kwargs={"public_id": proposal.public_id})).content.decode()
    assert ("14.520" in review) == (regime == "general")


def test_a_conflict_of_prices_shows_both(client, proposal):
    client.post(address(proposal, "price"), price(amount_net="9.000", version=1))

    answer = client.post(address(proposal, "price"), price(amount_net="8.000", version=1))

    assert answer.status_code == 409
    assert "9.000" in answer.content.decode()
    assert "8.000" in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode()
    assert 'data-seen="{&quot;version&quot;: &quot;1&quot;}"' in answer.content.decode()
    assert "data-leave" in answer.content.decode()


def test_one_more_row_on_request(client, proposal):
    answer = client.post(address(proposal, "price"), price(another="1"), follow=True)

    assert 'name="m-2-title"' in answer.content.decode()
    for strange in ("99999", "-1", "²", "x"):
        assert client.get(address(proposal, "price"), {"filas": strange}).status_code == 200


# Files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("grande.pdf", b"%PDF-1.7" + bytes(40_000_000), "20 MB"),
        ("programa.pdf", b"MZ\x90\x00" + bytes(500), "no es lo que dice su nombre"),
        ("programa.exe", b"MZ\x90\x00" + bytes(500), "No se aceptan archivos"),
        ("vacio.pdf", b"", "vacío"),
    ],
)
def test_a_hostile_file_is_refused_beside_the_field(client, proposal, name, data, words):
    answer = client.post(address(proposal, "files"), {"file": SimpleUploadedFile(name, data), "envelope": "technical"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert "field--error" in text
    assert not proposal.attachments.exists()


def test_a_file_comes_back_as_it_was_and_goes_when_taken_out(client, proposal):
    data = samples.pdf()
    client.post(address(proposal, "files"), {"file": SimpleUploadedFile("Memoria.pdf", data), "envelope": "economic"})
    attachment = proposal.attachments.get()

    sent = client.get(address(proposal, "file", attachment=attachment.public_id))

    assert b"".join(sent.streaming_content) == data
    assert attachment.file.location.read_bytes() != data
    client.post(address(proposal, "remove_file", attachment=attachment.public_id))
    assert not proposal.attachments.exists()


def test_a_file_that_was_handed_in_stays_with_its_submission(client):
    proposal = own_draft()
    by = owner_of(proposal.organisation)
    upload = SimpleUploadedFile("a.pdf", samples.pdf())
    attachment = attachments.add(proposal, upload, envelope="technical", by=by, at=clock.now())
    client.force_login(by)
    client.post(
        address(proposal, "review"),
        signed(proposal),
    )

    client.post(address(proposal, "remove_file", attachment=attachment.public_id))

    assert envelopes.working_copy(proposal).attachments == []
    assert envelopes.verify(Receipt.objects.get().submission) == ""


# Handing in -------------------------------------------------------------------------------------------


def test_review_hands_in_and_leads_to_the_receipt(client, proposal):
    page = client.get(address(proposal, "review")).content.decode()
    assert all(text in page for text in TEXTS.values())

    answer = client.post(
        address(proposal, "review"),
        signed(proposal),
        follow=True,
    )

    receipt = Receipt.objects.get()
    text = answer.content.decode()
    assert receipt.register_number in text
    assert receipt.manifest_hash in text
    assert "no es un asiento en el registro oficial" in text
    pdf = client.get(address(proposal, "receipt_pdf", number=receipt.register_number))
    assert pdf.content.startswith(b"%PDF-")
    assert "no-store" in pdf["Cache-Control"]


def test_the_receipt_says_when_it_has_the_effect_of_the_register(client, settings):
    settings.REGISTER_EFFECT = True
    proposal = submitted_proposal(open_call(), organisation())
    client.force_login(owner_of(proposal.organisation))
    number = Receipt.objects.get().register_number

    page = client.get(address(proposal, "receipt", number=number)).content.decode()

    assert "tiene los efectos de un asiento en el registro oficial" in page


def save_a_text(proposal, by):
    drafts.save_section(proposal, "team", version=1, body="Lo que nadie ha leído", by=by, at=clock.now())


def change_the_price(proposal, by):
    price = Decimal("12000.00")
    changed = {"amount_net": price, "vat_regime": "general", "breakdown": "Otro", "milestones": milestones(price)}
    drafts.save_price(proposal, version=1, **changed, by=by, at=clock.now())


def add_a_file(proposal, by):
    attachments.add(proposal, SimpleUploadedFile("a.pdf", samples.pdf()), envelope="technical", by=by, at=clock.now())


@pytest.mark.parametrize("change", [save_a_text, change_the_price, add_a_file])
def test_what_is_handed_in_is_what_was_read(client, proposal, change):
    editor = member(proposal.organisation, user=person("Lucía Peña"))
    page = client.get(address(proposal, "review")).content.decode()
    read = signed(proposal)
    assert f'name="seen" value="{read["seen"]}"' in page
    change(proposal, editor)

    refused = client.post(address(proposal, "review"), read)
    unknown = client.post(address(proposal, "review"), signed(proposal, seen=""))

    assert refused.status_code == unknown.status_code == 422
    text = refused.content.decode()
    assert "La propuesta ha cambiado desde que abriste esta página" in text
    assert "checked" not in text.partition("has_power")[2]
    assert not Receipt.objects.exists()
    assert client.post(address(proposal, "review"), signed(proposal)).status_code == 302


def test_without_the_declaration_nothing_is_handed_in(client, proposal):
    answer = client.post(address(proposal, "review"), {"signatory_name": "Ana Prueba"})

    assert answer.status_code == 422
    assert "Confírmalo" in answer.content.decode()
    assert not Receipt.objects.exists()


def test_changes_after_handing_in_are_pointed_out(client):
    proposal = submitted_proposal(open_call(), organisation())
    by = owner_of(proposal.organisation)
    client.force_login(by)
    assert "La has cambiado" not in client.get(address(proposal, "proposal")).content.decode()

    drafts.save_section(proposal, "team", version=1, body="Otro equipo", by=by, at=clock.now())

    page = client.get(address(proposal, "proposal")).content.decode()
    assert "La has cambiado después de presentarla" in page
    assert TEXTS["team"] in page
    assert "Otro equipo" not in page


def test_withdrawing_by_its_button(client, proposal):
    client.post(address(proposal, "withdraw"))

    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.WITHDRAWN
    assert "Empezar otra" in client.get(address(proposal, "proposal")).content.decode()


def test_a_draft_before_the_opening_says_when_to_come_back(client):
    proposal = draft_proposal(announced_call(), organisation())
    client.force_login(owner_of(proposal.organisation))

    page = client.get(address(proposal, "review")).content.decode()

    assert "admite propuestas desde" in page
    assert "Presentar la propuesta" not in page


# Lists ------------------------------------------------------------------------------------------------


def test_lists_take_the_same_queries_with_one_and_with_many(client):
    company = organisation(is_listed=True)
    owner = owner_of(company)
    draft_proposal(open_call(), company)
    client.force_login(owner)
    pages = [
        reverse("startups:proposals"),
        reverse("startups:directory"),
        reverse("startups:my_organisations"),
        reverse("startups:members", kwargs={"public_id": company.public_id}),
        reverse("shell:desk"),
    ]

    def counted():
        found = {}
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(page).status_code == 200
            found[page] = len(queries)
        return found

    one = counted()
    for _ in range(3):
        draft_proposal(open_call(), company)
        organisation(is_listed=True, owner=owner)
        member(company)
    assert counted() == one
