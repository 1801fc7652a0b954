"""The whole portal as real processes, on a database of its own, for tests that kill, stop and click."""

import email
import email.policy
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.test import override_settings

from govtech import processes
from govtech.embedded import APPLICATION_ROLE, OWNER_ROLE, PostgresServer, ValkeyServer, free_port
from tests import environment

BASE_DIR = processes.BASE_DIR
SECONDS = 150  # that anything may take on a busy machine before the test fails


def settings_variables(postgres: PostgresServer, database: str, folder: Path) -> dict[str, str]:
    """Return the environment of production on http://localhost, with mail as files. Redis is not yet in it."""
    return {
        **os.environ,
        "TESTING": "0",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "DATABASE_URL": postgres.url(APPLICATION_ROLE, database),
        "DATABASE_OWNER_URL": postgres.url(OWNER_ROLE, database),
        "DATABASE_ROLE": "application",
        "EMAIL_DELIVERY_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(folder / "mail"),
        "PRIVATE_FILES_DIR": str(folder / "files"),
        "MAIL_SWEEP_SECONDS": "1",
        "LOG_LEVEL": "INFO",
        "PAGE_CACHE_SECONDS": "0",  # tests move the clock and write behind the portal's back; `test_kept_pages` sets it
    }


def manage(env: dict[str, str], *command: str) -> str:
    """Run `manage.py` as the database's owner and return what it prints."""
    run = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=BASE_DIR,
        env={**env, "DATABASE_ROLE": "owner"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"manage.py {' '.join(command)} failed:\n{run.stdout}\n{run.stderr}"
    return run.stdout


class Portal:
    """Web server, worker, beat and Valkey. `.url` is its address, `.mail()` what it has sent."""

    def __init__(self, postgres: PostgresServer, template: str, folder: Path, static: Path) -> None:
        """Prepare a portal on a copy of `template`; nothing runs yet."""
        self.postgres = postgres
        self.folder = folder
        self.database = f"system_{secrets.token_hex(4)}"
        self.template = template
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.valkey = ValkeyServer(folder)
        self.env = {
            **settings_variables(postgres, self.database, folder),
            "SITE_URL": self.url,
            "STATIC_ROOT": str(static),
        }
        self.processes: dict[str, processes.Process] = {}
        self.was_ready = 0  # how often the worker's log already said so

    def open(self) -> None:
        """Make the database and start everything; return when the web server and the worker are ready."""
        environment.clone(self.postgres, self.template, self.database)
        self.valkey.start()
        self.env["REDIS_URL"] = self.valkey.url
        self.processes = processes.portal(self.env, port=self.port, logs=self.folder, state=self.folder)
        for name in self.processes:
            self.start(name, wait=False)
        for name in self.processes:
            self.wait_until_ready(name)

    def close(self) -> None:
        """Stop everything and drop the database. Fails when a page ended in an error that no test has shown."""
        for process in self.processes.values():
            process.stop(5)
        self.valkey.stop()
        environment.drop(self.postgres, self.database)
        errors = [line for line in self.log("web").splitlines() if '"message": "Internal Server Error' in line]
        assert errors == []

    def start(self, name: str, *, wait: bool = True, **env: str) -> None:
        """Start `web`, `worker` or `beat`, with more environment variables if given."""
        process = self.processes[name]
        process.env |= env
        if name == "worker":
            self.was_ready = self.log(name).count(" ready.")
        process.start()
        if wait:
            self.wait_until_ready(name)

    def wait_until_ready(self, name: str) -> None:
        """Return once a process that was started can work."""
        if name == "web":
            processes.wait_until_answers(self.processes[name], self.port, seconds=SECONDS)
        self.wait_for(lambda: self._is_ready(name), what=f"{name} that is ready")

    def stop(self, name: str) -> None:
        """End a process in good order."""
        self.processes[name].stop()

    def kill(self, name: str) -> None:
        """End a process and its children at once (SIGKILL)."""
        self.processes[name].kill()

    def stop_valkey(self) -> None:
        """Take broker and cache away."""
        self.valkey.stop()

    def start_valkey(self) -> None:
        """Bring broker and cache back, with the data they had."""
        self.valkey.start()

    def mail(self, to: str | None = None) -> list[EmailMessage]:
        """Return the e-mails sent so far, oldest first; those to one address if given."""
        files = sorted((self.folder / "mail").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        separator = b"\n" + b"-" * 79 + b"\n"  # Django writes it after each message
        parts = [part.lstrip() for path in files for part in path.read_bytes().split(separator) if part.strip()]
        found = [email.message_from_bytes(part, policy=email.policy.default) for part in parts]
        return [message for message in found if to is None or to in (message["To"] or "")]

    def wait_for(self, condition: Callable[[], Any], seconds: float = SECONDS, what: str = "") -> Any:
        """Return what `condition` gives as soon as it is true; fail, with the logs' ends, after `seconds`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if result := condition():
                return result
            for process in self.processes.values():
                process.revive()
            time.sleep(0.1)
        raise AssertionError(f"In {seconds} s there was no {what or condition}.\n{self.logs()}")

    def wait_for_mail(self, to: str, subject: str = "", seconds: float = SECONDS) -> EmailMessage:
        """Return the newest e-mail to an address whose subject holds `subject`, waiting for it."""
        found = self.wait_for(
            lambda: [message for message in self.mail(to) if subject in message["Subject"]],
            seconds,
            f"e-mail to {to} about {subject!r}",
        )
        return found[-1]

    def sql(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run a statement as the database's owner; return its rows."""
        with self.postgres.connect(self.database) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def travel(self, instant: datetime) -> None:
        """Shift the one clock to `instant`, for every process of this portal; it goes on from there.

        Only the database's owner can: it rewrites `portal_now()`. The processes' own clocks stay as they are.
        """
        shift = (instant - datetime.now(UTC)).total_seconds()
        body = f"SELECT clock_timestamp() + interval '{shift} seconds'"
        self.sql(f"CREATE OR REPLACE FUNCTION portal_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ {body} $$")

    def manage(self, *command: str) -> str:
        """Run a management command on this portal's database, as its owner."""
        return manage(self.env, *command)

    def log(self, name: str) -> str:
        """Return the log of a process."""
        path = self.processes[name].log
        return path.read_text(errors="replace") if path.exists() else ""

    def logs(self) -> str:
        """Return the last lines of every log, for a failure's message."""
        return "\n".join(f"--- {name}\n{processes.last_lines(child.log)}" for name, child in self.processes.items())

    @contextmanager
    def orm(self) -> Iterator[None]:
        """Let this test's own models work on the portal's database, as its owner. Passwords are hashed as there."""
        connection = connections["default"]
        before = connection.settings_dict["NAME"]
        files = {
            "BACKEND": settings.STORAGES["default"]["BACKEND"],
            "OPTIONS": {"location": self.env["PRIVATE_FILES_DIR"]},
        }
        connection.close()
        connection.settings_dict["NAME"] = self.database
        try:
            with override_settings(
                PASSWORD_HASHERS=settings.PASSWORD_HASHERS[1:],
                PRIVATE_FILES_DIR=Path(self.env["PRIVATE_FILES_DIR"]),
                STORAGES={**settings.STORAGES, "default": files},
                SITE_URL=self.url,
            ):
                yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before

    def _is_ready(self, name: str) -> bool:
        """Tell whether a process that was just started can work. Raises ProcessError when it has ended."""
        process = self.processes[name]
        process.check()
        return name != "worker" or self.log(name).count(" ready.") > self.was_ready
