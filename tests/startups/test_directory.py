"""The public directory: who is in it, search, facets, open data, the map of the site."""

import csv
import io
import json

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from govtech import clock
from govtech.reference.models import PolicyArea
from startups.actions import organisation as actions
from startups.feeds.organisation import COLUMNS
from startups.models import PastWork
from tests.startups.factories import organisation, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def companies():
    """Three that are listed, one that isn't, one that left."""
    mobility, health = PolicyArea.objects.filter(slug__in=["movilidad", "salud"]).order_by("slug")
    sensors = organisation(
        name="Alfa Sensórica SL", is_listed=True, kind="startup", size="micro", trl=7, description="Cuentan sin mirar.",
        capabilities="telemetría, visión artificial",
    )  # fmt: skip
    sensors.policy_areas.set([mobility, health])
    centre = organisation(name="Beta Centro", is_listed=True, kind="research", size="medium", trl=3)
    centre.policy_areas.set([health])
    person = organisation(name="=Gamma Persona", is_listed=True, kind="self_employed", tax_id="12345678Z")
    hidden = organisation(name="Secreta SL", description="telemetría", capabilities="telemetría", kind="startup")
    gone = organisation(name="Ida SL", is_listed=True, kind="startup")
    actions.withdraw(gone, by=owner_of(gone), at=clock.now())
    return {"sensors": sensors, "centre": centre, "person": person, "hidden": hidden, "gone": gone}


def names(client, query=""):
    return [row.name for row in client.get(f"{reverse('startups:directory')}{query}").context["page"]]


def counts(client, query=""):
    facets = client.get(f"{reverse('startups:directory')}{query}").context["facets"]
    return {facet["name"]: {row["value"]: row["count"] for row in facet["options"]} for facet in facets}


def test_only_those_that_chose_to_be_there_are_there(client, companies):
    assert names(client) == ["=Gamma Persona", "Alfa Sensórica SL", "Beta Centro"]
    for name in ("hidden", "gone"):
        assert client.get(companies[name].get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=telemetria", ["Alfa Sensórica SL"]),
        ("?q=sensorica", ["Alfa Sensórica SL"]),
        ("?q=visi", ["Alfa Sensórica SL"]),
        ("?q=mirando", ["Alfa Sensórica SL"]),
        ("?q=nada", []),
        ("?kind=research&kind=startup", ["Alfa Sensórica SL", "Beta Centro"]),
        ("?area=salud&kind=research", ["Beta Centro"]),
        ("?maturity=product", ["Alfa Sensórica SL"]),
        ("?size=medium", ["Beta Centro"]),
        ("?kind=invented&area=x&size=9", ["=Gamma Persona", "Alfa Sensórica SL", "Beta Centro"]),
        ("?q=%27%3B--", []),
    ],
)
def test_search_and_facets(client, companies, query, found):
    assert names(client, query) == found


def test_counts_say_what_each_choice_would_give(client, companies):
    assert counts(client)["kind"] == {"startup": 1, "research": 1, "self_employed": 1}
    assert counts(client)["area"] == {"movilidad": 1, "salud": 2}
    narrowed = counts(client, "?area=movilidad")
    assert narrowed["kind"] == {"startup": 1}
    assert narrowed["area"] == {"movilidad": 1, "salud": 2}  # of a facet itself: what another choice would add


def test_open_data_says_what_the_directory_shows_and_no_more(client, companies):
    PastWork.objects.create(organisation=companies["sensors"], title="Aforo", client="Museo", year=2024)

    answer = client.get(reverse("startups:data_csv"))
    text = b"".join(answer.streaming_content).decode()
    found = json.loads(b"".join(client.get(reverse("startups:data_json")).streaming_content))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))

    assert [row["name"] for row in rows] == ["'=Gamma Persona", "Alfa Sensórica SL", "Beta Centro"]
    assert list(rows[1]) == [column.name for column in COLUMNS]
    assert (rows[1]["policy_areas"], rows[1]["capabilities"]) == ("movilidad|salud", "telemetría|visión artificial")
    assert [bool(row["tax_id"]) for row in rows] == [False, True, True]
    assert "12345678Z" not in text
    assert [row["name"] for row in found["organisations"]] == ["=Gamma Persona", "Alfa Sensórica SL", "Beta Centro"]
    assert found["organisations"][1]["past_work"][0]["client"] == "Museo"
    for secret in ("Secreta", "Ida SL", owner_of(companies["sensors"]).email, owner_of(companies["sensors"]).full_name):
        assert secret not in text
        assert secret not in json.dumps(found, ensure_ascii=False)


def test_open_data_take_the_filters_of_the_directory(client, companies):
    found = json.loads(b"".join(client.get(f"{reverse('startups:data_json')}?kind=research").streaming_content))

    assert [row["name"] for row in found["organisations"]] == ["Beta Centro"]


def test_every_column_is_documented(client, companies):
    page = client.get(reverse("startups:data")).content.decode()

    for column in COLUMNS:
        assert f"<code>{column.name}</code>" in page
        assert str(escape(str(column.words))) in page


def test_the_map_of_the_site_has_those_that_are_listed(client, companies):
    url = reverse("shell:sitemap_part", kwargs={"key": "organisations", "part": 1})
    text = b"".join(client.get(url).streaming_content).decode()

    for name, company in companies.items():
        assert (f"/{company.public_id}/" in text) == (name not in ("hidden", "gone"))
