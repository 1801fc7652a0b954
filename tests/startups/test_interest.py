"""The catalogue in the order of a company's interest, and figures of who competed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from challenges.models import Challenge
from govtech import clock
from govtech.reference.models import PolicyArea
from startups.filters.interest import words_of
from startups.models import Organisation, OrganisationKind, Proposal
from tests import people
from tests.challenges.factories import open_challenge
from tests.startups import factories
from tests.startups.evaluations import opened

pytestmark = pytest.mark.django_db


def area(slug: str) -> PolicyArea:
    return PolicyArea.objects.get(slug=slug)


@pytest.fixture
def calls() -> dict[str, Challenge]:
    """One call by its area, one by its words, one by neither and one by both."""
    return {
        "neither": open_challenge(title="Leer facturas en papel", policy_area=area("tributos")),
        "words": open_challenge(title="Aforos de parques con sensores", policy_area=area("tributos")),
        "area": open_challenge(title="Ordenar la carga", policy_area=area("movilidad")),
        "both": open_challenge(title="Aforos de bicicletas", policy_area=area("movilidad")),
    }


def company(**fields: object) -> Organisation:
    made = factories.organisation(**fields)
    made.policy_areas.add(area("movilidad"))
    return made


def rows(client: Client, query: str) -> list[Challenge]:
    return client.get(f"/retos/?{query}").context["page"].object_list


def test_what_fits_comes_first_and_says_why(client: Client, calls: dict[str, Challenge]) -> None:
    made = company(description="Ponemos sensores y medimos aforos para la ciudad.")
    client.force_login(factories.owner_of(made))

    found = rows(client, "sort=for-you")

    assert [row.pk for row in found] == [calls[name].pk for name in ("both", "area", "words", "neither")]
    assert [row.reason for row in found] == [
        "Porque trabajáis en Movilidad; coincide: aforos",
        "Porque trabajáis en Movilidad",
        "Coincide: sensores, aforos",
        "",
    ]
    assert "Porque trabajáis en Movilidad; coincide: aforos" in client.get("/retos/?sort=for-you").content.decode()


def test_words_that_say_nothing_are_left_out() -> None:
    assert words_of("Riego de bajo consumo, cada vez mejor, para todos") == ["riego", "consumo"]
    assert words_of("Somos una EMPRESA de Madrid con soluciones: sensores, aforos y sensores.") == [
        "somos", "sensores", "aforos",
    ]  # fmt: skip
    assert len(words_of(" ".join(f"palabra{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200)))) == 40


def test_a_call_that_is_over_never_comes_before_one_that_can_be_answered(client: Client) -> None:
    at = clock.now()
    with clock.travel(at - timedelta(days=40)):
        over = open_challenge(title="Aforos de antes", policy_area=area("movilidad"))
    now = open_challenge(title="Leer facturas", policy_area=area("tributos"))
    client.force_login(factories.owner_of(company()))

    assert [row.pk for row in rows(client, "sort=for-you")] == [now.pk, over.pk]


def test_who_has_several_organisations_chooses_for_which(client: Client, calls: dict[str, Challenge]) -> None:
    one = company(name="Aforos SL")
    person = factories.owner_of(one)
    other = factories.organisation(name="Facturas SL", owner=person, description="Leemos facturas en papel.")
    client.force_login(person)

    page = client.get("/retos/").content.decode()
    first = rows(client, f"sort=for-you-{other.public_id}")[0]

    assert f'<option value="for-you-{one.public_id}">Para Aforos SL</option>' in page
    assert first.pk == calls["neither"].pk
    assert "facturas" in first.reason


@pytest.mark.parametrize("who", ["visitor", "stranger", "officer", "left", "silent"])
def test_the_order_is_the_members_alone(client: Client, calls: dict[str, Challenge], who: str) -> None:
    made = company()
    person = factories.owner_of(made)
    if who == "stranger":
        client.force_login(people.person())
    elif who == "officer":
        client.force_login(people.officer())
    elif who == "left":
        factories.member(made, "owner")
        made.memberships.filter(user=person).update(left_at=clock.now(), left_by=person)
        client.force_login(person)
    elif who == "silent":
        client.force_login(factories.owner_of(factories.organisation()))

    for value in ("for-you", f"for-you-{made.public_id}"):
        answer = client.get(f"/retos/?sort={value}")
        assert (answer.status_code, answer.get("Location")) == (302, "/retos/")
    assert "for-you" not in client.get("/retos/").content.decode()


def test_the_order_costs_the_same_with_one_challenge_and_many(client: Client, calls: dict[str, Challenge]) -> None:
    client.force_login(factories.owner_of(company(description="Ponemos sensores.")))
    client.get("/retos/?sort=for-you")
    with CaptureQueriesContext(connection) as one:
        client.get("/retos/?sort=for-you")
    for number in range(8):
        open_challenge(title=f"Sensores {number}", policy_area=area("movilidad"))
    with CaptureQueriesContext(connection) as many:
        client.get("/retos/?sort=for-you")

    assert len(many) == len(one), "\n".join(query["sql"][:200] for query in many.captured_queries)


def test_policy_areas_are_declared_in_the_organisations_page(client: Client) -> None:
    made = factories.organisation()
    client.force_login(factories.owner_of(made))
    data = {"policy_areas": [area("salud").pk, area("movilidad").pk], "w-TOTAL_FORMS": "0", "w-INITIAL_FORMS": "0"}

    answer = client.post(reverse("startups:organisation_profile", kwargs={"public_id": made.public_id}), data)

    assert answer.status_code == 302
    assert {each.slug for each in made.policy_areas.all()} == {"salud", "movilidad"}
    assert "Movilidad" in client.get(made.get_absolute_url()).content.decode()


# Who competed ---------------------------------------------------------------------------------------------


def test_figures_come_after_the_opening_and_tell_nobody_apart(client: Client) -> None:
    challenge = open_challenge()
    kinds = [OrganisationKind.SME] * 4 + [OrganisationKind.UNIVERSITY] * 2 + [OrganisationKind.LARGE]
    for kind in kinds:
        factories.submitted_proposal(challenge, factories.organisation(kind=kind, staff=4, turnover=100_000))
    path = challenge.get_absolute_url()
    assert "Competencia" not in client.get(path).content.decode()

    opened(challenge)

    page = " ".join(client.get(path).content.decode().split())
    assert "Se presentaron 7 propuestas." in page
    assert '<dt>Pequeña o mediana empresa</dt><dd class="num">4</dd>' in page
    assert '<dt>Todas las demás juntas</dt><dd class="num">3</dd>' in page
    assert "niversidad</dt>" not in page
    assert '<dt>Micro (menos de 10 personas)</dt><dd class="num">7</dd>' in page
    for name in Proposal.objects.values_list("organisation__name", flat=True):
        assert name not in page


def test_what_a_company_changes_afterwards_moves_no_figure(client: Client) -> None:
    challenge = open_challenge()
    for _ in range(7):
        factories.submitted_proposal(challenge, factories.organisation(staff=4, turnover=100_000))
    opened(challenge)
    before = client.get(challenge.get_absolute_url()).content.decode()

    made = Proposal.objects.filter(challenge=challenge).first().organisation
    made.__class__.objects.filter(pk=made.pk).update(kind=OrganisationKind.UNIVERSITY, staff=100)

    figures = '<dt>Micro (menos de 10 personas)</dt><dd class="num">7</dd>'
    assert figures in before
    assert figures in client.get(challenge.get_absolute_url()).content.decode()


def test_few_proposals_are_only_counted(client: Client) -> None:
    challenge = open_challenge()
    for kind in (OrganisationKind.SME, OrganisationKind.LARGE):
        factories.submitted_proposal(challenge, factories.organisation(kind=kind))

    opened(challenge)

    page = client.get(challenge.get_absolute_url()).content.decode()
    assert "Son demasiado pocas" in page
    assert "mediana empresa" not in page


def panel(client: Client) -> str:
    page = client.get("/mesa/").content.decode()
    return page.split('id="for-you"')[1].split("</section>")[0] if 'id="for-you"' in page else ""


def test_the_desk_shows_what_fits_and_leads_to_the_rest(client: Client, calls: dict[str, Challenge]) -> None:
    made = company(description="Ponemos sensores y medimos aforos para la ciudad.")
    client.force_login(factories.owner_of(made))
    shown = panel(client)
    assert [name for name, call in calls.items() if call.get_absolute_url() in shown] == ["words", "area", "both"]
    assert shown.index(calls["both"].get_absolute_url()) < shown.index(calls["area"].get_absolute_url())
    assert "Porque trabajáis en Movilidad" in shown
    assert "/retos/?sort=for-you" in shown

    factories.draft_proposal(challenge=calls["both"], organisation=made)

    assert calls["both"].get_absolute_url() not in panel(client)


def test_the_desk_shows_nothing_where_nothing_fits_or_nobody_takes_part(calls: dict[str, Challenge]) -> None:
    silent, delegate = Client(), Client()
    silent.force_login(factories.owner_of(factories.organisation(description="")))
    delegate.force_login(people.delegate())

    assert calls
    assert panel(silent) == panel(delegate) == ""
