"""The programme's own pages."""

import re
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import resolve, reverse

from govtech.programme import loading
from govtech.programme.models import Page
from govtech.shell import registry
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "participate": ("/como-participar/", "/en/how-to-take-part/"),
    "participate_research": ("/como-participar/investigacion/", "/en/how-to-take-part/research/"),
    "participate_departments": ("/como-participar/servicios-municipales/", "/en/how-to-take-part/departments/"),
    "participate_experts": ("/como-participar/paneles/", "/en/how-to-take-part/experts/"),
    "participate_everybody": ("/como-participar/vecindario/", "/en/how-to-take-part/everybody/"),
    "accessibility": ("/accesibilidad/", "/en/accessibility/"),
    "privacy": ("/privacidad/", "/en/privacy/"),
    "legal": ("/aviso-legal/", "/en/legal-notice/"),
}


@pytest.mark.parametrize("slug", ADDRESSES)
def test_each_page_is_public_in_both_languages(client: Client, slug: str) -> None:
    page = Page.objects.get(slug=slug)
    for address, title in zip(ADDRESSES[slug], (page.title, page.title_en), strict=True):
        response = client.get(address)
        html = response.content.decode()
        assert response.status_code == 200
        assert f"{title}</h1>" in html
        assert "{{" not in html
        assert client.post(address).status_code == 405


@pytest.mark.parametrize("slug", ADDRESSES)
@pytest.mark.parametrize("language", ["es", "en"])
def test_content_is_whole(slug: str, language: str) -> None:
    """Every mark is filled, no paragraph is broken over lines, headings go down one by one."""
    title, body = loading.read(slug, language)

    assert title
    assert "{{" not in body
    levels = [len(hashes) for hashes in re.findall(r"^(#+) ", body, re.MULTILINE)]
    assert levels[0] == 2
    assert all(after - before <= 1 for before, after in pairwise(levels))
    text = [
        line for line in body.splitlines() if line and not line.startswith(("#", "-", "|")) and not line[0].isdigit()
    ]
    assert all(line.endswith((".", ":", ")", "?")) for line in text), text


def test_both_languages_have_the_same_shape() -> None:
    for slug in ADDRESSES:
        shapes = [
            [
                line.split(" ")[0]
                for line in loading.read(slug, language)[1].splitlines()
                if line.startswith(("#", "-", "|"))
            ]
            for language in ("es", "en")
        ]
        assert [len(shape) for shape in shapes] == [len(shapes[0])] * 2, slug


@pytest.mark.parametrize("language", ["es", "en"])
def test_links_inside_lead_somewhere(client: Client, language: str) -> None:
    links = set()
    for slug in ADDRESSES:
        links |= set(re.findall(r"\]\((/[^)]*)\)", loading.read(slug, language)[1]))

    for link in links:
        assert client.get(link, follow=True).status_code == 200, link


def test_loading_again_keeps_what_was_edited() -> None:
    Page.objects.filter(slug="privacy").update(title="Otra", body="Otro texto")
    Page.objects.filter(slug="legal").delete()

    loading.load_pages(apps.get_app_config("programme"))

    assert Page.objects.get(slug="privacy").title == "Otra"
    assert Page.objects.get(slug="legal").body_en


def test_a_page_without_english_shows_spanish_and_says_so(client: Client) -> None:
    Page.objects.filter(slug="legal").update(title_en="", body_en="")

    html = client.get("/en/legal-notice/").content.decode()

    assert 'lang="es"' in html
    assert "This page exists in Spanish only." in html


def test_what_an_editor_writes_is_cleaned(client: Client) -> None:
    Page.objects.filter(slug="legal").update(body="## A\n\n<script>alert(1)</script> [x](javascript:alert(1))")

    html = client.get("/aviso-legal/").content.decode().split("<main")[1]

    assert "<script>" not in html
    assert 'href="javascript' not in html
    assert "<h2>A</h2>" in html


def test_a_page_takes_one_query(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        client.get("/privacidad/")


def test_administrators_edit_pages_but_add_and_delete_none(client: Client) -> None:
    administrator = UserFactory(is_administrator=True)
    client.force_login(administrator)
    page = Page.objects.get(slug="legal")

    client.post(
        f"/gestion/programme/page/{page.pk}/change/",
        {"title": "Nuevo", "body": "## Texto", "title_en": "New", "body_en": "## Text"},
    )

    page.refresh_from_db()
    assert (page.title, page.updated_by) == ("Nuevo", administrator)
    assert list(page.versions.order_by("number").values_list("number", "title")) == [(1, "Aviso legal"), (2, "Nuevo")]
    assert client.get("/gestion/programme/page/add/").status_code == 403
    assert client.post(f"/gestion/programme/page/{page.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_administration_registers_people_groups_reference_and_pages_only() -> None:
    registered = {model._meta.label for model in admin.site._registry}

    assert registered == {
        "accounts.User",
        "auth.Group",
        "programme.Page",
        *(f"reference.{name}" for name in ("CpvCode", "Department", "District", "Holiday", "PolicyArea", "Rules")),
    }


def test_menus_name_pages_that_exist() -> None:
    for menu in (registry.nav, registry.footer, registry.account, registry.desk_links):
        ours = [link for link in menu if link.url_name.split(":")[0] in {"programme", "accounts", "notifications"}]
        for link in ours:
            assert resolve(reverse(link.url_name)).view_name == link.url_name
    footer = {link.url_name for link in registry.footer}
    assert {"programme:accessibility", "programme:privacy", "programme:legal"} <= footer


def test_desk_links_are_for_those_who_may_follow_them(client: Client) -> None:
    for traits in ({}, {"is_officer": True}, {"is_director": True}, {"is_auditor": True}):
        user = UserFactory(**traits)
        client.force_login(user)
        for link in registry.desk_links:
            if link.url_name.split(":")[0] in {"accounts", "notifications"}:
                expected = 200 if link.allowed(user) else 403
                assert client.get(reverse(link.url_name)).status_code == expected, (traits, link.key)
