"""A panel as large as they come, in a browser: scored by keyboard, compared, agreed on, on a phone and in English."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from govtech import clock
from startups.models import AgreedScore, PanelMember, Score, ScoreSheet, SheetStatus
from startups.policies.evaluation import work
from tests.startups.big_panel import BigPanel, big_panel
from tests.system.browsing import wide
from tests.system.journey_people import PASSWORD
from tests.system.portal import Portal

REASON = "Mide el efecto con datos del servicio y explica cómo llega a quien no usa móvil."


@pytest.fixture(scope="module")
def big(portal: Portal) -> BigPanel:
    """Every sheet was handed in an hour ago; the secretary signs in."""
    with portal.orm(), clock.travel(clock.now() - timedelta(hours=1)):
        made = big_panel()
        may_sign_in(made.secretary)
    return made


def may_sign_in(seat: PanelMember) -> None:
    """Give the person a password."""
    seat.user.set_password(PASSWORD)
    seat.user.save()


def address(name: str, language: str = "es", **kwargs: str) -> str:
    with translation.override(language):
        return reverse(f"startups:{name}", kwargs=kwargs)


def fits(page: Any) -> None:
    """Fail where the page must be scrolled sideways at 390 pixels."""
    page.set_viewport_size({"width": 390, "height": 844})
    assert wide(page) <= 390, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_sheet_is_filled_and_handed_in_by_keyboard_alone(
    portal: Portal, sign_in: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    with portal.orm():
        big = big_panel(proposals=3, voting=3, handed_in=0)
        ScoreSheet.objects.filter(member=big.chair).delete()
        may_sign_in(big.chair)
    page = sign_in(portal, big.chair.user.email, PASSWORD)
    page.goto(address("scores", slug=big.challenge.slug))
    axe(page)
    fits(page)
    page.get_by_role("link", name="Valorar: ").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/valorar/*/")
    first = page.url
    for criterion in big.criteria:
        page.locator(f"#id_points-{criterion.pk}_0").focus()
        page.keyboard.press("4" if criterion != big.criteria[1] else "x")
        page.keyboard.press("Tab")
        page.keyboard.type(REASON)
    page.get_by_text("lista para entregar").wait_for()  # said by the save in the background
    assert page.evaluate("document.documentElement.scrollHeight") < 1300  # what scrolls is the sheet, not the page
    axe(page)
    fits(page)
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_url(first)
    page.get_by_role("button", name="Entregar la hoja").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    with portal.orm():
        sheet = ScoreSheet.objects.get(member=big.chair, status=SheetStatus.HANDED_IN)
        given = dict(Score.objects.filter(sheet=sheet).values_list("criterion_id", "points"))
    assert given == {each.pk: None if each == big.criteria[1] else 4 for each in big.criteria}


def test_thirty_proposals_are_compared_and_agreed_on(
    portal: Portal, big: BigPanel, sign_in: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    page = sign_in(portal, big.secretary.user.email, PASSWORD)
    with portal.orm():
        proposal, criterion = work(big.challenge, at=clock.now()).to_agree[0]
    target = next(each for each in big.proposals if each.pk == proposal)
    for language in ("es", "en"):
        for name in ("progress", "panel_questions", "consensus", "sessions", "lock"):
            page.goto(address(name, language, slug=big.challenge.slug))
            axe(page)
            fits(page)
        page.goto(address("agree", language, public_id=target.public_id))
        axe(page)
        fits(page)
    page.goto(address("sessions", slug=big.challenge.slug))
    page.get_by_label("Cuándo se celebró").fill(timezone.localtime().strftime("%Y-%m-%dT%H:%M"))
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_label("De qué trató").fill("Criterios con dos puntos o más de diferencia.")
    page.get_by_role("button", name="Anotar").click()
    page.get_by_text("queda anotada").wait_for()
    page.goto(address("agree", public_id=target.public_id))
    form = page.locator(f"#c{criterion}")
    form.get_by_label("3 · suficiente").check()
    form.get_by_label("Por qué").fill(REASON)
    form.get_by_role("button").click()
    page.get_by_text("Anotado, junto a las puntuaciones").wait_for()
    with portal.orm():
        assert AgreedScore.objects.get().points == 3
