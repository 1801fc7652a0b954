"""Writing, sending and reviewing by clicking; what is wrong is said beside the field, with what was typed kept."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from challenges.models import Challenge, ChallengeStep, Status
from govtech import clock
from govtech.notifications.models import Notice
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db

BACKGROUND = {"HTTP_X_REQUESTED_WITH": "fetch"}


@pytest.fixture
def delegate() -> Any:
    return people.delegate()


@pytest.fixture
def browser(client: Client, delegate: Any) -> Client:
    client.force_login(delegate)
    return client


def criteria(*weights: int, kinds: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the criteria as the form sends them."""
    data: dict[str, Any] = {"c-TOTAL_FORMS": len(weights) + 1, "c-INITIAL_FORMS": len(weights), "pass_mark": "60"}
    for index, weight in enumerate(weights):
        kind = kinds[index] if kinds else "judgement"
        data |= {f"c-{index}-name": f"Criterio {index}", f"c-{index}-weight_percent": weight, f"c-{index}-kind": kind}
    return data | {f"c-{len(weights)}-kind": "judgement"}


def address(challenge: Challenge, step: str) -> str:
    return f"/mis-retos/{challenge.public_id}/{step}/"


def test_a_delegate_writes_a_challenge_from_nothing_and_sends_it(browser: Client, delegate: Any) -> None:
    at = clock.now()
    answer = browser.post("/mis-retos/nuevo/", {"department": people.department().pk, "title": "Cortes de agua"})
    challenge = Challenge.objects.get()
    assert answer["Location"] == address(challenge, "problema")
    days = {
        name: timezone.localtime(value).strftime("%Y-%m-%dT%H:%M") if hasattr(value, "hour") else value.isoformat()
        for name, value in factories.days_of_call(at).items()
    }
    texts = factories.TEXTS
    for step, data in {
        "problema": {
            "title": "Enterarse a tiempo de los cortes de agua",
            "policy_area": factories.PolicyArea.objects.get(slug="vivienda").pk,
            **{name: texts[name] for name in ("summary", "problem", "affected", "tried")},
        },
        "resultado": {name: texts[name] for name in ("outcome", "baseline", "target")},
        "contexto": {
            **{name: texts[name] for name in ("place", "systems", "data_available", "legal_limits")},
            "has_personal_data": "no",
        },
        "piloto": {"duration_months": "6", "contribution": "x", "adoption": "y"},
        "importe": {"max_amount_net": "14.500,50", "awards_planned": "1", "options_net": ""},
        "criterios": criteria(60, 40, kinds=("judgement", "formula")),
        "calendario": days,
    }.items():
        answer = browser.post(address(challenge, step), {"version": 0, **data})
        assert answer.status_code == 302, (step, answer.context["form"].errors if "form" in answer.context else answer)

    answer = browser.post(f"/mis-retos/{challenge.public_id}/enviar/")

    challenge.refresh_from_db()
    assert challenge.status == Status.SUBMITTED, [str(m) for m in answer.wsgi_request._messages]
    assert str(challenge.max_amount_net) == "14500.50"
    assert challenge.has_personal_data is False
    assert list(challenge.criteria.order_by("position").values_list("kind", "weight_percent")) == [
        ("judgement", 60),
        ("formula", 40),
    ]


BAD = [
    ("problema", {"title": "🚀🚀🚀"}, "title", "El título necesita palabras"),
    ("problema", {"title": ""}, "title", "Escribe un título"),
    (
        "problema",
        {"title": "Un título", "problem": "x" * 100_000},
        "problem",
        "Tiene 100000 caracteres y el máximo es 10000",
    ),
    ("problema", {"title": "Un título", "problem": "a\x00b"}, "problem", "NUL"),
    ("importe", {"max_amount_net": "-3", "awards_planned": "1"}, "max_amount_net", "no puede ser negativo"),
    ("importe", {"max_amount_net": "15.000", "awards_planned": "1"}, "max_amount_net", "por debajo de 15.000"),
    ("importe", {"max_amount_net": "14.999,99", "awards_planned": "2"}, "awards_planned", "29.999,98"),
    ("importe", {"max_amount_net": "mucho", "awards_planned": "1"}, "max_amount_net", "cifras"),
    ("importe", {"max_amount_net": "1", "awards_planned": "0"}, "awards_planned", "del 1 al 20"),
    ("piloto", {"duration_months": "13"}, "duration_months", "del 1 al 12"),
    (
        "calendario",
        {"opens_at": "2026-12-20T10:00", "closes_at": "2026-12-10T10:00"},
        "closes_at",
        "debe ser posterior a la apertura",
    ),
    ("calendario", {"closes_at": "2026-12-12T14:00"}, "closes_at", "sábado o domingo"),
    ("calendario", {"closes_at": "2026-12-13T14:00"}, "closes_at", "sábado o domingo"),
    ("calendario", {"closes_at": "2026-12-08T14:00"}, "closes_at", "es festivo"),
    ("calendario", {"opens_at": "2020-12-08T14:00"}, "opens_at", "en el pasado"),
    (
        "calendario",
        {"opens_at": "2026-11-30T09:00", "closes_at": "2026-12-10T14:00"},
        "closes_at",
        "el mínimo es 20",
    ),
]


@pytest.mark.parametrize(
    ("step", "data", "field", "words"), BAD, ids=[f"{step}-{field}-{n}" for n, (step, _d, field, _w) in enumerate(BAD)]
)
def test_bad_input_is_answered_beside_the_field_and_nothing_is_written(
    browser: Client, step: str, data: dict[str, str], field: str, words: str
) -> None:
    with clock.travel(factories.datetime(2026, 11, 23, 9, tzinfo=factories.ZoneInfo("Europe/Madrid"))):
        challenge = factories.draft_challenge(complete=False)
        before = Challenge.objects.values().get()

        answer = browser.post(address(challenge, step), {"version": 0, **data})

    assert answer.status_code == 422
    assert words in "".join(answer.context["form"].errors[field])
    assert answer.context["form"][field].value() == data[field]
    assert Challenge.objects.values().get() == before
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_weights_of_99_are_kept_and_said(browser: Client) -> None:
    challenge = factories.draft_challenge(complete=False)

    answer = browser.post(address(challenge, "criterios"), {"version": 0, **criteria(60, 39)}, follow=True)

    assert "Los criterios suman 99: falta repartir 1 punto." in answer.content.decode()
    assert "Suman 99 de 100" in answer.content.decode()
    assert sum(challenge.criteria.values_list("weight_percent", flat=True)) == 99
    browser.post(f"/mis-retos/{challenge.public_id}/enviar/")
    challenge.refresh_from_db()
    assert challenge.status == Status.DRAFT


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"c-0-weight_percent": "-5"}, "número entero del 1 al 100"),
        ({"c-0-weight_percent": ""}, "Ponle un peso"),
        ({"c-0-threshold_points": "61"}, "no puede superar el peso"),
        ({"c-0-threshold_points": "-1"}, "no puede ser negativo"),
        ({"c-0-kind": "formula", "c-1-kind": "formula"}, "Solo un criterio"),
        ({"pass_mark": "101"}, "del 0 al 100"),
        ({"c-0-name": "x" * 121}, "el máximo es 120"),
    ],
    ids=str,
)
def test_bad_criteria_are_answered_and_nothing_is_written(browser: Client, change: dict[str, str], words: str) -> None:
    challenge = factories.draft_challenge()

    answer = browser.post(address(challenge, "criterios"), {"version": 0, **criteria(60, 40), **change})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert challenge.criteria.count() == 6


def test_broken_criteria_forms_do_not_crash(browser: Client) -> None:
    challenge = factories.draft_challenge()

    answer = browser.post(address(challenge, "criterios"), {"version": 0, "pass_mark": "60"})

    assert answer.status_code == 422
    assert challenge.criteria.count() == 6


def test_saving_in_the_background_answers_with_the_new_version(browser: Client) -> None:
    challenge = factories.draft_challenge(complete=False)

    answer = browser.post(address(challenge, "resultado"), {"version": 0, "outcome": "Menos espera"}, **BACKGROUND)

    assert answer.json()["version"] == 1
    assert answer.json()["saved_at"]
    challenge.refresh_from_db()
    assert challenge.outcome == "Menos espera"


def test_two_writers_one_wins_and_the_other_sees_both_texts(browser: Client) -> None:
    challenge = factories.draft_challenge(complete=False)
    other = Client()
    other.force_login(people.delegate(name="Lucía Ramos"))
    other.post(address(challenge, "resultado"), {"version": 0, "outcome": "Lo de Lucía"})

    page = browser.post(address(challenge, "resultado"), {"version": 0, "outcome": "Lo mío"})
    background = browser.post(address(challenge, "resultado"), {"version": 0, "outcome": "Lo mío"}, **BACKGROUND)

    challenge.refresh_from_db()
    assert challenge.outcome == "Lo de Lucía"
    assert page.status_code == background.status_code == 409
    text = page.content.decode()
    assert "Lucía Ramos ha guardado esta parte" in text
    assert "Lo de Lucía" in text
    assert "Lo mío" in text
    assert background.json()["differences"] == [
        {"label": "¿Qué se quiere conseguir?", "stored": "Lo de Lucía", "mine": "Lo mío"}
    ]
    again = browser.post(address(challenge, "resultado"), {"version": page.context["version"], "outcome": "Las dos"})
    assert again.status_code == 302
    challenge.refresh_from_db()
    assert challenge.outcome == "Las dos"


def test_a_version_that_is_no_number_writes_nothing(browser: Client) -> None:
    challenge = factories.draft_challenge(complete=False)

    answer = browser.post(address(challenge, "resultado"), {"version": "²", "outcome": "x"})

    assert answer.status_code == 409


def test_documents_are_attached_read_and_removed(browser: Client) -> None:
    challenge = factories.draft_challenge()
    upload = SimpleUploadedFile("datos.csv", b"barrio;avisos\nTetu\xc3\xa1n;310\n", content_type="text/csv")

    browser.post(address(challenge, "documentos"), {"title": "Datos por barrio", "file": upload})

    document = challenge.documents.get()
    url = f"/mis-retos/{challenge.public_id}/documentos/{document.file.public_id}/"
    download = browser.get(url)
    assert b"".join(download.streaming_content).startswith(b"barrio")
    assert download["Content-Disposition"].startswith("attachment")
    browser.post(url + "quitar/")
    assert not challenge.documents.exists()


def test_an_executable_named_pdf_is_refused_in_words(browser: Client) -> None:
    challenge = factories.draft_challenge()

    answer = browser.post(
        address(challenge, "documentos"),
        {"title": "Plano", "file": SimpleUploadedFile("plano.pdf", b"MZ" + b"\0" * 99)},
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not challenge.documents.exists()


def test_the_office_returns_with_comments_and_the_delegate_deals_with_them(browser: Client, client: Client) -> None:
    challenge = factories.submitted_challenge()
    office = Client()
    office.force_login(people.officer())
    review = f"/mis-retos/{challenge.public_id}/revision/"

    nothing = office.post(review + "devolver/", follow=True)
    assert "al menos un comentario" in nothing.content.decode()
    office.post(review + "comentar/", {"place": "problem.affected", "text": "¿Cuántas viviendas?"})
    assert "¿Cuántas viviendas?" not in browser.get(f"/mis-retos/{challenge.public_id}/").content.decode()
    office.post(review + "devolver/")

    challenge.refresh_from_db()
    assert challenge.status == Status.RETURNED
    assert Notice.objects.filter(kind="challenge.returned", recipient=challenge.created_by).count() == 1
    page = browser.get(address(challenge, "problema")).content.decode()
    assert "¿Cuántas viviendas?" in page
    note = challenge.review_comments.get()
    browser.post(f"/mis-retos/{challenge.public_id}/atendido/", {"comment": note.pk})
    note.refresh_from_db()
    assert note.resolved_at is not None
    page = browser.get(address(challenge, "problema")).content.decode()
    assert "¿Cuántas viviendas?" in page
    assert "Marcar como atendido" not in page


def test_a_rejection_needs_its_reason_and_is_read_by_the_department(browser: Client) -> None:
    challenge = factories.submitted_challenge()
    office = Client()
    office.force_login(people.officer())
    url = f"/mis-retos/{challenge.public_id}/revision/rechazar/"

    assert office.post(url, {"reason": "  "}).status_code == 422
    office.post(url, {"reason": "Ya hay un contrato en marcha."})

    challenge.refresh_from_db()
    assert challenge.status == Status.REJECTED
    assert "Ya hay un contrato en marcha." in browser.get(f"/mis-retos/{challenge.public_id}/").content.decode()


def test_the_office_writes_the_terms_and_a_draft_without_them_is_not_approved() -> None:
    challenge = factories.submitted_challenge(ip_clause="", cpv=None)
    office = Client()
    office.force_login(people.officer())
    url = f"/mis-retos/{challenge.public_id}/revision/condiciones/"
    form = office.get(url).context["form"]

    data = filled(form)
    data["version"] = "0"
    office.post(url, data)

    challenge.refresh_from_db()
    assert challenge.cpv_id == "72000000-5"
    assert challenge.ip_clause.startswith("La empresa conserva")
    assert ChallengeStep.objects.get(challenge=challenge, key="terms").version == 1


def test_what_is_sent_can_no_longer_be_written(browser: Client) -> None:
    challenge = factories.submitted_challenge()

    page = browser.post(address(challenge, "resultado"), {"version": 0, "outcome": "Otro"}, follow=True)
    background = browser.post(address(challenge, "resultado"), {"version": 0, "outcome": "Otro"}, **BACKGROUND)

    assert "Ya está en revisión" in page.content.decode()
    assert background.status_code == 422
    challenge.refresh_from_db()
    assert challenge.outcome != "Otro"


def test_a_draft_is_deleted_with_its_files_and_what_was_sent_is_not(browser: Client) -> None:
    draft, sent = factories.draft_challenge(), factories.submitted_challenge()

    for challenge in (draft, sent):
        browser.post(f"/mis-retos/{challenge.public_id}/borrar/")

    assert set(Challenge.objects.all()) == {sent}


def test_a_department_that_is_not_ones_own_cannot_be_chosen(browser: Client) -> None:
    answer = browser.post("/mis-retos/nuevo/", {"department": people.department("D01").pk, "title": "Cortes de agua"})

    assert answer.status_code == 422
    assert not Challenge.objects.exists()


@pytest.mark.parametrize(
    "step",
    ["problema", "resultado", "contexto", "piloto", "importe", "criterios", "calendario", "documentos", "condiciones"],
)
def test_every_step_opens_empty_and_complete(browser: Client, step: str) -> None:
    for challenge in (factories.draft_challenge(complete=False), factories.draft_challenge()):
        assert browser.get(address(challenge, step)).status_code == 200


def test_dates_are_proposed_from_the_day_asked_for(browser: Client) -> None:
    challenge = factories.draft_challenge(complete=False)

    page = browser.get(address(challenge, "calendario"), {"start": "2027-02-01"})

    assert page.context["form"]["opens_at"].value().strftime("%Y-%m-%d %H:%M") == "2027-02-01 09:00"
    assert page.context["form"]["closes_at"].value().strftime("%Y-%m-%d") == "2027-02-22"


def filled(form: Any) -> dict[str, Any]:
    """Return what a browser sends for a form as it stands: of many choices those that are ticked."""
    values = {name: form[name].value() for name in form.fields}
    return {
        name: [*map(str, value)] if isinstance(value, list | tuple) else str(value)
        for name, value in values.items()
        if value not in (None, False)
    }


def test_several_awards_over_the_limit_need_the_legal_report_of_the_office() -> None:
    challenge = factories.submitted_challenge(awards_planned=2, independent_objects_reason="Dos barrios distintos.")
    office = Client()
    office.force_login(people.officer())
    base = f"/mis-retos/{challenge.public_id}/revision/"
    assert "La Oficina debe adjuntar el informe jurídico" in office.get(base).content.decode()
    form = office.get(base + "condiciones/").context["form"]
    data = filled(form)
    data["version"] = "0"

    bad = office.post(
        base + "condiciones/", {**data, "independent_objects_report": SimpleUploadedFile("informe.pdf", b"MZ")}
    )
    office.post(
        base + "condiciones/", {**data, "independent_objects_report": SimpleUploadedFile("informe.txt", b"Procede.")}
    )

    assert bad.context["form"].errors["independent_objects_report"]
    assert "La Oficina debe adjuntar" not in office.get(base).content.decode()
    report = office.get(f"/mis-retos/{challenge.public_id}/informe-juridico/")
    assert b"".join(report.streaming_content) == b"Procede."
