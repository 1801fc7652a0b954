"""What machines and other sites read of challenges: cards, structured data, the map of the site, lists to embed."""

import io
import json
import re
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from challenges.actions import lifecycle
from challenges.calculations import card
from challenges.models import Challenge
from govtech import clock
from tests import people
from tests.challenges import factories

pytestmark = pytest.mark.django_db
URLS = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9", "xhtml": "http://www.w3.org/1999/xhtml"}
SITE = "http://testserver"


def content(page: str, name: str) -> str:
    found = re.search(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)"', page)
    assert found, name
    return found[1]


def structured(page: str) -> dict:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.fixture
def challenge() -> Challenge:
    return factories.open_challenge(
        title="Ordenar la carga y descarga", title_en="Loading bays in order", summary="Avisos a repartidores."
    )


def test_a_page_says_its_address_its_twin_and_its_card(client: Client, challenge: Challenge) -> None:
    page = client.get(challenge.get_absolute_url()).content.decode()
    english = client.get(f"/en/challenges/{challenge.slug}/").content.decode()

    spanish_url, english_url = f"{SITE}/retos/{challenge.slug}/", f"{SITE}/en/challenges/{challenge.slug}/"
    assert f'<link rel="canonical" href="{spanish_url}">' in page
    assert f'<link rel="canonical" href="{english_url}">' in english
    for text in (page, english):
        links = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text))
        assert links == {"es": spanish_url, "en": english_url, "x-default": spanish_url}
    assert content(page, "og:title") == challenge.title
    assert content(english, "og:title") == challenge.title_en
    assert content(page, "og:image") != content(english, "og:image")


def test_the_card_is_a_picture_kept_for_long_and_replaced_when_it_changes(client: Client, challenge: Challenge) -> None:
    before = urlsplit(content(client.get(challenge.get_absolute_url()).content.decode(), "og:image")).path

    answer = client.get(before)

    assert answer["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert "immutable" in answer["Cache-Control"]
    at = clock.now()
    later = challenge.closes_at + timedelta(days=7)
    lifecycle.extend(challenge, closes_at=later, reason="Hay muchas preguntas.", by=people.officer(), at=at)
    after = urlsplit(content(client.get(challenge.get_absolute_url()).content.decode(), "og:image")).path
    assert after != before
    moved = client.get(before)
    assert (moved.status_code, moved["Location"], moved["Cache-Control"]) == (302, after, "no-cache")


@pytest.mark.parametrize(
    "title", ["Ruido", "Anticipar los picos de demanda en las oficinas " * 3, "x" * 140, "¿Qué? «Ñandú» €"]
)
def test_a_card_takes_any_title(title: str) -> None:
    font = card._font("Bold", 44)

    assert all(font.getlength(line) <= 1056 for line in card.wrapped(title, font, 1056))
    image = card.render(title=title, eyebrow="RETO " * 60, foot="Hasta", name="Govtech", colour="#0a3fd4")
    assert Image.open(io.BytesIO(image)).size == (1200, 630)


def test_what_is_not_public_has_no_card(client: Client) -> None:
    later = factories.published_challenge(publish_at=clock.now() + timedelta(hours=9))

    assert client.get(f"/retos/{later.slug}/tarjeta-0.png").status_code == 404


def test_the_page_says_itself_as_structured_data(client: Client, challenge: Challenge) -> None:
    data = structured(client.get(challenge.get_absolute_url()).content.decode())

    url = f"{SITE}/retos/{challenge.slug}/"
    assert (data["@context"], data["@type"], data["url"], data["inLanguage"]) == (
        "https://schema.org", "WebPage", url, "es",
    )  # fmt: skip
    demand = data["mainEntity"]
    assert (demand["@type"], demand["identifier"]) == ("Demand", challenge.reference)
    assert demand["validThrough"] == challenge.closes_at.isoformat()
    assert demand["priceSpecification"] == {
        "@type": "PriceSpecification", "maxPrice": "14500.00", "priceCurrency": "EUR", "valueAddedTaxIncluded": False,
    }  # fmt: skip
    assert [place["name"] for place in demand["areaServed"]] == ["Tetuán", "Carabanchel"]
    assert [step["position"] for step in data["breadcrumb"]["itemListElement"]] == [1, 2, 3]


def test_no_text_ends_the_structured_data(client: Client) -> None:
    evil = factories.open_challenge(title="</script><script>alert(1)</script> & <!--")

    page = client.get(evil.get_absolute_url()).content.decode()

    assert "<script>alert" not in page
    assert structured(page)["name"] == evil.title


def test_the_map_of_the_site_lists_public_pages_in_both_languages(client: Client, challenge: Challenge) -> None:
    factories.published_challenge(title="Secreto", publish_at=clock.now() + timedelta(hours=9))
    index = ET.fromstring(client.get("/sitemap.xml").content)
    files = [each.text for each in index.iterfind("map:sitemap/map:loc", URLS)]
    assert f"{SITE}/sitemap-pages-1.xml" in files

    urls = list(ET.fromstring(client.get("/sitemap-challenges-1.xml").getvalue()).iterfind("map:url", URLS))

    spanish, english = f"{SITE}/retos/{challenge.slug}/", f"{SITE}/en/challenges/{challenge.slug}/"
    assert [url.findtext("map:loc", namespaces=URLS) for url in urls] == [spanish, english]
    for url in urls:
        links = {link.get("hreflang"): link.get("href") for link in url.iterfind("xhtml:link", URLS)}
        assert links == {"es": spanish, "en": english, "x-default": spanish}
        assert url.findtext("map:lastmod", namespaces=URLS)[:4] == str(challenge.publish_at.year)
    for number in ("2", "0", "99999999999999999999", "9" * 5000):
        assert client.get(f"/sitemap-challenges-{number}.xml").status_code == 404, number
    assert client.get("/sitemap-nothing-1.xml").status_code == 404
    assert f"Sitemap: {SITE}/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_every_page_of_the_map_exists(client: Client, challenge: Challenge) -> None:
    for key in ("pages", "challenges"):
        text = b"".join(client.get(f"/sitemap-{key}-1.xml"))
        for place in ET.fromstring(text).iterfind("map:url/map:loc", URLS):
            assert client.get(urlsplit(place.text).path).status_code == 200, place.text


def test_the_map_is_split_before_50000_addresses(
    client: Client, challenge: Challenge, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.open_challenge(title="Otro")
    monkeypatch.setattr("govtech.shell.views.sitemap.MOST", 2)

    assert client.get("/sitemap.xml").content.decode().count("sitemap-challenges-") == 2
    assert client.get("/sitemap-challenges-2.xml").getvalue().count(b"<url>") == 2
    assert client.get("/sitemap-challenges-3.xml").status_code == 404


# Other sites ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/retos/incrustar.html", "/retos/fragmento.html", "/retos/lista.json"])
def test_other_sites_may_read_any_search(client: Client, challenge: Challenge, path: str) -> None:
    factories.published_challenge(title="Secreto", publish_at=clock.now() + timedelta(hours=9))
    factories.open_challenge(title="Sin relación", summary="Otra cosa.", districts=None)

    answer = client.get(path, {"q": "carga", "limit": "5"})

    text = answer.content.decode()
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    assert challenge.title in text
    assert f"{SITE}{challenge.get_absolute_url()}" in text
    assert "Secreto" not in text
    assert "Sin relación" not in text
    assert f"{SITE}/retos/?q=carga" in text


def test_the_list_shows_the_public_nothing_else_to_whoever_asks(client: Client) -> None:
    factories.published_challenge(title="Secreto", publish_at=clock.now() + timedelta(hours=9))
    client.force_login(people.officer())

    assert client.get("/retos/lista.json").json()["challenges"] == []


def test_only_the_page_for_frames_may_be_framed_and_only_by_sites_that_are_named(
    client: Client, challenge: Challenge, settings: object
) -> None:
    def policy(path: str) -> tuple[str, str | None]:
        answer = client.get(path)
        parts = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        return parts["frame-ancestors"], answer.get("X-Frame-Options")

    assert policy("/retos/incrustar.html")[0] == "'none'"
    settings.EMBED_FRAME_ANCESTORS = ["https://www.madrid.es"]  # type: ignore[attr-defined]
    assert policy("/retos/incrustar.html") == ("https://www.madrid.es", None)
    for path in ("/retos/", "/retos/fragmento.html", challenge.get_absolute_url()):
        assert policy(path) == ("'none'", "DENY")


def test_the_json_has_what_is_documented_and_pages(client: Client) -> None:
    made = [factories.open_challenge(title=f"Reto número {n}", minimum_trl=4) for n in range(3)]

    first = client.get("/retos/lista.json?limit=2&sort=newest").json()

    assert (first["version"], first["total"], first["pages"], first["previous"]) == (1, 3, 2, None)
    assert [row["reference"] for row in first["challenges"]] == [made[2].reference, made[1].reference]
    row = first["challenges"][0]
    assert (row["state"], row["minimum_trl"], row["max_amount_net"], row["currency"]) == ("open", 4, "14500.00", "EUR")
    assert row["districts"] == [{"key": "tetuan", "name": "Tetuán"}, {"key": "carabanchel", "name": "Carabanchel"}]
    assert row["department"] == {"code": "D06", "name": people.department().name}
    assert row["policy_area"]["key"] == "servicios-sociales-y-mayores"
    following = urlsplit(first["next"])
    second = client.get(f"{following.path}?{following.query}").json()
    assert [row["reference"] for row in second["challenges"]] == [made[0].reference]
    assert second["next"] is None


@pytest.mark.parametrize("limit", ["0", "-1", "9999999999", "x", "²", ""])
def test_a_nonsensical_limit_does_no_harm(client: Client, challenge: Challenge, limit: str) -> None:
    assert client.get("/retos/lista.json", {"limit": limit}).json()["total"] == 1


@pytest.mark.parametrize("path", ["/retos/lista.json", "/retos/incrustar.html"])
def test_lists_for_others_cost_the_same_with_one_challenge_and_many(client: Client, path: str) -> None:
    factories.open_challenge()
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    for _again in range(8):
        factories.open_challenge()
    with CaptureQueriesContext(connection) as many:
        client.get(path)

    assert len(many) == len(one), "\n".join(query["sql"][:200] for query in many.captured_queries)
