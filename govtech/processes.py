"""The portal's processes as children of this one: web server, worker, beat. For the demonstration and system tests.

Production runs the same commands under its own supervisor (`docker-compose.yml`).
"""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import psutil

from govtech.embedded import last_lines, stop_process

BASE_DIR = Path(__file__).resolve().parent.parent
REVIVALS = 20  # after as many ends, something is wrong that another start won't mend


class ProcessError(RuntimeError):
    """A child ended, or did not get ready; the message ends with the last lines of its log."""


class Process:
    """One child with its own log. It gets no Ctrl-C from the terminal: we stop it, in our order."""

    def __init__(self, name: str, command: list[str], *, env: Mapping[str, str], log: Path) -> None:
        """Prepare `command`; nothing runs yet."""
        self.name = name
        self.command = command
        self.env = dict(env)
        self.log = log
        self.child: subprocess.Popen[bytes] | None = None
        self.revived = 0  # times

    def start(self) -> Self:
        """Start the child, adding to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                self.command,
                cwd=BASE_DIR,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    @property
    def is_running(self) -> bool:
        """Tell whether the child was started and has not ended."""
        return self.child is not None and self.child.poll() is None

    def stop(self, seconds: float = 20) -> None:
        """Let the child finish what it does and end; kill it, and what it started, if it does not in time."""
        if self.child:
            family = _family(self.child.pid)
            stop_process(self.child, seconds)
            _kill(family)
            self.child = None

    def kill(self) -> None:
        """End the child and what it started at once, as a power cut would (SIGKILL)."""
        if self.child:
            family = _family(self.child.pid)
            self.child.kill()
            _kill(family)
            self.child.wait()
            self.child = None

    def revive(self) -> None:
        """Start the child again if it ended by itself, as production's supervisor does (`restart: unless-stopped`).

        A worker, for one, may give up when its broker goes away at the wrong moment. Raises ProcessError when the child
        has ended `REVIVALS` times.
        """
        if self.child and self.child.poll() is not None:
            if self.revived == REVIVALS:
                self.check()
            self.revived += 1
            self.start()

    def check(self) -> None:
        """Raise ProcessError when the child has ended by itself."""
        if self.child and self.child.poll() is not None:
            ending = f"The {self.name} ended with code {self.child.returncode}."
            raise ProcessError(f"{ending} Its log, {self.log}, ends:\n{last_lines(self.log)}")


def portal(env: Mapping[str, str], *, port: int, logs: Path, state: Path) -> dict[str, Process]:
    """Return the portal's three processes, not yet started: `web`, `worker` and `beat`."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--app=govtech.celery", "--quiet"]
    web = [*web_command("govtech.wsgi:application", port=port), "--graceful-timeout=5"]
    worker = [*celery, "worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
    beat = [*celery, "beat", f"--schedule={state / 'beat'}", "--pidfile=", "--loglevel=INFO"]
    return {
        "web": Process("web server", web, env={**env, "DATABASE_POOL": "1"}, log=logs / "web.log"),
        "worker": Process("worker", worker, env=env, log=logs / "worker.log"),
        "beat": Process("beat", beat, env=env, log=logs / "beat.log"),
    }


def web_command(application: str, *, port: int) -> list[str]:
    """Return the command of a web server as production runs it (`govtech.server`), for this machine only."""
    return [sys.executable, "-m", "gunicorn", "--config=python:govtech.server", application, f"--bind=127.0.0.1:{port}"]


def wait_until_answers(process: Process, port: int, path: str = "/healthz", seconds: float = 60) -> None:
    """Return once the web server answers 200 at `path`.

    Raises ProcessError when it ends before, or does not within `seconds`.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        process.check()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    raise ProcessError(f"The web server did not answer at {path}. Its log ends:\n{last_lines(process.log)}")


def stop_recorded(record: Path) -> None:
    """End the children that a killed run wrote down in `record`, if they are still ours."""
    if record.exists():
        for pid in record.read_text().split():
            try:
                child = psutil.Process(int(pid))
                if child.is_running() and child.cwd() == str(BASE_DIR) and "-m" in child.cmdline():
                    family = _family(child.pid)
                    child.send_signal(signal.SIGTERM)
                    psutil.wait_procs([child], timeout=10)
                    _kill([child, *family])
            except psutil.Error:
                continue
        record.unlink()


def record(path: Path, processes: Mapping[str, Process]) -> None:
    """Write the numbers of the running children down, for `stop_recorded`."""
    path.write_text("\n".join(str(process.child.pid) for process in processes.values() if process.child))


def _family(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        if process.pid != os.getpid() and process.is_running():
            try:
                process.kill()
            except psutil.Error:
                continue
