"""The catalogue in a browser: in place with htmx, by pages without script, on a phone, read aloud, on paper."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.system.browsing import settled, sideways
from tests.system.portal import Portal

PASSWORD = "demo-govtech-155"  # noqa: S105 - of the demonstration, in the README
PHONE = {"viewport": {"width": 390, "height": 844}}


def rows(page: Any) -> list[str]:
    settled(page)
    return page.locator("li.entry h3").all_inner_texts()


def test_filters_change_the_list_in_place_and_the_way_back_holds(
    demo_portal: Portal, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    page = new_page(demo_portal)
    page.goto("/retos/")
    page.evaluate("window.stays = true")
    everything, how_many = rows(page), page.locator("#resultados").inner_text()
    entries = page.locator("li.entry h3")

    page.get_by_label(re.compile("^Movilidad")).check()

    expect(page).to_have_url(re.compile(r"/retos/\?area=movilidad$"))
    expect(page.locator("#resultados")).not_to_have_text(how_many)
    some = rows(page)
    assert 0 < len(some) < len(everything)
    expect(page.locator("#recuento")).to_have_text(page.locator("#resultados").inner_text())  # said aloud
    expect(page.locator("#area-movilidad")).to_be_focused()  # the focus stays on what was ticked
    page.get_by_label("Ordenar por").select_option("amount")
    expect(page).to_have_url(re.compile(r"/retos/\?area=movilidad&sort=amount$"))
    assert page.evaluate("window.stays"), "no page was loaded"
    expect(page.locator("#idioma")).to_have_attribute("href", "/en/challenges/?area=movilidad&sort=amount")
    axe(page)
    page.get_by_role("link", name="Quitar Movilidad").click()
    expect(page).to_have_url(re.compile(r"/retos/\?sort=amount$"))
    expect(page.locator("#resultados")).to_be_focused()  # once the new list has settled, after the address
    assert page.evaluate("window.stays")

    page.evaluate("setTimeout(() => history.back())")
    expect(page.get_by_label(re.compile("^Movilidad"))).to_be_checked()
    expect(entries).to_have_count(len(some))
    assert sorted(rows(page)) == sorted(some)
    page.evaluate("setTimeout(() => history.back())")
    expect(page).to_have_url(re.compile(r"/retos/\?area=movilidad$"))
    expect(page.get_by_label("Ordenar por")).not_to_have_value("amount")  # the address changes before the page does
    page.evaluate("setTimeout(() => history.back())")
    expect(page).to_have_url(re.compile(r"/retos/$"))
    expect(page.locator("#resultados")).to_have_text(how_many)
    expect(entries).to_have_count(len(everything))
    assert rows(page) == everything


def test_a_misspelt_search_is_put_right_and_the_words_are_marked(
    demo_portal: Portal, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    page = new_page(demo_portal)
    page.goto("/retos/")

    page.get_by_label("Buscar retos").fill("soledat")
    page.get_by_role("button", name="Buscar").click()

    expect(page.get_by_text("Mostramos resultados para soledad.")).to_be_visible()
    expect(page.locator("li.entry mark").first).to_have_text(re.compile("soledad", re.IGNORECASE))
    axe(page)
    page.get_by_role("link", name="Buscar exactamente «soledat»").click()
    expect(page.get_by_text("Sin resultados")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Sin las palabras «soledat»").click()
    expect(page.locator("li.entry h3").nth(1)).to_be_visible()


def test_everything_works_without_script(demo_portal: Portal, new_page: Callable[..., Any]) -> None:
    page = new_page(demo_portal, java_script_enabled=False)
    page.goto("/retos/")

    page.get_by_label("Buscar retos").fill("calles")
    page.get_by_label(re.compile("^Movilidad")).check()
    page.get_by_role("button", name="Aplicar").click()

    expect(page).to_have_url(re.compile(r"/retos/\?q=calles&area=movilidad$"))
    expect(page.get_by_label(re.compile("^Movilidad"))).to_be_checked()
    page.get_by_role("link", name="Quitar «calles»").click()
    expect(page).to_have_url(re.compile(r"/retos/\?area=movilidad$"))
    page.locator("li.entry h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("start", ["/retos/", "/en/challenges/"])
def test_on_a_phone_filters_fold_and_nothing_is_too_wide(
    demo_portal: Portal, new_page: Callable[..., Any], axe: Callable[[Any], None], start: str
) -> None:
    page = new_page(demo_portal, **PHONE)
    page.goto(start)
    assert sideways(page) == 0
    option = page.locator("#area-movilidad")
    expect(option).to_be_hidden()

    page.locator("#filtros > summary").click()
    option.check()

    expect(page).to_have_url(re.compile(r"area=movilidad$"))
    settled(page)
    expect(page.locator("#area-movilidad")).to_be_visible()
    page.locator("#faceta-district > summary").click()
    assert sideways(page) == 0
    axe(page)
    page.locator("#area-movilidad").uncheck()
    expect(page).to_have_url(re.compile(rf"{start}$"))
    expect(page.locator("#faceta-district fieldset")).to_be_visible()
    settled(page)
    page.locator("li.entry h3 a").first.click()
    expect(page).to_have_url(re.compile(rf"{start}[^?/]+/$"))
    assert sideways(page) == 0
    axe(page)


def test_a_company_reads_why_a_challenge_fits(demo_portal: Portal, sign_in: Callable[..., Any]) -> None:
    page = sign_in(demo_portal, "empresa@demo.example", PASSWORD)
    page.goto("/retos/")

    page.get_by_label("Ordenar por").select_option(label="Para ti")

    expect(page).to_have_url(re.compile(r"sort=for-you$"))
    expect(page.locator("li.entry .why").first).to_contain_text(re.compile("Porque trabajáis en|Coincide"))


def test_a_challenge_prints_on_paper_with_its_address(
    demo_portal: Portal, new_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = new_page(demo_portal)
    page.goto("/retos/?state=open")
    page.locator("li.entry h3 a").first.click()
    expect(page).to_have_url(re.compile(r"/retos/[^?/]+/$"))
    address = page.url

    page.emulate_media(media="print")

    expect(page.get_by_text(address)).to_be_visible()
    for hidden in ("banner", "contentinfo"):
        expect(page.get_by_role(hidden).get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Cierre (hora de Madrid)")).to_be_visible()
    assert sideways(page) == 0


def test_a_list_on_another_site_needs_no_script(
    demo_portal: Portal, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    page = new_page(demo_portal, java_script_enabled=True, viewport={"width": 320, "height": 600})
    page.goto("/retos/incrustar.html?limit=3")

    assert page.locator(".govtech-reto").count() == 3
    assert page.locator("script").count() == 0
    assert sideways(page) == 0
    axe(page)
