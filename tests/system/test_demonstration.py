"""`manage.py demo`: one command, no leftovers, the same data again, and a clear end when a part dies."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from govtech.embedded import PostgresServer, ValkeyServer, free_port, remove
from govtech.embedded.postgres import root_folder_of
from tests.environment import clone, drop
from tests.system.portal import BASE_DIR, SECONDS


class Demonstration:
    """The command as a person would run it, in a state folder of its own."""

    def __init__(self, state: Path) -> None:
        """Prepare; nothing runs yet."""
        self.state = state
        self.port = free_port()
        self.output = state.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **env: str) -> None:
        """Start and return once the address is printed."""
        variables = {
            name: value
            for name, value in os.environ.items()
            if name not in {"TESTING", "DATABASE_URL", "DATABASE_OWNER_URL"}
        }
        variables |= {"DEMO_STATE_DIR": str(self.state), "PORT": str(self.port), "DEMO_LOAD": "0", **env}
        # A production address in the environment must not be touched: nothing listens there, so use would fail.
        variables |= {"DATABASE_URL": "postgres://real@127.0.0.1:1/real", "REDIS_URL": "redis://127.0.0.1:1"}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "manage.py", "demo"], cwd=BASE_DIR, env=variables, stdout=output, stderr=output
            )
        until = time.monotonic() + SECONDS
        while "The portal is at" not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < until, self.text
            time.sleep(0.1)

    @property
    def text(self) -> str:
        return self.output.read_text()

    def family(self) -> list[psutil.Process]:
        """Return every process that works for this demonstration, servers included."""
        assert self.process
        children = psutil.Process(self.process.pid).children(recursive=True)
        notes = [*self.state.rglob("postmaster.pid"), *(self.state / "servers").rglob("pid")]
        if os.geteuid() == 0:
            notes += root_folder_of((self.state / "servers").resolve()).rglob("postmaster.pid")
        servers = [psutil.Process(int(note.read_text().split()[0])) for note in notes]
        assert len(servers) >= 2
        return [*children, *servers]

    def workers(self) -> list[psutil.Process]:
        """Return the processes that are the worker."""
        assert self.process
        children = psutil.Process(self.process.pid).children()
        return [each for each in children if each.status() != psutil.STATUS_ZOMBIE and "worker" in each.cmdline()]

    def end(self, number: int) -> int:
        """Send a signal and return the exit code."""
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state folder: every test starts again on the data of the one before."""
    folder = tmp_path_factory.mktemp("demo") / "state"
    yield folder
    remove(folder / "servers")


@pytest.fixture
def demonstration(state: Path) -> Iterator[Demonstration]:
    demonstration = Demonstration(state)
    yield demonstration
    if demonstration.process and demonstration.process.poll() is None:
        demonstration.end(signal.SIGTERM)


def alive(processes: list[psutil.Process]) -> list[str]:
    """Return the command of each process that still runs."""
    return [
        " ".join(process.cmdline())
        for process in processes
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]


def refusal(state: Path, port: int) -> str:
    """Try to start another one, which must be refused; return what it says."""
    second = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=BASE_DIR,
        env={**os.environ, "PORT": str(port), "DEMO_STATE_DIR": str(state)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    return second.stderr


def test_starts_stops_without_leftovers_and_keeps_its_data(demonstration: Demonstration) -> None:
    demonstration.start()
    family = demonstration.family()
    with urllib.request.urlopen(f"http://localhost:{demonstration.port}/readyz", timeout=20) as response:
        assert response.status == 200
    assert "oficina@demo.example" in demonstration.text
    secrets = (demonstration.state / "secrets.json").read_text()
    assert "already runs" in refusal(demonstration.state, demonstration.port)
    other = demonstration.state.with_name("other")
    assert f"Port {demonstration.port} is taken" in refusal(other, demonstration.port)
    assert not list(other.rglob("*.log"))

    assert demonstration.end(signal.SIGINT) == 0
    assert alive(family) == []

    demonstration.start()
    again = demonstration.family()
    assert (demonstration.state / "secrets.json").read_text() == secrets
    assert demonstration.end(signal.SIGTERM) == 0
    assert alive(again) == []


def test_a_dead_worker_is_started_again(demonstration: Demonstration) -> None:
    demonstration.start()
    first = demonstration.workers()

    first[0].kill()

    until = time.monotonic() + SECONDS
    while not (again := [each for each in demonstration.workers() if each not in first]):
        assert time.monotonic() < until, demonstration.text
        time.sleep(0.1)
    family = demonstration.family()
    assert again[0] in family
    assert demonstration.end(signal.SIGTERM) == 0
    assert alive(family) == []


def test_killed_outright_the_next_start_cleans_up(demonstration: Demonstration) -> None:
    demonstration.start()
    family = demonstration.family()
    assert demonstration.end(signal.SIGKILL) == -signal.SIGKILL

    demonstration.start()

    assert alive(family) == []


def test_uses_the_servers_it_is_given_and_starts_none(
    postgres: PostgresServer, migrated_database: str, valkey: ValkeyServer, tmp_path: Path
) -> None:
    clone(postgres, migrated_database, "given")
    demonstration = Demonstration(tmp_path / "state")
    given = {
        "DEMO_DATABASE_URL": postgres.url("portal_app", "given"),
        "DEMO_DATABASE_OWNER_URL": postgres.url("portal_owner", "given"),
        "DEMO_REDIS_URL": valkey.url,
    }

    demonstration.start(**given)

    with urllib.request.urlopen(f"http://localhost:{demonstration.port}/readyz", timeout=20) as response:
        assert response.status == 200
    assert not (demonstration.state / "servers" / "valkey").exists()
    assert not (root_folder_of(demonstration.state / "servers") / "data").exists()
    assert not (demonstration.state / "servers" / "postgres").exists()
    assert demonstration.end(signal.SIGTERM) == 0
    drop(postgres, "given")
