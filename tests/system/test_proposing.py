"""Writing a proposal: two members, two tabs, no connection, a killed server, an ended session; no word is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from govtech import clock
from startups.actions import envelope as envelopes
from startups.actions import proposal as proposals
from startups.models import OrganisationRole, Proposal
from tests import people
from tests.pilots import money
from tests.startups import factories
from tests.system.journey_people import PASSWORD, Journey, Person, address
from tests.system.portal import Portal

SAVED = re.compile(r"Guardado a las \d{1,2}:\d{2}")
LOST = ["ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "Failed to load resource", "ERR_EMPTY_RESPONSE"]
SOLUTION, TITLE = "La solución", "Título de la propuesta"


@pytest.fixture
def proposal(portal: Portal) -> Proposal:
    """A draft of Ana's and Alba's organisation, nothing written yet."""
    with portal.orm():
        for name in ("ana", "alba"):
            if not people.User.objects.filter(email=address(name)).exists():
                people.person(f"{name.title()} Socia", email=address(name), password=PASSWORD)
        ana, alba = (people.User.objects.get(email=address(name)) for name in ("ana", "alba"))
        company = factories.organisation(owner=ana)
        factories.member(company, OrganisationRole.EDITOR, alba)
        challenge = money.published(opens_at=clock.now(), form_sections=["innovation"])
        return proposals.start(challenge, company, by=ana, at=clock.now())


@pytest.fixture
def journey(
    portal: Portal, sign_in: Callable[..., Any], new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> Journey:
    return Journey(portal, sign_in=sign_in, new_page=new_page, axe=axe)


def part(proposal: Proposal, name: str = "solucion") -> str:
    return f"/propuestas/{proposal.public_id}/{name}/"


def stored(portal: Portal, proposal: Proposal, key: str = "solution") -> str:
    """Return what the server has of a section, through the seal."""
    with portal.orm():
        return envelopes.working_copy(Proposal.objects.select_related("challenge").get(pk=proposal.pk)).sections[key]


def says(person: Person, text: str | re.Pattern[str], seconds: int = 90) -> None:
    """Wait until the save bar says it."""
    expect(person.page.locator("[data-save-status]")).to_contain_text(text, timeout=seconds * 1000)


def type_more(person: Person, text: str, label: str = SOLUTION, delay: int = 0) -> None:
    """Type at the end of a field, key by key."""
    field = person.field(label)
    field.press("Control+End")
    field.press_sequentially(text, delay=delay)


def sign_in_on(page: Any, name: str, path: str) -> Person:
    """Sign in on a page of a browser that somebody else may have used."""
    page.goto(f"/cuenta/login/?next={path}")
    page.fill("input[name=login]", address(name))
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/cuenta/login/" not in url)
    return Person(page)


def another_page(person: Person) -> Person:
    """Open another tab of the same browser."""
    page = person.page.context.new_page()
    page.expected = []
    return Person(page)


def kept(page: Any) -> str:
    """Return all that this browser keeps for this site."""
    return str(page.evaluate("JSON.stringify(Object.entries(localStorage)) + JSON.stringify(sessionStorage)"))


def keeps_text(page: Any) -> None:
    """Wait until the browser keeps something typed: it is sealed first."""
    page.wait_for_function("Object.keys(localStorage).some((key) => key.includes('writing:'))")


def keeps_nothing(page: Any) -> None:
    """Wait until the browser keeps nothing typed."""
    page.wait_for_function("!JSON.stringify([...Object.entries(localStorage), sessionStorage]).includes('writing:')")


def test_nothing_typed_is_lost(journey: Journey, portal: Portal, proposal: Proposal) -> None:
    ana = journey.person("ana")
    ana.page.expected += [*LOST, "401", "403", "409", "50[0-9]"]
    ana.goto(part(proposal))
    journey.axe(ana.page)

    # who never pauses is saved all the same
    unceasing = "Esto se escribe sin parar ni un momento, letra tras letra, y sigue. "
    type_more(ana, unceasing, delay=110)
    while "Esto se escribe sin parar" not in stored(portal, proposal):
        assert len(unceasing) < 200, "nothing was saved meanwhile"
        type_more(ana, "Y sigue. ", delay=110)
        unceasing += "Y sigue. "
    says(ana, SAVED)

    # the connection is cut
    ana.page.context.set_offline(True)
    type_more(ana, "Sin conexión. ")
    says(ana, "no hay conexión")
    ana.page.context.set_offline(False)
    says(ana, SAVED)
    assert "Sin conexión." in stored(portal, proposal)

    # the server is killed, and comes back
    portal.kill("web")
    type_more(ana, "Sin servidor. ")
    says(ana, "Sin guardar todavía")
    portal.start("web")
    says(ana, SAVED)
    assert "Sin servidor." in stored(portal, proposal)

    # the session ends in the middle of typing, and the browser is closed: what it keeps only its author can read
    portal.sql("DELETE FROM django_session")
    type_more(ana, "Con la sesión terminada. ")
    says(ana, "La sesión ha terminado. Tu texto sigue aquí")
    keeps_text(ana.page)
    assert "sesión terminada" not in kept(ana.page)
    ana.page.once("dialog", lambda dialog: dialog.accept())
    ana.page.goto("about:blank")
    alba = sign_in_on(ana.page, "alba", part(proposal))
    expect(alba.field(SOLUTION)).to_have_value(re.compile(r"Sin servidor\. $"))
    alba.goto("/cuenta/logout/")
    alba.press("Salir")
    ana = sign_in_on(alba.page, "ana", part(proposal))
    says(ana, SAVED)
    written = unceasing + "Sin conexión. Sin servidor. Con la sesión terminada. "
    expect(ana.field(SOLUTION)).to_have_value(written)
    assert stored(portal, proposal) == written
    keeps_nothing(ana.page)


def test_two_tabs_and_two_members_meet_and_nothing_is_wiped(
    journey: Journey, portal: Portal, proposal: Proposal
) -> None:
    ana, alba = journey.person("ana"), journey.person("alba")
    for each in (ana, alba):
        each.page.expected += ["409", "Failed to load resource"]
        each.goto(part(proposal))
    says(alba, "también tiene abierta esta parte")

    # two texts of one page, one each: both arrive
    type_more(ana, "El título de Ana", label=TITLE)
    type_more(alba, "La solución de Alba.")
    says(ana, SAVED)
    says(alba, SAVED)
    assert (stored(portal, proposal, "title"), stored(portal, proposal)) == ("El título de Ana", "La solución de Alba.")

    # the same text: Ana, who hasn't seen it, is told; both are shown; joined, both are kept
    type_more(ana, "La solución de Ana.")
    says(ana, "Alba Socia ha guardado esta parte")
    assert stored(portal, proposal) == "La solución de Alba."
    ana.press("Guardar y seguir")
    ana.sees("Alba Socia ha guardado esta parte mientras escribías", "La solución de Alba.")
    expect(ana.field(SOLUTION)).to_have_value("La solución de Ana.")
    journey.axe(ana.page)
    ana.goto("/propuestas/")  # left without pressing: what Alba wrote stays, and Ana's waits to be compared
    ana.goto(part(proposal))
    says(ana, "Alba Socia ha guardado esta parte")
    expect(ana.field(SOLUTION)).to_have_value("La solución de Ana.")
    assert stored(portal, proposal) == "La solución de Alba."
    ana.press("Guardar y seguir")
    ana.write({SOLUTION: "La solución de Alba. La solución de Ana."})
    says(ana, "nada cambia hasta que pulses guardar")
    ana.press("Guardar y seguir")
    expect(ana.main.get_by_role("heading", name="Plan e hitos", level=2)).to_be_visible()
    ana.goto(part(proposal))

    # another window of her own; what waits in it is told before she signs out, and gone after
    other = another_page(ana)
    other.goto(part(proposal))
    type_more(ana, " Una ventana.")
    says(ana, SAVED)
    type_more(other, " Otra ventana.")
    says(other, "Otra ventana tuya ha guardado esta parte")
    assert stored(portal, proposal) == "La solución de Alba. La solución de Ana. Una ventana."
    other.page.once("dialog", lambda dialog: dialog.accept())
    other.goto("/cuenta/logout/")
    expect(other.main.get_by_text("aún no se ha guardado")).to_be_visible()
    other.page.go_back()
    expect(other.field(SOLUTION)).to_have_value(re.compile("Otra ventana"))
    other.press("Guardar y seguir")
    other.write({SOLUTION: "La solución de Alba. La solución de Ana. Una ventana. Otra ventana."})
    other.press("Guardar y seguir")
    expect(other.main.get_by_role("heading", name="Plan e hitos", level=2)).to_be_visible()
    assert stored(portal, proposal) == "La solución de Alba. La solución de Ana. Una ventana. Otra ventana."

    # what waits when she signs out all the same is gone from this computer
    portal.sql("UPDATE startups_proposalsection SET version = version + 1, saved_from = '' WHERE key = 'solution'")
    ana.goto(part(proposal))
    portal.sql("UPDATE startups_proposalsection SET version = version + 1 WHERE key = 'solution'")
    type_more(ana, " Sin llegar.")
    says(ana, "ha guardado esta parte")
    keeps_text(ana.page)
    ana.page.once("dialog", lambda dialog: dialog.accept())
    ana.goto("/cuenta/logout/")
    ana.press("Salir")
    keeps_nothing(ana.page)
