"""Every page that menus and desk lead to, for each person of the demonstration: opens, fits a phone, is accessible."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils import translation
from playwright.sync_api import expect

from tests.system.browsing import wide
from tests.system.journey_people import Person
from tests.system.portal import Portal

PASSWORD = "demo-govtech-155"  # noqa: S105 - of the demonstration, in the README
STAFF = ("delegada", "oficina", "direccion", "evaluador1", "auditoria")
COMPANIES = ("empresa", "universidad")
WIDTHS = (390, 320)
MOST = 22  # pages for each person
NOT_PAGES = re.compile(
    r"/(logout|salir)/|\.(ics|csv|pdf|xml|atom|json|png)$|/(documento|acta|informe|pdf|documentos|archivos)/"
)
checked: set[str] = set()  # routes that axe has seen in this run


@dataclass
class Walk:
    """A person who follows every link once, one page for each route."""

    page: Any
    portal: Portal
    axe: Callable[[Any], None]
    routes: dict[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def links(self) -> list[str]:
        """Return the addresses that the page leads to within the portal, in order."""
        found = self.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        paths = [urlsplit(link) for link in found if link.startswith(self.portal.url)]
        return list(dict.fromkeys(parts.path for parts in paths if not NOT_PAGES.search(parts.path)))

    def queue(self, paths: list[str]) -> list[str]:
        """Return the addresses whose route is new."""
        fresh = []
        for path in paths:
            route = route_of(path)
            if route and route not in self.routes and len(self.routes) < MOST:
                self.routes[route] = path
                fresh.append(path)
        return fresh

    def visit(self, path: str, *, is_public: bool) -> list[str]:
        """Open a page, check it, and return where it leads."""
        answer = self.page.goto(path)
        if answer.status != 200:
            self.troubles.append(f"{path}: {answer.status}")
            return []
        self.check(path)
        links = self.links()
        if is_public:
            english = self.page.get_by_role("banner").get_by_role("link", name="English").get_attribute("href")
            answer = self.page.goto(english)
            if answer.status != 200 or self.page.locator("html").get_attribute("lang") != "en":
                self.troubles.append(f"{english}: {answer.status}, or not in English")
            else:
                self.check(english)
        return links

    def check(self, path: str) -> None:
        """One title, nothing that must be scrolled sideways on a phone, no rule of WCAG broken."""
        if self.page.get_by_role("heading", level=1).count() != 1:
            self.troubles.append(f"{path}: {self.page.get_by_role('heading', level=1).count()} titles")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            needed = wide(self.page)
            if needed > width:
                self.troubles.append(f"{path}: {needed} px wide on a screen of {width}")
        self.page.set_viewport_size({"width": 1280, "height": 900})
        route = route_of(path) + (" en" if path.startswith("/en/") else "")
        if route not in checked:
            checked.add(route)
            try:
                self.axe(self.page)
            except AssertionError as error:
                self.troubles.append(str(error)[:1500])


def route_of(path: str) -> str:
    """Return the name of the route that answers an address, or an empty text."""
    with translation.override("en" if path.startswith("/en/") else "es"):
        try:
            return resolve(path).view_name
        except Resolver404:
            return ""


def walk(page: Any, portal: Portal, axe: Callable[[Any], None], *, start: str, is_public: bool = False) -> Walk:
    """Follow links from `start`, two steps far."""
    walker = Walk(page, portal, axe)
    steps = walker.queue([start])
    for _distance in range(3):
        found = [link for path in steps for link in walker.visit(path, is_public=is_public)]
        if not is_public:
            found.sort(key=lambda path: route_of(path) in checked)  # first what nobody has opened in this run
        steps = walker.queue(found)
    return walker


@pytest.mark.parametrize("who", [*STAFF, *COMPANIES])
def test_what_menus_and_desk_lead_to(
    who: str, demo_portal: Portal, sign_in: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    page = sign_in(demo_portal, f"{who}@demo.example", PASSWORD)
    page.goto("/mesa/")
    assert who == "auditoria" or page.get_by_text("Estás al día.").count() == 0, "nothing to do"

    walker = walk(page, demo_portal, axe, start="/mesa/")

    assert walker.troubles == []
    assert len(walker.routes) >= 10


def test_public_pages_in_both_languages(
    demo_portal: Portal, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    walker = walk(new_page(demo_portal), demo_portal, axe, start="/", is_public=True)

    assert walker.troubles == []
    expected = {
        "shell:home",
        "challenges:list",
        "challenges:detail",
        "pilots:list",
        "pilots:pilot",
        "pilots:budget_latest",
    }
    assert expected <= set(walker.routes)


def without_script(sign_in: Callable[..., Any], portal: Portal, who: str) -> Person:
    """Sign in with a browser that runs no script, and go to the desk."""
    person = Person(sign_in(portal, f"{who}@demo.example", PASSWORD, java_script_enabled=False))
    person.desk()
    return person


def test_a_delegate_writes_without_script(demo_portal: Portal, sign_in: Callable[..., Any]) -> None:
    delegate = without_script(sign_in, demo_portal, "delegada")
    delegate.follow(re.compile("^Continuar: Terminar el borrador"))
    delegate.follow(re.compile("^El problema"))
    delegate.write({"En dos frases": "Escrito sin guiones en el navegador."})
    delegate.press("Guardar y seguir")
    delegate.told("Guardado: El problema")
    delegate.follow(re.compile("^El problema"))
    expect(delegate.field("En dos frases")).to_have_value("Escrito sin guiones en el navegador.")


def test_a_company_writes_without_script(demo_portal: Portal, sign_in: Callable[..., Any]) -> None:
    company = without_script(sign_in, demo_portal, "empresa")
    company.follow(re.compile("^Continuar: Presenta"))
    company.follow("Seguir escribiendo")
    company.write({"La solución": "Escrito sin guiones en el navegador."})
    company.press("Guardar y seguir")
    company.follow(re.compile("^La solución"))
    expect(company.field("La solución")).to_have_value("Escrito sin guiones en el navegador.")


def test_a_member_of_the_panel_scores_without_script(demo_portal: Portal, sign_in: Callable[..., Any]) -> None:
    member = without_script(sign_in, demo_portal, "evaluador1")
    member.follow(re.compile("^Valorar: "))
    member.follow(re.compile("^Valorar: "))
    title = member.main.get_by_role("heading", level=1).inner_text()
    criterion = member.main.get_by_role("group").filter(has=member.page.get_by_role("radio")).first
    criterion.get_by_text("suficiente", exact=True).click()
    criterion.get_by_role("textbox").fill("Escrito sin guiones en el navegador.")
    member.press(re.compile("^Guardar"))
    member.desk()
    member.follow(re.compile("^Valorar: "))
    member.follow(re.compile(f"^Valorar: {re.escape(title)}"))
    expect(criterion.get_by_role("textbox")).to_have_value("Escrito sin guiones en el navegador.")


def test_a_visitor_searches_without_script(demo_portal: Portal, new_page: Callable[..., Any]) -> None:
    visitor = Person(new_page(demo_portal, java_script_enabled=False))
    visitor.goto("/retos/")
    many = visitor.main.get_by_role("heading", level=3).count()
    visitor.write({"Buscar retos": "parques"})
    visitor.press("Buscar")
    visitor.main.get_by_role("group", name="Estado").get_by_role("checkbox").first.check()
    visitor.press("Aplicar")
    assert 0 < visitor.main.get_by_role("heading", level=3).count() < many
