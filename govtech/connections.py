"""How gunicorn takes in requests: a thread is given to one only when it has arrived.

gunicorn's own worker reads each body in the thread that answers it, for as long as the sender likes: as many stalled
senders as there are threads, and nobody is answered any more. Here a connection waits in the worker's poller, which
costs nothing, until its request is whole (up to `WHOLE_BYTES`; what is longer is a file, read in the thread), and each
request must arrive at a pace: within `PATIENCE` seconds and a second more for each `PACE` bytes, never silent for
longer than `PATIENCE`. Else the answer is 408.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers import gthread

PATIENCE = float(os.environ.get("WEB_PATIENCE_SECONDS") or 20)  # s for a request to arrive, before its pace counts
PACE = 4096  # bytes/s: the slowest mobile lines
WHOLE_BYTES = 256 * 1024  # of a request that waits without a thread: memory, for each connection

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*(?=\r\n)", re.IGNORECASE)
# Who sends these waits for an answer before the body, or says nowhere how long it is.
_AT_ONCE = re.compile(rb"\r\n(?:expect|transfer-encoding):", re.IGNORECASE)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Made without Django: it must be there when nothing else is.
PAGE = """<!doctype html>
<html lang="es">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>No ha llegado a tiempo</title></head>
<body>
<main>
<h1>Lo que enviabas no ha llegado a tiempo</h1>
<p>La conexión es muy lenta o se ha parado. No se ha guardado nada de este envío. Vuelve atrás y envíalo otra vez.</p>
<div lang="en">
<h2>What you were sending did not arrive in time</h2>
<p>The connection is very slow or has stopped. Nothing of it was kept. Go back and send it again.</p>
</div>
</main>
</body>
</html>
""".encode()
STATUS = "408 Request Timeout"
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Length", str(len(PAGE))),
    ("Cache-Control", "no-store"),
]
_LINES = [f"HTTP/1.1 {STATUS}", *(f"{name}: {value}" for name, value in HEADERS), "Connection: close", "", ""]
_WHOLE_ANSWER = "\r\n".join(_LINES).encode() + PAGE


def arrived(held: bytes) -> bool:
    """Return whether a thread has enough in `held`, the beginning of a request, to go on with it.

    It only chooses the moment: what the request is, gunicorn's parser says.
    """
    if len(held) >= WHOLE_BYTES:
        return True
    head = held.find(b"\r\n\r\n")
    if head < 0:
        return False
    fields = held[: head + 2]
    length = _LENGTH.search(fields)
    if length is None or _AT_ONCE.search(fields):
        return True
    return len(held) >= min(head + 4 + int(length[1]), WHOLE_BYTES)


class Paced(SocketUnreader):
    """What is read of a connection, and since when: one request at a time."""

    def __init__(self, sock: Any) -> None:
        """Read from `sock`; the clock runs from the first look."""
        super().__init__(sock)
        self.begin()

    def begin(self) -> None:
        """Expect another request."""
        self.since: float | None = None
        self.moved = 0.0
        self.taken = 0
        self.late = False
        self.in_body = False
        self.answered = False
        self.ended = False

    @property
    def until(self) -> float:
        """Return when this request is late, by the monotonic clock: nothing came for long, or too little in all."""
        if self.since is None:
            self.since = self.moved = time.monotonic()
        return min(self.moved + PATIENCE, self.since + PATIENCE + self.taken / PACE)

    def take(self, piece: bytes) -> None:
        """Count what came."""
        self.moved = time.monotonic()
        self.taken += len(piece)

    def fill(self) -> bytes:
        """Take what has arrived without waiting; return all that is held of the request."""
        self.buf.seek(0, os.SEEK_END)
        self.sock.setblocking(False)
        try:
            while not self.ended and self.buf.tell() < WHOLE_BYTES:
                piece = self.sock.recv(self.mxchunk * 8)
                self.ended = not piece
                self.take(piece)
                self.buf.write(piece)
        except BlockingIOError:
            pass
        finally:
            self.sock.setblocking(True)
        return self.buf.getvalue()

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Wait for the next piece; an empty one says that no more comes.

        Raises TimeoutError where the body is late. Late headers end as if the sender had left.
        """
        if self.ended:
            return b""
        left = self.until - time.monotonic()
        before = self.sock.gettimeout()
        try:
            if left <= 0:
                raise TimeoutError
            self.sock.settimeout(left if before is None else min(left, before))
            piece: bytes = super().chunk(size_hint)
        except TimeoutError:
            self.late = self.late or time.monotonic() >= self.until
            if self.in_body:
                raise
            return b""
        finally:
            self.sock.settimeout(before)
        self.take(piece)
        return piece


class Connection(gthread.TConn):
    """A connection whose requests arrive at a pace."""

    def init(self) -> None:
        """Prepare to read, once."""
        if self.initialized:
            return
        super().init()
        if not self.is_http2:
            self.parser.unreader = Paced(self.sock)


class Worker(gthread.ThreadWorker):
    """gunicorn's worker with threads, in which only requests that have arrived hold one."""

    def init_process(self) -> None:
        """Begin; a connection's kind can be told to gunicorn in no other way."""
        gthread.TConn = Connection
        self.here = threading.local()
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the application, with an answer of its own for who was late."""
        super().load_wsgi()
        application: Application = self.wsgi  # type: ignore[has-type] # gunicorn sets it in the line above
        self.wsgi = self.timed(application)

    def timed(self, application: Application) -> Application:
        """Return `application` answering 408 in place of whatever it says to half a body."""

        def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            said: list[tuple[Any, ...]] = []
            body = application(environ, lambda *words: said.append(words))
            if not self.here.unreader.late:
                start_response(*said[-1])
                return body
            if hasattr(body, "close"):
                body.close()
            start_response(STATUS, HEADERS)
            return [PAGE]

        return answer

    def handle(self, conn: Any) -> Any:
        """Answer what has arrived, send the rest back to the poller; whether the connection is kept."""
        try:
            conn.init()
            if conn.is_http2:
                return super().handle(conn)
            unreader = conn.parser.unreader
            if unreader.answered:
                unreader.begin()
            until = unreader.until
            held = unreader.fill()
            if not arrived(held) and not unreader.ended:
                if time.monotonic() >= (until if unreader.taken else conn.timeout or until):
                    if held:
                        conn.sock.settimeout(1)
                        conn.sock.sendall(_WHOLE_ANSWER)
                    return False
                if self.alive:
                    return gthread._DEFER  # noqa: SLF001 - the worker's own word for it
        except (OSError, NoMoreData):
            return False
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer one request; the next on the connection has a clock of its own."""
        unreader = self.here.unreader = conn.parser.unreader
        unreader.in_body = unreader.answered = True
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Tell who was too late, close where nobody began to speak; by gunicorn's own name."""
        now = time.monotonic()
        for conn in list(self.pending_conns):
            unreader = conn.parser.unreader
            if now >= (unreader.until if unreader.taken else conn.timeout):
                self.on_pending_socket_readable(conn, conn.sock)
