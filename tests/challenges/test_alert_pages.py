"""Alerts and announcements by clicking."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from challenges.actions import challenge as challenge_actions
from challenges.actions import follow as follow_actions
from challenges.actions import planned as actions
from challenges.models import Challenge, Follow, Frequency, PlannedChallenge, PlannedState, SavedSearch, Status
from challenges.policies import planned as policies
from govtech import clock
from govtech.errors import DomainError, TransitionError
from govtech.notifications import digests
from govtech.notifications.models import Notice
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db

PASSWORD = "una-clave-muy-larga-155"
ALERTS, NEW = "/seguimiento/", "/seguimiento/avisos/nuevo/"


@pytest.fixture
def person(client: Client) -> Any:
    person = people.person(password=PASSWORD)
    client.force_login(person)
    return person


def save(client: Client, query: str = "q=agua", **fields: str) -> Any:
    return client.post(NEW, {"query": query, "name": "Agua", "frequency": "weekly", "with_changes": "on", **fields})


def test_a_search_is_saved_from_the_catalogue(client: Client, person: Any) -> None:
    factories.open_challenge(title="Fugas de agua")
    catalogue = client.get("/retos/?q=agua").content.decode()
    assert f'href="{NEW}?q=agua"' in catalogue
    page = client.get(f"{NEW}?q=agua&sort=newest")
    assert page.context["words"] == "«agua»"
    assert page.context["count"] == 1

    assert save(client, "sort=newest&q=agua")["Location"] == ALERTS

    search = SavedSearch.objects.get(user=person)
    assert (search.query, search.name, search.frequency, search.with_changes) == ("q=agua", "Agua", "weekly", True)
    html = client.get(ALERTS).content.decode()
    assert 'href="/retos/?q=agua"' in html
    assert "Nada encontrado desde" in html
    assert not Notice.objects.filter(recipient=person).exists()


def test_what_is_published_already_is_told_where_asked(client: Client, person: Any) -> None:
    challenge = factories.open_challenge(title="Fugas de agua")
    save(client, with_existing="on")

    assert [row.params["title"] for row in Notice.objects.filter(recipient=person)] == ["Fugas de agua"]
    assert challenge.title in client.get(ALERTS).content.decode()


def test_a_search_takes_the_place_of_another(client: Client, person: Any) -> None:
    save(client)
    search = SavedSearch.objects.get()
    save(client, "q=riego", name="Riego", replaces=search.public_id)

    assert [(row.pk, row.name, row.query) for row in SavedSearch.objects.all()] == [(search.pk, "Riego", "q=riego")]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 81},
        {"frequency": "hourly"},
        {"frequency": ""},
        {"replaces": "222222222222"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client: Client, person: Any, fields: dict[str, str]) -> None:
    answer = save(client, **fields)

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert 'value="q=agua"' in answer.content.decode()
    assert not SavedSearch.objects.exists()


def test_the_same_search_twice_is_refused_in_words(client: Client, person: Any) -> None:
    save(client)
    answer = save(client, "q=%20agua&page=3")
    assert answer.status_code == 422
    assert "Ya tienes una alerta con esta búsqueda" in answer.content.decode()


def test_states_that_nothing_new_has_are_left_out_and_it_is_said(client: Client, person: Any) -> None:
    assert client.get(f"{NEW}?state=awarded").context["left_out"]
    save(client, "state=awarded&state=open&q=agua")
    assert SavedSearch.objects.get().query == "q=agua&state=open"


def test_an_alert_is_changed_and_removed(client: Client, person: Any) -> None:
    save(client)
    search = SavedSearch.objects.get()
    own = f"/seguimiento/avisos/{search.public_id}/"
    assert 'value="Agua"' in client.get(own).content.decode()

    client.post(own, {"name": "Otra", "frequency": "daily"})
    search.refresh_from_db()
    assert (search.name, search.frequency, search.with_changes, search.query) == ("Otra", "daily", False, "q=agua")
    client.post("/seguimiento/frecuencia/", {"alert": search.key, "frequency": "inbox"})
    search.refresh_from_db()
    assert search.frequency == Frequency.INBOX
    client.post("/seguimiento/frecuencia/", {"alert": search.key, "frequency": "never"})
    search.refresh_from_db()
    assert search.frequency == Frequency.INBOX
    client.post("/seguimiento/quitar/", {"alert": search.key})
    assert not SavedSearch.objects.exists()


def test_nobody_reaches_somebody_elses_alert(client: Client, person: Any) -> None:
    other = people.person()
    follow_actions.follow(factories.PolicyArea.objects.get(slug="vivienda"), by=other, at=clock.now())
    mine = Follow.objects.get()

    for path in ("/seguimiento/frecuencia/", "/seguimiento/quitar/"):
        assert client.post(path, {"alert": mine.key, "frequency": "inbox"}).status_code == 404
        assert client.post(path, {"alert": f"search:{mine.public_id}"}).status_code == 404
    mine.refresh_from_db()
    assert mine.frequency == Frequency.AT_ONCE


def test_areas_and_departments_are_followed_from_the_page(client: Client, person: Any) -> None:
    client.post("/seguimiento/cambiar/", {"area": "vivienda", "list": "1"})
    client.post("/seguimiento/cambiar/", {"department": "D06", "list": "1"})

    page = client.get(ALERTS)
    assert {row.thing.name for rows in page.context["followed"].values() for row in rows} == {
        "Vivienda",
        "Distrito de Tetuán",
    }
    assert "De qué te avisamos siempre" in page.content.decode()


def test_what_was_found_and_hidden_since_is_not_shown(client: Client, person: Any) -> None:
    save(client)
    challenge = factories.open_challenge(title="Fugas de agua")
    digests.gather(at=clock.now())
    assert challenge.title in client.get(ALERTS).content.decode()
    later = clock.now() + timedelta(days=100)
    dates = dict.fromkeys(("publish_at", "opens_at", "questions_close_at", "answers_due_at"), later)
    with factories.unfunded():
        type(challenge).objects.filter(pk=challenge.pk).update(**dates, closes_at=later + timedelta(days=30))

    assert challenge.title not in client.get(ALERTS).content.decode()


# Through signing in ---------------------------------------------------------------------------------------


def sign_in(client: Client, user: Any, address: str) -> Any:
    return client.post(address, {"login": user.email, "password": PASSWORD}, follow=True)


def test_a_visitor_asks_to_be_told_signs_in_and_it_is_done(client: Client) -> None:
    user, announced = people.person(password=PASSWORD), factories.planned_challenge()
    link = f"/seguimiento/al-entrar/?planned={announced.public_id}"
    assert f'href="{link}"' in client.get(announced.get_absolute_url()).content.decode()

    login = client.get(link)
    back = sign_in(client, user, login["Location"])

    assert Follow.objects.get().planned == announced
    assert back.request["PATH_INFO"] == announced.get_absolute_url()
    assert "No me avises" in back.content.decode()


def test_a_link_of_another_site_makes_nobody_follow(client: Client) -> None:
    user, announced = people.person(password=PASSWORD), factories.planned_challenge()

    login = client.get(
        f"/seguimiento/al-entrar/?planned={announced.public_id}", headers={"sec-fetch-site": "cross-site"}
    )
    sign_in(client, user, login["Location"])

    assert not Follow.objects.exists()


def test_who_is_signed_in_already_decides_on_the_page(client: Client, person: Any) -> None:
    announced = factories.planned_challenge()
    answer = client.get(f"/seguimiento/al-entrar/?planned={announced.public_id}")
    assert answer["Location"] == announced.get_absolute_url()
    assert not Follow.objects.exists()


# Announcements --------------------------------------------------------------------------------------------


def test_the_office_announces_and_everybody_reads_it(client: Client) -> None:
    officer = people.officer()
    client.force_login(officer)
    page = client.get("/retos-previstos/anunciar/")
    period = page.context["form"].fields["expected"].choices[2][1][2][0]
    fields = {
        "title": "Menos ruido",
        "summary": "Las quejas crecen.",
        "department": people.department().pk,
        "policy_areas": [factories.PolicyArea.objects.get(slug="vivienda").pk],
        "expected": period,
        "kept_by": officer.pk,
    }

    answer = client.post("/retos-previstos/anunciar/", fields)

    announced = PlannedChallenge.objects.get()
    assert answer["Location"] == announced.get_absolute_url()
    client.logout()
    for path in ("/retos/", "/retos/?area=vivienda", "/retos-previstos/", announced.get_absolute_url()):
        html = client.get(path).content.decode()
        assert "Menos ruido" in html
        assert officer.full_name not in html
    assert "Menos ruido" not in client.get("/retos/?area=movilidad").content.decode()


@pytest.mark.parametrize("field", ["title", "summary", "department", "expected", "kept_by"])
def test_an_announcement_without_a_part_is_refused_beside_it(client: Client, field: str) -> None:
    officer = people.officer()
    client.force_login(officer)
    fields = {
        "title": "x",
        "summary": "x",
        "department": people.department().pk,
        "expected": client.get("/retos-previstos/anunciar/").context["form"].fields["expected"].choices[1][1][0][0],
        "kept_by": officer.pk,
    }
    answer = client.post("/retos-previstos/anunciar/", fields | {field: ""})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not PlannedChallenge.objects.exists()


def test_who_asked_is_told_once_when_its_challenge_is_published_and_led_there(client: Client, person: Any) -> None:
    announced = factories.planned_challenge()
    client.post("/seguimiento/cambiar/", {"planned": announced.public_id})
    challenge = factories.submitted_challenge()
    actions.link(announced, challenge, by=people.officer(), at=clock.now())
    digests.gather(at=clock.now())
    assert not Notice.objects.filter(recipient=person).exists()
    assert client.get(announced.get_absolute_url()).status_code == 200

    with factories.unfunded():
        challenge = factories.lifecycle.approve(challenge, publish_at=None, by=people.director(), at=clock.now())
    for _again in range(2):
        digests.gather(at=clock.now())
    with clock.travel(challenge.opens_at + timedelta(hours=1)):
        digests.gather(at=clock.now())

    [notice] = Notice.objects.filter(recipient=person)
    assert (notice.kind, notice.address) == ("challenge.published", challenge.get_absolute_url())
    assert "Porque pediste saber cuándo se abre" in notice.sources[0]["because"]["es"]
    assert client.get(announced.get_absolute_url())["Location"] == challenge.get_absolute_url()
    assert announced not in PlannedChallenge.objects.expected()


def test_who_asked_is_told_that_it_will_not_come(client: Client, person: Any) -> None:
    announced = factories.planned_challenge()
    client.post("/seguimiento/cambiar/", {"planned": announced.public_id})
    with pytest.raises(DomainError) as refusal:
        actions.drop(announced, reason=" ", by=people.officer(), at=clock.now())
    assert refusal.value.field == "reason"
    actions.drop(announced, reason="Sin crédito.", by=people.officer(), at=clock.now())

    assert [row.kind for row in Notice.objects.filter(recipient=person)] == ["planned.dropped"]
    assert "Sin crédito." in client.get(announced.get_absolute_url()).content.decode()
    assert "Sin crédito." in client.get("/retos-previstos/").content.decode()
    other = people.person()
    with pytest.raises(DomainError):
        follow_actions.follow(PlannedChallenge.objects.get(), by=other, at=clock.now())


def in_state(state: PlannedState) -> PlannedChallenge:
    announced, at, office = factories.planned_challenge(), clock.now(), people.officer()
    if state == PlannedState.DROPPED:
        return actions.drop(announced, reason="x", by=office, at=at)
    if state == PlannedState.LINKED:
        return actions.link(announced, factories.submitted_challenge(), by=office, at=at)
    return announced


@pytest.mark.parametrize("state", list(PlannedState))
@pytest.mark.parametrize("move", ["drop", "link", "unlink"])
def test_each_move_is_possible_from_its_states_only(state: PlannedState, move: str) -> None:
    announced, office = in_state(state), people.officer()
    arguments: dict[str, Any] = {"drop": {"reason": "x"}, "unlink": {}}.get(move, {})
    positional = [factories.submitted_challenge()] if move == "link" else []
    allowed = {"drop": PlannedState.PLANNED, "link": PlannedState.PLANNED, "unlink": PlannedState.LINKED}[move]

    def act() -> PlannedChallenge:
        return getattr(actions, move)(announced, *positional, by=office, at=clock.now(), **arguments)

    if state == allowed:
        assert act().state != state
    else:
        with pytest.raises(TransitionError):
            act()


def test_an_announcement_whose_months_are_over_waits_on_the_offices_desk(client: Client) -> None:
    announced = factories.planned_challenge()
    client.force_login(people.officer())
    assert announced.title not in client.get("/mesa/").content.decode()
    with clock.travel(clock.now() + timedelta(days=400)):
        assert announced.title in client.get("/mesa/").content.decode()
        actions.drop(announced, reason="Sin crédito.", by=people.officer(), at=clock.now())
        assert announced.title not in client.get("/mesa/").content.decode()


def link_address(announced: PlannedChallenge) -> str:
    return reverse("challenges:planned_link", kwargs={"public_id": announced.public_id})


def test_who_asked_is_told_at_once_when_what_it_became_is_public_already(client: Client, person: Any) -> None:
    announced, challenge = factories.planned_challenge(), factories.open_challenge()
    digests.gather(at=clock.now())
    client.post("/seguimiento/cambiar/", {"planned": announced.public_id})  # after the publication was told
    officer = Client()
    officer.force_login(people.officer())
    answer = officer.post(link_address(announced), {"challenge": challenge.public_id}, follow=True)

    assert "ya lo sabe" in answer.content.decode()
    for _again in range(2):
        digests.gather(at=clock.now())
    [notice] = Notice.objects.filter(recipient=person)
    assert (notice.kind, notice.address) == ("challenge.published", challenge.get_absolute_url())
    assert notice.email is not None
    assert Follow.objects.get(planned=announced).last_challenge == challenge


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.SUBMITTED, Status.RETURNED, Status.PUBLISHED}))
def test_an_announcement_becomes_only_what_is_under_review_or_published(status: Status) -> None:
    announced = factories.planned_challenge()
    with pytest.raises(DomainError) as refusal:
        policies.check_can_link(
            announced, Challenge(status=status, department=announced.department), by=people.officer(), at=clock.now()
        )
    assert refusal.value.field == "challenge"


def test_an_announcement_becomes_a_challenge_of_its_department_read_under_lock(client: Client) -> None:
    announced = factories.planned_challenge()
    own, other = factories.submitted_challenge(), factories.submitted_challenge(department=people.department("D01"))
    client.force_login(people.officer())
    address = link_address(announced)

    assert set(client.get(announced.get_absolute_url()).context["link_form"].fields["challenge"].queryset) == {own}
    assert client.post(address, {"challenge": other.public_id}).status_code == 422
    with pytest.raises(DomainError, match="otro servicio"):
        actions.link(announced, other, by=people.officer(), at=clock.now())
    stale = Challenge.objects.get(pk=own.pk)
    challenge_actions.take_back(own, by=own.created_by, at=clock.now())
    with pytest.raises(DomainError):
        actions.link(announced, stale, by=people.officer(), at=clock.now())
    announced.refresh_from_db()
    assert announced.state == PlannedState.PLANNED


def test_a_search_too_long_to_be_kept_is_refused_in_words(client: Client, person: Any) -> None:
    fields = {"name": "Eñes", "frequency": "daily", "query": "q=" + "%C3%B1" * 190}
    answer = client.post(NEW, fields)

    assert answer.status_code == 422
    assert "demasiado larga" in answer.content.decode()
    assert not SavedSearch.objects.exists()
    assert client.post(NEW, fields | {"query": "q=" + "%C3%B1" * 150}).status_code == 302


def test_a_link_to_what_is_public_stays() -> None:
    announced, at = factories.planned_challenge(), clock.now()
    actions.link(announced, factories.open_challenge(), by=people.officer(), at=at)
    with pytest.raises(DomainError, match="ya es público"):
        actions.unlink(announced, by=people.officer(), at=at)


@pytest.mark.parametrize(
    "role", [people.person, people.delegate, people.director, people.auditor, people.administrator]
)
def test_only_the_office_announces(role: Any) -> None:
    with pytest.raises(policies.PermissionDenied):
        policies.check_can_announce(by=role(), at=clock.now())


@pytest.mark.parametrize(
    "values",
    [
        {"state": "invented"},
        {"state": "dropped"},
        {"dropped_reason": "x"},
        {"state": "linked"},
        {"expected_until": "2020-01-01"},
    ],
)
def test_the_database_refuses_half_an_announcement(values: dict[str, Any]) -> None:
    from django.db import IntegrityError, transaction  # noqa: PLC0415

    announced = factories.planned_challenge()
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedChallenge.objects.filter(pk=announced.pk).update(**values)
