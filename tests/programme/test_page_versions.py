"""Each change of the portal's own pages is a version, and what it changed can be read by everybody."""

from typing import Any

import pytest
from django.test import Client

from govtech import clock
from govtech.audit.models import AuditEvent
from govtech.programme.actions import page as actions
from govtech.programme.models import Page, PageVersion
from tests import people

pytestmark = pytest.mark.django_db


def changed(body: str = "## Una\n\nEl plazo es de 15 días.", note: str = "Plazo") -> Page:
    page = Page.objects.get(slug="accessibility")
    return actions.save_page(page, body=body, note=note, by=people.officer(), at=clock.now())


def test_what_it_said_before_stays_and_nothing_new_is_no_version() -> None:
    first = Page.objects.get(slug="accessibility")
    changed()
    page = changed()

    rows = list(page.versions.order_by("number"))
    assert [(row.number, row.body, row.note) for row in rows] == [
        (1, first.body, ""),
        (2, "## Una\n\nEl plazo es de 15 días.", "Plazo"),
    ]
    assert rows[0].at == first.updated_at
    event = AuditEvent.objects.get(kind="page.changed")
    assert (event.fields, event.new) == (["body"], "2")


def test_everybody_reads_what_a_version_changed_word_by_word(client: Client) -> None:
    changed()
    changed("## Una\n\nEl plazo es de 20 días.", "Veinte días")

    html = client.get("/paginas/accessibility/versiones/").content.decode()

    assert "<del>" in html
    assert "15" in html.split("<del>")[1].split("</del>")[0]
    assert "20" in html.split("<ins>")[1].split("</ins>")[0]
    assert "Veinte días" in html
    second = client.get("/paginas/accessibility/versiones/?version=2").content.decode()
    assert "15 días" in second
    first = client.get("/paginas/accessibility/versiones/?version=1").content.decode()
    assert "Es la primera" in first
    for odd in ("9", "x", "-1", "2" * 40):
        assert client.get(f"/paginas/accessibility/versiones/?version={odd}").status_code == 200
    assert client.get("/paginas/nada/versiones/").status_code == 404
    assert "no hay otra versión" in client.get("/paginas/legal/versiones/").content.decode()


def test_the_office_changes_a_page_and_brings_old_words_back(client: Client) -> None:
    client.force_login(people.officer())
    before = Page.objects.get(slug="legal")
    sent = {"title": before.title, "title_en": before.title_en, "body": "## Otro", "body_en": before.body_en}

    assert client.post("/contenidos/paginas/legal/", sent).status_code == 422  # what changes isn't said
    answer = client.post("/contenidos/paginas/legal/", {**sent, "note": "Resumen"})
    assert answer.headers["Location"] == "/aviso-legal/"
    form = client.get("/contenidos/paginas/legal/?from=1").context["form"]
    assert form["body"].value() == before.body
    assert form["note"].value() == "Vuelta a la versión 1"
    assert client.get("/contenidos/paginas/legal/?from=9").context["form"]["body"].value() == "## Otro"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"body": ""}, "body"), ({"title": ""}, "title"), ({"body_en": ""}, "title_en"), ({"note": ""}, "note"),
     ({"body": "![x](imagen:y)"}, "body")],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(client: Client, changes: dict[str, Any], field: str) -> None:
    client.force_login(people.officer())
    sent = {"title": "A", "title_en": "B", "body": "C", "body_en": "D", "note": "E", **changes}

    answer = client.post("/contenidos/paginas/legal/", sent)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not PageVersion.objects.exists()


def test_each_kind_of_visitor_has_a_page_that_leads_to_the_others(client: Client) -> None:
    html = client.get("/como-participar/paneles/").content.decode()

    for path in ("/como-participar/", "/como-participar/investigacion/", "/como-participar/servicios-municipales/"):
        assert f'href="{path}"' in html
        assert client.get(path).status_code == 200
    assert 'href="/como-participar/paneles/" aria-current="page"' in html


def test_the_history_takes_the_same_queries_with_many_versions(client: Client, django_assert_num_queries: Any) -> None:
    for number in range(2):
        changed(f"## {number}")
    client.get("/paginas/accessibility/versiones/")
    with django_assert_num_queries(3):
        client.get("/paginas/accessibility/versiones/")
    for number in range(9):
        changed(f"## otra {number}")
    with django_assert_num_queries(3):
        client.get("/paginas/accessibility/versiones/")
