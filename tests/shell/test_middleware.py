"""Deny by default, private pages, request ids, refusals on record."""

import json
import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path

from govtech import urls as project
from govtech.accounts.models import User
from govtech.audit.models import AuditEvent
from govtech.shell.logs import JsonFormatter, RequestIdFilter

pytestmark = pytest.mark.django_db


def unmarked(request, code=""):
    """A view whose author forgot to say who may enter."""
    return HttpResponse("secret")


def refusing(request, code=""):
    """A view that refuses, after writing something in a transaction of its own."""
    raise PermissionDenied("Only an officer may open <proposals>.")


def posted(request):
    """A view that takes a form."""
    return HttpResponse("done")


urlpatterns = [
    *project.urlpatterns,
    path("unmarked/", unmarked, name="unmarked"),
    path("refusing/", refusing, name="refusing"),
    path("refusing/<slug:code>/", refusing, name="refusing_one"),
    path("posted/", posted, name="posted"),
]
handler403 = "govtech.shell.views.errors.permission_denied"


@pytest.fixture
def person():
    return User.objects.create_user("ana@demo.example", "a-long-password", full_name="Ana Gil")


@pytest.fixture
def probes(settings):
    settings.ROOT_URLCONF = __name__


@pytest.mark.usefixtures("probes")
def test_a_view_that_says_nothing_is_closed(client, person):
    response = client.get("/unmarked/")

    assert response.status_code == 302
    assert response["Location"] == "/cuenta/login/?next=/unmarked/"
    client.force_login(person)
    assert client.get("/unmarked/").content == b"secret"


@pytest.mark.usefixtures("probes")
@pytest.mark.parametrize("header", [{"X-Requested-With": "fetch"}, {"HX-Request": "true"}])
def test_a_script_is_told_that_the_session_ended(client, header):
    response = client.get("/unmarked/", headers=header)

    assert response.status_code == 401
    assert response.json() == {"error": "signed-out"}


@pytest.mark.parametrize("address", ["/", "/en/", "/robots.txt", "/brand.css", "/cuenta/login/", "/cuenta/signup/"])
def test_public_pages_are_open(client, address):
    assert client.get(address).status_code == 200


def test_the_desk_and_the_administration_are_closed(client):
    assert client.get("/mesa/")["Location"] == "/cuenta/login/?next=/mesa/"
    assert client.get("/gestion/")["Location"].startswith(("/cuenta/login/", "/gestion/login/"))


def test_pages_of_a_person_stay_out_of_every_cache(client, person):
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")
    assert client.get("/cuenta/login/")["Cache-Control"] == "no-store, private"
    client.force_login(person)

    for address in ("/", "/mesa/", "/brand.css"):
        assert client.get(address)["Cache-Control"] == "no-store, private"


def test_every_answer_has_an_id_and_a_proxys_own_is_kept(client):
    assert len(client.get("/")["X-Request-ID"]) == 16
    assert client.get("/", headers={"X-Request-ID": "abcdef-12345678"})["X-Request-ID"] == "abcdef-12345678"
    assert client.get("/", headers={"X-Request-ID": "x\ny<script>"})["X-Request-ID"] != "x\ny<script>"


@pytest.mark.usefixtures("probes")
def test_a_refusal_is_put_on_record_once_without_what_it_names(client, person):
    client.force_login(person)

    client.get("/refusing/ABCDEF123456/")

    event = AuditEvent.objects.get(kind="access.refused")
    assert event.actor_id == person.pk
    assert event.reason == "GET refusing_one"
    assert "ABCDEF123456" not in event.reason


@pytest.mark.usefixtures("probes")
def test_a_refusal_of_a_plain_page_names_its_address(client, person):
    client.force_login(person)

    client.post("/refusing/")

    assert AuditEvent.objects.get(kind="access.refused").reason == "POST /refusing/"


@pytest.mark.usefixtures("probes")
def test_a_refusal_shows_its_reason_escaped(client, person):
    client.force_login(person)

    page = client.get("/refusing/").content.decode()

    assert "Only an officer may open &lt;proposals&gt;." in page


@pytest.mark.usefixtures("probes")
def test_a_stale_form_is_explained_and_is_no_refusal(person):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)

    response = strict.post("/posted/")

    assert response.status_code == 403
    assert "El formulario había caducado" in response.content.decode()
    assert not AuditEvent.objects.filter(kind="access.refused").exists()


def test_every_public_view_of_the_shell_says_so():
    public = {"home", "robots", "brand", "sitemap", "sitemap_part"}
    shell = get_resolver("govtech.shell.urls")
    said = {p.name for p in shell.url_patterns if not getattr(p.callback, "login_required", True)}

    assert said == public


def test_log_lines_are_json_with_the_request_and_without_row_values():
    error = ValueError("duplicate key\nDETAIL:  Key (email)=(ana@demo.example) already exists.")
    record = logging.LogRecord("portal", logging.ERROR, __file__, 1, "It failed", (), (ValueError, error, None))
    RequestIdFilter().filter(record)

    line = json.loads(JsonFormatter().format(record))

    assert line["message"] == "It failed"
    assert line["request_id"] == "-"
    assert "duplicate key" in line["exception"]
    assert "ana@demo.example" not in line["exception"]
