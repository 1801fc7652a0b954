"""The load: one process that keeps some connections busy, each asking again as soon as it is answered.

Run as `python -m bench.client`: reads a `Work` as JSON from its input, prints a `Done` as JSON.
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Request:
    """One request, repeated. `{n}` in path and body becomes a number that rises with each repetition from `first`."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    first: int = 0

    def raw(self, host: str, turn: int) -> bytes:
        """Return what goes over the wire the `turn`-th time."""
        number = str(self.first + turn)
        body = self.body.replace("{n}", number).encode()
        lines = [f"{self.method} {self.path.replace('{n}', number)} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return "\r\n".join(lines).encode() + HEADER_END + body


@dataclass(frozen=True)
class Work:
    """What one client process does: connection i repeats `requests[i]`, for `seconds` or `limit` times in all."""

    port: int
    requests: list[Request]
    seconds: float
    limit: int = 0


@dataclass
class Done:
    """What came back: how many answers of each status, in how many seconds, how many bytes."""

    answers: dict[str, int]
    seconds: float
    size: int
    turns: list[int]

    @property
    def count(self) -> int:
        """Number of answers."""
        return sum(self.answers.values())


class Line:
    """One connection, kept open, and opened anew where the server closes it."""

    def __init__(self, port: int, request: Request) -> None:
        self.port, self.request, self.turn = port, request, 0
        self.host = f"127.0.0.1:{port}"
        self.got = b""
        self.open()

    def open(self) -> None:
        """Connect."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        """Send the next request."""
        self.socket.sendall(self.request.raw(self.host, self.turn))
        self.turn += 1
        self.got = b""

    def answer(self) -> tuple[str, int, bool] | None:
        """Read; return status, size and whether the connection ends, once the answer is whole."""
        part = self.socket.recv(262_144)
        self.got += part
        status, size, closes = parse(self.got)
        if not part and not size:
            return ("broken", 0, True)
        return (status, size, closes) if size else None


def parse(got: bytes) -> tuple[str, int, bool]:
    """Return status, size of the whole answer (0 while incomplete) and whether the server closes afterwards."""
    head, found, body = got.partition(HEADER_END)
    if not found:
        return "", 0, False
    lines = head.decode("latin-1").lower().split("\r\n")
    status = lines[0].split()[1]
    headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    closes = headers.get("connection") == "close"
    if status in ("304", "204"):
        whole = True
    elif headers.get("transfer-encoding") == "chunked":
        whole = body.endswith(b"0\r\n\r\n")
    else:
        whole = len(body) >= int(headers.get("content-length", 0))
    return status, len(got) if whole else 0, closes


def work(task: Work) -> Done:
    """Ask and ask again."""
    selector = selectors.DefaultSelector()
    lines = [Line(task.port, request) for request in task.requests]
    answers: Counter[str] = Counter()
    size, begin = 0, time.perf_counter()
    until = begin + task.seconds
    for line in lines:
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.ask()
    waiting = len(lines)
    while waiting:
        for key, _events in selector.select(60):
            line = key.data
            got = line.answer()
            if got is None:
                continue
            answers[got[0]] += 1
            size += got[1]
            if got[2]:
                selector.unregister(line.socket)
                line.socket.close()
                line.open()
                selector.register(line.socket, selectors.EVENT_READ, line)
            enough = task.limit and sum(answers.values()) + waiting > task.limit
            if enough or time.perf_counter() >= until:
                selector.unregister(line.socket)
                line.socket.close()
                waiting -= 1
            else:
                line.ask()
    return Done(dict(answers), time.perf_counter() - begin, size, [line.turn for line in lines])


def run(task: Work) -> Done:
    """Do the work in a process of its own, so that its time isn't the measuring one's."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        cwd=ROOT,
        input=json.dumps(asdict(task)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The client broke:\n{done.stderr}")
    return Done(**json.loads(done.stdout))


def main() -> None:
    """Read the work, do it, print the result."""
    given = json.load(sys.stdin)
    given["requests"] = [Request(**request) for request in given["requests"]]
    json.dump(asdict(work(Work(**given))), sys.stdout)


if __name__ == "__main__":
    main()
