"""Pages kept for everybody: what is kept, for how long, who gets them, and that no change is ever missed."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import redis
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from govtech.audit import actions as audit
from govtech.embedded import ValkeyServer
from govtech.front import Front
from govtech.programme.models import Page as ProgrammePage
from govtech.reference.models import District, Holiday
from govtech.shell import pages
from govtech.shell.middleware import PagesMiddleware
from tests import people

AT = datetime(2026, 3, 10, 22, 59, 30, tzinfo=UTC)  # 23:59:30 in Madrid


class Portal:
    """The middleware around views of the test's own; counts what is made."""

    def __init__(self, view: Callable[[HttpRequest], HttpResponse]) -> None:
        self.count = 0
        self.view = view
        self.middleware = PagesMiddleware(self._respond)
        self.factory = RequestFactory()

    def _respond(self, request: HttpRequest) -> HttpResponse:
        self.count += 1
        request.user = getattr(request, "user", AnonymousUser())
        return self.view(request)

    def get(self, address: str = "/retos/", method: str = "get", **headers: str) -> HttpResponse:
        return self.middleware(getattr(self.factory, method)(address, headers=headers))


@pytest.fixture
def keeping(valkey: ValkeyServer, settings: Any) -> Iterator[None]:
    """Pages are kept, in a Valkey of the test's own."""
    settings.PAGE_CACHE_SECONDS = 60
    pages.forget_shelf()
    yield
    pages.forget_shelf()


@pages.for_everybody
def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"<p>{request.get_full_path()}</p>", headers={"X-Frame-Options": "DENY"})


# What is kept ---------------------------------------------------------------------------------------------


def test_a_page_is_made_once_and_then_given_as_it_was(keeping: None) -> None:
    portal = Portal(plain)

    first, second = portal.get(), portal.get()

    assert portal.count == 1
    assert first.content == second.content == b"<p>/retos/</p>"
    assert dict(first.headers) == dict(second.headers)
    assert second["X-Frame-Options"] == "DENY"
    assert second["Cache-Control"] == "no-cache, public"
    assert {part.strip() for part in second["Vary"].split(",")} >= {"Cookie", "HX-Request"}


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/en/challenges/", {}),
        ("/retos/?page=2", {}),
        ("/retos/", {"Host": "other.example"}),
        ("/retos/", {"X-Forwarded-Proto": "https"}),
        ("/retos/", {"HX-Request": "true"}),
    ],
)
def test_another_address_language_or_kind_of_request_has_its_own_page(
    keeping: None, address: str, headers: dict[str, str]
) -> None:
    portal = Portal(plain)
    portal.get()

    portal.get(address, **headers)

    assert portal.count == 2


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("get", {"Cookie": "sessionid=abc"}),
        ("get", {"Cookie": "messages=abc"}),
        ("get", {"Authorization": "Bearer abc"}),
        ("get", {"X-Requested-With": "fetch"}),
        ("post", {}),
    ],
)
def test_whoever_is_somebody_gets_no_kept_page_and_leaves_none(
    keeping: None, method: str, headers: dict[str, str]
) -> None:
    portal = Portal(plain)

    portal.get(method=method, **headers)
    portal.get()
    portal.get(method=method, **headers)

    assert portal.count == 3  # theirs twice, and the one for everybody


def test_an_address_with_a_line_break_is_nobody_elses(keeping: None) -> None:
    """Path and query are joined by one: with another in the path, two addresses would share a page."""
    portal = Portal(plain)
    assert "b" in portal.get("/a%0Ab").content.decode()
    other = portal.get("/a?b%0A").content.decode()
    assert other == "<p>/a?b%0A</p>"
    environ = RequestFactory().get("/a%0Ab").environ
    assert environ["PATH_INFO"] == "/a\nb"
    assert pages.key_of(environ) is None


def test_cookies_that_change_nothing_get_the_same_page(keeping: None) -> None:
    portal = Portal(plain)
    portal.get()

    portal.get(Cookie="csrftoken=abc; other=1")

    assert portal.count == 1


def refused() -> dict[str, Callable[[HttpRequest], HttpResponse]]:
    def with_token(request: HttpRequest) -> HttpResponse:
        return HttpResponse(get_token(request))

    def with_cookie(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("x")
        response.set_cookie("a", "b")
        return response

    def with_nonce(request: HttpRequest) -> HttpResponse:
        request._csp_nonce = "abc"
        return HttpResponse("x")

    def signed_in(request: HttpRequest) -> HttpResponse:
        return HttpResponse("x")

    def missing(request: HttpRequest) -> HttpResponse:
        return HttpResponse("x", status=404)

    def streamed(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(iter([b"x"]))

    def over(request: HttpRequest) -> HttpResponse:
        pages.holds_until(request, AT, AT + timedelta(microseconds=1))
        return HttpResponse("x")

    return {view.__name__: view for view in (with_token, with_cookie, with_nonce, missing, streamed, over)}


@pytest.mark.parametrize("name", list(refused()))
def test_what_is_somebodys_or_no_page_is_not_kept(keeping: None, name: str) -> None:
    portal = Portal(pages.for_everybody(refused()[name]))

    portal.get()
    portal.get()

    assert portal.count == 2


def test_a_view_that_does_not_say_so_is_not_kept(keeping: None) -> None:
    portal = Portal(lambda request: HttpResponse("x"))

    portal.get()
    portal.get()

    assert portal.count == 2


def test_nobody_gets_a_page_made_for_a_person_who_came_in_without_a_session_cookie(keeping: None) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        request.user = people.User(pk=1)
        return pages.for_everybody(plain)(request)

    portal = Portal(view)
    portal.get()
    portal.get()

    assert portal.count == 2


def test_head_and_unchanged_pages_have_no_body(keeping: None) -> None:
    portal = Portal(plain)
    tag = portal.get()["ETag"]

    head = portal.get(method="head")
    unchanged = portal.get(**{"If-None-Match": f'W/"x", {tag}'})
    changed = portal.get(**{"If-None-Match": '"x"'})

    assert (head.content, head["Content-Length"]) == (b"", str(len(b"<p>/retos/</p>")))
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", tag)
    assert "Content-Length" not in unchanged
    assert changed.status_code == 200


# Before Django --------------------------------------------------------------------------------------------


def from_front(portal: Portal, address: str = "/retos/", method: str = "get", **headers: str) -> Any:
    """What the web application answers without Django: status, headers and body. None where it asks Django."""
    environ = getattr(portal.factory, method)(address, headers=headers).META
    answered: list[Any] = []
    front = Front(lambda _environ, _start_response: [b"of Django"])
    body = front(environ, lambda status, lines: answered.extend((status, dict(lines))))
    return (*answered, b"".join(body)) if answered else None


def test_a_kept_page_is_given_before_django_as_django_would_give_it(keeping: None) -> None:
    portal = Portal(plain)
    assert from_front(portal) is None
    made = portal.get()

    status, headers, body = from_front(portal)

    assert (status, body) == ("200 OK", made.content)
    assert len(headers.pop("X-Request-ID")) == 16
    assert headers == dict(made.headers)
    assert from_front(portal, method="head")[2] == b""
    assert from_front(portal, **{"X-Request-ID": "given-12345"})[1]["X-Request-ID"] == "given-12345"
    assert from_front(portal, **{"X-Request-ID": "a\nb"})[1]["X-Request-ID"] != "a\nb"


def test_an_unchanged_page_is_said_to_be_so_before_django(keeping: None) -> None:
    portal = Portal(plain)
    tag = portal.get()["ETag"]

    status, headers, body = from_front(portal, **{"If-None-Match": f'W/"x", {tag}'})

    assert (status, headers["ETag"], body) == ("304 Not Modified", tag, b"")
    assert not {"Content-Length", "Content-Type"} & set(headers)
    assert from_front(portal, **{"If-None-Match": '"x"'})[0] == "200 OK"


@pytest.mark.parametrize(
    ("address", "method", "headers"),
    [
        ("/retos/", "get", {"Cookie": "sessionid=abc"}),
        ("/retos/", "get", {"Cookie": "messages=abc"}),
        ("/retos/", "get", {"Authorization": "None"}),
        ("/retos/", "get", {"HX-Request": "true"}),
        ("/retos/", "post", {}),
        ("/retos/?page=2", "get", {}),
        ("/en/challenges/", "get", {}),
        ("/retos/", "get", {"Host": "other.example"}),
    ],
)
def test_what_asks_for_something_else_is_left_to_django(
    keeping: None, address: str, method: str, headers: dict[str, str]
) -> None:
    portal = Portal(plain)
    portal.get()

    assert from_front(portal, address, method, **headers) is None


def test_before_django_no_page_is_given_after_a_change_or_its_time(
    keeping: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = Portal(plain)
    portal.get()
    pages.shelf().announce()
    assert from_front(portal) is None

    portal.get()
    assert from_front(portal) is not None
    later = time.monotonic() + 61
    monkeypatch.setattr(pages.time, "monotonic", lambda: later)
    assert from_front(portal) is None


# For how long ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instants", "seconds"),
    [
        ([], 30),  # midnight in Madrid
        ([AT + timedelta(seconds=12), AT + timedelta(days=2), None], 12),
        ([AT - timedelta(seconds=5), AT], 30),
    ],
)
def test_a_page_holds_until_its_first_change_or_midnight(instants: list[datetime | None], seconds: int) -> None:
    request = RequestFactory().get("/")

    pages.holds_until(request, AT, *instants)

    assert request.holds_seconds == seconds


def test_said_twice_the_earlier_counts() -> None:
    request = RequestFactory().get("/")

    pages.holds_until(request, AT, AT + timedelta(seconds=5))
    pages.holds_until(request, AT, AT + timedelta(seconds=9))

    assert request.holds_seconds == 5


def test_midnight_is_the_citys_also_when_the_clock_changes() -> None:
    assert pages.midnight(datetime(2026, 10, 25, 12, tzinfo=UTC)) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert pages.midnight(datetime(2026, 10, 24, 12, tzinfo=UTC)) == datetime(2026, 10, 24, 22, tzinfo=UTC)


@pytest.mark.parametrize("said", [5, 600])
def test_a_page_is_given_only_while_it_holds(keeping: None, monkeypatch: pytest.MonkeyPatch, said: int) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        pages.holds_until(request, AT - timedelta(hours=3), AT - timedelta(hours=3) + timedelta(seconds=said))
        return HttpResponse("x")

    holds = min(said, 60)
    now = 1000.0
    monkeypatch.setattr(pages.time, "monotonic", lambda: now)
    portal = Portal(pages.for_everybody(view))
    portal.get()
    now += holds - 0.1
    portal.get()
    assert portal.count == 1
    [name] = kept_in_valkey()
    assert holds - 2 < pages.shelf()._client.pttl(name) / 1000 <= holds  # Valkey forgets it by itself

    now += 0.2
    pages.shelf()._client.delete(name)
    portal.get()

    assert portal.count == 2


# Changes --------------------------------------------------------------------------------------------------


def kept_in_valkey() -> list[bytes]:
    edition = pages.shelf().edition()
    return list(pages.shelf()._client.keys(f"pages:{edition}:*"))


def another_process() -> pages.Shelf:
    return pages.Shelf(pages.settings.REDIS_URL + pages.DATABASE)


def test_pages_are_shared_by_all_processes(keeping: None, monkeypatch: pytest.MonkeyPatch) -> None:
    portal = Portal(plain)
    first = portal.get()

    monkeypatch.setattr(pages, "_shelf", another_process())
    second = portal.get()

    assert portal.count == 1
    assert (first.content, dict(first.headers)) == (second.content, dict(second.headers))


def test_a_change_announced_by_one_process_ends_the_pages_of_all(keeping: None) -> None:
    portal = Portal(plain)
    portal.get()

    another_process().announce()
    portal.get()

    assert portal.count == 2


def test_a_page_begun_before_a_change_is_never_given_after_it(keeping: None) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        if portal.count == 1:
            another_process().announce()  # while the page is being made from what was there before
        return HttpResponse(str(portal.count))

    portal = Portal(pages.for_everybody(view))
    portal.get()

    assert portal.get().content == b"2"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("challenge.cancelled", True),
        ("question.answered", True),
        ("something.new", True),
        ("proposal.submitted", False),
        ("question.asked", False),
    ],
)
def test_an_event_ends_pages_after_the_commit_unless_it_is_private(
    keeping: None, django_capture_on_commit_callbacks: Any, kind: str, ends: bool
) -> None:
    portal = Portal(plain)
    portal.get()

    with django_capture_on_commit_callbacks(execute=True) as done:
        for _twice in range(2):
            audit.record(kind, by=None, at=AT)
        portal.get()
        assert portal.count == 1  # not committed: nothing has changed yet

    portal.get()
    assert portal.count == (2 if ends else 1)
    assert done.count(pages._announce) == int(ends)


@pytest.mark.django_db
def test_what_an_administrator_changes_ends_pages(keeping: None, django_capture_on_commit_callbacks: Any) -> None:
    portal = Portal(plain)
    portal.get()
    client = Client()
    client.force_login(people.administrator())
    district = District.objects.get(number=6)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            f"/gestion/reference/district/{district.pk}/change/",
            {"number": 6, "name": "Tetuán de las Victorias", "slug": district.slug},
        )

    assert answer.status_code == 302
    portal.get()
    assert portal.count == 2


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 2])
def test_what_an_administrator_deletes_ends_pages_once_it_is_gone(
    keeping: None, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    days = [Holiday.objects.create(on=date(2031, 5, 4 + place), name="Fiesta") for place in range(number)]
    left: list[int] = []
    monkeypatch.setattr(pages, "_announce", lambda: left.append(Holiday.objects.filter(name="Fiesta").count()))
    client = Client()
    client.force_login(people.administrator())

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            "/gestion/reference/holiday/",
            {"action": "delete_selected", "_selected_action": [day.pk for day in days], "post": "yes"},
        )

    assert answer.status_code == 302
    assert left == [0]


@pytest.mark.django_db
@pytest.mark.parametrize("signal", [post_save, post_delete])
@pytest.mark.parametrize("model", [*apps.get_app_config("reference").get_models(), ProgrammePage])
def test_each_row_of_reference_data_and_of_the_programme_ends_pages_saved_or_deleted(
    settings: Any, django_capture_on_commit_callbacks: Any, model: Any, signal: Any
) -> None:
    settings.PAGE_CACHE_SECONDS = 60

    with django_capture_on_commit_callbacks() as done:
        signal.send(sender=model, instance=model())

    assert done == [pages._announce]


# Values ---------------------------------------------------------------------------------------------------


def test_a_remembered_value_ends_with_its_instant_however_long_it_took_to_make(
    keeping: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, made = 1000.0, []
    monkeypatch.setattr(pages.time, "monotonic", lambda: now)

    def make() -> int:
        nonlocal now
        now += 3
        made.append(now)
        return len(made)

    def value() -> int:
        return pages.remembered("a", make, began, noon, noon + timedelta(seconds=10))

    noon = AT - timedelta(hours=11)
    pages.shelf().edition()
    began = now
    now += 2  # between the reading of the instant and the making
    assert value() == 1
    now = began + 9.9
    assert value() == 1
    now = began + 10.1
    pages.shelf()._client.delete(*kept_in_valkey())
    assert value() == 2


def test_a_page_found_in_valkey_holds_no_longer_there_than_valkey_said(
    keeping: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = pages.shelf().edition()
    pages.shelf().keep("a", pages.Page(edition, time.monotonic() + 5, b"x", {"ETag": '"a"'}))
    pages.shelf().memory.clear()
    now = 100.0
    monkeypatch.setattr(pages.time, "monotonic", lambda: now)
    execute = redis.client.Pipeline.execute

    def slowly(self: Any, *args: Any, **kw: Any) -> Any:
        nonlocal now
        answer = execute(self, *args, **kw)
        now = 200.0
        return answer

    monkeypatch.setattr(redis.client.Pipeline, "execute", slowly)

    assert pages.shelf().find("a", edition).until <= 105


# Valkey away ----------------------------------------------------------------------------------------------


def test_without_valkey_pages_are_made_each_time_and_none_of_before_is_shown(
    keeping: None, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "REST_SECONDS", 0.01)
    portal = Portal(plain)
    portal.get()

    valkey.stop()
    wait_for(lambda: pages.shelf().edition() is None)
    assert [portal.get().status_code, portal.get().status_code] == [200, 200]
    assert portal.count == 3

    pages.shelf().announce()  # a change that nobody could be told of
    valkey.start()
    wait_for(lambda: pages.shelf().edition() is not None)
    portal.get()
    portal.get()
    assert portal.count == 4  # made anew once, then kept


@pytest.mark.parametrize("heard", [True, False])
def test_who_empties_valkey_stops_no_process_from_hearing_of_changes(
    keeping: None, monkeypatch: pytest.MonkeyPatch, heard: bool
) -> None:
    monkeypatch.setattr(pages, "REST_SECONDS", 0.01)
    monkeypatch.setattr(pages, "PING_SECONDS", 0.05 if heard else 600)
    shelf = pages.shelf()
    before = shelf.edition()
    assert before is not None

    shelf._client.flushall()
    if not heard:  # a message comes before the listener has looked by itself
        shelf._client.publish(pages.CHANNEL, "x")
    wait_for(lambda: shelf.edition() not in (None, before))

    portal = Portal(plain)
    portal.get()
    another_process().announce()
    portal.get()
    assert portal.count == 2
    assert shelf._listener._thread.is_alive()


def test_a_listener_that_ends_for_any_reason_tells_no_edition(keeping: None, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = another_process()
    assert shelf.edition() is not None
    monkeypatch.setattr(threading, "excepthook", lambda _args: None)
    monkeypatch.setattr(pages.Listener, "_learn", lambda self: 1 / 0)

    pages.shelf().announce()

    wait_for(lambda: shelf.edition() is None)


def test_who_empties_the_cache_takes_no_page_away(keeping: None, valkey: ValkeyServer) -> None:
    portal = Portal(plain)
    portal.get()
    with redis.Redis.from_url(valkey.url + "/1") as cache:
        cache.flushdb()

    portal.get()

    assert portal.count == 1
    assert len(kept_in_valkey()) == 1


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("It never came true.")


def test_who_changes_something_waits_until_every_web_process_has_heard(keeping: None) -> None:
    others = [another_process() for _ in range(3)]
    before = [shelf.edition() for shelf in others]

    pages.shelf().announce()

    after = {shelf._listener.edition for shelf in others}  # read at once, without any waiting of the test's
    for shelf in others:
        shelf.close()
    assert len(set(before)) == 1
    assert len(after) == 1
    assert after.isdisjoint(before)


def test_an_edition_that_valkey_lost_is_begun_anew(keeping: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PING_SECONDS", 0.05)
    monkeypatch.setattr(pages, "REST_SECONDS", 0.01)
    portal = Portal(plain)
    portal.get()
    before = pages.shelf().edition()

    pages.shelf()._client.flushall()
    wait_for(lambda: pages.shelf().edition() not in (None, before))  # none for a moment

    portal.get()
    assert portal.count == 2


def test_a_process_that_is_stuck_holds_nobody_up_for_long(
    keeping: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pages, "HEAR_SECONDS", 0.01)
    monkeypatch.setattr(pages.Listener, "_learn", lambda self: time.sleep(0.5))
    stuck = another_process()
    stuck.edition()

    pages.shelf().announce()

    stuck.close()
    assert "didn't say" in caplog.text


# Room -----------------------------------------------------------------------------------------------------


def page(size: int) -> pages.Page:
    return pages.Page("e", 1e12, b"x" * size, {"ETag": '"a"'})


def test_memory_drops_what_was_not_asked_for_longest() -> None:
    memory = pages.Memory(capacity=3 * page(1000).size)
    for key in "abc":
        memory.put(key, page(1000))
    memory.get("a")

    memory.put("d", page(1000))

    assert [key for key in "abcd" if memory.get(key)] == ["a", "c", "d"]
    assert memory.size == 3 * page(1000).size


def test_putting_a_page_again_counts_it_once() -> None:
    memory = pages.Memory()
    memory.put("a", page(1000))

    memory.put("a", page(500))

    assert memory.size == page(500).size


def test_addresses_made_up_by_somebody_do_not_fill_valkey(keeping: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SHARED_BYTES_A_MINUTE", 2_000)
    portal = Portal(pages.for_everybody_asking("x")(plain))
    for number in range(100):
        portal.get(f"/retos/?x={number}")

    assert 0 < len(kept_in_valkey()) < 30


def test_an_address_with_a_name_that_the_view_does_not_read_is_answered_and_not_kept(keeping: None) -> None:
    portal = Portal(pages.for_everybody_asking("page")(lambda request: HttpResponse("x")))

    assert [portal.get("/retos/?page=2").status_code for _twice in range(2)] == [200, 200]
    assert portal.count == 1
    for _twice in range(2):
        assert portal.get("/retos/?page=2&x=1").status_code == 200
    assert portal.count == 3
    assert len(kept_in_valkey()) == 1


def test_a_very_large_page_is_not_kept(keeping: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGEST", 10)
    portal = Portal(plain)
    portal.get()

    portal.get()

    assert portal.count == 2
