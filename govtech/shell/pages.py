"""Pages that are the same for everybody, kept for a minute at most.

A view says that its page is one of those (`@for_everybody`) and until when it holds (`holds_until`). The middleware
keeps what it answered to somebody without a session, in the process's memory and in Valkey, under the address as it was
asked for.

Nothing is shown after a change. Every page belongs to an edition, a random word in Valkey, replaced after each change
that the audit records (`announce`). Each web process hears of it at once (`Listener`) and says so; who made the change
waits until all have. Without Valkey nothing is kept: pages are made for each request.
"""

import hashlib
import json
import logging
import secrets
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any

import redis
from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

EDITION = "pages:edition"
CHANNEL = "pages:editions"
DATABASE = "/2"  # of Valkey, the pages' own: who empties the cache (1) or the queue (0) takes no edition away
MEMORY_BYTES = 6 * 1024 * 1024  # of one process; Valkey has the others
SHARED_BYTES_A_MINUTE = 32 * 1024 * 1024  # of Valkey: invented addresses can't fill it
LARGEST = 512 * 1024  # bytes; a larger page is made anew each time
REST_SECONDS = 1.0  # so long Valkey is left alone after it didn't answer
WAIT_SECONDS = 2.0  # so long a request waits for another that makes the same page
HEAR_SECONDS = 0.25  # so long a change waits for a web process that doesn't say that it heard
PING_SECONDS = 5.0  # so often a listener that hears nothing looks by itself
OF_A_BODY = ("Content-Length", "Content-Type")
# What an event changes that no public page shows. Whatever isn't named here drops the pages: too much is never wrong.
PRIVATE_KINDS = (
    "access.", "challenge.created", "challenge.discarded", "challenge.submitted", "challenge.returned", "email.",
    "organisation.invitation_", "organisation.invited", "organisation.join_asked", "panel.", "proposal.seal_tried",
    "proposal.replaced", "proposal.started", "proposal.submitted", "proposal.withdrawn", "question.asked", "sheet.",
)  # fmt: skip


@dataclass
class Page:
    """An answer as it is kept. `until` is an instant of this process's monotonic clock."""

    edition: str
    until: float
    body: bytes
    headers: dict[str, str]
    kept: ResponseHeaders = field(init=False, repr=False)
    lines: list[tuple[str, str]] = field(init=False, repr=False)  # the headers as a web server takes them
    lines_unchanged: list[tuple[str, str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make the headers ready to be copied."""
        self.kept = ResponseHeaders(self.headers)
        self.lines = list(self.kept.items())
        self.lines_unchanged = [line for line in self.lines if line[0].title() not in OF_A_BODY]

    @property
    def size(self) -> int:
        """Bytes it takes, about."""
        return len(self.body) + 1024

    def packed(self) -> bytes:
        """Return it as it is sent to Valkey."""
        return json.dumps(self.headers).encode() + b"\n" + zlib.compress(self.body, 1)

    @classmethod
    def unpacked(cls, data: bytes, *, edition: str, until: float) -> "Page":
        """Read what `packed` made."""
        headers, _, body = data.partition(b"\n")
        return cls(edition, until, zlib.decompress(body), json.loads(headers))


class Memory:
    """Pages of this process, the least recently asked for dropped first."""

    def __init__(self, capacity: int = MEMORY_BYTES) -> None:
        """Begin empty."""
        self.capacity = capacity
        self.size = 0
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Page | None:
        """Return what is kept, whether it still holds or not."""
        page = self._pages.get(key)
        if page is not None:
            with self._lock:
                if key in self._pages:
                    self._pages.move_to_end(key)
        return page

    def put(self, key: str, page: Page) -> None:
        """Keep a page, dropping others where room is short."""
        with self._lock:
            old = self._pages.pop(key, None)
            self.size += page.size - (old.size if old else 0)
            self._pages[key] = page
            while self.size > self.capacity:
                _, dropped = self._pages.popitem(last=False)
                self.size -= dropped.size

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._pages.clear()
            self.size = 0


class Listener:
    """A thread that knows the present edition. What it doesn't know for certain it doesn't tell: `edition` is None."""

    def __init__(self, client: Any, on_loss: Callable[[], None]) -> None:
        """Prepare. `on_loss` is called when Valkey can't be heard any more."""
        self.edition: str | None = None
        self._client = client
        self._on_loss = on_loss
        self._was_lost = False
        self._tried = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pages", daemon=True)

    def start(self) -> None:
        """Begin to listen; return when it does, or when it failed once."""
        self._thread.start()
        self._tried.wait(HEAR_SECONDS * 4)

    def stop(self) -> None:
        """End."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 - whatever it is, from here on nothing is known for certain
                if not self._was_lost and not self._stopped.is_set():
                    logger.warning("Valkey can't be heard (%s): pages are made each time.", type(error).__name__)
            finally:  # whatever ended it: a thread that hears nothing knows no edition
                self.edition, self._was_lost = None, True
                self._on_loss()
                self._tried.set()
            self._stopped.wait(REST_SECONDS)

    def _listen(self) -> None:
        with self._client.pubsub() as channel:
            channel.subscribe(CHANNEL)
            while channel.get_message(timeout=1.0) is None:  # until the subscription holds nothing else is read
                if self._stopped.is_set():
                    return
            if self._was_lost:  # what changed meanwhile couldn't be announced
                self._client.set(EDITION, word())
            self._client.set(EDITION, word(), nx=True)
            self._learn()
            self._was_lost = False
            self._tried.set()
            while not self._stopped.is_set():
                message = channel.get_message(timeout=PING_SECONDS)
                if message is None:
                    self._learn()
                    channel.ping()
                elif message["type"] == "message":
                    self._learn()
                    said = f"pages:heard:{message['data'].decode()}"
                    self._client.pipeline().incr(said).expire(said, 10).execute()

    def _learn(self) -> None:
        """Read the edition itself: a message may be older than what has been read. ValueError where it vanished."""
        edition = self._client.get(EDITION)
        if edition is None:  # somebody emptied Valkey
            raise ValueError("no edition")
        self.edition = edition.decode()


class Shelf:
    """Where pages are kept: this process's memory before Valkey, which all processes share."""

    def __init__(self, url: str) -> None:
        """Prepare; connects when first asked."""
        self.memory = Memory()
        self._client: Any = redis.Redis.from_url(  # its types say nothing of pipelines
            url, socket_connect_timeout=0.5, socket_timeout=0.5, retry=Retry(NoBackoff(), 0)
        )
        self._listener: Listener | None = None
        self._making: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def edition(self) -> str | None:
        """Return the word that pages made now belong to; None while Valkey can't be heard."""
        return (self._listener or self._listen()).edition

    def _listen(self) -> Listener:
        with self._guard:
            if self._listener is None:
                listener = Listener(self._client, self.memory.clear)
                listener.start()
                self._listener = listener
        return self._listener

    def announce(self) -> None:
        """Let nobody see what was kept until now: return when all web processes have heard.

        Without Valkey there is nothing to be seen.
        """
        new = word()
        try:
            with self._client.pipeline() as pipe:
                _, listeners = pipe.set(EDITION, new).publish(CHANNEL, new).execute()
            until = time.monotonic() + HEAR_SECONDS
            while int(self._client.get(f"pages:heard:{new}") or 0) < listeners:
                if time.monotonic() > until:
                    logger.warning("A web process didn't say that it dropped its pages.")
                    return
                time.sleep(0.001)
        except RedisError as error:
            logger.warning("Valkey doesn't answer (%s): a change was not announced.", type(error).__name__)

    def close(self) -> None:
        """End its thread."""
        if self._listener:
            self._listener.stop()

    def find(self, key: str, edition: str) -> Page | None:
        """Return a page that holds, from memory or from Valkey."""
        page = self._held(key, edition)
        if page is not None:
            return page
        name = f"pages:{edition}:{key}"
        asked = time.monotonic()  # before Valkey says how long it holds: counted from then it is never too long
        try:
            with self._client.pipeline(transaction=False) as pipe:
                data, left = pipe.get(name).pttl(name).execute()
        except RedisError:
            return None
        if data is None or left <= 0:
            return None
        page = Page.unpacked(data, edition=edition, until=asked + left / 1000)
        self.memory.put(key, page)
        return page

    def held(self, key: str) -> Page | None:
        """Return a page that this process has in its memory and that holds. Asks nobody."""
        return self._held(key, self._listener.edition) if self._listener else None

    def _held(self, key: str, edition: str | None) -> Page | None:
        page = self.memory.get(key)
        holds = page is not None and page.edition == edition and time.monotonic() < page.until
        return page if holds else None

    def keep(self, key: str, page: Page) -> None:
        """Keep a page in both places for as long as it holds; in Valkey only as many as it has room for."""
        left = int((page.until - time.monotonic()) * 1000)
        if left <= 0 or page.size > LARGEST:
            return
        self.memory.put(key, page)
        data = page.packed()
        spent = f"pages:spent:{int(time.time()) // 60}"
        try:
            with self._client.pipeline(transaction=False) as pipe:
                used, _ = pipe.incrby(spent, len(data)).expire(spent, 120).execute()
            if used <= SHARED_BYTES_A_MINUTE:
                self._client.set(f"pages:{page.edition}:{key}", data, px=left)
        except RedisError:
            return

    @contextmanager
    def alone(self, key: str) -> Iterator[bool]:
        """Let one thread of this process make a page that was kept before; others wait for it, though not for long.

        Gives whether this one had to wait.
        """
        if self.memory.get(key) is None:
            yield False
            return
        with self._guard:
            lock = self._making.setdefault(key, threading.Lock())
        waits = lock.locked()
        got = lock.acquire(timeout=WAIT_SECONDS)
        try:
            yield waits
        finally:
            if got:
                lock.release()
            with self._guard:
                self._making.pop(key, None)


def word() -> str:
    """Return a new name for an edition."""
    return secrets.token_hex(8)


_shelf: Shelf | None = None
_shelf_guard = threading.Lock()


def shelf() -> Shelf:
    """Return this process's shelf."""
    global _shelf  # noqa: PLW0603 - one a process, made in the process that uses it
    if _shelf is None:
        with _shelf_guard:
            _shelf = _shelf or Shelf(settings.REDIS_URL + DATABASE)
    return _shelf


def forget_shelf() -> None:
    """Begin anew, for tests that change the settings."""
    global _shelf  # noqa: PLW0603
    if _shelf:
        _shelf.close()
    _shelf = None


# What changes drop ----------------------------------------------------------------------------------------


def concerns_everybody(kind: str) -> bool:
    """Tell whether an event of that kind may change a public page."""
    return not kind.startswith(PRIVATE_KINDS)


def on_recorded(sender: Any, event: Any, **kw: Any) -> None:
    """Announce a change once its transaction is committed, once a transaction."""
    if concerns_everybody(event.kind):
        announce()


def on_changed(sender: Any, **kw: Any) -> None:
    """Announce that a row of a watched model was saved or deleted."""
    announce()


def watch(*models: Any) -> None:
    """Announce each change of these models' rows: what the audit doesn't see, reference data for instance."""
    for model in models:
        for signal in (post_save, post_delete):
            signal.connect(on_changed, sender=model, dispatch_uid="pages")


def announce() -> None:
    """Drop all kept pages after the transaction, for a change that the audit doesn't see."""
    if not settings.PAGE_CACHE_SECONDS:
        return
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is _announce for entry in waiting):
        transaction.on_commit(_announce, robust=True)


def _announce() -> None:
    shelf().announce()


# What views say -------------------------------------------------------------------------------------------


def for_everybody(view: Callable[..., HttpResponse], parameters: Collection[str] = ()) -> Callable[..., HttpResponse]:
    """Mark a view whose answer to somebody without a session is the same for all of them.

    Such a page has no form with a token and no message. It is kept for `PAGE_CACHE_SECONDS` at most; a view whose page
    changes by itself, with a date or with the clock, says when with `holds_until`. `parameters` are the names that the
    view reads in a query: an address with any other is answered, not kept, so that invented ones take nobody's room.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        is_asked_for = all(name in parameters for name in request.GET)
        response.is_for_everybody = is_asked_for and not request.user.is_authenticated  # type: ignore[attr-defined]
        patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response

    wrapper.is_for_everybody = True  # type: ignore[attr-defined]
    return wrapper


def for_everybody_asking(*parameters: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Mark a view like `for_everybody` that reads these names in a query."""
    return partial(for_everybody, parameters=frozenset(parameters))


def holds_until(request: HttpRequest, at: datetime, *instants: datetime | None) -> None:
    """Say that the page being made at `at` is another from the first of the instants on, or from midnight in the city.

    Instants that are past don't count.
    """
    seconds = _seconds_until(at, *instants)
    before = getattr(request, "holds_seconds", None)
    request.holds_seconds = seconds if before is None else min(before, seconds)  # type: ignore[attr-defined]


def _seconds_until(at: datetime, *instants: datetime | None) -> float:
    ahead = [instant for instant in instants if instant is not None and instant > at]
    return min((instant - at).total_seconds() for instant in [*ahead, midnight(at)])


def is_keeping() -> bool:
    """Tell whether anything is kept in this installation."""
    return bool(settings.PAGE_CACHE_SECONDS)


def remembered(name: str, make: Callable[[], Any], began: float, at: datetime, *instants: datetime | None) -> Any:
    """Return what `make` gives: something that JSON can hold, made of what everybody may see, named `name`.

    It is kept as pages are: no longer than the present edition, and until the first of the instants. `began` is what
    the monotonic clock said before `at` was read: taken later it would outlive that instant.
    """
    edition = shelf().edition() if is_keeping() else None
    if edition is None:
        return make()
    key = "value " + hashlib.sha256(name.encode()).hexdigest()
    kept = shelf().find(key, edition)
    if kept is not None:
        return json.loads(kept.body)
    value = make()
    until = began + min(settings.PAGE_CACHE_SECONDS, _seconds_until(at, *instants))
    shelf().keep(key, Page(edition, until, json.dumps(value).encode(), {}))
    return value


def midnight(at: datetime) -> datetime:
    """Return the end of the day of `at` in the city."""
    local = timezone.localtime(at)
    return timezone.make_aware(datetime(local.year, local.month, local.day) + timedelta(days=1))  # noqa: DTZ001


# Between the two ------------------------------------------------------------------------------------------


def key_of(environ: dict[str, Any]) -> str | None:
    """Return what a page is kept under; None where the request is somebody's, or asks for something else.

    Language is part of the address. Cookies other than those of session and messages change no page.
    """
    path = environ.get("PATH_INFO", "")
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or path.startswith(settings.STATIC_URL):
        return None
    if not is_anybody(environ):
        return None
    if "HTTP_AUTHORIZATION" in environ or "HTTP_X_REQUESTED_WITH" in environ:
        return None
    parts = [
        environ.get("HTTP_HOST", ""),
        environ["wsgi.url_scheme"],
        environ.get("HTTP_X_FORWARDED_PROTO", ""),
        path,
        environ.get("QUERY_STRING", ""),
    ]
    if "HTTP_HX_REQUEST" in environ:
        names = ("HTTP_HX_TARGET", "HTTP_HX_BOOSTED", "HTTP_HX_HISTORY_RESTORE_REQUEST")
        parts += [environ.get(name, "") for name in names]
    if any("\n" in part for part in parts):  # an encoded one in the path: two requests could read as one
        return None
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def is_anybody(environ: dict[str, Any]) -> bool:
    """Tell whether a request comes from somebody without a session and without messages to be told."""
    cookies = environ.get("HTTP_COOKIE", "")
    return settings.SESSION_COOKIE_NAME not in cookies and "messages" not in cookies


def page_of(request: HttpRequest, response: Any, edition: str, began: float) -> Page | None:
    """Return what is to be kept of an answer that was begun at `began`; None where it mustn't be."""
    if (
        not getattr(response, "is_for_everybody", False)
        or response.streaming
        or response.status_code != 200  # noqa: PLR2004
        or response.cookies
        or getattr(request, "_csp_nonce", None)
        or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    ):
        return None
    seconds = min(settings.PAGE_CACHE_SECONDS, getattr(request, "holds_seconds", settings.PAGE_CACHE_SECONDS))
    response.headers["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    # Browsers and proxies ask each time: what was dropped here is then gone everywhere.
    response.headers.pop("Cache-Control", None)
    patch_cache_control(response, no_cache=True, public=True)
    response.headers["Content-Length"] = str(len(response.content))
    headers = {name: value for name, value in response.headers.items() if name != "X-Request-ID"}
    return Page(edition, began + seconds, response.content, headers)


def answer(environ: dict[str, Any], page: Page) -> HttpResponse:
    """Return a kept page; 304 without a body where the asker has it."""
    if is_known(environ, page):
        response = HttpResponse(status=304)
        response.headers = _copy(page.kept)
        for name in OF_A_BODY:
            response.headers.pop(name, None)
        return response
    response = HttpResponse(b"" if environ["REQUEST_METHOD"] == "HEAD" else page.body)
    response.headers = _copy(page.kept)
    return response


def is_known(environ: dict[str, Any], page: Page) -> bool:
    """Tell whether the asker has the page as it is."""
    wanted = environ.get("HTTP_IF_NONE_MATCH", "")
    return bool(wanted) and (wanted.strip() == "*" or page.headers["ETag"] in wanted)


def _copy(headers: ResponseHeaders) -> ResponseHeaders:
    made = ResponseHeaders.__new__(ResponseHeaders)
    made._store = headers._store.copy()  # type: ignore[attr-defined]  # noqa: SLF001 - checked when they were set
    return made
