"""Pages of the shell: what is on them, their errors, their security headers."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import RequestFactory

from govtech.accounts.models import User
from govtech.shell import registry
from govtech.shell.colours import luminance, shades
from govtech.shell.finders import BootstrapFinder
from govtech.shell.registry import Desk, DeskItem
from govtech.shell.views import errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    user = User.objects.create_user("oficina@demo.example", "a-long-password", full_name="Marta Ruiz")
    user.groups.add(Group.objects.get(name="office"))
    return user


@pytest.fixture
def company():
    return User.objects.create_user("empresa@demo.example", "a-long-password", full_name="Ana Gil")


def test_home_speaks_both_languages_and_links_its_twin(client):
    spanish, english = client.get("/").content.decode(), client.get("/en/").content.decode()

    assert "La ciudad plantea el reto. Tú, la solución." in spanish
    assert '<html lang="es"' in spanish
    assert 'href="/en/" lang="en" hreflang="en"' in spanish
    assert "The city sets the challenge." in english
    assert '<html lang="en"' in english


def test_the_twin_of_a_page_is_the_same_page(client, officer):
    client.force_login(officer)

    assert 'href="/en/components/?page=3"' in client.get("/componentes/?page=3").content.decode()
    assert 'href="/mesa/" lang="es"' in client.get("/en/desk/").content.decode()


def test_the_twin_of_a_page_that_is_not_there_is_the_home_page(client):
    assert 'href="/en/" lang="en"' in client.get("/no-existe/").content.decode()


def test_desk_counts_sorts_and_says_what_is_next(client, officer, monkeypatch):
    desk = Desk()
    desk.register(
        lambda user, *, at: [
            DeskItem(at + timedelta(days=3, minutes=1), "Resolver", "", "/x/", "Preparar"),
            DeskItem(at - timedelta(days=3), "Responder", "", "/y/", "Ver", late=True),
        ]
    )
    monkeypatch.setattr(registry, "desk", desk)
    client.force_login(officer)

    page = client.get("/mesa/").content.decode()

    assert "Oficina Digital" in page
    assert "2 tareas pendientes." in page
    assert "1 va con retraso." in page
    assert "La próxima vence en 3 días." in page
    assert page.index("Responder") < page.index("Resolver")


def test_an_empty_desk_says_so(client, company, monkeypatch):
    monkeypatch.setattr(registry, "desk", Desk())
    client.force_login(company)

    page = client.get("/mesa/").content.decode()

    assert "No tienes nada pendiente." in page
    assert "Estás al día." in page


def test_components_are_for_the_office_and_administrators(client, officer, company):
    client.force_login(company)
    assert client.get("/componentes/").status_code == 403

    client.force_login(officer)
    assert client.get("/componentes/").status_code == 200
    assert client.get("/en/components/").status_code == 200


def test_what_is_not_there_is_a_404_with_ways_out(client):
    response = client.get("/no-existe/")

    assert response.status_code == 404
    page = response.content.decode()
    assert "Esa página no está aquí" in page
    assert 'href="/"' in page
    assert "/cuenta/login/?next=/no-existe/" in page


def test_error_pages_answer_with_their_status(client, rf, company):
    request = rf.get("/")
    request.user = company

    assert errors.bad_request(request).status_code == 400
    assert errors.permission_denied(request).status_code == 403
    assert errors.not_found(request).status_code == 404


def test_the_page_of_our_own_failures_needs_neither_database_nor_person():
    request = RequestFactory().get("/")
    request.request_id = "abc123"

    response = errors.server_error(request)

    assert response.status_code == 500
    assert "Ha fallado algo por nuestra parte" in response.content.decode()
    assert "abc123" in response.content.decode()


@pytest.mark.parametrize("address", ["/", "/cuenta/login/", "/no-existe/", "/healthz"])
def test_policy_forbids_everything_inline_and_foreign(client, address):
    policy = client.get(address).headers.get("Content-Security-Policy", "")
    if address == "/healthz":
        return  # JSON, answered before the policy

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_no_template_of_a_page_carries_anything_inline():
    found = []
    for path in (django_settings.BASE_DIR / "templates").rglob("*.html"):
        if "email" in str(path.parent.name):
            continue  # mail has no style sheet
        text = re.sub(r"{%.*?%}", "", path.read_text(), flags=re.DOTALL)
        if re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text) or re.search(
            r"<script(?![^>]*\b(src=|type=\"application/json\"))", text
        ):
            found.append(str(path.relative_to(django_settings.BASE_DIR)))

    assert found == []


TEMPLATES = sorted(
    str(path.relative_to(django_settings.BASE_DIR / "templates"))
    for path in (django_settings.BASE_DIR / "templates").rglob("*.html")
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name):
    get_template(name)


def test_only_the_style_sheet_and_licence_come_from_the_wheel():
    names = {name for name, _storage in BootstrapFinder().list([])}

    assert names == {"bootstrap/bootstrap.min.css", "bootstrap/LICENSE"}
    assert Path(finders.find("bootstrap/bootstrap.min.css")).is_file()
    assert finders.find("bootstrap/bootstrap.css") is None
    assert finders.find("bootstrap/../bootstrap_wrapper/__init__.py") is None


def test_the_collected_style_sheet_mentions_no_source_map():
    (css,) = [storage.open(name) for name, storage in BootstrapFinder().list(["bootstrap/LICENSE"])]

    assert b"sourceMappingURL" not in css.read()


@pytest.mark.parametrize("colour", ["#0a3fd4", "#ffcc00", "#00a86b", "#ffffff"])
def test_a_citys_colour_is_darkened_until_white_text_can_be_read(colour):
    base = shades(colour)[""]

    assert 1.05 / (luminance(base) + 0.05) >= 4.5


def test_the_citys_own_colour_reaches_the_page(client, settings):
    assert "/brand.css" not in client.get("/").content.decode()

    settings.BRAND_COLOUR = "#006633"

    assert 'href="/brand.css"' in client.get("/").content.decode()
    assert "--gt-blue:#006633;" in client.get("/brand.css").content.decode()


def test_a_city_with_another_name_has_its_own_pages(client, settings):
    settings.PROGRAMME_NAME, settings.CITY_COUNCIL_NAME = "Sevilla Prueba", "Ayuntamiento de Sevilla"

    page = client.get("/").content.decode()

    assert "Sevilla <span>Prueba</span>" in page
    assert "Madrid" not in re.sub(r'data-zone="[^"]*"', "", page)


def test_the_administration_bears_the_programmes_name(client):
    admin = User.objects.create_superuser("admin@demo.example", "a-long-password", full_name="Admin")
    client.force_login(admin)

    page = client.get("/gestion/").content.decode()

    assert "Madrid Govtech · Administración" in page
    assert "Django" not in re.sub(r"django[-.]|csrfmiddleware", "", page)
