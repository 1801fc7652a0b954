"""`static/js/portal.js` and `writing.js` in a browser: saving in the background, counting words, folding the menu."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, sync_playwright

from tests import browser as chromium

PAGE = """<!doctype html><html lang="es" data-zone="Europe/Madrid"><body>
<button data-menu="menu" aria-expanded="false">Menú</button><div id="menu">Retos</div>
<div data-focus tabindex="-1" id="summary">Hay un error</div>
<details data-popup id="popup"><summary>Ana</summary><a href="#">Salir</a></details>
<form method="post" action="/guardar/" data-autosave>
<input type="hidden" name="version" value="4"><textarea id="story" name="story"></textarea>
<input type="file" name="paper" data-max-bytes="10" id="paper">
<p id="count" data-count-for="story" data-max="3">0 de 3 palabras</p>
<p id="total"><span data-count-all data-others="1199">1.199</span> de 3.000 palabras</p>
<span data-save-status></span><button>Guardar</button></form><a href="/borrador/" data-leave>Dejar lo mío</a>
<script src="/portal.js"></script><script src="/writing.js"></script></body></html>"""
KEY = base64.b64encode(bytes(32)).decode()
STALLED = 0  # no answer ever comes
SECURE = "https://portal.test/borrador/"  # only there a browser seals what it keeps


class Server:
    """Answers the page, and each save with the next of `answers`; keeps what was sent."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.sent: list[Any] = []
        self.page = PAGE

    def shows(self, text: str, *, version: int, marks: str = "") -> None:
        """From now on, the page keeps what is typed, and has this text with this version."""
        marks = f'data-autosave data-keep="7" data-keep-key="{KEY}" {marks}'
        page = PAGE.replace("data-autosave", marks).replace('value="4"', f'value="{version}"')
        self.page = page.replace("</textarea>", f"{text}</textarea>")

    def __call__(self, route: Route) -> None:
        url = route.request.url
        if url.endswith(".js"):
            route.fulfill(path=str(settings.BASE_DIR / "static" / "js" / url.rpartition("/")[2]))
        elif url.endswith("/guardar/"):
            self.sent.append(route.request)
            status, body = self.answers.pop(0) if self.answers else (200, {})
            if status == STALLED:
                return
            route.fulfill(status=status, content_type="application/json", body=json.dumps(body))
        else:
            route.fulfill(content_type="text/html; charset=utf-8", body=self.page)


@pytest.fixture(scope="module")
def window() -> Iterator[Any]:
    program = chromium.path()
    if not program:
        pytest.skip("no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def page(window: Any, server: Server) -> Iterator[Page]:
    page = window.new_page()
    page.route("**/*", server)
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # it stands still but where a test moves it: a slow machine sends nothing too soon
    page.goto("http://portal.test/borrador/")
    yield page
    page.close()


def status(page: Page) -> str:
    return page.inner_text("[data-save-status]")


def wait_for(page: Page, text: str) -> None:
    page.wait_for_function("text => document.querySelector('[data-save-status]').textContent.includes(text)", arg=text)


def test_a_pause_in_typing_saves_once_and_says_when(page, server):
    server.answers = [(200, {"version": 5, "at": "10:42"})]

    page.type("#story", "uno dos")
    page.clock.run_for(1400)
    assert server.sent == []
    page.clock.run_for(300)
    wait_for(page, "Guardado a las 10:42")

    (request,) = server.sent
    assert request.method == "POST"
    assert request.headers["x-requested-with"] == "fetch"
    assert 'name="story"' in request.post_data
    assert 'name="paper"' not in request.post_data
    assert page.input_value("[name=version]") == "5"


def test_somebody_elses_save_is_told_with_a_way_to_compare_and_stops_saving(page, server):
    server.answers = [(409, {"message": "Lucía ha guardado esta parte.", "url": "/comparar/"})]

    page.type("#story", "uno")
    page.clock.run_for(1600)
    wait_for(page, "Lucía ha guardado esta parte.")
    page.type("#story", " dos")
    page.clock.run_for(10_000)

    assert page.get_attribute("[data-save-status] a", "href") == "/comparar/"
    assert page.input_value("#story") == "uno dos"
    assert len(server.sent) == 1


def test_an_ended_session_is_told_and_the_text_stays(page, server):
    server.answers = [(401, {"error": "signed-out"})]

    page.type("#story", "uno")
    page.clock.run_for(1600)
    wait_for(page, "La sesión ha terminado")

    assert page.input_value("#story") == "uno"


def test_a_failure_is_tried_again(page, server):
    server.answers = [(500, {}), (200, {"at": "10:43"})]

    page.type("#story", "uno")
    page.clock.run_for(1600)
    wait_for(page, "Lo intentaremos otra vez")
    page.clock.run_for(5_100)
    wait_for(page, "Guardado a las 10:43")

    assert len(server.sent) == 2


def test_without_connection_it_waits_and_saves_when_it_is_back(page, server):
    page.context.set_offline(True)
    page.type("#story", "uno")
    page.clock.run_for(1600)
    wait_for(page, "no hay conexión")
    assert server.sent == []

    page.context.set_offline(False)
    wait_for(page, "Guardado")

    assert len(server.sent) == 1


def test_a_line_that_stalls_is_given_up_and_tried_again(page, server):
    server.shows("", version=4)
    server.answers = [(STALLED, {}), (200, {"at": "10:44"})]
    page.goto(SECURE)

    page.type("#story", "uno")
    page.clock.run_for(1600)
    wait_for(page, "Guardando")
    page.clock.run_for(15_100)
    wait_for(page, "Lo intentaremos otra vez")
    page.clock.run_for(2_100)
    wait_for(page, "Guardado a las 10:44")

    assert len(server.sent) == 2
    for number, request in enumerate(server.sent, 1):
        assert f'name="turn"\r\n\r\n{number}\r\n' in request.post_data


def test_what_is_undone_while_its_save_is_on_the_way_travels_again(page, server):
    server.page = PAGE.replace('name="version"', 'name="story-version"').replace(
        "data-autosave", f'data-autosave data-keep="7" data-keep-key="{KEY}"'
    )
    server.answers = [(STALLED, {}), (200, {"at": "10:44"})]
    page.goto(SECURE)

    page.type("#story", "uno")
    page.clock.run_for(1600)
    wait_for(page, "Guardando")
    page.clock.run_for(15_100)
    wait_for(page, "Lo intentaremos otra vez")
    page.fill("#story", "")
    page.clock.run_for(2_100)
    wait_for(page, "Guardado a las 10:44")

    first, second = server.sent
    assert 'name="story"\r\n\r\nuno\r\n' in first.post_data
    assert 'name="story"\r\n\r\n\r\n' in second.post_data
    assert 'name="turn"\r\n\r\n2\r\n' in second.post_data


def test_a_press_doesnt_wait_for_a_line_that_stalls(page, server):
    server.answers = [(STALLED, {})]

    page.type("#story", "uno")
    page.clock.run_for(1600)
    wait_for(page, "Guardando")
    page.click("form button", no_wait_after=True)
    assert len(server.sent) == 1
    page.clock.run_for(3_100)
    page.wait_for_url("**/guardar/")

    assert "x-requested-with" not in server.sent[1].headers


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage)")


def a_conflict(page: Page, server: Server) -> None:
    """Show what comes after a refused save: Lucía's is stored as 5, mine was written on 4; then mine is touched."""
    server.shows("Lo mío", version=5, marks='data-unsaved data-seen=\'{"version": "4"}\'')
    page.goto(SECURE)
    page.type("#story", "!")
    page.wait_for_function("Object.keys(localStorage).length > 0")
    page.on("dialog", lambda dialog: dialog.accept())


def test_where_two_texts_meet_only_the_button_writes_over_the_other(page, server):
    a_conflict(page, server)
    page.clock.run_for(40_000)
    assert status(page) == "Sin guardar: nada cambia hasta que pulses guardar."
    assert server.sent == []

    server.shows("Lo de Lucía", version=5)
    server.answers = [(409, {"message": "Lucía ha guardado esta parte."})]
    page.goto(SECURE)  # left, and back another day
    page.wait_for_function("document.getElementById('story').value.includes('Lo mío')")
    page.clock.run_for(1600)
    wait_for(page, "Lucía ha guardado esta parte.")

    (request,) = server.sent
    assert 'name="version"\r\n\r\n4\r\n' in request.post_data


def test_who_leaves_theirs_finds_what_is_stored(page, server):
    a_conflict(page, server)

    server.shows("Lo de Lucía", version=5)
    page.click("[data-leave]")
    page.wait_for_function("document.getElementById('story').value === 'Lo de Lucía'")
    page.clock.run_for(40_000)

    assert kept(page) == []
    assert server.sent == []


def test_leaving_with_unsaved_text_is_asked_about(page, server):
    leave = "(() => !window.dispatchEvent(new Event('beforeunload', {cancelable: true})))()"

    assert not page.evaluate(leave)
    page.type("#story", "uno")
    assert page.evaluate(leave)
    page.clock.run_for(1600)
    wait_for(page, "Guardado")
    assert not page.evaluate(leave)


def test_words_are_counted_while_typing(page):
    page.type("#story", "uno dos tres cuatro")

    assert page.inner_text("#count") == "4 de 3 palabras"
    assert "count--over" in page.get_attribute("#count", "class")


def test_the_total_moves_while_typing_with_what_is_on_other_pages(page):
    page.type("#story", "uno dos tres")

    assert page.inner_text("#total") == "1.202 de 3.000 palabras"


def test_too_big_a_file_is_refused_before_it_travels(page):
    page.set_input_files("#paper", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x" * 11})

    assert page.evaluate("document.getElementById('paper').validity.customError")


def test_the_menu_unfolds_and_says_so(page):
    page.click("[data-menu]")

    assert page.get_attribute("[data-menu]", "aria-expanded") == "true"
    assert "is-open" in page.get_attribute("#menu", "class")


def test_the_summary_of_problems_has_the_focus(page):
    assert page.evaluate("document.activeElement.id") == "summary"


def test_a_popup_closes_with_escape_and_gives_the_focus_back(page):
    page.click("#popup summary")
    page.keyboard.press("Escape")

    assert not page.evaluate("document.getElementById('popup').open")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
