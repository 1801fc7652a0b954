"""The page of a video in a browser: by keyboard, with captions, and nobody else asked for anything before a click."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.programme import factories
from tests.system.portal import Portal

FILM = Path(factories.MEDIA) / "problema.webm"
PHONE = {"viewport": {"width": 390, "height": 844}}
PASSWORD = "demo-govtech-155"  # noqa: S105 - of the demonstration, in the README


def video_of(page: Any, script: str) -> Any:
    return page.locator("video").evaluate(f"video => {script}")


def wait_for(page: Any, script: str) -> None:
    page.wait_for_function(f"() => {{ const video = document.querySelector('video'); return {script}; }}")


def asked_of(page: Any) -> list[str]:
    """Return the list in which the addresses of all requests of a page are put."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found


def others(asked: list[str], portal: Portal) -> set[str]:
    """Return whom but the portal a page has asked."""
    return {urlsplit(url).netloc for url in asked if not url.startswith((portal.url, "data:", "blob:"))}


def test_a_video_plays_by_keyboard_with_captions_and_transcript(
    demo_portal: Portal, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    page = new_page(demo_portal)
    asked = asked_of(page)
    page.goto("/videos/")
    page.get_by_role("link", name="Cómo presentar una propuesta").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cómo presentar una propuesta")
    axe(page)

    wait_for(page, "video.readyState >= 1 && video.duration > 40")
    assert video_of(page, "video.paused")  # nothing begins by itself
    wait_for(page, "video.textTracks[0].cues && video.textTracks[0].cues.length > 5")
    assert video_of(page, "video.textTracks[0].mode") == "showing"  # captions are on
    assert video_of(page, "video.textTracks[0].language") == "es"

    reach(page, "video")
    page.keyboard.press("Space")
    wait_for(page, "!video.paused && video.currentTime > 0.2")
    wait_for(page, "video.textTracks[0].activeCues.length > 0")
    assert "problemas" in video_of(page, "video.textTracks[0].activeCues[0].text")
    page.keyboard.press("Space")
    wait_for(page, "video.paused")

    page.get_by_role("link", name="El precio va aparte").focus()
    page.keyboard.press("Enter")
    wait_for(page, "video.currentTime >= 26")
    expect(page.locator("video")).to_be_focused()
    expect(page.get_by_role("link", name="El precio va aparte")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("region", name="Transcripción")).to_contain_text("El precio se guarda en un sobre aparte")
    assert others(asked, demo_portal) == set()
    assert any(re.search(r"/archivo/\w+/$", url) for url in asked)


def reach(page: Any, tag: str) -> None:
    """Go to an element with the tabulator, as somebody without a mouse does."""
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.localName") == tag:
            return
    pytest.fail(f"The keyboard doesn't reach {tag}.")


def test_without_script_the_chapters_open_the_video_there(demo_portal: Portal, new_page: Callable[..., Any]) -> None:
    page = new_page(demo_portal, java_script_enabled=False)
    page.goto("/videos/como-presentar-una-propuesta/")

    link = page.get_by_role("link", name="Escribe la propuesta")

    assert re.search(r"/archivo/\w+/#t=17$", link.get_attribute("href") or "")
    expect(page.locator("video[controls] track[kind=captions][default]")).to_have_count(1)


def test_a_video_elsewhere_is_asked_for_only_after_the_click(
    portal: Portal, new_page: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    """The network's log names nobody but the portal before; after, that host and no other."""
    with portal.orm():
        factories.video(
            title="En otro sitio", file=False, external_url="https://videos.example.test/jornada.webm", seconds=18
        )
    page = new_page(portal, **PHONE)
    page.context.route(
        "https://videos.example.test/**",
        lambda route: route.fulfill(body=FILM.read_bytes(), content_type="video/webm"),
    )
    asked = asked_of(page)
    page.goto("/videos/en-otro-sitio/")
    axe(page)
    expect(page.get_by_role("region", name="Transcripción")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert others(asked, portal) == set()
    blocked = page.evaluate(
        "new Promise(done => { const v = document.createElement('video'); v.onerror = () => done(true);"
        " v.onloadedmetadata = () => done(false); v.src = 'https://videos.example.test/x.webm'; v.load(); })"
    )
    assert blocked  # the page's own policy wouldn't let it
    assert others(asked, portal) == set()
    page.expected = [r"Content Security Policy|Refused to load|violates"]
    page.evaluate("window.__violations = []")

    page.get_by_role("link", name="Reproducirlo desde videos.example.test").press("Enter")

    wait_for(page, "video.readyState >= 1 && video.duration > 10")
    assert others(asked, portal) == {"videos.example.test"}
    wait_for(page, "video.textTracks[0].mode === 'showing' && video.textTracks[0].cues.length > 0")
    axe(page)


def test_a_video_is_shown_at_the_step_it_explains(
    demo_portal: Portal, sign_in: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    page = sign_in(demo_portal, "delegada@demo.example", PASSWORD)
    asked = asked_of(page)
    page.goto("/mis-retos/nuevo/")
    page.get_by_label("¿Cuál es el problema?").fill("Un reto para ver el vídeo")
    page.get_by_role("button", name="Empezar").click()
    page.wait_for_url(re.compile(r"/problema/$"))
    shown = page.locator("details.explained")
    expect(shown).to_contain_text("Contar bien un problema")
    assert not [url for url in asked if "/archivo/" in url]  # nothing travels before it is wanted

    shown.locator("summary").press("Enter")
    shown.locator("video").evaluate("video => { video.muted = true; return video.play(); }")

    wait_for(page, "video.currentTime > 0.2 && video.textTracks[0].mode === 'showing'")
    axe(page)
    assert others(asked, demo_portal) == set()
