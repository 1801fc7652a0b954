"""Senders that stall hold no thread: others are answered meanwhile, and they are told that they were late."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from govtech import processes
from govtech.connections import WHOLE_BYTES, arrived
from govtech.embedded import free_port

# An application that reads what it is sent, as Django does when a form arrives, and counts it.
APPLICATION = """
def application(environ, start_response):
    if environ["PATH_INFO"] == "/unread":
        said = b"unread"
    else:
        try:
            said = str(len(environ["wsgi.input"].read())).encode()
        except OSError:
            start_response("400 Bad Request", [("Content-Length", "4")])
            return [b"half"]
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said]
"""
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(length: int, path: str = "/", extra: str = "") -> bytes:
    """Return the head of a request with a body of `length` bytes."""
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{extra}Content-Length: {length}\r\n\r\n".encode()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start a web server of one process and two threads, with a second's patience."""
    folder = tmp_path_factory.mktemp("connections")
    Path(folder, "counting.py").write_text(APPLICATION)
    number = free_port()
    command = processes.web_command("counting:application", port=number)
    env = {**os.environ, "WEB_WORKERS": "1", "WEB_THREADS": "2", "WEB_PATIENCE_SECONDS": "2", "PYTHONPATH": str(folder)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(command, cwd=processes.BASE_DIR, env=env, **quiet)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                said(number, GET)
                break
            except OSError:
                assert child.poll() is None
                assert time.monotonic() < until
                time.sleep(0.1)
        yield number
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(60)


def opened(port: int, words: bytes) -> socket.socket:
    """Connect and send `words`."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(words)
    return connection


def answer(connection: socket.socket) -> bytes:
    """Return one whole answer, or what came until the other side closed."""
    got = b""
    while piece := connection.recv(65536):
        got += piece
        head, end, body = got.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        if end and length and len(body) >= int(length[1]):
            return got
    return got


def said(port: int, words: bytes) -> bytes:
    """Return the answer to `words`."""
    with opened(port, words) as connection:
        return answer(connection)


def test_who_stalls_is_told_and_holds_nobody_up(port: int) -> None:
    """Forty halves of bodies and heads, more than there are threads: a page is answered before any of them ends."""
    halves = [post(1000) + b"half", b"GET / HTTP/1.1\r\nHost: loc", post(5_000, extra="Cookie: a=b\r\n")]
    stalled = [opened(port, halves[number % len(halves)]) for number in range(40)]
    try:
        assert said(port, GET).endswith(b"\r\n\r\n0")
        for connection in stalled:
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):  # the page came first
                connection.recv(1)
            connection.settimeout(60)
        for connection in stalled:
            told = answer(connection)
            assert told.startswith(b"HTTP/1.1 408 ")
            assert "no ha llegado a tiempo" in told.decode()
            assert "did not arrive in time" in told.decode()
            assert connection.recv(1) == b""  # closed
    finally:
        for connection in stalled:
            connection.close()


def test_a_file_that_stalls_is_told(port: int) -> None:
    """What is too long to wait without a thread is cut off in its thread; the application's own words are not said."""
    told = said(port, post(WHOLE_BYTES * 2) + b"x" * (WHOLE_BYTES + 10))
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"half" not in told


def test_who_is_slow_but_arrives_is_answered(port: int) -> None:
    """Head and body in pieces."""
    with opened(port, post(6)[:20]) as connection:
        for piece in (post(6)[20:], b"abc", b"def"):
            time.sleep(0.3)
            connection.sendall(piece)
        assert answer(connection).endswith(b"\r\n\r\n6")


def test_each_request_of_a_connection_has_its_own_clock(port: int) -> None:
    """A connection that is kept longer than a request may take goes on; a second request may be sent in pieces."""
    with opened(port, GET) as connection:
        assert answer(connection).endswith(b"0")
        for _ in range(3):
            time.sleep(1)
            connection.sendall(post(4) + b"ab")
            time.sleep(0.2)
            connection.sendall(b"cd")
            assert answer(connection).endswith(b"\r\n\r\n4")


def test_two_requests_at_once_are_two(port: int) -> None:
    """The second waits in what was read of the first, and nothing of a body is taken for a request."""
    with opened(port, post(3) + b"abc" + post(5) + b"12345") as connection:
        got = b""
        while got.count(b"HTTP/1.1 200") < 2 or not got.endswith(b"\r\n\r\n5"):
            piece = connection.recv(65536)
            assert piece
            got += piece
        assert b"\r\n\r\n3" in got


def test_a_body_nobody_read_is_no_second_request(port: int) -> None:
    """An unread body that never ends closes the connection."""
    inner = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with opened(port, post(WHOLE_BYTES * 3, path="/unread") + inner + b"x" * WHOLE_BYTES) as connection:
        assert answer(connection).endswith(b"unread")
        assert connection.recv(65536) == b""


def test_who_asks_first_is_told_to_go_on(port: int) -> None:
    """`Expect: 100-continue` is answered before the body is there."""
    with opened(port, post(4, extra="Expect: 100-continue\r\n")) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"body")
        assert answer(connection).endswith(b"\r\n\r\n4")


def test_in_chunks(port: int) -> None:
    """A body that doesn't say its length."""
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert said(port, head + b"3\r\nabc\r\n0\r\n\r\n").endswith(b"\r\n\r\n3")


@pytest.mark.parametrize(
    ("held", "enough"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", False),
        (GET, True),
        (post(5) + b"1234", False),
        (post(5) + b"12345", True),
        (post(5).replace(b"Content-Length", b"content-length") + b"1234", False),
        (post(5, extra="X-Content-Length: 1\r\n") + b"1", False),
        (post(WHOLE_BYTES * 9) + b"x" * WHOLE_BYTES, True),
        (b"x" * WHOLE_BYTES, True),
    ],
)
def test_what_is_enough_to_go_on(held: bytes, enough: bool) -> None:
    """A thread is given when the head is there, and the body or as much of it as may wait."""
    assert arrived(held) is enough
