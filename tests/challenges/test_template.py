"""Templates of the Office, and drafts that start from them or from a past call."""

from typing import Any

import pytest
from django.test import Client

from challenges.models import Challenge, Template
from tests import people
from tests.challenges import factories
from tests.challenges.test_challenge_pages import criteria

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    client = Client()
    client.force_login(people.officer())
    return client


def keep(office: Client, name: str = "Sensores en la calle", *weights: int) -> Any:
    data = {"name": name, "purpose": "Algo que se instala.", "problem": "¿Qué se mide hoy, y quién lo mira?"}
    return office.post("/plantillas/nueva/", {**data, **criteria(*(weights or (70, 30)))})


def test_the_office_writes_changes_and_retires_a_template(office: Client) -> None:
    assert keep(office).status_code == 302
    template = Template.objects.get()
    assert template.texts == {"problem": "¿Qué se mide hoy, y quién lo mira?"}

    office.post(f"/plantillas/{template.public_id}/", {"name": "Sensores", **criteria(60, 40)})
    template.refresh_from_db()
    assert [row["weight_percent"] for row in template.criteria] == [60, 40]

    office.post(f"/plantillas/{template.public_id}/retirar/")
    assert not Template.objects.in_force().exists()
    assert office.get(f"/plantillas/{template.public_id}/").status_code == 404


def test_weights_that_miss_100_and_a_name_taken_are_refused(office: Client) -> None:
    assert "suman 99" in keep(office, "Uno", 70, 29).content.decode()
    keep(office, "Uno")
    assert keep(office, "Uno").status_code == 422
    assert Template.objects.count() == 1


def test_only_the_office_keeps_templates(client: Client) -> None:
    for user in (people.delegate(), people.director(), people.person()):
        client.force_login(user)
        assert client.get("/plantillas/").status_code == 403
        assert client.post("/plantillas/nueva/", {}).status_code == 403


def begin(source: str) -> Challenge:
    mine = Client()
    mine.force_login(people.delegate())
    mine.post(
        "/mis-retos/nuevo/", {"department": people.department().pk, "title": "Ruido en las plazas", "source": source}
    )
    return Challenge.objects.get(title="Ruido en las plazas")


def test_a_draft_starts_from_a_template(office: Client) -> None:
    keep(office)
    draft = begin(f"plantilla:{Template.objects.get().public_id}")

    assert draft.problem == "¿Qué se mide hoy, y quién lo mira?"
    assert list(draft.criteria.order_by("position").values_list("weight_percent", flat=True)) == [70, 30]


def test_a_draft_starts_from_a_past_call_of_any_department_without_its_days() -> None:
    past = factories.open_challenge(department=people.department("D01"))
    draft = begin(f"reto:{past.slug}")

    assert (draft.problem, draft.max_amount_net, draft.closes_at) == (past.problem, past.max_amount_net, None)
    assert set(draft.districts.all()) == set(past.districts.all())
    assert draft.criteria.count() == past.criteria.count()
    assert draft.slug is None


def test_what_is_not_public_is_no_start() -> None:
    with pytest.raises(Challenge.DoesNotExist):
        begin(f"reto:{factories.submitted_challenge(department=people.department('D01')).public_id}")


def test_the_step_of_criteria_offers_templates_and_stores_nothing_until_saved(office: Client) -> None:
    keep(office)
    challenge = factories.draft_challenge()
    mine = Client()
    mine.force_login(challenge.created_by)

    page = mine.get(f"/mis-retos/{challenge.public_id}/criterios/", {"template": Template.objects.get().public_id})

    assert [row["weight_percent"].value() for row in page.context["editor"].rows][:2] == [70, 30]
    assert challenge.criteria.count() == 6
