"""A scanner that speaks clamd's protocol (INSTREAM), and knows one virus: the EICAR test file."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner(socketserver.ThreadingTCPServer):
    """Answers as it is told: `says` replaces what it would find. `seen` are the files that arrived whole."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.says: bytes | None = None
        self.seen: list[bytes] = []

    @property
    def address(self) -> str:
        """What `CLAMD_ADDRESS` must say."""
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        assert self.rfile.readline() == b"nINSTREAM\n"
        data = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
        self.server.seen.append(data)
        found = b"stream: Eicar-Test-Signature FOUND\n" if EICAR in data else b"stream: OK\n"
        self.wfile.write(found if self.server.says is None else self.server.says)


@contextmanager
def running() -> Iterator[Scanner]:
    """Give a scanner that listens."""
    with Scanner() as scanner:
        threading.Thread(target=scanner.serve_forever, args=(0.01,), daemon=True).start()
        yield scanner
        scanner.shutdown()
