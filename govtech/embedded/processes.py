"""Ports, logs and processes: what both servers need to start and end."""

import contextlib
import os
import pwd
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil


class ServerError(RuntimeError):
    """A server did not start; the message ends with the last lines of its log."""


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def last_lines(log: Path, count: int = 15) -> str:
    """Return the last `count` lines of a log, or a note that there is none."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return f"(no log at {log})"


def stop_process(process: subprocess.Popen[Any], seconds: float = 20) -> None:
    """Ask a child to end, and kill it when it does not within `seconds`."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def stop_pid(pid: int) -> None:
    """End a process that is not our child."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.terminate()
        until = time.monotonic() + 20
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > until:
                process.kill()
            time.sleep(0.02)


def is_running(pid: int, mark: str) -> bool:
    """Tell whether process `pid` exists and shows `mark` on its command line."""
    try:
        return mark in " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


def private_folder(path: Path) -> None:
    """Make a folder for our eyes only. Refuses one that somebody else prepared."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    ours = {os.getuid(), *([pwd.getpwnam("nobody").pw_uid] if os.geteuid() == 0 else [])}
    if path.is_symlink() or path.stat().st_uid not in ours:
        raise ServerError(f"The folder {path} belongs to somebody else.")
