"""Mail servers that misbehave: one that hangs where it is told to, one that refuses, is silent or slow."""

import os
import socketserver
import threading
import time
from pathlib import Path
from typing import Any, Self

from django.conf import settings

from govtech.notifications.backends import FolderBackend

HANGS = 600


class HangingBackend(FolderBackend):
    """Writes `.eml` files until so many are there, then hangs before or after the next one is handed over.

    Runs in the worker; the test steers it by files in the folder above: `hang-before` or `hang-after` holds the number,
    `hangs-<process>` says who hangs.
    """

    def send_messages(self, email_messages: Any) -> int:
        """Hand over, if nothing says to hang."""
        self._wait("before")
        sent = super().send_messages(email_messages)
        self._wait("after")
        return sent

    @staticmethod
    def _wait(where: str) -> None:
        folder = Path(settings.EMAIL_FILE_PATH)
        order = folder.parent / f"hang-{where}"
        if order.exists() and len(list(folder.glob("*.eml"))) >= int(order.read_text()):
            (folder.parent / f"hangs-{os.getpid()}").touch()
            time.sleep(HANGS)


class _Talk(socketserver.StreamRequestHandler):
    server: "MailServer"

    def handle(self) -> None:
        mode = self.server.mode
        if mode == "silent":
            self.server.over.wait(HANGS)
            return
        self._say("220 test")
        to = ""
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                self.server.asked.append(to)
                self._say("451 come back later" if mode == "busy" else "250 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                if mode == "slow":
                    time.sleep(2)
                self.server.taken.append(to)
                self._say("250 ok")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """An SMTP server in this process whose `mode` is "busy" (451), "silent" (no greeting), "slow" or "take".

    `.asked` are the recipients it was asked for, `.taken` those of the mails it took.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, mode: str) -> None:
        """Listen on a port of this machine."""
        super().__init__(("127.0.0.1", port), _Talk)
        self.mode = mode
        self.asked: list[str] = []
        self.taken: list[str] = []
        self.over = threading.Event()

    def __enter__(self) -> Self:
        """Answer from now on."""
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        """Let everybody go and stop listening."""
        self.over.set()
        self.shutdown()
        self.server_close()
