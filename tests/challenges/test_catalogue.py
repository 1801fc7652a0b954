"""The public catalogue and page: search, facets, order, languages, and a constant number of queries."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from challenges.actions import lifecycle, support
from challenges.models import Challenge, Follow, SearchWord
from challenges.templatetags.challenge_tags import TWINS
from govtech import clock
from govtech.reference.models import District, PolicyArea
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db


def area(slug: str) -> PolicyArea:
    return PolicyArea.objects.get(slug=slug)


@pytest.fixture(autouse=True)
def _made_anew(settings: Any) -> None:
    """Keep no pieces: what templates were given is read here."""
    settings.FRAGMENT_BYTES = 0


@pytest.fixture
def world() -> dict[str, Challenge]:
    """Four public challenges in different phases, and one that nobody may see."""
    at = clock.now()
    made = {}
    with clock.travel(at - timedelta(days=20)):
        made["soon"] = factories.open_challenge(
            title="Leer facturas en papel", policy_area=area("tributos"), max_amount_net="4000",
            summary="Dejar de teclear facturas.",
        )  # fmt: skip
    with clock.travel(at - timedelta(days=40)):
        made["closed"] = factories.open_challenge(
            title="Reducir las citas perdidas", title_en="Fewer missed appointments", policy_area=area("salud"),
            department=people.department("MS"), max_amount_net="9000", summary="Citas que nadie usa.",
        )  # fmt: skip
    made["open"] = factories.open_challenge(
        title="Ordenar la carga y descarga", policy_area=area("movilidad"), summary="Avisos a repartidores."
    )
    made["upcoming"] = factories.published_challenge(
        title="Medir el ruido nocturno", policy_area=area("salud"), summary="Terrazas."
    )
    factories.draft_challenge(title="Borrador secreto de movilidad")
    factories.published_challenge(title="Programado secreto", publish_at=at + timedelta(hours=9))
    return made


def titles(client: Client, query: str = "", path: str = "/retos/") -> list[str]:
    page = client.get(f"{path}?{query}", follow=True)
    assert page.status_code == 200
    return [challenge.title for challenge in page.context["page"].object_list]


def test_the_default_order_is_the_nearest_closing_then_what_opens_then_the_last_closed(
    client: Client, world: dict[str, Challenge]
) -> None:
    assert titles(client) == [world[name].title for name in ("soon", "open", "upcoming", "closed")]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=facturas", {"soon"}),
        ("q=factura", {"soon"}),
        ("q=fact", {"soon"}),
        ("q=movilidad", {"open"}),
        ("q=movilidat", {"open"}),
        ("q=madrid+salud", {"closed"}),
        ("q=appointments", {"closed"}),
        ("q=RUÍDO", {"upcoming"}),
        ("q=%22carga+y+descarga%22", {"open"}),
        ("q=secreto", set()),
        ("q=zzzzqqqq", set()),
        ("q=a%00b", {"soon", "open", "upcoming", "closed"}),
        ("q=%26%7C%21%28%3A%2A", set()),
        ("q='%3A*", set()),
        ("state=open", {"soon", "open"}),
        ("state=open&state=upcoming", {"soon", "open", "upcoming"}),
        ("state=evaluation", {"closed"}),
        ("state=nonsense", {"soon", "open", "upcoming", "closed"}),
        ("area=salud", {"closed", "upcoming"}),
        ("area=salud&state=upcoming", {"upcoming"}),
        ("department=MS", {"closed"}),
        ("amount=5000", {"soon"}),
        ("amount=10000&amount=more", {"closed", "open", "upcoming"}),
        ("page=99", {"soon", "open", "upcoming", "closed"}),
        ("sort=nonsense", {"soon", "open", "upcoming", "closed"}),
    ],
)
def test_search_and_filters(client: Client, world: dict[str, Challenge], query: str, names: set[str]) -> None:
    assert set(titles(client, query)) == {world[name].title for name in names}


def test_other_orders(client: Client, world: dict[str, Challenge]) -> None:
    newest, amounts = titles(client, "sort=newest"), titles(client, "sort=amount")

    assert newest[-1] == world["closed"].title
    assert amounts[-2:] == [world["closed"].title, world["soon"].title]


def test_facets_count_what_the_other_filters_leave(client: Client, world: dict[str, Challenge]) -> None:
    facets = {facet.name: facet for facet in client.get("/retos/?area=salud").context["facets"]}

    counts = {name: {o.value: o.count for o in facet.options} for name, facet in facets.items()}
    assert counts["state"] == {"upcoming": 1, "evaluation": 1}
    assert counts["area"] == {"movilidad": 1, "salud": 2, "tributos": 1}
    assert counts["amount"] == {"10000": 1, "more": 1}
    assert counts["department"] == {"MS": 1, "D06": 1}


def test_a_misspelling_is_put_right_said_and_can_be_insisted_on(client: Client, world: dict[str, Challenge]) -> None:
    page = client.get("/retos/?q=movilidat").content.decode()

    assert "Mostramos resultados para <strong>movilidad</strong>" in page
    assert 'href="/retos/?q=movilidat&amp;exact=1"' in page
    assert titles(client, "q=movilidat&exact=1") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("facuras", "facturas"), ("fatcuras", "facturas"), ("ruido noctruno", "ruido nocturno"), ("TERRAZSA", "terrazas")],
)
def test_slips_of_one_or_two_letters_are_forgiven(
    client: Client, world: dict[str, Challenge], typed: str, meant: str
) -> None:
    assert client.get("/retos/", {"q": typed}, follow=True).context["filterset"].correction == meant


def test_no_word_of_a_challenge_that_nobody_may_see_is_offered(client: Client) -> None:
    factories.published_challenge(title="Xilófonos municipales", publish_at=clock.now() + timedelta(hours=9))
    factories.draft_challenge(title="Xilografías municipales")

    page = client.get("/retos/?q=xilofonoz").content.decode()

    assert "Xilófonos".lower() not in page.lower()


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("xilofonoz or aforso", "Aforos"),
        ("aforso or xilofonoz", "Aforos y xilofonistas"),  # of the same stem
        ("aforso -xilofonoz", "Aforos"),
        ("xilofonos or aforso", "Aforos"),
    ],
)
@pytest.mark.parametrize("how", ["scheduled", "merged", "cancelled"])
def test_a_word_that_is_public_brings_none_along_that_is_not(client: Client, typed: str, title: str, how: str) -> None:
    factories.open_challenge(title=title)
    if how == "merged":
        idea = factories.submitted_challenge(title="Xilófonos municipales")
        into = factories.submitted_challenge(title="Otra cosa", department=people.department("MS"))
        support.merge(idea, into, reason="Es lo mismo.", by=people.officer(), at=clock.now())
    else:
        later = clock.now() + timedelta(hours=9)
        hidden = factories.published_challenge(title="Xilófonos municipales", publish_at=later)
        if how == "cancelled":
            with factories.unfunded():
                lifecycle.cancel(hidden, reason="Ya no hace falta.", by=people.director(), at=clock.now())

    found = client.get("/retos/", {"q": typed}, follow=True).context["filterset"]

    assert found.correction == typed.replace("aforso", "aforos")


def test_a_hidden_word_does_not_stand_before_a_public_one(client: Client) -> None:
    factories.open_challenge(title="Farolas del parque")
    before = client.get("/retos/?q=farolaz").context["filterset"].correction
    factories.published_challenge(title="Farolaz del parque", publish_at=clock.now() + timedelta(hours=9))

    assert client.get("/retos/?q=farolaz").context["filterset"].correction == before == "farolas"


def test_the_name_of_an_area_is_offered_only_where_a_public_challenge_is_in_it(client: Client) -> None:
    factories.open_challenge(title="Aforos")
    factories.published_challenge(
        title="Otra cosa", policy_area=area("movilidad"), publish_at=clock.now() + timedelta(hours=9)
    )
    typed = {"q": "aforso or movilidat"}
    assert client.get("/retos/", typed).context["filterset"].correction == "aforos or movilidat"

    factories.open_challenge(title="Tercera", policy_area=area("movilidad"))

    assert client.get("/retos/", typed).context["filterset"].correction == "aforos or movilidad"


def test_words_are_forgotten_when_no_challenge_that_was_put_to_the_market_says_them() -> None:
    def known(*words: str) -> set[str]:
        return set(SearchWord.objects.filter(plain__in=words).values_list("plain", flat=True))

    later = clock.now() + timedelta(hours=9)
    first = factories.published_challenge(title="Xilófonos y aforos", publish_at=later)
    factories.open_challenge(title="Aforos")
    assert known("xilofonos", "aforos", "detectar") == {"xilofonos", "aforos"}

    with factories.unfunded():
        lifecycle.cancel(first, reason="Ya no hace falta.", by=people.director(), at=clock.now())
    assert known("xilofonos", "aforos", "servicios") == {"aforos", "servicios"}

    merged = factories.submitted_challenge(title="Marimbas")
    into = factories.submitted_challenge(title="Otra cosa", department=people.department("MS"))
    support.merge(merged, into, reason="Es lo mismo.", by=people.officer(), at=clock.now())
    assert known("marimbas") == set()


def test_exactly_as_written_is_for_the_words_it_was_asked_for(client: Client, world: dict[str, Challenge]) -> None:
    page = client.get("/retos/?q=movilidat&exact=1").content.decode()
    hidden = re.search(r'<input type="hidden" name="exact" value="([^"]+)">', page)
    assert hidden

    same = client.get("/retos/", {"q": "movilidat", "exact": hidden[1], "area": "salud"})
    other = client.get("/retos/", {"q": "facuras", "exact": hidden[1]}, follow=True)

    assert same["Location"] == "/retos/?q=movilidat&exact=1&area=salud"
    assert other.redirect_chain == [("/retos/?q=facuras", 302)]
    assert other.context["filterset"].correction == "facturas"


def test_nothing_found_offers_what_comes_nearest(client: Client, world: dict[str, Challenge]) -> None:
    answer = client.get("/retos/?q=citas&state=open&area=salud")

    ways = [(way["name"], way["query"], way["count"]) for way in answer.context["ways_out"]]
    assert ways == [("without", "q=citas&area=salud", 1)]
    ways = client.get("/retos/?state=awarded&area=salud&department=D06&amount=5000").context["ways_out"]
    assert [(way["name"], way["label"], way["query"], way["count"]) for way in ways] == [
        ("only", "Distrito de Tetuán", "department=D06", 3),
        ("only", "Salud", "area=salud", 2),
        ("only", "Hasta 5.000 €", "amount=5000", 1),
    ]
    ways = client.get("/retos/?q=citas+ruido").context["ways_out"]
    assert [(way["name"], way["query"], way["count"]) for way in ways] == [("any", "q=citas+or+ruido", 2), ("q", "", 4)]
    assert ways[0]["label"] == "citas o ruido"
    assert "Ver todos los retos" in client.get("/retos/?q=zzzzqqqq").content.decode()


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("q=&sort=closing&page=1", ""),
        ("sort=relevance&q=citas", "q=citas"),
        ("page=99", ""),
        ("area=salud&state=upcoming&state=open&x=1", "state=open&state=upcoming&area=salud"),
        ("state=open&state=nonsense", "state=open"),
        ("sort=amount&q=+ruido+", "q=ruido&sort=amount"),
        ("exact=1", ""),
        ("sort=for-you", ""),
        ("q=%C3%B1u~*'%22", "q=%C3%B1u~%2A%27%22"),
    ],
)
def test_every_view_has_one_address(client: Client, world: dict[str, Challenge], asked: str, canonical: str) -> None:
    answer = client.get(f"/retos/?{asked}", follow=True)

    where = answer.redirect_chain[-1][0] if answer.redirect_chain else f"/retos/?{asked}"
    assert where == ("/retos/?" + canonical if canonical else "/retos/")
    assert len(answer.redirect_chain) <= 1


def test_filters_in_force_are_listed_and_come_off_one_by_one(client: Client, world: dict[str, Challenge]) -> None:
    answer = client.get("/retos/?q=citas&state=evaluation&area=salud")

    assert [(chip.label, chip.query) for chip in answer.context["asked"]] == [
        ("«citas»", "state=evaluation&area=salud"),
        ("En evaluación", "q=citas&area=salud"),
        ("Salud", "q=citas&state=evaluation"),
    ]


def test_districts_lengths_and_maturity_narrow_and_count(client: Client) -> None:
    at = clock.now()
    here = factories.open_challenge(title="Aquí", districts=District.objects.filter(slug="tetuan"), minimum_trl=6)
    there = factories.open_challenge(title="Allí", duration_months=3, districts=District.objects.filter(slug="centro"))
    city = factories.open_challenge(title="En todas partes", duration_months=12, minimum_trl=9)
    city.districts.clear()

    assert titles(client, "district=tetuan") == [here.title]
    assert set(titles(client, "district=city&district=centro")) == {there.title, city.title}
    assert titles(client, "length=3") == [there.title]
    assert titles(client, "maturity=prototype") == [here.title]
    assert titles(client, "maturity=any") == [there.title]
    facets = {facet.name: facet for facet in client.get("/retos/?district=tetuan").context["facets"]}
    counts = {name: {o.value: o.count for o in facet.options} for name, facet in facets.items()}
    assert counts["district"] == {"city": 1, "tetuan": 1, "centro": 1}
    assert counts["length"] == {"6": 1}
    assert counts["maturity"] == {"prototype": 1}
    assert at <= clock.now()


def test_what_was_found_is_marked_and_escaped(client: Client) -> None:
    factories.open_challenge(
        title="Ruido <b>nocturno</b>",
        summary="Terrazas & ruidos \ue000fuera\ue001.",
        problem="Los vecinos de la plaza.",
    )

    page = client.get("/retos/?q=ruidos").content.decode()
    assert "<mark>Ruido</mark> &lt;b&gt;nocturno&lt;/b&gt;" in page
    assert "Terrazas &amp; <mark>ruidos</mark> fuera." in page
    assert "<mark>vecinos</mark> de la plaza" in client.get("/retos/?q=vecino").content.decode()


def test_excerpts_are_in_the_language_that_is_shown(client: Client) -> None:
    factories.open_challenge(title="Citas perdidas", title_en="Missed appointments", summary="Nadie viene.")

    page = client.get("/en/challenges/?q=appointment").content.decode()

    assert "Missed <mark>appointments</mark>" in page


@pytest.mark.parametrize(
    "path",
    [
        "/retos/",
        "/retos/?q=movilidat",
        "/retos/?q=citas&state=open&area=movilidad&department=D06&district=tetuan&amount=more&length=6&maturity=any",
    ],
)
def test_the_catalogue_costs_fewer_than_12_queries(client: Client, path: str) -> None:
    factories.open_challenge(title="Citas que se pierden", policy_area=area("movilidad"))
    client.get(path)

    with CaptureQueriesContext(connection) as found:
        assert client.get(path).context["page"].paginator.count == 1

    assert len(found) < 12, "\n".join(query["sql"][:200] for query in found.captured_queries)


def test_the_page_of_a_challenge_costs_fewer_than_8_queries(client: Client) -> None:
    challenge = factories.open_challenge()
    client.get(challenge.get_absolute_url())

    with CaptureQueriesContext(connection) as found:
        client.get(challenge.get_absolute_url())

    assert len(found) < 8, "\n".join(query["sql"][:200] for query in found.captured_queries)


def test_an_empty_catalogue_says_what_to_do(client: Client) -> None:
    assert "Todavía no hay retos" in client.get("/retos/").content.decode()


@pytest.mark.parametrize("path", ["/retos/", "/", "/retos/?q=citas", "/retos/?q=movilidat"])
def test_lists_cost_the_same_with_one_challenge_and_many(client: Client, path: str) -> None:
    factories.open_challenge(title="Citas que se pierden", policy_area=area("movilidad"))
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    for number in range(12):
        factories.open_challenge(title=f"Citas {number}", policy_area=area("movilidad"))
    with CaptureQueriesContext(connection) as many:
        client.get(path)

    assert len(many) == len(one), "\n".join(query["sql"][:200] for query in many.captured_queries)


@pytest.mark.parametrize("path", ["/mesa/", "/mis-retos/"])
@pytest.mark.parametrize("role", ["delegate", "officer"])
def test_desks_cost_the_same_with_one_challenge_and_many(client: Client, path: str, role: str) -> None:
    client.force_login(getattr(people, role)())

    def fill() -> None:
        factories.draft_challenge()
        factories.submitted_challenge()
        factories.open_challenge()

    fill()
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    for _again in range(6):
        fill()
    with CaptureQueriesContext(connection) as many:
        client.get(path)

    assert len(many) == len(one), "\n".join(query["sql"][:200] for query in many.captured_queries)


def test_the_page_says_amount_with_vat_deadline_in_madrid_and_weights(client: Client) -> None:
    challenge = factories.open_challenge()

    page = client.get(challenge.get_absolute_url()).content.decode()

    assert "14.500\xa0€ + 21\xa0% IVA = 17.545\xa0€" in page
    assert "Cierre (hora de Madrid)" in page
    assert "14:00" in page
    assert "25\xa0%" in page


def test_the_english_page_has_its_own_address_and_shows_what_exists(client: Client) -> None:
    challenge = factories.open_challenge(title="Leer facturas", title_en="Read invoices")

    page = client.get(f"/en/challenges/{challenge.slug}/").content.decode()

    assert "Read invoices" in page
    assert f'hreflang="es" href="http://testserver/retos/{challenge.slug}/"' in page
    assert '<div lang="es">' in page
    told = "Some parts of this call are in Spanish only"
    assert told in page
    assert told not in client.get(f"/retos/{challenge.slug}/").content.decode()

    for name in TWINS:
        setattr(challenge, f"{name}_en", getattr(challenge, name) and "In English")
    whole = factories.open_challenge(**{f"{name}_en": getattr(challenge, f"{name}_en") for name in TWINS})
    assert told not in client.get(f"/en/challenges/{whole.slug}/").content.decode()


def test_the_twin_of_a_step_has_its_word_in_the_other_language(client: Client) -> None:
    challenge = factories.draft_challenge()
    client.force_login(people.delegate())

    page = client.get(f"/en/my-challenges/{challenge.public_id}/setting/").content.decode()

    assert f"/mis-retos/{challenge.public_id}/contexto/" in page


def test_ended_and_corrected_calls_stay_at_their_address_with_the_reason(client: Client) -> None:
    challenge = factories.open_challenge()
    officer, at = people.officer(), clock.now()
    lifecycle.correct(challenge, field="target", new_text="Un 30 % más", reason="Era una errata.", by=officer, at=at)
    with factories.unfunded():
        lifecycle.cancel(challenge, reason="Se contrata por otra vía.", by=people.director(), at=at)

    page = client.get(challenge.get_absolute_url()).content.decode()

    for text in ("Se contrata por otra vía.", "Era una errata.", "Un 20 % más de casos detectados", "Un 30 % más"):
        assert text in page


def test_the_deadline_is_a_calendar_file(client: Client) -> None:
    challenge = factories.open_challenge(title="Ruido, luz; y calor: " + "é" * 60)

    answer = client.get(f"/retos/{challenge.slug}/cierre.ics")

    text = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    closing = timezone.localtime(challenge.closes_at)
    assert f"DTEND;TZID=Europe/Madrid:{closing:%Y%m%dT%H%M%S}" in unfolded
    assert "Ruido\\, luz\\; y calor: " + "é" * 60 in unfolded


def test_following_and_stopping(client: Client) -> None:
    challenge, person = factories.open_challenge(), people.person()
    client.force_login(person)

    client.post("/seguimiento/cambiar/", {"challenge": challenge.slug})
    client.post("/seguimiento/cambiar/", {"area": "salud"})
    client.post("/seguimiento/cambiar/", {"area": "salud"})
    assert Follow.objects.filter(user=person).count() == 2
    client.post("/seguimiento/cambiar/", {"challenge": challenge.slug, "stop": "1"})

    assert [follow.policy_area.slug for follow in Follow.objects.filter(user=person)] == ["salud"]


def test_what_is_not_public_answers_as_if_it_did_not_exist(client: Client) -> None:
    later = factories.published_challenge(publish_at=clock.now() + timedelta(hours=9))

    for end in ("", "preguntas/", "cierre.ics"):
        assert client.get(f"/retos/{later.slug}/{end}").status_code == 404
